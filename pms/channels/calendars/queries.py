"""What people are shown of calendars: three queries, however many there are; nobody sees a property they do not work in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.fernet import InvalidToken

from pms.channels.calendars.fetch import checked
from pms.channels.calendars.models import CalendarFeed
from pms.channels.calendars.said import WANTED, Note, Unread, note
from pms.kernel.db import Db, raw
from pms.kernel.encryption import decrypt
from pms.kernel.refusals import NotFound
from pms.kernel.words import translate
from pms.properties.models import Property

ALARM_AFTER = 4
"""Readings in a row that brought nothing until somebody has to look, as for connections: about an hour and a half."""
FOR_GOOD = ("empty", "unit_gone", "sealed")
"""Trouble that no other reading mends."""

_TONIGHT = "(now() at time zone h.timezone)::date"
_MINE = """
f.archived_at is null and (%(houses)s::uuid[] is null or f.property_id = any(%(houses)s))
  and (%(house)s::uuid is null or f.property_id = %(house)s) and (%(feed)s::uuid is null or f.id = %(feed)s)
"""
_FEEDS = f"""
select f.id, f.version, f.property_id, h.name, h.timezone, f.name, coalesce(u.name, t.name), f.unit_id is null, f.url, f.state,
  f.created_at, f.fetched_at, f.good_at, f.pulled_at, f.bad_in_a_row, f.problem, f.notes, held.stays, held.blocks
from calendar_feed f join property h on h.id = f.property_id
left join unit u on u.id = f.unit_id left join room_type t on t.id = f.room_type_id
left join lateral (
  select count(*) filter (where e.kind = 'reservation' and s.status in ('tentative', 'confirmed', 'checked_in')) as stays,
    count(*) filter (where e.block_id is not null and b.lifted_at is null) as blocks
  from calendar_event e left join block b on b.id = e.block_id left join stay s on s.id = e.stay_id
  where e.feed_id = f.id and e.gone_at is null and e.end_night > {_TONIGHT}) held on true
where {_MINE} order by h.position, h.id, coalesce(u.name, t.name), f.name, f.id
"""
_STAYS = f"""
select f.id, f.property_id, nullif(concat_ws(' ', g.first_name, g.last_name), ''), r.code, e.first_night, e.end_night, e.missing,
  s.status, e.first_night <= {_TONIGHT}, exists (select from stay_night n where n.stay_id = s.id and n.live and n.unit_id is null)
from calendar_event e join calendar_feed f on f.id = e.feed_id join property h on h.id = f.property_id
join stay s on s.id = e.stay_id join reservation r on r.id = s.reservation_id join guest g on g.id = r.guest_id
where e.kind = 'reservation' and e.gone_at is null and e.end_night > {_TONIGHT} and {_MINE} order by e.first_night, e.id
"""
_CLOSED = f"""
select f.id, e.first_night, e.end_night, e.since::date, e.echo, e.block_id is not null, b.lifted_at is not null
from calendar_event e join calendar_feed f on f.id = e.feed_id join property h on h.id = f.property_id
left join block b on b.id = e.block_id
where e.kind = 'block' and (e.echo or b.lifted_at is not null) and e.end_night > {_TONIGHT} and {_MINE}
order by e.first_night, e.id
"""


@dataclass(frozen=True)
class FeedLine:
    """A feed as people see it: of theirs only the site's name and host, never the link. `of` is the unit, or the room type
    that is only told (`told_only`). `stays` and `blocks` count what it holds from tonight on, instants are UTC.
    """

    id: UUID
    version: int
    property_id: UUID
    house: str
    timezone: str
    name: str
    of: str
    told_only: bool
    host: str
    state: str
    created_at: datetime
    fetched_at: datetime | None
    good_at: datetime | None
    pulled_at: datetime | None
    bad_in_a_row: int
    problem: Note | None
    notes: tuple[Note, ...]
    stays: int
    blocks: int

    @property
    def fails(self) -> bool:
        """Whether reading it is in trouble that does not pass by itself."""
        lasts = self.problem is not None and (self.problem.key in FOR_GOOD or self.bad_in_a_row >= ALARM_AFTER)
        return lasts and self.state == "live"

    @property
    def needs(self) -> bool:
        """Whether somebody has to see to it."""
        return self.fails or any(one.key in WANTED for one in self.notes)


def feeds_of(db: Db, property_id: UUID) -> list[FeedLine]:
    """The calendars of a property, by unit and name. Refuses `NotFound`, `NotPermitted`."""
    house = db.one(Property, property_id)
    db.actor.require("channel.manage", house.id)
    return _lines(db, house=house.id)


def feeds(db: Db) -> list[FeedLine]:
    """The calendars of every property the actor works in. Refuses `NotPermitted`."""
    db.actor.require("channel.manage")
    return _lines(db)


def feed(db: Db, feed_id: UUID) -> FeedLine:
    """One of them. Refuses `NotFound`, `NotPermitted`."""
    row = db.one(CalendarFeed, feed_id)
    if row.archived_at or not db.actor.sees(row.property_id):
        raise NotFound(what="calendar feed")
    db.actor.require("channel.manage", row.property_id)
    return _lines(db, feed=row.id)[0]


def _lines(db: Db, house: UUID | None = None, feed: UUID | None = None) -> list[FeedLine]:
    mine = db.actor.property_ids
    keys = {"houses": None if mine is None else list(mine), "house": house, "feed": feed}
    rows = raw(db).execute(_FEEDS, keys).fetchall()
    matters = _matters(db, keys) if rows else {}
    return [_line(db, row, matters.get(row[0], ())) for row in rows]


def _line(db: Db, row: tuple[Any, ...], matters: Sequence[Note]) -> FeedLine:
    url, problem, notes = row[8], row[15], row[16]
    said = (*(_sayable(db, Note(*one)) for one in notes), *matters)
    values = [*row[:8], _host(url), *row[9:15], Note(*problem) if problem else None, said, *row[17:]]
    return FeedLine(*values)


def _sayable(db: Db, said: Note) -> Note:
    """What was noted when it was read, without the guest's name for who may not see guests."""
    if "name" not in said.data or db.actor.may("guest.view"):
        return said
    return Note(said.key, said.data | {"name": translate("Somebody", db.actor.locale)})


def _host(url: str) -> str:
    try:
        return checked(decrypt(url)).host if url else ""
    except (InvalidToken, Unread):  # sealed with another key, or no longer allowed: the feed's own trouble says so
        return "?"


def _matters(db: Db, keys: dict[str, Any]) -> dict[UUID, list[Note]]:
    """What of each feed's entries wants a look now: it follows from how things stand, and goes away by itself."""
    found: dict[UUID, list[Note]] = defaultdict(list)
    for feed_id, house, guest, code, first, end, missing, status, begun, unassigned in raw(db).execute(_STAYS, keys):
        named = (db.actor.may("guest.view", house) and guest) or code
        told = {"name": named, "first": first, "end": end}
        if status == "cancelled" and not missing:
            found[feed_id].append(note("cancelled_here", **told))
        elif status in ("tentative", "confirmed", "checked_in"):
            found[feed_id] += [note("absent", **told)] if missing and begun else []
            found[feed_id] += [note("unassigned", **told)] if unassigned else []
    for feed_id, first, end, since, echo, blocked, lifted in raw(db).execute(_CLOSED, keys):
        key = "lifted" if lifted else "ghost" if echo and blocked else "echo"
        found[feed_id].append(note(key, first=first, end=end, since=since))
    return found
