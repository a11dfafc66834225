"""The form of a price rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import reflex as rx

from pms.kernel.formats import money_bare
from pms.kernel.refusals import BadInput
from pms.rates.rules import KINDS, SPANS_MOST, RuleFields, archive_rule, change_rule, create_rule
from pms.ui.kit import at
from pms.ui.rate_plans.plan_state import points
from pms.ui.rate_plans.row_form import Kind, SetUpBox
from pms.ui.rate_plans.sent import Sent
from pms.ui.rate_plans.state import Whole
from pms.ui.shell import handler

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


KIND = Kind("price rule", "rule_", FIELDS, lambda whole: whole.rates.rules, create_rule, change_rule, archive_rule)


class RuleBox(SetUpBox, rx.State):
    """`row` is the rule in the form, empty for a new one; `kind` decides which condition stands first."""

    filled: RuleFilled = RuleFilled()
    kind: str = "weekday"
    spans: list[SpanLine] = []
    _is_on: bool = True
    _next: int = 1

    def _kind(self) -> Kind:
        return KIND

    @handler
    async def add(self) -> Any:
        """A new rule."""
        self.filled, self.kind, self._is_on = RuleFilled(), "weekday", True
        self.spans, self._next = [SpanLine("0")], 1
        self._begin()
        return at("rule_name")

    def _open(self, whole: Whole, fields: RuleFields, row: str = "") -> None:
        self.filled, self.kind, self._is_on = filled(fields, whole.rates.currency, whole.locale), fields.kind, fields.is_on
        spans = fields.spans or ()
        self.spans = [SpanLine(str(n), first.isoformat(), (end - DAY).isoformat()) for n, (first, end) in enumerate(spans)]
        self.spans = self.spans or [SpanLine("0")]
        self._next = len(self.spans)

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
