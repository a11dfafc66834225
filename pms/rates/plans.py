"""Rate plans: open, change, put in order, archive; and the plan every property is born with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from pms.kernel.db import Db, raw
from pms.kernel.ids import new_id
from pms.kernel.money import MINOR_MAX
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound, Refusal
from pms.kernel.versions import refuse_stale
from pms.kernel.words import N_, translate
from pms.properties import property
from pms.properties.models import Property, RoomType
from pms.properties.order import put_in_order
from pms.properties.property import PropertyFields, clean_title
from pms.rates.load import turn_page
from pms.rates.models import Policy, RateBook, RatePlan

MEALS = ("none", "breakfast", "half_board", "full_board", "all_inclusive")
ACCESS = ("public", "code")
TOWARDS = ("nearest", "up", "down")
CODE_MOST, TEXT_MOST, STEPS_MOST, CODES_MOST = 20, 2000, 12, 100
PERCENT_MOST = 100_000
"""Basis points: nobody marks up more than tenfold."""
ADVANCE_MOST = 800
STANDARD = N_("Flexible")


class CodeTaken(Refusal):
    """Another plan of the property has this code."""

    sentence = "Another rate plan has the code {code}."
    status = 409
    field = "code"


class PlansGoInCircles(Refusal):
    """A plan cannot derive from itself, over however many others."""

    sentence = "{plan} derives from this plan already: they would go in circles."
    status = 409
    field = "parent_id"


class PlanInUse(Refusal):
    """Other plans derive from it, or it is the one that sells when nobody names a plan; `plans` are names."""

    sentence = "{plan} is needed: {why}."
    status = 409


@dataclass(frozen=True)
class PlanFields:
    """What people fill in about a plan; units as in `RatePlan`."""

    code: str
    name: str
    description: str = ""
    parent_id: UUID | None = None
    percent: int = 0
    amount: int = 0
    per_adult: int = 0
    per_child: int = 0
    round_step: int = 1
    round_ending: int = 0
    round_to: str = "nearest"
    own_restrictions: bool = False
    steps: Sequence[dict[str, int]] = field(default_factory=tuple)
    meals: str = "none"
    room_type_ids: Sequence[UUID] | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    min_advance: int | None = None
    max_advance: int | None = None
    channels: Sequence[str] | None = None
    markups: dict[str, dict[str, int]] = field(default_factory=dict)
    access: str = "public"
    codes: Sequence[str] = field(default_factory=tuple)
    cancellation_id: UUID | None = None
    deposit_id: UUID | None = None


def open_property(db: Db, fields: PropertyFields) -> Property:
    """A new property, with the plan that sells it from the first day. Refuses what `property.create` does."""
    house = property.create(db, fields)
    plan = RatePlan(
        organization_id=db.organization_id,
        property_id=house.id,
        code="FLEX",
        name=translate(STANDARD, db.actor.locale),
    )
    db.add(plan)
    db.flush()
    db.add(RateBook(organization_id=db.organization_id, property_id=house.id, default_plan_id=plan.id, mark=new_id()))
    db.flush()
    record(db, "rate_plan.created", "rate_plan", plan.id, house.id, after=picture(plan))
    return house


def create_plan(db: Db, property_id: UUID, fields: PlanFields) -> RatePlan:
    """A new plan, after the others. Refuses `BadInput`, `CodeTaken`, `NotFound`, `NotPermitted`."""
    db.actor.require("rate.manage", property_id)
    house = db.one(Property, property_id)
    if house.archived_at:
        raise NotFound(what="property")
    hold_book(db, house.id)
    good = _checked(db, house.id, fields, None)
    last = select(func.coalesce(func.max(RatePlan.position) + 1, 0)).where(col(RatePlan.property_id) == house.id)
    row = RatePlan(organization_id=db.organization_id, property_id=house.id, position=db.scalar(last) or 0, **_columns(good))
    db.add(row)
    turn_page(db, house.id)
    record(db, "rate_plan.created", "rate_plan", row.id, house.id, after=picture(row))
    return row


def change_plan(db: Db, rate_plan_id: UUID, version: int, fields: PlanFields) -> RatePlan:
    """Change a plan; bookings made with it keep what they were sold for (R-52).

    Refuses `BadInput`, `CodeTaken`, `PlansGoInCircles`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    row = live_plan(db, rate_plan_id, version)
    before = picture(row)
    for name, value in _columns(_checked(db, row.property_id, fields, row.id)).items():
        setattr(row, name, value)
    row.version += 1
    turn_page(db, row.property_id)
    record(db, "rate_plan.changed", "rate_plan", row.id, row.property_id, before=before, after=picture(row))
    return row


def reorder_plans(db: Db, property_id: UUID, rate_plan_ids: Sequence[UUID]) -> None:
    """Show the plans in this order; those not named follow as they were. Refuses `NotFound`, `NotPermitted`."""
    db.actor.require("rate.manage", property_id)
    house = db.one(Property, property_id)
    hold_book(db, house.id)
    live = select(RatePlan).where(col(RatePlan.property_id) == house.id, col(RatePlan.archived_at).is_(None))
    rows = db.scalars(live.order_by(col(RatePlan.position), col(RatePlan.id))).all()
    put_in_order(rows, rate_plan_ids, "rate plan")
    turn_page(db, house.id)
    after = {"rate_plan_ids": [str(row.id) for row in sorted(rows, key=lambda row: row.position)]}
    record(db, "rate_plan.reordered", "property", house.id, house.id, after=after)


def sell_by_default(db: Db, rate_plan_id: UUID) -> None:
    """Let this plan sell when nobody names one: public, for every room type and channel.

    Refuses `BadInput`, `NotFound`, `NotPermitted`.
    """
    row = live_plan(db, rate_plan_id, None)
    if row.access != "public" or row.room_type_ids is not None or row.channels is not None:
        raise BadInput("default", "Only a public plan for every room type and channel can be the one that sells by default.")
    raw(db).execute("update rate_book set default_plan_id = %s where property_id = %s", (row.id, row.property_id))
    turn_page(db, row.property_id)
    record(db, "rate_plan.made_default", "rate_plan", row.id, row.property_id)


def archive_plan(db: Db, rate_plan_id: UUID, version: int) -> None:
    """Take a plan off sale; bookings made with it keep it. Refuses `PlanInUse`, `MovedMeanwhile`, `NotFound`, `NotPermitted`."""
    row = live_plan(db, rate_plan_id, version)
    children = raw(db).execute(
        "select name from rate_plan where parent_id = %s and archived_at is null order by position, id", (row.id,)
    )
    names = [child[0] for child in children]
    if names:
        raise PlanInUse(plan=row.name, why=", ".join(names), plans=names)
    book = db.get(RateBook, row.property_id)
    if book and book.default_plan_id == row.id:
        raise PlanInUse(plan=row.name, why=translate("it sells when nobody names a plan", db.actor.locale), plans=[])
    raw(db).execute("update rate_plan set archived_at = now(), version = version + 1 where id = %s", (row.id,))
    turn_page(db, row.property_id)
    record(db, "rate_plan.archived", "rate_plan", row.id, row.property_id, before=picture(row))


def live_plan(db: Db, rate_plan_id: UUID, version: int | None) -> RatePlan:
    """A plan on sale, locked for change, its book held. Refuses `NotFound`, `NotPermitted`, `MovedMeanwhile`."""
    seen = db.one(RatePlan, rate_plan_id)
    if not db.actor.sees(seen.property_id):
        raise NotFound(what="rate plan")
    db.actor.require("rate.manage", seen.property_id)
    hold_book(db, seen.property_id)
    db.refresh(seen, with_for_update={"key_share": True})
    if version is not None:
        refuse_stale(db, seen, version)
    if seen.archived_at:
        raise NotFound(what="rate plan")
    return seen


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


def hold_book(db: Db, property_id: UUID) -> None:
    """Let one at a time change the plans, rules and policies of a property: circles and codes are checked across rows."""
    raw(db).execute("select 1 from rate_book where property_id = %s for no key update", (property_id,))


def picture(row: RatePlan) -> dict[str, Any]:
    """What the journal keeps of a plan."""
    values = {name: getattr(row, name) for name in PlanFields.__dataclass_fields__} | {"version": row.version}
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value


def _columns(fields: PlanFields) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(fields).items()}


def _checked(db: Db, property_id: UUID, fields: PlanFields, own_id: UUID | None) -> PlanFields:
    _refuse_bad_numbers(fields)
    _refuse_bad_choices(fields)
    _refuse_foreign(db, property_id, fields)
    code = fields.code.strip()
    _refuse_taken_code(db, property_id, code, own_id)
    if fields.parent_id is not None:
        _refuse_circle(db, property_id, fields.parent_id, own_id)
    formula = {} if fields.parent_id else {"percent": 0, "amount": 0, "per_adult": 0, "per_child": 0, "own_restrictions": False}
    return replace(
        fields,
        code=code,
        name=clean_title(fields.name),
        description=fields.description.strip(),
        steps=sorted(fields.steps, key=lambda step: step["nights"]),
        codes=list(dict.fromkeys(filter(None, (one.strip() for one in fields.codes)))),
        **formula,  # type: ignore[arg-type]
    )


def _refuse_bad_numbers(fields: PlanFields) -> None:
    if not -10_000 <= fields.percent <= PERCENT_MOST or any(abs(one) > MINOR_MAX for one in (fields.amount, fields.per_adult)):
        raise BadInput("percent", "This is no formula for a price.")
    if not 0 <= fields.round_ending < fields.round_step <= 10_000_000:
        raise BadInput("round_step", "This is no way to round a price.")
    for step in fields.steps:
        if set(step) != {"nights", "percent"} or not 2 <= step["nights"] <= 366 or not -10_000 <= step["percent"] <= PERCENT_MOST:
            raise BadInput("steps", "A step is a number of nights and a percentage.")
    if len(fields.steps) > STEPS_MOST or len({step["nights"] for step in fields.steps}) < len(fields.steps):
        raise BadInput("steps", "Each number of nights has one step.")
    for name in ("min_advance", "max_advance"):
        if not 0 <= (getattr(fields, name) or 0) <= ADVANCE_MOST:
            raise BadInput(name, "Between 0 and {most} days.", most=ADVANCE_MOST)
    if fields.min_advance is not None and fields.max_advance is not None and fields.min_advance > fields.max_advance:
        raise BadInput("max_advance", "The minimum lies above the maximum.")


def _refuse_bad_choices(fields: PlanFields) -> None:
    code = fields.code.strip()
    if not code or len(code) > CODE_MOST or "\x00" in code:
        raise BadInput("code", "Give a short code.")
    if len(fields.description) > TEXT_MOST or "\x00" in fields.description:
        raise BadInput("description", "This is too long.")
    choices = (("meals", MEALS), ("access", ACCESS), ("round_to", TOWARDS))
    for name, known in choices:
        if getattr(fields, name) not in known:
            raise BadInput(name, "Choose one of the list.")
    if fields.access == "code" and not any(one.strip() for one in fields.codes):
        raise BadInput("codes", "Give at least one code that opens this plan.")
    if len(fields.codes) > CODES_MOST or any(len(one) > 50 or "\x00" in one for one in fields.codes):
        raise BadInput("codes", "These are too many or too long.")
    if fields.valid_from and fields.valid_until and fields.valid_from > fields.valid_until:
        raise BadInput("valid_until", "The end lies before the beginning.")


def _refuse_foreign(db: Db, property_id: UUID, fields: PlanFields) -> None:
    for id, kind in ((fields.cancellation_id, "cancellation"), (fields.deposit_id, "deposit")):
        policy = db.get(Policy, id) if id else None
        if id and (policy is None or policy.property_id != property_id or policy.kind != kind):
            raise NotFound(what="policy")
    if fields.room_type_ids is not None:
        wanted = set(fields.room_type_ids)
        own = select(col(RoomType.id)).where(col(RoomType.id).in_(wanted), col(RoomType.property_id) == property_id)
        if set(db.scalars(own)) != wanted:
            raise NotFound(what="room type")


def _refuse_taken_code(db: Db, property_id: UUID, code: str, own_id: UUID | None) -> None:
    query = (
        "select 1 from rate_plan where property_id = %s and lower(code) = lower(%s) and archived_at is null"
        " and id is distinct from %s::uuid"
    )
    if raw(db).execute(query, (property_id, code, own_id)).fetchone():
        raise CodeTaken(code=code)


def _refuse_circle(db: Db, property_id: UUID, parent_id: UUID, own_id: UUID | None) -> None:
    seen: RatePlan | None = db.get(RatePlan, parent_id)
    if seen is None or seen.property_id != property_id or seen.archived_at:
        raise NotFound(what="rate plan")
    parent = seen
    while seen is not None:
        if seen.id == own_id:
            raise PlansGoInCircles(plan=parent.name)
        seen = db.get(RatePlan, seen.parent_id) if seen.parent_id else None
