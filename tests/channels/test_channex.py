"""Channex is told what is true, and its lists are read to their ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pms.channels.adapters.channex import CHANNEX
from pms.channels.changes import Change
from tests.channels.channex import FakeChannex
from tests.channels.line import OPEN, Line, day, line

ROOM, RATE = "room-D", "room-D/rate-D"


@pytest.fixture
def there() -> Iterator[Line[FakeChannex]]:
    fake = FakeChannex()
    fake.add("room-D", ["rate-D"])
    with line(CHANNEX, fake, ROOM, RATE) as line_there:
        yield line_there


def test_rooms_prices_and_restrictions_arrive_on_their_nights_and_no_others(there: Line[FakeChannex]) -> None:
    refused = there.tell(
        Change(there.room, day(0), day(2), {"rooms": 3}),
        Change(there.rate, day(0), day(1), {"price": 9_950, "price_1": 8_000, "price_2": 9_950}),
        Change(there.rate, day(1), day(2), {**OPEN, "min_stay": 2, "closed": 1}),
    )
    assert refused == {}
    assert [there.shown(ROOM, n) for n in range(-1, 4)] == [{}, {"rooms": 3}, {"rooms": 3}, {"rooms": 3}, {}]
    assert there.shown(RATE, 0) == {"price": 9_950}
    assert there.shown(RATE, 1) == {"price": 9_950, **OPEN, "min_stay": 2, "closed": 1}


def test_a_plan_by_guests_is_told_a_price_for_each_number_of_them(there: Line[FakeChannex]) -> None:
    there.fake.per_person, there.fake.credentials["pricing"] = {"rate-D"}, "per_person"
    refused = there.tell(Change(there.rate, day(0), day(1), {"price": 9_950, "price_1": 8_000, "price_3": 12_005}))
    assert refused == {}
    assert there.shown(RATE, 1) == {"price_1": 8_000, "price_2": 9_950, "price_3": 12_005}


def test_a_plan_of_the_other_kind_refuses_its_prices_by_night(there: Line[FakeChannex]) -> None:
    there.fake.per_person = {"rate-D"}
    refused = there.tell(Change(there.rate, day(0), day(0), {"price": 9_950}), Change(there.rate, day(0), day(0), OPEN))
    assert set(refused) == {(there.rate, day(0))}
    assert there.shown(RATE, 0) == OPEN


def test_what_a_plan_with_one_price_has_no_place_for_is_not_sent(there: Line[FakeChannex]) -> None:
    silent = Change(there.rate, day(0), day(0), {"price_3": 12_005})
    refused = there.tell(silent, Change(there.rate, day(1), day(1), {"price": 0}))
    assert refused == {(there.rate, day(1)): "rate: must be greater than 0"}
    assert there.tell(silent) == {}
    assert len(there.fake.calls) == 1


def test_a_house_of_more_plans_than_a_page_holds_is_read_to_the_end(there: Line[FakeChannex]) -> None:
    there.fake.add("room-D", [f"rate-{n}" for n in range(199)])
    found = there.adapter.remote(there.http, there.link)
    assert len({one.remote_id for one in found}) == 201


def test_the_calendar_is_read_back_but_for_prices_by_guests(there: Line[FakeChannex]) -> None:
    there.tell(Change(there.rate, day(0), day(0), {"price": 9_950}), Change(there.rate, day(0), day(0), OPEN))
    shown = there.adapter.shown(there.http, there.link, day(0), 1)
    assert shown is not None
    assert shown[there.rate, day(0)] == {"price": 9_950, **OPEN}
    there.fake.credentials["pricing"] = "per_person"
    shown = there.adapter.shown(there.http, there.link, day(0), 1)
    assert shown is not None
    assert shown[there.rate, day(0)] == OPEN


def test_a_property_with_one_price_is_said_not_to_know_prices_by_guests(there: Line[FakeChannex]) -> None:
    assert "occupancy" not in there.adapter.knows_of({"pricing": "per_room"})
    assert "occupancy" not in there.adapter.knows_of({})
    assert "occupancy" in there.adapter.knows_of({"pricing": "per_person"})
