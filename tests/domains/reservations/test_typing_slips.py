"""What slips through a keyboard: years that are none."""

from __future__ import annotations

from datetime import date

import pytest

from pms.kernel.db import work
from pms.kernel.refusals import BadInput
from pms.reservations.blocks import place_block
from pms.reservations.book import Room
from pms.reservations.move import change_dates, move
from tests.domains.reservations.conftest import House

ODD = [date(2, 6, 1), date(202, 6, 1), date(9999, 12, 30)]


@pytest.mark.parametrize("day", ODD)
def test_no_night_is_sold_moved_or_blocked_in_a_year_that_is_a_slip(house: House, day: date) -> None:
    stay = house.stay(0, 1, house.u101)
    after = date.fromordinal(day.toordinal() + 1)
    with pytest.raises(BadInput, match="year"):
        house.book(Room(house.double, day, after))
    with pytest.raises(BadInput, match="year"):
        house.do(move, stay, arrival=day)
    with pytest.raises(BadInput, match="year"):
        house.do(change_dates, stay, day, after)
    with pytest.raises(BadInput, match="year"), work(house.owner) as db:
        place_block(db, house.u101, day, after, "out_of_order", "Paint")


def test_a_stay_over_the_turn_of_the_year_and_a_leap_day_has_every_night(house: House) -> None:
    booked = house.book(Room(house.double, date(2027, 12, 30), date(2028, 3, 2))).stays[0]
    nights = [night.night for night in house.nights(booked)]
    assert len(nights) == 63
    assert date(2028, 2, 29) in nights


def test_a_year_and_a_day_is_the_longest_stay(house: House) -> None:
    assert len(house.nights(house.stay(0, 366))) == 366
    with pytest.raises(BadInput):
        house.stay(0, 367)
