"""Telling a channel what is true: what has to be sent, and what became of it.

Should the sender die after the channel took a message and before that was noted, the same values are sent once more, which
changes nothing there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlmodel import col, select

from pms.channels.adapter import Adapter
from pms.channels.changes import Cell, Change, Record, Values, in_ranges, news, outdated
from pms.channels.models import Connection, Product
from pms.channels.present import present, rooms_left
from pms.kernel.dates import today
from pms.kernel.db import Db, raw
from pms.properties.models import Property

_SHOWN = (
    "select product_id, night, accepted, refused from channel_shown where product_id = any(%s) and night >= %s and night < %s"
)
_OVER = """
update channel_shown s set refused = null, words = '' from unnest(%s::uuid[], %s::date[]) as w(product_id, night)
where s.product_id = w.product_id and s.night = w.night
"""
_ACCEPTED = """
insert into channel_shown as s (organization_id, product_id, night, accepted, accepted_at, words)
select %(organization)s, w.product_id, w.night, w.told, now(), ''
from unnest(%(products)s::uuid[], %(nights)s::date[], %(values)s::jsonb[]) as w(product_id, night, told)
on conflict (product_id, night) do update set accepted = s.accepted || excluded.accepted, accepted_at = now(),
  refused = nullif(s.refused - (select array_agg(k) from jsonb_object_keys(excluded.accepted) k), '{}'),
  words = case when s.refused - (select array_agg(k) from jsonb_object_keys(excluded.accepted) k) = '{}' then '' else s.words end
"""
_REFUSED = """
insert into channel_shown as s (organization_id, product_id, night, accepted, refused, words)
select %(organization)s, w.product_id, w.night, '{}', w.told, w.words
from unnest(%(products)s::uuid[], %(nights)s::date[], %(values)s::jsonb[], %(words)s::text[]) as w(product_id, night, told, words)
on conflict (product_id, night) do update
  set refused = coalesce(s.refused, '{}') || excluded.refused, words = excluded.words,
      accepted = s.accepted - (select array_agg(k) from jsonb_object_keys(excluded.refused) k)
"""  # of a range refused as one some nights may have been taken: what the channel has of it now, nobody knows


def look(db: Db, connection: Connection, adapter: Adapter, nights: int, everything: bool) -> list[Change]:
    """What the channel has to be told about so many nights from today at the property on: everything, or only the rooms left.

    Refuses as `present` does.
    """
    products, first = products_of(db, connection.id), first_night(db, connection)
    if everything:
        now = present(db, connection, products, adapter.knows, first, nights)
    else:
        now = rooms_left(db, connection.property_id, products, first, nights)
    records = _records(db, products, first, nights)
    if over := outdated(now, records):
        raw(db).later(_OVER, ([product for product, _ in over], [night for _, night in over]))
    return in_ranges(news(now, records, adapter.together))


def first_night(db: Db, connection: Connection) -> date:
    """Tonight at the property: channels are told nothing about what is over."""
    return today(db.one(Property, connection.property_id).timezone)


def products_of(db: Db, connection_id: UUID) -> list[Product]:
    """What is mapped."""
    query = select(Product).where(Product.connection_id == connection_id).order_by(col(Product.id))
    return list(db.scalars(query))


def note(db: Db, connection_id: UUID, changes: Sequence[Change], refused: Mapping[int, str]) -> None:
    """Keep what the channel took, and what it did not and why; `refused` by the place of the change."""
    taken = _by_cell(change for place, change in enumerate(changes) if place not in refused)
    not_taken = _by_cell(changes[place] for place in refused)
    words = {cell: said for place, said in refused.items() for cell in changes[place].cells}
    raw(db).later("update channel_connection set told_at = now() where id = %s", (connection_id,))
    if taken:
        raw(db).later(_ACCEPTED, _columns(db, taken))
    if not_taken:
        raw(db).later(_REFUSED, {**_columns(db, not_taken), "words": [words[cell] for cell in not_taken]})


def refusals(db: Db, product_id: UUID, most: int = 20) -> list[tuple[date, str]]:
    """The first nights on which the channel refused something, and its words."""
    query = "select night, words from channel_shown where product_id = %s and refused is not null order by night limit %s"
    return raw(db).execute(query, (product_id, most)).fetchall()


def _records(db: Db, products: Sequence[Product], first: date, nights: int) -> dict[Cell, Record]:
    ids = [product.id for product in products]
    rows = raw(db).execute(_SHOWN, (ids, first, first + timedelta(days=nights)))
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
