"""From "these nights, on these weekdays" to cells. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from pms.kernel.refusals import BadInput
from pms.rates.cells import Cell, Edit, Spot, Values


@dataclass(frozen=True)
class Range:
    """What every night of [first, end) shall be in one plan and room type; `weekdays` 0 = Monday, None: all of them.

    `version` is the one each of the cells must have, None: any; `channel` the one it is for, "": all.
    """

    rate_plan_id: UUID
    room_type_id: UUID
    first: date
    end: date
    values: Values
    weekdays: frozenset[int] | None = None
    version: int | None = None
    channel: str = ""

    def cells(self) -> Iterator[Cell]:
        """Its cells, by night."""
        return ((self.rate_plan_id, self.room_type_id, night) for night in nights(self.first, self.end, self.weekdays))


def nights(first: date, end: date, weekdays: frozenset[int] | None = None) -> Iterator[date]:
    """The nights of [first, end) that fall on one of the weekdays."""
    every = (first + timedelta(days=n) for n in range((end - first).days))
    return (night for night in every if weekdays is None or night.weekday() in weekdays)


def expand(ranges: Sequence[Range], most: int) -> tuple[list[Edit], dict[Spot, int]]:
    """The edits, one per cell and channel, and which range had the last word on each.

    Ranges work one after the other: of two that set the same field of a cell the later one wins, what only the earlier one
    sets stays. Refuses `BadInput` when they name more than `most` cells, repeated ones counted each time.
    """
    edits: dict[Spot, Edit] = {}
    by: dict[Spot, int] = {}
    named = ((number, wanted, cell) for number, wanted in enumerate(ranges) for cell in wanted.cells())
    for count, (number, wanted, cell) in enumerate(named, start=1):
        if count > most:
            raise BadInput("cells", "Change at most {most} cells at a time.", most=most)
        spot = (*cell, wanted.channel)
        known = edits.get(spot)
        values = wanted.values if known is None else {**known.values, **wanted.values}
        version = known.version if known and wanted.version is None else wanted.version
        edits[spot], by[spot] = Edit(cell, values, version, wanted.channel), number
    return list(edits.values()), by
