"""Feeds (one unit on one site, in and out) and what each of them lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from pms.kernel.tables import id_column, instant, same_tenant


class CalendarFeed(SQLModel, table=True):
    """One unit (or, out only, one room type) on one site. `url` is theirs and `token` ours, both sealed: who has them can read.

    `digest` stands for the last good file, or is "" while something in it is not settled; `good_in_a_row` counts good fetches
    since the last bad one, `bad_in_a_row` the other way. `problem` is why the last fetch was no good, `notes` what the last
    good one has to tell (`said.Note` as [key, details]). `pulled_at` is when the site last asked for our side.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("property_id", "property"),
        same_tenant("unit_id", "unit"),
        same_tenant("room_type_id", "room_type"),
        CheckConstraint("state in ('live', 'paused')"),
        CheckConstraint("(unit_id is null) <> (room_type_id is null)"),
        CheckConstraint("url = '' or unit_id is not null"),
        Index("calendar_feed_token", "token_hash", unique=True),
        Index("calendar_feed_of_unit", "unit_id"),
        Index("calendar_feed_due", "due_at"),
    )

    id: UUID = id_column()
    organization_id: UUID
    property_id: UUID
    unit_id: UUID | None = None
    room_type_id: UUID | None = None
    name: str
    url: str = ""
    token: str
    token_hash: str
    state: str = "live"
    due_at: datetime | None = instant(nullable=True)
    fetched_at: datetime | None = instant(nullable=True)
    good_at: datetime | None = instant(nullable=True)
    pulled_at: datetime | None = instant(nullable=True)
    etag: str = ""
    digest: str = ""
    good_in_a_row: int = 0
    bad_in_a_row: int = 0
    problem: list[Any] | None = Field(default=None, sa_type=JSONB)
    notes: list[Any] = Field(default_factory=list, sa_type=JSONB)
    believe_empty: bool = False
    created_at: datetime = instant(default_now=True)
    archived_at: datetime | None = instant(nullable=True)
    version: int = 1


class CalendarEvent(SQLModel, table=True):
    """What a feed lists of nights [first_night, end_night): a reservation with its stay, or a run of closed nights.

    A closed run has its block, or none where the unit is taken by something of ours anyway. `echo`: it came back from what we
    had told the site, so no site is told of it. `unsure`: the site writes the same for sold and closed. `missing` counts good
    fetches without it; `since` is when it was first seen as it is; `gone_at` when its stay was cancelled because the site had
    it no longer.
    """

    __tablename__ = "calendar_event"
    __table_args__ = (
        same_tenant("feed_id", "calendar_feed"),
        same_tenant("stay_id", "stay"),
        same_tenant("block_id", "block"),
        CheckConstraint("kind in ('reservation', 'block')"),
        CheckConstraint("first_night < end_night"),
        CheckConstraint("kind = 'block' or stay_id is not null"),
        Index("calendar_event_of_feed", "feed_id", "end_night"),
        Index("calendar_event_of_stay", "stay_id"),
        Index("calendar_event_of_block", "block_id"),
    )

    id: UUID = id_column()
    organization_id: UUID
    feed_id: UUID
    uid: str
    code: str = ""
    first_night: date
    end_night: date
    kind: str
    echo: bool = False
    unsure: bool = False
    missing: int = 0
    since: datetime = instant(default_now=True)
    gone_at: datetime | None = instant(nullable=True)
    stay_id: UUID | None = None
    block_id: UUID | None = None
