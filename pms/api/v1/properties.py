"""/v1/properties"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from pms.api.v1 import shaped
from pms.api.v1.answers import answer, read
from pms.api.v1.documented import refused
from pms.api.v1.keys import Key, refuse_out_of_reach
from pms.api.v1.shapes import HouseInFull, Houses
from pms.api.v1.versions import IfNoneMatch
from pms.properties import queries

router = APIRouter(prefix="/v1/properties", tags=["Properties"])
PropertyId = Annotated[UUID, Path(description="The property's id.")]


@router.get("", response_model=Houses, responses=refused("not-permitted"), summary="List properties")
def list_properties(caller: Key, if_none_match: IfNoneMatch = None) -> Response:
    """The properties the key is for, in the organization's order; there are never so many as to need pages.

    Scope `property.view`.
    """
    with caller.work("property.view") as db:
        found = queries.properties(db)
    return read(answer({"items": [shaped.house(line) for line in found]}), if_none_match)


@router.get("/{id}", response_model=HouseInFull, responses=refused("not-found"), summary="Read a property")
def read_property(id: PropertyId, caller: Key, if_none_match: IfNoneMatch = None) -> Response:
    """One property with its room types and units. Scope `property.view`."""
    with caller.work("property.view") as db:
        refuse_out_of_reach(db, id)
        found = queries.structure(db, id)
    return read(answer(shaped.house_in_full(found)), if_none_match)
