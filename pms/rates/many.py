"""Many cells at once: a wish ("all Fridays of December +8 %, but not the suites") expanded into edits of cells. Pure.

The same function counts before and changes after, so what was said is what is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Literal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pms.kernel.money import MINOR_MAX
from pms.rates.board import UNSET, Board, rounding_of
from pms.rates.cells import Edit
from pms.rates.models import FLAGS, RatePlan, follows
from pms.rates.party import night_prices
from pms.rates.price import prices
from pms.rates.ranges import nights
from pms.rates.rounding import Amounts, round_to, share

How = Literal["to", "percent", "amount", "clear"]


@dataclass(frozen=True)
class Many:
    """What shall be: a `field` of cells, and which: `spans` are [first, end), weekdays count from 0 = Monday.

    `field` may be "overbooking" too, which is no plan's, see `allowances_of`. `value`: minor units for a price "to" or by
    "amount", basis points for "percent", nights, days or rooms, 1 and 0 for flags. Prices move from what they are now, whatever
    made them so. With `channels` it is what those have of their own that shall be so, without any it is what holds for all.
    """

    field: str
    how: How
    value: int
    spans: Sequence[tuple[date, date]]
    weekdays: frozenset[int]
    type_ids: frozenset[UUID]
    plan_ids: frozenset[UUID]
    channels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counted:
    """What a wish would do: cells that would differ (each channel's counted), how many of them close or open, how many follow
    another plan and stay, on how many nights more would be sold than may be, and how many cells have something else `apart` on a
    channel, which stays.
    """

    cells: int
    closes: int = 0
    opens: int = 0
    followed: int = 0
    oversold: int = 0
    apart: int = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(*(one + more for one, more in zip(astuple(self), astuple(other), strict=True)))


def edits_of(board: Board, asked: Mapping[UUID, Amounts], many: Many) -> tuple[list[Edit], Counted]:
    """The edits that make it so, only of cells that differ now, and their count. The board is every channel's and has all nights
    of the spans, `asked` are its prices.
    """
    edits: list[Edit] = []
    counted = Counted(0)
    for channel in many.channels or ("",):
        seen = board.on(channel)
        own_prices = channel in board.own and many.how in ("percent", "amount")
        found, more = _edits_on(channel, board, seen, prices(seen) if own_prices else asked, many)
        edits, counted = edits + found, counted + more
    return edits, counted


def _edits_on(channel: str, board: Board, seen: Board, asked: Mapping[UUID, Amounts], many: Many) -> tuple[list[Edit], Counted]:
    """The same for one channel, or for all: `seen` is the board as it is there, `asked` its prices before any mark-up."""
    columns = _meant(board, many)
    rows = [row for row, kind in enumerate(board.types) if kind.id in many.type_ids]
    edits: list[Edit] = []
    followed = closes = opens = apart = 0
    for plan in (one for one in board.book.plans if one.id in many.plan_ids and _sold_on(one, channel)):
        own = [row for row in rows if plan.room_type_ids is None or board.types[row].id in plan.room_type_ids]
        if follows(plan, many.field):
            followed += len(own) * len(columns)
            continue
        there = night_prices(plan, asked[plan.id], 0, 1, channel, seen.own_price(plan)) if channel else asked[plan.id]
        now, wanted = board.filled(plan.id, many.field, channel), _wanted(channel, board, seen, plan, there, many)
        found = [(row, n) for row in own for n in columns if wanted[row, n] != now[row, n]]
        edits += [_edit(board, plan, row, n, many.field, int(wanted[row, n]), channel) for row, n in found]
        if not channel:
            others = [board.filled(plan.id, many.field, one)[np.ix_(own, columns)] for one in board.own]
            apart += sum(int((values != UNSET).sum()) for values in others)
        if many.field == "closed":
            before = seen.restriction(plan, "closed") == 1
            closes += sum(many.value == 1 and not before[at] for at in found)
            opens += sum(many.value == 0 and bool(before[at]) for at in found)
    return edits, Counted(len(edits), closes, opens, followed, apart=apart)


def _sold_on(plan: RatePlan, channel: str) -> bool:
    return not channel or plan.channels is None or channel in plan.channels


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


def _wanted(channel: str, board: Board, seen: Board, plan: RatePlan, there: Amounts, many: Many) -> Amounts:
    """What the field shall hold in every cell of the board, `UNSET` for nothing; `there` is what the plan costs now."""
    shape = (len(board.types), board.nights)
    if many.how == "clear":
        return np.full(shape, UNSET)
    if many.field in FLAGS:
        return _own_flag(board, seen, plan, many) if channel else _flag(board, plan, many)
    if many.how == "to":
        return np.full(shape, many.value)
    moved = there + (share(there, many.value) if many.how == "percent" else many.value)
    return np.minimum(round_to(np.maximum(moved, 0), rounding_of(plan)), MINOR_MAX)


def _flag(board: Board, plan: RatePlan, many: Many) -> Amounts:
    """On is 1; off is nothing, unless the plan would then follow a parent where it is on."""
    above = _above(board, plan, many.field)
    if above is None:
        return np.full((len(board.types), board.nights), 1 if many.value else UNSET)
    return np.where(above, UNSET, 1) if many.value else np.where(above, 0, UNSET)


def _own_flag(board: Board, seen: Board, plan: RatePlan, many: Many) -> Amounts:
    """On is 1, whatever holds elsewhere: who stops selling on a channel means it, even where nothing is sold just now. Off is
    nothing, unless the channel would then have it on with all the others.
    """
    every, above = board.filled(plan.id, many.field), _above(seen, plan, many.field)
    without = every == 1 if above is None else np.where(every != UNSET, every == 1, above)
    return np.full(without.shape, 1) if many.value else np.where(without, 0, UNSET)


def _above(board: Board, plan: RatePlan, field: str) -> NDArray[np.bool_] | None:
    """Where it is on in the plan whose restrictions this one follows; None: it follows none."""
    if plan.parent_id is None or plan.own_restrictions:
        return None
    return board.restriction(board.book.by_id[plan.parent_id], field) == 1


def _edit(board: Board, plan: RatePlan, row: int, night: int, field: str, value: int, channel: str) -> Edit:
    plain: int | bool | None = None if value == UNSET else bool(value) if field in FLAGS else value
    return Edit((plan.id, board.types[row].id, board.days[night]), {field: plain}, channel=channel)
