"""The blocks screen without a browser."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.reservations.block_list import BlockLine, blocks_ahead
from pms.reservations.blocks import change_block, place_block
from pms.ui.blocks.state import VIEW, Blocks
from pms.ui.shell import Session
from tests.builders import Cast, a_property
from tests.domains.reservations.conftest import House
from tests.invariants import assert_house_in_order
from tests.states.tab import Tab, said


async def a_tab(actor: Actor) -> Tab:
    tab = Tab(actor)
    await tab.call(Session.enter, "/blocks")
    await tab.call(Blocks.load)
    return tab


def form(house: House, *units: Any, first: int = 1, end: int = 3, **more: str) -> dict[str, str]:
    sent = {"block_kind": "out_of_order", "reason": "Paint", **more}
    nights = {"first_night": house.day(first).isoformat(), "end_night": house.day(end).isoformat()}
    return {**sent, **nights, **{f"unit.{unit}": "on" for unit in units}}


def listed(house: House) -> list[BlockLine]:
    with work(house.owner) as db:
        return blocks_ahead(db, house.property_id)


async def test_housekeeping_blocks_several_units_changes_and_lifts(house: House, hana: Actor) -> None:
    tab = await a_tab(hana)
    state = tab.state(Blocks)
    await tab.call(Blocks.add)
    assert [(one.name, [pick.name for pick in one.picks]) for one in state.groups] == [
        ("Double", ["101", "102"]),
        ("Single", ["201"]),
    ]
    await tab.call(Blocks.save, form(house))
    assert state.errors == {"units": "Choose at least one unit."}
    assert "2 units are blocked" in said(await tab.call(Blocks.save, form(house, house.u101, house.u201)))
    assert [(one.unit, one.nights, one.by, one.present) for one in state.lines] == [
        ("101", 2, "Hana Keys", False),
        ("201", 2, "Hana Keys", False),
    ]
    await tab.call(Blocks.edit, state.lines[0].id)
    await tab.call(Blocks.save, form(house, end=1))
    assert list(state.errors) == ["end_night"]
    await tab.call(Blocks.save, form(house, first=0, end=4, block_kind="out_of_service"))
    one = state.lines[0]
    assert (one.kind, one.nights, one.present, one.version) == ("out_of_service", 4, True, 2)
    events = await tab.call(Blocks.lift, one.id, one.version)
    assert "101 is free again" in said(events)
    assert [one.unit for one in state.lines] == ["201"]
    first, end = house.day(0).isoformat(), house.day(4).isoformat()
    await tab.call(Blocks.place_again, str(house.u101), first, end, "out_of_service", "Paint")
    assert [one.unit for one in state.lines] == ["101", "201"]
    assert_house_in_order(house.owner, house.property_id)


async def test_a_refusal_names_the_guest_and_the_nights_and_blocks_nothing(house: House) -> None:
    house.book(house.room(2, 4, house.u101))
    tab = await a_tab(house.owner)
    state = tab.state(Blocks)
    await tab.call(Blocks.add)
    await tab.call(Blocks.save, form(house, house.u101, house.u201))
    assert "101 is taken by Jonas Kazlauskas" in state.errors["form"]
    assert state.look == f"/calendar?property={house.property_id}&date={house.day(2).isoformat()}"
    assert (state.open, listed(house)) == (True, [])


async def test_who_was_slower_is_told_and_may_look_again(house: House, hana: Actor) -> None:
    with work(house.owner) as db:
        block = place_block(db, house.u101, house.day(1), house.day(2), "out_of_order", "Paint")
    tab = await a_tab(hana)
    state = tab.state(Blocks)
    await tab.call(Blocks.edit, str(block.id))
    with work(house.owner) as db:
        change_block(db, block.id, 1, house.day(1), house.day(4), "out_of_order", "Floor")
    VIEW.apply(state, VIEW.load(hana, house.property_id, ()), ())
    assert state.stale
    await tab.call(Blocks.save, form(house))
    assert "Olga Owner changed this" in state.errors["form"]
    assert "Olga Owner changed this" in said(await tab.call(Blocks.lift, str(block.id), 1))
    await tab.call(Blocks.refresh)
    assert (state.filled.reason, state.version, state.stale) == ("Floor", 2, False)
    assert state.lines == (await a_tab(hana)).state(Blocks).lines


HOSTILE: list[tuple[Any, tuple[Any, ...]]] = [
    (Blocks.edit, ("x",)),
    (Blocks.edit, (str(uuid4()),)),
    (Blocks.save, ({},)),
    (Blocks.save, ({"block_kind": "x", "first_night": "soon", "end_night": "later", "reason": ""},)),
    (Blocks.save, ({"block_kind": "x", "first_night": "2027-01-01", "end_night": "2027-01-02", "reason": "", "unit.x": "on"},)),
    (Blocks.lift, (str(uuid4()), 1)),
    (Blocks.lift, (str(uuid4()), "one")),
    (Blocks.place_again, (str(uuid4()), "2027-01-01", "2027-01-02", "out_of_order", "x")),
    (Blocks.place_again, (str(uuid4()), "2027-01-01", "9999-01-02", "war", "x" * 999)),
    (Blocks.refresh, ()),
]


@pytest.mark.parametrize(("handler", "arguments"), HOSTILE)
async def test_arguments_of_no_screen_of_ours_do_nothing(house: House, handler: Any, arguments: tuple[Any, ...]) -> None:
    tab = await a_tab(house.owner)
    assert "recorded" not in said(await tab.call(handler, *arguments)), "a refusal, not a bug"
    assert listed(house) == []


async def test_neighbours_and_the_accountant_block_and_lift_nothing(house: House, cast: Cast) -> None:
    with work(house.owner) as db:
        block = place_block(db, house.u102, house.day(1), house.day(2), "out_of_order", "Paint")
    before = listed(house)
    a_property(cast.otto)
    for actor in (cast.otto, cast.anna):
        tab = await a_tab(actor)
        state = tab.state(Blocks)
        await tab.call(Blocks.save, form(house, house.u101))
        await tab.call(Blocks.lift, str(block.id), 1)
        await tab.call(Blocks.place_again, str(house.u101), *[house.day(n).isoformat() for n in (1, 2)], "out_of_order", "x")
        state.row, state.version = str(block.id), 1
        await tab.call(Blocks.save, form(house, first=5, end=6))
    assert listed(house) == before
