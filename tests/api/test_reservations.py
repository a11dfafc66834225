"""/v1/reservations: booking, reading, changing, cancelling."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from pms.kernel.dates import today
from pms.kernel.db import work
from pms.rates.parties import PartyFields, price_party
from pms.reservations.models import Stay
from tests.api.conftest import Hotel, a_key


def first(made: dict[str, Any], number: int = 0) -> dict[str, Any]:
    return made["rooms"][number]  # type: ignore[no-any-return]


def units(room: dict[str, Any]) -> list[str | None]:
    return [night["unit"] and night["unit"]["name"] for night in room["nights"]]


def test_booking_answers_with_what_was_booked(hotel: Hotel) -> None:
    answer = hotel.book(hotel.room(unit_id=str(hotel.doubles[0])), hotel.room(prices=[9_000, 9_500]), notes="late", tags=["vip"])
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["Location"] == f"/api/v1/reservations/{made['id']}"
    assert (made["total"], made["currency"], made["status"], made["notes"]) == (38_500, "EUR", "confirmed", "late")
    assert (made["arrival"], made["departure"], made["source"], made["tags"]) == ("2027-06-01", "2027-06-03", "api", ["vip"])
    assert (units(first(made)), units(first(made, 1))) == (["Double 1", "Double 1"], [None, None])
    read = hotel.get(f"/reservations/{made['id']}")
    assert (read.json(), read.headers["ETag"]) == (made, answer.headers["ETag"])


def test_booking_for_a_guest_already_known(hotel: Hotel) -> None:
    known = hotel.booked()["guest"]
    again = hotel.booked(hotel.room("2027-07-01", "2027-07-02"), guest={"id": known["id"]}, external_ref="W-1", source="web")
    assert again["guest"] == known
    assert hotel.get("/reservations", params={"guest_id": known["id"]}).json()["items"][0]["external_ref"] == "W-1"


def test_sold_out_names_the_room_type_and_every_night(hotel: Hotel) -> None:
    hotel.booked(*[hotel.room("2027-06-02", "2027-06-04")] * 3)
    answer = hotel.book(hotel.room("2027-06-01", "2027-06-05"))
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    refusal = answer.json()
    assert (refusal["code"], refusal["room_type"]) == ("sold-out", "Double")
    assert refusal["nights"] == ["2027-06-02", "2027-06-03"]
    assert refusal["detail"] == "Double is sold out: 2027-06-02, 2027-06-03."
    assert hotel.get("/guests").json()["items"][1:] == [], "the guest of a refused booking is not kept"


def test_all_rooms_or_none(hotel: Hotel) -> None:
    wrong = {**hotel.room(), "room_type_id": str(uuid4())}
    assert hotel.book(hotel.room(), wrong).status_code == 404
    assert hotel.get("/reservations").json() == {"items": [], "next": None}


def test_what_is_named_changes_and_the_rest_stays(hotel: Hotel) -> None:
    made = hotel.booked(tags=["vip"])
    answer = hotel.patch(made, notes="window side", source="phone", guest={"email": "new@example.com"})
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert (changed["notes"], changed["source"], changed["tags"]) == ("window side", "phone", ["vip"])
    assert changed["guest"] == {**made["guest"], "email": "new@example.com"}
    assert answer.headers["ETag"] == hotel.get(f"/reservations/{made['id']}").headers["ETag"]


def test_a_room_moves_with_its_prices_and_stretches_at_the_price_of_the_day(hotel: Hotel) -> None:
    made = hotel.booked(hotel.room(prices=[5_000, 6_000]))
    room = {"id": first(made)["id"]}
    moved = hotel.patch(made, rooms=[{**room, "arrival": "2027-06-10", "departure": "2027-06-12"}]).json()
    assert [(n["date"], n["price"]) for n in first(moved)["nights"]] == [("2027-06-10", 5_000), ("2027-06-11", 6_000)]
    longer = hotel.patch(moved, rooms=[{**room, "departure": "2027-06-13"}]).json()
    assert [n["price"] for n in first(longer)["nights"]] == [5_000, 6_000, 10_000]
    dearer = hotel.patch(longer, rooms=[{**room, "prices": [1, 2, 3], "adults": 1, "children": 1}]).json()
    assert (dearer["total"], first(dearer)["adults"], first(dearer)["children"]) == (6, 1, 1)


def test_a_room_gets_and_loses_its_unit_and_changes_its_type(hotel: Hotel) -> None:
    made = hotel.booked()
    room = {"id": first(made)["id"]}
    assigned = hotel.patch(made, rooms=[{**room, "unit_id": str(hotel.doubles[1])}]).json()
    assert units(first(assigned)) == ["Double 2", "Double 2"]
    loose = hotel.patch(assigned, rooms=[{**room, "unit_id": None}]).json()
    assert units(first(loose)) == [None, None]
    other = hotel.patch(loose, rooms=[{**room, "room_type_id": str(hotel.single)}]).json()
    assert {night["room_type_id"] for night in first(other)["nights"]} == {str(hotel.single)}


def test_one_more_room_joins_the_reservation(hotel: Hotel) -> None:
    made = hotel.booked()
    more = hotel.patch(made, rooms=[hotel.room("2027-06-02", "2027-06-05", adults=1)]).json()
    assert (len(more["rooms"]), more["departure"], more["total"]) == (2, "2027-06-05", 50_000)


def test_check_in_and_out_with_unit_and_party_in_one_go(hotel: Hotel) -> None:
    here = today("Europe/Vilnius")
    made = hotel.booked(hotel.room(here.isoformat(), (here + timedelta(days=2)).isoformat()), status="tentative")
    room = {"id": first(made)["id"]}
    made = hotel.patch(made, rooms=[{**room, "action": "confirm"}]).json()
    inside = hotel.patch(made, rooms=[{**room, "unit_id": str(hotel.doubles[0]), "adults": 1, "action": "check_in"}]).json()
    assert (inside["status"], units(first(inside)), first(inside)["adults"]) == ("checked_in", ["Double 1"] * 2, 1)
    assert first(inside)["checked_in_at"] is not None
    out = hotel.patch(inside, rooms=[{**room, "action": "check_out"}]).json()
    back = hotel.patch(out, rooms=[{**room, "action": "undo_check_out"}]).json()
    again = hotel.patch(back, rooms=[{**room, "action": "undo_check_in"}]).json()
    assert [step["status"] for step in (out, back, again)] == ["checked_out", "checked_in", "confirmed"]


def test_a_guest_who_never_came(hotel: Hotel) -> None:
    arrival = today("Europe/Vilnius") - timedelta(days=2)
    made = hotel.booked(hotel.room(arrival.isoformat(), (arrival + timedelta(days=5)).isoformat()))
    gone = hotel.patch(made, rooms=[{"id": first(made)["id"], "action": "no_show"}]).json()
    assert (gone["status"], gone["total"]) == ("no_show", 0)


def test_a_change_happens_whole_or_not_at_all(hotel: Hotel) -> None:
    hotel.booked(*[hotel.room("2027-06-10", "2027-06-12")] * 3)
    made = hotel.booked(hotel.room(), hotel.room())
    answer = hotel.patch(
        made,
        notes="moved",
        rooms=[
            {"id": first(made)["id"], "adults": 1},
            {"id": first(made, 1)["id"], "arrival": "2027-06-10", "departure": "2027-06-12"},
        ],
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "sold-out")
    assert hotel.get(f"/reservations/{made['id']}").json() == made


def test_a_cancelled_reservation_can_be_read_and_its_nights_are_on_sale_again(hotel: Hotel) -> None:
    made = hotel.booked(*[hotel.room()] * 3)
    assert hotel.book().status_code == 409
    answer = hotel.call("DELETE", f"/reservations/{made['id']}", headers={"If-Match": f'"{made["version"]}"'})
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert hotel.get(f"/reservations/{made['id']}").json() == answer.json()
    assert hotel.book().status_code == 201


def test_rooms_of_other_reservations_are_out_of_reach(hotel: Hotel) -> None:
    mine, other = hotel.booked(), hotel.booked()
    answer = hotel.patch(mine, rooms=[{"id": first(other)["id"], "action": "cancel"}])
    assert answer.status_code == 404


def test_a_guest_is_exchanged_or_corrected_but_not_both(hotel: Hotel) -> None:
    mine, other = hotel.booked(), hotel.booked()
    assert hotel.patch(mine, guest={"id": other["guest"]["id"], "email": "x@example.com"}).json()["field"] == "guest"
    assert hotel.patch(mine, guest={"id": other["guest"]["id"]}).json()["guest"] == other["guest"]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"status": "tentative"}, 1),
        ({"source": "web"}, 1),
        ({"source": "desk"}, 0),
        ({"arrival_from": "2027-06-05"}, 1),
        ({"arrival_from": "2027-06-01", "arrival_before": "2027-06-02"}, 1),
        ({"departure_from": "2027-06-03", "departure_before": "2027-06-04"}, 1),
        ({"search": "ada"}, 2),
        ({"search": "%"}, 0),
        ({"changed_since": "2020-01-01T00:00:00Z"}, 2),
        ({"changed_since": "2199-01-01T00:00:00+02:00"}, 0),
        ({"property_id": str(uuid4())}, 0),
    ],
)
def test_filters(hotel: Hotel, given: dict[str, str], found: int) -> None:
    hotel.booked(source="web")
    hotel.booked(hotel.room("2027-06-05", "2027-06-09"), status="tentative")
    assert len(hotel.get("/reservations", params=given).json()["items"]) == found


def test_pages_follow_each_other_to_the_end(hotel: Hotel) -> None:
    ids = [hotel.booked(hotel.room(f"2027-07-{n:02d}", f"2027-07-{n + 1:02d}"))["id"] for n in range(1, 6)]
    seen, address = [], "/reservations?limit=2&source=api"
    while address:
        answer = hotel.get(address)
        seen.append([item["id"] for item in answer.json()["items"]])
        following = answer.json()["next"]
        assert answer.headers.get("Link") == (f'<{following}>; rel="next"' if following else None)
        address = following and following.removeprefix("/api/v1")
    assert seen == [ids[:2:-1], ids[2:0:-1], ids[:1]]


def test_a_foreign_cursor_is_refused(hotel: Hotel) -> None:
    for cursor in ("x", "%00", "YWZ0ZXI6", "ä", "=" * 9, "a" * 99):
        answer = hotel.get("/reservations", params={"cursor": cursor})
        assert answer.status_code == 422, cursor
        assert hotel.get("/guests", params={"cursor": cursor}).status_code == 422


def test_a_key_without_guest_view_learns_no_names_not_even_by_asking(hotel: Hotel) -> None:
    made, blind = hotel.booked(), a_key(hotel.owner, "reservation.view", "reservation.change")
    answer = hotel.get(f"/reservations/{made['id']}", key=blind)
    assert answer.json()["guest"] == {**dict.fromkeys(made["guest"]), "id": made["guest"]["id"]}
    assert answer.json()["code"] == made["code"]
    assert hotel.get("/reservations", params={"search": "adams"}).json()["items"]
    assert not hotel.get("/reservations", params={"search": "adams"}, key=blind).json()["items"]
    assert hotel.get("/reservations", params={"search": made["code"]}, key=blind).json()["items"]


def test_a_key_without_guest_view_reads_no_notes_but_may_write_them(hotel: Hotel) -> None:
    made, blind = hotel.booked(), a_key(hotel.owner, "reservation.view", "reservation.change", "reservation.book")
    path = f"/reservations/{made['id']}"
    answer = hotel.call("PATCH", path, blind, json={"notes": "Anna is diabetic"}, headers={"If-Match": "*"})
    booked = hotel.call("POST", "/reservations", blind, json=hotel.booking(notes="Gluten free", external_ref="W-2"))
    listed = hotel.get("/reservations", key=blind).json()["items"]
    assert [one["notes"] for one in (answer.json(), booked.json(), hotel.get(path, key=blind).json(), *listed)] == [None] * 5
    assert hotel.get(path).json()["notes"] == "Anna is diabetic"


def test_dates_stay_dates_and_instants_are_utc(hotel: Hotel) -> None:
    made = hotel.booked()
    assert date.fromisoformat(made["arrival"]) == date(2027, 6, 1)
    assert made["booked_at"].endswith("Z")


def test_a_room_is_sold_under_another_plan_and_says_so(hotel: Hotel) -> None:
    strict = hotel.add_plan().json()["id"]
    made = hotel.booked()
    assert first(made)["rate_plan"]["id"] == str(hotel.plan)
    room = {"id": first(made)["id"]}
    changed = hotel.patch(made, rooms=[{**room, "rate_plan_id": strict, "reason": "Pays now"}])
    assert changed.status_code == 200, changed.text
    assert first(changed.json())["rate_plan"] == {"id": strict, "name": "Plan NR"}
    assert [n["price"] for n in first(changed.json())["nights"]] == [9_000, 9_000]
    more = hotel.patch(changed.json(), rooms=[{**hotel.room("2027-06-05", "2027-06-06"), "rate_plan_id": strict}])
    assert [n["price"] for n in more.json()["rooms"][1]["nights"]] == [9_000]


def test_rules_and_agreed_prices_are_overruled_by_permission_only(hotel: Hotel) -> None:
    made, key = hotel.booked(), a_key(hotel.owner, "reservation.change")
    hotel.set_rates(hotel.rate(closed=True))
    room, named = {"id": first(made)["id"]}, {"If-Match": f'"{made["version"]}"'}

    def asked(key: str | None = None, **change: Any) -> Any:
        body = {"rooms": [{**room, **change}]}
        return hotel.call("PATCH", f"/reservations/{made['id']}", key=key, json=body, headers=named)

    forbidden = asked(rate_plan_id=str(hotel.plan)).json()
    assert (forbidden["code"], [one["rule"] for one in forbidden["reasons"]]) == ("not-for-sale", ["closed"])
    despite = {"rate_plan_id": str(hotel.plan), "despite_rules": True}
    for change in (despite, {"prices": [1, 2]}, {"prices": [1, 2], "reason": "x"}):
        assert asked(key, **change).status_code == 403  # type: ignore[arg-type]
    agreed = asked(prices=[1, 2], reason="Regular guest")
    assert (agreed.status_code, agreed.json()["total"]) == (200, 3)


def test_one_more_room_at_agreed_prices_needs_the_permission_too_and_keeps_the_reason(hotel: Hotel) -> None:
    made, key = hotel.booked(), a_key(hotel.owner, "reservation.change")
    body = {"rooms": [hotel.room(prices=[1, 2], reason="Regular guest")]}
    named = {"If-Match": f'"{made["version"]}"'}
    refused = hotel.call("PATCH", f"/reservations/{made['id']}", key=key, json=body, headers=named).json()
    assert (refused["code"], refused["shown"], refused["now"]) == ("price-changed", 3, 20_000)
    both = hotel.call("PATCH", f"/reservations/{made['id']}", json=body, headers=named)
    assert both.status_code == 200
    with work(hotel.owner) as db:
        kept = db.one(Stay, UUID(both.json()["rooms"][1]["id"])).quote
    assert kept == {"agreed": [1, 2], "reason": "Regular guest"}


def test_rules_refuse_added_nights_and_despite_rules_is_the_permission_to_sell_them(hotel: Hotel) -> None:
    made, key = hotel.booked(), a_key(hotel.owner, "reservation.change")
    hotel.set_rates(hotel.rate("2027-06-03", "2027-06-04", closed=True))
    named = {"If-Match": f'"{made["version"]}"'}
    longer, moved = {"departure": "2027-06-04"}, {"arrival": "2027-06-02", "departure": "2027-06-04"}

    def asked(key: str | None = None, **change: Any) -> Any:
        body = {"rooms": [{"id": first(made)["id"], **change}]}
        return hotel.call("PATCH", f"/reservations/{made['id']}", key=key, json=body, headers=named)

    for change in (longer, moved):
        refused = asked(**change)
        assert (refused.status_code, refused.json()["code"]) == (409, "not-for-sale")
        assert refused.json()["reasons"] == [{"rule": "closed", "night": "2027-06-03", "value": None}]
        assert asked(key, **change, despite_rules=True).status_code == 403
    assert asked(**moved, despite_rules=True).json()["rooms"][0]["departure"] == "2027-06-04"


def test_a_booking_at_prices_of_its_own_needs_the_permission_to_override(hotel: Hotel) -> None:
    key = a_key(hotel.owner, "reservation.book")

    def post(key: str | None = None, **room: Any) -> Any:
        return hotel.call("POST", "/reservations", key=key, json=hotel.booking(hotel.room(**room)))

    refused = post(key, prices=[1, 2]).json()
    assert (refused["code"], refused["shown"], refused["now"]) == ("price-changed", 3, 20_000)
    refused = post(key, prices=[1, 19_999])
    assert (refused.status_code, refused.json()["permission"]) == (403, "rate.override")
    assert post(prices=[1, 2], reason="Regular guest").json()["rooms"][0]["rate_plan"] is None
    hotel.set_rates(hotel.rate(closed=True))
    assert post(key).json()["code"] == "not-for-sale"
    assert post(key, despite_rules=True).status_code == 403
    assert post(despite_rules=True).status_code == 201


def test_the_price_of_every_offer_can_be_passed_back_by_whoever_may_book(hotel: Hotel) -> None:
    """A plan for members through the website, where each night costs more, for a family: with nothing but what was offered."""
    key = a_key(hotel.owner, "reservation.book", "property.view")
    club = {"access": "code", "codes": ["SUMMER"], "channels": ["website"], "markups": {"website": {"percent": 1_000}}}
    hotel.add_plan("CLUB", **club)
    who = {"adults": 1, "children_ages": [4], "codes": ["summer"], "channel": "website"}
    asked = {"arrival": "2027-06-01", "departure": "2027-06-03", **who}
    found = hotel.call("GET", f"/properties/{hotel.property_id}/offers", key=key, params=asked).json()["offers"]
    assert {offer["rate_plan"]["code"] for offer in found} == {"FLEX", "CLUB"}
    for offer in found:
        prices = [night["price"] for night in offer["nights"]]
        ids = {"room_type_id": offer["room_type"]["id"], "rate_plan_id": offer["rate_plan"]["id"]}
        room = hotel.room(**who, **ids, prices=prices)
        made = hotel.call("POST", "/reservations", key=key, json=hotel.booking(room))
        assert made.status_code == 201, made.text
        booked = made.json()["rooms"][0]
        assert ([night["price"] for night in booked["nights"]], booked["children_ages"]) == (prices, [4])
        assert booked["rate_plan"]["id"] == offer["rate_plan"]["id"]
        more = hotel.patch(made.json(), rooms=[room])
        assert [night["price"] for night in more.json()["rooms"][1]["nights"]] == prices
        hotel.call("DELETE", f"/reservations/{made.json()['id']}", headers={"If-Match": "*"})
        dearer = hotel.room(**who, **ids, prices=[prices[0] - 1, *prices[1:]])
        assert hotel.call("POST", "/reservations", key=key, json=hotel.booking(dearer)).json()["code"] == "price-changed"


def test_another_party_keeps_the_price_unless_the_plans_is_asked_for(hotel: Hotel) -> None:
    with work(hotel.owner) as db:
        price_party(db, hotel.double, 0, PartyFields(base_adults=1, extra_adult=3_000))
    made = hotel.booked(hotel.room(adults=1, children_ages=[4]))
    room = {"id": first(made)["id"]}
    kept = hotel.patch(made, rooms=[{**room, "adults": 2, "children_ages": [5]}]).json()
    assert (first(kept)["total"], first(kept)["children_ages"]) == (20_000, [5])
    taken = hotel.patch(kept, rooms=[{**room, "reprice": True}]).json()
    assert first(taken)["total"] == 26_000
    alone = hotel.patch(taken, rooms=[{**room, "adults": 1, "children": 0, "departure": "2027-06-04", "reprice": True}]).json()
    assert (first(alone)["total"], first(alone)["children_ages"]) == (30_000, [])
    both = hotel.patch(alone, rooms=[{**room, "reprice": True, "prices": [1, 2, 3]}])
    assert (both.status_code, both.json()["code"]) == (422, "invalid-input")


def test_a_shown_price_that_changed_before_booking_is_refused_with_both(hotel: Hotel) -> None:
    room = hotel.room(rate_plan_id=str(hotel.plan), shown=20_000)
    assert hotel.book(room).status_code == 201
    hotel.set_rates(hotel.rate(price=12_000))
    answer = hotel.call("POST", "/reservations", json=hotel.booking(room), headers={"Accept-Language": "de"})
    refused = answer.json()
    assert (answer.status_code, refused["code"]) == (409, "price-changed")
    assert (refused["shown"], refused["now"], refused["currency"]) == (20_000, 22_000, "EUR")
    assert "200,00" in refused["detail"], "as the reader writes amounts"
    assert "shown_text" not in refused
    offered = hotel.room(rate_plan_id=str(hotel.plan), prices=[10_000, 10_000])
    refused = hotel.call("POST", "/reservations", key=a_key(hotel.owner, "reservation.book"), json=hotel.booking(offered)).json()
    assert (refused["code"], refused["shown"], refused["now"]) == ("price-changed", 20_000, 22_000)
    assert hotel.book(hotel.room(shown=22_000)).status_code == 201
    assert hotel.book(hotel.room(shown=20_000)).json()["code"] == "price-changed", "of the plan that sells by default, too"


def test_what_a_change_was_shown_to_cost_is_what_it_costs_or_it_is_refused(hotel: Hotel) -> None:
    made, strict = hotel.booked(), hotel.add_plan().json()["id"]
    room = {"id": first(made)["id"]}
    refused = hotel.patch(made, rooms=[{**room, "departure": "2027-06-04", "shown": 29_000}]).json()
    assert (refused["code"], refused["shown"], refused["now"]) == ("price-changed", 29_000, 30_000)
    changed = hotel.patch(made, rooms=[{**room, "departure": "2027-06-04", "rate_plan_id": strict, "shown": 27_000}]).json()
    assert changed["total"] == 27_000
    more = {**hotel.room("2027-06-05", "2027-06-06"), "shown": 9_000}
    assert hotel.patch(changed, rooms=[more]).json()["code"] == "price-changed"
    assert hotel.patch(changed, rooms=[{**more, "shown": 10_000}]).status_code == 200


def test_prices_are_set_or_shown_not_both(hotel: Hotel) -> None:
    assert hotel.book(hotel.room(prices=[1, 2], shown=3)).status_code == 422
    made = hotel.booked()
    assert hotel.patch(made, rooms=[{"id": first(made)["id"], "prices": [1, 2], "shown": 3}]).status_code == 422
