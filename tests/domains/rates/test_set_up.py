"""The first visit, all or nothing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from pms.accounts.sessions import WrongCredentials, actor_from_token, sign_in
from pms.kernel.db import work
from pms.kernel.refusals import BadInput, Refusal
from pms.properties.property import PropertyFields
from pms.properties.queries import properties, structure
from pms.properties.room_type import RoomTypeFields
from pms.properties.unit_names import RangeBackwards
from pms.properties.units import UnitNameTaken
from pms.rates.set_up import AlreadySetUp, NewRoomType, SetUp, is_empty, set_up
from tests.builders import PASSWORD

DETAILS = SetUp(
    organization="Seaside Hotels",
    owner_name="Olga Owner",
    owner_email="olga@example.com",
    owner_password=PASSWORD,
    property=PropertyFields("Seaside", "LT", "Europe/Vilnius", "EUR"),
    room_types=(
        NewRoomType(RoomTypeFields("Double", base_price=9_000), "101-112"),
        NewRoomType(RoomTypeFields("Dorm bed", unit_type="bed", adults=1, base_price=2_500), "D1-D6"),
    ),
    locale="lt",
)


def test_the_first_visit_builds_everything_and_signs_the_owner_in(empty_database: str) -> None:
    assert is_empty()
    signed_in = set_up(DETAILS, user_agent="Firefox")
    assert not is_empty()
    actor = actor_from_token(signed_in.token)
    assert actor == signed_in.actor
    assert (actor.name, actor.membership_role, actor.locale) == ("Olga Owner", "owner", "lt")
    with work(actor) as db:
        (house,) = properties(db)
        types = structure(db, house.id).room_types
        events = db.scalars(text("select event from journal order by id")).all()
    assert [(line.name, len(line.units)) for line in types] == [("Double", 12), ("Dorm bed", 6)]
    assert types[0].units[0].name == "101"
    assert events[:3] == ["session.started", "organization.opened", "property.created"]
    assert events[3:5] == ["rate_plan.created", "room_type.created"]
    assert sign_in("olga@example.com", PASSWORD)


def test_a_second_set_up_is_refused_but_not_to_the_command_line(empty_database: str) -> None:
    set_up(DETAILS)
    with pytest.raises(AlreadySetUp):
        set_up(replace(DETAILS, owner_email="other@example.com"))
    other = set_up(replace(DETAILS, owner_email="other@example.com"), beside_others=True)
    assert other.actor.name == "Olga Owner"


def test_somebody_known_opens_a_second_organization_with_their_own_password(empty_database: str) -> None:
    first = set_up(DETAILS)
    with pytest.raises(WrongCredentials):
        set_up(replace(DETAILS, owner_password="somebody else's"), beside_others=True)
    second = set_up(DETAILS, beside_others=True)
    assert second.actor.id == first.actor.id
    assert second.actor.organization_id != first.actor.organization_id


def test_of_two_visitors_at_once_one_wins(empty_database: str) -> None:
    def attempt(n: int) -> bool:
        try:
            set_up(replace(DETAILS, owner_email=f"olga{n}@example.com"))
        except AlreadySetUp:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [False, False, False, True]


@pytest.mark.parametrize(
    ("details", "refusal", "field"),
    [
        (replace(DETAILS, organization=""), BadInput, "organization"),
        (replace(DETAILS, owner_name=""), BadInput, "owner_name"),
        (replace(DETAILS, owner_email="olga"), BadInput, "owner_email"),
        (replace(DETAILS, owner_password="short"), BadInput, "owner_password"),
        (replace(DETAILS, property=replace(DETAILS.property, timezone="Mars")), BadInput, "property_timezone"),
        (replace(DETAILS, room_types=(DETAILS.room_types[0],) * 2), UnitNameTaken, "room_types.1.units"),
        (
            replace(DETAILS, room_types=(replace(DETAILS.room_types[0], units="9-7"),)),
            RangeBackwards,
            "room_types.0.units",
        ),
    ],
)
def test_a_refusal_names_the_field_and_leaves_nothing_behind(
    empty_database: str, details: SetUp, refusal: type[Refusal], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        set_up(details)
    assert refused.value.field == field
    assert is_empty()
    assert set_up(DETAILS)
