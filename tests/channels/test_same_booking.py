"""A booking that two connections of a property bring - an aggregator, and the OTA itself after or beside it - is one booking."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlmodel import select

from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.reservations.models import Reservation
from pms.reservations.relocate import Walk, walk
from tests.channels.booking_com import FakeBookingCom
from tests.channels.conftest import OnChannel, on_channel
from tests.channels.fake import FakeBooking, moved


@pytest.fixture
def aggregated(olga: Actor) -> Iterator[OnChannel]:
    with on_channel(olga, "channex") as house:
        house.turn()
        yield house


@pytest.fixture
def direct(aggregated: OnChannel) -> Iterator[OnChannel]:
    with on_channel(aggregated.owner, "booking_com", aggregated) as house:
        yield house


def reservations(hotel: OnChannel) -> list[UUID]:
    with work(hotel.owner) as db:
        return list(db.scalars(select(Reservation.id).where(Reservation.property_id == hotel.property_id)))


def sold_through(aggregated: OnChannel) -> str:
    """Its number at Booking.com."""
    id = aggregated.fake.sell([aggregated.sale(2, 5)])
    assert id is not None
    aggregated.turn()
    return aggregated.fake.reference(id)


def in_the_history(direct: OnChannel, number: str) -> FakeBooking:
    """Booking.com had it before we were connected."""
    assert isinstance(direct.fake, FakeBookingCom)
    booking = direct.fake.bookings[number] = FakeBooking(number, [direct.sale(2, 5)])
    direct.fake.taken.add(number)
    return booking


def test_a_house_that_leaves_its_aggregator_has_every_booking_once(aggregated: OnChannel, direct: OnChannel) -> None:
    number = sold_through(aggregated)
    in_the_history(direct, number)
    direct.turn()
    assert direct.reservation(number)[0].id == aggregated.reservation(f"BDC-{number}")[0].id
    assert len(reservations(direct)) == 1
    assert direct.stays(number) == [(direct.day(2), direct.day(5), "confirmed")]


def test_a_house_that_goes_to_an_aggregator_has_every_booking_once(aggregated: OnChannel, direct: OnChannel) -> None:
    number = direct.fake.sell([direct.sale(2, 5)], force=True)
    direct.turn()
    aggregated.fake.bookings[f"BDC-{number}"] = booking = FakeBooking(f"BDC-{number}", [aggregated.sale(2, 5)])
    aggregated.fake.announce(booking)
    aggregated.turn()
    assert len(reservations(direct)) == 1
    assert aggregated.stays(f"BDC-{number}") == [(direct.day(2), direct.day(5), "confirmed")]


def test_what_either_of_two_connections_says_of_it_is_said_of_the_one_booking(aggregated: OnChannel, direct: OnChannel) -> None:
    number = sold_through(aggregated)
    in_the_history(direct, number)
    direct.turn()
    later = [moved(direct.sale(2, 5), direct.day(6), direct.day(8))]
    for hotel, id in ((direct, number), (aggregated, f"BDC-{number}")):
        hotel.fake.modify(id, later)
        hotel.turn()
        assert hotel.stays(id) == [(direct.day(6), direct.day(8), "confirmed")]
    direct.fake.cancel(number)
    direct.turn()
    aggregated.fake.cancel(f"BDC-{number}")
    aggregated.turn()
    assert [status for _, _, status in direct.stays(number)] == ["cancelled"]
    assert len(reservations(direct)) == 1


def test_a_cancellation_in_the_history_of_what_an_aggregator_brought_is_news(aggregated: OnChannel, direct: OnChannel) -> None:
    number = sold_through(aggregated)
    in_the_history(direct, number).status = "cancelled"
    direct.turn()
    assert [status for _, _, status in aggregated.stays(f"BDC-{number}")] == ["cancelled"]


def test_a_guest_taken_elsewhere_gets_no_second_bed_by_the_other_connection(aggregated: OnChannel, direct: OnChannel) -> None:
    number = sold_through(aggregated)
    with work(direct.owner) as db:
        walk(db, aggregated.reservation(f"BDC-{number}")[1][0].id, None, Walk("Hilton"))
    in_the_history(direct, number)
    direct.turn()
    assert [status for _, _, status in direct.stays(number)] == ["cancelled"]
    assert [one["kind"] for one in direct.bookings()[number].problems] == ["relocated"]
