"""What answers look like. Programs are written against this: fields may be added, never renamed or taken away within v1.

The models describe (and a test holds the real answers against them); answers themselves are shaped into plain values and
encoded once.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

State = Literal["tentative", "confirmed", "checked_in", "checked_out", "cancelled", "no_show"]
Money = Annotated[int, Field(description="Minor units of `currency`: 8450 EUR is 84.50 €.", examples=[8450])]
Id = Annotated[UUID, Field(examples=["0199d1a4-8e0c-7c3e-9d5a-0a7c1f9be001"])]


class Shape(BaseModel):
    """An object in an answer."""

    model_config = ConfigDict(extra="forbid")


class Named(Shape):
    """A thing by id and the name staff gave it."""

    id: Id
    name: str = Field(examples=["Standard double"])


class House(Shape):
    """A property."""

    id: Id
    name: str = Field(examples=["Seaside Hotel"])
    city: str = Field(examples=["Nida"])
    country: str = Field(description="ISO 3166-1 alpha-2.", examples=["LT"])
    timezone: str = Field(description="IANA name; dates and times are local to it.", examples=["Europe/Vilnius"])
    currency: str = Field(description="ISO 4217; every amount of this property is in it.", examples=["EUR"])
    check_in_time: str = Field(description="Local time from which rooms are ready.", examples=["15:00"])
    check_out_time: str = Field(description="Local time until which guests leave.", examples=["11:00"])
    business_date: date = Field(description="The day the property works in.")


class Houses(Shape):
    """The properties the key is for."""

    items: list[House]


class Unit(Shape):
    """A physical room or bed."""

    id: Id
    name: str = Field(description="What is on the door.", examples=["101"])
    floor: str = Field(examples=["1"])


class RoomType(Shape):
    """What is sold."""

    id: Id
    name: str = Field(examples=["Standard double"])
    unit_type: Literal["room", "bed"]
    adults: int = Field(description="How many adults fit.", examples=[2])
    children: int = Field(description="How many children fit beside them.", examples=[1])
    base_price: Money
    description: str
    amenities: list[str] = Field(examples=[["Balcony", "Sea view"]])
    units: list[Unit]


class HouseInFull(House):
    """A property with what is in it."""

    room_types: list[RoomType]


class AvailableNight(Shape):
    """One room type on one night."""

    date: date
    capacity: int = Field(description="Rooms in use.", examples=[10])
    sold: int = Field(examples=[6])
    held: int = Field(description="Kept for somebody who is booking right now.", examples=[0])
    blocked: int = Field(description="Out of order.", examples=[1])
    overbooking: int = Field(description="What the property sells beyond its capacity.", examples=[0])
    free: int = Field(description="What can still be sold, never below 0.", examples=[3])
    oversold: int = Field(description="How many rooms are sold beyond capacity and overbooking.", examples=[0])
    base_price: Money


class Allowed(Shape):
    """What a change of overbooking did."""

    change_id: UUID | None = Field(description="Takes it back, see `undo`; null when nothing had to change.")
    nights: int = Field(description="How many nights of room types differ now.", examples=[92])
    oversold: int = Field(description="How many of them have more sold now than may be.", examples=[0])


class AvailableType(Shape):
    """One room type, every night asked for."""

    id: Id
    name: str = Field(examples=["Standard double"])
    nights: list[AvailableNight]


class Availability(Shape):
    """What can be sold on the nights from `from` to the one before `to`."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)

    property_id: Id
    currency: str = Field(examples=["EUR"])
    from_: date = Field(alias="from")
    to: date
    room_types: list[AvailableType]


class Guest(Shape):
    """A guest. All but the id is null for a key without `guest.view`; the reservation's `code` says whose it is."""

    id: Id
    first_name: str | None = Field(examples=["Ona"])
    last_name: str | None = Field(examples=["Kazlauskienė"])
    email: str | None = Field(examples=["ona@example.com"])
    phone: str | None = Field(examples=["+370 600 00000"])
    country: str | None = Field(description="ISO 3166-1 alpha-2, or empty.", examples=["LT"])
    language: str | None = Field(description="ISO 639-1, or empty.", examples=["lt"])
    notes: str | None


class Guests(Shape):
    """A page of guests, the newest first."""

    items: list[Guest]
    next: str | None = Field(description="Address of the next page; null on the last.")


class Night(Shape):
    """One night of a room."""

    date: date
    room_type_id: Id
    unit: Named | None = Field(description="The room on the door; null while none is assigned.")
    price: Money


class Room(Shape):
    """One room of a reservation."""

    id: Id
    room_type: Named
    rate_plan: Named | None = Field(description="Under which it is sold; null for prices brought along.")
    status: State
    arrival: date
    departure: date
    adults: int = Field(examples=[2])
    children: int = Field(examples=[1])
    children_ages: list[int | None] = Field(description="On arrival, null where unknown; one for each child.", examples=[[4]])
    total: Money
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    cancelled_at: datetime | None
    nights: list[Night]


class ChannelExtra(Shape):
    """A tax, fee or service of a channel's booking."""

    name: str = Field(examples=["City tax"])
    amount: Money
    included: bool = Field(description="Whether the prices of the nights have it already; otherwise it comes on top of them.")


class ChannelCard(Shape):
    """A card that pays a channel's booking; its number is not kept."""

    virtual: bool = Field(description="The channel's own, made for this booking; otherwise the guest's.")
    balance: Money | None = Field(description="What is on it, minor units of `currency`; null where the channel did not say.")
    active_from: date | None = Field(description="The local day from which it can be charged; null where nothing was said.")
    expires: str = Field(description="As the channel writes it, or empty.", examples=["12/2027"])


class ChannelDeal(Shape):
    """What a channel said of money about its booking, all rooms together. Null where it did not say."""

    channel: str = Field(description="Who sold it, by the name staff know.", examples=["Airbnb"])
    cancelled: bool = Field(description="The channel has cancelled it: nobody is to pay by what is said here.")
    collect: Literal["channel", "property"] = Field(description="Whom the guest pays: the channel, or you.")
    currency: str = Field(description="ISO 4217; of all amounts in here, not always the property's.", examples=["EUR"])
    total: Money | None = Field(description="In all, as the channel counts it; of a cancelled booking what it would have cost.")
    commission: Money | None = Field(description="What the channel keeps. Null for a key without `report.view`.")
    card: ChannelCard | None
    extras: list[ChannelExtra]
    after_tax: bool = Field(description="The prices of the nights have taxes and fees on top in them: do not add them again.")
    kept: Money | None = Field(description="Of a cancelled booking what is to be paid all the same, if told.")
    house: str = Field(description="The property it was sold for, if the guest was moved from there, or empty.", examples=[""])


class Reservation(Shape):
    """A reservation with its guest and rooms."""

    id: Id
    version: str = Field(description="What If-Match takes, in quotes.", examples=["1.1.1"])
    property_id: Id
    code: str = Field(description="What the guest is told.", examples=["7KQ2MZPA"])
    status: State = Field(description="How far its furthest room has come.")
    source: str = Field(examples=["website"])
    external_ref: str | None = Field(description="Your own number; taken once per source.", examples=["W-10023"])
    arrival: date
    departure: date
    currency: str = Field(examples=["EUR"])
    total: Money
    notes: str | None = Field(description="Null for a key without `guest.view`.")
    tags: list[str] = Field(examples=[["late arrival"]])
    booked_at: datetime
    changed_at: datetime
    guest: Guest
    rooms: list[Room]
    channel_deal: ChannelDeal | None = Field(
        description="What the channel it came from said of money. Null for bookings from elsewhere and keys without"
        " `reservation.view`."
    )


class Reservations(Shape):
    """A page of reservations, the newest first."""

    items: list[Reservation]
    next: str | None = Field(description="Address of the next page; null on the last.")


class OccupiedNight(Shape):
    """One night of a property."""

    date: date
    capacity: int = Field(description="Rooms in use.", examples=[60])
    blocked: int = Field(description="Out of order.", examples=[2])
    sold: int = Field(examples=[41])
    occupancy: float = Field(description="Sold over (capacity - blocked); above 1 when oversold.", examples=[0.7069])
    revenue: Money
    adr: Money
    revpar: Money


class Occupancy(Shape):
    """Rooms sold and revenue, night by night."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)

    property_id: Id
    currency: str = Field(examples=["EUR"])
    from_: date = Field(alias="from")
    to: date
    nights: list[OccupiedNight]


class Problem(BaseModel):
    """RFC 9457 problem document; further members depend on `code`, such as `nights` of `sold-out`."""

    type: str = Field(examples=["urn:octaspace:problem:sold-out"])
    title: str = Field(examples=["Sold out"])
    status: int = Field(examples=[409])
    code: str = Field(description="The stable name to switch on.", examples=["sold-out"])
    detail: str = Field(description="A sentence for people, in the language of Accept-Language (en, lt, de).")


Plain = dict[str, Any]
