"""What was archived comes back into the house: on sale from today on, if its name is still free."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from pms.inventory.bring_back import TypeIsArchived, bring_back_room_type, bring_back_unit
from pms.inventory.claim import SoldOut
from pms.inventory.units import add_units
from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.kernel.outbox import history
from pms.kernel.refusals import MovedMeanwhile, NotFound, NotPermitted
from pms.properties import property
from pms.properties.models import Property
from pms.properties.queries import archived, properties, structure
from pms.properties.units import UnitNameTaken
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.structure import archive_property, archive_room_type, archive_unit
from tests.builders import Cast, a_property, a_room_type, unit_ids
from tests.invariants import assert_house_in_order

TODAY = today("Europe/Vilnius")


@pytest.fixture
def house(olga: Actor) -> UUID:
    return a_property(olga)


@pytest.fixture
def double(olga: Actor, house: UUID) -> UUID:
    return a_room_type(olga, house, units=["101", "102"])


def _book(by: Actor, house: UUID, kind: UUID) -> None:
    with work(by) as db:
        book(db, Booking(house, GuestDetails("Adams"), [Room(kind, TODAY, TODAY + timedelta(2))]))


def _names(by: Actor, house: UUID) -> list[list[str]]:
    with work(by) as db:
        return [[unit.name for unit in kind.units] for kind in structure(db, house).room_types]


def test_a_unit_comes_back_and_can_be_sold(olga: Actor, house: UUID, double: UUID) -> None:
    first, _ = unit_ids(olga, double)
    _book(olga, house, double)
    with work(olga) as db:
        archive_unit(db, first, 1)
    with pytest.raises(SoldOut):
        _book(olga, house, double)
    with work(olga) as db:
        line = archived(db, house).units[0]
        assert (line.name, line.room_type) == ("101", "Double")
        bring_back_unit(db, line.id, line.version)
    _book(olga, house, double)
    assert _names(olga, house) == [["102", "101"]]
    assert_house_in_order(olga)
    with work(olga) as db:
        assert history(db, first)[0].event == "unit.brought_back"
        assert archived(db, house).units == ()


def test_a_unit_stays_away_when_its_name_was_given_to_another(olga: Actor, house: UUID, double: UUID) -> None:
    first, _ = unit_ids(olga, double)
    with work(olga) as db:
        archive_unit(db, first, 1)
        add_units(db, double, "101")
    with pytest.raises(UnitNameTaken), work(olga) as db:
        bring_back_unit(db, first, 2)


def test_a_room_type_comes_back_with_what_went_along_and_nothing_else(olga: Actor, house: UUID, double: UUID) -> None:
    first, _ = unit_ids(olga, double)
    with work(olga) as db:
        archive_unit(db, first, 1)
    with work(olga) as db:
        archive_room_type(db, double, 1)
    with work(olga) as db:
        found = archived(db, house)
        assert [(one.name, one.units) for one in found.room_types] == [("Double", 1)]
        assert [one.name for one in found.units] == ["101"]
    with pytest.raises(TypeIsArchived), work(olga) as db:
        bring_back_unit(db, first, 2)
    with work(olga) as db:
        bring_back_room_type(db, double, 2)
    assert _names(olga, house) == [["102"]]
    with work(olga) as db:
        bring_back_unit(db, first, 2)
    assert _names(olga, house) == [["102", "101"]]
    _book(olga, house, double)
    assert_house_in_order(olga)


def test_a_room_type_comes_back_whole_or_not_at_all(olga: Actor, house: UUID, double: UUID) -> None:
    with work(olga) as db:
        archive_room_type(db, double, 1)
    other = a_room_type(olga, house, "Single", ["102"])
    with pytest.raises(UnitNameTaken), work(olga) as db:
        bring_back_room_type(db, double, 2)
    assert _names(olga, house) == [["102"]]
    with work(olga) as db:
        archive_room_type(db, other, 1)
        bring_back_room_type(db, double, 2)
    assert _names(olga, house) == [["101", "102"]]


def test_a_property_opens_again_with_its_rooms_and_todays_business_date(olga: Actor, house: UUID, double: UUID) -> None:
    with work(olga) as db:
        archive_property(db, house, 1)
    with pytest.raises(NotFound), work(olga) as db:
        bring_back_room_type(db, double, 1)
    with work(olga) as db:
        property.bring_back(db, house, 2)
        assert [line.id for line in properties(db)] == [house]
        assert db.one(Property, house).business_date == TODAY
        assert history(db, house)[0].event == "property.brought_back"
    _book(olga, house, double)


def test_what_is_in_use_or_was_seen_otherwise_is_not_brought_back(cast: Cast, house: UUID, double: UUID) -> None:
    first, _ = unit_ids(cast.olga, double)
    for verb, id in ((bring_back_unit, first), (bring_back_room_type, double), (property.bring_back, house)):
        with pytest.raises(NotFound), work(cast.olga) as db:
            verb(db, id, 1)  # type: ignore[operator]
        with pytest.raises(MovedMeanwhile), work(cast.olga) as db:
            verb(db, id, 7)  # type: ignore[operator]
        with pytest.raises(NotPermitted), work(cast.rita) as db:
            verb(db, id, 1)  # type: ignore[operator]
