"""The whole matrix of states and verbs (R-30), and what each verb does to the house."""

import pytest

from pms.inventory.claim import SoldOut
from pms.kernel.db import work
from pms.kernel.refusals import Refusal
from pms.reservations.blocks import place_block
from pms.reservations.changes import NotInThisState
from pms.reservations.life_cycle import (
    NoUnitYet,
    TooEarly,
    UnitOutOfOrder,
    cancel,
    cancel_reservation,
    check_in,
    check_out,
    confirm,
    no_show,
    reinstate,
    undo_check_in,
    undo_check_out,
)
from pms.reservations.models import Stay
from tests.domains.reservations.conftest import House
from tests.invariants import assert_house_in_order

VERBS = [confirm, cancel, check_in, check_out, no_show, reinstate, undo_check_in, undo_check_out]
ALLOWED = {
    ("tentative", "confirm"): "confirmed",
    ("tentative", "cancel"): "cancelled",
    ("tentative", "no_show"): "no_show",
    ("confirmed", "cancel"): "cancelled",
    ("confirmed", "check_in"): "checked_in",
    ("confirmed", "no_show"): "no_show",
    ("checked_in", "check_out"): "checked_out",
    ("checked_in", "undo_check_in"): "confirmed",
    ("checked_out", "undo_check_out"): "checked_in",
    ("cancelled", "reinstate"): "confirmed",
    ("no_show", "reinstate"): "confirmed",
}
WAY = {
    "tentative": [],
    "confirmed": [confirm],
    "checked_in": [confirm, check_in],
    "checked_out": [confirm, check_in, check_out],
    "cancelled": [cancel],
    "no_show": [no_show],
}


def a_stay_that_is(state: str, house: House) -> Stay:
    stay = house.stay(-1, 2, house.u101, status="tentative")
    for verb in WAY[state]:
        stay = house.do(verb, stay)
    return stay


@pytest.mark.parametrize("state", WAY)
@pytest.mark.parametrize("verb", VERBS, ids=lambda v: v.__name__)
def test_only_the_allowed_steps_are_taken(state: str, verb: object, house: House) -> None:
    stay = a_stay_that_is(state, house)
    goal = ALLOWED.get((state, verb.__name__))
    if goal:
        assert house.do(verb, stay).status == goal
    else:
        with pytest.raises(NotInThisState) as refused:
            house.do(verb, stay)
        assert refused.value.data["state"] == state
    assert_house_in_order(house.owner)


def test_a_cancelled_night_is_on_sale_again(house: House) -> None:
    house.do(cancel, house.stay(1, 3, house.u101))
    house.stay(1, 3, house.u101)
    assert_house_in_order(house.owner)


def test_reinstating_needs_room(house: House) -> None:
    gone = house.do(cancel, house.stay(1, 3, house.u101))
    house.book(house.room(1, 3), house.room(2, 4))
    with pytest.raises(SoldOut):
        house.do(reinstate, gone)


def test_reinstating_onto_a_unit_taken_meanwhile_leaves_the_night_unassigned(house: House) -> None:
    gone = house.do(cancel, house.stay(1, 3, house.u101))
    house.stay(2, 3, house.u101)
    back = house.do(reinstate, gone)
    assert [n.unit_id for n in house.nights(back)] == [house.u101, None]


def test_nobody_checks_in_before_the_day(house: House) -> None:
    with pytest.raises(TooEarly) as refused:
        house.do(check_in, house.stay(1, 3, house.u101))
    assert refused.value.data["day"] == house.day(1).isoformat()


def test_nobody_checks_in_without_a_unit(house: House) -> None:
    with pytest.raises(NoUnitYet):
        house.do(check_in, house.stay(0, 1))


def test_nobody_checks_in_to_a_room_that_is_out_of_order(house: House) -> None:
    """Cannot be reached by the verbs, which refuse the block; an import or another program may still have left it so."""
    stay = house.stay(0, 2)
    with work(house.owner) as db:
        place_block(db, house.u101, house.day(0), house.day(1), "out_of_order", "Paint")
        from sqlalchemy import text

        db.execute(text("update stay_night set unit_id = :unit where stay_id = :stay"), {"unit": house.u101, "stay": stay.id})
    with pytest.raises(UnitOutOfOrder, match="Paint"):
        house.do(check_in, stay)


def test_day_use_checks_in_without_a_bed(house: House) -> None:
    assert house.do(check_in, house.stay(0, 0)).status == "checked_in"


def test_leaving_early_puts_the_rest_on_sale(house: House) -> None:
    house.do(check_out, a_stay_that_is("checked_in", house))
    house.stay(0, 2, house.u101)
    assert_house_in_order(house.owner)


def test_coming_back_takes_the_rest_again(house: House) -> None:
    back = house.do(undo_check_out, a_stay_that_is("checked_out", house))
    assert len(house.nights(back)) == 3
    assert_house_in_order(house.owner)


def test_a_guest_may_still_come_on_the_day(house: House) -> None:
    with pytest.raises(TooEarly):
        house.do(no_show, house.stay(0, 2, house.u101))


def test_a_reservation_is_cancelled_whole(house: House) -> None:
    made = house.book(house.room(1, 3), house.room(1, 3))
    with work(house.owner) as db:
        assert {stay.status for stay in cancel_reservation(db, made.reservation.id, 1)} == {"cancelled"}
    assert_house_in_order(house.owner)


def test_a_reservation_with_a_guest_in_house_is_not_cancelled_at_all(house: House) -> None:
    made = house.book(house.room(0, 2, house.u101), house.room(0, 2, house.u102))
    house.do(check_in, made.stays[1])
    with pytest.raises(NotInThisState), work(house.owner) as db:
        cancel_reservation(db, made.reservation.id, 1)
    assert house.nights(made.stays[0])
    assert_house_in_order(house.owner)


def test_every_state_has_its_sentence_in_every_language(house: House) -> None:
    for state in NotInThisState.SENTENCES:
        refusal: Refusal = NotInThisState(state)
        assert all(refusal.say(locale) for locale in ("en", "lt", "de"))
