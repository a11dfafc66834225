"""Two desks at the same moment: whatever they do to one stay, one unit or one guest, the house stays in order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from pms.kernel.db import Db, work
from pms.kernel.refusals import Refusal
from pms.properties.models import Unit
from pms.reservations.blocks import place_block
from pms.reservations.book import Booking, book
from pms.reservations.guests import GuestDetails, change_guest
from pms.reservations.life_cycle import cancel, check_in, reinstate
from pms.reservations.models import Stay
from pms.reservations.move import change_dates, move, split, undo
from pms.reservations.structure import archive_unit, move_unit
from tests.domains.reservations.conftest import House
from tests.domains.reservations.conftest import house as house
from tests.invariants import assert_house_in_order

ROUNDS = 4
Do = Callable[[Db], Any]


def _both(house: House, *deeds: Do) -> list[str]:
    """Do them at the same moment; what became of each: "" or the refusal's code."""
    together = Barrier(len(deeds))

    def one(deed: Do) -> str:
        together.wait()
        try:
            with work(house.owner) as db:
                deed(db)
        except Refusal as refusal:
            return refusal.code
        return ""

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def _stay(db: Db, stay: Stay) -> Stay:
    return db.one(Stay, stay.id)


def _book(house: House, start: int, end: int, unit: UUID | None = None) -> Do:
    return lambda db: book(db, Booking(house.property_id, GuestDetails("Other"), [house.room(start, end, unit)]))


def _archive(house: House, unit: UUID) -> Do:
    return lambda db: archive_unit(db, unit, db.one(Unit, unit).version)


@pytest.mark.parametrize("_", range(ROUNDS))
def test_of_a_check_in_and_a_cancellation_one_wins(house: House, _: int) -> None:
    stay = house.stay(0, 2, house.u101)
    said = _both(house, lambda db: check_in(db, stay.id, 1), lambda db: cancel(db, stay.id, 1))
    assert sorted(said) == ["", "moved-meanwhile"]
    assert_house_in_order(house.owner)


@pytest.mark.parametrize("_", range(ROUNDS))
def test_of_a_move_and_a_block_one_has_the_unit(house: House, _: int) -> None:
    stay = house.stay(0, 2, house.u101)
    until = house.day(2)
    block = lambda db: place_block(db, house.u102, house.day(0), until, "out_of_order", "Paint")  # noqa: E731
    said = _both(house, lambda db: move(db, stay.id, 1, unit_id=house.u102), block)
    assert "" in said
    assert_house_in_order(house.owner)


@pytest.mark.parametrize("_", range(ROUNDS))
def test_of_a_longer_stay_and_a_booking_of_the_next_night_one_has_it(house: House, _: int) -> None:
    stay = house.stay(0, 2, house.u101)
    longer = lambda db: change_dates(db, stay.id, 1, house.day(0), house.day(3))  # noqa: E731
    said = _both(house, longer, _book(house, 2, 3, house.u101))
    assert said.count("") == 1
    assert_house_in_order(house.owner)


@pytest.mark.parametrize("_", range(ROUNDS))
def test_of_an_undo_and_a_booking_of_what_was_left_one_has_it(house: House, _: int) -> None:
    moved = house.do(move, house.stay(0, 2, house.u101), unit_id=house.u201)
    said = _both(house, lambda db: undo(db, moved.id, moved.version), _book(house, 0, 2, house.u101))
    assert said.count("") == 1
    assert_house_in_order(house.owner)


@pytest.mark.parametrize("_", range(ROUNDS))
def test_of_an_undo_and_the_archiving_of_what_was_left_one_has_it(house: House, _: int) -> None:
    moved = house.do(move, house.stay(0, 2, house.u101), unit_id=house.u201)
    said = _both(house, lambda db: undo(db, moved.id, moved.version), _archive(house, house.u101))
    assert said.count("") == 1
    assert_house_in_order(house.owner)


@pytest.mark.parametrize("_", range(ROUNDS))
def test_a_unit_booked_while_it_changes_its_type_counts_where_it_is(house: House, _: int) -> None:
    change = lambda db: move_unit(db, house.u101, db.one(Unit, house.u101).version, house.single)  # noqa: E731
    said = _both(house, _book(house, 0, 2, house.u101), change)
    assert "" in said
    assert_house_in_order(house.owner)


@pytest.mark.parametrize("_", range(ROUNDS))
def test_a_reinstated_stay_and_a_split_share_the_house(house: House, _: int) -> None:
    gone = house.do(cancel, house.stay(1, 2, house.u102))
    stay = house.stay(0, 2, house.u101)
    said = _both(
        house,
        lambda db: reinstate(db, gone.id, gone.version),
        lambda db: split(db, stay.id, 1, house.day(1), unit_id=house.u102),
    )
    assert "" in said
    assert_house_in_order(house.owner)


@pytest.mark.parametrize("_", range(ROUNDS))
def test_of_two_edits_of_one_guest_one_wins(house: House, _: int) -> None:
    guest = house.book(house.room(0, 2)).guest
    said = _both(house, *(lambda db, n=n: change_guest(db, guest.id, 1, first_name=n) for n in ("Ann", "Eve")))
    assert sorted(said) == ["", "moved-meanwhile"]
