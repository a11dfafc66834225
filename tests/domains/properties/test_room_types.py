"""Room types, amenities, and the names and order of units."""

from dataclasses import replace
from uuid import UUID

import pytest

from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.outbox import history
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotFound, NotPermitted
from pms.properties import room_type
from pms.properties.amenities import AmenityKnown, add_amenity, amenities, remove_amenity, rename_amenity
from pms.properties.queries import RoomTypeLine, structure
from pms.properties.room_type import RoomTypeFields
from pms.properties.unit_names import NoUnits, UnitNameTooLong
from pms.properties.units import UnitNameTaken, rename_unit, reorder_units
from tests.builders import Cast, a_property, a_room_type, unit_ids

DOUBLE = RoomTypeFields("Double", adults=2, children=1, base_price=9_900, description="Sea side")


@pytest.fixture
def house(olga: Actor) -> UUID:
    return a_property(olga)


def _lines(by: Actor, house: UUID) -> tuple[RoomTypeLine, ...]:
    with work(by) as db:
        return structure(db, house).room_types


def test_a_room_type_with_amenities_is_created_and_changed(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        sea, balcony = add_amenity(db, "Sea view"), add_amenity(db, " Balcony ")
        row = room_type.create(db, house, DOUBLE, [sea.id])
    (line,) = _lines(olga, house)
    assert (line.name, line.base_price, [a.name for a in line.amenities]) == ("Double", 9_900, ["Sea view"])
    with work(olga) as db:
        fields = replace(DOUBLE, name="Twin", base_price=8_000)
        room_type.change(db, row.id, row.version, fields, [balcony.id, sea.id])
        entry = history(db, row.id)[0]
    (line,) = _lines(olga, house)
    assert (line.name, line.base_price, [a.name for a in line.amenities]) == ("Twin", 8_000, ["Balcony", "Sea view"])
    assert entry.event == "room_type.changed"
    assert entry.before is not None
    assert entry.before["base_price"] == 9_900


def test_changing_without_amenities_leaves_them(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        row = room_type.create(db, house, DOUBLE, [add_amenity(db, "Sea view").id])
        room_type.change(db, row.id, 1, DOUBLE)
    assert [a.name for a in _lines(olga, house)[0].amenities] == ["Sea view"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("unit_type", "tent"),
        ("adults", 0),
        ("adults", 100),
        ("children", -1),
        ("base_price", -1),
        ("base_price", 2**31),
        ("description", "x" * 2001),
    ],
)
def test_bad_values_are_refused(olga: Actor, house: UUID, field: str, value: object) -> None:
    with pytest.raises(BadInput) as refusal, work(olga) as db:
        room_type.create(db, house, replace(DOUBLE, **{field: value}))  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_an_amenity_of_next_door_is_not_found(cast: Cast, house: UUID) -> None:
    with work(cast.otto) as db:
        pool = add_amenity(db, "Pool")
    with pytest.raises(NotFound), work(cast.olga) as db:
        room_type.create(db, house, DOUBLE, [pool.id])


def test_whoever_was_slower_learns_who_was_faster(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        row = room_type.create(db, house, DOUBLE)
    with work(olga) as db:
        room_type.change(db, row.id, 1, DOUBLE)
    with pytest.raises(MovedMeanwhile), work(olga) as db:
        room_type.change(db, row.id, 1, DOUBLE)


def test_the_desk_changes_no_room_types(rita: Actor, olga: Actor, house: UUID) -> None:
    type_id = a_room_type(olga, house)
    with pytest.raises(NotPermitted), work(rita) as db:
        room_type.create(db, house, DOUBLE)
    with pytest.raises(NotPermitted), work(rita) as db:
        room_type.change(db, type_id, 1, DOUBLE)
    with pytest.raises(NotPermitted), work(rita) as db:
        room_type.reorder(db, house, [type_id])


def test_room_types_are_put_in_order_and_new_ones_follow(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        a, b, c = (room_type.create(db, house, replace(DOUBLE, name=name)).id for name in "ABC")
        room_type.reorder(db, house, [c, a])
    assert [line.id for line in _lines(olga, house)] == [c, a, b]


def test_only_room_types_of_the_property_can_be_put_in_order(olga: Actor, house: UUID) -> None:
    stranger = a_room_type(olga, a_property(olga))
    with pytest.raises(NotFound), work(olga) as db:
        room_type.reorder(db, house, [stranger])


def test_units_are_renamed_and_put_in_order(olga: Actor, house: UUID) -> None:
    type_id = a_room_type(olga, house, units=["101", "102", "103"])
    first, second, third = unit_ids(olga, type_id)
    with work(olga) as db:
        assert rename_unit(db, first, 1, " 1 ", floor="1st").version == 2
        reorder_units(db, type_id, [third, second, first])
    (line,) = _lines(olga, house)
    assert [(unit.name, unit.floor) for unit in line.units] == [("103", ""), ("102", ""), ("1", "1st")]


def test_a_unit_can_keep_its_name_but_not_take_anothers(olga: Actor, house: UUID) -> None:
    first, _ = unit_ids(olga, a_room_type(olga, house, units=["101", "102"]))
    with work(olga) as db:
        rename_unit(db, first, 1, "101", floor="2")
    with pytest.raises(UnitNameTaken), work(olga) as db:
        rename_unit(db, first, 2, "102")


def test_a_unit_needs_a_name_that_fits_its_door(olga: Actor, house: UUID) -> None:
    (unit,) = unit_ids(olga, a_room_type(olga, house, units=1))
    with pytest.raises(NoUnits), work(olga) as db:
        rename_unit(db, unit, 1, "  ")
    with pytest.raises(UnitNameTooLong), work(olga) as db:
        rename_unit(db, unit, 1, "1" * 41)


def test_renaming_names_the_version_it_saw(olga: Actor, house: UUID) -> None:
    (unit,) = unit_ids(olga, a_room_type(olga, house, units=1))
    with pytest.raises(MovedMeanwhile), work(olga) as db:
        rename_unit(db, unit, 7, "101")


def test_the_desk_renames_no_units(rita: Actor, olga: Actor, house: UUID) -> None:
    type_id = a_room_type(olga, house, units=1)
    (unit,) = unit_ids(olga, type_id)
    with pytest.raises(NotPermitted), work(rita) as db:
        rename_unit(db, unit, 1, "101")
    with pytest.raises(NotPermitted), work(rita) as db:
        reorder_units(db, type_id, [unit])


def test_amenities_are_named_once_whatever_the_case(olga: Actor) -> None:
    with work(olga) as db:
        sea, _ = add_amenity(db, "Sea view"), add_amenity(db, "balcony")
        assert [line.name for line in amenities(db)] == ["balcony", "Sea view"]
        assert rename_amenity(db, sea.id, "Sea View").name == "Sea View"
    with pytest.raises(AmenityKnown), work(olga) as db:
        add_amenity(db, "BALCONY")
    with pytest.raises(AmenityKnown), work(olga) as db:
        rename_amenity(db, sea.id, "Balcony")
    with pytest.raises(BadInput), work(olga) as db:
        add_amenity(db, " ")


def test_the_desk_adds_no_amenities(rita: Actor, olga: Actor) -> None:
    with work(olga) as db:
        sea = add_amenity(db, "Sea view")
    with pytest.raises(NotPermitted), work(rita) as db:
        add_amenity(db, "Pool")
    with pytest.raises(NotPermitted), work(rita) as db:
        rename_amenity(db, sea.id, "Pool")


def test_a_removed_amenity_leaves_every_room_type_and_frees_its_name(cast: Cast, house: UUID) -> None:
    with work(cast.olga) as db:
        pool = add_amenity(db, "Pool")
        row = room_type.create(db, house, DOUBLE, [pool.id])
        assert [(line.name, line.used) for line in amenities(db)] == [("Pool", 1)]
        remove_amenity(db, pool.id)
        assert amenities(db) == []
    assert _lines(cast.olga, house)[0].amenities == ()
    for verb in (lambda: rename_amenity(db, pool.id, "Bar"), lambda: remove_amenity(db, pool.id)):
        with pytest.raises(NotFound), work(cast.olga) as db:
            verb()
    with pytest.raises(NotFound), work(cast.olga) as db:
        room_type.change(db, row.id, 1, DOUBLE, [pool.id])
    with work(cast.olga) as db:
        assert add_amenity(db, "pool").id != pool.id
    with pytest.raises(NotPermitted), work(cast.rita) as db:
        remove_amenity(db, pool.id)
