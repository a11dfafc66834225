"""However odd a booking is, and whatever became of the house meanwhile: nothing is lost, nothing is there twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from pms.api.hooks import _take_in
from pms.channels import conversation, inbox
from pms.channels.adapter import Received
from pms.channels.apply import settle
from pms.channels.calls import latest_calls
from pms.channels.connections import map_product, unmap_product
from pms.channels.incoming import Card, Extra, Incoming
from pms.channels.models import Product
from pms.channels.problems import said
from pms.inventory.claim import SoldOut
from pms.kernel.db import work
from pms.kernel.refusals import BadInput, MovedMeanwhile
from pms.reservations.blocks import place_block
from pms.reservations.book import Booking, Room, book
from pms.reservations.changes import NotInThisState
from pms.reservations.guests import GuestDetails
from pms.reservations.life_cycle import check_in, check_out
from pms.reservations.move import assign
from tests.channels.conftest import OnChannel
from tests.channels.test_bookings import job, take, told, unit_of


def kinds(problems: list[dict[str, str]]) -> list[str]:
    return [one["kind"] for one in problems]


def in_house(hotel: OnChannel, first: int, end: int) -> None:
    """The guest of B-1 comes."""
    take(hotel, told(hotel, "new", "1", first, end))
    stay = hotel.reservation("B-1")[1][0]
    with work(hotel.owner) as db:
        assign(db, stay.id, None, unit_of(hotel, hotel.double))
        check_in(db, stay.id, None)


@pytest.mark.parametrize("before", [False, True])
def test_a_room_of_a_type_that_is_archived_is_held_in_another(hotel: OnChannel, before: bool) -> None:
    if before:
        take(hotel, told(hotel, "new", "1"))
    with work(hotel.owner) as db:
        db.execute(text("update room_type set archived_at = now() where id = :id"), {"id": hotel.double})
    done = take(hotel, told(hotel, "modified", "2", 2, 5))
    assert kinds(done.problems) == ["unmapped_room"]
    assert hotel.stays("B-1") == [(hotel.day(2), hotel.day(5), "confirmed")]
    assert hotel.reservation("B-1")[1][0].room_type_id == hotel.single


@pytest.mark.parametrize("before", [False, True])
def test_a_booking_at_a_plan_that_is_archived_keeps_its_prices(hotel: OnChannel, before: bool) -> None:
    if before:
        take(hotel, told(hotel, "new", "1"))
    with work(hotel.owner) as db:
        db.execute(text("update rate_plan set archived_at = now() where id = :id"), {"id": hotel.plan})
        db.execute(text("update rate_book set mark = gen_random_uuid() where property_id = :id"), {"id": hotel.property_id})
    take(hotel, told(hotel, "modified", "2", 2, 5))
    assert hotel.stays("B-1") == [(hotel.day(2), hotel.day(5), "confirmed")]


def test_what_is_told_of_a_guest_who_has_left_makes_no_second_stay(hotel: OnChannel) -> None:
    in_house(hotel, -2, 0)
    stay = hotel.reservation("B-1")[1][0]
    with work(hotel.owner) as db:
        check_out(db, stay.id, None)
    take(hotel, told(hotel, "modified", "2", -2, 0, notes="Commission settled."))
    assert hotel.stays("B-1") == [(hotel.day(-2), hotel.day(0), "checked_out")]
    take(hotel, told(hotel, "modified", "3", 5, 7))
    assert [(first, status) for first, _, status in hotel.stays("B-1")] == [
        (hotel.day(-2), "checked_out"),
        (hotel.day(5), "confirmed"),
    ]


def test_of_two_rooms_the_one_that_has_left_stays_as_it_was(hotel: OnChannel) -> None:
    room = told(hotel, "new", "1", -2, 2).rooms[0]
    take(hotel, told(hotel, "new", "1", rooms=[room, room]))
    stays = hotel.reservation("B-1")[1]
    with work(hotel.owner) as db:
        assign(db, stays[0].id, None, unit_of(hotel, hotel.double))
        check_in(db, stays[0].id, None)
        check_out(db, stays[0].id, None)
    take(hotel, told(hotel, "modified", "2", rooms=[room, room], notes="Late arrival."))
    assert sorted(status for _, _, status in hotel.stays("B-1")) == ["checked_out", "confirmed"]


def test_a_stay_told_to_be_over_before_the_guest_came_is_for_nobody_to_trip_over(hotel: OnChannel) -> None:
    in_house(hotel, 0, 2)
    take(hotel, told(hotel, "modified", "2", -4, -2))
    first, end, status = hotel.stays("B-1")[0]
    assert (first, status) == (hotel.day(0), "checked_in")
    assert end >= first


def test_a_cancellation_of_what_somebody_entered_before_cancels_it(hotel: OnChannel) -> None:
    with work(hotel.owner) as db:
        room = Room(hotel.double, hotel.day(2), hotel.day(4))
        book(db, Booking(hotel.property_id, GuestDetails("Baker"), [room], source="Channex", external_ref="B-1"))
    take(hotel, told(hotel, "cancelled", "1"))
    assert hotel.stays("B-1") == [(hotel.day(2), hotel.day(4), "cancelled")]


def test_blanks_around_a_booking_number_hide_nothing(hotel: OnChannel) -> None:
    with work(hotel.owner) as db:
        room = Room(hotel.double, hotel.day(2), hotel.day(4))
        book(db, Booking(hotel.property_id, GuestDetails("Baker"), [room], source="Channex", external_ref="B-1"))
    take(hotel, replace(told(hotel, "new", "1", 2, 5), booking=" B-1 "))
    assert hotel.stays(" B-1 ") == [(hotel.day(2), hotel.day(5), "confirmed")]


def test_a_modification_without_rooms_cancels_nothing(hotel: OnChannel) -> None:
    take(hotel, told(hotel, "new", "1"))
    with pytest.raises(BadInput):
        take(hotel, told(hotel, "modified", "2", rooms=[]))
    assert hotel.stays("B-1") == [(hotel.day(2), hotel.day(4), "confirmed")]


@pytest.mark.parametrize("ages", [(18, 40), (-1,), (None, 99)])
def test_children_of_an_impossible_age_lose_no_booking(hotel: OnChannel, ages: tuple[int | None, ...]) -> None:
    room = replace(told(hotel).rooms[0], children_ages=ages, adults=500)
    take(hotel, told(hotel, "new", "1", rooms=[room]))
    assert hotel.reservation("B-1")[1][0].children == len(ages)


def test_what_somebody_has_settled_is_not_taken_in_anew_because_something_is_mapped(hotel: OnChannel) -> None:
    hotel.turn()
    hotel.fake.add("room-D", ["rate-X"])
    sale = replace(hotel.sale(2, 4), room="room-D", rate="rate-X")
    id = hotel.fake.sell([sale], force=True)
    assert id
    hotel.turn()
    (message,) = hotel.messages()
    assert message.state == "attention"
    held = hotel.bookings()[id]
    with work(hotel.owner) as db:
        settle(db, held.id, held.version)
        product = db.scalars(
            Product.__table__.select().where(Product.remote_id == "room-S/rate-S")  # type: ignore[attr-defined]
        ).first()
        unmap_product(db, product)
    with work(hotel.owner) as db:
        map_product(db, hotel.connection, hotel.single, hotel.plan, "room-S/rate-S")
    assert hotel.messages()[0].state == "applied"


@pytest.mark.parametrize("tail", ["/\x00", "/" + "x" * 2000, "?refresh_token=sesame&a=4111111111111111"])
def test_an_odd_address_is_written_down_short_and_without_secrets(hotel: OnChannel, tail: str) -> None:
    path = f"/hooks/{hotel.connection}{tail}"
    assert _take_in(hotel.connection, {":method": "POST", ":path": path}, b"").status == 403
    with work(hotel.owner) as db:
        (call,) = latest_calls(db, hotel.connection)
    assert len(call.path) <= 500
    assert "sesame" not in call.path
    assert "4111111111111111" not in call.path


def test_a_guest_who_comes_earlier_than_told_before_is_expected_then(hotel: OnChannel) -> None:
    take(hotel, told(hotel, "new", "1", 5, 7))
    take(hotel, told(hotel, "modified", "2", 0, 1))
    assert hotel.stays("B-1") == [(hotel.first, hotel.first + timedelta(days=1), "confirmed")]


def lies(hotel: OnChannel, booking: str) -> set[object]:
    stay = hotel.reservation(booking)[1][0].id
    with work(hotel.owner) as db:
        return set(db.execute(text("select unit_id from stay_night where stay_id = :id and live"), {"id": stay}).scalars())


def test_a_unit_that_was_sold_by_itself_is_the_one_the_guest_gets_or_somebody_is_told(hotel: OnChannel) -> None:
    unit = unit_of(hotel, hotel.double)
    hotel.fake.add("room-1", [])
    with work(hotel.owner) as db:
        map_product(db, hotel.connection, hotel.double, None, "room-1", unit)
    room = replace(told(hotel).rooms[0], remote_room="room-1", remote_rate="")
    assert not take(hotel, told(hotel, "new", "1", rooms=[room])).problems
    assert lies(hotel, "B-1") == {unit}
    hotel.turn()
    assert [hotel.shown("room-1", n)["rooms"] for n in range(1, 5)] == [1, 0, 0, 1]
    done = take(hotel, replace(told(hotel, "new", "1", rooms=[room, room]), booking="B-2"))
    assert kinds(done.problems) == ["not_in_unit"]
    assert lies(hotel, "B-2") == {None}
    assert not take(hotel, told(hotel, "modified", "2", rooms=[replace(room, departure=hotel.day(5), prices=())])).problems
    assert lies(hotel, "B-1") == {unit}


def test_a_unit_that_is_archived_is_not_for_sale_by_itself(hotel: OnChannel) -> None:
    unit = unit_of(hotel, hotel.double)
    hotel.fake.add("room-1", [])
    with work(hotel.owner) as db:
        map_product(db, hotel.connection, hotel.double, None, "room-1", unit)
        db.execute(text("update unit set archived_at = now() where id = :id"), {"id": unit})
    hotel.turn()
    assert hotel.shown("room-1", 3)["rooms"] == 0
    room = replace(told(hotel).rooms[0], remote_room="room-1", remote_rate="")
    assert kinds(take(hotel, told(hotel, "new", "1", rooms=[room])).problems) == ["not_in_unit"]


def test_a_stay_told_to_be_longer_than_its_unit_is_in_use_lies_unassigned_there(hotel: OnChannel) -> None:
    unit = unit_of(hotel, hotel.double)
    take(hotel, told(hotel, "new", "1", 2, 4))
    stay = hotel.reservation("B-1")[1][0]
    with work(hotel.owner) as db:
        assign(db, stay.id, None, unit)
        place_block(db, unit, hotel.day(5), hotel.day(6), "out_of_order", "repair")
    take(hotel, told(hotel, "modified", "2", 2, 7))
    assert hotel.stays("B-1") == [(hotel.day(2), hotel.day(7), "confirmed")]
    with work(hotel.owner) as db:
        query = "select unit_id from stay_night where stay_id = :id and live order by night"
        assert list(db.execute(text(query), {"id": stay.id}).scalars()) == [unit, unit, unit, None, unit]


ODD = "Ba\ud800k\x00er \U0001f9f3 \u202e"


def test_whatever_letters_a_channel_sends_no_booking_is_lost(hotel: OnChannel) -> None:
    guest = GuestDetails(ODD, ODD, "no address", "call me", "\ud800", "?!")
    extras = (Extra(ODD, 100),)
    for order, status in enumerate(("new", "modified"), 1):
        take(hotel, told(hotel, status, str(order), guest=guest, notes=ODD, extras=extras, card=Card(ODD), source=ODD))
    assert hotel.stays("B-1") == [(hotel.day(2), hotel.day(4), "confirmed")]


def test_an_odd_letter_in_one_message_holds_up_no_other(hotel: OnChannel) -> None:
    with work(job(hotel)) as db:
        inbox.store(db, hotel.connection, [Received(ODD, ODD, ODD, ODD), Received("B-2", "r1", "{}")])
    assert len(hotel.messages()) == 2
    with work(job(hotel)) as db:
        assert len(inbox.brought(db, hotel.connection, [Received(ODD, ODD, ODD, ODD)])) == 1


def sold(hotel: OnChannel, n: int) -> int:
    with work(hotel.owner) as db:
        query = "select sold from inventory_night where room_type_id = :id and night = :night"
        return int(db.execute(text(query), {"id": hotel.double, "night": hotel.day(n)}).scalar() or 0)


@pytest.mark.parametrize("before", [False, True])
def test_of_more_rooms_than_a_reservation_has_as_many_are_held_and_somebody_is_told(hotel: OnChannel, before: bool) -> None:
    if before:
        take(hotel, told(hotel, "new", "1"))
    rooms = [replace(told(hotel).rooms[0], key=str(n)) for n in range(60)]
    done = take(hotel, told(hotel, "modified", "2", rooms=rooms))
    assert said(done.problems[:1], "en") == "60 rooms were sold, 50 of them are held. Book the others by hand."
    assert sold(hotel, 2) == 50
    assert not take(hotel, told(hotel, "modified", "3")).problems
    assert sold(hotel, 2) == 1


def test_as_many_rooms_under_other_keys_take_the_place_of_those_that_were_told_before(hotel: OnChannel) -> None:
    for order in ("1", "2"):
        rooms = [replace(told(hotel).rooms[0], key=f"{order}-{n}") for n in range(30)]
        take(hotel, told(hotel, "modified", order, rooms=rooms))
    assert sold(hotel, 2) == 30


def test_another_room_instead_of_the_last_one_oversells_nothing(hotel: OnChannel) -> None:
    rooms = [replace(told(hotel).rooms[0], key=str(n)) for n in range(3)]
    assert not take(hotel, told(hotel, "new", "1", rooms=rooms)).problems
    assert not take(hotel, told(hotel, "modified", "2", rooms=[*rooms[:2], replace(rooms[2], key="other")])).problems


@pytest.mark.parametrize("before", [False, True])
def test_of_more_nights_than_a_stay_has_the_first_are_held_and_somebody_is_told(hotel: OnChannel, before: bool) -> None:
    if before:
        take(hotel, told(hotel, "new", "1"))
    room = replace(told(hotel).rooms[0], departure=hotel.day(2 + 400), prices=(), total=400 * 9_000)
    done = take(hotel, told(hotel, "modified", "2", rooms=[room, room]))
    assert kinds(done.problems) == ["too_long"]
    assert hotel.stays("B-1") == [(hotel.day(2), hotel.day(2 + 366), "confirmed")] * 2
    assert sold(hotel, 2 + 365) == 2
    with work(hotel.owner) as db:
        assert set(db.execute(text("select price from stay_night where live")).scalars()) == {9_000}
    assert not take(hotel, told(hotel, "modified", "3")).problems


def test_whoever_only_asks_for_more_than_can_be_held_is_told_no(hotel: OnChannel) -> None:
    room = replace(told(hotel).rooms[0], departure=hotel.day(2 + 400), prices=(), total=100)
    with pytest.raises(SoldOut):
        take(hotel, told(hotel, "asked", "1", rooms=[room]))


def test_a_stay_told_to_be_longer_after_its_unit_left_the_house_lies_unassigned_there(hotel: OnChannel) -> None:
    unit = unit_of(hotel, hotel.double)
    take(hotel, told(hotel, "new", "1", 2, 4))
    stay = hotel.reservation("B-1")[1][0]
    with work(hotel.owner) as db:
        assign(db, stay.id, None, unit)
        db.execute(text("update unit set archived_at = now() where id = :id"), {"id": unit})
    take(hotel, told(hotel, "modified", "2", 2, 6))
    assert hotel.stays("B-1") == [(hotel.day(2), hotel.day(6), "confirmed")]
    with work(hotel.owner) as db:
        query = "select unit_id from stay_night where stay_id = :id and live order by night"
        assert list(db.execute(text(query), {"id": stay.id}).scalars()) == [unit, unit, None, None]


@pytest.fixture
def units(hotel: OnChannel) -> list[UUID]:
    """The three doubles, which the channel sells one by one as "room-0", "room-1" and "room-2"."""
    with work(hotel.owner) as db:
        query = text("select id from unit where room_type_id = :id order by position")
        found = list(db.execute(query, {"id": hotel.double}).scalars())
        for n, unit in enumerate(found):
            map_product(db, hotel.connection, hotel.double, None, f"room-{n}", unit)
    return found


def in_unit(hotel: OnChannel, n: int, order: str = "1", **more: Any) -> Incoming:
    room = replace(told(hotel).rooms[0], remote_room=f"room-{n}", remote_rate="")
    return replace(told(hotel, "modified", order, rooms=[room]), **more)


def test_a_guest_whom_the_channel_moves_to_another_unit_lies_there_if_it_is_free(hotel: OnChannel, units: list[UUID]) -> None:
    take(hotel, in_unit(hotel, 0))
    assert not take(hotel, in_unit(hotel, 1, "2")).problems
    assert lies(hotel, "B-1") == {units[1]}
    take(hotel, in_unit(hotel, 2, booking="B-2"))
    assert kinds(take(hotel, in_unit(hotel, 2, "3")).problems) == ["not_in_unit"]
    assert lies(hotel, "B-1") == {units[1]}, "better than nowhere"
    assert hotel.stays("B-1") == [(hotel.day(2), hotel.day(4), "confirmed")]


def test_a_guest_who_lies_nowhere_gets_the_unit_he_bought_once_it_is_free(hotel: OnChannel, units: list[UUID]) -> None:
    take(hotel, in_unit(hotel, 0))
    assert kinds(take(hotel, in_unit(hotel, 0, booking="B-2")).problems) == ["not_in_unit"]
    take(hotel, in_unit(hotel, 1, "2"))
    assert not take(hotel, in_unit(hotel, 0, "2", booking="B-2")).problems
    assert lies(hotel, "B-2") == {units[0]}


def test_a_guest_moved_by_hand_stays_there_although_the_unit_he_bought_is_free(hotel: OnChannel, units: list[UUID]) -> None:
    take(hotel, in_unit(hotel, 0))
    with work(hotel.owner) as db:
        assign(db, hotel.reservation("B-1")[1][0].id, None, units[2])
    assert kinds(take(hotel, in_unit(hotel, 0, "2", notes="Late arrival.")).problems) == ["not_in_unit"]
    assert lies(hotel, "B-1") == {units[2]}


def test_a_guest_in_the_house_is_not_moved_by_a_channel(hotel: OnChannel, units: list[UUID]) -> None:
    room = replace(in_unit(hotel, 0).rooms[0], arrival=hotel.day(0), departure=hotel.day(2))
    take(hotel, in_unit(hotel, 0, rooms=[room]))
    with work(hotel.owner) as db:
        check_in(db, hotel.reservation("B-1")[1][0].id, None)
    done = take(hotel, in_unit(hotel, 1, "2", rooms=[replace(room, remote_room="room-1")]))
    assert kinds(done.problems) == ["not_in_unit"]
    assert lies(hotel, "B-1") == {units[0]}


@pytest.mark.parametrize("trouble", [NotInThisState("cancelled"), MovedMeanwhile(by="Olga"), psycopg.OperationalError("gone")])
def test_a_booking_met_by_a_colleague_or_a_broken_line_is_taken_in_all_the_same(
    hotel: OnChannel, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    hotel.turn()
    id, troubles, really = hotel.fake.sell([hotel.sale(2, 5)]), [trouble], conversation._applied
    assert id is not None

    def applied(*of: Any) -> Any:
        if troubles:
            raise troubles.pop()
        return really(*of)

    monkeypatch.setattr(conversation, "_applied", applied)
    hotel.turn()
    hotel.turn()
    assert hotel.stays(id) == [(hotel.day(2), hotel.day(5), "confirmed")]
    assert hotel.fake.waiting == []
