"""Cells with values for one channel: written, read, refused, kept with their history, undone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from pms.kernel.actor import Actor
from pms.kernel.db import raw, work
from pms.kernel.refusals import BadInput
from pms.rates.board import UNSET, Board
from pms.rates.cells import (
    CellsMovedMeanwhile,
    Changed,
    Edit,
    FollowsItsParent,
    MinAboveMax,
    change_cells,
    try_cells,
    undo_change,
)
from pms.rates.history import story_of
from pms.rates.load import board_of, house_of
from pms.rates.plans import PlanFields, create_plan
from pms.rates.queries import sold_through
from tests.builders import Cast

DAY = timedelta(days=1)
FIRST = date(2027, 6, 1)
HERE, THERE = "booking_com", "expedia"


@pytest.fixture
def cell(double: UUID, flexible: UUID) -> tuple[UUID, UUID, date]:
    return flexible, double, FIRST


def _change(by: Actor, house: UUID, *edits: Edit) -> Changed:
    with work(by) as db:
        return change_cells(db, house, edits)


def _board(by: Actor, house: UUID) -> Board:
    with work(by) as db:
        return board_of(db, house_of(db, house), FIRST, 3)


def _own(board: Board, plan: UUID, name: str, channel: str) -> list[int]:
    return board.filled(plan, name, channel)[0].tolist()


def test_a_cell_has_a_value_for_all_and_others_for_channels(olga: Actor, house: UUID, cell: Any, flexible: UUID) -> None:
    made = _change(
        olga, house, Edit(cell, {"price": 9_000, "min_stay": 2}), Edit(cell, {"price": 8_000}, channel=HERE),
        Edit(cell, {"closed": True}, channel=THERE),
    )  # fmt: skip
    assert made.cells == 3
    board = _board(olga, house)
    assert board.filled(flexible, "price")[0].tolist() == [9_000, UNSET, UNSET]
    assert _own(board, flexible, "price", HERE) == [8_000, UNSET, UNSET]
    assert _own(board, flexible, "closed", THERE) == [1, UNSET, UNSET]
    assert _own(board, flexible, "min_stay", HERE) == [UNSET] * 3
    plan = board.book.by_id[flexible]
    assert board.on(HERE).restriction(plan, "min_stay")[0].tolist() == [2, UNSET, UNSET]


def test_versions_are_each_channels_own(olga: Actor, house: UUID, cell: Any) -> None:
    _change(olga, house, Edit(cell, {"price": 9_000}, 0), Edit(cell, {"price": 8_000}, 0, HERE))
    _change(olga, house, Edit(cell, {"price": 7_000}, 1, HERE))
    with work(olga) as db, pytest.raises(CellsMovedMeanwhile) as refused:
        change_cells(db, house, [Edit(cell, {"price": 1}, 1), Edit(cell, {"price": 1}, 1, HERE)])
    assert refused.value.data["cells"] == [[str(cell[0]), str(cell[1]), FIRST.isoformat(), HERE]]


def test_undo_gives_back_what_all_have_and_what_channels_have_as_one(olga: Actor, house: UUID, cell: Any, flexible: UUID) -> None:
    _change(olga, house, Edit(cell, {"price": 7_000}, channel=HERE))
    made = _change(
        olga,
        house,
        Edit(cell, {"price": 9_000}),
        Edit(cell, {"price": 8_000}, channel=HERE),
        Edit(cell, {"closed": True}, None, THERE),
    )
    _change(olga, house, Edit(cell, {"closed": False}, channel=THERE))
    with work(olga) as db:
        assert made.change_id is not None
        back = undo_change(db, made.change_id)
    assert (back.cells, back.kept) == (2, 1)
    board = _board(olga, house)
    assert _own(board, flexible, "price", HERE) == [7_000, UNSET, UNSET]
    assert board.filled(flexible, "price")[0].tolist() == [UNSET] * 3
    assert _own(board, flexible, "closed", THERE) == [0, UNSET, UNSET]


def test_a_minimum_for_one_channel_above_the_maximum_of_all_is_refused(olga: Actor, house: UUID, cell: Any) -> None:
    _change(olga, house, Edit(cell, {"max_stay": 3}))
    with work(olga) as db, pytest.raises(MinAboveMax) as refused:
        change_cells(db, house, [Edit(cell, {"min_stay": 4}, channel=HERE)])
    assert refused.value.data["cell"][-1] == HERE
    _change(olga, house, Edit(cell, {"min_stay": 4, "max_stay": 9}, channel=HERE))
    with work(olga) as db, pytest.raises(MinAboveMax):
        change_cells(db, house, [Edit(cell, {"max_stay": None}, channel=HERE)])


def test_a_maximum_of_all_below_the_minimum_of_a_channel_is_refused(olga: Actor, house: UUID, cell: Any) -> None:
    _change(olga, house, Edit(cell, {"min_stay": 4}, channel=HERE))
    with work(olga) as db, pytest.raises(MinAboveMax):
        change_cells(db, house, [Edit(cell, {"max_stay": 3})])
    with work(olga) as db:
        assert isinstance(try_cells(db, house, [Edit(cell, {"max_stay": 3})])[0], MinAboveMax)
        both = try_cells(db, house, [Edit(cell, {"max_stay": 3}), Edit(cell, {"min_stay": 2}, channel=HERE)])
    assert both == [{"max_stay": (None, 3)}, {"min_stay": (4, 2)}]


def test_the_refusal_names_the_channel_where_they_cross_and_the_cell_written(olga: Actor, house: UUID, cell: Any) -> None:
    _change(olga, house, Edit(cell, {"max_stay": 3}, channel=HERE))
    with work(olga) as db, pytest.raises(MinAboveMax) as refused:
        change_cells(db, house, [Edit(cell, {"min_stay": 4})])
    assert refused.value.say("en") == "On 1 Jun the shortest stay at Booking.com would be above the longest."
    assert (refused.value.data["channel"], refused.value.data["cell"]) == (HERE, [str(cell[0]), str(cell[1]), "2027-06-01"])


def test_a_row_leans_on_no_other_that_is_refused_itself(olga: Actor, house: UUID, cell: Any) -> None:
    _change(olga, house, Edit(cell, {"max_stay": 3}, channel=HERE))
    with work(olga) as db:
        tried = try_cells(db, house, [Edit(cell, {"min_stay": 4}), Edit(cell, {"max_stay": 9, "price": -1}, channel=HERE)])
    assert [type(one) for one in tried] == [MinAboveMax, BadInput]


def test_a_change_for_all_says_how_many_values_of_single_channels_stay(olga: Actor, house: UUID, cell: Any) -> None:
    later = (*cell[:2], FIRST + DAY)
    own = [Edit(cell, {"closed": False, "min_stay": 2}, channel=HERE), Edit(cell, {"closed": True}, channel=THERE)]
    assert _change(olga, house, *own, Edit(later, {"closed": False}, channel=HERE)).apart == 0
    assert _change(olga, house, Edit(cell, {"closed": True}), Edit(later, {"closed": True})).apart == 3
    both = _change(olga, house, Edit(cell, {"closed": False}), Edit(cell, {"closed": None}, channel=HERE))
    assert (both.cells, both.apart) == (2, 1)
    assert _change(olga, house, Edit(cell, {"closed": False})).apart == 0, "nothing was changed"


def test_undo_leaves_alone_what_would_cross_on_a_channel(olga: Actor, house: UUID, cell: Any, flexible: UUID) -> None:
    later = (*cell[:2], FIRST + DAY)
    _change(olga, house, Edit(cell, {"max_stay": 3}), Edit(later, {"max_stay": 3}))
    made = _change(olga, house, Edit(cell, {"max_stay": None}), Edit(later, {"max_stay": None}))
    _change(olga, house, Edit(cell, {"min_stay": 5}, channel=HERE))
    with work(olga) as db:
        assert made.change_id is not None
        back = undo_change(db, made.change_id)
    assert (back.cells, back.crossed) == (1, (cell,))
    assert _board(olga, house).filled(flexible, "max_stay")[0].tolist() == [UNSET, 3, UNSET]


def test_a_derived_plan_has_no_price_of_its_own_on_a_channel_either(
    olga: Actor, house: UUID, double: UUID, flexible: UUID
) -> None:
    with work(olga) as db:
        strict = create_plan(db, house, PlanFields("NR", "Strict", parent_id=flexible)).id
    with work(olga) as db, pytest.raises(FollowsItsParent):
        change_cells(db, house, [Edit((strict, double, FIRST), {"price": 1}, channel=HERE)])
    assert _change(olga, house, Edit((strict, double, FIRST), {"closed": True}, channel=HERE)).cells == 1


@pytest.mark.parametrize("code", ["x" * 41, "a\x00b"])
def test_what_is_no_channel_is_refused(olga: Actor, house: UUID, cell: Any, code: str) -> None:
    with work(olga) as db, pytest.raises(BadInput) as refused:
        change_cells(db, house, [Edit(cell, {"price": 1}, channel=code)])
    assert refused.value.field == "channel"


def test_the_history_names_the_channel(cast: Cast, olga: Actor, house: UUID, cell: Any) -> None:
    _change(olga, house, Edit(cell, {"price": 9_000}))
    _change(olga, house, Edit(cell, {"price": 8_000}, None, HERE), Edit(cell, {"closed": True}, None, THERE))
    with work(olga) as db:
        everything, _ = story_of(db, house, cell, channel=None)
        of_all, _ = story_of(db, house, cell)
        here, _ = story_of(db, house, cell, channel=HERE)
    assert [(turn.channel, turn.after) for turn in everything] == [
        (HERE, {"price": 8_000}),
        (THERE, {"closed": True}),
        ("", {"price": 9_000}),
    ]
    assert ([turn.channel for turn in of_all], [turn.after for turn in here]) == ([""], [{"price": 8_000}])


def test_the_journal_says_whose_values_changed(olga: Actor, house: UUID, cell: Any) -> None:
    made = _change(olga, house, Edit(cell, {"price": 9_000}), Edit(cell, {"price": 8_000}, channel=HERE))
    with work(olga) as db:
        row = raw(db).execute("select after from journal where entity_id = %s", (made.change_id,)).fetchone()
    assert row is not None
    assert row[0]["channels"] == ["", HERE]


def test_a_type_cut_out_of_the_board_keeps_what_channels_have(olga: Actor, house: UUID, cell: Any) -> None:
    _change(olga, house, Edit(cell, {"price": 8_000}, None, HERE))
    board = _board(olga, house).only(cell[1], FIRST)
    assert _own(board, cell[0], "price", HERE) == [8_000]


def test_a_channel_spelt_otherwise_somewhere_does_not_stand_for_the_one_there_is(
    olga: Actor, house: UUID, flexible: UUID
) -> None:
    with work(olga) as db:
        odd = PlanFields(
            "NR", "Strict", parent_id=flexible, channels=["Expedia", "kiosk"], markups={"BOOKING_COM": {"percent": 500}}
        )
        create_plan(db, house, odd)
        known = sold_through(db, house)
    assert [known[one] for one in ("expedia", "booking_com", "kiosk")] == ["expedia", "booking_com", "kiosk"]
