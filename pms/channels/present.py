"""What a channel should show: the present rooms left, prices and restrictions of its products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import numpy as np

from pms.channels.adapters import ADAPTERS
from pms.channels.changes import Cell, Values
from pms.channels.models import Connection, Product
from pms.inventory.availability import availability
from pms.kernel.db import Db, raw
from pms.properties.models import Tax
from pms.properties.tax import nightly, of_single_nights
from pms.rates.board import UNSET, Board
from pms.rates.load import house_of
from pms.rates.models import RatePlan
from pms.rates.party import Party, difference, heads, night_prices
from pms.rates.price import prices
from pms.rates.restrict import Restrictions
from pms.rates.rounding import Amounts, in_reach
from pms.reservations.offers import sellable_board, taxes_of

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

Columns = Mapping[str, np.ndarray]
"""Field -> one number a night."""


@dataclass(frozen=True)
class Shelf:
    """A board and its prices as channels see them: worked out once for all that have nothing of their own, and once for each that
    has, however many room types ask.
    """

    board: Board
    prices: Mapping[UUID, Amounts]
    _rules: dict[UUID, Restrictions] = field(default_factory=dict)
    _others: dict[str, Shelf] = field(default_factory=dict)

    def on(self, channel: str) -> Shelf:
        """What is on it for that channel."""
        if channel not in self.board.own:
            return self
        if channel not in self._others:
            board = self.board.on(channel)
            self._others[channel] = Shelf(board, prices(board))
        return self._others[channel]

    def rules(self, plan: RatePlan) -> Restrictions:
        """What restricts a plan there."""
        if plan.id not in self._rules:
            self._rules[plan.id] = Restrictions(self.board, plan)
        return self._rules[plan.id]


Part = Literal["rooms", "rates"]
"""Rooms left are looked at whenever something is sold; prices and restrictions are many more, and move less often."""

AT_ONCE = 250
"""Nights priced at a time; a board has its limits."""


def present(
    db: Db, connection: Connection, products: Sequence[Product], knows: frozenset[str], first: date, nights: int
) -> dict[UUID, Columns]:
    """Prices and restrictions of every product that has them, on the local nights [first, first + nights), of the fields the
    channel knows. One whose room type or plan is on sale no longer, or not to this channel, is closed.

    Refuses `NotFound`, `NotPermitted`.
    """
    house = house_of(db, connection.property_id)
    parts: dict[UUID, list[Columns]] = {product.id: [] for product in products if product.rate_plan_id is not None}
    taxes = told_within(connection, knows, taxes_of(db, connection.property_id))
    for start in range(0, nights, AT_ONCE):
        board, _ = sellable_board(db, house, first + timedelta(days=start), min(AT_ONCE, nights - start))
        seen = board.on(connection.channel)
        shelf = Shelf(seen, prices(seen))
        for product in products:
            if product.rate_plan_id is not None:
                parts[product.id].append(columns_of(shelf, product, connection.channel, knows, taxes))
    return {id: {name: np.concatenate([part[name] for part in of]) for name in of[0]} for id, of in parts.items()}


def rooms_left(db: Db, property_id: UUID, products: Sequence[Product], first: date, nights: int) -> dict[UUID, Columns]:
    """Rooms left to sell of every product that counts them, on the local nights [first, first + nights)."""
    counting = [product for product in products if product.rate_plan_id is None]
    free: dict[UUID, list[int]] = {}
    for start in range(0, nights, AT_ONCE):
        begin = first + timedelta(days=start)
        for one in availability(db, property_id, begin, begin + timedelta(days=min(AT_ONCE, nights - start))):
            free.setdefault(one.room_type_id, []).append(one.free)
    taken = units_taken(db, [product.unit_id for product in counting if product.unit_id], first, nights)
    days = [first + timedelta(days=n) for n in range(nights)]
    none = [0] * nights
    return {
        product.id: {
            "rooms": np.array(
                [
                    left_of(left, product.unit_id, day, taken)
                    for left, day in zip(free.get(product.room_type_id, none), days, strict=True)
                ],
                dtype=np.int64,
            )
        }
        for product in counting
    }


def nothing_sold(products: Sequence[Product], part: Part, nights: int) -> dict[UUID, Columns]:
    """What a channel shows of a part when nothing is to be sold there any more: no rooms left, every plan closed."""
    name, value = ("rooms", 0) if part == "rooms" else ("closed", 1)
    wanted = [product for product in products if (product.rate_plan_id is None) == (part == "rooms")]
    return {product.id: {name: np.full(nights, value, dtype=np.int64)} for product in wanted}


def closed_of(columns: Mapping[UUID, Columns]) -> dict[UUID, Columns]:
    """Which nights are closed, and nothing else of them, of products the channel can close."""
    return {id: {"closed": of["closed"]} for id, of in columns.items() if "closed" in of}


def whole_calendar(
    db: Db, connection: Connection, products: Sequence[Product], knows: frozenset[str], first: date, nights: int
) -> dict[Cell, Values]:
    """All that the channel should show on the local nights [first, first + nights). Refuses as `present` does."""
    columns = present(db, connection, products, knows, first, nights)
    columns |= rooms_left(db, connection.property_id, products, first, nights)
    return cells_of(columns, first, dict.fromkeys(columns, np.arange(nights)))


def cells_of(columns: Mapping[UUID, Columns], first: date, where: Mapping[UUID, np.ndarray]) -> dict[Cell, Values]:
    """The cells of those nights, by their place from `first` on."""
    found: dict[Cell, Values] = {}
    for product_id, places in where.items():
        fields = {name: numbers[places].tolist() for name, numbers in columns[product_id].items()}
        for n, place in enumerate(places.tolist()):
            found[product_id, first + timedelta(days=place)] = {name: numbers[n] for name, numbers in fields.items()}
    return found


def left_of(free: int, unit_id: UUID | None, night: date, taken: Set[tuple[UUID, date]]) -> int:
    """Rooms left to sell of a product: of a type as many as are left; of a single unit, one as long as nobody has it and the
    type is not sold out.
    """
    return free if unit_id is None else int(free > 0 and (unit_id, night) not in taken)


def units_taken(db: Db, units: Sequence[UUID], first: date, nights: int) -> set[tuple[UUID, date]]:
    """On which of the local nights [first, first + nights) which of the units have a guest or a block, or are in use no more."""
    if not units:
        return set()
    query = """
        select unit_id, night from stay_night where live and unit_id = any(%(units)s) and night >= %(first)s and night < %(end)s
        union
        select b.unit_id, d::date from block b, generate_series(greatest(b.first_night, %(first)s::date),
          least(b.end_night, %(end)s::date) - 1, interval '1 day') d where b.unit_id = any(%(units)s) and b.lifted_at is null
        union
        select u.id, d::date from unit u, generate_series(%(first)s::date, %(end)s::date - 1, interval '1 day') d
        where u.id = any(%(units)s) and u.archived_at is not null
    """
    rows = raw(db).execute(query, {"units": list(units), "first": first, "end": first + timedelta(days=nights)})
    return {(row[0], row[1]) for row in rows}


def told_within(connection: Connection, knows: frozenset[str], taxes: Sequence[Tax]) -> list[Tax]:
    """Which of the property's taxes the prices told to a channel have in them, included ones among them; none of one whose prices
    are before tax. A price that is not one party's has nothing by head in it.
    """
    return of_single_nights(taxes, "occupancy" in knows) if ADAPTERS[connection.channel].after_tax else []


def columns_of(shelf: Shelf, product: Product, channel: str, knows: frozenset[str], taxes: Sequence[Tax]) -> Columns:
    """One number a night for each field, of a plan in a room type, from what is on the shelf for the channel; prices with those
    taxes.
    """
    board = shelf.board
    plan = board.book.by_id.get(product.rate_plan_id)  # type: ignore[arg-type]
    rules = None if plan is None or product.room_type_id not in board.rows else shelf.rules(plan)
    if plan is None or rules is None or not rules.sells_to_anybody(product.room_type_id, channel):
        return {"closed": np.ones(board.nights, dtype=np.int64)}
    row = board.row(product.room_type_id)
    base, own = shelf.prices[plan.id][row], board.own_price(plan)
    kind, own = board.types[row], None if own is None else own[row]

    def priced(adults: int, more: int) -> np.ndarray:
        """A night without a price has no taxes either, or it would be sold for them."""
        found = night_prices(plan, base, more, 1, channel, own)
        return np.where(found > 0, in_reach(nightly(found, board.first, adults, taxes)), found) if taxes else found

    columns = {"price": priced(board.party(kind.id).base_adults, 0)} if "price" in knows else {}
    for adults in range(1, (kind.adults if "occupancy" in knows else int("single" in knows)) + 1):
        more = difference(board, plan, product.room_type_id, heads(Party(adults), board.book.bands))
        columns[f"price_{adults}"] = priced(adults, more)

    for name in sorted(knows & LIFTED.keys()):
        values = rules.on(name, row)
        columns[name] = np.where(values == UNSET, LIFTED[name], values)
    # Days in advance are told as nights closed to arrival: every channel understands them so, and as they are meant; the look
    # after midnight moves them on.
    shut = {"closed": rules.not_valid | _oversold(board, row), "closed_arrival": rules.no_arrival_today[row]}
    return columns | {name: np.where(nights, 1, columns[name]) for name, nights in shut.items() if name in columns}


def _oversold(board: Board, row: int) -> np.ndarray:
    """The nights on which more is sold than may be. No rooms left are not enough there: a channel counts too, and sells what a
    guest of its own gives back before it hears from us.
    """
    full, row = board.house, board.house_row + row
    assert full is not None, "the board of what can be sold knows how full the house is"
    assert full.beyond is not None
    return full.taken[row] > full.capacity[row] + full.beyond[row]
