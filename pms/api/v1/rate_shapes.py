"""What answers about rates look like; as in `shapes`, fields may be added, never renamed or taken away within v1."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from pms.api.v1.shapes import Id, Money, Named, Shape

Night = date
"""For fields that are called `date` themselves."""
Meals = Literal["none", "breakfast", "half_board", "full_board", "all_inclusive"]
Percent = Annotated[int, Field(description="Basis points: -1200 is 12 % less.", examples=[-1200])]


class Step(Shape):
    """Who stays that many nights or more pays so much more or less for each."""

    nights: int = Field(examples=[7])
    percent: Percent


class Markup(Shape):
    """What a channel adds to each night."""

    percent: Percent
    amount: Money


class Rounding(Shape):
    """Prices end on `ending` in every `step` minor units: 100 and 99 is .99."""

    step: int = Field(examples=[100])
    ending: int = Field(examples=[99])
    towards: Literal["nearest", "up", "down"]


class RatePlan(Shape):
    """One way of selling the rooms. A derived one takes its parent's prices, by its formula."""

    id: Id
    version: str = Field(description="What If-Match takes, in quotes.", examples=["1"])
    property_id: Id
    code: str = Field(description="Short, and no other plan of the property has it.", examples=["NR"])
    name: str = Field(examples=["Non-refundable"])
    description: str
    archived: bool = Field(description="Off sale; bookings made with it keep it.")
    sells_by_default: bool = Field(description="Whether it sells when nobody names a plan.")
    parent_id: UUID | None = Field(description="The plan it derives from; null for a master plan with prices of its own.")
    percent: Percent
    amount: Money
    per_adult: Money = Field(description="For each adult, base party included; minor units a night.")
    per_child: Money = Field(description="For each child; minor units a night.")
    rounding: Rounding
    own_restrictions: bool = Field(description="Whether a derived plan has its own restrictions instead of its parent's.")
    steps: list[Step]
    meals: Meals
    room_type_ids: list[UUID] | None = Field(description="Where it is sold; null for every room type.")
    valid_from: date | None = Field(description="The first night it is sold for.")
    valid_until: date | None = Field(description="The last night it is sold for.")
    min_advance: int | None = Field(description="Days before arrival up to which it is sold.")
    max_advance: int | None = Field(description="Days before arrival from which on it is sold.")
    channels: list[str] | None = Field(description="Through which channels it is sold; null for all.", examples=[["website"]])
    markups: dict[str, Markup] = Field(description="By channel.")
    access: Literal["public", "code"] = Field(description="Whether it needs one of its codes.")
    codes: list[str] = Field(examples=[["SUMMER"]])
    cancellation_id: UUID | None
    deposit_id: UUID | None


class RatePlans(Shape):
    """The plans of a property on sale, in its order."""

    items: list[RatePlan]


Nights = Annotated[list[int | None], Field(description="One entry per night; null where nothing holds.")]
Flags = Annotated[list[bool | None], Field(description="One entry per night; null where nothing holds.")]


class Holding(Shape):
    """The restrictions that hold on any of the nights, by name; those that never do are left out."""

    min_stay: Nights | None = None
    max_stay: Nights | None = None
    min_stay_arrival: Nights | None = None
    max_stay_arrival: Nights | None = None
    closed: Flags | None = None
    closed_arrival: Flags | None = None
    closed_departure: Flags | None = None
    min_advance: Nights | None = None
    max_advance: Nights | None = None


class RateSeries(Shape):
    """One plan in one room type; every list has one entry per night, from `from` on."""

    rate_plan_id: Id
    room_type_id: Id
    prices: list[Money] = Field(description="What the base party pays, minor units.")
    manual: list[bool] = Field(description="Whether somebody set that price by hand.")
    versions: list[int] = Field(
        description="The version of each cell, 0 while nobody has filled it in; of a channel, of its own values."
    )
    restrictions: Holding


class Rates(Shape):
    """Prices and restrictions of the nights from `from` to the one before `to`, as they hold."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)

    property_id: Id
    currency: str = Field(examples=["EUR"])
    from_: date = Field(alias="from")
    to: date
    channel: str | None = Field(description="The channel it holds on; null for what holds on all of them.")
    channels: list[str] = Field(
        description="The channels that have something of their own on any of these nights.", examples=[["booking_com"]]
    )
    rates: list[RateSeries]


class CellName(Shape):
    """One plan in one room type on one night."""

    rate_plan_id: Id
    room_type_id: Id
    date: date


class RatesChanged(Shape):
    """What a change of rates did."""

    change_id: UUID | None = Field(description="Takes it back, see `undo`; null when nothing had to change.")
    cells: int = Field(description="How many cells differ now.", examples=[184])
    kept: int = Field(description="Undoing only: cells left alone because somebody changed them since.", examples=[0])
    crossed: int = Field(
        description="Undoing only: cells left alone because their minimum would be above their maximum now.", examples=[0]
    )
    crossed_cells: list[CellName] = Field(description="The first 50 of them, the earliest first.")
    apart: int = Field(
        description="Changing what holds for all only: values single channels have of their own in these cells, which stay.",
        examples=[0],
    )


class CellTurn(Shape):
    """One change, as one cell saw it."""

    change_id: Id
    at: datetime
    by: str = Field(examples=["Rita Desk"])
    how: str = Field(description="grid, api, import, undo, ...", examples=["api"])
    reason: str
    channel: str | None = Field(description="The channel whose own values it touched; null for those of every channel.")
    before: dict[str, int | bool | None] = Field(
        description="The fields it touched; null: not filled in.", examples=[{"price": 9000}]
    )
    after: dict[str, int | bool | None] = Field(examples=[{"price": 9500}])


class CellStory(Shape):
    """A page of what happened to one cell, the newest first."""

    items: list[CellTurn]
    next: str | None = Field(description="Address of the next page; null on the last.")


class RateChange(Shape):
    """One change of any number of cells, of overbooking, or of both."""

    id: Id
    at: datetime
    by: str = Field(examples=["Rita Desk"])
    how: str = Field(examples=["grid"])
    reason: str
    cells: int = Field(description="How many cells it changed.", examples=[184])
    overbooking_nights: int = Field(description="How many nights of room types it let be overbooked otherwise.", examples=[0])
    first: date = Field(description="The earliest night it changed.")
    last: date = Field(description="The latest night it changed.")
    undoes: UUID | None = Field(description="The change it took back.")
    undone_by: UUID | None = Field(description="The change that took it back.")


class RateChanges(Shape):
    """A page of changes, the newest first."""

    items: list[RateChange]
    next: str | None = Field(description="Address of the next page; null on the last.")


class PricedNight(Shape):
    """One night of an offer."""

    date: date
    price: Money


class PriceStep(Shape):
    """One step on the way to a price."""

    kind: str = Field(
        description="Its stable name: base, rule, formula, round, floor, ceiling, manual, own, party, stay or markup.",
        examples=["rule"],
    )
    percent: int = Field(description="Basis points it adds, 0 for none.", examples=[2000])
    amount: Money = Field(description="What it adds beside that.")
    price: Money = Field(description="The price after it; of the last step the price itself.")
    text: str = Field(description="What it is, in the language of Accept-Language.", examples=["Weekends +20%"])


class OfferedNight(PricedNight):
    """One night of an offer, and how its price came about."""

    steps: list[PriceStep] | None = Field(None, description="From the base price on; only where `why` was asked for.")


class OfferTax(Shape):
    """One tax or fee of the whole stay."""

    id: Id
    name: str = Field(examples=["City tax"])
    amount: Money
    included: bool = Field(description="Whether `price` has it in it; else it comes on top.")


class CancellationTier(Shape):
    """What cancelling costs from an instant on."""

    since: datetime | None = Field(description="UTC; null: from the booking on.")
    amount: Money


class Cancellation(Shape):
    """What cancelling costs: the tier with the latest `since` that has passed; before the first one it is free."""

    text: str = Field(description="One sentence, in the language of Accept-Language.")
    tiers: list[CancellationTier]
    no_show: Money


class DepositPart(Shape):
    """What is due on a day."""

    due: date
    amount: Money


class Deposit(Shape):
    """What is due before arrival, if booked today."""

    text: str = Field(description="One sentence, in the language of Accept-Language.")
    parts: list[DepositPart]


class OfferedPlan(Shape):
    """The plan of an offer."""

    id: Id
    code: str = Field(examples=["NR"])
    name: str = Field(examples=["Non-refundable"])
    meals: Meals


class ExchangeRate(Shape):
    """What one unit of `currency` is worth in `display_currency`, by whose word, of which day. Nothing is charged by it."""

    currency: str = Field(examples=["EUR"])
    display_currency: str = Field(examples=["USD"])
    rate: str = Field(description="A decimal number.", examples=["1.0845"])
    date: Night
    source: str = Field(examples=["European Central Bank"])


class ExchangeRates(Shape):
    """The newest rate of each two currencies."""

    items: list[ExchangeRate]


class Displayed(Shape):
    """About as much in the currency to be shown, in its minor units, rounded half up. The guest pays what the offer says."""

    price: Money
    total: Money


class Offer(Shape):
    """One plan in one room type for one room's whole stay."""

    rate_plan: OfferedPlan
    room_type: Named
    free: int = Field(description="Rooms left on the fullest of the nights.", examples=[3])
    nights: list[OfferedNight]
    net: Money = Field(description="Without any tax.")
    price: Money = Field(description="What the nights add up to.")
    total: Money = Field(description="What the guest pays: `price` and what comes on top.")
    display: Displayed | None = Field(description="The same in the currency to be shown; null unless asked for.")
    taxes: list[OfferTax]
    cancellation: Cancellation
    deposit: Deposit


class Forbidden(Shape):
    """One rule that forbids a stay."""

    rule: str = Field(description="Its stable name.", examples=["min_stay"])
    date: Night | None = Field(description="The day it stands on, if on one.")
    value: int | None = Field(description="The rule's own number, if any.", examples=[3])
    text: str = Field(description="A sentence, in the language of Accept-Language.")


class Refused(Shape):
    """A plan in a room type that cannot be sold, with every rule that forbids it, in order."""

    rate_plan: OfferedPlan
    room_type: Named
    free: int
    price: Money
    total: Money
    reasons: list[Forbidden]


class Nearby(Shape):
    """Another arrival on which a stay of that length can be sold, with its cheapest offer."""

    arrival: date
    departure: date
    offer: Offer


class Offers(Shape):
    """What can be sold for these dates and people, the cheapest first."""

    property_id: Id
    currency: str = Field(examples=["EUR"])
    arrival: date
    departure: date
    display: ExchangeRate | None = Field(
        description="By which rate prices are shown; null unless `display_currency` asks for it."
    )
    offers: list[Offer]
    refused: list[Refused] | None = Field(description="Null unless asked for.")
    nearest: list[Nearby] | None = Field(description="The nearest arrivals first; null unless asked for and nothing is offered.")
