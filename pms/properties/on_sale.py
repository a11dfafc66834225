"""What of a property may be sold now. Read by every sale, so each is one small statement.

Rows are locked against archiving only (as a foreign key does): nobody archives them before these nights can be seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from pms.kernel.db import Db, raw
from pms.kernel.refusals import BadInput, NotFound


class UnitInUse(NamedTuple):
    """A unit and its room type."""

    name: str
    room_type_id: UUID
    room_type: str


_TYPES = """
select id, base_price from room_type
where id = any(%s) and property_id = %s and archived_at is null order by id for key share
"""
_UNITS = """
select u.id, u.name, u.room_type_id, t.name from unit u join room_type t on t.id = u.room_type_id
where u.id = any(%s) and u.property_id = %s and u.archived_at is null order by u.id for key share of u
"""


def currency_of(db: Db, property_id: UUID) -> str:
    """The currency of a property in use. Refuses `NotFound`."""
    query = "select currency from property where id = %s and archived_at is null for key share"
    found = raw(db).execute(query, (property_id,)).fetchone()
    if found is None:
        raise NotFound(what="property")
    return str(found[0])


def types_on_sale(db: Db, property_id: UUID, ids: Iterable[UUID]) -> dict[UUID, int]:
    """The base price (minor units a night) of each room type.

    Refuses `NotFound` for an unknown one, `BadInput` for one archived or of a sister property.
    """
    problem = BadInput("room_type_id", "This room type is not on sale in this property.")
    return dict(_all_of(db, _TYPES, "room_type", property_id, ids, problem))


def units_in_use(db: Db, property_id: UUID, ids: Iterable[UUID]) -> dict[UUID, UnitInUse]:
    """Each unit. Refuses `NotFound` for an unknown one, `BadInput` for one archived or of a sister property."""
    problem = BadInput("unit_id", "This unit is not in use in this property.")
    return {row[0]: UnitInUse(*row[1:]) for row in _all_of(db, _UNITS, "unit", property_id, ids, problem)}


def _all_of(db: Db, query: str, table: str, property_id: UUID, ids: Iterable[UUID], problem: BadInput) -> list[tuple[Any, ...]]:
    wanted = sorted(set(ids))
    if not wanted:
        return []
    found = raw(db).execute(query, (wanted, property_id)).fetchall()
    if len(found) < len(wanted):
        known = raw(db).execute(f"select id from {table} where id = any(%s)", (wanted,)).fetchall()
        raise problem if len(known) == len(wanted) else NotFound(what=table.replace("_", " "))
    return found
