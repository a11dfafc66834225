"""Where channels bring what they have to say. Who they are is told by what they carry, which each adapter knows."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from pms.channels import calls, turns
from pms.channels.adapter import Forged, Heard, Link, Reply
from pms.channels.connections import adapter_of, keep_credentials, link_of
from pms.channels.conversation import take_in_brought
from pms.channels.models import Connection
from pms.kernel.actor import RELAY, Actor, job_actor
from pms.kernel.db import work

router = APIRouter(prefix="/hooks", include_in_schema=False)


@router.api_route("/{connection_id}", methods=["GET", "POST", "PUT"])
@router.api_route("/{connection_id}/{rest:path}", methods=["GET", "POST", "PUT"])
async def heard(connection_id: UUID, request: Request) -> Response:
    """Take in what a channel brings, and answer as it expects: only after it is in our books. What it calls us by beyond the
    connection is the channel's own.
    """
    body, headers = await request.body(), {name.lower(): value for name, value in request.headers.items()}
    query = f"?{request.url.query}" if request.url.query else ""
    headers |= {":method": request.method, ":path": request.url.path + query}  # some sign the address too
    reply = await run_in_threadpool(_take_in, connection_id, headers, body)
    return Response(reply.body, reply.status, media_type=reply.media)


def _take_in(connection_id: UUID, headers: dict[str, str], body: bytes) -> Reply:
    began = time.monotonic()
    with work(RELAY) as db:
        found = turns.whose(db, connection_id)
    if found is None:
        return Reply(404)
    organization_id, channel = found
    actor = job_actor(organization_id, "channels")
    with work(actor) as db:
        link = link_of(db, db.one(Connection, connection_id), partial(_keep, actor, connection_id))
    try:
        reply = _answered(actor, connection_id, channel, link, adapter_of(channel).hear(link, headers, body))
    except Forged:
        reply = Reply(calls.FORGED)
    took = round((time.monotonic() - began) * 1000)
    method, path = headers[":method"], headers[":path"].removeprefix(f"/hooks/{connection_id}")
    said = calls.Call(method, path or "/", reply.status, took, body.decode(errors="replace"), reply.body, True)
    with work(actor) as db:
        if reply.status == calls.FORGED:
            calls.write_down_forged(db, connection_id, said)
        else:
            calls.write_down(db, connection_id, [said])
    return reply


def _answered(actor: Actor, connection_id: UUID, channel: str, link: Link, heard: Heard) -> Reply:
    adapter = adapter_of(channel)
    outcomes = take_in_brought(actor, connection_id, heard.received, adapter, link)
    if heard.news:
        with work(actor) as db:
            turns.heard_news(db, connection_id)
    return adapter.answer(link, outcomes)


def _keep(actor: Actor, connection_id: UUID, renewed: Mapping[str, str], got_with: Mapping[str, Collection[str]]) -> None:
    with work(actor) as db:
        keep_credentials(db, connection_id, renewed, got_with)
