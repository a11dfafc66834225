"""A house with one unit on a site, and what there is to see of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from pms.channels.calendars.export import Span, spans
from pms.channels.calendars.feeds import add_feed, link_of
from pms.channels.calendars.models import CalendarEvent, CalendarFeed
from pms.channels.calendars.queries import FeedLine, feeds_of
from pms.channels.calendars.read import read
from pms.channels.calendars.said import Unread
from pms.channels.calendars.sync import bad, learn
from pms.inventory.models import Block
from pms.kernel.actor import Actor, job_actor
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.reservations.book import Booked, Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.models import Reservation, Stay, StayNight
from tests.builders import a_property, a_room_type, unit_ids
from tests.channels.calendars.sites import DAY
from tests.services import environment

ZONE = "Europe/Vilnius"


@dataclass
class House:
    """One property with three units."""

    owner: Actor
    property_id: UUID
    double: UUID
    units: list[UUID]
    first: date
    feeds: dict[str, UUID] = field(default_factory=dict)

    @property
    def job(self) -> Actor:
        assert self.owner.organization_id is not None
        return job_actor(self.owner.organization_id, "calendars")

    def day(self, n: int) -> date:
        return self.first + n * DAY

    def span(self, first: int, end: int) -> tuple[date, date]:
        return self.day(first), self.day(end)

    def feed(self, name: str = "Airbnb", unit: int = 0, url: str = "https://example.com/secret.ics") -> UUID:
        with work(self.owner) as db:
            self.feeds[name] = add_feed(db, name, unit_id=self.units[unit], url=url).id
        return self.feeds[name]

    def learn(self, content: bytes, name: str = "Airbnb") -> None:
        """One fetch of that file, as the worker would do it."""
        try:
            learn(self.job, self.feeds[name], read(content, ZONE))
        except Unread as no:
            bad(self.job, self.feeds[name], no.note)

    def pulled(self, name: str = "Airbnb") -> None:
        """The site has asked for our side."""
        with work(self.owner) as db:
            db.one(CalendarFeed, self.feeds[name]).pulled_at = db.now

    def book(self, first: int, end: int, unit: int | None = 0) -> Booked:
        with work(self.owner) as db:
            room = Room(self.double, *self.span(first, end), None if unit is None else self.units[unit])
            return book(db, Booking(self.property_id, GuestDetails("Adams"), [room]))

    def stays(self) -> list[tuple[int, int, str, int | None]]:
        """(arrival, departure, status, unit) in days from today, units by their place; whoever booked them."""
        with work(self.owner) as db:
            found = []
            for stay in db.scalars(select(Stay).order_by(col(Stay.arrival), col(Stay.id))):
                units = {n.unit_id for n in db.scalars(select(StayNight).where(StayNight.stay_id == stay.id))}
                (unit,) = units or {None}
                place = self.units.index(unit) if unit else None
                found.append(((stay.arrival - self.first).days, (stay.departure - self.first).days, stay.status, place))
            return found

    def stay(self) -> Stay:
        with work(self.owner) as db:
            return db.scalars(select(Stay)).one()

    def reservations(self) -> list[Reservation]:
        with work(self.owner) as db:
            return list(db.scalars(select(Reservation).order_by(col(Reservation.id))))

    def blocks(self) -> list[tuple[int, int]]:
        """The out-of-order nights that lie on units, in days from today."""
        with work(self.owner) as db:
            rows = db.scalars(select(Block).where(col(Block.lifted_at).is_(None)).order_by(col(Block.first_night)))
            return [((b.first_night - self.first).days, (b.end_night - self.first).days) for b in rows]

    def events(self, name: str = "Airbnb") -> list[CalendarEvent]:
        with work(self.owner) as db:
            query = select(CalendarEvent).where(CalendarEvent.feed_id == self.feeds[name])
            return list(db.scalars(query.order_by(col(CalendarEvent.first_night))))

    def line(self, name: str = "Airbnb") -> FeedLine:
        with work(self.owner) as db:
            return next(line for line in feeds_of(db, self.property_id) if line.id == self.feeds[name])

    def told(self, name: str = "Airbnb") -> list[str]:
        """The keys of what the feed has to tell."""
        line = self.line(name)
        return [one.key for one in ([line.problem] if line.problem else []) + [*line.notes]]

    def exported(self, name: str = "Airbnb") -> list[tuple[int, int]]:
        """What the site is told, in days from today."""
        return [((one.first - self.first).days, (one.end - self.first).days) for one in self.spans(name)]

    def spans(self, name: str) -> list[Span]:
        with work(self.owner) as db:
            return spans(db, db.one(CalendarFeed, self.feeds[name]))

    def link(self, name: str = "Airbnb") -> str:
        """The path of our side."""
        with work(self.owner) as db:
            link = link_of(db.one(CalendarFeed, self.feeds[name]))
        return "/calendars/" + link.rpartition("/")[2]

    def due(self, **values: Any) -> None:
        """Everything is to be fetched now."""
        with work(self.owner) as db:
            db.execute(text("update calendar_feed set due_at = now() - interval '1 second'"))


@pytest.fixture
def house(olga: Actor) -> House:
    property_id = a_property(olga, timezone=ZONE)
    double = a_room_type(olga, property_id, "Double", 3)
    return House(olga, property_id, double, unit_ids(olga, double), today(ZONE))


@pytest.fixture
def local_sites() -> Iterator[None]:
    """Sites on 127.0.0.1 may be asked."""
    with environment(OCTASPACE_LOCAL_CALENDARS="true"):
        yield
