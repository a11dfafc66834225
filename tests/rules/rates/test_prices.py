"""The price of every cell is what the slow way says; what must not matter does not; and "why" tells the truth."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pms.kernel.money import MINOR_MAX
from pms.rates.board import UNSET, Board, House, parents_first
from pms.rates.price import prices, steps_of, why
from tests.rules.rates import oracle
from tests.rules.rates.boards import (
    FIRST,
    NIGHTS,
    a_board,
    a_party,
    a_plan,
    a_rule,
    a_type,
    boards,
    cells,
)

DAY = timedelta(days=1)


@given(boards())
def test_all_cells_at_once_are_what_each_is_by_itself_worked_out_slowly(board: Board) -> None:
    found = prices(board)
    for plan in board.book.plans:
        slow = [[oracle.price(board, plan, kind, night) for night in board.days] for kind in board.types]
        assert found[plan.id].tolist() == slow


@given(boards())
@settings(max_examples=50)
def test_why_ends_with_the_price_and_its_steps_lead_there(board: Board) -> None:
    found = prices(board)
    for plan in board.book.plans:
        for at, kind in enumerate(board.types):
            for on, night in enumerate(board.days):
                steps = why(board, plan.id, kind.id, night)
                assert steps[0].kind == "base"
                assert steps[0].price == kind.base_price
                assert steps[-1].price == found[plan.id][at, on]
                moves = [after.price - before.price for before, after in pairwise(steps)]
                assert steps[0].price + sum(moves) == found[plan.id][at, on]
                idle = [step for step, moved in zip(steps[1:], moves, strict=True) if not moved]
                assert all(step.kind == "manual" for step in idle)


@given(boards())
@settings(max_examples=50)
def test_one_cell_cut_out_has_the_price_it_has_on_the_whole_board(board: Board) -> None:
    found = prices(board)
    for at, kind in enumerate(board.types):
        for on, night in enumerate(board.days):
            alone = prices(board.only(kind.id, night))
            assert {id: int(table[0, 0]) for id, table in alone.items()} == {
                id: int(table[at, on]) for id, table in found.items()
            }


@given(boards())
@settings(max_examples=20)
def test_one_cell_cut_out_knows_how_full_the_whole_house_is_that_night(board: Board) -> None:
    assert board.house is not None
    beyond = np.arange(board.house.taken.size).reshape(board.house.taken.shape)
    board = replace(board, house=replace(board.house, beyond=beyond))
    for at, kind in enumerate(board.types):
        for on, night in enumerate(board.days):
            alone, whole = board.only(kind.id, night), board.house
            assert alone.house is not None
            assert alone.house_row == board.house_row + at
            for side in ("capacity", "taken", "beyond"):
                assert getattr(alone.house, side).tolist() == getattr(whole, side)[:, on : on + 1].tolist()


@given(boards(), st.randoms(use_true_random=False))
def test_the_order_of_plans_room_types_spans_and_weekdays_does_not_matter(board: Board, chance: object) -> None:
    shuffled = chance.sample  # type: ignore[attr-defined]
    plans = parents_first(shuffled(board.book.plans, len(board.book.plans)))
    rules = tuple(rule.model_copy() for rule in board.book.rules)
    for rule in rules:
        rule.spans = rule.spans and shuffled(rule.spans, len(rule.spans))
        rule.weekdays = rule.weekdays and shuffled(rule.weekdays, len(rule.weekdays))
    order = shuffled(range(len(board.types)), len(board.types))
    assert board.house is not None
    other = replace(
        board,
        book=replace(board.book, plans=plans, rules=rules),
        types=tuple(board.types[at] for at in order),
        cells={key: table[order] for key, table in board.cells.items()},
        house=House(board.house.capacity[order], board.house.taken[order]),
    )
    found, again = prices(board), prices(other)
    assert {id: table[order].tolist() for id, table in found.items()} == {id: table.tolist() for id, table in again.items()}


@given(boards())
def test_no_price_leaves_floor_and_ceiling_unless_set_by_hand(board: Board) -> None:
    found = prices(board)
    for plan in board.book.plans:
        manual = board.filled(plan.id, "price") if plan.parent_id is None else np.full((len(board.types), NIGHTS), UNSET)
        for at, kind in enumerate(board.types):
            party, by_rules = board.party(kind.id), found[plan.id][at][manual[at] == UNSET]
            assert (by_rules >= (party.floor or 0)).all()
            assert party.ceiling is None or (by_rules <= party.ceiling).all()


def test_a_manual_price_may_leave_the_limits() -> None:
    kind, plan = a_type(), a_plan()
    by_hand = {(plan.id, "price"): cells(1, NIGHTS, {(0, 0): 100})}
    board = a_board([plan], [kind], parties={kind.id: a_party(kind, floor=5_000)}, cells=by_hand)
    assert prices(board)[plan.id][0].tolist() == [100, *[10_000] * (NIGHTS - 1)]
    (*_, last) = why(board, plan.id, kind.id, FIRST)
    assert (last.kind, last.price) == ("manual", 100)


@given(boards())
def test_the_nights_of_a_stay_are_explained_each_as_if_alone(board: Board) -> None:
    """So that a manual price of one night is not said of another."""
    kind, cut = board.types[0], {key: values[:1] for key, values in board.cells.items()}
    board = replace(board, types=(kind,), cells=cut)
    for plan in board.book.plans:
        assert steps_of(board, plan) == [why(board, plan.id, kind.id, night) for night in board.days]


def _in_every_order(*rules: object) -> set[tuple[int, ...]]:
    plan, kind = a_plan(), a_type(20_000)
    return {tuple(prices(a_board([plan], [kind], rules=order))[plan.id][0].tolist()) for order in permutations(rules)}


@given(st.lists(st.integers(-4_000, 9_000), min_size=1, max_size=3))
@settings(max_examples=50)
def test_rules_that_only_add_commute(amounts: list[int]) -> None:
    assert len(_in_every_order(*(a_rule(amount=amount) for amount in amounts))) == 1


@given(st.lists(st.integers(-9_000, 9_000), min_size=1, max_size=3))
@settings(max_examples=50)
def test_rules_of_different_nights_commute(percents: list[int]) -> None:
    nights = [[[(FIRST + n * DAY).isoformat(), (FIRST + (n + 1) * DAY).isoformat()]] for n in range(4)]
    rules = [a_rule(percent=percent, amount=7, spans=spans) for percent, spans in zip(percents, nights, strict=False)]
    assert len(_in_every_order(*rules)) == 1


def test_a_percentage_and_an_amount_do_not_commute_so_their_order_is_shown_and_kept() -> None:
    found = _in_every_order(a_rule(percent=1_000), a_rule(amount=1_000))
    assert found == {(23_000,) * NIGHTS, (23_100,) * NIGHTS}


@pytest.mark.parametrize(("taken", "expected"), [(7, 10_000), (8, 10_800), (9, 10_800), (10, 12_000), (11, 12_000)])
def test_a_rule_of_occupancy_begins_at_its_threshold_and_ends_below_the_next(taken: int, expected: int) -> None:
    plan = a_plan()
    rules = (a_rule(percent=800, occupancy_from=8_000, occupancy_below=10_000), a_rule(percent=2_000, occupancy_from=10_000))
    house = House(np.full((1, NIGHTS), 10), np.full((1, NIGHTS), taken))
    assert set(prices(a_board([plan], rules=rules, house=house))[plan.id][0].tolist()) == {expected}


def test_a_house_without_rooms_counts_as_full() -> None:
    plan, none = a_plan(), np.zeros((1, NIGHTS), dtype=np.int64)
    board = a_board([plan], rules=(a_rule(amount=1, occupancy_from=10_000),), house=House(none, none))
    assert prices(board)[plan.id][0, 0] == 10_001


def test_a_rule_of_occupancy_on_a_board_that_was_told_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError):
        prices(a_board([a_plan()], rules=(a_rule(amount=1, occupancy_from=1),)))


def test_a_chain_of_markups_ends_at_the_largest_price_instead_of_overflowing() -> None:
    plans = [a_plan()]
    for _ in range(15):
        plans.append(a_plan(plans[-1], percent=100_000))
    found = prices(a_board(plans))
    assert found[plans[1].id][0, 0] == 110_000
    assert found[plans[-1].id][0, 0] == MINOR_MAX


def test_a_plan_whose_parent_is_gone_is_not_sold() -> None:
    gone = a_plan()
    child = a_plan(gone)
    assert parents_first([child, a_plan(child)]) == ()
    assert parents_first([child, gone]) == (gone, child)
