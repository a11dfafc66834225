"""Rate plans: open, change, put in order, archive, bring back; and the plan every property is born with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from pms.kernel.db import Db, raw
from pms.kernel.ids import new_id
from pms.kernel.money import MINOR_MAX
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound, Refusal
from pms.kernel.words import N_, translate
from pms.properties import property
from pms.properties.models import Property, RoomType
from pms.properties.order import put_in_order
from pms.properties.property import PropertyFields, clean_title
from pms.rates import channels
from pms.rates.hold import held_house, held_row, live_rows, next_position
from pms.rates.load import turn_page
from pms.rates.models import Policy, RateBook, RatePlan

MEALS = ("none", "breakfast", "half_board", "full_board", "all_inclusive")
ACCESS = ("public", "code")
TOWARDS = ("nearest", "up", "down")
CODE_MOST, TEXT_MOST, STEPS_MOST, CODES_MOST = 20, 2000, 12, 100
PERCENT_MOST = 100_000
"""Basis points: nobody marks up more than tenfold."""
ADVANCE_MOST = 800
YEARS = (2000, 2199)
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


class ParentArchived(Refusal):
    """A derived plan has no prices without its parent."""

    sentence = "{plan} follows {parent}, which is archived. Bring that one back first."
    status = 409


class PolicyArchived(Refusal):
    """The plan was sold under a policy that is archived."""

    sentence = "{plan} has the policy {policy}, which is archived."
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
    house = held_house(db, property_id)
    good = _checked(db, house.id, fields, None)
    position = next_position(db, RatePlan, house.id)
    row = RatePlan(organization_id=db.organization_id, property_id=house.id, position=position, **_columns(good))
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
    if _sells_by_default(db, row):
        _refuse_narrow(fields)
    for name, value in _columns(_checked(db, row.property_id, fields, row.id)).items():
        setattr(row, name, value)
    row.version += 1
    turn_page(db, row.property_id)
    record(db, "rate_plan.changed", "rate_plan", row.id, row.property_id, before=before, after=picture(row))
    return row


def reorder_plans(db: Db, property_id: UUID, rate_plan_ids: Sequence[UUID]) -> None:
    """Show the plans in this order; those not named follow as they were. Refuses `NotFound`, `NotPermitted`."""
    house = held_house(db, property_id)
    rows: list[RatePlan] = live_rows(db, RatePlan, house.id)
    put_in_order(rows, rate_plan_ids, "rate plan")
    turn_page(db, house.id)
    after = {"rate_plan_ids": [str(row.id) for row in sorted(rows, key=lambda row: row.position)]}
    record(db, "rate_plan.reordered", "property", house.id, house.id, after=after)


def sell_by_default(db: Db, rate_plan_id: UUID) -> None:
    """Let this plan sell when nobody names one: public, for every room type and channel.

    Refuses `BadInput`, `NotFound`, `NotPermitted`.
    """
    row = live_plan(db, rate_plan_id, None)
    _refuse_narrow(row)
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
    if _sells_by_default(db, row):
        raise PlanInUse(plan=row.name, why=translate("it sells when nobody names a plan", db.actor.locale), plans=[])
    raw(db).execute("update rate_plan set archived_at = now(), version = version + 1 where id = %s", (row.id,))
    turn_page(db, row.property_id)
    record(db, "rate_plan.archived", "rate_plan", row.id, row.property_id, before=picture(row))


def bring_back_plan(db: Db, rate_plan_id: UUID, version: int) -> RatePlan:
    """Sell an archived plan again, after the others.

    Refuses `CodeTaken`, `ParentArchived`, `PolicyArchived`, `MovedMeanwhile`, `NotFound` (also for one on sale), `NotPermitted`.
    """
    row = held_row(db, RatePlan, rate_plan_id, version, "rate plan", archived=True)
    _refuse_taken_code(db, row.property_id, row.code, row.id)
    parent = db.get(RatePlan, row.parent_id) if row.parent_id else None
    if parent and parent.archived_at:
        raise ParentArchived(plan=row.name, parent=parent.name)
    for policy in (db.get(Policy, id) for id in (row.cancellation_id, row.deposit_id) if id):
        if policy and policy.archived_at:
            raise PolicyArchived(plan=row.name, policy=policy.name)
    row.archived_at, row.version, row.position = None, row.version + 1, next_position(db, RatePlan, row.property_id)
    turn_page(db, row.property_id)
    record(db, "rate_plan.brought_back", "rate_plan", row.id, row.property_id, after=picture(row))
    return row


def live_plan(db: Db, rate_plan_id: UUID, version: int | None) -> RatePlan:
    """A plan on sale, locked for change, its book held. Refuses `NotFound`, `NotPermitted`, `MovedMeanwhile`."""
    return held_row(db, RatePlan, rate_plan_id, version, "rate plan")


def picture(row: RatePlan) -> dict[str, Any]:
    """What the journal keeps of a plan."""
    values = {name: getattr(row, name) for name in PlanFields.__dataclass_fields__} | {"version": row.version}
    return {name: _plain(value) for name, value in values.items()}


def _sells_by_default(db: Db, row: RatePlan) -> bool:
    book = db.get(RateBook, row.property_id, populate_existing=True)
    return book is not None and book.default_plan_id == row.id


def _refuse_narrow(plan: RatePlan | PlanFields) -> None:
    """The plan that sells when nobody names one must sell whatever is asked for."""
    if plan.access != "public" or plan.room_type_ids is not None or plan.channels is not None:
        raise BadInput("default", "Only a public plan for every room type and channel can be the one that sells by default.")


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value


def _columns(fields: PlanFields) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(fields).items()}


def _checked(db: Db, property_id: UUID, fields: PlanFields, own_id: UUID | None) -> PlanFields:
    _refuse_bad_numbers(fields)
    _refuse_bad_choices(fields)
    _refuse_bad_channels(fields)
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
    amounts = (fields.amount, fields.per_adult, fields.per_child)
    if not -10_000 <= fields.percent <= PERCENT_MOST or any(abs(one) > MINOR_MAX for one in amounts):
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
    if any(day and not YEARS[0] <= day.year <= YEARS[1] for day in (fields.valid_from, fields.valid_until)):
        raise BadInput("valid_from", "Look at the year.")
    if fields.valid_from and fields.valid_until and fields.valid_from > fields.valid_until:
        raise BadInput("valid_until", "The end lies before the beginning.")


def _refuse_bad_channels(fields: PlanFields) -> None:
    if fields.channels is not None and not fields.channels:
        raise BadInput("channels", "Choose at least one channel, or leave it open to all.")
    codes = [*(fields.channels or ()), *fields.markups]
    if len(codes) > 2 * channels.CODES_MOST or any(not 0 < len(one) <= channels.CODE_MOST or "\x00" in one for one in codes):
        raise BadInput("channels", "These are too many or too long.")
    for markup in fields.markups.values():
        percent, amount = markup.get("percent", 0), markup.get("amount", 0)
        if not set(markup) <= {"percent", "amount"} or not all(isinstance(one, int) for one in (percent, amount)):
            raise BadInput("markups", "A markup is a percentage and an amount.")
        if not -10_000 <= percent <= PERCENT_MOST or abs(amount) > MINOR_MAX:
            raise BadInput("markups", "This is no formula for a price.")


def _refuse_foreign(db: Db, property_id: UUID, fields: PlanFields) -> None:
    for id, kind in ((fields.cancellation_id, "cancellation"), (fields.deposit_id, "deposit")):
        policy = db.get(Policy, id) if id else None
        if id and (policy is None or policy.property_id != property_id or policy.kind != kind or policy.archived_at):
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
