"""Fetching the calendars that are due, several at a time: one slow site holds nobody up."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from pms.channels.calendars.sync import due, fetch
from pms.kernel import logs
from pms.kernel.actor import RELAY, job_actor
from pms.kernel.db import work

AT_ONCE = 6
"""Each works with one database connection at a time, of which a process has eight."""
SECONDS = 45.0
"""No more are begun after that: what is still due has its turn with the next run, and the worker something else to do."""
log = logs.logger(__name__)


def fetch_due(seconds: float = SECONDS) -> int:
    """Fetch every calendar whose turn it is; how many were due. A bug met by one must not stop the others."""
    with work(RELAY) as db:
        found = due(db)
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="calendar") as threads:
        list(threads.map(lambda whose: _fetched(whose[0], whose[1], end), found))
    return len(found)


def _fetched(organization_id: UUID, feed_id: UUID, end: float) -> None:
    if time.monotonic() > end:
        return
    try:
        fetch(job_actor(organization_id, "calendars"), feed_id)
    except Exception:
        log.exception("a calendar could not be fetched", feed=str(feed_id))
