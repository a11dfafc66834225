"""One feed fetched: what its site lists now, made true here. Nothing was learnt: nothing changes, and it is told.

Each reservation is a transaction of its own, so that one in trouble does not hold up the others. Whatever is interrupted, is
found again by the next fetch: what the feed's events say is compared, not remembered.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from cryptography.fernet import InvalidToken
from sqlmodel import col, select

from pms.channels.calendars.alarm import tell_need
from pms.channels.calendars.bookings import book_entry, call_off, change_entry, come_back
from pms.channels.calendars.closed import closed_of, follow_closed, make_way
from pms.channels.calendars.export import spans
from pms.channels.calendars.feeds import ask_to_read
from pms.channels.calendars.fetch import download
from pms.channels.calendars.match import FETCHES, Pairs, is_ours, moved, paired
from pms.channels.calendars.models import CalendarEvent, CalendarFeed
from pms.channels.calendars.read import Entry, Read, read
from pms.channels.calendars.said import Note, Unread, note
from pms.inventory.claim import SoldOut
from pms.kernel import logs
from pms.kernel.actor import Actor, job_actor
from pms.kernel.dates import nights, today
from pms.kernel.db import Db, raw, work
from pms.kernel.encryption import decrypt
from pms.kernel.outbox import record
from pms.kernel.refusals import Refusal
from pms.properties.models import Property, Unit
from pms.reservations.models import Stay
from pms.reservations.nights import UnitTaken

EVERY = timedelta(minutes=15)
JITTER = 0.15
"""Of `EVERY`, up or down: so that a thousand feeds do not ask in the same second for ever."""
SLOWEST = timedelta(hours=4)
"""How long a feed in trouble is left alone at most."""
REMEMBERED = timedelta(days=7)
"""How long after its last night an entry is still known, should the site move it on."""
DUE_MOST = 500
log = logs.logger(__name__)
Step = Callable[[Db, bool], None]
"""One reservation's change: with the guest in the feed's unit, or, where that is refused, without."""


@dataclass(frozen=True)
class Order:
    """What to fetch: the link in the clear, the tag of the file we have (or ""), and the zone of the property."""

    name: str
    url: str
    etag: str
    timezone: str


def due(db: Db) -> list[tuple[UUID, UUID]]:
    """The (organization, feed)s of all organizations that are to be fetched now, longest due first; for the relay."""
    query = (
        "select organization_id, id from calendar_feed"
        " where archived_at is null and state = 'live' and due_at <= now() order by due_at limit %s"
    )
    return raw(db).execute(query, (DUE_MOST,)).fetchall()


def fetch(actor: Actor, feed_id: UUID) -> None:
    """Fetch a feed that is due and do what it says, unless somebody else is at it."""
    with work(actor) as db:
        order = take(db, feed_id)
    if order is None:
        return
    actor = replace(actor, name=order.name)
    try:
        got = download(order.url, order.etag)
        if got is None:
            unchanged(actor, feed_id)
        else:
            learn(actor, feed_id, read(got.content, order.timezone), got.etag)
    except Unread as no:
        bad(actor, feed_id, no.note)
    except Exception:
        bad(actor, feed_id, note("ours"))
        raise


def read_now(actor: Actor, feed_id: UUID) -> None:
    """Read it while somebody waits, and show everybody what came of it. Refuses `NothingToRead`, `NotFound`, `NotPermitted`."""
    with work(actor) as db:
        house = ask_to_read(db, feed_id).property_id
    assert actor.organization_id is not None
    fetch(job_actor(actor.organization_id, "calendars"), feed_id)
    with work(actor) as db:
        record(db, "calendar_feed.read", "calendar_feed", feed_id, house)


def take(db: Db, feed_id: UUID) -> Order | None:
    """Say what to fetch, and that it is being done: it is not due again before its next turn. None when it is not due."""
    feed = db.one(CalendarFeed, feed_id, lock=True)
    if feed.archived_at or feed.state != "live" or feed.due_at is None or feed.due_at > db.now:
        return None
    unit, house = db.one(Unit, feed.unit_id), db.one(Property, feed.property_id)
    feed.fetched_at, feed.due_at = db.now, db.now + _turn(feed.bad_in_a_row)
    if unit.archived_at or house.archived_at:
        _note_bad(db, feed, note("unit_gone"))
        return None
    settled = feed.digest.startswith(today(house.timezone).isoformat())
    try:
        return Order(feed.name, decrypt(feed.url), feed.etag if settled else "", house.timezone)
    except InvalidToken:
        _note_bad(db, feed, note("sealed"))
        return None


def _turn(bad_in_a_row: int) -> timedelta:
    wait = min(EVERY * 2 ** min(bad_in_a_row, 6), SLOWEST)
    return wait * random.uniform(1 - JITTER, 1 + JITTER)


def bad(actor: Actor, feed_id: UUID, why: Note) -> None:
    """Nothing was learnt: keep why. The journal is told when it is another reason than before."""
    log.warning("a calendar brought nothing", feed=str(feed_id), why=why.key, details=why.data)
    with work(actor) as db:
        _note_bad(db, db.one(CalendarFeed, feed_id, lock=True), why)


def _note_bad(db: Db, feed: CalendarFeed, why: Note) -> None:
    if feed.problem is None or feed.problem[0] != why.key:
        after = {"problem": [why.key, why.data], "name": feed.name}
        record(db, "calendar_feed.failed", "calendar_feed", feed.id, feed.property_id, after=after)
    feed.problem, feed.good_in_a_row, feed.bad_in_a_row = [why.key, why.data], 0, feed.bad_in_a_row + 1
    tell_need(db, feed)


def unchanged(actor: Actor, feed_id: UUID) -> None:
    """The file is the one of before, and all that it says is done."""
    with work(actor) as db:
        feed = db.one(CalendarFeed, feed_id, lock=True)
        _note_good(db, feed)
        tell_need(db, feed)


def _note_good(db: Db, feed: CalendarFeed) -> None:
    if feed.problem is not None:
        record(db, "calendar_feed.recovered", "calendar_feed", feed.id, feed.property_id, after={"name": feed.name})
    feed.problem, feed.good_at = None, db.now
    feed.good_in_a_row, feed.bad_in_a_row = feed.good_in_a_row + 1, 0


def learn(actor: Actor, feed_id: UUID, found: Read, etag: str = "") -> None:
    """Do what a whole file says. Refuses `Unread` when all is gone at once."""
    with work(actor) as db:
        steps = _compare(db, db.one(CalendarFeed, feed_id, lock=True), found)
    notes = [*found.notes]
    for entry, step in steps:
        notes += _done(actor, entry, step)
    try:
        with work(actor) as db:
            feed = db.one(CalendarFeed, feed_id, lock=True)
            notes += follow_closed(db, feed, found, _today(db, feed))
    except Refusal as no:
        log.warning("closed nights of a calendar could not be taken over", feed=str(feed_id), why=str(no))
        notes.append(note("closed_later"))
    with work(actor) as db:
        _settle(db, db.one(CalendarFeed, feed_id, lock=True), found, notes, etag)


def _today(db: Db, feed: CalendarFeed) -> date:
    return today(db.one(Property, feed.property_id).timezone)


def _compare(db: Db, feed: CalendarFeed, found: Read) -> list[tuple[Entry, Step]]:
    """What is to be done about reservations, one step for each; `found` is left with every entry under its right kind."""
    here = _today(db, feed)
    known = list(
        db.scalars(
            select(CalendarEvent).where(CalendarEvent.feed_id == feed.id, col(CalendarEvent.end_night) > here - REMEMBERED)
        )
    )
    sold, closed = [row for row in known if row.kind == "reservation"], [row for row in known if row.kind == "block"]
    _refuse_empty(db, feed, found, known, here)
    pairs = _sorted_out(db, feed, found, sold, closed, here)
    _note_good(db, feed)
    make_way(db, feed, {n for one in found.entries if one.kind == "reservation" for n in nights(one.first, one.end)}, here)
    steps = [(one, _again(feed, row, one, here)) for row, one in pairs.same if row.gone_at or moved(row, one, here)]
    steps += [(one, _new(feed, one)) for one in pairs.fresh if one.end > here]
    for row, one in pairs.same:
        row.uid, row.code, row.missing = one.uid, one.code or row.code, 0
    for row in pairs.absent:
        steps += _absent(db, feed, found, row, here)
    return steps


def _refuse_empty(db: Db, feed: CalendarFeed, found: Read, known: list[CalendarEvent], here: date) -> None:
    """Refuse `Unread` when a file that listed nights to come lists none at once, unless somebody said that it is right."""
    if any(entry.end > here for entry in found.entries):
        feed.believe_empty = False
        return
    gone = {row.id for row in known if row.gone_at or row.end_night <= here or row.uid in found.cancelled}
    off = select(Stay.id).where(col(Stay.id).in_([row.stay_id for row in known if row.stay_id]), Stay.status == "cancelled")
    cancelled = set(db.scalars(off))
    if not feed.believe_empty and any(row.id not in gone and row.stay_id not in cancelled for row in known):
        raise Unread("empty")


def _sorted_out(
    db: Db, feed: CalendarFeed, found: Read, sold: list[CalendarEvent], closed: list[CalendarEvent], here: date
) -> Pairs:
    """Reservations beside those we know, after what only looks like one, or no longer does, has been put right."""
    told = [(span.uid, span.first, span.end) for span in spans(db, feed)]
    mirrored = {row.uid for row in closed if row.echo}
    known_uids = {row.uid for row in sold}

    def kind_of(one: Entry) -> Entry:
        mine = one.uid not in known_uids and (one.uid in mirrored or is_ours(one, told))
        return replace(one, kind="block") if mine else one

    entries = [kind_of(one) if one.kind == "reservation" else one for one in found.entries]
    pairs = paired(sold, [one for one in entries if one.kind == "reservation"], here)
    # Sold before, and now in the words that mean sold or closed, or both under one UID: still sold.
    doubtful = [one for one in entries if one.kind == "block" and (one.unsure or one.uid in known_uids)]
    still = paired(pairs.absent, doubtful, here)
    often = {one.uid for one in pairs.fresh if sum(other.uid == one.uid for other in entries) > 1}
    closed_again = [one for one in pairs.fresh if one.uid in often]
    resold = [one for _, one in still.same]
    found.entries = [
        replace(one, kind="reservation") if one in resold else replace(one, kind="block") if one in closed_again else one
        for one in entries
    ]
    fresh = [one for one in pairs.fresh if one.uid not in often]
    return Pairs([*pairs.same, *still.same], fresh, still.absent)


def _new(feed: CalendarFeed, entry: Entry) -> Step:
    return lambda db, there: book_entry(db, db.one(CalendarFeed, feed.id), entry, there)


def _again(feed: CalendarFeed, row: CalendarEvent, entry: Entry, here: date) -> Step:
    verb = come_back if row.gone_at else change_entry
    return lambda db, there: verb(db, db.one(CalendarFeed, feed.id), db.one(CalendarEvent, row.id), entry, here, there)


def _absent(db: Db, feed: CalendarFeed, found: Read, row: CalendarEvent, here: date) -> list[tuple[Entry, Step]]:
    """Count one more fetch without it; after `FETCHES` good ones in a row, or when it is called off by name, it is gone.

    What has begun stays: entries disappear when guests leave, or arrive.
    """
    off = row.uid in found.cancelled
    if row.gone_at or row.end_night <= here or not (off or (found.whole and row.uid not in found.puzzling)):
        return []
    row.missing += 1
    enough = off or (row.missing >= FETCHES and feed.good_in_a_row >= FETCHES)
    if row.first_night <= here or not enough:
        return []
    entry = Entry(row.uid, row.first_night, row.end_night, "reservation")
    return [(entry, lambda db, _: call_off(db, db.one(CalendarEvent, row.id), here))]


def _done(actor: Actor, entry: Entry, step: Step) -> list[Note]:
    """Take one step; what refuses it is told, and tried again at the next fetch."""
    try:
        try:
            with work(actor) as db:
                step(db, True)
        except (UnitTaken, SoldOut):
            with work(actor) as db:
                step(db, False)
    except Refusal as no:
        log.warning("an entry of a calendar could not be taken over", uid=entry.uid, why=str(no))
        return [note("kept", name=entry.name or entry.code or "?", first=entry.first, end=entry.end)]
    return []


def _settle(db: Db, feed: CalendarFeed, found: Read, notes: list[Note], etag: str) -> None:
    """Keep what there is to tell; and, if nothing waits for another look, which file that was."""
    here = _today(db, feed)
    waiting = select(CalendarEvent.id).where(CalendarEvent.feed_id == feed.id, col(CalendarEvent.missing) > 0)
    open_runs = any(row.block_id is None for row in closed_of(db, feed, here))
    settled = not notes and not open_runs and db.scalars(waiting.where(col(CalendarEvent.gone_at).is_(None))).first() is None
    feed.digest, feed.etag = (f"{here}:{found.digest}", etag) if settled else ("", "")
    feed.notes = _kept(notes)
    tell_need(db, feed)


def _kept(notes: list[Note]) -> list[list[object]]:
    """Each once, in their order, and no more than anybody reads."""
    kept: list[list[object]] = []
    for one in notes:
        if [one.key, one.data] not in kept:
            kept.append([one.key, one.data])
    return kept[:50]
