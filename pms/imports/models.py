"""Imports under way and done, with a report per refused row, and the file for as long as it is needed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from pms.kernel.tables import id_column, instant, same_tenant


class Import(SQLModel, table=True):
    """One file going into one property. `rows_done` is where a resumed run goes on."""

    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("property_id", "property"),
        CheckConstraint("state in ('waiting','running','done','failed','cancelled')"),
    )

    id: UUID = id_column()
    organization_id: UUID
    property_id: UUID
    file_name: str
    file_hash: str
    preset: str
    options: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    state: str = "waiting"
    rows_total: int = 0
    rows_done: int = 0
    rows_imported: int = 0
    rows_known: int = 0
    rows_rejected: int = 0
    rows_unassigned: int = 0
    nights_oversold: int = 0
    problem: str = ""
    started_by: str
    created_at: datetime = instant(default_now=True)
    finished_at: datetime | None = instant(nullable=True)


class ImportFile(SQLModel, table=True):
    """The bytes of a file that waits or is under way; guests' data, so gone as soon as the import has ended.

    In the database, not in a folder: worker and web server need not share a disk, and row-level security guards it.
    """

    __tablename__ = "import_file"
    __table_args__ = (same_tenant("import_id", "import"),)

    import_id: UUID = Field(primary_key=True)
    organization_id: UUID
    content: bytes


class RejectedRow(SQLModel, table=True):
    """One row that could not be imported, and why."""

    __tablename__ = "rejected_row"
    __table_args__ = (same_tenant("import_id", "import"),)

    organization_id: UUID
    import_id: UUID = Field(primary_key=True)
    row: int = Field(primary_key=True)
    reason: str
    content: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
