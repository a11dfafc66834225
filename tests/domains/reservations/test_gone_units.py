"""A unit that left the house, or its type, takes nobody in any more: not by undo, not by longer dates, not by other dates."""

from __future__ import annotations

import pytest

from pms.kernel.db import work
from pms.kernel.refusals import Refusal
from pms.properties.models import RoomType, Unit
from pms.reservations.models import Stay
from pms.reservations.move import change_dates, move, reprice, undo
from pms.reservations.structure import archive_room_type, archive_unit, move_unit
from tests.domains.reservations.conftest import House
from tests.invariants import assert_house_in_order


def _archive_101(house: House) -> None:
    with work(house.owner) as db:
        archive_unit(db, house.u101, db.one(Unit, house.u101).version)


def test_undo_brings_nobody_back_into_an_archived_unit(house: House) -> None:
    moved = house.do(move, house.stay(1, 3, house.u101), unit_id=house.u102)
    _archive_101(house)
    with pytest.raises(Refusal):
        house.do(undo, moved)
    assert {night.unit_id for night in house.nights(moved)} == {house.u102}
    assert_house_in_order(house.owner)


def test_undo_brings_nobody_back_into_a_unit_of_another_type_now(house: House) -> None:
    moved = house.do(move, house.stay(1, 3, house.u101), unit_id=house.u102)
    with work(house.owner) as db:
        move_unit(db, house.u101, db.one(Unit, house.u101).version, house.single)
    with pytest.raises(Refusal):
        house.do(undo, moved)
    assert_house_in_order(house.owner)


@pytest.fixture
def left_behind(house: House) -> Stay:
    """Nobody has said yet what became of last night's guest; the unit has been archived since."""
    stay = house.stay(-2, -1, house.u101)
    _archive_101(house)
    return stay


def test_longer_dates_do_not_reach_into_an_archived_unit(house: House, left_behind: Stay) -> None:
    with pytest.raises(Refusal):
        house.do(change_dates, left_behind, house.day(-2), house.day(2))
    assert [night.night for night in house.nights(left_behind)] == [house.day(-2)]


def test_other_dates_do_not_take_an_archived_unit_along(house: House, left_behind: Stay) -> None:
    with pytest.raises(Refusal):
        house.do(move, left_behind, arrival=house.day(3))
    assert [night.night for night in house.nights(left_behind)] == [house.day(-2)]


def test_the_price_of_a_night_in_an_archived_unit_may_still_change(house: House, left_behind: Stay) -> None:
    house.do(reprice, left_behind, [1])
    assert [night.price for night in house.nights(left_behind)] == [1]


def test_a_stay_sold_as_a_room_type_that_is_gone_can_still_be_cut_short(house: House) -> None:
    """The guest was given the single room instead; no night is added, so nobody needs to know what a double would cost."""
    moved = house.do(move, house.stay(1, 4, house.u101), unit_id=house.u201)
    with work(house.owner) as db:
        archive_room_type(db, house.double, db.one(RoomType, house.double).version)
    house.do(change_dates, moved, house.day(1), house.day(3))
    assert [night.night for night in house.nights(moved)] == [house.day(1), house.day(2)]
    assert_house_in_order(house.owner)
