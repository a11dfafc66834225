"""What a channel has to be told: how what is true now differs from what it accepted. Pure.

Nothing is queued. A cell waits as long as the two differ, so whatever is lost on the way - a message, a job, a machine - the next
look finds it again, and of ten changes before that look only the last is sent (R-120).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

Cell = tuple[UUID, date]
"""A product on a local night."""
Values = Mapping[str, int]
"""Field -> number: "rooms" left, "price" (and "price_2" for two adults) in minor units, restrictions as numbers (nights, or 0 and
1). All fields the channel knows are always there, what nobody restricts as the value that lifts it: channels keep what they are
not told."""


@dataclass(frozen=True)
class Record:
    """What is known of a cell on the channel: the values accepted last, and those refused."""

    accepted: Values
    refused: Values | None = None


@dataclass(frozen=True)
class Change:
    """The same news for some nights of a product in a row; both ends included, as channels want them."""

    product_id: UUID
    first: date
    last: date
    values: Values

    @property
    def nights(self) -> int:
        """How many cells it has."""
        return (self.last - self.first).days + 1

    @property
    def cells(self) -> Iterable[Cell]:
        """Its cells, one a night."""
        return ((self.product_id, self.first + timedelta(days=n)) for n in range(self.nights))


UNHEARD = Record({})


def news(now: Mapping[Cell, Values], records: Mapping[Cell, Record], together: Sequence[Set[str]] = ()) -> dict[Cell, Values]:
    """The fields of each cell that the channel has not accepted as they are; none that it refused just so. Of fields that are
    told `together`, all as soon as one of them is news.
    """
    found = ((cell, values, differing(values, records.get(cell, UNHEARD))) for cell, values in now.items())
    return {cell: _completed(told, values, together) for cell, values, told in found if told}


def differing(values: Values, record: Record) -> Values:
    """What of these values the channel still has to be told."""
    refused = record.refused or {}
    return {name: value for name, value in values.items() if value not in (record.accepted.get(name), refused.get(name))}


def _completed(told: Values, values: Values, together: Sequence[Set[str]]) -> Values:
    more = {name for fields in together if fields & told.keys() for name in fields}
    return {name: value for name, value in values.items() if name in told or name in more} if more else told


def outdated(now: Mapping[Cell, Values], records: Mapping[Cell, Record]) -> list[Cell]:
    """Cells with a refusal of what is not wanted any more: it is over, whether or not what is wanted now was accepted."""
    wanted = ((cell, record.refused, now[cell]) for cell, record in records.items() if record.refused and cell in now)
    return [cell for cell, refused, values in wanted if any(values.get(name, old) != old for name, old in refused.items())]


def in_ranges(told: Mapping[Cell, Values]) -> list[Change]:
    """The same, nights with the same news joined: as few changes as there are runs. Prices go apart from restrictions, so that
    a channel which refuses one still takes the other.
    """
    ordered = sorted(told.items(), key=lambda one: one[0])
    prices = [(cell, {name: value for name, value in values.items() if is_price(name)}) for cell, values in ordered]
    others = [(cell, {name: value for name, value in values.items() if not is_price(name)}) for cell, values in ordered]
    return [*_runs(others), *_runs(prices)]


def is_price(field: str) -> bool:
    """Whether a field is a price: of the base party, or of so many adults."""
    return field.startswith("price")


def _runs(told: Iterable[tuple[Cell, Values]]) -> list[Change]:
    changes: list[Change] = []
    for (product_id, night), values in told:
        last = changes[-1] if changes else None
        if last and (last.product_id, last.last, last.values) == (product_id, night - timedelta(days=1), values):
            changes[-1] = Change(product_id, last.first, night, values)
        elif values:
            changes.append(Change(product_id, night, night, values))
    return changes
