"""What can still be sold, per room type and night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pms.kernel.db import Db, raw
from pms.kernel.refusals import BadInput, NotFound

NIGHTS_MAX = 400


@dataclass(frozen=True)
class TypeNight:
    """One room type on one local night; `base_price` in minor units of the property's currency.

    `capacity` counts units in use, `overbooking` what may be sold beyond them, `oversold` how many are sold beyond both.
    """

    room_type_id: UUID
    room_type: str
    night: date
    capacity: int
    sold: int
    held: int
    blocked: int
    overbooking: int
    oversold: int
    base_price: int

    @property
    def free(self) -> int:
        """Rooms that can still be sold; never below zero, an oversold night has none."""
        return max(0, self.capacity + self.overbooking - self.sold - self.held - self.blocked)


_AVAILABILITY = """
select t.property_id, t.id, t.name, d.night::date, coalesce(i.capacity, u.units), coalesce(i.sold, 0), coalesce(i.held, 0),
       coalesce(i.blocked, 0), coalesce(i.overbooking, 0), coalesce(i.oversold, 0), t.base_price
from room_type t
cross join lateral (select count(*)::int as units from unit where room_type_id = t.id and archived_at is null) u
cross join generate_series(%(first)s::date, %(end)s::date - 1, interval '1 day') as d(night)
left join inventory_night i on i.room_type_id = t.id and i.night = d.night::date
where t.property_id = any(%(properties)s) and t.archived_at is null
order by t.position, t.id, d.night
"""


def availability(db: Db, property_id: UUID, first: date, end: date) -> list[TypeNight]:
    """Every room type on sale on the local nights [first, end), by room type in the property's order, then night.

    A night nobody has touched yet has the capacity of the units as they stand, nothing sold.
    Refuses `NotPermitted`, `NotFound` for a property out of reach, `BadInput` for 0 or more than `NIGHTS_MAX` nights.
    """
    return availability_in(db, [property_id], first, end)[property_id]


def availability_in(db: Db, property_ids: Sequence[UUID], first: date, end: date) -> dict[UUID, list[TypeNight]]:
    """The same of several properties at once, by their ids. Refuses as for one."""
    db.actor.require("property.view")
    if not all(db.actor.sees(id) for id in property_ids):
        raise NotFound(what="property")
    if not 0 < (end - first).days <= NIGHTS_MAX:
        raise BadInput("end", "Ask for 1 to {most} nights at a time.", most=NIGHTS_MAX)
    found: dict[UUID, list[TypeNight]] = {id: [] for id in property_ids}
    for id, *row in raw(db).execute(_AVAILABILITY, {"properties": list(property_ids), "first": first, "end": end}):
        found[id].append(TypeNight(*row))
    return found
