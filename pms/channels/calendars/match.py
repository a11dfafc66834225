"""What a file says against what we know of its feed: which entry is which, and what closed nights come to. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from pms.channels.calendars.models import CalendarEvent
from pms.channels.calendars.read import Entry, Read
from pms.channels.calendars.said import Note, note
from pms.kernel.dates import DAY, nights

FETCHES = 3
"""An entry is gone when so many good fetches in a row did not have it."""
BLOCK_NIGHTS = 180
"""Of a closed time nights beyond these are left alone: sites close what lies beyond their booking window, for years."""


@dataclass
class Pairs:
    """Reservations of the file beside those we know: the same, new ones, and known ones that it does not have."""

    same: list[tuple[CalendarEvent, Entry]]
    fresh: list[Entry]
    absent: list[CalendarEvent]


def is_ours(entry: Entry, told: Collection[tuple[str, date, date]]) -> bool:
    """Whether a nameless entry is what we told the site ourselves, by its UID or by its very nights."""
    if any(entry.uid == uid for uid, _, _ in told):
        return True
    return not entry.name and not entry.code and any((first, end) == (entry.first, entry.end) for _, first, end in told)


def paired(known: Iterable[CalendarEvent], entries: Iterable[Entry], today: date) -> Pairs:
    """Pair by UID and nights, by code, by UID, and at last by shared nights and the same departure: some sites give the same
    stay another UID, and let its first night move along with today.
    """
    left, wanted = list(known), list(entries)
    often = {uid for uid, count in Counter(entry.uid for entry in wanted).items() if count > 1}
    same: list[tuple[CalendarEvent, Entry]] = []
    for fits in (
        lambda row, one: row.uid == one.uid and not moved(row, one, today),
        lambda row, one: row.uid == one.uid and one.uid not in often,
        lambda row, one: bool(one.code) and row.code == one.code,
        lambda row, one: not row.gone_at and not (one.code and row.code) and row.end_night == one.end and _overlap(row, one),
    ):
        _pair(left, wanted, fits, same)
    return Pairs(same, wanted, left)


def _pair(
    left: list[CalendarEvent],
    wanted: list[Entry],
    fits: Callable[[CalendarEvent, Entry], bool],
    same: list[tuple[CalendarEvent, Entry]],
) -> None:
    for entry in list(wanted):
        row = next((row for row in left if fits(row, entry)), None)
        if row is not None:
            same.append((row, entry))
            left.remove(row)
            wanted.remove(entry)


def _overlap(row: CalendarEvent, entry: Entry) -> bool:
    return row.first_night < entry.end and entry.first < row.end_night


def moved(row: CalendarEvent, entry: Entry, today: date) -> bool:
    """Whether the site has other nights now. A first night cut off at today is not another one."""
    return entry.end != row.end_night or first_of(row, entry, today) != row.first_night


def first_of(row: CalendarEvent, entry: Entry, today: date) -> date:
    """The first night of a known entry: the known one where the site has only cut off what is over."""
    return row.first_night if row.first_night < entry.first <= today else entry.first


@dataclass(frozen=True)
class Run:
    """Closed nights [first, end) of one entry that are all in one case.

    `placed`: the unit has to be taken out of order for them; else something of ours has it, or a person lifted it (`lifted` is
    that block). `echo`: they came back from what we told the site. `unsure`: the site writes the same for sold and closed.
    `missing`: the good fetches that did not have them.
    """

    uid: str
    first: date
    end: date
    placed: bool
    echo: bool = False
    unsure: bool = False
    lifted: UUID | None = None
    missing: int = 0


@dataclass(frozen=True)
class Around:
    """What stands around a feed's closed nights: those in which something of ours has the unit, whether the site was ever told
    of them, and which blocks of the feed a person has lifted.
    """

    today: date
    taken: Collection[date] = ()
    told: bool = False
    lifted: Collection[UUID] = ()


@dataclass(frozen=True)
class _Closed:
    """Who closes a night: the entry by its UID and first night."""

    uid: str
    start: date
    unsure: bool
    missing: int = 0


def closed_runs(found: Read, known: Sequence[CalendarEvent], around: Around) -> tuple[list[Run], list[Note]]:
    """What the closed nights of a file come to, from today on, and what there is to tell of them."""
    closed, notes = _closed_nights(found, around.today)
    closed |= {night: one for night, one in _not_yet_gone(found, known, around.today) if night not in closed}
    for night in _sold(found):
        closed.pop(night, None)
    echo = {night for row in known if row.echo for night in _nights(row)}
    lifted = {night: row.block_id for row in known if row.block_id in around.lifted for night in _nights(row)}
    runs: list[Run] = []
    starts: list[date] = []
    for night, one in sorted(closed.items()):
        taken, by_hand = night in around.taken, lifted.get(night)
        mirrored = night in echo or (taken and around.told)
        run = Run(one.uid, night, night + DAY, not taken and not by_hand, mirrored, one.unsure, by_hand, one.missing)
        if (
            runs
            and starts[-1] == one.start
            and replace(run, first=runs[-1].first) == replace(runs[-1], end=run.end)
            and (runs[-1].end == night)
        ):
            runs[-1] = replace(runs[-1], end=run.end)
        else:
            runs.append(run)
            starts.append(one.start)
    return runs, notes


def _nights(row: CalendarEvent) -> list[date]:
    return nights(row.first_night, row.end_night)


def _sold(found: Read) -> set[date]:
    return {night for one in found.entries if one.kind == "reservation" for night in nights(one.first, one.end)}


def _closed_nights(found: Read, today: date) -> tuple[dict[date, _Closed], list[Note]]:
    """Who closes which night; the first one, where two do."""
    closed: dict[date, _Closed] = {}
    notes: list[Note] = []
    for entry in sorted((one for one in found.entries if one.kind == "block"), key=lambda one: one.first):
        first = max(entry.first, today)
        end = min(entry.end, first + DAY * BLOCK_NIGHTS)
        if end < entry.end:
            notes.append(note("long_block", most=BLOCK_NIGHTS, first=first, end=end))
        for night in nights(first, end):
            closed.setdefault(night, _Closed(entry.uid, first, entry.unsure))
    return closed, notes


def _not_yet_gone(found: Read, known: Sequence[CalendarEvent], today: date) -> Iterator[tuple[date, _Closed]]:
    """Nights that stay closed although the file may not have them any more: those of entries that could not be read, and, for
    `FETCHES` good ones, those of sites that write the same for sold and closed.
    """
    for row in known:
        unread = not found.whole or row.uid in found.puzzling
        missing = row.missing if unread else row.missing + 1
        if unread or (row.unsure and row.uid not in found.cancelled and missing < FETCHES):
            for night in nights(max(row.first_night, today), row.end_night):
                yield night, _Closed(row.uid, row.first_night, row.unsure, missing)
