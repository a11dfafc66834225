"""What a room is sold for: the plan's price of the day, or one agreed by hand; and what of it is kept with the stay (R-52)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from pms.kernel.db import Db
from pms.kernel.refusals import NotFound
from pms.rates.board import Board, TypeOnSale
from pms.rates.channels import NAMES
from pms.rates.load import House, board_of, house_of, sale_of
from pms.rates.models import Policy, RatePlan
from pms.rates.party import Party, difference, heads, night_prices, steps_on
from pms.rates.price import Step, price_of
from pms.rates.restrict import Reason, Restrictions, Wish, forbids, forbids_change
from pms.rates.said import reasons as said_reasons
from pms.reservations.models import Reservation, Stay
from pms.reservations.nights import Night, live_nights
from pms.reservations.offers import NotForSale, PriceChanged, sellable_board

DECIDED_ELSEWHERE = frozenset({"past", "no_nights", "sold_out"})
"""Rules that booking leaves to others: counters decide what is sold out, under their lock; the desk enters what was yesterday."""


@dataclass(frozen=True)
class Terms:
    """Under which plan a room is to be sold: None is the one that sells by default. `shown` is the price somebody has seen for
    the whole room, minor units; `despite_rules` sells what rules forbid, and needs the permission to override.
    """

    rate_plan_id: UUID | None = None
    channel: str = "desk"
    codes: tuple[str, ...] = ()
    shown: int | None = None
    despite_rules: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Sold:
    """The price of each night in minor units, the plan (None for prices agreed without one), and the quote to keep, if any."""

    prices: list[int]
    rate_plan_id: UUID | None = None
    quote: dict[str, Any] | None = None


def brought_along(agreed: Sequence[int], wish: Wish, reason: str = "") -> Sold:
    """A room at prices that somebody brings along, under no plan: no rule is asked."""
    said = {"agreed": list(agreed), "reason": reason} if reason else {}
    came = {"channel": wish.channel} if wish.channel in NAMES and wish.channel != "desk" else {}
    return Sold(list(agreed), quote=(came | _origin(wish) | said) or None)


def sold_for(
    db: Db,
    house: House,
    room_type_id: UUID,
    wish: Wish,
    terms: Terms,
    agreed: Sequence[int] | None = None,
    own: Sequence[Night] = (),
) -> Sold:
    """Price a room. `agreed` prices stand as they are, beside what the plan would have asked; without a plan named, the one that
    sells by default. `own` are the nights the room has in the house already.

    Refuses `NotForSale`, `NotFound`, `PriceChanged` also for prices `agreed` by somebody who may not agree on any, and
    `NotPermitted` for other terms than the plan's.
    """
    kind = next(one for one in house.types if one.id == room_type_id)
    board, plan = _board(db, house, kind, wish, terms.rate_plan_id, own)
    if plan is not None:
        _refuse_forbidden(db, house, board, plan, kind, wish, terms)
    prices = _asked(board, plan, kind, wish)
    refuse_changed(house, terms.shown, sum(prices))
    if agreed is not None and list(agreed) != prices and not db.actor.may("rate.override", house.property_id):
        refuse_changed(house, sum(agreed), sum(prices))
        db.actor.require("rate.override", house.property_id)  # other nights, the same sum
    if plan is None:
        return Sold(prices)
    kept = {"channel": wish.channel, **_origin(wish), **({"reason": terms.reason} if terms.reason else {})}
    quote = _quote(board, plan, kind, wish, prices) | kept
    if agreed is not None and list(agreed) != prices:
        return Sold(list(agreed), plan.id, quote | {"agreed": list(agreed)})
    return Sold(prices, plan.id, quote)


def _origin(wish: Wish) -> dict[str, Any]:
    """What a quote keeps of who bought it, for the day the stay changes: the codes, and the children's ages, if any is known."""
    known = any(age is not None for age in wish.party.children)
    kept = {"codes": sorted(wish.codes), "ages": list(wish.party.children) if known else []}
    return {name: value for name, value in kept.items() if value}


def wish_of(db: Db, stay: Stay) -> Wish:
    """What a stay would ask for if it were sold anew: its dates and party, through the channel it came by, now at the desk.

    A plan sold before channels were kept was sold at the desk; prices brought along without saying through which came from where
    the source says.
    """
    kept = stay.quote or {}
    channel = kept.get("channel", "desk")
    if kept.keys().isdisjoint({"channel", "plan"}) and (source := db.one(Reservation, stay.reservation_id).source) in NAMES:
        channel = source
    codes = frozenset(kept.get("codes", ()))
    return Wish(stay.arrival, stay.departure, Party(stay.adults, ages_of(stay)), channel, codes, at_desk=True)


def ages_of(stay: Stay) -> tuple[int | None, ...]:
    """The age of each child of a stay on the day of arrival, None where nobody knows it."""
    known = (stay.quote or {}).get("ages", ())
    return tuple(known) if len(known) == stay.children else (None,) * stay.children


def plan_prices(
    db: Db, stay: Stay, room_type_id: UUID, arrival: date, departure: date, party: Party | None = None
) -> dict[date, int]:
    """What the plan of a stay asks now for each night of [arrival, departure), slept in that room type by that party, or its own:
    minor units (R-41). Rules are not asked, see `refuse_change`. Refuses as `sale_of` does.
    """
    house = sale_of(db, stay.property_id, {room_type_id})
    wish = replace(wish_of(db, stay), arrival=arrival, departure=departure)
    wish = wish if party is None else replace(wish, party=party)
    if wish.nights < 1:
        return {}
    board, plan = _board_of(db, house, stay, house.types[0], wish)
    return dict(zip(_days(wish), _asked(board, plan, house.types[0], wish), strict=True))


def asked_anew(db: Db, stay: Stay) -> Sold:
    """What the plan of a stay asks now for all its nights and its party, and how: the quote has prices and steps alone, as what
    was promised is promised still. Rules are not asked. Refuses as `sale_of` does.
    """
    house, wish = sale_of(db, stay.property_id, {stay.room_type_id}), wish_of(db, stay)
    board, plan = _board_of(db, house, stay, house.types[0], wish)
    prices = _asked(board, plan, house.types[0], wish)
    if plan is None or plan.id != stay.rate_plan_id:
        return Sold(prices)
    quote = _quote(board, plan, house.types[0], wish, prices)
    return Sold(prices, plan.id, {name: quote[name] for name in ("prices", "steps")})


def refuse_change(db: Db, stay: Stay, arrival: date, departure: date, despite_rules: bool = False) -> None:
    """Refuse `NotForSale` when rules forbid nights that other dates would bring to a stay, in the room type it was sold as; and
    `NotPermitted` for selling them all the same (R-41). A type that has left the house has no rules any more.
    """
    house, plan, found = against_change(db, stay, arrival, departure)
    if plan is not None and found:
        _refuse(db, house, plan, found, despite_rules)


def against_change(db: Db, stay: Stay, arrival: date, departure: date) -> tuple[House, RatePlan | None, list[Reason]]:
    """The house, the plan that is asked, and which rules forbid a stay to come to lie on [arrival, departure)."""
    house, was = house_of(db, stay.property_id), wish_of(db, stay)
    wish = replace(was, arrival=arrival, departure=departure)
    kind = next((one for one in house.types if one.id == stay.room_type_id), None)
    if kind is None or wish.nights < 1 or (was.arrival <= arrival and departure <= was.departure):
        return house, None, []
    board, plan = _board_of(db, house, stay, kind, wish)
    return house, plan, _against(was, wish, board, plan, kind) if plan else []


def _against(was: Wish, wish: Wish, board: Board, plan: RatePlan, kind: TypeOnSale) -> list[Reason]:
    return forbids_change(was, wish, board, plan, kind, Restrictions(board.on(wish.ruled_by), plan))


def _days(wish: Wish) -> list[date]:
    return [wish.arrival + timedelta(days=n) for n in range(wish.nights)]


def _asked(board: Board, plan: RatePlan | None, kind: TypeOnSale, wish: Wish) -> list[int]:
    """The plan's price of each night for that party, minor units; without a plan, the room type's own."""
    if plan is None:
        return [kind.base_price] * wish.nights
    more = difference(board, plan, kind.id, heads(wish.party, board.book.bands))
    seen, on = board.on(wish.channel), slice(0, wish.nights)
    base, own = price_of(seen, plan)[0, on], seen.own_price(plan)
    return night_prices(plan, base, more, wish.nights, wish.channel, None if own is None else own[0, on]).tolist()


def _board_of(db: Db, house: House, stay: Stay, kind: TypeOnSale, wish: Wish) -> tuple[Board, RatePlan | None]:
    """The nights of the wish as if the stay were not in the house yet, and its plan.

    A stay sold without a plan, or under one that has ended, is asked what sells by default.
    """
    board, plan = _board(db, house, kind, wish, None, live_nights(db, stay.id))
    return board, board.book.by_id.get(stay.rate_plan_id, plan) if stay.rate_plan_id else plan


def _board(
    db: Db, house: House, kind: TypeOnSale, wish: Wish, rate_plan_id: UUID | None, own: Sequence[Night] = ()
) -> tuple[Board, RatePlan | None]:
    """The nights of the wish for its room type alone; how full the house is, but for its `own` nights, only if a rule asks."""
    board = board_of(db, house, wish.arrival, wish.nights + 1, (kind,))
    if board.book.asks_occupancy:
        whole = house_of(db, house.property_id)
        has = {(night.room_type_id, night.night) for night in own}
        counted, _ = sellable_board(db, whole, wish.arrival, wish.nights + 1, has)
        board = replace(board, house=counted.house, house_row=counted.row(kind.id))
    plan = board.book.by_id.get(rate_plan_id or house.default_plan_id)  # type: ignore[arg-type]
    if plan is None and rate_plan_id is not None:
        raise NotFound(what="rate plan")
    return board, plan


def _refuse_forbidden(db: Db, house: House, board: Board, plan: RatePlan, kind: TypeOnSale, wish: Wish, terms: Terms) -> None:
    rules, free = Restrictions(board.on(wish.ruled_by), plan), [1] * wish.nights
    found = [one for one in forbids(wish, board, plan, kind, rules, free) if one.rule not in DECIDED_ELSEWHERE]
    if "desk" in wish.channels:
        found = [one for one in found if one.rule != "party_too_large"]  # who puts up a bed knows better
    if found:
        _refuse(db, house, plan, found, terms.despite_rules)


def _refuse(db: Db, house: House, plan: RatePlan, found: Sequence[Reason], despite_rules: bool) -> None:
    """Say what forbids it, unless somebody who may sells it all the same."""
    if despite_rules:
        db.actor.require("rate.override", house.property_id)
        return
    raise NotForSale(
        plan=plan.name,
        why=" ".join(said_reasons(found, db.actor.locale)),
        reasons=[as_data(one) for one in found],
    )


def as_data(one: Reason) -> dict[str, Any]:
    """A reason for programs."""
    return {"rule": one.rule, "night": one.night.isoformat() if one.night else None, "value": one.value}


def refuse_changed(house: House, shown: int | None, now: int) -> None:
    """Refuse `PriceChanged` when the price somebody saw, minor units, is not the price any more; None: nobody saw one."""
    if shown is not None and shown != now:
        raise PriceChanged(shown=shown, now=now, currency=house.currency)


def _quote(board: Board, plan: RatePlan, kind: TypeOnSale, wish: Wish, prices: Sequence[int]) -> dict[str, Any]:
    """What is kept: the plan as it was, every price with its steps, and the promises made."""
    policies = board.book.policies
    more = difference(board, plan, kind.id, heads(wish.party, board.book.bands))
    steps = steps_on(board, wish.channel, plan, more, wish.nights)[: len(prices)]
    return {
        "plan": {"id": str(plan.id), "code": plan.code, "name": plan.name, "meals": plan.meals},
        "prices": list(prices),
        "steps": [[_kept(step) for step in night] for night in steps],
        "cancellation": _promise(policies.get(plan.cancellation_id) if plan.cancellation_id else None),
        "deposit": _promise(policies.get(plan.deposit_id) if plan.deposit_id else None),
    }


def quote_in_step(quote: dict[str, Any] | None, old: Sequence[Night], wanted: Sequence[Night]) -> dict[str, Any] | None:
    """The quote of a stay that lay on `old` and is to lie on `wanted`, with one entry for each night in every list.

    A night that stays keeps what was asked for it then and why; one that came has its present price, and no steps.
    """
    if quote is None:
        return None
    kept = dict(quote)
    for name in ("prices", "steps"):
        if name in quote:
            then = dict(zip((night.night for night in old), quote[name], strict=False))
            kept[name] = [then.get(night.night, night.price if name == "prices" else []) for night in wanted]
    if "agreed" in quote:
        kept["agreed"] = [night.price for night in wanted]
    return kept


def quote_repriced(quote: dict[str, Any] | None, wanted: Sequence[Night]) -> dict[str, Any] | None:
    """The quote of a stay whose nights have other prices now and nobody said why: the reason for those before goes with them."""
    if quote is None:
        return None
    prices = [night.price for night in wanted]
    kept = {name: value for name, value in quote.items() if name not in ("agreed", "reason")}
    return kept if quote.get("prices") == prices else kept | {"agreed": prices}


def with_ages(quote: dict[str, Any] | None, ages: Sequence[int | None]) -> dict[str, Any] | None:
    """The quote with other ages of the children, as far as any is known."""
    kept = {name: value for name, value in (quote or {}).items() if name != "ages"}
    known = {"ages": list(ages)} if any(age is not None for age in ages) else {}
    return kept | known or None


def _kept(step: Step) -> list[Any]:
    return [step.kind, step.name, step.percent, step.amount, step.price]


def _promise(policy: Policy | None) -> dict[str, Any] | None:
    return {"name": policy.name, "tiers": policy.tiers, "no_show": policy.no_show} if policy else None
