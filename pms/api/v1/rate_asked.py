"""What programs may send about rates. Unknown fields are refused, as in `asked`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, StrictBool, model_validator

from pms.api.v1.asked import Asked, Day, Price, Text, Word
from pms.api.v1.rate_shapes import Meals
from pms.kernel.money import MINOR_MAX
from pms.rates import channels
from pms.rates.cells import ADVANCE_MOST, FIELDS, STAY_MOST
from pms.rates.plans import CODE_MOST, CODES_MOST, PERCENT_MOST, STEPS_MOST, TEXT_MOST, PlanFields
from pms.rates.ranges import Range, nights

RANGES_MOST = 10_000
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Percent = Annotated[int, Field(strict=True, ge=-10_000, le=PERCENT_MOST, description="Basis points: -1200 is 12 % less.")]
Amount = Annotated[int, Field(strict=True, ge=-MINOR_MAX, le=MINOR_MAX, description="Minor units, may be negative.")]
Advance = Annotated[int, Field(strict=True, ge=0, le=ADVANCE_MOST)]
Stay = Annotated[int, Field(strict=True, ge=1, le=STAY_MOST)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class StepAsked(Asked):
    """Who stays `nights` or more pays so much more or less."""

    nights: Annotated[int, Field(strict=True, ge=2, le=STAY_MOST)]
    percent: Percent


class MarkupAsked(Asked):
    """What a channel adds to each night."""

    percent: Percent = 0
    amount: Amount = 0


class RoundingAsked(Asked):
    """Prices end on `ending` in every `step` minor units."""

    step: Annotated[int, Field(strict=True, ge=1, le=10_000_000)] = 1
    ending: Annotated[int, Field(strict=True, ge=0, lt=10_000_000)] = 0
    towards: Literal["nearest", "up", "down"] = "nearest"


class PlanChange(Asked):
    """Whatever is named changes, the rest stays; a list is replaced as a whole."""

    code: Annotated[Text, Field(min_length=1, max_length=CODE_MOST, examples=["NR"])] = ""
    name: Annotated[Text, Field(min_length=1, max_length=100, examples=["Non-refundable"])] = ""
    description: Annotated[Text, Field(max_length=TEXT_MOST)] = ""
    parent_id: UUID | None = Field(None, description="The plan it derives from; without one it has prices of its own.")
    percent: Percent = 0
    amount: Amount = 0
    per_adult: Amount = 0
    per_child: Amount = 0
    rounding: RoundingAsked = RoundingAsked()
    own_restrictions: StrictBool = False
    steps: Annotated[list[StepAsked], Field(max_length=STEPS_MOST)] = []
    meals: Meals = "none"
    room_type_ids: Annotated[list[UUID], Field(max_length=500)] | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    min_advance: Advance | None = None
    max_advance: Advance | None = None
    channels: Annotated[list[Word], Field(max_length=50)] | None = None
    markups: Annotated[dict[Word, MarkupAsked], Field(max_length=50)] = {}
    access: Literal["public", "code"] = "public"
    codes: Annotated[list[Word], Field(max_length=CODES_MOST)] = []
    cancellation_id: UUID | None = None
    deposit_id: UUID | None = None
    sells_by_default: Annotated[Literal[True], Field(description="Let it sell when nobody names a plan.")] | None = None

    def named(self) -> dict[str, Any]:
        """The fields named, as the verbs call them."""
        values = self.model_dump(exclude_unset=True, exclude={"sells_by_default", "rounding"})
        if "rounding" in self.model_fields_set:
            values |= {f"round_{name}": value for name, value in (("step", self.rounding.step), ("ending", self.rounding.ending))}
            values["round_to"] = self.rounding.towards
        return values


class NewPlan(PlanChange):
    """A plan to add; `code` and `name` are all that is needed."""

    code: Annotated[Text, Field(min_length=1, max_length=CODE_MOST, examples=["NR"])]
    name: Annotated[Text, Field(min_length=1, max_length=100, examples=["Non-refundable"])]

    def fields(self) -> PlanFields:
        """For the verb."""
        return PlanFields(**self.named())


class RatesAsked(Asked):
    """What nights shall be in one plan and room type, from `from` to the one before `to`: only the fields named, null clears."""

    rate_plan_id: UUID
    room_type_id: UUID
    from_: Day = Field(alias="from", description="The first night.")
    to: Day = Field(description="The day after the last night.")
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)] | None = Field(
        None, description="Only the nights that begin on these days.", examples=[["fri", "sat"]]
    )
    channel: Annotated[Word, Field(min_length=1, max_length=channels.CODE_MOST)] | None = Field(
        None, description="Only for what is sold through it, laid over what holds for every channel.", examples=["booking_com"]
    )
    version: Annotated[int, Field(strict=True, ge=0, lt=2**31)] | None = Field(
        None, description="The version each of these cells must have, 0 for never filled in; without it they are changed anyway."
    )
    price: Price | None = Field(
        None, description="A price by hand, minor units; null: by the rules again. For a channel: with no mark-up on it."
    )
    min_stay: Stay | None = Field(None, description="Nights at least, of every stay over this night.")
    max_stay: Stay | None = None
    min_stay_arrival: Stay | None = Field(None, description="Nights at least, of stays that arrive on this day.")
    max_stay_arrival: Stay | None = None
    closed: StrictBool | None = None
    closed_arrival: StrictBool | None = None
    closed_departure: StrictBool | None = None
    min_advance: Advance | None = Field(None, description="Days before arrival up to which arrivals on this day are sold.")
    max_advance: Advance | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.from_ >= self.to:
            raise ValueError("`to` is the day after the last night, so it lies after `from`")
        if not self.model_fields_set & set(FIELDS):
            raise ValueError("name at least one field to set, or to clear with null")
        return self

    def range(self) -> Range:
        """For the verb."""
        values = {name: getattr(self, name) for name in FIELDS if name in self.model_fields_set}
        days = None if self.weekdays is None else frozenset(map(WEEKDAYS.index, self.weekdays))
        return Range(self.rate_plan_id, self.room_type_id, self.from_, self.to, values, days, self.version, self.channel or "")


class AllowanceAsked(Asked):
    """How many rooms of a type may be sold beyond those there are, on the nights from `from` to the one before `to`."""

    room_type_id: UUID
    from_: Day = Field(alias="from", description="The first night.")
    to: Day = Field(description="The day after the last night.")
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)] | None = Field(
        None, description="Only the nights that begin on these days.", examples=[["fri", "sat"]]
    )
    overbooking: Annotated[int, Field(strict=True, ge=0, le=9_999, description="Up to as many as the type has rooms.")]

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.from_ >= self.to:
            raise ValueError("`to` is the day after the last night, so it lies after `from`")
        return self

    def nights(self) -> dict[tuple[UUID, date], int]:
        """For the verb."""
        days = None if self.weekdays is None else frozenset(map(WEEKDAYS.index, self.weekdays))
        return {(self.room_type_id, night): self.overbooking for night in nights(self.from_, self.to, days)}


class AllowancesAsked(Asked):
    """Up to 20,000 nights in one change: all of it, or nothing. Entries work one after the other, a later one wins."""

    nights: Annotated[list[AllowanceAsked], Field(min_length=1, max_length=500)]


class ExchangeAsked(Asked):
    """What one unit of `currency` was worth in `display_currency` on a day; it takes the place of that day's."""

    currency: Annotated[Text, Field(min_length=3, max_length=3, examples=["EUR"])]
    display_currency: Annotated[Text, Field(min_length=3, max_length=3, examples=["USD"])]
    rate: Annotated[str, Field(pattern=r"^[0-9]{1,10}(\.[0-9]{1,8})?$", description="A decimal number.", examples=["1.0845"])]
    date: Day
    source: Annotated[
        Text, Field(min_length=1, max_length=100, description="Whose rate it is.", examples=["European Central Bank"])
    ]
    seen_rate: Annotated[
        str | None,
        Field(
            pattern=r"^[0-9]{1,10}(\.[0-9]{1,8})?$",
            description="The rate of that day as you saw it, 0 for none: refused when another stands there by now.",
            examples=["1.0791"],
        ),
    ] = None


class RatesChange(Asked):
    """Up to 10,000 cells in one change: all of it, or nothing. Entries work one after the other, a later one wins."""

    rates: Annotated[list[RatesAsked], Field(min_length=1, max_length=RANGES_MOST)]
    reason: Annotated[Text, Field(max_length=500, description="Why, for the history.", examples=["Song festival"])] = ""
