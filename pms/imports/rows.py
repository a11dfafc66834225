"""One row of a file -> one booking of one room, or the one reason why not. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping as Map
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

from pms.imports.amounts import Sign, minor, signs
from pms.imports.bookings import Booking, Person, Rejected, Room
from pms.imports.countries import alpha2
from pms.imports.presets import Mapping
from pms.imports.read import Table
from pms.kernel.money import split
from pms.kernel.refusals import BadInput
from pms.kernel.words import N_

REASONS: dict[str, str] = {
    "cells": N_("The row has more or fewer cells than the header."),
    "no-arrival": N_("The arrival date is missing or cannot be read."),
    "no-departure": N_("The departure date or the number of nights is missing or cannot be read."),
    "implausible-date": N_("The dates are before 1990 or after 2100."),
    "departure-before-arrival": N_("The departure is before the arrival."),
    "too-long": N_("The stay is longer than a year."),
    "no-room-type": N_("The room type is missing."),
    "no-guests": N_("Nobody stays: no adult is given."),
    "bad-number": N_("A number of persons cannot be read."),
    "too-many-guests": N_("More than 200 persons in one room."),
    "bad-price": N_("The price cannot be read, or is larger than any room costs."),
    "negative-price": N_("The price is negative."),
    "other-currency": N_("The price is in another currency than the property's."),
    "bad-booking-date": N_("The booking date cannot be read."),
    "unknown-status": N_("The status is none that we know."),
}
"""Why a row is rejected, in words for people."""

LONGEST = 366
PERSONS_MAX = 200
_MONTHS = {datetime(2000, n, 1).strftime("%B").lower(): n for n in range(1, 13)}
ONE_ADULT = "The file names no person; counted as one adult."
FREE_OF_CHARGE = "The file has a negative rate; imported without charge."


class _No(Exception):
    """Ends the reading of a row with its reason."""


def bookings(
    table: Table, mapping: Mapping, currency: str, today: date, prices: Map[str, Sign] | None = None
) -> Iterator[Booking | Rejected]:
    """Every row of the table as a booking or a rejection, in the file's order; `prices` are `signs` known already.

    `today` decides what a stay without a status is: past ones checked out, present ones checked in, others confirmed.
    """
    reader = _Reader(table, mapping, currency, today, signs(table, mapping) if prices is None else prices)
    for number, cells in table.rows():
        try:
            yield reader.booking(number, cells)
        except _No as no:
            yield Rejected(number, str(no), dict(zip(table.header, (cell[:200] for cell in cells), strict=False)))


class _Reader:
    """Reads rows of one table; remembers how often it saw a row, as the ordinal of a twin is part of its identity."""

    def __init__(self, table: Table, mapping: Mapping, currency: str, today: date, prices: Map[str, Sign]) -> None:
        place = {name: index for index, name in enumerate(table.header)}
        self.columns = {key: place[column] for key, column in mapping.columns.items()}
        self.width = len(table.header)
        self.mapping, self.currency, self.today, self.prices = mapping, currency, today, prices
        self.twins: Counter[str] = Counter()

    def booking(self, number: int, cells: list[str]) -> Booking:
        if len(cells) != self.width:
            raise _No("cells")
        absent = self.mapping.absent
        row = {key: text for key, index in self.columns.items() if (text := cells[index].strip()) not in absent}
        remarks: list[str] = []
        room = self._room(row, remarks)
        notes = "\n".join([*filter(None, [row.get("notes", "")[:2000]]), *remarks])
        return Booking(
            ref=row.get("reference", "")[:100] or self._identity(cells),
            source=self._source(row),
            booked_on=min(self._booked_on(row, room.arrival), room.arrival),
            guest=_person(row, number),
            rooms=(room,),
            rows=(number,),
            notes=notes,
            tags=tuple(tag.strip()[:40] for tag in row.get("tags", "").split("|") if tag.strip())[:20],
        )

    def _identity(self, cells: list[str]) -> str:
        """A row without a reference is known by what it says, and by how many twins stand above it."""
        digest = blake2b("\x1f".join(cells).encode(), digest_size=10).hexdigest()
        self.twins[digest] += 1
        return f"row:{digest}:{self.twins[digest]}"

    def _source(self, row: dict[str, str]) -> str:
        word = row.get("source", "")[:40]
        return self.mapping.sources.get(_word(word), word.lower()) or self.mapping.default_source

    def _room(self, row: dict[str, str], remarks: list[str]) -> Room:
        arrival, departure = self._dates(row)
        adults, children = self._persons(row, remarks)
        if "room_type" not in row:
            raise _No("no-room-type")
        return Room(
            arrival,
            departure,
            self.mapping.room_types.format(row["room_type"][:60]),
            adults,
            children,
            self._status(row, arrival, departure),
            self._prices(row, (departure - arrival).days, remarks),
            row.get("unit", "")[:40],
            self._date(row.get("status_date")),
        )

    def _dates(self, row: dict[str, str]) -> tuple[date, date]:
        arrival = self._arrival(row)
        departure = self._departure(row, arrival)
        if not date(1990, 1, 1) <= arrival <= departure.max or arrival.year > 2100 or departure.year > 2101:
            raise _No("implausible-date")
        if departure < arrival:
            raise _No("departure-before-arrival")
        if (departure - arrival).days > LONGEST:
            raise _No("too-long")
        return arrival, departure

    def _arrival(self, row: dict[str, str]) -> date:
        whole = self._date(row.get("arrival"))
        if whole is None and "arrival_year" in row:
            whole = _of_parts(row["arrival_year"], row.get("arrival_month", ""), row.get("arrival_day", ""))
        if whole is None:
            raise _No("no-arrival")
        return whole

    def _departure(self, row: dict[str, str], arrival: date) -> date:
        if "departure" in row:
            departure = self._date(row["departure"])
            if departure is None:
                raise _No("no-departure")
            return departure
        parts = [row["nights"]] if "nights" in row else [row.get("weekend_nights", ""), row.get("week_nights", "")]
        nights = [_whole(part) for part in parts]
        if None in nights:
            raise _No("no-departure")
        if any(abs(count or 0) > LONGEST for count in nights):
            raise _No("too-long")
        return arrival + timedelta(days=sum(count or 0 for count in nights))

    def _persons(self, row: dict[str, str], remarks: list[str]) -> tuple[int, int]:
        adults = 2 if "adults" not in self.columns else _count(row.get("adults", "0"))
        children = _count(row.get("children", "0")) + _count(row.get("babies", "0"))
        if adults + children > PERSONS_MAX:
            raise _No("too-many-guests")
        if adults == 0 and not self.mapping.forgiving:
            raise _No("no-guests")
        if adults == 0:
            remarks.append(ONE_ADULT)
        return max(adults, 1), children

    def _status(self, row: dict[str, str], arrival: date, departure: date) -> str:
        if "status" not in row:
            return "checked_out" if departure < self.today else "checked_in" if arrival < self.today else "confirmed"
        status = self.mapping.statuses.get(_word(row["status"]))
        if status is None:
            raise _No("unknown-status")
        return status

    def _prices(self, row: dict[str, str], nights: int, remarks: list[str]) -> tuple[int, ...]:
        if row.get("currency", self.currency).upper() != self.currency:
            raise _No("other-currency")
        per_night = row.get("price_night")
        amount = self._minor(row, "price_night" if per_night else "price_total")
        if amount < 0 and not self.mapping.forgiving:
            raise _No("negative-price")
        if amount < 0:
            remarks.append(FREE_OF_CHARGE)
            amount = 0
        if per_night is not None:
            return (amount,) * nights
        return tuple(split(amount, nights)) if nights else ()

    def _minor(self, row: dict[str, str], key: str) -> int:
        try:
            return minor(row.get(key) or "0", self.prices.get(key, Sign()).decimal, self.currency)
        except BadInput:
            raise _No("bad-price") from None

    def _booked_on(self, row: dict[str, str], arrival: date) -> date:
        if "booked_on" in row:
            booked = self._date(row["booked_on"])
            if booked is None:
                raise _No("bad-booking-date")
            return booked
        lead = _whole(row.get("lead_days", "0"))
        if lead is None or not 0 <= lead < 5000:
            raise _No("bad-booking-date")
        return arrival - timedelta(days=lead)

    def _date(self, text: str | None) -> date | None:
        return _date(text, self.mapping.date_format) if text else None


@lru_cache(maxsize=20_000)
def _date(text: str, pattern: str) -> date | None:
    for attempt in dict.fromkeys((pattern, "%Y-%m-%d")):
        try:
            return datetime.strptime(text, attempt).date()
        except ValueError:
            continue
    return None


@lru_cache(maxsize=5_000)
def _of_parts(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), _MONTHS.get(month.lower()) or int(month), int(day))
    except ValueError:
        return None


@lru_cache(maxsize=1_000)
def _whole(text: str) -> int | None:
    """A whole number, also as spreadsheets spoil it: "2.0"."""
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if abs(number) < 1e6 and number == int(number) else None


def _count(text: str) -> int:
    number = _whole(text)
    if number is None or number < 0:
        raise _No("bad-number")
    return number


@lru_cache(maxsize=1_000)
def _word(text: str) -> str:
    return text.lower().replace(" ", "_").replace("-", "_")


def _person(row: dict[str, str], number: int) -> Person:
    """The guest; a file without names gets "Guest 123", after the row, so that people find it again."""
    first, last = row.get("first_name", ""), row.get("last_name", "")
    if not last and "full_name" in row:
        first, _, last = row["full_name"].rpartition(" ")
    return Person(
        (first if last else "")[:100],
        (last or first or f"Guest {number}")[:100],
        row.get("email", "")[:200],
        row.get("phone", "")[:50],
        alpha2(row.get("country", "")),
        row.get("language", "")[:10].lower(),
    )
