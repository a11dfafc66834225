"""A change of rates as people make it: cells and allowances together, undone as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

from pms.inventory.allowance import Allowed, allow, is_allowance, nights_allowed, take_back
from pms.inventory.claim import TypeNight
from pms.kernel.db import Db, raw
from pms.kernel.refusals import NothingToUndo
from pms.rates import history
from pms.rates.cells import Changed, Edit, MinAboveMax, change_cells, named, undo_change
from pms.rates.history import ChangeLine
from pms.rates.models import RateChange


def change_rates(
    db: Db,
    property_id: UUID,
    edits: Sequence[Edit],
    allowed: Mapping[TypeNight, int],
    how: str = "grid",
    reason: str = "",
    seen: Mapping[TypeNight, int] | None = None,
) -> Changed:
    """Fill cells in and set allowances, all or nothing; `seen` are the allowances as the caller saw them, where that matters.

    Refuses what `change_cells` and `allow` refuse.
    """
    made = change_cells(db, property_id, edits, how, reason) if edits else Changed(None, 0)
    if not allowed:
        return made
    given = allow_nights(db, property_id, allowed, seen, how, reason, made.change_id)
    return Changed(made.change_id or given.change_id, made.cells + given.nights)


def allow_nights(
    db: Db,
    property_id: UUID,
    allowed: Mapping[TypeNight, int],
    seen: Mapping[TypeNight, int] | None = None,
    how: str = "grid",
    reason: str = "",
    change_id: UUID | None = None,
) -> Allowed:
    """Set allowances, as part of a change of cells or as one of their own in the same list. Refuses what `allow` refuses."""
    given = allow(db, property_id, allowed, seen, change_id)
    if given.change_id and change_id is None:
        _list(db, property_id, given.change_id, how, reason)
    return given


def _list(db: Db, property_id: UUID, id: UUID, how: str, reason: str = "", undoes: UUID | None = None) -> None:
    """A change that touched no cell, among those that did."""
    by: dict[str, Any] = {"made_by": db.actor.name, "actor_id": db.actor.id, "how": how, "reason": reason}
    db.add(RateChange(id=id, organization_id=db.organization_id, property_id=property_id, cells=0, undoes_id=undoes, **by))


def changes(db: Db, property_id: UUID, after: UUID | None = None, most: int = 50) -> tuple[list[ChangeLine], bool]:
    """The changes of a property's cells and allowances, the newest first, and whether there is more.

    Refuses `NotFound`, `NotPermitted`.
    """
    lines, more = history.changes(db, property_id, after, most)
    allowed = nights_allowed(db, [line.id for line in lines])
    return [replace(line, overbooking_nights=allowed.get(line.id, 0)) for line in lines], more


def undo(db: Db, change_id: UUID) -> Changed:
    """Take a change back, of cells, of allowances or of both; what was changed again since stays (`kept`), as do cells whose
    minimum would be above their maximum now (`crossed`).

    Refuses `NotFound`, `NotPermitted`, `NothingToUndo`, and `MinAboveMax` when that is all there is.
    """
    if not is_allowance(db, change_id):
        return _something(undo_change(db, change_id))
    query = "select property_id, cells from rate_change where id = %s"
    listed = raw(db).execute(query, (change_id,)).fetchone()
    cells, back = Changed(None, 0), Allowed(None, 0)
    if listed and listed[1]:
        with suppress(NothingToUndo):
            cells = undo_change(db, change_id)
    with suppress(NothingToUndo):
        back = take_back(db, change_id, cells.change_id)
    if listed and back.change_id and not cells.change_id:
        _list(db, listed[0], back.change_id, "undo", undoes=change_id)
    made = cells.change_id or back.change_id
    return _something(Changed(made, cells.cells + back.nights, cells.kept + back.kept, cells.crossed))


def _something(done: Changed) -> Changed:
    if done.crossed and not done.cells:
        raise MinAboveMax(night=done.crossed[0][2], cell=named(done.crossed[0]))
    if not done.cells:
        raise NothingToUndo()
    return done
