"""A change of rates as people make it: cells and allowances together, undone as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

from pms.inventory.allowance import Allowed, allow, is_allowance, nights_allowed, take_back, would_take_back
from pms.inventory.claim import TypeNight
from pms.kernel.db import Db, raw
from pms.kernel.refusals import NothingToUndo
from pms.rates import history
from pms.rates.cells import Changed, Edit, MinAboveMax, change_cells, named, undo_change
from pms.rates.cells import would_undo as would_undo_cells
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
    return replace(made, change_id=made.change_id or given.change_id, cells=made.cells + given.nights)


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
    cells, back = _parts(db, change_id, undo_change, take_back)
    listed = raw(db).execute("select property_id from rate_change where id = %s", (change_id,)).fetchone()
    if listed and back.change_id and not cells.change_id:
        _list(db, listed[0], back.change_id, "undo", undoes=change_id)
    return _something(cells, back)


def would_undo(db: Db, change_id: UUID) -> Changed:
    """What `undo` would do now, and what it refuses. Writes nothing, locks nothing."""
    return _something(*_parts(db, change_id, would_undo_cells, lambda db, id, _: would_take_back(db, id)))


def _parts(
    db: Db,
    change_id: UUID,
    of_cells: Callable[[Db, UUID], Changed],
    of_nights: Callable[[Db, UUID, UUID | None], Allowed],
) -> tuple[Changed, Allowed]:
    """What goes back of cells, and of allowances: where a change had both, one of them is enough."""
    if not is_allowance(db, change_id):
        return of_cells(db, change_id), Allowed(None, 0)
    cells, back = Changed(None, 0), Allowed(None, 0)
    if raw(db).execute("select 1 from rate_change where id = %s and cells > 0", (change_id,)).fetchone():
        with suppress(NothingToUndo):
            cells = of_cells(db, change_id)
    with suppress(NothingToUndo):
        back = of_nights(db, change_id, cells.change_id)
    return cells, back


def _something(cells: Changed, back: Allowed) -> Changed:
    done = Changed(cells.change_id or back.change_id, cells.cells + back.nights, cells.kept + back.kept, cells.crossed)
    if done.crossed and not done.cells:
        raise MinAboveMax(night=done.crossed[0][2], cell=named(done.crossed[0]))
    if not done.cells:
        raise NothingToUndo()
    return done
