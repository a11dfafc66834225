"""Units: physical rooms and beds, by the number on the door.

What changes how many of them there are (add, archive, move to another type) changes what can be sold, and stands with
inventory and reservations; here are their names and their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from pms.kernel.db import Db
from pms.kernel.outbox import record
from pms.kernel.refusals import NotFound, Refusal
from pms.kernel.versions import refuse_stale
from pms.properties.models import Property, RoomType, Unit
from pms.properties.order import put_in_order
from pms.properties.unit_names import NoUnits, parse_units, refuse_bad_name

__all__ = ["NoUnits", "UnitNameTaken", "live_unit", "new_units", "parse_units", "rename_unit", "reorder_units"]


class UnitNameTaken(Refusal):
    sentence = "There is a {unit} in this property already."
    status = 409
    field = "units"


def new_units(db: Db, room_type: RoomType, names: Sequence[str], floor: str = "") -> list[Unit]:
    """Rows for new units at the end of their type. Counters of nights do not follow: use `pms.inventory.units.add_units`.

    Refuses `UnitNameTaken`.
    """
    refuse_taken_names(db, room_type.property_id, names)
    after = next_position(db, room_type.id)
    units = [
        Unit(
            organization_id=db.organization_id,
            property_id=room_type.property_id,
            room_type_id=room_type.id,
            name=name,
            floor=floor.strip(),
            position=after + place,
        )
        for place, name in enumerate(names)
    ]
    db.add_all(units)
    db.flush()
    for unit in units:
        record(db, "unit.created", "unit", unit.id, unit.property_id, after=picture(unit))
    return units


def next_position(db: Db, room_type_id: UUID) -> int:
    """The place after the last unit of a type."""
    last = select(func.max(Unit.position)).where(col(Unit.room_type_id) == room_type_id)
    position = db.scalar(last)
    return 0 if position is None else position + 1


def rename_unit(db: Db, unit_id: UUID, version: int, name: str, floor: str = "") -> Unit:
    """Put another number on the door, and say on which floor it is.

    Refuses `UnitNameTaken`, `UnitNameTooLong`, `NoUnits`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    unit = live_unit(db, unit_id, version)
    before, name = picture(unit), " ".join(name.split())
    refuse_bad_name(name)
    if name != unit.name:
        refuse_taken_names(db, unit.property_id, [name])
    unit.name, unit.floor, unit.version = name, floor.strip(), unit.version + 1
    db.flush()
    record(db, "unit.changed", "unit", unit.id, unit.property_id, before=before, after=picture(unit))
    return unit


def reorder_units(db: Db, room_type_id: UUID, unit_ids: Sequence[UUID]) -> None:
    """Show the units of a type in this order; those not named follow as they were. Refuses `NotFound`, `NotPermitted`."""
    room_type = db.one(RoomType, room_type_id)
    db.actor.require("property.manage", room_type.property_id)
    live = select(Unit).where(col(Unit.room_type_id) == room_type.id, col(Unit.archived_at).is_(None))
    rows = db.scalars(live.order_by(col(Unit.position), col(Unit.id)).with_for_update(key_share=True)).all()
    put_in_order(rows, unit_ids, "unit")
    after = {"unit_ids": [str(row.id) for row in sorted(rows, key=lambda row: row.position)]}
    record(db, "unit.reordered", "room_type", room_type.id, room_type.property_id, after=after)


def live_unit(db: Db, unit_id: UUID, version: int, whole: bool = False) -> Unit:
    """A unit in use, locked for change; `whole` also keeps stays and blocks from being put into it meanwhile.

    Refuses `NotFound`, `NotPermitted`, `MovedMeanwhile`.
    """
    unit = db.one(Unit, unit_id, lock="whole" if whole else True)
    db.actor.require("property.manage", unit.property_id)
    refuse_stale(db, unit, version)
    if unit.archived_at:
        raise NotFound(what="unit")
    return unit


def refuse_taken_names(db: Db, property_id: UUID, names: Sequence[str]) -> None:
    """Refuse `UnitNameTaken` when a unit in use has one of the names; whoever else names units here waits for us."""
    db.one(Property, property_id, lock=True)
    live = col(Unit.property_id) == property_id, col(Unit.archived_at).is_(None), col(Unit.name).in_(names)
    taken = db.scalar(select(col(Unit.name)).where(*live).order_by(col(Unit.name)).limit(1))
    if taken is not None:
        raise UnitNameTaken(unit=taken)


def picture(unit: Unit) -> dict[str, Any]:
    """What the journal keeps of a unit."""
    return {"name": unit.name, "floor": unit.floor, "room_type_id": str(unit.room_type_id), "version": unit.version}
