"""Can this be sold, and if not, every rule that forbids it, in order (R-21, R-24, R-25). Pure; the one place that decides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from pms.rates.board import UNSET, Board, TypeOnSale
from pms.rates.models import RatePlan
from pms.rates.party import Party, fits

RULES = (
    "past",
    "no_nights",
    "not_this_type",
    "not_this_channel",
    "needs_code",
    "party_too_large",
    "not_valid",
    "too_late",
    "too_early",
    "sold_out",
    "closed",
    "min_stay",
    "max_stay",
    "closed_arrival",
    "min_stay_arrival",
    "max_stay_arrival",
    "too_late_for_night",
    "too_early_for_night",
    "closed_departure",
)
"""Every rule there is, in the order in which reasons are named: what holds for the whole stay, then by night."""


@dataclass(frozen=True)
class Wish:
    """What somebody would like: local dates [arrival, departure), through which channel, with which codes, for whom."""

    arrival: date
    departure: date
    party: Party = field(default_factory=Party)
    channel: str = "desk"
    codes: frozenset[str] = frozenset()

    @cached_property
    def nights(self) -> int:
        """How many nights."""
        return (self.departure - self.arrival).days


@dataclass(frozen=True)
class Reason:
    """One rule that forbids a stay: its name, the night (or departure day) it stands on, and the rule's own number, if any."""

    rule: str
    night: date | None = None
    value: int | None = None


Held = dict[str, list[int]]
"""The restrictions somebody set in one room type: field -> one value a night, `UNSET` between them."""


class Restrictions:
    """What restricts one plan on a board, read once from its rows and cells, to be asked often."""

    def __init__(self, board: Board, plan: RatePlan) -> None:
        self.first = board.first
        self.room_type_ids, self.channels = plan.room_type_ids, plan.channels
        self.codes = None if plan.access == "public" else {code.casefold() for code in plan.codes}
        self.valid_from, self.valid_until = plan.valid_from or date.min, plan.valid_until or date.max
        self.min_advance, self.max_advance = plan.min_advance, plan.max_advance
        line = {one.id for one in board.book.lineage(plan)}
        names = {name for id, name in board.cells if id in line and name != "price"}
        self.held: list[Held] = [{} for _ in board.types]
        for name in names:
            for held, values in zip(self.held, board.restriction(plan, name).tolist(), strict=True):
                if max(values) != UNSET:
                    held[name] = values

    def at(self, name: str, row: int, day: date) -> int:
        """A field of one cell; `UNSET` when nobody restricts it there."""
        return _value(self.held[row], name, (day - self.first).days)


def forbids(wish: Wish, board: Board, plan: RatePlan, kind: TypeOnSale, rules: Restrictions, free: Sequence[int]) -> list[Reason]:
    """Why this stay cannot be sold in that plan and room type; empty when it can.

    `free` is how many rooms are left on each night of the stay. The board covers arrival to departure day, both included.
    """
    held, at = rules.held[board.row(kind.id)], (wish.arrival - rules.first).days
    found = _of_the_stay(wish, board, rules, kind)
    if wish.nights < 1 or (not held and min(free) > 0):
        return found
    for number in range(wish.nights):
        found += _of_a_night(wish, held, at + number, wish.arrival + timedelta(days=number), free[number])
    return found + _of_the_arrival(wish, board, held, at) + _of_the_departure(wish, held, at + wish.nights)


def _of_the_stay(wish: Wish, board: Board, rules: Restrictions, kind: TypeOnSale) -> list[Reason]:
    ahead = (wish.arrival - board.today).days
    last = max(wish.arrival, wish.departure - timedelta(days=1))
    needs_code = rules.codes is not None and rules.codes.isdisjoint(code.casefold() for code in wish.codes)
    reasons = [
        ("past", None, None, ahead < 0),
        ("no_nights", None, None, wish.nights < 1),
        ("not_this_type", None, None, rules.room_type_ids is not None and kind.id not in rules.room_type_ids),
        ("not_this_channel", None, None, rules.channels is not None and wish.channel not in rules.channels),
        ("needs_code", None, None, needs_code),
        ("party_too_large", None, kind.adults + kind.children, not fits(wish.party, kind)),
        ("not_valid", wish.arrival, None, wish.arrival < rules.valid_from),
        ("not_valid", last, None, last > rules.valid_until),
        ("too_late", None, rules.min_advance, 0 <= ahead < (rules.min_advance or 0)),
        ("too_early", None, rules.max_advance, rules.max_advance is not None and ahead > rules.max_advance),
    ]
    return [Reason(rule, night, value) for rule, night, value, holds in reasons if holds]


def _of_a_night(wish: Wish, held: Held, at: int, night: date, free: int) -> list[Reason]:
    found = [Reason("sold_out", night)] if free < 1 else []
    if _value(held, "closed", at) == 1:
        found.append(Reason("closed", night))
    return found + _of_the_length(wish, held, at, night, "min_stay", "max_stay")


def _of_the_length(wish: Wish, held: Held, at: int, night: date, least: str, most: str) -> list[Reason]:
    """Length restrictions on a night: "through" ones hold on every night of the stay, arrival ones on the first."""
    found = []
    if (value := _value(held, least, at)) > wish.nights:
        found.append(Reason(least, night, value))
    if UNSET < (value := _value(held, most, at)) < wish.nights:
        found.append(Reason(most, night, value))
    return found


def _of_the_arrival(wish: Wish, board: Board, held: Held, at: int) -> list[Reason]:
    found = [Reason("closed_arrival", wish.arrival)] if _value(held, "closed_arrival", at) == 1 else []
    found += _of_the_length(wish, held, at, wish.arrival, "min_stay_arrival", "max_stay_arrival")
    ahead = (wish.arrival - board.today).days
    if (value := _value(held, "min_advance", at)) > ahead >= 0:
        found.append(Reason("too_late_for_night", wish.arrival, value))
    if UNSET < (value := _value(held, "max_advance", at)) < ahead:
        found.append(Reason("too_early_for_night", wish.arrival, value))
    return found


def _of_the_departure(wish: Wish, held: Held, at: int) -> list[Reason]:
    """Of everything set on the departure day only "closed to departure" counts: that night is not slept."""
    return [Reason("closed_departure", wish.departure)] if _value(held, "closed_departure", at) == 1 else []


def _value(held: Held, name: str, at: int) -> int:
    values = held.get(name)
    return UNSET if values is None else values[at]
