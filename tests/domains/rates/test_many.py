"""Many cells at once: what a wish expands to, counted before and done as counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import numpy as np
import pytest

from pms.kernel.ids import new_id
from pms.rates.board import Board, Book, TypeOnSale
from pms.rates.many import Many, counted_of, edits_of
from pms.rates.models import RatePlan
from pms.rates.price import prices

FIRST = date(2027, 6, 7)
"""A Monday."""
EVERY_DAY = frozenset(range(7))


@pytest.fixture
def board() -> Board:
    """A double at 100.00 and a suite at 200.00, two weeks; Flexible on whole euros, Strict derived, Corporate with own rules."""
    flexible = RatePlan(id=new_id(), organization_id=new_id(), property_id=new_id(), code="F", name="Flexible", round_step=100)
    strict = RatePlan(
        id=new_id(),
        organization_id=new_id(),
        property_id=new_id(),
        code="S",
        name="Strict",
        parent_id=flexible.id,
        percent=-1_000,
    )
    corporate = RatePlan(
        id=new_id(),
        organization_id=new_id(),
        property_id=new_id(),
        code="C",
        name="Corporate",
        parent_id=flexible.id,
        own_restrictions=True,
    )
    types = (TypeOnSale(new_id(), "Double", 10_000, 2, 0), TypeOnSale(new_id(), "Suite", 20_000, 2, 0))
    return Board(Book((flexible, strict, corporate)), types, FIRST, 14, FIRST)


def _many(board: Board, field: str = "price", how: str = "percent", value: int = 800, **more: object) -> Many:
    fields: dict[str, object] = {
        "spans": [(FIRST, FIRST + timedelta(14))],
        "weekdays": EVERY_DAY,
        "type_ids": frozenset(kind.id for kind in board.types),
        "plan_ids": frozenset(plan.id for plan in board.book.plans),
        **more,
    }
    return Many(field, how, value, **fields)  # type: ignore[arg-type]


def _plan(board: Board, code: str) -> UUID:
    return next(plan.id for plan in board.book.plans if plan.code == code)


def test_fridays_and_saturdays_of_two_ranges_rise_by_eight_per_cent_in_masters_only(board: Board) -> None:
    spans = [(FIRST, FIRST + timedelta(5)), (FIRST + timedelta(11), FIRST + timedelta(14))]
    edits, counted = edits_of(board, prices(board), _many(board, spans=spans, weekdays=frozenset({4, 5})))
    assert {edit.cell[2] for edit in edits} == {FIRST + timedelta(n) for n in (4, 11, 12)}
    assert {edit.cell[0] for edit in edits} == {_plan(board, "F")}
    assert {edit.values["price"] for edit in edits} == {10_800, 21_600}
    assert (counted.cells, counted.followed) == (6, 12)


def test_a_relative_price_moves_what_holds_now_and_ends_as_the_plan_does(board: Board) -> None:
    manual = np.full((2, 14), -1)
    manual[0, 3] = 9_950
    filled = Board(board.book, board.types, FIRST, 14, FIRST, {(_plan(board, "F"), "price"): manual})
    edits, _ = edits_of(filled, prices(filled), _many(filled, how="percent", value=-333))
    by_cell = {(edit.cell[1], edit.cell[2]): edit.values["price"] for edit in edits}
    assert by_cell[board.types[0].id, FIRST + timedelta(3)] == 9_600
    assert by_cell[board.types[0].id, FIRST] == 9_700


def test_a_price_never_falls_below_nothing(board: Board) -> None:
    edits, _ = edits_of(board, prices(board), _many(board, how="amount", value=-15_000))
    assert {edit.values["price"] for edit in edits} == {0, 5_000}


def test_back_to_the_rules_touches_only_what_is_filled_in(board: Board) -> None:
    manual = np.full((2, 14), -1)
    manual[1, 5] = 1
    filled = Board(board.book, board.types, FIRST, 14, FIRST, {(_plan(board, "F"), "price"): manual})
    edits, counted = edits_of(filled, prices(filled), _many(filled, how="clear"))
    assert [(edit.cell[1], edit.cell[2], edit.values) for edit in edits] == [
        (board.types[1].id, FIRST + timedelta(5), {"price": None})
    ]
    assert counted.cells == 1


def test_closing_counts_what_closes_and_what_was_closed_already_stays(board: Board) -> None:
    closed = np.full((2, 14), -1)
    closed[0, :7] = 1
    filled = Board(board.book, board.types, FIRST, 14, FIRST, {(_plan(board, "F"), "closed"): closed})
    only = _many(filled, "closed", "to", 1, plan_ids=frozenset({_plan(board, "F")}))
    _, counted = edits_of(filled, prices(filled), only)
    assert (counted.cells, counted.closes) == (21, 21)
    _, again = edits_of(filled, prices(filled), _many(filled, "closed", "to", 0, plan_ids=only.plan_ids))
    assert (again.cells, again.opens) == (7, 7)


def test_a_derived_plan_is_opened_under_a_closed_parent_by_saying_so(board: Board) -> None:
    closed = np.full((2, 14), 1)
    filled = Board(board.book, board.types, FIRST, 14, FIRST, {(_plan(board, "F"), "closed"): closed})
    strict = _many(filled, "closed", "to", 0, plan_ids=frozenset({_plan(board, "S")}))
    edits, counted = edits_of(filled, prices(filled), strict)
    assert {edit.values["closed"] for edit in edits} == {False}
    assert counted.opens == 28


def test_opening_a_plan_with_the_one_it_follows_leaves_nothing_of_its_own(board: Board) -> None:
    shut = np.full((2, 14), 1)
    both = {(_plan(board, code), "closed"): shut for code in "FS"}
    filled = replace(board, cells=both)
    edits, counted = edits_of(filled, prices(filled), _many(filled, "closed", "to", 0, plan_ids=frozenset(id for id, _ in both)))
    assert {edit.values["closed"] for edit in edits} == {None}
    assert (counted.cells, counted.opens) == (56, 56)


def test_clearing_counts_what_closes_and_opens_by_what_holds_then(board: Board) -> None:
    shut = np.full((2, 14), -1)
    shut[0] = 1
    one = {"plan_ids": frozenset({_plan(board, "F")}), "channels": (HERE,)}
    filled = _with_own(board, "closed", {0: 0, 1: 1}, cells={(_plan(board, "F"), "closed"): shut})
    counted = counted_of(filled, prices(filled), _many(filled, "closed", "clear", 0, **one))
    assert (counted.cells, counted.closes, counted.opens) == (2, 1, 0), "open here alone; closed here as everywhere"
    everywhere = counted_of(filled, prices(filled), _many(filled, "closed", "clear", 0, plan_ids=one["plan_ids"]))
    assert (everywhere.cells, everywhere.closes, everywhere.opens) == (14, 0, 14)


def test_stays_are_set_where_a_plan_has_rules_of_its_own(board: Board) -> None:
    edits, counted = edits_of(board, prices(board), _many(board, "min_stay", "to", 2))
    assert {edit.cell[0] for edit in edits} == {_plan(board, "F"), _plan(board, "C")}
    assert (counted.cells, counted.followed) == (56, 28)


def test_a_type_the_plan_does_not_sell_is_left_alone(board: Board) -> None:
    board.book.plans[0].room_type_ids = [board.types[0].id]
    edits, _ = edits_of(board, prices(board), _many(board))
    assert {edit.cell[1] for edit in edits} == {board.types[0].id}


def test_what_is_so_already_is_not_changed(board: Board) -> None:
    manual = np.full((2, 14), 12_000)
    filled = Board(board.book, board.types, FIRST, 14, FIRST, {(_plan(board, "F"), "price"): manual})
    assert edits_of(filled, prices(filled), _many(filled, how="to", value=12_000))[1].cells == 0


HERE = "booking_com"


def _with_own(board: Board, field: str, values: dict[int, int], code: str = "F", **more: object) -> Board:
    """The doubles' cells of a plan as they are on Booking.com."""
    own = np.full((2, 14), -1)
    for n, value in values.items():
        own[0, n] = value
    return replace(board, own={HERE: {(_plan(board, code), field): own}}, **more)  # type: ignore[arg-type]


def test_a_channels_price_moves_from_what_it_shows_now_mark_up_and_own_prices_in(board: Board) -> None:
    board.book.plans[0].markups = {HERE: {"percent": 2_000}}
    filled = _with_own(board, "price", {3: 9_000})
    doubles = frozenset({board.types[0].id})
    edits, counted = edits_of(filled, prices(filled), _many(filled, value=1_000, type_ids=doubles, channels=(HERE,)))
    by_night = {(edit.cell[2] - FIRST).days: edit.values["price"] for edit in edits}
    assert (by_night[2], by_night[3], len(by_night)) == (13_200, 9_900, 14)
    assert {edit.channel for edit in edits} == {HERE}
    assert counted.cells == 14


def test_each_channel_is_counted_and_those_a_plan_is_not_sold_through_are_left_out(board: Board) -> None:
    board.book.plans[0].channels = ["desk", HERE]
    codes = frozenset({_plan(board, "F")})
    wish = _many(board, field="closed", how="to", value=1, plan_ids=codes, channels=(HERE, "expedia"))
    edits, counted = edits_of(board, prices(board), wish)
    assert ({edit.channel for edit in edits}, counted.cells, counted.closes) == ({HERE}, 28, 28)
    board.book.plans[0].channels = None
    assert edits_of(board, prices(board), wish)[1].cells == 56


def test_stopping_to_sell_on_a_channel_is_written_even_where_nothing_is_sold_just_now(board: Board) -> None:
    shut = np.full((2, 14), -1)
    shut[0, 0] = 1
    filled = replace(board, cells={(_plan(board, "F"), "closed"): shut})
    one = {"type_ids": frozenset({board.types[0].id}), "plan_ids": frozenset({_plan(board, "F")}), "channels": (HERE,)}
    edits, counted = edits_of(filled, prices(filled), _many(filled, "closed", "to", 1, **one))
    assert (counted.cells, counted.closes) == (14, 13)
    edits, counted = edits_of(filled, prices(filled), _many(filled, "closed", "to", 0, **one))
    assert ([edit.values for edit in edits], counted.opens) == ([{"closed": False}], 1)


def test_what_is_open_everywhere_is_opened_on_a_channel_by_taking_its_own_away(board: Board) -> None:
    filled = _with_own(board, "closed", {1: 1, 2: 1})
    one = {"plan_ids": frozenset({_plan(board, "F")}), "channels": (HERE,)}
    edits, counted = edits_of(filled, prices(filled), _many(filled, "closed", "to", 0, **one))
    assert ([edit.values for edit in edits], counted.opens) == ([{"closed": None}] * 2, 2)


def test_back_to_the_rules_takes_from_the_channel_what_it_has_of_its_own_and_from_nobody_else(board: Board) -> None:
    manual = np.full((2, 14), 12_000)
    filled = _with_own(board, "price", {1: 9_000}, cells={(_plan(board, "F"), "price"): manual})
    edits, counted = edits_of(filled, prices(filled), _many(filled, how="clear", channels=(HERE,)))
    assert ([(edit.channel, edit.values) for edit in edits], counted.cells) == ([(HERE, {"price": None})], 1)


def test_a_wish_for_all_says_how_many_values_of_single_channels_stay(board: Board) -> None:
    filled = _with_own(board, "price", {1: 9_000, 2: 9_000, 13: 9_000})
    spans = [(FIRST, FIRST + timedelta(7))]
    edits, counted = edits_of(filled, prices(filled), _many(filled, how="to", value=11_000, spans=spans))
    assert (counted.apart, {edit.channel for edit in edits}) == (2, {""})


def test_cells_whose_minimum_would_be_above_their_maximum_stay_and_are_counted(board: Board) -> None:
    most = np.full((2, 14), -1)
    most[:, 0] = 3
    filled = _with_own(board, "max_stay", {1: 2, 2: 4}, cells={(_plan(board, "F"), "max_stay"): most})
    doubles = {"type_ids": frozenset({board.types[0].id}), "plan_ids": frozenset({_plan(board, "F")})}
    edits, counted = edits_of(filled, prices(filled), _many(filled, "min_stay", "to", 4, **doubles))
    assert {(edit.cell[2] - FIRST).days for edit in edits} == set(range(2, 14))
    assert (counted.cells, counted.crossed) == (12, 2)
    here = counted_of(filled, prices(filled), _many(filled, "max_stay", "clear", 0, channels=(HERE,), **doubles))
    assert (here.cells, here.crossed) == (2, 0)
    once = filled.filling(_plan(board, "F"), "min_stay", np.full((2, 14), 3), HERE)
    cut = counted_of(once, prices(once), _many(once, "max_stay", "to", 2, channels=(HERE, "expedia"), **doubles))
    assert (cut.cells, cut.crossed) == (14, 13), "on Booking.com every night but the one that is so already"
