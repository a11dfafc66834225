"""Many cells at once: a wish ("all Fridays of December +8 %, but not the suites") expanded into edits of cells. Pure.

The same function counts before and changes after, so what was said is what is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

import numpy as np

from pms.kernel.money import MINOR_MAX
from pms.rates.board import UNSET, Board, rounding_of
from pms.rates.cells import Edit
from pms.rates.models import FLAGS, RatePlan, follows
from pms.rates.ranges import nights
from pms.rates.rounding import Amounts, round_to, share

How = Literal["to", "percent", "amount", "clear"]


@dataclass(frozen=True)
class Many:
    """What shall be: a `field` of cells, and which: `spans` are [first, end), weekdays count from 0 = Monday.

    `field` may be "overbooking" too, which is no plan's, see `allowances_of`. `value`: minor units for a price "to" or by
    "amount", basis points for "percent", nights, days or rooms, 1 and 0 for flags. Prices move from what they are now, whatever
    made them so.
    """

    field: str
    how: How
    value: int
    spans: Sequence[tuple[date, date]]
    weekdays: frozenset[int]
    type_ids: frozenset[UUID]
    plan_ids: frozenset[UUID]


@dataclass(frozen=True)
class Counted:
    """What a wish would do: cells that would differ, how many of them close or open, how many follow another plan and stay,
    and on how many nights more would be sold than may be.
    """

    cells: int
    closes: int = 0
    opens: int = 0
    followed: int = 0
    oversold: int = 0


def edits_of(board: Board, prices: Mapping[UUID, Amounts], many: Many) -> tuple[list[Edit], Counted]:
    """The edits that make it so, only of cells that differ now, and their count. The board has all nights of the spans."""
    columns = _meant(board, many)
    rows = [row for row, kind in enumerate(board.types) if kind.id in many.type_ids]
    edits: list[Edit] = []
    followed = closes = opens = 0
    for plan in (one for one in board.book.plans if one.id in many.plan_ids):
        own = [row for row in rows if plan.room_type_ids is None or board.types[row].id in plan.room_type_ids]
        if follows(plan, many.field):
            followed += len(own) * len(columns)
            continue
        now, wanted = board.filled(plan.id, many.field), _wanted(board, plan, prices[plan.id], many)
        found = [(row, n) for row in own for n in columns if wanted[row, n] != now[row, n]]
        edits += [_edit(board, plan, row, n, many.field, int(wanted[row, n])) for row, n in found]
        if many.field == "closed":
            before = board.restriction(plan, "closed") == 1
            closes += sum(many.value == 1 and not before[at] for at in found)
            opens += sum(many.value == 0 and bool(before[at]) for at in found)
    return edits, Counted(len(edits), closes, opens, followed)


def allowances_of(board: Board, many: Many) -> tuple[dict[tuple[UUID, date], int], Counted]:
    """Rooms to sell beyond the house per (room type, night), where they are other than now, and their count."""
    house, wanted = board.house, many.value
    if house is None or house.beyond is None:
        raise ValueError("the board does not know how full the house is")
    found = [
        (row, n)
        for row, kind in enumerate(board.types)
        if kind.id in many.type_ids
        for n in _meant(board, many)
        if house.beyond[row, n] != wanted
    ]
    oversold = sum(bool(house.taken[at] > house.capacity[at] + wanted) for at in found)
    return {(board.types[row].id, board.days[n]): wanted for row, n in found}, Counted(len(found), oversold=oversold)


def _meant(board: Board, many: Many) -> list[int]:
    """The nights meant, by their place on the board."""
    meant = {night for first, end in many.spans for night in nights(first, end, many.weekdays)}
    return [n for n, day in enumerate(board.days) if day in meant]


def _wanted(board: Board, plan: RatePlan, prices: Amounts, many: Many) -> Amounts:
    """What the field shall hold in every cell of the board, `UNSET` for nothing."""
    shape = (len(board.types), board.nights)
    if many.how == "clear":
        return np.full(shape, UNSET)
    if many.field in FLAGS:
        return _flag(board, plan, many)
    if many.how == "to":
        return np.full(shape, many.value)
    moved = prices + (share(prices, many.value) if many.how == "percent" else many.value)
    return np.minimum(round_to(np.maximum(moved, 0), rounding_of(plan)), MINOR_MAX)


def _flag(board: Board, plan: RatePlan, many: Many) -> Amounts:
    """On is 1; off is nothing, unless the plan would then follow a parent where it is on."""
    follows = plan.parent_id is not None and not plan.own_restrictions
    above = board.restriction(board.book.by_id[plan.parent_id], many.field) == 1 if follows and plan.parent_id else None
    if above is None:
        return np.full((len(board.types), board.nights), 1 if many.value else UNSET)
    return np.where(above, UNSET, 1) if many.value else np.where(above, 0, UNSET)


def _edit(board: Board, plan: RatePlan, row: int, night: int, field: str, value: int) -> Edit:
    plain: int | bool | None = None if value == UNSET else bool(value) if field in FLAGS else value
    return Edit((plan.id, board.types[row].id, board.days[night]), {field: plain})
