"""The dialog that changes many cells: what, when, where; it says what it would do before it does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import reflex as rx
from pydantic import Field

from pms.channels.queries import channels_of
from pms.inventory.availability import NIGHTS_MAX
from pms.kernel.db import Db
from pms.kernel.formats import number, read_money, read_number
from pms.kernel.refusals import BadInput, Refusal
from pms.kernel.words import translate, translate_many
from pms.rates.board import Board
from pms.rates.cells import ADVANCE_MOST, CELLS_MAX, STAY_MOST, hold_plans
from pms.rates.channels import CODE_MOST
from pms.rates.load import house_of
from pms.rates.many import Counted, How, Many, allowances_of, counted_of, edits_of
from pms.rates.models import FLAGS
from pms.rates.price import prices
from pms.reservations.offers import sellable_board
from pms.reservations.rate_changes import change_rates
from pms.ui.calendar.rows import day_of, id_of, key_of
from pms.ui.rates.edits import Edits, apart
from pms.ui.rates.rows import Layer, plan_and_type
from pms.ui.rates.state import Rates
from pms.ui.rates.why_state import Why
from pms.ui.rates.wishes import Done
from pms.ui.shell import Session, act, actor_of, handler
from pms.ui.shell import house_of as property_of

RANGES_MOST = 12
FieldName = Literal[Layer, "overbooking"]
Wanted = tuple[
    str, str, str, tuple[tuple[str, str], ...], frozenset[int], frozenset[UUID], frozenset[UUID], tuple[str, ...] | None
]
"""Field, how, text, spans as ISO dates, weekdays, types, plans, channels (None: all of them alike): the dialog as filled in."""


def wish_of(wanted: Wanted, currency: str, locale: str) -> Many:
    """What the dialog says. Refuses `BadInput` naming its field."""
    field, how, text, ranges, weekdays, types, plans, channels = wanted
    spans = [_span(first, last) for first, last in ranges]
    if not spans:
        raise BadInput("ranges", "Give a first and a last night.")
    if (max(end for _, end in spans) - min(first for first, _ in spans)).days > NIGHTS_MAX:
        raise BadInput("ranges", "The dates lie too far apart: {most} nights at most.", most=NIGHTS_MAX)
    way: How = how if field == "price" else "clear" if how == "clear" else "to"  # type: ignore[assignment]
    if channels == () and field != "overbooking":
        raise BadInput("channels", "Choose at least one channel, or all of them.")
    return Many(field, way, _value(field, way, text, currency, locale), spans, weekdays, types, plans, channels or ())


def _span(first: str, last: str) -> tuple[date, date]:
    try:
        one, other = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise BadInput("ranges", "Give a first and a last night.") from None
    if one > other or not 1970 <= one.year <= other.year < 2240:
        raise BadInput("ranges", "The end lies before the beginning.")
    return one, other + timedelta(days=1)


def _value(field: str, how: str, text: str, currency: str, locale: str) -> int:
    if how == "clear":
        return 0
    if field in FLAGS:
        return int(text != "off")
    if field != "price":
        most = ADVANCE_MOST if field.endswith("advance") else STAY_MOST
        least = 0 if field.endswith("advance") or field == "overbooking" else 1
        if not (text.isascii() and text.isdigit()) or not least <= int(text[:6]) <= most:
            raise BadInput("value", "Give a number from {least} to {most}.", least=least, most=most)
        return int(text)
    if how == "percent":
        share = read_number(text.replace("%", ""), locale, "value")
        if not -100 <= share <= 1000:
            raise BadInput("value", "This is no percentage for a price.")
        return int(share * 100)
    value = read_money(text, currency, locale, "value")
    if how == "to" and value < 0:
        raise BadInput("value", "This is not an amount of money.")
    return value


def count(db: Db, property_id: UUID, wanted: Wanted) -> Counted:
    """What the wish would do; nothing is written. Refuses as `wish_of` does, more cells than can be changed at a time,
    `NotPermitted`, `NotFound`.
    """
    many, board = _looked_at(db, property_id, wanted)
    if many.field == "overbooking":
        return allowances_of(board, many)[1]
    counted = counted_of(board, prices(board), many)
    if counted.cells > CELLS_MAX:
        n, most = (number(one, db.actor.locale) for one in (counted.cells, CELLS_MAX))
        raise BadInput("form", "These are {n} cells, and {most} can be changed at a time: take fewer of them.", n=n, most=most)
    return counted


def do(db: Db, property_id: UUID, wanted: Wanted) -> Done:
    """Do it, as one change, from what holds once nobody else is changing it. Refuses as `count` and `change_cells` do."""
    db.actor.require("rate.change", property_id)
    hold_plans(db, property_id)
    many, board = _looked_at(db, property_id, wanted)
    if many.field == "overbooking":
        allowed, counted = allowances_of(board, many)
        return Done(change_rates(db, property_id, [], allowed, "many"), oversold=counted.oversold)
    edits, counted = edits_of(board, prices(board), many)
    return Done(change_rates(db, property_id, edits, {}, "many"), counted.followed)


def _looked_at(db: Db, property_id: UUID, wanted: Wanted) -> tuple[Many, Board]:
    db.actor.require("rate.change", property_id)
    house = house_of(db, property_id)
    many = wish_of(wanted, house.currency, db.actor.locale)
    first, end = min(first for first, _ in many.spans), max(end for _, end in many.spans)
    return many, sellable_board(db, house, first, (end - first).days)[0]


class ManyBox(rx.State):
    """The dialog as it is filled in. `ranges` are [first, last] ISO dates; ticks are keys, those of channels their codes: they
    count where it is for "some", by themselves, not for "all" alike. `every` channel there is, as [code, name].
    """

    open: bool = False
    field: str = "price"
    how: str = "percent"
    value: str = ""
    ranges: list[list[str]] = []
    weekdays: list[int] = list(range(7))
    types: list[str] = []
    plans: list[str] = []
    whom: str = "all"
    channels: list[str] = []
    every: list[list[str]] = []
    said: str = ""
    cells: int = 0
    errors: dict[str, str] = {}
    busy: bool = False

    @handler
    async def begin(self) -> Any:
        """Open the dialog: the days in sight, all rooms, all plans, all channels alike."""
        await self._begin()
        await self._count()

    @handler
    async def begin_here(self) -> Any:
        """Open it for the cell whose details are shown, and the channels that differ there; none yet where none does."""
        why = await self.get_state(Why)
        if not why._cell:
            return
        await self._begin()
        plan_id, type_id = plan_and_type(why._cell[0])
        self.ranges = [[day_of(why._cell[1]).isoformat()] * 2]
        self.types, self.plans = [key_of(type_id)], [key_of(plan_id)]
        self.whom, self.channels = "some", [one[0] for one in why.story.apart]
        why.open = why.editing = False
        await self._count()

    async def _begin(self) -> None:
        grid = await self.get_state(Rates)
        sold = await act(self, channels_of, property_of(await self.get_state(Session)))
        self.every = [list(one) for one in sold]
        self.whom, self.channels = "all", []
        self.ranges = [[day_of(grid.first).isoformat(), (day_of(grid.first) + timedelta(len(grid.days) - 1)).isoformat()]]
        self.types, self.plans = [one[0] for one in grid.types], [one[0] for one in grid.plans]
        self.weekdays, self.value = list(range(7)), "on" if self.field in FLAGS else ""
        self.open = True

    @handler
    async def close(self) -> Any:
        """Never mind."""
        self.open = False

    @handler
    async def choose_field(self, field: FieldName) -> Any:
        """What to set."""
        self.field, self.value = field, "on" if field in FLAGS else ""
        self.how = "percent" if field == "price" else "to"
        await self._count()

    @handler
    async def choose_how(self, how: Literal["to", "percent", "amount", "clear"]) -> Any:
        """To a value, by a percentage, by an amount, or back to the rules."""
        self.how = how
        await self._count()

    @handler(supersedes=True)
    async def type_value(self, value: Annotated[str, Field(max_length=40)]) -> Any:
        """The value as typed."""
        self.value = value
        await self._count()

    @handler
    async def set_range(self, at: Annotated[int, Field(ge=0, lt=RANGES_MOST)], end: Literal[0, 1], day: str) -> Any:
        """The first or last night of a range."""
        if at < len(self.ranges):
            self.ranges = [
                [day[:10] if (n, m) == (at, end) else old for m, old in enumerate(one)] for n, one in enumerate(self.ranges)
            ]
            await self._count()

    @handler
    async def add_range(self) -> Any:
        """One more range, after the last."""
        if len(self.ranges) < RANGES_MOST:
            self.ranges = [*self.ranges, list(self.ranges[-1]) if self.ranges else ["", ""]]
            await self._count()

    @handler
    async def drop_range(self, at: Annotated[int, Field(ge=0, lt=RANGES_MOST)]) -> Any:
        """Leave a range out; one stays."""
        if len(self.ranges) > 1:
            self.ranges = [one for n, one in enumerate(self.ranges) if n != at]
            await self._count()

    @handler
    async def tick_day(self, weekday: Annotated[int, Field(ge=0, le=6)]) -> Any:
        """A weekday in or out."""
        self.weekdays = _ticked(self.weekdays, weekday)
        await self._count()

    @handler
    async def tick_type(self, key: str) -> Any:
        """A room type in or out; "" for all or none."""
        self.types = await self._tick("types", self.types, key)
        await self._count()

    @handler
    async def tick_plan(self, key: str) -> Any:
        """A plan in or out; "" for all or none."""
        self.plans = await self._tick("plans", self.plans, key)
        await self._count()

    @handler
    async def choose_whom(self, whom: Literal["all", "some"]) -> Any:
        """For all channels alike, or for some by themselves."""
        self.whom = whom
        await self._count()

    @handler
    async def tick_channel(self, code: Annotated[str, Field(max_length=CODE_MOST)]) -> Any:
        """A channel in or out; "" for all or none."""
        every = [one[0] for one in self.every]
        if not code:
            self.channels = [] if len(self.channels) == len(every) else every
        elif code in every:
            self.channels = _ticked(self.channels, code)
        await self._count()

    async def _tick(self, of: Literal["types", "plans"], chosen: list[str], key: str) -> list[str]:
        every = [one[0] for one in getattr(await self.get_state(Rates), of)]
        if not key:
            return [] if len(chosen) == len(every) else every
        return _ticked(chosen, key) if key in every else chosen

    def _wanted(self) -> Wanted:
        types, plans = (frozenset(id_of(key) for key in keys) for keys in (self.types, self.plans))
        ranges = tuple((one[0], one[1]) for one in self.ranges)
        every = [code for code, _ in self.every]
        channels = None if self.whom == "all" else tuple(code for code in every if code in self.channels)
        return self.field, self.how, self.value.strip(), ranges, frozenset(self.weekdays), types, plans, channels

    async def _count(self) -> None:
        """Say what it would do, as far as the dialog is filled in."""
        self.errors, self.said, self.cells = {}, "", 0
        if not self.value.strip() and self.how != "clear":
            return
        locale = (await actor_of(self)).locale
        try:
            counted = await act(self, count, property_of(await self.get_state(Session)), self._wanted())
        except Refusal as refusal:
            self.errors = {refusal.field or "form": refusal.say(locale)}
            return
        self.cells, self.said = counted.cells, told(counted, self.field, locale)

    @handler
    async def do(self) -> Any:
        """Do it, as one step that can be taken back as one."""
        await self._count()
        if self.errors or not self.cells:
            return None
        edits = await self.get_state(Edits)
        answer = await edits._change(do, self._wanted())
        self.open = edits.answer[1] == "no"
        return answer


def _ticked(chosen: Sequence[Any], one: Any) -> list[Any]:
    return [other for other in chosen if other != one] if one in chosen else [*chosen, one]


def told(counted: Counted, field: str, locale: str) -> str:
    """What a wish would do, in words: "Changes 1,284 cells, closes 37. Undone as one step."."""
    if not counted.cells and not counted.crossed:
        return translate("Changes nothing: everything is so already.", locale)
    cells = translate_many("Changes {n} cell", "Changes {n} cells", counted.cells, locale)
    parts = [cells.replace(str(counted.cells), number(counted.cells, locale))]
    if counted.closes:
        parts.append(translate("closes {n}", locale, n=number(counted.closes, locale)))
    if counted.opens:
        parts.append(translate("opens {n}", locale, n=number(counted.opens, locale)))
    if counted.oversold:
        parts.append(translate("oversells {n}", locale, n=number(counted.oversold, locale)))
    done = translate("{parts}. Undone as one step.", locale, parts=", ".join(parts))
    return " ".join([done if counted.cells else translate("Changes nothing.", locale), *_left(counted, locale)])


def _left(counted: Counted, locale: str) -> list[str]:
    """What stays as it is, in sentences."""
    follow = translate_many(
        "{n} cell of a plan that follows another is not set itself.",
        "{n} cells of plans that follow another are not set themselves.",
        counted.followed,
        locale,
    )
    crossed = translate_many(
        "{n} cell stays: its minimum would be above its maximum.",
        "{n} cells stay: their minimum would be above their maximum.",
        counted.crossed,
        locale,
    )
    said = ((crossed, counted.crossed), (follow, counted.followed), (apart(counted.apart, locale), counted.apart))
    return [words for words, n in said if n]
