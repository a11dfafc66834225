"""A unit is archived while the last room of its type is being sold for a night that has no counter yet."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

import pytest

from pms.inventory import claim
from pms.inventory.claim import SoldOut
from pms.kernel.actor import Actor
from pms.kernel.dates import DAY, today
from pms.kernel.db import work
from pms.reservations.book import Booked, Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.structure import archive_unit
from tests.builders import a_property, a_room_type, unit_ids
from tests.invariants import assert_house_in_order

SOON = 0.3
"""Seconds after which a sale that is still waiting is waiting for the archiving, not for the machine."""


def _sell(by: Actor, house: UUID, type_id: UUID) -> Booked:
    arrival = today("Europe/Vilnius")
    with work(by) as db:
        return book(db, Booking(house, GuestDetails("Adams", "Ann", ""), [Room(type_id, arrival, arrival + DAY)]))


@contextmanager
def _sale_during_archiving(by: Actor) -> Iterator[Future[Booked]]:
    """A sale begun while the archiving of the only room is done but not committed; it commits when the block ends."""
    house = a_property(by)
    suite = a_room_type(by, house, units=1)
    (unit,) = unit_ids(by, suite)
    with ThreadPoolExecutor(1) as pool, work(by) as db:
        archive_unit(db, unit, 1)
        yield pool.submit(_sell, by, house, suite)


def test_the_sale_waits_and_finds_the_house_sold_out(olga: Actor) -> None:
    with _sale_during_archiving(olga) as sale, pytest.raises(TimeoutError):
        sale.result(SOON)
    with pytest.raises(SoldOut):
        sale.result()
    assert_house_in_order(olga)


def test_without_the_hold_a_room_is_sold_that_is_no_more(olga: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim, "hold_capacity_shared", lambda db, room_type_ids: None)
    with _sale_during_archiving(olga) as sale:
        sale.result()
    with pytest.raises(AssertionError, match="capacity"):
        assert_house_in_order(olga)
