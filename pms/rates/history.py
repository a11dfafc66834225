"""Who changed which cell, when, from what to what; and the changes of a property as one undoes them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pms.kernel.db import Db, raw
from pms.kernel.refusals import NotFound
from pms.properties.models import Property
from pms.rates.cells import Cell
from pms.rates.models import FLAGS, RateChange, RatePlan

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


@dataclass(frozen=True)
class Touched:
    """What a change did: of each field it touched the value all its cells had before, and have after it, None for not filled in
    and `VARIOUS` where they differ; the names of the plans and room types it touched; and the codes of the channels, "" for what
    holds for all of them.
    """

    fields: dict[str, tuple[Any, Any]]
    plans: tuple[str, ...]
    types: tuple[str, ...]
    channels: tuple[str, ...]


@dataclass(frozen=True)
class _Did:
    """What a change did, plans and room types by their ids."""

    fields: dict[str, tuple[Any, Any]]
    plans: tuple[UUID, ...]
    types: tuple[UUID, ...]
    channels: tuple[str, ...]


VARIOUS = "various"
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

_FIELDS = """
select h.change_id, f.name, count(*),
  count(h.before->>f.name), min(h.before->>f.name), max(h.before->>f.name),
  count(h.after->>f.name), min(h.after->>f.name), max(h.after->>f.name)
from rate_history h join rate_change c on c.id = h.change_id, lateral jsonb_object_keys(h.after) as f(name)
where h.change_id = any(%(changes)s) and c.property_id = %(property)s
group by 1, 2
"""
_PLACES = """
select h.change_id, array_agg(distinct h.rate_plan_id), array_agg(distinct h.room_type_id), array_agg(distinct h.channel)
from rate_history h join rate_change c on c.id = h.change_id
where h.change_id = any(%(changes)s) and c.property_id = %(property)s
group by 1
"""
_NAMES = """
select id, name from rate_plan where id = any(%(plans)s) union all select id, name from room_type where id = any(%(types)s)
"""
DONE_KEPT = 2_000
"""Of so many changes a process remembers what they did: a change never alters, and may have touched 100,000 cells."""
_kept: OrderedDict[tuple[UUID, UUID, UUID], _Did] = OrderedDict()
"""Of (organization, property, change); names are not kept, they may become others."""


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


def touched(db: Db, property_id: UUID, change_ids: Sequence[UUID]) -> dict[UUID, Touched]:
    """What changes of the property's cells did, however many; those of overbooking alone touched none and are not there.

    Refuses `NotFound`, `NotPermitted`.
    """
    _require(db, property_id, "property")
    db.one(Property, property_id)
    where = db.organization_id, property_id
    found = {id: did for id in change_ids if (did := _kept.get((*where, id)))}
    if unknown := [id for id in change_ids if id not in found]:
        read = _read(db, property_id, unknown)
        found |= read
        _kept.update({(*where, id): did for id, did in read.items()})
        while len(_kept) > DONE_KEPT:
            _kept.popitem(last=False)
    plans, types = ({id for did in found.values() for id in some(did)} for some in (lambda d: d.plans, lambda d: d.types))
    names = dict(raw(db).execute(_NAMES, {"plans": list(plans), "types": list(types)}).fetchall())

    def named(ids: Sequence[UUID]) -> tuple[str, ...]:
        return tuple(sorted({names[one] for one in ids}))

    return {id: Touched(did.fields, named(did.plans), named(did.types), did.channels) for id, did in found.items()}


def _read(db: Db, property_id: UUID, change_ids: Sequence[UUID]) -> dict[UUID, _Did]:
    """What changes did, from the cells they changed; nothing of those that changed none."""
    asked = {"changes": list(change_ids), "property": property_id}
    fields: dict[UUID, dict[str, tuple[Any, Any]]] = {}
    for id, name, cells, *both in raw(db).execute(_FIELDS, asked):
        before, after = (_in_all(name, cells, *some) for some in (both[:3], both[3:]))
        fields.setdefault(id, {})[name] = before, after
    return {id: _Did(fields[id], *map(tuple, places)) for id, *places in raw(db).execute(_PLACES, asked)}


def _in_all(name: str, cells: int, filled: int, least: str | None, most: str | None) -> Any:
    """The value of a field in all cells, as JSON wrote it; None where none has one."""
    if least is None or filled < cells or least != most:
        return None if least is None else VARIOUS
    return least == "true" if name in FLAGS else int(least)


def change(db: Db, change_id: UUID) -> RateChange:
    """One change. Refuses `NotFound`, `NotPermitted`."""
    row = db.one(RateChange, change_id)
    _require(db, row.property_id, "rate change")
    return row


def _require(db: Db, property_id: UUID, what: str) -> None:
    if not db.actor.sees(property_id):
        raise NotFound(what=what)
    db.actor.require("property.view", property_id)
