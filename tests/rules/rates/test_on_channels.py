"""What a channel has of its own lies over what holds for all, field by field; its prices are the guest's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pms.rates.board import UNSET, Board
from pms.rates.models import RESTRICTIONS, RatePlan
from pms.rates.party import night_prices
from pms.rates.price import price_of, prices, why
from tests.rules.rates.boards import FIRST, NIGHTS, a_board, a_plan, a_type, boards, cells

HERE, THERE = "booking_com", "expedia"
SPOTS = st.dictionaries(st.tuples(st.just(0), st.integers(0, NIGHTS - 1)), st.integers(0, 90_000), max_size=NIGHTS)


def _paid(board: Board, plan: RatePlan, channel: str) -> list[list[int]]:
    """What the base party pays there."""
    seen = board.on(channel)
    return night_prices(plan, price_of(seen, plan), 0, 1, channel, seen.own_price(plan)).tolist()


@given(boards())
def test_a_channel_without_anything_of_its_own_has_what_holds_for_all(board: Board) -> None:
    other = replace(board, own={THERE: {(board.book.plans[0].id, "price"): cells(len(board.types), NIGHTS, {(0, 0): 1})}})
    assert other.on(HERE) is other
    for plan in board.book.plans:
        assert _paid(other, plan, HERE) == _paid(board, plan, HERE)
        assert all((other.on(HERE).restriction(plan, name) == board.restriction(plan, name)).all() for name in RESTRICTIONS)


@given(boards(), SPOTS)
def test_its_own_price_wins_and_where_it_has_none_the_price_is_everybodys(
    board: Board, filled: dict[tuple[int, int], int]
) -> None:
    master = next(plan for plan in board.book.plans if plan.parent_id is None)
    own = cells(len(board.types), NIGHTS, filled)
    other = replace(board, own={HERE: {(master.id, "price"): own}})
    seen, general = prices(other.on(HERE)), prices(other)
    assert (seen[master.id] == np.where(own != UNSET, own, general[master.id])).all()
    for plan in board.book.plans:
        untouched = own == UNSET if board.book.lineage(plan)[-1] is master else np.full(own.shape, True)
        assert (seen[plan.id] == general[plan.id])[untouched].all()


@given(boards(), SPOTS, st.integers(1, 5_000))
def test_a_mark_up_is_put_on_everybodys_prices_and_never_on_its_own(
    board: Board, filled: dict[tuple[int, int], int], percent: int
) -> None:
    for plan in board.book.plans:
        plan.markups = {HERE: {"percent": percent}}
    master = next(plan for plan in board.book.plans if plan.parent_id is None)
    own = cells(len(board.types), NIGHTS, filled)
    other = replace(board, own={HERE: {(master.id, "price"): own}})
    seen = prices(other.on(HERE))
    for plan in board.book.plans:
        base = seen[plan.id]
        marked = night_prices(plan, base, 0, 1, HERE)
        of_own = (own != UNSET) if board.book.lineage(plan)[-1] is master else np.full(own.shape, False)
        assert _paid(other, plan, HERE) == np.where(of_own, base, marked).tolist()


def test_a_plan_derived_from_one_with_its_own_price_follows_it_without_a_mark_up() -> None:
    master = a_plan(markups={HERE: {"percent": 2_000}})
    strict = a_plan(master, percent=-1_000, markups={HERE: {"percent": 2_000}})
    board = a_board([master, strict], own={HERE: {(master.id, "price"): cells(1, NIGHTS, {(0, 1): 9_000})}})
    assert _paid(board, master, HERE)[0][:3] == [12_000, 9_000, 12_000]
    assert _paid(board, strict, HERE)[0][:3] == [10_800, 8_100, 10_800]
    assert _paid(board, strict, "desk")[0][:3] == [9_000] * 3


@given(st.data())
def test_restrictions_lie_over_those_of_all_field_by_field(data: st.DataObject) -> None:
    """The oracle: its own, else everybody's, else the parent's own, else the parent's."""
    master = a_plan()
    derived = a_plan(master)
    value = st.integers(-1, 1)
    table = {
        (channel, plan.id, name): data.draw(st.lists(value, min_size=NIGHTS, max_size=NIGHTS))
        for channel in ("", HERE)
        for plan in (master, derived)
        for name in ("closed", "closed_arrival")
    }
    general, own = (
        {(plan, name): np.array([values]) for (of, plan, name), values in table.items() if of == channel}
        for channel in ("", HERE)
    )
    seen = a_board([master, derived], cells=general, own={HERE: own}).on(HERE)
    for name in ("closed", "closed_arrival"):
        for n in range(NIGHTS):
            order = [table[channel, plan.id, name][n] for plan in (derived, master) for channel in (HERE, "")]
            expected = next((one for one in order if one != UNSET), UNSET)
            assert seen.restriction(derived, name)[0, n] == expected


def test_why_names_the_price_of_the_channel_after_the_one_of_all() -> None:
    master = a_plan()
    general, own = cells(1, NIGHTS, {(0, 0): 12_000}), cells(1, NIGHTS, {(0, 0): 9_000})
    kind = a_type()
    board = a_board([master], [kind], cells={(master.id, "price"): general}, own={HERE: {(master.id, "price"): own}})
    steps = why(board.on(HERE), master.id, kind.id, FIRST)
    assert [(step.kind, step.name, step.price) for step in steps][1:] == [("manual", "Plan", 12_000), ("own", HERE, 9_000)]
    assert [step.kind for step in why(board, master.id, kind.id, FIRST)] == ["base", "manual"]


def test_what_is_apart_is_said_of_the_plan_and_of_those_that_follow_it() -> None:
    master = a_plan()
    follows, free = a_plan(master), a_plan(master, own_restrictions=True)
    own = {(master.id, "price"): cells(1, NIGHTS, {(0, 0): 1}), (master.id, "closed"): cells(1, NIGHTS, {(0, 1): 1})}
    board = a_board([master, follows, free], own={HERE: own})

    def apart(plan: RatePlan) -> dict[str, list[bool]]:
        return {name: holds[0, :2].tolist() for name, holds in board.apart(plan).get(HERE, {}).items()}

    assert apart(master) == apart(follows) == {"price": [True, False], "closed": [False, True]}
    assert apart(free) == {"price": [True, False]}
    assert board.only(board.types[0].id, FIRST + timedelta(1)).apart(master)[HERE]["closed"].tolist() == [[True]]
