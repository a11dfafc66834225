"""The import screen's state: what is chosen for a waiting file, and a live view of everything that runs or ran."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import reflex as rx

from pms.imports import queries, run
from pms.imports.plan import OnRead, Options, Plan
from pms.imports.presets import CUSTOM, suggest
from pms.imports.queries import Preview, Report
from pms.imports.run import Progress
from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import Db
from pms.kernel.words import translate
from pms.ui.imports import rows
from pms.ui.imports.rows import Bad, Choice, Count, Line, NewType, Tried
from pms.ui.kit.toast import notice
from pms.ui.shell import LiveView, News, Session, act, actor_of, as_actor, handler, house_of, show

T = TypeVar("T")
BAD_ROWS = 50
LOOKED_AT_EVERY = 0.25
"""Seconds between two looks at how far the reading is."""
HISTORY = 30


@dataclass(frozen=True)
class Window:
    """What a tab looks at: a property's imports, and one of them closely."""

    property_id: UUID
    timezone: str
    chosen: UUID | None


@dataclass(frozen=True)
class Shown:
    """What the live view loads."""

    lines: list[Line]
    now: Line
    reasons: list[Count]
    bad: list[Bad]


class Stopped(Exception):
    """Nobody waits for the answer any more."""


@dataclass
class Reading:
    """How far a thread has read a file; `stopped` ends it at its next word."""

    percent: int = 0
    stopped: bool = False

    def told(self, rows: int, about: int) -> None:
        """What the reader calls now and then. Raises `Stopped`."""
        if self.stopped:
            raise Stopped()
        self.percent = min(99, 100 * rows // max(1, about))


_READINGS: dict[str, Reading] = {}
"""What is being read for tabs of this process, by client token."""


@dataclass(frozen=True)
class Opened:
    """A waiting file as it was received or last prepared."""

    progress: Progress
    options: dict[str, Any]
    preview: Preview


class Imports(rx.State):
    """`stage` is "" (nothing opened), "match" (a file waits), "tried" (dry run done) or "follow" (under way or ended)."""

    errors: dict[str, str] = {}
    ready: bool = False
    sending: bool = False
    trying: bool = False
    tried_percent: int = 0
    stage: str = ""
    chosen: str = ""
    lines: list[Line] = []
    now: Line = Line()
    bad_reasons: list[Count] = []
    bad_rows: list[Bad] = []

    preset: str = ""
    presets: list[list[str]] = []
    header: list[str] = []
    preview: list[list[str]] = []
    choices: list[Choice] = []
    date_format: str = "%Y-%m-%d"
    shift: bool = False

    report: Tried = Tried()
    statuses: list[Count] = []
    reasons: list[Count] = []
    new_types: list[NewType] = []
    _trial: int = 0

    @handler
    async def load(self):  # type: ignore[no-untyped-def]
        """Show the property's imports; one that runs is opened by itself."""
        await self._show()
        if not self.chosen and (running := next((one for one in self.lines if one.state == "running"), None)):
            self.chosen, self.stage = running.id, "follow"
            await self._show()
        self.ready = True

    async def _show(self) -> None:
        session = await self.get_state(Session)
        if not session.house:
            return
        house = house_of(session)
        if self.chosen and not await act(self, _is_here, UUID(self.chosen), house):
            self._close()
        await show(self, VIEW, Window(house, session.house_now.timezone, UUID(self.chosen) if self.chosen else None))

    @handler
    async def send(self) -> None:
        """The browser sends a file: hold the button."""
        self.sending, self.errors = True, {}

    @handler
    async def received(self, answer: dict[str, Any]):  # type: ignore[no-untyped-def]
        """The HTTP route took the file, or said why not; what it says is checked like anything from a browser."""
        self.sending = False
        if "id" not in answer:
            self.errors = {"file": str(answer.get("message", ""))[:300]}
            return None
        return await self._open(UUID(str(answer["id"])))

    @handler
    async def choose(self, import_id: UUID):  # type: ignore[no-untyped-def]
        """Look at one of the history."""
        return await self._open(import_id)

    async def _open(self, import_id: UUID) -> None:
        progress = await act(self, queries.progress, import_id)
        self._forget_trial()
        self.chosen, self.errors = str(import_id), {}
        if progress.state == "waiting":
            self._match(await act(self, _opened, import_id), (await actor_of(self)).locale)
        else:
            self.stage = "follow"
        await self._show()

    def _match(self, opened: Opened, locale: str) -> None:
        self.stage, self.preset = "match", opened.progress.preset
        self.presets = rows.formats_offered(locale)
        self.header, self.preview = list(opened.preview.header), rows.preview_rows(opened.preview)
        columns = rows.columns_of(opened.options) if self.preset == CUSTOM else suggest(opened.preview.header)
        self.choices = rows.choices(columns, locale)
        self.date_format = str(opened.options.get("mapping", {}).get("date_format", "%Y-%m-%d"))
        self.shift = bool(opened.options.get("shift_to_today"))

    @handler
    async def set_preset(self, preset: str) -> None:
        """Read the file as another format."""
        self._forget_trial()
        self.preset, self.errors, self.stage = preset, {}, "match"

    @handler
    async def set_column(self, field: str, column: str) -> None:
        """Feed a field from another column."""
        if column and column not in self.header:
            return
        self._forget_trial()
        self.choices = [Choice(one.field, one.words, column) if one.field == field else one for one in self.choices]
        self.stage = "match"

    @handler
    async def set_date_format(self, pattern: str) -> None:
        """Read dates another way."""
        self._forget_trial()
        self.date_format, self.stage = pattern, "match"

    @handler
    async def set_shift(self, shift: bool) -> None:
        """Move dates to today, or leave them."""
        self._forget_trial()
        self.shift, self.stage = shift, "match"

    @handler(background=True)
    async def try_dry(self):  # type: ignore[no-untyped-def]
        """Say what the import would do; the tab stays free meanwhile, and the answer waits for a person who left the page."""
        found = await self._aside(_try)
        if found is None:
            return None
        report, locale = found, (await actor_of(self)).locale
        async with self:
            if not self.chosen:
                return None
            self.report, self.statuses = rows.tried(report, locale), rows.statuses(report, locale)
            self.reasons, self.new_types = rows.reasons(report.reasons, locale), rows.new_types(report)
            self.stage = "tried"
            name, elsewhere = self.now.file_name, (await self.get_state(Session)).route != "/imports"
        return notice(translate("{file} has been checked.", locale, file=name)) if elsewhere else None

    @handler(background=True)
    async def start(self) -> None:
        """Hand the file to a worker, once it has been read again."""
        if await self._aside(_start) is None:
            return
        async with self:
            self.stage = "follow"
            await self._show()

    async def _aside(self, verb: Callable[..., T]) -> T | None:
        """Run a verb that reads the whole file while the tab goes on; None when it was stopped, or another one runs."""
        reading = Reading()
        async with self:
            if not self.chosen or self.trying:
                return None
            self.trying, self.tried_percent, self.errors = True, 0, {}
            self._trial += 1
            trial, wanted = self._trial, (UUID(self.chosen), self.preset, self._mapping(), self.shift)
            token = self.router.session.client_token
        _READINGS[token] = reading
        work = asyncio.ensure_future(act(self, verb, *wanted, reading.told))
        try:
            while not (await asyncio.wait({work}, timeout=LOOKED_AT_EVERY))[0]:
                async with self:
                    self.tried_percent = reading.percent
                    reading.stopped = self._trial != trial  # heard here if another process was told
            return work.result()
        except Stopped:
            return None
        finally:
            async with self:
                if self._trial == trial:
                    self._forget_trial()

    @handler
    async def stop_reading(self) -> None:
        """Never mind: what was read so far is forgotten."""
        self._forget_trial()

    def _forget_trial(self) -> None:
        if reading := _READINGS.pop(self.router.session.client_token, None):
            reading.stopped = True
        self._trial, self.trying, self.tried_percent = self._trial + 1, False, 0

    @handler
    async def cancel(self):  # type: ignore[no-untyped-def]
        """Stop; what is in stays in."""
        await act(self, run.cancel, UUID(self.chosen))
        await self._show()
        return notice(translate("The import is stopped.", (await actor_of(self)).locale))

    @handler
    async def discard(self):  # type: ignore[no-untyped-def]
        """Forget a file that was never started."""
        await act(self, run.cancel, UUID(self.chosen))
        self._close()
        await self._show()

    @handler
    async def resume(self) -> None:
        """Go on with an import that stands still."""
        await act(self, run.resume, UUID(self.chosen))
        await self._show()

    @handler
    async def back(self) -> None:
        """Away from the one, back to all."""
        self._close()
        await self._show()

    def _close(self) -> None:
        self._forget_trial()
        self.chosen, self.stage, self.errors, self.now = "", "", {}, Line()
        self.header, self.preview, self.choices = [], [], []

    def _mapping(self) -> dict[str, Any]:
        return {"columns": {one.field: one.column for one in self.choices if one.column}, "date_format": self.date_format}


def _is_here(db: Db, import_id: UUID, property_id: UUID) -> bool:
    """Whether the import goes into the property the tab works in."""
    return queries.progress(db, import_id).property_id == property_id


def _opened(db: Db, import_id: UUID) -> Opened:
    return Opened(queries.progress(db, import_id), queries.options_of(db, import_id), queries.preview(db, import_id))


def _prepared(db: Db, import_id: UUID, preset: str, mapping: dict[str, Any], shift: bool, on_read: OnRead) -> Plan:
    zone = queries.timezone_of(db, import_id)
    run.prepare(db, import_id, preset, mapping, Options(today(zone), shift))
    return run.load(db, import_id, on_read)


def _try(db: Db, import_id: UUID, preset: str, mapping: dict[str, Any], shift: bool, on_read: OnRead) -> Report:
    plan = _prepared(db, import_id, preset, mapping, shift, on_read)
    return queries.dry_run(db, queries.progress(db, import_id).property_id, plan)


def _start(db: Db, import_id: UUID, preset: str, mapping: dict[str, Any], shift: bool, on_read: OnRead) -> Progress:
    plan = _prepared(db, import_id, preset, mapping, shift, on_read)
    on_read(1, 1)  # the last moment to stop
    return run.start(db, import_id, plan)


def _load(actor: Actor, window: Window, news: Any) -> Shown:
    return as_actor(actor, _look, window)


def _look(db: Db, window: Window) -> Shown:
    locale = db.actor.locale
    lines = [rows.line(one, locale, window.timezone) for one in queries.imports_of(db, window.property_id, HISTORY)]
    if window.chosen is None:
        return Shown(lines, Line(), [], [])
    now = rows.line(queries.progress(db, window.chosen), locale, window.timezone)
    reasons = rows.reasons(queries.rejected_reasons(db, window.chosen), locale)
    header = [str(name) for name in queries.options_of(db, window.chosen).get("header", [])]
    bad = [rows.bad(one, header) for one in queries.rejected_rows(db, window.chosen, most=BAD_ROWS)]
    return Shown(lines, now, reasons, bad)


def _apply(state: Any, shown: Shown, news: Any) -> None:
    state.lines, state.now = shown.lines, shown.now
    state.bad_reasons, state.bad_rows = shown.reasons, shown.bad


def _concerns(news: News, window: Window) -> bool:
    return news.property_id == str(window.property_id)


VIEW = LiveView(state=Imports, topics=frozenset({"imports"}), load=_load, apply=_apply, concerns=_concerns)
