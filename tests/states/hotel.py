"""A small hotel for tests of the calendar's states, and what a tab of it shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from reflex.istate.data import RouterData
from sqlalchemy import text

import pms.ui.calendar.page  # noqa: F401 - as in the product, every state of the screen is known before a tab opens
from pms import reactions
from pms.kernel.actor import RELAY, Actor
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.reservations.book import Booked, Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.ui.calendar import sheet
from pms.ui.calendar.state import ROW_SLOTS, VIEW, Calendar
from pms.ui.shell import Session
from pms.ui.shell.live import News, read
from pms.ui.shell.session import House
from tests.builders import Cast, a_property, a_room_type, unit_ids
from tests.states.tab import Tab

ZONE = "Europe/Vilnius"


class Hotel:
    """A small house: three doubles and two suites."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.today = cast, today(ZONE)
        self.id = a_property(cast.olga)
        self.double = a_room_type(cast.olga, self.id, "Double", ["101", "102", "103"])
        self.suite = a_room_type(cast.olga, self.id, "Suite", ["201", "202"])
        self.doubles, self.suites = unit_ids(cast.olga, self.double), unit_ids(cast.olga, self.suite)

    def day(self, n: int) -> date:
        return self.today + timedelta(n)

    def work(self, verb: Callable[..., Any], *args: Any, actor: Actor | None = None, **more: Any) -> Any:
        with work(actor or self.cast.rita) as db:
            return verb(db, *args, **more)

    def book(self, first: int = 1, nights: int = 2, unit: UUID | None = None, name: str = "Müller", **more: Any) -> Booked:
        room = Room(self.double, self.day(first), self.day(first + nights), unit, **more)
        booked: Booked = self.work(book, Booking(self.id, GuestDetails(name, "Anna"), [room]))
        return booked

    def tab(self, actor: Actor | None = None, address: str = "") -> Tab:
        """A tab in this house, let in by the guard already."""
        tab = Tab(actor or self.cast.rita)
        session = tab.state(Session)
        session.house, session.house_now = str(self.id), House(str(self.id), "Seaside", "", ZONE)
        session.houses = [session.house_now]
        session.granted = dict.fromkeys(sorted((actor or self.cast.rita).permissions), True)
        tab.root.router_data["asPath"] = f"/calendar?{address}"
        tab.root.router = RouterData.from_router_data(tab.root.router_data)
        tab.delta()
        return tab


def shown(tab: Tab) -> dict[str, Any]:
    """What the chart of a tab shows: rows by their place, heads of days, its height."""
    chart = tab.state(Calendar)
    lines = {chart.tops[n]: json.loads(getattr(chart, f"row{n}")) for n in range(ROW_SLOTS) if chart.tops[n] >= 0}
    days = {n: json.loads(getattr(chart, f"day{n % sheet.DAYS_MAX}")) for n in range(chart.first, chart.first + chart.days)}
    return {"lines": lines, "days": days, "total": chart.total, "types": [list(one) for one in chart.types]}


def bars(tab: Tab, row: str) -> list[list[Any]]:
    """The bars of the row with that name; "" is the lanes."""
    lines = shown(tab)["lines"].values()
    return [bar for line in lines if (line["n"] == row or (not row and line["t"] == "l")) for bar in line["b"]]


class Feed:
    """The journal as the relay would tell it, from here on."""

    def __init__(self) -> None:
        with work(RELAY) as db:
            self.last = db.execute(text("select coalesce(max(id), 0) from journal")).scalar_one()

    def news(self) -> list[News]:
        with work(RELAY) as db:
            found = db.execute(text("select * from journal where id > :last order by id"), {"last": self.last}).mappings().all()
        self.last = max([self.last, *(row["id"] for row in found)])
        told = [message for row in found if (message := reactions.message(row))]
        return [one for message in told if (one := read(json.dumps(message, default=str)))]


def hear(tab: Tab, actor: Actor, news: list[News]) -> None:
    """What the hub does with news in this tab."""
    chart = tab.state(Calendar)
    concerned = tuple(one for one in news if VIEW.concerns(one, chart._window))
    if concerned:
        VIEW.apply(chart, VIEW.load(actor, chart._window, concerned), concerned)
