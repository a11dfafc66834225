"""Keys: scopes, properties, revocation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from pms.accounts import api_keys
from pms.kernel.db import work
from pms.kernel.outbox import history
from tests.api.conftest import Hotel, a_key
from tests.builders import a_property, a_room_type

DAYS = "from=2027-06-01&to=2027-06-03"


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("property.view", "GET", "/properties"),
        ("property.view", "GET", "/properties/{house}"),
        ("property.view", "GET", "/properties/{house}/availability?" + DAYS),
        ("property.view", "GET", "/properties/{house}/rate-plans"),
        ("property.view", "GET", "/rate-plans/{plan}"),
        ("property.view", "GET", "/properties/{house}/rates?" + DAYS),
        ("property.view", "GET", "/properties/{house}/rates/history?rate_plan_id={plan}&room_type_id={double}&date=2027-06-01"),
        ("property.view", "GET", "/properties/{house}/rate-changes"),
        ("property.view", "GET", "/properties/{house}/offers?arrival=2027-06-01&departure=2027-06-02"),
        ("rate.change", "PUT", "/properties/{house}/rates"),
        ("rate.change", "POST", "/rate-changes/{change}/undo"),
        ("rate.manage", "POST", "/properties/{house}/rate-plans"),
        ("rate.manage", "PATCH", "/rate-plans/{derived}"),
        ("rate.manage", "DELETE", "/rate-plans/{derived}"),
        ("reservation.view", "GET", "/reservations"),
        ("reservation.view", "GET", "/reservations/{made}"),
        ("reservation.book", "POST", "/reservations"),
        ("reservation.change", "PATCH", "/reservations/{made}"),
        ("reservation.cancel", "DELETE", "/reservations/{made}"),
        ("guest.view", "GET", "/guests"),
        ("guest.view", "GET", "/guests/{guest}"),
        ("report.view", "GET", "/reports/occupancy?property={house}&" + DAYS),
    ],
)
def test_each_endpoint_needs_its_scope_and_no_other(hotel: Hotel, scope: str, method: str, path: str) -> None:
    made = hotel.booked()
    change, derived = hotel.set_rates(hotel.rate(price=1)).json()["change_id"], hotel.add_plan().json()["id"]
    known = {"plan": hotel.plan, "double": hotel.double, "change": change, "derived": derived}
    where = path.format(house=hotel.property_id, made=made["id"], guest=made["guest"]["id"], **known)
    more = {"json": _body(hotel, method, path), "headers": {"If-Match": "*"}}
    others = {"reservation.view", "reservation.book", "guest.view", "property.view", "report.view", "rate.change", "rate.manage"}
    every = sorted(others - {scope})
    refused = hotel.call(method, where, key=a_key(hotel.owner, *every), **more)
    assert (refused.status_code, refused.json()["permission"]) == (403, scope)
    assert hotel.call(method, where, key=a_key(hotel.owner, scope), **more).status_code in (200, 201)


def _body(hotel: Hotel, method: str, path: str) -> dict[str, Any] | None:
    if "undo" in path:
        return None
    if method == "PUT":
        return {"rates": [hotel.rate(price=2)]}
    if "rate-plans" in path:
        return {"POST": {"code": "B", "name": "B"}, "PATCH": {"name": "C"}}.get(method)
    return {"POST": hotel.booking(), "PATCH": {"notes": "late"}}.get(method)


def test_actions_need_the_scope_of_what_they_do(hotel: Hotel) -> None:
    made = hotel.booked()
    room = {"id": made["rooms"][0]["id"]}
    weak = a_key(hotel.owner, "reservation.change")
    for action, scope in (("cancel", "reservation.cancel"), ("check_in", "reservation.check_in")):
        body = {"rooms": [{**room, "action": action}]}
        answer = hotel.call("PATCH", f"/reservations/{made['id']}", key=weak, json=body, headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["permission"]) == (403, scope)


def test_beyond_a_keys_properties_there_is_nothing(hotel: Hotel) -> None:
    there = hotel.booked()
    here = a_property(hotel.owner, "Here")
    here_type = a_room_type(hotel.owner, here, "Bungalow")
    key = a_key(hotel.owner, property_ids=[here])
    assert [item["name"] for item in hotel.get("/properties", key=key).json()["items"]] == ["Here"]
    for path in ("/reservations", "/guests"):
        assert hotel.get(path, key=key).json()["items"] == []
    house = hotel.property_id
    for path in (
        f"/properties/{house}",
        f"/properties/{house}/availability?{DAYS}",
        f"/reservations/{there['id']}",
        f"/guests/{there['guest']['id']}",
        f"/reports/occupancy?property={house}&{DAYS}",
        f"/properties/{house}/rate-plans",
        f"/rate-plans/{hotel.plan}",
        f"/properties/{house}/rates?{DAYS}",
        f"/properties/{house}/rates/history?rate_plan_id={hotel.plan}&room_type_id={hotel.double}&date=2027-06-01",
        f"/properties/{here}/rates/history?rate_plan_id={hotel.plan}&room_type_id={hotel.double}&date=2027-06-01",
        f"/properties/{here}/rates?{DAYS}&rate_plan_id={hotel.plan}",
        f"/properties/{here}/rates?{DAYS}&room_type_id={hotel.double}",
        f"/properties/{house}/rate-changes",
        f"/properties/{house}/offers?arrival=2027-06-01&departure=2027-06-02",
    ):
        assert hotel.get(path, key=key).status_code == 404, path
    anyway = {"If-Match": "*"}
    assert hotel.call("POST", "/reservations", key=key, json=hotel.booking()).status_code == 404
    assert hotel.call("PATCH", f"/reservations/{there['id']}", key=key, json={"notes": "x"}, headers=anyway).status_code == 404
    assert hotel.call("DELETE", f"/reservations/{there['id']}", key=key, headers=anyway).status_code == 404
    change = hotel.set_rates(hotel.rate(price=1)).json()["change_id"]
    entries = {"rates": [hotel.rate(price=2, room_type_id=str(here_type))]}
    plan = {"code": "B", "name": "B"}
    for method, path, body in (
        ("PUT", f"/properties/{house}/rates", entries),
        ("PUT", f"/properties/{here}/rates", entries),
        ("POST", f"/rate-changes/{change}/undo", None),
        ("POST", f"/properties/{house}/rate-plans", plan),
        ("POST", f"/properties/{here}/rate-plans", {**plan, "parent_id": str(hotel.plan)}),
        ("PATCH", f"/rate-plans/{hotel.plan}", plan),
        ("DELETE", f"/rate-plans/{hotel.plan}", None),
    ):
        assert hotel.call(method, path, key=key, json=body, headers=anyway).status_code == 404, path
    room = {**hotel.room(), "room_type_id": str(here_type)}
    known = hotel.booking(room, property_id=str(here), guest={"id": there["guest"]["id"]})
    assert hotel.call("POST", "/reservations", key=key, json=known).status_code == 404
    assert hotel.call("POST", "/reservations", key=key, json=hotel.booking(room, property_id=str(here))).status_code == 201


def test_a_revoked_key_is_useless_at_once(hotel: Hotel) -> None:
    assert hotel.get("/properties").status_code == 200
    with work(hotel.owner) as db:
        api_keys.revoke(db, api_keys.api_keys(db)[0].id)
    assert hotel.get("/properties").status_code == 401


def test_a_key_is_marked_as_used(hotel: Hotel) -> None:
    hotel.get("/properties")
    with work(hotel.owner) as db:
        assert api_keys.api_keys(db)[0].used_at is not None


def test_what_a_key_does_is_in_the_journal_under_its_name_and_request(hotel: Hotel) -> None:
    made = hotel.book(headers={"X-Request-ID": "from-the-website-1"})
    assert made.headers["X-Request-ID"] == "from-the-website-1"
    with work(hotel.owner) as db:
        row = history(db, UUID(made.json()["rooms"][0]["id"]))[0]
    assert (row.actor_kind, row.actor_name, row.request_id) == ("api_key", "Website", "from-the-website-1")
