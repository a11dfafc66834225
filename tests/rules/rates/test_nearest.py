"""The nearest arrivals that can be sold are worked out side by side; asked one after the other the answer must be the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pms.properties.models import Tax
from pms.rates.load import House
from pms.rates.models import RESTRICTIONS, RatePlan
from pms.rates.party import Party
from pms.rates.restrict import Wish
from pms.reservations.offers import Counter, Offer
from tests.rules.rates.boards import FIRST, NIGHTS, NOBODY, TODAY, boards, cells

TAXES = [
    Tax(organization_id=NOBODY, property_id=NOBODY, name="VAT", kind="percent", percent=900),
    Tax(organization_id=NOBODY, property_id=NOBODY, name="City", kind="per_person_night", amount=200, included=False),
]


def _asked_one_by_one(counter: Counter, wish: Wish, most: int) -> list[tuple[date, Offer]]:
    """Every plan in every room type for every arrival, with all its reasons and taxes; what has none and costs least."""
    arrivals = [counter.board.first + timedelta(days=n) for n in range(counter.board.nights - wish.nights)]
    found: list[tuple[date, Offer]] = []
    for arrival in sorted(arrivals, key=lambda day: abs((day - wish.arrival).days)):
        moved = replace(wish, arrival=arrival, departure=arrival + timedelta(days=wish.nights))
        good = [one for one in counter.answers(moved) if not one.reasons]
        if good and arrival != wish.arrival:
            found.append((arrival, min(good, key=lambda one: one.taxed.total)))
    return found[:most]


@st.composite
def counters(draw: st.DrawFn) -> Counter:
    """A small house with anything restricted anywhere, more or less sold."""
    board = draw(boards())
    spot = st.tuples(st.integers(0, len(board.types) - 1), st.integers(0, NIGHTS - 1))
    filled: dict[Any, Any] = dict(board.cells)
    for plan in board.book.plans:
        _restrict(draw, plan)
        for name in draw(st.lists(st.sampled_from(RESTRICTIONS), max_size=3, unique=True)):
            most = 1 if name.startswith("closed") else 5
            values = draw(st.dictionaries(spot, st.integers(0 if most == 1 else 1, most), max_size=3))
            filled[(plan.id, name)] = cells(len(board.types), NIGHTS, values)
    rooms = st.lists(st.sampled_from([0, 1, 1, 2]), min_size=NIGHTS, max_size=NIGHTS)
    left = {kind.id: draw(rooms) for kind in board.types}
    house = House(NOBODY, "EUR", "Europe/Vilnius", "LT", None, None, board.types)
    today = TODAY + timedelta(days=draw(st.integers(0, 5)))
    return Counter(house, replace(board, cells=filled, today=today), left, TAXES)


def _restrict(draw: st.DrawFn, plan: RatePlan) -> None:
    plan.own_restrictions = draw(st.booleans())
    if draw(st.integers(0, 4)) == 0:
        plan.channels = draw(st.sampled_from([["desk"], ["api"]]))
    if draw(st.integers(0, 4)) == 0:
        plan.min_advance, plan.max_advance = draw(st.integers(0, 4)), draw(st.none() | st.integers(4, 8))
    if draw(st.integers(0, 4)) == 0:
        plan.valid_from = FIRST + timedelta(days=draw(st.integers(0, NIGHTS)))


@given(counters(), st.integers(0, NIGHTS), st.integers(-3, NIGHTS), st.integers(1, 3), st.integers(1, 6))
def test_side_by_side_finds_what_one_by_one_finds(counter: Counter, nights: int, on: int, adults: int, most: int) -> None:
    arrival = FIRST + timedelta(days=on)
    wish = Wish(arrival, arrival + timedelta(days=nights), Party(adults))
    assert counter.nearest(wish, most) == _asked_one_by_one(counter, wish, most)
