"""One room of a new reservation as typed: which units and plans there are for it, and what it costs in the one chosen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pms.kernel import formats
from pms.kernel.db import Db
from pms.kernel.refusals import BadInput
from pms.kernel.words import translate
from pms.properties.exchange import Exchange, latest
from pms.rates import said
from pms.rates.party import Party
from pms.rates.restrict import Wish
from pms.reservations.book import Room, refuse_bad_dates
from pms.reservations.offers import Offer, plans_for
from pms.reservations.sold import DECIDED_ELSEWHERE, Terms
from pms.reservations.vacancy import vacancies
from pms.ui.calendar import edit

RoomField = Literal["type", "unit", "arrival", "departure", "adults", "children", "ages", "plan", "price", "reason"]


@dataclass(frozen=True)
class Draft:
    """One room as typed so far. `units` and `plans` are the choices, [id, words]; `price` is one agreed by hand, empty for the
    plan's, which `costs` says in words and `shown` in minor units for the whole stay; `about` says it in one of the `others`,
    the currencies there is a rate for; `forbidden` says why the plan is not sold.
    """

    type: str = ""
    unit: str = ""
    arrival: str = ""
    departure: str = ""
    adults: str = "2"
    children: str = "0"
    ages: str = ""
    plan: str = ""
    price: str = ""
    reason: str = ""
    despite: bool = False
    units: list[list[str]] = field(default_factory=list)
    plans: list[list[str]] = field(default_factory=list)
    costs: str = ""
    about: str = ""
    others: list[str] = field(default_factory=list)
    usual: str = ""
    promise: str = ""
    forbidden: str = ""
    shown: int = -1


def with_choices(db: Db, property_id: UUID, draft: Draft, display: str = "") -> Draft:
    """The draft with what can be chosen for its dates, and what it costs, in the currency `display` too if there is a rate;
    nothing to choose while it makes no sense.

    A unit that is not free any more stays chosen, for the verb to refuse.
    """
    bare = replace(draft, units=[], plans=[], costs="", about="", others=[], usual="", promise="", forbidden="", shown=-1)
    try:
        first, end, kind = date.fromisoformat(draft.arrival), date.fromisoformat(draft.departure), UUID(draft.type)
        party = Party(_number(draft.adults, "adults"), _ages(draft, "ages"))
        refuse_bad_dates(first, end)
    except (ValueError, BadInput):
        return bare
    if not 1 <= party.adults <= 99 or len(party.children) > 99:
        return bare
    free = [one for one in vacancies(db, property_id, first, end) if one.room_type_id == kind]
    units = edit.free_first(free, kind, translate("taken", db.actor.locale))
    currency, found = plans_for(db, property_id, Wish(first, end, party), kind)
    rates = latest(db, currency)
    rate = next((one for one in rates if one.display == display), None)
    typed = replace(bare, units=units, others=[one.display for one in rates])
    return _priced(typed, found, currency, rate, db.actor.locale)


def _priced(draft: Draft, found: list[Offer], currency: str, rate: Exchange | None, locale: str) -> Draft:
    if not found:
        return draft
    plans = [[str(one.plan.id), _plan(one, currency, locale)] for one in found]
    sold = next((one for one in found if not against(one)), found[0])
    chosen = next((one for one in found if str(one.plan.id) == draft.plan), sold)
    return replace(
        draft,
        plans=plans,
        plan=str(chosen.plan.id),
        costs=_costs(chosen, currency, locale),
        about=_about(chosen, rate, locale) if rate else "",
        usual=_usual(chosen, currency, locale),
        promise=said.cancellation(chosen.cancellation, currency, locale) if chosen.cancellation else "",
        forbidden=" ".join(said.reasons(against(chosen), locale)),
        shown=sum(chosen.prices),
    )


def against(offer: Offer) -> list[Any]:
    """The rules that the desk is asked about; a unit taken and a bed put up are its own affair."""
    return [one for one in offer.reasons if one.rule not in DECIDED_ELSEWHERE and one.rule != "party_too_large"]


def _plan(offer: Offer, currency: str, locale: str) -> str:
    price = formats.money(offer.taxed.total, currency, locale)
    return f"{offer.plan.name} · {price}" + (f" · {translate('not sold', locale)}" if against(offer) else "")


def _costs(offer: Offer, currency: str, locale: str) -> str:
    """The nights, equal neighbours together, and the sum: "2 × €100.00 + 1 × €120.00 = €320.00"."""
    runs: list[list[int]] = []
    for price in offer.prices:
        if runs and runs[-1][1] == price:
            runs[-1][0] += 1
        else:
            runs.append([1, price])
    nights = " + ".join(f"{count} × {formats.money(price, currency, locale)}" for count, price in runs)
    on_top = [f"{line.name} {formats.money(line.amount, currency, locale)}" for line in offer.taxed.lines if not line.included]
    return " + ".join([nights, *on_top]) + f" = {formats.money(offer.taxed.total, currency, locale)}" if nights else ""


def _about(offer: Offer, rate: Exchange, locale: str) -> str:
    """The whole in a second currency, and by whose word: "≈ US$347.04 (1 EUR = 1.0845 USD, ECB, 24 Nov 2026)"."""
    total = formats.money(rate.shown(offer.taxed.total), rate.display, locale)
    worth = formats.number(rate.rate.normalize(), locale, max(0, -int(rate.rate.normalize().as_tuple().exponent)))
    return f"≈ {total} (1 {rate.currency} = {worth} {rate.display}, {rate.source}, {formats.day(rate.day, locale)})"


def _usual(offer: Offer, currency: str, locale: str) -> str:
    """The price of a night as a hint in the field of an agreed one."""
    if not offer.prices:
        return ""
    low, high = (formats.money_bare(price, currency, locale) for price in (min(offer.prices), max(offer.prices)))
    return low if low == high else f"{low} – {high}"


def wanted_room(draft: Draft, n: int, currency: str, locale: str) -> Room:
    """What the verb is asked for. Refuses `BadInput` naming field and room ("arrival-0")."""
    arrival, departure = _date(draft.arrival, f"arrival-{n}"), _date(draft.departure, f"departure-{n}")
    if departure < arrival:
        raise BadInput(f"departure-{n}", "The departure lies before the arrival.")
    unit = edit.unit_id(draft.unit, f"unit-{n}") if draft.unit else None
    type_id = edit.unit_id(draft.type, f"type-{n}")
    adults, children = _number(draft.adults, f"adults-{n}"), _number(draft.children, f"children-{n}")
    plan = edit.unit_id(draft.plan, f"plan-{n}") if draft.plan else None
    prices = None
    if draft.price.strip():
        prices = [formats.read_money(draft.price, currency, locale, f"price-{n}")] * min((departure - arrival).days, 1000)
    shown = draft.shown if draft.shown >= 0 and prices is None else None
    terms = Terms(plan, shown=shown, despite_rules=draft.despite, reason=draft.reason.strip())
    return Room(type_id, arrival, departure, unit, adults, children, prices, _ages(draft, f"ages-{n}"), terms)


def _ages(draft: Draft, name: str) -> tuple[int | None, ...]:
    """The children's ages as typed, "4, 9"; those not typed are unknown."""
    return edit.read_ages(draft.ages, _number(draft.children, name.replace("ages", "children")), name)


def _date(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(name, "This is not a date.") from None


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise BadInput(name, "This is not a number.")
    return int(text)
