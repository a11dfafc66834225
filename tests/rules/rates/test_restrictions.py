"""Can this be sold, and if not, every rule that forbids it: the whole table against an oracle, then rule by rule (R-21, R-24)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.rates.board import UNSET, Board, TypeOnSale
from pms.rates.models import RatePlan
from pms.rates.party import Party
from pms.rates.restrict import RULES, Reason, Restrictions, Wish, forbids
from tests.rules.rates.boards import FIRST, NIGHTS, TODAY, a_board, a_plan, a_type

DAY = timedelta(days=1)
FLAGS = {
    "closed": 1,
    "closed_arrival": 1,
    "closed_departure": 1,
    "min_stay": 3,
    "max_stay": 2,
    "min_stay_arrival": 2,
}
"""The six flags of the table, with the number that stands in a cell where one is set."""
WITHOUT = dict.fromkeys(FLAGS, UNSET)


def _ask(
    wish: Wish, plan: RatePlan, set_to: dict[str, Any], free: int = 9, kind: TypeOnSale | None = None, **board: Any
) -> list[Reason]:
    """Restrictions by name: one value per night of the board, or one for all of them."""
    kind = kind or a_type()
    cells = {(plan.id, name): np.broadcast_to(np.array(value, dtype=np.int64), (1, NIGHTS)) for name, value in set_to.items()}
    whole = a_board([plan], [kind], **({"cells": cells} | board))
    return forbids(wish, whole, plan, kind, Restrictions(whole, plan), [free] * max(0, wish.nights))


def _stay(nights: int, arrival: int = 0, **more: Any) -> Wish:
    return Wish(FIRST + arrival * DAY, FIRST + (arrival + nights) * DAY, **more)


def _may(rows: list[dict[str, int]], nights: int) -> bool:
    """The oracle: R-21 as it is written down, `rows` from the night of arrival to the day of departure."""
    slept, arrival, departure = rows[:nights], rows[0], rows[nights]
    for row in slept:
        if row["closed"] == 1:
            return False
        if row["min_stay"] > nights:
            return False
        if 0 < row["max_stay"] < nights:
            return False
    if arrival["closed_arrival"] == 1 or arrival["min_stay_arrival"] > nights:
        return False
    return departure["closed_departure"] != 1


@pytest.mark.parametrize("nights", [1, 2, 3, 4])
def test_all_combinations_of_six_flags_over_three_dates(nights: int) -> None:
    """2^6 combinations, set on the first, second or third date alone, on two of them or on all three, for stays around them."""
    plan, kind = a_plan(), a_type()
    chosen = [dict(zip(FLAGS, on, strict=True)) for on in product([False, True], repeat=len(FLAGS))]
    for flags, dates in product(chosen, product([False, True], repeat=3)):
        rows = [
            {name: value if flags[name] and on < 3 and dates[on] else UNSET for name, value in FLAGS.items()}
            for on in range(NIGHTS)
        ]
        cells = {name: [row[name] for row in rows] for name in FLAGS}
        assert (_ask(_stay(nights), plan, cells, kind=kind) == []) is _may(rows, nights), (flags, dates)


@given(
    st.lists(
        st.fixed_dictionaries({name: st.sampled_from([UNSET, value]) for name, value in FLAGS.items()}), min_size=3, max_size=3
    ),
    st.integers(1, 4),
)
def test_every_date_with_flags_of_its_own(three: list[dict[str, int]], nights: int) -> None:
    rows = [*three, WITHOUT, WITHOUT]
    cells = {name: [row[name] for row in rows] for name in FLAGS}
    assert (_ask(_stay(nights), a_plan(), cells) == []) is _may(rows, nights)


@pytest.mark.parametrize("name", [name for name in FLAGS if name != "closed_departure"])
def test_on_the_day_of_departure_nothing_counts_but_closed_to_departure(name: str) -> None:
    on_departure = [UNSET, UNSET, {"min_stay": 9, "max_stay": 1}.get(name, FLAGS[name]), UNSET, UNSET]
    assert _ask(_stay(2), a_plan(), {name: on_departure}) == []
    assert _ask(_stay(2), a_plan(), {"closed_departure": [UNSET, UNSET, 1, UNSET, UNSET]}) == [
        Reason("closed_departure", FIRST + 2 * DAY)
    ]


def test_all_reasons_are_named_with_night_and_value_in_order() -> None:
    plan = a_plan(
        room_type_ids=[],
        channels=["website"],
        access="code",
        codes=["SECRET"],
        valid_from=FIRST + 30 * DAY,
        valid_until=FIRST - DAY,
        min_advance=10,
        max_advance=2,
    )
    cells = {"closed": 1, "min_stay": 4, "max_stay": 1, "closed_arrival": 1, "min_stay_arrival": 3, "max_stay_arrival": 1}
    found = _ask(_stay(2, party=Party(9)), plan, cells | {"min_advance": 5, "max_advance": 1, "closed_departure": 1}, free=0)
    assert [reason.rule for reason in found] == [
        "not_this_type",
        "not_this_channel",
        "needs_code",
        "party_too_large",
        "not_valid",
        "not_valid",
        "too_late",
        "too_early",
        *["sold_out", "closed", "min_stay", "max_stay"] * 2,
        *[
            "closed_arrival",
            "min_stay_arrival",
            "max_stay_arrival",
            "too_late_for_night",
            "too_early_for_night",
            "closed_departure",
        ],
    ]
    assert {reason.rule: reason.value for reason in found if reason.value is not None} == {
        "party_too_large": 3,
        "too_late": 10,
        "too_early": 2,
        "min_stay": 4,
        "max_stay": 1,
        "min_stay_arrival": 3,
        "max_stay_arrival": 1,
        "too_late_for_night": 5,
        "too_early_for_night": 1,
    }
    assert [reason.night for reason in found if reason.rule == "closed"] == [FIRST, FIRST + DAY]
    assert {reason.rule for reason in found} | {"past", "no_nights"} == set(RULES)


def test_a_stay_without_nights_and_one_in_the_past_are_refused() -> None:
    assert _ask(_stay(0), a_plan(), {"closed": 1}) == [Reason("no_nights")]
    assert _ask(_stay(1), a_plan(), {}, today=FIRST + DAY) == [Reason("past")]
    assert _ask(_stay(1), a_plan(), {}, today=FIRST) == []


@pytest.mark.parametrize(
    ("first", "last", "nights", "on"),
    [(1, None, 1, 0), (None, -1, 1, 0), (None, 1, 3, 2), (1, None, 3, 0), (0, 0, 1, None), (0, 2, 3, None), (1, -1, 1, 0)],
)
def test_every_night_lies_within_the_validity_of_the_plan(
    first: int | None, last: int | None, nights: int, on: int | None
) -> None:
    plan = a_plan(
        valid_from=None if first is None else FIRST + first * DAY, valid_until=None if last is None else FIRST + last * DAY
    )
    found = {(reason.rule, reason.night) for reason in _ask(_stay(nights), plan, {})}
    assert found == (set() if on is None else {("not_valid", FIRST + on * DAY)})


@pytest.mark.parametrize(("ahead", "rules"), [(0, {"too_late"}), (2, {"too_late"}), (3, set()), (7, set()), (8, {"too_early"})])
def test_the_advance_window_of_plan_and_night(ahead: int, rules: set[str]) -> None:
    """At least 3 and at most 7 days before arrival, both included (R-24)."""
    today = FIRST - ahead * DAY
    of_plan = _ask(_stay(1), a_plan(min_advance=3, max_advance=7), {}, today=today)
    of_night = _ask(_stay(1), a_plan(), {"min_advance": [3, *[0] * 4], "max_advance": [7, *[99] * 4]}, today=today)
    assert {reason.rule for reason in of_plan} == rules
    assert {reason.rule for reason in of_night} == {f"{rule}_for_night" for rule in rules}


def test_the_advance_window_of_later_nights_does_not_count() -> None:
    assert _ask(_stay(3), a_plan(), {"min_advance": [UNSET, 300, 300, 300, 300]}) == []


@pytest.mark.parametrize(
    ("told", "opens"), [("summer", True), ("SUMMER", True), ("Straße", True), ("STRASSE", True), ("winter", False)]
)
def test_a_code_opens_a_plan_however_it_is_spelled(told: str, opens: bool) -> None:
    plan = a_plan(access="code", codes=["Summer", "straße"])
    assert (_ask(_stay(1, codes=frozenset({"other", told})), plan, {}) == []) is opens
    assert _ask(_stay(1), plan, {}) == [Reason("needs_code")]
    assert _ask(_stay(1), a_plan(codes=["Summer"]), {}) == [], "a public plan asks for none"


@pytest.mark.parametrize(
    ("channels", "channel", "sold"),
    [(None, "any", True), (["desk"], "desk", True), (["desk"], "ota", False), ([], "desk", False)],
)
def test_a_plan_is_sold_through_its_channels(channels: list[str] | None, channel: str, sold: bool) -> None:
    assert (_ask(_stay(1, channel=channel), a_plan(channels=channels), {}) == []) is sold


def _family(own: bool, **cells: list[int]) -> tuple[Board, RatePlan, RatePlan]:
    """A master, a child and a grandchild; cells by "who_name"."""
    master = a_plan()
    child = a_plan(master, own_restrictions=own)
    grandchild = a_plan(child)
    named = {"master": master, "child": child, "grandchild": grandchild}
    known = {
        (named[who].id, name): np.array([values])
        for (who, _, name), values in ((key.partition("_"), v) for key, v in cells.items())
    }
    return a_board([master, child, grandchild], cells=known), child, grandchild


def test_restrictions_come_from_the_parent_where_the_plan_has_none() -> None:
    board, child, grandchild = _family(False, master_closed=[1, 1, UNSET, UNSET, 1], child_closed=[0, UNSET, 1, UNSET, UNSET])
    assert board.restriction(child, "closed").tolist() == [[0, 1, 1, UNSET, 1]]
    assert board.restriction(grandchild, "closed").tolist() == [[0, 1, 1, UNSET, 1]]
    assert Restrictions(board, grandchild).at("closed", 0, FIRST + DAY) == 1


def test_a_plan_with_its_own_restrictions_does_not_look_at_its_parents_and_hands_its_own_on() -> None:
    board, child, grandchild = _family(True, master_min_stay=[7] * 5, child_min_stay=[UNSET, 2, UNSET, UNSET, UNSET])
    for plan in (child, grandchild):
        assert board.restriction(plan, "min_stay").tolist() == [[UNSET, 2, UNSET, UNSET, UNSET]]
        assert Restrictions(board, plan).at("min_stay", 0, FIRST) == UNSET


def test_a_restriction_nobody_set_restricts_nothing() -> None:
    assert _ask(replace(_stay(4)), a_plan(), {}) == []
    assert Restrictions(a_board([a_plan()]), a_plan()).at("closed", 0, TODAY) == UNSET
