"""A big, busy house for benchmarks: bulk rows that satisfy every rule, a thousand times faster than booking them one by one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from pms.kernel.actor import Actor
from pms.kernel.db import Db, raw, work
from pms.kernel.ids import new_id
from tests.builders import a_property, a_room_type, unit_ids

SURNAMES = (
    "Kazlauskas",
    "Silva",
    "Müller",
    "Tamm",
    "Ozola",
    "Jankauskienė",
    "Nowak",
    "Virtanen",
    "Andersson",
    "Petrauskas",
    "Schneider",
    "Bērziņš",
    "Rossi",
    "Dubois",
    "Stankevičius",
    "Hansen",
    "Vasiliauskaitė",
    "O'Connor",
    "van Dijk",
    "García",
)
FIRST_NAMES = (
    "Rasa",
    "Jonas",
    "Anna",
    "Marek",
    "Liis",
    "Pekka",
    "Ingrid",
    "Paolo",
    "Claire",
    "Tomas",
    "Eglė",
    "Hans",
    "Ieva",
    "Luís",
)
SOURCES = ("desk", "Booking.com", "Expedia", "Airbnb", "Agoda", "website", "phone")
TYPES = (
    "Double, sea view",
    "Standard double",
    "Family suite",
    "Single",
    "Twin",
    "Junior suite",
    "Studio",
    "Apartment",
    "Deluxe double",
    "Attic",
)


@dataclass
class Rows:
    """What is to be copied into each table."""

    guests: list[tuple[object, ...]] = field(default_factory=list)
    reservations: list[tuple[object, ...]] = field(default_factory=list)
    stays: list[tuple[object, ...]] = field(default_factory=list)
    nights: list[tuple[object, ...]] = field(default_factory=list)
    sold: Counter[tuple[UUID, date]] = field(default_factory=Counter)


def busy_house(
    owner: Actor, today: date, units: int = 500, days: range = range(-30, 150), share: float = 0.85, seed: int = 7
) -> UUID:
    """A property with `units` units over ten room types, sold to `share` of its nights on the `days` around today; its id.

    Some stays wait unassigned, a few are tentative; everything before today has been checked in or out.
    """
    house = a_property(owner, name="Grand Hotel", business_date=today)
    chance, rows = random.Random(seed), Rows()
    each = max(1, units // len(TYPES))
    for number, name in enumerate(TYPES[: max(1, units // each)]):
        names = [f"{number + 1}{n + 1:02d}" for n in range(each)]
        room_type = a_room_type(owner, house, name, units=names, base_price=8_000 + 1_000 * number)
        for unit in unit_ids(owner, room_type):
            _fill(rows, chance, owner, house, room_type, unit, today, days, share)
    with work(owner) as db:
        _write(db, rows, each)
    return house


def _fill(
    rows: Rows,
    chance: random.Random,
    owner: Actor,
    house: UUID,
    room_type: UUID,
    unit: UUID,
    today: date,
    days: range,
    share: float,
) -> None:
    for first, length in _runs(chance, days, share):
        arrival, departure = today + timedelta(first), today + timedelta(first + length)
        loose = departure > today and arrival > today and chance.random() < 0.01
        _stay(rows, chance, owner, house, room_type, None if loose else unit, arrival, departure, today)


def _runs(chance: random.Random, days: range, share: float) -> Iterator[tuple[int, int]]:
    """Stays of one unit, 1 to 7 nights each, with gaps that leave `share` of the nights sold."""
    at = days.start + chance.randrange(3)
    while at < days.stop:
        length = min(chance.choice((1, 2, 2, 3, 3, 4, 5, 7)), days.stop - at)
        yield at, length
        gap = length * (1 - share) / share
        at += length + int(gap) + (chance.random() < gap % 1)


def _stay(
    rows: Rows,
    chance: random.Random,
    owner: Actor,
    house: UUID,
    room_type: UUID,
    unit: UUID | None,
    arrival: date,
    departure: date,
    today: date,
) -> None:
    organization, guest, reservation, stay = owner.organization_id, new_id(), new_id(), new_id()
    status = (
        "checked_out"
        if departure <= today
        else "checked_in"
        if arrival < today
        else chance.choice(["confirmed"] * 9 + ["tentative"])
    )
    rows.guests.append((guest, organization, chance.choice(FIRST_NAMES), chance.choice(SURNAMES), "", "", "", "", "", 1))
    rows.reservations.append(
        (reservation, organization, house, guest, str(reservation)[-12:].upper(), chance.choice(SOURCES), "EUR", "", [], 1)
    )
    rows.stays.append(
        (
            stay,
            organization,
            house,
            reservation,
            room_type,
            arrival,
            departure,
            chance.randint(1, 2),
            chance.choice((0, 0, 1)),
            status,
            1,
        )
    )
    for n in range((departure - arrival).days):
        night = arrival + timedelta(n)
        rows.nights.append((organization, house, stay, night, room_type, unit, 9_000, True))
        rows.sold[room_type, night] += 1


_COLUMNS = {
    "guest": "id, organization_id, first_name, last_name, email, phone, country, language, notes, version",
    "reservation": "id, organization_id, property_id, guest_id, code, source, currency, notes, tags, version",
    "stay": "id, organization_id, property_id, reservation_id, room_type_id, arrival, departure, adults, children, status, "
    "version",
    "stay_night": "organization_id, property_id, stay_id, night, room_type_id, unit_id, price, live",
    "inventory_night": "organization_id, room_type_id, night, capacity, sold, held, blocked, overbooking, oversold",
}


def _write(db: Db, rows: Rows, capacity: int) -> None:
    counters = [(db.organization_id, *key, capacity, sold, 0, 0, 0, max(0, sold - capacity)) for key, sold in rows.sold.items()]
    tables = {
        "guest": rows.guests,
        "reservation": rows.reservations,
        "stay": rows.stays,
        "stay_night": rows.nights,
        "inventory_night": counters,
    }
    for table, content in tables.items():
        marks = ", ".join(["%s"] * len(_COLUMNS[table].split(",")))
        with raw(db).cursor() as cursor:
            cursor.executemany(f"insert into {table} ({_COLUMNS[table]}) values ({marks})", content)
