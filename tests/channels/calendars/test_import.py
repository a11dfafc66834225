"""What a feed's file does to the house: every rule of reading, by name."""

from __future__ import annotations

from tests.channels.calendars.conftest import House
from tests.channels.calendars.sites import airbnb, airbnb_closed, airbnb_sold


def test_a_reservation_becomes_a_reservation_in_the_units_nights(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_sold(*house.span(3, 6))))
    assert house.stays() == [(3, 6, "confirmed", 0)]
    (made,) = house.reservations()
    assert (made.source, made.external_ref) == ("Airbnb", "HMABCD1234")


def test_a_closed_time_becomes_a_block(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_closed(*house.span(3, 6))))
    assert house.blocks() == [(3, 6)]
    assert house.stays() == []
