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
from pms.rates.rounding import BASIS, Amounts, column

UNSET = -1
"""Stands for null in the arrays of cells: nobody filled the field in."""
Field = NDArray[np.int64]
"""One field of a plan's cells, room types down, nights across."""
Cells = Mapping[tuple[UUID, str], Field]
"""(Plan, field) -> what people filled in, `UNSET` where nobody did; a field absent is nowhere filled in."""


@dataclass(frozen=True)
class Book:
    """The rates of one property but for its cells: what changes rarely. `plans` has parents before what derives from them."""

    plans: tuple[RatePlan, ...]
    rules: tuple[PriceRule, ...] = ()
    parties: Mapping[UUID, PartyPrice] = field(default_factory=dict)
    bands: tuple[AgeBand, ...] = ()
    policies: Mapping[UUID, Policy] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    @cached_property
    def by_id(self) -> dict[UUID, RatePlan]:
        """The plans by their ids."""
        return {plan.id: plan for plan in self.plans}

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


@dataclass(frozen=True)
class Board:
    """Some nights of some room types, with everything that decides what they cost and whether they may be sold.

    `cells` are what people filled in for every channel, without the fields that a plan takes from its parent; `own` is what they
    filled in for one channel, by its code. A board is of every channel (""), or shows what holds on one: see `on`.
    `today` is the date on the property's wall. `house` may be left out while no rule asks for it; it always has every
    type of the property, the board's own ones from `house_row` on.
    """

    book: Book
    types: tuple[TypeOnSale, ...]
    first: date
    nights: int
    today: date
    cells: Cells = field(default_factory=dict)
    house: House | None = None
    house_row: int = 0
    own: Mapping[str, Cells] = field(default_factory=dict)
    channel: str = ""

    @property
    def days(self) -> list[date]:
        """The nights, first to last."""
        return [self.first + timedelta(days=n) for n in range(self.nights)]

    @property
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
    def base_adults(self) -> Amounts:
        """How many adults have a place in the price of each room type, a column."""
        return column(self.party(kind.id).base_adults for kind in self.types)

    @cached_property
    def limits(self) -> tuple[Amounts, Amounts]:
        """Floor and ceiling of each room type, two columns; nothing and the largest price where there is none."""
        known = [(party.floor, party.ceiling) for party in (self.party(kind.id) for kind in self.types)]
        return column(low or 0 for low, _ in known), column(MINOR_MAX if high is None else high for _, high in known)

    def party(self, room_type_id: UUID) -> PartyPrice:
        """What a party pays in that type; by default any number of adults up to the type's own the same."""
        known = self.book.parties.get(room_type_id)
        return known or _everybody_alike(self.types[self.row(room_type_id)].adults)

    def filled(self, plan_id: UUID, name: str, channel: str = "") -> Field:
        """What people filled in, for one channel or for all."""
        found = (self.own.get(channel, {}) if channel else self.cells).get((plan_id, name))
        return np.full((len(self.types), self.nights), UNSET) if found is None else found

    def restriction(self, plan: RatePlan, name: str) -> Field:
        """A restriction as it holds: the plan's own where filled in, else its parent's unless the plan has only its own."""
        own = self.filled(plan.id, name)
        if plan.parent_id is None or plan.own_restrictions:
            return own
        return np.where(own != UNSET, own, self.restriction(self.book.by_id[plan.parent_id], name))

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
        house = None if self.house is None else House(*(side[:, on : on + 1] for side in (self.house.capacity, self.house.taken)))
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
