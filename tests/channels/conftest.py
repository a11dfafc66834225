"""A house on a channel: two room types, one plan, everything mapped, and the channel's local server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from pms.channels.connections import connect, map_product
from pms.channels.models import ChannelBooking, Connection, Shown, StoredMessage
from pms.kernel.actor import Actor, job_actor
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.rates.load import house_of
from pms.reservations.book import Booked, Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.models import Reservation, Stay
from tests.builders import a_property, a_room_type
from tests.channels.door import door
from tests.channels.fake import FakeOta, Sale, serving
from tests.channels.otas import OTAS
from tests.services import environment
from workers.channels import speak

NIGHTS = 20


@dataclass
class OnChannel:
    """The house, its connection, and the fake. Room "room-D" is its Double (3 units), "room-S" its Single (2)."""

    owner: Actor
    property_id: UUID
    double: UUID
    single: UUID
    plan: UUID
    connection: UUID
    channel: str
    fake: FakeOta
    first: date
    nights: int = NIGHTS

    def turn(self) -> bool:
        """One turn in which everything is due, whatever the clock says."""
        assert self.owner.organization_id is not None
        self.later()
        return speak(job_actor(self.owner.organization_id, "channels"), self.connection, self.channel, self.nights)

    def tell(self) -> bool:
        """One turn in which only telling is due: the channel is not listened to."""
        self.later()
        with work(self.owner) as db:
            later = "fetch_at = now() + interval '1 hour', compare_at = null"
            db.execute(text(f"update channel_connection set {later} where id = '{self.connection}'"))
        assert self.owner.organization_id is not None
        return speak(job_actor(self.owner.organization_id, "channels"), self.connection, self.channel, self.nights)

    def news(self) -> None:
        """As the relay says it when something was sold."""
        with work(self.owner) as db:
            db.execute(text(f"update channel_connection set rooms_news = rooms_news + 1 where id = '{self.connection}'"))

    def later(self) -> None:
        """Long enough that everything is due, and all that the channel asked for has passed."""
        with work(self.owner) as db:
            due = "fetch_at = now() - interval '1 second', rest_until = null, swept_at = null, calls_left = null"
            db.execute(text(f"update channel_connection set turn_until = null, {due} where id = '{self.connection}'"))

    def hurry(self) -> None:
        """Whoever speaks to it need not wait any longer for anything: as if the pauses asked for were over."""
        with work(self.owner) as db:
            due = "fetch_at = least(fetch_at, now()), rest_until = null"
            db.execute(text(f"update channel_connection set {due} where id = '{self.connection}'"))

    def day(self, n: int) -> date:
        return self.first + timedelta(days=n)

    def sale(self, first: int, end: int, room: str = "room-D", rate: str = "rate-D", **more: Any) -> Sale:
        return Sale(room, rate, self.day(first), self.day(end), prices=(10_000,) * (end - first), **more)

    def book(self, first: int, end: int) -> Booked:
        with work(self.owner) as db:
            room = Room(self.double, self.day(first), self.day(end))
            return book(db, Booking(self.property_id, GuestDetails("Adams"), [room]))

    def shown(self, remote: str, n: int) -> dict[str, int]:
        return self.fake.calendar.get((remote, self.day(n)), {})

    def words(self) -> set[str]:
        with work(self.owner) as db:
            products = "select id from channel_product where connection_id = :id"
            query = select(Shown).where(text(f"product_id in ({products})")).params(id=self.connection)
            return {row.words for row in db.scalars(query) if row.words}

    def state(self) -> tuple[str, str]:
        with work(self.owner) as db:
            row = db.one(Connection, self.connection)
            return row.state, row.problem

    def bookings(self) -> dict[str, ChannelBooking]:
        with work(self.owner) as db:
            query = select(ChannelBooking).where(ChannelBooking.connection_id == self.connection)
            return {row.booking: row for row in db.scalars(query)}

    def messages(self) -> list[StoredMessage]:
        with work(self.owner) as db:
            query = select(StoredMessage).where(StoredMessage.connection_id == self.connection)
            return list(db.scalars(query.order_by(col(StoredMessage.number))))

    def reservation(self, booking: str) -> tuple[Reservation, list[Stay]]:
        """What a booking of the channel is here."""
        with work(self.owner) as db:
            row = db.one(Reservation, self.bookings()[booking].reservation_id)
            return row, list(db.scalars(select(Stay).where(Stay.reservation_id == row.id).order_by(col(Stay.id))))

    def stays(self, booking: str) -> list[tuple[date, date, str]]:
        if self.bookings()[booking].reservation_id is None:  # cancelled before we heard of it
            return []
        return [(stay.arrival, stay.departure, stay.status) for stay in self.reservation(booking)[1]]


@contextmanager
def on_channel(owner: Actor, channel: str, beside: OnChannel | None = None, at: str = "") -> Iterator[OnChannel]:
    """A new house of the owner's on that channel, or the house that is `beside` another on one more; our door is `at`."""
    house = beside.property_id if beside else a_property(owner)
    double = beside.double if beside else a_room_type(owner, house, "Double", 3)
    single = beside.single if beside else a_room_type(owner, house, "Single", 2)
    fake = OTAS[channel]()
    if "client_id" in fake.credentials:  # tokens are kept by client and address, and ports come round again
        fake.credentials["client_id"] += f"-{uuid4().hex[:8]}"
    fake.add("room-D", ["rate-D"])
    fake.add("room-S", ["rate-S"])
    with serving(fake), hosted(channel, fake.url):
        with work(owner) as db:
            plan = house_of(db, house).default_plan_id
            assert plan is not None
            connection = connect(db, house, channel, fake.remote_property, fake.credentials).id
            if fake.brings:
                fake.hook = f"{at or door()}/hooks/{connection}"
            for kind, name in ((double, "D"), (single, "S")):
                map_product(db, connection, kind, None, f"room-{name}")
                map_product(db, connection, kind, plan, f"room-{name}/rate-{name}")
        yield OnChannel(owner, house, double, single, plan, connection, channel, fake, today("Europe/Vilnius"))


@contextmanager
def hosted(channel: str, url: str) -> Iterator[None]:
    """The channel is found there for the duration, beside those that are found elsewhere."""
    hosts = json.loads(os.environ.get("OCTASPACE_CHANNEL_HOSTS", "{}")) | {channel: url}
    with environment(OCTASPACE_CHANNEL_HOSTS=json.dumps(hosts)):
        yield


@pytest.fixture
def hotel(olga: Actor) -> Iterator[OnChannel]:
    with on_channel(olga, "channex") as house:
        yield house
