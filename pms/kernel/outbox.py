"""The journal: one append-only row per thing that happened, in the transaction that did it.

From this one table come the audit log, the activity feed, live screens and background jobs. The relay (`workers/relay.py`)
hands rows on, as the actor `RELAY`, at least once and in order of their ids; a row counts as handed on only after the
receivers had it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import func, select, text, update

from pms.kernel.db import Db
from pms.kernel.logs import request_id
from pms.kernel.tables import Journal

_JOURNAL = Journal.__table__  # type: ignore[attr-defined]
_INSERT = """
insert into journal
  (organization_id, property_id, actor_kind, actor_id, actor_name, event, entity, entity_id, before, after, request_id)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def record(
    db: Db,
    event: str,
    entity: str,
    entity_id: UUID | None,
    property_id: UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write down that `event` ("stay.moved") happened to `entity` ("stay").

    `before` and `after` hold plain JSON values of what changed. The relay wakes when the transaction commits.
    """
    who = db.actor
    happened = (event, entity, entity_id, before and Jsonb(before), after and Jsonb(after), request_id.get())
    values = (db.organization_id, property_id, who.kind, who.id, who.name, *happened)
    db.flush()
    db.line.later(_INSERT, values)
    db.line.journaled = True


def history(db: Db, entity_id: UUID, most: int = 50) -> Sequence[Journal]:
    """What happened to one entity, newest first."""
    query = (
        select(Journal)
        .where(Journal.organization_id == db.organization_id, Journal.entity_id == entity_id)  # type: ignore[arg-type]
        .order_by(_JOURNAL.c.id.desc())
        .limit(most)
    )
    return db.scalars(query).all()


def waiting(db: Db, most: int = 500) -> list[dict[str, Any]]:
    """Claim the oldest rows not yet handed on; another relay skips them until this transaction ends."""
    query = (
        select(_JOURNAL)
        .where(_JOURNAL.c.relayed_at.is_(None))
        .order_by(_JOURNAL.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [dict(row) for row in db.execute(query).mappings()]


def handed_on(db: Db, ids: Sequence[int]) -> None:
    """Mark rows as handed on."""
    db.execute(update(_JOURNAL).where(_JOURNAL.c.id.in_(ids)).values(relayed_at=func.now()))


def lag(db: Db) -> tuple[int, float]:
    """How many rows wait, and for how many seconds the oldest of them has."""
    row = db.execute(
        text("select count(*), coalesce(extract(epoch from now() - min(happened_at)), 0) from journal where relayed_at is null")
    ).one()
    return int(row[0]), float(row[1])
