"""Every "no" of the API: its status, its code, and that it is a problem document that is documented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from pms.api.v1 import problems, reservations
from pms.api.v1.documented import PROBLEMS
from pms.kernel.dates import today
from pms.kernel.db import work
from tests.api.conftest import Hotel, a_key


def stay(made: dict[str, Any]) -> dict[str, Any]:
    return {"id": made["rooms"][0]["id"]}


def tonight(hotel: Hotel, **more: Any) -> dict[str, Any]:
    here = today("Europe/Vilnius")
    return hotel.room(here.isoformat(), (here + timedelta(days=2)).isoformat(), **more)


def no_key(hotel: Hotel) -> Response:
    return hotel.client.get("/api/v1/properties")


def not_permitted(hotel: Hotel) -> Response:
    return hotel.get("/guests", key=a_key(hotel.owner, "property.view"))


def not_found(hotel: Hotel) -> Response:
    return hotel.get(f"/reservations/{uuid4()}")


def method_not_allowed(hotel: Hotel) -> Response:
    return hotel.call("PUT", "/reservations")


def malformed_json(hotel: Hotel) -> Response:
    return hotel.call("POST", "/reservations", content=b"{", headers={"Content-Type": "application/json"})


def bad_request(hotel: Hotel) -> Response:
    return hotel.call("POST", "/reservations", content=b'{"notes": "\x80"}', headers={"Content-Type": "application/json"})


def content_too_large(hotel: Hotel) -> Response:
    return hotel.book(notes="x" * 1_100_000)


def invalid_input(hotel: Hotel) -> Response:
    return hotel.book({"arrival": "soon"})


def bad_input(hotel: Hotel) -> Response:
    return hotel.book(hotel.room("2027-06-03", "2027-06-01"))


def sold_out(hotel: Hotel) -> Response:
    return hotel.book(*[hotel.room()] * 4)


def unit_taken(hotel: Hotel) -> Response:
    hotel.booked(hotel.room(unit_id=str(hotel.doubles[0])))
    return hotel.book(hotel.room(unit_id=str(hotel.doubles[0])))


def not_for_sale(hotel: Hotel) -> Response:
    hotel.set_rates(hotel.rate(closed=True))
    return hotel.book(hotel.room())


def already_booked(hotel: Hotel) -> Response:
    hotel.booked(external_ref="W-1")
    return hotel.book(external_ref="W-1")


def not_in_this_state(hotel: Hotel) -> Response:
    made = hotel.booked()
    return hotel.patch(made, rooms=[{**stay(made), "action": "check_out"}])


def no_unit_yet(hotel: Hotel) -> Response:
    made = hotel.booked(tonight(hotel))
    return hotel.patch(made, rooms=[{**stay(made), "action": "check_in"}])


def too_early(hotel: Hotel) -> Response:
    made = hotel.booked(hotel.room(unit_id=str(hotel.doubles[0])))
    return hotel.patch(made, rooms=[{**stay(made), "action": "check_in"}])


def unit_out_of_order(hotel: Hotel) -> Response:
    """A block put over the stay by force of an oversold night cannot exist; it comes while the stay is unassigned elsewhere."""
    here = today("Europe/Vilnius")
    made = hotel.booked(tonight(hotel, unit_id=str(hotel.doubles[0])))
    with work(hotel.owner) as db:
        db.connection().exec_driver_sql(
            "insert into block (id, organization_id, property_id, unit_id, kind, first_night, end_night, reason,"
            " created_by, version) values (%s, %s, %s, %s, 'out_of_order', %s, %s, 'Pipe burst', 'Storm', 1)",
            (uuid4(), hotel.owner.organization_id, hotel.property_id, hotel.doubles[0], here, here + timedelta(days=1)),
        )
    return hotel.patch(made, rooms=[{**stay(made), "action": "check_in"}])


def past_nights_fixed(hotel: Hotel) -> Response:
    here = today("Europe/Vilnius")
    days = (here - timedelta(days=2)).isoformat(), (here + timedelta(days=2)).isoformat()
    made = hotel.booked(hotel.room(*days, unit_id=str(hotel.doubles[0])))
    made = hotel.patch(made, rooms=[{**stay(made), "action": "check_in"}]).json()
    return hotel.patch(made, rooms=[{**stay(made), "arrival": here.isoformat()}])


def too_many_rooms(hotel: Hotel) -> Response:
    """Day use takes no night, so fifty of them fit anywhere."""
    made = hotel.booked(*[hotel.room("2027-06-01", "2027-06-01")] * 50)
    return hotel.patch(made, rooms=[hotel.room("2027-06-01", "2027-06-01")])


def moved_meanwhile(hotel: Hotel) -> Response:
    made = hotel.booked()
    hotel.patch(made, rooms=[{**stay(made), "adults": 1}])
    return hotel.patch(made, notes="late")


def not_a_version(hotel: Hotel) -> Response:
    return hotel.patch(hotel.booked(), headers={"If-Match": '"abc"'}, notes="late")


def version_needed(hotel: Hotel) -> Response:
    return hotel.call("PATCH", f"/reservations/{hotel.booked()['id']}", json={"notes": "late"})


def key_used_otherwise(hotel: Hotel) -> Response:
    hotel.book(headers={"Idempotency-Key": "k"})
    return hotel.book(notes="another", headers={"Idempotency-Key": "k"})


def cells_moved_meanwhile(hotel: Hotel) -> Response:
    hotel.set_rates(hotel.rate(price=9_000))
    return hotel.set_rates(hotel.rate(price=8_000, version=0))


def follows_its_parent(hotel: Hotel) -> Response:
    return hotel.set_rates(hotel.rate(price=8_000, rate_plan_id=hotel.add_plan().json()["id"]))


def min_above_max(hotel: Hotel) -> Response:
    return hotel.set_rates(hotel.rate(min_stay=3, max_stay=2))


def allowance_too_large(hotel: Hotel) -> Response:
    night = {"room_type_id": str(hotel.double), "from": "2027-06-01", "to": "2027-06-02", "overbooking": 4}
    return hotel.call("PATCH", f"/properties/{hotel.property_id}/availability", json={"nights": [night]})


def no_exchange_rate(hotel: Hotel) -> Response:
    wish = {"arrival": "2027-06-01", "departure": "2027-06-02", "display_currency": "KWD"}
    return hotel.get(f"/properties/{hotel.property_id}/offers", params=wish)


def rate_moved_meanwhile(hotel: Hotel) -> Response:
    usd = {"currency": "EUR", "display_currency": "USD", "date": "2026-01-02", "source": "Bank"}
    hotel.call("PUT", "/exchange-rates", json={**usd, "rate": "1.1"})
    return hotel.call("PUT", "/exchange-rates", json={**usd, "rate": "1.2", "seen_rate": "0"})


def nothing_to_undo(hotel: Hotel) -> Response:
    made = hotel.set_rates(hotel.rate(price=9_000)).json()["change_id"]
    hotel.call("POST", f"/rate-changes/{made}/undo")
    return hotel.call("POST", f"/rate-changes/{made}/undo")


def code_taken(hotel: Hotel) -> Response:
    return hotel.add_plan("flex")


def plans_go_in_circles(hotel: Hotel) -> Response:
    derived = hotel.add_plan().json()["id"]
    return hotel.call("PATCH", f"/rate-plans/{hotel.plan}", json={"parent_id": derived}, headers={"If-Match": "*"})


def plan_in_use(hotel: Hotel) -> Response:
    return hotel.call("DELETE", f"/rate-plans/{hotel.plan}", headers={"If-Match": "*"})


def no_such_channel(hotel: Hotel) -> Response:
    return hotel.set_rates(hotel.rate(channel="bookng_com", price=1))


def price_changed(hotel: Hotel) -> Response:
    return hotel.book(hotel.room(shown=1))


WAYS: list[Callable[[Hotel], Response]] = [
    no_key, not_permitted, not_found, method_not_allowed, malformed_json, bad_request, content_too_large, invalid_input,
    bad_input, sold_out, unit_taken, not_for_sale, already_booked, not_in_this_state, no_unit_yet, too_early, unit_out_of_order,
    past_nights_fixed, too_many_rooms, moved_meanwhile, not_a_version, version_needed, key_used_otherwise,
    cells_moved_meanwhile, follows_its_parent, min_above_max, allowance_too_large, rate_moved_meanwhile, nothing_to_undo,
    no_exchange_rate, code_taken, plans_go_in_circles, plan_in_use,
    price_changed, no_such_channel,
]  # fmt: skip


@pytest.mark.parametrize("refused", WAYS, ids=lambda way: way.__name__)
def test_a_refusal_is_a_documented_problem(hotel: Hotel, refused: Callable[[Hotel], Response]) -> None:
    answer = refused(hotel)
    code = refused.__name__.replace("_", "-")
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert (problem["code"], answer.status_code) == (code, PROBLEMS[code][0]), problem
    assert problem["status"] == answer.status_code
    assert problem["type"] == f"urn:octaspace:problem:{code}"
    assert problem["title"]
    assert problem["detail"]


ELSEWHERE = {"busy", "too-many-requests", "bug", "unavailable"}
"""Proven in test_idempotency, test_limits, below and in test_without_database."""


def test_every_documented_problem_is_proven() -> None:
    assert {way.__name__.replace("_", "-") for way in WAYS} | ELSEWHERE == set(PROBLEMS)


def test_invalid_input_points_at_every_field(hotel: Hotel) -> None:
    answer = hotel.book({**hotel.room(arrival="soon"), "prices": [-1]}, hotel.room(adults=0), colour="red")
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "#/rooms/0/arrival",
        "#/rooms/0/prices/0",
        "#/rooms/1/adults",
        "#/colour",
    }
    answer = hotel.get("/reservations", params={"limit": 201, "stauts": "confirmed"})
    assert {(error["in"], error["parameter"]) for error in answer.json()["errors"]} == {("query", "limit"), ("query", "stauts")}


def test_a_stale_change_says_who_was_faster(hotel: Hotel) -> None:
    problem = moved_meanwhile(hotel).json()
    assert (problem["by"], problem["event"]) == ("Website", "stay.party_changed")


def test_sentences_come_in_the_language_asked_for(hotel: Hotel) -> None:
    english = hotel.get(f"/reservations/{uuid4()}").json()
    german = hotel.get(f"/reservations/{uuid4()}", headers={"Accept-Language": "de-AT, en;q=0.5"}).json()
    assert german["detail"] != english["detail"]
    assert german["code"] == english["code"]


def test_no_key_says_how_to_come_in(hotel: Hotel) -> None:
    for headers in ({}, {"Authorization": "Basic b3Nr"}, {"Authorization": "Bearer osk_wrong"}, {"Authorization": "Bearer"}):
        answer = hotel.client.get("/api/v1/properties", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_405_says_what_is_allowed(hotel: Hotel) -> None:
    assert set(method_not_allowed(hotel).headers["Allow"].split(", ")) >= {"GET"}


def test_a_bug_is_answered_with_a_reference_that_the_log_has_too(hotel: Hotel, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[dict[str, Any]] = []

    def broken(*_: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(reservations, "book", broken)
    monkeypatch.setattr(problems.log, "error", lambda event, **values: heard.append(values), raising=False)
    answer = hotel.book()
    assert (answer.status_code, answer.json()["code"]) == (500, "bug")
    assert "secret" not in answer.text
    assert hotel.get("/reservations").json()["items"] == []
    assert [str(one["exc_info"]) for one in heard] == ["the secret of the house"]
    assert answer.json()["reference"] == heard[0]["reference"]
