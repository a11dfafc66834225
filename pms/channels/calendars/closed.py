"""Closed nights of a feed as blocks on its unit: placed, replaced, let go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, select

from pms.channels.calendars.match import Around, Run, closed_runs
from pms.channels.calendars.models import CalendarEvent, CalendarFeed
from pms.channels.calendars.read import Read
from pms.channels.calendars.said import Note
from pms.inventory.models import Block
from pms.kernel.dates import nights, runs
from pms.kernel.db import Db, raw
from pms.reservations.blocks import change_block, lift_block, place_block

KIND = "out_of_order"
_TAKEN = """
select night from stay_night where unit_id = %(unit)s and live and night >= %(today)s
union
select d::date from block b, generate_series(greatest(b.first_night, %(today)s::date), b.end_night - 1, interval '1 day') d
where b.unit_id = %(unit)s and b.kind = 'out_of_order' and b.lifted_at is null and b.end_night > %(today)s
  and not exists (select from calendar_event e where e.block_id = b.id and e.feed_id = %(feed)s)
"""


def closed_of(db: Db, feed: CalendarFeed, today: date) -> list[CalendarEvent]:
    """The runs of closed nights that are not over, first to last."""
    mine = select(CalendarEvent).where(CalendarEvent.feed_id == feed.id, CalendarEvent.kind == "block")
    return list(db.scalars(mine.where(CalendarEvent.end_night > today).order_by(col(CalendarEvent.first_night))))


def follow_closed(db: Db, feed: CalendarFeed, found: Read, today: date) -> list[Note]:
    """Make the feed's blocks what the file says; nights that something of ours has anyway get none.

    Refuses `UnitTaken` when somebody takes such a night right now: nothing is done then, and the next fetch tries again.
    """
    known = closed_of(db, feed, today)
    lifted = _lifted(db, known)
    taken = {night for (night,) in raw(db).execute(_TAKEN, {"unit": feed.unit_id, "today": today, "feed": feed.id})}
    wanted, notes = closed_runs(found, known, Around(today, taken, feed.pulled_at is not None, lifted))
    for row in list(known):
        run = next((run for run in wanted if _is(row, run, today, lifted)), None)
        if run is not None:
            row.uid, row.missing, row.unsure = run.uid, run.missing, run.unsure
            wanted.remove(run)
            known.remove(row)
    since = {run: _since(known, run, db.now) for run in wanted}
    for row in known:
        let_go(db, row, today)
    for run in wanted:
        _put(db, feed, run, since[run])
    return notes


def make_way(db: Db, feed: CalendarFeed, sold: Collection[date], today: date) -> None:
    """Free the nights that the site has sold by now from its own blocks; what is left of them stays closed."""
    for row in closed_of(db, feed, today):
        left = [night for night in nights(row.first_night, row.end_night) if night not in sold]
        if not row.block_id or len(left) == (row.end_night - row.first_night).days or row.block_id in _lifted(db, [row]):
            continue
        kept = _run(row)
        let_go(db, row, row.first_night)
        for first, end in runs(left):
            _put(db, feed, replace(kept, first=first, end=end), row.since)


def let_go(db: Db, row: CalendarEvent, today: date) -> None:
    """Forget a run of closed nights and lift its block, of which the nights before `today` stay in the books."""
    block = db.get(Block, row.block_id) if row.block_id else None
    db.delete(row)
    db.flush()
    if block is None or block.lifted_at or block.end_night <= today:
        return
    if block.first_night < today:
        change_block(db, block.id, block.version, block.first_night, today, block.kind, block.reason, oversell=True)
    else:
        lift_block(db, block.id, block.version)


def _put(db: Db, feed: CalendarFeed, run: Run, since: datetime) -> None:
    assert feed.unit_id
    block = place_block(db, feed.unit_id, run.first, run.end, KIND, feed.name, oversell=True) if run.placed else None
    db.flush()
    db.add(
        CalendarEvent(
            organization_id=feed.organization_id,
            feed_id=feed.id,
            uid=run.uid,
            first_night=run.first,
            end_night=run.end,
            kind="block",
            echo=run.echo,
            unsure=run.unsure,
            missing=run.missing,
            since=since,
            block_id=block.id if block else run.lifted,
        )
    )
    db.flush()


def _run(row: CalendarEvent) -> Run:
    return Run(row.uid, row.first_night, row.end_night, True, row.echo, row.unsure, None, row.missing)


def _is(row: CalendarEvent, run: Run, today: date, lifted: Collection[UUID]) -> bool:
    """Whether a known run is that one already; nights that are over do not count."""
    by_hand = row.block_id if row.block_id in lifted else None
    case = (max(row.first_night, today), row.end_night, row.echo, by_hand, bool(row.block_id) and not by_hand)
    return case == (run.first, run.end, run.echo, run.lifted, run.placed)


def _since(known: Sequence[CalendarEvent], run: Run, now: datetime) -> datetime:
    """Since when nights are closed like that, as far as they were before under other dates."""
    alike = [row.since for row in known if row.echo == run.echo and bool(row.block_id) == run.placed and _meets(row, run)]
    return min(alike, default=now)


def _meets(row: CalendarEvent, run: Run) -> bool:
    return row.first_night < run.end and run.first < row.end_night


def _lifted(db: Db, rows: Sequence[CalendarEvent]) -> set[UUID]:
    """The blocks of these runs that a person has lifted."""
    ids = [row.block_id for row in rows if row.block_id]
    return set(db.scalars(select(Block.id).where(col(Block.id).in_(ids), col(Block.lifted_at).is_not(None))))
