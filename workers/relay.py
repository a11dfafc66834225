"""The relay: hands on what the journal says happened, to live screens at once, to background jobs, and to channels.

At least once and in order: a row counts as handed on only after Redis had it. Redis gone means waiting, not losing.
"""

import json
import signal
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import psycopg
from redis import RedisError
from sqlalchemy.exc import OperationalError

from pms import reactions
from pms.channels.turns import WAKE_CHANNELS, spread
from pms.kernel import logs, outbox
from pms.kernel.actor import RELAY
from pms.kernel.db import Db, raw, work
from pms.kernel.line import CHANNEL
from pms.kernel.refusals import Busy
from pms.settings import Unready, settings
from workers.queues import connection, enqueue, name_job

POLL_SECONDS = 1.0  # a notification may be lost with its connection; nothing waits longer than this for it
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
log = logs.logger(__name__)
T = TypeVar("T")


def publish(rows: Sequence[dict[str, Any]]) -> None:
    """Tell live screens, in one round trip; whoever does not listen right now reads the database when it returns."""
    with connection().pipeline(transaction=False) as pipeline:
        for row in rows:
            if message := _apart(row, _spelled):
                pipeline.publish(reactions.LIVE_CHANNEL, message)
        pipeline.execute()


def _spelled(row: dict[str, Any]) -> str | None:
    message = reactions.message(row)
    return json.dumps(message, default=str) if message else None


def _enqueue_jobs(row: dict[str, Any]) -> None:
    for job in reactions.jobs(row["event"]):
        enqueue(name_job(job.function, row["id"]), job.function, row["id"], queue_name=job.queue)


def _tell_channels(db: Db, rows: Sequence[dict[str, Any]]) -> None:
    """Note, along with the rows being handed on, whose channels may have to be told something, and wake who speaks to them."""
    news = [
        (row["property_id"], row["id"], reactions.reaction(row["event"]).channels == "all")
        for row in rows
        if row["property_id"] and reactions.reaction(row["event"]).channels
    ]
    if news and spread(db, news):
        raw(db).later(f"notify {WAKE_CHANNELS}")


def _apart(row: dict[str, Any], step: Callable[[dict[str, Any]], T]) -> T | None:
    """Do one step for one row; a bug in it is logged and costs this row its step, not everybody behind it theirs."""
    try:
        return step(row)
    except RedisError:
        raise
    except Exception:
        log.exception("a journal row could not be handed on whole", journal_id=row["id"], happened=row["event"])
        return None


def hand_on_waiting() -> int:
    """Hand on the oldest rows that wait; how many there were. Channels hear of them even while Redis is away: a room that is gone
    must not be sold again because screens cannot be told.
    """
    away: RedisError | None = None
    with work(RELAY) as db:
        rows = outbox.waiting(db)
        if rows:
            _tell_channels(db, rows)
            try:
                publish(rows)
                for row in rows:
                    _apart(row, _enqueue_jobs)
                outbox.handed_on(db, [row["id"] for row in rows])
            except RedisError as problem:
                away = problem
    if away:
        raise away
    return len(rows)


def _listen() -> psycopg.Connection[Any]:
    listener = psycopg.connect(settings().libpq_url or "", autocommit=True, connect_timeout=5)
    listener.execute(f"LISTEN {CHANNEL}")
    return listener


def _hand_on_as_it_happens(stopped: Callable[[], bool]) -> None:
    with _listen() as listener:
        while not stopped():
            while hand_on_waiting() and not stopped():
                pass
            for _ in listener.notifies(timeout=POLL_SECONDS, stop_after=1):
                pass


def relay() -> None:
    """Hand on until told to stop; a database or Redis that went away is waited for, and so is who holds a connection's row."""
    logs.configure("relay")
    if settings().database_url is None:
        raise Unready("Set DATABASE_URL, or use `python -m pms run`, which brings a database along.")
    told: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: told.append(number))
    log.info("relay started")
    pause = FIRST_PAUSE
    while not told:
        began = time.monotonic()
        try:
            _hand_on_as_it_happens(lambda: bool(told))
        except (psycopg.OperationalError, OperationalError, RedisError, OSError, Busy) as problem:
            pause = FIRST_PAUSE if time.monotonic() - began > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
            log.warning("relay lost its connection, trying again", problem=str(problem).split("\n")[0], in_seconds=pause)
            time.sleep(pause)
