"""Telling channels what is true now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import httpx

from pms.channels.adapter import Adapter, Message, Refused, Stop, Wait
from pms.channels.adapters.channex import Channex
from pms.channels.changes import Change
from pms.channels.outbound import Task, give_back, look, note, stop, take
from pms.kernel import logs
from pms.kernel.actor import Actor
from pms.kernel.db import work

ADAPTERS: dict[str, Adapter] = {"channex": Channex()}
TIMEOUT_SECONDS = 20.0
log = logs.logger(__name__)


def push(actor: Actor, connection_id: UUID, channel: str, first: date, nights: int) -> float | None:
    """Say everything about the local nights [first, first + nights) that the channel has not accepted yet.

    The seconds after which to try again when the channel could not take it all; None when it did, or somebody else is at it.
    """
    with work(actor) as db:
        if not take(db, connection_id):
            return None
    adapter = ADAPTERS[channel]
    try:
        with work(actor) as db:
            task = look(db, connection_id, adapter.knows, first, nights)
        with httpx.Client(timeout=TIMEOUT_SECONDS) as http:
            for message in adapter.messages(task.link, task.changes):
                _deliver(actor, adapter, http, task, message)
    except Wait as later:
        log.info("a channel asks to wait", connection=str(connection_id), seconds=later.seconds, words=str(later))
        return later.seconds
    except Stop as no:
        with work(actor) as db:
            stop(db, connection_id, str(no))
    finally:
        with work(actor) as db:
            give_back(db, connection_id)
    return None


def _deliver(actor: Actor, adapter: Adapter, http: httpx.Client, task: Task, message: Message) -> None:
    """Send a message; one refused as a whole is halved until what is wrong in it stands alone, so that the rest goes out."""
    try:
        refused = adapter.send(http, task.link, message)
    except Refused as no:
        if len(message.changes) > 1:
            for half in _halves(message.changes):
                for smaller in adapter.messages(task.link, half):
                    _deliver(actor, adapter, http, task, smaller)
            return
        refused = {0: str(no)}
    with work(actor) as db:
        note(db, message.changes, refused)


def _halves(changes: Sequence[Change]) -> tuple[Sequence[Change], Sequence[Change]]:
    middle = len(changes) // 2
    return changes[:middle], changes[middle:]
