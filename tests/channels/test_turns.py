"""Whatever happens while a channel is being spoken to, nothing of it is forgotten."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import select

from pms.channels import conversation, inbox, queries, turns
from pms.channels.adapter import Adapter, Link, Message, Received
from pms.channels.adapters import ADAPTERS
from pms.channels.adapters.channex import CHANNEX
from pms.channels.changes import Change
from pms.channels.connections import disconnect, keep_credentials, link_of, opened, set_state, tell_everything, unmap_product
from pms.channels.models import Connection, Product
from pms.kernel.actor import RELAY, Actor, job_actor
from pms.kernel.db import work
from pms.rates.cells import Edit, change_cells
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.life_cycle import cancel
from tests.channels.channex import FakeChannex
from tests.channels.conftest import OnChannel, on_channel
from tests.channels.fake import Answer, Call
from workers.channels import speak


class Killed(BaseException):
    """The process ends here."""


def at(hotel: OnChannel, method: str, path: str, happens: Callable[[], object]) -> None:
    """The next time the channel is asked that, something happens in the house before it answers."""
    do = hotel.fake.do

    def interrupted(call: Call, half: bool = False) -> Answer:
        if (call.method, call.path) == (method, path):
            hotel.fake.do = do  # type: ignore[method-assign]
            happens()
        return do(call, half)

    hotel.fake.do = interrupted  # type: ignore[method-assign]


def row(hotel: OnChannel) -> Connection:
    with work(hotel.owner) as db:
        return db.one(Connection, hotel.connection)


def put(hotel: OnChannel, values: str) -> None:
    with work(hotel.owner) as db:
        db.execute(text(f"update channel_connection set {values} where id = :id"), {"id": hotel.connection})


def one_turn(hotel: OnChannel) -> bool:
    """A turn in which only that is due which is."""
    assert hotel.owner.organization_id is not None
    return speak(job_actor(hotel.owner.organization_id, "channels"), hotel.connection, hotel.channel, hotel.nights)


def is_due(hotel: OnChannel) -> bool:
    with work(RELAY) as db:
        return hotel.connection in {id for _, id, _ in turns.due(db)}


def price(hotel: OnChannel, n: int, amount: int | None) -> None:
    with work(hotel.owner) as db:
        change_cells(db, hotel.property_id, [Edit((hotel.plan, hotel.double, hotel.day(n)), {"price": amount})])


def spread(hotel: OnChannel, journal_id: int) -> None:
    with work(RELAY) as db:
        turns.spread(db, [(hotel.property_id, journal_id, False)])


def test_what_is_committed_after_a_later_row_of_the_journal_is_news_all_the_same(hotel: OnChannel) -> None:
    hotel.turn()
    spread(hotel, 1_000_001)
    one_turn(hotel)
    assert not is_due(hotel)
    spread(hotel, 1_000_000)
    assert is_due(hotel)


def oversell(hotel: OnChannel, first: int, end: int, times: int) -> list[UUID]:
    with work(hotel.owner) as db:
        room = Room(hotel.double, hotel.day(first), hotel.day(end))
        wanted = [Booking(hotel.property_id, GuestDetails("Adams"), [room]) for _ in range(times)]
        return [book(db, one, force=True).stays[0].id for one in wanted]


def closed(hotel: OnChannel) -> list[int]:
    return [n for n in range(hotel.nights) if hotel.shown("room-D/rate-D", n).get("closed")]


def test_a_night_that_is_oversold_is_closed_in_the_turn_that_tells_its_rooms_and_opened_likewise(hotel: OnChannel) -> None:
    """Neither is a change of prices or restrictions, which alone are looked at less often."""
    hotel.turn()
    stays = oversell(hotel, 2, 4, 4)
    spread(hotel, 1_000_001)
    one_turn(hotel)
    assert closed(hotel) == [2, 3]
    with work(hotel.owner) as db:
        cancel(db, stays[0], None)
    spread(hotel, 1_000_002)
    one_turn(hotel)
    assert (closed(hotel), hotel.shown("room-D", 2)["rooms"]) == ([], 0)


def test_a_night_that_is_oversold_is_closed_although_the_process_died_after_telling_its_rooms(
    hotel: OnChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotel.turn()
    oversell(hotel, 2, 4, 4)
    spread(hotel, 1_000_001)

    def say(one: conversation.Conversation, http: Any, link: Any, part: Any, **more: Any) -> bool:
        if part == "rates":
            raise Killed
        return told(one, http, link, part, **more)

    told = conversation.Conversation._say
    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr(conversation.Conversation, "_say", say)
        one_turn(hotel)
    assert (closed(hotel), hotel.shown("room-D", 2)["rooms"]) == ([], 0)
    put(hotel, "turn_until = null")
    assert is_due(hotel)
    one_turn(hotel)
    assert closed(hotel) == [2, 3]


def test_a_night_oversold_while_prices_are_told_is_closed_before_the_rest_of_them(
    hotel: OnChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def singly(link: Link, changes: Sequence[Change]) -> list[Message]:
        ordered = sorted(changes, key=lambda change: not change.values.get("closed"))
        return [message for change in ordered for message in CHANNEX.messages(link, [change])]

    def send_and_then(http: Any, link: Any, message: Message) -> dict[int, str]:
        refused = CHANNEX.send(http, link, message)
        said.extend("closed" if change.values.get("closed") else message.path for change in message.changes)
        if len(said) == 1:
            oversell(hotel, 2, 4, 4)
            hotel.news()
        return refused

    hotel.turn()
    monkeypatch.setitem(cast(dict[str, Adapter], ADAPTERS), "channex", replace(CHANNEX, messages=singly, send=send_and_then))
    for n in (6, 10, 14):
        price(hotel, n, 12_000)
    hotel.turn()
    assert said == ["/restrictions", "/availability"]
    hotel.turn()
    assert said[2] == "closed"
    for _ in range(3):  # no more calls were allowed at once
        hotel.turn()
    assert [hotel.shown("room-D/rate-D", n)["price"] for n in (6, 10, 14)] == [12_000] * 3


def test_a_full_sync_asked_for_during_a_turn_is_done_after_it(hotel: OnChannel) -> None:
    hotel.turn()

    def ask() -> None:
        hotel.fake.calendar.clear()
        with work(hotel.owner) as db:
            tell_everything(db, hotel.connection)

    price(hotel, 3, 12_000)
    at(hotel, "POST", "/restrictions", ask)
    hotel.turn()
    put(hotel, "calls_left = null")
    assert is_due(hotel)
    one_turn(hotel)
    assert hotel.shown("room-D", 0) == {"rooms": 3}
    assert hotel.shown("room-D/rate-D", 4)["price"] == 10_000


def test_what_was_brought_and_not_taken_in_when_the_process_died_is_taken_in_later(
    olga: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A channel that brings its bookings is not asked by the clock."""
    with on_channel(olga, "trip_com") as hotel:
        hotel.turn()
        assert olga.organization_id is not None
        with work(job_actor(olga.organization_id, "channels")) as db:
            inbox.store(db, hotel.connection, [Received("B-1", "r1", "odd")])
            turns.heard_news(db, hotel.connection)

        def die(*_: Any) -> bool:
            raise Killed

        with monkeypatch.context() as patch, suppress(Killed):
            patch.setattr(conversation, "take_in_waiting", die)
            one_turn(hotel)
        assert row(hotel).fetch_at is not None
        put(hotel, "fetch_at = fetch_at - interval '1 hour'")
        one_turn(hotel)
        assert [one.state for one in hotel.messages()] == ["stuck"]
        assert row(hotel).fetch_at is None


def test_news_that_come_while_the_channel_is_asked_are_asked_for(hotel: OnChannel) -> None:
    def call() -> None:
        assert hotel.owner.organization_id is not None
        with work(job_actor(hotel.owner.organization_id, "channels")) as db:
            turns.heard_news(db, hotel.connection)

    at(hotel, "GET", "/booking_revisions/feed", call)
    hotel.turn()
    assert is_due(hotel)


def test_that_bookings_are_heard_does_not_end_the_rest_that_telling_was_asked_for(hotel: OnChannel) -> None:
    hotel.turn()
    price(hotel, 3, 12_000)
    hotel.fake.faults = ["late", "500"]
    hotel.turn()
    asked = row(hotel).rest_until
    put(hotel, "fetch_at = now()")
    one_turn(hotel)
    assert asked is not None
    assert (row(hotel).rest_until, row(hotel).tell_failures) == (asked, 1)
    hotel.hurry()
    one_turn(hotel)
    assert (row(hotel).rest_until, row(hotel).tell_failures) == (None, 0)


def test_a_connection_paused_during_a_turn_is_told_nothing_more(hotel: OnChannel) -> None:
    def pause() -> None:
        with work(hotel.owner) as db:
            set_state(db, hotel.connection, 1, "paused")

    at(hotel, "POST", "/availability", pause)
    hotel.turn()
    assert "/restrictions" not in {path for _, path, _ in hotel.fake.calls}
    with work(hotel.owner) as db:
        set_state(db, hotel.connection, 2, "live")
    put(hotel, "calls_left = null")
    one_turn(hotel)
    assert hotel.shown("room-D/rate-D", 3)["price"] == 10_000


def test_what_arrives_after_the_turn_was_lost_does_not_stay(hotel: OnChannel) -> None:
    """A speaker was held up in the middle of a word; another told something newer, and then the old word came through."""
    hotel.turn()
    price(hotel, 3, 12_000)

    def overtake() -> None:
        price(hotel, 3, None)
        hotel.fake.lock.release()  # it answers both
        hotel.turn()
        hotel.fake.lock.acquire()

    at(hotel, "POST", "/restrictions", overtake)
    hotel.turn()
    assert hotel.shown("room-D/rate-D", 3)["price"] == 12_000
    hotel.hurry()
    put(hotel, "calls_left = null")
    assert is_due(hotel)
    one_turn(hotel)
    assert hotel.shown("room-D/rate-D", 3)["price"] == 10_000


def test_what_is_unmapped_while_it_is_told_breaks_nothing_off(hotel: OnChannel) -> None:
    def unmap() -> None:
        with work(hotel.owner) as db:
            for product in db.scalars(select(Product).where(Product.room_type_id == hotel.single)):
                unmap_product(db, product.id)

    at(hotel, "POST", "/availability", unmap)
    hotel.turn()
    assert (row(hotel).hear_failures, row(hotel).tell_failures) == (0, 0)
    hotel.turn()
    assert hotel.shown("room-D/rate-D", 3)["price"] == 10_000


def test_an_ended_connection_gets_no_credentials_any_more(hotel: OnChannel) -> None:
    with work(hotel.owner) as db:
        disconnect(db, hotel.connection, 1)
    with work(hotel.owner) as db:
        keep_credentials(db, hotel.connection, {"refresh_token": "new"}, {})
    assert opened(row(hotel)) == {}


def alarms(hotel: OnChannel) -> list[tuple[str, str]]:
    """What people were told of its being out of reach, and of which part."""
    with work(hotel.owner) as db:
        events = "('channel_connection.unreachable', 'channel_connection.recovered')"
        found = db.execute(text(f"select event, after->>'part' from journal where event in {events} order by id"))
        return [(event.partition(".")[2], part) for event, part in found]


@contextmanager
def broken(hotel: OnChannel, method: str, path: str) -> Iterator[None]:
    """The channel cannot do that meanwhile."""
    do = hotel.fake.do
    hotel.fake.do = lambda call, half=False: (  # type: ignore[method-assign]
        Answer(500) if (call.method, call.path) == (method, path) else do(call, half)
    )
    yield
    hotel.fake.do = do  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("part", "method", "path"), [("hear", "GET", "/booking_revisions/feed"), ("tell", "POST", "/restrictions")]
)
def test_what_fails_is_told_although_the_rest_works_and_so_is_that_it_works_again(
    hotel: OnChannel, part: str, method: str, path: str
) -> None:
    hotel.turn()
    with broken(hotel, method, path):
        for n in range(turns.ALARM_AFTER + 1):
            price(hotel, 3, 12_000 + n)
            hotel.turn()
    assert alarms(hotel) == [("unreachable", part)]
    with work(hotel.owner) as db:
        line = queries.connection(db, hotel.connection)
    assert (line.deaf, line.mute) == (part == "hear", part == "tell")
    hotel.turn()
    assert alarms(hotel) == [("unreachable", part), ("recovered", part)]


def test_a_mistake_of_ours_in_hearing_keeps_nothing_from_being_told(hotel: OnChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "unacknowledged", lambda *_: 1 / 0)
    hotel.turn()
    assert hotel.shown("room-D/rate-D", 3)["price"] == 10_000
    assert (row(hotel).hear_failures, row(hotel).tell_failures) == (1, 0)


def test_a_channel_that_cannot_be_compared_with_is_left_alone_for_a_while(hotel: OnChannel) -> None:
    hotel.turn()
    put(hotel, "compare_at = now(), fetch_at = now() + interval '1 hour'")
    with broken(hotel, "GET", "/availability"):
        one_turn(hotel)
    assert row(hotel).tell_failures == 1
    put(hotel, "fetch_at = now() + interval '1 hour'")
    assert not is_due(hotel)


def test_a_long_queue_is_taken_in_over_turns_and_keeps_nothing_from_being_told(
    hotel: OnChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotel.turn()
    monkeypatch.setattr(conversation, "HEAR_SECONDS", 0.0)
    ids = [hotel.fake.sell([hotel.sale(n, n + 1)]) for n in range(3)]
    price(hotel, 3, 12_000)
    hotel.turn()
    assert len(hotel.bookings()) == 1
    assert hotel.shown("room-D/rate-D", 3)["price"] == 12_000
    for _ in ids[1:]:
        assert is_due(hotel)
        one_turn(hotel)
    assert set(hotel.bookings()) == set(ids)
    assert hotel.fake.waiting == []
    assert not is_due(hotel)


def test_calls_are_counted_for_all_processes(hotel: OnChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the turn before said counts, whoever has it now."""
    monkeypatch.setitem(cast(dict[str, Adapter], ADAPTERS), "channex", replace(CHANNEX, calls_most=(4, 3600.0)))
    hotel.turn()
    hotel.fake.calls.clear()
    price(hotel, 3, 12_000)
    put(hotel, "swept_at = null")
    one_turn(hotel)
    assert not [path for method, path, _ in hotel.fake.calls if method == "POST"]
    assert (row(hotel).tell_failures, bool(row(hotel).rest_until)) == (0, True)
    put(hotel, "rest_until = null, calls_at = calls_at - interval '1 hour'")
    one_turn(hotel)
    assert hotel.shown("room-D/rate-D", 3)["price"] == 12_000


def test_who_takes_a_message_in_and_who_has_the_turn_do_not_wait_for_each_other(hotel: OnChannel) -> None:
    """The channel brings a booking while it is fetched a second time: the connection first, then its messages, for both."""
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 5)])
    assert id is not None
    assert isinstance(hotel.fake, FakeChannex)
    assert hotel.owner.organization_id is not None
    actor, told = job_actor(hotel.owner.organization_id, "channels"), hotel.fake.revision(id, 1)
    received = [Received(id, told["id"], json.dumps(told), told["id"])]
    with work(actor) as db:
        inbox.store(db, hotel.connection, received)
        (message,) = inbox.brought(db, hotel.connection, received)
        link = link_of(db, db.one(Connection, hotel.connection), lambda *_: None)
    with ThreadPoolExecutor(1) as pool:
        with work(actor) as db:
            db.execute(text("update channel_connection set turn_until = null where id = :id"), {"id": hotel.connection})
            done = pool.submit(conversation.take_in, actor, hotel.connection, message, CHANNEX, link)
            while not done.done() and not db.execute(text("select 1 from pg_locks where not granted")).first():
                time.sleep(0.01)
            inbox.store(db, hotel.connection, received)
        outcome = done.result(20)
    assert outcome is not None
    assert (outcome.done, hotel.stays(id)) == ("applied", [(hotel.day(2), hotel.day(5), "confirmed")])
