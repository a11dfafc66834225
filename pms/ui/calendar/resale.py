"""Another plan for a stay, as the drawer offers it: what each plan would cost, and what the one chosen changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from pms.kernel.db import Db
from pms.kernel.formats import day_short, money
from pms.kernel.refusals import BadInput
from pms.kernel.words import translate
from pms.rates import said
from pms.reservations.models import Stay
from pms.reservations.nights import nights_of
from pms.reservations.resell import PlanOffer, PlanOffers, change_plan, plans_of_stay
from pms.reservations.sold import Terms
from pms.ui.calendar.booking_room import against


@dataclass(frozen=True)
class Choice:
    """The plans as [id, words], and of the one chosen its nights as [day, price now or nothing if it stays, price then], totals
    and their difference in words, how many nights are slept and stay, its promise, and what forbids it. `shown` is the total in
    minor units.
    """

    plans: list[list[str]] = field(default_factory=list)
    plan: str = ""
    nights: list[list[str]] = field(default_factory=list)
    total: str = ""
    difference: str = ""
    slept: int = 0
    promise: str = ""
    forbidden: str = ""
    despite: bool = False
    shown: int = 0


def choices(db: Db, stay_id: UUID, plan_id: UUID | None = None) -> Choice:
    """What a stay can change to, with the plan it has chosen unless another is named. Refuses `NotFound`, `NotPermitted`."""
    found = plans_of_stay(db, stay_id)
    days = [day_short(night.night, db.actor.locale) for night in nights_of(db, stay_id)]
    plans = [[str(one.offer.plan.id), _words(found, one, db.actor.locale)] for one in found.plans]
    wanted = plan_id or found.rate_plan_id
    chosen = next((one for one in found.plans if one.offer.plan.id == wanted), None) or next(iter(found.plans), None)
    return Choice(plans) if chosen is None else _chosen(found, chosen, plans, days, db.actor.locale)


def _chosen(found: PlanOffers, one: PlanOffer, plans: list[list[str]], days: list[str], locale: str) -> Choice:
    currency, cancellation = found.currency, one.offer.cancellation
    nights = [
        [day, money(before, currency, locale) if before != after else "", money(after, currency, locale)]
        for day, before, after in zip(days, found.prices, one.prices, strict=True)
    ]
    return Choice(
        plans,
        str(one.offer.plan.id),
        nights,
        money(one.total, currency, locale),
        _difference(found, one, locale),
        found.slept,
        said.cancellation(cancellation, currency, locale) if cancellation else "",
        " ".join(said.reasons(against(one.offer), locale)),
        shown=one.total,
    )


def _words(found: PlanOffers, one: PlanOffer, locale: str) -> str:
    parts = [one.offer.plan.name, money(one.total, found.currency, locale)]
    parts += [difference] if (difference := _difference(found, one, locale)) else []
    return " · ".join([*parts, *([translate("not sold", locale)] if against(one.offer) else [])])


def _difference(found: PlanOffers, one: PlanOffer, locale: str) -> str:
    more = one.total - sum(found.prices)
    return said.money(more, found.currency, locale) if more else ""


def take_plan(db: Db, stay_id: UUID, version: int, wanted: tuple[Choice, str]) -> Stay:
    """Change to the plan chosen, at the total that was shown, for a reason or none. Refuses what `change_plan` refuses."""
    choice, reason = wanted
    try:
        plan = UUID(choice.plan)
    except ValueError:
        raise BadInput("plan", "Choose a rate plan.") from None
    return change_plan(db, stay_id, version, Terms(plan, shown=choice.shown, despite_rules=choice.despite, reason=reason))
