"""Calendars of sites: added to a unit, listed with what there is to tell of them, paused, removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from cryptography.fernet import InvalidToken
from sqlmodel import col, select

from pms.channels.calendars.closed import let_go
from pms.channels.calendars.fetch import checked
from pms.channels.calendars.models import CalendarEvent, CalendarFeed
from pms.channels.calendars.said import Note, Unread, note
from pms.inventory.models import Block
from pms.kernel.dates import now, today
from pms.kernel.db import Db, raw
from pms.kernel.encryption import decrypt, encrypt, new_token, token_hash
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound, Refusal
from pms.kernel.versions import refuse_stale
from pms.kernel.words import N_
from pms.properties.models import Property, RoomType, Unit
from pms.settings import settings

NAME_MOST, URL_MOST = 50, 1000
State = Literal["live", "paused"]


class FeedThere(Refusal):
    """That unit has a calendar of that name: two would tell each other's nights back."""

    sentence = "This unit has a calendar named {name} already."
    status = 409


@dataclass(frozen=True)
class FeedLine:
    """A feed as people see it: of theirs only the site's name and host, never the link. `of` is the unit or room type."""

    id: UUID
    version: int
    name: str
    of: str
    host: str
    state: str
    good_at: datetime | None
    pulled_at: datetime | None
    problem: Note | None
    notes: tuple[Note, ...]


def add_feed(db: Db, name: str, unit_id: UUID | None = None, room_type_id: UUID | None = None, url: str = "") -> CalendarFeed:
    """A calendar between a unit and a site: `url` is what we fetch, "" for telling only; a room type is told only.

    Refuses `FeedThere`, `BadInput`, `NotFound`, `NotPermitted`.
    """
    row = db.one(Unit, unit_id, lock=True) if unit_id else db.one(RoomType, room_type_id, lock=True)
    if row.archived_at or not db.actor.sees(row.property_id) or (unit_id and room_type_id):
        raise NotFound(what="unit" if unit_id else "room type")
    db.actor.require("channel.manage", row.property_id)
    token, tidy = new_token(), _tidy(name)
    feed = CalendarFeed(
        organization_id=db.organization_id,
        property_id=row.property_id,
        unit_id=unit_id,
        room_type_id=room_type_id,
        name=tidy,
        url=_sealed(url, room_type_id),
        token=encrypt(token),
        token_hash=token_hash(token),
        due_at=db.now if url.strip() else None,
    )
    _refuse_twice(db, feed)
    db.add(feed)
    db.flush()
    after = {"name": tidy, "of": row.name, "reads": bool(feed.url)}
    record(db, "calendar_feed.added", "calendar_feed", feed.id, feed.property_id, after=after)
    return feed


def link_of(feed: CalendarFeed) -> str:
    """The address to give to the site; whoever has it can read which nights are taken."""
    return f"{settings().public_url}/calendars/{decrypt(feed.token)}.ics"


def feeds_of(db: Db, property_id: UUID) -> list[FeedLine]:
    """The calendars of a property, by unit and name. Refuses `NotFound`, `NotPermitted`."""
    house = db.one(Property, property_id)
    db.actor.require("channel.manage", house.id)
    query = select(CalendarFeed).where(CalendarFeed.property_id == house.id, col(CalendarFeed.archived_at).is_(None))
    return sorted((_line(db, feed, house) for feed in db.scalars(query)), key=lambda line: (line.of, line.name, line.id))


def set_feed_state(db: Db, feed_id: UUID, version: int, state: State) -> CalendarFeed:
    """Fetch it, or leave it alone; what it has brought stays, and the site is told all the same.

    Refuses `BadInput`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    feed = _held(db, feed_id, version)
    if state not in ("live", "paused"):
        raise BadInput("state", "There is no such state.")
    before = {"state": feed.state}
    feed.state, feed.version = state, feed.version + 1
    feed.due_at = db.now if feed.url else None
    record(db, "calendar_feed.changed", "calendar_feed", feed.id, feed.property_id, before=before, after={"state": state})
    return feed


def believe_empty(db: Db, feed_id: UUID, version: int) -> CalendarFeed:
    """A person says that the site's calendar is empty indeed: what it listed may go, as with any other file.

    Refuses `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    feed = _held(db, feed_id, version)
    feed.believe_empty, feed.due_at, feed.version = True, db.now if feed.url else None, feed.version + 1
    record(db, "calendar_feed.believed_empty", "calendar_feed", feed.id, feed.property_id)
    return feed


def remove_feed(db: Db, feed_id: UUID, version: int) -> None:
    """Forget a site: its closed nights are free again, its reservations stay, our link is void.

    Refuses `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    feed = _held(db, feed_id, version)
    here = today(db.one(Property, feed.property_id).timezone)
    runs = select(CalendarEvent).where(CalendarEvent.feed_id == feed.id, CalendarEvent.kind == "block")
    for row in db.scalars(runs).all():
        let_go(db, row, here)
    feed.archived_at, feed.version = now(), feed.version + 1
    db.flush()
    record(db, "calendar_feed.removed", "calendar_feed", feed.id, feed.property_id, before={"name": feed.name})


def _held(db: Db, feed_id: UUID, version: int) -> CalendarFeed:
    feed = db.one(CalendarFeed, feed_id, lock=True)
    if feed.archived_at or not db.actor.sees(feed.property_id):
        raise NotFound(what="calendar feed")
    db.actor.require("channel.manage", feed.property_id)
    refuse_stale(db, feed, version)
    return feed


def _tidy(name: str) -> str:
    tidy = name.strip()
    if not 0 < len(tidy) <= NAME_MOST or "\x00" in tidy:
        raise BadInput("name", "Say which site it is, in 50 letters at most.")
    return tidy


def _sealed(url: str, room_type_id: UUID | None) -> str:
    """The link, sealed. Refuses `BadInput` for one that may not be asked, and for one of a room type."""
    link = url.strip()
    if not link:
        return ""
    if room_type_id:
        raise BadInput("url", "A calendar that is read belongs to one unit.")
    if len(link) > URL_MOST:
        raise BadInput("url", "This is no link to a calendar.")
    try:
        checked(link)
    except Unread as no:
        raise BadInput("url", _SENTENCES.get(no.note.key, "This is no link to a calendar.")) from no
    return encrypt(link)


_SENTENCES = {"not_https": N_("The link must begin with https://.")}


def _refuse_twice(db: Db, feed: CalendarFeed) -> None:
    same = select(CalendarFeed).where(
        CalendarFeed.unit_id == feed.unit_id,
        CalendarFeed.room_type_id == feed.room_type_id,
        col(CalendarFeed.archived_at).is_(None),
    )
    if any(other.name.casefold() == feed.name.casefold() for other in db.scalars(same)):
        raise FeedThere(name=feed.name)


def _line(db: Db, feed: CalendarFeed, house: Property) -> FeedLine:
    of = db.one(Unit, feed.unit_id) if feed.unit_id else db.one(RoomType, feed.room_type_id)
    return FeedLine(
        id=feed.id,
        version=feed.version,
        name=feed.name,
        of=of.name,
        host=_host(feed),
        state=feed.state,
        good_at=feed.good_at,
        pulled_at=feed.pulled_at,
        problem=Note(*feed.problem) if feed.problem else None,
        notes=(*(Note(*one) for one in feed.notes), *_matters(db, feed, house)),
    )


def _host(feed: CalendarFeed) -> str:
    try:
        return checked(decrypt(feed.url)).host if feed.url else ""
    except (InvalidToken, Unread):  # sealed with another key, or no longer allowed: the feed's own trouble says so
        return "?"


_STAYS = """
select case when %(named)s then coalesce(nullif(concat_ws(' ', g.first_name, g.last_name), ''), r.code) else r.code end,
       e.first_night, e.end_night, e.missing, s.status,
       exists (select from stay_night n where n.stay_id = s.id and n.live and n.unit_id is null)
from calendar_event e join stay s on s.id = e.stay_id
join reservation r on r.id = s.reservation_id join guest g on g.id = r.guest_id
where e.feed_id = %(feed)s and e.kind = 'reservation' and e.gone_at is null and e.end_night > %(today)s
order by e.first_night, e.id
"""


def _matters(db: Db, feed: CalendarFeed, house: Property) -> list[Note]:
    """What of the feed's entries wants a look now: it follows from how things stand, and goes away by itself."""
    here = today(house.timezone)
    keys = {"feed": feed.id, "today": here, "named": db.actor.may("guest.view", house.id)}
    found: list[Note] = []
    for name, first, end, missing, status, unassigned in raw(db).execute(_STAYS, keys):
        told = {"name": name, "first": first, "end": end}
        if status == "cancelled" and not missing:
            found.append(note("cancelled_here", **told))
        elif status in ("tentative", "confirmed", "checked_in"):
            found += [note("absent", **told)] if missing and first <= here else []
            found += [note("unassigned", **told)] if unassigned else []
    return found + _closed_matters(db, feed, house)


def _closed_matters(db: Db, feed: CalendarFeed, house: Property) -> list[Note]:
    query = select(CalendarEvent, Block.lifted_at).outerjoin(Block, col(Block.id) == CalendarEvent.block_id)  # type: ignore[call-overload]
    mine = (CalendarEvent.feed_id == feed.id, CalendarEvent.kind == "block", CalendarEvent.end_night > today(house.timezone))
    rows: Sequence[tuple[CalendarEvent, datetime | None]] = db.execute(query.where(*mine)).all()
    found: list[Note] = []
    for row, lifted in sorted(rows, key=lambda pair: pair[0].first_night):
        told = {"first": row.first_night, "end": row.end_night, "since": row.since.date()}
        if lifted:
            found.append(note("lifted", **told))
        elif row.echo:
            found.append(note("ghost" if row.block_id else "echo", **told))
    return found
