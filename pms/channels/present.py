"""What a channel should show: the present rooms left, prices and restrictions of its products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from pms.channels.changes import Cell, Values
from pms.channels.models import Connection, Product
from pms.kernel.db import Db
from pms.rates.board import UNSET, Board
from pms.rates.load import house_of
from pms.rates.models import RatePlan
from pms.rates.party import night_prices
from pms.rates.price import prices
from pms.rates.rounding import Amounts
from pms.reservations.offers import sellable_board

LIFTED = {
    "min_stay": 1,
    "min_stay_arrival": 1,
    "max_stay": 0,
    "max_stay_arrival": 0,
    "closed": 0,
    "closed_arrival": 0,
    "closed_departure": 0,
}
"""The restrictions channels may know, each with the value that lifts it."""

AT_ONCE = 250
"""Nights priced at a time; a board has its limits."""


def present(
    db: Db, connection: Connection, products: Sequence[Product], knows: frozenset[str], first: date, nights: int
) -> dict[Cell, Values]:
    """The values of every product on the local nights [first, first + nights), of the fields the channel knows.

    A product whose room type or plan is on sale no longer, or not to this channel, is closed: no rooms, no arrivals.
    Refuses `NotFound`, `NotPermitted`.
    """
    house = house_of(db, connection.property_id)
    found: dict[Cell, Values] = {}
    for start in range(0, nights, AT_ONCE):
        board, left = sellable_board(db, house, first + timedelta(days=start), min(AT_ONCE, nights - start))
        asked = prices(board)
        for product in products:
            columns = _columns(board, left, asked, product, connection.channel, knows)
            for night, values in zip(board.days, zip(*columns.values(), strict=True), strict=True):
                found[product.id, night] = dict(zip(columns, values, strict=True))
    return found


def _columns(
    board: Board,
    left: Mapping[UUID, list[int]],
    asked: Mapping[UUID, Amounts],
    product: Product,
    channel: str,
    knows: frozenset[str],
) -> dict[str, list[int]]:
    """Field -> one number a night."""
    if product.rate_plan_id is None:
        return {"rooms": left.get(product.room_type_id, [0] * board.nights)}
    plan = board.book.by_id.get(product.rate_plan_id)
    if plan is None or product.room_type_id not in board.rows or not _sells(plan, product.room_type_id, channel):
        return {"closed": [1] * board.nights}
    row = board.row(product.room_type_id)
    columns: dict[str, Any] = {"price": night_prices(plan, asked[plan.id][row], 0, 1, channel).tolist()}
    for name in sorted(knows & LIFTED.keys()):
        held = board.restriction(plan, name)[row]
        columns[name] = np.where(held == UNSET, LIFTED[name], held).tolist()
    return columns


def _sells(plan: RatePlan, room_type_id: UUID, channel: str) -> bool:
    """Whether the plan is open to everybody on that channel, in that room type."""
    open_there = plan.channels is None or channel in plan.channels
    return open_there and plan.access == "public" and (plan.room_type_ids is None or room_type_id in plan.room_type_ids)
