"""The rooms screen without a browser: room types, units, amenities."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from pms.inventory.units import add_units
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.properties.amenities import add_amenity, amenities
from pms.properties.queries import Structure, structure
from pms.properties.units import rename_unit
from pms.reservations.structure import archive_room_type
from pms.ui.rooms.amenity_state import AmenityBox
from pms.ui.rooms.state import VIEW, Rooms, Sight
from pms.ui.rooms.type_state import TypeBox
from pms.ui.rooms.unit_state import AddBox, UnitBox
from pms.ui.shell import Session
from tests.builders import Cast, a_property, a_room_type
from tests.domains.reservations.conftest import House
from tests.states.tab import Tab, said

SUITE = {
    "type_name": "Suite",
    "unit_type": "room",
    "adults": "2",
    "children": "1",
    "base_price": "129,50",
    "description": "By the sea",
    "new_units": "301-303, Garden",
}


async def a_tab(actor: Actor) -> Tab:
    tab = Tab(actor)
    await tab.call(Session.enter, "/rooms")
    await tab.call(Rooms.load)
    return tab


def built(house: House) -> Structure:
    with work(house.owner) as db:
        return structure(db, house.property_id)


def names(tab: Tab) -> dict[str, list[str]]:
    return {one.name: [chip.name for chip in one.chips] for one in tab.state(Rooms).types}


async def test_a_room_type_comes_with_its_first_units(house: House) -> None:
    with work(house.owner) as db:
        sea = add_amenity(db, "Sea view")
    tab = await a_tab(house.owner)
    box = tab.state(TypeBox)
    await tab.call(TypeBox.add)
    await tab.call(TypeBox.preview, "301-303, Garden")
    assert (box.seen.names, box.seen.summary, box.errors) == (["301", "302", "303", "Garden"], "4 units", {})
    await tab.call(TypeBox.preview, "301, 101")
    assert box.errors == {"new_units": "There is a 101 in this property already."}
    await tab.call(TypeBox.save, {**SUITE, "new_units": "301, 101"})
    assert (list(box.errors), "Suite" in names(tab)) == (["new_units"], False), "neither type nor units"
    await tab.call(TypeBox.save, {**SUITE, f"amenity.{sea.id}": "on"})
    card = tab.state(Rooms).types[-1]
    assert (card.name, card.price, card.amenities, names(tab)["Suite"]) == (
        "Suite",
        "€129.50",
        "Sea view",
        ["301", "302", "303", "Garden"],
    )


async def test_a_room_type_is_changed_ordered_and_archived(house: House) -> None:
    tab = await a_tab(house.owner)
    box = tab.state(TypeBox)
    await tab.call(TypeBox.edit, str(house.single))
    assert (box.filled.name, box.filled.price, box.version) == ("Single", "60.00", 1)
    await tab.call(TypeBox.save, {**SUITE, "base_price": "much"})
    assert list(box.errors) == ["base_price"]
    await tab.call(TypeBox.save, {**SUITE, "adults": "0"})
    assert list(box.errors) == ["adults"]
    await tab.call(TypeBox.save, {**SUITE, "type_name": "Cabin", "unit_type": "bed"})
    assert [(one.name, one.unit_type) for one in tab.state(Rooms).types] == [("Double", "room"), ("Cabin", "bed")]
    await tab.call(Rooms.move_type, str(house.single), -1)
    assert list(names(tab)) == ["Cabin", "Double"]
    await tab.call(TypeBox.edit, str(house.single))
    await tab.call(TypeBox.archive)
    assert list(names(tab)) == ["Double"]


async def test_units_are_added_in_bulk_renamed_moved_and_archived(house: House) -> None:
    tab = await a_tab(house.owner)
    await tab.call(AddBox.add, str(house.double))
    assert "2 units added to Double" in said(await tab.call(AddBox.save, {"added": "103-104", "added_floor": "1"}))
    assert names(tab)["Double"] == ["101", "102", "103", "104"]
    box = tab.state(UnitBox)
    await tab.call(UnitBox.edit, str(house.u101))
    await tab.call(UnitBox.save, {"unit_name": "102", "floor": "", "unit_kind": str(house.double)})
    assert box.errors == {"unit_name": "There is a 102 in this property already."}
    await tab.call(UnitBox.save, {"unit_name": "Blue", "floor": "2", "unit_kind": str(house.single)})
    assert names(tab) == {"Double": ["102", "103", "104"], "Single": ["201", "Blue"]}
    await tab.call(Rooms.move_unit, str(house.u101), -1)
    assert names(tab)["Single"] == ["Blue", "201"]
    await tab.call(UnitBox.edit, str(house.u101))
    await tab.call(UnitBox.archive)
    assert names(tab)["Single"] == ["201"]


async def test_a_unit_is_dragged_within_its_type_and_to_another(house: House) -> None:
    tab = await a_tab(house.owner)
    await tab.call(Rooms.pick_up, str(house.u102))
    await tab.call(Rooms.drop_on, str(house.u101))
    assert names(tab)["Double"] == ["102", "101"]
    await tab.call(Rooms.pick_up, str(house.u102))
    assert "102 is now Single" in said(await tab.call(Rooms.drop_on, str(house.u201)))
    assert names(tab) == {"Double": ["101"], "Single": ["102", "201"]}
    await tab.call(Rooms.pick_up, str(house.u102))
    await tab.call(Rooms.drop_in, str(house.double))
    assert names(tab)["Double"] == ["101", "102"]
    await tab.call(Rooms.drop_in, str(house.single))
    assert names(tab)["Double"] == ["101", "102"], "nothing is carried any more"


async def test_a_unit_somebody_sleeps_in_stays_and_says_when(house: House) -> None:
    house.book(house.room(3, 5, house.u101))
    tab = await a_tab(house.owner)
    box = tab.state(UnitBox)
    await tab.call(UnitBox.edit, str(house.u101))
    await tab.call(UnitBox.archive)
    assert "101 is needed" in box.refused
    assert box.look.endswith(house.day(3).isoformat())
    await tab.call(UnitBox.save, {"unit_name": "101", "unit_kind": str(house.single)})
    assert "101 is needed" in box.errors["form"]
    assert [len(one.units) for one in built(house).room_types] == [2, 1]


async def test_who_was_slower_is_told_by_whom(house: House, cast: Cast) -> None:
    tab = await a_tab(house.owner)
    box = tab.state(UnitBox)
    await tab.call(UnitBox.edit, str(house.u101))
    with work(house.owner) as db:
        rename_unit(db, house.u101, 1, "Red")
    await VIEW.apply(tab.state(Rooms), VIEW.load(house.owner, Sight(house.property_id, False), ()), ())
    assert box.stale
    await tab.call(UnitBox.save, {"unit_name": "Mine", "unit_kind": str(house.double)})
    assert "Olga Owner changed this" in box.errors["form"]
    await tab.call(UnitBox.refresh)
    assert (box.filled.name, box.stale) == ("Red", False)


async def test_amenities_are_named_renamed_and_removed(house: House) -> None:
    tab = await a_tab(house.owner)
    box, rooms = tab.state(AmenityBox), tab.state(Rooms)
    await tab.call(AmenityBox.manage)
    await tab.call(AmenityBox.add, {"amenity_name": "Pool"})
    await tab.call(AmenityBox.add, {"amenity_name": "pool"})
    assert box.errors == {"amenity_name": "pool is in the list already."}
    pool = rooms.amenities[0].id
    await tab.call(AmenityBox.rename, pool)
    await tab.call(AmenityBox.save, {"renamed": "Swimming pool"})
    assert [(one.name, one.used) for one in rooms.amenities] == [("Swimming pool", 0)]
    await tab.call(AmenityBox.ask, pool)
    await tab.call(AmenityBox.remove, pool)
    assert (rooms.amenities, box.leaving) == ([], "")


async def test_what_the_live_view_shows_is_what_a_fresh_load_shows(house: House) -> None:
    tab = await a_tab(house.owner)
    state = tab.state(Rooms)
    with work(house.owner) as db:
        add_units(db, house.single, "202-204")
    await VIEW.apply(state, VIEW.load(house.owner, Sight(house.property_id, False), ()), ())
    fresh = (await a_tab(house.owner)).state(Rooms)
    assert (state.types, state.units, state.amenities) == (fresh.types, fresh.units, fresh.amenities)


async def test_a_large_house_fits_into_a_tab(olga: Actor) -> None:
    place = a_property(olga)
    for n in range(10):
        a_room_type(olga, place, f"Type {n}", units=50)
    tab = await a_tab(olga)
    assert tab.state(Rooms).units == 500
    assert len(str(tab.delta())) < 120_000


HOSTILE: list[tuple[Any, tuple[Any, ...]]] = [
    (Rooms.move_type, (str(uuid4()), 1)),
    (Rooms.move_type, ("x", 1)),
    (Rooms.move_unit, (str(uuid4()), -1)),
    (Rooms.move_unit, (str(uuid4()), 100)),
    (Rooms.pick_up, ("<script>",)),
    (Rooms.drop_on, (str(uuid4()),)),
    (TypeBox.edit, (str(uuid4()),)),
    (TypeBox.save, ({"type_name": "x"},)),
    (TypeBox.save, ({**SUITE, "adults": "two"},)),
    (TypeBox.save, ({**SUITE, "amenity.x": "on"},)),
    (TypeBox.save, ({**SUITE, f"amenity.{uuid4()}": "on"},)),
    (TypeBox.save, ({**SUITE, "unit_type": "castle"},)),
    (TypeBox.save, ({**SUITE, "type_name": "x" * 500},)),
    (TypeBox.archive, ()),
    (UnitBox.edit, (None,)),
    (UnitBox.save, ({"unit_name": "x", "unit_kind": "y"},)),
    (UnitBox.archive, ()),
    (AddBox.add, (str(uuid4()),)),
    (AddBox.preview, ("1-9999999",)),
    (AddBox.save, ({"added": "1-2"},)),
    (AmenityBox.rename, ("x",)),
    (AmenityBox.remove, (str(uuid4()),)),
    (AmenityBox.save, ({"renamed": "x"},)),
]


@pytest.mark.parametrize(("handler", "arguments"), HOSTILE)
async def test_arguments_of_no_screen_of_ours_do_nothing(house: House, handler: Any, arguments: tuple[Any, ...]) -> None:
    tab = await a_tab(house.owner)
    before = built(house)
    assert "recorded" not in said(await tab.call(handler, *arguments)), "a refusal, not a bug"
    assert built(house) == before


async def test_neighbours_and_staff_without_the_permission_change_nothing(house: House, cast: Cast) -> None:
    with work(cast.olga) as db:
        pool = add_amenity(db, "Pool")
    before, unit = built(house), str(house.u101)
    a_property(cast.otto)
    for actor in (cast.otto, cast.rita, cast.hana, cast.anna):
        tab = await a_tab(actor)
        for box, row in ((TypeBox, house.double), (UnitBox, house.u101), (AddBox, house.double), (AmenityBox, pool.id)):
            tab.state(box).row, tab.state(box).version = str(row), 1
        tab.state(UnitBox).kind = str(house.double)
        tab.state(Rooms)._carried = unit
        for handler, arguments in (
            (TypeBox.save, (SUITE,)),
            (TypeBox.archive, ()),
            (UnitBox.save, ({"unit_name": "Mine", "unit_kind": str(house.double)},)),
            (UnitBox.archive, ()),
            (AddBox.save, ({"added": "900"},)),
            (AmenityBox.save, ({"renamed": "Mine"},)),
            (AmenityBox.remove, (str(pool.id),)),
            (Rooms.move_type, (str(house.double), 1)),
            (Rooms.move_unit, (unit, 1)),
            (Rooms.drop_in, (str(house.single),)),
        ):
            assert "recorded" not in said(await tab.call(handler, *arguments))
    assert built(house) == before
    with work(cast.olga) as db:
        assert [line.name for line in amenities(db)] == ["Pool"]


async def test_a_forged_property_of_the_tab_is_still_a_neighbours(house: House, cast: Cast) -> None:
    tab = await a_tab(cast.otto)
    tab.state(Session).house = str(house.property_id)
    assert "no such property" in said(await tab.call(Rooms.load))
    await tab.call(TypeBox.save, SUITE)
    assert tab.state(Rooms).types == []
    assert len(built(house).room_types) == 2
    assert UUID(tab.state(Session).house) == house.property_id


async def test_what_was_archived_is_shown_on_wish_and_brought_back(house: House) -> None:
    tab = await a_tab(house.owner)
    rooms = tab.state(Rooms)
    kind = rooms.types[0]
    await tab.call(UnitBox.edit, kind.chips[0].id)
    await tab.call(UnitBox.archive)
    assert rooms.gone == []
    await tab.call(Rooms.toggle_archived, True)
    one = rooms.gone[0]
    assert (one.kind, one.name, one.room_type) == ("unit", kind.chips[0].name, kind.name)
    assert "is back" in said(await tab.call(Rooms.bring_back, one.kind, one.id, one.version))
    assert rooms.gone == []
    assert kind.chips[0].name in names(tab)[kind.name]
    await tab.call(TypeBox.edit, kind.id)
    await tab.call(TypeBox.archive)
    gone = rooms.gone[0]
    assert (gone.kind, gone.name, gone.units) == ("type", kind.name, len(kind.chips))
    await tab.call(Rooms.bring_back, gone.kind, gone.id, gone.version)
    assert len(names(tab)[kind.name]) == len(kind.chips)


async def test_who_may_not_build_the_house_sees_nothing_archived(cast: Cast) -> None:
    property_id = a_property(cast.olga)
    kind = a_room_type(cast.olga, property_id)
    with work(cast.olga) as db:
        archive_room_type(db, kind, 1)
    tab = await a_tab(cast.rita)
    await tab.call(Rooms.toggle_archived, True)
    assert tab.state(Rooms).gone == []
    assert "not" in said(await tab.call(Rooms.bring_back, "type", str(kind), 2)).lower()
