"""Fetching the calendars that are due, several at a time: one slow site holds nobody up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from pms.channels.calendars.sync import due, fetch
from pms.kernel import logs
from pms.kernel.actor import RELAY, job_actor
from pms.kernel.db import work

AT_ONCE = 6
"""Each works with one database connection at a time, of which a process has eight."""
log = logs.logger(__name__)


def fetch_due() -> int:
    """Fetch every calendar whose turn it is; how many there were. A bug met by one must not stop the others."""
    with work(RELAY) as db:
        found = due(db)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="calendar") as threads:
        list(threads.map(_fetched, found))
    return len(found)


def _fetched(whose: tuple[UUID, UUID]) -> None:
    organization_id, feed_id = whose
    try:
        fetch(job_actor(organization_id, "calendars"), feed_id)
    except Exception:
        log.exception("a calendar could not be fetched", feed=str(feed_id))
