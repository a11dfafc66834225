"""Imports left to a worker: driven to the end by the event that started them, and picked up when a worker died."""

from __future__ import annotations

from uuid import UUID

import psycopg

from pms import reactions
from pms.imports import run
from pms.imports.queries import progress
from pms.kernel.actor import Actor
from pms.kernel.db import raw, work
from pms.kernel.outbox import history
from tests.builders import a_cast, a_property
from tests.domains.imports.test_import import busy_weeks
from workers import imports


def started(actor: Actor) -> tuple[UUID, int]:
    """An import left to a worker, and the journal row that tells it so."""
    house = a_property(actor)
    with work(actor) as db:
        row = run.receive(db, house, "x.csv", busy_weeks(30))
        run.start(db, row.id, run.load(db, row.id))
        event = history(db, row.id)[0]
    assert event.event == "import.started"
    assert event.id is not None
    return row.id, event.id


def test_the_event_names_the_job_and_the_job_does_the_import_once(olga: Actor) -> None:
    import_id, journal_id = started(olga)
    assert [job.function for job in reactions.jobs("import.started")] == ["workers.imports.run"]
    assert imports.run(journal_id) == "done"
    assert imports.run(journal_id) == "done"
    with work(olga) as db:
        assert progress(db, import_id).rows_imported == 30
    assert imports.run(2**60) == "unknown"


def test_an_import_on_the_command_line_is_left_to_it(olga: Actor) -> None:
    house = a_property(olga)
    with work(olga) as db:
        row = run.receive(db, house, "x.csv", busy_weeks(30))
        run.start(db, row.id, run.load(db, row.id), by_worker=False)
        event = history(db, row.id)[0]
    assert event.id is not None
    assert imports.run(event.id) == "running"


def test_an_import_whose_worker_died_is_picked_up_after_a_minute(empty_database: str) -> None:
    olga = a_cast().olga
    import_id, _ = started(olga)
    with work(olga) as db:
        run.advance(db, import_id, run.load(db, import_id), rows=10)
    assert imports.pick_up() == 0
    _age_the_journal(empty_database)
    assert imports.pick_up() == 1
    with work(olga) as db:
        assert progress(db, import_id).state == "done"
    assert imports.pick_up() == 0


def test_a_file_that_cannot_be_read_any_more_is_the_imports_failure_and_can_be_resumed(olga: Actor) -> None:
    import_id, journal_id = started(olga)
    with work(olga) as db:
        raw(db).execute(
            """update import set options = options || '{"today": "2026-11-23"}', preset = 'resort_hotel' where id = %s""",
            (import_id,),
        )
    assert imports.run(journal_id) == "failed"
    with work(olga) as db:
        assert "no column" in progress(db, import_id).problem
        raw(db).execute("update import set preset = 'octaspace_csv' where id = %s", (import_id,))
        run.resume(db, import_id)
        again = history(db, import_id)[0]
    assert again.id is not None
    assert imports.run(again.id) == "done"


def _age_the_journal(url: str) -> None:
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as owner:
        owner.execute("alter table journal no force row level security")
        owner.execute("update journal set happened_at = happened_at - interval '5 minutes'")
        owner.execute("alter table journal force row level security")
