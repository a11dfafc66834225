"""The grid's state: what this tab shows. Rows sit in slots, two vars each, so that a changed cell sends little."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import reflex as rx
from pydantic import Field

from pms.channels.standing import next_refused
from pms.kernel import formats
from pms.kernel.dates import today
from pms.kernel.words import translate
from pms.ui.calendar.rows import DAY_MAX, DAY_MIN, day_number, day_of, id_of, seats
from pms.ui.kit import notice
from pms.ui.kit.words import Words
from pms.ui.rates import rows, sheet
from pms.ui.rates.sheet import ROWS_MAX, Painted, Span, Window
from pms.ui.shell import LiveView, Session, act, actor_of, handler, house_of, in_thread, show
from pms.ui.shell.live import Stories, hub

ZOOMS = (14, 31)
VIEWS = get_args(rows.View)
BEYOND = 320
"""Pixels loaded above and below what is in sight, so that scrolling does not wait."""
NEAR = 80
"""So near to the edge of what is loaded, more is fetched."""
FLASH_MOST = 60

DayNumber = Annotated[int, Field(ge=DAY_MIN, le=DAY_MAX)]
Pixels = Annotated[int, Field(ge=0, le=1_000_000)]


class Rates(rx.State):
    """What is in sight. `head0`... and `row0`... are slots; `at` and `tops` say which row each holds and where it stands."""

    __annotations__ = {f"{kind}{n}": str for n in range(ROWS_MAX) for kind in ("head", "row")}
    for _n in range(ROWS_MAX):
        locals()[f"head{_n}"] = ""
        locals()[f"row{_n}"] = ""
    del _n

    at: list[int] = [-1] * ROWS_MAX
    tops: list[int] = [-1] * ROWS_MAX
    count: int = 0
    height: int = 0
    letters: int = 5
    first: int = 0
    shown_from: str = ""
    days: list[int] = []
    today: int = 0
    goto: int = 0
    heading: str = ""
    brief: str = ""
    currency: str = ""
    ready: bool = False
    narrow: bool = False
    empty: bool = False
    broken: bool = False
    flash: str = ""
    types: list[list[str]] = []
    plans: list[list[str]] = []
    only_types: list[str] = []
    only_plans: list[str] = []
    folded: list[str] = []
    refused: int = 0
    only_refused: bool = False
    zoom: int = 14
    view: str = "rules"
    layer: str = "price"
    kept_zoom: str = rx.LocalStorage("14", name="octaspace_rates_days", sync=False)
    kept_view: str = rx.LocalStorage("rules", name="octaspace_rates_view", sync=False)

    _window: Window | None = None
    _seats: dict[str, int] = {}
    _house: str = ""
    _flashes: int = 0
    _told: bool = False
    _sight: tuple[int, int] = (0, 900)

    @handler
    async def load(self) -> Any:
        """Open the grid, or catch up after the socket was gone; the address says where."""
        session = await self.get_state(Session)
        if not session.house:
            self.empty, self.ready = True, True
            return
        wanted = self.router.url.query_parameters.get("property", "")
        if wanted != self._house and wanted in {one.id for one in session.houses}:
            session._settle(wanted)
        self._read_address(session)
        if self._window is None and not self._told and "Mobi" in self.router.headers.user_agent:
            self.narrow = True
        self.broken, self.ready = True, True
        await self._show(fresh=True)
        self._house, self.broken = session.house, False

    def _read_address(self, session: Session) -> None:
        """Take what the address says, untrusted: what is odd counts as absent. A grid that is shown keeps the rest as it is."""
        asked = self.router.url.query_parameters
        if self._house != session.house or self._window is None:
            self.zoom, self.view = _zoom(self.kept_zoom, 14), _view(self.kept_view, "rules")
            self.only_types, self.only_plans, self.only_refused = [], [], False
            self.first = day_number(today(session.house_now.timezone))
        self.zoom, self.view = _zoom(asked.get("days"), self.zoom), _view(asked.get("view"), self.view)
        self._keep_in_sight()
        if asked.get("property", "") in ("", session.house):
            self.only_types = _keys(asked.get("types"), self.only_types)
            self.only_plans = _keys(asked.get("plans"), self.only_plans)
        day = _day(asked.get("date"))
        self.first = day if day is not None and DAY_MIN < day < DAY_MAX - 400 else self.first

    @property
    def _look(self) -> str:
        return "phone" if self.narrow else self.view

    @property
    def _shown_days(self) -> int:
        return 1 if self.narrow else self.zoom

    async def _show(self, fresh: bool = False) -> None:
        """Load what is in sight and a little more; afresh from the database, or what is missing of days already heard."""
        session, actor = await self.get_state(Session), await actor_of(self)
        span = Span(actor.organization_id, house_of(session), self.first, self._shown_days)  # type: ignore[arg-type]
        top, height = self._sight
        start = max(0, top - BEYOND) // 100 * 100
        chosen = (rows.chosen(keys) for keys in (self.only_types, self.only_plans, self.folded))
        wanted = rows.Wanted(*chosen, self.only_refused)
        window = Window(span, start, top + height + BEYOND - start, self._look, wanted)
        locale = (await self.get_state(Words)).locale
        shown = day_of(self.first), day_of(self.first + span.days - 1)
        self.heading, self.brief = rows.heading(*shown, locale), rows.brief_heading(*shown, locale)
        if self.days != list(range(self.first, self.first + span.days)):
            self.days = list(range(self.first, self.first + span.days))
        self.shown_from = day_of(self.first).isoformat()
        heard = self._is_heard(span)
        self._window = window
        if fresh or not heard:
            await show(self, VIEW, window)
        else:
            hub().watch(self.router.session.client_token, VIEW, window)
            self._put(await in_thread(sheet.load_more, actor, window))

    def _is_heard(self, span: Span) -> bool:
        """Whether this process has been telling this tab all news of these days."""
        tab = hub().tabs.get(self.router.session.client_token)
        watch = tab.watches.get(VIEW) if tab else None
        return watch is not None and watch.window.span == span  # type: ignore[attr-defined]

    async def _repaint(self) -> None:
        """Show what this tab has just changed, without waiting to be told."""
        if self._window is not None:
            sheet.known(self._window.span).heard += 1
            self._put(await in_thread(sheet.load_more, await actor_of(self), self._window))

    def _price_at(self, plan_id: UUID, type_id: UUID, night: date, locale: str) -> str:
        """What a cell of the days shown costs, as last read; empty for others."""
        facts = sheet.known(self._window.span).facts if self._window else None
        if facts is None or plan_id not in facts.prices or not facts.board.first <= night <= facts.board.days[-1]:
            return ""
        price = facts.prices[plan_id][facts.board.row(type_id), (night - facts.board.first).days]
        return formats.money(int(price), facts.house.currency, locale)

    def _names_of(self, plan_id: UUID) -> tuple[str, str]:
        """A plan's name and its parent's."""
        facts = sheet.known(self._window.span).facts if self._window else None
        plan = facts.board.book.by_id.get(plan_id) if facts else None
        if facts is None or plan is None or plan.parent_id is None:
            return "", ""
        return plan.name, facts.board.book.by_id[plan.parent_id].name

    def _put(self, painted: Painted, news: Stories = None) -> None:
        """Put rows into their slots, touching only what differs."""
        before = {key: getattr(self, f"row{slot}") for key, slot in self._seats.items()} if news else {}
        self._put_rows(painted)
        self._send("count", painted.rows)
        self._send("height", painted.height)
        self._send("letters", painted.letters)
        self._send("refused", painted.refused)
        self._send("today", painted.today)
        self._send("currency", painted.currency)
        self._send("empty", not painted.types)
        self._send("types", [list(one) for one in painted.types])
        self._send("plans", [list(one) for one in painted.plans])
        if news and (light := _flashed(before, painted, self.first)):
            self._flashes += 1
            self.flash = f"{','.join(light)}{{animation:changed{self._flashes % 2} 1.5s ease-out}}"

    def _put_rows(self, painted: Painted) -> None:
        self._seats = seats(dict(self._seats), [line.key for line in painted.lines], ROWS_MAX)
        at, tops = [-1] * ROWS_MAX, [-1] * ROWS_MAX
        for line in painted.lines:
            slot = self._seats[line.key]
            at[slot], tops[slot] = line.index, line.top
            self._send(f"head{slot}", line.head)
            self._send(f"row{slot}", line.cells)
        self._send("at", at)
        self._send("tops", tops)

    def _send(self, slot: str, value: Any) -> None:
        """Fill a var, unless it holds just that."""
        if getattr(self, slot) != value:
            setattr(self, slot, value)

    @handler
    async def look(self, top: Pixels, height: Annotated[int, Field(ge=1, le=20_000)]) -> Any:
        """The tab scrolled: `height` pixels of rows from `top` on are in sight."""
        self._sight = (top, height)
        now = self._window
        if now is None or (now.top <= max(0, top - NEAR) and top + height + NEAR <= now.top + now.height):
            return
        await self._show()

    @handler
    async def turned(self, narrow: bool) -> Any:
        """The window became narrow, or wide."""
        self.narrow, self._told = narrow, True
        await self._again()

    @handler
    async def go_typed(self, day: str) -> Any:
        """Show a day as the date field sends it; half-typed ones are none."""
        if (number := _day(day)) is not None:
            await self._go_to(number)

    @handler
    async def go_today(self) -> Any:
        """Show today at the property."""
        await self._go_to(day_number(today((await self.get_state(Session)).house_now.timezone)))

    @handler
    async def step(self, days: Annotated[int, Field(ge=-400, le=400)]) -> Any:
        """Show what lies so many days later; negative: earlier."""
        await self._go_to(self.first + days)

    @handler
    async def back(self) -> Any:
        """A week earlier; on a phone, a day."""
        await self._go_to(self.first - (1 if self.narrow else 7))

    @handler
    async def forth(self) -> Any:
        """A week later; on a phone, a day."""
        await self._go_to(self.first + (1 if self.narrow else 7))

    @handler
    async def swiped(self, days: Annotated[int, Field(ge=-1, le=1)]) -> Any:
        """A finger drew the day aside."""
        await self._go_to(self.first + days)

    async def _go_to(self, first: int) -> None:
        self.first = max(DAY_MIN + 1, min(first, DAY_MAX - 400))
        if self._window is not None:
            await self._show()

    @handler
    async def zoom_to(self, days: Literal[14, 31]) -> Any:
        """Show so many days."""
        self.zoom, self.kept_zoom = days, str(days)
        await self._again()

    @handler
    async def look_as(self, view: rows.View) -> Any:
        """Prices and rules, prices alone, or what can be sold."""
        self.view, self.kept_view = view, view
        self._keep_in_sight()
        await self._again()

    def _keep_in_sight(self) -> None:
        """Let nobody change what is not shown: act on what the view has."""
        if self.view == "prices":
            self.layer = "price"
        elif self.view == "availability" and self.layer == "price":
            self.layer = "closed"

    @handler
    async def act_on(self, layer: rows.Layer) -> Any:
        """What of a cell is typed, copied, pasted, filled and cleared; in a view without it, go to the one that has all."""
        self.layer = layer
        if self.view == ("availability" if layer == "price" else "prices"):
            self.view, self.kept_view = "rules", "rules"
            await self._again()

    @handler
    async def filter_type(self, key: str) -> Any:
        """Show a room type, or no longer; none chosen shows all."""
        if key in {one[0] for one in self.types}:
            self.only_types = _toggled(self.only_types, key)
            await self._again(from_top=True)

    @handler
    async def filter_plan(self, key: str) -> Any:
        """Show a plan, or no longer; none chosen shows all."""
        if key in {one[0] for one in self.plans}:
            self.only_plans = _toggled(self.only_plans, key)
            await self._again(from_top=True)

    @handler
    async def filter_refused(self) -> Any:
        """Show only rows of which a channel refused something, or all again."""
        self.only_refused = not self.only_refused
        await self._again(from_top=True)

    @handler
    async def to_next_refused(self) -> Any:
        """Show the next night on which a channel refused something, and only its rows; after the last comes the first."""
        if self._window is None:
            return None
        house = house_of(await self.get_state(Session))
        night = await act(self, next_refused, house, day_of(self.first))
        night = night or await act(self, next_refused, house, day_of(self.today - 1))
        if night is None:
            return notice(translate("No channel refuses anything.", (await self.get_state(Words)).locale))
        self.only_refused, self._sight, self.goto = True, (0, self._sight[1]), self.goto + 1
        return await self._go_to(day_number(night))

    @handler
    async def clear_filters(self) -> Any:
        """Show everything."""
        self.only_types, self.only_plans, self.only_refused = [], [], False
        await self._again(from_top=True)

    @handler
    async def fold(self, key: str) -> Any:
        """Fold a room type to its header, or unfold it."""
        if key in {one[0] for one in self.types}:
            self.folded = _toggled(self.folded, key)
            await self._again()

    async def _again(self, from_top: bool = False) -> None:
        if from_top:
            self._sight, self.goto = (0, self._sight[1]), self.goto + 1
        if self._window is not None:
            await self._show()


def _flashed(before: dict[str, str], painted: Painted, first: int) -> list[str]:
    """Selectors of the cells that news changed; none when so many did that the whole grid would light up."""
    found = [
        f'[data-row="{line.key}"] [data-d="{first + n}"]'
        for line in painted.lines
        if line.key in before and before[line.key] != line.cells
        for n in rows.changed(before[line.key], line.cells)
    ]
    return found if len(found) <= FLASH_MOST else []


def _toggled(chosen: list[str], one: str) -> list[str]:
    return [other for other in chosen if other != one] if one in chosen else [*chosen, one]


def _zoom(text: str | None, otherwise: int) -> int:
    return next((zoom for zoom in ZOOMS if str(zoom) == text), otherwise)


def _view(text: str | None, otherwise: str) -> str:
    return text if text in VIEWS else otherwise


def _keys(text: str | None, otherwise: list[str]) -> list[str]:
    return otherwise if text is None else [one for one in text.split(",") if _is_key(one)]


def _day(text: str | None) -> int | None:
    try:
        return day_number(date.fromisoformat(text or ""))
    except ValueError:
        return None


def _is_key(text: str) -> bool:
    try:
        return bool(id_of(text))
    except ValueError:
        return False


def _put(state: Rates, painted: Painted, news: Stories) -> None:
    state._put(painted, news)


VIEW = LiveView(
    state=Rates, topics=frozenset({"rates", "calendar", "channels"}), load=sheet.load, apply=_put, concerns=sheet.concerns
)
