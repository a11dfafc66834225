"""A connection that ends: everything is closed there first, and what was sold until then is in the books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from pms.channels import inbox, queries
from pms.channels.adapter import Adapter, Received
from pms.channels.adapters import ADAPTERS
from pms.channels.connections import close_and_disconnect, disconnect, set_state
from pms.channels.models import Connection
from pms.kernel.actor import Actor
from pms.kernel.db import work
from tests.channels.channex import FakeChannex
from tests.channels.conftest import NIGHTS, OnChannel, on_channel
from tests.channels.otas import OTAS


@pytest.fixture(params=OTAS)
def everywhere(olga: Actor, request: pytest.FixtureRequest) -> Iterator[OnChannel]:
    with on_channel(olga, request.param) as house:
        yield house


def row(hotel: OnChannel) -> Connection:
    with work(hotel.owner) as db:
        return db.one(Connection, hotel.connection)


def close(hotel: OnChannel) -> None:
    with work(hotel.owner) as db:
        close_and_disconnect(db, hotel.connection, row(hotel).version)


def offered(hotel: OnChannel) -> list[int]:
    return [n for n in range(NIGHTS) if hotel.fake.has([hotel.sale(n, n + 1)])]


def test_everything_is_closed_there_before_a_connection_ends(everywhere: OnChannel) -> None:
    hotel = everywhere
    hotel.turn()
    assert offered(hotel) == [*range(NIGHTS)]
    close(hotel)
    assert row(hotel).archived_at is None
    for _ in range(3):
        hotel.turn()
    assert offered(hotel) == []
    assert all(hotel.shown("room-D", n)["rooms"] == 0 for n in range(NIGHTS))
    assert all(hotel.shown("room-D/rate-D", n)["closed"] for n in range(NIGHTS))
    assert row(hotel).archived_at is not None
    calls = len(hotel.fake.calls)
    assert not hotel.turn(), "it is spoken to no more"
    assert len(hotel.fake.calls) == calls


def test_what_was_sold_there_while_it_was_being_closed_is_in_the_books_before_it_ends(
    everywhere: OnChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the last look at its bookings and the closing, somebody took a room. One that is not asked brings him at once."""
    hotel, adapter, sold = everywhere, ADAPTERS[everywhere.channel], list[str | None]()
    if adapter.poll_seconds is None:
        return
    hotel.turn()
    hotel.fake.hook = ""

    def meanwhile(http: Any, link: Any, message: Any) -> dict[int, str]:
        if not sold:
            sold.append(hotel.fake.sell([hotel.sale(2, 4)]))
        return adapter.send(http, link, message)

    monkeypatch.setitem(cast(dict[str, Adapter], ADAPTERS), hotel.channel, replace(adapter, send=meanwhile))
    close(hotel)
    hotel.tell()
    assert row(hotel).archived_at is None
    for _ in range(4):
        hotel.turn()
    assert row(hotel).archived_at is not None
    assert [status for _, _, status in hotel.stays(str(sold[0]))] == ["confirmed"]
    assert offered(hotel) == []


def test_a_channel_that_cannot_be_reached_is_closed_when_it_can_be_or_ended_all_the_same(hotel: OnChannel) -> None:
    hotel.turn()
    close(hotel)
    for _ in range(4):
        hotel.fake.faults = ["500"] * 4
        hotel.turn()
    with work(hotel.owner) as db:
        line = queries.connection(db, hotel.connection)
        assert (line.state, line.deaf, line.mute) == ("closing", True, True)
    hotel.fake.faults = []
    with work(hotel.owner) as db:
        disconnect(db, hotel.connection, line.version)
    assert row(hotel).archived_at is not None
    assert offered(hotel) == [*range(NIGHTS)]


def test_what_the_channel_does_not_let_itself_be_closed_keeps_the_connection(hotel: OnChannel) -> None:
    assert isinstance(hotel.fake, FakeChannex)
    hotel.turn()
    del hotel.fake.products["room-S"]
    close(hotel)
    for _ in range(3):
        hotel.turn()
    with work(hotel.owner) as db:
        line = queries.connection(db, hotel.connection)
    assert (line.state, line.needs, line.rooms_refused > 0) == ("closing", True, True)
    assert all(hotel.shown("room-D", n)["rooms"] == 0 for n in range(NIGHTS))


def test_a_message_that_cannot_be_taken_in_keeps_the_connection(hotel: OnChannel) -> None:
    hotel.turn()
    with work(hotel.owner) as db:
        inbox.store(db, hotel.connection, [Received("B-1", "r1", "odd")])
    close(hotel)
    for _ in range(3):
        hotel.turn()
    assert (row(hotel).state, row(hotel).archived_at, offered(hotel)) == ("closing", None, [])


def test_a_connection_that_is_kept_after_all_is_told_what_is_true_again(hotel: OnChannel) -> None:
    hotel.turn()
    hotel.fake.faults = ["late", "late", "500"]
    close(hotel)
    hotel.turn()
    assert row(hotel).archived_at is None
    with work(hotel.owner) as db:
        set_state(db, hotel.connection, row(hotel).version, "live")
    hotel.turn()
    assert offered(hotel) == [*range(NIGHTS)]


def test_how_far_the_closing_is_can_be_seen(hotel: OnChannel) -> None:
    hotel.turn()
    close(hotel)
    end = hotel.day(NIGHTS)
    with work(hotel.owner) as db:
        before = queries.synced(db, queries.connection(db, hotel.connection), hotel.first, end)
    hotel.fake.faults = ["late", "late", "500"]
    hotel.turn()
    with work(hotel.owner) as db:
        after = queries.synced(db, queries.connection(db, hotel.connection), hotel.first, end)
    assert (before.accepted, before.done, before.cells) == (0, False, 4 * NIGHTS)
    assert (after.accepted, after.done) == (2 * NIGHTS, False)
