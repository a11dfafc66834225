"""What decides the prices of some nights, laid out for arithmetic: plans, rules, party prices, and the cells people filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, cached_property
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pms.kernel.money import MINOR_MAX
from pms.rates.models import AgeBand, PartyPrice, Policy, PriceRule, RatePlan
from pms.rates.rounding import BASIS, CENT, Amounts, Rounding, Roundings, column

UNSET = -1
"""Stands for null in the arrays of cells: nobody filled the field in."""
Field = NDArray[np.int64]
"""One field of a plan's cells, room types down, nights across."""
Cells = Mapping[tuple[UUID, str], Field]
"""(Plan, field) -> what people filled in, `UNSET` where nobody did; a field absent is nowhere filled in."""


class Generation:
    """Plans of which none derives from another, side by side: their formulas as arrays, for tables of prices one behind the
    other. `parents` says where among the plans of the generation `before` the parent of each stands; masters have none.
    """

    def __init__(self, plans: Sequence[RatePlan], before: Sequence[RatePlan] = ()) -> None:
        places = {plan.id: at for at, plan in enumerate(before)}
        self.plans, self.ids = tuple(plans), [plan.id for plan in plans]
        self.parents = [places[plan.parent_id] for plan in plans if plan.parent_id is not None]
        self.percent, self.amount, self.per_adult = (
            np.array(side, dtype=np.int64).reshape(-1, 1, 1)
            for side in ([one.percent for one in plans], [one.amount for one in plans], [one.per_adult for one in plans])
        )
        roundings = [rounding_of(plan) for plan in plans]
        self.rounding = Roundings(roundings) if any(one != CENT for one in roundings) else CENT


def rounding_of(plan: RatePlan) -> Rounding:
    """How the plan's prices end."""
    return Rounding(plan.round_step, plan.round_ending, plan.round_to)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Book:
    """The rates of one property but for its cells: what changes rarely. `plans` has parents before what derives from them."""

    plans: tuple[RatePlan, ...]
    rules: tuple[PriceRule, ...] = ()
    parties: Mapping[UUID, PartyPrice] = field(default_factory=dict)
    bands: tuple[AgeBand, ...] = ()
    policies: Mapping[UUID, Policy] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> dict[UUID, RatePlan]:
        """The plans by their ids."""
        return {plan.id: plan for plan in self.plans}

    @cached_property
    def generations(self) -> tuple[Generation, ...]:
        """The masters, the plans derived from them, and so on: a plan's parent is always of the generation before."""
        found: list[Generation] = []
        ready = [plan for plan in self.plans if plan.parent_id is None]
        while ready:
            found.append(Generation(ready, found[-1].plans if found else ()))
            parents = {plan.id for plan in ready}
            ready = [plan for plan in self.plans if plan.parent_id in parents]
        return tuple(found)

    @property
    def asks_occupancy(self) -> bool:
        """Whether any rule looks at how full the house is."""
        return any(rule.is_on and _sees_occupancy(rule) for rule in self.rules)

    def lineage(self, plan: RatePlan) -> list[RatePlan]:
        """The plan, its parent, and so on up to the master."""
        line = [plan]
        while line[-1].parent_id is not None:
            line.append(self.by_id[line[-1].parent_id])
        return line


def _sees_occupancy(rule: PriceRule) -> bool:
    return rule.occupancy_from is not None or rule.occupancy_below is not None


@dataclass(frozen=True)
class TypeOnSale:
    """A room type as pricing sees it: `base_price` in minor units a night, how many adults and children it sleeps."""

    id: UUID
    name: str
    base_price: int
    adults: int
    children: int


@dataclass(frozen=True)
class House:
    """How full the house is, room types down, nights across: units in use less those out of order, and units taken.

    `beyond`: how many may be sold on top of `capacity`; no rule of prices asks for it.
    """

    capacity: NDArray[np.int64]
    taken: NDArray[np.int64]
    beyond: NDArray[np.int64] | None = None

    def on(self, place: int) -> House:
        """The same on one night alone, by its place."""
        night = np.s_[:, place : place + 1]
        return House(self.capacity[night], self.taken[night], None if self.beyond is None else self.beyond[night])


@dataclass(frozen=True)
class Board:
    """Some nights of some room types, with everything that decides what they cost and whether they may be sold.

    `cells` are what people filled in for every channel, without the fields that a plan takes from its parent; `own` is what they
    filled in for one channel, by its code. A board is of every channel (""), or shows what holds on one: see `on`.
    `today` is the date on the property's wall. `house` may be left out while no rule asks for it; it always has every
    type of the property, the board's own ones from `house_row` on. `holidays` are those a rule may ask for, to the day after.
    """

    book: Book
    types: tuple[TypeOnSale, ...]
    first: date
    nights: int
    today: date
    cells: Cells = field(default_factory=dict)
    house: House | None = None
    house_row: int = 0
    holidays: frozenset[date] = frozenset()
    own: Mapping[str, Cells] = field(default_factory=dict)
    channel: str = ""

    @property
    def days(self) -> list[date]:
        """The nights, first to last."""
        return [self.first + timedelta(days=n) for n in range(self.nights)]

    @cached_property
    def ordinals(self) -> NDArray[np.int64]:
        """The nights as numbers of days, as `date.toordinal` counts them."""
        return np.arange(self.nights, dtype=np.int64) + self.first.toordinal()

    @cached_property
    def rows(self) -> dict[UUID, int]:
        """Where each room type stands."""
        return {kind.id: at for at, kind in enumerate(self.types)}

    def row(self, room_type_id: UUID) -> int:
        """Where a room type stands."""
        return self.rows[room_type_id]

    @cached_property
    def parties(self) -> list[PartyPrice]:
        """What a party pays in each room type, see `party`."""
        return [self.book.parties.get(kind.id) or _everybody_alike(kind.adults) for kind in self.types]

    @cached_property
    def base_adults(self) -> Amounts:
        """How many adults have a place in the price of each room type, a column."""
        return column(party.base_adults for party in self.parties)

    @cached_property
    def limits(self) -> tuple[Amounts, Amounts]:
        """Floor and ceiling of each room type, two columns; nothing and the largest price where there is none."""
        known = [(party.floor, party.ceiling) for party in self.parties]
        return column(low or 0 for low, _ in known), column(MINOR_MAX if high is None else high for _, high in known)

    def party(self, room_type_id: UUID) -> PartyPrice:
        """What a party pays in that type; by default any number of adults up to the type's own the same."""
        return self.parties[self.row(room_type_id)]

    def filled(self, plan_id: UUID, name: str, channel: str = "") -> Field:
        """What people filled in, for one channel or for all."""
        found = (self.own.get(channel, {}) if channel else self.cells).get((plan_id, name))
        return np.full((len(self.types), self.nights), UNSET) if found is None else found

    def filling(self, plan_id: UUID, name: str, values: Field, channel: str = "") -> Board:
        """The board as it is with that filled in, for one channel or for all."""
        if not channel:
            return replace(self, cells={**self.cells, (plan_id, name): values})
        return replace(self, own={**self.own, channel: {**self.own.get(channel, {}), (plan_id, name): values}})

    def restriction(self, plan: RatePlan, name: str) -> Field:
        """A restriction as it holds: the plan's own where filled in, else its parent's unless the plan has only its own.

        A plan that has filled in nothing has the very table of its parent: who asks many plans knows it again.
        """
        if plan.parent_id is None or plan.own_restrictions:
            return self.filled(plan.id, name)
        above, own = self.restriction(self.book.by_id[plan.parent_id], name), self.cells.get((plan.id, name))
        return above if own is None else np.where(own != UNSET, own, above)

    def restricted(self, plan: RatePlan) -> set[str]:
        """The restrictions that are filled in anywhere in the plan or in one it derives from."""
        return {name for one in self.book.lineage(plan) for name in self._named.get(one.id, ())}

    @cached_property
    def _named(self) -> dict[UUID, list[str]]:
        found: dict[UUID, list[str]] = {}
        for plan_id, name in self.cells:
            if name != "price":
                found.setdefault(plan_id, []).append(name)
        return found

    def on(self, channel: str) -> Board:
        """What holds on one channel: its own restrictions lie over those of all, field by field; its own prices stay apart, for
        there they are the last word (`own_price`). The board itself where the channel has nothing of its own.
        """
        own = self.own.get(channel)
        if not own or self.channel == channel:
            return self
        over = {key: np.where(values != UNSET, values, self.filled(*key)) for key, values in own.items() if key[1] != "price"}
        return replace(self, cells={**self.cells, **over}, channel=channel)

    def own_price(self, plan: RatePlan) -> Field | None:
        """The prices by hand of the channel whose board this is, of the plan or of the master it comes from; None: it has none.

        No mark-up of the channel is put on a price written for it, nor on what derives from that.
        """
        own = self.own.get(self.channel)
        return own.get((self.book.lineage(plan)[-1].id, "price")) if own else None

    def apart(self, plan: RatePlan) -> dict[str, dict[str, NDArray[np.bool_]]]:
        """Channel -> field -> on which cells of the plan it has that by itself, written there or in a plan this one follows."""
        found: dict[str, dict[str, NDArray[np.bool_]]] = {}
        for channel, own in self.own.items():
            for (id, name), values in own.items():
                if id in self._followed(plan, name):
                    fields = found.setdefault(channel, {})
                    fields[name] = fields.get(name, False) | (values != UNSET)
        return found

    def _followed(self, plan: RatePlan, name: str) -> set[UUID]:
        """The plans in whose cells a field of this plan may stand."""
        line = self.book.lineage(plan)
        if name == "price":
            return {line[-1].id}
        own = next((n for n, one in enumerate(line) if one.own_restrictions), len(line))
        return {one.id for one in line[: own + 1]}

    def only(self, room_type_id: UUID, night: date) -> Board:
        """The same board, cut to one cell; the house stays whole, as rules may look at all of it."""
        at, on = self.row(room_type_id), (night - self.first).days
        cells, *others = (
            {key: values[at : at + 1, on : on + 1] for key, values in some.items()} for some in (self.cells, *self.own.values())
        )
        house = None if self.house is None else self.house.on(on)
        cut = replace(
            self, types=self.types[at : at + 1], first=night, nights=1, cells=cells, own=dict(zip(self.own, others, strict=True))
        )
        return replace(cut, house=house, house_row=self.house_row + at)


@cache
def _everybody_alike(adults: int) -> PartyPrice:
    """What a type without a party price takes: the price is for as many adults as it sleeps, or fewer."""
    return PartyPrice(base_adults=adults)  # type: ignore[call-arg]


def parents_first(plans: Sequence[RatePlan]) -> tuple[RatePlan, ...]:
    """The plans in their order, but none before the one it derives from. Plans whose parent is not among them are left out."""
    ordered: list[RatePlan] = []
    known: set[UUID | None] = {None}
    waiting = list(plans)
    while ready := [plan for plan in waiting if plan.parent_id in known]:
        ordered += ready
        known |= {plan.id for plan in ready}
        waiting = [plan for plan in waiting if plan.id not in known]
    return tuple(ordered)


def share_taken(board: Board, of: str) -> Amounts:
    """Basis points of the rooms that are taken, room types down, nights across, `of` the "room_type" or whole "property"."""
    if board.house is None:
        raise ValueError("a rule asks how full the house is, and nobody told the board")
    capacity, taken = board.house.capacity, board.house.taken
    if of == "property":
        capacity, taken = capacity.sum(axis=0, keepdims=True), taken.sum(axis=0, keepdims=True)
    else:
        rows = slice(board.house_row, board.house_row + len(board.types))
        capacity, taken = capacity[rows], taken[rows]
    return np.where(capacity > 0, taken * BASIS // np.maximum(capacity, 1), BASIS)
