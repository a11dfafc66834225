"""What programs may send. Unknown fields are refused, so that a typing slip is not silently ignored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from pms.api.v1.shapes import State
from pms.kernel.money import MINOR_MAX
from pms.rates.channels import CODES_MOST
from pms.reservations.book import ROOMS_MAX, TEXT_MAX, Booking, Room
from pms.reservations.guests import GuestDetails
from pms.reservations.sold import Terms


def _printable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("a text cannot hold the character U+0000")
    return value


Text = Annotated[str, AfterValidator(_printable)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2200, 1, 1), examples=["2027-06-01"])]
Instant = Annotated[AwareDatetime, Field(ge=datetime.fromisoformat("2000-01-01T00:00:00Z"), examples=["2027-05-01T08:00:00Z"])]
Count = Annotated[int, Field(strict=True, ge=0, le=99)]
Price = Annotated[int, Field(strict=True, ge=0, le=MINOR_MAX)]
Prices = Annotated[
    list[Price],
    Field(max_length=366, description="One price per night in minor units, the first night first.", examples=[[9900, 9900]]),
]
Shown = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=MINOR_MAX * 366,
        description="What the guest was shown for the whole room, as an offer's `price`: refused as `price-changed`, with both"
        " prices, if it would cost something else by now.",
        examples=[19800],
    ),
]
Ages = Annotated[
    list[Annotated[int, Field(strict=True, ge=0, le=17)] | None],
    Field(max_length=99, description="The age of each child on arrival, null where unknown; empty: all are.", examples=[[4]]),
]
Word = Annotated[Text, Field(min_length=1, max_length=50)]
Reason = Annotated[
    Text,
    Field(
        max_length=TEXT_MAX["reason"],
        description="Why this plan or these prices: kept with the room and in the journal.",
        examples=["Regular guest"],
    ),
]


class Asked(BaseModel):
    """An object in a request."""

    model_config = ConfigDict(extra="forbid")


class GuestAsked(Asked):
    """A guest we may not know yet; `last_name` is all that is needed."""

    last_name: Annotated[Text, Field(min_length=1, max_length=100, examples=["Kazlauskienė"])]
    first_name: Annotated[Text, Field(max_length=100, examples=["Ona"])] = ""
    email: Annotated[Text, Field(max_length=254, examples=["ona@example.com"])] = ""
    phone: Annotated[Text, Field(max_length=40, examples=["+370 600 00000"])] = ""
    country: Annotated[Text, Field(max_length=2, description="ISO 3166-1 alpha-2.", examples=["LT"])] = ""
    language: Annotated[Text, Field(max_length=2, description="ISO 639-1.", examples=["lt"])] = ""
    notes: Annotated[Text, Field(max_length=4000)] = ""

    def details(self) -> GuestDetails:
        """For the verb."""
        return GuestDetails(**self.model_dump())


class KnownGuest(Asked):
    """A guest by id."""

    id: UUID


class RoomAsked(Asked):
    """One room to sell, local dates [arrival, departure)."""

    room_type_id: UUID
    arrival: Day
    departure: Day
    unit_id: UUID | None = Field(None, description="The very room; without it the property assigns one later.")
    adults: Annotated[Count, Field(ge=1)] = 2
    children: Count = 0
    children_ages: Ages = []
    rate_plan_id: UUID | None = Field(None, description="The plan of an offer; without it the one that sells by default.")
    channel: Annotated[Word, Field(description="Through which channel it is booked, as the offer was asked for.")] = "api"
    codes: Annotated[list[Word], Field(max_length=CODES_MOST, description="Codes the guest has.")] = []
    prices: Prices | None = Field(
        None,
        description="One per night in minor units; without them the price of the day. Prices as offered are what the guest was"
        " shown; any others need the scope `rate.override`, and are kept without a plan unless `rate_plan_id` names one.",
    )
    shown: Shown | None = None
    despite_rules: bool = Field(False, description="Sell what the plan's rules forbid. Scope `rate.override`.")
    reason: Reason = ""

    @model_validator(mode="after")
    def _one_price(self) -> Self:
        _refuse_two_prices(self)
        return self

    def room(self) -> Room:
        """For the verb."""
        terms = Terms(self.rate_plan_id, self.channel, tuple(self.codes), self.shown, self.despite_rules, self.reason)
        place = self.room_type_id, self.arrival, self.departure, self.unit_id
        children = self.children or len(self.children_ages)
        return Room(*place, self.adults, children, self.prices, self.children_ages, terms)


def _refuse_two_prices(room: RoomAsked | RoomChange) -> None:
    if room.prices is not None and room.shown is not None:
        raise ValueError("name `prices` to set them, or `shown` for the plan's own, not both")


class NewReservation(Asked):
    """What to book: all of it is sold, or nothing."""

    property_id: UUID
    guest: GuestAsked | KnownGuest
    rooms: Annotated[list[RoomAsked], Field(min_length=1, max_length=ROOMS_MAX)]
    status: Literal["tentative", "confirmed"] = "confirmed"
    source: Annotated[Text, Field(min_length=1, max_length=50, description="Where it comes from.", examples=["website"])] = "api"
    external_ref: Annotated[Text, Field(min_length=1, max_length=100)] | None = Field(
        None, description="Your own number. The same number of the same source is taken once.", examples=["W-10023"]
    )
    notes: Annotated[Text, Field(max_length=4000)] = ""
    tags: Annotated[list[Annotated[Text, Field(max_length=50)]], Field(max_length=20)] = []

    def booking(self) -> Booking:
        """For the verb."""
        return Booking(
            property_id=self.property_id,
            guest=self.guest.id if isinstance(self.guest, KnownGuest) else self.guest.details(),
            rooms=[room.room() for room in self.rooms],
            status=self.status,
            source=self.source,
            external_ref=self.external_ref,
            notes=self.notes,
            tags=self.tags,
        )


Action = Literal["confirm", "check_in", "undo_check_in", "check_out", "undo_check_out", "cancel", "reinstate", "no_show"]


class RoomChange(Asked):
    """A change to a room of the reservation (with its `id`); without `id`, one more room to sell.

    Done in this order: reinstating or undoing, party, dates, unit or type, plan, prices, then any other action.
    """

    id: UUID | None = None
    arrival: Day | None = Field(
        None,
        description="As many nights on other days keep their prices; added ones cost the price of the day, and rules that forbid"
        " them refuse the change.",
    )
    departure: Day | None = None
    unit_id: UUID | None = Field(None, description="The room to sleep in; null takes the assignment away.")
    room_type_id: UUID | None = Field(None, description="The type to sleep in, no unit assigned.")
    adults: Annotated[Count, Field(ge=1)] | None = None
    children: Count | None = None
    children_ages: Ages | None = None
    channel: Annotated[Word, Field(description="Of one more room: through which it is booked. A room keeps its own.")] = "api"
    codes: Annotated[list[Word], Field(max_length=CODES_MOST, description="Codes the guest has, beside those used before.")] = []
    rate_plan_id: UUID | None = Field(
        None,
        description="Sell the nights to come under this plan, at what it asks now; nights already slept keep their price.",
    )
    despite_rules: bool = Field(
        False, description="Sell what rules forbid: the plan, and nights that other dates add. Scope `rate.override`."
    )
    reprice: bool = Field(
        False, description="Let the nights to come cost what the plan asks now for the party; else the agreed prices stay."
    )
    prices: Prices | None = Field(
        None, description="A price for each night the room then has, as agreed with the guest. Scope `rate.override`."
    )
    shown: Shown | None = None
    reason: Reason = ""
    action: Action | None = Field(None, description="A step in the room's life.")

    @model_validator(mode="after")
    def _one_more_is_whole(self) -> Self:
        if self.id is None and not (self.room_type_id and self.arrival and self.departure):
            raise ValueError("name the `id` of the room to change, or `room_type_id`, `arrival` and `departure` of one more")
        if self.id is None and self.action:
            raise ValueError("a room that is not there yet takes no action")
        if self.reprice and (self.id is None or self.prices is not None):
            raise ValueError("`reprice` is for a room that is there, and for the plan's prices: name no `prices` beside it")
        _refuse_two_prices(self)
        return self

    def new_room(self) -> Room:
        """One more room to sell."""
        assert self.room_type_id is not None
        assert self.arrival is not None
        assert self.departure is not None
        adults = 2 if self.adults is None else self.adults
        place = self.room_type_id, self.arrival, self.departure, self.unit_id
        ages = self.children_ages or ()
        return Room(*place, adults, self.children or len(ages), self.prices, ages, self.terms())

    def terms(self) -> Terms:
        """Under which plan and conditions. What was `shown` is the price after all changes: only of one more room is it here."""
        shown = self.shown if self.id is None else None
        return Terms(self.rate_plan_id, self.channel, tuple(self.codes), shown, self.despite_rules, self.reason)


class GuestChange(Asked):
    """Other details of the same guest, or with `id` alone another guest for the reservation."""

    id: UUID | None = None
    last_name: Annotated[Text, Field(min_length=1, max_length=100)] | None = None
    first_name: Annotated[Text, Field(max_length=100)] | None = None
    email: Annotated[Text, Field(max_length=254)] | None = None
    phone: Annotated[Text, Field(max_length=40)] | None = None
    country: Annotated[Text, Field(max_length=2)] | None = None
    language: Annotated[Text, Field(max_length=2)] | None = None
    notes: Annotated[Text, Field(max_length=4000)] | None = None

    def details(self) -> dict[str, str]:
        """The details to change."""
        return self.model_dump(exclude={"id"}, exclude_none=True)


class ReservationChange(Asked):
    """Whatever is named changes, all of it or nothing; the rest stays."""

    notes: Annotated[Text, Field(max_length=4000)] | None = None
    tags: Annotated[list[Annotated[Text, Field(max_length=50)]], Field(max_length=20)] | None = None
    source: Annotated[Text, Field(min_length=1, max_length=50)] | None = None
    guest: GuestChange | None = None
    rooms: Annotated[list[RoomChange], Field(max_length=ROOMS_MAX)] = []


class ReservationFilter(Asked):
    """Which reservations; conditions on dates and status speak of one and the same room."""

    property_id: UUID | None = None
    guest_id: UUID | None = None
    status: State | None = None
    source: Annotated[Text, Field(max_length=50)] | None = None
    arrival_from: Day | None = Field(None, description="Arriving on this day or later.")
    arrival_before: Day | None = Field(None, description="Arriving before this day.")
    departure_from: Day | None = Field(None, description="Leaving on this day or later.")
    departure_before: Day | None = Field(None, description="Leaving before this day.")
    changed_since: Instant | None = Field(
        None, description="New or changed at or after this instant. Overlap your calls by a minute: work under way shows later."
    )
    search: Annotated[Text, Field(min_length=1, max_length=100)] | None = Field(
        None,
        description="The code, your `external_ref`; with scope `guest.view` how the guest's name begins, or a phone number.",
    )
    limit: Annotated[int, Field(ge=1, le=200)] = Field(50, description="How many at most.")
    cursor: Annotated[Text, Field(max_length=100)] | None = Field(
        None, description="Where to go on: take it from `next`, its content is no promise."
    )
