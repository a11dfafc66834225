"""Who changed which cell, and the changes of a property."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.refusals import BadInput, NotFound, Refusal
from pms.rates import history
from pms.rates.cells import Edit, FollowsItsParent, MinAboveMax, change_cells, try_cells, undo_change
from pms.rates.load import house_of
from pms.rates.plans import PlanFields, change_plan, create_plan
from tests.builders import Cast, a_property, a_room_type

FIRST = date(2027, 6, 1)


@pytest.fixture
def house(olga: Actor) -> UUID:
    return a_property(olga)


@pytest.fixture
def double(olga: Actor, house: UUID) -> UUID:
    return a_room_type(olga, house)


@pytest.fixture
def flexible(olga: Actor, house: UUID) -> UUID:
    with work(olga) as db:
        found = house_of(db, house).default_plan_id
    assert found is not None
    return found


def _change(actor: Actor, house: UUID, *edits: Edit, reason: str = "") -> UUID:
    with work(actor) as db:
        made = change_cells(db, house, edits, reason=reason).change_id
    assert made is not None
    return made


def test_a_cell_tells_its_story_newest_first_page_by_page(cast: Cast, house: UUID, double: UUID, flexible: UUID) -> None:
    cell, manager = (flexible, double, FIRST), replace(cast.olga, name="Mona Manager")
    _change(cast.olga, house, Edit(cell, {"price": 9_000}), Edit((flexible, double, FIRST + timedelta(days=1)), {"price": 1}))
    second = _change(manager, house, Edit(cell, {"price": 9_500, "min_stay": 2}), reason="Fair")
    with work(cast.olga) as db:
        undo_change(db, second)
    with work(cast.rita) as db:
        newest, more = history.story_of(db, house, cell, most=2)
        oldest, last = history.story_of(db, house, cell, after=newest[-1].change_id, most=2)
    assert [(turn.by, turn.how, turn.reason, turn.before, turn.after) for turn in newest] == [
        ("Olga Owner", "undo", "", {"price": 9_500, "min_stay": 2}, {"price": 9_000, "min_stay": None}),
        ("Mona Manager", "grid", "Fair", {"price": 9_000, "min_stay": None}, {"price": 9_500, "min_stay": 2}),
    ]
    assert [(turn.before, turn.after) for turn in oldest] == [({"price": None}, {"price": 9_000})]
    assert (more, last) == (True, False)


def test_a_property_lists_its_changes_with_what_took_them_back(olga: Actor, house: UUID, double: UUID, flexible: UUID) -> None:
    made = _change(olga, house, *[Edit((flexible, double, FIRST + timedelta(days=n)), {"price": 1}) for n in range(3)])
    with work(olga) as db:
        back = undo_change(db, made).change_id
    with work(olga) as db:
        lines, more = history.changes(db, house)
        rest, _ = history.changes(db, house, after=lines[0].id)
    assert [(line.id, line.cells, line.undoes, line.undone_by) for line in lines] == [
        (back, 3, made, None),
        (made, 3, None, back),
    ]
    assert (lines[1].first, lines[1].last, more) == (FIRST, FIRST + timedelta(days=2), False)
    assert [line.id for line in rest] == [made]


def test_beyond_ones_properties_there_is_no_story(cast: Cast, house: UUID, double: UUID, flexible: UUID) -> None:
    made = _change(cast.olga, house, Edit((flexible, double, FIRST), {"price": 1}))
    elsewhere = replace(cast.olga, property_ids=frozenset({a_property(cast.olga, "Hillside")}))
    for stranger in (cast.otto, elsewhere):
        with work(stranger) as db, pytest.raises(NotFound):
            history.story_of(db, house, (flexible, double, FIRST))
        with work(stranger) as db, pytest.raises(NotFound):
            history.change(db, made)
        with work(stranger) as db, pytest.raises(NotFound):
            undo_change(db, made)
    with work(elsewhere) as db, pytest.raises(NotFound):
        history.changes(db, house)


def test_trying_says_of_each_cell_what_changing_would_do(olga: Actor, house: UUID, double: UUID, flexible: UUID) -> None:
    with work(olga) as db:
        derived = create_plan(db, house, PlanFields("NR", "Non-refundable", parent_id=flexible, percent=-1_000)).id
    days = [(flexible, double, FIRST + timedelta(days=n)) for n in range(4)]
    _change(olga, house, Edit(days[0], {"price": 9_000, "max_stay": 3}))
    edits = [
        Edit(days[0], {"price": 9_000, "min_stay": 2}),
        Edit(days[0], {"min_stay": 4}),
        Edit(days[1], {"price": -1}),
        Edit((derived, double, FIRST), {"price": 1}),
    ]
    with work(olga) as db:
        tried = try_cells(db, house, edits)
    assert tried[0] == {"min_stay": (None, 2)}
    assert [type(one) for one in tried[1:]] == [MinAboveMax, BadInput, FollowsItsParent]
    for edit, one in zip(edits[1:], tried[1:], strict=True):
        with work(olga) as db, pytest.raises(Refusal) as refused:
            change_cells(db, house, [edit])
        assert isinstance(one, Refusal)
        assert (refused.value.code, refused.value.data["cell"]) == (one.code, one.data["cell"])


def test_what_changes_did_is_read_from_their_cells_once_and_told_with_the_names_of_today(
    cast: Cast, house: UUID, double: UUID, flexible: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _change(cast.olga, house, Edit((flexible, double, FIRST), {"price": 9_000}))
    with work(cast.olga) as db:
        (known,) = history.touched(db, house, [first]).values()
        change_plan(db, flexible, None, PlanFields("FLEX", "Renamed"))
    second = _change(cast.olga, house, Edit((flexible, double, FIRST), {"min_stay": 2}, channel="airbnb"))
    asked: list[UUID] = []
    read = history._read
    monkeypatch.setattr(history, "_read", lambda db, id, ids: asked.extend(ids) or read(db, id, ids))
    with work(cast.olga) as db:
        both = history.touched(db, house, [first, second])
        assert history.touched(db, house, [second, first]) == both
    assert asked == [second], "the first was known, and both were from then on"
    assert both[first] == replace(known, plans=("Renamed",))
    assert (both[second].fields, both[second].channels) == ({"min_stay": (None, 2)}, ("airbnb",))
    with work(cast.otto) as db, pytest.raises(NotFound):
        history.touched(db, house, [first])
