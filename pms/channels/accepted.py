"""Screens learn what a channel answered: one row of the journal for a turn that told something, not one a message.

A turn that takes long says so from second to second. It is no news for channels, or they would never fall silent.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from pms.channels.changes import Change
from pms.channels.models import Connection
from pms.kernel.db import Db
from pms.kernel.outbox import record

SECONDS = 1.0


class Accepted:
    """The nights a turn has told about, and whether that has been said; `unsaid`, whether more or fewer cells wait than screens
    know.
    """

    def __init__(self) -> None:
        self.nights: list[date] = []
        self.since = time.monotonic()
        self.unsaid = False

    def add(self, db: Db, connection_id: UUID, changes: Sequence[Change]) -> None:
        """The channel answered to these."""
        nights = [*self.nights, *(change.first for change in changes), *(change.last for change in changes)]
        self.nights = [min(nights), max(nights)] if nights else []
        if time.monotonic() - self.since > SECONDS:
            self.say(db, connection_id)

    def say(self, db: Db, connection_id: UUID) -> None:
        """Write it down, if there is anything that is not."""
        if not (self.nights or self.unsaid):
            return
        after = {"first": self.nights[0].isoformat(), "last": self.nights[-1].isoformat()} if self.nights else None
        event, house = "told" if self.nights else "waits", db.one(Connection, connection_id).property_id
        record(db, f"channel_connection.{event}", "channel_connection", connection_id, house, after=after)
        self.nights, self.since, self.unsaid = [], time.monotonic(), False
