"""Taking a guest elsewhere: to a sister property in one work, or to another hotel with what it costs; and who may not."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from pms.inventory.availability import availability
from pms.inventory.claim import SoldOut
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.outbox import history
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotFound, NotPermitted
from pms.reservations.book import AlreadyBooked, Booking, Room, book
from pms.reservations.changes import NotInThisState
from pms.reservations.details import reservation
from pms.reservations.guests import GuestDetails
from pms.reservations.life_cycle import StillElsewhere, cancel, check_in, reinstate
from pms.reservations.models import Stay
from pms.reservations.nights import nights_of
from pms.reservations.relocate import AnotherCurrency, Moved, Walk, elsewhere, move_to_sister, relocation_of, walk
from tests.builders import Cast, a_member, a_property, a_room_type
from tests.domains.reservations.conftest import House

COSTS = {"room_cost": 24_000, "transport_cost": 2_500, "compensation": 5_000, "transport_by": "guest"}
HILTON = Walk("Hilton", "Quay 1", "+370 5 123", "A taxi at 18:00", "Rita, +370 5 999", **COSTS)


@pytest.fixture
def twin(house: House) -> UUID:
    """The only room of a sister property, which costs twice as much."""
    return a_room_type(house.owner, a_property(house.owner, "Hillside"), "Twin", 1, base_price=18_000)


def moved(house: House, stay: Stay, twin: UUID, actor: Actor | None = None) -> Moved:
    with work(actor or house.owner) as db:
        return move_to_sister(db, stay.id, stay.version, twin)


def test_a_guest_moved_to_a_sister_keeps_prices_party_and_where_he_came_from(house: House, twin: UUID) -> None:
    booked = house.book(
        house.room(1, 3, adults=1, children=1, children_ages=(4,)), source="booking.com", external_ref="B-7", notes="Late"
    )
    done = moved(house, booked.stays[0], twin)
    with work(house.owner) as db:
        here, there = reservation(db, booked.reservation.id), reservation(db, done.stay.reservation_id)
        assert [one.status for one in here.stays] == ["cancelled"]
        (stay,) = there.stays
        assert ([night.price for night in stay.nights], stay.adults, stay.children_ages) == ([9_000, 9_000], 1, (4,))
        assert (there.source, there.external_ref, there.guest.id) == ("booking.com", "B-7", here.guest.id)
        assert there.notes == f"Moved from Seaside, {here.code}.\nLate"
        assert here.notes == f"Moved to Hillside, {there.code}.\nLate"
        assert elsewhere(db, [booked.stays[0].id]) == {booked.stays[0].id: f"Hillside, {there.code}"}


def test_the_promises_made_go_with_the_guest(house: House, twin: UUID) -> None:
    stay = house.stay(1, 3)
    done = moved(house, stay, twin)
    with work(house.owner) as db:
        there = db.one(Stay, done.stay.id)
        assert there.quote == stay.quote
        assert (there.quote or {})["plan"]["name"] == "Flexible"
        assert there.rate_plan_id is None


def test_both_journals_say_so(house: House, twin: UUID) -> None:
    stay = house.stay(1, 3)
    done = moved(house, stay, twin)
    with work(house.owner) as db:
        gone, came = history(db, stay.id)[0], history(db, done.stay.id)[0]
    assert [(one.event, one.property_id) for one in (gone, came)] == [
        ("stay.relocated", house.property_id),
        ("stay.booked", done.stay.property_id),
    ]


def test_further_rooms_of_a_reservation_come_under_the_same_code(house: House) -> None:
    type_id = a_room_type(house.owner, a_property(house.owner, "Hillside"), "Twin", 2)
    booked = house.book(house.room(1, 3), house.room(1, 3), source="booking.com", external_ref="B-8")
    first, second = (moved(house, stay, type_id) for stay in booked.stays)
    assert first.code == second.code


def test_who_was_faster_at_the_sister_leaves_the_stay_where_it_is(house: House, twin: UUID) -> None:
    stay = house.stay(1, 3)
    with work(house.owner) as db:
        there = db.execute(text("select property_id from room_type where id = :id"), {"id": twin}).scalar_one()
        book(db, Booking(there, GuestDetails("Faster"), [Room(twin, house.day(2), house.day(4))]))
    with pytest.raises(SoldOut):
        moved(house, stay, twin)
    with work(house.owner) as db:
        assert (db.one(Stay, stay.id).status, len(nights_of(db, stay.id))) == ("confirmed", 2)
        assert elsewhere(db, [stay.id]) == {}


def test_a_stay_is_moved_the_other_way_too(house: House, twin: UUID) -> None:
    """Nights are locked in one order, whichever property comes first."""
    done = moved(house, house.stay(1, 3), twin)
    back = moved(house, done.stay, house.double)
    with work(house.owner) as db:
        assert db.one(Stay, done.stay.id).status == "cancelled"
        sold = {one.sold for one in availability(db, house.property_id, house.day(1), house.day(3)) if one.room_type == "Double"}
    assert (sold, back.property_name) == ({1}, "Seaside")


def test_a_channels_guest_comes_back_by_taking_the_cancellation_back(house: House, twin: UUID) -> None:
    """A second reservation of the same reference here would be one that the channel does not know of."""
    stay = house.book(house.room(1, 3), source="booking.com", external_ref="B-9").stays[0]
    done = moved(house, stay, twin)
    with pytest.raises(AlreadyBooked):
        moved(house, done.stay, house.double)
    with work(house.owner) as db:
        assert db.one(Stay, done.stay.id).status == "confirmed"
    with pytest.raises(StillElsewhere, match="has a room there"), work(house.owner) as db:
        reinstate(db, stay.id, None)
    with work(house.owner) as db:
        cancel(db, done.stay.id, None)
        assert reinstate(db, stay.id, None).status == "confirmed"


def test_what_was_taken_back_once_does_not_count_after_the_next_cancellation(house: House) -> None:
    stay = house.stay(1, 3)
    with work(house.owner) as db:
        walk(db, stay.id, None, HILTON)
    with work(house.owner) as db:
        reinstate(db, stay.id, None)
        cancel(db, stay.id, None)
        assert (relocation_of(db, stay.id), elsewhere(db, [stay.id])) == (None, {})


def test_what_was_agreed_cannot_stand_in_other_money(house: House) -> None:
    abroad = a_room_type(house.owner, a_property(house.owner, "Abroad", currency="USD"), "Twin")
    with pytest.raises(AnotherCurrency):
        moved(house, house.stay(1, 3), abroad)


def test_a_room_type_of_the_same_house_is_no_sisters(house: House) -> None:
    with pytest.raises(BadInput):
        moved(house, house.stay(1, 3), house.single)


def test_neither_a_guest_in_house_nor_a_stay_somebody_changed_is_sent_away(house: House, twin: UUID) -> None:
    here = house.stay(0, 2, house.u101)
    arrived = house.do(check_in, here)
    with pytest.raises(NotInThisState):
        moved(house, arrived, twin)
    for verb in (lambda db: move_to_sister(db, here.id, 1, twin), lambda db: walk(db, here.id, 1, HILTON)):
        with pytest.raises(MovedMeanwhile), work(house.owner) as db:
            verb(db)


@pytest.mark.parametrize("lacking", ["reservation.cancel", "reservation.change", "reservation.book"])
def test_moving_a_guest_takes_cancelling_here_and_booking_there(house: House, twin: UUID, lacking: str) -> None:
    with pytest.raises(NotPermitted):
        moved(house, house.stay(1, 3), twin, house.owner.without(lacking))


def test_who_works_in_one_property_books_in_no_other(house: House, twin: UUID) -> None:
    assert house.owner.organization_id
    lena = a_member(house.owner.organization_id, "Lena", "manager", [house.property_id])
    with pytest.raises(NotFound):
        moved(house, house.stay(1, 3), twin, lena)


def test_the_desk_moves_guests_without_overriding_rates(house: House, twin: UUID) -> None:
    moved(house, house.stay(1, 3), twin, house.owner.without("rate.override").without("reservation.oversell"))


def test_walking_a_guest_keeps_where_and_at_whose_cost(house: House) -> None:
    stay = house.stay(1, 3)
    with work(house.owner) as db:
        walk(db, stay.id, stay.version, replace(HILTON, hotel=" Hilton "))
    with work(house.owner) as db:
        found = relocation_of(db, stay.id)
        assert found
        assert (found.hotel, found.room_cost, found.room_by, found.transport_cost, found.transport_by) == (
            "Hilton",
            24_000,
            "house",
            2_500,
            "guest",
        )
        assert (found.compensation, found.currency, found.property_id) == (5_000, "EUR", house.property_id)
        assert db.one(Stay, stay.id).status == "cancelled"
        assert history(db, stay.id)[0].event == "stay.walked"
        told = history(db, found.id)[0].after or {}
        assert (told["stay_id"], told["hotel"], told["room_cost"], told["currency"]) == (str(stay.id), "Hilton", 24_000, "EUR")
        assert reservation(db, stay.reservation_id).notes == "Walked to Hilton."


def test_a_walked_stay_taken_back_is_nowhere_else_any_more(house: House) -> None:
    stay = house.stay(1, 3)
    with work(house.owner) as db:
        walk(db, stay.id, None, HILTON)
    with work(house.owner) as db:
        reinstate(db, stay.id, None)
        assert (relocation_of(db, stay.id), elsewhere(db, [stay.id])) == (None, {})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hotel", "  "),
        ("hotel", "x" * 101),
        ("address", "a\x00b"),
        ("room_cost", -1),
        ("compensation", 2 * 10**9 + 1),
        ("room_by", "nobody"),
        ("transport_by", ""),
    ],
)
def test_an_odd_walk_is_refused_beside_its_field(house: House, field: str, value: object) -> None:
    stay = house.stay(1, 3)
    with pytest.raises(BadInput) as refusal, work(house.owner) as db:
        walk(db, stay.id, None, replace(HILTON, **{field: value}))
    assert refusal.value.field == field


@pytest.mark.parametrize("lacking", ["reservation.cancel", "reservation.change"])
def test_walking_takes_cancelling_and_changing(house: House, lacking: str) -> None:
    with pytest.raises(NotPermitted), work(house.owner.without(lacking)) as db:
        walk(db, house.stay(1, 3).id, None, HILTON)


def test_a_cancelled_stay_is_not_walked(house: House) -> None:
    stay = house.do(cancel, house.stay(1, 3))
    with pytest.raises(NotInThisState), work(house.owner) as db:
        walk(db, stay.id, None, HILTON)


def test_a_neighbour_walks_nobody_and_learns_nothing(house: House, cast: Cast) -> None:
    stay = house.stay(1, 3)
    for id in (stay.id, uuid4()):
        with pytest.raises(NotFound), work(cast.otto) as db:
            walk(db, id, None, HILTON)
        with pytest.raises(NotFound), work(cast.otto) as db:
            relocation_of(db, id)
