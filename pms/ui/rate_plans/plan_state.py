"""The form of a rate plan, and the standard set a new house can begin with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import reflex as rx

from pms.kernel.formats import money, money_bare, number
from pms.kernel.money import exponent
from pms.kernel.refusals import BadInput, NotFound, Refusal
from pms.kernel.words import translate
from pms.rates import said
from pms.rates.channels import CHANNELS, name_of
from pms.rates.plans import PlanFields, archive_plan, change_plan, create_plan, sell_by_default
from pms.rates.queries import PlanLine
from pms.rates.standard import STANDARD, open_standard_plans
from pms.ui.kit import at
from pms.ui.rate_plans.row_form import Kind, SetUpBox
from pms.ui.rate_plans.rows import Choice
from pms.ui.rate_plans.sent import Sent
from pms.ui.rate_plans.state import RatePlans, Whole, read_whole, show_again
from pms.ui.shell import Session, act, actor_of, handler, house_of, notice
from pms.ui.shell.box import Box

FIELDS = {name: name for name in PlanFields.__dataclass_fields__}
STEPS_MOST = 12


@dataclass(frozen=True)
class StepLine:
    """A length-of-stay step in the form; `n` names its fields."""

    n: str
    nights: str = ""
    percent: str = ""


@dataclass(frozen=True)
class ChannelLine:
    """A channel in the form: whether the plan is sold there, and what it adds there."""

    code: str
    name: str
    ticked: bool = False
    percent: str = ""
    amount: str = ""


@dataclass(frozen=True)
class PlanFilled:
    """What stands in the form of a plan when it opens."""

    name: str = ""
    code: str = ""
    description: str = ""
    percent: str = ""
    amount: str = ""
    per_adult: str = ""
    per_child: str = ""
    rounding: str = "1:0"
    round_to: str = "nearest"
    own_restrictions: bool = False
    meals: str = "none"
    types: list[str] = field(default_factory=list)
    valid_from: str = ""
    valid_until: str = ""
    min_advance: str = ""
    max_advance: str = ""
    every_channel: bool = True
    codes: str = ""
    cancellation: str = ""
    deposit: str = ""


def _selling(whole: Whole) -> list[PlanLine]:
    return [one for one in whole.rates.plans if one.archived_at is None]


KIND = Kind("rate plan", "plan_", FIELDS, _selling, create_plan, change_plan, archive_plan)


class PlanBox(SetUpBox, rx.State):
    """`row` is the plan in the form, empty for a new one. What can be chosen is here only while it is open."""

    filled: PlanFilled = PlanFilled()
    parent: str = ""
    access: str = "public"
    steps: list[StepLine] = []
    channels: list[ChannelLine] = []
    parents: list[Choice] = []
    cancellations: list[Choice] = []
    deposits: list[Choice] = []
    roundings: list[Choice] = []
    is_first_choice: bool = False
    _next: int = 0

    def _kind(self) -> Kind:
        return KIND

    @handler
    async def add(self) -> Any:
        """A new plan, derived from the one that sells by default."""
        whole = await read_whole(self)
        self._open(whole, PlanFields("", "", parent_id=whole.rates.default_plan_id))
        self._begin()
        return at("plan_name")

    def _open(self, whole: Whole, fields: PlanFields, row: str = "") -> None:
        rates, locale = whole.rates, whole.locale
        self.filled, self.parent = filled(fields, rates.currency, locale), str(fields.parent_id or "")
        self.access, self.channels = fields.access, _channels(fields, rates.currency, locale)
        self.steps = [StepLine(str(n), str(one["nights"]), points(one["percent"], locale)) for n, one in enumerate(fields.steps)]
        self._next = len(self.steps)
        self.parents = [Choice(str(one.id), one.fields.name) for one in _selling(whole) if str(one.id) != row]
        self.cancellations = [Choice("", translate("Free until arrival", locale)), *_policies(whole, "cancellation")]
        self.deposits = [Choice("", translate("Nothing before arrival", locale)), *_policies(whole, "deposit")]
        self.roundings = roundings(fields, rates.currency, locale)
        self.is_first_choice = bool(row) and row == str(rates.default_plan_id)

    def _end(self) -> None:
        super()._end()
        self.parents, self.cancellations, self.deposits, self.channels, self.roundings = [], [], [], [], []

    @handler
    async def choose_parent(self, parent: str) -> None:
        """Derive from another plan, or have prices of its own."""
        self.parent = parent if parent in {one.id for one in self.parents} else ""

    @handler
    async def choose_access(self, access: Literal["public", "code"]) -> None:
        """Sell to everybody, or to those with a code."""
        self.access = access

    @handler
    async def add_step(self) -> None:
        """One more length-of-stay step."""
        if len(self.steps) < STEPS_MOST:
            self.steps = [*self.steps, StepLine(str(self._next))]
            self._next += 1

    @handler
    async def drop_step(self, n: str) -> None:
        """Without that step."""
        self.steps = [one for one in self.steps if one.n != n]

    def _read(self, sent: Sent) -> PlanFields:
        step, _, ending = sent.text("rounding").partition(":")
        if not (step.isdecimal() and ending.isdecimal() and len(step + ending) < 12):
            raise BadInput("round_step", "This is no way to round a price.")
        codes = [one.strip() for one in sent.text("codes").replace("\n", ",").split(",")]
        return PlanFields(
            code=sent.text("code"),
            name=sent.text("name"),
            description=sent.text("description"),
            parent_id=sent.id("parent_id"),
            percent=sent.percent("percent") or 0,
            amount=sent.money("amount") or 0,
            per_adult=sent.money("per_adult") or 0,
            per_child=sent.money("per_child") or 0,
            round_step=int(step),
            round_ending=int(ending),
            round_to=sent.text("round_to"),
            own_restrictions=sent.yes("own_restrictions"),
            steps=self._steps(sent),
            meals=sent.text("meals"),
            room_type_ids=sent.ticked("type") or None,
            valid_from=sent.day("valid_from"),
            valid_until=sent.day("valid_until"),
            min_advance=sent.whole("min_advance"),
            max_advance=sent.whole("max_advance"),
            channels=None if sent.yes("every_channel") else sent.named("channel"),
            markups=self._markups(sent),
            access=sent.text("access"),
            codes=tuple(codes) if sent.text("access") == "code" else (),
            cancellation_id=sent.id("cancellation_id"),
            deposit_id=sent.id("deposit_id"),
        )

    def _steps(self, sent: Sent) -> tuple[dict[str, int], ...]:
        found = []
        for line in self.steps:
            nights = sent.whole(f"step.{line.n}.nights", "steps")
            percent = sent.percent(f"step.{line.n}.percent", "steps")
            if nights is None and percent is None:
                continue
            if nights is None or percent is None:
                raise BadInput("steps", "A step is a number of nights and a percentage.")
            found.append({"nights": nights, "percent": percent})
        return tuple(found)

    def _markups(self, sent: Sent) -> dict[str, dict[str, int]]:
        found = {}
        for line in self.channels:
            percent = sent.percent(f"markup.{line.code}.percent", "markups") or 0
            amount = sent.money(f"markup.{line.code}.amount", "markups") or 0
            if percent or amount:
                found[line.code] = {"percent": percent, "amount": amount}
        return found

    @handler
    async def make_default(self) -> Any:
        """Let the plan in the form sell when nobody names one."""
        if not self.row or not await self._try(sell_by_default, UUID(self.row)):
            return None
        await show_again(self)
        self.is_first_choice = True
        locale = (await actor_of(self)).locale
        return notice(translate("{name} sells when nobody names a plan.", locale, name=self.filled.name))


class StartBox(Box, rx.State):
    """The standard set, offered while there is one plan only."""

    @handler
    async def save(self, form: dict[str, Any]) -> Any:
        """Open the plans ticked."""
        locale, screen = (await actor_of(self)).locale, await self.get_state(RatePlans)
        session = await self.get_state(Session)
        if not session.house:
            raise NotFound(what="property")
        sent = Sent(form, "start_", screen.currency or "EUR", locale)
        wanted = [one for one in STANDARD if sent.yes(one)]
        try:
            made = await act(self, open_standard_plans, house_of(session), wanted, sent.money("price", "breakfast") or 0)
        except Refusal as refusal:
            self.errors = {refusal.field if refusal.field == "breakfast" else "form": refusal.say(locale)}
            return None
        self.errors = {}
        await show_again(self)
        return notice(translate("{names} can be sold now.", locale, names=", ".join(one.name for one in made)))


def points(basis_points: int, locale: str) -> str:
    """A percentage as people type it: 1250 -> "12.5"; nothing for none."""
    digits = 0 if basis_points % 100 == 0 else 1 if basis_points % 10 == 0 else 2
    return number(basis_points / 100, locale, digits) if basis_points else ""


def filled(fields: PlanFields, currency: str, locale: str) -> PlanFilled:
    """A plan as it stands, for its form."""

    def minor(amount: int) -> str:
        return money_bare(amount, currency, locale) if amount else ""

    return PlanFilled(
        name=fields.name,
        code=fields.code,
        description=fields.description,
        percent=points(fields.percent, locale),
        amount=minor(fields.amount),
        per_adult=minor(fields.per_adult),
        per_child=minor(fields.per_child),
        rounding=f"{fields.round_step}:{fields.round_ending}",
        round_to=fields.round_to,
        own_restrictions=fields.own_restrictions,
        meals=fields.meals,
        types=[str(id) for id in fields.room_type_ids or ()],
        valid_from=fields.valid_from.isoformat() if fields.valid_from else "",
        valid_until=fields.valid_until.isoformat() if fields.valid_until else "",
        min_advance="" if fields.min_advance is None else str(fields.min_advance),
        max_advance="" if fields.max_advance is None else str(fields.max_advance),
        every_channel=fields.channels is None,
        codes=", ".join(fields.codes),
        cancellation=str(fields.cancellation_id or ""),
        deposit=str(fields.deposit_id or ""),
    )


def _policies(whole: Whole, kind: str) -> list[Choice]:
    return [Choice(str(one.id), one.fields.name) for one in whole.rates.policies if one.fields.kind == kind]


def _channels(fields: PlanFields, currency: str, locale: str) -> list[ChannelLine]:
    """The channels there are, and those the plan names besides."""
    codes = dict.fromkeys([*CHANNELS, *(fields.channels or ()), *fields.markups])
    lines = []
    for code in codes:
        markup = fields.markups.get(code, {})
        amount = markup.get("amount", 0)
        lines.append(
            ChannelLine(
                code=code,
                name=name_of(code, locale),
                ticked=fields.channels is None or code in fields.channels,
                percent=points(markup.get("percent", 0), locale),
                amount=money_bare(amount, currency, locale) if amount else "",
            )
        )
    return lines


def roundings(fields: PlanFields, currency: str, locale: str) -> list[Choice]:
    """How prices may end, the plan's own way among them: "step:ending" in minor units."""
    whole = 10 ** exponent(currency)
    steps = [(whole // 20, 0), (whole // 10, 0), (whole // 2, 0), (whole, 0), (whole, whole - 1), (5 * whole, 0), (10 * whole, 0)]
    ways = [way for way in dict.fromkeys([*steps, (fields.round_step, fields.round_ending)]) if way[0] > 1]
    exact = Choice("1:0", translate("To the last {amount}", locale, amount=money(1, currency, locale)))
    return [exact, *(Choice(f"{step}:{ending}", _rounding(step, ending, currency, locale)) for step, ending in ways)]


def _rounding(step: int, ending: int, currency: str, locale: str) -> str:
    words = said.rounding(step, ending, "nearest", currency, locale)
    return words[:1].upper() + words[1:]
