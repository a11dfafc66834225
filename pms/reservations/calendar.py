"""What a window of the calendar shows, in one statement per kind of thing, however many rows there are.

Days are local dates; a window is the days [first, end). A segment is a run of a stay's nights in one place: a stay that
changes rooms has several.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from pms.kernel.db import Db, raw
from pms.properties.models import Property
from pms.reservations.book import NIGHTS_MAX


@dataclass(frozen=True, slots=True)
class ChartUnit:
    """One row of the chart."""

    id: UUID
    name: str
    floor: str


@dataclass(frozen=True, slots=True)
class ChartType:
    """A room type with its units, in the order the house has given them. `base_price` in minor units a night."""

    id: UUID
    name: str
    unit_type: str
    adults: int
    children: int
    base_price: int
    units: tuple[ChartUnit, ...]


@dataclass(frozen=True, slots=True)
class ChartHouse:
    """A property as the chart needs it."""

    id: UUID
    name: str
    timezone: str
    currency: str
    types: tuple[ChartType, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """Nights [first, end) of a stay in one unit (None: unassigned). `before`/`after`: the stay goes on elsewhere."""

    stay_id: UUID
    room_type_id: UUID
    unit_id: UUID | None
    first: date
    end: date
    arrival: date
    departure: date
    status: str
    adults: int
    children: int
    version: int
    last_name: str
    first_name: str
    source: str
    code: str
    before: bool = False
    after: bool = False


@dataclass(frozen=True, slots=True)
class Closure:
    """A unit blocked for the nights [first, end)."""

    id: UUID
    unit_id: UUID
    first: date
    end: date
    kind: str
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class Counted:
    """One room type on one night. `free` is negative when oversold; `open` are the rooms that are not out of order."""

    room_type_id: UUID
    night: date
    open: int
    sold: int
    free: int


@dataclass(frozen=True, slots=True)
class Traffic:
    """How many stays begin and end on a day."""

    day: date
    arrivals: int
    departures: int


_HOUSE = """
select t.id, t.name, t.unit_type, t.adults, t.children, t.base_price, u.id, u.name, u.floor
from room_type t left join unit u on u.room_type_id = t.id and u.archived_at is null
where t.property_id = %s and t.archived_at is null
order by t.position, t.name, t.id, u.position, length(u.name), u.name
"""


def chart_house(db: Db, property_id: UUID) -> ChartHouse:
    """The property with its room types and units on sale. Refuses `NotFound`, `NotPermitted`."""
    db.actor.require("reservation.view", property_id)
    house = db.one(Property, property_id)
    types: dict[UUID, tuple[tuple[str, str, int, int, int], list[ChartUnit]]] = {}
    for row in raw(db).execute(_HOUSE, (property_id,)):
        _, units = types.setdefault(row[0], (row[1:6], []))
        if row[6]:
            units.append(ChartUnit(*row[6:]))
    found = tuple(ChartType(id, *facts, tuple(units)) for id, (facts, units) in types.items())
    return ChartHouse(house.id, house.name, house.timezone, house.currency, found)


# One look into an index per stay (lateral, offset 0): the planner, left alone, reads the whole history to find a few
# hundred stays.
_SEGMENTS = """
with runs as (
  select n.*, n.night - (row_number() over (partition by n.stay_id, n.room_type_id, n.unit_id order by n.night))::int as run
  from ({shown}) as shown cross join lateral (
    select stay_id, room_type_id, unit_id, night from stay_night where stay_id = shown.stay_id and live offset 0
  ) as n
),
lies as (
  select stay_id, room_type_id, unit_id, min(night) as first, max(night) + 1 as end from runs
  group by stay_id, room_type_id, unit_id, run
)
select s.id, l.room_type_id, l.unit_id, l.first, l.end, s.arrival, s.departure, s.status, s.adults, s.children, s.version,
       s.last_name, s.first_name, s.source, s.code
from lies l cross join lateral (
  select s.*, g.last_name, g.first_name, r.source, r.code
  from stay s join reservation r on r.id = s.reservation_id join guest g on g.id = r.guest_id where s.id = l.stay_id offset 0
) as s
order by s.id, l.first
"""
_IN_UNITS = """
select distinct stay_id from stay_night where live and unit_id = any(%(units)s) and night >= %(first)s - 1 and night < %(end)s
"""
_UNASSIGNED = """
select distinct stay_id from stay_night
where live and unit_id is null and property_id = %(property)s and night >= %(first)s - 1 and night < %(end)s
"""
_DAY_USE = """
select s.id, s.room_type_id, null::uuid, s.arrival, s.departure, s.arrival, s.departure, s.status, s.adults, s.children,
       s.version,
       g.last_name, g.first_name, r.source, r.code
from stay s join reservation r on r.id = s.reservation_id join guest g on g.id = r.guest_id
where s.property_id = %(property)s and s.arrival = s.departure and s.departure >= %(first)s and s.departure < %(end)s
  and s.status not in ('cancelled', 'no_show')
order by s.id
"""


def segments_in(db: Db, unit_ids: Collection[UUID], first: date, end: date) -> list[Segment]:
    """What lies in the units on the days; whole segments, also where they reach beyond the window."""
    found = raw(db).execute(_SEGMENTS.format(shown=_IN_UNITS), {"units": list(unit_ids), "first": first, "end": end})
    wanted = set(unit_ids)
    return [one for one in _linked(Segment(*row) for row in found) if one.unit_id in wanted]


def unassigned(db: Db, property_id: UUID, first: date, end: date) -> list[Segment]:
    """What waits for a unit on the days, day use included (it has no night and so no unit)."""
    keys = {"property": property_id, "first": first, "end": end}
    nights = _linked(Segment(*row) for row in raw(db).execute(_SEGMENTS.format(shown=_UNASSIGNED), keys))
    day_use = [Segment(*row) for row in raw(db).execute(_DAY_USE, keys)]
    return [one for one in nights if one.unit_id is None] + day_use


def _linked(segments: Iterable[Segment]) -> list[Segment]:
    """Mark where a stay goes on in another place. The segments come sorted by stay and first night."""
    linked: list[Segment] = []
    for segment in segments:
        last = linked[-1] if linked else None
        if last and last.stay_id == segment.stay_id and last.end == segment.first:
            linked[-1] = replace(last, after=True)
            segment = replace(segment, before=True)
        linked.append(segment)
    return linked


_CLOSURES = """
select id, unit_id, first_night, end_night, kind, reason, version from block
where unit_id = any(%(units)s) and lifted_at is null and first_night < %(end)s and end_night >= %(first)s
order by first_night, id
"""


def closures_in(db: Db, unit_ids: Collection[UUID], first: date, end: date) -> list[Closure]:
    """The blocks of the units on the days."""
    return [Closure(*row) for row in raw(db).execute(_CLOSURES, {"units": list(unit_ids), "first": first, "end": end})]


_COUNTED = """
select i.room_type_id, i.night, i.capacity - i.blocked, i.sold + i.held, i.capacity - i.blocked - i.sold - i.held
from inventory_night i join room_type t on t.id = i.room_type_id
where t.property_id = %(property)s and i.night >= %(first)s and i.night < %(end)s
"""


def counted(db: Db, property_id: UUID, first: date, end: date) -> list[Counted]:
    """The counters of the nights that anybody has touched; the others stand as the units do, none sold."""
    keys = {"property": property_id, "first": first, "end": end}
    return [Counted(*row) for row in raw(db).execute(_COUNTED, keys)]


_TRAFFIC = """
select day, sum(came)::int, sum(went)::int from (
  select arrival, departure, count(*) as stays from stay
  where property_id = %(property)s and departure >= %(first)s and departure < %(latest)s and arrival < %(end)s
    and status not in ('cancelled', 'no_show') group by arrival, departure
) as spans cross join lateral (values (arrival, stays, 0), (departure, 0, stays)) as moves(day, came, went)
where day >= %(first)s and day < %(end)s group by day
"""


def traffic(db: Db, property_id: UUID, first: date, end: date) -> list[Traffic]:
    """Arrivals and departures of each day that has any."""
    latest = end + timedelta(NIGHTS_MAX + 1)
    keys = {"property": property_id, "first": first, "end": end, "latest": latest}
    return [Traffic(*row) for row in raw(db).execute(_TRAFFIC, keys)]
