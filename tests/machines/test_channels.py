"""Whatever happens on the channels, at the desk and on the way: afterwards every channel shows what is true, and every booking
that was ever made there is in the books exactly once, in its last state."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import text

from pms.inventory.allowance import allow
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.refusals import Refusal
from pms.rates.cells import Edit, change_cells
from pms.reservations.blocks import lift_block, place_block
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.life_cycle import cancel
from pms.reservations.move import move
from tests.builders import a_cast
from tests.channels.conftest import OnChannel, on_channel
from tests.channels.fake import FAULTS, SOON, FakeBooking, Sale, moved
from tests.channels.otas import OTAS
from tests.channels.storm import last_state, oversold, rooms_left
from tests.invariants import assert_house_in_order
from tests.services import environment

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
        self.blocks: list[Any] = []
        self.sold_at = dict.fromkeys(range(NIGHTS), (10000, False))

    @initialize()
    def open(self) -> None:
        owner: Actor = a_cast().olga
        self.stack.enter_context(environment(**SOON))
        for name in self.channels:
            beside = self.on[0] if self.on else None
            self.on.append(self.stack.enter_context(on_channel(owner, name, beside)))
            self.on[-1].nights = NIGHTS
            self.on[-1].fake.disorder = 0.3
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

    @rule(n=FIRST_NIGHTS, length=LENGTHS, unit=st.integers(0, 2), lift=st.booleans())
    def the_desk_blocks(self, n: int, length: int, unit: int, lift: bool) -> None:
        hotel = self.on[0]
        with suppress(Refusal), work(hotel.owner) as db:
            if lift and self.blocks:
                lift_block(db, self.blocks.pop(), 1)
            else:
                query = "select id from unit where room_type_id = :id order by id"
                units = list(db.execute(text(query), {"id": hotel.double}).scalars())
                self.blocks.append(place_block(db, units[unit], hotel.day(n), hotel.day(n + length), "out_of_order", "paint").id)

    @rule(n=st.integers(0, NIGHTS - 1), most=st.integers(0, 2))
    def more_may_be_sold_than_there_is(self, n: int, most: int) -> None:
        hotel = self.on[0]
        with work(hotel.owner) as db:
            allow(db, hotel.property_id, {(hotel.double, hotel.day(n)): most})

    @rule(n=st.integers(0, NIGHTS - 1), euros=st.integers(50, 400), closed=st.booleans())
    def a_price_moves(self, n: int, euros: int, closed: bool) -> None:
        hotel = self.on[0]
        with work(hotel.owner) as db:
            values = {"price": euros * 100, "closed": closed}
            change_cells(db, hotel.property_id, [Edit((hotel.plan, hotel.double, hotel.day(n)), values)])
        self.sold_at[n] = (euros * 100, closed)

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
        """What is on its way comes; then all are heard and told, three times: what one sold, the others hear in the second."""
        for hotel in self.on:
            hotel.fake.disorder = 0.0
            hotel.fake.remind()
        for _ in range(3):
            for hotel in self.on:
                hotel.turn()

    def _shows_what_is_true(self, hotel: OnChannel) -> None:
        for (room, n), left in rooms_left(hotel, NIGHTS).items():
            assert hotel.shown(room, n)["rooms"] == left, (hotel.channel, room, n, left)
        full = oversold(hotel)
        for n, (price, closed) in self.sold_at.items():
            rate = hotel.shown("room-D/rate-D", n)
            assert rate.get("price", rate.get("price_2")) == price, (hotel.channel, n, price)
            assert bool(rate.get("closed", 0)) is (closed or ("room-D", n) in full), (hotel.channel, n, closed)

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
            assert here == last_state(booking), (hotel.channel, id)


STEPS = settings(max_examples=6, stateful_step_count=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", OTAS)
def test_a_house_on_one_channel(name: str, services: None) -> None:
    run_state_machine_as_test(type("OnOne", (Channels,), {"channels": (name,)}), settings=STEPS)


def test_a_house_on_all_channels(services: None) -> None:
    run_state_machine_as_test(type("OnAll", (Channels,), {"channels": tuple(OTAS)}), settings=STEPS)
