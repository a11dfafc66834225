"""Changing the house under living reservations: no room is pulled from under a guest, and counters follow."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from threading import Barrier
from uuid import UUID

import pytest

from pms.inventory.capacity import StillSold
from pms.inventory.claim import SoldOut
from pms.inventory.units import add_units
from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import raw, work
from pms.kernel.outbox import history
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotFound, NotPermitted, Refusal
from pms.properties.models import Unit
from pms.properties.queries import structure
from pms.properties.unit_names import RangeBackwards
from pms.properties.units import UnitNameTaken
from pms.reservations.blocks import place_block
from pms.reservations.book import Booked, Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.life_cycle import cancel, check_in, reinstate
from pms.reservations.structure import (
    PropertyInUse,
    UnitInUse,
    archive_property,
    archive_room_type,
    archive_unit,
    move_unit,
)
from tests.builders import Cast, a_property, a_room_type, unit_ids
from tests.invariants import assert_house_in_order

TODAY = today("Europe/Vilnius")
DAY = timedelta(days=1)


@pytest.fixture
def house(olga: Actor) -> UUID:
    return a_property(olga)


@pytest.fixture
def double(olga: Actor, house: UUID) -> UUID:
    return a_room_type(olga, house, units=["101", "102"])


def _book(by: Actor, house: UUID, type_id: UUID, unit: UUID | None = None, arrival: date = TODAY, nights: int = 2) -> Booked:
    room = Room(type_id, arrival, arrival + nights * DAY, unit_id=unit)
    with work(by) as db:
        return book(db, Booking(house, GuestDetails("Adams", "Ann", ""), [room]))


def _add(by: Actor, type_id: UUID, names: str) -> None:
    with work(by) as db:
        add_units(db, type_id, names)


def _archive(by: Actor, unit: UUID, version: int = 1) -> None:
    with work(by) as db:
        archive_unit(db, unit, version)


def _capacity(by: Actor, type_id: UUID) -> dict[date, int]:
    with work(by) as db:
        return dict(raw(db).execute("select night, capacity from inventory_night where room_type_id = %s", (type_id,)))


def test_added_units_are_for_sale_on_nights_already_counted(olga: Actor, house: UUID, double: UUID) -> None:
    for _ in range(2):
        _book(olga, house, double)
    with pytest.raises(SoldOut):
        _book(olga, house, double)
    _add(olga, double, "103-104")
    assert set(_capacity(olga, double).values()) == {4}
    _book(olga, house, double)
    assert_house_in_order(olga)
    with work(olga) as db:
        assert [unit.name for unit in structure(db, house).room_types[0].units] == ["101", "102", "103", "104"]


def test_nights_before_today_keep_what_they_had(olga: Actor, house: UUID, double: UUID) -> None:
    _book(olga, house, double, arrival=TODAY - DAY)
    _add(olga, double, "103")
    assert _capacity(olga, double) == {TODAY - DAY: 2, TODAY: 3}


def test_added_units_end_an_oversale(olga: Actor, house: UUID, double: UUID) -> None:
    room = Room(double, TODAY, TODAY + DAY)
    with work(olga) as db:
        book(db, Booking(house, GuestDetails("Adams"), [room] * 3), force=True)
    assert_house_in_order(olga, oversold_allowed=True)
    _add(olga, double, "103")
    assert_house_in_order(olga)
    with pytest.raises(SoldOut):
        _book(olga, house, double, nights=1)


def test_an_oversold_type_may_still_grow_or_stay_but_not_shrink(olga: Actor, house: UUID, double: UUID) -> None:
    room = Room(double, TODAY, TODAY + DAY)
    with work(olga) as db:
        book(db, Booking(house, GuestDetails("Adams"), [room] * 4), force=True)
    _add(olga, double, "103")
    with pytest.raises(StillSold):
        _archive(olga, unit_ids(olga, double)[-1])


def test_adding_refuses_names_in_use_and_names_that_are_none(olga: Actor, double: UUID) -> None:
    with pytest.raises(UnitNameTaken):
        _add(olga, double, "100-101")
    with pytest.raises(RangeBackwards):
        _add(olga, double, "9-1")


def test_an_archived_name_is_free_again(olga: Actor, double: UUID) -> None:
    first, _ = unit_ids(olga, double)
    _archive(olga, first)
    _add(olga, double, "101")


def test_archiving_a_free_unit_lowers_what_can_be_sold(olga: Actor, house: UUID, double: UUID) -> None:
    first, second = unit_ids(olga, double)
    _book(olga, house, double, second)
    _archive(olga, first)
    with pytest.raises(SoldOut):
        _book(olga, house, double)
    with pytest.raises(BadInput):
        _book(olga, house, double, first, arrival=TODAY + 9 * DAY)
    assert_house_in_order(olga)
    with work(olga) as db:
        assert history(db, first)[0].event == "unit.archived"


def test_a_unit_with_a_stay_ahead_is_not_archived(olga: Actor, house: UUID, double: UUID) -> None:
    first, _ = unit_ids(olga, double)
    _book(olga, house, double, first)
    with pytest.raises(UnitInUse) as refusal:
        _archive(olga, first)
    assert refusal.value.data["nights"] == [TODAY.isoformat(), (TODAY + DAY).isoformat()]


def test_a_guest_leaving_today_is_still_in_the_room(olga: Actor, house: UUID, double: UUID) -> None:
    first, _ = unit_ids(olga, double)
    stay = _book(olga, house, double, first, arrival=TODAY - DAY, nights=1).stays[0]
    with work(olga) as db:
        check_in(db, stay.id, stay.version)
    with pytest.raises(UnitInUse):
        _archive(olga, first)


def test_a_cancelled_stay_keeps_no_unit(olga: Actor, house: UUID, double: UUID) -> None:
    first, _ = unit_ids(olga, double)
    stay = _book(olga, house, double, first).stays[0]
    with work(olga) as db:
        cancel(db, stay.id, stay.version)
    _archive(olga, first)
    assert_house_in_order(olga)


def test_a_unit_under_a_block_is_not_archived(olga: Actor, double: UUID) -> None:
    first, _ = unit_ids(olga, double)
    with work(olga) as db:
        place_block(db, first, TODAY - DAY, TODAY + DAY, "out_of_order", "Paint")
    with pytest.raises(UnitInUse) as refusal:
        _archive(olga, first)
    assert refusal.value.data["nights"] == [TODAY.isoformat()]


def test_a_unit_that_an_unassigned_stay_will_need_is_not_archived(olga: Actor, house: UUID, double: UUID) -> None:
    first, _ = unit_ids(olga, double)
    for _ in range(2):
        _book(olga, house, double, nights=1)
    with pytest.raises(StillSold) as refusal:
        _archive(olga, first)
    assert refusal.value.data["nights"] == [TODAY.isoformat()]


def test_a_long_list_of_nights_is_told_short(olga: Actor, house: UUID, double: UUID) -> None:
    first, _ = unit_ids(olga, double)
    _book(olga, house, double, first, nights=30)
    with pytest.raises(UnitInUse) as refusal:
        _archive(olga, first)
    assert len(refusal.value.data["nights"]) == 30
    assert refusal.value.data["nights_text"].endswith(f"{TODAY + 9 * DAY}, ...")


def test_a_unit_moves_to_another_type_with_what_can_be_sold(olga: Actor, house: UUID, double: UUID) -> None:
    single = a_room_type(olga, house, "Single", units=["1"])
    first, second = unit_ids(olga, double)
    _book(olga, house, single), _book(olga, house, double, second)
    with work(olga) as db:
        assert move_unit(db, first, 1, single).room_type_id == single
    _book(olga, house, single)
    with pytest.raises(SoldOut):
        _book(olga, house, double)
    assert_house_in_order(olga)
    assert unit_ids(olga, single)[-1] == first


def test_a_unit_sold_by_its_type_does_not_move(olga: Actor, house: UUID, double: UUID) -> None:
    single = a_room_type(olga, house, "Single", units=["1"])
    first, _ = unit_ids(olga, double)
    _book(olga, house, double, first)
    with pytest.raises(UnitInUse), work(olga) as db:
        move_unit(db, first, 1, single)


def test_a_unit_moves_within_its_property_only(olga: Actor, double: UUID) -> None:
    elsewhere = a_room_type(olga, a_property(olga))
    with pytest.raises(BadInput), work(olga) as db:
        move_unit(db, unit_ids(olga, double)[0], 1, elsewhere)


def test_a_room_type_goes_with_its_units(olga: Actor, house: UUID, double: UUID) -> None:
    with work(olga) as db:
        archive_room_type(db, double, 1)
        found = structure(db, house)
    assert (found.room_types, found.property.units) == ((), 0)
    with pytest.raises(BadInput):
        _book(olga, house, double)
    with pytest.raises(NotFound):
        _add(olga, double, "103")


def test_a_sold_room_type_stays(olga: Actor, house: UUID, double: UUID) -> None:
    _book(olga, house, double)
    with pytest.raises(StillSold), work(olga) as db:
        archive_room_type(db, double, 1)
    with work(olga) as db:
        assert structure(db, house).property.units == 2


def test_a_property_is_closed_once_nobody_is_expected(olga: Actor, house: UUID, double: UUID) -> None:
    stay = _book(olga, house, double).stays[0]
    with pytest.raises(PropertyInUse), work(olga) as db:
        archive_property(db, house, 1)
    with work(olga) as db:
        cancel(db, stay.id, stay.version)
    with work(olga) as db:
        archive_property(db, house, 1)
    with pytest.raises(NotFound):
        _book(olga, house, double)


Verb = Callable[[Actor, UUID, UUID], None]


def _unit_verb(by: Actor, house: UUID, double: UUID, version: int = 1) -> None:
    _archive(by, unit_ids(by, double)[0], version)


def _move_verb(by: Actor, house: UUID, double: UUID, version: int = 1) -> None:
    with work(by) as db:
        move_unit(db, unit_ids(by, double)[0], version, double)


def _type_verb(by: Actor, house: UUID, double: UUID, version: int = 1) -> None:
    with work(by) as db:
        archive_room_type(db, double, version)


def _property_verb(by: Actor, house: UUID, double: UUID, version: int = 1) -> None:
    with work(by) as db:
        archive_property(db, house, version)


VERBS = (_unit_verb, _move_verb, _type_verb, _property_verb)


@pytest.mark.parametrize("verb", VERBS)
def test_the_desk_changes_nothing_of_the_house(verb: Verb, rita: Actor, house: UUID, double: UUID) -> None:
    with pytest.raises(NotPermitted):
        verb(rita, house, double)


def test_the_desk_adds_no_units(rita: Actor, double: UUID) -> None:
    with pytest.raises(NotPermitted):
        _add(rita, double, "103")


@pytest.mark.parametrize("verb", VERBS)
def test_each_names_the_version_it_saw(verb: Callable[..., None], olga: Actor, house: UUID, double: UUID) -> None:
    with pytest.raises(MovedMeanwhile):
        verb(olga, house, double, version=7)


@pytest.mark.parametrize("unit_named", [True, False])
@pytest.mark.parametrize("night", [TODAY, TODAY + 9 * DAY])
def test_of_a_sale_and_the_archiving_of_the_last_room_one_wins(cast: Cast, unit_named: bool, night: date) -> None:
    """Whether or not the night has a counter yet, and whether the room itself or just its type is sold."""
    olga = cast.olga
    for _ in range(5):
        house = a_property(olga)
        suite = a_room_type(olga, house, "Suite", units=1)
        (unit,) = unit_ids(olga, suite)
        if night == TODAY:
            _seed_counter(olga, house, suite)
        sale = partial(_book, olga, house, suite, unit if unit_named else None, night, 1)
        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(partial(_outcome, Barrier(2)), [sale, partial(_archive, olga, unit)]))
        assert outcomes.count(True) == 1, outcomes
        assert_house_in_order(olga)


def _seed_counter(by: Actor, house: UUID, type_id: UUID) -> None:
    stay = _book(by, house, type_id, nights=1).stays[0]
    with work(by) as db:
        cancel(db, stay.id, stay.version)


def _outcome(together: Barrier, verb: Callable[[], object]) -> bool:
    together.wait()
    try:
        verb()
    except Refusal:
        return False
    return True


def test_bringing_back_a_stay_forgets_a_unit_that_left_its_type(olga: Actor, house: UUID, double: UUID) -> None:
    single = a_room_type(olga, house, "Single", units=["1"])
    first, _ = unit_ids(olga, double)
    stay = _book(olga, house, double, first).stays[0]
    with work(olga) as db:
        version = cancel(db, stay.id, stay.version).version
    with work(olga) as db:
        move_unit(db, first, db.one(Unit, first).version, single)
    with work(olga) as db:
        reinstate(db, stay.id, version)
    assert_house_in_order(olga)
