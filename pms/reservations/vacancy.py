"""Which units are free on some nights: what a person chooses from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pms.kernel.db import Db, raw


@dataclass(frozen=True, slots=True)
class Vacancy:
    """One unit, and whether nothing but the stay asked about lies in it on the nights asked about."""

    unit_id: UUID
    unit: str
    room_type_id: UUID
    room_type: str
    free: bool


_VACANCIES = """
select u.id, u.name, t.id, t.name,
  not exists (
    select from stay_night n where n.unit_id = u.id and n.live and n.night >= %(first)s and n.night < %(end)s
      and n.stay_id is distinct from %(own)s
  ) and not exists (
    select from block b where b.unit_id = u.id and b.lifted_at is null and b.kind = 'out_of_order'
      and b.first_night < %(end)s and b.end_night > %(first)s
  )
from unit u join room_type t on t.id = u.room_type_id
where u.property_id = %(property)s and u.archived_at is null and t.archived_at is null
order by t.position, t.name, t.id, u.position, length(u.name), u.name
"""


def vacancies(db: Db, property_id: UUID, first: date, end: date, own: UUID | None = None) -> list[Vacancy]:
    """Every unit of the house in its order, for the nights [first, end). Refuses `NotPermitted`."""
    db.actor.require("reservation.view", property_id)
    keys = {"property": property_id, "first": first, "end": end, "own": own}
    return [Vacancy(*row) for row in raw(db).execute(_VACANCIES, keys)]
