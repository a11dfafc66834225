"""What the rates grid prints, from a board and its prices: pure functions, no database, no clock, no Reflex.

A changed row is sent whole, so a cell crosses the wire as a few letters (`cell`), and what rarely changes about a row, its
names and its key, in a text of its own. `cells` in grid.js takes them apart.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import accumulate
from typing import Any, Literal
from uuid import UUID

from pms.kernel import formats
from pms.kernel.money import exponent
from pms.rates.board import UNSET, Board
from pms.rates.models import RatePlan
from pms.rates.rounding import Amounts
from pms.ui.calendar.rows import id_of, key_of

View = Literal["rules", "prices", "availability"]
Rule = Literal[
    "closed", "closed_arrival", "closed_departure", "min_stay", "max_stay", "min_stay_arrival", "max_stay_arrival",
    "min_advance", "max_advance",
]  # fmt: skip
Layer = Literal["price", Rule]
"""What of a cell is typed, copied, pasted, filled and cleared."""
HEIGHTS: dict[str, tuple[int, int]] = {"rules": (32, 46), "prices": (30, 32), "availability": (30, 32), "phone": (42, 56)}
"""Pixels of a room type's row and of a plan's row."""
MARKS = {
    "min_stay": "n",
    "max_stay": "x",
    "min_stay_arrival": "N",
    "max_stay_arrival": "X",
    "closed_arrival": "a",
    "closed_departure": "d",
    "min_advance": "f",
    "max_advance": "F",
}
"""Restrictions by the letter they have on the wire; "closed" is a look of the cell instead."""
SYNC = {"accepted": "", "waiting": "w", "refused": "r"}
"""How a cell stands on the channels, by its look: where all have it, nothing shows."""


@dataclass(frozen=True, slots=True)
class RowRef:
    """One row: a room type's header, or one of its plans."""

    type_id: UUID
    plan_id: UUID | None = None

    @property
    def key(self) -> str:
        """Stable over time, so that a row keeps its slot."""
        return f"p{key_of(self.plan_id)}{key_of(self.type_id)}" if self.plan_id else f"t{key_of(self.type_id)}"


def plan_and_type(key: str) -> tuple[UUID, UUID]:
    """Whose row it is. Raises ValueError for what is no key of a plan's row."""
    if len(key) != 45 or key[0] != "p":
        raise ValueError("not a row of a plan")
    return id_of(key[1:23]), id_of(key[23:])


def type_of(key: str) -> UUID:
    """The room type of a row, be it the type's or one of its plans'. Raises ValueError for what is no key of a row."""
    if len(key) == 23 and key[0] == "t":
        return id_of(key[1:])
    return plan_and_type(key)[1]


@dataclass(frozen=True)
class Wanted:
    """Which rows to show; nothing chosen shows all."""

    types: frozenset[UUID] = frozenset()
    plans: frozenset[UUID] = frozenset()
    folded: frozenset[UUID] = frozenset()
    refused: bool = False


def sold_for(plan: RatePlan, type_id: UUID) -> bool:
    """Whether the plan sells that type at all; if not it has no row there."""
    return plan.room_type_ids is None or type_id in plan.room_type_ids


def layout(board: Board, wanted: Wanted = Wanted(), refused: Collection[tuple[UUID, UUID | None]] = ()) -> list[RowRef]:
    """The rows of the grid, top to bottom. Choices that fit nothing of this house choose nothing; `refused` are the rows of which
    a channel refused something.
    """
    types = [kind.id for kind in board.types if kind.id in wanted.types] or [kind.id for kind in board.types]
    plans = [plan for plan in board.book.plans if plan.id in wanted.plans] or list(board.book.plans)
    rows: list[RowRef] = []
    for type_id in types:
        of_plans = [RowRef(type_id, plan.id) for plan in plans if sold_for(plan, type_id)]
        if wanted.refused:
            of_plans = [row for row in of_plans if (type_id, row.plan_id) in refused]
            if not of_plans and (type_id, None) not in refused:
                continue
        rows.append(RowRef(type_id))
        rows += of_plans if type_id not in wanted.folded else []
    return rows


def tops(rows: Sequence[RowRef], look: str) -> list[int]:
    """Where each row begins, in pixels from the first; one more, where the last ends."""
    header, line = HEIGHTS[look]
    return [0, *accumulate(line if row.plan_id else header for row in rows)]


def in_sight(places: Sequence[int], top: int, height: int, most: int) -> range:
    """The rows that begin in [top, top + height), and the one that reaches into it."""
    first = max(0, bisect_left(places, top + 1) - 1)
    last = min(len(places) - 1, bisect_left(places, top + height))
    return range(first, min(max(first, last), first + most))


@cache
def _point(locale: str) -> str:
    return formats.number(1.5, locale, 1)[1]


def amount(minor: int, currency: str, locale: str) -> str:
    """A price as short as it goes, as its reader would type it: "112", "98.56", "98,56"."""
    digits = exponent(currency)
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}{_point(locale)}{rest:0{digits}d}" if rest else str(whole)


def longest(prices: Iterable[Amounts], currency: str) -> int:
    """How many letters the longest of the prices has, as `amount` writes them; 3 at least."""
    digits = exponent(currency)
    letters = 3
    for some in prices:
        if some.size:
            rest = digits + 1 if digits and (some % 10**digits).any() else 0
            letters = max(letters, len(str(int(some.max()) // 10**digits)) + rest)
    return letters


def cell(price: str, look: str = "", marks: str = "", version: int = 0) -> str:
    """One cell on the wire: parts left out at the end cost nothing."""
    return "!".join([price, look, marks, str(version) if version else ""]).rstrip("!")


def marks_at(fields: Mapping[str, Any], row: int, night: int) -> str:
    """The restrictions of a cell, letter and number each: "n2,a"."""
    found = []
    for name, letter in MARKS.items():
        values = fields.get(name)
        value = UNSET if values is None else values[row][night]
        if value == UNSET or (letter in "ad" and value == 0):
            continue
        found.append(letter if letter in "ad" else f"{letter}{value}")
    return ",".join(found)


def type_cells(taken: Sequence[int], capacity: Sequence[int], beyond: Sequence[int], on_channels: Sequence[str]) -> str:
    """Sold and limit of each day, and in the version's place how many of the limit are beyond the house. Looks: "z" none left,
    "v" oversold, and those of `SYNC`."""
    cells = []
    for sold, units, more, state in zip(taken, capacity, beyond, on_channels, strict=True):
        limit = units + more
        look = "v" if sold > limit else "z" if sold == limit else ""
        cells.append(cell(f"{sold}/{limit}", look + SYNC[state], version=more))
    return ";".join(cells)


@dataclass(frozen=True)
class PlanNights:
    """One plan in one room type over the nights of a board: prices, restrictions, what is left, versions of cells; the nights on
    which some channel has something else, `apart`.
    """

    prices: Sequence[int]
    manual: Sequence[int]
    fields: Mapping[str, Any]
    row: int
    free: Sequence[int]
    versions: Mapping[int, int]
    on_channels: Sequence[str] = ()
    apart: Collection[int] = ()


def plan_cells(board: Board, nights: PlanNights, currency: str, locale: str) -> str:
    """A plan's cells. Looks: "m" by hand, "c" closed, "s" sold out, "p" past, "h" other on some channel, and those of `SYNC`."""
    closed = nights.fields.get("closed")
    past = max(0, (board.today - board.first).days)
    texts = []
    for n in range(board.nights):
        looks = (
            ("m", nights.manual[n] != UNSET),
            ("c", closed is not None and closed[nights.row][n] == 1),
            ("s", nights.free[n] < 1),
            ("p", n < past),
            ("h", n in nights.apart),
        )
        look = "".join(letter for letter, holds in looks if holds)
        look += SYNC[nights.on_channels[n]] if nights.on_channels else ""
        texts.append(
            cell(
                amount(nights.prices[n], currency, locale),
                look,
                marks_at(nights.fields, nights.row, n),
                nights.versions.get(n, 0),
            )
        )
    return ";".join(texts)


def head(ref: RowRef, name: str, below: str, kind: str, of: str = "") -> str:
    """What rarely changes about a row: [key, kind, name, what stands below it, room type].

    Kinds: "t" type, "f" type folded, "m" master plan, "o" derived with restrictions of its own, "d" derived.
    """
    return json.dumps([ref.key, kind, name, below, of], separators=(",", ":"), ensure_ascii=False)


def kind_of(plan: RatePlan) -> str:
    """Which kind of row a plan has."""
    return "m" if plan.parent_id is None else "o" if plan.own_restrictions else "d"


def _of_ours(text: str) -> list[str]:
    """Cells without what channels say of them: that a change of ours has arrived is no change to be shown as one."""
    parts = [one.split("!") for one in text.split(";")]
    return ["!".join([one[0], "".join(one[1:2]).strip("wr"), *one[2:]]).rstrip("!") for one in parts]


def changed(before: str, after: str) -> list[int]:
    """Which cells of a row differ, by number; none when the rows are not of the same days."""
    old, new = _of_ours(before), _of_ours(after)
    return [n for n, (one, other) in enumerate(zip(old, new, strict=True)) if one != other] if len(old) == len(new) else []


def chosen(keys: Collection[str]) -> frozenset[UUID]:
    """Ids of keys."""
    return frozenset(id_of(key) for key in keys)


def heading(first: date, last: date, locale: str) -> str:
    """The days shown, as a heading."""
    return formats.day_short(first, locale) if first == last else formats.span(first, last, locale)


def brief_heading(first: date, last: date, locale: str) -> str:
    """The same where there is less room."""
    return formats.day_short(first, locale) if first == last else formats.brief_span(first, last, locale)
