"""Calendars of sites: added to a unit, read at once, given another link, paused, removed."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from sqlmodel import col, select

from pms.channels.calendars.closed import let_go
from pms.channels.calendars.fetch import checked
from pms.channels.calendars.models import CalendarEvent, CalendarFeed
from pms.channels.calendars.said import Unread
from pms.kernel.dates import now, today
from pms.kernel.db import Db
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


class NothingToRead(Refusal):
    """It has no link of theirs, or is paused."""

    sentence = "This calendar is paused or has no link to read."
    status = 409


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


def export_link(db: Db, feed_id: UUID) -> str:
    """Our side of it, for who gives it to the site. Refuses `NotFound`, `NotPermitted`."""
    return link_of(_managed(db, feed_id))


def link_of(feed: CalendarFeed) -> str:
    """The address to give to the site; whoever has it can read which nights are taken."""
    return f"{settings().public_url}/calendars/{decrypt(feed.token)}.ics"


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


def change_url(db: Db, feed_id: UUID, version: int, url: str) -> CalendarFeed:
    """The site has another link now; "" for telling only. What the old one brought stays until the new one says otherwise.

    Refuses `BadInput`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    feed = _held(db, feed_id, version)
    feed.url = _sealed(url, feed.room_type_id)
    feed.etag, feed.digest, feed.problem, feed.good_in_a_row, feed.bad_in_a_row = "", "", None, 0, 0
    feed.due_at, feed.version = db.now if feed.url else None, feed.version + 1
    after = {"reads": bool(feed.url)}
    record(db, "calendar_feed.link_changed", "calendar_feed", feed.id, feed.property_id, after=after)
    return feed


def renew_link(db: Db, feed_id: UUID, version: int) -> CalendarFeed:
    """Our link has come into wrong hands: another one, and the old one is void at once, for the site too.

    Refuses `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    feed, token = _held(db, feed_id, version), new_token()
    feed.token, feed.token_hash, feed.version = encrypt(token), token_hash(token), feed.version + 1
    record(db, "calendar_feed.link_renewed", "calendar_feed", feed.id, feed.property_id)
    return feed


def ask_to_read(db: Db, feed_id: UUID) -> CalendarFeed:
    """Have it read at once, instead of when its turn comes. Refuses `NothingToRead`, `NotFound`, `NotPermitted`."""
    feed = _managed(db, feed_id, lock=True)
    if not feed.url or feed.state != "live":
        raise NothingToRead()
    feed.due_at = db.now
    record(db, "calendar_feed.read_asked", "calendar_feed", feed.id, feed.property_id)
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
    feed = _managed(db, feed_id, lock=True)
    refuse_stale(db, feed, version)
    return feed


def _managed(db: Db, feed_id: UUID, lock: bool = False) -> CalendarFeed:
    feed = db.one(CalendarFeed, feed_id, lock=lock)
    if feed.archived_at or not db.actor.sees(feed.property_id):
        raise NotFound(what="calendar feed")
    db.actor.require("channel.manage", feed.property_id)
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
