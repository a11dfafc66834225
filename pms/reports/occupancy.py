"""Occupancy and revenue per night, straight from the nights themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from pms.kernel.db import Db, raw
from pms.kernel.refusals import BadInput
from pms.properties.models import Property

NIGHTS_MAX = 5 * 366


@dataclass(frozen=True)
class Night:
    """One local night of a property. Money in minor units of the property's currency, averages rounded half up.

    `sold` counts live stay nights, whether or not a unit is assigned; `revenue` is their price. `blocked` units are out of
    order and not for sale; `capacity` counts them all the same.
    """

    night: date
    capacity: int
    blocked: int
    sold: int
    revenue: int

    @property
    def for_sale(self) -> int:
        """Units that could be sold at all."""
        return max(self.capacity - self.blocked, 0)

    @property
    def occupancy(self) -> float:
        """Share of the units for sale that are sold, 0 when there are none; above 1 when oversold."""
        return self.sold / self.for_sale if self.for_sale else 0.0

    @property
    def adr(self) -> int:
        """Average daily rate: revenue per room sold."""
        return _average(self.revenue, self.sold)

    @property
    def revpar(self) -> int:
        """Revenue per available room: per unit that could be sold."""
        return _average(self.revenue, self.for_sale)


def _average(total: int, count: int) -> int:
    return (2 * total + count) // (2 * count) if count else 0


_NIGHTS = """
with days as (select d::date as night from generate_series(%(first)s::date, %(end)s::date - 1, interval '1 day') d),
kinds as (
  select t.id, count(u.id) filter (where u.archived_at is null) as units
  from room_type t left join unit u on u.room_type_id = t.id
  where t.property_id = %(property)s group by t.id
),
counters as (
  select d.night, sum(coalesce(i.capacity, k.units)) as capacity, sum(coalesce(i.blocked, 0)) as blocked
  from days d cross join kinds k left join inventory_night i on i.room_type_id = k.id and i.night = d.night
  group by d.night
),
sales as (
  select night, count(*) as sold, sum(price) as revenue from stay_night
  where property_id = %(property)s and night >= %(first)s and night < %(end)s and live
  group by night
)
select d.night, coalesce(c.capacity, 0)::int, coalesce(c.blocked, 0)::int,
       coalesce(s.sold, 0)::int, coalesce(s.revenue, 0)::bigint
from days d left join counters c using (night) left join sales s using (night)
order by d.night
"""


def occupancy(db: Db, property_id: UUID, first: date, end: date) -> list[Night]:
    """Every local night of [first, end), sold or not.

    Refuses `NotPermitted`, `NotFound`, and `BadInput` for a range that is empty or longer than five years.
    """
    db.actor.require("report.view", property_id)
    db.one(Property, property_id)
    if not timedelta(0) < end - first <= timedelta(days=NIGHTS_MAX):
        raise BadInput("end", "Choose 1 to {most} nights.", most=NIGHTS_MAX)
    rows = raw(db).execute(_NIGHTS, {"property": property_id, "first": first, "end": end})
    return [Night(*row) for row in rows]


@dataclass(frozen=True)
class Month:
    """A month's nights summed up; `month` is its first day."""

    month: date
    room_nights_for_sale: int
    sold: int
    revenue: int


def by_month(nights: list[Night]) -> list[Month]:
    """Sum nights up by calendar month, in their order."""
    months: dict[date, list[Night]] = {}
    for night in nights:
        months.setdefault(night.night.replace(day=1), []).append(night)
    return [
        Month(month, sum(n.for_sale for n in own), sum(n.sold for n in own), sum(n.revenue for n in own))
        for month, own in months.items()
    ]
