"""/v1/reports"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from pms.api.v1 import shaped
from pms.api.v1.answers import answer, read
from pms.api.v1.asked import Day
from pms.api.v1.documented import refused
from pms.api.v1.keys import Key, refuse_out_of_reach
from pms.api.v1.shapes import Occupancy
from pms.api.v1.versions import IfNoneMatch
from pms.properties.models import Property
from pms.reports.occupancy import occupancy

router = APIRouter(prefix="/v1/reports", tags=["Reports"])


@router.get("/occupancy", response_model=Occupancy, responses=refused("not-found", "bad-input"), summary="Occupancy and revenue")
def read_occupancy(
    caller: Key,
    property_id: Annotated[UUID, Query(alias="property", description="The property's id.")],
    first: Annotated[Day, Query(alias="from", description="The first night.")],
    end: Annotated[Day, Query(alias="to", description="The day after the last night; at most five years.")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Rooms sold, revenue, average daily rate and revenue per available room, night by night. Scope `report.view`."""
    with caller.work("report.view") as db:
        refuse_out_of_reach(db, property_id)
        house = db.one(Property, property_id)
        nights = [shaped.occupied(night) for night in occupancy(db, property_id, first, end)]
    content = {"property_id": property_id, "currency": house.currency, "from": first, "to": end, "nights": nights}
    return read(answer(content), if_none_match)
