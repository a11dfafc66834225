"""A house on a channel: two room types, one plan, everything mapped, and the channel's local server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from pms.channels.connections import connect, map_product
from pms.channels.models import Connection, Shown
from pms.kernel.actor import Actor, job_actor
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.rates.load import house_of
from pms.rates.models import RatePlan
from pms.reservations.book import Booked, Booking, Room, book
from pms.reservations.guests import GuestDetails
from tests.builders import a_property, a_room_type
from tests.channels.channex import FakeChannex, channex
from tests.services import environment
from workers.channels import push

NIGHTS = 20


@dataclass
class OnChannel:
    """The house, its connection, and the fake."""

    owner: Actor
    property_id: UUID
    double: UUID
    single: UUID
    plan: UUID
    connection: UUID
    fake: FakeChannex
    first: date

    def push(self) -> float:
        assert self.owner.organization_id is not None
        return push(job_actor(self.owner.organization_id, "channels"), self.connection, "channex", NIGHTS)

    def rested(self) -> None:
        """As long as the channel asked for has passed."""
        with work(self.owner) as db:
            db.execute(text("update channel_connection set pushing_until = now() - interval '1 second'"))

    def day(self, n: int) -> date:
        return self.first + timedelta(days=n)

    def book(self, first: int, end: int) -> Booked:
        with work(self.owner) as db:
            room = Room(self.double, self.day(first), self.day(end))
            return book(db, Booking(self.property_id, GuestDetails("Adams"), [room]))

    def shown(self, remote: str, n: int) -> dict[str, Any]:
        return self.fake.calendar.get((remote, self.day(n)), {})

    def words(self) -> set[str]:
        with work(self.owner) as db:
            return {row.words for row in db.query(Shown).all() if row.words}

    def state(self) -> tuple[str, str]:
        with work(self.owner) as db:
            row = db.one(Connection, self.connection)
            return row.state, row.problem


@pytest.fixture
def hotel(olga: Actor) -> Iterator[OnChannel]:
    house = a_property(olga)
    double, single = a_room_type(olga, house, "Double", 3), a_room_type(olga, house, "Single", 2)
    with channex() as fake, environment(OCTASPACE_CHANNEX_URL=fake.url):
        with work(olga) as db:
            plan = house_of(db, house).default_plan_id
            assert plan is not None
            connection = connect(db, house, "channex", fake.property_id, {"api_key": fake.key}).id
            for kind, name in ((double, "D"), (single, "S")):
                map_product(db, connection, kind, None, f"room-{name}")
                map_product(db, connection, kind, plan, f"rate-{name}")
                fake.ids |= {f"room-{name}", f"rate-{name}"}
            assert db.one(RatePlan, plan).code == "FLEX"
        yield OnChannel(olga, house, double, single, plan, connection, fake, today("Europe/Vilnius"))
