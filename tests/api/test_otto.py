"""Otto, of the hotel next door, tries our ids in every endpoint there is: the list comes from the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from httpx import Response

from pms.api.v1.app import make_api
from tests.api.conftest import Hotel

DOCUMENT = make_api().openapi()
OPERATIONS = [
    (method.upper(), path) for path, operations in DOCUMENT["paths"].items() for method in operations if method != "parameters"
]
LISTS = {"/v1/properties", "/v1/reservations", "/v1/guests", "/v1/exchange-rates"}
RESOURCES = {
    "properties": "property_id",
    "reservations": "reservation",
    "guests": "guest_id",
    "rate-plans": "rate_plan_id",
    "rate-changes": "rate_change",
}
PLAIN = {"from": "2027-06-01", "to": "2027-06-05", "limit": 10, "search": "Adams", "source": "api", "status": "confirmed"}
PLAIN |= {"arrival": "2027-06-01", "departure": "2027-06-05", "date": "2027-06-01"}


def everything(hotel: Hotel, known: dict[str, str]) -> list[Any]:
    """What Otto must not change."""
    plans = hotel.get(f"/properties/{hotel.property_id}/rate-plans").json()
    return [hotel.get(f"/reservations/{known['reservation']}").json(), plans, hotel.rates()]


def ids(hotel: Hotel) -> dict[str, str]:
    """One of everything of the hotel."""
    made = hotel.booked(hotel.room(unit_id=str(hotel.doubles[0])))
    return {
        "property_id": str(hotel.property_id),
        "reservation": made["id"],
        "guest_id": made["guest"]["id"],
        "stay": made["rooms"][0]["id"],
        "room_type_id": str(hotel.double),
        "unit_id": str(hotel.doubles[0]),
        "rate_plan_id": str(hotel.plan),
        "rate_change": hotel.set_rates(hotel.rate(price=1)).json()["change_id"],
    }


def named(parameter: dict[str, Any], path: str, known: dict[str, str]) -> str:
    """Which of the ids a parameter means; a new kind of parameter must be taught here."""
    name = parameter["name"]
    if name == "id":
        resource = path.split("/")[2]
        return known[RESOURCES[resource]]
    return known["property_id" if name == "property" else name]


def bodies(method: str, path: str, known: dict[str, str], own: dict[str, str], hotel: Hotel) -> Iterator[dict[str, Any] | None]:
    """Bodies that name a foreign id in one place and one's own in all others."""
    if path == "/v1/exchange-rates" and method == "PUT":
        return  # it names nothing of anybody's
    if method == "PUT":
        for swap in ("rate_plan_id", "room_type_id"):
            yield {"rates": [hotel.rate(price=2, **{swap: known[swap]})]}
    elif "rate-plans" in path and method in ("POST", "PATCH"):
        yield {"code": "OTTO", "name": "Otto was here"}
    elif method == "POST" and "rate-changes" not in path:
        for swap in ("property_id", "room_type_id", "unit_id", "guest_id"):
            mixed = {**own, swap: known[swap]}
            room = hotel.room(room_type_id=mixed["room_type_id"], unit_id=mixed["unit_id"] if swap == "unit_id" else None)
            yield hotel.booking(room, property_id=mixed["property_id"], guest={"id": mixed["guest_id"]})
    elif "availability" in path and method == "PATCH":
        for kind in (known, own):
            night = {"room_type_id": kind["room_type_id"], "from": "2027-06-01", "to": "2027-06-02", "overbooking": 1}
            yield {"nights": [night]}
    elif method == "PATCH":
        yield {"notes": "Otto was here"}
        yield {"rooms": [{"id": known["stay"], "action": "cancel"}]}
    else:
        yield None


def ask(otto: Hotel, method: str, path: str, known: dict[str, str], body: dict[str, Any] | None, **query: Any) -> Response:
    """Call the operation with every parameter it declares."""
    query = {}
    for parameter in DOCUMENT["paths"][path][method.lower()].get("parameters", []):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", named(parameter, path, known))
        elif parameter["in"] == "query" and parameter["name"] in PLAIN:
            query[parameter["name"]] = PLAIN[parameter["name"]]
        elif parameter["in"] == "query" and parameter["name"].partition("_")[0] in ("property", "guest", "rate", "room"):
            query[parameter["name"]] = named(parameter, path, known)
    return otto.call(method, path.removeprefix("/v1"), params=query, json=body, headers={"If-Match": "*"})


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_otto_gets_nothing_and_changes_nothing(hotel: Hotel, next_door: Hotel, method: str, path: str) -> None:
    ours, his = ids(hotel), ids(next_door)
    before = everything(hotel, ours)
    for body in bodies(method, path, ours, his, next_door):
        answer = ask(next_door, method, path, ours, body)
        if method == "GET" and path in LISTS:
            assert answer.status_code == 200
            assert not any(one in answer.text for one in ours.values())
        else:
            assert answer.status_code == 404, (body, answer.text)
            assert "Adams" not in answer.text
    assert everything(hotel, ours) == before


def test_his_own_stay_is_no_way_to_our_rooms(hotel: Hotel, next_door: Hotel) -> None:
    ours, his = ids(hotel), ids(next_door)
    changes: list[dict[str, Any]] = [
        {"rooms": [{"id": his["stay"], "unit_id": ours["unit_id"]}]},
        {"rooms": [{"id": his["stay"], "room_type_id": ours["room_type_id"]}]},
        {"rooms": [{"id": ours["stay"], "action": "cancel"}]},
        {"rooms": [hotel.room()]},
        {"guest": {"id": ours["guest_id"]}},
    ]
    for change in changes:
        answer = next_door.call("PATCH", f"/reservations/{his['reservation']}", json=change, headers={"If-Match": "*"})
        assert answer.status_code == 404, (change, answer.text)
    assert UUID(his["reservation"])


def test_his_own_property_is_no_way_to_our_rates(hotel: Hotel, next_door: Hotel) -> None:
    ours = ids(hotel)
    foreign = [hotel.rate(price=1), next_door.rate(price=1, rate_plan_id=ours["rate_plan_id"])]
    for entry in (*foreign, next_door.rate(price=1, room_type_id=ours["room_type_id"])):
        answer = next_door.set_rates(next_door.rate(price=5_000), entry)
        assert (answer.status_code, answer.json()["item"]) == (404, 1)
    for more in ({"parent_id": ours["rate_plan_id"]}, {"room_type_ids": [ours["room_type_id"]]}):
        assert next_door.add_plan(**more).status_code == 404
    night = {"room_type_id": ours["room_type_id"], "from": "2027-06-01", "to": "2027-06-02", "overbooking": 1}
    answer = next_door.call("PATCH", f"/properties/{next_door.property_id}/availability", json={"nights": [night]})
    assert answer.status_code == 404
    assert {price for one in next_door.rates() for price in one["prices"]} == {10_000, 7_000}


def test_the_document_lists_what_we_think_it_does() -> None:
    assert len(OPERATIONS) >= 22
    assert {path for _, path in OPERATIONS} >= LISTS
