"""What channels said, kept as it came, each revision once; and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from pms.channels.adapter import Received
from pms.channels.incoming import keepable
from pms.channels.models import Connection, StoredMessage
from pms.channels.redact import redacted
from pms.channels.wire import NAMELESS
from pms.kernel.db import Db, raw
from pms.kernel.encryption import decrypt, encrypt
from pms.kernel.ids import new_id
from pms.kernel.outbox import record
from pms.kernel.refusals import NotFound

ID_MOST, WORDS_MOST = 200, 500
_STORE = """
insert into channel_message (id, organization_id, connection_id, booking, revision, sealed, receipt, state, words)
values (%s, %s, %s, %s, %s, %s, %s, 'stored', '')
on conflict (connection_id, booking, revision) do update set acknowledged_at = null, receipt = excluded.receipt
"""
_STORE_NAMELESS = """
insert into channel_message (id, organization_id, connection_id, booking, revision, sealed, receipt, state, words)
select w.id, w.organization, w.connection, w.booking,
       w.revision || coalesce('.' || nullif((select count(*) from channel_message m
         where m.connection_id = w.connection and m.booking = w.booking), 0)::text, ''), w.sealed, w.receipt, 'stored', ''
from (select %s::uuid, %s::uuid, %s::uuid, %s::text, %s::text, %s::text, %s::text)
  as w(id, organization, connection, booking, revision, sealed, receipt)
where not exists (select from (select revision from channel_message m where m.connection_id = w.connection
  and m.booking = w.booking order by number desc limit 1) as last where split_part(last.revision, '.', 1) = w.revision)
on conflict (connection_id, booking, revision) do nothing
"""
_DONE_WITH = ("applied", "attention", "overtaken", "seen")
"""In the books, or taken over by a later revision or a person: the channel need not keep it."""


@dataclass(frozen=True)
class Waiting:
    """A message to be handled, opened."""

    id: UUID
    number: int
    booking: str
    revision: str
    text: str
    state: str


def lock(db: Db, connection_id: UUID) -> None:
    """Before any of its messages is touched, and before any of its bookings: whoever has a turn at the connection holds its row
    first, and so does everybody, or two of them wait for each other.
    """
    raw(db).execute("select from channel_connection where id = %s for no key update", (connection_id,))


def store(db: Db, connection_id: UUID, received: Sequence[Received]) -> list[UUID]:
    """Keep them, in this order; what came before is not kept twice, but thanked for again: the channel has not heard our thanks.
    Card numbers and secrets are taken out first. The ids under which they are kept, if they are new.
    """
    ids = [new_id() for _ in received]
    for id, one in zip(ids, received, strict=True):
        sealed = encrypt(redacted(keepable(one.text)))
        booking, revision = _short(one.booking), _short(one.revision)
        values = (id, db.organization_id, connection_id, booking, revision, sealed, keepable(one.receipt))
        raw(db).later(_STORE_NAMELESS if revision.startswith(NAMELESS) else _STORE, values)
    return ids


def waiting(db: Db, connection_id: UUID) -> list[UUID]:
    """The messages nobody has handled yet, in the order they came."""
    query = "select id from channel_message where connection_id = %s and state = 'stored' order by number"
    return [id for (id,) in raw(db).execute(query, (connection_id,))]


def brought(db: Db, connection_id: UUID, received: Sequence[Received]) -> list[UUID]:
    """The stored messages of what a channel brought, in its order; one that got stuck before is to be handled once more."""
    found = []
    for one in received:
        key = (connection_id, _short(one.booking), _short(one.revision))
        name = "split_part(revision, '.', 1)" if key[2].startswith(NAMELESS) else "revision"
        this = f"where connection_id = %s and booking = %s and {name} = %s"
        raw(db).later(f"update channel_message set state = 'stored' {this} and state = 'stuck'", key)
        newest = f"select id from channel_message {this} order by number desc limit 1"
        found += [id for (id,) in raw(db).execute(newest, key)]
    return found


def open_message(db: Db, message_id: UUID) -> Waiting:
    """Lock and open it."""
    row = db.one(StoredMessage, message_id, lock=True)
    assert row.number is not None
    return Waiting(row.id, row.number, row.booking, row.revision, decrypt(row.sealed), row.state)


def close(db: Db, message_id: UUID, state: str, words: str = "") -> str:
    """Note what became of it, and tell people what they have to see to; the booking it is about."""
    row = db.one(StoredMessage, message_id)
    row.state, row.words, row.handled_at = state, words[:WORDS_MOST], db.now
    connection = db.one(Connection, row.connection_id)
    after = {"state": state, "words": row.words, "booking": row.booking}
    record(db, "channel_message.handled", "channel_message", row.id, connection.property_id, after=after)
    return row.booking


def unacknowledged(db: Db, connection_id: UUID) -> list[tuple[UUID, str]]:
    """(message, receipt) of what is done with and the channel has not heard so."""
    query = """
        select id, receipt from channel_message
        where connection_id = %s and acknowledged_at is null and receipt <> '' and state = any(%s) order by number
    """
    return raw(db).execute(query, (connection_id, list(_DONE_WITH))).fetchall()


def acknowledged(db: Db, message_ids: Sequence[UUID]) -> None:
    """The channel knows that we have them."""
    raw(db).later("update channel_message set acknowledged_at = now() where id = any(%s)", (list(message_ids),))


def replay(db: Db, message_id: UUID) -> None:
    """Have it handled once more, as if it came now. Refuses `NotFound`, `NotPermitted`."""
    row = _held(db, message_id)
    row.state, row.words = "stored", ""
    _hear_soon(db, row.connection_id)
    record(db, "channel_message.replayed", "channel_message", row.id, db.one(Connection, row.connection_id).property_id)


def see_to(db: Db, message_id: UUID) -> None:
    """Somebody has seen to what could not be taken in: the channel is thanked for it, and it is not taken in when it comes again.
    What became of it meanwhile stays. Refuses `NotFound`, `NotPermitted`.
    """
    row = _held(db, message_id)
    if row.state != "stuck":
        return
    row.state, row.handled_at = "seen", db.now
    _hear_soon(db, row.connection_id)
    record(db, "channel_message.seen_to", "channel_message", row.id, db.one(Connection, row.connection_id).property_id)


def _held(db: Db, message_id: UUID) -> StoredMessage:
    """A message that the actor may do something with, locked. Refuses `NotFound`, `NotPermitted`."""
    connection = db.one(Connection, db.one(StoredMessage, message_id).connection_id)
    if not db.actor.sees(connection.property_id):
        raise NotFound(what="channel message")
    db.actor.require("channel.manage", connection.property_id)
    lock(db, connection.id)
    return db.one(StoredMessage, message_id, lock=True)


def _hear_soon(db: Db, connection_id: UUID) -> None:
    raw(db).later("update channel_connection set fetch_at = now() where id = %s", (connection_id,))


def replay_unfinished(db: Db, connection_id: UUID) -> int:
    """Have everything handled again that somebody had to see to, because what is mapped changed (R-124); how many."""
    lock(db, connection_id)
    query = """
        update channel_message set state = 'stored', words = '' where connection_id = %s and state in ('attention', 'stuck')
        returning id
    """
    count = len(raw(db).execute(query, (connection_id,)).fetchall())
    if count:
        _hear_soon(db, connection_id)
    return count


def settled(db: Db, connection_id: UUID, booking: str, until: datetime) -> None:
    """Somebody has seen to the booking as it is since `until`: the messages it had then are done with, and not taken in anew over
    what was done; of one that came later, and changed nothing, nobody has heard. For those that nobody understood a person has
    taken over, and the channel is thanked now.
    """
    query = """
        update channel_message set state = case state when 'stuck' then 'seen' else 'applied' end
        where connection_id = %s and booking = %s and state in ('attention', 'stuck') and received_at <= %s returning state
    """
    states = raw(db).execute(query, (connection_id, _short(booking), until)).fetchall()
    if ("seen",) in states:
        _hear_soon(db, connection_id)


def overtake(db: Db, connection_id: UUID, message: Waiting) -> None:
    """What came of its booking before it and nobody understood matters no more: this one, which somebody did, says all of it."""
    query = """
        update channel_message set state = 'overtaken'
        where connection_id = %s and booking = %s and number < %s and state = 'stuck'
    """
    if message.booking:
        raw(db).later(query, (connection_id, message.booking, message.number))


def message_text(db: Db, message_id: UUID) -> str:
    """What it said. Refuses `NotFound`, `NotPermitted`."""
    row = db.one(StoredMessage, message_id)
    connection = db.one(Connection, row.connection_id)
    if not db.actor.sees(connection.property_id):
        raise NotFound(what="channel message")
    db.actor.require("channel.manage", connection.property_id)
    db.actor.require("guest.view", connection.property_id)
    return decrypt(row.sealed)


def latest(db: Db, connection_id: UUID, most: int = 100) -> list[StoredMessage]:
    """The last messages, newest first."""
    query = select(StoredMessage).where(StoredMessage.connection_id == connection_id)
    return list(db.scalars(query.order_by(col(StoredMessage.number).desc()).limit(most)))


def _short(id: str) -> str:
    return keepable(id)[:ID_MOST]
