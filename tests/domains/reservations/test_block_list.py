"""The blocks that lie and those to come."""

import pytest

from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.refusals import NotFound
from pms.reservations.block_list import BlockLine, blocks_ahead
from pms.reservations.blocks import lift_block, place_block
from tests.domains.reservations.conftest import House


def _listed(actor: Actor, house: House) -> list[BlockLine]:
    with work(actor) as db:
        return blocks_ahead(db, house.property_id)


def test_past_and_lifted_blocks_are_left_out_and_the_rest_stands_by_date(house: House, hana: Actor, otto: Actor) -> None:
    with work(hana) as db:
        place_block(db, house.u101, house.day(5), house.day(7), "out_of_order", "Paint")
        place_block(db, house.u102, house.day(-3), house.day(1), "out_of_service", "Lamp")
        place_block(db, house.u201, house.day(-9), house.day(0), "out_of_service", "Over")
        lifted = place_block(db, house.u201, house.day(2), house.day(3), "out_of_order", "Lifted")
        lift_block(db, lifted.id, lifted.version)
    lines = _listed(hana, house)
    assert [(line.unit, line.reason, line.present, line.nights, line.created_by) for line in lines] == [
        ("102", "Lamp", True, 4, "Hana Keys"),
        ("101", "Paint", False, 2, "Hana Keys"),
    ]
    with pytest.raises(NotFound):
        _listed(otto, house)
