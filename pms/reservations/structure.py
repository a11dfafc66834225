"""Changes to the house that could pull a room from under a guest: archiving units, types and properties, and moving units.

They stand here, and not with properties, because only here stays are known.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from pms.inventory.capacity import follow_units, hold_capacity, named
from pms.kernel.dates import now
from pms.kernel.db import Db, raw
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, Refusal
from pms.properties import property, room_type, units
from pms.properties.models import RoomType, Unit

_TODAY = "(now() at time zone p.timezone)::date"
_BY_UNIT, _BY_PROPERTY = "n.unit_id = any(%s)", "n.property_id = any(%s)"


class UnitInUse(Refusal):
    """A stay is in, or will be in, the unit, or a block lies on it; `nights` are ISO dates, sorted."""

    sentence = "{unit} is needed: {nights_text}. Move the stays, or lift the blocks, first."
    status = 409


class PropertyInUse(Refusal):
    """Stays lie ahead in the property; `nights` are ISO dates, sorted."""

    sentence = "{property} still expects guests: {nights_text}. Move or cancel the stays first."
    status = 409


def archive_unit(db: Db, unit_id: UUID, version: int) -> None:
    """Take a unit out of the house for good; what happened in it stays in the books.

    Refuses `UnitInUse`, `StillSold`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    unit = units.live_unit(db, unit_id, version, whole=True)
    hold_capacity(db, [unit.room_type_id])
    _archive(db, unit, now())
    follow_units(db, unit.room_type_id)


def move_unit(db: Db, unit_id: UUID, version: int, room_type_id: UUID) -> Unit:
    """Let a unit count as another room type of its property, at the end of it.

    Refuses `UnitInUse` (the nights sold in it count in the old type), `StillSold`, `BadInput` for another property's type,
    `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    unit = units.live_unit(db, unit_id, version, whole=True)
    target = db.one(RoomType, room_type_id)
    if target.property_id != unit.property_id or target.archived_at:
        raise BadInput("room_type_id", "This room type is not on sale in this property.")
    left = unit.room_type_id
    hold_capacity(db, [left, target.id])
    _refuse_in_use(db, unit)
    before = units.picture(unit)
    unit.room_type_id, unit.position, unit.version = target.id, units.next_position(db, target.id), unit.version + 1
    for room_type_id in sorted({left, target.id}):
        follow_units(db, room_type_id)
    record(db, "unit.changed", "unit", unit.id, unit.property_id, before=before, after=units.picture(unit))
    return unit


def archive_room_type(db: Db, room_type_id: UUID, version: int) -> None:
    """Stop selling a room type, and take its units out of the house with it.

    Refuses `UnitInUse`, `StillSold`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    row = room_type.live_room_type(db, room_type_id, version)
    live = select(Unit).where(col(Unit.room_type_id) == row.id, col(Unit.archived_at).is_(None))
    members = db.scalars(live.order_by(col(Unit.id)).with_for_update()).all()
    hold_capacity(db, [row.id])
    at = now()  # of type and units alike: what went along comes back along
    for unit in members:
        _archive(db, unit, at)
    follow_units(db, row.id)
    before = room_type.picture(db, row)
    row.archived_at, row.version = at, row.version + 1
    db.flush()
    record(db, "room_type.archived", "room_type", row.id, row.property_id, before=before, after={"version": row.version})


def archive_property(db: Db, property_id: UUID, version: int) -> None:
    """Close a property; its rooms and books stay as they are.

    Refuses `PropertyInUse`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    row = property.live_property(db, property_id, version, whole=True)
    nights = _nights_ahead(db, _BY_PROPERTY, [row.id])
    if nights:
        raise PropertyInUse(property=row.name, **_told(nights))
    before = property.picture(row)
    row.archived_at, row.version = now(), row.version + 1
    db.flush()
    record(db, "property.archived", "property", row.id, row.id, before=before, after={"version": row.version})


def _archive(db: Db, unit: Unit, at: datetime) -> None:
    _refuse_in_use(db, unit)
    before = units.picture(unit)
    unit.archived_at, unit.version = at, unit.version + 1
    db.flush()
    record(db, "unit.archived", "unit", unit.id, unit.property_id, before=before, after={"version": unit.version})


def _refuse_in_use(db: Db, unit: Unit) -> None:
    nights = sorted({*_nights_ahead(db, _BY_UNIT, [unit.id]), *_blocked_ahead(db, unit)})
    if nights:
        raise UnitInUse(unit=unit.name, **_told(nights))


def _nights_ahead(db: Db, which: str, ids: list[UUID]) -> list[date]:
    """Live nights from today on, and those of guests who have not left yet."""
    query = (
        "select distinct n.night from stay_night n"
        " join stay s on s.id = n.stay_id join property p on p.id = n.property_id"
        f" where n.live and {which} and (n.night >= {_TODAY} or s.status = 'checked_in') order by 1"
    )
    return [night for (night,) in raw(db).execute(query, (ids,))]


def _blocked_ahead(db: Db, unit: Unit) -> list[date]:
    """The first night from today on of every block that lies on the unit."""
    query = (
        f"select greatest(b.first_night, {_TODAY}) from block b join property p on p.id = b.property_id"
        f" where b.unit_id = %s and b.lifted_at is null and b.end_night > {_TODAY}"
    )
    return [night for (night,) in raw(db).execute(query, (unit.id,))]


def _told(nights: list[date]) -> dict[str, Any]:
    days = [night.isoformat() for night in nights]
    return {"nights": days, "nights_text": named(days)}
