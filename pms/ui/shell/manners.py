"""How much one socket may ask for: Reflex takes in whatever is sent, and keeps every event until its turn comes."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import reflex as rx
from reflex_base.utils.exceptions import EventDeserializationError

log = logging.getLogger("octaspace.screens")

MOST_WAITING = 200
"""Events of one tab that may wait for their turn; a person's hands have never more than a few under way."""


def bound(app: rx.App) -> None:
    """Drop the connection of a tab with too many events waiting; tell of what is no event in one line, not in a traceback."""
    namespace = app.event_namespace
    assert namespace is not None
    take = namespace.on_event

    async def on_event(sid: str, data: Any) -> None:
        token = namespace.sid_to_token.get(sid, "")
        if waiting(app, token) >= MOST_WAITING:
            log.warning("a tab had %d events waiting: its connection is dropped", MOST_WAITING)
            await namespace.disconnect(sid)
            return
        try:
            await take(sid, data)
        except (EventDeserializationError, TypeError, ValueError, AttributeError, KeyError, RecursionError) as problem:
            log.warning("a socket sent what is no event of ours: %s", type(problem).__name__)
        await asyncio.sleep(0)  # for what came to be counted: Reflex sorts it by tab in a task of its own

    namespace.on_event = on_event  # type: ignore[method-assign]


def waiting(app: rx.App, token: str) -> int:
    """How many events of a tab wait, the one under way included. Reflex has no public name for this."""
    return len(app.event_processor._token_queues.get(token, ()))
