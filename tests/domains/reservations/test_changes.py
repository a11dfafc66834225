"""Moving, stretching, splitting, undoing; and who loses when two change the same stay."""

from collections.abc import Callable
from datetime import date

import pytest

from pms.inventory.claim import SoldOut
from pms.kernel.actor import Actor
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotPermitted
from pms.reservations.changes import NotInThisState
from pms.reservations.life_cycle import cancel, check_in
from pms.reservations.models import Stay
from pms.reservations.move import (
    NothingToUndo,
    PastNightsFixed,
    assign,
    change_dates,
    change_party,
    move,
    reprice,
    split,
    unassign,
    undo,
)
from pms.reservations.nights import UnitTaken
from tests.domains.reservations.conftest import House
from tests.invariants import assert_house_in_order


def test_a_move_keeps_length_and_prices(house: House) -> None:
    stay = house.book(house.room(1, 4, house.u101, prices=[1, 2, 3])).stays[0]
    moved = house.do(move, stay, unit_id=house.u102, arrival=house.day(3))
    assert (moved.arrival, moved.departure) == (house.day(3), house.day(6))
    assert [(n.night, n.unit_id, n.price) for n in house.nights(moved)] == [
        (house.day(3 + i), house.u102, i + 1) for i in range(3)
    ]
    assert_house_in_order(house.owner)


def test_a_move_may_overlap_where_the_stay_was(house: House) -> None:
    stay = house.stay(1, 4, house.u101)
    moved = house.do(move, stay, unit_id=house.u101, arrival=house.day(2))
    assert [n.night for n in house.nights(moved)] == [house.day(d) for d in (2, 3, 4)]


def test_a_move_onto_a_taken_unit_is_refused(house: House) -> None:
    house.stay(2, 3, house.u102)
    stay = house.stay(1, 4, house.u101)
    with pytest.raises(UnitTaken):
        house.do(move, stay, unit_id=house.u102)
    assert house.nights(stay)[0].unit_id == house.u101


def test_a_move_into_a_full_type_is_refused(house: House) -> None:
    house.do(move, house.stay(1, 3), room_type_id=house.single)
    with pytest.raises(SoldOut):
        house.do(move, house.stay(2, 3), room_type_id=house.single)


def test_an_extension_prices_only_the_added_nights(house: House) -> None:
    stay = house.book(house.room(2, 4, house.u101, prices=[1, 2])).stays[0]
    longer = house.do(change_dates, stay, house.day(1), house.day(5))
    assert [(n.price, n.unit_id) for n in house.nights(longer)] == [(p, house.u101) for p in (9000, 1, 2, 9000)]


def test_an_extension_into_a_neighbour_is_refused(house: House) -> None:
    house.stay(4, 5, house.u101)
    with pytest.raises(UnitTaken):
        house.do(change_dates, house.stay(1, 4, house.u101), house.day(1), house.day(5))


def test_shortening_puts_nights_back_on_sale(house: House) -> None:
    stay = house.stay(1, 4, house.u101)
    house.stay(1, 4, house.u102)
    house.do(change_dates, stay, house.day(1), house.day(2))
    house.stay(2, 4, house.u101)
    assert_house_in_order(house.owner)


@pytest.mark.parametrize(("arrival", "departure"), [(3, 1), (1, 400)])
def test_dates_that_make_no_sense_are_refused(house: House, arrival: int, departure: int) -> None:
    with pytest.raises(BadInput):
        house.do(change_dates, house.stay(1, 4), house.day(arrival), house.day(departure))


def test_a_split_leaves_two_segments(house: House) -> None:
    stay = house.do(split, house.stay(1, 4, house.u101), house.day(2), unit_id=house.u102)
    assert [n.unit_id for n in house.nights(stay)] == [house.u101, house.u102, house.u102]


def test_a_segment_moves_alone(house: House) -> None:
    stay = house.do(split, house.stay(1, 4, house.u101), house.day(2), unit_id=house.u102)
    moved = house.do(move, stay, unit_id=house.u201, from_night=house.day(2))
    assert [n.unit_id for n in house.nights(moved)] == [house.u101, house.u201, house.u201]


@pytest.mark.parametrize("night", [1, 4, 9])
def test_a_split_lies_inside_the_stay(house: House, night: int) -> None:
    with pytest.raises(BadInput) as refused:
        house.do(split, house.stay(1, 4, house.u101), house.day(night), unit_id=house.u102)
    assert refused.value.field == "night"


def test_assigned_and_parked_again(house: House) -> None:
    stay = house.do(assign, house.stay(1, 3), house.u201)
    parked = house.do(unassign, stay)
    assert {(n.unit_id, n.room_type_id) for n in house.nights(parked)} == {(None, house.double)}
    assert_house_in_order(house.owner)


def test_new_prices_are_one_per_night(house: House) -> None:
    stay = house.do(reprice, house.stay(1, 3, house.u101), [5, 6])
    assert [n.price for n in house.nights(stay)] == [5, 6]
    with pytest.raises(BadInput):
        house.do(reprice, stay, [5])


def test_a_party_needs_an_adult(house: House) -> None:
    stay = house.do(change_party, house.stay(1, 3), 1, 2)
    assert (stay.adults, stay.children) == (1, 2)
    with pytest.raises(BadInput):
        house.do(change_party, stay, 0, 2)


def test_the_slower_of_two_is_told_who_was_faster(house: House, rita: Actor) -> None:
    stay = house.stay(1, 3, house.u101)
    seen = stay.version
    house.do(move, stay, unit_id=house.u102, actor=rita)
    stay.version = seen
    with pytest.raises(MovedMeanwhile, match="Rita Desk changed this") as refused:
        house.do(move, stay, unit_id=house.u201)
    assert refused.value.data["event"] == "stay.moved"


def test_a_move_can_be_undone_once(house: House) -> None:
    stay = house.do(move, house.stay(1, 3, house.u101), unit_id=house.u102, arrival=house.day(5))
    back = house.do(undo, stay)
    assert [(n.night, n.unit_id) for n in house.nights(back)] == [(house.day(1), house.u101), (house.day(2), house.u101)]
    assert (back.arrival, back.departure) == (house.day(1), house.day(3))
    with pytest.raises(NothingToUndo):
        house.do(undo, back)


def test_an_undo_after_somebody_elses_change_is_refused(house: House, rita: Actor) -> None:
    stay = house.do(move, house.stay(1, 3, house.u101), unit_id=house.u102)
    mine = stay.version
    house.do(reprice, stay, [1, 1], actor=rita)
    stay.version = mine
    with pytest.raises(NothingToUndo):
        house.do(undo, stay)


def test_an_undo_onto_a_unit_taken_meanwhile_is_refused(house: House) -> None:
    stay = house.do(move, house.stay(1, 3, house.u101), unit_id=house.u102)
    house.stay(1, 3, house.u101)
    with pytest.raises(UnitTaken):
        house.do(undo, stay)


def test_a_cancellation_is_not_undone_as_a_move(house: House) -> None:
    with pytest.raises(NothingToUndo):
        house.do(undo, house.do(cancel, house.stay(1, 3)))


def test_a_cancelled_stay_does_not_move(house: House) -> None:
    with pytest.raises(NotInThisState):
        house.do(move, house.do(cancel, house.stay(1, 3)), unit_id=house.u101)


def in_house(house: House) -> Stay:
    """A guest who came the day before yesterday."""
    return house.do(check_in, house.stay(-2, 2, house.u101))


def test_a_guest_in_house_changes_rooms_from_tonight(house: House) -> None:
    moved = house.do(move, in_house(house), unit_id=house.u102)
    assert [n.unit_id for n in house.nights(moved)] == [house.u101, house.u101, house.u102, house.u102]


@pytest.mark.parametrize(
    "change",
    [
        lambda house, stay: house.do(change_dates, stay, house.day(-1), house.day(2)),
        lambda house, stay: house.do(move, stay, arrival=house.day(0)),
        lambda house, stay: house.do(split, stay, house.day(-1), unit_id=house.u102),
        lambda house, stay: house.do(reprice, stay, [1, 1, 1, 1]),
    ],
    ids=["arrival", "shift", "split", "price"],
)
def test_nights_slept_are_history(house: House, change: Callable[[House, Stay], Stay]) -> None:
    stay = in_house(house)
    with pytest.raises(PastNightsFixed):
        change(house, stay)


def test_a_guest_in_house_can_stay_longer(house: House) -> None:
    longer = house.do(change_dates, in_house(house), house.day(-2), house.day(3))
    assert longer.departure == house.day(3)


def test_the_desk_moves_and_the_accountant_does_not(house: House, rita: Actor, anna: Actor) -> None:
    stay = house.do(move, house.stay(1, 3, house.u101), unit_id=house.u102, actor=rita)
    with pytest.raises(NotPermitted):
        house.do(move, stay, unit_id=house.u101, actor=anna)


def test_dates_are_dates() -> None:
    """A stay over the two days a clock change makes 23 and 25 hours long has as many nights as dates (R-01)."""
    from pms.kernel.dates import nights

    assert len(nights(date(2026, 3, 28), date(2026, 3, 31))) == 3
    assert len(nights(date(2026, 10, 24), date(2026, 10, 27))) == 3
