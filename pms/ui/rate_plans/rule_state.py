"""The form of a price rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import reflex as rx

from pms.kernel.formats import money_bare
from pms.kernel.refusals import BadInput, NotFound
from pms.kernel.words import translate
from pms.rates.rules import KINDS, SPANS_MOST, RuleFields, archive_rule, change_rule, create_rule
from pms.ui.kit import at
from pms.ui.rate_plans.plan_state import points
from pms.ui.rate_plans.sent import Sent
from pms.ui.rate_plans.state import read_whole, show_again
from pms.ui.shell import Session, actor_of, handler, house_of, notice
from pms.ui.shell.box import RowBox

PREFIX = "rule_"
FIELDS = {name: name for name in RuleFields.__dataclass_fields__}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class SpanLine:
    """A period in the form, first and last night; `n` names its fields."""

    n: str
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
class RuleFilled:
    """What stands in the form of a rule when it opens."""

    name: str = ""
    percent: str = ""
    amount: str = ""
    weekdays: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)
    holidays: str = ""
    occupancy_of: str = "room_type"
    occupancy_from: str = ""
    occupancy_below: str = ""
    days_before: str = ""


class RuleBox(RowBox, rx.State):
    """`row` is the rule in the form, empty for a new one; `kind` decides which condition stands first."""

    filled: RuleFilled = RuleFilled()
    kind: str = "weekday"
    spans: list[SpanLine] = []
    _is_on: bool = True
    _next: int = 1

    @handler
    async def add(self) -> Any:
        """A new rule."""
        self.filled, self.kind, self._is_on = RuleFilled(), "weekday", True
        self.spans, self._next = [SpanLine("0")], 1
        self._begin()
        return at("rule_name")

    async def _edit(self, row: UUID) -> None:
        whole = await read_whole(self)
        line = next((one for one in whole.rates.rules if one.id == row), None)
        if line is None:
            raise NotFound(what="price rule")
        fields = line.fields
        self.filled, self.kind, self._is_on = filled(fields, whole.rates.currency, whole.locale), fields.kind, fields.is_on
        spans = fields.spans or ()
        self.spans = [SpanLine(str(n), first.isoformat(), (end - DAY).isoformat()) for n, (first, end) in enumerate(spans)]
        self.spans = self.spans or [SpanLine("0")]
        self._next = len(self.spans)
        self._begin(str(row), line.version)

    @handler
    async def choose_kind(self, kind: str) -> None:
        """Another kind of rule."""
        self.kind = kind if kind in KINDS else self.kind

    @handler
    async def add_span(self) -> None:
        """One more period."""
        if len(self.spans) < SPANS_MOST:
            self.spans = [*self.spans, SpanLine(str(self._next))]
            self._next += 1

    @handler
    async def drop_span(self, n: str) -> None:
        """Without that period."""
        self.spans = [one for one in self.spans if one.n != n]

    @handler
    async def save(self, form: dict[str, Any]) -> Any:
        """A new rule, or a change of the one in the form."""
        session, whole = await self.get_state(Session), await read_whole(self)
        try:
            fields = self._read(Sent(form, PREFIX, whole.rates.currency, whole.locale))
        except BadInput as refusal:
            self.errors = {refusal.field or "form": refusal.say(whole.locale)}
            return None
        if self.row:
            done = await self._try(change_rule, UUID(self.row), self.version, fields, fields=FIELDS)
        else:
            done = await self._try(create_rule, house_of(session), fields, fields=FIELDS)
        if not done:
            return None
        self._end()
        await show_again(self)
        return notice(translate("{name} is saved.", whole.locale, name=fields.name.strip()))

    def _read(self, sent: Sent) -> RuleFields:
        days = [int(one) for one in sent.named("weekday") if one in "0123456" and len(one) == 1]
        return RuleFields(
            name=sent.text("name"),
            kind=sent.text("kind"),
            spans=self._spans(sent),
            weekdays=days or None,
            room_type_ids=sent.ticked("type") or None,
            rate_plan_ids=sent.ticked("plan") or None,
            holidays=sent.text("holidays") or None,
            occupancy_of=sent.text("occupancy_of") or "room_type",
            occupancy_from=sent.percent("occupancy_from"),
            occupancy_below=sent.percent("occupancy_below"),
            days_before=sent.whole("days_before"),
            percent=sent.percent("percent") or 0,
            amount=sent.money("amount") or 0,
            is_on=self._is_on,
        )

    def _spans(self, sent: Sent) -> list[tuple[Any, Any]] | None:
        found = []
        for line in self.spans:
            first, last = sent.day(f"span.{line.n}.first", "spans"), sent.day(f"span.{line.n}.last", "spans")
            if first is None and last is None:
                continue
            if first is None or last is None or last.year > 9000:
                raise BadInput("spans", "A period has a first and a last night.")
            found.append((first, last + DAY))
        return found or None

    @handler
    async def archive(self) -> Any:
        """Take the rule in the form out."""
        name = self.filled.name
        if not self.row or not await self._try_to_end(archive_rule, UUID(self.row), self.version):
            self.asking = False
            return None
        await show_again(self)
        return notice(translate("{name} is archived.", (await actor_of(self)).locale, name=name))


def filled(fields: RuleFields, currency: str, locale: str) -> RuleFilled:
    """A rule as it stands, for its form."""
    full = (fields.occupancy_from, fields.occupancy_below)
    least, below = ("" if one is None else points(one, locale) or "0" for one in full)
    return RuleFilled(
        name=fields.name,
        percent=points(fields.percent, locale),
        amount=money_bare(fields.amount, currency, locale) if fields.amount else "",
        weekdays=[str(day) for day in fields.weekdays or ()],
        types=[str(id) for id in fields.room_type_ids or ()],
        plans=[str(id) for id in fields.rate_plan_ids or ()],
        holidays=fields.holidays or "",
        occupancy_of=fields.occupancy_of,
        occupancy_from=least,
        occupancy_below=below,
        days_before="" if fields.days_before is None else str(fields.days_before),
    )
