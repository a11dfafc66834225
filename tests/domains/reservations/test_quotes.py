"""What a stay was sold for keeps one entry for each of its nights, however it is moved, split, stretched, cut, or put back."""

from __future__ import annotations

from typing import Any

import pytest

from pms.kernel.db import work
from pms.reservations.models import Stay
from pms.reservations.move import change_dates, move, reprice, split, unassign, undo
from pms.reservations.resell import agree_prices
from tests.domains.reservations.conftest import House

PRICES = [7_000, 8_000, 7_500]


@pytest.fixture
def stay(house: House) -> Stay:
    """Three nights that cost 90.00 each, agreed at others."""
    return house.do(agree_prices, house.stay(10, 13, house.u101), PRICES, "Regular guest")


def quote_of(house: House, stay: Stay) -> dict[str, Any]:
    with work(house.owner) as db:
        quote = db.one(Stay, stay.id).quote
    assert quote is not None
    return quote


def in_step(house: House, stay: Stay) -> dict[str, Any]:
    """The quote, seen to match the nights one for one."""
    quote, lie = quote_of(house, stay), house.nights(stay)
    assert quote["agreed"] == [night.price for night in lie]
    assert len(quote["prices"]) == len(quote["steps"]) == len(lie)
    assert quote["reason"] == "Regular guest"
    return quote


@pytest.mark.parametrize(
    ("first", "end", "agreed"),
    [
        (11, 13, [8_000, 7_500]),
        (10, 12, [7_000, 8_000]),
        (10, 15, [7_000, 8_000, 7_500, 9_000, 9_000]),
        (8, 13, [9_000, 9_000, 7_000, 8_000, 7_500]),
        (11, 14, [8_000, 7_500, 9_000]),
        (20, 22, [9_000, 9_000]),
    ],
)
def test_nights_that_fall_away_or_come_take_their_entries_along(
    house: House, stay: Stay, first: int, end: int, agreed: list[int]
) -> None:
    changed = house.do(change_dates, stay, house.day(first), house.day(end))
    quote = in_step(house, changed)
    assert (quote["agreed"], quote["prices"]) == (agreed, [9_000] * len(agreed))


def test_a_night_added_at_a_price_of_its_own_keeps_that_one(house: House, stay: Stay) -> None:
    changed = house.do(change_dates, stay, house.day(10), house.day(14), [6_000])
    assert in_step(house, changed)["agreed"] == [*PRICES, 6_000]


def test_a_stay_stretched_and_cut_keeps_why_its_first_nights_cost_what_they_did(house: House, stay: Stay) -> None:
    before = quote_of(house, stay)
    longer = house.do(change_dates, stay, house.day(9), house.day(14))
    assert in_step(house, longer)["steps"] == [[], *before["steps"], []]
    assert quote_of(house, house.do(change_dates, longer, house.day(10), house.day(13))) == before


def test_undo_gives_the_quote_back_with_the_nights(house: House, stay: Stay) -> None:
    before = quote_of(house, stay)
    changed = house.do(change_dates, stay, house.day(11), house.day(16))
    house.do(undo, changed)
    assert quote_of(house, stay) == before
    assert in_step(house, stay)["agreed"] == PRICES


def test_a_move_and_a_split_leave_the_entries_as_they_are(house: House, stay: Stay) -> None:
    before = quote_of(house, stay)
    stay = house.do(move, stay, arrival=house.day(20))
    stay = house.do(split, stay, house.day(21), house.u102)
    stay = house.do(move, stay, unit_id=house.u101, from_night=house.day(21))
    house.do(unassign, stay)
    assert in_step(house, stay) == before


def test_other_prices_take_the_place_of_those_agreed(house: House, stay: Stay) -> None:
    changed = house.do(reprice, stay, [9_500] * 3)
    assert quote_of(house, changed)["agreed"] == [9_500] * 3
    house.do(undo, changed)
    assert in_step(house, stay)["agreed"] == PRICES


def test_a_stay_at_the_plans_prices_does_not_come_to_be_agreed(house: House) -> None:
    stay = house.stay(10, 12)
    quote = quote_of(house, house.do(change_dates, stay, house.day(10), house.day(13)))
    assert "agreed" not in quote
    assert (quote["prices"], len(quote["steps"])) == ([9_000] * 3, 3)
