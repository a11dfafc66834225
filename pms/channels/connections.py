"""Connecting a property to a channel: credentials, what is mapped to what, and whether anything is sent."""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.lists import format_list
from sqlalchemy import func, text
from sqlmodel import col, select

from pms.channels.adapter import Adapter, Keep, Link
from pms.channels.adapters import ADAPTERS
from pms.channels.inbox import replay_unfinished
from pms.channels.models import Connection, Product
from pms.channels.turns import WAKE_CHANNELS, unsure
from pms.kernel.db import Db, raw
from pms.kernel.encryption import decrypt, encrypt
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound, Refusal
from pms.kernel.versions import refuse_stale
from pms.kernel.words import N_, known, translate
from pms.properties.models import Property, RoomType, Unit
from pms.rates.models import RatePlan
from pms.settings import settings

ID_MOST, CREDENTIALS_MOST = 100, 10_000
_OF_CONNECTION = "where product_id in (select id from channel_product where connection_id = %s)"
KEPT_BY = """
case when exists (select from channel_product p join channel_shown s on s.product_id = p.id
    where p.connection_id = c.id and s.refused is not null
      and s.night >= (select (now() at time zone timezone)::date from property where id = c.property_id)) then 'refused'
  when exists (select from channel_message m
    where m.connection_id = c.id and m.acknowledged_at is null and m.state = 'stuck') then 'stuck'
  when exists (select from channel_message m
    where m.connection_id = c.id and m.acknowledged_at is null and (m.state = 'stored' or m.receipt <> '')) then 'messages'
  when exists (select from channel_booking b where b.connection_id = c.id and b.status = 'asked') then 'asked'
  when exists (select from channel_report r where r.connection_id = c.id and r.state = 'waiting') then 'reports'
  else '' end
"""
"""What keeps a connection `c` from ending although all is closed there, as a word of SQL; '': nothing does."""
LAST_SOLD = timedelta(minutes=15)
"""For how long a channel that brings its bookings may bring what it sold before it took the closing: Airbnb holds a question's
rooms for as long, and Trip.com, which cannot be asked, brings again what had no answer."""
State = Literal["testing", "live", "paused"]


class AlreadyConnected(Refusal):
    """The property is connected to that channel: one at a time, so that nobody wonders which of two said what."""

    sentence = "This property is connected to {channel} already."
    status = 409


class ConnectedElsewhere(Refusal):
    """Another property of the organization is that property on the channel: both would take in its bookings."""

    sentence = "{remote_property} is connected to another property already. Disconnect it there first."
    status = 409
    field = "remote_property"


class AlreadyMapped(Refusal):
    """The channel's product, or ours, is mapped already."""

    sentence = "{remote_id} is mapped already."
    status = 409


class CredentialsMissing(BadInput):
    """The channel asks for more: all labels of one of the `ways`."""

    def __init__(self, ways: Sequence[Sequence[str]]) -> None:
        self.ways = ways
        super().__init__("credentials", N_("The channel asks for more: {missing}."), missing=alternatives(ways, "en"))

    def say(self, locale: str) -> str:
        """The labels too are said in the reader's language."""
        return translate(self.data["problem"], locale, missing=alternatives(self.ways, locale))


def alternatives(ways: Sequence[Sequence[str]], locale: str) -> str:
    """Sets of labels, of which one has to be complete, in words: "Client ID and Client secret, or API key"."""
    sets = [format_list([translate(label, locale) for label in way], locale=known(locale)) for way in ways]
    return reduce(lambda one, other: translate("{one}, or {other}", locale, one=one, other=other), sets)


def connect(db: Db, property_id: UUID, channel: str, remote_property: str, credentials: Mapping[str, str]) -> Connection:
    """Connect a property; nothing is sent for products nobody has mapped.

    Refuses `AlreadyConnected`, `ConnectedElsewhere`, `BadInput`, `NotFound`, `NotPermitted`.
    """
    db.actor.require("channel.manage", property_id)
    house = db.one(Property, property_id, lock=True)
    if house.archived_at:
        raise NotFound(what="property")
    adapter = adapter_of(channel)
    if _connected(db, property_id, channel):
        raise AlreadyConnected(channel=channel)
    remote = _tidy("remote_property", remote_property)
    _refuse_elsewhere(db, channel, remote)
    row = Connection(
        organization_id=db.organization_id,
        property_id=house.id,
        channel=channel,
        remote_property=remote,
        credentials=_sealed(adapter, credentials),
        fetch_at=db.now if adapter.poll_seconds else None,
        compare_at=next_comparison(house.timezone),
    )
    db.add(row)
    db.flush()
    after = {"channel": channel, "remote_property": row.remote_property}
    record(db, "channel_connection.made", "channel_connection", row.id, house.id, after=after)
    return row


def connection_of(db: Db, property_id: UUID, channel: str) -> Connection:
    """The property's connection to a channel. Refuses `NotFound`, `NotPermitted`."""
    db.actor.require("channel.manage", property_id)
    row = _connected(db, property_id, channel)
    if row is None:
        raise NotFound(what="channel connection")
    return row


def set_state(db: Db, connection_id: UUID, version: int, state: State) -> Connection:
    """Test, go live, or pause; what could not be done meanwhile is done at once.

    Refuses `BadInput`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    row = _held(db, connection_id)
    refuse_stale(db, row, version)
    if state not in ("testing", "live", "paused"):
        raise BadInput("state", "There is no such state.")
    _turn(db, row, state)
    return row


def _turn(db: Db, row: Connection, state: str) -> None:
    before = {"state": row.state}
    if "closing" in (state, row.state):  # nothing is true any more of what a turn under way is telling
        _look_again(db, row.id)
    row.state, row.problem, row.rest_until, row.swept_at = state, "", None, None
    row.hear_failures = row.tell_failures = 0
    row.currency_there, row.currency_at = "", None
    row.fetch_at = db.now if adapter_of(row.channel).poll_seconds else row.fetch_at
    row.version += 1
    after = {"state": state}
    record(db, "channel_connection.changed", "channel_connection", row.id, row.property_id, before=before, after=after)


def map_product(
    db: Db,
    connection_id: UUID,
    room_type_id: UUID,
    rate_plan_id: UUID | None,
    remote_id: str,
    unit_id: UUID | None = None,
) -> Product:
    """Say which of the channel's products is which of ours: a room type (or one unit of it), or with a plan a plan in it.

    What came in for it before is taken in anew (R-124). Refuses `AlreadyMapped`, `BadInput`, `NotFound`, `NotPermitted`.
    """
    row = _held(db, connection_id)
    remote = _tidy("remote_id", remote_id)
    _refuse_foreign(db, row.property_id, room_type_id, rate_plan_id, unit_id)
    same = (
        (col(Product.room_type_id) == room_type_id)
        & col(Product.rate_plan_id).is_not_distinct_from(rate_plan_id)
        & col(Product.unit_id).is_not_distinct_from(unit_id)
    )
    taken = select(Product).where(col(Product.connection_id) == row.id, (col(Product.remote_id) == remote) | same)
    if db.scalars(taken).first():
        raise AlreadyMapped(remote_id=remote)
    product = Product(
        organization_id=db.organization_id,
        connection_id=row.id,
        room_type_id=room_type_id,
        rate_plan_id=rate_plan_id,
        unit_id=unit_id,
        remote_id=remote,
    )
    db.add(product)
    db.flush()
    ours = {"room_type_id": room_type_id, "rate_plan_id": rate_plan_id, "unit_id": unit_id}
    after = {"remote_id": remote} | {name: str(id) if id else None for name, id in ours.items()}
    record(db, "channel_connection.mapped", "channel_connection", row.id, row.property_id, after=after)
    replay_unfinished(db, row.id)
    _look_again(db, row.id)
    return product


def unmap_product(db: Db, product_id: UUID) -> None:
    """Tell the channel nothing more of it: close it there first. Mapped again, it is told everything.

    Refuses `NotFound`, `NotPermitted`.
    """
    product = db.one(Product, product_id, lock=True)
    row = _held(db, product.connection_id)
    raw(db).later("delete from channel_shown where product_id = %s", (product.id,))
    raw(db).later("delete from channel_product where id = %s", (product.id,))
    _look_again(db, row.id)
    before = {"remote_id": product.remote_id}
    record(db, "channel_connection.unmapped", "channel_connection", row.id, row.property_id, before=before)
    db.expunge(product)


def change_credentials(db: Db, connection_id: UUID, version: int, credentials: Mapping[str, str]) -> Connection:
    """Other credentials; those not named stay. Refuses `BadInput`, `MovedMeanwhile`, `NotFound`, `NotPermitted`."""
    row = _held(db, connection_id)
    refuse_stale(db, row, version)
    row.credentials = _sealed(adapter_of(row.channel), opened(row) | dict(credentials))
    row.currency_there, row.currency_at = "", None
    row.version += 1
    record(db, "channel_connection.credentials_changed", "channel_connection", row.id, row.property_id)
    return row


def keep_credentials(db: Db, connection_id: UUID, renewed: Mapping[str, str], got_with: Mapping[str, Collection[str]]) -> None:
    """What the channel itself renewed, at once: a refresh token works once. Nobody's version moves by it. Where something else
    is stored by now than it was got with, somebody has agreed anew, and what was agreed before counts no more.
    """
    row = db.one(Connection, connection_id, lock=True)
    stored = opened(row)
    anew = any(stored.get(name) and stored[name] not in values for name, values in got_with.items())
    if not (row.archived_at or anew):
        row.credentials = encrypt(json.dumps(stored | dict(renewed)))


def close_and_disconnect(db: Db, connection_id: UUID, version: int) -> Connection:
    """Have every room of the nights told closed there; once the channel has taken that, the connection ends (`ended_if_closed`).
    Until then it is spoken to, and heard. Refuses `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    row = _held(db, connection_id)
    refuse_stale(db, row, version)
    _turn(db, row, "closing")
    forget_refusals(db, row)
    return row


def disconnect(db: Db, connection_id: UUID, version: int) -> None:
    """Speak to the channel no more, whatever it shows: it goes on selling that. Its bookings and messages stay. Refuses
    `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    row = _held(db, connection_id)
    refuse_stale(db, row, version)
    _end(db, row, closed=False)


def ended_if_closed(db: Db, connection_id: UUID) -> None:
    """End a connection that is closing, once the channel has taken all of it and has been heard after that, whole: what it sold
    until then is in the books, thanked for and reported. What it refuses, and a message that cannot be taken in, keep it:
    somebody has to look.
    """
    row = db.one(Connection, connection_id, lock=True)
    until = sold_until(row.channel, row.told_at or row.created_at)
    if row.state != "closing" or row.swept_at is None or row.hear_failures or db.now <= until:
        return
    adapter = adapter_of(row.channel)
    if adapter.poll_seconds and not (row.heard_at and row.heard_at > until):
        row.fetch_at = db.now
    elif adapter.offers_seconds and not (row.complete_at and row.complete_at > until):
        return  # its history is still to be read
    elif not _kept(db, row):
        _end(db, row, closed=True)


def sold_until(channel: str, told_at: datetime) -> datetime:
    """Until when something may come in that was sold there before it took the last word, said at that instant."""
    return told_at + LAST_SOLD if adapter_of(channel).brings else told_at


def _kept(db: Db, row: Connection) -> bool:
    (by,) = raw(db).execute(f"select {KEPT_BY} from channel_connection c where c.id = %s", (row.id,)).fetchone() or ("",)
    return bool(by)


def _end(db: Db, row: Connection, closed: bool) -> None:
    row.archived_at, row.credentials, row.version = db.now, encrypt("{}"), row.version + 1
    record(db, "channel_connection.ended", "channel_connection", row.id, row.property_id, after={"closed": closed})


def managed(db: Db, connection_id: UUID) -> Connection:
    """A connection that the actor manages. Refuses `NotFound`, `NotPermitted`."""
    row = db.one(Connection, connection_id)
    _refuse_unmanaged(db, row)
    return row


def compare_now(db: Db, connection_id: UUID) -> None:
    """Have the next turn compare what the channel shows with what it accepted. Refuses `NotFound`, `NotPermitted`."""
    row = _held(db, connection_id)
    row.compare_at = db.now
    record(db, "channel_connection.compare_asked", "channel_connection", row.id, row.property_id)


def tell_everything(db: Db, connection_id: UUID) -> None:
    """A full sync: whatever the channel accepted so far counts for nothing. Refuses `NotFound`, `NotPermitted`."""
    row = _held(db, connection_id)
    raw(db).later(f"update channel_shown set accepted = '{{}}', refused = null, words = '' {_OF_CONNECTION}", (row.id,))
    _look_again(db, row.id)
    record(db, "channel_connection.told_everything", "channel_connection", row.id, row.property_id)


def try_refused_again(db: Db, connection_id: UUID) -> None:
    """Send again what the channel refused, as it stands. Refuses `NotFound`, `NotPermitted`."""
    row = _held(db, connection_id)
    forget_refusals(db, row)
    _look_again(db, row.id)
    record(db, "channel_connection.tried_again", "channel_connection", row.id, row.property_id)


def try_now(db: Db, connection_id: UUID) -> None:
    """Speak to it at once, although it failed and was to be left alone for a while, and ask for its currency.

    Refuses `NotFound`, `NotPermitted`.
    """
    row = _held(db, connection_id)
    row.rest_until, row.currency_at = None, db.now
    row.fetch_at = db.now if adapter_of(row.channel).poll_seconds or row.hear_failures else row.fetch_at
    record(db, "channel_connection.tried_now", "channel_connection", row.id, row.property_id)
    raw(db).later(f"notify {WAKE_CHANNELS}")


def forget_refusals(db: Db, connection: Connection) -> None:
    """What the channel refused counts as never said."""
    query = f"update channel_shown set refused = null, words = '' {_OF_CONNECTION} and refused is not null"
    raw(db).later(query, (connection.id,))


def stop(db: Db, connection_id: UUID, words: str) -> None:
    """Speak to the channel no more until somebody has looked at it, and tell everybody so."""
    row = db.one(Connection, connection_id, lock=True)
    row.state, row.problem = "attention", words
    row.version += 1
    after = {"state": row.state, "problem": words}
    record(db, "channel_connection.stopped", "channel_connection", row.id, row.property_id, after=after)


def link_of(db: Db, connection: Connection, keep: Keep) -> Link:
    """How an adapter reaches the channel for this connection; `keep` is called with credentials the channel renewed."""
    house = db.one(Property, connection.property_id)
    query = select(Product, RoomType).where(Product.connection_id == connection.id, Product.room_type_id == RoomType.id)
    products = [(product, kind) for product, kind in db.execute(query)]
    return Link(
        remote_property=connection.remote_property,
        currency=house.currency,
        credentials=opened(connection),
        remote_ids={product.id: product.remote_id for product, _ in products},
        timezone=house.timezone,
        host=settings().channel_hosts.get(connection.channel, adapter_of(connection.channel).host).rstrip("/"),
        sleeps={product.id: _sleeps(kind) for product, kind in products},
        keep=keep,
    )


def adapter_of(channel: str) -> Adapter:
    """The channel's adapter. Refuses `BadInput`."""
    if channel not in ADAPTERS:
        raise BadInput("channel", "There is no such channel.")
    return ADAPTERS[channel]


def next_comparison(timezone: str) -> datetime:
    """The next instant in the quiet of the night at the property: some minute after two, so that not all come at once."""
    here = datetime.now(ZoneInfo(timezone))
    night = here.replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(minutes=random.randrange(120))
    return (night if night > here else night + timedelta(days=1)).astimezone(UTC)


def known_by(connection: Connection) -> frozenset[str]:
    """The fields the channel understands of this property."""
    return adapter_of(connection.channel).knows_of(opened(connection))


def opened(connection: Connection) -> dict[str, str]:
    """The credentials in the clear, for the adapter alone."""
    found: dict[str, str] = json.loads(decrypt(connection.credentials))
    return found


def that_ask(db: Db) -> list[tuple[UUID, UUID]]:
    """The (organization, connection)s of channels that ask before they sell, whether they are spoken to or not; as the relay."""
    asking = [name for name, adapter in ADAPTERS.items() if adapter.asks]
    return raw(db).execute("select organization_id, id from channel_connection where channel = any(%s)", (asking,)).fetchall()


def _connected(db: Db, property_id: UUID, channel: str) -> Connection | None:
    query = select(Connection).where(Connection.property_id == property_id, Connection.channel == channel)
    return db.scalars(query.where(col(Connection.archived_at).is_(None))).first()


def _refuse_elsewhere(db: Db, channel: str, remote_property: str) -> None:
    """One at a time: of two who name the same property at once, the second sees what the first did."""
    key = {"key": f"{db.organization_id} {channel} {remote_property.lower()}"}
    db.execute(text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), key)
    same = func.lower(Connection.remote_property) == remote_property.lower()
    query = select(Connection.id).where(Connection.channel == channel, same, col(Connection.archived_at).is_(None))
    if db.scalars(query).first():
        raise ConnectedElsewhere(remote_property=remote_property)


def _held(db: Db, connection_id: UUID) -> Connection:
    row = db.one(Connection, connection_id, lock=True)
    _refuse_unmanaged(db, row)
    return row


def _refuse_unmanaged(db: Db, row: Connection) -> None:
    if row.archived_at or not db.actor.sees(row.property_id):
        raise NotFound(what="channel connection")
    db.actor.require("channel.manage", row.property_id)


def _tidy(field: str, value: str) -> str:
    tidy = value.strip()
    if not 0 < len(tidy) <= ID_MOST or "\x00" in tidy:
        raise BadInput(field, "Say what the channel calls it.")
    return tidy


def _sleeps(kind: RoomType) -> tuple[int, int, int]:
    return (min(2, kind.adults), kind.adults, kind.adults + kind.children)


def _look_again(db: Db, connection_id: UUID) -> None:
    unsure(db, connection_id)
    raw(db).later("update channel_connection set rest_until = null where id = %s", (connection_id,))


def _refuse_foreign(db: Db, property_id: UUID, room_type_id: UUID, rate_plan_id: UUID | None, unit_id: UUID | None) -> None:
    if db.one(RoomType, room_type_id).property_id != property_id:
        raise NotFound(what="room type")
    if rate_plan_id and db.one(RatePlan, rate_plan_id).property_id != property_id:
        raise NotFound(what="rate plan")
    if unit_id and db.one(Unit, unit_id).room_type_id != room_type_id:
        raise NotFound(what="unit")


def _sealed(adapter: Adapter, credentials: Mapping[str, str]) -> str:
    """Sealed, each of those the channel asks for and whatever it gave us itself; none endless."""
    told = {name: value.strip() for name, value in credentials.items() if value.strip()}
    text = json.dumps(told)
    missing = [one.label for one in adapter.credentials if one.needed and one.name not in told]
    if missing:
        raise CredentialsMissing([missing])
    if adapter.ways and not any(told.keys() >= set(way) for way in adapter.ways):
        labels = {one.name: one.label for one in adapter.credentials}
        raise CredentialsMissing([[labels[name] for name in way] for way in adapter.ways])
    odd = [one.label for one in adapter.credentials if one.choices and told.get(one.name, one.choices[0]) not in one.choices]
    if odd:
        raise BadInput("credentials", "Choose one of the words offered: {odd}.", odd=", ".join(odd))
    if len(text) > CREDENTIALS_MOST or "\\u0000" in text:
        raise BadInput("credentials", "These are no credentials.")
    return encrypt(text)
