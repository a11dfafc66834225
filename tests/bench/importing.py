"""How long a hotel's history takes to go in: from the file's bytes to the last row committed, one process."""

from __future__ import annotations

import sys
from datetime import date
from time import perf_counter

from pms.imports.drive import run_to_end
from pms.imports.plan import Options
from pms.imports.run import Progress, begin_sample, load, receive, start
from pms.imports.sample import SEED
from pms.kernel.actor import Actor, job_actor
from pms.kernel.db import work
from tests.bench.figures import Figure
from tests.builders import a_property, an_organization
from tests.real_hotel import FOUND

TODAY = date(2026, 11, 23)


def measure() -> list[Figure]:
    """The real hotel where its file is found, and the made-up one everywhere."""
    actor = job_actor(an_organization(), "Bench")
    figures = []
    if FOUND:
        seconds, done = _real(actor)
        of = {"rows": float(done.rows_imported), "rows_per_second": done.rows_imported / seconds}
        figures.append(Figure("importing the real hotel", seconds, "s", 60, True, of))
    else:
        print("importing the real hotel: its file is not here (OCTASPACE_REAL_HOTEL)", file=sys.stderr)
    seconds, done = _made_up(actor)
    of = {"rows": float(done.rows_imported), "rows_per_second": done.rows_imported / seconds}
    return [*figures, Figure("importing the made-up hotel", seconds, "s", None, True, of)]


def _real(actor: Actor) -> tuple[float, Progress]:
    house, content = a_property(actor, "Resort"), FOUND[0].read_bytes()
    began = perf_counter()
    with work(actor) as db:
        row = receive(db, house, FOUND[0].name, content)
        plan = load(db, row.id)
        start(db, row.id, plan, by_worker=False)
    done = run_to_end(actor, row.id, plan)
    return perf_counter() - began, done


def _made_up(actor: Actor) -> tuple[float, Progress]:
    house = a_property(actor, "Made up")
    began = perf_counter()
    with work(actor) as db:
        row = begin_sample(db, house, SEED, Options(TODAY))
        plan = load(db, row.id)
        start(db, row.id, plan, by_worker=False)
    done = run_to_end(actor, row.id, plan)
    return perf_counter() - began, done
