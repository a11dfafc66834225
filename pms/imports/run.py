"""An import from the first byte to the last row: received, prepared, tried dry, started, advanced chunk by chunk, ended.

Every chunk is one transaction that also moves `rows_done`, so a killed run goes on where its last commit was. A booking
has a stable identity (its source and reference, or what its row says), so the same file never goes in twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, text
from sqlmodel import col, select

from pms.imports import house as houses
from pms.imports.models import Import, ImportFile, RejectedRow
from pms.imports.plan import OnRead, Options, Plan, plan_bookings, plan_file
from pms.imports.presets import CUSTOM, PRESETS, guess, guess_date_format, mapping_of, suggest
from pms.imports.read import MAX_BYTES, Table, TooLarge, fingerprint, read
from pms.imports.sample import sample_bookings
from pms.imports.write import Written, known, write
from pms.kernel.dates import now, today
from pms.kernel.db import Db
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound, Refusal
from pms.kernel.words import N_
from pms.properties.models import Property

CHUNK = 1_000
OUR_ERROR = N_("It stopped on an error of ours, which the log has. Try again; what is in stays in.")
SAMPLE = "sample"
"""The preset of generated bookings: no file, made again from the seed whenever they are needed."""


class ImportUnderWay(Refusal):
    """One file at a time goes into a property (`import_id` is the other one)."""

    sentence = "Another import into this property is under way. Wait for it, or cancel it."
    status = 409


class ImportNotWaiting(Refusal):
    sentence = "This import has been started already."
    status = 409


class ImportEnded(Refusal):
    sentence = "This import has ended already."
    status = 409


@dataclass(frozen=True)
class Progress:
    """How far an import is, in rows of the file; `nights_oversold` in room nights."""

    import_id: UUID
    property_id: UUID
    file_name: str
    preset: str
    state: str
    rows_total: int
    rows_done: int
    rows_imported: int
    rows_known: int
    rows_rejected: int
    rows_unassigned: int
    nights_oversold: int
    problem: str
    started_by: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed", "cancelled")


def progress_of(row: Import) -> Progress:
    """What people see of an import."""
    names = [name for name in Progress.__dataclass_fields__ if name != "import_id"]
    return Progress(row.id, **{name: getattr(row, name) for name in names})


def receive(db: Db, property_id: UUID, file_name: str, content: bytes) -> Import:
    """Take a file in and guess its format; nothing is imported yet.

    Refuses `NotPermitted`, `NotFound`, `TooLarge`, `NotACsv`.
    """
    db.actor.require("import.run", property_id)
    house = db.one(Property, property_id)
    if len(content) > MAX_BYTES:
        raise TooLarge(most=f"{MAX_BYTES // 2**20} MB")
    table = read(content)
    preset = guess(table.header)
    options = {
        **Options(today(house.timezone)).as_json(),
        "mapping": _first_guess(table) if preset == CUSTOM else {},
        "header": list(table.header),
    }
    row = _new(db, property_id, file_name[-200:], fingerprint(content), preset, options)
    db.add(row)
    db.flush()
    db.add(ImportFile(import_id=row.id, organization_id=db.organization_id, content=content))
    record(db, "import.received", "import", row.id, property_id, after={"file_name": row.file_name, "preset": preset})
    return row


def prepare(
    db: Db, import_id: UUID, preset: str, mapping: Mapping[str, Any] | None = None, options: Options | None = None
) -> Import:
    """Say how a waiting file is to be read. Refuses `ImportNotWaiting`, and what the format refuses."""
    row = _of(db, import_id, lock=True)
    if row.state != "waiting":
        raise ImportNotWaiting()
    if preset != CUSTOM and preset not in PRESETS:
        raise BadInput("preset", "Choose one of the formats.")
    checked = mapping_of(preset, read(file_of(db, import_id)).header, mapping)
    row.preset = preset
    changed = options.as_json() if options else {}
    row.options = {**row.options, **changed, "mapping": checked.as_json() if preset == CUSTOM else {}}
    db.add(row)
    return row


def begin_sample(db: Db, property_id: UUID, seed: int, on: Options) -> Import:
    """An import of generated bookings, waiting to be started. Refuses `NotPermitted`, `NotFound`."""
    db.actor.require("import.run", property_id)
    db.one(Property, property_id)
    row = _new(db, property_id, "sample", f"sample-{seed}", SAMPLE, {**on.as_json(), "seed": seed})
    db.add(row)
    db.flush()
    return row


def load(db: Db, import_id: UUID, on_read: OnRead | None = None) -> Plan:
    """Read the import's file whole, the same every time; `on_read` hears how far it is. Refuses what the file refuses."""
    row = _of(db, import_id)
    options = Options.of(row.options)
    if row.preset == SAMPLE:
        return plan_bookings(sample_bookings(int(row.options["seed"]), options.today))
    currency = db.one(Property, row.property_id).currency
    return plan_file(file_of(db, import_id), row.preset, row.options.get("mapping"), options, currency, on_read)


def file_of(db: Db, import_id: UUID) -> bytes:
    """The bytes of an import that has not ended. Refuses `ImportEnded`: then they are gone."""
    content = db.exec(select(ImportFile.content).where(ImportFile.import_id == import_id)).first()
    if content is None:
        raise ImportEnded()
    return content


def start(db: Db, import_id: UUID, plan: Plan, by_worker: bool = True) -> Progress:
    """Let a waiting import run: add missing room types and units, note the rejected rows.

    `by_worker` leaves the chunks to a background job; else the caller advances it. Refuses `ImportUnderWay`,
    `ImportNotWaiting`, `NotPermitted`.
    """
    row = _of(db, import_id, lock=True)
    if row.state != "waiting":
        raise ImportNotWaiting()
    _one_at_a_time(db, row.property_id)
    other = db.exec(select(Import.id).where(Import.property_id == row.property_id, Import.state == "running")).first()
    if other:
        raise ImportUnderWay(import_id=str(other))
    houses.build(db, row.property_id, plan.needs)
    _note_rejected(db, row, plan)
    row.state, row.rows_total = "running", plan.rows
    row.rows_done = row.rows_rejected = len(plan.rejected)
    row.options = {**row.options, "by": "worker" if by_worker else "command"}
    db.add(row)
    record(db, "import.started", "import", row.id, row.property_id, after=_counts(row))
    return progress_of(row)


def advance(db: Db, import_id: UUID, plan: Plan, rows: int = CHUNK) -> Progress:
    """Import the next chunk; nothing happens to an import that does not run (any more).

    Refuses `Busy` when the house is busy selling the same nights: try again.
    """
    row = _of(db, import_id, lock=True)
    if row.state != "running":
        return progress_of(row)
    bookings = plan.after(row.rows_done, rows)
    if bookings:
        _one_at_a_time(db, row.property_id)
        there = known(db, row.property_id, bookings)
        fresh = [booking for booking in bookings if (booking.source, booking.ref) not in there]
        written = write(db, houses.house(db, row.property_id), fresh) if fresh else Written()
        all_rows = sum(len(booking.rows) for booking in bookings)
        new_rows = sum(len(booking.rows) for booking in fresh)
        row.rows_done += all_rows
        row.rows_imported += new_rows
        row.rows_known += all_rows - new_rows
        row.rows_unassigned += written.unassigned
        row.nights_oversold += written.oversold
    if row.rows_done >= row.rows_total:
        _end(db, row, "done")
    db.add(row)
    event = "import.finished" if row.state == "done" else "import.advanced"
    record(db, event, "import", row.id, row.property_id, after=_counts(row))
    return progress_of(row)


def resume(db: Db, import_id: UUID) -> Progress:
    """Have a worker go on with an import that stands still. Refuses `ImportEnded`."""
    row = _of(db, import_id, lock=True)
    if row.state not in ("running", "failed"):
        raise ImportEnded()
    row.state, row.problem, row.finished_at = "running", "", None
    row.options = {**row.options, "by": "worker"}
    db.add(row)
    record(db, "import.resumed", "import", row.id, row.property_id, after=_counts(row))
    return progress_of(row)


def cancel(db: Db, import_id: UUID) -> Progress:
    """Stop after the chunk at hand; what is in stays in. Refuses `ImportEnded`."""
    row = _of(db, import_id, lock=True)
    if row.state in ("done", "cancelled"):
        raise ImportEnded()
    _end(db, row, "cancelled")
    db.add(row)
    record(db, "import.cancelled", "import", row.id, row.property_id, after=_counts(row))
    return progress_of(row)


def fail(db: Db, import_id: UUID, problem: str) -> Progress:
    """Note that an import cannot go on, and why; the file stays, so that it can be resumed."""
    row = _of(db, import_id, lock=True)
    row.state, row.problem, row.finished_at = "failed", problem[:500], now()
    db.add(row)
    record(db, "import.failed", "import", row.id, row.property_id, after={**_counts(row), "problem": row.problem})
    return progress_of(row)


def unfinished(db: Db, property_id: UUID, file_hash: str | None = None) -> Import | None:
    """The newest import into the property that runs or failed, of that file if one is named."""
    db.actor.require("import.run", property_id)
    query = select(Import).where(Import.property_id == property_id, col(Import.state).in_(("running", "failed")))
    if file_hash:
        query = query.where(Import.file_hash == file_hash)
    return db.exec(query.order_by(col(Import.created_at).desc())).first()


def _of(db: Db, import_id: UUID, lock: bool = False) -> Import:
    """The import, if the actor may run it. Refuses `NotFound` and `NotPermitted`."""
    row = db.one(Import, import_id, lock=lock)
    if not db.actor.sees(row.property_id):
        raise NotFound(what="import")
    db.actor.require("import.run", row.property_id)
    return row


def _new(db: Db, property_id: UUID, file_name: str, file_hash: str, preset: str, options: dict[str, Any]) -> Import:
    return Import(
        organization_id=db.organization_id,
        property_id=property_id,
        file_name=file_name,
        file_hash=file_hash,
        preset=preset,
        options=options,
        started_by=db.actor.name,
    )


def _first_guess(table: Table) -> dict[str, Any]:
    columns = suggest(table.header)
    place = table.header.index(columns["arrival"]) if "arrival" in columns else None
    samples = [
        cells[place] for _, (_, cells) in zip(range(20), table.rows(), strict=False) if place is not None and place < len(cells)
    ]
    return {"columns": columns, "date_format": guess_date_format(samples)}


def _one_at_a_time(db: Db, property_id: UUID) -> None:
    """Imports into one property take turns, so that two of them cannot both find a booking unknown."""
    db.execute(text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"import {property_id}"})


def _note_rejected(db: Db, row: Import, plan: Plan) -> None:
    values = [
        {
            "organization_id": row.organization_id,
            "import_id": row.id,
            "row": bad.row,
            "reason": bad.reason,
            "content": bad.content,
        }
        for bad in plan.rejected
    ]
    if values:
        db.execute(insert(RejectedRow), values)


def _end(db: Db, row: Import, state: str) -> None:
    row.state, row.finished_at = state, now()
    db.execute(delete(ImportFile).where(col(ImportFile.import_id) == row.id))


def _counts(row: Import) -> dict[str, Any]:
    return {
        "state": row.state,
        "rows_total": row.rows_total,
        "rows_done": row.rows_done,
        "rows_imported": row.rows_imported,
        "rows_known": row.rows_known,
        "rows_rejected": row.rows_rejected,
    }
