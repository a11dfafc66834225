"""The only writer of cells: any number of them in one change, kept with who made it, and undone as one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pms.kernel.db import Db, raw
from pms.kernel.money import MINOR_MAX
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound, NothingToUndo, Refusal
from pms.kernel.words import N_, translate
from pms.rates.models import FLAGS, RESTRICTIONS, RateChange

FIELDS = ("price", *RESTRICTIONS)
CELLS_MAX = 100_000
NAMED_MOST = 50
STAY_MOST, ADVANCE_MOST = 366, 800
PAIRS = {
    ("min_stay", "max_stay"): N_("On {night} the shortest stay would be above the longest."),
    ("min_stay_arrival", "max_stay_arrival"): N_("On {night} the shortest stay of arrivals would be above the longest."),
    ("min_advance", "max_advance"): N_("On {night} the days ahead would be more at least than at most."),
}
"""A minimum and its maximum, and what is said where they cross."""

Cell = tuple[UUID, UUID, date]
"""Plan, room type, local night."""
Values = Mapping[str, Any]
"""Fields of a cell to set: minor units, nights, days, or yes and no; None clears."""


class CellsMovedMeanwhile(Refusal):
    """Somebody changed these cells since the caller saw them; nothing was written. `cells` are [plan, room type, ISO night]."""

    sentence = "{by} changed {n} of these cells a moment ago. Nothing was changed: look at them again."
    status = 409


class FollowsItsParent(Refusal):
    """A derived plan takes its prices, and unless it has its own its restrictions too, from its parent."""

    sentence = "{plan} follows {parent}: change it there, or change its formula."
    status = 409


class MinAboveMax(Refusal):
    """A minimum above its maximum would close the night without saying so (R-23). `fields` are the two, where one edit did it."""

    sentence = "On {night} the minimum would be above the maximum."

    def say(self, locale: str) -> str:
        """The sentence, naming the two."""
        return translate(PAIRS.get(self.data.get("fields", ()), self.sentence), locale, **self.data)


@dataclass(frozen=True)
class Edit:
    """What one cell shall be: only the fields named. `version` is the one the caller saw, 0 for a cell nobody had filled in."""

    cell: Cell
    values: Values
    version: int | None = None


@dataclass(frozen=True)
class Changed:
    """A change that was made: its id for undo, and how many cells differ now.

    Of an undo also what it left alone: how many cells somebody changed since (`kept`), and the cells whose minimum would have
    gone above their maximum (`crossed`).
    """

    change_id: UUID | None
    cells: int
    kept: int = 0
    crossed: tuple[Cell, ...] = ()


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
    wanted = {edit.cell: edit for edit in edits}
    plans = _lock_plans(db, property_id, {cell[0] for cell in wanted})
    _refuse_foreign_types(db, property_id, {cell[1] for cell in wanted})
    for edit in wanted.values():
        _refuse_bad(plans[edit.cell[0]], edit)
    before = _read(db, list(wanted))
    _refuse_stale(db, wanted, before)
    return _write(db, property_id, {cell: edit.values for cell, edit in wanted.items()}, before, how, reason)


def try_cells(db: Db, property_id: UUID, edits: Sequence[Edit]) -> list[dict[str, tuple[Any, Any]] | Refusal]:
    """What `change_cells` would do to each of these cells of the property's own plans and types: the fields that would differ,
    as (before, after), or the refusal. Writes nothing, locks nothing. Refuses `NotPermitted`, `NotFound` whole.
    """
    db.actor.require("rate.change", property_id)
    plans = _plans(db, property_id, {edit.cell[0] for edit in edits})
    _refuse_foreign_types(db, property_id, {edit.cell[1] for edit in edits})
    before = _read(db, [edit.cell for edit in edits])
    return [_tried(plans[edit.cell[0]], edit, before[edit.cell]) for edit in edits]


def _tried(plan: _Plan, edit: Edit, before: Mapping[str, Any]) -> dict[str, tuple[Any, Any]] | Refusal:
    try:
        _refuse_bad(plan, edit)
        _refuse_crossed(edit.cell, {**before, **edit.values})
    except Refusal as refusal:
        return refusal
    return {name: (before[name], value) for name, value in edit.values.items() if before[name] != value}


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


_Story = dict[Cell, tuple[Values, Values]]
"""What a change touched in each of its cells, before and after it."""


@dataclass(frozen=True)
class _WayBack:
    """What an undo writes, over which values, and what it leaves alone."""

    values: dict[Cell, Values]
    now: dict[Cell, dict[str, Any]]
    kept: int
    crossed: tuple[Cell, ...]


def _told(db: Db, change_id: UUID) -> tuple[RateChange, _Story]:
    change = db.one(RateChange, change_id)
    if not db.actor.sees(change.property_id):
        raise NotFound(what="rate change")
    db.actor.require("rate.change", change.property_id)
    query = "select rate_plan_id, room_type_id, night, before, after from rate_history where change_id = %s"
    return change, {(row[0], row[1], row[2]): (row[3], row[4]) for row in raw(db).execute(query, (change_id,))}


def _way_back(db: Db, change_id: UUID, story: _Story) -> _WayBack:
    undone = raw(db).execute("select 1 from rate_change where undoes_id = %s", (change_id,)).fetchone()
    now = _read(db, list(story))
    back = {cell: old for cell, (old, new) in story.items() if all(now[cell].get(name) == new[name] for name in new)}
    if undone or not back:
        raise NothingToUndo()
    crossed = sorted((cell for cell, old in back.items() if _crossed({**now[cell], **old})), key=lambda cell: cell[2])
    stays = set(crossed)
    fine = {cell: old for cell, old in back.items() if cell not in stays}
    return _WayBack(fine, now, len(story) - len(back), tuple(crossed))


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


def _refuse_bad(plan: _Plan, edit: Edit) -> None:
    for name, value in edit.values.items():
        if name not in FIELDS:
            raise BadInput(name, "There is no such field in a cell.", cell=named(edit.cell))
        if plan.parent is not None and (name == "price" or (name not in FLAGS and not plan.own_restrictions)):
            raise FollowsItsParent(plan=plan.name, parent=plan.parent, cell=named(edit.cell))
        if value is not None and not fits(name, value):
            raise BadInput(name, "This value does not fit here.", cell=named(edit.cell))


def named(cell: Cell) -> list[str]:
    """A cell as refusals name it: plan, room type, ISO night."""
    return [str(cell[0]), str(cell[1]), cell[2].isoformat()]


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
select w.plan, w.type, w.night, n.version, {fields}
from unnest(%(plans)b::uuid[], %(types)b::uuid[], %(nights)b::date[]) as w(plan, type, night)
left join rate_night n on n.rate_plan_id = w.plan and n.room_type_id = w.type and n.night = w.night
"""


def _read(db: Db, cells: Sequence[Cell]) -> dict[Cell, dict[str, Any]]:
    """The cells as they are, `version` 0 where nobody has filled one in."""
    query = _READ.format(fields=", ".join(f"n.{name}" for name in FIELDS))
    rows = raw(db).execute(query, _keys(cells))
    return {(row[0], row[1], row[2]): {"version": row[3] or 0} | dict(zip(FIELDS, row[4:], strict=True)) for row in rows}


def _keys(cells: Iterable[Cell]) -> dict[str, list[Any]]:
    plans, types, nights = zip(*cells, strict=True) if cells else ((), (), ())
    return {"plans": list(plans), "types": list(types), "nights": list(nights)}


def _refuse_stale(db: Db, wanted: Mapping[Cell, Edit], before: Mapping[Cell, Mapping[str, Any]]) -> None:
    stale = [cell for cell, edit in wanted.items() if edit.version is not None and edit.version != before[cell]["version"]]
    if not stale:
        return
    query = (
        "select c.made_by from rate_history h join rate_change c on c.id = h.change_id"
        " where h.rate_plan_id = %s and h.room_type_id = %s and h.night = %s order by c.made_at desc limit 1"
    )
    by = raw(db).execute(query, stale[0]).fetchone()
    raise CellsMovedMeanwhile(by=by[0] if by else "", n=len(stale), cells=[named(cell) for cell in stale[:NAMED_MOST]])


_UPSERT = """
insert into rate_night (organization_id, rate_plan_id, room_type_id, night, version, {names})
select %(organization)s, w.*
from unnest(%(plans)b::uuid[], %(types)b::uuid[], %(nights)b::date[], %(versions)b::int[], {arrays}) w
on conflict (rate_plan_id, room_type_id, night) do update set version = excluded.version, {set}
"""
_HISTORY = """
insert into rate_history (organization_id, change_id, rate_plan_id, room_type_id, night, before, after)
select %(organization)s, %(change)s, w.*
from unnest(%(plans)b::uuid[], %(types)b::uuid[], %(nights)b::date[], %(before)b::jsonb[], %(after)b::jsonb[]) w
"""


def _write(
    db: Db,
    property_id: UUID,
    wanted: Mapping[Cell, Values],
    before: Mapping[Cell, Mapping[str, Any]],
    how: str,
    reason: str = "",
    undoes: UUID | None = None,
) -> Changed:
    """Write what differs, with its history and one row of the journal for all of it."""
    fresh: dict[Cell, dict[str, Any]] = {}
    for cell, values in wanted.items():
        differing = {name: value for name, value in values.items() if before[cell][name] != value}
        if differing:
            fresh[cell] = {**before[cell], **differing, "version": before[cell]["version"] + 1}
            _refuse_crossed(cell, fresh[cell])
    if not fresh:
        return Changed(None, 0)
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
    return Changed(change.id, len(fresh))


def _refuse_crossed(cell: Cell, values: Values) -> None:
    if fields := _crossed(values):
        raise MinAboveMax(night=cell[2], cell=named(cell), fields=fields)


def _crossed(values: Values) -> tuple[str, str] | None:
    """The minimum and the maximum that cross, if any do."""
    both = (pair for pair in PAIRS if values[pair[0]] is not None and values[pair[1]] is not None)
    return next(((least, most) for least, most in both if values[least] > values[most]), None)


def _upsert(db: Db, fresh: Mapping[Cell, Values]) -> None:
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


def _keep_history(db: Db, change_id: UUID, fresh: Mapping[Cell, Values], before: Mapping[Cell, Values]) -> None:
    touched = {cell: [name for name in FIELDS if before[cell][name] != values[name]] for cell, values in fresh.items()}
    pictures = {
        "before": [json.dumps({name: before[cell][name] for name in names}) for cell, names in touched.items()],
        "after": [json.dumps({name: fresh[cell][name] for name in names}) for cell, names in touched.items()],
    }
    raw(db).execute(_HISTORY, {"organization": db.organization_id, "change": change_id, **_keys(fresh), **pictures})


def _summary(fresh: Mapping[Cell, Values], how: str) -> dict[str, Any]:
    """What live screens need to know: which plans and room types, between which nights."""
    nights = [night for _, _, night in fresh]
    return {
        "rate_plan_ids": sorted({str(plan) for plan, _, _ in fresh}),
        "room_type_ids": sorted({str(kind) for _, kind, _ in fresh}),
        "first": min(nights).isoformat(),
        "last": max(nights).isoformat(),
        "cells": len(fresh),
        "how": how,
    }
