"""The screen for spreadsheets of rates without a browser."""

from __future__ import annotations

from uuid import UUID

import pytest

from pms.api.files import rates_applied, rates_tried
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.rates.history import changes
from pms.ui.rate_sheets.state import RateSheets
from pms.ui.shell import Session
from tests.builders import Cast, a_property, a_room_type
from tests.states.tab import Tab, said

FILE = b"room_type,plan,date,price\nDouble,FLEX,2027-06-01,130\nSuite,FLEX,2027-06-01,1\n"


async def a_tab(actor: Actor) -> Tab:
    tab = Tab(actor)
    await tab.call(Session.enter, "/rates/import")
    await tab.call(RateSheets.load)
    return tab


def a_house(owner: Actor) -> UUID:
    house = a_property(owner)
    a_room_type(owner, house)
    return house


async def test_a_file_is_tried_done_and_taken_back(olga: Actor) -> None:
    house = a_house(olga)
    tab = await a_tab(olga)
    await tab.call(RateSheets.send)
    state = tab.state(RateSheets)
    assert state.sending
    await tab.call(RateSheets.received, {**rates_tried(olga, house, FILE, ""), "name": "june.csv"})
    assert (state.stage, state.file_name, state.sending, state.rows) == ("tried", "june.csv", False, "2")
    assert (state.changing, state.refused) == (1, 1)
    assert [(row.row, row.refused, row.text) for row in state.lines] == [
        (3, True, "There is no room type of this name."),
        (2, False, "price — → €130.00"),
    ]
    await tab.call(RateSheets.received, rates_applied(olga, house, FILE, state.fingerprint))
    assert state.stage == "done"
    assert "1 night is as it was." in said(await tab.call(RateSheets.undo))
    assert state.stage == ""
    with work(olga) as db:
        assert [line.how for line in changes(db, house)[0]] == ["undo", "import"]


async def test_what_the_route_refused_is_said_at_the_field(olga: Actor) -> None:
    a_house(olga)
    tab = await a_tab(olga)
    await tab.call(RateSheets.send)
    await tab.call(RateSheets.received, {"code": "not-a-sheet", "field": "file", "message": "This is neither."})
    state = tab.state(RateSheets)
    assert (state.stage, state.errors, state.sending) == ("", {"file": "This is neither."}, False)


async def test_answers_that_no_route_of_ours_gave_are_refused(olga: Actor) -> None:
    a_house(olga)
    tab = await a_tab(olga)
    for answer in ("x", {"lines": [1]}, {"changing": "many"}, {"fingerprint": {}}):
        assert said(await tab.call(RateSheets.received, answer))
    assert tab.state(RateSheets).stage == ""


async def test_nobody_undoes_what_is_not_theirs(cast: Cast) -> None:
    house = a_house(cast.olga)
    trial = rates_tried(cast.olga, house, FILE, "")
    made = rates_applied(cast.olga, house, FILE, trial["fingerprint"])
    for stranger in (cast.otto, cast.rita):
        tab = await a_tab(stranger)
        await tab.call(RateSheets.received, made)
        assert said(await tab.call(RateSheets.undo))
    with work(cast.olga) as db:
        assert changes(db, house)[0][0].undone_by is None


@pytest.mark.parametrize("change", ["", "not an id", "1" * 36])
async def test_a_change_that_is_none_cannot_be_taken_back(olga: Actor, change: str) -> None:
    a_house(olga)
    tab = await a_tab(olga)
    await tab.call(RateSheets.received, {"fingerprint": "x", "done": True, "change_id": change})
    assert "could not be understood" in said(await tab.call(RateSheets.undo))
