"""A question of Airbnb's decides a sale: what is really free answers it, and only one with a booking's number holds rooms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from pms.api.hooks import _take_in
from pms.channels.connections import disconnect, set_state
from pms.channels.models import Connection
from pms.kernel.actor import Actor
from pms.kernel.db import work
from tests.channels.airbnb import signed
from tests.channels.conftest import OnChannel, on_channel
from tests.channels.fake import FakeBooking
from workers.upkeep import release_rooms


@pytest.fixture
def hotel(olga: Actor) -> Iterator[OnChannel]:
    with on_channel(olga, "airbnb") as house:
        house.turn()
        yield house


def said(hotel: OnChannel, method: str, tail: str, told: Any) -> dict[str, Any]:
    url = f"https://pms.example/hooks/{hotel.connection}{tail}"
    body = b"" if told is None else json.dumps(told).encode()
    address = urlsplit(url)
    called = f"{address.path}?{address.query}" if address.query else address.path
    sent = {name.lower(): value for name, value in signed(method, url, body).items()}
    reply = _take_in(hotel.connection, {"host": "pms.example", ":method": method, ":path": called, **sent}, body)
    assert reply.status == 200
    return json.loads(reply.body)


def looks(hotel: OnChannel, first: int, nights: int) -> bool:
    query = f"?action=check_availability&listing_id=room-D&start_date={hotel.day(first)}&nights={nights}"
    return said(hotel, "GET", query, None)["available"]


def asks(hotel: OnChannel, id: str, first: int, end: int, method: str = "POST") -> bool:
    question = hotel.fake.question(FakeBooking(id, [hotel.sale(first, end)]))  # type: ignore[attr-defined]
    return said(hotel, method, f"/{id}" if method == "PUT" else "", question)["succeed"]


def test_a_look_holds_nothing_and_is_answered_anew_each_time(hotel: OnChannel) -> None:
    assert looks(hotel, 2, 2)
    assert hotel.bookings() == {}
    for _ in range(3):
        hotel.book(8, 10)
    assert not looks(hotel, 8, 2)
    assert looks(hotel, 2, 2)


def test_a_question_holds_what_is_free_and_the_booking_takes_it(hotel: OnChannel) -> None:
    assert asks(hotel, "HM1", 2, 4)
    assert hotel.stays("HM1")[0][2] == "tentative"
    sold = FakeBooking("HM1", [hotel.sale(2, 4)])
    told = {"action": "reservation_acceptance_confirmation", "reservation": hotel.fake.reservation(sold)}  # type: ignore[attr-defined]
    assert said(hotel, "POST", "/notification", told) == {"succeed": True}
    assert hotel.stays("HM1") == [(hotel.day(2), hotel.day(4), "confirmed")]


def test_what_is_full_is_not_promised(hotel: OnChannel) -> None:
    for _ in range(3):
        hotel.book(8, 10)
    assert not asks(hotel, "HM1", 8, 10)


def test_a_change_into_full_nights_is_not_promised_and_the_booking_stays_as_it_is(hotel: OnChannel) -> None:
    test_a_question_holds_what_is_free_and_the_booking_takes_it(hotel)
    for _ in range(3):
        hotel.book(8, 10)
    assert not asks(hotel, "HM1", 8, 10, "PUT")
    assert asks(hotel, "HM1", 2, 5, "PUT")
    assert hotel.stays("HM1") == [(hotel.day(2), hotel.day(4), "confirmed")]


@pytest.mark.parametrize("how", ["paused", "ended", "live"])
def test_rooms_held_for_a_question_are_given_back_by_the_clock_whoever_is_spoken_to(hotel: OnChannel, how: str) -> None:
    assert asks(hotel, "HM1", 2, 4)
    with work(hotel.owner) as db:
        if how == "ended":
            disconnect(db, hotel.connection, db.one(Connection, hotel.connection).version)
        else:
            set_state(db, hotel.connection, db.one(Connection, hotel.connection).version, how)  # type: ignore[arg-type]
    release_rooms()
    assert hotel.stays("HM1")[0][2] == "tentative", "a quarter of an hour is not over"
    with work(hotel.owner) as db:
        query = "update channel_booking set held_until = now() - interval '1 second' where connection_id = :id"
        db.execute(text(query), {"id": hotel.connection})
    release_rooms()
    assert hotel.stays("HM1")[0][2] == "cancelled"
