"""The order people drag things into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from pms.kernel.refusals import NotFound


class Placed(Protocol):
    id: UUID
    position: int


def put_in_order(rows: Sequence[Placed], ids: Sequence[UUID], what: str) -> None:
    """Number `rows` (in their present order) anew: those in `ids` first, the others, added meanwhile, after them.

    Refuses `NotFound` for an id that is not among the rows.
    """
    known = {row.id: row for row in rows}
    if not known.keys() >= set(ids):
        raise NotFound(what=what)
    wanted = list(dict.fromkeys(ids))
    for position, id in enumerate(wanted + [row.id for row in rows if row.id not in set(wanted)]):
        known[id].position = position
