"""Speaks with every channel: a process of its own with a thread for each connection that has its turn.

Not jobs of a queue: a worker does one at a time, and a channel that answers after twenty seconds would hold up all others.
Several of these may run; whose turn it is, the database knows. Killed, it leaves nothing half done
(`pms.channels.conversation`).
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import UUID

import psycopg
from sqlalchemy.exc import OperationalError

from pms.channels import turns
from pms.channels.conversation import NIGHTS, Conversation
from pms.kernel import logs
from pms.kernel.actor import RELAY, Actor, job_actor
from pms.kernel.db import work
from pms.settings import Unready, settings

LOOK_SECONDS = 1.0
"""A wake-up may be lost with its line; nothing waits longer than this for it."""
THREADS = 16
PAUSE_SECONDS = 2.0
log = logs.logger(__name__)


def speak(actor: Actor, connection_id: UUID, channel: str, nights: int = NIGHTS) -> bool:
    """Have one turn with a channel; False when somebody else has it, or nobody is to speak to it."""
    with work(actor) as db:
        turn = turns.take(db, connection_id)
    if turn is None:
        return False
    Conversation(actor, turn, channel, nights).speak()
    return True


def channels() -> None:
    """Speak with whoever is due until told to stop; turns under way are finished first."""
    logs.configure("channels")
    import pms.tables  # noqa: F401

    if settings().database_url is None:
        raise Unready("Set DATABASE_URL, or use `python -m pms run`, which brings a database along.")
    told: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: told.append(number))
    log.info("channels started")
    with ThreadPoolExecutor(THREADS, "channel") as pool:
        while not told:
            try:
                _speak_as_it_comes(pool, lambda: bool(told))
            except (psycopg.OperationalError, OperationalError, OSError) as problem:
                log.warning("channels lost the database, trying again", problem=str(problem).split("\n")[0])
                time.sleep(PAUSE_SECONDS)


def _speak_as_it_comes(pool: ThreadPoolExecutor, stopped: Callable[[], bool]) -> None:
    under_way: dict[UUID, Future[None]] = {}
    with psycopg.connect(settings().libpq_url or "", autocommit=True, connect_timeout=5) as listener:
        listener.execute(f"LISTEN {turns.WAKE_CHANNELS}")
        while not stopped():
            with work(RELAY) as db:
                found = turns.due(db)
            under_way = {id: turn for id, turn in under_way.items() if not turn.done()}
            for organization_id, connection_id, channel in found:
                if connection_id not in under_way and len(under_way) < THREADS:
                    under_way[connection_id] = pool.submit(_one, organization_id, connection_id, channel)
            for _ in listener.notifies(timeout=LOOK_SECONDS, stop_after=1):
                pass


def _one(organization_id: UUID, connection_id: UUID, channel: str) -> None:
    try:
        speak(job_actor(organization_id, "channels"), connection_id, channel)
    except Exception:  # a bug met by one house must not close all others
        log.exception("a turn with a channel broke off", connection=str(connection_id), channel=channel)
