"""Rates in words: why a stay cannot be sold, why a night costs what it does, what a policy means. In the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from pms.kernel import formats
from pms.kernel.words import N_, NN_, translate, translate_many
from pms.rates.channels import name_of
from pms.rates.models import Policy, RatePlan
from pms.rates.policy import Tier, in_order, tiers_of
from pms.rates.price import Step
from pms.rates.restrict import Reason

_REASONS: dict[str, str | tuple[str, str]] = {
    "past": N_("The arrival lies in the past."),
    "no_nights": N_("There is no night between arrival and departure."),
    "not_this_type": N_("This plan is not sold for this room type."),
    "not_this_channel": N_("This plan is not sold through this channel."),
    "needs_code": N_("This plan needs a code."),
    "party_too_large": N_("The room sleeps {value} at most."),
    "not_valid": N_("The plan is not valid on {night}."),
    "too_late": NN_("This plan is sold up to one day before arrival.", "This plan is sold up to {n} days before arrival."),
    "too_early": NN_("This plan is sold from one day before arrival on.", "This plan is sold from {n} days before arrival on."),
    "sold_out": N_("Sold out on {night}."),
    "closed": N_("Closed on {night}."),
    "min_stay": NN_("On {night} at least one night must be stayed.", "On {night} at least {n} nights must be stayed."),
    "max_stay": NN_("On {night} at most one night may be stayed.", "On {night} at most {n} nights may be stayed."),
    "closed_arrival": N_("No arrival on {night}."),
    "min_stay_arrival": NN_(
        "Whoever arrives on {night} stays at least one night.",
        "Whoever arrives on {night} stays at least {n} nights.",
    ),
    "max_stay_arrival": NN_(
        "Whoever arrives on {night} stays one night at most.",
        "Whoever arrives on {night} stays at most {n} nights.",
    ),
    "too_late_for_night": NN_(
        "Arrivals on {night} are sold up to one day before.",
        "Arrivals on {night} are sold up to {n} days before.",
    ),
    "too_early_for_night": NN_(
        "Arrivals on {night} are sold from one day before on.",
        "Arrivals on {night} are sold from {n} days before on.",
    ),
    "closed_departure": N_("No departure on {night}."),
}
_MEALS = {
    "none": N_("Room only"),
    "breakfast": N_("Breakfast"),
    "half_board": N_("Half board"),
    "full_board": N_("Full board"),
    "all_inclusive": N_("All inclusive"),
}


def reason(one: Reason, locale: str) -> str:
    """One rule that forbids a stay, as a sentence."""
    night = formats.day_short(one.night, locale) if one.night else ""
    sentence = _REASONS[one.rule]
    if isinstance(sentence, str):
        return translate(sentence, locale, night=night, value=one.value)
    return translate_many(*sentence, one.value or 0, locale, night=night)


def reasons(several: Iterable[Reason], locale: str) -> list[str]:
    """All of them, in order."""
    return [reason(one, locale) for one in several]


def meals(plan: RatePlan, locale: str) -> str:
    """What is eaten."""
    return translate(_MEALS[plan.meals], locale)


def percent(basis_points: int, locale: str) -> str:
    """A change in per cent, with its sign: "−12 %", "+8.5 %"."""
    return ("−" if basis_points < 0 else "+") + _share(abs(basis_points), locale)


def _share(basis_points: int, locale: str) -> str:
    """A share in per cent, with as many digits as it has: "12 %", "8.5 %"."""
    digits = 0 if basis_points % 100 == 0 else 1 if basis_points % 10 == 0 else 2
    return formats.percent(basis_points / 10_000, locale, digits)


def money(minor: int, currency: str, locale: str) -> str:
    """A change in money, with its sign."""
    return ("−" if minor < 0 else "+") + formats.money(abs(minor), currency, locale)


def formula(plan: RatePlan, parent: RatePlan, currency: str, locale: str) -> str:
    """How a derived plan comes about: "Flexible −12 %, rounded to €0.50"."""
    words = " ".join([parent.name, *_moves(plan.percent, plan.amount, plan.per_adult, currency, locale)])
    rounded = rounding(plan.round_step, plan.round_ending, plan.round_to, currency, locale)
    return f"{words}, {rounded}" if rounded else words


def _moves(by_percent: int, amount: int, per_adult: int, currency: str, locale: str) -> list[str]:
    parts = [percent(by_percent, locale)] if by_percent else []
    parts += [money(amount, currency, locale)] if amount else []
    return parts + ([translate("{amount} a person", locale, amount=money(per_adult, currency, locale))] if per_adult else [])


def rounding(step: int, ending: int, towards: str, currency: str, locale: str) -> str:
    """How prices end; nothing for whole minor units."""
    if step == 1:
        return ""
    to = formats.money(ending or step, currency, locale)
    if ending:
        return translate("ending on {amount}", locale, amount=to)
    sentences = {
        "nearest": N_("rounded to {amount}"),
        "up": N_("rounded up to {amount}"),
        "down": N_("rounded down to {amount}"),
    }
    return translate(sentences[towards], locale, amount=to)


def step(one: Step, before: int | None, currency: str, locale: str) -> tuple[str, str]:
    """A line of "why this price": what was done, and by how much it moved the price (the first step: the price itself)."""
    change = formats.money(one.price, currency, locale) if before is None else money(one.price - before, currency, locale)
    how = _moves(one.percent, one.amount, one.details.get("per_adult", 0), currency, locale)
    if one.kind == "round":
        return rounding(one.details["step"], one.details["ending"], one.details["towards"], currency, locale), change
    fixed = {
        "base": N_("Base price of the room type"),
        "floor": N_("Never below the floor"),
        "ceiling": N_("Never above the ceiling"),
        "manual": N_("Price set by hand"),
        "party": N_("Other guests than it is meant for"),
    }
    if one.kind == "stay":
        nights = one.details.get("nights", 0)
        longer = translate_many("Stays of {n} night and more", "Stays of {n} nights and more", nights, locale)
        return " ".join([longer, *how]), change
    if one.kind == "markup":
        return " ".join([translate("Mark-up of {channel}", locale, channel=name_of(one.name, locale)), *how]), change
    if one.kind == "own":
        return translate("Price set by hand for {channel}", locale, channel=name_of(one.name, locale)), change
    label = translate(fixed[one.kind], locale) if one.kind in fixed else " ".join([one.name, *how])
    return label, change


def cancellation(policy: Policy | None, currency: str, locale: str) -> str:
    """What cancelling costs, in one sentence."""
    tiers = in_order(tiers_of(policy)) if policy else []
    if not tiers:
        return translate("Free cancellation until arrival.", locale)
    first = tiers[0]
    begin = "" if first.days is None else translate("Free cancellation until {deadline}", locale, deadline=_when(first, locale))
    costs = [_costs(tier, currency, locale) for tier in tiers]
    later = [
        cost if at == 0 else translate("from {deadline} on {cost}", locale, deadline=_when(tier, locale), cost=cost)
        for at, (tier, cost) in enumerate(zip(tiers, costs, strict=True))
    ]
    if begin:
        return translate("{begin}, then {later}.", locale, begin=begin, later="; ".join(later))
    return translate("Cancelling costs {later}.", locale, later="; ".join(later))


def deposit(policy: Policy | None, currency: str, locale: str) -> str:
    """What is due before arrival, in one sentence."""
    tiers = in_order(tiers_of(policy)) if policy else []
    if not tiers:
        return translate("Pay at the property.", locale)
    return translate("Due: {parts}.", locale, parts="; ".join(_due(tier, currency, locale) for tier in tiers))


def _due(tier: Tier, currency: str, locale: str) -> str:
    cost = _costs(tier, currency, locale)
    if tier.days is None:
        return translate("{cost} at once", locale, cost=cost)
    if tier.days == 0:
        return translate("{cost} on the day of arrival", locale, cost=cost)
    return translate_many("{cost} one day before arrival", "{cost} {n} days before arrival", tier.days, locale, cost=cost)


def _when(tier: Tier, locale: str) -> str:
    days = tier.days or 0
    clock = formats.clock(tier.time, locale)
    if days == 0:
        return translate("{clock} on the day of arrival", locale, clock=clock)
    return translate_many("{clock} one day before arrival", "{clock} {n} days before arrival", days, locale, clock=clock)


def _costs(tier: Tier, currency: str, locale: str) -> str:
    parts = [formats.money(tier.fixed, currency, locale)] if tier.fixed else []
    if tier.percent:
        share = "" if tier.percent == 10_000 else _share(tier.percent, locale)
        if tier.nights is None:
            parts.append(f"{share} {translate('of the whole stay', locale)}" if share else translate("the whole stay", locale))
        else:
            of = translate_many("the first night", "the first {n} nights", tier.nights, locale)
            parts.append(translate("{share} of {nights}", locale, share=share, nights=of) if share else of)
    return " + ".join(parts) or formats.money(0, currency, locale)
