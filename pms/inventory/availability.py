"""What can still be sold, per room type and night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from pms.kernel.db import Db, raw
from pms.kernel.refusals import BadInput, NotFound

NIGHTS_MAX = 400


class TypeNight(NamedTuple):
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


# Nights nobody has touched have no row and are made here: that PostgreSQL joins them to a calendar takes it longer than both.
_AVAILABILITY = """
with kind as materialized (
  select t.property_id, t.id, t.name, t.base_price, t.position,
         (select count(*)::int from unit where room_type_id = t.id and archived_at is null) as units
  from room_type t
  where t.property_id = any(%(properties)s) and t.archived_at is null
)
select k.property_id, k.id, k.name, k.base_price, k.units,
       i.night, i.capacity, i.sold, i.held, i.blocked, i.overbooking, i.oversold
from kind k
left join inventory_night i on i.room_type_id = k.id and i.night >= %(first)s and i.night < %(end)s
order by k.position, k.id
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
    rows = raw(db).execute(_AVAILABILITY, {"properties": list(property_ids), "first": first, "end": end})
    nights = [first + timedelta(days=n) for n in range((end - first).days)]
    found: dict[UUID, list[TypeNight]] = {id: [] for id in property_ids}
    for (house, id, name, base_price, units), touched in groupby(rows, key=lambda row: row[:5]):
        known, untouched = {row[5]: row[6:] for row in touched}, (units, 0, 0, 0, 0, 0)
        found[house] += [TypeNight._make((id, name, night, *known.get(night, untouched), base_price)) for night in nights]
    return found
