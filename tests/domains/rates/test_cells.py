"""Cells: filled in, refused, kept with their history, undone as one; and what boards read of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from pms.kernel.actor import Actor
from pms.kernel.db import raw, work
from pms.kernel.refusals import BadInput, NotFound, NotPermitted
from pms.kernel.words import translate
from pms.rates.board import UNSET
from pms.rates.cells import (
    PAIRS,
    CellsMovedMeanwhile,
    Edit,
    FollowsItsParent,
    MinAboveMax,
    NothingToUndo,
    change_cells,
    undo_change,
)
from pms.rates.load import board_of, house_of
from pms.rates.plans import PlanFields, change_plan, create_plan
from pms.rates.price import prices
from tests.builders import Cast, a_property, a_room_type

DAY = timedelta(days=1)
FIRST = date(2027, 6, 1)


@pytest.fixture
def strict(olga: Actor, house: UUID, flexible: UUID) -> UUID:
    """12 % below the flexible plan, on whole halves."""
    with work(olga) as db:
        return create_plan(db, house, PlanFields("NR", "Non-refundable", parent_id=flexible, percent=-1_200, round_step=50)).id


def _prices(actor: Actor, house: UUID, plan: UUID, nights: int = 3) -> list[int]:
    with work(actor) as db:
        board = board_of(db, house_of(db, house), FIRST, nights)
    return [int(price) for price in prices(board)[plan][0]]


def test_a_manual_price_beats_the_rules_and_derived_plans_follow_it(
    olga: Actor, house: UUID, double: UUID, flexible: UUID, strict: UUID
) -> None:
    with work(olga) as db:
        made = change_cells(db, house, [Edit((flexible, double, FIRST + DAY), {"price": 12_345})])
    assert made.cells == 1
    assert _prices(olga, house, flexible) == [10_000, 12_345, 10_000]
    assert _prices(olga, house, strict) == [8_800, 10_850, 8_800]


def test_a_change_is_undone_as_one_and_can_be_undone_once(olga: Actor, house: UUID, double: UUID, flexible: UUID) -> None:
    cells = [(flexible, double, FIRST + n * DAY) for n in range(3)]
    with work(olga) as db:
        change_cells(db, house, [Edit(cells[0], {"price": 9_000})])
    with work(olga) as db:
        made = change_cells(db, house, [Edit(cell, {"price": 20_000, "min_stay": 2}) for cell in cells])
    with work(olga) as db:
        assert made.change_id is not None
        back = undo_change(db, made.change_id)
    assert (back.cells, back.kept) == (3, 0)
    assert _prices(olga, house, flexible) == [9_000, 10_000, 10_000]
    with work(olga) as db, pytest.raises(NothingToUndo):
        undo_change(db, made.change_id)


def test_undo_leaves_alone_what_somebody_changed_since(olga: Actor, house: UUID, double: UUID, flexible: UUID) -> None:
    cells = [(flexible, double, FIRST + n * DAY) for n in range(3)]
    with work(olga) as db:
        made = change_cells(db, house, [Edit(cell, {"price": 20_000}) for cell in cells])
    with work(olga) as db:
        change_cells(db, house, [Edit(cells[1], {"price": 30_000})])
    with work(olga) as db:
        assert made.change_id is not None
        back = undo_change(db, made.change_id)
    assert (back.cells, back.kept) == (2, 1)
    assert _prices(olga, house, flexible) == [10_000, 30_000, 10_000]


def test_undo_leaves_alone_what_would_cross_and_gives_back_all_the_rest(
    olga: Actor, house: UUID, double: UUID, flexible: UUID
) -> None:
    cells = [(flexible, double, FIRST + n * DAY) for n in range(3)]
    with work(olga) as db:
        change_cells(db, house, [Edit(cell, {"min_stay": 5}) for cell in cells])
    with work(olga) as db:
        made = change_cells(db, house, [Edit(cell, {"min_stay": None}) for cell in cells])
    with work(olga) as db:
        change_cells(db, house, [Edit(cells[1], {"max_stay": 3})])
    with work(olga) as db:
        assert made.change_id is not None
        back = undo_change(db, made.change_id)
        board = board_of(db, house_of(db, house), FIRST, 3)
        assert board.filled(flexible, "min_stay").tolist() == [[5, UNSET, 5]]
    assert (back.cells, back.kept, back.crossed) == (2, 0, (cells[1],))


def test_who_was_slower_is_told_by_whom_and_nothing_is_written(cast: Cast, house: UUID, double: UUID, flexible: UUID) -> None:
    cells = [(flexible, double, FIRST + n * DAY) for n in range(2)]
    with work(cast.olga) as db:
        change_cells(db, house, [Edit(cells[0], {"price": 9_000}, version=0)])
    with work(cast.olga) as db, pytest.raises(CellsMovedMeanwhile) as refused:
        change_cells(db, house, [Edit(cell, {"price": 1}, version=0) for cell in cells])
    assert refused.value.data["by"] == "Olga Owner"
    assert refused.value.data["cells"] == [[str(flexible), str(double), FIRST.isoformat()]]
    assert _prices(cast.olga, house, flexible) == [9_000, 10_000, 10_000]


def test_a_derived_plan_follows_its_parent(olga: Actor, house: UUID, double: UUID, strict: UUID) -> None:
    for values in ({"price": 9_000}, {"min_stay": 2}):
        with work(olga) as db, pytest.raises(FollowsItsParent):
            change_cells(db, house, [Edit((strict, double, FIRST), values)])
    with work(olga) as db:
        assert change_cells(db, house, [Edit((strict, double, FIRST), {"closed": True})]).cells == 1


@pytest.mark.parametrize(("least", "most"), PAIRS)
def test_a_minimum_above_the_maximum_is_refused_by_name(
    olga: Actor, house: UUID, double: UUID, flexible: UUID, least: str, most: str
) -> None:
    with work(olga) as db:
        change_cells(db, house, [Edit((flexible, double, FIRST), {most: 3})])
    with work(olga) as db, pytest.raises(MinAboveMax) as refused:
        change_cells(db, house, [Edit((flexible, double, FIRST), {least: 4})])
    assert refused.value.data["fields"] == (least, most)
    assert refused.value.say("en") == translate(PAIRS[least, most][0], "en", night=FIRST)


@pytest.mark.parametrize(
    "values", [{"price": -1}, {"price": True}, {"closed": 1}, {"min_stay": 0}, {"colour": 1}, {"price": "9"}]
)
def test_a_value_that_fits_no_field_is_refused(olga: Actor, house: UUID, double: UUID, flexible: UUID, values: dict) -> None:
    with work(olga) as db, pytest.raises(BadInput):
        change_cells(db, house, [Edit((flexible, double, FIRST), values)])


def test_who_may_not_change_rates_is_refused(cast: Cast, house: UUID, double: UUID, flexible: UUID) -> None:
    with work(cast.rita) as db, pytest.raises(NotPermitted):
        change_cells(db, house, [Edit((flexible, double, FIRST), {"price": 1})])


def test_a_plan_or_type_of_another_property_is_not_found(olga: Actor, house: UUID, double: UUID, flexible: UUID) -> None:
    other = a_property(olga, "Hillside")
    theirs = a_room_type(olga, other)
    with work(olga) as db, pytest.raises(NotFound):
        change_cells(db, house, [Edit((flexible, theirs, FIRST), {"price": 1})])
    with work(olga) as db, pytest.raises(NotFound):
        change_cells(db, other, [Edit((flexible, theirs, FIRST), {"price": 1})])


def test_ten_thousand_cells_are_one_change(olga: Actor, house: UUID, double: UUID, flexible: UUID) -> None:
    with work(olga) as db:
        made = change_cells(db, house, [Edit((flexible, double, FIRST + n * DAY), {"price": n}) for n in range(10_000)])
        assert made.cells == 10_000
        kept = raw(db).execute("select count(*) from rate_history where change_id = %s", (made.change_id,)).fetchone()
        assert kept == (10_000,)


def test_what_a_plan_had_before_it_derived_neither_holds_nor_stands_in_its_way(
    olga: Actor, house: UUID, double: UUID, flexible: UUID
) -> None:
    """Its own minimum could be seen nowhere and changed nowhere, and went on refusing guests whom the parent took."""
    fields = PlanFields("LATE", "Late", own_restrictions=False)
    with work(olga) as db:
        late = create_plan(db, house, fields)
    with work(olga) as db:
        change_cells(db, house, [Edit((late.id, double, FIRST), {"min_stay": 7, "price": 5_000, "closed_arrival": True})])
        change_cells(db, house, [Edit((flexible, double, FIRST), {"min_stay": 2})])
    with work(olga) as db:
        change_plan(db, late.id, 1, replace(fields, parent_id=flexible))
    with work(olga) as db:
        board = board_of(db, house_of(db, house), FIRST, 2)
        plan = board.book.by_id[late.id]
        assert board.restriction(plan, "min_stay").tolist() == [[2, UNSET]]
        assert board.filled(late.id, "price").tolist() == [[UNSET, UNSET]], "no mark of a price by hand where there is none"
        assert board.restriction(plan, "closed_arrival").tolist() == [[1, UNSET]], "that, any plan may have of its own"
    with work(olga) as db:
        change_plan(db, late.id, 2, replace(fields, parent_id=flexible, own_restrictions=True))
    with work(olga) as db:
        board = board_of(db, house_of(db, house), FIRST, 2)
        assert board.restriction(board.book.by_id[late.id], "min_stay").tolist() == [[7, UNSET]]
