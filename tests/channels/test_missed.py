"""What a channel no longer offers is found out: bookings from before it was connected, and those of an outage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import text

from pms.channels import missed
from pms.channels.adapter import Adapter, Refused
from pms.channels.adapters import ADAPTERS
from pms.channels.adapters.booking_com import BOOKING_COM
from pms.channels.connections import set_state
from pms.channels.models import Connection
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.models import Stay
from pms.reservations.move import assign
from tests.builders import unit_ids
from tests.channels.booking_com import FakeBookingCom
from tests.channels.conftest import OnChannel, on_channel
from tests.channels.fake import moved
from tests.channels.otas import OTAS

HISTORY = "/hotels/xml/reservationssummary"


@pytest.fixture
def hotel(olga: Actor) -> Iterator[OnChannel]:
    with on_channel(olga, "booking_com") as house:
        yield house


def asked(hotel: OnChannel) -> int:
    return sum(path == HISTORY for _, path, _ in hotel.fake.calls)


def lost(hotel: OnChannel) -> None:
    """Half an hour is over: what was not fetched has gone by e-mail, and is in the queues no more."""
    fake = hotel.fake
    assert isinstance(fake, FakeBookingCom)
    fake.taken |= {id for id, _ in fake.waiting}
    fake.waiting.clear()


def silent(hotel: OnChannel, minutes: int) -> None:
    """Nobody has heard the channel for so long."""
    with work(hotel.owner) as db:
        past = "complete_at = complete_at - :gap, heard_at = heard_at - :gap"
        db.execute(
            text(f"update channel_connection set {past} where id = :id"),
            {"gap": timedelta(minutes=minutes), "id": hotel.connection},
        )


def sold(hotel: OnChannel, first: int = 2, end: int = 5) -> str:
    id = hotel.fake.sell([hotel.sale(first, end)], force=True)
    assert id is not None
    return id


def test_the_first_time_it_is_heard_bookings_from_before_are_taken_in(hotel: OnChannel) -> None:
    old, queued = sold(hotel), None
    lost(hotel)
    queued = sold(hotel, 6, 8)
    hotel.turn()
    assert hotel.stays(old) == [(hotel.day(2), hotel.day(5), "confirmed")]
    assert hotel.stays(queued) == [(hotel.day(6), hotel.day(8), "confirmed")]
    assert [one.booking for one in hotel.messages()] == [queued, old], "what was queued is not taken in twice"
    hotel.turn()
    assert asked(hotel) == 1


def test_who_left_before_the_channel_was_connected_is_nobodys_business_here(hotel: OnChannel) -> None:
    gone, staying = sold(hotel, -9, -6), sold(hotel, -1, 2)
    lost(hotel)
    hotel.turn()
    assert set(hotel.bookings()) == {staying} != {gone}


def test_of_cancellations_from_before_only_those_of_reservations_entered_by_hand_are_news(hotel: OnChannel) -> None:
    entered, unknown = sold(hotel), sold(hotel, 3, 4)
    hotel.fake.cancel(entered)
    hotel.fake.cancel(unknown)
    lost(hotel)
    with work(hotel.owner) as db:
        room = Room(hotel.double, hotel.day(2), hotel.day(5))
        guest = GuestDetails("Adams")
        by_hand = book(db, Booking(hotel.property_id, guest, [room], source="Booking.com", external_ref=entered))
    hotel.turn()
    with work(hotel.owner) as db:
        assert db.one(Stay, by_hand.stays[0].id).status == "cancelled"
    assert set(hotel.bookings()) == {entered}


def test_after_an_outage_what_fell_out_of_the_queue_is_found(hotel: OnChannel) -> None:
    hotel.turn()
    changed, cancelled = sold(hotel), sold(hotel, 3, 4)
    hotel.turn()
    hotel.fake.modify(changed, [moved(hotel.sale(2, 5), hotel.day(2), hotel.day(7))])
    hotel.fake.cancel(cancelled)
    new = sold(hotel, 8, 9)
    lost(hotel)
    silent(hotel, 40)
    hotel.turn()
    assert hotel.stays(changed) == [(hotel.day(2), hotel.day(7), "confirmed")]
    assert [status for _, _, status in hotel.stays(cancelled)] == ["cancelled"]
    assert hotel.stays(new) == [(hotel.day(8), hotel.day(9), "confirmed")]
    assert hotel.shown("room-D", 8)["rooms"] == 2


def test_a_short_silence_is_no_outage(hotel: OnChannel) -> None:
    hotel.turn()
    silent(hotel, 15)
    hotel.turn()
    assert asked(hotel) == 1, "the first time"


def test_a_pause_is_an_outage_too(hotel: OnChannel) -> None:
    hotel.turn()
    state(hotel, "paused")
    id = sold(hotel)
    lost(hotel)
    silent(hotel, 60)
    state(hotel, "live")
    hotel.turn()
    assert hotel.stays(id) == [(hotel.day(2), hotel.day(5), "confirmed")]


def state(hotel: OnChannel, to: str) -> None:
    with work(hotel.owner) as db:
        set_state(db, hotel.connection, db.one(Connection, hotel.connection).version, to)  # type: ignore[arg-type]


def test_what_is_known_already_is_left_as_the_desk_has_it(hotel: OnChannel) -> None:
    """The history says of a booking what the queue said: nothing of what was done here since is undone."""
    hotel.turn()
    id = sold(hotel)
    hotel.turn()
    unit = unit_ids(hotel.owner, hotel.double)[2]
    with work(hotel.owner) as db:
        assign(db, hotel.reservation(id)[1][0].id, None, unit)
    before = len(hotel.messages())
    silent(hotel, 40)
    hotel.turn()
    assert (len(hotel.messages()), asked(hotel)) == (before, 2)


def test_a_change_that_was_missed_keeps_the_room_where_the_guest_was_put(hotel: OnChannel) -> None:
    hotel.turn()
    id = sold(hotel)
    hotel.turn()
    stay = hotel.reservation(id)[1][0].id
    hotel.fake.modify(id, [moved(hotel.sale(2, 5), hotel.day(2), hotel.day(6))])
    lost(hotel)
    silent(hotel, 40)
    hotel.turn()
    assert [one.id for one in hotel.reservation(id)[1]] == [stay]
    hotel.fake.modify(id, [moved(hotel.sale(2, 5), hotel.day(3), hotel.day(6))])
    hotel.turn()
    assert hotel.stays(id) == [(hotel.day(3), hotel.day(6), "confirmed")], "and the queue goes on from there"


@pytest.mark.parametrize("fault", ["500", "drop_after", "garbage", "429"])
def test_a_history_that_cannot_be_had_now_is_asked_for_again_and_holds_up_nothing(hotel: OnChannel, fault: str) -> None:
    old = sold(hotel)
    lost(hotel)
    queued = sold(hotel, 6, 8)
    left = [fault]
    hotel.fake.fault_of = lambda path: left.pop() if path == HISTORY and left else None  # type: ignore[method-assign, assignment, return-value]
    hotel.turn()
    assert hotel.stays(queued) == [(hotel.day(6), hotel.day(8), "confirmed")]
    assert hotel.fake.waiting == []
    hotel.turn()
    assert hotel.stays(old) == [(hotel.day(2), hotel.day(5), "confirmed")]


def test_an_account_without_access_to_the_history_goes_on_without_it(hotel: OnChannel) -> None:
    assert isinstance(hotel.fake, FakeBookingCom)
    hotel.fake.barred_from = HISTORY
    hotel.turn()
    hotel.turn()
    assert (hotel.state(), asked(hotel)) == (("testing", ""), 1)


def test_a_history_that_is_refused_is_not_taken_for_told(hotel: OnChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for again, though not every time the channel is heard."""
    old, asked_for = sold(hotel), []
    lost(hotel)

    def refused(http: Any, link: Any, first: Any) -> Any:
        asked_for.append(first)
        raise Refused("the span is too long")

    monkeypatch.setattr(missed, "_REFUSED", {})
    monkeypatch.setitem(cast(dict[str, Adapter], ADAPTERS), "booking_com", replace(BOOKING_COM, missed=refused))
    hotel.turn()
    hotel.turn()
    assert (len(asked_for), hotel.bookings()) == (1, {})
    monkeypatch.setattr(missed, "_REFUSED", {})
    monkeypatch.setitem(cast(dict[str, Adapter], ADAPTERS), "booking_com", BOOKING_COM)
    hotel.turn()
    assert hotel.stays(old) == [(hotel.day(2), hotel.day(5), "confirmed")]


@pytest.mark.parametrize("channel", [name for name in OTAS if name != "booking_com"])
def test_a_channel_that_keeps_what_was_not_fetched_is_asked_for_nothing_more(olga: Actor, channel: str) -> None:
    with on_channel(olga, channel) as hotel:
        hotel.turn()
        with work(hotel.owner) as db:
            assert db.one(Connection, hotel.connection).complete_at is None
