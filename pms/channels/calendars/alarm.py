"""Telling screens when a calendar begins to need somebody, and when it no longer does."""

from __future__ import annotations

from pms.channels.calendars.models import CalendarFeed
from pms.channels.calendars.queries import feed as feed_line
from pms.kernel.db import Db, raw
from pms.kernel.outbox import record

NEEDS, SETTLED = "calendar_feed.attention", "calendar_feed.settled"
_LAST = "select event from journal where organization_id = %s and entity_id = %s and event = any(%s) order by id desc limit 1"


def tell_need(db: Db, feed: CalendarFeed) -> None:
    """Record it when it is another answer than the journal's last: some matters begin at the desk, and are seen by a reading."""
    db.flush()
    last = raw(db).execute(_LAST, (feed.organization_id, feed.id, [NEEDS, SETTLED])).fetchone()
    needs = feed_line(db, feed.id).needs
    if needs != (last is not None and last[0] == NEEDS):
        event = NEEDS if needs else SETTLED
        record(db, event, "calendar_feed", feed.id, feed.property_id, after={"name": feed.name})
