"""A calendar file -> its entries as local nights. Pure; whatever the bytes are, it raises `Unreadable` and nothing else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component

from pms.channels.calendars.said import Note, Unread, note
from pms.channels.calendars.words import Kind, meaning, plain
from pms.kernel.dates import DAY

ENTRIES_MOST = 3000
UID_MOST = 80
YEAR_FIRST, YEAR_END = 2000, 2200
NIGHTS_MOST = 366
"""A longer entry is nobody's stay."""
_FOLD, _LINES = re.compile(rb"\r?\n[ \t]"), re.compile(r"\r\n|\n|\r")


class Unreadable(Unread):
    """The bytes are no calendar, or not the whole of one."""


@dataclass(frozen=True)
class Entry:
    """One entry: local nights [first, end). `unsure`: the site writes the same for sold and closed."""

    uid: str
    first: date
    end: date
    kind: Kind = "block"
    name: str = ""
    code: str = ""
    unsure: bool = False

    def overlaps(self, other: Entry) -> bool:
        """Whether they share a night; touching is not sharing."""
        return self.first < other.end and other.first < self.end


@dataclass
class Read:
    """What a file says. `cancelled` and `puzzling` are UIDs: called off by name, and there but not to be read.

    `whole` is False when an entry without a UID could not be read: then nothing can be called absent.
    """

    entries: list[Entry] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)
    puzzling: set[str] = field(default_factory=set)
    whole: bool = True
    notes: list[Note] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The same for the same entries: sites renew DTSTAMP, and often the order, on each fetch."""
        told = sorted((e.uid, e.first.isoformat(), e.end.isoformat(), e.kind, e.name, e.code) for e in self.entries)
        return hashlib.sha256(repr((told, sorted(self.cancelled))).encode()).hexdigest()


def read(content: bytes, timezone: str) -> Read:
    """Read a whole file; instants and floating times become dates in the property's `timezone`. Refuses `Unreadable`."""
    lines = _unfolded(content)
    found, zone = Read(), ZoneInfo(timezone)
    for event in _events(lines):
        _take(found, event, zone)
    found.cancelled -= {entry.uid for entry in found.entries}
    found.entries = list(dict.fromkeys(found.entries))
    found.notes += overlaps(found.entries)
    return found


def overlaps(entries: Iterable[Entry]) -> Iterator[Note]:
    """One note for each entry that shares a night with one before it: one calendar is one unit."""
    reach: date | None = None
    for entry in sorted(entries, key=lambda entry: (entry.first, entry.end)):
        if reach is not None and entry.first < reach:
            yield note("overlap", first=entry.first, end=min(reach, entry.end))
        reach = entry.end if reach is None else max(reach, entry.end)


def _unfolded(content: bytes) -> list[str]:
    """The lines, unfolded as bytes (a fold may split a letter). Refuses what is no calendar, or ends in the middle of one."""
    text = _FOLD.sub(b"", content.removeprefix(b"\xef\xbb\xbf")).decode("utf-8", errors="replace")
    lines = [line for line in _LINES.split(text) if line.strip()]
    marks = [line.strip().upper() for line in lines if line[:6].upper().startswith(("BEGIN:", "END:"))]
    if not marks or marks[0] != "BEGIN:VCALENDAR" or lines[0].strip().upper() != "BEGIN:VCALENDAR":
        raise Unreadable("html" if re.search(r"(?i)<\s*(!doctype|html|head|body)\b", text[:2000]) else "not_a_calendar")
    if lines[-1].strip().upper() != "END:VCALENDAR" or not _closed(marks):
        raise Unreadable("truncated")
    if marks.count("BEGIN:VEVENT") > ENTRIES_MOST:
        raise Unreadable("too_many")
    return lines


def _closed(marks: Iterable[str]) -> bool:
    """Whether everything that begins ends, in its order."""
    open_ones: list[str] = []
    for mark in marks:
        verb, _, name = mark.partition(":")
        if verb == "BEGIN":
            open_ones.append(name)
        elif not open_ones or open_ones.pop() != name:
            return False
    return not open_ones


def _events(lines: list[str]) -> list[Component]:
    """The entries. Zones of the file's own are left out: names suffice for dates, and working them out may take for ever."""
    kept, skipping = [], False
    for line in lines:
        mark = line.strip().upper()
        skipping = skipping or mark == "BEGIN:VTIMEZONE"
        if not skipping:
            kept.append(line)
        skipping = skipping and mark != "END:VTIMEZONE"
    try:
        return [event for one in Calendar.from_ical("\r\n".join(kept), multiple=True) for event in one.walk("VEVENT")]
    except Exception as error:  # a parser meets anybody's bytes here, and has its own ways to fail
        raise Unreadable("not_a_calendar") from error


def _take(found: Read, event: Component, zone: ZoneInfo) -> None:
    """Add one entry to what was found, or say why not."""
    uid = _uid(event)
    try:
        first, end = _nights(event, zone)
    except Exception:  # as above: dates in every shape
        found.notes.append(note("no_dates", uid=uid or "?"))
        found.puzzling |= {uid} if uid else set()
        found.whole = found.whole and bool(uid)
        return
    uid = uid or f"dates:{first}/{end}"
    if _text(event, "STATUS").strip().upper() == "CANCELLED":
        found.cancelled.add(uid)
        return
    if end < first or first.year < YEAR_FIRST or end.year >= YEAR_END:
        found.notes.append(note("backwards" if end < first else "odd_year", uid=uid))
        found.puzzling.add(uid)
        return
    if end == first:
        end = first + DAY
        found.notes.append(note("no_night", first=first))
    if any(name in event for name in ("RRULE", "RDATE")):
        found.notes.append(note("repeats", first=first))
    said = meaning(_text(event, "SUMMARY"), _text(event, "DESCRIPTION"))
    kind: Kind = said.kind if (end - first).days <= NIGHTS_MOST else "block"
    found.entries.append(Entry(uid, first, end, kind, said.name, said.code, said.unsure))


def _uid(event: Component) -> str:
    """The UID, a long one by its hash; "" when there is none."""
    uid = plain(_text(event, "UID"), 10_000)
    return uid if len(uid) <= UID_MOST else hashlib.sha256(uid.encode()).hexdigest()


def _text(event: Component, name: str) -> str:
    value = event.get(name)
    return str(value[0] if isinstance(value, list) and value else value or "")


def _nights(event: Component, zone: ZoneInfo) -> tuple[date, date]:
    """First night and day of departure. Raises anything when they cannot be read."""
    start = _one(event, "DTSTART")
    if not isinstance(start, date):
        raise ValueError("no date")
    timed = isinstance(start, datetime)
    if "DTEND" in event:
        first, end = _local(start, zone), _local(_one(event, "DTEND"), zone)
        return first, end + DAY if timed and end == first else end
    length = _one(event, "DURATION") if "DURATION" in event else DAY
    if not isinstance(length, timedelta):
        raise ValueError("no duration")
    first, end = _local(start, zone), _local(start + length, zone)
    return first, end + DAY if timed and end == first else end


def _one(event: Component, name: str) -> Any:
    """The value of a property that stands once."""
    value: Any = event[name]
    return (value[0] if isinstance(value, list) else value).dt


def _local(value: Any, zone: ZoneInfo) -> date:
    """The date on the property's wall; a time without a zone is its own."""
    if isinstance(value, datetime):
        return (value.astimezone(zone) if value.tzinfo else value).date()
    if isinstance(value, date):
        return value
    raise ValueError("no date")
