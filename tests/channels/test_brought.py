"""What a channel brings is answered as it stands here: no sale is called off there that has rooms here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import pytest
from sqlalchemy import text

from pms.channels import inbox
from pms.channels.adapter import Link, Outcome, Unreadable
from pms.channels.connections import link_of
from pms.channels.conversation import take_in, take_in_brought
from pms.channels.incoming import Incoming
from pms.channels.models import Connection
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.reservations.life_cycle import cancel
from tests.channels.conftest import OnChannel, on_channel
from tests.channels.fake import FakeBooking
from tests.channels.test_bookings import job
from tests.channels.test_trip_com import ADAPTER
from tests.channels.test_trip_com_bookings import ids, one
from tests.channels.trip_com import FakeTripCom

ID = "900066249"


@dataclass
class Exchange:
    """A house on Trip.com, whose messages are brought by hand: what is said, and what it is answered."""

    hotel: OnChannel
    link: Link

    @property
    def ota(self) -> FakeTripCom:
        assert isinstance(self.hotel.fake, FakeTripCom)
        return self.hotel.fake

    def bring(
        self, status: Literal["new", "modified", "cancelled"] = "new", odd: bool = False, first: int = 2, end: int = 4
    ) -> tuple[Outcome, str]:
        """What became of it, and the answer's words; `odd`: nobody can read its price."""
        said = self.ota.message(FakeBooking(ID, [self.hotel.sale(first, end)], status=status))
        said = said.replace('AmountAfterTax="', 'AmountAfterTax="about ') if odd else said
        return self.answered(said)

    def answered(self, said: str) -> tuple[Outcome, str]:
        received = ADAPTER.hear(self.link, {}, said.encode()).received
        outcomes = take_in_brought(job(self.hotel), self.hotel.connection, received, ADAPTER, self.link)
        return outcomes[0], ADAPTER.answer(self.link, outcomes).body


@pytest.fixture
def trip(olga: Actor) -> Iterator[Exchange]:
    with on_channel(olga, "trip_com") as hotel:
        with work(hotel.owner) as db:
            link = link_of(db, db.one(Connection, hotel.connection), lambda *_: None)
        yield Exchange(hotel, link)


def test_a_booking_whose_rooms_are_held_though_nobody_can_read_it_is_committed(trip: Exchange) -> None:
    """Rejected, the guest would have no booking there and a confirmed stay here."""
    outcome, answer = trip.bring(odd=True)
    code = trip.hotel.reservation(ID)[0].code
    assert (outcome.done, outcome.code) == ("attention", code)
    assert one(answer, "HotelReservation").get("ResStatus") == "S"
    assert ids(answer)["502"] == code
    assert trip.hotel.messages()[0].state == "stuck", "somebody looks all the same"
    assert trip.bring(odd=True)[1] == answer, "brought again it is answered the same"


def test_a_change_nobody_can_read_of_a_booking_that_stands_is_committed(trip: Exchange) -> None:
    trip.bring()
    assert trip.bring("modified", odd=True, end=6)[0].done == "attention"
    assert trip.hotel.stays(ID) == [
        (trip.hotel.day(2), trip.hotel.day(4), "confirmed"),
        (trip.hotel.day(4), trip.hotel.day(6), "confirmed"),
    ]


def test_what_nobody_can_read_and_nothing_is_held_for_is_rejected(trip: Exchange) -> None:
    outcome, answer = trip.bring(odd=True, first=2, end=2)
    assert (outcome.done, outcome.code) == ("refused", "")
    assert one(answer, "HotelReservation").get("ResStatus") == "R"


def test_what_the_desk_cancelled_is_rejected_when_it_comes_again(trip: Exchange) -> None:
    trip.bring(odd=True)
    with work(trip.hotel.owner) as db:
        cancel(db, trip.hotel.reservation(ID)[1][0].id, None)
    assert trip.bring(odd=True)[0].done == "refused"


def test_a_message_that_could_not_be_taken_in_at_once_is_neither_committed_nor_rejected(trip: Exchange) -> None:
    """The next turn takes it in: rejected, it would be a booking of nobody's."""
    with work(trip.hotel.owner) as db:
        db.execute(text("select from property where id = :id for update"), {"id": trip.hotel.property_id})
        outcome, answer = trip.bring()
    error = one(answer, "Error")
    assert (outcome.done, error.get("Type"), error.get("Code")) == ("later", "12", "450")
    assert "Success" not in answer
    assert "ResStatus" not in answer
    assert trip.bring()[0].done == "applied"
    assert trip.hotel.stays(ID) == [(trip.hotel.day(2), trip.hotel.day(4), "confirmed")]


def test_a_message_that_was_taken_in_meanwhile_stays_taken_in(trip: Exchange) -> None:
    """A turn has the same message, and was quicker than whoever failed at it."""
    code = trip.bring()[0].code
    (message,) = trip.hotel.messages()

    def broken(link: Link, text: str) -> Incoming:
        raise Unreadable("odd")

    outcome = take_in(job(trip.hotel), trip.hotel.connection, message.id, replace(ADAPTER, read=broken), trip.link)
    assert outcome is not None
    assert (outcome.done, outcome.code) == ("applied", code)
    assert trip.hotel.messages()[0].state == "applied"
    assert trip.hotel.bookings()[ID].problems == []


@pytest.mark.parametrize("stands", [True, False])
def test_a_cancellation_somebody_has_seen_to_is_done_where_nothing_stands_any_more(trip: Exchange, stands: bool) -> None:
    """Said the other way round, the channel would keep what was cancelled here, or end what is still held."""
    trip.bring()
    said = trip.ota.message(FakeBooking(ID, [trip.hotel.sale(2, 4)], status="cancelled"))
    with work(job(trip.hotel)) as db:
        (id,) = inbox.store(db, trip.hotel.connection, ADAPTER.hear(trip.link, {}, said.encode()).received)
        inbox.close(db, id, "stuck")
    with work(trip.hotel.owner) as db:
        inbox.see_to(db, id)
        if not stands:
            cancel(db, trip.hotel.reservation(ID)[1][0].id, None)
    outcome, answer = trip.answered(said)
    assert (outcome.done, "<Success" in answer) == (("refused", False) if stands else ("applied", True))
