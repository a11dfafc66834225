"""The only writer of cells: any number of them in one change, kept with who made it, and undone as one."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pms.kernel.db import Db, raw
from pms.kernel.money import MINOR_MAX
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound, NothingToUndo, Refusal
from pms.kernel.words import N_, translate
from pms.rates.channels import CODE_MOST, name_of
from pms.rates.models import FLAGS, RESTRICTIONS, RateChange

FIELDS = ("price", *RESTRICTIONS)
CELLS_MAX = 100_000
NAMED_MOST = 50
STAY_MOST, ADVANCE_MOST = 366, 800
PAIRS = {
    ("min_stay", "max_stay"): (
        N_("On {night} the shortest stay would be above the longest."),
        N_("On {night} the shortest stay at {channel} would be above the longest."),
    ),
    ("min_stay_arrival", "max_stay_arrival"): (
        N_("On {night} the shortest stay of arrivals would be above the longest."),
        N_("On {night} the shortest stay of arrivals at {channel} would be above the longest."),
    ),
    ("min_advance", "max_advance"): (
        N_("On {night} the days ahead would be more at least than at most."),
        N_("On {night} the days ahead at {channel} would be more at least than at most."),
    ),
}
"""A minimum and its maximum, and what is said where they cross: for all, or on one channel."""

Cell = tuple[UUID, UUID, date]
"""Plan, room type, local night."""
Spot = tuple[UUID, UUID, date, str]
"""A cell, and the channel its values are for; "" for every channel."""
Values = Mapping[str, Any]
"""Fields of a cell to set: minor units, nights, days, or yes and no; None clears."""


class CellsMovedMeanwhile(Refusal):
    """Somebody changed these cells since the caller saw them; nothing was written. `cells` are as `named` says."""

    sentence = "{by} changed {n} of these cells a moment ago. Nothing was changed: look at them again."
    status = 409


class FollowsItsParent(Refusal):
    """A derived plan takes its prices, and unless it has its own its restrictions too, from its parent."""

    sentence = "{plan} follows {parent}: change it there, or change its formula."
    status = 409


class MinAboveMax(Refusal):
    """A minimum above its maximum would close the night without saying so (R-23). `fields` are the two, where one edit did it,
    `channel` is given where they cross on one.
    """

    sentence = "On {night} the minimum would be above the maximum."

    def say(self, locale: str) -> str:
        """The sentence, naming the two, and the channel."""
        channel = self.data.get("channel", "")
        general, on_channel = PAIRS.get(self.data.get("fields", ()), (self.sentence, self.sentence))
        words = {**self.data, "channel": name_of(channel, locale)}
        return translate(on_channel if channel else general, locale, **words)


@dataclass(frozen=True)
class Edit:
    """What one cell shall be, for one `channel` or for all: only the fields named. `version` is the one the caller saw, 0 for a
    cell nobody had filled in (for that channel).
    """

    cell: Cell
    values: Values
    version: int | None = None
    channel: str = ""

    @property
    def spot(self) -> Spot:
        """Where it is written."""
        return (*self.cell, self.channel)


@dataclass(frozen=True)
class Changed:
    """A change that was made: its id for undo, how many cells differ now, and how many values that single channels have of their
    own in them stay, where what holds for all was set (`apart`).

    Of an undo also what it left alone: how many cells somebody changed since (`kept`), and the cells whose minimum would have
    gone above their maximum (`crossed`).
    """

    change_id: UUID | None
    cells: int
    kept: int = 0
    crossed: tuple[Cell, ...] = ()
    apart: int = 0


@dataclass(frozen=True)
class _Plan:
    name: str
    parent: str | None
    own_restrictions: bool


def change_cells(db: Db, property_id: UUID, edits: Sequence[Edit], how: str = "grid", reason: str = "") -> Changed:
    """Fill cells in, all or none, as one change.

    Refuses `NotPermitted`, `NotFound`, `BadInput`, `FollowsItsParent`, `MinAboveMax`, `CellsMovedMeanwhile`. Writers of one plan
    wait for each other: the plan's row is locked.
    """
    db.actor.require("rate.change", property_id)
    if len(edits) > CELLS_MAX:
        raise BadInput("cells", "Change at most {most} cells at a time.", most=CELLS_MAX)
    wanted = {edit.spot: edit for edit in edits}
    plans = _lock_plans(db, property_id, {spot[0] for spot in wanted})
    _refuse_foreign_types(db, property_id, {spot[1] for spot in wanted})
    for edit in wanted.values():
        if refusal := _bad(plans[edit.cell[0]], edit):
            raise refusal
    before = _read(db, wanted)
    _refuse_stale(db, wanted, before)
    return _write(db, property_id, {spot: edit.values for spot, edit in wanted.items()}, before, how, reason)


def try_cells(db: Db, property_id: UUID, edits: Sequence[Edit]) -> list[dict[str, tuple[Any, Any]] | Refusal]:
    """What `change_cells` would do to each of these cells of the property's own plans and types: the fields that would differ,
    as (before, after), or the refusal. Writes nothing, locks nothing. Refuses `NotPermitted`, `NotFound` whole.
    """
    db.actor.require("rate.change", property_id)
    plans = _plans(db, property_id, {edit.cell[0] for edit in edits})
    _refuse_foreign_types(db, property_id, {edit.cell[1] for edit in edits})
    spots: dict[Cell, dict[Spot, Values]] = {}
    for spot, values in _read(db, [edit.spot for edit in edits]).items():
        spots.setdefault(spot[:3], {})[spot] = values
    bad = {edit.spot: refusal for edit in edits if (refusal := _bad(plans[edit.cell[0]], edit))}
    wanted = {edit.spot: edit.values for edit in edits if edit.spot not in bad}
    return [bad.get(edit.spot) or _tried(edit, spots[edit.cell], wanted) for edit in edits]


def _tried(edit: Edit, before: Mapping[Spot, Values], wanted: Mapping[Spot, Values]) -> dict[str, tuple[Any, Any]] | Refusal:
    """`before` is all there is of the cell; what else is `wanted` of it, for other channels, is to hold beside the edit."""
    try:
        _refuse_crossed(before, {spot: wanted[spot] for spot in before if spot in wanted} | {edit.spot: edit.values})
    except Refusal as refusal:
        return refusal
    now = before[edit.spot]
    return {name: (now[name], value) for name, value in edit.values.items() if now[name] != value}


def undo_change(db: Db, change_id: UUID) -> Changed:
    """Give every cell back what the change took from it. What somebody changed again since stays (`kept`), as does what would
    now have its minimum above its maximum (`crossed`): one such cell shall not keep thousands from going back.

    Refuses `NotFound`, `NotPermitted`, `NothingToUndo`.
    """
    change, story = _told(db, change_id)
    _lock_plans(db, change.property_id, {cell[0] for cell in story}, even_archived=True)
    back = _way_back(db, change_id, story)
    made = _write(db, change.property_id, back.values, back.now, "undo", undoes=change_id)
    return Changed(made.change_id, made.cells, back.kept, back.crossed)


def would_undo(db: Db, change_id: UUID) -> Changed:
    """What `undo_change` would do now, and what it refuses. Writes nothing, locks nothing."""
    _, story = _told(db, change_id)
    back = _way_back(db, change_id, story)
    return Changed(None, len(back.values), back.kept, back.crossed)


_Story = dict[Spot, tuple[Values, Values]]
"""What a change touched in each of its cells, before and after it."""


@dataclass(frozen=True)
class _WayBack:
    """What an undo writes, over which values, and what it leaves alone."""

    values: Mapping[Spot, Values]
    now: Mapping[Spot, Values]
    kept: int
    crossed: tuple[Cell, ...]


def _told(db: Db, change_id: UUID) -> tuple[RateChange, _Story]:
    change = db.one(RateChange, change_id)
    if not db.actor.sees(change.property_id):
        raise NotFound(what="rate change")
    db.actor.require("rate.change", change.property_id)
    query = "select rate_plan_id, room_type_id, night, channel, before, after from rate_history where change_id = %s"
    return change, {row[:4]: row[4:] for row in raw(db).execute(query, (change_id,))}


def _way_back(db: Db, change_id: UUID, story: _Story) -> _WayBack:
    undone = raw(db).execute("select 1 from rate_change where undoes_id = %s", (change_id,)).fetchone()
    now = _read(db, story)
    back = {spot: old for spot, (old, new) in story.items() if all(now[spot].get(name) == new[name] for name in new)}
    if undone or not back:
        raise NothingToUndo()
    crossed = {spot[:3] for spot in _crossed(now, back)}
    fine = {spot: old for spot, old in back.items() if spot[:3] not in crossed}
    return _WayBack(fine, now, len(story) - len(back), tuple(sorted(crossed, key=lambda cell: cell[2])))


_PLANS = (
    "select p.id, p.name, q.name, p.own_restrictions from rate_plan p left join rate_plan q on q.id = p.parent_id"
    " where p.id = any(%s) and p.property_id = %s and (%s or p.archived_at is null)"
)


def hold_plans(db: Db, property_id: UUID) -> None:
    """Let nobody else change cells of the property until this work ends: for who must look before changing."""
    raw(db).execute("select 1 from rate_plan where property_id = %s order by id for no key update", (property_id,))


def _lock_plans(db: Db, property_id: UUID, ids: Iterable[UUID], even_archived: bool = False) -> dict[UUID, _Plan]:
    """Lock, then look: what a statement joins to the row it waited for is as old as the statement."""
    raw(db).execute("select 1 from rate_plan where id = any(%s) order by id for no key update", (sorted(set(ids)),))
    return _plans(db, property_id, ids, even_archived)


def _plans(db: Db, property_id: UUID, ids: Iterable[UUID], even_archived: bool = False) -> dict[UUID, _Plan]:
    wanted = sorted(set(ids))
    found = {row[0]: _Plan(*row[1:]) for row in raw(db).execute(_PLANS, (wanted, property_id, even_archived))}
    if len(found) < len(wanted):
        raise NotFound(what="rate plan", id=str(next(id for id in wanted if id not in found)))
    return found


def _refuse_foreign_types(db: Db, property_id: UUID, ids: set[UUID]) -> None:
    query = "select id from room_type where id = any(%s) and property_id = %s and archived_at is null"
    found = {row[0] for row in raw(db).execute(query, (sorted(ids), property_id))}
    if missing := sorted(ids - found):
        raise NotFound(what="room type", id=str(missing[0]))


def _bad(plan: _Plan, edit: Edit) -> Refusal | None:
    """Why an edit is none, whatever its cell has."""
    cell = named(edit.cell, edit.channel)
    if len(edit.channel) > CODE_MOST or "\x00" in edit.channel:
        return BadInput("channel", "This is no channel.", cell=cell)
    for name, value in edit.values.items():
        if name not in FIELDS:
            return BadInput(name, "There is no such field in a cell.", cell=cell)
        if plan.parent is not None and (name == "price" or (name not in FLAGS and not plan.own_restrictions)):
            return FollowsItsParent(plan=plan.name, parent=plan.parent, cell=cell)
        if value is not None and not fits(name, value):
            return BadInput(name, "This value does not fit here.", cell=cell)
    return None


def named(cell: Cell, channel: str = "") -> list[str]:
    """A cell as refusals name it: plan, room type, ISO night; and the channel, if it is about the values of one."""
    return [str(cell[0]), str(cell[1]), cell[2].isoformat(), *([channel] if channel else [])]


def fits(name: str, value: Any) -> bool:
    """Whether a field may hold it: minor units, yes or no, nights, days."""
    if name in FLAGS:
        return isinstance(value, bool)
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    if name == "price":
        return 0 <= value <= MINOR_MAX
    return 0 <= value <= ADVANCE_MOST if name.endswith("advance") else 1 <= value <= STAY_MOST


_READ = """
select w.plan, w.type, w.night, n.channel, n.version, {fields}
from unnest(%(plans)b::uuid[], %(types)b::uuid[], %(nights)b::date[]) as w(plan, type, night)
join rate_night n on n.rate_plan_id = w.plan and n.room_type_id = w.type and n.night = w.night
"""
_BLANK: Values = {"version": 0} | dict.fromkeys(FIELDS)


def _read(db: Db, spots: Iterable[Spot]) -> dict[Spot, Values]:
    """These cells as they are, `version` 0 where nobody has filled one in; and beside them what the other channels have there."""
    query = _READ.format(fields=", ".join(f"n.{name}" for name in FIELDS))
    rows = raw(db).execute(query, _keys(dict.fromkeys(spot[:3] for spot in spots)))
    found: dict[Spot, Values] = {row[:4]: {"version": row[4]} | dict(zip(FIELDS, row[5:], strict=True)) for row in rows}
    return dict.fromkeys(spots, _BLANK) | found


def _keys(cells: Collection[Cell | Spot]) -> dict[str, list[Any]]:
    names = ("plans", "types", "nights", "channels")
    columns = zip(*cells, strict=True) if cells else ([] for _ in names)
    return {name: list(column) for name, column in zip(names, columns, strict=False)}


def _refuse_stale(db: Db, wanted: Mapping[Spot, Edit], before: Mapping[Spot, Values]) -> None:
    stale = [spot for spot, edit in wanted.items() if edit.version is not None and edit.version != before[spot]["version"]]
    if not stale:
        return
    query = (
        "select c.made_by from rate_history h join rate_change c on c.id = h.change_id"
        " where h.rate_plan_id = %s and h.room_type_id = %s and h.night = %s and h.channel = %s order by c.made_at desc limit 1"
    )
    by = raw(db).execute(query, stale[0]).fetchone()
    cells = [named(spot[:3], spot[3]) for spot in stale[:NAMED_MOST]]
    raise CellsMovedMeanwhile(by=by[0] if by else "", n=len(stale), cells=cells)


_UPSERT = """
insert into rate_night (organization_id, rate_plan_id, room_type_id, night, channel, version, {names})
select %(organization)s, w.*
from unnest(%(plans)b::uuid[], %(types)b::uuid[], %(nights)b::date[], %(channels)b::text[], %(versions)b::int[], {arrays}) w
on conflict (rate_plan_id, room_type_id, night, channel) do update set version = excluded.version, {set}
"""
_HISTORY = """
insert into rate_history (organization_id, change_id, rate_plan_id, room_type_id, night, channel, before, after)
select %(organization)s, %(change)s, w.*
from unnest(%(plans)b::uuid[], %(types)b::uuid[], %(nights)b::date[], %(channels)b::text[],
  %(before)b::jsonb[], %(after)b::jsonb[]) w
"""


def _write(
    db: Db,
    property_id: UUID,
    wanted: Mapping[Spot, Values],
    before: Mapping[Spot, Values],
    how: str,
    reason: str = "",
    undoes: UUID | None = None,
) -> Changed:
    """Write what differs, with its history and one row of the journal for all of it."""
    fresh: dict[Spot, Values] = {}
    for spot, values in wanted.items():
        old = before[spot]
        if any(old[name] != value for name, value in values.items()):
            fresh[spot] = {**old, **values, "version": old["version"] + 1}
    if not fresh:
        return Changed(None, 0)
    _refuse_crossed(before, fresh)
    change = RateChange(
        organization_id=db.organization_id,
        property_id=property_id,
        made_by=db.actor.name,
        actor_id=db.actor.id,
        how=how,
        reason=reason,
        cells=len(fresh),
        undoes_id=undoes,
    )
    db.add(change)
    db.flush()
    _upsert(db, fresh)
    _keep_history(db, change.id, fresh, before)
    record(db, "rate.changed", "rate_change", change.id, property_id, after=_summary(fresh, how))
    return Changed(change.id, len(fresh), apart=_apart(wanted, fresh, before))


def _apart(wanted: Mapping[Spot, Values], fresh: Mapping[Spot, Values], before: Mapping[Spot, Values]) -> int:
    """How many values single channels keep beside those that were changed for all."""
    of_channels = ((spot, (*spot[:3], "")) for spot in before if spot[3])
    return sum(
        before[spot][name] is not None and name not in wanted.get(spot, ())
        for spot, general in of_channels
        if general in fresh
        for name in wanted[general]
    )


def _refuse_crossed(before: Mapping[Spot, Values], fresh: Mapping[Spot, Values]) -> None:
    """The `cell` is what is written, the `channel` where it crosses: a value for all may cross what one has of its own."""
    for spot, fields in _crossed(before, fresh).items():
        cell = named(spot[:3], spot[3] if spot in fresh else "")
        raise MinAboveMax(night=spot[2], cell=cell, fields=fields, **({"channel": spot[3]} if spot[3] else {}))


def _crossed(before: Mapping[Spot, Values], wanted: Mapping[Spot, Values]) -> dict[Spot, tuple[str, str]]:
    """Where a minimum would be above its maximum with what is wanted, for everybody or on some channel, and which."""
    after = {spot: {**values, **wanted.get(spot, {})} for spot, values in before.items()}
    found = {spot: _crossing(_holding(after, spot)) for spot in after}
    return {spot: pair for spot, pair in found.items() if pair}


def _holding(cells: Mapping[Spot, Values], spot: Spot) -> Values:
    """What holds there: a channel's own, else what holds for every channel."""
    general, own = cells.get((*spot[:3], "")), cells[spot]
    if not spot[3] or general is None:
        return own
    return {name: general[name] if own[name] is None else own[name] for name in FIELDS}


def _crossing(values: Values) -> tuple[str, str] | None:
    """The minimum and the maximum that cross, if any do."""
    both = (pair for pair in PAIRS if values[pair[0]] is not None and values[pair[1]] is not None)
    return next(((least, most) for least, most in both if values[least] > values[most]), None)


def _upsert(db: Db, fresh: Mapping[Spot, Values]) -> None:
    kinds = {name: "boolean" if name in FLAGS else "int" for name in FIELDS}
    statement = _UPSERT.format(
        names=", ".join(FIELDS),
        arrays=", ".join(f"%({name})b::{kind}[]" for name, kind in kinds.items()),
        set=", ".join(f"{name} = excluded.{name}" for name in FIELDS),
    )
    columns = {name: [values[name] for values in fresh.values()] for name in FIELDS}
    versions = [values["version"] for values in fresh.values()]
    keys = {"organization": db.organization_id, "versions": versions, **_keys(fresh)}
    raw(db).execute(statement, {**keys, **columns})


def _keep_history(db: Db, change_id: UUID, fresh: Mapping[Spot, Values], before: Mapping[Spot, Values]) -> None:
    touched = {spot: [name for name in FIELDS if before[spot][name] != values[name]] for spot, values in fresh.items()}
    pictures = {
        "before": [json.dumps({name: before[spot][name] for name in names}) for spot, names in touched.items()],
        "after": [json.dumps({name: fresh[spot][name] for name in names}) for spot, names in touched.items()],
    }
    raw(db).execute(_HISTORY, {"organization": db.organization_id, "change": change_id, **_keys(fresh), **pictures})


def _summary(fresh: Mapping[Spot, Values], how: str) -> dict[str, Any]:
    """What live screens need to know: which plans and room types, between which nights; and the channels ("" for all)."""
    plans, types, nights, channels = (set(column) for column in zip(*fresh, strict=True))
    return {
        "rate_plan_ids": sorted(map(str, plans)),
        "room_type_ids": sorted(map(str, types)),
        "channels": sorted(channels),
        "first": min(nights).isoformat(),
        "last": max(nights).isoformat(),
        "cells": len(fresh),
        "how": how,
    }
