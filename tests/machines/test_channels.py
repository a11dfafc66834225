"""Whatever happens on the channels, at the desk and on the way: afterwards every channel shows what is true, and every booking
that was ever made there is in the books exactly once, in its last state."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import text

from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.refusals import Refusal
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.life_cycle import cancel
from pms.reservations.move import move
from tests.builders import a_cast
from tests.channels.conftest import OnChannel, on_channel
from tests.channels.fake import FAULTS, FakeBooking, Sale, moved
from tests.channels.otas import OTAS
from tests.invariants import assert_house_in_order

NIGHTS = 6
FIRST_NIGHTS = st.integers(0, NIGHTS - 2)
LENGTHS = st.integers(1, 2)


class Channels(RuleBasedStateMachine):
    """A house of five rooms on every channel at once."""

    channels: tuple[str, ...]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.on: list[OnChannel] = []
        self.desk: list[Any] = []

    @initialize()
    def open(self) -> None:
        owner: Actor = a_cast().olga
        for name in self.channels:
            beside = self.on[0] if self.on else None
            self.on.append(self.stack.enter_context(on_channel(owner, name, beside)))
            self.on[-1].nights = NIGHTS
            self.on[-1].turn()

    def sale(self, hotel: OnChannel, first: int, length: int, room: str) -> Sale:
        return hotel.sale(first, min(NIGHTS, first + length), f"room-{room}", f"rate-{room}", adults=1)

    @rule(
        which=st.integers(0, 9),
        first=FIRST_NIGHTS,
        length=LENGTHS,
        rooms=st.lists(st.sampled_from("DS"), min_size=1, max_size=2),
    )
    def a_guest_books_there(self, which: int, first: int, length: int, rooms: list[str]) -> None:
        hotel = self.on[which % len(self.on)]
        if hotel.fake.sells:
            hotel.fake.sell([self.sale(hotel, first, length, room) for room in rooms[: hotel.fake.rooms_most]])

    @rule(which=st.integers(0, 9), pick=st.integers(0, 99), first=FIRST_NIGHTS, length=LENGTHS, fewer=st.booleans())
    def a_guest_changes_it_there(self, which: int, pick: int, first: int, length: int, fewer: bool) -> None:
        hotel = self.on[which % len(self.on)]
        if booking := self.made(hotel, pick):
            rooms = booking.rooms[:1] if fewer else booking.rooms
            end = min(NIGHTS, first + length)
            hotel.fake.modify(booking.id, [moved(sale, hotel.day(first), hotel.day(end)) for sale in rooms])

    @rule(which=st.integers(0, 9), pick=st.integers(0, 99))
    def a_guest_cancels_there(self, which: int, pick: int) -> None:
        hotel = self.on[which % len(self.on)]
        if booking := self.made(hotel, pick):
            hotel.fake.cancel(booking.id)

    def made(self, hotel: OnChannel, pick: int) -> FakeBooking | None:
        live = [one for one in hotel.fake.bookings.values() if one.status != "cancelled"]
        return live[pick % len(live)] if live else None

    @rule(first=FIRST_NIGHTS, length=LENGTHS, double=st.booleans())
    def the_desk_books(self, first: int, length: int, double: bool) -> None:
        hotel = self.on[0]
        kind = hotel.double if double else hotel.single
        room = Room(kind, hotel.day(first), hotel.day(min(NIGHTS, first + length)), adults=1)
        try:
            with work(hotel.owner) as db:
                self.desk.append(book(db, Booking(hotel.property_id, GuestDetails("Desk"), [room])).stays[0].id)
        except Refusal:
            return

    @rule(pick=st.integers(0, 99))
    def the_desk_cancels(self, pick: int) -> None:
        if self.desk:
            with work(self.on[0].owner) as db:
                cancel(db, self.desk.pop(pick % len(self.desk)), None)

    @rule(pick=st.integers(0, 99), double=st.booleans())
    def the_desk_moves(self, pick: int, double: bool) -> None:
        hotel = self.on[0]
        if not self.desk:
            return
        try:
            with work(hotel.owner) as db:
                move(db, self.desk[pick % len(self.desk)], None, room_type_id=hotel.double if double else hotel.single)
        except Refusal:
            return

    @rule(which=st.integers(0, 9), faults=st.lists(st.sampled_from(FAULTS), max_size=3))
    def somebody_speaks(self, which: int, faults: list[Any]) -> None:
        hotel = self.on[which % len(self.on)]
        hotel.fake.faults = faults
        hotel.turn()
        hotel.fake.faults = []

    def teardown(self) -> None:
        try:
            if self.on:
                self._quiet()
                for hotel in self.on:
                    self._shows_what_is_true(hotel)
                    self._has_every_booking_once(hotel)
                assert_house_in_order(self.on[0].owner, oversold_allowed=True)
        finally:
            self.stack.close()

    def _quiet(self) -> None:
        """Everybody is heard and told, three times: what one sold, the others hear in the second round."""
        for _ in range(3):
            for hotel in self.on:
                hotel.turn()

    def _shows_what_is_true(self, hotel: OnChannel) -> None:
        with work(hotel.owner) as db:
            query = """
                select t.id, d::date, greatest(0, coalesce(i.capacity + i.overbooking - i.sold - i.held - i.blocked, u.units))
                from room_type t cross join generate_series(:first, :last, interval '1 day') d
                cross join lateral (select count(*) units from unit where room_type_id = t.id) u
                left join inventory_night i on i.room_type_id = t.id and i.night = d::date where t.property_id = :house
            """
            span = {"first": hotel.first, "last": hotel.day(NIGHTS - 1), "house": hotel.property_id}
            left = {(row[0], row[1]): row[2] for row in db.execute(text(query), span)}
        for n in range(NIGHTS):
            for kind, room in ((hotel.double, "room-D"), (hotel.single, "room-S")):
                there, here = hotel.shown(room, n)["rooms"], left[kind, hotel.day(n)]
                assert there == here, (hotel.channel, room, n, there, here)

    def _has_every_booking_once(self, hotel: OnChannel) -> None:
        assert hotel.fake.waiting == [], hotel.channel
        kept = hotel.bookings()
        assert kept.keys() == hotel.fake.bookings.keys(), hotel.channel
        for id, booking in hotel.fake.bookings.items():
            assert (kept[id].status == "cancelled") == (booking.status == "cancelled"), (hotel.channel, id)
            if kept[id].reservation_id is None:
                assert booking.status == "cancelled", (hotel.channel, id)
                continue
            here = sorted((arrival, departure) for arrival, departure, status in hotel.stays(id) if status == "confirmed")
            assert here == self._there(booking), (hotel.channel, id)

    def _there(self, booking: FakeBooking) -> list[tuple[date, date]]:
        if booking.status == "cancelled":
            return []
        return sorted((sale.arrival, sale.departure) for sale in booking.rooms)


STEPS = settings(max_examples=6, stateful_step_count=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", OTAS)
def test_a_house_on_one_channel(name: str, services: None) -> None:
    run_state_machine_as_test(type("OnOne", (Channels,), {"channels": (name,)}), settings=STEPS)


def test_a_house_on_all_channels(services: None) -> None:
    run_state_machine_as_test(type("OnAll", (Channels,), {"channels": tuple(OTAS)}), settings=STEPS)
