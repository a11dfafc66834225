"""Changes night by night, for channels that refuse single nights of a range: ranges only where they are written. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import groupby

from pms.channels.changes import Change
from pms.kernel.dates import DAY, runs

ROOMS, RESTRICTIONS, PRICES = range(3)
Size = Callable[[Change | None, Change], tuple[int, int]]
"""Of a night after another one: how many updates, and how many bytes more, a message with it has."""


def by_night(changes: Sequence[Change]) -> list[Change]:
    """The same, one night each."""
    return [Change(change.product_id, night, night, change.values) for change in changes for _, night in change.cells]


def kind(change: Change) -> int:
    """What it is about. The kinds come in the order they are said in."""
    if "rooms" in change.values:
        return ROOMS
    return PRICES if any(name.startswith("price") for name in change.values) else RESTRICTIONS


def parcels(nights: Sequence[Change], updates_most: int, bytes_most: int, size: Size) -> Iterator[list[Change]]:
    """As few as the limits allow, of one kind each, rooms first, and what closes before what opens."""
    for wanted in (ROOMS, RESTRICTIONS, PRICES):
        some: list[Change] = []
        updates = weight = 0
        for night in sorted((one for one in nights if kind(one) == wanted), key=_order):
            more, longer = size(some[-1] if some else None, night)
            if some and (updates + more > updates_most or weight + longer > bytes_most):
                yield some
                some, updates, weight = [], 0, 0
                more, longer = size(None, night)
            some.append(night)
            updates, weight = updates + more, weight + longer
        if some:
            yield some


def alike(first: Change, second: Change) -> bool:
    """Whether both say the same of the same product."""
    return (first.product_id, first.values) == (second.product_id, second.values)


def all_alike(nights: Sequence[Change]) -> bool:
    """Whether halving them could tell nothing more of what is wrong with one of them."""
    return all(alike(nights[0], night) for night in nights)


def groups(nights: Sequence[Change]) -> Iterator[list[Change]]:
    """Nights of a parcel that are alike."""
    return (list(group) for _, group in groupby(nights, lambda night: _order(night)[1:3]))


def spans(nights: Sequence[Change]) -> Iterator[tuple[date, date]]:
    """The runs of these nights, both ends included."""
    return ((first, end - DAY) for first, end in runs([night.first for night in nights]))


def _order(night: Change) -> tuple[bool, str, list[tuple[str, int]], date]:
    opens = night.values.get("rooms", 1) > 0 and not night.values.get("closed")
    return opens, str(night.product_id), sorted(night.values.items()), night.first
