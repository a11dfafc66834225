"""A channel that does not take our confirmation may go on by e-mail: somebody is told, once, in its words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pms.channels import queries
from pms.channels.apply import settle
from pms.channels.problems import said
from pms.kernel.actor import Actor
from pms.kernel.db import work
from tests.channels.conftest import OnChannel, on_channel
from tests.channels.expedia import FakeExpedia


@pytest.fixture
def hotel(olga: Actor) -> Iterator[OnChannel]:
    with on_channel(olga, "expedia") as house:
        house.turn()
        yield house


def mailed(hotel: OnChannel) -> str:
    assert isinstance(hotel.fake, FakeExpedia)
    id = hotel.fake.sell([hotel.sale(2, 5)])
    assert id is not None
    hotel.fake.mailed.add(id)
    hotel.turn()
    return id


def to_see_to(hotel: OnChannel) -> list[queries.TroubledBooking]:
    with work(hotel.owner) as db:
        return queries.troubled_bookings(db)


def test_a_confirmation_that_is_not_taken_is_something_to_see_to(hotel: OnChannel) -> None:
    id = mailed(hotel)
    (one,) = to_see_to(hotel)
    assert (one.booking, [problem["kind"] for problem in one.problems]) == (id, ["not_thanked"])
    assert "10081 Update refused. It was sent by e-mail." in said(one.problems, "en")
    assert hotel.stays(id) == [(hotel.day(2), hotel.day(5), "confirmed")]


def test_it_is_said_once_however_often_the_channel_offers_the_booking(hotel: OnChannel) -> None:
    id = mailed(hotel)
    hotel.turn()
    (one,) = to_see_to(hotel)
    assert len(one.problems) == 1
    with work(hotel.owner) as db:
        settle(db, one.id, one.version)
    hotel.turn()
    assert to_see_to(hotel) == []
    assert hotel.fake.waiting[0][0] == id, "it is offered still"


def test_what_the_channel_has_heard_already_is_nothing_to_see_to(hotel: OnChannel) -> None:
    hotel.fake.sell([hotel.sale(2, 5)])
    hotel.fake.fault_of = lambda path: "drop_after" if path == "/bc" and hotel.fake.random.random() < 0.5 else None  # type: ignore
    for _ in range(4):
        hotel.turn()
    assert to_see_to(hotel) == []
