"""One day of the house as a list: who comes, who goes, who stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from pms.kernel.db import Db, raw


@dataclass(frozen=True, slots=True)
class DayLine:
    """A stay on a day. `unit` is where the guest sleeps that night, or slept the last; None: unassigned."""

    stay_id: UUID
    last_name: str
    first_name: str
    unit: str | None
    room_type: str
    arrival: date
    departure: date
    status: str
    adults: int
    children: int
    source: str
    notes: str
    code: str


_LINES = """
select s.id, g.last_name, g.first_name, u.name, t.name, s.arrival, s.departure, s.status, s.adults, s.children, r.source, r.notes,
       r.code
from stay s
join reservation r on r.id = s.reservation_id
join guest g on g.id = r.guest_id
left join lateral (
  select n.unit_id, n.room_type_id from stay_night n
  where n.stay_id = s.id and n.live and n.night <= %(day)s order by n.night desc limit 1
) as lies on true
left join unit u on u.id = lies.unit_id
join room_type t on t.id = coalesce(lies.room_type_id, s.room_type_id)
where s.property_id = %(property)s and s.departure >= %(day)s and s.arrival <= %(day)s
  and s.status not in ('cancelled', 'no_show')
order by length(u.name), u.name, g.last_name, s.id
"""


def day_lines(db: Db, property_id: UUID, day: date) -> list[DayLine]:
    """Everybody in the house on the day, by unit, those without one last; only codes for an actor who may not see guests.

    Refuses `NotPermitted`.
    """
    db.actor.require("reservation.view", property_id)
    lines = [DayLine(*row) for row in raw(db).execute(_LINES, {"property": property_id, "day": day})]
    if db.actor.may("guest.view", property_id):
        return lines
    return [replace(line, last_name="", first_name="", notes="") for line in lines]
