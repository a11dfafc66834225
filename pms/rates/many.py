"""Many cells at once: a wish ("all Fridays of December +8 %, but not the suites") expanded into edits of cells. Pure.

The same function counts before and changes after, so what was said is what is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pms.kernel.money import MINOR_MAX
from pms.rates.board import UNSET, Board, Field, rounding_of
from pms.rates.cells import PAIRS, Edit
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
    """What a wish would do: cells that would differ (each channel's counted), how many of those it is about sell no more then and
    how many sell again, how many follow another plan and stay, on how many nights more would be sold than may be, how many
    cells have something else `apart` on a channel, which stays, and how many stay because their minimum would be above their
    maximum (`crossed`).
    """

    cells: int
    closes: int = 0
    opens: int = 0
    followed: int = 0
    oversold: int = 0
    apart: int = 0
    crossed: int = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(*(one + more for one, more in zip(astuple(self), astuple(other), strict=True)))


def counted_of(board: Board, asked: Mapping[UUID, Amounts], many: Many) -> Counted:
    """What a wish would do. The board is every channel's and has all nights of the spans, `asked` are its prices."""
    return _worked_out(board, asked, many)[1]


def edits_of(board: Board, asked: Mapping[UUID, Amounts], many: Many) -> tuple[list[Edit], Counted]:
    """The edits that make it so, only of cells that differ now, and what `counted_of` says of them."""
    parts, counted = _worked_out(board, asked, many)
    return [edit for part in parts for edit in _edits(board, part, many.field)], counted


class _Part(NamedTuple):
    """What one plan has filled in, for one channel or for all, and what it shall have."""

    channel: str
    plan_id: UUID
    now: Field
    wanted: Field


def _worked_out(board: Board, asked: Mapping[UUID, Amounts], many: Many) -> tuple[list[_Part], Counted]:
    parts, counted = list[_Part](), Counted(0)
    for channel in many.channels or ("",):
        own_prices = channel in board.own and many.how in ("percent", "amount")
        found, more = _on(channel, board, prices(board.on(channel)) if own_prices else asked, many)
        parts, counted = parts + found, counted + more
    return parts, counted


def _on(channel: str, board: Board, asked: Mapping[UUID, Amounts], many: Many) -> tuple[list[_Part], Counted]:
    """The same for one channel, or for all; `asked` are the prices there before any mark-up."""
    plans = [plan for plan in board.book.plans if plan.id in many.plan_ids and _sold_on(plan, channel)]
    cells = {plan.id: _cells(board, plan, many) for plan in plans}
    own = [plan.id for plan in plans if not follows(plan, many.field)]
    after, crossed = _after(channel, board, asked, many, {id: cells[id] for id in own})
    parts = [_Part(channel, id, *(one.filled(id, many.field, channel) for one in (board, after))) for id in own]
    closes, opens = _swung(board.on(channel), after.on(channel), cells) if many.field == "closed" else (0, 0)
    return parts, Counted(
        sum(int((part.now != part.wanted).sum()) for part in parts),
        closes,
        opens,
        followed=sum(int(meant.sum()) for id, meant in cells.items() if id not in own),
        apart=0 if channel else sum(_set_on_channels(board, id, many.field, cells[id]) for id in own),
        crossed=crossed,
    )


def _sold_on(plan: RatePlan, channel: str) -> bool:
    return not channel or plan.channels is None or channel in plan.channels


def _cells(board: Board, plan: RatePlan, many: Many) -> NDArray[np.bool_]:
    """The cells of a plan that are meant."""
    sold = [kind.id in many.type_ids and (plan.room_type_ids is None or kind.id in plan.room_type_ids) for kind in board.types]
    nights = np.isin(np.arange(board.nights), _meant(board, many))
    return np.array(sold, dtype=bool)[:, None] & nights


def _after(
    channel: str, board: Board, asked: Mapping[UUID, Amounts], many: Many, cells: Mapping[UUID, NDArray[np.bool_]]
) -> tuple[Board, int]:
    """The board once it is so in these cells of these plans, all but those whose minimum would be above their maximum, and how
    many those are.
    """
    if many.field in FLAGS and many.how != "clear":
        return switched(board, many.field, {id: np.where(meant, many.value, UNSET) for id, meant in cells.items()}, channel), 0
    after, crossed = board, 0
    for id, meant in cells.items():
        now = board.filled(id, many.field, channel)
        wanted = np.where(meant, _wanted(channel, board, asked, id, many), now)
        stays = (wanted != now) & _crosses(board.filling(id, many.field, wanted, channel), id, many.field, channel)
        after = after.filling(id, many.field, np.where(stays, now, wanted), channel)
        crossed += int(stays.sum())
    return after, crossed


def _crosses(board: Board, plan_id: UUID, field: str, channel: str) -> NDArray[np.bool_]:
    """In which cells of a plan a field is a minimum above its maximum, or the other way round: on that channel, or for all and on
    every channel that has something of its own.
    """
    found = np.zeros((len(board.types), board.nights), dtype=bool)
    for least, most in (pair for pair in PAIRS if field in pair):
        for seen in (board.on(one) for one in ((channel,) if channel else ("", *board.own))):
            found |= (seen.filled(plan_id, most) != UNSET) & (seen.filled(plan_id, least) > seen.filled(plan_id, most))
    return found


def switched(board: Board, field: str, wanted: Mapping[UUID, Field], channel: str = "") -> Board:
    """The board once a flag is on (1) or off (0) in these cells of these plans, as far as those not meant (`UNSET`) let it be.

    On is 1; for all it is nothing where the plan follows one that has it on already, while who stops selling on a channel means
    it even where nothing is sold just now. Off is nothing, unless it would then be on all the same: by the plan that this one
    follows, as that is once all is done, or on a channel by what holds for all. An off nobody needs would beat every later on.
    """
    after = board
    for plan in (one for one in board.book.plans if one.id in wanted):  # parents before those that follow them
        wish, own = wanted[plan.id], board.filled(plan.id, field, channel)
        without = _on_without(after, plan, field, channel)
        so_already = (own != 1) & without & _on_without(board, plan, field, channel)
        on = np.full(own.shape, 1) if channel else np.where(so_already, UNSET, 1)
        values = np.where(wish == 1, on, np.where(wish == 0, np.where(without, 0, UNSET), own))
        after = after.filling(plan.id, field, values, channel)
    return after


def _on_without(board: Board, plan: RatePlan, field: str, channel: str) -> NDArray[np.bool_]:
    """Where a flag is on in a plan, or in a plan on a channel, that has filled in nothing itself."""
    follows_another = plan.parent_id is not None and not plan.own_restrictions
    above = board.on(channel).restriction(board.book.by_id[plan.parent_id], field) if follows_another else UNSET  # type: ignore[index]
    every = board.filled(plan.id, field) if channel else np.full((len(board.types), board.nights), UNSET)
    return np.where(every != UNSET, every, above) == 1


def _swung(before: Board, after: Board, cells: Mapping[UUID, NDArray[np.bool_]]) -> tuple[int, int]:
    """How many of these cells close and how many open, whatever makes them."""
    closes = opens = 0
    for id, meant in cells.items():
        was, becomes = (board.restriction(board.book.by_id[id], "closed") == 1 for board in (before, after))
        closes += int((becomes & ~was & meant).sum())
        opens += int((was & ~becomes & meant).sum())
    return closes, opens


def _set_on_channels(board: Board, plan_id: UUID, field: str, cells: NDArray[np.bool_]) -> int:
    """How many values single channels have of their own in these cells."""
    return sum(int((board.filled(plan_id, field, channel) != UNSET)[cells].sum()) for channel in board.own)


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


def _wanted(channel: str, board: Board, asked: Mapping[UUID, Amounts], plan_id: UUID, many: Many) -> Amounts:
    """What a field but a flag shall hold in every cell of the board, `UNSET` for nothing. Prices move from what they are now."""
    shape, plan = (len(board.types), board.nights), board.book.by_id[plan_id]
    if many.how in ("clear", "to"):
        return np.full(shape, UNSET if many.how == "clear" else many.value)
    there = night_prices(plan, asked[plan.id], 0, 1, channel, board.on(channel).own_price(plan)) if channel else asked[plan.id]
    moved = there + (share(there, many.value) if many.how == "percent" else many.value)
    return np.minimum(round_to(np.maximum(moved, 0), rounding_of(plan)), MINOR_MAX)


def _edits(board: Board, part: _Part, field: str) -> Iterator[Edit]:
    """What differs, cell by cell."""
    days = board.days
    for row, night in np.argwhere(part.now != part.wanted).tolist():
        value = int(part.wanted[row, night])
        plain: int | bool | None = None if value == UNSET else bool(value) if field in FLAGS else value
        yield Edit((part.plan_id, board.types[row].id, days[night]), {field: plain}, channel=part.channel)
