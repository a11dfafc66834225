"""Guests, reservations, their stays (one per room) and the nights of each stay."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from pms.kernel.tables import id_column, instant, same_tenant


class Guest(SQLModel, table=True):
    """A person who stays or books."""

    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        Index("guest_name", "organization_id", text("lower(last_name)")),
    )

    id: UUID = id_column()
    organization_id: UUID = Field(foreign_key="organization.id")
    first_name: str = ""
    last_name: str
    email: str = ""
    phone: str = ""
    country: str = ""
    language: str = ""
    notes: str = ""
    created_at: datetime = instant(default_now=True)
    version: int = 1


class Reservation(SQLModel, table=True):
    """What a guest booked: one or several stays under one code."""

    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        UniqueConstraint("organization_id", "code"),
        same_tenant("property_id", "property"),
        same_tenant("guest_id", "guest"),
        Index("reservation_of_guest", "guest_id"),
        Index("reservation_changed", "organization_id", "changed_at"),
        Index(
            "reservation_external",
            "property_id",
            "source",
            "external_ref",
            unique=True,
            postgresql_where=text("external_ref is not null"),
        ),
    )

    id: UUID = id_column()
    organization_id: UUID
    property_id: UUID
    guest_id: UUID
    code: str
    source: str = "desk"
    external_ref: str | None = None
    currency: str
    notes: str = ""
    tags: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    booked_at: datetime = instant(default_now=True)
    changed_at: datetime = instant(default_now=True)
    version: int = 1


class Stay(SQLModel, table=True):
    """One room of a reservation: local dates [arrival, departure), and how far it has come.

    `quote` is what it was sold for and why, as offered then (R-52): plan, prices and steps, policies; its lists (`prices`,
    `steps`, `agreed`) have one entry for each night of the stay. Whoever bought it is there too, to be priced alike later:
    the `channel`, `codes`, and the `ages` of the children on arrival, null where unknown, if any is known.
    """

    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("property_id", "property"),
        same_tenant("reservation_id", "reservation"),
        same_tenant("room_type_id", "room_type"),
        same_tenant("rate_plan_id", "rate_plan"),
        CheckConstraint("status in ('tentative','confirmed','checked_in','checked_out','cancelled','no_show')"),
        CheckConstraint("arrival <= departure and adults >= 1 and children >= 0"),
        Index("stay_of_reservation", "reservation_id"),
        Index("stay_dates", "property_id", "departure", "arrival"),
        Index("stay_day_use", "property_id", "departure", postgresql_where=text("arrival = departure")),
        Index("stay_changed", "organization_id", "changed_at"),
    )

    id: UUID = id_column()
    organization_id: UUID
    property_id: UUID
    reservation_id: UUID
    room_type_id: UUID
    arrival: date
    departure: date
    adults: int = 2
    children: int = 0
    status: str = "confirmed"
    rate_plan_id: UUID | None = None
    quote: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    created_at: datetime = instant(default_now=True)
    changed_at: datetime = instant(default_now=True)
    checked_in_at: datetime | None = instant(nullable=True)
    checked_out_at: datetime | None = instant(nullable=True)
    cancelled_at: datetime | None = instant(nullable=True)
    version: int = 1


class StayNight(SQLModel, table=True):
    """One night of one stay: the room type it occupies, the unit (None: unassigned), its price in minor units.

    `live` nights take up the house; those of cancelled stays and no-shows are kept for the books only.
    A unit can hold one live night per date, whatever the code does.
    """

    __tablename__ = "stay_night"
    __table_args__ = (
        same_tenant("stay_id", "stay"),
        same_tenant("room_type_id", "room_type"),
        same_tenant("unit_id", "unit"),
        Index(
            "one_guest_per_unit_and_night", "unit_id", "night", unique=True, postgresql_where=text("live and unit_id is not null")
        ),
        Index("stay_night_of_property", "property_id", "night"),
        Index("stay_night_unassigned", "property_id", "night", postgresql_where=text("live and unit_id is null")),
    )

    organization_id: UUID
    property_id: UUID
    stay_id: UUID = Field(primary_key=True)
    night: date = Field(primary_key=True)
    room_type_id: UUID
    unit_id: UUID | None = None
    price: int
    live: bool = True


class Relocation(SQLModel, table=True):
    """A guest who could not have the room: the cancelled `stay_id` is lived elsewhere, in a sister property as `to_stay_id`, or
    in another hotel, by its name. Costs of the latter are minor units of `currency`; `..._by` says who pays: the house or the
    guest; the compensation is the house's to the guest. A stay that was taken back since does not count.
    """

    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("property_id", "property"),
        same_tenant("stay_id", "stay"),
        same_tenant("to_stay_id", "stay"),
        CheckConstraint("(to_stay_id is null) <> (hotel = '')"),
        CheckConstraint("room_by in ('house', 'guest') and transport_by in ('house', 'guest')"),
        CheckConstraint("room_cost >= 0 and transport_cost >= 0 and compensation >= 0"),
        Index("relocation_of_stay", "stay_id"),
        Index("relocation_to_stay", "to_stay_id"),
        Index("relocation_of_property", "property_id", "created_at"),
    )

    id: UUID = id_column()
    organization_id: UUID
    property_id: UUID
    stay_id: UUID
    to_stay_id: UUID | None = None
    hotel: str = ""
    address: str = ""
    phone: str = ""
    transport: str = ""
    contact: str = ""
    room_cost: int = 0
    transport_cost: int = 0
    compensation: int = 0
    room_by: str = "house"
    transport_by: str = "house"
    currency: str
    created_at: datetime = instant(default_now=True)
    taken_back_at: datetime | None = instant(nullable=True)
