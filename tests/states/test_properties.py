"""The list of properties without a browser."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.properties import property
from pms.properties.queries import PropertyLine, properties
from pms.ui.properties.state import VIEW, Properties
from pms.ui.shell import Session
from tests.builders import Cast, a_member, a_property, a_room_type
from tests.domains.reservations.conftest import House
from tests.states.tab import Tab, said

FORM = {
    "property_name": "Dunes",
    "city": "Nida",
    "country": "LT",
    "timezone": "Europe/Vilnius",
    "currency": "EUR",
    "check_in_time": "14:00",
    "check_out_time": "12:00",
}


async def a_tab(actor: Actor) -> Tab:
    tab = Tab(actor)
    await tab.call(Session.enter, "/properties")
    await tab.call(Properties.load)
    return tab


def listed(actor: Actor) -> list[PropertyLine]:
    with work(actor) as db:
        return properties(db, archived=True)


async def test_a_property_is_opened_changed_and_archived(olga: Actor) -> None:
    tab = await a_tab(olga)
    state = tab.state(Properties)
    assert (state.ready, state.cards) == (True, [])
    await tab.call(Properties.add)
    await tab.call(Properties.choose_country, "LT")
    assert (state.filled.timezone, state.filled.currency) == ("Europe/Vilnius", "EUR")
    assert "Add its rooms next" in said(await tab.call(Properties.save, FORM))
    card = state.cards[0]
    assert (card.name, card.place, card.check_in, card.units, state.open, state.countries) == (
        "Dunes",
        "Nida, Lithuania",
        "14:00",
        0,
        False,
        [],
    )
    await tab.call(Properties.edit, card.id)
    assert (state.filled.name, state.version) == ("Dunes", 1)
    await tab.call(Properties.save, {**FORM, "property_name": "High dunes", "timezone": "Mars/Olympus"})
    assert list(state.errors) == ["timezone"]
    await tab.call(Properties.save, {**FORM, "property_name": "High dunes"})
    assert (state.cards[0].name, state.cards[0].version) == ("High dunes", 2)
    await tab.call(Properties.edit, card.id)
    await tab.call(Properties.ask)
    assert state.asking
    assert "archived" in said(await tab.call(Properties.archive))
    assert state.cards == []
    await tab.call(Properties.toggle_archived, True)
    assert [one.archived for one in state.cards] == [True]


async def test_a_house_with_guests_stays_and_says_until_when(house: House) -> None:
    house.book(house.room(2, 5))
    tab = await a_tab(house.owner)
    await tab.call(Properties.edit, str(house.property_id))
    await tab.call(Properties.archive)
    state = tab.state(Properties)
    assert "still expects guests" in state.refused
    assert state.look == f"/calendar?property={house.property_id}&date={house.day(2).isoformat()}"
    assert not listed(house.owner)[0].archived


async def test_who_was_slower_is_told_and_can_look_at_it_again(olga: Actor) -> None:
    house = a_property(olga)
    colleague = a_member(olga.organization_id, "Mina Manager", "manager")  # type: ignore[arg-type]
    tab = await a_tab(olga)
    state = tab.state(Properties)
    await tab.call(Properties.edit, str(house))
    other = await a_tab(colleague)
    await other.call(Properties.edit, str(house))
    await other.call(Properties.save, FORM)
    await tab.call(Properties.save, {**FORM, "property_name": "Mine"})
    assert ("Mina Manager changed this" in state.errors["form"], state.stale) == (True, True)
    await tab.call(Properties.refresh)
    assert (state.filled.name, state.version, state.errors, state.stale) == ("Dunes", 2, {}, False)


async def test_news_reach_an_open_form_at_once_and_the_list_is_as_if_loaded_afresh(olga: Actor) -> None:
    house = a_property(olga)
    tab = await a_tab(olga)
    state = tab.state(Properties)
    await tab.call(Properties.edit, str(house))
    with work(olga) as db:
        line = properties(db)[0]
        property.reorder(db, [line.id])
    VIEW.apply(state, VIEW.load(olga, False, ()), ())
    assert not state.stale
    other = await a_tab(olga)
    await other.call(Properties.edit, str(house))
    await other.call(Properties.save, FORM)
    VIEW.apply(state, VIEW.load(olga, False, ()), ())
    assert state.stale
    assert state.cards == (await a_tab(olga)).state(Properties).cards


async def test_properties_are_put_in_order(olga: Actor) -> None:
    first, second = a_property(olga, "A"), a_property(olga, "B")
    tab = await a_tab(olga)
    await tab.call(Properties.move, str(second), -1)
    state = tab.state(Properties)
    assert [(one.name, one.first, one.last) for one in state.cards] == [("B", True, False), ("A", False, True)]
    await tab.call(Properties.move, str(second), -1)
    assert [one.id for one in state.cards] == [str(second), str(first)]
    events = said(await tab.call(Properties.move, str(second), 7))
    assert "could not be understood" in events


async def test_going_to_the_rooms_of_a_property_works_in_it(olga: Actor) -> None:
    a_property(olga, "A")
    tab = await a_tab(olga)
    new = a_property(olga, "B")
    assert "/rooms" in said(await tab.call(Properties.open_rooms, str(new)))
    assert tab.state(Session).house == str(new)


HOSTILE: list[tuple[Any, tuple[Any, ...]]] = [
    (Properties.edit, ("nonsense",)),
    (Properties.edit, (str(uuid4()),)),
    (Properties.save, ({**FORM, "check_in_time": "noon"},)),
    (Properties.save, ({},)),
    (Properties.save, ("x",)),
    (Properties.move, (str(uuid4()), 1)),
    (Properties.choose_country, (None,)),
    (Properties.toggle_archived, ("perhaps",)),
    (Properties.archive, ()),
    (Properties.refresh, ()),
]


@pytest.mark.parametrize(("handler", "arguments"), HOSTILE)
async def test_arguments_of_no_screen_of_ours_do_nothing(olga: Actor, handler: Any, arguments: tuple[Any, ...]) -> None:
    a_property(olga)
    tab = await a_tab(olga)
    before = listed(olga)
    assert "recorded" not in said(await tab.call(handler, *arguments)), "a refusal, not a bug"
    assert listed(olga) == before


async def test_neighbours_and_staff_without_the_permission_change_nothing(cast: Cast) -> None:
    house = a_property(cast.olga)
    a_room_type(cast.olga, house)
    before = listed(cast.olga)
    for actor in (cast.otto, cast.rita, cast.hana, cast.anna):
        tab = await a_tab(actor)
        state = tab.state(Properties)
        await tab.call(Properties.edit, str(house))
        state.row, state.version = str(house), 1
        for handler, arguments in (
            (Properties.save, (FORM,)),
            (Properties.archive, ()),
            (Properties.move, (str(house), 1)),
        ):
            await tab.call(handler, *arguments)
        if actor is not cast.otto:
            state.row = ""
            await tab.call(Properties.save, FORM)
    assert listed(cast.olga) == before
    assert UUID(str(house)) not in {line.id for line in listed(cast.otto)}


async def test_an_archived_property_is_opened_again(olga: Actor) -> None:
    house = a_property(olga, "Dunes")
    tab = await a_tab(olga)
    state = tab.state(Properties)
    await tab.call(Properties.edit, str(house))
    await tab.call(Properties.archive)
    await tab.call(Properties.toggle_archived, True)
    card = state.cards[0]
    assert card.archived
    assert "Dunes is open again." in said(await tab.call(Properties.bring_back, card.id, card.version))
    assert not state.cards[0].archived
    assert not listed(olga)[0].archived
