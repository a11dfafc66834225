"""Selling a stay anew: under another plan, or at prices agreed with the guest. Nights already slept keep their price.

What was slept has been earned and may stand on a bill: it is corrected there, not here (R-36).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from pms.kernel.db import Db
from pms.kernel.refusals import BadInput
from pms.rates.load import house_of, sale_of
from pms.rates.party import Party
from pms.reservations.book import refuse_bad_prices, tidy_text
from pms.reservations.changes import change, refuse_unless
from pms.reservations.models import Reservation, Stay
from pms.reservations.move import is_over, keep_past
from pms.reservations.nights import live_nights, nights_of, place
from pms.reservations.offers import Offer, plans_for
from pms.reservations.sold import Terms, asked_anew, plan_prices, quote_repriced, refuse_changed, sold_for, wish_of


@dataclass(frozen=True)
class PlanOffer:
    """One plan for a stay that is ours: what each night would cost then, minor units, those already slept as they are."""

    offer: Offer
    prices: tuple[int, ...]

    @property
    def total(self) -> int:
        """What all nights would cost, minor units."""
        return sum(self.prices)


@dataclass(frozen=True)
class PlanOffers:
    """The plans a stay can change to, in their order; `prices` are what it costs now, `slept` how many nights keep them."""

    currency: str
    rate_plan_id: UUID | None
    prices: tuple[int, ...]
    slept: int
    plans: tuple[PlanOffer, ...]


def plans_of_stay(db: Db, stay_id: UUID) -> PlanOffers:
    """What a stay would cost in each plan, sellable or not. Refuses `NotFound`, `NotPermitted`."""
    stay = db.one(Stay, stay_id)
    db.actor.require("reservation.view", stay.property_id)
    own = {(night.room_type_id, night.night) for night in live_nights(db, stay.id)}
    currency, found = plans_for(db, stay.property_id, wish_of(db, stay), stay.room_type_id, own)
    lie = nights_of(db, stay.id)
    now = tuple(night.price for night in lie)
    slept = sum(is_over(db, stay, night) for night in lie)
    plans = tuple(PlanOffer(one, (*now[:slept], *one.prices[slept:])) for one in found)
    return PlanOffers(currency, stay.rate_plan_id, now, slept, plans)


def change_plan(db: Db, stay_id: UUID, version: int | None, terms: Terms) -> Stay:
    """Sell the nights to come under another plan, at what it asks for them now. `terms.shown` is the new price of the whole
    stay as somebody saw it. Party, channel and codes are those it was sold with, the stay itself counts as not yet sold.

    Refuses `NotForSale`, `PriceChanged`, `NotInThisState`, `MovedMeanwhile`, `NotFound`, `BadInput`, and `NotPermitted`, also
    for selling what rules forbid.
    """
    with change(db, stay_id, version, "reservation.change", "stay.plan_changed", quoted=True) as stay:
        refuse_unless(stay, "tentative", "confirmed", "checked_in")
        house = sale_of(db, stay.property_id, {stay.room_type_id})
        asked = replace(terms, shown=None, reason=tidy_text("reason", terms.reason))
        wish = wish_of(db, stay)
        wish = replace(wish, codes=wish.codes | {code.casefold() for code in terms.codes})
        sold = sold_for(db, house, stay.room_type_id, wish, asked, own=live_nights(db, stay.id))
        lie = nights_of(db, stay.id)
        wanted = [n if is_over(db, stay, n) else replace(n, price=price) for n, price in zip(lie, sold.prices, strict=True)]
        prices = [night.price for night in wanted]
        refuse_changed(house, terms.shown, sum(prices))
        kept = {"agreed": prices} if sold.quote and prices != sold.prices else {}
        stay.rate_plan_id, stay.quote = sold.rate_plan_id, sold.quote and sold.quote | kept
        place(db, stay, wanted)
    return stay


@dataclass(frozen=True)
class PartyPrice:
    """What a stay would cost in all, minor units: at the prices agreed, `kept`, or as its plan asks for the party now, `taken`;
    `now` is what it costs, `added` what each night costs that it has not yet.
    """

    currency: str
    now: int
    kept: int
    taken: int
    added: Mapping[date, int]


def price_of_party(db: Db, stay_id: UUID, arrival: date, departure: date, party: Party) -> PartyPrice:
    """What a stay would cost on [arrival, departure) for another party, see `take_price`; nights that are added cost what that
    party pays either way. Refuses `NotFound`, `NotPermitted`, and `BadInput` for a room type that is not sold any more.
    """
    stay = db.one(Stay, stay_id)
    db.actor.require("reservation.view", stay.property_id)
    asked = plan_prices(db, stay, stay.room_type_id, arrival, departure, party)
    lie = {night.night: night for night in nights_of(db, stay.id)}
    slept = {day for day, night in lie.items() if is_over(db, stay, night)}
    kept = sum(lie[day].price if day in lie else price for day, price in asked.items())
    taken = sum(lie[day].price if day in slept else price for day, price in asked.items())
    now, added = sum(night.price for night in lie.values()), {day: price for day, price in asked.items() if day not in lie}
    return PartyPrice(db.one(Reservation, stay.reservation_id).currency, now, kept, taken, added)


def take_price(db: Db, stay_id: UUID, version: int | None, shown: int | None = None) -> Stay:
    """Let the nights to come cost what the stay's plan asks for them now, for the party it has; the promises made stay. `shown`
    is the new price of the whole stay as somebody saw it.

    Refuses `PriceChanged`, `NotInThisState`, `MovedMeanwhile`, `NotFound`, `NotPermitted`, `BadInput`.
    """
    with change(db, stay_id, version, "reservation.change", "stay.repriced", quoted=True) as stay:
        refuse_unless(stay, "tentative", "confirmed", "checked_in")
        sold, lie = asked_anew(db, stay), nights_of(db, stay.id)
        wanted = [n if is_over(db, stay, n) else replace(n, price=price) for n, price in zip(lie, sold.prices, strict=True)]
        refuse_changed(house_of(db, stay.property_id), shown, sum(night.price for night in wanted))
        stay.quote = quote_repriced({**stay.quote, **(sold.quote or {})} if stay.quote else None, wanted)
        place(db, stay, wanted)
    return stay


def agree_prices(db: Db, stay_id: UUID, version: int | None, prices: Sequence[int], reason: str) -> Stay:
    """Set the price of every night, minor units, first night first, as agreed with the guest; the reason is kept with the stay.

    Refuses `BadInput` without a reason, `PastNightsFixed`, `NotInThisState`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    with change(db, stay_id, version, "reservation.change", "stay.repriced", quoted=True) as stay:
        db.actor.require("rate.override", stay.property_id)
        refuse_unless(stay, "tentative", "confirmed", "checked_in")
        if not (said := tidy_text("reason", reason)):
            raise BadInput("reason", "Say why this price was agreed.")
        lie = nights_of(db, stay.id)
        refuse_bad_prices(prices, len(lie))
        wanted = [replace(night, price=price) for night, price in zip(lie, prices, strict=True)]
        keep_past(db, stay, lie, wanted)
        stay.quote = (stay.quote or {}) | {"agreed": list(prices), "reason": said}
        place(db, stay, wanted)
    return stay
