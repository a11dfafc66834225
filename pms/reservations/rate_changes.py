"""A change of rates as people make it: cells and allowances together, undone as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from uuid import UUID

from pms.inventory.allowance import Allowed, allow, is_allowance, nights_allowed, take_back
from pms.inventory.claim import TypeNight
from pms.kernel.db import Db, raw
from pms.kernel.refusals import NothingToUndo
from pms.rates import history
from pms.rates.cells import Changed, Edit, change_cells, undo_change
from pms.rates.history import ChangeLine


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
    given = allow(db, property_id, allowed, seen, made.change_id)
    return Changed(made.change_id or given.change_id, made.cells + given.nights)


def changes(db: Db, property_id: UUID, after: UUID | None = None, most: int = 50) -> tuple[list[ChangeLine], bool]:
    """The changes of a property's cells, the newest first, each with the allowances it set, and whether there is more.

    Refuses `NotFound`, `NotPermitted`.
    """
    lines, more = history.changes(db, property_id, after, most)
    allowed = nights_allowed(db, [line.id for line in lines])
    return [_with_allowances(line, *allowed[line.id]) if line.id in allowed else line for line in lines], more


def _with_allowances(line: ChangeLine, nights: int, first: date, last: date) -> ChangeLine:
    return replace(line, overbooking_nights=nights, first=min(line.first, first), last=max(line.last, last))


def undo(db: Db, change_id: UUID) -> Changed:
    """Take a change back, of cells, of allowances or of both; what was changed again since stays (`kept`).

    Refuses `NotFound`, `NotPermitted`, `NothingToUndo`.
    """
    if not is_allowance(db, change_id):
        return undo_change(db, change_id)
    cells, back = Changed(None, 0), Allowed(None, 0)
    if raw(db).execute("select 1 from rate_change where id = %s", (change_id,)).fetchone():
        with suppress(NothingToUndo):
            cells = undo_change(db, change_id)
    with suppress(NothingToUndo):
        back = take_back(db, change_id, cells.change_id)
    if not (cells.cells or back.nights):
        raise NothingToUndo()
    return Changed(cells.change_id or back.change_id, cells.cells + back.nights, cells.kept + back.kept)
