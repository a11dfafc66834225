"""What of a property may be sold now. Read by every sale, so each is one small statement.

Rows are locked against archiving only (as a foreign key does): nobody archives them before these nights can be seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from pms.kernel.db import Db, raw
from pms.kernel.refusals import BadInput, NotFound


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
    return _all_of(db, "room_type", "base_price", property_id, ids, problem)


def units_in_use(db: Db, property_id: UUID, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The room type of each unit. Refuses `NotFound` for an unknown one, `BadInput` for one archived or of a sister property."""
    return _all_of(db, "unit", "room_type_id", property_id, ids, BadInput("unit_id", "This unit is not in use in this property."))


def _all_of(db: Db, table: str, column: str, property_id: UUID, ids: Iterable[UUID], problem: BadInput) -> dict[UUID, Any]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    in_use = "id = any(%s) and property_id = %s and archived_at is null order by id for key share"
    found = dict(raw(db).execute(f"select id, {column} from {table} where {in_use}", (wanted, property_id)).fetchall())
    if len(found) < len(wanted):
        known = raw(db).execute(f"select id from {table} where id = any(%s)", (wanted,)).fetchall()
        raise problem if len(known) == len(wanted) else NotFound(what=table.replace("_", " "))
    return found
