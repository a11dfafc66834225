"""Imports started on a screen go on here, chunk by chunk, also after a worker died in the middle."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from pms.imports.drive import run_to_end
from pms.imports.models import Import
from pms.imports.queries import progress
from pms.imports.run import OUR_ERROR, fail
from pms.kernel import logs
from pms.kernel.actor import RELAY, Actor, job_actor
from pms.kernel.db import work
from pms.kernel.refusals import Refusal
from pms.kernel.tables import Journal

_JOURNAL = Journal.__table__  # type: ignore[attr-defined]
log = logs.logger(__name__)
STILL = timedelta(minutes=1)
"""An import without a new chunk for so long has lost its worker."""
REMEMBERED = timedelta(days=2)
_BEGUN = ("import.started", "import.resumed")


def run(journal_id: int) -> str:
    """Drive the import that this journal row started or resumed; its state afterwards."""
    query = select(_JOURNAL.c.organization_id, _JOURNAL.c.actor_name, _JOURNAL.c.entity_id).where(_JOURNAL.c.id == journal_id)
    with work(RELAY) as db:
        row = db.execute(query).first()
    return _drive(job_actor(row.organization_id, row.actor_name), row.entity_id) if row else "unknown"


def pick_up() -> int:
    """Go on with imports whose worker is gone; how many there were."""
    since = datetime.now(UTC) - REMEMBERED
    query = (
        select(_JOURNAL.c.organization_id, _JOURNAL.c.entity_id, func.max(_JOURNAL.c.happened_at).label("last"))
        .where(_JOURNAL.c.entity == "import", _JOURNAL.c.happened_at > since)
        .group_by(_JOURNAL.c.organization_id, _JOURNAL.c.entity_id)
        .having(func.bool_or(_JOURNAL.c.event.in_(_BEGUN)), func.max(_JOURNAL.c.happened_at) < datetime.now(UTC) - STILL)
        .having(~func.bool_or(_JOURNAL.c.event.in_(("import.finished", "import.cancelled", "import.failed"))))
    )
    with work(RELAY) as db:
        stalled = db.execute(query).all()
    for organization_id, import_id, _ in stalled:
        log.warning("going on with an import that stood still", import_id=str(import_id))
        _drive(job_actor(organization_id, "Import"), import_id)
    return len(stalled)


def _drive(actor: Actor, import_id: UUID) -> str:
    """Imports driven from the command line are left to it; a file that cannot be read is the import's failure, noted there."""
    with work(actor) as db:
        row = db.get(Import, import_id)
        if row is None or row.state != "running" or row.options.get("by") != "worker":
            return row.state if row else "unknown"
    try:
        return run_to_end(actor, import_id).state
    except Refusal as problem:
        log.warning("an import cannot go on", import_id=str(import_id), problem=str(problem))
        with work(actor) as db:
            return progress(db, import_id).state
    except Exception:
        with work(actor) as db:
            fail(db, import_id, OUR_ERROR)
        raise
