"""/v1/properties/{id}/rates, /v1/properties/{id}/rate-changes, /v1/rate-changes"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from pms.api.v1 import rate_shaped
from pms.api.v1.answers import Answer, Idempotent, answer, page, read, write
from pms.api.v1.asked import Day, Word
from pms.api.v1.documented import refused
from pms.api.v1.keys import Key, refuse_out_of_reach
from pms.api.v1.paging import Cursor, Limit, decode
from pms.api.v1.properties import PropertyId
from pms.api.v1.rate_asked import RatesAsked, RatesChange
from pms.api.v1.rate_shapes import CellStory, RateChanges, Rates, RatesChanged
from pms.api.v1.versions import IfNoneMatch
from pms.kernel.db import Db
from pms.kernel.refusals import Refusal
from pms.rates import history
from pms.rates.cells import Spot, change_cells, named
from pms.rates.channels import NoSuchChannel, code_of
from pms.rates.queries import sold_through
from pms.rates.ranges import Range, expand
from pms.reservations import rate_changes
from pms.reservations.rate_table import rate_table

CELLS_READ, CELLS_WRITTEN = 20_000, 10_000
router = APIRouter(prefix="/v1", tags=["Rates"])
_CHANGING = ("not-found", "bad-input", "busy", "key-used-otherwise")
OnePlan = Annotated[UUID | None, Query(description="Only this plan.")]
OneType = Annotated[UUID | None, Query(description="Only this room type.")]
OneChannel = Annotated[Word, Query(description="As it is on this channel, by its code; else what holds for all of them.")]


@router.get(
    "/properties/{id}/rates",
    response_model=Rates,
    response_model_exclude_unset=True,
    responses=refused("not-found", "bad-input"),
    summary="Prices and restrictions, per plan, room type and night",
)
def read_rates(
    id: PropertyId,
    caller: Key,
    first: Annotated[Day, Query(alias="from", description="The first night.")],
    end: Annotated[Day, Query(alias="to", description="The day after the last night; at most 20,000 cells in all.")],
    rate_plan_id: OnePlan = None,
    room_type_id: OneType = None,
    channel: OneChannel = "",
    if_none_match: IfNoneMatch = None,
) -> Response:
    """What a night costs and what restricts it, rules, formulas and parents all counted in; on a channel its mark-up too.

    A list per plan and room type has one entry per night. Scope `property.view`.
    """
    with caller.work("property.view") as db:
        refuse_out_of_reach(db, id)
        table = rate_table(db, id, first, end, rate_plan_id, room_type_id, CELLS_READ, channel)
        found = rate_shaped.rates(table, channel)
    return read(answer(found), if_none_match)


@router.put(
    "/properties/{id}/rates",
    response_model=RatesChanged,
    responses=refused("cells-moved-meanwhile", "follows-its-parent", "min-above-max", "no-such-channel", *_CHANGING),
    summary="Set prices and restrictions",
)
def change_rates(id: PropertyId, caller: Key, asked: RatesChange, once: Idempotent) -> Response:
    """Set or clear fields of many cells by ranges of nights, as one change that can be undone as one.

    A refusal names the entry of `rates` it is about as `item`, and nothing is changed. Scope `rate.change`.
    """

    def do(db: Db) -> Answer:
        refuse_out_of_reach(db, id)
        edits, by = expand(_ranges(db, id, asked.rates), CELLS_WRITTEN)
        try:
            made = change_cells(db, id, edits, "api", asked.reason)
        except Refusal as refusal:
            _name_item(refusal, asked.rates, by)
            raise
        return answer(rate_shaped.changed(made))

    return write(caller, once, do, "rate.change")


def _ranges(db: Db, property_id: UUID, asked: Sequence[RatesAsked]) -> list[Range]:
    """What is asked for, channels by their codes. Refuses `NoSuchChannel` with the first `item` that names none."""
    if not any(one.channel for one in asked):
        return [one.range() for one in asked]
    known, ranges = sold_through(db, property_id), []
    for number, one in enumerate(asked):
        code = known.get(code_of(one.channel or "").casefold(), "")
        if one.channel and not code:
            raise NoSuchChannel(channel=one.channel, item=number)
        ranges.append(replace(one.range(), channel=code))
    return ranges


def _name_item(refusal: Refusal, asked: Sequence[RatesAsked], by: Mapping[Spot, int]) -> None:
    """Say which entry a refusal is about: the one with that plan or room type, or the last that spoke of the cell."""
    cell, id = refusal.data.get("cell") or next(iter(refusal.data.get("cells", ())), None), refusal.data.get("id")
    for number, one in enumerate(asked):
        if id is not None and id in (str(one.rate_plan_id), str(one.room_type_id)):
            refusal.data["item"] = number
            return
    for known, number in by.items() if cell else ():
        if named(known[:3], known[3]) == cell:
            refusal.data["item"] = number
            return


@router.get(
    "/properties/{id}/rates/history",
    response_model=CellStory,
    responses=refused("not-found", "bad-input"),
    summary="What happened to one cell",
)
def read_story(
    request: Request,
    id: PropertyId,
    caller: Key,
    rate_plan_id: Annotated[UUID, Query(description="The plan.")],
    room_type_id: Annotated[UUID, Query(description="The room type.")],
    night: Annotated[Day, Query(alias="date", description="The night.")],
    channel: Annotated[Word, Query(description="What it has for this channel; else what holds for all of them.")] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Who changed the cell, when, from what to what; the newest first, page by page. Scope `property.view`."""
    after = decode(cursor)
    with caller.work("property.view") as db:
        refuse_out_of_reach(db, id)
        found, more = history.story_of(db, id, (rate_plan_id, room_type_id, night), after, limit, channel)
    return read(page(request, [rate_shaped.turn(one) for one in found], found[-1].change_id if more else None), if_none_match)


@router.get(
    "/properties/{id}/rate-changes",
    response_model=RateChanges,
    responses=refused("not-found", "bad-input"),
    summary="List changes",
)
def list_changes(
    request: Request,
    id: PropertyId,
    caller: Key,
    limit: Limit = 50,
    cursor: Cursor = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Every change of the property's prices, restrictions and overbooking, the newest first, page by page; of overbooking alone
    `cells` is 0 and `overbooking_nights` counts its nights. Scope `property.view`.
    """
    after = decode(cursor)
    with caller.work("property.view") as db:
        refuse_out_of_reach(db, id)
        found, more = rate_changes.changes(db, id, after, limit)
    return read(page(request, [rate_shaped.change(one) for one in found], found[-1].id if more else None), if_none_match)


@router.post(
    "/rate-changes/{id}/undo",
    response_model=RatesChanged,
    responses=refused("nothing-to-undo", "min-above-max", *_CHANGING),
    summary="Undo a change",
)
def undo(id: Annotated[UUID, Path(description="The change's id.")], caller: Key, once: Idempotent) -> Response:
    """Give every cell back what the change took from it; cells that somebody changed since stay as they are (`kept`), and so do
    those whose minimum would be above their maximum now (`crossed`); refused with `min-above-max` when that is all of them.

    A change of overbooking is undone here too; its nights count as cells. Scope `rate.change`, and for overbooking
    `reservation.oversell`.
    """
    return write(caller, once, lambda db: answer(rate_shaped.changed(rate_changes.undo(db, id))), "rate.change")
