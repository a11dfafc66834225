"""A whole file read: what goes in, in which order, what does not, and how many units that takes. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import Any

from pms.imports.bookings import Booking, Rejected, Room, gathered
from pms.imports.deal import peak
from pms.imports.names import invented
from pms.imports.presets import mapping_of
from pms.imports.read import read
from pms.imports.rows import bookings as read_bookings
from pms.imports.shift import shifted, weeks_to_today


@dataclass(frozen=True)
class Options:
    """How a file is to go in. `today` is fixed when the import is prepared, so that a resumed run reads it alike.

    `shift_to_today` moves all dates by whole weeks; `invent_names` names nameless guests after their country.
    """

    today: date
    shift_to_today: bool = False
    invent_names: bool = False

    def as_json(self) -> dict[str, Any]:
        """For keeping beside the import."""
        return {"today": self.today.isoformat(), "shift_to_today": self.shift_to_today, "invent_names": self.invent_names}

    @staticmethod
    def of(given: Mapping[str, Any]) -> Options:
        """Back from what was kept."""
        return Options(date.fromisoformat(given["today"]), bool(given.get("shift_to_today")), bool(given.get("invent_names")))


@dataclass(frozen=True)
class TypeNeed:
    """What a room type must be like to hold the file's stays: `peak` units, sleeping so many; the median price per night."""

    name: str
    peak: int
    adults: int
    children: int
    base_price: int
    unit_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Bookings in order of arrival, rejected rows, and the needs per room type. `weeks` is how far dates were moved."""

    bookings: Sequence[Booking]
    rejected: Sequence[Rejected]
    needs: Sequence[TypeNeed]
    weeks: int = 0

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(len(booking.rows) for booking in self.bookings))

    @property
    def rows(self) -> int:
        """All rows of the file, rejected ones included."""
        return (self._ends[-1] if self._ends else 0) + len(self.rejected)

    @property
    def rooms(self) -> Iterable[Room]:
        """Every stay of the file."""
        return (room for booking in self.bookings for room in booking.rooms)

    def after(self, rows_done: int, rows: int) -> Sequence[Booking]:
        """The next bookings of about `rows` rows, when `rows_done` (rejected ones included) are behind us."""
        done = rows_done - len(self.rejected)
        start = bisect_right(self._ends, done) if done else 0
        end = bisect_right(self._ends, done + rows)
        return self.bookings[start : max(end, start + 1)]


OnRead = Callable[[int, int], None]
"""Told now and then how many rows were read, of about how many; what it raises ends the reading."""
TOLD_EVERY = 500


def plan_file(
    content: bytes,
    preset: str,
    own_mapping: Mapping[str, Any] | None,
    options: Options,
    currency: str,
    on_read: OnRead | None = None,
) -> Plan:
    """Read a file whole. Refuses `NotACsv`, `TooLarge`, `MissingColumns`, `BadInput`; bad rows are in `rejected`."""
    table = read(content)
    mapping = mapping_of(preset, table.header, own_mapping)
    good: list[Booking] = []
    bad: list[Rejected] = []
    about = table.text.count("\n")
    for n, row in enumerate(read_bookings(table, mapping, currency, options.today)):
        good.append(row) if isinstance(row, Booking) else bad.append(row)
        if on_read and n % TOLD_EVERY == 0:
            on_read(n, about)
    if options.invent_names and not {"last_name", "full_name"} & mapping.columns.keys():
        good = [_named(booking) for booking in good]
    weeks = _weeks(good, options)
    return plan_bookings(shifted(good, weeks, options.today) if options.shift_to_today else good, bad, weeks)


def plan_bookings(bookings: Iterable[Booking], rejected: Sequence[Rejected] = (), weeks: int = 0) -> Plan:
    """The plan of bookings that are there already."""
    ordered = gathered(bookings)
    return Plan(ordered, rejected, needs(room for booking in ordered for room in booking.rooms), weeks)


def _named(booking: Booking) -> Booking:
    """Somebody from the right country, the same for the same row every time."""
    first, last = invented(booking.guest.country, Random(booking.ref))
    return replace(booking, guest=replace(booking.guest, first_name=first, last_name=last))


def _weeks(bookings: Sequence[Booking], options: Options) -> int:
    if not options.shift_to_today or not bookings:
        return 0
    rooms = [room for booking in bookings for room in booking.rooms]
    return weeks_to_today(min(room.arrival for room in rooms), max(room.departure for room in rooms), options.today)


def needs(rooms: Iterable[Room]) -> list[TypeNeed]:
    """What each room type needs, by name. A type that only cancelled stays used needs one unit all the same."""
    by_type: defaultdict[str, list[Room]] = defaultdict(list)
    for room in rooms:
        by_type[room.room_type].append(room)
    return [_need(name, by_type[name]) for name in sorted(by_type)]


def _need(name: str, rooms: Sequence[Room]) -> TypeNeed:
    live = [room for room in rooms if room.live]
    named = tuple(sorted({room.unit for room in rooms if room.unit not in ("", "-")}))
    prices = sorted(room.prices[0] for room in live if room.prices)
    return TypeNeed(
        name,
        max(1, len(named), peak((room.arrival, room.departure) for room in live)),
        max(1, _usual_most(room.adults for room in live)),
        _usual_most(room.children for room in live),
        prices[len(prices) // 2] if prices else 0,
        named,
    )


def _usual_most(counts: Iterable[int]) -> int:
    """The number that 19 of 20 stays do not exceed: one coach party is no measure of a room."""
    tally = Counter(counts)
    seen = 0
    for count in sorted(tally):
        seen += tally[count]
        if seen >= 0.95 * tally.total():
            return min(count, 20)
    return 0
