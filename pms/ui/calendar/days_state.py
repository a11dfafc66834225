"""The phone's calendar: one day as lists, kept live like the chart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import reflex as rx
from pydantic import Field

from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import Db, work
from pms.kernel.formats import day_short
from pms.properties.models import Property
from pms.reservations.calendar import ChartType, chart_house, counted
from pms.reservations.day import DayLine, day_lines
from pms.ui.calendar import rows
from pms.ui.calendar.rates import STANDARD, Mode, Rates
from pms.ui.calendar.rows import Counts
from pms.ui.calendar.state import VIEW, Calendar
from pms.ui.kit.words import Words
from pms.ui.shell import LiveView, News, Session, handler, house_of, show
from pms.ui.shell.live import Stories, hub


class Day(NamedTuple):
    """What a phone shows: one day of one property, and whose rates, if any."""

    property_id: UUID
    day: date
    rates: str = ""


@dataclass(frozen=True)
class Line:
    """A guest in a list: dates in words, `look` the letter of the status."""

    stay: str
    name: str
    unit: str
    room_type: str
    dates: str
    nights: int
    party: str
    look: str
    source: str
    urgent: bool


@dataclass(frozen=True)
class Rated:
    """What a room type costs: its key and name, its cell as the grid writes it, and how many rooms are left."""

    type: str
    name: str
    cell: str
    left: int


@dataclass(frozen=True)
class Lacking:
    """An oversold room type: its key and name, and for how many guests it has no room."""

    type: str
    name: str
    guests: int


class DayList(rx.State):
    """`day` is ISO, `number` counts it, `title` says it in words. What each type costs is known in rates mode alone."""

    day: str = ""
    title: str = ""
    is_today: bool = True
    arrivals: list[Line] = []
    departures: list[Line] = []
    staying: list[Line] = []
    rated: list[Rated] = []
    lacking: list[Lacking] = []
    number: int = 0
    plan: str = ""
    plan_name: str = ""
    plans: list[list[str]] = []
    currency: str = ""
    ready: bool = False

    @handler
    async def load(self) -> Any:
        """Show the day shown before, else today."""
        session = await self.get_state(Session)
        if session.house:
            here = today(session.house_now.timezone)
            await self._show(_read(self.day) or here)

    async def _show(self, day: date) -> None:
        session = await self.get_state(Session)
        self.day, self.is_today = day.isoformat(), day == today(session.house_now.timezone)
        self.title = day_short(day, (await self.get_state(Words)).locale)
        self.number = rows.day_number(day)
        rates = (await self.get_state(Calendar)).rates if session.granted.get("property.view") else ""
        await show(self, DAY, Day(house_of(session), day, rates))
        self.ready = True

    @handler
    async def step(self, days: Annotated[int, Field(ge=-31, le=31)]) -> Any:
        """A day later, or earlier."""
        if day := _read(self.day):
            await self._show(day + timedelta(days))

    @handler
    async def go_today(self) -> Any:
        """Show today."""
        await self._show(today((await self.get_state(Session)).house_now.timezone))

    @handler
    async def go_typed(self, day: str) -> Any:
        """Show a day as the date field sends it."""
        if found := _read(day):
            await self._show(found)

    @handler
    async def switch_rates(self) -> Any:
        """Show what the day costs, or no longer."""
        await self._rate("" if (await self.get_state(Calendar)).rates else STANDARD)

    @handler
    async def choose_plan(self, plan: Mode) -> Any:
        """Show the prices of another plan."""
        await self._rate(str(plan))

    async def _rate(self, mode: str) -> None:
        """One choice for chart and list."""
        calendar = await self.get_state(Calendar)
        calendar.rates, calendar.kept_rates = mode, mode
        if day := _read(self.day):
            await self._show(day)

    @handler
    async def turned(self, narrow: bool) -> Any:
        """The window became narrow, or wide: load what is shown now."""
        calendar = await self.get_state(Calendar)
        if narrow and not self.day:  # a narrow browser that does not call itself a phone follows its link, too
            linked = calendar._linked_day or _read(self.router.url.query_parameters.get("date", ""))
            self.day = linked.isoformat() if linked else ""
        calendar._turn(narrow)
        if tab := hub().tabs.get(self.router.session.client_token):
            tab.watches.pop(VIEW if narrow else DAY, None)
        return DayList.load if narrow else Calendar.load


def _read(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(1970, 1, 1) < day < date(2200, 1, 1) else None


def sorted_lines(lines: Iterable[DayLine], day: date, here: date, locale: str) -> tuple[list[Line], list[Line], list[Line]]:
    """Arrivals, departures, and who stays; day use counts as an arrival."""
    arrivals: list[Line] = []
    departures: list[Line] = []
    staying: list[Line] = []
    for one in lines:
        target = arrivals if one.arrival == day else departures if one.departure == day else staying
        target.append(_line(one, here, locale))
    return arrivals, departures, staying


def _line(one: DayLine, here: date, locale: str) -> Line:
    overdue = one.departure < here if one.status == "checked_in" else one.status != "checked_out" and one.arrival < here
    loose = one.unit is None and one.arrival == here
    return Line(
        stay=str(one.stay_id),
        name=f"{one.last_name} {one.first_name}".strip() or one.code,
        unit=one.unit or "",
        room_type=one.room_type,
        dates=f"{day_short(one.arrival, locale)} – {day_short(one.departure, locale)}",
        nights=(one.departure - one.arrival).days,
        party=f"{one.adults}+{one.children}" if one.children else str(one.adults),
        look=rows.LOOKS[one.status],
        source=rows.source_mark(one.source),
        urgent=overdue or loose,
    )


@dataclass(frozen=True)
class Found:
    """The three lists of a day; in rates mode also what it costs."""

    arrivals: list[Line]
    departures: list[Line]
    staying: list[Line]
    lacking: list[Lacking] = field(default_factory=list)
    rated: list[Rated] = field(default_factory=list)
    plan: str = ""
    plan_name: str = ""
    plans: list[list[str]] = field(default_factory=list)
    currency: str = ""


def _load(actor: Actor, window: Day, news: Stories) -> Found:
    with work(actor) as db:
        lines = day_lines(db, window.property_id, window.day)
        here = today(db.one(Property, window.property_id).timezone)
        left = _left(db, window)
        rates = _rates(db, window, left) if window.rates else {}
    lacking = [Lacking(rows.key_of(one.id), one.name, -free) for one, free in left if free < 0]
    return Found(*sorted_lines(lines, window.day, here, actor.locale), lacking, **rates)


def _left(db: Db, window: Day) -> list[tuple[ChartType, int]]:
    """Every room type with the rooms left that day, negative where it is oversold."""
    house = chart_house(db, window.property_id)
    counts = Counts(house, counted(db, window.property_id, window.day, window.day + timedelta(1)))
    return [(one, counts.at(one.id, window.day).free) for one in house.types]


def _rates(db: Db, window: Day, left: Iterable[tuple[ChartType, int]]) -> dict[str, Any]:
    """What each room type costs that day, where the plan sells it, and which plans there are."""
    now = Rates().now(db, window.property_id, [window.day], window.rates)
    rated = [Rated(rows.key_of(one.id), one.name, cell, free) for one, free in left if (cell := now.cells(one.id, [free]))]
    beside, name = now.priced, now.plan.name if now.plan else ""
    plans = [list(plan) for plan in beside.plans]
    return {"rated": rated, "plan": beside.plan, "plan_name": name, "plans": plans, "currency": beside.currency}


def _put(state: DayList, found: Found, news: Stories) -> None:
    for name in Found.__dataclass_fields__:
        if getattr(state, name) != getattr(found, name):
            setattr(state, name, getattr(found, name))


def _concerns(news: News, window: Day) -> bool:
    if news.property_id not in (None, str(window.property_id)):
        return False
    if "calendar" in news.topics:
        return True
    told = news.after if news.event == "rate.changed" and news.after else None
    return bool(window.rates) and (told is None or told["first"] <= window.day.isoformat() <= told["last"])


DAY = LiveView(state=DayList, topics=frozenset({"calendar", "rates"}), load=_load, apply=_put, concerns=_concerns)
