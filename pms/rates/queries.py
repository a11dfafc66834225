"""How the rates of a property are set up, for screens: plans, rules, parties, age bands, policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from pms.kernel.db import Db, raw
from pms.kernel.refusals import NotFound
from pms.properties.models import Property
from pms.rates.board import TypeOnSale
from pms.rates.channels import NAMES, PROGRAMS
from pms.rates.load import house_of
from pms.rates.models import AgeBand, PartyPrice, Policy, PriceRule, RatePlan
from pms.rates.parties import Band, PartyFields
from pms.rates.plans import PlanFields
from pms.rates.policies import PolicyFields
from pms.rates.policy import Tier
from pms.rates.rules import RuleFields

_NAMED = """
with plan as (select id, channels, markups from rate_plan where property_id = %(house)s)
select unnest(channels) from plan union select jsonb_object_keys(markups) from plan
union select n.channel from rate_night n join plan p on p.id = n.rate_plan_id where n.channel <> ''
"""


@dataclass(frozen=True)
class PlanLine:
    """A plan as it stands; `archived_at` is None while it sells."""

    id: UUID
    version: int
    fields: PlanFields
    archived_at: datetime | None = None


@dataclass(frozen=True)
class RuleLine:
    """A rule as it stands."""

    id: UUID
    version: int
    fields: RuleFields


@dataclass(frozen=True)
class PartyLine:
    """A room type with what a party pays there; `version` 0 where nobody has said anything."""

    kind: TypeOnSale
    version: int
    fields: PartyFields


@dataclass(frozen=True)
class PolicyLine:
    """A policy as it stands, and the names of the plans that have it."""

    id: UUID
    version: int
    fields: PolicyFields
    plans: tuple[str, ...]


@dataclass(frozen=True)
class RateSetUp:
    """Everything that decides the prices of a property but the cells, each in its order."""

    property_id: UUID
    currency: str
    timezone: str
    default_plan_id: UUID | None
    plans: tuple[PlanLine, ...]
    rules: tuple[RuleLine, ...]
    parties: tuple[PartyLine, ...]
    bands: tuple[Band, ...]
    policies: tuple[PolicyLine, ...]


def rate_set_up(db: Db, property_id: UUID, archived: bool = False) -> RateSetUp:
    """The set-up of a property, with plans that were archived if asked for, after the others.

    Refuses `NotFound`, `NotPermitted`.
    """
    db.actor.require("property.view", property_id)
    house = house_of(db, property_id)
    plans = _plans(db, house.property_id, archived)
    of_types = col(PartyPrice.room_type_id).in_([kind.id for kind in house.types])
    parties = {row.room_type_id: row for row in _all(db, PartyPrice, of_types)}
    bands = _all(db, AgeBand, col(AgeBand.property_id) == property_id)
    return RateSetUp(
        property_id=house.property_id,
        currency=house.currency,
        timezone=house.timezone,
        default_plan_id=house.default_plan_id,
        plans=plans,
        rules=tuple(RuleLine(row.id, row.version, _rule(row)) for row in _live(db, PriceRule, property_id)),
        parties=tuple(_party(kind, parties) for kind in house.types),
        bands=tuple(Band(row.name, row.from_age, row.to_age, row.id) for row in sorted(bands, key=lambda row: row.from_age)),
        policies=tuple(_policy(row, plans) for row in _live(db, Policy, property_id)),
    )


def plan_line(found: RateSetUp, id: UUID) -> PlanLine:
    """One of the plans on sale. Refuses `NotFound`."""
    line = next((one for one in found.plans if one.id == id and one.archived_at is None), None)
    if line is None:
        raise NotFound(what="rate plan")
    return line


def _all(db: Db, table: Any, *where: Any, order: tuple[Any, ...] = ()) -> list[Any]:
    return list(db.scalars(select(table).where(*where).order_by(*order)))


def _live(db: Db, table: Any, property_id: UUID) -> list[Any]:
    where = col(table.property_id) == property_id, col(table.archived_at).is_(None)
    return _all(db, table, *where, order=(col(table.position), col(table.id)))


def _plans(db: Db, property_id: UUID, archived: bool) -> tuple[PlanLine, ...]:
    rows = _live(db, RatePlan, property_id)
    if archived:
        gone = col(RatePlan.property_id) == property_id, col(RatePlan.archived_at).is_not(None)
        rows += _all(db, RatePlan, *gone, order=(col(RatePlan.archived_at).desc(), col(RatePlan.id)))
    names = PlanFields.__dataclass_fields__
    return tuple(
        PlanLine(row.id, row.version, PlanFields(**{name: getattr(row, name) for name in names}), row.archived_at) for row in rows
    )


def _rule(row: PriceRule) -> RuleFields:
    values = {name: getattr(row, name) for name in RuleFields.__dataclass_fields__}
    spans = None if row.spans is None else [(date.fromisoformat(first), date.fromisoformat(end)) for first, end in row.spans]
    return RuleFields(**values | {"spans": spans})


def _party(kind: TypeOnSale, rows: Mapping[UUID, PartyPrice]) -> PartyLine:
    row = rows.get(kind.id)
    if row is None:
        return PartyLine(kind, 0, PartyFields(base_adults=kind.adults))
    values = {name: getattr(row, name) for name in PartyFields.__dataclass_fields__}
    children = {UUID(id): price for id, price in row.children.items()}
    return PartyLine(kind, row.version, PartyFields(**values | {"children": children}))


def _policy(row: Policy, plans: tuple[PlanLine, ...]) -> PolicyLine:
    selling = [one.fields for one in plans if one.archived_at is None]
    used = [plan.name for plan in selling if row.id in (plan.cancellation_id, plan.deposit_id)]
    tiers = tuple(Tier.read(tier) for tier in row.tiers)
    no_show = Tier.read(row.no_show) if row.no_show else None
    return PolicyLine(row.id, row.version, PolicyFields(row.kind, row.name, tiers, no_show), tuple(used))


def plan(db: Db, rate_plan_id: UUID) -> RatePlan:
    """A plan, on sale or archived. Refuses `NotFound`, `NotPermitted`."""
    row = db.one(RatePlan, rate_plan_id)
    if not db.actor.sees(row.property_id):
        raise NotFound(what="rate plan")
    db.actor.require("property.view", row.property_id)
    return row


def plans_of(db: Db, property_id: UUID) -> tuple[list[RatePlan], UUID | None]:
    """The plans of a property on sale, in its order, and which one sells by default. Refuses `NotFound`, `NotPermitted`."""
    if not db.actor.sees(property_id) or db.one(Property, property_id).archived_at:
        raise NotFound(what="property")
    db.actor.require("property.view", property_id)
    live = select(RatePlan).where(col(RatePlan.property_id) == property_id, col(RatePlan.archived_at).is_(None))
    rows = db.scalars(live.order_by(col(RatePlan.position), col(RatePlan.id))).all()
    return list(rows), default_plan(db, property_id)


def default_plan(db: Db, property_id: UUID) -> UUID | None:
    """The plan of a property that sells when nobody names one."""
    row = raw(db).execute("select default_plan_id from rate_book where property_id = %s", (property_id,)).fetchone()
    return row[0] if row else None


def fields_of(row: RatePlan) -> PlanFields:
    """What a plan has now, to be changed in part."""
    return PlanFields(**{name: getattr(row, name) for name in PlanFields.__dataclass_fields__})


def sold_through(db: Db, property_id: UUID) -> dict[str, str]:
    """The channels for which a property may have rates, code by casefolded code: those there are, whether it is connected or not
    yet, and those its plans or cells name besides. Refuses `NotFound`.
    """
    house = house_of(db, property_id)
    named = [row[0] for row in raw(db).execute(_NAMED, {"house": house.property_id})]
    return {code.casefold(): code for code in (*named, PROGRAMS, *NAMES)}  # of two spelt alike the known one
