"""Price rules and plans in words: when a rule holds and what it does; who may buy a plan, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

import numpy as np

from pms.kernel import formats
from pms.kernel.words import N_, translate, translate_many
from pms.rates import said
from pms.rates.channels import name_of
from pms.rates.plans import PlanFields
from pms.rates.rounding import share
from pms.rates.rules import RuleFields

Names = Mapping[UUID, str]
_MONDAY = date(2024, 1, 1)
_SPANS_SAID = 3
_SOLD = {
    ("room_type", "least"): N_("{least} or more of the room type sold"),
    ("room_type", "below"): N_("less than {below} of the room type sold"),
    ("room_type", "least", "below"): N_("{least} to {below} of the room type sold"),
    ("property", "least"): N_("{least} or more of the house sold"),
    ("property", "below"): N_("less than {below} of the house sold"),
    ("property", "least", "below"): N_("{least} to {below} of the house sold"),
}
_HOLIDAYS = {"day": N_("public holidays"), "eve": N_("eves of public holidays")}


def condition(rule: RuleFields, types: Names, plans: Names, locale: str) -> str:
    """When a rule holds: "Fri, Sat · 1 Jun 2027 – 31 Aug 2027 · 80% or more of the room type sold"."""
    parts = [
        _weekdays(rule.weekdays or (), locale),
        _spans(rule.spans or (), locale),
        translate(_HOLIDAYS[rule.holidays], locale) if rule.holidays else "",
        _occupancy(rule, locale),
        _days_before(rule.days_before, locale),
        _named(rule.room_type_ids, types),
        _named(rule.rate_plan_ids, plans),
    ]
    words = " · ".join(filter(None, parts))
    return words[:1].upper() + words[1:]


def effect(percent: int, amount: int, currency: str, locale: str) -> str:
    """By how much a price is moved: "+8% +€5.00"."""
    parts = [said.percent(percent, locale) if percent else "", said.money(amount, currency, locale) if amount else ""]
    return " ".join(filter(None, parts))


def example(price: int, percent: int, amount: int, currency: str, locale: str) -> str:
    """What that makes of a price in minor units: "€100.00 → €108.00"."""
    after = max(0, price + int(share(np.array([price]), percent)[0]) + amount)
    return f"{formats.money(price, currency, locale)} → {formats.money(after, currency, locale)}"


def buyers(plan: PlanFields, types: Names, locale: str) -> str:
    """Who may buy a plan: everybody, or through which channels, with which codes, in which room types."""
    parts = []
    if plan.access == "code":
        parts.append(translate("With a code: {codes}", locale, codes=", ".join(plan.codes)))
    if plan.channels is not None:
        parts.append(", ".join(name_of(one, locale) for one in plan.channels))
    if plan.room_type_ids is not None:
        parts.append(_named(plan.room_type_ids, types))
    return " · ".join(parts) or translate("Everybody", locale)


def terms(plan: PlanFields, locale: str) -> list[str]:
    """When a plan is sold, and what long stays pay."""
    found = []
    if plan.min_advance:
        words = translate_many("Booked at least one day ahead", "Booked at least {n} days ahead", plan.min_advance, locale)
        found.append(words)
    if plan.max_advance is not None:
        found.append(translate_many("Booked at most one day ahead", "Booked at most {n} days ahead", plan.max_advance, locale))
    if plan.valid_from or plan.valid_until:
        found.append(_validity(plan.valid_from, plan.valid_until, locale))
    for step in plan.steps:
        percent = said.percent(step["percent"], locale)
        found.append(translate("From {nights} nights {percent}", locale, nights=step["nights"], percent=percent))
    return found


def _validity(first: date | None, last: date | None, locale: str) -> str:
    if first and last:
        return _span(first, last, locale)
    if first:
        return translate("From {day} on", locale, day=formats.day(first, locale))
    return translate("Until {day}", locale, day=formats.day(last, locale)) if last else ""


def _span(first: date, last: date, locale: str) -> str:
    said_first = formats.day(first, locale)
    return said_first if first == last else f"{said_first} – {formats.day(last, locale)}"


def _weekdays(days: Sequence[int], locale: str) -> str:
    return ", ".join(formats.weekday(_MONDAY + timedelta(days=day), locale) for day in days)


def _spans(spans: Sequence[tuple[date, date]], locale: str) -> str:
    words = [_span(first, end - timedelta(days=1), locale) for first, end in spans[:_SPANS_SAID]]
    return ", ".join(words) + (", …" if len(spans) > _SPANS_SAID else "")


def _occupancy(rule: RuleFields, locale: str) -> str:
    least, below = rule.occupancy_from, rule.occupancy_below
    words = {}
    if least is not None:
        words["least"] = formats.percent(least / 10_000, locale)
    if below is not None:
        words["below"] = formats.percent(below / 10_000, locale)
    if not words:
        return ""
    return translate(_SOLD[rule.occupancy_of, *words], locale, **words)


def _days_before(days: int | None, locale: str) -> str:
    if days is None:
        return ""
    if days == 0:
        return translate("on the day itself", locale)
    return translate_many("up to one day before the night", "up to {n} days before the night", days, locale)


def _named(ids: Sequence[UUID] | None, names: Names) -> str:
    return ", ".join(names[id] for id in ids or () if id in names)
