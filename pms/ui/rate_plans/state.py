"""The rate plans screen's state: how prices come about in one property, live, and the order people put things into."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, get_args
from uuid import UUID

import reflex as rx

from pms.kernel.actor import Actor
from pms.kernel.db import Db
from pms.kernel.refusals import NotFound
from pms.kernel.words import translate
from pms.properties.taxes import TaxLine, taxes
from pms.rates.plans import bring_back_plan, reorder_plans
from pms.rates.queries import RateSetUp, rate_set_up
from pms.rates.rules import reorder_rules, switch_rule
from pms.ui.properties.state import stepped
from pms.ui.rate_plans.rows import BandRow, Choice, GonePlan, PartyRow, PlanRow, PolicyRow, RuleRow, TaxRow, board
from pms.ui.shell import LiveView, News, Session, act, actor_of, as_actor, handler, house_of, notice, show
from pms.ui.shell.live import Stories

Tab = Literal["plans", "rules", "guests", "policies", "taxes"]
TABS: tuple[str, ...] = get_args(Tab)


class Sight(NamedTuple):
    """What a tab looks at: a property, with archived plans or without."""

    property_id: UUID
    archived: bool


class Whole(NamedTuple):
    """All the screen shows, as read."""

    rates: RateSetUp
    taxes: list[TaxLine]
    locale: str


class RatePlans(rx.State):
    """What is on screen; the forms have states of their own."""

    ready: bool = False
    tab: str = "plans"
    currency: str = ""
    plans: list[PlanRow] = []
    gone: list[GonePlan] = []
    rules: list[RuleRow] = []
    parties: list[PartyRow] = []
    bands: list[BandRow] = []
    cancellations: list[PolicyRow] = []
    deposits: list[PolicyRow] = []
    taxes: list[TaxRow] = []
    types: list[Choice] = []
    masters: list[Choice] = []
    with_archived: bool = False
    _house: str = ""
    _carried: str = ""

    @handler
    async def load(self) -> None:
        """Show the property the tab works in, and the part the address names."""
        asked = self.router.url.query_parameters.get("tab", "")
        self.tab = asked if asked in TABS else TABS[0]
        self._house = (await self.get_state(Session)).house
        if self._house:
            await self._show()
        self.ready = True

    async def _show(self) -> None:
        await show(self, VIEW, Sight(UUID(self._house), self.with_archived))

    @handler
    async def choose(self, tab: Tab) -> Any:
        """Look at another part; the address says which, so that a reload and the way back find it again."""
        if tab == self.tab:
            return None
        self.tab = tab
        return rx.redirect(f"/rate-plans?tab={tab}")

    @handler
    async def toggle_archived(self, shown: bool) -> None:
        """With archived plans, or without."""
        self.with_archived = shown
        if self._house:
            await self._show()

    @handler
    async def bring_back(self, row: UUID, version: int) -> Any:
        """Sell an archived plan again."""
        back = await act(self, bring_back_plan, row, version)
        await self._show()
        return notice(translate("{name} is back.", (await actor_of(self)).locale, name=back.name))

    @handler
    async def move_plan(self, row: UUID, step: Literal[-1, 1]) -> None:
        """Put a plan one place earlier or later."""
        rates = (await read_whole(self)).rates
        ids = stepped([one.id for one in rates.plans if one.archived_at is None], row, step, "rate plan")
        await act(self, reorder_plans, rates.property_id, ids)
        await self._show()

    @handler
    async def move_rule(self, row: UUID, step: Literal[-1, 1]) -> None:
        """Let a rule work one place earlier or later."""
        rates = (await read_whole(self)).rates
        await act(self, reorder_rules, rates.property_id, stepped([one.id for one in rates.rules], row, step, "price rule"))
        await self._show()

    @handler
    async def pick_up(self, rule: UUID) -> None:
        """A rule is being dragged: the browser cannot say which when it is dropped."""
        self._carried = str(rule)

    @handler
    async def drop_on(self, rule: UUID) -> None:
        """Put the dragged rule into this one's place."""
        carried, self._carried = self._carried, ""
        if not carried or carried == str(rule):
            return
        rates = (await read_whole(self)).rates
        ids = [one.id for one in rates.rules]
        if UUID(carried) not in ids or rule not in ids:
            raise NotFound(what="price rule")
        ids.insert(ids.index(rule), ids.pop(ids.index(UUID(carried))))
        await act(self, reorder_rules, rates.property_id, ids)
        await self._show()

    @handler
    async def switch(self, rule: UUID, version: int, on: bool) -> None:
        """Let a rule work, or rest."""
        await act(self, switch_rule, rule, version, on)
        await self._show()


async def read_whole(state: rx.State) -> Whole:
    """The set-up of the property the tab works in, as it is now. Refuses `NotFound` when there is none."""
    session = await state.get_state(Session)
    if not session.house:
        raise NotFound(what="property")
    return await act(state, read, house_of(session))


async def show_again(state: rx.State) -> None:
    """After a form has done its work."""
    await (await state.get_state(RatePlans))._show()


def read(db: Db, property_id: UUID, archived: bool = False) -> Whole:
    """Everything the screen shows; archived plans only for who may bring them back. Refuses `NotFound`, `NotPermitted`."""
    shown = archived and db.actor.may("rate.manage", property_id)
    return Whole(rate_set_up(db, property_id, shown), taxes(db, property_id), db.actor.locale)


def _load(actor: Actor, sight: Sight, news: Stories) -> Whole:
    return as_actor(actor, read, sight.property_id, sight.archived)


async def _apply(state: Any, whole: Whole, news: Stories) -> None:
    from pms.ui.rate_plans.band_state import BandBox
    from pms.ui.rate_plans.party_state import PartyBox
    from pms.ui.rate_plans.plan_state import PlanBox
    from pms.ui.rate_plans.policy_state import PolicyBox
    from pms.ui.rate_plans.rule_state import RuleBox
    from pms.ui.rate_plans.tax_state import TaxBox

    shown = board(whole.rates, whole.taxes, whole.locale)
    for name, rows in vars(shown).items():
        if getattr(state, name) != rows:
            setattr(state, name, rows)
    state.currency = whole.rates.currency
    selling = [one for one in whole.rates.plans if one.archived_at is None]
    rules, policies = whole.rates.rules, whole.rates.policies
    for box, lines in ((PlanBox, selling), (RuleBox, rules), (PolicyBox, policies), (TaxBox, whole.taxes)):
        opened = await state.get_state(box)
        opened._heard({str(one.id): one.version for one in lines}.get(opened.row), news, whole.locale)  # type: ignore[attr-defined]
    party = await state.get_state(PartyBox)
    party._heard({str(one.kind.id): one.version for one in whole.rates.parties}.get(party.row), news, whole.locale)
    (await state.get_state(BandBox))._heard_bands(whole.rates.bands, news, whole.locale)


def _concerns(news: News, sight: Sight) -> bool:
    return news.event != "rate.changed" and news.property_id in (None, str(sight.property_id))


VIEW = LiveView(state=RatePlans, topics=frozenset({"rates"}), load=_load, apply=_apply, concerns=_concerns)
