"""Taking rooms back into the house that were archived: on sale again from today on, if their names are still free."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from pms.inventory.capacity import follow_units, hold_capacity
from pms.kernel.db import Db
from pms.kernel.outbox import record
from pms.kernel.refusals import NotFound, Refusal
from pms.kernel.versions import refuse_stale
from pms.properties import room_type, units
from pms.properties.models import Property, RoomType, Unit


class TypeIsArchived(Refusal):
    """A unit has no place while what it counts as is archived."""

    sentence = "{unit} belongs to {room_type}, which is archived. Bring that back first."
    status = 409


def bring_back_unit(db: Db, unit_id: UUID, version: int) -> Unit:
    """Take an archived unit back, as the last of its room type.

    Refuses `UnitNameTaken`, `TypeIsArchived`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    kind = db.one(RoomType, db.one(Unit, unit_id).room_type_id, lock=True)  # the type before its units, as in archiving
    db.actor.require("property.manage", kind.property_id)
    unit = db.one(Unit, unit_id, lock=True)
    _refuse_unless_archived(db, unit, version, "unit")
    if kind.archived_at:
        raise TypeIsArchived(unit=unit.name, room_type=kind.name)
    _take_back(db, kind, [unit])
    return unit


def bring_back_room_type(db: Db, room_type_id: UUID, version: int) -> RoomType:
    """Sell an archived room type again, last of its property, with the units that were archived along with it.

    Refuses `UnitNameTaken` (all or nothing), `MovedMeanwhile`, `NotFound` (also in an archived property), `NotPermitted`.
    """
    row = db.one(RoomType, room_type_id, lock=True)
    db.actor.require("property.manage", row.property_id)
    _refuse_unless_archived(db, row, version, "room type")
    if db.one(Property, row.property_id).archived_at:
        raise NotFound(what="property")
    went_along = select(Unit).where(col(Unit.room_type_id) == row.id, col(Unit.archived_at) == row.archived_at)
    members = db.scalars(went_along.order_by(col(Unit.position), col(Unit.id)).with_for_update()).all()
    row.archived_at, row.version, row.position = None, row.version + 1, room_type.next_position(db, row.property_id)
    db.flush()
    _take_back(db, row, members)
    record(db, "room_type.brought_back", "room_type", row.id, row.property_id, after=room_type.picture(db, row))
    return row


def _take_back(db: Db, kind: RoomType, members: Sequence[Unit]) -> None:
    units.refuse_taken_names(db, kind.property_id, [unit.name for unit in members])
    hold_capacity(db, [kind.id])
    for unit in members:
        unit.position, unit.archived_at, unit.version = units.next_position(db, kind.id), None, unit.version + 1
        db.flush()
        record(db, "unit.brought_back", "unit", unit.id, unit.property_id, after=units.picture(unit))
    follow_units(db, kind.id)


def _refuse_unless_archived(db: Db, row: Unit | RoomType, version: int, what: str) -> None:
    refuse_stale(db, row, version)
    if row.archived_at is None:
        raise NotFound(what=what)
