"""Nights that other dates bring to a stay are asked the rules as at booking; what it had before is not asked again (R-41)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from pms.kernel.db import work
from pms.kernel.refusals import NotPermitted
from pms.rates.cells import Edit, change_cells
from pms.rates.load import house_of
from pms.rates.plans import PlanFields, create_plan
from pms.reservations.book import Booking, book
from pms.reservations.guests import GuestDetails
from pms.reservations.models import Stay
from pms.reservations.move import change_dates, move, undo
from pms.reservations.offers import NotForSale
from pms.reservations.resell import change_plan
from pms.reservations.sold import Terms
from tests.domains.reservations.conftest import House
from tests.invariants import assert_house_in_order


@pytest.fixture
def flexible(house: House) -> UUID:
    with work(house.owner) as db:
        found = house_of(db, house.property_id).default_plan_id
    assert found is not None
    return found


@pytest.fixture
def fill(house: House, flexible: UUID) -> Callable[..., None]:
    """Write restrictions of the standard plan into the double's cell of a day."""

    def write(day: int, plan: UUID = flexible, **values: Any) -> None:
        with work(house.owner) as db:
            change_cells(db, house.property_id, [Edit((plan, house.double, house.day(day)), values)])

    return write


def _lies(house: House, stay: Stay) -> list[int]:
    return [(night.night - house.today).days for night in house.nights(stay)]


def _reasons(house: House, verb: Callable[..., Stay], stay: Stay, *args: Any, **more: Any) -> list[tuple[str, int, int | None]]:
    """Which rules refuse it, with the day each stands on."""
    before = house.nights(stay)
    with pytest.raises(NotForSale) as refused:
        house.do(verb, stay, *args, **more)
    assert house.nights(stay) == before
    days = {house.day(n).isoformat(): n for n in range(-5, 60)}
    return [(one["rule"], days[one["night"]], one["value"]) for one in refused.value.data["reasons"]]


def test_a_stay_is_not_stretched_over_a_closed_night(house: House, fill: Callable[..., None]) -> None:
    stay = house.stay(10, 12, house.u101)
    fill(12, closed=True)
    assert _reasons(house, change_dates, stay, house.day(10), house.day(13)) == [("closed", 12, None)]
    fill(9, closed=True)
    assert _reasons(house, change_dates, stay, house.day(9), house.day(13)) == [("closed", 9, None), ("closed", 12, None)]


def test_a_stay_is_not_moved_onto_a_closed_night(house: House, fill: Callable[..., None]) -> None:
    stay = house.stay(10, 12, house.u101)
    fill(12, closed=True)
    assert _reasons(house, move, stay, arrival=house.day(11)) == [("closed", 12, None)]
    assert _reasons(house, move, stay, unit_id=house.u102, arrival=house.day(12)) == [("closed", 12, None)]


def test_what_a_stay_has_already_is_not_asked_again(house: House, fill: Callable[..., None]) -> None:
    stay = house.stay(10, 13, house.u101)
    fill(10, closed=True, closed_arrival=True, min_stay=7, min_stay_arrival=7, min_advance=30)
    fill(13, closed_departure=True)
    assert _lies(house, house.do(change_dates, stay, house.day(10), house.day(14))) == [10, 11, 12, 13]


def test_neither_another_unit_nor_fewer_nights_ask_any_rule(house: House, fill: Callable[..., None]) -> None:
    stay = house.stay(10, 13, house.u101)
    for day in (10, 11, 12):
        fill(day, closed=True, min_stay=5, closed_departure=True)
    stay = house.do(move, stay, unit_id=house.u102)
    assert _lies(house, house.do(change_dates, stay, house.day(10), house.day(11))) == [10]


@pytest.mark.parametrize(
    ("on", "values", "first", "end", "rule"),
    [
        (9, {"closed_arrival": True}, 9, 12, "closed_arrival"),
        (11, {"closed_arrival": True}, 11, 13, "closed_arrival"),
        (13, {"closed_departure": True}, 10, 13, "closed_departure"),
        (12, {"min_stay": 4}, 10, 13, "min_stay"),
        (10, {"max_stay": 2}, 10, 13, "max_stay"),
        (10, {"max_stay_arrival": 2}, 10, 13, "max_stay_arrival"),
        (9, {"min_stay_arrival": 4}, 9, 12, "min_stay_arrival"),
        (9, {"min_advance": 30}, 9, 12, "too_late_for_night"),
        (9, {"max_advance": 3}, 9, 12, "too_early_for_night"),
    ],
)
def test_a_rule_is_asked_where_the_change_would_break_it(
    house: House, fill: Callable[..., None], on: int, values: dict[str, Any], first: int, end: int, rule: str
) -> None:
    stay = house.stay(10, 12, house.u101)
    fill(on, **values)
    number = next((value for value in values.values() if value is not True), None)
    assert _reasons(house, change_dates, stay, house.day(first), house.day(end)) == [(rule, on, number)]


@pytest.mark.parametrize(
    ("on", "values"),
    [
        (10, {"closed_arrival": True}),
        (12, {"closed_arrival": True, "closed_departure": True}),
        (12, {"min_advance": 30}),
        (12, {"min_stay_arrival": 9}),
        (12, {"min_stay": 3, "max_stay": 3}),
        (13, {"closed": True, "min_stay": 9}),
    ],
)
def test_a_rule_that_the_change_does_not_touch_lets_it_pass(
    house: House, fill: Callable[..., None], on: int, values: dict[str, Any]
) -> None:
    stay = house.stay(10, 12, house.u101)
    fill(on, **values)
    assert _lies(house, house.do(change_dates, stay, house.day(10), house.day(13))) == [10, 11, 12]


def test_the_reasons_come_in_the_order_of_the_rules(house: House, fill: Callable[..., None]) -> None:
    stay = house.stay(10, 12, house.u101)
    fill(9, closed_arrival=True, min_stay=9)
    fill(8, closed=True, closed_arrival=True)
    fill(13, closed_departure=True)
    assert [one[:2] for one in _reasons(house, change_dates, stay, house.day(8), house.day(13))] == [
        ("closed", 8),
        ("min_stay", 9),
        ("closed_arrival", 8),
        ("closed_departure", 13),
    ]


def test_all_the_same_needs_the_permission_to_override(house: House, fill: Callable[..., None]) -> None:
    stay = house.stay(10, 12, house.u101)
    fill(12, closed=True)
    with pytest.raises(NotPermitted):
        house.do(change_dates, stay, house.day(10), house.day(13), despite_rules=True, actor=house.owner.without("rate.override"))
    longer = house.do(change_dates, stay, house.day(10), house.day(13), despite_rules=True)
    moved = house.do(move, longer, arrival=house.day(12), despite_rules=True)
    assert _lies(house, moved) == [12, 13, 14]
    assert_house_in_order(house.owner)


def test_all_the_same_needs_no_permission_where_nothing_stands_against_it(house: House) -> None:
    stay, desk = house.stay(10, 12, house.u101), house.owner.without("rate.override")
    assert _lies(house, house.do(move, stay, arrival=house.day(11), despite_rules=True, actor=desk)) == [11, 12]


def test_undo_brings_a_stay_back_onto_nights_that_were_closed_meanwhile(house: House, fill: Callable[..., None]) -> None:
    stay = house.stay(10, 12, house.u101)
    moved = house.do(move, stay, arrival=house.day(20))
    for day in (10, 11, 12):
        fill(day, closed=True, closed_arrival=True, closed_departure=True)
    assert _lies(house, house.do(undo, moved)) == [10, 11]


def test_the_rules_are_those_of_the_plan_the_stay_is_sold_under(house: House, flexible: UUID, fill: Callable[..., None]) -> None:
    with work(house.owner) as db:
        own = create_plan(db, house.property_id, PlanFields("WK", "Weekly", parent_id=flexible, own_restrictions=True)).id
    stay = house.do(change_plan, house.stay(10, 12, house.u101), Terms(own))
    fill(12, closed=True)
    fill(13, plan=own, closed=True)
    longer = house.do(change_dates, stay, house.day(10), house.day(13))
    assert _reasons(house, change_dates, longer, house.day(10), house.day(14)) == [("closed", 13, None)]


def test_who_may_buy_a_plan_was_settled_when_the_stay_was_sold(house: House, flexible: UUID) -> None:
    """It needs a code, is not for the desk, and is valid until a day; an added night is asked the last of these alone."""
    fields = PlanFields(
        "CLUB", "Club", parent_id=flexible, access="code", codes=["X"], channels=["website"], valid_until=house.day(11)
    )
    with work(house.owner) as db:
        club = create_plan(db, house.property_id, fields).id
    stay = house.do(change_plan, house.stay(10, 11, house.u101), Terms(club, despite_rules=True))
    longer = house.do(change_dates, stay, house.day(10), house.day(12))
    assert _reasons(house, change_dates, longer, house.day(10), house.day(13)) == [("not_valid", 12, None)]


def test_a_sale_made_elsewhere_is_entered_whatever_the_rules_say(house: House, flexible: UUID, fill: Callable[..., None]) -> None:
    fill(10, closed=True, closed_arrival=True, min_stay=9)
    booking = Booking(house.property_id, GuestDetails("Adams"), [house.room(10, 12, prices=[1, 2], terms=Terms(flexible))])
    with work(house.owner) as db:
        made = book(db, booking, force=True)
    assert [night.price for night in house.nights(made.stays[0])] == [1, 2]
