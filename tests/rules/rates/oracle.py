"""What a night costs, worked out the slow way: one cell, in fractions, from the trade's rules (R-51), not from our code."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import count

from pms.rates.board import UNSET, Board, TypeOnSale
from pms.rates.models import PriceRule, RatePlan

MOST = 2_000_000_000


def half_away(value: Fraction) -> int:
    """Python's own decimal rounding, half away from zero."""
    return int((Decimal(value.numerator) / value.denominator).quantize(Decimal(1), ROUND_HALF_UP))


def ended(amount: int, step: int, ending: int, towards: str) -> int:
    """Look for the amount with that ending, walking outwards: downwards first, then upwards; the upper one when half way."""
    below = next((amount - n for n in range(step) if amount - n >= 0 and (amount - n) % step == ending), None)
    above = next(amount + n for n in count() if (amount + n) % step == ending)
    if below is None or towards == "up":
        return above
    return below if towards == "down" or amount - below < above - amount else above


def holds(board: Board, rule: PriceRule, plan: RatePlan, at: int, night: date) -> bool:
    """Whether every condition of a rule holds on a night."""
    assert board.house is not None
    on = (night - board.first).days
    rows = [board.house_row + at] if rule.occupancy_of == "room_type" else range(len(board.house.capacity))
    capacity, taken = (sum(int(side[row, on]) for row in rows) for side in (board.house.capacity, board.house.taken))
    full = Fraction(10_000) if capacity == 0 else Fraction(10_000 * taken // capacity)
    feast = night if rule.holidays == "day" else night + timedelta(days=1)
    return (
        rule.is_on
        and (rule.rate_plan_ids is None or plan.id in rule.rate_plan_ids)
        and (rule.room_type_ids is None or board.types[at].id in rule.room_type_ids)
        and (rule.weekdays is None or night.weekday() in rule.weekdays)
        and (rule.spans is None or any(first <= night.isoformat() < end for first, end in rule.spans))
        and (rule.holidays is None or feast in board.holidays)
        and (rule.days_before is None or board.today <= night <= board.today + timedelta(days=rule.days_before))
        and (rule.occupancy_from is None or full >= rule.occupancy_from)
        and (rule.occupancy_below is None or full < rule.occupancy_below)
    )


def price(board: Board, plan: RatePlan, kind: TypeOnSale, night: date) -> int:
    """The price of one cell for the base party."""
    at, party = board.types.index(kind), board.party(kind.id)
    if plan.parent_id is None:
        result = kind.base_price
        for rule in board.book.rules:
            if holds(board, rule, plan, at, night):
                result = min(MOST, max(0, result + half_away(Fraction(result * rule.percent, 10_000)) + rule.amount))
    else:
        above = price(board, next(one for one in board.book.plans if one.id == plan.parent_id), kind, night)
        extra = plan.amount + party.base_adults * plan.per_adult
        result = min(MOST, max(0, above + half_away(Fraction(above * plan.percent, 10_000)) + extra))
    result = ended(result, plan.round_step, plan.round_ending, plan.round_to)
    result = max(result, party.floor or 0)
    result = result if party.ceiling is None else min(result, party.ceiling)
    manual = board.cells.get((plan.id, "price"))
    by_hand = UNSET if manual is None or plan.parent_id else int(manual[at, (night - board.first).days])
    return result if by_hand == UNSET else by_hand
