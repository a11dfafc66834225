"""What the calendar prints, from what the database knows: pure functions, no database, no clock, no Reflex.

A bar crosses the wire as a short list (`Bar` names its places), because a changed row is sent whole. Days are numbers:
days since 1 January 1970, so that geometry is plain arithmetic in the browser too.
"""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pms.reservations.calendar import ChartHouse, ChartType, Closure, Counted, Segment, Traffic

_EPOCH = date(1970, 1, 1).toordinal()
DAY_MIN, DAY_MAX = 0, 100_000
"""1970 to 2243: what a browser may ask for."""


class Bar:
    """Places in the list that is a bar. LOOK: status letter, then marks; see `LOOKS` and `MARKS`."""

    KEY, FIRST, NIGHTS, LOOK, NAME, FORENAME, PARTY, SOURCE, VERSION = range(9)


LOOKS = {"tentative": "t", "confirmed": "c", "checked_in": "i", "checked_out": "o", "out_of_order": "b", "out_of_service": "s"}
"""Letter of each status, a class in the style sheet and a key of the words on the page."""
MARKS = {"urgent": "u", "oversold": "x", "before": "l", "after": "r", "day_use": "d"}


def day_number(day: date) -> int:
    """Days since 1970."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> date:
    """The date of a day number."""
    return date.fromordinal(number + _EPOCH)


def key_of(id: UUID) -> str:
    """An id in 22 letters instead of 36: a row has a dozen of them."""
    return urlsafe_b64encode(id.bytes)[:22].decode()


def id_of(key: Any) -> UUID:
    """The id of a key, or of an id written out, from the browser. Raises ValueError for anything else."""
    try:
        if isinstance(key, UUID):
            return key
        return UUID(key) if len(key) == 36 else UUID(bytes=urlsafe_b64decode(f"{key[:22]}=="))
    except (TypeError, AttributeError, binascii.Error, ValueError) as problem:
        raise ValueError("not a key") from problem


@dataclass(frozen=True, slots=True)
class RowRef:
    """One row of the chart before its bars are known. `kind`: "t" type, "l" lane, "u" unit."""

    kind: str
    type_id: UUID
    unit_id: UUID | None = None
    lane: int = 0

    @property
    def key(self) -> str:
        """Stable over time, so that a row keeps its slot."""
        return f"u{key_of(self.unit_id)}" if self.unit_id else f"{self.kind}{key_of(self.type_id)}{self.lane or ''}"


def lanes(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Stack segments so that none overlaps another in its lane; few lanes, and the same for the same segments."""
    stacked: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda one: (one.first, one.end, str(one.stay_id))):
        free = next((lane for lane in stacked if _ends(lane[-1]) <= _starts(segment)), None)
        if free is None:
            stacked.append([segment])
        else:
            free.append(segment)
    return stacked


def _starts(segment: Segment) -> float:
    """Where the bar begins: at noon, day use a quarter day earlier."""
    return day_number(segment.first) + (0.25 if segment.first == segment.end else 0.5)


def _ends(segment: Segment) -> float:
    return day_number(segment.end) + (0.75 if segment.first == segment.end else 0.5)


def layout(
    house: ChartHouse, lane_counts: Mapping[UUID, int], only: Collection[UUID] = (), folded: Collection[UUID] = ()
) -> list[RowRef]:
    """The rows of the chart, top to bottom; `folded` types show their header alone.

    `only` filters room types; types of another house filter nothing.
    """
    rows: list[RowRef] = []
    for one in [one for one in house.types if one.id in only] or house.types:
        rows.append(RowRef("t", one.id))
        if one.id not in folded:
            rows += [RowRef("l", one.id, lane=n) for n in range(max(1, lane_counts.get(one.id, 0)))]
            rows += [RowRef("u", one.id, unit.id) for unit in one.units]
    return rows


def bar(segment: Segment, today: date, oversold: Collection[date] = (), named: bool = True) -> list[Any]:
    """A stay's segment as a bar. `oversold` are the nights its type is oversold; the code stands for the name if not `named`."""
    marks = [name for name, holds in _marks(segment, today, oversold) if holds]
    look = " ".join([LOOKS[segment.status], *(MARKS[name] for name in marks)])
    party = f"{segment.adults}+{segment.children}" if segment.children else str(segment.adults)
    names = (segment.last_name, segment.first_name) if named else (segment.code, "")
    nights = (segment.end - segment.first).days
    return [
        key_of(segment.stay_id),
        day_number(segment.first),
        nights,
        look,
        *names,
        party,
        source_mark(segment.source),
        segment.version,
    ]


def _marks(segment: Segment, today: date, oversold: Collection[date]) -> Iterable[tuple[str, bool]]:
    loose = segment.unit_id is None
    yield "urgent", is_urgent(segment, today)
    yield "oversold", loose and any(segment.first <= night < segment.end for night in oversold)
    yield "before", segment.before
    yield "after", segment.after
    yield "day_use", segment.first == segment.end


def is_urgent(segment: Segment, today: date) -> bool:
    """Whether somebody must act: nobody knows where today's guest sleeps, or a guest is overdue either way."""
    if segment.status == "checked_in":
        return segment.departure < today
    if segment.status not in ("confirmed", "tentative"):
        return False
    return segment.arrival < today or (segment.unit_id is None and segment.arrival == today)


def block_bar(block: Closure) -> list[Any]:
    """A block as a bar: its reason stands where the guest's name does."""
    nights = (block.end - block.first).days
    return [key_of(block.id), day_number(block.first), nights, LOOKS[block.kind], block.reason, "", "", "", block.version]


_SOURCES = {
    "desk": "",
    "booking.com": "B",
    "expedia": "E",
    "airbnb": "A",
    "agoda": "Ag",
    "hotelbeds": "H",
    "website": "W",
    "phone": "P",
}


def source_mark(source: str) -> str:
    """Where a booking came from in one or two letters; bookings at the desk need no mark."""
    known = _SOURCES.get(source.strip().lower())
    return known if known is not None else source.strip()[:2].capitalize()


@dataclass(frozen=True)
class Night:
    """One room type on one night."""

    open: int
    sold: int
    free: int


class Counts:
    """Nights of the window as the counters stand, untouched ones as the units do."""

    def __init__(self, house: ChartHouse, rows: Iterable[Counted]) -> None:
        self._units = {one.id: len(one.units) for one in house.types}
        self._touched = {(row.room_type_id, row.night): Night(row.open, row.sold, row.free) for row in rows}

    def at(self, type_id: UUID, night: date) -> Night:
        """How that type stands that night."""
        found = self._touched.get((type_id, night))
        return found or Night(self._units.get(type_id, 0), 0, self._units.get(type_id, 0))

    def oversold(self, type_id: UUID) -> list[date]:
        """The nights on which the type lacks rooms."""
        return [night for (one, night), counted in self._touched.items() if one == type_id and counted.free < 0]


def day_rows(
    house: ChartHouse, counts: Counts, moves: Iterable[Traffic], days: Sequence[date], only: Collection[UUID] = ()
) -> list[list[int]]:
    """The head of each day: [day, occupancy in per cent, available, arrivals, departures, oversold]."""
    types = [one.id for one in house.types if one.id in only] or [one.id for one in house.types]
    traffic = {row.day: row for row in moves}
    return [_day(types, counts, traffic.get(day), day) for day in days]


def _day(types: Sequence[UUID], counts: Counts, traffic: Traffic | None, day: date) -> list[int]:
    nights = [counts.at(one, day) for one in types]
    rooms, sold = sum(night.open for night in nights), sum(night.sold for night in nights)
    free, lacking = sum(max(0, night.free) for night in nights), -sum(min(0, night.free) for night in nights)
    occupancy = round(100 * sold / rooms) if rooms else 0
    return [day_number(day), occupancy, free, traffic.arrivals if traffic else 0, traffic.departures if traffic else 0, lacking]


def type_row(one: ChartType, counts: Counts, days: Sequence[date], folded: bool, rates: str = "") -> dict[str, Any]:
    """The header of a room type: how many rooms are free each day, and in rates mode what each day costs."""
    free = [counts.at(one.id, day).free for day in days]
    row = _row(RowRef("t", one.id), one.name, str(len(one.units)), [], [day_number(days[0]), *free], folded)
    return row | {"r": rates} if rates else row


def lane_row(
    ref: RowRef,
    segments: Iterable[Segment],
    waiting: int,
    today: date,
    oversold: Collection[date],
    named: bool,
    states: Collection[str],
) -> dict[str, Any]:
    """A lane of what waits for a unit; the first says how many do."""
    bars = [bar(one, today, oversold, named) for one in segments if _shown(one, states)]
    return _row(ref, "" if ref.lane else "0", str(waiting) if waiting and not ref.lane else "", bars)


def unit_row(
    ref: RowRef,
    name: str,
    party: str,
    segments: Iterable[Segment],
    blocks: Iterable[Closure],
    today: date,
    named: bool,
    states: Collection[str],
) -> dict[str, Any]:
    """A unit with what lies in it; blocks first, so that stays are drawn above them."""
    bars = [block_bar(one) for one in blocks] + [bar(one, today, (), named) for one in segments if _shown(one, states)]
    return _row(ref, name, party, bars)


def _shown(segment: Segment, states: Collection[str]) -> bool:
    return not states or segment.status in states


def _row(
    ref: RowRef, name: str, extra: str, bars: list[list[Any]], free: list[int] | None = None, folded: bool = False
) -> dict[str, Any]:
    return {"k": ref.key, "t": "f" if folded else ref.kind, "n": name, "s": extra, "b": bars, "c": free or []}


def as_sent(row: Mapping[str, Any] | Sequence[int]) -> str:
    """A row or the head of a day as one text, which the browser takes apart (`sent` in chart.js).

    A tab's state holds dozens, and is read and written for every change: one text costs a tenth of a hundred small lists.
    """
    return json.dumps(row, separators=(",", ":"), ensure_ascii=False)


def seats(shown: Mapping[str, int], wanted: Sequence[str], slots: int) -> dict[str, int]:
    """Which slot shows which row: rows that stay keep theirs, new ones take what is free. Raises ValueError for too many."""
    if len(wanted) > slots:
        raise ValueError("more rows than slots")
    kept = {key: shown[key] for key in wanted if key in shown}
    taken = set(kept.values())
    free = iter([slot for slot in range(slots) if slot not in taken])
    return {key: kept[key] if key in kept else next(free) for key in wanted}
