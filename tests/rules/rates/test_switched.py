"""Flags switched on and off in many cells at once: what is asked holds, and reopening leaves nothing behind."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.rates.board import UNSET, Board, Field
from pms.rates.many import switched
from tests.rules.rates.boards import NIGHTS, a_board, a_plan, a_type

HERE = "booking_com"
TABLES = st.lists(st.lists(st.integers(-1, 1), min_size=NIGHTS, max_size=NIGHTS).map(tuple), min_size=2, max_size=2).map(np.array)


@st.composite
def closed_boards(draw: st.DrawFn) -> Board:
    """Plans in a tree, some with their own restrictions, closed and opened here and there, for all and on one channel."""
    plans = [a_plan()]
    for _ in range(draw(st.integers(0, 4))):
        plans.append(a_plan(draw(st.none() | st.sampled_from(plans)), own_restrictions=draw(st.booleans())))
    general, own = ({(plan.id, "closed"): draw(TABLES) for plan in plans if draw(st.booleans())} for _ in range(2))
    return a_board(draw(st.permutations(plans)), [a_type(), a_type()], cells=general, own={HERE: own})


def _holds(board: Board, channel: str) -> dict[UUID, Field]:
    return {plan.id: board.on(channel).restriction(plan, "closed") == 1 for plan in board.book.plans}


def _filled(board: Board, channel: str) -> dict[UUID, list[Any]]:
    return {plan.id: board.filled(plan.id, "closed", channel).tolist() for plan in board.book.plans}


@pytest.mark.parametrize("channel", ["", HERE])
@given(st.data())
def test_what_is_asked_of_a_cell_holds_whatever_is_asked_of_the_others(channel: str, data: st.DataObject) -> None:
    board = data.draw(closed_boards())
    wanted = {plan.id: data.draw(TABLES) for plan in board.book.plans if data.draw(st.booleans())}
    after = switched(board, "closed", wanted, channel)
    holds, other = _holds(after, channel), "" if channel else HERE
    for id, wish in wanted.items():
        assert (holds[id] == (wish == 1))[wish != UNSET].all()
        assert (after.filled(id, "closed", channel) == board.filled(id, "closed", channel))[wish == UNSET].all()
    assert _filled(after, other) == _filled(board, other)


@pytest.mark.parametrize("channel", ["", HERE])
@given(st.data())
def test_closing_any_open_cells_and_reopening_them_gives_back_what_there_was(channel: str, data: st.DataObject) -> None:
    """From a board without an "open" that opens nothing: that is cleared away."""
    drawn = data.draw(closed_boards())
    board = switched(drawn, "closed", {id: np.where(on, UNSET, 0) for id, on in _holds(drawn, channel).items()}, channel)
    some = {id: (data.draw(TABLES) == 1) & ~on for id, on in _holds(board, channel).items()}
    shut = switched(board, "closed", {id: np.where(meant, 1, UNSET) for id, meant in some.items()}, channel)
    assert all(_holds(shut, channel)[id][meant].all() for id, meant in some.items())
    back = switched(shut, "closed", {id: np.where(meant, 0, UNSET) for id, meant in some.items()}, channel)
    assert _filled(back, channel) == _filled(board, channel)


def test_a_plan_reopened_with_the_one_it_follows_closes_with_it_the_next_time() -> None:
    flexible = a_plan()
    strict = a_plan(flexible)
    board, both = a_board([flexible, strict]), (flexible.id, strict.id)
    for on in (1, 0):
        board = switched(board, "closed", {id: np.full((1, NIGHTS), on) for id in both})
    assert _filled(board, "") == {id: [[UNSET] * NIGHTS] for id in both}
    board = switched(board, "closed", {flexible.id: np.full((1, NIGHTS), 1)})
    assert all(on.all() for on in _holds(board, "").values())


def test_a_plan_closed_beside_the_one_it_follows_stays_closed_when_only_that_opens() -> None:
    flexible = a_plan()
    strict = a_plan(flexible)
    board = a_board([flexible, strict])
    board = switched(board, "closed", {id: np.full((1, NIGHTS), 1) for id in (flexible.id, strict.id)})
    board = switched(board, "closed", {flexible.id: np.full((1, NIGHTS), 0)})
    assert _holds(board, "")[strict.id].all()
    shut = switched(board, "closed", {id: np.full((1, NIGHTS), 1) for id in (flexible.id, strict.id)})
    assert _filled(shut, "")[strict.id] == [[1] * NIGHTS], "closed again is no less closed"
