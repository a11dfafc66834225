"""The chart's state: what this tab shows. Rows and days sit in slots, one var each, so that a change sends little."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import reflex as rx
from pydantic import Field

from pms.kernel import formats
from pms.kernel.dates import today
from pms.ui.calendar import rates, rows, sheet
from pms.ui.calendar.rates import STANDARD, Mode, Priced
from pms.ui.calendar.sheet import DAYS_MAX, ROWS_MAX, Painted, Window
from pms.ui.calendar.view import rows_for, span_for
from pms.ui.kit.words import Words
from pms.ui.shell import LiveView, News, Session, actor_of, handler, house_of, in_thread, show
from pms.ui.shell.live import Stories, hub

ZOOMS = (14, 21, 31, 62)
ROW_SLOTS = ROWS_MAX
DAY_SLOTS = DAYS_MAX
YEARS = 10
"""How far the chart scrolls either way."""
LEAD = 2
"""Days shown before the day asked for."""

DayNumber = Annotated[int, Field(ge=rows.DAY_MIN, le=rows.DAY_MAX)]
Few = Annotated[int, Field(ge=0, le=400)]
RowNumber = Annotated[int, Field(ge=0, le=100_000)]
Status = Literal["tentative", "confirmed", "checked_in", "checked_out"]


class Calendar(rx.State):
    """What is in sight. `row0`... and `day0`... are slots: which row sits where is in `tops`, days sit at `day % DAY_SLOTS`."""

    __annotations__ = {
        **{f"row{n}": str for n in range(ROW_SLOTS)},
        **{f"day{n}": str for n in range(DAY_SLOTS)},
    }
    for _n in range(ROW_SLOTS):
        locals()[f"row{_n}"] = ""
    for _n in range(DAY_SLOTS):
        locals()[f"day{_n}"] = ""
    del _n

    tops: list[int] = [-1] * ROW_SLOTS
    total: int = 0
    origin: int = 0
    axis: int = 0
    first: int = 0
    days: int = 0
    today: int = 0
    goto: list[int] = [0, 0, -1]
    heading: str = ""
    brief: str = ""
    ready: bool = False
    narrow: bool = False
    empty: bool = False
    broken: bool = False
    flash: str = ""
    types: list[list[str]] = []
    only: list[str] = []
    states: list[str] = []
    folded: list[str] = []
    zoom: int = 21
    rates: str = ""
    plan: str = ""
    plan_name: str = ""
    plans: list[list[str]] = []
    letters: int = 0
    currency: str = ""
    kept_rates: str = rx.LocalStorage("", name="octaspace_calendar_rates", sync=False)
    kept_zoom: str = rx.LocalStorage("21", name="octaspace_calendar_days", sync=False)
    kept_height: str = rx.LocalStorage("normal", name="octaspace_calendar_rows", sync=False)

    _window: Window | None = None
    _seats: dict[str, int] = {}
    _house: str = ""
    _asked: int | None = None
    _linked_day: date | None = None
    _flashes: int = 0
    _told: bool = False
    _sight: tuple[int, int, int, int] = (0, 21, 0, 24)

    @handler
    async def load(self) -> Any:
        """Open the calendar, or catch up after the socket was gone; the address says where, the first time."""
        session = await self.get_state(Session)
        self._read_address(session)
        if not session.house:
            self.empty, self.ready = True, True
            return None
        if self._is_phone():
            from pms.ui.calendar.days_state import DayList

            if self._asked is not None:
                (await self.get_state(DayList)).day = rows.day_of(self._asked).isoformat()
            self._house, self.ready, self._asked = session.house, True, None
            return [event for event in (DayList.load, self._linked()) if event is not None]
        house = house_of(session)
        if self._asked is not None or self._window is None or self._window.span.property_id != house:
            self._begin(today(session.house_now.timezone))
        self.broken, self.ready = True, True
        await self._show(fresh=True)
        self._house, self.broken = session.house, False
        return self._linked()

    def _read_address(self, session: Session) -> None:
        """Take what the address says where that differs from what is shown; untrusted: what is odd counts as absent."""
        asked = self.router.url.query_parameters
        wanted = asked.get("property", "")
        if wanted != self._house and wanted in {one.id for one in session.houses}:
            session._settle(wanted)
        self.zoom = _zoom(asked.get("days"), _zoom(self.kept_zoom, 21))
        self.rates = _mode(asked.get("rates", self.kept_rates))
        self.states = [one for one in asked.get("states", "").split(",") if one in rows.LOOKS]
        self.only = [one for one in asked.get("types", "").split(",") if _is_key(one)]
        day = _day(asked.get("date"))
        self._linked_day = None if day is None else rows.day_of(day)
        self._asked = day if day != self._sight[0] or self._window is None else None

    def _turn(self, narrow: bool) -> None:
        """Note how wide the browser says it is."""
        self.narrow, self._told = narrow, True

    def _is_phone(self) -> bool:
        """Whether to load the day list: as the browser told us by its width, and before that by its name."""
        if self._window is None and not self._told and "Mobi" in self.router.headers.user_agent:
            self.narrow = True
        return self.narrow

    def _linked(self) -> Any:
        """The stay named by the address, to be opened, or the ways out for it."""
        from pms.ui.calendar.drawer_state import StayDrawer
        from pms.ui.calendar.ways_state import WaysOut

        asked = self.router.url.query_parameters
        if _is_key(lacking := asked.get("ways", "")):
            return WaysOut.open_for_stay(lacking)
        wanted = asked.get("stay", "")
        return StayDrawer.show_stay(wanted) if _is_key(wanted) else None

    def _begin(self, now: date) -> None:
        """Place the axis around today, which must begin on a Monday, and look at the day asked for or at today."""
        here = rows.day_number(now)
        start = rows.day_number(date(now.year - YEARS, 1, 1))
        self.origin, self.axis = start - (start + 3) % 7, 2 * YEARS * 366
        first = self._asked if self._asked is not None else here - LEAD
        first = max(self.origin, min(first, self.origin + self.axis - self.zoom))
        self._asked, self._window = None, None
        self._sight = (first, self.zoom, 0, self._sight[3])
        self.goto = [self.goto[0] + 1, first, 0]

    async def _show(self, fresh: bool = False) -> None:
        """Load what is in sight and a little more; afresh from the database, or what is missing of a window already heard.

        At first only the rows in sight: the chart asks for more (`look`) as soon as they are painted.
        """
        session = await self.get_state(Session)
        actor = await actor_of(self)
        first, days, row, count = self._sight
        now = self._window
        span = span_for(actor.organization_id, house_of(session), first, days, now.span if now else None)  # type: ignore[arg-type]
        filters = (_ids(self.only), tuple(self.states), _ids(self.folded))
        rates = self.rates if session.granted.get("property.view") else ""
        window = Window(span, *(rows_for(row, count, now) if now else (row, count)), *filters, rates)
        shown, locale = (rows.day_of(first), rows.day_of(first + days - 1)), (await self.get_state(Words)).locale
        self.heading, self.brief = formats.span(*shown, locale), formats.brief_span(*shown, locale)
        if fresh or now is None or now.span != span or not self._is_heard(window):
            self._window = window
            await show(self, VIEW, window)
        elif window != now:
            self._window = window
            hub().watch(self.router.session.client_token, VIEW, window)
            self._put(await in_thread(sheet.load_more, actor, window), None)

    def _is_heard(self, window: Window) -> bool:
        """Whether this process has been telling this tab all news of the window's days."""
        tab = hub().tabs.get(self.router.session.client_token)
        watch = tab.watches.get(VIEW) if tab else None
        return watch is not None and watch.window.span == window.span  # type: ignore[attr-defined]

    def _put(self, painted: Painted, news: Stories) -> None:
        """Put rows and days into their slots, touching only what differs."""
        rated = self._put_rows(painted)
        self._put_days(painted)
        self._put_rates(painted.priced)
        self.today = painted.today
        self.total = painted.total
        self.empty = not painted.house.types
        types = [[rows.key_of(one.id), one.name] for one in painted.house.types]
        if self.types != types:
            self.types = types
        if news:
            self._flash(news, rated)

    def _put_rates(self, priced: Priced | None) -> None:
        """What stands beside the prices; without rates, nothing does."""
        plans = [list(one) for one in priced.plans] if priced else []
        name_of = dict(priced.plans).get(priced.plan, "") if priced else ""
        shown = (priced.plan, name_of, plans, priced.letters, priced.currency) if priced else ("", "", [], 0, "")
        for name, value in zip(("plan", "plan_name", "plans", "letters", "currency"), shown, strict=True):
            self._send(name, value)

    def _put_rows(self, painted: Painted) -> list[str]:
        """Fill the slots; which prices changed, as `data-key` has them."""
        rated: list[str] = []
        seats, tops = rows.seats(dict(self._seats), [key for _, key, _ in painted.rows], ROW_SLOTS), [-1] * ROW_SLOTS
        for index, key, text in painted.rows:
            slot = seats[key]
            tops[slot] = index
            if key[0] == "t" and self._seats.get(key) == slot:
                rated += rates.changed(key, getattr(self, f"row{slot}"), text)
            self._send(f"row{slot}", text)
        if tops != list(self.tops):
            self.tops = tops
        self._seats = seats
        return rated

    def _send(self, slot: str, text: Any) -> None:
        """Fill a slot, unless it holds just that."""
        if getattr(self, slot) != text:
            setattr(self, slot, text)

    def _put_days(self, painted: Painted) -> None:
        for number, text in painted.days:
            self._send(f"day{number % DAY_SLOTS}", text)
        first, days = (painted.days[0][0], len(painted.days)) if painted.days else (0, 0)
        if (self.first, self.days) != (first, days):
            self.first, self.days = first, days

    def _flash(self, news: tuple[News, ...], rated: list[str]) -> None:
        """Let what changed light up for a moment: a style, so that no bar has to be sent again for it."""
        keys = {rows.key_of(UUID(one.entity_id)) for one in news if one.entity in ("stay", "block") and one.entity_id}
        keys |= set(rated)
        if keys and len(keys) <= 40:
            self._flashes += 1
            chosen = ",".join(f'[data-key="{key}"]' for key in sorted(keys))
            self.flash = f"{chosen}{{animation:changed{self._flashes % 2} 1.5s ease-out}}"

    @handler
    async def look(self, first: DayNumber, days: Few, row: RowNumber, count: Few) -> Any:
        """The tab scrolled: `days` from `first` on and `count` rows from `row` on are in sight."""
        if self._window is None:
            return
        self._sight = (first, max(1, days), row, max(1, count))
        await self._show()

    @handler
    async def go_typed(self, day: str) -> Any:
        """Show a day as the date field sends it; half-typed ones are none."""
        if (number := _day(day)) is not None:
            await self._go_to(number - LEAD)

    @handler
    async def go_today(self) -> Any:
        """Show today at the property."""
        await self._go_to(rows.day_number(today((await self.get_state(Session)).house_now.timezone)) - LEAD)

    @handler
    async def step(self, days: Annotated[int, Field(ge=-400, le=400)]) -> Any:
        """Show what lies so many days later; negative: earlier."""
        await self._go_to(self._sight[0] + days)

    async def _go_to(self, first: int, row: int = -1) -> None:
        if self._window is None:
            return
        first = max(self.origin, min(first, self.origin + self.axis - self.zoom))
        self._sight = (first, *self._sight[1:])
        self.goto = [self.goto[0] + 1, first, row]
        await self._show()

    async def _reveal(self, day: date, unit_id: UUID | None, room_type_id: UUID) -> None:
        """Show a place of the chart, whatever was filtered or folded away before."""
        if self._window is None:
            return
        self.only, self.states = [], []
        self.folded = [one for one in self.folded if one != rows.key_of(room_type_id)]
        await self._go_to(rows.day_number(day) - LEAD)
        row = sheet.known(self._window.span).row_of(self._window, unit_id, room_type_id)
        self.goto = [self.goto[0], self.goto[1], row]

    @handler
    async def zoom_to(self, days: Literal[14, 21, 31, 62]) -> Any:
        """Fit so many days into the width. Bars are placed in days by the style sheet, so no bar is sent for it."""
        self.zoom, self.kept_zoom = days, str(days)
        if self._window is not None:
            self._sight = (self._sight[0], days, *self._sight[2:])
            await self._show()

    @handler
    async def set_height(self, height: Literal["normal", "compact"]) -> Any:
        """Low rows show more units."""
        self.kept_height = height

    @handler
    async def filter_type(self, key: str) -> Any:
        """Show a room type, or no longer; none chosen shows all."""
        if key in {one[0] for one in self.types}:
            self.only = _toggled(self.only, key)
            await self._refilter()

    @handler
    async def filter_status(self, status: Status) -> Any:
        """Show stays of a status, or no longer; none chosen shows all."""
        self.states = _toggled(self.states, status)
        await self._refilter()

    @handler
    async def clear_filters(self) -> Any:
        """Show everything."""
        self.only, self.states = [], []
        await self._refilter()

    @handler
    async def fold(self, key: str) -> Any:
        """Fold a room type to its header, or unfold it."""
        if key in {one[0] for one in self.types}:
            self.folded = _toggled(self.folded, key)
            if self._window is not None:
                await self._show()

    @handler
    async def switch_rates(self) -> Any:
        """Show what each day costs, or no longer: the plan that sells by default, until another is chosen."""
        await self._rate("" if self.rates else STANDARD)

    @handler
    async def choose_plan(self, plan: Mode) -> Any:
        """Show the prices of another plan."""
        if self.rates:
            await self._rate(str(plan))

    async def _rate(self, mode: str) -> None:
        self.rates, self.kept_rates = mode, mode
        if self._window is not None:
            await self._show()

    async def _refilter(self) -> None:
        if self._window is not None:
            self._sight = (*self._sight[:2], 0, self._sight[3])
            self.goto = [self.goto[0] + 1, self._sight[0], 0]
            await self._show()


def _toggled(chosen: list[str], one: str) -> list[str]:
    return [other for other in chosen if other != one] if one in chosen else [*chosen, one]


def _zoom(text: Any, otherwise: int) -> int:
    return int(text) if str(text) in {str(zoom) for zoom in ZOOMS} else otherwise


def _mode(text: str) -> str:
    try:
        return rates.mode_of(text)
    except ValueError:
        return ""


def _day(text: str | None) -> int | None:
    try:
        return rows.day_number(date.fromisoformat(text or ""))
    except ValueError:
        return None


def _is_key(text: str) -> bool:
    try:
        return bool(rows.id_of(text))
    except ValueError:
        return False


def _ids(keys: list[str]) -> tuple[UUID, ...]:
    return tuple(sorted(rows.id_of(key) for key in keys))


def _put(state: Calendar, painted: Painted, news: Stories) -> None:
    state._put(painted, news)


VIEW = LiveView(state=Calendar, topics=frozenset({"calendar", "rates"}), load=sheet.load, apply=_put, concerns=sheet.concerns)
