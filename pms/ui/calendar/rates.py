"""The rates mode of the chart: what one plan asks at the desk for each day in each room type, from the board the rates grid is
made of. What is changed there is what holds for every channel; a corner marks the days on which the desk has something else.

Costs nothing while it is off: a span's rates are read when the first tab turns them on, and again after news of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator

from pms.kernel.dates import today
from pms.kernel.db import Db
from pms.rates.board import Board
from pms.rates.load import House, board_of, book_of, house_of
from pms.rates.models import RatePlan
from pms.rates.party import prices_on
from pms.rates.price import price_of
from pms.rates.restrict import Restrictions
from pms.rates.rounding import Amounts
from pms.reservations.offers import sellable_board
from pms.ui.calendar.rows import id_of, key_of
from pms.ui.rates import rows
from pms.ui.rates.rows import PlanNights

DESK = "desk"
STANDARD = "standard"
"""The mode that shows the plan which sells by default, whichever that is."""


def mode_of(text: str) -> str:
    """A mode as `Calendar.rates` holds it, from the browser. Raises ValueError for anything else."""
    return text if text in ("", STANDARD) else key_of(id_of(text))


Mode = Annotated[str, AfterValidator(mode_of)]
"""Whose rates are shown: nobody's (""), those of the plan that sells by default, or of the plan with this key."""


def changed(key: str, before: str, after: str) -> list[str]:
    """Which prices of a room type's row differ, as the chart's cells are keyed; none where either shows none."""
    old, new = (json.loads(text or "{}") for text in (before, after))
    if before == after or not old.get("r") or not new.get("r") or old["c"][0] != new["c"][0]:
        return []
    return [f"{key}-{new['c'][0] + n}" for n in rows.changed(old["r"], new["r"])]


@dataclass(frozen=True)
class Priced:
    """What a tab shows beside the cells: the plan by its key, all plans as (key, name), letters of the longest price."""

    plan: str
    plans: tuple[tuple[str, str], ...]
    letters: int
    currency: str


@dataclass(frozen=True)
class RatesNow:
    """One plan over the days of a span as the desk sells it, ready to be asked by room type; `apart` is where that is not what
    holds for all.
    """

    house: House
    board: Board
    plan: RatePlan | None
    prices: Amounts | None
    rules: Restrictions | None
    apart: NDArray[np.bool_] | None
    locale: str

    @property
    def priced(self) -> Priced:
        """What stands beside the cells."""
        currency = self.house.currency
        letters = rows.longest([] if self.prices is None else [self.prices], currency)
        plans = tuple((key_of(plan.id), plan.name) for plan in self.board.book.plans)
        return Priced(key_of(self.plan.id) if self.plan else "", plans, letters, currency)

    def cells(self, type_id: UUID, free: Sequence[int]) -> str:
        """The days of one room type as the grid writes them; nothing where the plan does not sell it. `free` as counted."""
        row = self.board.rows.get(type_id)
        if row is None or self.plan is None or self.prices is None or self.rules is None or not rows.sold_for(self.plan, type_id):
            return ""
        manual = self.board.filled(self.plan.id, "price")[row].tolist()
        apart = frozenset() if self.apart is None else frozenset(np.flatnonzero(self.apart[row]).tolist())
        nights = PlanNights(self.prices[row].tolist(), manual, self.rules.fields, row, free, {}, apart=apart)
        return rows.plan_cells(self.board, nights, self.house.currency, self.locale)


@dataclass
class Rates:
    """The rates of a span. `heard` counts news, `read` how many were known when the board was read."""

    heard: int = 1
    read: int = 0
    known: tuple[House, Board] | None = None
    tables: dict[UUID, tuple[Amounts, Restrictions, NDArray[np.bool_] | None]] = field(default_factory=dict)

    @property
    def asks_occupancy(self) -> bool:
        """Whether a booking may move a price."""
        return self.known is not None and self.known[1].book.asks_occupancy

    def now(self, db: Db, property_id: UUID, days: Sequence[date], mode: str) -> RatesNow:
        """The rates of a mode as they stand; under the lock of the sheet. Refuses `NotFound`, `NotPermitted`."""
        db.actor.require("property.view", property_id)
        heard = self.heard
        if self.known is None or self.read != heard or self.known[1].today != today(self.known[0].timezone):
            self.known, self.read, self.tables = _read(db, property_id, days), heard, {}
        house, board = self.known
        standard = house.default_plan_id
        wanted = standard if mode == STANDARD else id_of(mode)
        plan = board.book.by_id.get(wanted) or board.book.by_id.get(standard)  # type: ignore[arg-type]
        if plan is None or not board.types:
            return RatesNow(house, board, None, None, None, None, db.actor.locale)
        if plan.id not in self.tables:
            self.tables[plan.id] = _at_desk(board, plan)
        return RatesNow(house, board, plan, *self.tables[plan.id], db.actor.locale)


def _at_desk(board: Board, plan: RatePlan) -> tuple[Amounts, Restrictions, NDArray[np.bool_] | None]:
    """Prices and restrictions as the desk has them, and where they are its own; None: nowhere, and nothing was read twice."""
    of_all, seen = price_of(board, plan), board.on(DESK)
    if seen is board and not plan.markups.get(DESK):
        return of_all, Restrictions(board, plan), None
    sold = prices_on(board, DESK, plan)
    own = board.apart(plan).get(DESK, {}).values()
    return sold, Restrictions(seen, plan), np.logical_or.reduce([sold != of_all, *own])


def _read(db: Db, property_id: UUID, days: Sequence[date]) -> tuple[House, Board]:
    """The board of the days; how full the house is only if a rule asks."""
    house = house_of(db, property_id)
    if book_of(db, house).asks_occupancy:
        return house, sellable_board(db, house, days[0], len(days))[0]
    return house, board_of(db, house, days[0], len(days))
