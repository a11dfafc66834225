"""How many rooms of a type may be sold on a night beyond those there are: set ahead by whoever may oversell, undone as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from pms.inventory.claim import Counter, TypeNight, lock
from pms.kernel.db import Db, raw
from pms.kernel.ids import new_id
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound, NothingToUndo, Refusal
from pms.properties.on_sale import currency_of, types_on_sale

NIGHTS_MAX = 20_000
"""So many nights in one change, those of every room type counted."""


class AllowanceMoved(Refusal):
    """Somebody changed the allowance since the caller saw it; nothing was written."""

    sentence = "Somebody changed the overbooking of {night} a moment ago: it is {now} now."
    status = 409


class AllowanceTooLarge(Refusal):
    """More than twice the house is a slip of the finger."""

    sentence = "On {night} there are {most} rooms: no more than that can be sold beyond them."
    field = "overbooking"


@dataclass(frozen=True)
class Allowed:
    """A change that was made: its id for undo, how many nights differ, how many of those are oversold now, how many were kept."""

    change_id: UUID | None
    nights: int
    oversold: int = 0
    kept: int = 0


def allow(
    db: Db,
    property_id: UUID,
    wanted: Mapping[TypeNight, int],
    seen: Mapping[TypeNight, int] | None = None,
    change_id: UUID | None = None,
) -> Allowed:
    """Let so many rooms be sold beyond those there are, per (room type, local night), all or nothing.

    Less than is sold already is no refusal: such nights are oversold from then on, are shown so, and sell nothing until enough
    is given back. `seen` is what the caller saw, where that matters; `change_id` makes this part of a change of rates. Refuses
    `NotPermitted`, `NotFound`, `BadInput`, `AllowanceTooLarge`, `AllowanceMoved`.
    """
    _refuse_out_of_reach(db, property_id)
    if len(wanted) > NIGHTS_MAX:
        raise BadInput("nights", "Ask for 1 to {most} nights at a time.", most=NIGHTS_MAX)
    currency_of(db, property_id)  # refuses what is no property of ours
    types_on_sale(db, property_id, {room_type_id for room_type_id, _ in wanted})
    now = _locked(db, wanted)
    for key, before in (seen or {}).items():
        if key in now and now[key].overbooking != before:
            raise AllowanceMoved(night=key[1], now=now[key].overbooking)
    for (_, night), most in ((key, now[key].capacity) for key in sorted(wanted) if not 0 <= wanted[key] <= now[key].capacity):
        raise AllowanceTooLarge(night=night, most=most)
    return _write(db, property_id, wanted, now, change_id or new_id())


def take_back(db: Db, change_id: UUID, as_change: UUID | None = None) -> Allowed:
    """Give every night back what the change took from it, unless somebody changed that night again since: those stay (`kept`).

    Refuses `NotFound`, `NotPermitted`, `NothingToUndo`.
    """
    property_id, before, after = _story(db, change_id)
    _refuse_out_of_reach(db, property_id)
    now = _locked(db, after)
    back = _way_back(db, change_id, before, after, {key: counter.overbooking for key, counter in now.items()})
    record(db, "allowance.undone", "allowance", change_id, property_id)
    made = _write(db, property_id, back, now, as_change or new_id())
    return Allowed(made.change_id, made.nights, made.oversold, len(after) - len(back))


def would_take_back(db: Db, change_id: UUID) -> Allowed:
    """What `take_back` would do now, and what it refuses. Writes nothing, locks nothing."""
    property_id, before, after = _story(db, change_id)
    _refuse_out_of_reach(db, property_id)
    types, nights = zip(*after, strict=True)
    now = {(row[0], row[1]): row[2] for row in raw(db).execute(_NOW, (list(types), list(nights)))}
    back = _way_back(db, change_id, before, after, now)
    return Allowed(None, len(back), kept=len(after) - len(back))


_NOW = """
select i.room_type_id, i.night, i.overbooking from inventory_night i
join unnest(%s::uuid[], %s::date[]) as w(room_type_id, night) using (room_type_id, night)
"""


def _way_back(
    db: Db, change_id: UUID, before: Mapping[TypeNight, int], after: Mapping[TypeNight, int], now: Mapping[TypeNight, int]
) -> dict[TypeNight, int]:
    """The nights that nobody changed again since, and what they had. Refuses `NothingToUndo`."""
    back = {key: before[key] for key, value in after.items() if now.get(key) == value}
    undone = "select 1 from journal where organization_id = %s and entity_id = %s and event = 'allowance.undone'"
    if not back or raw(db).execute(undone, (db.organization_id, change_id)).fetchone():
        raise NothingToUndo()
    return back


def is_allowance(db: Db, change_id: UUID) -> bool:
    """Whether a change, perhaps among other things, set allowances."""
    return raw(db).execute(_STORY, (db.organization_id, change_id)).fetchone() is not None


def nights_allowed(db: Db, change_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Of changes that set allowances, perhaps among other things: on how many nights of room types."""
    found = {}
    rows = raw(db).execute(_SET, (db.organization_id, list(change_ids)))
    for id, after in (row[:2] for row in rows if db.actor.sees(row[2])):
        spans = [(date.fromisoformat(first), date.fromisoformat(last)) for _, first, last, _ in after["allowed"]]
        found[id] = sum((last - first).days + 1 for first, last in spans)
    return found


_SET = """
select entity_id, after, property_id from journal
where organization_id = %s and entity_id = any(%s) and event = 'allowance.changed'
"""


def _refuse_out_of_reach(db: Db, property_id: UUID) -> None:
    if not db.actor.sees(property_id):
        raise NotFound(what="property")
    db.actor.require("reservation.oversell", property_id)


def _locked(db: Db, keys: Iterable[TypeNight]) -> dict[TypeNight, Counter]:
    wanted = sorted(keys)
    return lock(db, {"types": [key[0] for key in wanted], "nights": [key[1] for key in wanted]})


_WRITE = """
update inventory_night i set overbooking = w.allowed,
  oversold = greatest(0, i.sold + i.held + i.blocked - i.capacity - w.allowed)
from unnest((select %(types)s::uuid[]), (select %(nights)s::date[]), (select %(allowed)s::int[]))
  as w(room_type_id, night, allowed)
where i.room_type_id = w.room_type_id and i.night = w.night
"""


def _write(
    db: Db, property_id: UUID, wanted: Mapping[TypeNight, int], now: Mapping[TypeNight, Counter], change_id: UUID
) -> Allowed:
    """Write what differs, under the locks of `now`, and tell the journal in one row."""
    fresh = sorted((key, value) for key, value in wanted.items() if now[key].overbooking != value)
    if not fresh:
        return Allowed(None, 0)
    keys: dict[str, Any] = {"types": [key[0] for key, _ in fresh], "nights": [key[1] for key, _ in fresh]}
    raw(db).execute(_WRITE, {**keys, "allowed": [value for _, value in fresh]})
    told = {"first": min(keys["nights"]).isoformat(), "last": max(keys["nights"]).isoformat()}
    before = {"allowed": _runs((key, now[key].overbooking) for key, _ in fresh)}
    record(
        db, "allowance.changed", "allowance", change_id, property_id, before=before, after={**told, "allowed": _runs(iter(fresh))}
    )
    oversold = sum(now[key].free + value - now[key].overbooking < 0 for key, value in fresh)
    return Allowed(change_id, len(fresh), oversold)


Run = tuple[str, str, str, int]
"""Room type, first and last night in ISO, allowance: what many nights have in common is written once."""


def _runs(values: Iterable[tuple[TypeNight, int]]) -> list[Run]:
    """Sorted nights with their allowances, as runs."""
    runs: list[Run] = []
    for (room_type_id, night), value in values:
        day, follows = night.isoformat(), (str(room_type_id), (night - timedelta(days=1)).isoformat(), value)
        if runs and (runs[-1][0], runs[-1][2], runs[-1][3]) == follows:
            runs[-1] = (*runs[-1][:2], day, value)
        else:
            runs.append((str(room_type_id), day, day, value))
    return runs


def _nights(runs: Iterable[Run]) -> dict[TypeNight, int]:
    """The nights of runs."""
    return {
        (UUID(room_type_id), date.fromisoformat(first) + timedelta(days=n)): value
        for room_type_id, first, last, value in runs
        for n in range((date.fromisoformat(last) - date.fromisoformat(first)).days + 1)
    }


_STORY = (
    "select property_id, before, after from journal where organization_id = %s and entity_id = %s and event = 'allowance.changed'"
)


def _story(db: Db, change_id: UUID) -> tuple[UUID, dict[TypeNight, int], dict[TypeNight, int]]:
    """The property of a change, and the allowances of its nights before and after it."""
    row = raw(db).execute(_STORY, (db.organization_id, change_id)).fetchone()
    if row is None:
        raise NotFound(what="change")
    return row[0], _nights(row[1]["allowed"]), _nights(row[2]["allowed"])
