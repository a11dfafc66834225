"""Telling channels what is true now."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import httpx

from pms.channels.adapter import Adapter, Message, Refused, Stop, Wait
from pms.channels.adapters.channex import Channex
from pms.channels.changes import Change
from pms.channels.outbound import Task, due, give_back, look, note, stop, take
from pms.kernel import logs
from pms.kernel.actor import RELAY, Actor, job_actor
from pms.kernel.db import work

ADAPTERS: dict[str, Adapter] = {"channex": Channex()}
TIMEOUT_SECONDS = 20.0
NIGHTS = 500
"""How far ahead channels are told; some ask for as much."""
log = logs.logger(__name__)


def sweep() -> int:
    """Tell every channel what it has not accepted yet; how many there are. One in trouble does not hold up the others."""
    with work(RELAY) as db:
        found = due(db)
    for organization_id, connection_id, channel in found:
        try:
            push(job_actor(organization_id, "channels"), connection_id, channel)
        except Exception:  # a bug met by one house must not close all others
            log.exception("a channel could not be told", connection=str(connection_id), channel=channel)
    return len(found)


def push(actor: Actor, connection_id: UUID, channel: str, nights: int = NIGHTS) -> float:
    """Say everything about the next nights that the channel has not accepted yet, unless somebody else is at it.

    The seconds the channel wants to be left alone, 0 when it took it all.
    """
    with work(actor) as db:
        if not take(db, connection_id):
            return 0.0
    adapter, rest = ADAPTERS[channel], 0.0
    try:
        with work(actor) as db:
            task = look(db, connection_id, adapter.knows, nights)
        with httpx.Client(timeout=TIMEOUT_SECONDS) as http:
            for message in adapter.messages(task.link, task.changes):
                _deliver(actor, adapter, http, task, message)
    except Wait as later:
        log.info("a channel asks to wait", connection=str(connection_id), seconds=later.seconds, words=str(later))
        rest = later.seconds
    except Stop as no:
        with work(actor) as db:
            stop(db, connection_id, str(no))
    finally:
        with work(actor) as db:
            give_back(db, connection_id, rest)
    return rest


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
