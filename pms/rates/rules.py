"""Price rules: what moves the prices of master plans on some nights, one rule after the other in a visible order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from pms.kernel.dates import now
from pms.kernel.db import Db
from pms.kernel.money import MINOR_MAX
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound
from pms.properties.models import RoomType
from pms.properties.order import put_in_order
from pms.properties.property import clean_title
from pms.rates.hold import held_house, held_row, live_rows, next_position
from pms.rates.load import turn_page
from pms.rates.models import PriceRule, RatePlan

KINDS = ("weekday", "season", "holiday", "event", "occupancy", "last_minute")
HOLIDAYS = ("day", "eve")
OCCUPANCY_OF = ("room_type", "property")
SPANS_MOST, RULES_MOST = 50, 200
PERCENT_LEAST, PERCENT_MOST = -10_000, 100_000
DAYS_MOST = 800
YEARS = range(2000, 2200)


@dataclass(frozen=True)
class RuleFields:
    """What people fill in about a rule; units as in `PriceRule`, `spans` as half-open pairs of dates [first, end)."""

    name: str
    kind: str
    spans: Sequence[tuple[date, date]] | None = None
    weekdays: Sequence[int] | None = None
    room_type_ids: Sequence[UUID] | None = None
    rate_plan_ids: Sequence[UUID] | None = None
    holidays: str | None = None
    occupancy_of: str = "room_type"
    occupancy_from: int | None = None
    occupancy_below: int | None = None
    days_before: int | None = None
    percent: int = 0
    amount: int = 0
    is_on: bool = True


def create_rule(db: Db, property_id: UUID, fields: RuleFields) -> PriceRule:
    """A new rule, after the others. Refuses `BadInput`, `NotFound`, `NotPermitted`."""
    house = held_house(db, property_id)
    if len(live_rows(db, PriceRule, house.id)) >= RULES_MOST:
        raise BadInput("name", "There are as many rules here as can be: {most}.", most=RULES_MOST)
    columns = _columns(_checked(db, house.id, fields))
    row = PriceRule(
        organization_id=db.organization_id,
        property_id=house.id,
        position=next_position(db, PriceRule, house.id),
        **columns,
    )
    db.add(row)
    turn_page(db, house.id)
    record(db, "price_rule.created", "price_rule", row.id, house.id, after=picture(row))
    return row


def change_rule(db: Db, price_rule_id: UUID, version: int, fields: RuleFields) -> PriceRule:
    """Change a rule. Refuses `BadInput`, `MovedMeanwhile`, `NotFound`, `NotPermitted`."""
    row = held_row(db, PriceRule, price_rule_id, version, "price rule")
    return _changed(db, row, "price_rule.changed", _columns(_checked(db, row.property_id, fields)))


def switch_rule(db: Db, price_rule_id: UUID, version: int, is_on: bool) -> PriceRule:
    """Let a rule work, or rest. Refuses `MovedMeanwhile`, `NotFound`, `NotPermitted`."""
    row = held_row(db, PriceRule, price_rule_id, version, "price rule")
    return _changed(db, row, "price_rule.switched", {"is_on": is_on})


def reorder_rules(db: Db, property_id: UUID, price_rule_ids: Sequence[UUID]) -> None:
    """Let the rules work in this order; those not named follow as they were. Refuses `NotFound`, `NotPermitted`."""
    house = held_house(db, property_id)
    rows: list[PriceRule] = live_rows(db, PriceRule, house.id)
    put_in_order(rows, price_rule_ids, "price rule")
    turn_page(db, house.id)
    after = {"price_rule_ids": [str(row.id) for row in sorted(rows, key=lambda row: row.position)]}
    record(db, "price_rule.reordered", "property", house.id, house.id, after=after)


def archive_rule(db: Db, price_rule_id: UUID, version: int) -> None:
    """Take a rule out. Refuses `MovedMeanwhile`, `NotFound`, `NotPermitted`."""
    row = held_row(db, PriceRule, price_rule_id, version, "price rule")
    row.archived_at, row.version = now(), row.version + 1
    turn_page(db, row.property_id)
    record(db, "price_rule.archived", "price_rule", row.id, row.property_id, before=picture(row))


def picture(row: PriceRule) -> dict[str, Any]:
    """What the journal keeps of a rule."""
    values = {name: getattr(row, name) for name in RuleFields.__dataclass_fields__} | {"version": row.version}
    ids = ("room_type_ids", "rate_plan_ids")
    return values | {name: [str(id) for id in values[name]] for name in ids if values[name] is not None}


def _changed(db: Db, row: PriceRule, event: str, columns: dict[str, Any]) -> PriceRule:
    before = picture(row)
    for name, value in columns.items():
        setattr(row, name, value)
    row.version += 1
    turn_page(db, row.property_id)
    record(db, event, "price_rule", row.id, row.property_id, before=before, after=picture(row))
    return row


def _columns(fields: RuleFields) -> dict[str, Any]:
    lists = ("weekdays", "room_type_ids", "rate_plan_ids")
    columns = asdict(fields) | {name: None if getattr(fields, name) is None else list(getattr(fields, name)) for name in lists}
    spans = None if fields.spans is None else [[first.isoformat(), end.isoformat()] for first, end in fields.spans]
    return columns | {"spans": spans}


def _checked(db: Db, property_id: UUID, fields: RuleFields) -> RuleFields:
    good = replace(
        fields,
        name=clean_title(fields.name),
        spans=sorted(fields.spans) if fields.spans else None,
        weekdays=sorted(set(fields.weekdays)) if fields.weekdays else None,
        room_type_ids=list(dict.fromkeys(fields.room_type_ids)) if fields.room_type_ids else None,
        rate_plan_ids=list(dict.fromkeys(fields.rate_plan_ids)) if fields.rate_plan_ids else None,
    )
    _refuse_bad_change(good)
    _refuse_bad_dates(good)
    _refuse_bad_occupancy(good)
    _refuse_no_condition(good)
    _refuse_foreign(db, property_id, good)
    return good


def _refuse_bad_change(fields: RuleFields) -> None:
    if fields.kind not in KINDS:
        raise BadInput("kind", "Choose one of the list.")
    if not PERCENT_LEAST <= fields.percent <= PERCENT_MOST:
        raise BadInput("percent", "Between −100 % and +1000 %.")
    if abs(fields.amount) > MINOR_MAX:
        raise BadInput("amount", "This is not an amount of money.")
    if not fields.percent and not fields.amount:
        raise BadInput("percent", "Say by how much the rule moves the price.")


def _refuse_bad_dates(fields: RuleFields) -> None:
    spans = fields.spans or ()
    if len(spans) > SPANS_MOST:
        raise BadInput("spans", "At most {most} periods.", most=SPANS_MOST)
    if any(first >= end for first, end in spans):
        raise BadInput("spans", "The end lies before the beginning.")
    if any(day.year not in YEARS for span in spans for day in span):
        raise BadInput("spans", "Look at the year.")
    if any(not 0 <= day <= 6 for day in fields.weekdays or ()):
        raise BadInput("weekdays", "Choose one of the list.")
    if fields.holidays is not None and fields.holidays not in HOLIDAYS:
        raise BadInput("holidays", "Choose one of the list.")
    if fields.days_before is not None and not 0 <= fields.days_before <= DAYS_MOST:
        raise BadInput("days_before", "Between 0 and {most} days.", most=DAYS_MOST)


def _refuse_bad_occupancy(fields: RuleFields) -> None:
    if fields.occupancy_of not in OCCUPANCY_OF:
        raise BadInput("occupancy_of", "Choose one of the list.")
    for name in ("occupancy_from", "occupancy_below"):
        if not 0 <= (getattr(fields, name) or 0) <= 10_000:
            raise BadInput(name, "Between 0 % and 100 %.")
    least, below = fields.occupancy_from, fields.occupancy_below
    if least is not None and below is not None and least >= below:
        raise BadInput("occupancy_below", "The minimum lies above the maximum.")


def _refuse_no_condition(fields: RuleFields) -> None:
    """Each kind of rule has the condition it is named after; others may come on top."""
    if fields.kind == "weekday" and fields.weekdays is None:
        raise BadInput("weekdays", "Choose at least one weekday.")
    if fields.kind in ("season", "event") and fields.spans is None:
        raise BadInput("spans", "Give the dates.")
    if fields.kind == "holiday" and fields.holidays is None:
        raise BadInput("holidays", "Choose the holidays themselves or their eves.")
    if fields.kind == "occupancy" and fields.occupancy_from is None and fields.occupancy_below is None:
        raise BadInput("occupancy_from", "Say from how full on, or below what.")
    if fields.kind == "last_minute" and fields.days_before is None:
        raise BadInput("days_before", "Say how many days before arrival.")


def _refuse_foreign(db: Db, property_id: UUID, fields: RuleFields) -> None:
    if fields.room_type_ids is not None:
        own = select(col(RoomType.id)).where(col(RoomType.id).in_(fields.room_type_ids), col(RoomType.property_id) == property_id)
        if set(db.scalars(own)) != set(fields.room_type_ids):
            raise NotFound(what="room type")
    if fields.rate_plan_ids is not None:
        masters = select(RatePlan).where(col(RatePlan.id).in_(fields.rate_plan_ids), col(RatePlan.property_id) == property_id)
        found = db.scalars(masters).all()
        if {plan.id for plan in found} != set(fields.rate_plan_ids):
            raise NotFound(what="rate plan")
        if any(plan.parent_id is not None for plan in found):
            raise BadInput("rate_plan_ids", "Rules work on plans with prices of their own; derived plans follow them.")
