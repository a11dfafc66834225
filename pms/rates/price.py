"""What a night costs, for all plans, room types and nights of a board at once, in whole minor units. Pure.

The order is fixed (R-51): the room type's base price; the rules that hold that night, one after the other; floor and ceiling;
the plan's rounding; a manual price beats all of it, and one for the channel that the board shows beats that. A derived plan takes
its parent's price through its own formula, then rounding, floor and ceiling, and has no manual prices. `why` runs the same steps
over one cell and writes down what each does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pms.rates.board import UNSET, Board, share_taken
from pms.rates.models import PriceRule, RatePlan
from pms.rates.rounding import CENT, Amounts, Rounding, column, in_reach, round_to, share

Note = Callable[[str, Any, Amounts], None]
"""Told what was done ("base", "rule", "formula", "round", "floor", "ceiling", "manual", "own"), by what, and the prices
after it.
"""

Holding = list[tuple[PriceRule, NDArray[np.bool_]]]
"""Rules with the cells on which they hold."""


@dataclass(frozen=True)
class Step:
    """One step on the way to a price: `kind` as in `Note`, the name of what did it, its percentage (basis points) and amount,
    and the price after it (minor units).
    """

    kind: str
    name: str
    price: int
    percent: int = 0
    amount: int = 0
    details: dict[str, Any] = field(default_factory=dict)


def prices(board: Board) -> dict[UUID, Amounts]:
    """Plan -> price for the base party, room types down, nights across."""
    known: dict[UUID, Amounts] = {}
    holding = _holding(board)
    for plan in board.book.plans:
        known[plan.id] = _of_plan(board, plan, known, holding, _unheard)
    return known


def price_of(board: Board, plan: RatePlan) -> Amounts:
    """The price of one plan for the base party, room types down, nights across."""
    return _down_the_line(board, plan, _unheard)


def steps_of(board: Board, plan: RatePlan) -> list[list[Step]]:
    """For each night of a board of one room type: how the price of that plan came about, from the base price of its master on.

    Steps that changed nothing are left out; the last one has the price itself.
    """
    heard: list[tuple[str, Any, Amounts]] = []
    _down_the_line(board, plan, lambda kind, by, after: heard.append((kind, by, after)))
    return [_story([_step(kind, by, int(after[0, on])) for kind, by, after in heard]) for on in range(board.nights)]


def why(board: Board, plan_id: UUID, room_type_id: UUID, night: date) -> list[Step]:
    """How the price of one cell came about, see `steps_of`."""
    return steps_of(board.only(room_type_id, night), board.book.by_id[plan_id])[0]


def _story(steps: list[Step]) -> list[Step]:
    return [
        step for at, step in enumerate(steps) if at == 0 or step.kind in ("manual", "own") or step.price != steps[at - 1].price
    ]


def _down_the_line(board: Board, plan: RatePlan, note: Note) -> Amounts:
    known: dict[UUID, Amounts] = {}
    holding = _holding(board)
    for one in reversed(board.book.lineage(plan)):
        known[one.id] = _of_plan(board, one, known, holding, note)
    return known[plan.id]


def _unheard(kind: str, by: Any, after: Amounts) -> None:
    """Nobody asked why."""


def _step(kind: str, by: Any, price: int) -> Step:
    if isinstance(by, Rounding):
        return Step(kind, "", price, details={"step": by.step, "ending": by.ending, "towards": by.towards})
    if isinstance(by, PriceRule | RatePlan):
        per_adult = {"per_adult": by.per_adult} if isinstance(by, RatePlan) and by.per_adult else {}
        return Step(kind, by.name, price, by.percent, by.amount, per_adult)
    return Step(kind, str(by), price)


def _holding(board: Board) -> Holding:
    """The rules that hold anywhere on the board, in their order; asked once, for all plans."""
    masks = ((rule, nights_of_rule(board, rule)) for rule in board.book.rules if rule.is_on)
    return [(rule, holds) for rule, holds in masks if holds.any()]


def _of_plan(board: Board, plan: RatePlan, known: dict[UUID, Amounts], holding: Holding, note: Note) -> Amounts:
    rounding = rounding_of(plan)
    parent = None if plan.parent_id is None else known[plan.parent_id]
    result = _by_rules(board, plan, holding, note) if parent is None else _by_formula(board, plan, parent, note)
    if rounding != CENT:
        result = round_to(result, rounding)
        note("round", rounding, result)
    result = _within(board, result, note)
    if parent is not None:
        return result
    by_hand = ("manual", plan.name, board.cells.get((plan.id, "price"))), ("own", board.channel, board.own_price(plan))
    for kind, by, manual in by_hand:
        if manual is not None and not (manual == UNSET).all():
            result = np.where(manual != UNSET, manual, result)
            note(kind, by, result)
    return result


def _by_rules(board: Board, plan: RatePlan, holding: Holding, note: Note) -> Amounts:
    result = np.repeat(column(kind.base_price for kind in board.types), board.nights, axis=1)
    note("base", plan.name, result)
    for rule, holds in holding:
        if rule.rate_plan_ids is None or plan.id in rule.rate_plan_ids:
            moved = in_reach(result + share(result, rule.percent) + rule.amount)
            result = np.where(holds, moved, result)
            note("rule", rule, result)
    return result


def _by_formula(board: Board, plan: RatePlan, parent: Amounts, note: Note) -> Amounts:
    meals = board.base_adults * plan.per_adult if plan.per_adult else 0
    result = in_reach(parent + share(parent, plan.percent) + plan.amount + meals)
    note("formula", plan, result)
    return result


def _within(board: Board, amounts: Amounts, note: Note) -> Amounts:
    """Between floor and ceiling of each room type; after the rounding, so that no rounding leads out again."""
    above = np.maximum(amounts, board.limits[0])
    note("floor", "", above)
    within = np.minimum(above, board.limits[1])
    note("ceiling", "", within)
    return within


def rounding_of(plan: RatePlan) -> Rounding:
    """How the plan's prices end."""
    return Rounding(plan.round_step, plan.round_ending, plan.round_to)  # type: ignore[arg-type]


def nights_of_rule(board: Board, rule: PriceRule) -> NDArray[np.bool_]:
    """On which cells (room types down, nights across) every condition of the rule holds."""
    on_types = column(rule.room_type_ids is None or kind.id in rule.room_type_ids for kind in board.types) == 1
    holds = on_types & reduce(np.logical_and, _conditions(board, rule), np.ones(board.nights, dtype=np.bool_))
    if (rule.occupancy_from is None and rule.occupancy_below is None) or not holds.any():
        return holds
    return holds & _full_enough(board, rule)


def _conditions(board: Board, rule: PriceRule) -> Iterator[NDArray[np.bool_]]:
    """What the rule asks of a night, each on all nights."""
    days = board.ordinals
    if rule.weekdays is not None:
        yield np.isin((days - 1) % 7, rule.weekdays)  # day 1 was a Monday
    if rule.spans is not None:
        spans = [[date.fromisoformat(text).toordinal() for text in span] for span in rule.spans]
        yield np.any([(first <= days) & (days < end) for first, end in spans], axis=0) if spans else days < 0
    if rule.holidays is not None:
        feasts = [day.toordinal() for day in board.book.holidays]
        yield np.isin(days + 1 if rule.holidays == "eve" else days, feasts)
    if rule.days_before is not None:
        ahead = days - board.today.toordinal()
        yield (ahead >= 0) & (ahead <= rule.days_before)


def _full_enough(board: Board, rule: PriceRule) -> NDArray[np.bool_]:
    taken = share_taken(board, rule.occupancy_of)
    least = 0 if rule.occupancy_from is None else rule.occupancy_from
    below = 2**31 if rule.occupancy_below is None else rule.occupancy_below
    return (taken >= least) & (taken < below)
