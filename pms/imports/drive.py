"""Drives imports from a door (command line, worker): the one place here that opens transactions, one per chunk."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from pms.imports.plan import Plan
from pms.imports.run import CHUNK, Progress, advance, fail, load
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.refusals import Busy, Refusal

PATIENCE = 20
"""How often a chunk is tried again while other writers hold its nights."""


def run_to_end(
    actor: Actor,
    import_id: UUID,
    plan: Plan | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    rows: int = CHUNK,
) -> Progress:
    """Advance an import, a transaction per chunk, until it has ended; safe to call again after a kill.

    A file that cannot be read is noted as the import's failure and refused to the caller.
    """
    if plan is None:
        plan = _load(actor, import_id)
    while True:
        progress = _chunk(actor, import_id, plan, rows)
        if on_progress:
            on_progress(progress)
        if progress.state != "running":
            return progress


def _load(actor: Actor, import_id: UUID) -> Plan:
    try:
        with work(actor) as db:
            return load(db, import_id)
    except Refusal as problem:
        with work(actor) as db:
            fail(db, import_id, str(problem))
        raise


def _chunk(actor: Actor, import_id: UUID, plan: Plan, rows: int) -> Progress:
    """One chunk, patiently: a house that is busy selling the same nights comes first."""
    for attempt in range(PATIENCE):
        try:
            with work(actor) as db:
                return advance(db, import_id, plan, rows)
        except Busy:
            if attempt == PATIENCE - 1:
                raise
            time.sleep(min(0.1 * 2**attempt, 2.0))
    raise AssertionError("the loop ends by return or raise")
