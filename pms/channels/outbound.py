"""Telling a channel what is true: who may send, what has to be sent, and what became of it.

The worker drives these verbs, each in a transaction of its own, and speaks to the channel between them. Should it die after the
channel took a message and before that was noted, the same values are sent once more, which changes nothing there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlmodel import col, select

from pms.channels.adapter import Link
from pms.channels.changes import Cell, Change, Record, Values, in_ranges, news
from pms.channels.connections import opened
from pms.channels.models import Connection, Product
from pms.channels.present import present
from pms.kernel.dates import today
from pms.kernel.db import Db, raw
from pms.kernel.outbox import record
from pms.properties.models import Property

LEASE_SECONDS = 120
_TAKE = """
update channel_connection set pushing_until = now() + make_interval(secs => %(seconds)s)
where id = %(id)s and archived_at is null and state in ('testing', 'live') and (pushing_until is null or pushing_until < now())
returning id
"""
_DUE = """
select organization_id, id, channel from channel_connection
where archived_at is null and state in ('testing', 'live') and (pushing_until is null or pushing_until < now()) order by id
"""
_SHOWN = (
    "select product_id, night, accepted, refused from channel_shown where product_id = any(%s) and night >= %s and night < %s"
)
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
  set refused = coalesce(s.refused, '{}') || excluded.refused, words = excluded.words
"""


@dataclass(frozen=True)
class Task:
    """What has to be said to a channel now, and how to reach it."""

    link: Link
    changes: Sequence[Change]


def take(db: Db, connection_id: UUID) -> bool:
    """Become the only one who sends to this connection, for `LEASE_SECONDS` at most; False when somebody else is, or nobody may.

    Whoever takes it again while holding it would wait for itself: give it back, or let it run out.
    """
    return raw(db).execute(_TAKE, {"id": connection_id, "seconds": LEASE_SECONDS}).fetchone() is not None


def give_back(db: Db, connection_id: UUID, rest: float = 0.0) -> None:
    """Let others send again, after `rest` seconds if the channel asked for some."""
    until = "update channel_connection set pushing_until = now() + make_interval(secs => %s) where id = %s"
    raw(db).later(until, (rest, connection_id))


def due(db: Db) -> list[tuple[UUID, UUID, str]]:
    """Every connection of every organization that may be sent to now, as (organization, connection, channel); for the relay."""
    return raw(db).execute(_DUE).fetchall()


def look(db: Db, connection_id: UUID, knows: frozenset[str], nights: int) -> Task:
    """What the channel has to be told about so many nights from today at the property on. Refuses as `present` does."""
    connection = db.one(Connection, connection_id)
    house = db.one(Property, connection.property_id)
    products, first = products_of(db, connection_id), today(house.timezone)
    now = present(db, connection, products, knows, first, nights)
    told = news(now, _records(db, products, first, nights))
    remote = {product.id: product.remote_id for product in products}
    link = Link(connection.remote_property, house.currency, opened(connection), remote)
    return Task(link, in_ranges(told))


def products_of(db: Db, connection_id: UUID) -> list[Product]:
    """What is mapped."""
    query = select(Product).where(Product.connection_id == connection_id).order_by(col(Product.id))
    return list(db.scalars(query))


def note(db: Db, changes: Sequence[Change], refused: Mapping[int, str]) -> None:
    """Keep what the channel took, and what it did not and why; `refused` by the place of the change."""
    taken = _by_cell(change for place, change in enumerate(changes) if place not in refused)
    not_taken = _by_cell(changes[place] for place in refused)
    words = {cell: said for place, said in refused.items() for cell in changes[place].cells}
    if taken:
        raw(db).later(_ACCEPTED, _columns(db, taken))
    if not_taken:
        raw(db).later(_REFUSED, {**_columns(db, not_taken), "words": [words[cell] for cell in not_taken]})


def refusals(db: Db, product_id: UUID, most: int = 20) -> list[tuple[date, str]]:
    """The first nights on which the channel refused something, and its words."""
    query = "select night, words from channel_shown where product_id = %s and refused is not null order by night limit %s"
    return raw(db).execute(query, (product_id, most)).fetchall()


def stop(db: Db, connection_id: UUID, words: str) -> None:
    """Send no more until somebody has looked at it, and tell everybody so."""
    connection = db.one(Connection, connection_id, lock=True)
    connection.state, connection.problem = "attention", words
    connection.version += 1
    after = {"state": connection.state, "problem": words}
    record(db, "channel_connection.stopped", "channel_connection", connection.id, connection.property_id, after=after)


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
