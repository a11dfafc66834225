"""Properties: create, change, archive; and what the lists show."""

from dataclasses import replace
from datetime import time

import pytest

from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.kernel.outbox import history
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotFound, NotPermitted
from pms.properties import property
from pms.properties.models import Property
from pms.properties.property import CurrencyInUse, PropertyFields
from pms.properties.queries import properties, structure
from tests.builders import Cast, a_member, a_property, a_room_type

SEASIDE = PropertyFields("Seaside", "lt", "Europe/Vilnius", "eur", time(14), time(12), "Palanga")


def _create(by: Actor, fields: PropertyFields = SEASIDE) -> Property:
    with work(by) as db:
        return property.create(db, fields)


def test_a_new_property_starts_today_on_its_wall(olga: Actor) -> None:
    row = _create(olga, replace(SEASIDE, timezone="Pacific/Auckland"))
    assert row.business_date == today("Pacific/Auckland")
    assert (row.country, row.currency, row.check_in_time, row.city) == ("LT", "EUR", time(14), "Palanga")
    with work(olga) as db:
        assert history(db, row.id)[0].event == "property.created"


def test_the_timezone_can_change_and_the_journal_says_so(olga: Actor) -> None:
    row = _create(olga)
    with work(olga) as db:
        changed = property.change(db, row.id, row.version, replace(SEASIDE, timezone="Europe/Riga"))
        assert changed.version == row.version + 1
        entry = history(db, row.id)[0]
    assert entry.event == "property.changed"
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["timezone"], entry.after["timezone"]) == ("Europe/Vilnius", "Europe/Riga")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "S" * 121),
        ("country", "XX"),
        ("country", "EU"),
        ("country", "Lithuania"),
        ("country", "12"),
        ("timezone", "Europe/Atlantis"),
        ("timezone", "localtime"),
        ("timezone", "../etc/passwd"),
        ("currency", "EURO"),
        ("currency", "X1X"),
    ],
)
def test_what_does_not_exist_is_refused(olga: Actor, field: str, value: str) -> None:
    with pytest.raises(BadInput) as refusal:
        _create(olga, replace(SEASIDE, **{field: value}))  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_the_currency_stays_once_rooms_have_prices(olga: Actor) -> None:
    row = _create(olga)
    with work(olga) as db:
        row = property.change(db, row.id, row.version, replace(SEASIDE, currency="PLN"))
    a_room_type(olga, row.id)
    with pytest.raises(CurrencyInUse), work(olga) as db:
        property.change(db, row.id, row.version, SEASIDE)


def test_whoever_was_slower_learns_who_was_faster(olga: Actor) -> None:
    row = _create(olga)
    with work(olga) as db:
        property.change(db, row.id, row.version, replace(SEASIDE, name="Sunside"))
    with pytest.raises(MovedMeanwhile) as refusal, work(olga) as db:
        property.change(db, row.id, row.version, SEASIDE)
    assert refusal.value.data["by"] == "Olga Owner"


def test_the_desk_builds_nothing(rita: Actor, olga: Actor) -> None:
    row = _create(olga)
    with pytest.raises(NotPermitted):
        _create(rita)
    with pytest.raises(NotPermitted), work(rita) as db:
        property.change(db, row.id, row.version, SEASIDE)


def test_a_manager_of_some_properties_changes_those_and_opens_none(cast: Cast) -> None:
    here, there = a_property(cast.olga), a_property(cast.olga)
    lena = a_member(cast.organization_id, "Lena Local", "manager", [here])
    with work(lena) as db:
        assert property.change(db, here, 1, SEASIDE).name == "Seaside"
    with pytest.raises(NotPermitted), work(lena) as db:
        property.change(db, there, 1, SEASIDE)
    with pytest.raises(NotPermitted):
        _create(lena)


def test_the_list_shows_the_actors_properties_in_order(cast: Cast) -> None:
    first, second = _create(cast.olga).id, _create(cast.olga, replace(SEASIDE, name="Annex")).id
    a_room_type(cast.olga, second, units=4)
    a_property(cast.otto)
    lena = a_member(cast.organization_id, "Lena Local", "manager", [second])
    with work(cast.olga) as db:
        assert [(line.id, line.room_types, line.units) for line in properties(db)] == [(first, 0, 0), (second, 1, 4)]
    with work(lena) as db:
        assert [line.id for line in properties(db)] == [second]


def test_the_structure_of_one_property(olga: Actor) -> None:
    house = a_property(olga)
    a_room_type(olga, house, "Double", units=["102", "101"])
    a_room_type(olga, house, "Dorm", units=3, unit_type="bed")
    with work(olga) as db:
        found = structure(db, house)
    assert (found.property.id, found.property.units) == (house, 5)
    assert {line.name: [unit.name for unit in line.units] for line in found.room_types} == {
        "Double": ["102", "101"],
        "Dorm": ["Dorm 1", "Dorm 2", "Dorm 3"],
    }


def test_the_structure_of_others_stays_theirs(cast: Cast) -> None:
    here, there = a_property(cast.olga), a_property(cast.olga)
    lena = a_member(cast.organization_id, "Lena Local", "manager", [here])
    with pytest.raises(NotPermitted), work(lena) as db:
        structure(db, there)
    with pytest.raises(NotFound), work(cast.otto) as db:
        structure(db, here)


def test_properties_stand_in_the_order_people_put_them(cast: Cast) -> None:
    first, second = _create(cast.olga), _create(cast.olga, replace(SEASIDE, name="Dunes"))
    with work(cast.olga) as db:
        property.reorder(db, [second.id, first.id])
        assert [line.name for line in properties(db)] == ["Dunes", "Seaside"]
        assert history(db, cast.organization_id)[0].event == "property.reordered"
    with pytest.raises(NotFound), work(cast.otto) as db:
        property.reorder(db, [first.id])
    limited = a_member(cast.organization_id, "Mina", "manager", [first.id])
    with pytest.raises(NotPermitted), work(limited) as db:
        property.reorder(db, [first.id])
