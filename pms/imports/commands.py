"""What `import-bookings` does, apart from printing: find the property, get the file ready, try it dry, drive it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlmodel import col, select

from pms.accounts.models import Organization
from pms.imports.drive import run_to_end
from pms.imports.models import Import
from pms.imports.plan import Options, Plan
from pms.imports.presets import CUSTOM
from pms.imports.queries import Report, dry_run
from pms.imports.read import fingerprint
from pms.imports.run import Progress, load, prepare, receive, resume, start, unfinished
from pms.kernel.actor import DOOR, Actor, job_actor
from pms.kernel.dates import today
from pms.kernel.db import Db, work
from pms.kernel.refusals import BadInput, Refusal
from pms.properties.models import Property

OnProgress = Callable[[Progress], None]


class NoProperty(Refusal):
    """No single property fits what was asked for."""

    sentence = "{problem}"
    status = 404


@dataclass(frozen=True)
class Wish:
    """What the command line asks for; `preset` None lets the file's columns decide."""

    path: Path
    preset: str | None = None
    shift_to_today: bool = False
    invent_names: bool = False


def find_house(wanted: str | None) -> tuple[Actor, UUID]:
    """The property of that name or id (the only one, if none is named), and an actor who may import into it.

    The command line's user owns the machine, so every organization is looked into. Refuses `NoProperty`.
    """
    with work(DOOR) as db:
        organizations = db.exec(select(Organization.id)).all()
    found: list[tuple[Actor, UUID, str]] = []
    for organization_id in organizations:
        actor = job_actor(organization_id, "Command line")
        with work(actor) as db:
            rows = db.exec(select(Property).where(col(Property.archived_at).is_(None))).all()
        found += [(actor, row.id, row.name) for row in rows]
    fits = [one for one in found if wanted is None or wanted.casefold() in (one[2].casefold(), str(one[1]))]
    if len(fits) == 1:
        return fits[0][0], fits[0][1]
    raise NoProperty(problem=_which([name for _, _, name in found], wanted))


def _which(names: Sequence[str], wanted: str | None) -> str:
    if not names:
        return "There is no property yet. Make one in the browser, with `python -m pms setup`, or with `make sample`."
    listed = ", ".join(sorted(names))
    if wanted is None:
        return f"Say which property: --property with one of {listed}."
    return f"There is no single property named {wanted}; there are {listed}. An id works too."


def try_dry(actor: Actor, property_id: UUID, wish: Wish) -> tuple[Report, Plan]:
    """What importing the file would do; everything is rolled back. Refuses what the file refuses."""
    try:
        with work(actor) as db:
            plan = load(db, _waiting(db, property_id, wish, _bytes(wish.path)).id)
            raise _OnlyTried(dry_run(db, property_id, plan), plan)
    except _OnlyTried as tried:
        return tried.report, tried.plan


class _OnlyTried(Exception):
    """Carries the answer out of a transaction that must not commit."""

    def __init__(self, report: Report, plan: Plan) -> None:
        self.report, self.plan = report, plan


def import_file(actor: Actor, property_id: UUID, wish: Wish, on_progress: OnProgress | None = None) -> tuple[Progress, Plan]:
    """Import the file to its end; an unfinished import of the same file is gone on with instead.

    Refuses what the file and `start` refuse.
    """
    content = _bytes(wish.path)
    with work(actor) as db:
        begun = unfinished(db, property_id, fingerprint(content))
        if begun is None:
            begun = _waiting(db, property_id, wish, content)
            plan = load(db, begun.id)
            start(db, begun.id, plan, by_worker=False)
        else:
            plan = _again(db, begun)
    return run_to_end(actor, begun.id, plan, on_progress), plan


def go_on(actor: Actor, property_id: UUID, on_progress: OnProgress | None = None) -> tuple[Progress, Plan]:
    """Go on with the newest import into the property that was interrupted. Refuses `NoProperty` when there is none."""
    with work(actor) as db:
        begun = unfinished(db, property_id)
        if begun is None:
            raise NoProperty(problem="No import into this property was interrupted.")
        plan = _again(db, begun)
    return run_to_end(actor, begun.id, plan, on_progress), plan


def _again(db: Db, begun: Import) -> Plan:
    if begun.state == "failed":
        resume(db, begun.id)
    return load(db, begun.id)


def _waiting(db: Db, property_id: UUID, wish: Wish, content: bytes) -> Import:
    row = receive(db, property_id, wish.path.name, content)
    preset = wish.preset or row.preset
    options = Options(today(db.one(Property, property_id).timezone), wish.shift_to_today, wish.invent_names)
    return prepare(db, row.id, preset, row.options["mapping"] if preset == CUSTOM else None, options)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise BadInput("file", "{path} cannot be read: {why}.", path=str(path), why=problem.strerror) from None
