"""Taking a unit out of order (not for sale, R-13) or out of service (for sale, but look at it first).

The rows belong to inventory; the verbs stand here because a block and a stay must see each other.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from pms.inventory.claim import claim
from pms.inventory.models import Block
from pms.kernel.dates import nights, now
from pms.kernel.db import Db, raw
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound, Refusal
from pms.properties.models import Unit
from pms.reservations.book import refuse_odd_year
from pms.reservations.changes import refuse_stale
from pms.reservations.nights import Night, refuse_taken

BLOCK_NIGHTS_MAX = 3 * 366
KINDS = ("out_of_order", "out_of_service")


class BlockLifted(Refusal):
    sentence = "This block has been lifted already."
    status = 409


def place_block(
    db: Db, unit_id: UUID, first_night: date, end_night: date, kind: str, reason: str, oversell: bool = False
) -> Block:
    """Block a unit for the nights [first_night, end_night).

    Refuses `UnitTaken` while a stay or another out-of-order block has the unit, `SoldOut` when the type has no room to
    spare (with `oversell` the nights become oversold instead), `BadInput`, `NotFound`, `NotPermitted`.
    """
    unit = db.one(Unit, unit_id, lock="share")
    db.actor.require("block.manage", unit.property_id)
    if unit.archived_at:
        raise NotFound(what="unit")
    _refuse_bad(first_night, end_night, kind, reason)
    block = Block(
        organization_id=db.organization_id,
        property_id=unit.property_id,
        unit_id=unit.id,
        kind=kind,
        first_night=first_night,
        end_night=end_night,
        reason=reason.strip(),
        created_by=db.actor.name,
    )
    _take(db, unit, block, oversell)
    db.add(block)
    record(db, "block.placed", "block", block.id, block.property_id, after=_picture(block, unit))
    return block


def change_block(
    db: Db, block_id: UUID, version: int, first_night: date, end_night: date, kind: str, reason: str, oversell: bool = False
) -> Block:
    """Change a block's nights, kind or reason; what `place_block` refuses, and `BlockLifted`, `MovedMeanwhile`."""
    _refuse_bad(first_night, end_night, kind, reason)
    block, unit = _locked(db, block_id, version)
    before = _picture(block, unit)
    _give_back(db, unit, block)
    block.lifted_at = now()
    db.flush()
    block.first_night, block.end_night, block.kind, block.reason = first_night, end_night, kind, reason.strip()
    _take(db, unit, block, oversell)
    block.lifted_at, block.version = None, block.version + 1
    record(db, "block.changed", "block", block.id, block.property_id, before=before, after=_picture(block, unit))
    return block


def lift_block(db: Db, block_id: UUID, version: int) -> Block:
    """Give the unit back to the house. Refuses `BlockLifted`, `MovedMeanwhile`, `NotFound`, `NotPermitted`."""
    block, unit = _locked(db, block_id, version)
    _give_back(db, unit, block)
    block.lifted_at, block.version = now(), block.version + 1
    record(db, "block.lifted", "block", block.id, block.property_id, before=_picture(block, unit))
    return block


def out_of_order(db: Db, unit_id: UUID, night: date) -> str | None:
    """The reason why the unit is out of order on that night, or None."""
    query = (
        "select reason from block where unit_id = %s and kind = 'out_of_order' and lifted_at is null"
        " and first_night <= %s and %s < end_night"
    )
    found = raw(db).execute(query, (unit_id, night, night)).fetchone()
    return found[0] if found else None


def _locked(db: Db, block_id: UUID, version: int) -> tuple[Block, Unit]:
    block = db.one(Block, block_id, lock=True)
    db.actor.require("block.manage", block.property_id)
    refuse_stale(db, block, version)
    if block.lifted_at:
        raise BlockLifted()
    return block, db.one(Unit, block.unit_id)


def _refuse_bad(first_night: date, end_night: date, kind: str, reason: str) -> None:
    if kind not in KINDS:
        raise BadInput("kind", "A unit is blocked as out of order or out of service.")
    refuse_odd_year("first_night", first_night)
    if not 0 < (end_night - first_night).days <= BLOCK_NIGHTS_MAX:
        raise BadInput("end_night", "A block lasts 1 to {most} nights.", most=BLOCK_NIGHTS_MAX)
    if not 0 < len(reason.strip()) <= 200:
        raise BadInput("reason", "Say why, in 200 letters at most.")


def _take(db: Db, unit: Unit, block: Block, oversell: bool) -> None:
    """Claim the block's nights. Out of service takes none; the unit stays on sale."""
    if block.kind != "out_of_order":
        return
    days = nights(block.first_night, block.end_night)
    claim(db, Counter((unit.room_type_id, day) for day in days), "blocked", force=oversell)
    refuse_taken(db, [], [Night(day, unit.room_type_id, unit.id, 0) for day in days])


def _give_back(db: Db, unit: Unit, block: Block) -> None:
    if block.kind == "out_of_order":
        days = nights(block.first_night, block.end_night)
        claim(db, {(unit.room_type_id, day): -1 for day in days}, "blocked")


def _picture(block: Block, unit: Unit) -> dict[str, Any]:
    """The block as plain JSON, with `segments` like a stay's so that screens repaint alike."""
    first, end = block.first_night.isoformat(), block.end_night.isoformat()
    return {
        "kind": block.kind,
        "reason": block.reason,
        "segments": [[first, end, str(unit.room_type_id), str(unit.id)]],
        "version": block.version,
    }
