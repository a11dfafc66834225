"""A small house: two doubles (101, 102), one single (201), and shorthands to book and act in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.reservations.book import Booked, Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.models import Stay
from pms.reservations.nights import Night, nights_of
from tests.builders import a_property, a_room_type, unit_ids


@dataclass(frozen=True)
class House:
    owner: Actor
    property_id: UUID
    double: UUID
    single: UUID
    u101: UUID
    u102: UUID
    u201: UUID
    today: date

    def day(self, offset: int) -> date:
        """A local date, counted from today."""
        return self.today + timedelta(days=offset)

    def room(self, start: int, end: int, unit: UUID | None = None, **more: Any) -> Room:
        """A double from day `start` to day `end`."""
        return Room(self.double, self.day(start), self.day(end), unit, **more)

    def book(self, *rooms: Room, actor: Actor | None = None, name: str = "Kazlauskas", **more: Any) -> Booked:
        """Book the rooms for one guest."""
        with work(actor or self.owner) as db:
            return book(db, Booking(self.property_id, GuestDetails(name, first_name="Jonas"), rooms, **more))

    def stay(self, start: int, end: int, unit: UUID | None = None, **more: Any) -> Stay:
        """Book one double."""
        return self.book(self.room(start, end, unit), **more).stays[0]

    def do(self, verb: Callable[..., Stay], stay: Stay, *args: Any, actor: Actor | None = None, **more: Any) -> Stay:
        """Apply a verb in a transaction of its own, with the version the stay was seen at."""
        with work(actor or self.owner) as db:
            return verb(db, stay.id, stay.version, *args, **more)

    def nights(self, stay: Stay) -> list[Night]:
        with work(self.owner) as db:
            return nights_of(db, stay.id)


@pytest.fixture
def house(olga: Actor) -> House:
    property_id = a_property(olga)
    double = a_room_type(olga, property_id, "Double", units=["101", "102"], base_price=9000)
    single = a_room_type(olga, property_id, "Single", units=["201"], base_price=6000)
    (u101, u102), (u201,) = unit_ids(olga, double), unit_ids(olga, single)
    return House(olga, property_id, double, single, u101, u102, u201, today("Europe/Vilnius"))
