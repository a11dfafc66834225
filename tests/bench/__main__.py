"""`make bench`: measure, print a table, write var/bench.json (name -> value, unit, goal, the numbers it is a ratio of)."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from pms.kernel import embedded_servers
from pms.kernel.migrate import migrate
from pms.settings import ROOT, settings
from tests.bench.figures import Figure

SUBJECTS = ("selling", "selling_http", "importing", "live", "calendar", "rates", "rates_fit", "rates_grid", "channels")


def main() -> None:
    """Measure all subjects or those named, on servers of their own, as durable as in production."""
    asked = argparse.ArgumentParser(prog="make bench", description=__doc__)
    asked.add_argument("subjects", nargs="*", default=SUBJECTS, help=f"some of {', '.join(SUBJECTS)} (default: all)")
    figures = []
    for subject in asked.parse_args().subjects:
        with servers():
            found = import_module(f"tests.bench.{subject}").measure()
        figures += found
        for figure in found:
            print(line(figure), flush=True)
    write(figures)


@contextmanager
def servers() -> Iterator[None]:
    """A fresh PostgreSQL (fsync on) and Redis, in the environment, for one subject."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="octaspace-bench-") as folder:
        root = Path(folder)
        with embedded_servers.postgres(root) as database, embedded_servers.redis(root) as redis:
            os.environ.update(DATABASE_URL=database.url, REDIS_URL=redis.url, OCTASPACE_VAR_DIR=folder)
            settings.cache_clear()
            migrate()
            try:
                yield
            finally:
                os.environ.clear()
                os.environ.update(before)
                settings.cache_clear()


def line(figure: Figure) -> str:
    """One figure as a line of the table."""
    goal = "" if figure.goal is None else f"goal {'<=' if figure.less else '>='} {figure.goal:g}"
    mark = {True: "ok", False: "MISSED", None: ""}[figure.met]
    of = ", ".join(f"{name} {value:,.2f}" for name, value in figure.of.items())
    return f"{figure.name:<60} {figure.value:>10,.2f} {figure.unit:<8} {goal:<16} {mark:<7} {of}"


def write(figures: list[Figure]) -> None:
    """Merge into var/bench.json, so that a run of one subject keeps the others' figures."""
    path = ROOT / "var" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    known = json.loads(path.read_text()) if path.exists() else {}
    known |= {figure.name: asdict(figure) | {"met": figure.met} for figure in figures}
    path.write_text(json.dumps(known, indent=2))


if __name__ == "__main__":
    main()
