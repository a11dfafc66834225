"""A connection that ends: everything is closed there first, and what was sold until then is in the books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import text

from pms.channels import inbox, missed, queries, turns
from pms.channels.adapter import Adapter, Message, Received, Refused, Wait
from pms.channels.adapters import ADAPTERS
from pms.channels.connections import close_and_disconnect, disconnect, set_state
from pms.channels.models import Connection
from pms.kernel.actor import RELAY, Actor, job_actor
from pms.kernel.db import work
from pms.ui.channels.lights import state_of
from tests.channels.channex import FakeChannex
from tests.channels.conftest import NIGHTS, OnChannel, on_channel
from tests.channels.fake import FakeBooking
from tests.channels.otas import OTAS
from tests.channels.test_airbnb_asks import asks, said
from tests.channels.test_reporting import ask, nobody_came, sold
from workers.channels import speak


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


def quarter_of_an_hour(hotel: OnChannel) -> None:
    """It is over: whatever a channel says and is told happened that much earlier."""
    with work(hotel.owner) as db:
        past = ", ".join(f"{at} = {at} - interval '15 minutes'" for at in ("told_at", "heard_at", "complete_at"))
        db.execute(text(f"update channel_connection set {past} where id = '{hotel.connection}'"))


def ended(hotel: OnChannel) -> bool:
    """Whether it has ended some turns later."""
    for _ in range(3):
        hotel.turn()
    return row(hotel).archived_at is not None


def kept_by(hotel: OnChannel) -> str:
    with work(hotel.owner) as db:
        return queries.connection(db, hotel.connection).kept_by


def words(hotel: OnChannel) -> str:
    """What the light says of it."""
    with work(hotel.owner) as db:
        return state_of(queries.connection(db, hotel.connection), "en", db.now)[2]


def put(monkeypatch: pytest.MonkeyPatch, hotel: OnChannel, **does: Any) -> None:
    """The channel's adapter, something of it done otherwise."""
    adapter = replace(ADAPTERS[hotel.channel], **does)
    monkeypatch.setitem(cast(dict[str, Adapter], ADAPTERS), hotel.channel, adapter)


def offered(hotel: OnChannel) -> list[int]:
    return [n for n in range(NIGHTS) if hotel.fake.has([hotel.sale(n, n + 1)])]


def test_everything_is_closed_there_before_a_connection_ends(everywhere: OnChannel) -> None:
    hotel = everywhere
    hotel.turn()
    assert offered(hotel) == [*range(NIGHTS)]
    close(hotel)
    assert row(hotel).archived_at is None
    hotel.turn()
    assert offered(hotel) == []
    if ADAPTERS[hotel.channel].brings:
        assert not ended(hotel), "what it sold before may still be on its way"
        quarter_of_an_hour(hotel)
    assert ended(hotel)
    assert all(hotel.shown("room-D", n)["rooms"] == 0 for n in range(NIGHTS))
    assert all(hotel.shown("room-D/rate-D", n)["closed"] for n in range(NIGHTS))
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

    put(monkeypatch, hotel, send=meanwhile)
    close(hotel)
    hotel.tell()
    assert row(hotel).archived_at is None
    hotel.turn()
    quarter_of_an_hour(hotel)
    assert ended(hotel)
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
    hotel.turn()
    quarter_of_an_hour(hotel)
    assert not ended(hotel)
    with work(hotel.owner) as db:
        line = queries.connection(db, hotel.connection)
    assert line.kept_by == "refused"
    assert (line.state, line.needs, line.rooms_refused > 0) == ("closing", True, True)
    assert all(hotel.shown("room-D", n)["rooms"] == 0 for n in range(NIGHTS))


def test_a_message_that_cannot_be_taken_in_keeps_the_connection(hotel: OnChannel) -> None:
    hotel.turn()
    with work(hotel.owner) as db:
        inbox.store(db, hotel.connection, [Received("B-1", "r1", "odd")])
    close(hotel)
    hotel.turn()
    quarter_of_an_hour(hotel)
    assert not ended(hotel)
    assert (row(hotel).state, offered(hotel), kept_by(hotel)) == ("closing", [], "stuck")


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


def test_what_a_channel_that_cannot_be_asked_sold_just_before_is_taken_in_and_the_light_says_until_when(olga: Actor) -> None:
    with on_channel(olga, "trip_com") as hotel:
        hotel.turn()
        close(hotel)
        hotel.turn()
        assert offered(hotel) == []
        assert not ended(hotel)
        assert "and ends after" in words(hotel)
        id = str(hotel.fake.sell([hotel.sale(2, 4)], force=True))
        assert hotel.stays(id) == [(hotel.day(2), hotel.day(4), "confirmed")]
        hotel.turn()
        quarter_of_an_hour(hotel)
        assert ended(hotel)


def test_rooms_held_for_a_question_keep_the_connection_until_they_are_booked(olga: Actor) -> None:
    with on_channel(olga, "airbnb") as hotel:
        hotel.turn()
        assert asks(hotel, "HM1", 2, 4)
        close(hotel)
        hotel.turn()
        quarter_of_an_hour(hotel)
        assert not ended(hotel)
        assert kept_by(hotel) == "asked"
        booked = hotel.fake.reservation(FakeBooking("HM1", [hotel.sale(2, 4)]))  # type: ignore[attr-defined]
        said(hotel, "POST", "/notification", {"action": "reservation_acceptance_confirmation", "reservation": booked})
        assert hotel.stays("HM1") == [(hotel.day(2), hotel.day(4), "confirmed")]
        hotel.turn()
        quarter_of_an_hour(hotel)
        assert ended(hotel)


@pytest.mark.parametrize("fails", ["acknowledge", "missed"])
@pytest.mark.parametrize("no", [Wait(None, "later"), Refused("no")], ids=["later", "refused"])
def test_bookings_that_are_not_thanked_for_and_history_that_is_not_read_keep_the_connection(
    olga: Actor, monkeypatch: pytest.MonkeyPatch, fails: str, no: Exception
) -> None:
    if (fails, type(no)) == ("acknowledge", Refused):
        return  # people are told, and that is all there is to do

    def failing(*_: object) -> Any:
        raise no

    with on_channel(olga, "booking_com") as hotel:
        hotel.turn()
        hotel.fake.sell([hotel.sale(2, 4)])
        with work(olga) as db:
            outage = "complete_at = now() - interval '1 day'"
            db.execute(text(f"update channel_connection set {outage} where id = '{hotel.connection}'"))
        with monkeypatch.context() as meanwhile:
            put(meanwhile, hotel, **{fails: failing})
            close(hotel)
            assert not ended(hotel)
            assert offered(hotel) == []
        missed._REFUSED.clear()
        assert ended(hotel)


def test_a_report_that_has_no_answer_keeps_the_connection(olga: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise Wait(0, "later")

    with on_channel(olga, "booking_com") as hotel:
        hotel.turn()
        id = sold(hotel)
        nobody_came(hotel, id)
        ask(hotel, id, "no_show")
        with monkeypatch.context() as meanwhile:
            put(meanwhile, hotel, report=failing)
            close(hotel)
            assert not ended(hotel)
            assert kept_by(hotel) == "reports"
        assert ended(hotel)


def test_a_refusal_of_a_night_that_is_over_keeps_no_connection(hotel: OnChannel) -> None:
    hotel.turn()
    with work(hotel.owner) as db:
        refused = "refused = '{\"rooms\": 0}', night = :night"
        query = f"update channel_shown set {refused} where night = :first and accepted ? 'rooms'"
        db.execute(text(query), {"night": hotel.day(-1), "first": hotel.first})
    close(hotel)
    with work(hotel.owner) as db:
        db.execute(text("update channel_shown set refused = '{\"rooms\": 0}' where night = :night"), {"night": hotel.day(-1)})
    hotel.turn()
    quarter_of_an_hour(hotel)
    assert ended(hotel)


def test_who_keeps_it_live_while_it_is_being_closed_has_it_open_again_at_once(
    hotel: OnChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of a message: what that turn goes on to say, and notes, is not of a closing any more."""
    hotel.turn()
    adapter, kept = ADAPTERS[hotel.channel], list[bool]()

    def meanwhile(http: Any, link: Any, message: Message) -> dict[int, str]:
        answer = adapter.send(http, link, message)
        if not kept:
            kept.append(True)
            with work(hotel.owner) as db:
                set_state(db, hotel.connection, row(hotel).version, "live")
        return answer

    close(hotel)
    put(monkeypatch, hotel, send=meanwhile)
    hotel.turn()
    assert hotel.owner.organization_id is not None
    with work(RELAY) as db:
        assert hotel.connection in [id for _, id, _ in turns.due(db)], "it is not left until the next look by the clock"
    speak(job_actor(hotel.owner.organization_id, "channels"), hotel.connection, hotel.channel, hotel.nights)
    assert offered(hotel) == [*range(NIGHTS)]


def test_a_closing_connection_that_is_far_behind_says_so(hotel: OnChannel) -> None:
    hotel.turn()
    hotel.book(2, 4)
    hotel.news()
    close(hotel)
    with work(hotel.owner) as db:
        made = "created_at = created_at - interval '1 hour'"
        db.execute(text(f"update channel_connection set {made} where id = '{hotel.connection}'"))
        later = db.now + timedelta(minutes=10)
        light, said, _ = state_of(queries.connection(db, hotel.connection), "en", later)
    assert (light, said.startswith("Behind since")) == ("bad", True)


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
