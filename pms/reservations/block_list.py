"""The blocks of a property as its list shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pms.kernel.db import Db, raw
from pms.properties.models import Property

BLOCKS_MOST = 500


@dataclass(frozen=True)
class BlockLine:
    """A block that lies on a unit, nights [first_night, end_night); `present` when tonight is one of them."""

    id: UUID
    unit_id: UUID
    unit: str
    room_type: str
    kind: str
    first_night: date
    end_night: date
    reason: str
    created_by: str
    version: int
    present: bool

    @property
    def nights(self) -> int:
        """How many."""
        return (self.end_night - self.first_night).days


_BLOCKS = """
select b.id, u.id, u.name, t.name, b.kind, b.first_night, b.end_night, b.reason, b.created_by, b.version, b.first_night <= d.today
from block b
join unit u on u.id = b.unit_id
join room_type t on t.id = u.room_type_id
join property p on p.id = b.property_id
cross join lateral (select (now() at time zone p.timezone)::date as today) d
where b.property_id = %s and b.lifted_at is null and b.end_night > d.today
order by b.first_night, t.position, u.position, b.id
limit %s
"""


def blocks_ahead(db: Db, property_id: UUID) -> list[BlockLine]:
    """The present and coming blocks of a property, by first night. Refuses `NotFound`, `NotPermitted`."""
    house = db.one(Property, property_id)
    db.actor.require("reservation.view", house.id)
    return [BlockLine(*row) for row in raw(db).execute(_BLOCKS, (house.id, BLOCKS_MOST))]
