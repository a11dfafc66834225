"""The form of a policy: its steps, and the sentence guests will read, said while it is being written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import reflex as rx

from pms.kernel.formats import money_bare
from pms.kernel.refusals import Refusal
from pms.rates.policies import TIERS_MOST, PolicyFields, archive_policy, change_policy, create_policy, refuse_bad_tiers
from pms.rates.policy import MIDNIGHT, Tier
from pms.ui.kit import at
from pms.ui.rate_plans.plan_state import points
from pms.ui.rate_plans.row_form import Kind, SetUpBox
from pms.ui.rate_plans.rows import sentence
from pms.ui.rate_plans.sent import Sent
from pms.ui.rate_plans.state import RatePlans, Whole, read_whole
from pms.ui.shell import actor_of, handler

PREFIX = "policy_"
FIELDS = {name: name for name in PolicyFields.__dataclass_fields__}


@dataclass(frozen=True)
class TierLine:
    """A step in the form; `n` names its fields."""

    n: str
    days: str = ""
    time: str = ""
    percent: str = ""
    nights: str = ""
    fixed: str = ""


KIND = Kind("policy", PREFIX, FIELDS, lambda whole: whole.rates.policies, create_policy, change_policy, archive_policy)


class PolicyBox(SetUpBox, rx.State):
    """`row` is the policy in the form, empty for a new one; `sentence` is what its steps come to."""

    kind: str = "cancellation"
    name: str = ""
    tiers: list[TierLine] = []
    no_show: TierLine = TierLine("no_show")
    sentence: str = ""
    _next: int = 0

    def _kind(self) -> Kind:
        return KIND

    def _named(self) -> str:
        return self.name

    @handler
    async def add(self, kind: Literal["cancellation", "deposit"]) -> Any:
        """A new policy: free cancellation until the day before, or a deposit at once."""
        whole = await read_whole(self)
        first = Tier(days=1, percent=10_000, nights=1) if kind == "cancellation" else Tier(percent=3_000)
        self._open(whole, PolicyFields(kind, "", [first]))
        self._begin()
        return at("policy_name")

    def _open(self, whole: Whole, fields: PolicyFields, row: str = "") -> None:
        currency, locale = whole.rates.currency, whole.locale
        self.kind, self.name = fields.kind, fields.name
        self.tiers = [_line(str(n), tier, currency, locale) for n, tier in enumerate(fields.tiers)]
        self.no_show = _line("no_show", fields.no_show, currency, locale) if fields.no_show else TierLine("no_show")
        self.sentence, self._next = sentence(fields, currency, locale), len(self.tiers)

    @handler
    async def add_tier(self) -> None:
        """One more step."""
        if len(self.tiers) < TIERS_MOST:
            self.tiers = [*self.tiers, TierLine(str(self._next))]
            self._next += 1

    @handler
    async def drop_tier(self, n: str) -> None:
        """Without that step."""
        self.tiers = [one for one in self.tiers if one.n != n]

    @handler(supersedes=True)
    async def preview(self, form: dict[str, Any]) -> None:
        """Say what the steps come to so far."""
        locale, screen = (await actor_of(self)).locale, await self.get_state(RatePlans)
        currency = screen.currency or "EUR"
        if self.stale:
            return
        try:
            fields = self._read(Sent(form, PREFIX, currency, locale), blank_is_open=True)
            refuse_bad_tiers(fields.kind, fields.tiers)
        except Refusal as refusal:
            self.errors = {refusal.field or "form": refusal.say(locale)}
            return
        self.errors, self.sentence = {}, sentence(fields, currency, locale)

    def _read(self, sent: Sent, blank_is_open: bool = False) -> PolicyFields:
        """The form; while it is being written, steps that cost nothing yet are left out."""
        tiers = [_tier(sent, line.n) for line in self.tiers]
        no_show = _tier(sent, "no_show", "no_show")
        costs = [tier for tier in tiers if tier.fixed or tier.percent]
        return PolicyFields(
            kind=self.kind,
            name=sent.text("name"),
            tiers=costs if blank_is_open else tiers,
            no_show=no_show if no_show.fixed or no_show.percent else None,
        )


def _tier(sent: Sent, n: str, blame: str = "tiers") -> Tier:
    return Tier(
        days=sent.whole(f"{n}.days", blame),
        time=sent.clock(f"{n}.time", blame) or MIDNIGHT,
        fixed=sent.money(f"{n}.fixed", blame) or 0,
        percent=sent.percent(f"{n}.percent", blame) or 0,
        nights=sent.whole(f"{n}.nights", blame),
    )


def _line(n: str, tier: Tier, currency: str, locale: str) -> TierLine:
    return TierLine(
        n=n,
        days="" if tier.days is None else str(tier.days),
        time="" if tier.time == MIDNIGHT else tier.time.isoformat("minutes"),
        percent=points(tier.percent, locale),
        nights="" if tier.nights is None else str(tier.nights),
        fixed=money_bare(tier.fixed, currency, locale) if tier.fixed else "",
    )
