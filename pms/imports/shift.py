"""Move the dates of an old file so that today lies inside, for a lively house to try things on. Pure.

Whole weeks keep weekdays; whole years of 52 weeks, where the file is long enough, keep the season too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from pms.imports.bookings import Booking, Room

YEAR = 52
AHEAD = timedelta(days=90)
"""How much of the file should still lie ahead of today when it is moved by whole years."""


def weeks_to_today(first: date, last: date, today: date) -> int:
    """How many weeks to move a file of dates [first, last] so that today lies inside.

    By whole years if that leaves at least 90 days of the file ahead (as few as possible beyond that: the more history the
    better), else so that today falls two thirds into the file.
    """
    least = -((last - AHEAD - today).days // 7)
    years = -(-least // YEAR) * YEAR
    if first + timedelta(weeks=years) <= today:
        return years
    return round((today - first - (last - first) * 2 / 3).days / 7)


def shifted(bookings: Sequence[Booking], weeks: int, today: date) -> list[Booking]:
    """The same bookings `weeks` later, each in the status it would have on the morning of `today`.

    Over before today: checked out. Begun before today: in the house, also if it leaves today. Otherwise confirmed; a
    no-show of the future cannot be known yet and counts as cancelled. Nobody books after today.
    """
    by = timedelta(weeks=weeks)
    return [
        replace(
            booking,
            booked_on=min(booking.booked_on + by, today),
            rooms=tuple(_moved(room, by, today) for room in booking.rooms),
        )
        for booking in bookings
    ]


def _moved(room: Room, by: timedelta, today: date) -> Room:
    arrival, departure = room.arrival + by, room.departure + by
    ended = min(room.ended_on + by, today) if room.ended_on else None
    return replace(room, arrival=arrival, departure=departure, ended_on=ended, status=_status(room, arrival, departure, today))


def _status(room: Room, arrival: date, departure: date, today: date) -> str:
    if not room.live:
        return "cancelled" if room.status == "no_show" and arrival >= today else room.status
    if departure < today:
        return "checked_out"
    return "checked_in" if arrival < today else "confirmed"
