"""Reading boards: three small statements, and the book of rates only when somebody has changed it since."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import holidays
import numpy as np
from sqlmodel import SQLModel

from pms.kernel.dates import today
from pms.kernel.db import Db, new, raw
from pms.kernel.ids import new_id
from pms.kernel.refusals import BadInput, NotFound
from pms.properties.on_sale import currency_of, types_on_sale
from pms.rates.board import UNSET, Board, Book, Field, TypeOnSale, parents_first
from pms.rates.models import RESTRICTIONS, AgeBand, PartyPrice, Policy, PriceRule, RatePlan, follows

NIGHTS_MAX = 800
"""The longest board."""
FIELDS = ("price", *RESTRICTIONS)
BOOKS_KEPT = 200

_known: OrderedDict[UUID, Book] = OrderedDict()
"""Books by their mark. A mark is drawn anew with every change, so what was read under it cannot be out of date."""

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class House:
    """What a property is to its rates: currency, zone, country, the types on sale, the default plan."""

    property_id: UUID
    currency: str
    timezone: str
    country: str
    default_plan_id: UUID | None
    mark: UUID | None
    types: tuple[TypeOnSale, ...]

    def named(self, room_type_id: UUID) -> str:
        """The name of one of its room types."""
        return next(kind.name for kind in self.types if kind.id == room_type_id)


_HOUSE = """
select p.currency, p.timezone, p.country, b.default_plan_id, b.mark, t.id, t.name, t.base_price, t.adults, t.children
from property p
left join rate_book b on b.property_id = p.id
left join room_type t on t.property_id = p.id and t.archived_at is null
where p.id = %s and p.archived_at is null
order by t.position, t.id
"""
_SALE = """
select p.currency, p.timezone, p.country, b.default_plan_id, b.mark, t.id, t.name, t.base_price, t.adults, t.children
from room_type t
join property p on p.id = t.property_id
left join rate_book b on b.property_id = p.id
where t.id = any(%s) and p.id = %s and t.archived_at is null and p.archived_at is null
order by t.id
for key share of t, p
"""
# One array a column, as PostgreSQL keeps it: numpy reads it without a Python object, or a message, per cell.
_CELLS = """
select {columns}
from unnest((select %(plans)s::uuid[])) with ordinality p(id, at)
cross join unnest((select %(types)s::uuid[])) with ordinality t(id, at)
join rate_night n on n.rate_plan_id = p.id and n.room_type_id = t.id
 and n.night >= %(first)s::date and n.night < %(first)s::date + %(nights)s::int
 and n.rate_plan_id = any((select %(plans)s::uuid[])::uuid[]) and n.room_type_id = any((select %(types)s::uuid[])::uuid[])
"""
LIVE = "property_id = %s and archived_at is null"
_OF_TYPES = "room_type_id in (select id from room_type where property_id = %s)"
_HEAD = 20
"""Bytes before the first element of an array: dimensions, flags, type, length, first index. Each element follows its size."""


def house_of(db: Db, property_id: UUID) -> House:
    """A property in use, within reach. Refuses `NotFound`."""
    rows = raw(db).execute(_HOUSE, (property_id,)).fetchall() if db.actor.sees(property_id) else []
    if not rows:
        raise NotFound(what="property")
    return _house(property_id, rows)


def _house(property_id: UUID, rows: list[tuple[Any, ...]]) -> House:
    currency, timezone, country, default_plan_id, mark = rows[0][:5]
    types = tuple(TypeOnSale(*row[5:]) for row in rows if row[5] is not None)
    return House(property_id, currency, timezone, country, default_plan_id, mark, types)


def sale_of(db: Db, property_id: UUID, room_type_ids: Iterable[UUID]) -> House:
    """The property and just these room types, by id, kept from being archived until this sale is done.

    Refuses `NotFound` for what is unknown or out of reach, `BadInput` for a type archived or of a sister property.
    """
    if not db.actor.sees(property_id):
        raise NotFound(what="property")
    wanted = sorted(set(room_type_ids))
    if not wanted:
        return replace(house_of(db, property_id), types=())
    rows = raw(db).execute(_SALE, (wanted, property_id)).fetchall()
    if len(rows) < len(wanted):
        currency_of(db, property_id)
        types_on_sale(db, property_id, wanted)  # one of the two knows why
    return _house(property_id, rows)


def book_of(db: Db, house: House) -> Book:
    """The rates of the property but for its cells, read anew only if its mark has changed."""
    if house.mark is None:
        return Book(())
    known = _known.get(house.mark)
    if known is None:
        known = _read(db, house.property_id)
        if _mark(db, house.property_id) == house.mark:  # else somebody changed it while we read
            _known[house.mark] = known
            while len(_known) > BOOKS_KEPT:
                _known.popitem(last=False)
    return known


def board_of(db: Db, house: House, first: date, nights: int, types: tuple[TypeOnSale, ...] | None = None) -> Board:
    """The board of the local nights [first, first + nights), without how full the house is. Refuses `BadInput` when too long."""
    if not 0 < nights <= NIGHTS_MAX:
        raise BadInput("nights", "Ask for 1 to {most} nights at a time.", most=NIGHTS_MAX)
    book, chosen = book_of(db, house), house.types if types is None else types
    asked = any(rule.holidays for rule in book.rules)
    feasts: frozenset[date] = holidays_of(house.country, first, nights) if asked else frozenset()
    found = _cells(db, [plan.id for plan in book.plans], [kind.id for kind in chosen], first, nights)
    own = {
        channel: {(plan, name): field for (plan, name), field in cells.items() if not follows(book.by_id[plan], name)}
        for channel, cells in found.items()
    }
    cells = own.pop("", {})
    row = 0 if types is None or not types else house.types.index(types[0])
    return Board(book, chosen, first, nights, today(house.timezone), cells, house_row=row, holidays=feasts, own=own)


def versions_of(db: Db, board: Board) -> list[tuple[UUID, UUID, date, str, int]]:
    """The cells of a board that somebody filled in, with their versions: (plan, room type, night, channel or "", version)."""
    query = (
        "select rate_plan_id, room_type_id, night, channel, version from rate_night"
        " where rate_plan_id = any(%s) and room_type_id = any(%s) and night >= %s and night < %s"
    )
    plans, types = [plan.id for plan in board.book.plans], [kind.id for kind in board.types]
    last = board.first + timedelta(days=board.nights)
    return raw(db).execute(query, (plans, types, board.first, last)).fetchall()


def turn_page(db: Db, property_id: UUID) -> None:
    """Give the property's book a new mark: call it in every work that changes plans, rules, parties, bands or policies."""
    db.flush()
    raw(db).execute("update rate_book set mark = %s where property_id = %s", (new_id(), property_id))


def holidays_of(country: str, first: date, nights: int) -> frozenset[date]:
    """The public holidays of a country from `first` to the day after the last night; none for a country nobody wrote down."""
    years = range(first.year, (first + timedelta(days=nights)).year + 1)
    return frozenset(day for year in years for day in _holidays(country, year))


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    if country not in holidays.list_supported_countries():
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))


def _mark(db: Db, property_id: UUID) -> UUID | None:
    row = raw(db).execute("select mark from rate_book where property_id = %s", (property_id,)).fetchone()
    return row[0] if row else None


def _read(db: Db, property_id: UUID) -> Book:
    db.flush()
    return Book(
        plans=parents_first(rows_of(db, RatePlan, LIVE, property_id, "position, id")),
        rules=tuple(rows_of(db, PriceRule, LIVE, property_id, "position, id")),
        parties={row.room_type_id: row for row in rows_of(db, PartyPrice, _OF_TYPES, property_id, "room_type_id")},
        bands=tuple(rows_of(db, AgeBand, "property_id = %s", property_id, "from_age")),
        policies={row.id: row for row in rows_of(db, Policy, LIVE, property_id, "position, id")},
    )


def rows_of(db: Db, table: type[Row], where: str, property_id: UUID, order: str) -> list[Row]:
    """The rows of a property, apart from the session: a book outlives the work that reads it, and must share none with it."""
    found = raw(db).execute(f"select * from {table.__tablename__} where {where} order by {order}", (property_id,))
    names = [column.name for column in found.description or ()]
    return [new(table, **dict(zip(names, row, strict=True))) for row in found]


def _cells(db: Db, plans: list[UUID], types: list[UUID], first: date, nights: int) -> dict[str, dict[tuple[UUID, str], Field]]:
    """Channel -> what is filled in for it; "" what is for every channel. In one statement, of which the second half finds nothing
    at once where no channel has anything of its own.
    """
    if not plans or not types:
        return {}
    asked = ["p.at", "t.at", "n.night - %(first)s::date", *(f"coalesce(n.{name}::int, {UNSET})" for name in FIELDS)]
    columns = ", ".join(f"array_send(array_agg(({one})::int))" for one in asked)
    every = _CELLS.format(columns=f"''::text, {columns}") + " and n.channel = ''"
    own = _CELLS.format(columns=f"n.channel, {columns}") + " and n.channel <> '' group by n.channel"
    values = {"plans": plans, "types": types, "first": first, "nights": nights}
    rows = raw(db).execute(f"{every} union all {own}", values, binary=True).fetchall()
    return {channel: _fields(plans, len(types), nights, sent) for channel, *sent in rows if sent[0] is not None}


def _fields(plans: list[UUID], types: int, nights: int, sent: Sequence[bytes]) -> dict[tuple[UUID, str], Field]:
    """The arrays as PostgreSQL sends them, one a column, laid out."""
    plan_at, type_at, night_at, *fields = (np.frombuffer(column, dtype=">i4", offset=_HEAD)[1::2] for column in sent)
    found: dict[tuple[UUID, str], Field] = {}
    for name, field in zip(FIELDS, fields, strict=True):
        if not (field != UNSET).any():
            continue
        space = np.full((len(plans), types, nights), UNSET, dtype=np.int64)
        space[plan_at - 1, type_at - 1, night_at] = field
        found |= {(plan, name): space[at] for at, plan in enumerate(plans) if (space[at] != UNSET).any()}
    return found
