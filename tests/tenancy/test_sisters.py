"""A member limited to one property, and the sister property next to it: out of reach through every verb, as a neighbour's is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pms.kernel.db import work
from pms.kernel.refusals import BadInput, NotFound, NotPermitted, Refusal
from tests.builders import a_cast, a_member
from tests.tenancy.house import House, a_house
from tests.tenancy.verbs import EMPTY, REFUSED

SHARED = ("accounts.", "properties.amenities.", "properties.room_type.create with an", "properties.room_type.change with an")
"""What belongs to the organization: people, keys (tests/domains/accounts say who reaches how far), and amenities."""
GUARDED_ABOVE = {
    "imports.house.house": "imports.run looks at the import's property first",
    "imports.house.build": "imports.run looks at the import's property first",
    "reservations.calendar.segments_in": "the sheet asks chart_house first",
    "reservations.calendar.counted": "the sheet asks chart_house first",
    "reservations.calendar.traffic": "the sheet asks chart_house first",
}
"""Parts of one read or verb that never stand alone, and who keeps strangers from them."""


@pytest.fixture(scope="module")
def sisters(services: None) -> tuple[House, House]:
    """Both Olga's; the second as it looks to somebody who has every permission in it, and in it alone."""
    cast = a_cast()
    hers, his = a_house(cast.olga), a_house(cast.olga)
    limited = a_member(cast.organization_id, "Lena Limited", "manager", [his.property_id])
    return hers, replace(his, actor=limited)


@pytest.mark.parametrize("name", [name for name in REFUSED if not name.startswith(SHARED) and name not in GUARDED_ABOVE])
def test_a_sisters_id_is_refused(name: str, sisters: tuple[House, House]) -> None:
    hers, his = sisters
    with pytest.raises((NotFound, NotPermitted, BadInput)), work(his.actor) as db:
        REFUSED[name](db, hers, his)


@pytest.mark.parametrize("name", [name for name in EMPTY if name not in GUARDED_ABOVE])
def test_a_question_about_a_sister_finds_nothing(name: str, sisters: tuple[House, House]) -> None:
    hers, his = sisters
    try:
        with work(his.actor) as db:
            found = EMPTY[name](db, hers, his)
    except Refusal:
        return
    assert not found
