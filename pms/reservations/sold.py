"""What a room is sold for: the plan's price of the day, or one agreed by hand; and what of it is kept with the stay (R-52)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from pms.kernel import formats
from pms.kernel.db import Db
from pms.kernel.refusals import NotFound
from pms.rates.board import Board, TypeOnSale
from pms.rates.load import House, board_of, house_of, sale_of
from pms.rates.models import Policy, RatePlan
from pms.rates.party import Party, difference, heads, night_prices
from pms.rates.price import Step, price_of, steps_of
from pms.rates.restrict import Reason, Restrictions, Wish, forbids
from pms.rates.said import reasons as said_reasons
from pms.reservations.models import Stay
from pms.reservations.nights import Night
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


def sold_for(
    db: Db,
    house: House,
    room_type_id: UUID,
    arrival: date,
    departure: date,
    party: Party,
    terms: Terms,
    agreed: Sequence[int] | None = None,
) -> Sold:
    """Price a room. `agreed` prices stand as they are, beside what the plan would have asked.

    Refuses `NotForSale`, `PriceChanged`, `NotFound`, and `NotPermitted` for other prices or terms than the plan's.
    """
    if agreed is not None and terms.rate_plan_id is None:
        return Sold(list(agreed), quote={"agreed": list(agreed), "reason": terms.reason} if terms.reason else None)
    kind = next(one for one in house.types if one.id == room_type_id)
    wish = Wish(arrival, departure, party, terms.channel, frozenset(code.casefold() for code in terms.codes))
    board, plan = _board(db, house, kind, wish, terms.rate_plan_id)
    if plan is None:
        return Sold([kind.base_price] * wish.nights)
    _refuse_forbidden(db, house, board, plan, kind, wish, terms)
    prices = _asked(board, plan, kind, wish)
    refuse_changed(db, house, terms.shown, sum(prices))
    quote = _quote(board, plan, prices) | ({"reason": terms.reason} if terms.reason else {})
    if agreed is not None and list(agreed) != prices:
        db.actor.require("rate.override", house.property_id)
        return Sold(list(agreed), plan.id, quote | {"agreed": list(agreed)})
    return Sold(prices, plan.id, quote)


def plan_prices(db: Db, stay: Stay, room_type_id: UUID, days: Sequence[date]) -> dict[date, int]:
    """What the plan of a stay asks now for each night of the whole stay, slept in that room type: minor units (R-41).

    A stay sold without a plan, or under one that has ended, is asked what sells by default. Rules are not asked again: the guest
    is ours already. Refuses as `sale_of` does.
    """
    house = sale_of(db, stay.property_id, {room_type_id})
    if not days:
        return {}
    wish = Wish(days[0], days[-1] + timedelta(days=1), Party(stay.adults, (None,) * stay.children))
    board, plan = _board(db, house, house.types[0], wish, None)
    plan = board.book.by_id.get(stay.rate_plan_id, plan) if stay.rate_plan_id else plan
    if plan is None:
        return dict.fromkeys(days, house.types[0].base_price)
    return dict(zip(days, _asked(board, plan, house.types[0], wish), strict=True))


def _asked(board: Board, plan: RatePlan, kind: TypeOnSale, wish: Wish) -> list[int]:
    """The plan's price of each night for that party, minor units."""
    more = difference(board, plan, kind.id, heads(wish.party, board.book.bands))
    return night_prices(plan, price_of(board, plan)[0, : wish.nights], more, wish.nights, wish.channel).tolist()


def _board(db: Db, house: House, kind: TypeOnSale, wish: Wish, rate_plan_id: UUID | None) -> tuple[Board, RatePlan | None]:
    """The nights of the wish for its room type alone; how full the house is only if a rule asks."""
    board = board_of(db, house, wish.arrival, wish.nights + 1, (kind,))
    if board.book.asks_occupancy:
        whole = house_of(db, house.property_id)
        counted, _ = sellable_board(db, whole, wish.arrival, wish.nights + 1)
        board = replace(board, house=counted.house, house_row=counted.row(kind.id))
    plan = board.book.by_id.get(rate_plan_id or house.default_plan_id)  # type: ignore[arg-type]
    if plan is None and rate_plan_id is not None:
        raise NotFound(what="rate plan")
    return board, plan


def _refuse_forbidden(db: Db, house: House, board: Board, plan: RatePlan, kind: TypeOnSale, wish: Wish, terms: Terms) -> None:
    free = [1] * wish.nights
    found = [
        one for one in forbids(wish, board, plan, kind, Restrictions(board, plan), free) if one.rule not in DECIDED_ELSEWHERE
    ]
    if terms.channel == "desk":
        found = [one for one in found if one.rule != "party_too_large"]  # who puts up a bed knows better
    if not found:
        return
    if terms.despite_rules:
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


def refuse_changed(db: Db, house: House, shown: int | None, now: int) -> None:
    """Refuse `PriceChanged` when the price somebody saw, minor units, is not the price any more; None: nobody saw one."""
    if shown is None or shown == now:
        return
    texts = [formats.money(amount, house.currency, db.actor.locale) for amount in (shown, now)]
    raise PriceChanged(shown=shown, now=now, currency=house.currency, shown_text=texts[0], now_text=texts[1])


def _quote(board: Board, plan: RatePlan, prices: Sequence[int]) -> dict[str, Any]:
    """What is kept: the plan as it was, every price with its steps, and the promises made."""
    policies = board.book.policies
    steps = steps_of(board, plan)[: len(prices)]
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


def _kept(step: Step) -> list[Any]:
    return [step.kind, step.name, step.percent, step.amount, step.price]


def _promise(policy: Policy | None) -> dict[str, Any] | None:
    return {"name": policy.name, "tiers": policy.tiers, "no_show": policy.no_show} if policy else None
