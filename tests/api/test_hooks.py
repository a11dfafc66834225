"""The door through which channels come to us: nobody else gets in, and nothing that came is lost."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from pms.api.app import http
from pms.channels import queries
from pms.channels.calls import FORGED_MOST, latest_calls
from pms.channels.connections import disconnect, set_state
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.settings import settings
from tests.channels.channex import SECRET
from tests.channels.conftest import OnChannel, on_channel


@pytest.fixture
def hotel(olga: Actor) -> Iterator[OnChannel]:
    with on_channel(olga, "channex") as house:
        yield house


@pytest.fixture
def client() -> TestClient:
    return TestClient(http)


def wants_to_hear(hotel: OnChannel) -> bool:
    with work(hotel.owner) as db:
        query = "select coalesce(fetch_at <= now(), false) from channel_connection where id = :id"
        return bool(db.execute(text(query), {"id": hotel.connection}).scalar_one())


def test_a_channel_that_says_there_is_news_is_asked_for_it(hotel: OnChannel, client: TestClient) -> None:
    hotel.turn()
    assert not wants_to_hear(hotel)
    answer = client.post(f"/hooks/{hotel.connection}", json={"event": "booking"}, headers={"x-octaspace-secret": SECRET})
    assert answer.status_code == 200
    assert wants_to_hear(hotel)


@pytest.mark.parametrize("headers", [{}, {"x-octaspace-secret": ""}, {"x-octaspace-secret": "guessed"}])
def test_whoever_does_not_know_the_secret_is_turned_away_and_written_down(
    hotel: OnChannel, client: TestClient, headers: dict[str, str]
) -> None:
    hotel.turn()
    assert client.post(f"/hooks/{hotel.connection}", json={}, headers=headers).status_code == 403
    assert not wants_to_hear(hotel)
    with work(hotel.owner) as db:
        (call,) = [one for one in latest_calls(db, hotel.connection) if one.inward]
    assert call.status == 403


def test_a_connection_that_is_not_or_was_ended_hears_nothing(hotel: OnChannel, client: TestClient) -> None:
    assert client.post(f"/hooks/{uuid4()}", json={}).status_code == 404
    assert client.post("/hooks/nonsense", json={}).status_code == 422
    with work(hotel.owner) as db:
        disconnect(db, hotel.connection, 1)
    answer = client.post(f"/hooks/{hotel.connection}", json={}, headers={"x-octaspace-secret": SECRET})
    assert answer.status_code == 404


def test_news_that_come_while_it_is_paused_are_asked_for_afterwards(hotel: OnChannel, client: TestClient) -> None:
    hotel.turn()
    with work(hotel.owner) as db:
        set_state(db, hotel.connection, 1, "paused")
    answer = client.post(f"/hooks/{hotel.connection}", json={}, headers={"x-octaspace-secret": SECRET})
    assert answer.status_code == 200
    assert wants_to_hear(hotel)


@pytest.mark.parametrize("channel", ["trip_com", "airbnb"])
def test_a_booking_brought_while_it_is_paused_is_in_the_books_and_nothing_is_told(olga: Actor, channel: str) -> None:
    with on_channel(olga, channel) as hotel:
        hotel.turn()
        with work(olga) as db:
            set_state(db, hotel.connection, 1, "paused")
        hotel.fake.calls.clear()
        booking = hotel.fake.sell([hotel.sale(2, 4)])
        assert booking
        assert hotel.stays(booking) == [(hotel.day(2), hotel.day(4), "confirmed")]
        hotel.turn()
        assert hotel.fake.calls == []


def test_of_calls_that_anybody_can_make_no_more_than_some_an_hour_are_kept(hotel: OnChannel, client: TestClient) -> None:
    hotel.turn()
    for _ in range(FORGED_MOST + 5):
        assert client.post(f"/hooks/{hotel.connection}", json={}).status_code == 403
    assert client.post(f"/hooks/{hotel.connection}", json={}, headers={"x-octaspace-secret": SECRET}).status_code == 200
    with work(hotel.owner) as db:
        inward = [one for one in queries.calls(db, hotel.connection) if one.inward]
    assert [(one.status, one.times) for one in inward[:3]] == [(200, 1), (403, 6), (403, 1)]
    assert len(inward) == 1 + FORGED_MOST
    with psycopg.connect(settings().libpq_url or "") as conn:
        conn.execute("update channel_call set at = at - interval '1 hour' where connection_id = %s", (hotel.connection,))
    client.post(f"/hooks/{hotel.connection}", json={})
    with work(hotel.owner) as db:
        assert queries.calls(db, hotel.connection)[0].times == 1


def test_more_than_any_booking_is_not_read(hotel: OnChannel, client: TestClient) -> None:
    body = b"x" * (10 * 1024 * 1024 + 1)
    assert client.post(f"/hooks/{hotel.connection}", content=body, headers={"x-octaspace-secret": SECRET}).status_code == 413
