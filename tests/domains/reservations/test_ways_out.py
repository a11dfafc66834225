"""Ways out of an oversold night: who was sold it when, blocks to lift, other types, sister properties; and who may not ask."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest

from pms.inventory.allowance import allow
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.refusals import NotFound, NotPermitted
from pms.rates.load import house_of
from pms.rates.plans import PlanFields, change_plan
from pms.rates.rules import RuleFields, create_rule
from pms.reservations.blocks import place_block
from pms.reservations.book import Room
from pms.reservations.life_cycle import check_in
from pms.reservations.models import Stay
from pms.reservations.move import change_dates, move
from pms.reservations.sold import Terms
from pms.reservations.ways_out import OversoldNight, blocks_to_lift, lacking_nights, other_types, oversold_night, sisters
from tests.builders import a_property, a_room_type
from tests.domains.reservations.conftest import House


def overbook(house: House, nights: int = 4) -> None:
    """One more double may be sold than there are."""
    with work(house.owner) as db:
        allow(db, house.property_id, {(house.double, house.day(n)): 1 for n in range(nights)})


def night(house: House, n: int = 1, actor: Actor | None = None) -> OversoldNight:
    with work(actor or house.owner) as db:
        return oversold_night(db, house.property_id, house.double, house.day(n))


def three(house: House) -> list[Stay]:
    overbook(house)
    return [house.stay(1, 3, house.u101), house.stay(1, 2, house.u102), house.stay(1, 4)]


def test_the_stay_that_came_when_the_house_was_full_is_named(house: House) -> None:
    first, second, third = three(house)
    found = night(house)
    assert (found.rooms, found.too_many) == (2, 1)
    assert [(one.stay_id, one.beyond) for one in found.stays] == [(first.id, False), (second.id, False), (third.id, True)]


def test_a_stay_takes_a_night_when_it_is_moved_there_not_when_it_was_booked(house: House) -> None:
    overbook(house)
    early = house.stay(3, 4)
    house.stay(1, 2, house.u101)
    house.stay(1, 2, house.u102)
    house.do(change_dates, early, house.day(1), house.day(4))
    assert [one.stay_id for one in night(house).stays][-1] == early.id


def test_the_shortest_that_is_not_in_house_is_moved_easiest(house: House) -> None:
    overbook(house)
    here, long, short = house.stay(0, 2, house.u101), house.stay(1, 4, house.u102), house.stay(1, 2)
    house.do(check_in, here)
    assert [one.stay_id for one in night(house).easier_to_move] == [short.id, long.id]


def test_a_block_on_an_empty_unit_can_be_lifted(house: House) -> None:
    with work(house.owner) as db:
        block = place_block(db, house.u102, house.day(1), house.day(2), "out_of_order", "Paint")
        (found,) = blocks_to_lift(db, house.property_id, house.double, house.day(1))
        assert (found.block_id, found.unit, found.reason) == (block.id, "102", "Paint")
        assert blocks_to_lift(db, house.property_id, house.double, house.day(2)) == []


def test_another_type_with_room_on_all_nights_is_a_way_out_and_the_agreed_price_stays(house: House) -> None:
    *_, third = three(house)
    with work(house.owner) as db:
        suite = a_room_type(house.owner, house.property_id, "Suite", 1, base_price=18_000)
        found = other_types(db, third.id)
    (one,) = [way for way in found if way.room_type_id == suite]
    assert (one.room_type, one.free) == ("Suite", 1)
    agreed = [lie.price for lie in house.nights(third)]
    house.do(move, third, room_type_id=suite)
    assert [lie.price for lie in house.nights(third)] == agreed
    assert night(house).too_many == 0


def differences(house: House, stay: Stay) -> dict[str, int | None]:
    with work(house.owner) as db:
        return {one.room_type: one.difference for one in other_types(db, stay.id)}


def test_the_difference_is_as_if_the_stay_were_not_in_the_house_yet(house: House) -> None:
    """Four rooms, three of them taken without the stay: only with itself it would count as full, and pay the dear price."""
    a_room_type(house.owner, house.property_id, "Suite", 1, base_price=18_000)
    *_, third = three(house)
    with work(house.owner) as db:
        rule = RuleFields("Full", "occupancy", occupancy_of="property", occupancy_from=7_500, percent=1_000)
        create_rule(db, house.property_id, rule)
    assert differences(house, third)["Suite"] == (18_000 - 9_000) * 3


def test_the_difference_is_of_the_channel_the_stay_came_by(house: House) -> None:
    overbook(house)
    a_room_type(house.owner, house.property_id, "Suite", 1, base_price=18_000)
    with work(house.owner) as db:
        plan = house_of(db, house.property_id).default_plan_id
        assert plan
        change_plan(db, plan, 1, PlanFields("FLEX", "Flexible", markups={"website": {"percent": 1_000}}))
    came = house.book(house.room(1, 2, terms=Terms(plan, channel="website"))).stays[0]
    assert differences(house, came)["Suite"] == 19_800 - 9_900


def test_a_stay_knows_its_nights_without_a_room(house: House) -> None:
    first, _, third = three(house)
    with work(house.owner) as db:
        assert lacking_nights(db, third.id) == lacking_nights(db, first.id)[:1] == [(house.double, house.day(1))]


def test_whoever_may_not_see_guests_is_told_no_names(house: House) -> None:
    three(house)
    assert {one.guest for one in night(house).stays} == {"Jonas Kazlauskas"}
    assert {one.guest for one in night(house, actor=house.owner.without("guest.view")).stays} == {""}


def test_a_sister_with_other_money_is_none(house: House) -> None:
    *_, third = three(house)
    abroad = a_property(house.owner, "Abroad", currency="USD")
    a_room_type(house.owner, abroad, "Double", 2)
    with work(house.owner) as db:
        assert sisters(db, third.id) == []


def test_a_type_that_is_full_on_one_night_is_no_way_out(house: House) -> None:
    *_, third = three(house)
    suite = a_room_type(house.owner, house.property_id, "Suite", 1, base_price=18_000)
    house.book(Room(suite, house.day(3), house.day(4)))
    with work(house.owner) as db:
        assert suite not in {one.room_type_id for one in other_types(db, third.id)}


def test_a_sister_with_room_is_named_to_those_who_work_there(house: House) -> None:
    *_, third = three(house)
    other = a_property(house.owner, "Hillside")
    a_room_type(house.owner, other, "Double", 2)
    with work(house.owner) as db:
        assert [(one.property_id, one.free) for one in sisters(db, third.id) if one.property_id == other] == [(other, 2)]


def test_sisters_take_the_same_number_of_statements_however_many_there_are(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    *_, third = three(house)
    seen: list[object] = []
    execute = psycopg.Cursor.execute
    monkeypatch.setattr(psycopg.Cursor, "execute", lambda *args, **more: seen.append(args[1]) or execute(*args, **more))
    counts = []
    for n in range(3):
        a_room_type(house.owner, a_property(house.owner, f"Hillside {n}"), "Double", 2)
        with work(house.owner) as db:
            seen.clear()
            assert len(sisters(db, third.id)) > n
            counts.append(len(seen))
    assert counts[0] == counts[2]


def test_nobody_learns_of_what_is_not_theirs(house: House) -> None:
    three(house)
    for read in (
        lambda db: oversold_night(db, house.property_id, uuid4(), house.day(1)),
        lambda db: other_types(db, uuid4()),
        lambda db: sisters(db, uuid4()),
    ):
        with work(house.owner) as db, pytest.raises((NotFound, NotPermitted)):
            read(db)
