"""Another plan for a stay that is ours, and prices agreed by hand: what each asks for, refuses, keeps and gives back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.outbox import history
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotFound, NotPermitted
from pms.kernel.tables import Journal
from pms.rates.cells import Edit, change_cells
from pms.rates.load import house_of
from pms.rates.plans import PlanFields, archive_plan, create_plan
from pms.reservations.changes import NotInThisState
from pms.reservations.life_cycle import cancel, check_in
from pms.reservations.models import Stay
from pms.reservations.move import NothingToUndo, PastNightsFixed, change_dates, undo
from pms.reservations.offers import NotForSale, PriceChanged
from pms.reservations.resell import agree_prices, change_plan, plans_of_stay
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
def strict(house: House, flexible: UUID) -> UUID:
    """Ten per cent below the standard plan."""
    with work(house.owner) as db:
        plan: UUID = create_plan(db, house.property_id, PlanFields("NR", "Strict", parent_id=flexible, percent=-1_000)).id
    return plan


def _fill(house: House, plan: UUID, day: int, **values: Any) -> None:
    with work(house.owner) as db:
        change_cells(db, house.property_id, [Edit((plan, house.double, house.day(day)), values)])


def _prices(house: House, stay: Stay) -> list[int]:
    return [night.price for night in house.nights(stay)]


def _now(house: House, stay: Stay) -> Stay:
    with work(house.owner) as db:
        return db.one(Stay, stay.id)


def _told(house: House, stay: Stay) -> Journal:
    with work(house.owner) as db:
        return history(db, stay.id, most=1)[0]


def _without(actor: Actor, *permissions: str) -> Actor:
    return replace(actor, permissions=actor.permissions - set(permissions))


def _slept_one(house: House) -> Stay:
    """In house since yesterday, until the day after tomorrow."""
    return house.do(check_in, house.stay(-1, 2, house.u101))


def test_another_plan_sells_every_night_at_its_price_and_keeps_why(house: House, strict: UUID) -> None:
    stay = house.do(change_plan, house.stay(1, 3), Terms(strict, shown=16_200, reason=" Pays now "))
    assert (stay.rate_plan_id, _prices(house, stay)) == (strict, [8_100, 8_100])
    assert stay.quote is not None
    assert (stay.quote["plan"]["name"], stay.quote["prices"], stay.quote["reason"]) == ("Strict", [8_100] * 2, "Pays now")
    assert "agreed" not in stay.quote
    told = _told(house, stay)
    assert told.event == "stay.plan_changed"
    assert told.after
    assert (told.after["plan"], told.after["reason"]) == ("Strict", "Pays now")
    assert_house_in_order(house.owner)


def test_the_offers_say_what_each_plan_would_cost(house: House, flexible: UUID, strict: UUID) -> None:
    stay = house.stay(1, 3)
    _fill(house, strict, 1, closed=True)
    with work(house.owner) as db:
        found = plans_of_stay(db, stay.id)
    assert (found.rate_plan_id, found.prices, found.slept) == (flexible, (9_000, 9_000), 0)
    assert [(one.offer.plan.id, one.total) for one in found.plans] == [(flexible, 18_000), (strict, 16_200)]
    assert [reason.rule for reason in found.plans[1].offer.reasons] == ["closed"]


def test_nights_already_slept_keep_their_price(house: House, strict: UUID) -> None:
    stay = _slept_one(house)
    with work(house.owner) as db:
        found = plans_of_stay(db, stay.id)
    assert (found.slept, found.plans[1].prices) == (1, (9_000, 8_100, 8_100))
    stay = house.do(change_plan, stay, Terms(strict, shown=25_200))
    assert _prices(house, stay) == [9_000, 8_100, 8_100]
    assert stay.quote is not None
    assert (stay.quote["prices"], stay.quote["agreed"]) == ([8_100] * 3, [9_000, 8_100, 8_100])


def test_what_rules_forbid_is_refused_with_the_reason_and_sold_only_by_permission(house: House, strict: UUID) -> None:
    _fill(house, strict, 1, closed=True)
    stay = house.stay(1, 3)
    with pytest.raises(NotForSale, match="Closed on"):
        house.do(change_plan, stay, Terms(strict))
    with pytest.raises(NotPermitted):
        house.do(change_plan, stay, Terms(strict, despite_rules=True), actor=_without(house.owner, "rate.override"))
    assert _prices(house, stay) == [9_000, 9_000]
    stay = house.do(change_plan, stay, Terms(strict, despite_rules=True))
    assert _prices(house, stay) == [8_100, 8_100]


def test_a_price_that_changed_since_it_was_shown_is_refused(house: House, flexible: UUID, strict: UUID) -> None:
    stay = house.stay(1, 3)
    _fill(house, flexible, 1, price=20_000)
    with pytest.raises(PriceChanged):
        house.do(change_plan, stay, Terms(strict, shown=16_200))


def test_nobody_changes_what_somebody_else_has_just_changed(house: House, strict: UUID) -> None:
    stay = house.stay(1, 3)
    house.do(change_dates, stay, house.day(1), house.day(4))
    with pytest.raises(MovedMeanwhile):
        house.do(change_plan, stay, Terms(strict))
    with pytest.raises(MovedMeanwhile):
        house.do(agree_prices, stay, [1, 1], "Regular")


def test_each_asks_for_its_permission(house: House, strict: UUID) -> None:
    stay = house.stay(1, 3)
    with pytest.raises(NotPermitted):
        house.do(change_plan, stay, Terms(strict), actor=_without(house.owner, "reservation.change"))
    for missing in ("reservation.change", "rate.override"):
        with pytest.raises(NotPermitted):
            house.do(agree_prices, stay, [1, 1], "Regular", actor=_without(house.owner, missing))
    with pytest.raises(NotPermitted), work(_without(house.owner, "reservation.view")) as db:
        plans_of_stay(db, stay.id)


def test_a_stay_called_off_is_not_sold_anew(house: House, strict: UUID) -> None:
    stay = house.do(cancel, house.stay(1, 3))
    with pytest.raises(NotInThisState):
        house.do(change_plan, stay, Terms(strict))
    with pytest.raises(NotInThisState):
        house.do(agree_prices, stay, [1, 1], "Regular")


def test_a_plan_that_ended_cannot_be_chosen(house: House, strict: UUID) -> None:
    with work(house.owner) as db:
        archive_plan(db, strict, 1)
    with pytest.raises(NotFound):
        house.do(change_plan, house.stay(1, 3), Terms(strict))


def test_an_agreed_price_is_kept_with_its_reason(house: House) -> None:
    stay = house.do(agree_prices, house.stay(1, 3), [7_000, 9_000], " Regular guest ")
    assert _prices(house, stay) == [7_000, 9_000]
    assert stay.quote is not None
    assert (stay.quote["agreed"], stay.quote["prices"], stay.quote["reason"]) == ([7_000, 9_000], [9_000] * 2, "Regular guest")
    told = _told(house, stay)
    assert (told.event, told.after["reason"], told.after["prices"]) == ("stay.repriced", "Regular guest", [7_000, 9_000])


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "a\x00b"])
def test_an_agreed_price_needs_a_reason_that_can_be_kept(house: House, reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        house.do(agree_prices, house.stay(1, 3), [1, 1], reason)
    assert refused.value.field == "reason"


@pytest.mark.parametrize("prices", [[1], [1, 2, 3], [1, -1], [1, 2**40]])
def test_every_night_needs_one_sane_price(house: House, prices: list[int]) -> None:
    with pytest.raises(BadInput):
        house.do(agree_prices, house.stay(1, 3), prices, "Regular")


def test_what_was_slept_cannot_be_agreed_anew(house: House) -> None:
    stay = _slept_one(house)
    with pytest.raises(PastNightsFixed):
        house.do(agree_prices, stay, [1, 9_000, 9_000], "Regular")
    assert _prices(house, house.do(agree_prices, stay, [9_000, 5_000, 5_000], "Noise")) == [9_000, 5_000, 5_000]


def test_both_can_be_undone_plan_and_reason_and_all(house: House, flexible: UUID, strict: UUID) -> None:
    stay = house.do(agree_prices, house.stay(1, 3), [7_000, 7_000], "Regular")
    agreed = stay.quote
    stay = house.do(change_plan, stay, Terms(strict))
    with work(house.owner) as db:
        undo(db, stay.id, stay.version)
    back = _now(house, stay)
    assert (back.rate_plan_id, back.quote, _prices(house, stay)) == (flexible, agreed, [7_000, 7_000])
    with pytest.raises(NothingToUndo), work(house.owner) as db:
        undo(db, stay.id, stay.version)
