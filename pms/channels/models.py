"""Connections, the products that are mapped to a channel's own, and what the channel accepted of each on each night."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from pms.kernel.tables import id_column, instant, same_tenant


class Connection(SQLModel, table=True):
    """One property on one channel. `credentials` are sealed; `state` says whether anything is sent.

    `pushing_until` is a lease: whoever holds it is the only one who sends, and a dead holder's runs out.
    """

    __tablename__ = "channel_connection"
    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("property_id", "property"),
        CheckConstraint("state in ('testing', 'live', 'paused', 'attention')"),
        Index(
            "one_connection_per_channel_and_property",
            "property_id",
            "channel",
            unique=True,
            postgresql_where=text("archived_at is null"),
        ),
    )

    id: UUID = id_column()
    organization_id: UUID
    property_id: UUID
    channel: str
    remote_property: str
    credentials: str
    state: str = "testing"
    problem: str = ""
    pushing_until: datetime | None = instant(nullable=True)
    created_at: datetime = instant(default_now=True)
    archived_at: datetime | None = instant(nullable=True)
    version: int = 1


class Product(SQLModel, table=True):
    """What the channel sells of ours: a room type (no plan), or a plan in a room type, under the channel's own id.

    What it costs more there is the plan's own to say (`RatePlan.markups`).
    """

    __tablename__ = "channel_product"
    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("connection_id", "channel_connection"),
        same_tenant("room_type_id", "room_type"),
        same_tenant("rate_plan_id", "rate_plan"),
        Index(
            "channel_product_once",
            "connection_id",
            "room_type_id",
            "rate_plan_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("channel_product_remote", "connection_id", "remote_id", unique=True),
    )

    id: UUID = id_column()
    organization_id: UUID
    connection_id: UUID
    room_type_id: UUID
    rate_plan_id: UUID | None = None
    remote_id: str


class Shown(SQLModel, table=True):
    """What the channel shows of a product on a local night, as far as it told us: the values it accepted last.

    `refused` are values it would not take, and `words` why, in its own words; they are not sent again until they change.
    """

    __tablename__ = "channel_shown"
    __table_args__ = (same_tenant("product_id", "channel_product"),)

    organization_id: UUID
    product_id: UUID = Field(primary_key=True)
    night: date = Field(primary_key=True)
    accepted: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    accepted_at: datetime | None = instant(nullable=True)
    refused: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    words: str = ""
