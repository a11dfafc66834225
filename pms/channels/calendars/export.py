"""Our side of a feed: the nights a unit (or every unit of a room type) is taken, as a calendar for a site to fetch.

A site is not told what came from it, nor what came back from any site as an echo of what it was told. No names, no prices.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple
from uuid import UUID, uuid5

from icalendar import Calendar, Event

from pms.channels.calendars.models import CalendarFeed
from pms.kernel.actor import DOOR, job_actor
from pms.kernel.dates import DAY, runs, today
from pms.kernel.db import Db, raw, work
from pms.kernel.encryption import token_hash
from pms.properties.models import Property, RoomType, Unit

BEFORE, AHEAD = timedelta(days=31), timedelta(days=731)
"""How far back and ahead sites are told."""
PULLED_EVERY = timedelta(minutes=5)
"""How exactly we remember when a site last asked."""
_STAYS = """
select n.stay_id, n.night from stay_night n
where n.unit_id = %(unit)s and n.live and n.night >= %(first)s and n.night < %(end)s and not exists (
  select from calendar_event e join calendar_feed f on f.id = e.feed_id
  where e.stay_id = n.stay_id and e.gone_at is null and n.night >= e.first_night and n.night < e.end_night
    and f.unit_id = %(unit)s and lower(f.name) = lower(%(name)s))
order by 1, 2
"""
_BLOCKS = """
select b.id, greatest(b.first_night, %(first)s), least(b.end_night, %(end)s) from block b
where b.unit_id = %(unit)s and b.kind = 'out_of_order' and b.lifted_at is null
  and b.first_night < %(end)s and b.end_night > %(first)s and not exists (
    select from calendar_event e join calendar_feed f on f.id = e.feed_id
    where e.block_id = b.id and (e.echo or lower(f.name) = lower(%(name)s)))
order by 2, 1
"""
_FULL = """
select d::date from generate_series(%(first)s::date, %(end)s::date - 1, interval '1 day') d
left join inventory_night i on i.room_type_id = %(type)s and i.night = d::date
where coalesce(i.capacity - i.sold - i.held - i.blocked,
               (select count(*) from unit u where u.room_type_id = %(type)s and u.archived_at is null)) <= 0
order by 1
"""


class Span(NamedTuple):
    """Nights [first, end) that a site may not sell; the UID stays the same while the stay or block behind it does."""

    uid: str
    first: date
    end: date
    sold: bool


@dataclass(frozen=True)
class File:
    """A calendar as it is served."""

    content: bytes
    etag: str


def calendar_file(token: str) -> File | None:
    """The calendar behind a secret token, always a whole one; None when no feed has it (any more)."""
    with work(DOOR) as db:
        query = "select organization_id, id from calendar_feed where token_hash = %s and archived_at is null"
        found = raw(db).execute(query, (token_hash(token),)).fetchone()
    if found is None:
        return None
    with work(job_actor(found[0], "calendar")) as db:
        feed = db.one(CalendarFeed, found[1])
        content = written(spans(db, feed), db.now)
        if feed.pulled_at is None or feed.pulled_at < db.now - PULLED_EVERY:
            raw(db).later("update calendar_feed set pulled_at = now() where id = %s", (feed.id,))
    return File(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def spans(db: Db, feed: CalendarFeed) -> list[Span]:
    """What this feed's site is told: the past month to two years ahead, in order. A unit out of use is never free."""
    here = today(db.one(Property, feed.property_id).timezone)
    window = {"first": here - BEFORE, "end": here + AHEAD, "name": feed.name, "unit": feed.unit_id, "type": feed.room_type_id}
    if _out_of_use(db, feed):
        return [_span(feed, feed.id, 0, here - BEFORE, here + AHEAD, False)]
    if feed.room_type_id:
        full = runs([night for (night,) in raw(db).execute(_FULL, window)])
        return [_span(feed, feed.room_type_id, first.toordinal(), first, end, False) for first, end in full]
    stays = groupby(raw(db).execute(_STAYS, window).fetchall(), key=lambda row: row[0])
    sold = [
        _span(feed, stay_id, place, first, end, True)
        for stay_id, nights in stays
        for place, (first, end) in enumerate(runs([night for _, night in nights]))
    ]
    closed = [_span(feed, block_id, 0, first, end, False) for block_id, first, end in raw(db).execute(_BLOCKS, window)]
    return sorted([*sold, *closed], key=lambda span: (span.first, span.uid))


def _out_of_use(db: Db, feed: CalendarFeed) -> bool:
    row = db.one(Unit, feed.unit_id) if feed.unit_id else db.one(RoomType, feed.room_type_id)
    return row.archived_at is not None


def _span(feed: CalendarFeed, of: UUID, place: int, first: date, end: date, sold: bool) -> Span:
    """The UID is made of the reservation's or block's id, and gives away neither."""
    return Span(f"{uuid5(feed.id, f'{of}/{place}').hex}@octaspace", first, end, sold)


def written(told: Iterable[Span], at: datetime) -> bytes:
    """The file: RFC 5545, folded at 75 octets. Stamped with the day only, so that the same nights are the same file."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Octaspace//Calendar 1.0//EN")
    calendar.add("calscale", "GREGORIAN")
    stamp = datetime.combine(at.astimezone(UTC).date(), time(), UTC)
    for span in told:
        event = Event()
        event.add("uid", span.uid)
        event.add("dtstamp", stamp)
        event.add("dtstart", span.first)
        event.add("dtend", max(span.end, span.first + DAY))
        event.add("summary", "Reserved" if span.sold else "Not available")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
