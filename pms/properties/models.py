"""The house itself: properties, room types, units, amenities."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from pms.kernel.tables import id_column, instant, same_tenant


class Property(SQLModel, table=True):
    """One hotel, hostel or house."""

    __table_args__ = (UniqueConstraint("organization_id", "id"),)

    id: UUID = id_column()
    organization_id: UUID = Field(foreign_key="organization.id")
    name: str
    city: str = ""
    country: str
    timezone: str
    currency: str
    check_in_time: time
    check_out_time: time
    business_date: date
    position: int = 0
    created_at: datetime = instant(default_now=True)
    archived_at: datetime | None = instant(nullable=True)
    version: int = 1


class RoomType(SQLModel, table=True):
    """What is sold: "Standard double". `unit_type` says whether its units are whole rooms or single beds."""

    __tablename__ = "room_type"
    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("property_id", "property"),
        CheckConstraint("unit_type in ('room', 'bed')"),
        CheckConstraint("base_price >= 0 and adults >= 1 and children >= 0"),
        Index("room_type_of_property", "property_id"),
    )

    id: UUID = id_column()
    organization_id: UUID
    property_id: UUID
    name: str
    unit_type: str = "room"
    adults: int = 2
    children: int = 0
    base_price: int = 0
    description: str = ""
    position: int = 0
    archived_at: datetime | None = instant(nullable=True)
    version: int = 1


class Unit(SQLModel, table=True):
    """One physical room or bed, by the number on its door."""

    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("property_id", "property"),
        same_tenant("room_type_id", "room_type"),
        Index("unit_name", "property_id", "name", unique=True, postgresql_where=text("archived_at is null")),
        Index("unit_of_type", "room_type_id"),
    )

    id: UUID = id_column()
    organization_id: UUID
    property_id: UUID
    room_type_id: UUID
    name: str
    floor: str = ""
    position: int = 0
    archived_at: datetime | None = instant(nullable=True)
    version: int = 1


class Amenity(SQLModel, table=True):
    """Something a room type can have: sea view, balcony, kitchenette."""

    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        Index("amenity_name", "organization_id", text("lower(name)"), unique=True, postgresql_where=text("archived_at is null")),
    )

    id: UUID = id_column()
    organization_id: UUID = Field(foreign_key="organization.id")
    name: str
    archived_at: datetime | None = instant(nullable=True)


class RoomTypeAmenity(SQLModel, table=True):
    """Which room type has which amenity."""

    __tablename__ = "room_type_amenity"
    __table_args__ = (same_tenant("room_type_id", "room_type"), same_tenant("amenity_id", "amenity"))

    organization_id: UUID
    room_type_id: UUID = Field(primary_key=True)
    amenity_id: UUID = Field(primary_key=True)


class Tax(SQLModel, table=True):
    """A tax or fee on staying: VAT, city tax, a resort fee. `percent` in basis points, `amount` in minor units.

    `included` ones are in the prices; the others come on top. Charged by head, children under `from_age` are free;
    `nights_most` ends it after so many nights, and a stay of `exempt_from_nights` or more pays nothing.
    """

    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("property_id", "property"),
        CheckConstraint("kind in ('percent','per_room','per_night','per_person','per_person_night','per_booking')"),
        CheckConstraint("percent >= 0 and amount >= 0 and (kind = 'percent') = (amount = 0 and percent > 0)"),
        CheckConstraint("from_age between 0 and 18 and nights_most >= 1 and exempt_from_nights >= 1"),
        Index("tax_of_property", "property_id"),
    )

    id: UUID = id_column()
    organization_id: UUID
    property_id: UUID
    name: str
    kind: str
    percent: int = 0
    amount: int = 0
    included: bool = True
    on_fixed: bool = False
    from_age: int = 0
    nights_most: int | None = None
    exempt_from_nights: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    position: int = 0
    archived_at: datetime | None = instant(nullable=True)
    version: int = 1


class ExchangeRate(SQLModel, table=True):
    """What one unit of `currency` was worth in `display` on a day, by whose word: to show prices, never to charge them."""

    __tablename__ = "exchange_rate"
    __table_args__ = (CheckConstraint("rate > 0 and currency <> display"),)

    organization_id: UUID = Field(foreign_key="organization.id", primary_key=True)
    currency: str = Field(primary_key=True)
    display: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    rate: Decimal = Field(sa_type=Numeric(18, 8))  # type: ignore[call-overload]
    source: str
    written_by: str
    written_at: datetime = instant(default_now=True)
