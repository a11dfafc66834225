"""/v1/guests"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from pms.api.v1 import shaped
from pms.api.v1.answers import answer, page, read
from pms.api.v1.asked import Text
from pms.api.v1.documented import refused
from pms.api.v1.keys import Key
from pms.api.v1.paging import Cursor, Limit, decode
from pms.api.v1.shapes import Guest, Guests
from pms.api.v1.versions import IfNoneMatch
from pms.reservations import queries
from pms.reservations.details import guest

router = APIRouter(prefix="/v1/guests", tags=["Guests"])


@router.get("", response_model=Guests, responses=refused("not-permitted"), summary="Find guests")
def list_guests(
    request: Request,
    caller: Key,
    search: Annotated[
        Text | None,
        Query(min_length=1, max_length=100, description="The beginning of the first, last or whole name, or the e-mail address."),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Guests, the newest first, page by page. A key for some properties sees those with a reservation there.

    Scope `guest.view`.
    """
    after = decode(cursor)
    with caller.work("guest.view") as db:
        found, more = queries.guests(db, search, after, limit)
    return read(page(request, [shaped.guest(line) for line in found], found[-1].id if more else None), if_none_match)


@router.get("/{id}", response_model=Guest, responses=refused("not-found"), summary="Read a guest")
def read_guest(
    id: Annotated[UUID, Path(description="The guest's id.")], caller: Key, if_none_match: IfNoneMatch = None
) -> Response:
    """One guest. Scope `guest.view`."""
    with caller.work("guest.view") as db:
        found = guest(db, id)
    return read(answer(shaped.guest(found)), if_none_match)
