"""How cells stand on the channels: whether each of them has what is true now. For whoever has the board of the days already.

The difference says it, as it says what is sent; counters of news would not say which cell, and a moment after a change not even
whether. It costs two queries and no pricing: the board at hand is priced.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, Literal
from uuid import UUID

from sqlmodel import col, select

from pms.channels.adapters import ADAPTERS
from pms.channels.changes import Record, differing
from pms.channels.connections import known_by
from pms.channels.conversation import NIGHTS
from pms.channels.models import Connection, Product
from pms.channels.present import Shelf, columns_of, left_of, told_within, units_taken
from pms.kernel.db import Db, raw
from pms.properties.models import Tax, Unit
from pms.rates.board import Board
from pms.rates.rounding import Amounts

State = Literal["accepted", "waiting", "refused"]
Row = tuple[UUID, UUID | None]
"""A room type, or a plan in it."""
Standing = Mapping[Row, Sequence[State]]
"""The worst of all channels, night by night of a board; rows that are mapped nowhere are not there."""
WORSE: Mapping[State, int] = {"accepted": 0, "waiting": 1, "refused": 2}
SPOKEN_TO = ("testing", "live")
_SHOWN = """
select product_id, json_object_agg(night - %(first)s, json_build_array(accepted::text, refused::text)) from channel_shown
where product_id = any(%(products)s) and night >= %(first)s and night < %(end)s group by product_id
"""  # a row a product: ten thousand rows would cost more than all the rest
_WORDS = "select accepted_at, words from channel_shown where product_id = %s and night = %s"
_NEXT = """
select min(s.night) from channel_shown s join channel_product p on p.id = s.product_id
  join channel_connection c on c.id = p.connection_id
where c.property_id = %s and c.archived_at is null and c.state in ('testing', 'live') and s.refused is not null and s.night > %s
"""
Shown = Mapping[str, tuple[str, str | None]]
"""By the place of a night among those told: what was accepted of it and refused, as text."""
NOTHING = ("{}", None)


@dataclass(frozen=True)
class OnChannel:
    """A cell on one channel, by the channel's name: "off" when nobody speaks to it. `rooms`: it is about the rooms left, or about
    a single `unit`, by name.

    `told_at` is when it accepted something of the cell last, `words` why it refused, in its own.
    """

    channel: str
    rooms: bool
    state: State | Literal["off"]
    told_at: datetime | None
    words: str
    unit: str = ""


@dataclass(frozen=True)
class Days:
    """Days that are read and priced already: `left` by room type, `asked` by plan; `taxes` are all of the property's."""

    board: Board
    left: Mapping[UUID, Sequence[int]]
    asked: Mapping[UUID, Amounts]
    taxes: Sequence[Tax]

    @cached_property
    def shelf(self) -> Shelf:
        """What channels see of them."""
        return Shelf(self.board, self.asked)

    @property
    def told(self) -> range:
        """The nights channels are told about, by their place: none that is over, none too far ahead."""
        here = (self.board.today - self.board.first).days
        return range(max(0, here), max(0, min(self.board.nights, here + NIGHTS)))

    def between(self, first: date, last: date) -> range:
        """Of these nights those from the first to the last."""
        start, stop = ((day - self.board.first).days for day in (first, last))
        return range(max(self.told.start, start), max(self.told.start, min(self.told.stop, stop + 1)))


@dataclass(frozen=True)
class OneProduct:
    """How a product that stands for a row, or for a unit in it, stands on its channel, night by night of a board."""

    row: Row
    states: Sequence[State]


Products = Mapping[UUID, OneProduct]


def products_on_channels(db: Db, property_id: UUID, days: Days) -> Products:
    """How every mapped product stands on the channels we speak to. Two queries, one where nothing is mapped, and one for single
    units.
    """
    accepted: list[State] = ["accepted"] * days.board.nights
    mapped = _mapped(db, property_id, SPOKEN_TO)
    blank = {product.id: OneProduct((product.room_type_id, product.rate_plan_id), accepted) for product, _ in mapped}
    return _looked(db, days, blank, mapped, days.told)


def told_since(
    db: Db, property_id: UUID, days: Days, known: Products, connection_id: UUID, nights: tuple[date, date]
) -> Products:
    """How they stand once a channel has answered about nights, from the first to the last: its products alone, and those nights
    alone, are looked at again. Queries as for all.
    """
    mapped = [one for one in _mapped(db, property_id, SPOKEN_TO, connection_id) if one[0].id in known]
    return _looked(db, days, known, mapped, days.between(*nights))


def worst(products: Products) -> Standing:
    """Row by row, the worst of all channels."""
    found: dict[Row, list[State]] = {}
    for one in products.values():
        row = found.setdefault(one.row, ["accepted"] * len(one.states))
        if one.states.count("accepted") < len(one.states):
            row[:] = [max(pair, key=WORSE.__getitem__) for pair in zip(row, one.states, strict=True)]
    return found


def _looked(
    db: Db, days: Days, known: Products, mapped: Sequence[tuple[Product, Connection]], where: range
) -> dict[UUID, OneProduct]:
    """The products with the states of some nights as they are now."""
    shown = _shown(db, [product.id for product, _ in mapped], days, where)
    taken = _taken(db, mapped, days, where)
    found = dict(known)
    for product, connection in mapped:
        states, old = _states(days, product, connection, shown, taken, where), known[product.id]
        found[product.id] = replace(old, states=[*old.states[: where.start], *states, *old.states[where.stop :]])
    return found


def on_channels(db: Db, property_id: UUID, days: Days, room_type_id: UUID, rate_plan_id: UUID, night: date) -> list[OnChannel]:
    """One cell of a plan, and the rooms left of its type, on every channel they are mapped to; the channels' words for who works
    with rates or channels there.
    """
    may_read = any(db.actor.may(one, property_id) for one in ("channel.manage", "rate.change"))
    place = (night - days.board.first).days
    if place not in days.told:
        return []
    mapped = [
        (product, connection)
        for product, connection in _mapped(db, property_id, ("testing", "live", "paused", "attention"))
        if product.room_type_id == room_type_id and product.rate_plan_id in (None, rate_plan_id)
    ]
    where = range(place, place + 1)
    shown, taken = _shown(db, [product.id for product, _ in mapped], days, where), _taken(db, mapped, days, where)
    units = {id: db.one(Unit, id).name for id in {product.unit_id for product, _ in mapped if product.unit_id}}
    found = []
    for product, connection in mapped:
        (state,) = _states(days, product, connection, shown, taken, where)
        if place >= _end(days, connection) and state != "refused":
            continue
        at, words = raw(db).execute(_WORDS, (product.id, night)).fetchone() or (None, "")
        said = state if connection.state in SPOKEN_TO else "off"
        unit = units[product.unit_id] if product.unit_id else ""
        told = words if may_read else ""
        found.append(OnChannel(ADAPTERS[connection.channel].name, product.rate_plan_id is None, said, at, told, unit))
    return found


def next_refused(db: Db, property_id: UUID, after: date) -> date | None:
    """The first night after that one on which a channel refused something. Refuses `NotPermitted`."""
    db.actor.require("property.view", property_id)
    row = raw(db).execute(_NEXT, (property_id, after)).fetchone()
    return row[0] if row else None


def _mapped(
    db: Db, property_id: UUID, states: Iterable[str], connection_id: UUID | None = None
) -> list[tuple[Product, Connection]]:
    """Products of the property's channels, or of one of them."""
    query = select(Product, Connection).where(
        Product.connection_id == Connection.id,
        Connection.property_id == property_id,
        col(Connection.archived_at).is_(None),
        col(Connection.state).in_(list(states)),
    )
    if connection_id is not None:
        query = query.where(Connection.id == connection_id)
    return [(product, connection) for product, connection in db.execute(query.order_by(Connection.channel, col(Product.id)))]


def _shown(db: Db, products: Sequence[UUID], days: Days, where: range) -> dict[UUID, Shown]:
    if not products or not where:
        return {}
    first = days.board.first + timedelta(days=where.start)
    values = {"products": list(products), "first": first, "end": first + timedelta(days=len(where))}
    return dict(raw(db).execute(_SHOWN, values).fetchall())


Taken = Set[tuple[UUID, date]]
"""Units that are not free, by night."""


def _taken(db: Db, mapped: Sequence[tuple[Product, Connection]], days: Days, where: range) -> Taken:
    units = [product.unit_id for product, _ in mapped if product.unit_id]
    return units_taken(db, units, days.board.first + timedelta(days=where.start), len(where))


def _states(
    days: Days, product: Product, connection: Connection, shown: Mapping[UUID, Shown], taken: Taken, where: range
) -> Iterator[State]:
    """State by state of nights that channels are told about."""
    if product.rate_plan_id is None:
        columns: Mapping[str, Any] = {"rooms": _rooms(days, product, taken, where)}
    else:
        knows = known_by(connection)
        taxes = told_within(connection, knows, days.taxes)
        now = columns_of(days.shelf.on(connection.channel), product, connection.channel, knows, taxes)
        columns = {name: numbers[where.start : where.stop].tolist() for name, numbers in now.items()}
    names, known = tuple(columns), shown.get(product.id, {})
    end = _end(days, connection)
    for n, values in enumerate(zip(*columns.values(), strict=True)):
        state = _state(names, values, *known.get(str(n), NOTHING))
        yield state if state == "refused" or where[n] < end else "accepted"


def _end(days: Days, connection: Connection) -> int:
    """The place after the last night the channel takes news about: what is later waits there without being late."""
    return (days.board.today - days.board.first).days + (ADAPTERS[connection.channel].nights_most or NIGHTS)


def _rooms(days: Days, product: Product, taken: Taken, where: range) -> list[int]:
    left = days.left.get(product.room_type_id, [0] * days.board.nights)
    return [left_of(left[n], product.unit_id, days.board.first + timedelta(days=n), taken) for n in where]


@lru_cache(maxsize=20_000)
def _state(names: tuple[str, ...], values: tuple[int, ...], accepted: str, refused: str | None) -> State:
    """Most nights are alike, so that most answers are known."""
    now, no = dict(zip(names, values, strict=True)), json.loads(refused or "{}")
    stands = bool(no) and all(now.get(name, value) == value for name, value in no.items())
    if stands:
        return "refused"
    return "waiting" if differing(now, Record(json.loads(accepted))) else "accepted"
