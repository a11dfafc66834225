"""What this process knows of the windows its tabs look at: read once, however many tabs show them.

A sheet is one window of days of one property. It reads what somebody looks at (rows are read when first shown) and forgets
what news say has changed; the next tab to paint reads that again. Only tabs that hear the news may reuse a sheet: whoever
opens a window, or may have missed something, gets a fresh one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import Db, work
from pms.reservations.calendar import (
    ChartHouse,
    ChartType,
    ChartUnit,
    Closure,
    Segment,
    chart_house,
    closures_in,
    counted,
    segments_in,
    traffic,
    unassigned,
)
from pms.ui.calendar import rows
from pms.ui.calendar.rates import Priced, Rates, RatesNow
from pms.ui.calendar.rows import Counts, RowRef
from pms.ui.shell.live import News, Stories

SHEETS_KEPT = 64
DAYS_MAX = 98
ROWS_MAX = 72


class Span(NamedTuple):
    """A window of days of one property, as tabs share it: first day number and how many days."""

    organization_id: UUID
    property_id: UUID
    first: int
    days: int


@dataclass(frozen=True)
class Window:
    """Exactly what one tab shows: the days, `count` rows from `top` on, its filters, and whose rates (`rates.Mode`), if any."""

    span: Span
    top: int
    count: int
    only: tuple[UUID, ...] = ()
    states: tuple[str, ...] = ()
    folded: tuple[UUID, ...] = ()
    rates: str = ""


@dataclass(frozen=True)
class Painted:
    """What to put into a tab's state: rows as (index, key, text), heads of days as (day, text), how tall the chart is."""

    total: int
    rows: tuple[tuple[int, str, str], ...]
    days: tuple[tuple[int, str], ...]
    today: int
    house: ChartHouse
    priced: Priced | None = None


@dataclass
class Sheet:
    """One span. Threads take turns by its lock; `pending` collects news between turns (append and popleft are atomic)."""

    span: Span
    lock: threading.Lock = field(default_factory=threading.Lock)
    pending: list[News] = field(default_factory=list)
    heard: int = 0
    house: ChartHouse | None = None
    today: date | None = None
    counts: Counts | None = None
    heads: list[Any] | None = None
    waiting: dict[UUID, list[list[Segment]]] | None = None
    units: dict[UUID, tuple[list[Segment], list[Closure]]] = field(default_factory=dict)
    facts: dict[UUID, tuple[ChartType, ChartUnit]] = field(default_factory=dict)
    rates: Rates = field(default_factory=Rates)

    @property
    def dates(self) -> list[date]:
        """The days of the window."""
        first = rows.day_of(self.span.first)
        return [first + timedelta(n) for n in range(self.span.days)]

    def hear(self, news: News) -> None:
        """Note what happened; every tab on this sheet is told, once is enough."""
        if news.id > self.heard or news.id not in {one.id for one in self.pending}:
            self.pending.append(news)
            self.heard = max(self.heard, news.id)

    def paint(self, db: Db, window: Window) -> Painted:
        """What the window shows now. Refuses `NotFound`, `NotPermitted`."""
        with self.lock:
            self._forget()
            self._read_house(db)
            self._read_counts(db)
            house, waiting = self.house, self.waiting or {}
            assert house is not None
            assert self.today is not None
            refs = rows.layout(house, {id: len(stack) for id, stack in waiting.items()}, window.only, window.folded)
            top = max(0, min(window.top, len(refs) - 1))
            shown = refs[top : top + window.count]
            self._read_units(db, [ref.unit_id for ref in shown if ref.unit_id])
            named = db.actor.may("guest.view", self.span.property_id)
            assert self.counts is not None
            rates = self.rates.now(db, self.span.property_id, self.dates, window.rates) if window.rates else None
            drawn = [self._draw(ref, window, named, rates) for ref in shown]
            heads = rows.day_rows(house, self.counts, self.heads or [], self.dates, window.only)
            numbered = tuple((top + n, row["k"], rows.as_sent(row)) for n, row in enumerate(drawn))
            days = tuple((head[0], rows.as_sent(head)) for head in heads)
            return Painted(len(refs), numbered, days, rows.day_number(self.today), house, rates and rates.priced)

    def row_of(self, window: Window, unit_id: UUID | None, room_type_id: UUID) -> int:
        """Which row of a window that was painted is the unit's, or the first lane of the type's; 0 when there is none."""
        with self.lock:
            if self.house is None:
                return 0
            counts = {id: len(stack) for id, stack in (self.waiting or {}).items()}
            refs = rows.layout(self.house, counts, window.only, window.folded)
        at = (n for n, ref in enumerate(refs) if ref.type_id == room_type_id and ref.unit_id == unit_id and ref.kind != "t")
        return next(at, 0)

    def _draw(self, ref: RowRef, window: Window, named: bool, rates: RatesNow | None) -> dict[str, Any]:
        assert self.counts is not None
        assert self.house is not None
        assert self.today is not None
        assert self.waiting is not None
        if ref.unit_id:
            one, unit = self.facts[ref.unit_id]
            party = f"{one.adults} + {one.children}" if one.children else str(one.adults)
            return rows.unit_row(ref, unit.name, party, *self.units[ref.unit_id], self.today, named, window.states)
        if ref.kind == "l":
            stack = self.waiting.get(ref.type_id, [])
            lane = stack[ref.lane] if ref.lane < len(stack) else []
            waiting = sum(map(len, stack))
            return rows.lane_row(ref, lane, waiting, self.today, self.counts.oversold(ref.type_id), named, window.states)
        one = next(one for one in self.house.types if one.id == ref.type_id)
        free = [self.counts.at(one.id, day).free for day in self.dates]
        asked = rates.cells(one.id, free) if rates else ""
        return rows.type_row(one, self.counts, self.dates, ref.type_id in window.folded, asked)

    def _forget(self) -> None:
        """Drop what the news say has changed."""
        while self.pending:
            news = self.pending.pop(0)
            units, stale = units_touched(news), touched(news)
            if "counts" in stale:
                self.counts = None
            if "heads" in stale:
                self.heads = None
            if "waiting" in stale:
                self.waiting = None
            if news.entity in ("unit", "room_type", "property"):
                self.house = None
            if news.entity in ("room_type", "property") or ("counts" in stale and self.rates.asks_occupancy):
                self.rates.heard += 1
            if units is None:
                self.units.clear()
            for unit in units or ():
                self.units.pop(unit, None)

    def _read_house(self, db: Db) -> None:
        if self.house is None:
            self.house = chart_house(db, self.span.property_id)
            self.facts = {unit.id: (one, unit) for one in self.house.types for unit in one.units}
        else:
            db.actor.require("reservation.view", self.span.property_id)
        self.today = today(self.house.timezone)

    def _read_counts(self, db: Db) -> None:
        assert self.house is not None
        here, first, end = self.span.property_id, self.dates[0], self.dates[-1] + timedelta(1)
        if self.counts is None:
            self.counts = Counts(self.house, counted(db, here, first, end))
        if self.heads is None:
            self.heads = list(traffic(db, here, first, end))
        if self.waiting is None:
            loose: dict[UUID, list[Segment]] = {}
            for segment in unassigned(db, here, first, end):
                loose.setdefault(segment.room_type_id, []).append(segment)
            self.waiting = {id: rows.lanes(segments) for id, segments in loose.items()}

    def _read_units(self, db: Db, wanted: Sequence[UUID]) -> None:
        missing = [unit for unit in wanted if unit not in self.units]
        if not missing:
            return
        first, end = self.dates[0], self.dates[-1] + timedelta(1)
        found: dict[UUID, tuple[list[Segment], list[Closure]]] = {unit: ([], []) for unit in missing}
        for segment in segments_in(db, missing, first, end):
            found[segment.unit_id][0].append(segment)  # type: ignore[index]
        for block in closures_in(db, missing, first, end):
            found[block.unit_id][1].append(block)
        for segments, _ in found.values():
            segments.sort(key=lambda one: one.first)
        self.units |= found


def pictures(news: News) -> list[dict[str, Any]] | None:
    """What stood before and what stands after, as far as there was anything; None when the news do not say."""
    told = [picture for picture in (news.before, news.after) if picture]
    if news.entity not in ("stay", "block") or not told or not all("segments" in one for one in told):
        return None
    return told


def units_touched(news: News) -> set[UUID] | None:
    """The units in which something changed; None when the news do not say."""
    told = pictures(news)
    return None if told is None else {UUID(segment[3]) for one in told for segment in one["segments"] if segment[3]}


def touched(news: News) -> set[str]:
    """Which parts of a sheet the news make stale, besides units: "counts", "heads" (who comes and goes), "waiting"."""
    told = pictures(news)
    if told is None or len(told) < 2:
        return {"counts", "heads", "waiting"}
    before, after = told
    stale = set()
    if before.get("status") != after.get("status") or _sold(before) != _sold(after) or news.entity == "block":
        stale |= {"counts", "waiting"}
    if any(before.get(name) != after.get(name) for name in ("status", "arrival", "departure")):
        stale |= {"heads", "waiting"}
    if any(segment[3] is None for one in told for segment in one["segments"]) or not all(one["segments"] for one in told):
        stale |= {"waiting"}
    return stale


def _sold(picture: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The nights by room type, whichever unit."""
    return [(segment[0], segment[1], segment[2]) for segment in picture["segments"]]


_sheets: OrderedDict[Span, Sheet] = OrderedDict()
_turn = threading.Lock()


def fresh(span: Span) -> Sheet:
    """An empty sheet in the place of whatever was known."""
    with _turn:
        _sheets[span] = Sheet(span)
        _sheets.move_to_end(span)
        while len(_sheets) > SHEETS_KEPT:
            _sheets.popitem(last=False)
        return _sheets[span]


def known(span: Span) -> Sheet:
    """The sheet of the span, for tabs that have heard all its news; else a fresh one."""
    with _turn:
        found = _sheets.get(span)
    return found or fresh(span)


def concerns(news: News, window: Window) -> bool:
    """Whether the news may change what the window shows; notes them on its sheet in passing.

    News of rates alone are noted for whoever turns the rates on later, and change nothing while they are off.
    """
    span = window.span
    if news.property_id is not None and news.property_id != str(span.property_id):
        return False
    if not _within(news, span):
        return False
    sheet = _sheets.get(span)
    if "calendar" not in news.topics:
        if sheet:
            sheet.rates.heard += 1
        return bool(window.rates)
    if sheet:
        sheet.hear(news)
    return True


def _within(news: News, span: Span) -> bool:
    """False when all nights before and after the change lie outside the window."""
    if news.event == "rate.changed" and news.after:
        return _reaches(span, [news.after["first"], news.after["last"]])
    told = pictures(news)
    if told is None:
        return True
    dates = [day for one in told for segment in one["segments"] for day in segment[:2]]
    return _reaches(span, dates + [one[name] for one in told for name in ("arrival", "departure") if name in one])


def _reaches(span: Span, dates: Sequence[str]) -> bool:
    """Whether what lies between ISO dates may touch the window; what names none may."""
    numbers = [rows.day_number(date.fromisoformat(day)) for day in dates]
    return not numbers or (min(numbers) <= span.first + span.days and max(numbers) >= span.first - 1)


def load(actor: Actor, window: Window, news: Stories) -> Painted:
    """What `LiveView.load` asks for: all of it afresh without news, else only what they touch. Refuses `NotPermitted`."""
    sheet = known(window.span) if news else fresh(window.span)
    with work(actor) as db:
        return sheet.paint(db, window)


def load_more(actor: Actor, window: Window) -> Painted:
    """Other rows of a window the tab has been watching all along. Refuses `NotPermitted`."""
    with work(actor) as db:
        return known(window.span).paint(db, window)
