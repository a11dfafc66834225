"""What a file says, in our words: bookings of one or more rooms, before any of it touches the database. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

LIVE = frozenset({"tentative", "confirmed", "checked_in", "checked_out"})
"""Statuses whose nights take up the house. A cancelled stay's and a no-show's nights are kept for the books only."""


@dataclass(frozen=True, slots=True)
class Room:
    """One room of a booking: one stay. Local dates, nights [arrival, departure); `prices` in minor units, one per night.

    `unit` is a door number the file asks for, "" to be dealt one, "-" to stay unassigned. `ended_on` is when a cancelled
    stay was cancelled, as far as the file knows.
    """

    arrival: date
    departure: date
    room_type: str
    adults: int
    children: int
    status: str
    prices: tuple[int, ...]
    unit: str = ""
    ended_on: date | None = None

    @property
    def live(self) -> bool:
        """Whether its nights take up the house."""
        return self.status in LIVE


@dataclass(frozen=True, slots=True)
class Person:
    """The guest in whose name it is booked."""

    first_name: str
    last_name: str
    email: str = ""
    phone: str = ""
    country: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """One reservation. `ref` tells it from every other of its source, in this file and in the next; `rows` made it."""

    ref: str
    source: str
    booked_on: date
    guest: Person
    rooms: tuple[Room, ...]
    rows: tuple[int, ...]
    notes: str = ""
    tags: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[date, date, int]:
        """Bookings go in by arrival, so that rooms are dealt as they would have been at the desk."""
        first = self.rooms[0]
        return first.arrival, first.departure, self.rows[0]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is no booking: `reason` is a key of `rows.REASONS`."""

    row: int
    reason: str
    content: dict[str, str]


def gathered(bookings: Iterable[Booking]) -> list[Booking]:
    """Bookings with the same source and reference become one reservation of several rooms; sorted by arrival."""
    by_ref: dict[tuple[str, str], list[Booking]] = {}
    for booking in bookings:
        by_ref.setdefault((booking.source, booking.ref), []).append(booking)
    return sorted((_joined(parts) for parts in by_ref.values()), key=lambda booking: booking.order)


def _joined(parts: list[Booking]) -> Booking:
    if len(parts) == 1:
        return parts[0]
    rooms = sorted((room for part in parts for room in part.rooms), key=lambda room: (room.arrival, room.departure))
    return replace(
        parts[0],
        booked_on=min(part.booked_on for part in parts),
        rooms=tuple(rooms),
        rows=tuple(row for part in parts for row in part.rows),
        notes="\n".join(dict.fromkeys(part.notes for part in parts if part.notes)),
        tags=tuple(dict.fromkeys(tag for part in parts for tag in part.tags)),
    )
