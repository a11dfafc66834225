"""Rate plans, the rules that move their prices, what a party pays, policies, and the cells people edit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Date, Index, Integer, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from pms.kernel.tables import id_column, instant, same_tenant


class Policy(SQLModel, table=True):
    """What leaving a booking costs, or what is due before arrival: tiers, see `policy.py` for their shape."""

    __tablename__ = "rate_policy"
    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("property_id", "property"),
        CheckConstraint("kind in ('cancellation', 'deposit')"),
        Index("rate_policy_of_property", "property_id"),
    )

    id: UUID = id_column()
    organization_id: UUID
    property_id: UUID
    kind: str
    name: str
    tiers: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    no_show: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    position: int = 0
    archived_at: datetime | None = instant(nullable=True)
    version: int = 1


class RatePlan(SQLModel, table=True):
    """One way of selling the rooms: a master with prices of its own, or derived from another plan by a formula.

    Percentages are basis points (800 = 8 %), amounts minor units. `channels` None: every channel. `markups` maps a channel to
    what it adds: {"percent": ..., "amount": ...}. `steps` are length-of-stay steps: [{"nights": 5, "percent": -1500}, ...].
    """

    __tablename__ = "rate_plan"
    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("property_id", "property"),
        same_tenant("parent_id", "rate_plan"),
        same_tenant("cancellation_id", "rate_policy"),
        same_tenant("deposit_id", "rate_policy"),
        CheckConstraint("access in ('public', 'code')"),
        CheckConstraint("meals in ('none', 'breakfast', 'half_board', 'full_board', 'all_inclusive')"),
        CheckConstraint("parent_id is not null or (percent = 0 and amount = 0)", name="only_derived_by_formula"),
        CheckConstraint("parent_id <> id"),
        CheckConstraint("round_step > 0 and round_ending >= 0 and round_ending < round_step"),
        CheckConstraint("round_to in ('nearest', 'up', 'down')"),
        Index("rate_plan_of_property", "property_id"),
        Index("rate_plan_code", "property_id", text("lower(code)"), unique=True, postgresql_where=text("archived_at is null")),
    )

    id: UUID = id_column()
    organization_id: UUID
    property_id: UUID
    code: str
    name: str
    description: str = ""
    parent_id: UUID | None = None
    percent: int = 0
    amount: int = 0
    per_adult: int = 0
    per_child: int = 0
    round_step: int = 1
    round_ending: int = 0
    round_to: str = "nearest"
    own_restrictions: bool = False
    steps: list[dict[str, int]] = Field(default_factory=list, sa_type=JSONB)
    meals: str = "none"
    room_type_ids: list[UUID] | None = Field(default=None, sa_type=ARRAY(Uuid))
    valid_from: date | None = None
    valid_until: date | None = None
    min_advance: int | None = None
    max_advance: int | None = None
    channels: list[str] | None = Field(default=None, sa_type=ARRAY(Text))
    markups: dict[str, dict[str, int]] = Field(default_factory=dict, sa_type=JSONB)
    access: str = "public"
    codes: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    cancellation_id: UUID | None = None
    deposit_id: UUID | None = None
    position: int = 0
    archived_at: datetime | None = instant(nullable=True)
    version: int = 1


class PriceRule(SQLModel, table=True):
    """A rule that moves the prices of master plans on some nights. Rules work one after the other, by `position`.

    Every condition that is given must hold; `spans` are half-open [first, end) ISO dates, `weekdays` 0 = Monday, occupancy in
    basis points of the rooms `of` the type or the property.
    """

    __tablename__ = "price_rule"
    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("property_id", "property"),
        CheckConstraint("kind in ('weekday', 'season', 'holiday', 'event', 'occupancy', 'last_minute')"),
        CheckConstraint("occupancy_of in ('room_type', 'property')"),
        Index("price_rule_of_property", "property_id"),
    )

    id: UUID = id_column()
    organization_id: UUID
    property_id: UUID
    name: str
    kind: str
    spans: list[list[str]] | None = Field(default=None, sa_type=JSONB)
    weekdays: list[int] | None = Field(default=None, sa_type=ARRAY(Integer))
    room_type_ids: list[UUID] | None = Field(default=None, sa_type=ARRAY(Uuid))
    rate_plan_ids: list[UUID] | None = Field(default=None, sa_type=ARRAY(Uuid))
    holidays: str | None = None
    occupancy_of: str = "room_type"
    occupancy_from: int | None = None
    occupancy_below: int | None = None
    days_before: int | None = None
    percent: int = 0
    amount: int = 0
    is_on: bool = True
    position: int = 0
    archived_at: datetime | None = instant(nullable=True)
    version: int = 1


class AgeBand(SQLModel, table=True):
    """Children from `from_age` to `to_age` years, both included, on the day of arrival (R-56)."""

    __tablename__ = "age_band"
    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("property_id", "property"),
        CheckConstraint("0 <= from_age and from_age <= to_age and to_age <= 17"),
        Index("age_band_of_property", "property_id"),
    )

    id: UUID = id_column()
    organization_id: UUID
    property_id: UUID
    name: str
    from_age: int
    to_age: int


class PartyPrice(SQLModel, table=True):
    """How the price of a room type follows the party, and between which limits it stays; minor units a night.

    `children` maps an age band's id to the price of one child; a band not named is free.
    """

    __tablename__ = "party_price"
    __table_args__ = (
        same_tenant("room_type_id", "room_type"),
        CheckConstraint("base_adults >= 1 and extra_adult >= 0 and single_use >= 0"),
        CheckConstraint("floor is null or ceiling is null or floor <= ceiling"),
    )

    organization_id: UUID
    room_type_id: UUID = Field(primary_key=True)
    base_adults: int = 2
    extra_adult: int = 0
    single_use: int = 0
    children: dict[str, int] = Field(default_factory=dict, sa_type=JSONB)
    floor: int | None = None
    ceiling: int | None = None
    version: int = 1


RESTRICTIONS = (
    "min_stay",
    "max_stay",
    "min_stay_arrival",
    "max_stay_arrival",
    "closed",
    "closed_arrival",
    "closed_departure",
    "min_advance",
    "max_advance",
)
"""The restrictions of a cell, in the order in which they are named."""
FLAGS = frozenset({"closed", "closed_arrival", "closed_departure"})
"""Those that are yes or no; every plan may have its own."""


def follows(plan: RatePlan, name: str) -> bool:
    """Whether a plan takes a field of its cells from its parent, whatever may stand in its own from before it derived."""
    return plan.parent_id is not None and (name == "price" or (name not in FLAGS and not plan.own_restrictions))


class RateNight(SQLModel, table=True):
    """A cell that somebody filled in: plan, room type, local night. What is null there follows the rules, or the parent plan.

    `price` is a manual price in minor units for the base party; stays in nights, advance in days before arrival. `channel` "" is
    what holds for every channel; a row of one channel lies over it there, and what is null in it is as everywhere.
    """

    __tablename__ = "rate_night"
    __table_args__ = (
        same_tenant("rate_plan_id", "rate_plan"),
        same_tenant("room_type_id", "room_type"),
        CheckConstraint("price >= 0"),
        CheckConstraint("min_stay >= 1 and max_stay >= 1 and min_stay_arrival >= 1 and max_stay_arrival >= 1"),
        CheckConstraint("min_stay <= max_stay and min_stay_arrival <= max_stay_arrival", name="min_within_max"),
        CheckConstraint("min_advance >= 0 and max_advance >= 0 and min_advance <= max_advance", name="advance_within"),
        Index("rate_night_of_channels", "rate_plan_id", "night", postgresql_where=text("channel <> ''")),
    )

    organization_id: UUID
    rate_plan_id: UUID = Field(primary_key=True)
    room_type_id: UUID = Field(primary_key=True)
    night: date = Field(primary_key=True)
    channel: str = Field(default="", primary_key=True, sa_type=Text)
    price: int | None = None
    min_stay: int | None = None
    max_stay: int | None = None
    min_stay_arrival: int | None = None
    max_stay_arrival: int | None = None
    closed: bool | None = None
    closed_arrival: bool | None = None
    closed_departure: bool | None = None
    min_advance: int | None = None
    max_advance: int | None = None
    version: int = 1


class RateChange(SQLModel, table=True):
    """One change of many cells, made and undone as one: who, when, how many."""

    __tablename__ = "rate_change"
    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        same_tenant("property_id", "property"),
        same_tenant("undoes_id", "rate_change"),
        Index("rate_change_of_property", "property_id", "made_at"),
        Index("rate_change_undone", "undoes_id", unique=True, postgresql_where=text("undoes_id is not null")),
    )

    id: UUID = id_column()
    organization_id: UUID
    property_id: UUID
    made_at: datetime = instant(default_now=True)
    made_by: str
    actor_id: UUID | None = None
    how: str
    reason: str = ""
    cells: int
    undoes_id: UUID | None = None


class RateHistory(SQLModel, table=True):
    """What one change did to one cell: the fields it touched, before and after. Append-only."""

    __tablename__ = "rate_history"
    __table_args__ = (same_tenant("change_id", "rate_change"), Index("rate_history_of_change", "change_id"))

    organization_id: UUID
    rate_plan_id: UUID = Field(primary_key=True)
    room_type_id: UUID = Field(primary_key=True)
    night: date = Field(primary_key=True, sa_type=Date)
    channel: str = Field(default="", primary_key=True, sa_type=Text)
    change_id: UUID = Field(primary_key=True)
    before: dict[str, Any] = Field(sa_type=JSONB)
    after: dict[str, Any] = Field(sa_type=JSONB)


class RateBook(SQLModel, table=True):
    """One row per property: which plan sells when nobody names one, and a mark that changes with plans, rules and policies.

    The mark lets each process keep the book it has read until somebody turns a page.
    """

    __tablename__ = "rate_book"
    __table_args__ = (same_tenant("property_id", "property"), same_tenant("default_plan_id", "rate_plan"))

    organization_id: UUID
    property_id: UUID = Field(primary_key=True)
    default_plan_id: UUID
    mark: UUID
