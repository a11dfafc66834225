"""What the screen and the command line show of imports."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select

from pms.imports.house import missing
from pms.imports.models import Import, RejectedRow
from pms.imports.plan import Plan, TypeNeed
from pms.imports.read import Table, read
from pms.imports.rows import REASONS
from pms.imports.run import Progress, file_of, progress_of
from pms.imports.write import known
from pms.kernel.db import Db
from pms.kernel.refusals import NotFound
from pms.kernel.words import translate
from pms.properties.models import Property

PREVIEW_ROWS = 8
REJECTED_SHOWN = 200


@dataclass(frozen=True)
class Report:
    """What an import would do. Rows count the file's rows; `first`..`last` are its first arrival and last departure.

    `reasons` counts rejected rows by reason, `statuses` stays by status. `new_types` are room types that would be added.
    `weeks` is how far dates would be moved. `unclear` are prices that could mean something else, and how they are read.
    """

    rows_total: int
    rows_new: int
    rows_known: int
    rows_rejected: int
    stays: int
    room_nights: int
    revenue_minor: int
    currency: str
    first: date | None
    last: date | None
    weeks: int
    reasons: dict[str, int]
    statuses: dict[str, int]
    needs: Sequence[TypeNeed]
    new_types: Sequence[TypeNeed]
    unclear: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True)
class Preview:
    """The head of a file as people see it in a spreadsheet."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    delimiter: str
    encoding: str


@dataclass(frozen=True)
class Refused:
    """One rejected row: its number in the spreadsheet, the reason's key and sentence, and what it said."""

    row: int
    reason: str
    sentence: str
    content: dict[str, Any]


def dry_run(db: Db, property_id: UUID, plan: Plan) -> Report:
    """What importing the plan into the property would do; changes nothing. Refuses `NotPermitted`."""
    db.actor.require("import.run", property_id)
    there = known(db, property_id, plan.bookings)
    fresh = [booking for booking in plan.bookings if (booking.source, booking.ref) not in there]
    rooms = [room for booking in fresh for room in booking.rooms]
    live = [room for room in rooms if room.live]
    rows_new = sum(len(booking.rows) for booking in fresh)
    return Report(
        rows_total=plan.rows,
        rows_new=rows_new,
        rows_known=plan.rows - len(plan.rejected) - rows_new,
        rows_rejected=len(plan.rejected),
        stays=len(rooms),
        room_nights=sum(len(room.prices) for room in live),
        revenue_minor=sum(sum(room.prices) for room in live),
        currency=db.one(Property, property_id).currency,
        first=min((room.arrival for room in plan.rooms), default=None),
        last=max((room.departure for room in plan.rooms), default=None),
        weeks=plan.weeks,
        reasons=dict(Counter(bad.reason for bad in plan.rejected).most_common()),
        statuses=dict(Counter(room.status for room in rooms).most_common()),
        needs=plan.needs,
        new_types=missing(db, property_id, plan.needs),
        unclear=plan.unclear,
    )


def progress(db: Db, import_id: UUID) -> Progress:
    """How far one import is. Refuses `NotFound`, `NotPermitted`."""
    return progress_of(_seen(db, import_id))


def imports_of(db: Db, property_id: UUID, most: int = 50) -> list[Progress]:
    """The property's imports, newest first. Refuses `NotPermitted`."""
    db.actor.require("import.run", property_id)
    query = select(Import).where(Import.property_id == property_id).order_by(col(Import.created_at).desc()).limit(most)
    return [progress_of(row) for row in db.exec(query)]


def preview(db: Db, import_id: UUID) -> Preview:
    """The first rows of a file that waits. Refuses `ImportEnded` when it is gone."""
    _seen(db, import_id)
    return preview_of(read(file_of(db, import_id)))


def preview_of(table: Table) -> Preview:
    """The head of a table."""
    rows = (tuple(cell[:80] for cell in cells) for _, cells in table.rows())
    head = tuple(row for row, _ in zip(rows, range(PREVIEW_ROWS), strict=False))
    return Preview(table.header, head, table.delimiter, table.encoding)


def options_of(db: Db, import_id: UUID) -> dict[str, Any]:
    """How the file is to be read: what `prepare` kept."""
    return dict(_seen(db, import_id).options)


def timezone_of(db: Db, import_id: UUID) -> str:
    """Where the import's property is on the clock."""
    return db.one(Property, _seen(db, import_id).property_id).timezone


def rejected_rows(db: Db, import_id: UUID, after: int = 0, most: int = REJECTED_SHOWN) -> list[Refused]:
    """Rejected rows with a number above `after`, in the file's order, reasons in the actor's language."""
    _seen(db, import_id)
    query = select(RejectedRow).where(RejectedRow.import_id == import_id, col(RejectedRow.row) > after)
    return [
        Refused(bad.row, bad.reason, sentence(bad.reason, db.actor.locale), bad.content)
        for bad in db.exec(query.order_by(col(RejectedRow.row)).limit(most))
    ]


def rejected_reasons(db: Db, import_id: UUID) -> dict[str, int]:
    """How many rows each reason rejected, most first."""
    _seen(db, import_id)
    query = select(RejectedRow.reason, func.count()).where(RejectedRow.import_id == import_id).group_by(col(RejectedRow.reason))
    return dict(Counter(dict(db.exec(query).all())).most_common())


def sentence(reason: str, locale: str) -> str:
    """A reason in words."""
    return translate(REASONS.get(reason, reason), locale)


def rejected_csv(db: Db, import_id: UUID) -> str:
    """All rejected rows as a CSV: row, reason, then the file's own columns, to be mended and imported again."""
    bad = rejected_rows(db, import_id, most=10_000_000)
    header = [str(name) for name in options_of(db, import_id).get("header", [])]
    return csv_of([(row.row, row.sentence, row.content) for row in bad], header)


def csv_of(rows: Sequence[tuple[int, str, dict[str, Any]]], header: Sequence[str] = ()) -> str:
    """(row, reason, content) as CSV text; cells that a spreadsheet would run as a formula are made harmless.

    Columns stand as in `header`; without one, as the first rows have them.
    """
    columns = list(dict.fromkeys([*header, *(name for _, _, content in rows for name in content)]))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["row", "reason", *columns])
    for number, reason, content in rows:
        writer.writerow([number, reason, *(_harmless(str(content.get(name, ""))) for name in columns)])
    return text.getvalue()


def _harmless(cell: str) -> str:
    """A leading "=", "+", "@" or "-" before a letter would be a formula; numbers and dates stay what they are."""
    risky = cell[:1] in ("=", "+", "@", "\t", "\r") or (cell[:1] == "-" and not cell[1:2].isdigit())
    return f"'{cell}" if risky and len(cell) > 1 else cell


def _seen(db: Db, import_id: UUID) -> Import:
    row = db.one(Import, import_id)
    if not db.actor.sees(row.property_id):
        raise NotFound(what="import")
    db.actor.require("import.run", row.property_id)
    return row
