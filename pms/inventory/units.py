"""Adding units: more rooms, and more to sell from today on."""

from __future__ import annotations

from uuid import UUID

from pms.inventory.capacity import follow_units, hold_capacity
from pms.kernel.db import Db
from pms.properties.models import Unit
from pms.properties.room_type import live_room_type
from pms.properties.units import new_units, parse_units


def add_units(db: Db, room_type_id: UUID, names: str, floor: str = "") -> list[Unit]:
    """Add the units people wrote down ("101-112, 114") to a room type, on sale from today on.

    Refuses what `parse_units` refuses, `UnitNameTaken`, `NotFound`, `NotPermitted`.
    """
    wanted = parse_units(names)
    room_type = live_room_type(db, room_type_id, None)
    hold_capacity(db, [room_type.id])  # after the rows, as everywhere
    units = new_units(db, room_type, wanted, floor)
    follow_units(db, room_type_id)
    return units
