"""Files in and out for signed-in people: bookings to import and the rows of them that were rejected, prices and restrictions,
letters to guests.

The session cookie says who asks, as on screens. An upload is refused before its bytes are read when its sender may not import,
and while they are read when there are too many; nothing of it is ever served again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from pms.accounts.sessions import COOKIE, actor_from_token
from pms.api.auth import refused
from pms.api.origin import own_origin
from pms.api.v1.asked import Day
from pms.imports import queries, run
from pms.imports.read import MAX_BYTES, TooLarge
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.formats import day
from pms.kernel.refusals import Refusal
from pms.kernel.words import preferred
from pms.properties.models import Property
from pms.rates import sheets
from pms.reports import walk_letter
from pms.reservations import rate_sheets
from pms.reservations.rate_sheets import Trial, Tried

router = APIRouter(prefix="/files", include_in_schema=False)
ROWS_SHOWN = 200
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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


async def _body(request: Request, most: int | None = None) -> bytes:
    """The bytes of the file. Refuses `TooLarge` as soon as there are more than `most`, by default `MAX_BYTES`."""
    most, content = MAX_BYTES if most is None else most, bytearray()
    async for part in request.stream():
        content += part
        if len(content) > most:
            raise TooLarge(most=f"{most // 2**20} MB")
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


@router.get("/rates")
def rates_out(
    request: Request,
    property_id: Annotated[UUID, Query(alias="property")],
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
    form: Annotated[str, Query(alias="format", max_length=10)] = "xlsx",
) -> Response:
    """Prices and restrictions of the nights from `from` to `to`, both included, as people name a span."""
    try:
        with work(_actor(request)) as db:
            content = rate_sheets.export(db, property_id, first, last + timedelta(days=1), form)
    except Refusal as refusal:
        return refused(refusal, _locale(request))
    name = f"rates-{first}-{last}.{form}"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=MEDIA[form], headers=headers)


@router.get("/walked/{stay_id}/letter.pdf")
def letter(request: Request, stay_id: UUID, language: Annotated[str, Query(max_length=10)] = "") -> Response:
    """The letter for a guest who is walked to another hotel, in one of our languages, by default the guest's."""
    try:
        with work(_actor(request)) as db:
            said = walk_letter.walk_letter(db, stay_id, language)
        content = walk_letter.as_pdf(walk_letter.as_html(said))
    except Refusal as refusal:
        return refused(refusal, _locale(request))
    headers = {"content-disposition": f'inline; filename="{said.code}-{said.locale}.pdf"', "cache-control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


@router.post("/rates", dependencies=[Depends(own_origin)])
async def rates_in(
    request: Request,
    property_id: Annotated[UUID, Query(alias="property")],
    fingerprint: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Say what a file of rates would do; with the fingerprint of that answer, do it. The file is not kept: send it both times."""
    try:
        actor = await run_in_threadpool(_may_change, request, property_id)
        content = await _body(request, sheets.BYTES_MAX)
        verb = rates_applied if fingerprint else rates_tried
        return JSONResponse(await run_in_threadpool(verb, actor, property_id, content, fingerprint))
    except Refusal as refusal:
        return refused(refusal, _locale(request))


def _may_change(request: Request, property_id: UUID) -> Actor:
    actor = _actor(request)
    actor.require("rate.change", property_id)
    with work(actor) as db:
        db.one(Property, property_id)
    return actor


def rates_tried(actor: Actor, property_id: UUID, content: bytes, _: str) -> dict[str, Any]:
    """What a file would do, for the screen: counts, and its first rows in words, refused ones before the others."""
    with work(actor) as db:
        return _told(rate_sheets.try_sheet(db, property_id, content), actor.locale)


def rates_applied(actor: Actor, property_id: UUID, content: bytes, fingerprint: str) -> dict[str, Any]:
    """What a file did."""
    with work(actor) as db:
        trial, made = rate_sheets.apply_sheet(db, property_id, content, fingerprint)
    return {**_told(trial, actor.locale), "change_id": str(made.change_id or ""), "done": True}


def _told(trial: Trial, locale: str) -> dict[str, Any]:
    telling = [*trial.refused, *(row for row in trial.rows if row.changes)][:ROWS_SHOWN]
    return {
        "fingerprint": trial.fingerprint,
        "rows": len(trial.rows),
        "changing": trial.changing,
        "refused": len(trial.refused),
        "lines": [
            {
                "row": row.number,
                "cell": _cell_words(row, locale),
                "refused": bool(row.problem),
                "text": rate_sheets.words(row, trial.currency, locale),
            }
            for row in telling
        ],
    }


def _cell_words(row: Tried, locale: str) -> str:
    return " · ".join(filter(None, (row.room_type, row.plan, day(row.night, locale) if row.night else "")))
