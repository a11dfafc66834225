"""Connections, what is mapped and what the channel accepted of it; its messages, its bookings, and what was said to whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from pms.kernel.tables import id_column, instant, same_tenant


class Connection(SQLModel, table=True):
    """One property on one channel. `credentials` are sealed; `state` says whether we speak to it; one that is
    `closing` has everything closed there, and ends when it is.

    Whoever holds the turn (`turn_by`, until `turn_until`) is the only one who does; a dead holder's runs out. `rooms_news` and
    `all_news` are the last journal rows that may have changed rooms left, or prices and restrictions too; `..._told` those
    already looked at, the marks which telling was the last (`pms.channels.memory`), `..._waiting` how many cells in the
    messages of the last look have had no answer, `oversold_told` a word for the nights that were oversold when prices and
    restrictions were told last. `fetch_at`, `rest_until`, `swept_at` and
    `compare_at` say when what is due; the failures, how often in a row hearing and telling did not work; `calls_left`, how
    many calls it could be sent at `calls_at`. `drift` is what the last comparison found. Until `complete_at` every booking of
    the channel is known (`pms.channels.missed`); `described` is how the house was described to it (`pms.channels.described`).
    `currency_there` is the currency it said it has the property in (""; it has not), asked again at `currency_at`.
    """

    __tablename__ = "channel_connection"
    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("property_id", "property"),
        CheckConstraint("state in ('testing', 'live', 'paused', 'attention', 'closing')"),
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
    turn_by: UUID | None = None
    turn_until: datetime | None = instant(nullable=True)
    rooms_news: int = Field(default=0, sa_type=BigInteger)
    all_news: int = Field(default=0, sa_type=BigInteger)
    rooms_told: int = Field(default=0, sa_type=BigInteger)
    all_told: int = Field(default=0, sa_type=BigInteger)
    rooms_mark: UUID | None = None
    rates_mark: UUID | None = None
    oversold_told: str = ""
    rooms_waiting: int = 0
    rates_waiting: int = 0
    fetch_at: datetime | None = instant(nullable=True)
    rest_until: datetime | None = instant(nullable=True)
    swept_at: datetime | None = instant(nullable=True)
    compare_at: datetime | None = instant(nullable=True)
    currency_there: str = ""
    currency_at: datetime | None = instant(nullable=True)
    told_at: datetime | None = instant(nullable=True)
    heard_at: datetime | None = instant(nullable=True)
    complete_at: datetime | None = instant(nullable=True)
    hear_failures: int = 0
    tell_failures: int = 0
    calls_left: float | None = None
    calls_at: datetime | None = instant(nullable=True)
    drift: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    described: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    created_at: datetime = instant(default_now=True)
    archived_at: datetime | None = instant(nullable=True)
    version: int = 1


class Product(SQLModel, table=True):
    """What the channel sells of ours: a room type or one unit of it (no plan), or a plan in a room type, under its own id.

    What it costs more there is the plan's own to say (`RatePlan.markups`).
    """

    __tablename__ = "channel_product"
    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("connection_id", "channel_connection"),
        same_tenant("room_type_id", "room_type"),
        same_tenant("rate_plan_id", "rate_plan"),
        same_tenant("unit_id", "unit"),
        Index(
            "channel_product_once",
            "connection_id",
            "room_type_id",
            "unit_id",
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
    unit_id: UUID | None = None
    remote_id: str


class Shown(SQLModel, table=True):
    """What the channel shows of a product on a local night, as far as it told us: the values it accepted last.

    `refused` are values it would not take, and `words` why, in its own words; they are not sent again until they
    change, or until the next night.
    """

    __tablename__ = "channel_shown"
    __table_args__ = (
        same_tenant("product_id", "channel_product"),
        Index("channel_shown_refused", "product_id", "night", postgresql_where=text("refused is not null")),
    )

    organization_id: UUID
    product_id: UUID = Field(primary_key=True)
    night: date = Field(primary_key=True)
    accepted: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    accepted_at: datetime | None = instant(nullable=True)
    refused: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    words: str = ""


class StoredMessage(SQLModel, table=True):
    """What a channel said about a booking, sealed and without card numbers, stored before it is understood; each revision once.

    `state`: stored; applied; attention (in the books, but somebody has to look); overtaken by a later revision; stuck (not
    understood, so not acknowledged; at most its rooms are held); seen (it was stuck, and a person has seen to it).
    """

    __tablename__ = "channel_message"
    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("connection_id", "channel_connection"),
        CheckConstraint("state in ('stored', 'applied', 'attention', 'overtaken', 'stuck', 'seen')"),
        Index("channel_message_once", "connection_id", "booking", "revision", unique=True),
        Index("channel_message_order", "connection_id", "number"),
        Index(
            "channel_message_open",
            "connection_id",
            "number",
            postgresql_where=text("state = 'stored' or acknowledged_at is null"),
        ),
        Index("channel_message_stuck", "connection_id", postgresql_where=text("state = 'stuck'")),
    )

    id: UUID = id_column()
    number: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), nullable=False))
    organization_id: UUID
    connection_id: UUID
    booking: str
    revision: str
    sealed: str
    receipt: str = ""
    state: str = "stored"
    words: str = ""
    received_at: datetime = instant(default_now=True)
    handled_at: datetime | None = instant(nullable=True)
    acknowledged_at: datetime | None = instant(nullable=True)


class ChannelBooking(SQLModel, table=True):
    """A booking of a channel: which reservation it is here, and how its last revision stands.

    `latest` is the order of that revision; `rooms` says which stay each of its rooms is; `deal` what the channel said of money
    (total, commission, who collects, the card without its number, taxes and services). `problems` are what people have to see to.
    """

    __tablename__ = "channel_booking"
    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("connection_id", "channel_connection"),
        same_tenant("reservation_id", "reservation"),
        CheckConstraint("status in ('unknown', 'new', 'modified', 'cancelled', 'asked')"),
        Index("channel_booking_once", "connection_id", "booking", unique=True),
        Index("channel_booking_of", "reservation_id"),
        Index("channel_booking_problem", "connection_id", postgresql_where=text("problems <> '[]'")),
    )

    id: UUID = id_column()
    organization_id: UUID
    connection_id: UUID
    booking: str
    reservation_id: UUID | None = None
    status: str = "unknown"
    latest: str = ""
    rooms: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    deal: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    problems: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    held_until: datetime | None = instant(nullable=True)
    changed_at: datetime = instant(default_now=True)
    version: int = 1


class ChannelReport(SQLModel, table=True):
    """What the house reports to a channel of a booking, each once: the guest did not come, the card is no good.

    It waits from `due_at` on until the channel has answered; `words` are the channel's, of a refusal or of why it waits still.
    """

    __tablename__ = "channel_report"
    __table_args__ = (
        same_tenant("connection_id", "channel_connection"),
        same_tenant("reservation_id", "reservation"),
        CheckConstraint("what in ('no_show', 'invalid_card', 'cancel_invalid_card')"),
        CheckConstraint("state in ('waiting', 'reported', 'refused')"),
        Index("channel_report_once", "connection_id", "booking", "what", unique=True),
        Index("channel_report_of", "reservation_id"),
    )

    id: UUID = id_column()
    organization_id: UUID
    connection_id: UUID
    reservation_id: UUID
    booking: str
    what: str
    waived: bool = False
    state: str = "waiting"
    words: str = ""
    tries: int = 0
    due_at: datetime = instant(default_now=True)
    asked_at: datetime = instant(default_now=True)
    answered_at: datetime | None = instant(nullable=True)


class LoggedCall(SQLModel, table=True):
    """One call to a channel, or (`inward`) from it, with what was said, sealed and without card numbers; kept for some weeks.

    `times` counts forged calls that are kept as one.
    """

    __tablename__ = "channel_call"
    __table_args__ = (
        same_tenant("connection_id", "channel_connection"),
        Index("channel_call_latest", "connection_id", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    organization_id: UUID
    connection_id: UUID
    at: datetime = instant(default_now=True)
    inward: bool = False
    method: str
    path: str
    status: int
    milliseconds: int
    sealed_request: str = ""
    sealed_reply: str = ""
    times: int = 1
