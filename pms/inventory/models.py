"""What can be sold per room type and night, and what is taken off sale."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from pms.kernel.tables import id_column, instant, same_tenant


class InventoryNight(SQLModel, table=True):
    """The counter of one room type on one night. A night without a row is untouched: capacity as units stand, none sold.

    `oversold` is how far a forced sale (an OTA's, an import's), or an allowance taken away since, left more sold than there is
    to sell, `overbooking` counted in; no other sale may add to it.
    """

    __tablename__ = "inventory_night"
    __table_args__ = (
        same_tenant("room_type_id", "room_type"),
        CheckConstraint("least(capacity, sold, held, blocked, overbooking) >= 0", name="no_negative"),
        CheckConstraint("oversold = greatest(0, sold + held + blocked - capacity - overbooking)", name="never_oversold_unseen"),
    )

    organization_id: UUID
    room_type_id: UUID = Field(primary_key=True)
    night: date = Field(primary_key=True)
    capacity: int
    sold: int = 0
    held: int = 0
    blocked: int = 0
    overbooking: int = 0
    oversold: int = 0


class Block(SQLModel, table=True):
    """A unit out of order (not for sale) or out of service (for sale, but look at it first), nights [first_night, end_night)."""

    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("property_id", "property"),
        same_tenant("unit_id", "unit"),
        CheckConstraint("kind in ('out_of_order', 'out_of_service')"),
        CheckConstraint("first_night < end_night"),
        Index("block_of_unit", "unit_id", "first_night"),
        Index("block_of_property", "property_id", "end_night"),
    )

    id: UUID = id_column()
    organization_id: UUID
    property_id: UUID
    unit_id: UUID
    kind: str
    first_night: date
    end_night: date
    reason: str
    created_by: str
    created_at: datetime = instant(default_now=True)
    lifted_at: datetime | None = instant(nullable=True)
    version: int = 1
