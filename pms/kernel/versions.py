"""Editing together: a write names the version it saw, and loses politely when somebody was faster."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from pms.kernel.db import Db
from pms.kernel.outbox import history
from pms.kernel.refusals import MovedMeanwhile


class Versioned(Protocol):
    id: UUID
    version: int


def refuse_stale(db: Db, row: Versioned, version: int) -> None:
    """Refuse `MovedMeanwhile`, saying who did what since, unless the caller saw the present version."""
    if row.version == version:
        return
    last = history(db, row.id, most=1)
    by, event = (last[0].actor_name, last[0].event) if last else ("", "")
    raise MovedMeanwhile(by=by, event=event, saw=version, version=row.version)
