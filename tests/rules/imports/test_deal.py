"""Rooms are dealt so that nobody meets in one, with exactly as many units as the busiest night."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pms.imports.deal import Lane, deal, lanes_of, peak

START = date(2026, 1, 1)


def day(number: int) -> date:
    return START + timedelta(days=number)


stays = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12)), max_size=80).map(
    lambda spans: sorted((day(first), day(first + nights)) for first, nights in spans)
)


def busiest(spans: list[tuple[date, date]]) -> int:
    """The same by brute force."""
    nights = Counter(first + timedelta(days=n) for first, end in spans for n in range((end - first).days))
    return max(nights.values(), default=0)


@given(stays)
def test_the_peak_is_the_busiest_night(spans: list[tuple[date, date]]) -> None:
    assert peak(spans) == busiest(spans)


@given(stays)
def test_everything_fits_and_takes_exactly_the_peak(spans: list[tuple[date, date]]) -> None:
    dealt = deal(spans, [Lane(number) for number in range(peak(spans))])
    asked = [(unit, span) for unit, span in zip(dealt, spans, strict=True) if span[0] < span[1]]
    assert all(unit is not None for unit, _ in asked)
    taken = Counter((unit, first + timedelta(days=n)) for unit, (first, end) in asked for n in range((end - first).days))
    assert max(taken.values(), default=1) == 1
    assert len({unit for unit, _ in asked}) == peak(spans)


@given(stays, st.sets(st.tuples(st.integers(0, 4), st.integers(0, 75)), max_size=60))
def test_nobody_is_put_where_somebody_is_already(spans: list[tuple[date, date]], there: set[tuple[int, int]]) -> None:
    taken = {(unit, day(night)) for unit, night in there}
    dealt = deal(spans, lanes_of(range(5), taken))
    new = [
        (unit, first + timedelta(days=n))
        for unit, (first, end) in zip(dealt, spans, strict=True)
        if unit is not None
        for n in range((end - first).days)
    ]
    assert len(new) == len(set(new))
    assert not taken & set(new)


def test_a_stay_goes_where_the_gap_is_smallest() -> None:
    lanes = lanes_of(["a", "b", "c"], [("a", day(0)), ("b", day(3))])
    assert deal([(day(4), day(6)), (day(4), day(6)), (day(4), day(6))], lanes) == ["b", "a", "c"]


def test_no_room_is_said_not_squeezed() -> None:
    assert deal([(day(0), day(3)), (day(1), day(2))], [Lane("only")]) == ["only", None]
