"""Why a cell is as it is: how its price came about, and every rule that stands in the way of selling it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from pydantic import Field

from pms.channels.standing import Days, OnChannel, on_channels
from pms.kernel import formats
from pms.kernel.dates import today
from pms.kernel.db import Db
from pms.kernel.refusals import BadInput, Refusal
from pms.kernel.words import translate
from pms.rates import history
from pms.rates.board import UNSET, Board
from pms.rates.cells import MinAboveMax
from pms.rates.channels import CODE_MOST, name_of
from pms.rates.history import Turn
from pms.rates.load import House, house_of, versions_of
from pms.rates.models import FLAGS, RESTRICTIONS, RatePlan
from pms.rates.party import Party, steps_on
from pms.rates.price import why
from pms.rates.restrict import Reason, Restrictions, Wish, forbids
from pms.rates.said import reasons, step
from pms.reservations.offers import Counter, counter_of
from pms.ui.calendar.rows import day_of
from pms.ui.rates import rows
from pms.ui.rates.edits import Edits, RowKey, targets
from pms.ui.rates.marks import FIELDS
from pms.ui.rates.state import DayNumber
from pms.ui.rates.wishes import clear_channel, put_prices, put_rule
from pms.ui.shell import Session, act, actor_of, handler
from pms.ui.shell import house_of as property_of

Pixel = Annotated[int, Field(ge=-10_000, le=100_000)]


@dataclass(frozen=True)
class CellStory:
    """A cell in words: its plan, room type and day, the steps to its price, what forbids to sell it, its restrictions by name
    (`held` those of yes and no, `numbers` the others, empty for none), what channels have of it, as [channel, what, state], and
    who changed it from what to what, as [what, who and when], the newest first; `older`: there is more of that. `apart`: what is
    other on a channel, as [code, name, what, version of what is written for it in this cell, or nothing]."""

    plan: str
    kind: str
    day: str
    price: str
    steps: list[list[str]]
    reasons: list[str]
    typed: str
    locked: bool
    rules_locked: bool
    held: dict[str, bool] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    currency: str = ""
    version: int = 0
    channels: list[list[str]] = field(default_factory=list)
    history: list[list[str]] = field(default_factory=list)
    older: bool = False
    apart: list[list[str]] = field(default_factory=list)


TURNS_FIRST, TURNS_MOST = 5, 200
NOTHING = CellStory("", "", "", "", [], [], "", True, True)


def story_of(db: Db, property_id: UUID, plan_id: UUID, type_id: UUID, night: date, turns: int = TURNS_FIRST) -> CellStory:
    """Everything about a cell, with so many of its last changes, in the actor's language. Refuses `NotFound`, `NotPermitted`."""
    db.actor.require("property.view", property_id)
    house, locale = house_of(db, property_id), db.actor.locale
    counter = counter_of(db, house, night, 2)
    plan, kind, board = counter.plan(plan_id), counter.kind(type_id), counter.board
    steps = why(board, plan.id, kind.id, night)
    before = [None, *(one.price for one in steps)]
    lines = [list(step(one, price, house.currency, locale)) for one, price in zip(steps, before, strict=False)]
    held, days = Restrictions(board, plan), Days(board, counter.left, counter.prices, counter.taxes)
    row, numbers = board.row(kind.id), [name for name in RESTRICTIONS if name not in FLAGS]
    told, older = history.story_of(db, property_id, (plan.id, kind.id, night), most=turns, channel=None)
    versions = {one[3]: one[4] for one in versions_of(db, board) if one[:3] == (plan.id, kind.id, night)}
    return CellStory(
        plan.name,
        kind.name,
        formats.day_short(night, locale),
        formats.money(steps[-1].price, house.currency, locale),
        lines,
        reasons(_reasons(counter, plan_id, type_id, night), locale),
        rows.amount(steps[-1].price, house.currency, locale),
        plan.parent_id is not None,
        plan.parent_id is not None and not plan.own_restrictions,
        {name: held.at(name, row, night) == 1 for name in FLAGS},
        {name: "" if (value := held.at(name, row, night)) == UNSET else str(value) for name in numbers},
        house.currency,
        versions.get("", 0),
        [
            _on_channel(one, house, locale)
            for one in on_channels(db, property_id, days, kind.id, plan.id, night)
            if not one.rooms or one.state != "accepted"
        ],
        [_turn(one, house, locale) for one in told],
        older,
        _apart(board, plan, kind.id, versions, house, locale),
    )


def _apart(
    board: Board, plan: RatePlan, type_id: UUID, versions: Mapping[str, int], house: House, locale: str
) -> list[list[str]]:
    """What each channel has otherwise on the first night of the board."""
    row, found, cell = board.row(type_id), [], board.only(type_id, board.first)
    known = board.apart(plan)
    for channel in sorted({*known, *(code for code, by in plan.markups.items() if any(by.values()))}):
        seen, fields = board.on(channel), known.get(channel, {})
        said = []
        for name, words in FIELDS:
            if name == "price":
                said += _price_there(cell, plan, channel, house, locale)
            elif name in fields and fields[name][row, 0]:
                value = int(seen.restriction(plan, name)[row, 0])
                said.append(f"{translate(words, locale)}: {value_words(name, value, house, locale)}")
        if said:
            own = board.own.get(channel, {})
            written = any(values[row, 0] != UNSET for (id, _), values in own.items() if id == plan.id)
            found.append([channel, name_of(channel, locale), " · ".join(said), str(versions[channel]) if written else ""])
    return found


def _price_there(cell: Board, plan: RatePlan, channel: str, house: House, locale: str) -> list[str]:
    """What the cell costs on a channel, and by which steps other than everywhere; nothing where they are the same."""
    (here,), (there,) = steps_on(cell, "", plan), steps_on(cell, channel, plan)
    if here == there:
        return []
    same = next((n for n, (one, other) in enumerate(zip(here, there, strict=False)) if one != other), min(len(here), len(there)))
    before = [None, *(one.price for one in there)]
    lines = [step(one, price, house.currency, locale) for one, price in zip(there[same:], before[same:], strict=False)]
    how = ", ".join(f"{label} {change}" for label, change in lines)
    return [f"{translate('Price', locale)}: {value_words('price', there[-1].price, house, locale)} ({how})"]


def _turn(one: Turn, house: House, locale: str) -> list[str]:
    """A change in words: "Price: €100.00 → €120.00", and by whom and when."""
    what = []
    for name, words in ((name, words) for name, words in FIELDS if name in one.after):
        before, after = (value_words(name, side[name], house, locale) for side in (one.before, one.after))
        what.append(f"{translate(words, locale)}: {before} → {after}")
    if one.channel:
        what = [f"{name_of(one.channel, locale)} · {what[0]}", *what[1:]]
    when = f"{one.by}, {formats.moment(one.at, locale, house.timezone)}"
    return [" · ".join(what), f"{when} · {one.reason}" if one.reason else when]


def value_words(name: str, value: Any, house: House, locale: str) -> str:
    """A field of a cell in words."""
    if value is None:
        return translate("not set", locale)
    if name == "price":
        return formats.money(value, house.currency, locale)
    return translate("yes" if value else "no", locale) if name in FLAGS else str(value)


def _on_channel(one: OnChannel, house: House, locale: str) -> list[str]:
    rooms = f"{one.channel}, {one.unit}" if one.unit else translate("{channel}, rooms", locale, channel=one.channel)
    name = rooms if one.rooms else one.channel
    if one.state == "refused":
        said = translate("refused: {words}", locale, words=one.words[:200]) if one.words else translate("refused", locale)
        return [name, said, one.state]
    if one.state == "off":
        return [name, translate("nothing is sent at present", locale), one.state]
    if one.state == "waiting" or one.told_at is None:
        return [name, translate("not told yet", locale), one.state]
    at = one.told_at.astimezone(ZoneInfo(house.timezone))
    same = at.date() == today(house.timezone)
    when = formats.clock(one.told_at, locale, house.timezone) if same else formats.moment(one.told_at, locale, house.timezone)
    return [name, translate("told {time}", locale, time=when), one.state]


def _reasons(counter: Counter, plan_id: UUID, type_id: UUID, night: date) -> list[Reason]:
    """What stands against selling that one night to the party the price is for, through a channel and with a code that fit."""
    plan, kind, board = counter.plan(plan_id), counter.kind(type_id), counter.board
    party = Party(min(board.party(kind.id).base_adults, kind.adults))
    channel = plan.channels[0] if plan.channels else "desk"
    codes = frozenset(code.casefold() for code in plan.codes)
    wish = Wish(night, night + timedelta(1), party, channel, codes)
    held = Restrictions(board, plan)
    found = forbids(wish, board, plan, kind, held, counter.left[kind.id][:1])
    here = [one for one in found if one.rule != "closed_departure"]
    leaving = held.at("closed_departure", board.row(kind.id), night) == 1
    return [*here, Reason("closed_departure", night)] if leaving else here


class Why(rx.State):
    """The panel beside a cell, and on phones the sheet in which a cell is changed. `x` and `y` in pixels of the window; `errors`
    by the restriction they are about.
    """

    open: bool = False
    editing: bool = False
    x: int = 0
    y: int = 0
    story: CellStory = NOTHING
    errors: dict[str, str] = {}
    _cell: list[Any] = []
    _unsaved: dict[str, str] = {}

    @handler(supersedes=True)
    async def ask(self, row: RowKey, day: DayNumber, x: Pixel, y: Pixel) -> Any:
        """Say why the cell is as it is, beside it."""
        await self._tell(row, day)
        self.x, self.y, self.open = x, y, True

    @handler
    async def edit(self, row: RowKey, day: DayNumber) -> Any:
        """Open the cell itself: a tap on a phone."""
        await self._tell(row, day)
        self.errors, self._unsaved, self.editing = {}, {}, True

    @handler
    async def all_history(self) -> Any:
        """Say all that became of the cell."""
        if self._cell:
            await self._tell(self._cell[0], self._cell[1], TURNS_MOST)

    async def _tell(self, row: RowKey, day: DayNumber, turns: int = TURNS_FIRST) -> None:
        plan_id, type_id = rows.plan_and_type(row)
        house = property_of(await self.get_state(Session))
        self.story = await act(self, story_of, house, plan_id, type_id, day_of(day), turns)
        self._cell = [row, day, self.story.version]

    @handler
    async def hush(self) -> Any:
        """Close the panel."""
        self.open = False

    @handler
    async def close(self) -> Any:
        """Close the sheet."""
        self.editing = False

    @handler
    async def save(self, form: dict[str, str]) -> Any:
        """Change the price of the cell as typed."""
        typed = str(form.get("price", ""))[:40]
        if not self._cell or typed == self.story.typed:
            self.editing = False
            return None
        return await self._price(typed)

    async def _price(self, typed: str) -> Any:
        edits = await self.get_state(Edits)
        answer = await edits._change(put_prices, targets([tuple(self._cell)]), [typed])
        self.editing = edits.answer[1] == "no"
        return answer

    @handler
    async def give_back(self) -> Any:
        """Give the price back to the rules."""
        return await self._price("") if self._cell else None

    @handler
    async def clear_channel(self, code: Annotated[str, Field(max_length=CODE_MOST)]) -> Any:
        """Let a channel have what all have in this cell."""
        known = next((one for one in self.story.apart if one[0] == code and one[3]), None)
        if not self._cell or known is None:
            return None
        edits = await self.get_state(Edits)
        (target,) = targets([(*self._cell[:2], int(known[3]))])
        answer = await edits._change(clear_channel, target, code)
        await self._tell(self._cell[0], self._cell[1])
        return answer

    @handler
    async def set_rule(self, what: rows.Rule, value: Annotated[str, Field(max_length=10)]) -> Any:
        """Switch a restriction of the cell, or set its number.

        What cannot be is said beside it, stays as typed, and is tried again with the next: where a minimum was above its
        maximum, it is the maximum that is set then.
        """
        answer = None
        for name, text in [(what, value), *((name, text) for name, text in self._unsaved.items() if name != what)]:
            answer = await self._set(name, text) or answer
        return answer

    async def _set(self, what: str, value: str) -> Any:
        if not self._cell:
            return None
        edits, answer = await self.get_state(Edits), None
        self.errors, self._unsaved = (
            {name: said for name, said in some.items() if name != what} for some in (self.errors, self._unsaved)
        )
        try:
            answer = await edits._do(put_rule, targets([tuple(self._cell)]), what, value)
        except (BadInput, MinAboveMax) as refusal:
            self.errors = {**self.errors, what: refusal.say((await actor_of(self)).locale)}
            self._unsaved = {**self._unsaved, what: value}
        except Refusal as refusal:
            answer = await edits._refused(refusal, (await actor_of(self)).locale)
        await self._tell(self._cell[0], self._cell[1])
        return answer
