"""What every table shares, and the kernel's own two: the journal and the idempotency keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, ForeignKeyConstraint, Identity, Index, Integer, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from pms.kernel.ids import new_id


def id_column() -> Any:
    """A primary key made here, not by the database."""
    return Field(default_factory=new_id, primary_key=True)


def instant(default_now: bool = False, nullable: bool = False, index: bool = False) -> Any:
    """A UTC instant column."""
    kwargs: dict[str, Any] = {"sa_type": DateTime(timezone=True), "nullable": nullable, "index": index}
    if default_now:
        kwargs["sa_column_kwargs"] = {"server_default": func.now()}
    return Field(default=None, **kwargs)


def same_tenant(column: str, table: str) -> ForeignKeyConstraint:
    """A foreign key that carries the organization along: row-level security does not guard foreign keys, this does."""
    return ForeignKeyConstraint(["organization_id", column], [f"{table}.organization_id", f"{table}.id"])


class Journal(SQLModel, table=True):
    """One row per thing that happened: audit log, activity feed and outbox in one, append-only."""

    __table_args__ = (
        Index("journal_waiting", "id", postgresql_where="relayed_at is null"),
        Index("journal_of_entity", "organization_id", "entity_id", "id"),
        Index("journal_of_organization", "organization_id", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    organization_id: UUID
    property_id: UUID | None = None
    happened_at: datetime = instant(default_now=True)
    actor_kind: str
    actor_id: UUID | None = None
    actor_name: str
    event: str
    entity: str
    entity_id: UUID | None = None
    before: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    after: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    request_id: str | None = None
    relayed_at: datetime | None = instant(nullable=True)


class IdempotencyKey(SQLModel, table=True):
    """The first answer given to a key, kept to be given again (R-15)."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("idempotency_key_age", "organization_id", "created_at"),)

    organization_id: UUID = Field(primary_key=True, foreign_key="organization.id")
    key: str = Field(primary_key=True, max_length=200)
    fingerprint: str
    status: int = Field(sa_type=Integer)
    answer: dict[str, Any] = Field(sa_type=JSONB)
    created_at: datetime = instant(default_now=True)
