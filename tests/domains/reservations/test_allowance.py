"""How many rooms may be sold beyond those there are."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from pms.inventory.allowance import AllowanceMoved, AllowanceTooLarge, Allowed, allow, take_back
from pms.inventory.availability import TypeNight, availability
from pms.inventory.claim import SoldOut
from pms.kernel.actor import Actor
from pms.kernel.dates import DAY
from pms.kernel.db import work
from pms.kernel.outbox import history
from pms.kernel.refusals import NotFound, NothingToUndo, NotPermitted
from pms.rates.cells import Edit
from pms.rates.load import house_of
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.rate_changes import change_rates, undo
from tests.builders import Cast, a_property, a_room_type
from tests.invariants import assert_house_in_order

FIRST = date(2027, 6, 1)
WEEK = [FIRST + timedelta(days=n) for n in range(7)]


@pytest.fixture
def house(olga: Actor) -> UUID:
    return a_property(olga)


@pytest.fixture
def double(olga: Actor, house: UUID) -> UUID:
    """Two doubles."""
    return a_room_type(olga, house, units=2)


def give(actor: Actor, house: UUID, double: UUID, rooms: int, nights: list[date] = WEEK) -> Allowed:
    with work(actor) as db:
        return allow(db, house, {(double, night): rooms for night in nights})


def sell(actor: Actor, house: UUID, double: UUID, rooms: int, night: date = FIRST) -> None:
    with work(actor) as db:
        book(db, Booking(house, GuestDetails("Adams", "Ann", ""), [Room(double, night, night + DAY)] * rooms))


def night(actor: Actor, house: UUID, day: date = FIRST) -> TypeNight:
    with work(actor) as db:
        return availability(db, house, day, day + DAY)[0]


def test_so_many_rooms_are_sold_beyond_the_house_and_not_one_more(olga: Actor, house: UUID, double: UUID) -> None:
    assert give(olga, house, double, 1).nights == 7
    sell(olga, house, double, 3)
    with pytest.raises(SoldOut):
        sell(olga, house, double, 1)
    found = night(olga, house)
    assert (found.overbooking, found.sold, found.free, found.oversold) == (1, 3, 0, 0)
    assert_house_in_order(olga)


def test_taken_away_below_what_is_sold_the_night_is_oversold_and_says_so(olga: Actor, house: UUID, double: UUID) -> None:
    give(olga, house, double, 2)
    sell(olga, house, double, 4)
    assert give(olga, house, double, 0).oversold == 1, "one of the seven nights lacks rooms"
    assert (night(olga, house).oversold, night(olga, house).free) == (2, 0)
    with pytest.raises(SoldOut):
        sell(olga, house, double, 1)
    assert_house_in_order(olga, oversold_allowed=True)


def test_given_again_the_night_is_no_longer_oversold(olga: Actor, house: UUID, double: UUID) -> None:
    give(olga, house, double, 2)
    sell(olga, house, double, 4)
    give(olga, house, double, 0)
    give(olga, house, double, 2)
    assert night(olga, house).oversold == 0


def test_more_than_the_house_has_is_a_slip_of_the_finger(olga: Actor, house: UUID, double: UUID) -> None:
    for rooms in (3, -1):
        with pytest.raises(AllowanceTooLarge):
            give(olga, house, double, rooms)
    assert night(olga, house).overbooking == 0


def test_only_nights_that_differ_are_a_change(olga: Actor, house: UUID, double: UUID) -> None:
    give(olga, house, double, 1, WEEK[:3])
    assert give(olga, house, double, 1).nights == 4
    assert give(olga, house, double, 1) == Allowed(None, 0)


def test_the_journal_tells_it_once_in_runs(olga: Actor, house: UUID, double: UUID) -> None:
    made = give(olga, house, double, 1)
    with work(olga) as db:
        (told,) = history(db, made.change_id)  # type: ignore[arg-type]
    assert (told.event, told.property_id) == ("allowance.changed", house)
    assert told.after == {
        "first": "2027-06-01",
        "last": "2027-06-07",
        "allowed": [[str(double), "2027-06-01", "2027-06-07", 1]],
    }


def test_a_change_is_taken_back_but_for_what_was_changed_since(olga: Actor, house: UUID, double: UUID) -> None:
    give(olga, house, double, 1, WEEK[:2])
    made = give(olga, house, double, 2)
    give(olga, house, double, 0, WEEK[6:])
    with work(olga) as db:
        back = take_back(db, made.change_id)  # type: ignore[arg-type]
    assert (back.nights, back.kept) == (6, 1)
    assert [night(olga, house, day).overbooking for day in WEEK] == [1, 1, 0, 0, 0, 0, 0]


def test_a_change_is_taken_back_once_even_if_the_same_was_set_again(olga: Actor, house: UUID, double: UUID) -> None:
    made = give(olga, house, double, 1)
    with work(olga) as db:
        take_back(db, made.change_id)  # type: ignore[arg-type]
    give(olga, house, double, 1)
    with pytest.raises(NothingToUndo), work(olga) as db:
        take_back(db, made.change_id)  # type: ignore[arg-type]


def test_what_was_taken_back_is_done_again_by_taking_that_back(olga: Actor, house: UUID, double: UUID) -> None:
    made = give(olga, house, double, 1)
    with work(olga) as db:
        back = take_back(db, made.change_id)  # type: ignore[arg-type]
    with work(olga) as db:
        take_back(db, back.change_id)  # type: ignore[arg-type]
    assert night(olga, house).overbooking == 1


def test_whoever_saw_another_allowance_is_told(olga: Actor, house: UUID, double: UUID) -> None:
    give(olga, house, double, 1)
    with pytest.raises(AllowanceMoved), work(olga) as db:
        allow(db, house, {(double, FIRST): 2}, seen={(double, FIRST): 0})


def test_prices_and_allowances_of_one_change_are_taken_back_as_one(olga: Actor, house: UUID, double: UUID) -> None:
    with work(olga) as db:
        plan = house_of(db, house).default_plan_id
        assert plan
        made = change_rates(db, house, [Edit((plan, double, FIRST), {"price": 9_900})], {(double, FIRST): 1})
    assert made.cells == 2
    assert made.change_id
    with work(olga) as db:
        back = undo(db, made.change_id)
    assert back.cells == 2
    assert night(olga, house).overbooking == 0
    with pytest.raises(NothingToUndo), work(olga) as db:
        undo(db, made.change_id)


def test_only_who_may_oversell_sets_it(cast: Cast, house: UUID, double: UUID) -> None:
    with pytest.raises(NotPermitted):
        give(cast.rita, house, double, 1)
    with pytest.raises(NotFound):
        give(cast.otto, house, double, 1)
