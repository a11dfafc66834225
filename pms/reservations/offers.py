"""What can be sold to whom at what price: rates and what is left, brought together. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pms.inventory.availability import availability
from pms.kernel import formats
from pms.kernel.dates import today
from pms.kernel.db import Db
from pms.kernel.refusals import BadInput, NotFound, Refusal
from pms.kernel.words import translate
from pms.properties.models import Tax
from pms.properties.tax import Sleepers, Taxed, Taxing
from pms.rates import board as boards
from pms.rates.board import Board, TypeOnSale
from pms.rates.load import LIVE, House, board_of, house_of, rows_of
from pms.rates.models import Policy, RatePlan
from pms.rates.party import Differences, difference, heads, night_prices, steps_on
from pms.rates.price import Step, prices
from pms.rates.restrict import Forbidding, Reason, Restrictions, Wish, arrivals_that_sell, from_every_arrival
from pms.rates.rounding import Amounts

STAY_MOST = 366
NEAR_DAYS = 14
"""How many days around the wish are searched for something that can be sold."""
NEAR_MOST = 6
Own = Collection[tuple[UUID, date]]
"""The (room type, night) that the stay asked about has in the house already."""


class NotForSale(Refusal):
    """Rules forbid the stay. `reasons` are {rule, night, value}, in the order of the rules."""

    sentence = "{plan} cannot be sold for these dates: {why}."
    status = 409


class PriceChanged(Refusal):
    """The price shown is no longer the price: `shown` and `now`, minor units of `currency` for the whole room."""

    sentence = "The price has changed from {shown_text} to {now_text}. Look at it again before you book."
    status = 409

    def say(self, locale: str) -> str:
        """With both prices as that language writes them."""
        texts = {f"{one}_text": formats.money(self.data[one], self.data["currency"], locale) for one in ("shown", "now")}
        return translate(self.sentence, locale, **texts)


class Offer(NamedTuple):
    """One plan in one room type for one room's whole stay: the price of each night in minor units, with taxes, and the rules
    that forbid it, none when it can be sold. `steps` say how each night's price came about, where somebody asked.
    """

    plan: RatePlan
    kind: TypeOnSale
    prices: tuple[int, ...]
    taxed: Taxed
    free: int
    reasons: tuple[Reason, ...]
    cancellation: Policy | None
    deposit: Policy | None
    steps: tuple[tuple[Step, ...], ...] = ()


@dataclass(frozen=True)
class Offers:
    """What is offered for a wish, the cheapest first, and what is not and why."""

    house: House
    wish: Wish
    offers: tuple[Offer, ...]
    refused: tuple[Offer, ...]


def offers(db: Db, property_id: UUID, wish: Wish, own: Own = (), why: bool = False) -> Offers:
    """Every plan in every room type for one room, sellable or not; `own` are the (room type, night) that whoever asks has
    already. `why`: with the steps to the prices of what can be sold. Refuses `NotFound`, `NotPermitted`, `BadInput`.
    """
    counter = _counter(db, property_id, wish, wish.arrival, wish.nights + 1, own)
    found = list(counter.answers(wish))
    good = sorted((one for one in found if not one.reasons), key=lambda one: (one.taxed.total, one.kind.name))
    good = [one._replace(steps=counter.steps(wish, one.plan, one.kind)) for one in good] if why else good
    return Offers(counter.house, wish, tuple(good), tuple(one for one in found if one.reasons))


def nearest(db: Db, property_id: UUID, wish: Wish, most: int = NEAR_MOST) -> list[tuple[date, Offer]]:
    """The nearest other arrivals, from today on, for which a stay of that length can be sold: with the cheapest offer, nearest
    first. Refuses as `offers` does.
    """
    house = house_of(db, property_id)
    first = max(wish.arrival - timedelta(days=NEAR_DAYS), today(house.timezone))
    until = max(wish.departure, first + timedelta(days=wish.nights)) + timedelta(days=NEAR_DAYS)
    counter = _counter(db, property_id, wish, first, (until - first).days + 1)
    return counter.nearest(wish, most)


def quote(db: Db, property_id: UUID, wish: Wish, room_type_id: UUID, rate_plan_id: UUID | None = None) -> Offer:
    """What the stay costs in that plan (None: the one that sells by default), and what forbids it, if anything.

    Refuses `NotFound`, `NotPermitted`, `BadInput`.
    """
    counter = _counter(db, property_id, wish, wish.arrival, wish.nights + 1)
    return counter.answer(wish, counter.plan(rate_plan_id), counter.kind(room_type_id))


def plans_for(db: Db, property_id: UUID, wish: Wish, room_type_id: UUID, own: Own = ()) -> tuple[str, list[Offer]]:
    """The currency, and what the stay costs in each plan of one room type, sellable or not, in the order of the plans; `own` are
    the (room type, night) it has already. Refuses as `offers` does.
    """
    counter = _counter(db, property_id, wish, wish.arrival, wish.nights + 1, own)
    kind = counter.kind(room_type_id)
    return counter.house.currency, [counter.answer(wish, plan, kind) for plan in counter.board.book.plans]


@dataclass(frozen=True)
class Counter:
    """Some nights of a property on the counter: priced once, asked as often as one likes, on behalf of a `channel` ("": of none).
    `left` by room type, night by night.
    """

    house: House
    board: Board
    left: Mapping[UUID, Sequence[int]]
    taxes: Sequence[Tax]
    channel: str = ""

    @cached_property
    def seen(self) -> Board:
        """The board as it is on the channel."""
        return self.board.on(self.channel)

    @cached_property
    def prices(self) -> dict[UUID, Amounts]:
        """Plan -> price for the base party, room types down, nights across."""
        return prices(self.seen)

    def answers(self, wish: Wish) -> Iterator[Offer]:
        """Every plan in every room type."""
        return self._answers(wish, self.board.book.plans, self.board.types)

    def answer(self, wish: Wish, plan: RatePlan, kind: TypeOnSale) -> Offer:
        """One plan in one room type."""
        return next(self._answers(wish, [plan], [kind]))

    def nearest(self, wish: Wish, most: int) -> list[tuple[date, Offer]]:
        """Of the other arrivals on these nights those for which something can be sold, with the cheapest, the nearest first."""
        moved = from_every_arrival(wish, self.board)
        sells, far = self._that_sell(moved), [abs((one.arrival - wish.arrival).days) for one in moved]
        good = [at for at in np.flatnonzero(sells.any(axis=(0, 1))).tolist() if far[at]]
        return [
            (moved[at].arrival, self._cheapest(moved[at], sells[:, :, at])) for at in sorted(good, key=far.__getitem__)[:most]
        ]

    def _that_sell(self, wishes: Sequence[Wish]) -> NDArray[np.bool_]:
        """What has no reason against it: plan, room type, wish."""
        board, kinds, plans = self.board, self.board.types, self.board.book.plans
        left = np.array([self.left[kind.id] for kind in kinds], dtype=np.int64).reshape(len(kinds), board.nights)
        ruling = board.on(wishes[0].ruled_by) if wishes else board
        return arrivals_that_sell(wishes, board, kinds, [Restrictions(ruling, plan) for plan in plans], left)

    def _cheapest(self, wish: Wish, among: NDArray[np.bool_]) -> Offer:
        """The cheapest of these plans (down) and room types (across), at least one; only that one is written out."""
        plans, kinds = self.board.book.plans, self.board.types
        totals = self._taxing(wish).totals(np.stack(self._tables(wish, plans, kinds))[among])
        plan, kind = np.argwhere(among)[totals.argmin()]
        return self.answer(wish, plans[plan], kinds[kind])

    def _taxing(self, wish: Wish) -> Taxing:
        return Taxing(wish.arrival, max(0, wish.nights), Sleepers(wish.party.adults, wish.party.children), self.taxes)

    def _tables(self, wish: Wish, plans: Sequence[RatePlan], kinds: Sequence[TypeOnSale]) -> list[Amounts]:
        """What each night costs, plan by plan: room types down, nights across."""
        board, at = self.seen, (wish.arrival - self.board.first).days
        rows, on = np.array([board.row(kind.id) for kind in kinds], dtype=np.int64), slice(at, at + wish.nights)
        more = Differences(board, kinds, heads(wish.party, board.book.bands))
        return [
            night_prices(
                plan,
                self.prices[plan.id][rows, on],
                more.in_plan(plan),
                wish.nights,
                wish.channel,
                None if (own := board.own_price(plan)) is None else own[rows, on],
            )
            for plan in plans
        ]

    def steps(self, wish: Wish, plan: RatePlan, kind: TypeOnSale) -> tuple[tuple[Step, ...], ...]:
        """How each night's price came about for that party and stay through that channel; the last step has the price."""
        more = difference(self.board, plan, kind.id, heads(wish.party, self.board.book.bands))
        nights = (wish.arrival + timedelta(days=n) for n in range(wish.nights))
        cells = (self.seen.only(kind.id, night) for night in nights)
        return tuple(tuple(steps_on(cell, wish.channel, plan, more, wish.nights)[0]) for cell in cells)

    def _answers(self, wish: Wish, plans: Sequence[RatePlan], kinds: Sequence[TypeOnSale]) -> Iterator[Offer]:
        board, book, at = self.board, self.board.book, (wish.arrival - self.board.first).days
        on, ruling = slice(at, at + wish.nights), board.on(wish.ruled_by)
        left = np.array([self.left[kind.id][on] for kind in kinds], dtype=np.int64).reshape(len(kinds), max(0, wish.nights))
        free = left.min(axis=1).tolist() if wish.nights else [0] * len(kinds)
        stays = np.array(self._tables(wish, plans, kinds), dtype=np.int64).reshape(len(plans) * len(kinds), max(0, wish.nights))
        dues, costs = iter(self._taxing(wish).all_of(stays)), iter(stays.tolist())
        forbidding = Forbidding(wish, board, kinds, left)
        for plan in plans:
            reasons = forbidding.in_plan(Restrictions(ruling, plan))
            cancellation, deposit = (book.policies.get(id) if id else None for id in (plan.cancellation_id, plan.deposit_id))
            for kind, rooms, why_not in zip(kinds, free, reasons, strict=True):
                yield Offer(plan, kind, tuple(next(costs)), next(dues), rooms, tuple(why_not), cancellation, deposit)

    def plan(self, rate_plan_id: UUID | None) -> RatePlan:
        """A plan on sale, by default the one that sells when nobody names one. Refuses `NotFound`."""
        found = self.board.book.by_id.get(rate_plan_id or self.house.default_plan_id)  # type: ignore[arg-type]
        if found is None:
            raise NotFound(what="rate plan")
        return found

    def kind(self, room_type_id: UUID) -> TypeOnSale:
        """A room type on sale. Refuses `NotFound`."""
        found = next((one for one in self.house.types if one.id == room_type_id), None)
        if found is None:
            raise NotFound(what="room type")
        return found


def counter_of(db: Db, house: House, first: date, nights: int, own: Own = (), channel: str = "") -> Counter:
    """The counter of a property for so many nights, for one channel or for all, `own` not counted. Refuses `BadInput` when too
    many.
    """
    board, left = sellable_board(db, house, first, nights, own)
    return Counter(house, board, left, taxes_of(db, house.property_id), channel)


def sellable_board(db: Db, house: House, first: date, nights: int, own: Own = ()) -> tuple[Board, dict[UUID, list[int]]]:
    """The board of the nights with how full the house is, and the rooms left of each type on each night.

    `own`, (room type, night), are not counted: whoever has them is sold nothing dearer for being there.
    """
    board = board_of(db, house, first, nights)
    found = availability(db, house.property_id, first, first + timedelta(days=nights))
    by_type = {found[at].room_type_id: found[at : at + nights] for at in range(0, len(found), nights)}
    rows = [by_type[kind.id] for kind in house.types]
    counts = [(one.capacity - one.blocked, one.sold + one.held, one.overbooking, one.free) for row in rows for one in row]
    capacity, taken, beyond, free = np.array(counts, dtype=np.int64).reshape(len(rows), nights, 4).transpose(2, 0, 1)
    if own:
        mine = np.array([[(one.room_type_id, one.night) in own for one in row] for row in rows], dtype=np.int64)
        taken, free = taken - mine, free + mine
    left = {kind.id: nights_left for kind, nights_left in zip(house.types, free.tolist(), strict=True)}
    return replace(board, house=boards.House(capacity, taken, beyond)), left


def taxes_of(db: Db, property_id: UUID) -> list[Tax]:
    """The taxes of a property, in its order. Refuses `NotFound`."""
    if not db.actor.sees(property_id):
        raise NotFound(what="property")
    db.flush()
    return rows_of(db, Tax, LIVE, property_id, "position, id")


def _counter(db: Db, property_id: UUID, wish: Wish | None, first: date, nights: int, own: Own = ()) -> Counter:
    db.actor.require("property.view", property_id)
    if wish and not 0 <= wish.nights <= STAY_MOST:
        raise BadInput("departure", "A stay lasts {most} nights at most.", most=STAY_MOST)
    if wish and (not 1 <= wish.party.adults <= 99 or len(wish.party.children) > 99):
        raise BadInput("adults", "At least one adult stays, and no more than 99.")
    return counter_of(db, house_of(db, property_id), first, nights, own, wish.channel if wish else "")
