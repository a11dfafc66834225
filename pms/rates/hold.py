"""One at a time: whoever changes what decides prices holds the property's book meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from pms.kernel.db import Db, raw
from pms.kernel.refusals import NotFound
from pms.kernel.versions import refuse_stale
from pms.properties.models import Property


class Kept(Protocol):
    """A row of the book: plan, rule or policy."""

    id: UUID
    property_id: UUID
    version: int
    archived_at: datetime | None


Row = TypeVar("Row", bound=Kept)


def hold_book(db: Db, property_id: UUID) -> None:
    """Let one at a time change the plans, rules and policies of a property: circles and codes are checked across rows."""
    raw(db).execute("select 1 from rate_book where property_id = %s for no key update", (property_id,))


def held_house(db: Db, property_id: UUID) -> Property:
    """A property in use whose book the actor may change, held. Refuses `NotFound`, `NotPermitted`."""
    db.actor.require("rate.manage", property_id)
    house = db.one(Property, property_id)
    if house.archived_at:
        raise NotFound(what="property")
    hold_book(db, house.id)
    return house


def held_row(db: Db, table: type[Row], id: UUID, version: int | None, what: str, archived: bool = False) -> Row:
    """A row in use (or an archived one), locked for change, its book held.

    Refuses `NotFound`, `NotPermitted`, and, unless `version` is None, `MovedMeanwhile`.
    """
    row: Any = db.get(table, id)
    if row is None or not db.actor.sees(row.property_id):
        raise NotFound(what=what)
    db.actor.require("rate.manage", row.property_id)
    hold_book(db, row.property_id)
    db.refresh(row, with_for_update={"key_share": True})
    if version is not None:
        refuse_stale(db, row, version)
    if (row.archived_at is not None) != archived:
        raise NotFound(what=what)
    return row  # type: ignore[no-any-return]


def next_position(db: Db, table: Any, property_id: UUID) -> int:
    """Where a row goes that comes after the others of its property."""
    last = select(func.coalesce(func.max(table.position) + 1, 0)).where(col(table.property_id) == property_id)
    return db.scalar(last) or 0


def live_rows(db: Db, table: Any, property_id: UUID) -> list[Any]:
    """The rows in use of a property, in their order."""
    query = select(table).where(col(table.property_id) == property_id, col(table.archived_at).is_(None))
    return list(db.scalars(query.order_by(col(table.position), col(table.id))))
