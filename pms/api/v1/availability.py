"""/v1/properties/{id}/availability"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from pms.api.v1 import shaped
from pms.api.v1.answers import Answer, Idempotent, answer, read, write
from pms.api.v1.asked import Day
from pms.api.v1.documented import refused
from pms.api.v1.keys import Key, refuse_out_of_reach
from pms.api.v1.properties import PropertyId
from pms.api.v1.rate_asked import AllowancesAsked
from pms.api.v1.shapes import Allowed, Availability
from pms.api.v1.versions import IfNoneMatch
from pms.inventory import availability
from pms.inventory.allowance import NIGHTS_MAX
from pms.kernel.db import Db
from pms.kernel.refusals import BadInput
from pms.properties.models import Property
from pms.reservations.rate_changes import allow_nights

router = APIRouter(prefix="/v1/properties", tags=["Availability"])


@router.get(
    "/{id}/availability",
    response_model=Availability,
    responses=refused("not-found", "bad-input"),
    summary="What can be sold, per room type and night",
)
def read_availability(
    id: PropertyId,
    caller: Key,
    first: Annotated[Day, Query(alias="from", description="The first night.")],
    end: Annotated[Day, Query(alias="to", description="The day after the last night; at most 400 nights.")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """For every room type and night: capacity, sold, held, blocked, free, oversold and the base price.

    A snapshot: only booking says for sure. Scope `property.view`.
    """
    with caller.work("property.view") as db:
        refuse_out_of_reach(db, id)
        house = db.one(Property, id)
        nights = availability.availability(db, id, first, end)
    return read(answer(shaped.availability(id, house.currency, first, end, nights)), if_none_match)


@router.patch(
    "/{id}/availability",
    response_model=Allowed,
    responses=refused("allowance-too-large", "not-found", "bad-input", "busy", "key-used-otherwise"),
    summary="Set how far nights may be overbooked",
)
def change_availability(id: PropertyId, caller: Key, asked: AllowancesAsked, once: Idempotent) -> Response:
    """Let more rooms be sold than there are, or no longer, as one change that can be undone as one, see `undo` of rate changes.

    Less than is sold already is no refusal: those nights are `oversold` then and sell nothing. Scope `reservation.oversell`.
    """

    def do(db: Db) -> Answer:
        refuse_out_of_reach(db, id)
        if sum((one.to - one.from_).days for one in asked.nights) > 7 * NIGHTS_MAX:  # before they are counted out
            raise BadInput("nights", "Ask for 1 to {most} nights at a time.", most=NIGHTS_MAX)
        wanted = {key: rooms for one in asked.nights for key, rooms in one.nights().items()}
        made = allow_nights(db, id, wanted, how="api")
        return answer({"change_id": made.change_id, "nights": made.nights, "oversold": made.oversold})

    return write(caller, once, do, "reservation.oversell")
