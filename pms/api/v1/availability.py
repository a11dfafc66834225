"""/v1/properties/{id}/availability"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from pms.api.v1 import shaped
from pms.api.v1.answers import answer, read
from pms.api.v1.asked import Day
from pms.api.v1.documented import refused
from pms.api.v1.keys import Key, refuse_out_of_reach
from pms.api.v1.properties import PropertyId
from pms.api.v1.shapes import Availability
from pms.api.v1.versions import IfNoneMatch
from pms.inventory import availability
from pms.properties.models import Property

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
