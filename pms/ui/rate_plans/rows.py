"""Pure shaping of the rate plans screen: lists as people read them, in their language."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from pms.kernel import formats
from pms.kernel.words import N_, translate, translate_many
from pms.properties.taxes import TaxLine
from pms.rates import conditions, said
from pms.rates.models import Policy, RatePlan
from pms.rates.plans import PlanFields
from pms.rates.policies import PolicyFields
from pms.rates.queries import PartyLine, PlanLine, PolicyLine, RateSetUp, RuleLine


@dataclass(frozen=True)
class PlanRow:
    """A plan in the list; `terms` are sentences, `is_first_choice` says that it sells when nobody names one."""

    id: str
    name: str
    code: str
    formula: str
    meals: str
    cancellation: str
    deposit: str
    buyers: str
    terms: list[str]
    is_first_choice: bool
    derived: bool
    first: bool
    last: bool


@dataclass(frozen=True)
class GonePlan:
    """A plan that was archived."""

    id: str
    name: str
    code: str
    when: str
    version: int


@dataclass(frozen=True)
class RuleRow:
    """A rule in its place: when it holds, what it does, and an example."""

    id: str
    version: int
    name: str
    kind: str
    condition: str
    effect: str
    example: str
    is_on: bool
    first: bool
    last: bool


@dataclass(frozen=True)
class PartyRow:
    """What parties pay in a room type, written out; "" where nothing is said."""

    id: str
    name: str
    base: str
    extra: str
    single: str
    children: str
    limits: str


@dataclass(frozen=True)
class BandRow:
    """An age band."""

    name: str
    ages: str


@dataclass(frozen=True)
class PolicyRow:
    """A policy as guests read it, and who sells by it."""

    id: str
    name: str
    sentence: str
    plans: str


@dataclass(frozen=True)
class TaxRow:
    """A tax or fee."""

    id: str
    name: str
    amount: str
    included: bool
    limits: str


@dataclass(frozen=True)
class Choice:
    """Something to tick or choose: a room type, a plan, a policy."""

    id: str
    name: str


@dataclass(frozen=True)
class Board:
    """Everything on the screen."""

    plans: list[PlanRow] = field(default_factory=list)
    gone: list[GonePlan] = field(default_factory=list)
    rules: list[RuleRow] = field(default_factory=list)
    parties: list[PartyRow] = field(default_factory=list)
    bands: list[BandRow] = field(default_factory=list)
    cancellations: list[PolicyRow] = field(default_factory=list)
    deposits: list[PolicyRow] = field(default_factory=list)
    taxes: list[TaxRow] = field(default_factory=list)
    types: list[Choice] = field(default_factory=list)
    masters: list[Choice] = field(default_factory=list)


TAX_KINDS = {
    "percent": N_("Per cent of the price"),
    "per_person_night": N_("A person and night"),
    "per_person": N_("A person, once"),
    "per_night": N_("A room and night"),
    "per_room": N_("A room, once"),
    "per_booking": N_("A booking, once"),
}


def board(found: RateSetUp, taxes: list[TaxLine], locale: str) -> Board:
    """The whole set-up in words."""
    selling = [one for one in found.plans if one.archived_at is None]
    policies = {one.id: one for one in found.policies}
    types = {one.kind.id: one.kind.name for one in found.parties}
    return Board(
        plans=[_plan(one, selling, found, types, locale) for one in selling],
        gone=[_gone(one, found.timezone, locale) for one in found.plans if one.archived_at is not None],
        rules=[_rule(one, found, types, locale) for one in found.rules],
        parties=[_party(one, found, locale) for one in found.parties],
        bands=[BandRow(band.name, _ages(band.from_age, band.to_age, locale)) for band in found.bands],
        cancellations=[_policy(one, found.currency, locale) for one in policies.values() if one.fields.kind == "cancellation"],
        deposits=[_policy(one, found.currency, locale) for one in policies.values() if one.fields.kind == "deposit"],
        taxes=[_tax(one, found.currency, locale) for one in taxes],
        types=[Choice(str(id), name) for id, name in types.items()],
        masters=[Choice(str(one.id), one.fields.name) for one in selling if one.fields.parent_id is None],
    )


def sentence(fields: PolicyFields, currency: str, locale: str) -> str:
    """A policy as guests read it."""
    row = as_policy(fields)
    return said.cancellation(row, currency, locale) if fields.kind == "cancellation" else said.deposit(row, currency, locale)


def as_policy(fields: PolicyFields) -> Policy:
    """The fields as the row they would be."""
    tiers = [tier.keep() for tier in fields.tiers]
    return Policy(kind=fields.kind, name=fields.name, tiers=tiers)  # type: ignore[call-arg]


def as_plan(fields: PlanFields) -> RatePlan:
    """The fields as the row they would be."""
    return RatePlan(**{name: getattr(fields, name) for name in PlanFields.__dataclass_fields__})


def _plan(one: PlanLine, selling: list[PlanLine], found: RateSetUp, types: conditions.Names, locale: str) -> PlanRow:
    fields, plan = one.fields, as_plan(one.fields)
    parent = next((other.fields for other in selling if other.id == fields.parent_id), None)
    rounded = said.rounding(fields.round_step, fields.round_ending, fields.round_to, found.currency, locale)
    own = ", ".join(filter(None, (translate("Prices of its own", locale), rounded)))
    policies = {line.id: line.fields for line in found.policies}
    cancellation = policies.get(fields.cancellation_id) if fields.cancellation_id else None
    deposit = policies.get(fields.deposit_id) if fields.deposit_id else None
    return PlanRow(
        id=str(one.id),
        name=fields.name,
        code=fields.code,
        formula=said.formula(plan, as_plan(parent), found.currency, locale) if parent else own,
        meals=said.meals(plan, locale),
        cancellation=said.cancellation(cancellation and as_policy(cancellation), found.currency, locale),
        deposit=said.deposit(deposit and as_policy(deposit), found.currency, locale),
        buyers=conditions.buyers(fields, types, locale),
        terms=conditions.terms(fields, locale),
        is_first_choice=one.id == found.default_plan_id,
        derived=parent is not None,
        first=one is selling[0],
        last=one is selling[-1],
    )


def _gone(one: PlanLine, timezone: str, locale: str) -> GonePlan:
    assert one.archived_at
    when = formats.day(one.archived_at.astimezone(ZoneInfo(timezone)).date(), locale)
    return GonePlan(str(one.id), one.fields.name, one.fields.code, when, one.version)


def _rule(one: RuleLine, found: RateSetUp, types: conditions.Names, locale: str) -> RuleRow:
    fields = one.fields
    plans = {line.id: line.fields.name for line in found.plans}
    base = next((line.kind.base_price for line in found.parties if line.kind.base_price), 10_000)
    return RuleRow(
        id=str(one.id),
        version=one.version,
        name=fields.name,
        kind=fields.kind,
        condition=conditions.condition(fields, types, plans, locale),
        effect=conditions.effect(fields.percent, fields.amount, found.currency, locale),
        example=conditions.example(base, fields.percent, fields.amount, found.currency, locale),
        is_on=fields.is_on,
        first=one is found.rules[0],
        last=one is found.rules[-1],
    )


def _party(one: PartyLine, found: RateSetUp, locale: str) -> PartyRow:
    fields, kind = one.fields, one.kind

    def money(minor: int) -> str:
        return formats.money(minor, found.currency, locale)

    free = translate("free", locale)
    pays = [(band.name, fields.children.get(band.id, 0) if band.id else 0) for band in found.bands]
    return PartyRow(
        id=str(kind.id),
        name=kind.name,
        base=translate_many("{n} adult", "{n} adults", fields.base_adults, locale),
        extra=said.money(fields.extra_adult, found.currency, locale) if fields.extra_adult else free,
        single=said.money(-fields.single_use, found.currency, locale) if fields.single_use else "",
        children=", ".join(f"{name} {money(price) if price else free}" for name, price in pays),
        limits=_limits(fields.floor, fields.ceiling, found.currency, locale),
    )


def _limits(floor: int | None, ceiling: int | None, currency: str, locale: str) -> str:
    low = "" if floor is None else formats.money(floor, currency, locale)
    high = "" if ceiling is None else formats.money(ceiling, currency, locale)
    if low and high:
        return f"{low} – {high}"
    if low:
        return translate("from {amount}", locale, amount=low)
    return translate("up to {amount}", locale, amount=high) if high else ""


def _ages(first: int, last: int, locale: str) -> str:
    if first == last:
        return translate_many("{n} year", "{n} years", first, locale)
    return translate("{first} to {last} years", locale, first=first, last=last)


def _policy(one: PolicyLine, currency: str, locale: str) -> PolicyRow:
    return PolicyRow(str(one.id), one.fields.name, sentence(one.fields, currency, locale), ", ".join(one.plans))


def _tax(one: TaxLine, currency: str, locale: str) -> TaxRow:
    fields = one.fields
    if fields.kind == "percent":
        amount = formats.percent(fields.percent / 10_000, locale, 0 if fields.percent % 100 == 0 else 2)
    else:
        each = translate(TAX_KINDS[fields.kind], locale)
        amount = f"{formats.money(fields.amount, currency, locale)} · {each[:1].lower()}{each[1:]}"
    return TaxRow(str(one.id), fields.name, amount, fields.included, " · ".join(_tax_limits(one, locale)))


def _tax_limits(one: TaxLine, locale: str) -> list[str]:
    fields, found = one.fields, []
    if fields.on_fixed:
        found.append(translate("on fixed fees too", locale))
    if fields.from_age:
        found.append(translate_many("from {n} year on", "from {n} years on", fields.from_age, locale))
    if fields.nights_most:
        found.append(translate_many("the first night only", "the first {n} nights only", fields.nights_most, locale))
    if fields.exempt_from_nights:
        nights = fields.exempt_from_nights
        found.append(translate_many("free from one night on", "free for stays of {n} nights and more", nights, locale))
    if fields.valid_from:
        found.append(translate("from {day}", locale, day=formats.day(fields.valid_from, locale)))
    if fields.valid_until:
        found.append(translate("until {day}", locale, day=formats.day(fields.valid_until, locale)))
    return found
