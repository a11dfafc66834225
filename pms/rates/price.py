"""What a night costs, for all plans, room types and nights of a board at once, in whole minor units. Pure.

The order is fixed (R-51): the room type's base price; the rules that hold that night, one after the other; floor and ceiling;
the plan's rounding; a manual price beats all of it, and one for the channel that the board shows beats that. A derived plan takes
its parent's price through its own formula, then rounding, floor and ceiling, and has no manual prices. `why` runs the same steps
over one cell and writes down what each does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pms.rates.board import UNSET, Board, Generation, share_taken
from pms.rates.models import PriceRule, RatePlan
from pms.rates.rounding import Amounts, column, in_reach, round_to, share

Note = Callable[[str, PriceRule | Generation, Amounts], None]
"""Told what was done ("base", "rule", "formula", "round", "floor", "ceiling", "manual", "own"), by the rule or for which
plans, and the prices after it, plans first.
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
    generations = board.book.generations
    tables = _handed_down(board, generations, _unheard)
    return {id: table for some, of in zip(generations, tables, strict=True) for id, table in zip(some.ids, of, strict=True)}


def price_of(board: Board, plan: RatePlan) -> Amounts:
    """The price of one plan for the base party, room types down, nights across."""
    return _down_the_line(board, plan, _unheard)


def steps_of(board: Board, plan: RatePlan) -> list[list[Step]]:
    """For each night of a board of one room type: how the price of that plan came about, from the base price of its master on.

    Steps that changed nothing are left out; the last one has the price itself. What party, length of stay and channel do to it is
    `party.steps_on`'s.
    """
    heard: list[tuple[str, PriceRule | Generation, Amounts]] = []
    _down_the_line(board, plan, lambda kind, by, after: heard.append((kind, by, after)))
    return [
        _story(
            [_step(kind, by, board.channel, int(after[0, 0, on])) for kind, by, after in heard if _was_done(board, kind, by, on)]
        )
        for on in range(board.nights)
    ]


def why(board: Board, plan_id: UUID, room_type_id: UUID, night: date) -> list[Step]:
    """How the price of one cell came about, see `steps_of`."""
    return steps_of(board.only(room_type_id, night), board.book.by_id[plan_id])[0]


def _was_done(board: Board, kind: str, by: PriceRule | Generation, on: int) -> bool:
    """Whether this was done on that night: a manual price is one only where somebody filled it in."""
    if isinstance(by, PriceRule) or kind not in ("manual", "own"):
        return True
    filled = _filled(board, kind, by.plans[0])
    return filled is not None and filled[0, on] != UNSET


def _story(steps: list[Step]) -> list[Step]:
    return [
        step for at, step in enumerate(steps) if at == 0 or step.kind in ("manual", "own") or step.price != steps[at - 1].price
    ]


def _down_the_line(board: Board, plan: RatePlan, note: Note) -> Amounts:
    line = board.book.lineage(plan)[::-1]
    *_, (table,) = _handed_down(board, [Generation([one], line[:at][-1:]) for at, one in enumerate(line)], note)
    return table


def _unheard(kind: str, by: PriceRule | Generation, after: Amounts) -> None:
    """Nobody asked why."""


def _step(kind: str, by: PriceRule | Generation, channel: str, price: int) -> Step:
    if isinstance(by, PriceRule):
        return Step(kind, by.name, price, by.percent, by.amount)
    (plan,) = by.plans
    if kind == "round":
        details = {"step": plan.round_step, "ending": plan.round_ending, "towards": plan.round_to}
        return Step(kind, "", price, details=details)
    if kind == "formula":
        per_adult = {"per_adult": plan.per_adult} if plan.per_adult else {}
        return Step(kind, plan.name, price, plan.percent, plan.amount, per_adult)
    return Step(kind, {"floor": "", "ceiling": "", "own": channel}.get(kind, plan.name), price)


def _holding(board: Board) -> Holding:
    """The rules that hold anywhere on the board, in their order; asked once, for all plans."""
    masks = ((rule, nights_of_rule(board, rule)) for rule in board.book.rules if rule.is_on)
    return [(rule, holds) for rule, holds in masks if holds.any()]


def _handed_down(board: Board, generations: Iterable[Generation], note: Note) -> list[Amounts]:
    """The prices of one generation after the other: plans, room types, nights."""
    found: list[Amounts] = []
    for plans in generations:
        if found:
            result = _ended(board, plans, _by_formula(board, plans, found[-1][plans.parents], note), note)
        else:
            result = _by_hand(board, plans, _ended(board, plans, _by_rules(board, plans, note), note), note)
        found.append(np.broadcast_to(result, (len(plans.plans), len(board.types), board.nights)))
    return found


def _by_rules(board: Board, plans: Generation, note: Note) -> Amounts:
    """One table while no rule tells the plans apart."""
    result = np.repeat(column(kind.base_price for kind in board.types), board.nights, axis=1)[None]
    note("base", plans, result)
    for rule, holds in _holding(board):
        of = None if rule.rate_plan_ids is None else np.array([id in rule.rate_plan_ids for id in plans.ids])
        if of is None or of.any():
            moved = in_reach(result + share(result, rule.percent) + rule.amount)
            result = np.where(holds if of is None else holds & of[:, None, None], moved, result)
            note("rule", rule, result)
    return result


def _by_formula(board: Board, plans: Generation, parents: Amounts, note: Note) -> Amounts:
    result = in_reach(parents + share(parents, plans.percent) + plans.amount + board.base_adults * plans.per_adult)
    note("formula", plans, result)
    return result


def _ended(board: Board, plans: Generation, amounts: Amounts, note: Note) -> Amounts:
    """Rounded, then between floor and ceiling of each room type: after the rounding, so that no rounding leads out again."""
    rounded = round_to(amounts, plans.rounding)
    note("round", plans, rounded)
    above = np.maximum(rounded, board.limits[0])
    note("floor", plans, above)
    within = np.minimum(above, board.limits[1])
    note("ceiling", plans, within)
    return within


def _by_hand(board: Board, plans: Generation, amounts: Amounts, note: Note) -> Amounts:
    """Manual prices, which beat all of it, and then those of the channel that the board shows; masters have them."""
    for kind in ("manual", "own"):
        filled = [_filled(board, kind, plan) for plan in plans.plans]
        if any(some is not None and (some != UNSET).any() for some in filled):
            nobody = np.full((len(board.types), board.nights), UNSET)
            manual = np.stack([nobody if some is None else some for some in filled])
            amounts = np.where(manual != UNSET, manual, amounts)
            note(kind, plans, amounts)
    return amounts


def _filled(board: Board, kind: str, plan: RatePlan) -> Amounts | None:
    return board.own_price(plan) if kind == "own" else board.cells.get((plan.id, "price"))


def nights_of_rule(board: Board, rule: PriceRule) -> NDArray[np.bool_]:
    """On which cells (room types down, nights across; one row where all room types are alike) every condition holds."""
    holds = np.ones((1, board.nights), dtype=np.bool_)
    for condition in _conditions(board, rule):
        holds = holds & condition
    if (types := rule.room_type_ids) is not None:
        holds = holds & (column(kind.id in types for kind in board.types) == 1)
    if (rule.occupancy_from is None and rule.occupancy_below is None) or not holds.any():
        return holds
    return holds & _full_enough(board, rule)


def _conditions(board: Board, rule: PriceRule) -> Iterator[NDArray[np.bool_]]:
    """What the rule asks of a night, each on all nights."""
    days = board.ordinals
    if rule.weekdays is not None:
        week = np.zeros(7, dtype=np.bool_)
        week[rule.weekdays] = True
        yield week[(days - 1) % 7]  # day 1 was a Monday
    if rule.spans is not None:
        spans = [[date.fromisoformat(text).toordinal() for text in span] for span in rule.spans]
        yield np.any([(first <= days) & (days < end) for first, end in spans], axis=0) if spans else days < 0
    if rule.holidays is not None:
        asked = days + 1 if rule.holidays == "eve" else days
        feasts = {day.toordinal() for day in board.holidays}
        yield np.array([day in feasts for day in asked.tolist()], dtype=np.bool_)
    if rule.days_before is not None:
        ahead = days - board.today.toordinal()
        yield (ahead >= 0) & (ahead <= rule.days_before)


def _full_enough(board: Board, rule: PriceRule) -> NDArray[np.bool_]:
    taken = share_taken(board, rule.occupancy_of)
    least = 0 if rule.occupancy_from is None else rule.occupancy_from
    below = 2**31 if rule.occupancy_below is None else rule.occupancy_below
    return (taken >= least) & (taken < below)
