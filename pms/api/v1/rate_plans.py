"""/v1/properties/{id}/rate-plans, /v1/rate-plans"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from pms.api.v1 import rate_shaped
from pms.api.v1.answers import Answer, Idempotent, answer, read, write
from pms.api.v1.documented import refused
from pms.api.v1.keys import Key, refuse_out_of_reach
from pms.api.v1.properties import PropertyId
from pms.api.v1.rate_asked import NewPlan, PlanChange
from pms.api.v1.rate_shapes import RatePlan, RatePlans
from pms.api.v1.versions import IfMatch, IfNoneMatch, wanted_plan_version
from pms.kernel.db import Db
from pms.rates import plans, queries
from pms.rates.models import RatePlan as Row

router = APIRouter(prefix="/v1", tags=["Rates"])
Id = Annotated[UUID, Path(description="The rate plan's id.")]
_SAVING = ("not-found", "bad-input", "code-taken", "busy", "key-used-otherwise")
_CHANGING = (*_SAVING, "plans-go-in-circles", "version-needed", "moved-meanwhile", "not-a-version")


@router.get("/properties/{id}/rate-plans", response_model=RatePlans, responses=refused("not-found"), summary="List rate plans")
def list_plans(id: PropertyId, caller: Key, if_none_match: IfNoneMatch = None) -> Response:
    """The plans on sale, in the property's order; there are never so many as to need pages. Scope `property.view`."""
    with caller.work("property.view") as db:
        refuse_out_of_reach(db, id)
        rows, default = queries.plans_of(db, id)
    return read(answer({"items": [rate_shaped.plan(row, default) for row in rows]}), if_none_match)


@router.post(
    "/properties/{id}/rate-plans",
    status_code=201,
    response_model=RatePlan,
    responses=refused(*_SAVING),
    summary="Add a rate plan",
)
def create_plan(id: PropertyId, caller: Key, asked: NewPlan, once: Idempotent) -> Response:
    """One more plan, after the others. Scope `rate.manage`."""

    def do(db: Db) -> Answer:
        refuse_out_of_reach(db, id)
        made = plans.create_plan(db, id, asked.fields())
        db.flush()
        if asked.sells_by_default:
            plans.sell_by_default(db, made.id)
        return _answered(db, made, 201)

    return write(caller, once, do, "rate.manage")


@router.get("/rate-plans/{id}", response_model=RatePlan, responses=refused("not-found"), summary="Read a rate plan")
def read_plan(id: Id, caller: Key, if_none_match: IfNoneMatch = None) -> Response:
    """One plan, on sale or archived; its `ETag` is what a change names. Scope `property.view`."""
    with caller.work("property.view") as db:
        found = _answered(db, queries.plan(db, id))
    return read(found, if_none_match)


@router.patch("/rate-plans/{id}", response_model=RatePlan, responses=refused(*_CHANGING), summary="Change a rate plan")
def change_plan(id: Id, caller: Key, asked: PlanChange, once: Idempotent, if_match: IfMatch = None) -> Response:
    """Change what is named. Bookings made with the plan keep what they were sold for.

    `412 moved-meanwhile` says who changed it since you saw it. Scope `rate.manage`.
    """
    saw = wanted_plan_version(if_match)

    def do(db: Db) -> Answer:
        row = plans.live_plan(db, id, saw)
        if named := asked.named():
            row = plans.change_plan(db, id, row.version, replace(queries.fields_of(row), **named))
            db.flush()
        if asked.sells_by_default:
            plans.sell_by_default(db, id)
        return _answered(db, row)

    return write(caller, once, do, "rate.manage")


@router.delete(
    "/rate-plans/{id}", response_model=RatePlan, responses=refused("plan-in-use", *_CHANGING), summary="Archive a rate plan"
)
def archive_plan(id: Id, caller: Key, once: Idempotent, if_match: IfMatch = None) -> Response:
    """Take a plan off sale. Bookings made with it keep it, and it can still be read. Scope `rate.manage`."""
    saw = wanted_plan_version(if_match)

    def do(db: Db) -> Answer:
        row = plans.live_plan(db, id, saw)
        plans.archive_plan(db, id, row.version)
        db.refresh(row)
        return _answered(db, row)

    return write(caller, once, do, "rate.manage")


def _answered(db: Db, row: Row, status: int = 200) -> Answer:
    place = {"Location": f"/api/v1/rate-plans/{row.id}"} if status == 201 else {}
    content = rate_shaped.plan(row, queries.default_plan(db, row.property_id))
    return answer(content, status, row.version, place)
