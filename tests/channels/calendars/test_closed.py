"""Closed nights of a feed as they roll from fetch to fetch. Days count from today; unit 0 is the feed's."""

from __future__ import annotations

from sqlmodel import col, select

from pms.inventory.models import Block
from pms.kernel.db import work
from pms.reservations.blocks import lift_block, place_block
from tests.channels.calendars.conftest import House
from tests.channels.calendars.sites import airbnb, airbnb_closed, booking_com


def test_closed_times_are_replaced_on_each_good_fetch(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_closed(*house.span(0, 2)), airbnb_closed(*house.span(90, 100))))
    house.learn(airbnb(airbnb_closed(*house.span(0, 3)), airbnb_closed(*house.span(91, 100))))
    assert house.blocks() == [(0, 3), (91, 100)]
    house.learn(airbnb(airbnb_closed(*house.span(91, 100))))
    assert house.blocks() == [(91, 100)]


def test_where_a_site_writes_the_same_for_sold_and_closed_nights_are_freed_after_three_fetches(house: House) -> None:
    house.feed("Booking.com")
    rest = ("z", *house.span(100, 101))
    house.learn(booking_com(("a", *house.span(3, 6)), rest), "Booking.com")
    for expected in ([(3, 6), (100, 101)], [(3, 6), (100, 101)], [(100, 101)]):
        house.learn(booking_com(rest), "Booking.com")
        assert house.blocks() == expected


def test_there_a_shorter_time_frees_its_last_nights_after_three_fetches_too(house: House) -> None:
    house.feed("Booking.com")
    house.learn(booking_com(("a", *house.span(3, 6))), "Booking.com")
    for expected in ([(3, 5), (5, 6)], [(3, 5), (5, 6)], [(3, 5)]):
        house.learn(booking_com(("a", *house.span(3, 5))), "Booking.com")
        assert house.blocks() == expected


def test_there_another_uid_for_the_same_nights_changes_nothing(house: House) -> None:
    house.feed("Booking.com")
    house.learn(booking_com(("a", *house.span(-2, 6))), "Booking.com")
    for uid in "bcde":
        house.learn(booking_com((uid, *house.span(0, 6))), "Booking.com")
    assert house.blocks() == [(0, 6)]
    assert len(house.events("Booking.com")) == 1


def test_a_block_lifted_by_hand_stays_lifted_and_is_told(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_closed(*house.span(3, 6))))
    with work(house.owner) as db:
        block = db.scalars(select(Block).where(col(Block.lifted_at).is_(None))).one()
        lift_block(db, block.id, block.version)
    house.learn(airbnb(airbnb_closed(*house.span(3, 6))))
    assert (house.blocks(), house.told()) == ([], ["lifted"])
    house.learn(airbnb(airbnb_closed(*house.span(3, 8))))
    assert (house.blocks(), house.told()) == ([(6, 8)], ["lifted"])


def test_nights_of_a_closed_time_that_are_over_stay_in_the_books(house: House) -> None:
    house.feed()
    with work(house.owner) as db:
        place_block(db, house.units[0], *house.span(-2, 4), "out_of_order", "Airbnb")
    house.learn(airbnb(airbnb_closed(*house.span(-2, 6))))
    assert house.blocks() == [(-2, 4), (4, 6)]
