"""Can this be sold, and if not, every rule that forbids it, in order (R-21, R-24, R-25). Pure; the one place that decides it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import chain
from typing import Literal, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pms.rates.board import UNSET, Board, Field, TypeOnSale
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
    """What somebody would like: local dates [arrival, departure), through which channel, with which codes, for whom.

    `at_desk`: whatever the channel, the desk has it in hand, and may sell what is sold at the desk.
    """

    arrival: date
    departure: date
    party: Party = field(default_factory=Party)
    channel: str = "desk"
    codes: frozenset[str] = frozenset()
    at_desk: bool = False

    @cached_property
    def channels(self) -> frozenset[str]:
        """Those through which it may be sold."""
        return frozenset({self.channel, "desk"} if self.at_desk else {self.channel})

    @property
    def ruled_by(self) -> str:
        """The channel whose restrictions it is asked: what one channel does not sell, the desk may sell all the same."""
        return "desk" if self.at_desk else self.channel

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


class CellRule(NamedTuple):
    """What a field of the cells forbids: on every night, on the arrival or the departure day; `bites` gets the values there, how
    long the stay is and how many days ahead it is booked. `numbered` ones say their value.
    """

    name: str
    field: str
    on: Literal["night", "arrival", "departure"]
    bites: Callable[[Field, int, int | Field], NDArray[np.bool_]]
    numbered: bool = False


CELL_RULES = (
    CellRule("sold_out", "free", "night", lambda free, nights, ahead: free < 1),
    CellRule("closed", "closed", "night", lambda shut, nights, ahead: shut == 1),
    CellRule("min_stay", "min_stay", "night", lambda least, nights, ahead: least > nights, True),
    CellRule("max_stay", "max_stay", "night", lambda most, nights, ahead: (most != UNSET) & (most < nights), True),
    CellRule("closed_arrival", "closed_arrival", "arrival", lambda shut, nights, ahead: shut == 1),
    CellRule("min_stay_arrival", "min_stay_arrival", "arrival", lambda least, nights, ahead: least > nights, True),
    CellRule(
        "max_stay_arrival", "max_stay_arrival", "arrival", lambda most, nights, ahead: (most != UNSET) & (most < nights), True
    ),
    CellRule("too_late_for_night", "min_advance", "arrival", lambda least, nights, ahead: (least > ahead) & (ahead >= 0), True),
    CellRule("too_early_for_night", "max_advance", "arrival", lambda most, nights, ahead: (most != UNSET) & (most < ahead), True),
    CellRule("closed_departure", "closed_departure", "departure", lambda shut, nights, ahead: shut == 1),
)


class Restrictions:
    """What restricts one plan on a board, read once from its rows and cells, to be asked often."""

    def __init__(self, board: Board, plan: RatePlan) -> None:
        self.first, self.today, self.ordinals, self.types = board.first, board.today, board.ordinals, len(board.types)
        self.room_type_ids, self.channels = plan.room_type_ids, plan.channels
        self.codes = None if plan.access == "public" else {code.casefold() for code in plan.codes}
        self.valid_from, self.valid_until = plan.valid_from or date.min, plan.valid_until or date.max
        self.min_advance, self.max_advance = plan.min_advance, plan.max_advance
        self.tables = {name: board.restriction(plan, name) for name in board.restricted(plan)}

    @cached_property
    def fields(self) -> dict[str, list[list[int]]]:
        """The restrictions as plain numbers: field -> room types down, nights across, `UNSET` where nobody restricts."""
        return {name: table.tolist() for name, table in self.tables.items()}

    def at(self, name: str, row: int, day: date) -> int:
        """A field of one cell; `UNSET` when nobody restricts it there."""
        values = self.tables.get(name)
        return UNSET if values is None else int(values[row, (day - self.first).days])

    def on(self, name: str, row: int) -> Field:
        """A field of all nights of a room type; `UNSET` where nobody restricts it."""
        values = self.tables.get(name)
        return np.full(len(self.ordinals), UNSET) if values is None else values[row]

    def sells_to_anybody(self, room_type_id: UUID, channel: str) -> bool:
        """Whether whoever comes by that channel may buy the plan in that room type."""
        open_there = self.channels is None or channel in self.channels
        return open_there and self.codes is None and (self.room_type_ids is None or room_type_id in self.room_type_ids)

    @cached_property
    def not_valid(self) -> NDArray[np.bool_]:
        """The nights before the plan is valid, and after: "not_valid", for who counts night by night."""
        return (self.ordinals < self.valid_from.toordinal()) | (self.ordinals > self.valid_until.toordinal())

    @cached_property
    def no_arrival_today(self) -> NDArray[np.bool_]:
        """On which nights, room types down, nobody may arrive who books today: those past, too near or too far, by the plan or by
        the night itself.
        """
        ahead = self.ordinals - self.today.toordinal()
        of_plan = {"min_advance": self.min_advance, "max_advance": self.max_advance}
        shut = np.broadcast_to(ahead < 0, (self.types, len(ahead)))
        for rule in CELL_RULES:
            if rule.field in of_plan:
                for held in (self.tables.get(rule.field), of_plan[rule.field]):
                    shut = shut if held is None else shut | rule.bites(np.asarray(held, dtype=np.int64), 1, ahead)
        return shut


def forbids(wish: Wish, board: Board, plan: RatePlan, kind: TypeOnSale, rules: Restrictions, free: Sequence[int]) -> list[Reason]:
    """Why this stay cannot be sold in that plan and room type; empty when it can.

    `free` is how many rooms are left on each night of the stay. The board covers arrival to departure day, both included.
    """
    return Forbidding(wish, board, [kind], np.array([free], dtype=np.int64)).in_plan(rules)[0]


def forbids_change(was: Wish, wish: Wish, board: Board, plan: RatePlan, kind: TypeOnSale, rules: Restrictions) -> list[Reason]:
    """Why a stay that lies as `was` cannot come to lie as `wish`, in the words and order of `forbids`; empty when it can (R-41).

    Only what the change brings is asked. Whether a room is left is for the counters to say.
    """
    added = {day for day in _days(wish) if not was.arrival <= day < was.departure}
    if not added:
        return []
    found = forbids(wish, board, plan, kind, rules, [1] * wish.nights)
    return [one for one in found if _is_brought(one, was, wish, added)]


_OF_NIGHTS = frozenset({"not_valid", "closed", "min_stay", "max_stay"})
_OF_ARRIVAL = frozenset({"closed_arrival", "min_stay_arrival", "max_stay_arrival"})
_AHEAD = frozenset({"too_late", "too_early", "too_late_for_night", "too_early_for_night"})
_MOST = frozenset({"max_stay", "max_stay_arrival"})


def _days(wish: Wish) -> list[date]:
    return [wish.arrival + timedelta(days=n) for n in range(wish.nights)]


def _is_brought(one: Reason, was: Wish, wish: Wish, added: Set[date]) -> bool:
    """Whether the change is what breaks the rule. Rules in none of these sets were settled when the stay was sold: who may buy
    the plan, through what, in which room type, for how many.
    """
    return (
        (one.rule in _OF_NIGHTS and one.night in added)
        or (one.rule in _OF_ARRIVAL and wish.arrival != was.arrival)
        or (one.rule in _AHEAD and wish.arrival in added)
        or (one.rule in _MOST and wish.nights > was.nights)
        or (one.rule == "closed_departure" and wish.departure != was.departure)
    )


class Forbidding:
    """What `forbids` says of one wish in several room types; `free` has one row for each. Sorted out once, then asked plan by
    plan: plans that share the table of a restriction, as derived ones do, share the look at it.
    """

    def __init__(self, wish: Wish, board: Board, kinds: Sequence[TypeOnSale], free: Field) -> None:
        self._wish, self._kinds, self._ahead = wish, kinds, (wish.arrival - board.today).days
        self._too_large = [None if fits(wish.party, kind) else kind.adults + kind.children for kind in kinds]
        at = (wish.arrival - board.first).days
        self._rows = np.array([board.row(kind.id) for kind in kinds], dtype=np.int64)
        self._on = slice(at, at + wish.nights + 1)
        self._sold_out = list(_bites(wish, self._ahead, "free", free)) if wish.nights > 0 else []
        self._known: dict[tuple[str, int], tuple[Field, list[Bite]]] = {}

    def in_plan(self, rules: Restrictions) -> list[list[Reason]]:
        """The reasons in that plan, room type by room type."""
        of_the_plan = _of_the_plan(self._wish, self._ahead, rules)
        found = [
            _with_the_type(of_the_plan, rules, kind, too_large)
            for kind, too_large in zip(self._kinds, self._too_large, strict=True)
        ]
        if self._wish.nights < 1:
            return found
        bites = chain(self._sold_out, *(self._bites_of(name, table) for name, table in rules.tables.items()))
        for row, _, night, place, value in sorted(bites):
            rule = CELL_RULES[place]
            day = self._wish.arrival + timedelta(days=night)
            found[row].append(Reason(rule.name, day, value if rule.numbered else None))
        return found

    def _bites_of(self, name: str, table: Field) -> list[Bite]:
        """Where a table forbids the stay. It is kept with the answer, so that no other can come to have its `id`."""
        known = self._known.get((name, id(table)))
        if known is None:
            known = table, list(_bites(self._wish, self._ahead, name, table[self._rows, self._on]))
            self._known[name, id(table)] = known
        return known[1]


def from_every_arrival(wish: Wish, board: Board) -> list[Wish]:
    """The wish moved to every day of the board from which a stay so long ends on it, the first to the last."""
    stay = timedelta(days=wish.nights)
    return [replace(wish, arrival=day, departure=day + stay) for day in board.days[: max(0, board.nights - wish.nights)]]


def arrivals_that_sell(
    wishes: Sequence[Wish], board: Board, kinds: Sequence[TypeOnSale], plans: Sequence[Restrictions], free: Field
) -> NDArray[np.bool_]:
    """Of which of these `forbids` would say nothing: plan, room type, wish. They are one wish `from_every_arrival` of the board;
    `free` has the rooms left on all its nights. Counts no reasons, so that many can be asked.
    """
    sells = np.zeros((len(plans), len(kinds), len(wishes)), dtype=bool)
    if not wishes or wishes[0].nights < 1:
        return sells
    nights, days = wishes[0].nights, board.ordinals[: len(wishes)] - board.today.toordinal()
    rows, ahead = [board.row(kind.id) for kind in kinds], days.tolist()
    large_enough = np.array([fits(wishes[0].party, kind) for kind in kinds], dtype=bool)
    rooms_left = _lets("free", free, nights, days)
    known: dict[tuple[str, int], NDArray[np.bool_]] = {}
    for at, rules in enumerate(plans):
        takes = np.array([_takes(rules, kind) for kind in kinds], dtype=bool) & large_enough
        sold = np.array([not _of_the_plan(*one, rules) for one in zip(wishes, ahead, strict=True)], dtype=bool)
        sells[at] = takes[:, None] & sold & rooms_left
        for name, table in rules.tables.items() if sells[at].any() else ():
            if (name, id(table)) not in known:
                known[name, id(table)] = _lets(name, table[rows], nights, days)
            sells[at] &= known[name, id(table)]
    return sells


def _lets(name: str, held: Field, nights: int, ahead: Field) -> NDArray[np.bool_]:
    """From which arrivals, so many days ahead, a field of all nights forbids nothing of a stay so long."""
    lets = np.ones((len(held), len(ahead)), dtype=bool)
    for rule in CELL_RULES:
        if rule.field == name:
            first, length = {"night": (0, nights), "arrival": (0, 1), "departure": (nights, 1)}[rule.on]
            values = held[:, first : first + len(ahead) + length - 1]
            lets &= ~_anywhere_within(rule.bites(values, nights, ahead), length)
    return lets


def _anywhere_within(bites: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    """Whether any of so many columns is true, from each column on that has as many to its right."""
    if length == 1:
        return bites
    before = np.zeros((len(bites), bites.shape[1] + 1), dtype=np.int64)
    np.cumsum(bites, axis=1, out=before[:, 1:])
    return before[:, length:] > before[:, :-length]


def _of_the_plan(wish: Wish, ahead: int, rules: Restrictions) -> list[Reason]:
    """What forbids the stay, booked so many days ahead, in every room type."""
    last = max(wish.arrival, wish.departure - timedelta(days=1))
    needs_code = rules.codes is not None and rules.codes.isdisjoint(code.casefold() for code in wish.codes)
    reasons = [
        ("past", None, None, ahead < 0),
        ("no_nights", None, None, wish.nights < 1),
        ("not_this_channel", None, None, rules.channels is not None and wish.channels.isdisjoint(rules.channels)),
        ("needs_code", None, None, needs_code),
        ("not_valid", wish.arrival, None, wish.arrival < rules.valid_from),
        ("not_valid", last, None, last > rules.valid_until),
        ("too_late", None, rules.min_advance, 0 <= ahead < (rules.min_advance or 0)),
        ("too_early", None, rules.max_advance, rules.max_advance is not None and ahead > rules.max_advance),
    ]
    return [Reason(rule, night, value) for rule, night, value, holds in reasons if holds]


def _takes(rules: Restrictions, kind: TypeOnSale) -> bool:
    return rules.room_type_ids is None or kind.id in rules.room_type_ids


def _with_the_type(of_the_plan: list[Reason], rules: Restrictions, kind: TypeOnSale, too_large: int | None) -> list[Reason]:
    """The same with what forbids it in this room type, in order; `too_large`: for how many it is, if for too few."""
    found = list(of_the_plan)
    if not _takes(rules, kind):
        found.append(Reason("not_this_type"))
    if too_large is not None:
        found.append(Reason("party_too_large", value=too_large))
    return found if len(found) == len(of_the_plan) else sorted(found, key=lambda reason: RULES.index(reason.rule))


Bite = tuple[int, int, int, int, int]
"""Room type, part of the stay, night of the stay, place of the rule in `CELL_RULES`, its number; in this order they are named."""


def _bites(wish: Wish, ahead: int, name: str, held: Field) -> Iterator[Bite]:
    """Where a field forbids the stay, booked so many days ahead; `held` from the night of arrival to the day of departure.

    Of everything set on the departure day only "closed to departure" counts: that night is not slept.
    """
    nights = wish.nights
    parts = {"night": (0, slice(0, nights)), "arrival": (1, slice(0, 1)), "departure": (2, slice(nights, nights + 1))}
    for place, rule in enumerate(CELL_RULES):
        if rule.field == name:
            part, columns = parts[rule.on]
            values = held[:, columns]
            rows, at = rule.bites(values, nights, ahead).nonzero()
            for row, night, value in zip(rows.tolist(), at.tolist(), values[rows, at].tolist(), strict=True):
                yield row, part, columns.start + night, place, value
