"""How many units a file needs, and which stay gets which. Pure: interval colouring with as many colours as the busiest night.

Stays are dealt in order of arrival. When one arrives, at most peak - 1 others of its type are in the house, so with `peak`
units one is always free; of the free ones it takes the one that was left last, which keeps the gaps between stays small.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Generic, TypeVar

Unit = TypeVar("Unit", bound=Hashable)
NEVER = date.min


def peak(stays: Iterable[tuple[date, date]]) -> int:
    """The most stays [arrival, departure) in the house on any one night."""
    change: Counter[date] = Counter()
    for arrival, departure in stays:
        if arrival < departure:
            change[arrival] += 1
            change[departure] -= 1
    return max(accumulate(change[day] for day in sorted(change)), default=0)


@dataclass
class Lane(Generic[Unit]):
    """One unit and the intervals [first, end) in which it is taken, sorted, never overlapping."""

    unit: Unit
    taken: list[tuple[date, date]] = field(default_factory=list)

    def gap_before(self, arrival: date, departure: date) -> timedelta | None:
        """How long the unit has stood empty when the stay arrives; None if it is not free throughout."""
        place = bisect_left(self.taken, (departure, NEVER))
        before = self.taken[place - 1][1] if place else NEVER
        return None if before > arrival else arrival - before

    def take(self, arrival: date, departure: date) -> None:
        """Put the stay on the unit."""
        insort(self.taken, (arrival, departure))


def deal(stays: Sequence[tuple[date, date]], lanes: Sequence[Lane[Unit]]) -> list[Unit | None]:
    """The unit of each stay [arrival, departure), given in order of arrival; None where no unit is free throughout.

    `lanes` are the units in order of preference with what already lies on them, and are filled here. A stay of no night
    (day use) takes no unit.
    """
    return [_place(lanes, arrival, departure) if arrival < departure else None for arrival, departure in stays]


def _place(lanes: Sequence[Lane[Unit]], arrival: date, departure: date) -> Unit | None:
    best: Lane[Unit] | None = None
    smallest: timedelta | None = None
    for lane in lanes:
        gap = lane.gap_before(arrival, departure)
        if gap is not None and (smallest is None or gap < smallest):
            best, smallest = lane, gap
            if not gap:
                break
    if best is None:
        return None
    best.take(arrival, departure)
    return best.unit


def lanes_of(units: Sequence[Unit], taken: Iterable[tuple[Unit, date]]) -> list[Lane[Unit]]:
    """A lane per unit, from single (unit, night) that are taken."""
    nights: defaultdict[Unit, list[date]] = defaultdict(list)
    for unit, night in taken:
        nights[unit].append(night)
    return [Lane(unit, [(night, night + timedelta(days=1)) for night in sorted(nights[unit])]) for unit in units]
