"""What nobody can read is held by its dates: as the message would have been read, once, and never by a guess."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from pms.channels import inbox
from pms.channels.adapter import Adapter, Link, Received, Unreadable
from pms.channels.adapters import ADAPTERS
from pms.channels.adapters.trip_com.bookings import WRONG_CARD
from pms.channels.adapters.trip_com.facts import AFTER_ALL
from pms.channels.apply import hold, release_unclaimed
from pms.channels.connections import link_of
from pms.channels.conversation import take_in
from pms.channels.glimpse import as_many, believable, not_held
from pms.channels.incoming import Incoming, IncomingRoom
from pms.channels.models import Connection, StoredMessage
from pms.kernel.actor import job_actor
from pms.kernel.db import work
from pms.kernel.encryption import decrypt
from pms.reservations.life_cycle import cancel
from pms.reservations.models import Reservation
from tests.builders import a_cast
from tests.channels import test_booking_com_bookings as booking_com
from tests.channels import test_trip_com_bookings as trip_com
from tests.channels.channex import FakeChannex
from tests.channels.conftest import OnChannel, on_channel
from tests.channels.fake import Sale
from tests.channels.line import spoiled
from tests.channels.otas import OTAS
from tests.channels.test_agoda_bookings import PURE as AT_AGODA
from tests.channels.test_agoda_bookings import sample as of_agoda
from tests.channels.test_airbnb_bookings import GOOD as OF_AIRBNB
from tests.channels.test_airbnb_bookings import LINK as AT_AIRBNB
from tests.channels.test_bookings import job, take, told
from tests.channels.test_expedia_bookings import PURE as AT_EXPEDIA
from tests.channels.test_expedia_bookings import sample as of_expedia

SELLING = [name for name, fake in OTAS.items() if fake.sells]  # type: ignore[attr-defined]
TODAY = date(2026, 12, 1)


def of_channex() -> str:
    fake = FakeChannex()
    fake.add("room-D", ["rate-D"])
    fake.sell([Sale("room-D", "rate-D", TODAY, TODAY + timedelta(days=2), prices=(5_000, 5_000))] * 2, force=True)
    return json.dumps(fake.revision(next(iter(fake.bookings)), 1))


ODD = {
    "channex, an unknown status": ("channex", of_channex(), '"status": "new"', '"status": "revived"'),
    "channex, a room without a price": ("channex", of_channex(), '"50.00"', '"on request"'),
    "airbnb, neither action nor status known": (
        "airbnb",
        json.dumps(OF_AIRBNB),
        "accept",
        "except",
    ),
    "airbnb, more guests than there can be": ("airbnb", json.dumps(OF_AIRBNB), '"number_of_adults": ', '"number_of_adults": 99'),
    "expedia, an unknown type": ("expedia", of_expedia("Book"), '"Book"', '"Rebook"'),
    "expedia, no currency we know": ("expedia", of_expedia("Modify"), '"EUR"', '"EURO"'),
    "agoda, an unknown status": ("agoda", of_agoda("new", 3), '"ConfirmBooking"', '"ReconfirmBooking"'),
    "agoda, a price in words": ("agoda", of_agoda("new", 1), 'inclusive_amt="', 'inclusive_amt="about '),
    "trip_com, a price in words": ("trip_com", trip_com.GOOD[0], 'AmountAfterTax="', 'AmountAfterTax="about '),
    "trip_com, in the old generation": ("trip_com", trip_com.GOOD[1], 'AmountAfterTax="', 'AmountAfterTax="about '),
    "booking_com, modified or cancelled?": (
        "booking_com",
        booking_com.sample(),
        "<HotelReservation>",
        '<HotelReservation ResStatus="Pending">',
    ),
    "booking_com, an age in words": ("booking_com", booking_com.sample(), ' Age="', ' Age="about '),
    "booking_com, the history": ("booking_com", booking_com.BXML, "<status>modified", "<status>moved"),
}
LINKS = {
    "channex": Link("P-1", "EUR", {}, {}),
    "airbnb": AT_AIRBNB,
    "expedia": AT_EXPEDIA,
    "agoda": AT_AGODA,
    "trip_com": trip_com.LINK,
    "booking_com": booking_com.HOUSE,
}


def known(seen: Incoming) -> tuple[Any, ...]:
    """What is held of a booking, and what it is known by."""
    rooms = Counter((room.remote_room, room.remote_rate, room.key, room.arrival, room.departure) for room in seen.rooms)
    return seen.booking, seen.order, seen.source, seen.reference, rooms, seen.guest.last_name


@pytest.mark.parametrize("odd", ODD)
def test_of_a_message_with_one_odd_thing_everything_is_seen_that_rooms_are_held_by(odd: str) -> None:
    name, good, here, there = ODD[odd]
    adapter, link = ADAPTERS[name], LINKS[name]
    assert here in good
    message = good.replace(here, there)
    with pytest.raises(Unreadable):
        adapter.read(link, message)
    assert known(adapter.glimpse(link, message)) == known(adapter.read(link, good))


@pytest.mark.parametrize("name", SELLING)
@pytest.mark.parametrize("message", ["", "{}", "[]", "<a/>", "no answer", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_what_is_no_booking_at_all_is_held_nothing_for(name: str, message: str) -> None:
    with pytest.raises(Unreadable):
        ADAPTERS[name].glimpse(LINKS[name], message)


def test_nothing_is_held_for_a_question_nor_for_a_request() -> None:
    for action, status in (("check_reservation", ""), ("reservation_requested", "pending")):
        odd = {"action": action, "reservation": OF_AIRBNB["reservation"] | {"status_type": status}}
        with pytest.raises(Unreadable):
            ADAPTERS["airbnb"].glimpse(AT_AIRBNB, json.dumps(odd))


def test_a_cancellation_is_seen_without_dates() -> None:
    seen = ADAPTERS["trip_com"].glimpse(trip_com.LINK, trip_com.GOOD[2])
    assert (seen.booking, seen.status, seen.rooms, seen.order) == ("9", "cancelled", [], AFTER_ALL)


def test_nothing_is_held_for_a_booking_whose_card_does_not_fit_nor_for_another_hotels() -> None:
    adapter, good = ADAPTERS["trip_com"], trip_com.GOOD[0]
    assert adapter.glimpse(trip_com.LINK, good).rooms
    with pytest.raises(Unreadable):
        adapter.glimpse(trip_com.LINK, good + WRONG_CARD)
    with pytest.raises(Unreadable):
        adapter.glimpse(Link("elsewhere", "EUR", {}, {}), good)


# -- what is beyond what is held


def room(code: str, first: int, end: int) -> IncomingRoom:
    return IncomingRoom(code, TODAY + timedelta(days=first), TODAY + timedelta(days=end))


def kept(*rooms: IncomingRoom) -> list[dict[str, str]]:
    return [{"room": one.remote_room, "arrival": f"{one.arrival}", "departure": f"{one.departure}"} for one in rooms]


@pytest.mark.parametrize(
    ("held", "seen", "more"),
    [
        ([], [room("D", 1, 3)], [room("D", 1, 3)]),
        ([room("D", 1, 3)], [room("D", 1, 3)], []),
        ([room("D", 1, 3)], [room("D", 1, 3), room("D", 1, 3)], [room("D", 1, 3)]),
        ([room("D", 2, 4)], [room("D", 1, 6)], [room("D", 1, 2), room("D", 4, 6)]),
        ([room("D", 1, 3)], [room("S", 1, 3)], [room("S", 1, 3)]),
        ([room("", 1, 3)], [room("S", 1, 3)], []),
        ([room("S", 1, 3)], [room("", 1, 3)], []),
        ([room("S", 1, 3)], [room("", 1, 3), room("S", 1, 3)], [room("", 1, 3)]),
    ],
)
def test_what_is_held_is_not_held_again(held: list[Any], seen: list[Any], more: list[Any]) -> None:
    assert not_held(kept(*held), seen) == more


ROOMS = st.lists(
    st.builds(
        lambda code, first, length: room(code, first, first + length),
        st.sampled_from(["", "D", "S"]),
        st.integers(0, 5),
        st.integers(1, 4),
    ),
    max_size=4,
)


@given(ROOMS, ROOMS)
def test_seen_once_more_nothing_is_left_to_hold(held: list[IncomingRoom], seen: list[IncomingRoom]) -> None:
    more = not_held(kept(*held), seen)
    assert not_held(kept(*held, *more), seen) == []
    nights = Counter(night for one in seen for night in range((one.arrival - TODAY).days, (one.departure - TODAY).days))
    has = Counter(night for one in [*held, *more] for night in range((one.arrival - TODAY).days, (one.departure - TODAY).days))
    assert all(has[night] >= count for night, count in nights.items()), "a bed for each guest"


@pytest.mark.parametrize(("first", "end"), [(3, 3), (3, 2), (-9, 0), (0, 367), (1_001, 1_003)])
def test_dates_that_nobody_can_mean_hold_nothing(first: int, end: int) -> None:
    assert believable([room("D", first, end), room("D", -2, 1)], TODAY) == [room("D", -2, 1)]


# -- whatever comes


@dataclass
class House:
    """A house on a channel, whose messages are brought by hand."""

    hotel: OnChannel
    link: Link
    adapter: Adapter

    def bring(self, booking: str, revision: str, message: str) -> str:
        """Store and take in; what became of it."""
        actor = job_actor(self.hotel.owner.organization_id, "channels")  # type: ignore[arg-type]
        received = [Received(booking, revision, message)]
        with work(actor) as db:
            inbox.store(db, self.hotel.connection, received)
            (id,) = inbox.brought(db, self.hotel.connection, received)
        take_in(actor, self.hotel.connection, id, self.adapter, self.link)
        with work(actor) as db:
            return db.one(StoredMessage, id).state

    def nights(self) -> Counter[tuple[UUID, date]]:
        """Rooms held on each night, by the booking's reservation."""
        query = """
            select s.reservation_id, n.night from stay_night n join stay s on s.id = n.stay_id
            where n.live and s.property_id = :house and s.status in ('tentative', 'confirmed')
        """
        with work(self.hotel.owner) as db:
            return Counter((row[0], row[1]) for row in db.execute(text(query), {"house": self.hotel.property_id}))


def good_messages(hotel: OnChannel) -> list[tuple[str, str]]:
    """(booking, text) as the channel words them: a booking of two rooms where it has such, and one that was changed."""
    hotel.turn()
    two = [hotel.sale(2, 5, adults=1), hotel.sale(2, 5, "room-S", "rate-S", adults=1)]
    hotel.fake.sell(two[: hotel.fake.rooms_most])
    id = hotel.fake.sell([hotel.sale(1, 3)])
    hotel.turn()
    assert id is not None
    hotel.fake.modify(id, [hotel.sale(2, 6)])
    hotel.turn()
    told = [(one.booking, decrypt(one.sealed)) for one in hotel.messages()]
    found = [
        (booking, words) for booking, words in told if '"check_reservation"' not in words and '"check_alteration"' not in words
    ]
    assert len(found) == 3
    return found


@pytest.mark.parametrize("name", SELLING)
def test_a_spoiled_message_never_breaks_and_never_holds_twice(name: str, services: None) -> None:
    """Brought twice it holds what it held once; and once the good one comes, its booking has what that says and no more."""
    with on_channel(a_cast().olga, name) as hotel:
        samples = good_messages(hotel)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(samples).flatmap(lambda one: st.tuples(st.just(one), spoiled([one[1]]))))
    def holds_once(told: tuple[tuple[str, str], str]) -> None:
        (booking, good), odd = told
        with on_channel(a_cast().olga, name) as fresh:
            with work(fresh.owner) as db:
                house = House(fresh, link_of(db, db.one(Connection, fresh.connection), lambda *_: None), ADAPTERS[name])
            house.bring(booking, "odd", odd)
            once = house.nights()
            house.bring(booking, "odd again", odd)
            assert house.nights() == once
            state = house.bring(booking, "good", good)
            assert state in ("applied", "attention", "overtaken")
            if state != "overtaken":
                said = house.adapter.read(house.link, good)
                mine = fresh.bookings()[said.booking].reservation_id
                want = Counter(night for one in said.rooms for night in span(one))
                assert Counter({night: n for (id, night), n in house.nights().items() if id == mine}) == want

    holds_once()


def span(one: IncomingRoom) -> Sequence[date]:
    return [one.arrival + timedelta(days=n) for n in range((one.departure - one.arrival).days)]


def test_what_the_desk_cancelled_is_not_held_again_by_the_same_message(hotel: OnChannel) -> None:
    """Somebody looked, and it is nonsense."""
    hotel.turn()
    hotel.fake.currency = "nonsense"
    id = hotel.fake.sell([hotel.sale(2, 4)])
    assert id
    hotel.turn()
    with work(hotel.owner) as db:
        cancel(db, hotel.reservation(id)[1][0].id, None)
        inbox.replay(db, hotel.messages()[0].id)
    hotel.turn()
    assert [status for _, _, status in hotel.stays(id)] == ["cancelled"]


def test_a_cancelled_booking_that_comes_back_unreadable_is_held_anew(hotel: OnChannel) -> None:
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 4)])
    assert id
    hotel.turn()
    hotel.fake.cancel(id)
    hotel.turn()
    hotel.fake.currency = "nonsense"
    hotel.fake.modify(id, [hotel.sale(2, 4)])
    hotel.turn()
    assert sorted(status for _, _, status in hotel.stays(id)) == ["cancelled", "confirmed"]
    assert len(hotel.bookings()[id].rooms) == 1, "and what comes next finds it"


def test_an_unreadable_message_that_comes_late_holds_nothing(hotel: OnChannel) -> None:
    hotel.turn()
    hotel.fake.currency = "nonsense"
    id = hotel.fake.sell([hotel.sale(2, 4)])
    assert id
    hotel.fake.currency = "EUR"
    hotel.fake.modify(id, [hotel.sale(6, 8)])
    hotel.turn()
    assert [one for one in hotel.stays(id) if one[2] == "confirmed"] == [(hotel.day(6), hotel.day(8), "confirmed")]


def test_a_room_nobody_mapped_of_a_booking_nobody_can_read_is_held_once(hotel: OnChannel) -> None:
    """Also where the type with most rooms left is another one by now."""
    hotel.turn()
    hotel.fake.add("room-X", ["rate-X"])
    hotel.fake.currency = "nonsense"
    id = hotel.fake.sell([hotel.sale(2, 4, "room-X", "rate-X")], force=True)
    assert id
    hotel.turn()
    for _ in range(2):
        hotel.book(2, 4)
        with work(hotel.owner) as db:
            inbox.replay(db, hotel.messages()[0].id)
        hotel.turn()
    assert hotel.stays(id) == [(hotel.day(2), hotel.day(4), "confirmed")]
    assert [one["kind"] for one in hotel.bookings()[id].problems][:2] == ["not_understood", "unmapped_room"]


def test_rooms_held_for_a_question_are_kept_when_what_came_of_it_cannot_be_read(hotel: OnChannel) -> None:
    take(hotel, told(hotel, "asked", "1"))
    with work(job(hotel)) as db:
        hold(db, db.one(Connection, hotel.connection), "Channex", told(hotel, "modified", "2"), "2")
    with work(job(hotel)) as db:
        db.execute(text("update channel_booking set held_until = now() - interval '1 hour' where held_until is not null"))
        assert release_unclaimed(db, hotel.connection) == 0
    assert [one["kind"] for one in hotel.bookings()["B-1"].problems] == ["not_understood"]
    take(hotel, told(hotel, "new", "3"))
    assert hotel.stays("B-1") == [(hotel.day(2), hotel.day(4), "confirmed")]
    assert hotel.bookings()["B-1"].problems == []


def test_a_booking_entered_by_hand_is_not_held_beside_itself(hotel: OnChannel) -> None:
    booked = hotel.book(2, 4)
    with work(hotel.owner) as db:
        row = db.one(Reservation, booked.reservation.id)
        row.source, row.external_ref = "Channex", "B-1"
    with work(job(hotel)) as db:
        hold(db, db.one(Connection, hotel.connection), "Channex", told(hotel, "modified", "1", 2, 5), "1")
    assert hotel.bookings()["B-1"].reservation_id == booked.reservation.id
    assert sorted(hotel.stays("B-1")) == [(hotel.day(2), hotel.day(4), "confirmed"), (hotel.day(4), hotel.day(5), "confirmed")]


def group(hotel: OnChannel, rooms: int, first: int, end: int) -> Incoming:
    return told(hotel, "modified", "1", rooms=[IncomingRoom("room-D", hotel.day(first), hotel.day(end))] * rooms)


def hold_it(hotel: OnChannel, seen: Incoming) -> list[dict[str, Any]]:
    """What people have to see to after that."""
    with work(job(hotel)) as db:
        hold(db, db.one(Connection, hotel.connection), "Channex", seen, seen.order)
    return [one for one in hotel.bookings()["B-1"].problems if one["kind"] != "oversold"]


def test_of_a_group_larger_than_a_reservation_the_first_rooms_are_held_and_the_others_told(hotel: OnChannel) -> None:
    beyond = {"kind": "too_many_rooms", "told": 52, "held": 50}
    assert hold_it(hotel, group(hotel, 52, 2, 3))[1:] == [beyond]
    assert len(hotel.stays("B-1")) == 50
    assert hold_it(hotel, group(hotel, 52, 2, 3))[1:] == [beyond], "once, however often it comes"
    assert len(hotel.stays("B-1")) == 50


def test_a_change_of_a_full_reservation_loses_none_of_what_can_be_held(hotel: OnChannel) -> None:
    """Refused as a whole, nothing of it would be held."""
    hold_it(hotel, group(hotel, 48, 2, 3))
    assert hold_it(hotel, group(hotel, 48, 2, 4))[-1] == {"kind": "too_many_rooms", "told": 48, "held": 2}
    assert Counter(hotel.stays("B-1")) == {
        (hotel.day(2), hotel.day(3), "confirmed"): 48,
        (hotel.day(3), hotel.day(4), "confirmed"): 2,
    }


def test_where_not_all_pieces_find_a_place_neighbouring_nights_of_a_room_are_one_piece() -> None:
    pieces = [room("D", 1, 2), room("D", 3, 4), room("S", 2, 3), room("D", 2, 3)]
    assert as_many(pieces, 4) == pieces
    assert as_many(pieces, 2) == [room("D", 1, 4), room("S", 2, 3)]
    assert as_many(pieces, 1) == [room("D", 1, 4)]
    assert as_many([room("D", 0, 300), room("D", 300, 500)], 1) == [room("D", 0, 300)], "no stay is longer than any"
