"""Selling rooms: what is sold, what it costs, and every refusal."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from pms.inventory.claim import SoldOut
from pms.kernel.actor import Actor
from pms.kernel.db import raw, work
from pms.kernel.refusals import BadInput, NotFound, NotPermitted
from pms.reservations.book import AlreadyBooked, Booking, book
from pms.reservations.guests import GuestDetails
from pms.reservations.nights import UnitTaken
from tests.domains.reservations.conftest import House
from tests.invariants import assert_house_in_order


def test_a_stay_is_sold_night_by_night_at_the_price_of_the_day(house: House) -> None:
    stay = house.stay(1, 4, house.u101)
    assert [(n.night, n.unit_id, n.price) for n in house.nights(stay)] == [(house.day(d), house.u101, 9000) for d in (1, 2, 3)]
    assert_house_in_order(house.owner)


def test_given_prices_are_kept(house: House) -> None:
    stay = house.book(house.room(1, 3, prices=[100, 200])).stays[0]
    assert [n.price for n in house.nights(stay)] == [100, 200]


def test_several_rooms_are_one_reservation(house: House) -> None:
    made = house.book(house.room(1, 3), house.room(1, 4), replace(house.room(1, 2), room_type_id=house.single))
    assert len({stay.reservation_id for stay in made.stays}) == 1
    assert [stay.room_type_id for stay in made.stays] == [house.double, house.double, house.single]


def test_day_use_takes_no_night(house: House) -> None:
    assert house.nights(house.stay(1, 1)) == []


def test_a_sale_is_not_planned_anew_for_every_array_of_nights(house: House) -> None:
    """PostgreSQL would, if it could count the nights: that costs more than looking them up."""
    plans = "select statement, generic_plans from pg_prepared_statements where statement like '%inventory_night i%'"
    with work(house.owner) as db:
        for _ in range(12):
            book(db, Booking(house.property_id, GuestDetails("Adams"), [house.room(1, 3)]), force=True)
        planned_once = dict(raw(db).execute(plans).fetchall())
    assert len(planned_once) >= 2, "the counters are locked and written by prepared statements"
    assert all(planned_once.values()), planned_once


@pytest.mark.parametrize("nights", [0, 1])
def test_an_outside_reference_comes_in_once(house: House, nights: int) -> None:
    room = house.room(1, 1 + nights)
    house.book(room, source="OTA", external_ref="R1")
    with pytest.raises(AlreadyBooked):
        house.book(room, source="OTA", external_ref="R1")


def test_sold_out_names_every_night_that_lacks_a_room(house: House) -> None:
    house.book(house.room(2, 4), house.room(2, 4))
    with pytest.raises(SoldOut) as refused:
        house.book(house.room(1, 5))
    assert refused.value.data["nights"] == [house.day(2).isoformat(), house.day(3).isoformat()]
    assert refused.value.data["room_type"] == "Double"
    assert refused.value.status == 409


def test_several_rooms_are_sold_together_or_not_at_all(house: House) -> None:
    with pytest.raises(SoldOut):
        house.book(house.room(1, 3), house.room(1, 3), house.room(1, 3))
    with work(house.owner) as db:
        assert db.execute(text("select count(*) from reservation")).scalar() == 0
    assert_house_in_order(house.owner)


def test_departure_and_arrival_share_a_day(house: House) -> None:
    house.stay(1, 3, house.u101)
    house.stay(3, 5, house.u101)
    assert_house_in_order(house.owner)


def test_a_unit_taken_names_who_has_it_and_when(house: House) -> None:
    house.stay(2, 4, house.u101)
    with pytest.raises(UnitTaken) as refused:
        house.stay(1, 5, house.u101)
    assert refused.value.data == {
        "unit": "101",
        "by": "Jonas Kazlauskas",
        "nights": [house.day(2).isoformat(), house.day(3).isoformat()],
        "nights_text": f"{house.day(2)}, {house.day(3)}",
    }


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "Two rooms of one reservation cannot both lie in 101: "),
        ("lt", "Du vienos rezervacijos kambariai negali būti tame pačiame 101: "),
        ("de", "Zwei Zimmer einer Reservierung können nicht beide in 101 liegen: "),
    ],
)
def test_two_rooms_of_one_reservation_in_one_unit_are_refused_in_the_readers_words(house: House, locale: str, words: str) -> None:
    with pytest.raises(UnitTaken) as refused:
        house.book(house.room(1, 3, house.u101), house.room(2, 4, house.u101))
    no = refused.value
    assert no.say(locale) == f"{words}{house.day(2)}."
    assert (no.code, no.data["by"], no.data["unit"], no.data["nights"]) == ("unit-taken", None, "101", [str(house.day(2))])


def test_a_unit_of_another_type_counts_in_its_own_type(house: House) -> None:
    """An upgrade: sold as a double, sleeping in the single's bed takes a single off sale (R-43)."""
    stay = house.stay(1, 2, house.u201)
    assert stay.room_type_id == house.double
    assert house.nights(stay)[0].room_type_id == house.single
    assert_house_in_order(house.owner)


def test_a_forced_sale_is_recorded_as_oversold(house: House) -> None:
    house.book(house.room(1, 2), house.room(1, 2))
    with work(house.owner) as db:
        book(db, Booking(house.property_id, GuestDetails("Rossi"), [house.room(1, 2)], source="booking_com"), force=True)
    with work(house.owner) as db:
        assert db.execute(text("select sold, oversold from inventory_night where oversold > 0")).all() == [(3, 1)]


def test_nobody_at_the_desk_may_force_a_sale(house: House, rita: Actor) -> None:
    with pytest.raises(NotPermitted), work(rita) as db:
        book(db, Booking(house.property_id, GuestDetails("Rossi"), [house.room(1, 2)]), force=True)


def test_housekeeping_may_not_book(house: House, hana: Actor) -> None:
    with pytest.raises(NotPermitted):
        house.stay(1, 2, actor=hana)


def test_an_unknown_room_type_is_refused(house: House) -> None:
    with pytest.raises(NotFound):
        house.book(replace(house.room(1, 2), room_type_id=uuid4()))


def test_a_room_type_of_a_sister_property_is_refused(house: House) -> None:
    from tests.builders import a_property, a_room_type

    elsewhere = a_room_type(house.owner, a_property(house.owner, "Sister"))
    with pytest.raises(BadInput, match="not on sale in this property"):
        house.book(replace(house.room(1, 2), room_type_id=elsewhere))


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("departure", {"departure": -1}),
        ("departure", {"departure": 400}),
        ("adults", {"adults": 0}),
        ("adults", {"children": -1}),
        ("prices", {"prices": [1, 2, 3]}),
        ("prices", {"prices": [-1, 1]}),
        ("prices", {"prices": [10**12, 1]}),
    ],
)
def test_a_room_that_makes_no_sense_is_refused_at_its_field(house: House, field: str, change: dict) -> None:
    room = house.room(1, 3)
    if "departure" in change:
        change = {"departure": room.arrival + timedelta(days=change["departure"])}
    with pytest.raises(BadInput) as refused:
        house.book(replace(room, **change))
    assert refused.value.field == field


def test_a_reservation_has_a_room(house: House) -> None:
    with pytest.raises(BadInput) as refused:
        house.book()
    assert refused.value.field == "rooms"


def test_a_new_reservation_cannot_be_checked_in_already(house: House) -> None:
    with pytest.raises(BadInput) as refused:
        house.stay(0, 1, status="checked_in")
    assert refused.value.field == "status"


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\x00b"])
def test_a_guest_needs_a_name_that_can_be_kept(house: House, name: str) -> None:
    with pytest.raises(BadInput) as refused:
        house.stay(1, 2, name=name)
    assert refused.value.field == "last_name"


def test_the_journal_says_what_was_booked(house: House, rita: Actor) -> None:
    stay = house.stay(1, 3, house.u101, actor=rita)
    with work(house.owner) as db:
        row = db.execute(text("select actor_name, event, entity_id, after from journal order by id desc limit 1")).one()
    assert (row.actor_name, row.event, row.entity_id) == ("Rita Desk", "stay.booked", stay.id)
    assert row.after["segments"] == [[house.day(1).isoformat(), house.day(3).isoformat(), str(house.double), str(house.u101)]]
