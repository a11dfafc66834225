"""Telling a channel what is true: what has to be sent, and what became of it.

What is about to be said is in doubt first. Should the sender die or the line break after the channel took a message and before
that was noted, the values that are true by then are sent, whether or not they are the ones it had before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlmodel import col, select

from pms.channels.adapter import Adapter
from pms.channels.changes import Cell, Change, Record, Values, in_ranges, news, outdated
from pms.channels.connections import known_by
from pms.channels.memory import Memory, Prints, prints_of
from pms.channels.models import Connection, Product
from pms.channels.present import Part, cells_of, closed_of, nothing_sold, present, rooms_left
from pms.kernel.dates import today
from pms.kernel.db import Db, raw
from pms.kernel.outbox import record
from pms.properties.models import Property

_SHOWN = """
select s.product_id, s.night, s.accepted, s.refused from unnest(%s::uuid[], %s::date[]) as w(product_id, night)
join channel_shown s using (product_id, night)
"""
_OVER = """
update channel_shown s set refused = null, words = '' from unnest(%s::uuid[], %s::date[]) as w(product_id, night)
where s.product_id = w.product_id and s.night = w.night
"""
_DOUBTED = """
update channel_shown s set accepted = s.accepted - w.names
from (select product_id, night, array(select jsonb_object_keys(told)) as names
      from unnest(%(products)s::uuid[], %(nights)s::date[], %(values)s::jsonb[]) as v(product_id, night, told)) as w
where s.product_id = w.product_id and s.night = w.night and s.accepted ?| w.names
"""
_ACCEPTED = """
insert into channel_shown as s (organization_id, product_id, night, accepted, accepted_at, words)
select %(organization)s::uuid, w.product_id, w.night, w.told, now(), ''
from unnest(%(products)s::uuid[], %(nights)s::date[], %(values)s::jsonb[]) as w(product_id, night, told)
join channel_product p on p.id = w.product_id
on conflict (product_id, night) do update set accepted = s.accepted || excluded.accepted, accepted_at = now(),
  refused = nullif(s.refused - (select array_agg(k) from jsonb_object_keys(excluded.accepted) k), '{}'),
  words = case when s.refused - (select array_agg(k) from jsonb_object_keys(excluded.accepted) k) = '{}' then '' else s.words end
"""
_REFUSED = """
insert into channel_shown as s (organization_id, product_id, night, accepted, refused, words)
select %(organization)s, w.product_id, w.night, '{}', w.told, w.words
from unnest(%(products)s::uuid[], %(nights)s::date[], %(values)s::jsonb[], %(words)s::text[]) as w(product_id, night, told, words)
join channel_product p on p.id = w.product_id
on conflict (product_id, night) do update
  set refused = coalesce(s.refused, '{}') || excluded.refused, words = excluded.words,
      accepted = s.accepted - (select array_agg(k) from jsonb_object_keys(excluded.refused) k)
"""  # of a range refused as one some nights may have been taken: what the channel has of it now, nobody knows
_OVERSOLD = """
select coalesce(md5(string_agg(concat(i.room_type_id, i.night), ' ' order by i.room_type_id, i.night)), '')
from channel_connection c join room_type t on t.property_id = c.property_id join inventory_night i on i.room_type_id = t.id
where c.id = %s and i.oversold > 0 and i.night >= %s and i.night < %s
"""
_ANSWERED = """
update channel_connection set told_at = now(), rooms_waiting = greatest(0, rooms_waiting - %s),
  rates_waiting = greatest(0, rates_waiting - %s) where id = %s
"""
_ROOMS_REFUSED = """
select 1 from channel_shown s join channel_product p on p.id = s.product_id
where p.connection_id = %s and s.refused ? 'rooms' limit 1
"""


@dataclass(frozen=True)
class Look:
    """What has to be told of a part, and how all of it stands: once it is told, that is worth remembering."""

    changes: Sequence[Change]
    first: date
    prints: Prints
    oversold: str
    """As `oversold` has it."""


def look(
    db: Db,
    connection: Connection,
    adapter: Adapter,
    part: Part,
    nights: int,
    memory: Memory,
    mark: UUID | None,
    priced: bool = True,
) -> Look:
    """What the channel has to be told about so many nights from today at the property on: of the rooms left, or of prices and
    restrictions, of closed nights alone where these are not to be `priced`; `mark` is that of the last telling of it.

    Refuses as `present` does.
    """
    products, first = products_of(db, connection.id), first_night(db, connection)
    full = oversold(db, connection, nights)
    if connection.state == "closing":
        now = nothing_sold(products, part, nights)
    elif part == "rooms":
        now = rooms_left(db, connection.property_id, products, first, nights)
    else:
        now = present(db, connection, products, known_by(connection), first, nights)
        now = now if priced else closed_of(now)
    prints = prints_of(now)
    cells = cells_of(now, first, memory.moved(connection.id, part, mark, first, prints))
    if not priced:  # what opens would be sold at the price it has there
        cells = {cell: values for cell, values in cells.items() if values["closed"]}
    records = _records(db, cells)
    if over := outdated(cells, records):
        raw(db).later(_OVER, ([product for product, _ in over], [night for _, night in over]))
        if part == "rooms":
            record(db, "channel_connection.refusal_over", "channel_connection", connection.id, connection.property_id)
    return Look(in_ranges(news(cells, records, adapter.together)), first, prints, full)


def oversold(db: Db, connection: Connection, nights: int) -> str:
    """A word for the oversold nights of the property, of so many from today there on: another one as soon as they are others, and
    "" for none. Their rates are closed on the channel.
    """
    first = first_night(db, connection)
    row = raw(db).execute(_OVERSOLD, (connection.id, first, first + timedelta(days=nights))).fetchone()
    return str(row[0]) if row else ""


def first_night(db: Db, connection: Connection) -> date:
    """Tonight at the property: channels are told nothing about what is over."""
    return today(db.one(Property, connection.property_id).timezone)


def products_of(db: Db, connection_id: UUID) -> list[Product]:
    """What is mapped."""
    query = select(Product).where(Product.connection_id == connection_id).order_by(col(Product.id))
    return list(db.scalars(query))


def doubt(db: Db, changes: Sequence[Change]) -> None:
    """These are about to be said. Should the line break, nobody knows whether the channel has the old values or the new ones, and
    one of them is told again whatever is true by then.
    """
    raw(db).later(_DOUBTED, _columns(db, _by_cell(changes)))


def note(db: Db, connection_id: UUID, changes: Sequence[Change], refused: Mapping[int, str]) -> None:
    """Keep what the channel took, and what it did not and why; `refused` by the place of the change."""
    taken = _by_cell(change for place, change in enumerate(changes) if place not in refused)
    not_taken = _by_cell(changes[place] for place in refused)
    words = {cell: said for place, said in refused.items() for cell in changes[place].cells}
    answered = [sum(one.nights for one in changes if ("rooms" in one.values) is rooms) for rooms in (True, False)]
    raw(db).later(_ANSWERED, (*answered, connection_id))
    if taken:
        raw(db).later(_ACCEPTED, _columns(db, taken))
    if any("rooms" in values for values in not_taken.values()):
        _say_rooms_are_refused(db, connection_id)
    if not_taken:
        raw(db).later(_REFUSED, {**_columns(db, not_taken), "words": [words[cell] for cell in not_taken]})


def _say_rooms_are_refused(db: Db, connection_id: UUID) -> None:
    """The channel goes on selling rooms that may be gone: people are told, unless some were refused before."""
    if raw(db).execute(_ROOMS_REFUSED, (connection_id,)).fetchone() is None:
        house = db.one(Connection, connection_id).property_id
        record(db, "channel_connection.rooms_refused", "channel_connection", connection_id, house)


def refusals(db: Db, product_id: UUID, most: int = 20) -> list[tuple[date, str]]:
    """The first nights on which the channel refused something, and its words."""
    query = "select night, words from channel_shown where product_id = %s and refused is not null order by night limit %s"
    return raw(db).execute(query, (product_id, most)).fetchall()


def _records(db: Db, cells: Mapping[Cell, Values]) -> dict[Cell, Record]:
    """What is known of these cells on the channel."""
    if not cells:
        return {}
    products, nights = [product for product, _ in cells], [night for _, night in cells]
    rows = raw(db).execute(_SHOWN, (products, nights))
    return {(row[0], row[1]): Record(row[2], row[3]) for row in rows}


def _by_cell(changes: Iterable[Change]) -> dict[Cell, dict[str, int]]:
    """All that was said of each cell: its price and its restrictions come apart."""
    found: dict[Cell, dict[str, int]] = {}
    for change in changes:
        for cell in change.cells:
            found.setdefault(cell, {}).update(change.values)
    return found


def _columns(db: Db, cells: Mapping[Cell, Values]) -> dict[str, object]:
    return {
        "organization": db.organization_id,
        "products": [product for product, _ in cells],
        "nights": [night for _, night in cells],
        "values": [Jsonb(dict(values)) for values in cells.values()],
    }
