"""Files in and out for signed-in people: a file of bookings to import, the rows of it that were rejected.

The session cookie says who asks, as on screens. An upload is refused before its bytes are read when its sender may not import,
and while they are read when there are too many; nothing of it is ever served again.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from pms.accounts.sessions import COOKIE, actor_from_token
from pms.api.auth import refused
from pms.api.origin import own_origin
from pms.imports import queries, run
from pms.imports.read import MAX_BYTES, TooLarge
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.refusals import Refusal
from pms.kernel.words import preferred
from pms.properties.models import Property

router = APIRouter(prefix="/files", include_in_schema=False)


class NotSignedIn(Refusal):
    sentence = "Nobody is signed in here any more. Sign in and try again."
    status = 401


def _actor(request: Request) -> Actor:
    actor = actor_from_token(request.cookies.get(COOKIE))
    if actor is None:
        raise NotSignedIn()
    return actor


def _locale(request: Request) -> str:
    return preferred(request.headers.get("accept-language", ""))


def _admitted(request: Request, property_id: UUID) -> Actor:
    """Who uploads, if they may import into that property."""
    actor = _actor(request)
    actor.require("import.run", property_id)
    with work(actor) as db:
        db.one(Property, property_id)
    return actor


@router.post("/imports", dependencies=[Depends(own_origin)])
async def receive(
    request: Request,
    property_id: Annotated[UUID, Query(alias="property")],
    name: Annotated[str, Query(max_length=300)] = "bookings.csv",
) -> Response:
    """Take a file in, to be imported later; the body is the file itself."""
    try:
        actor = await run_in_threadpool(_admitted, request, property_id)
        content = await _body(request)
        return JSONResponse({"id": await run_in_threadpool(_received, actor, property_id, name, content)}, status_code=201)
    except Refusal as refusal:
        return refused(refusal, _locale(request))


async def _body(request: Request) -> bytes:
    """The bytes of the file. Refuses `TooLarge` as soon as there are too many."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MAX_BYTES:
            raise TooLarge(most=f"{MAX_BYTES // 2**20} MB")
    return bytes(content)


def _received(actor: Actor, property_id: UUID, name: str, content: bytes) -> str:
    with work(actor) as db:
        return str(run.receive(db, property_id, name, content).id)


@router.get("/imports/{import_id}/rejected.csv")
def rejected(request: Request, import_id: UUID) -> Response:
    """The rejected rows of an import with their reasons, as a CSV that a spreadsheet opens in UTF-8."""
    try:
        with work(_actor(request)) as db:
            text = queries.rejected_csv(db, import_id)
    except Refusal as refusal:
        return refused(refusal, _locale(request))
    headers = {"content-disposition": 'attachment; filename="rejected.csv"', "cache-control": "no-store"}
    return Response("\ufeff" + text, media_type="text/csv; charset=utf-8", headers=headers)
