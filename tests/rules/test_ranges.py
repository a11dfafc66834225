"""From ranges to cells."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.kernel.refusals import BadInput
from pms.rates.ranges import Range, expand, nights

PLAN, DOUBLE = uuid4(), uuid4()
FIRST = date(2027, 6, 1)
"""A Tuesday."""


def a_range(first: int, end: int, weekdays: frozenset[int] | None = None, **values: object) -> Range:
    return Range(PLAN, DOUBLE, FIRST + timedelta(days=first), FIRST + timedelta(days=end), values, weekdays)


@given(st.integers(-5, 60), st.none() | st.frozensets(st.integers(0, 6)))
def test_the_nights_are_those_of_the_weekdays_between_first_and_end(count: int, weekdays: frozenset[int] | None) -> None:
    end = FIRST + timedelta(days=count)
    every = [FIRST + timedelta(days=n) for n in range(max(0, count))]
    assert list(nights(FIRST, end, weekdays)) == [day for day in every if weekdays is None or day.weekday() in weekdays]


def test_the_later_range_wins_field_by_field() -> None:
    edits, by = expand([a_range(0, 3, price=100, min_stay=2), a_range(1, 2, price=200), a_range(5, 6, closed=True)], 10)
    assert [(edit.cell[2].day, dict(edit.values)) for edit in edits] == [
        (1, {"price": 100, "min_stay": 2}),
        (2, {"price": 200, "min_stay": 2}),
        (3, {"price": 100, "min_stay": 2}),
        (6, {"closed": True}),
    ]
    assert [by[edit.spot] for edit in edits] == [0, 1, 0, 2]


def test_more_cells_than_may_be_are_refused_however_long_the_range() -> None:
    assert len(expand([a_range(0, 5), a_range(5, 10)], 10)[0]) == 10
    for ranges in ([a_range(0, 11)], [a_range(0, 5), a_range(0, 6)], [a_range(0, 70_000)] * 1000):
        with pytest.raises(BadInput):
            expand(ranges, 10)
