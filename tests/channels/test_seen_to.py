"""What could not be taken in is seen to by somebody, or overtaken by what could; then nobody is asked about it any more."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pms.channels import inbox, queries
from pms.channels.adapter import Received
from pms.channels.apply import settle
from pms.kernel.db import work
from pms.kernel.outbox import history
from pms.kernel.refusals import MovedMeanwhile, NotFound, NotPermitted
from tests.builders import a_property
from tests.channels.channex import FakeChannex
from tests.channels.conftest import OnChannel
from tests.channels.test_bookings import job
from tests.channels.test_ending import close, ended, quarter_of_an_hour


def unreadable(hotel: OnChannel) -> str:
    """A booking nobody can read; its dates can be seen."""
    hotel.turn()
    hotel.fake.currency = "nonsense"
    id = hotel.fake.sell([hotel.sale(2, 4)])
    assert id
    hotel.turn()
    hotel.fake.currency = "EUR"
    assert [one.state for one in hotel.messages()] == ["stuck"]
    return id


def nonsense(hotel: OnChannel, booking: str = "odd") -> None:
    """A message in which nothing can be seen."""
    with work(job(hotel)) as db:
        inbox.store(db, hotel.connection, [Received(booking, "1", "<nonsense", "r")])
    hotel.turn()


def states(hotel: OnChannel) -> list[str]:
    return [one.state for one in hotel.messages()]


def see_to_booking(hotel: OnChannel, id: str) -> None:
    row = hotel.bookings()[id]
    with work(hotel.owner) as db:
        settle(db, row.id, row.version)


def urgent(hotel: OnChannel) -> int:
    with work(hotel.owner) as db:
        return queries.urgent(db)


def test_a_booking_with_rooms_held_is_one_thing_to_see_to(hotel: OnChannel) -> None:
    unreadable(hotel)
    assert urgent(hotel) == 1
    with work(hotel.owner) as db:
        line = queries.connection(db, hotel.connection)
        assert (line.problems, line.stuck, line.stuck_alone) == (1, 1, 0)
        assert [one.alone for one in queries.stuck_messages(db)] == [False]
    nonsense(hotel)
    assert urgent(hotel) == 2


def test_messages_of_a_booking_are_seen_to_with_it_and_thanked_for(hotel: OnChannel) -> None:
    id = unreadable(hotel)
    assert isinstance(hotel.fake, FakeChannex)
    assert hotel.fake.waiting == [(id, 1)]
    see_to_booking(hotel, id)
    assert (states(hotel), urgent(hotel)) == (["seen"], 0)
    hotel.turn()
    assert hotel.fake.waiting == [], "a person has taken over"
    assert hotel.messages()[0].acknowledged_at is not None


def test_what_was_seen_to_is_not_taken_in_when_it_comes_again(hotel: OnChannel) -> None:
    id = unreadable(hotel)
    see_to_booking(hotel, id)
    with work(job(hotel)) as db:
        (message,) = hotel.messages()
        again = [Received(message.booking, message.revision, "{}", message.receipt)]
        inbox.store(db, hotel.connection, again)
        inbox.brought(db, hotel.connection, again)
    hotel.turn()
    assert (states(hotel), urgent(hotel)) == (["seen"], 0)


def test_a_later_revision_that_is_understood_overtakes_what_was_not(hotel: OnChannel) -> None:
    id = unreadable(hotel)
    hotel.fake.modify(id, [hotel.sale(2, 5)])
    hotel.turn()
    assert (states(hotel), urgent(hotel)) == (["overtaken", "applied"], 0)
    assert isinstance(hotel.fake, FakeChannex)
    assert hotel.fake.waiting == []
    assert hotel.stays(id) == [(hotel.day(2), hotel.day(5), "confirmed")]


def test_an_earlier_revision_overtakes_nothing_that_came_after_it(hotel: OnChannel) -> None:
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 4)])
    assert id
    hotel.turn()
    hotel.fake.currency = "nonsense"
    hotel.fake.modify(id, [hotel.sale(2, 5)])
    hotel.turn()
    with work(hotel.owner) as db:
        inbox.replay(db, hotel.messages()[0].id)
    hotel.turn()
    assert states(hotel)[1] == "stuck"


def test_a_message_of_no_booking_is_seen_to_by_itself(hotel: OnChannel) -> None:
    hotel.turn()
    nonsense(hotel)
    (message,) = hotel.messages()
    with work(hotel.owner) as db:
        inbox.see_to(db, message.id)
    assert (states(hotel), urgent(hotel)) == (["seen"], 0)
    with work(hotel.owner) as db:
        assert next(row.event for row in history(db, message.id)) == "channel_message.seen_to"


def test_what_is_in_the_books_is_not_seen_to_as_a_message(hotel: OnChannel) -> None:
    hotel.turn()
    hotel.fake.sell([hotel.sale(2, 4)])
    hotel.turn()
    with work(hotel.owner) as db:
        inbox.see_to(db, hotel.messages()[0].id)
    assert states(hotel) == ["applied"]


def test_who_does_not_manage_channels_sees_to_no_message(hotel: OnChannel) -> None:
    nonsense(hotel)
    (message,) = hotel.messages()
    elsewhere = replace(hotel.owner, property_ids=frozenset({a_property(hotel.owner, "Elsewhere")}))
    for actor, refusal in ((hotel.owner.without("channel.manage"), NotPermitted), (elsewhere, NotFound)):
        with pytest.raises(refusal), work(actor) as db:
            inbox.see_to(db, message.id)
    assert states(hotel) == ["stuck"]


def test_a_closing_connection_ends_once_its_messages_are_seen_to(hotel: OnChannel) -> None:
    nonsense(hotel)
    close(hotel)
    hotel.turn()
    quarter_of_an_hour(hotel)
    assert not ended(hotel)
    with work(hotel.owner) as db:
        inbox.see_to(db, hotel.messages()[0].id)
    assert ended(hotel)


def odd_cancellation(hotel: OnChannel, id: str) -> None:
    """The channel says that it is cancelled, and nobody can read it."""
    assert isinstance(hotel.fake, FakeChannex)
    hotel.fake.currency, hotel.fake.inserted_at = "nonsense", "2026-01-01T12:00:00.000000"
    hotel.fake.cancel(id)
    hotel.turn()
    hotel.fake.currency = "EUR"


def kinds(hotel: OnChannel, id: str) -> list[str]:
    return [one["kind"] for one in hotel.bookings()[id].problems]


def test_a_cancellation_nobody_can_read_of_a_booking_that_stands_is_told(hotel: OnChannel) -> None:
    """Once, however often it is looked at; and who saw only what was wrong before has not seen to it."""
    id = unreadable(hotel)
    before = hotel.bookings()[id]
    odd_cancellation(hotel, id)
    assert kinds(hotel, id) == ["not_understood", "cancellation_not_understood"]
    assert [status for _, _, status in hotel.stays(id)] == ["confirmed"], "nothing is given back for what nobody understood"
    with pytest.raises(MovedMeanwhile), work(hotel.owner) as db:
        settle(db, before.id, before.version)
    assert states(hotel) == ["stuck", "stuck"]
    version = hotel.bookings()[id].version
    with work(hotel.owner) as db:
        inbox.replay(db, hotel.messages()[1].id)
    hotel.turn()
    assert hotel.bookings()[id].version == version
    see_to_booking(hotel, id)
    assert (states(hotel), urgent(hotel)) == (["seen", "seen"], 0)


def test_a_cancellation_nobody_can_read_of_what_does_not_stand_is_a_message_alone(hotel: OnChannel) -> None:
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 4)])
    assert id
    hotel.turn()
    hotel.fake.cancel(id)
    hotel.turn()
    odd_cancellation(hotel, id)
    assert (kinds(hotel, id), states(hotel)[-1], urgent(hotel)) == ([], "stuck", 1)


def test_what_came_after_the_booking_somebody_saw_and_changed_nothing_is_not_seen_to_with_it(hotel: OnChannel) -> None:
    id = unreadable(hotel)
    before = hotel.bookings()[id]
    hotel.fake.currency = "nonsense"
    hotel.fake.modify(id, [hotel.sale(2, 4)])
    hotel.turn()
    assert hotel.bookings()[id].version == before.version, "it holds nothing more"
    with work(hotel.owner) as db:
        settle(db, before.id, before.version)
    assert (states(hotel), urgent(hotel)) == (["seen", "stuck"], 1)


def test_a_cancellation_nobody_can_read_is_not_overtaken_by_what_was_said_before_it(hotel: OnChannel) -> None:
    """Also where that arrives after it."""
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 4)])
    assert id
    assert isinstance(hotel.fake, FakeChannex)
    hotel.turn()
    hotel.fake.inserted_at = "2026-01-01T11:00:00.000000"
    late = hotel.fake.revision(id, 2)
    odd_cancellation(hotel, id)
    with work(job(hotel)) as db:
        booking = hotel.messages()[0].booking
        inbox.store(db, hotel.connection, [Received(booking, "late", json.dumps(late))])
    hotel.turn()
    assert states(hotel) == ["applied", "stuck", "overtaken"]
    assert kinds(hotel, id) == ["cancellation_not_understood"]
