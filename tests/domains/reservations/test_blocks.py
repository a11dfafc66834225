"""Out of order takes a unit off sale, out of service does not (R-13)."""

import pytest

from pms.inventory.claim import SoldOut
from pms.inventory.models import Block
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotFound, NotPermitted
from pms.reservations.blocks import BlockLifted, change_block, lift_block, place_block
from pms.reservations.models import Reservation
from pms.reservations.nights import UnitTaken
from tests.domains.reservations.conftest import House
from tests.invariants import assert_house_in_order


def block(
    house: House,
    start: int = 1,
    end: int = 3,
    kind: str = "out_of_order",
    reason: str = "Paint",
    oversell: bool = False,
    actor: Actor | None = None,
) -> Block:
    with work(actor or house.owner) as db:
        return place_block(db, house.u101, house.day(start), house.day(end), kind, reason, oversell)


def test_out_of_order_is_not_for_sale(house: House, hana: Actor) -> None:
    block(house, actor=hana)
    house.stay(1, 3)
    with pytest.raises(SoldOut):
        house.stay(2, 3)
    assert_house_in_order(house.owner)


def test_out_of_service_is_for_sale(house: House) -> None:
    block(house, kind="out_of_service")
    house.stay(1, 3, house.u101)
    assert_house_in_order(house.owner)


def test_nobody_is_put_into_a_unit_out_of_order(house: House) -> None:
    block(house)
    with pytest.raises(UnitTaken, match="Paint"):
        house.stay(2, 5, house.u101)


def test_a_unit_with_a_guest_is_not_blocked(house: House) -> None:
    house.stay(2, 4, house.u101)
    with pytest.raises(UnitTaken, match="Kazlauskas"):
        block(house)


def test_who_may_not_see_guests_learns_the_code_of_who_is_in_the_way(house: House, rita: Actor, hana: Actor) -> None:
    with work(rita) as db:
        code = db.one(Reservation, house.stay(2, 4, house.u101).reservation_id).code
    with pytest.raises(UnitTaken, match=code) as refused:
        block(house, actor=hana)
    assert refused.value.data["by"] == code


def test_a_block_that_would_oversell_is_refused_unless_accepted(house: House) -> None:
    house.book(house.room(1, 2), house.room(1, 2))
    with pytest.raises(SoldOut):
        block(house)
    block(house, oversell=True)
    assert_house_in_order(house.owner, oversold_allowed=True)


def test_blocks_do_not_overlap(house: House) -> None:
    block(house)
    with pytest.raises(UnitTaken):
        block(house, 2, 4)


def test_a_lifted_block_gives_the_unit_back_once(house: House) -> None:
    placed = block(house)
    with work(house.owner) as db:
        lift_block(db, placed.id, 1)
    house.book(house.room(1, 3), house.room(1, 3))
    with pytest.raises(BlockLifted), work(house.owner) as db:
        lift_block(db, placed.id, 2)
    assert_house_in_order(house.owner)


def test_a_block_changes_its_nights(house: House) -> None:
    placed = block(house)
    with work(house.owner) as db:
        change_block(db, placed.id, 1, house.day(2), house.day(5), "out_of_order", "Bath")
    house.stay(1, 2, house.u101)
    assert_house_in_order(house.owner)


def test_a_stale_block_is_refused(house: House) -> None:
    placed = block(house)
    with pytest.raises(MovedMeanwhile), work(house.owner) as db:
        change_block(db, placed.id, 7, house.day(2), house.day(5), "out_of_order", "Bath")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("kind", ("broken", "Paint", 1, 2)),
        ("reason", ("out_of_order", " ", 1, 2)),
        ("end_night", ("out_of_order", "Paint", 2, 2)),
        ("end_night", ("out_of_order", "Paint", 0, 5000)),
    ],
)
def test_a_block_that_makes_no_sense_is_refused_at_its_field(house: House, field: str, values: tuple) -> None:
    kind, reason, start, end = values
    with pytest.raises(BadInput) as refused:
        block(house, start, end, kind, reason)
    assert refused.value.field == field


def test_the_accountant_blocks_nothing_and_a_neighbour_sees_nothing(house: House, anna: Actor, otto: Actor) -> None:
    with pytest.raises(NotPermitted):
        block(house, actor=anna)
    with pytest.raises(NotFound):
        block(house, actor=otto)
