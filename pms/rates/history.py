"""Who changed which cell, when, from what to what; and the changes of a property as one undoes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pms.kernel.db import Db, raw
from pms.kernel.refusals import NotFound
from pms.properties.models import Property
from pms.rates.cells import Cell
from pms.rates.models import RateChange, RatePlan

PAGE_MAX = 200


@dataclass(frozen=True)
class Turn:
    """One change as one cell saw it, for one `channel` or for all: the fields it touched, before and after. Prices in minor
    units, None: not filled in.
    """

    change_id: UUID
    at: datetime
    by: str
    how: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]
    channel: str = ""


@dataclass(frozen=True)
class ChangeLine:
    """One change of a property: how many cells, between which nights, and which change took it back, if any.

    `overbooking_nights` is how many nights of room types it let be overbooked otherwise, perhaps that alone;
    `reservations.rate_changes` knows.
    """

    id: UUID
    at: datetime
    by: str
    how: str
    reason: str
    cells: int
    first: date
    last: date
    undoes: UUID | None
    undone_by: UUID | None
    overbooking_nights: int = 0


_TURNS = """
select c.id, c.made_at, c.made_by, c.how, c.reason, h.before, h.after, h.channel
from rate_history h join rate_change c on c.id = h.change_id
where h.rate_plan_id = %(plan)s and h.room_type_id = %(type)s and h.night = %(night)s
  and (%(channel)s::text is null or h.channel = %(channel)s)
  and (%(after)s::uuid is null or (c.made_at, c.id) < (select made_at, id from rate_change where id = %(after)s))
order by c.made_at desc, c.id desc, h.channel limit %(limit)s
"""
_CHANGES = """
select c.id, c.made_at, c.made_by, c.how, c.reason, c.cells,
  j.first, j.last, c.undoes_id, u.id
from rate_change c
left join rate_change u on u.undoes_id = c.id
cross join lateral (
  select min((after->>'first')::date) as first, max((after->>'last')::date) as last from journal
  where organization_id = c.organization_id and entity_id = c.id and after ? 'first'
) j
where c.property_id = %(property)s
  and (%(after)s::uuid is null or (c.made_at, c.id) < (select made_at, id from rate_change where id = %(after)s))
order by c.made_at desc, c.id desc limit %(limit)s
"""


def story_of(
    db: Db, property_id: UUID, cell: Cell, after: UUID | None = None, most: int = 50, channel: str | None = ""
) -> tuple[list[Turn], bool]:
    """What happened to a cell of the property, the newest first, and whether there is more; `after`: the page before ended there.
    Of its values for every channel, or for one; None: all of that, which has no pages.

    Refuses `NotFound`, `NotPermitted`.
    """
    plan = db.one(RatePlan, cell[0])
    _require(db, property_id, "property")
    if plan.property_id != property_id:
        raise NotFound(what="rate plan")
    values = {
        "plan": cell[0],
        "type": cell[1],
        "night": cell[2],
        "after": after,
        "channel": channel,
        "limit": min(most, PAGE_MAX) + 1,
    }
    rows = [Turn(*row) for row in raw(db).execute(_TURNS, values)]
    return rows[: min(most, PAGE_MAX)], len(rows) > min(most, PAGE_MAX)


def changes(db: Db, property_id: UUID, after: UUID | None = None, most: int = 50) -> tuple[list[ChangeLine], bool]:
    """The changes of a property's cells, the newest first, and whether there is more. Refuses `NotFound`, `NotPermitted`."""
    _require(db, property_id, "property")
    db.one(Property, property_id)
    values = {"property": property_id, "after": after, "limit": min(most, PAGE_MAX) + 1}
    rows = [ChangeLine(*row) for row in raw(db).execute(_CHANGES, values)]
    return rows[: min(most, PAGE_MAX)], len(rows) > min(most, PAGE_MAX)


def change(db: Db, change_id: UUID) -> RateChange:
    """One change. Refuses `NotFound`, `NotPermitted`."""
    row = db.one(RateChange, change_id)
    _require(db, row.property_id, "rate change")
    return row


def _require(db: Db, property_id: UUID, what: str) -> None:
    if not db.actor.sees(property_id):
        raise NotFound(what=what)
    db.actor.require("property.view", property_id)
