"""Any history of selling, moving, splitting, blocking, allowing leaves inventory == nights and refuses only with cause."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from sqlmodel import select

from pms.inventory.allowance import AllowanceTooLarge, allow, take_back
from pms.inventory.claim import SoldOut
from pms.inventory.models import Block, InventoryNight
from pms.kernel.actor import Actor, job_actor
from pms.kernel.dates import nights, today
from pms.kernel.db import work
from pms.kernel.refusals import Refusal
from pms.reservations.blocks import change_block, lift_block, place_block
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.life_cycle import (
    cancel,
    check_in,
    check_out,
    confirm,
    no_show,
    reinstate,
    undo_check_in,
    undo_check_out,
)
from pms.reservations.models import Stay, StayNight
from pms.reservations.move import change_dates, move, reprice, split, unassign, undo
from tests.builders import a_property, a_room_type, an_organization, unit_ids
from tests.invariants import assert_house_in_order

FIRST = today("Europe/Vilnius") - timedelta(days=3)
DAYS = st.integers(0, 6).map(lambda n: FIRST + timedelta(days=n))
LENGTHS = st.integers(0, 4).map(lambda n: timedelta(days=n))
SIMPLE = [confirm, cancel, check_in, check_out, no_show, reinstate, undo_check_in, undo_check_out, unassign]


class House(RuleBasedStateMachine):
    """Two room types of two units each, a week, half of it sold at the start: small enough to be full most of the time."""

    stays = Bundle("stays")
    blocks = Bundle("blocks")
    allowances = Bundle("allowances")

    @initialize(target=stays)
    def open_the_house(self) -> object:
        organization_id = an_organization("Machine")
        self.actor: Actor = job_actor(organization_id, "machine")
        self.property_id = a_property(self.actor)
        self.types = [a_room_type(self.actor, self.property_id, name, units=2) for name in ("Single", "Double")]
        self.beyond: Counter[tuple[UUID, date]] = Counter()
        self.lacking: Counter[tuple[UUID, date]] = Counter()
        self.units = [unit for room_type in self.types for unit in unit_ids(self.actor, room_type)]
        sold = [
            Room(self.types[n // 2], FIRST + timedelta(days=n), FIRST + timedelta(days=n + 3), self.units[n]) for n in range(4)
        ]
        with work(self.actor) as db:
            made = book(db, Booking(self.property_id, GuestDetails("Early bird"), sold))
        return multiple(*[stay.id for stay in made.stays])

    @rule(
        target=stays,
        arrival=DAYS,
        length=LENGTHS,
        which=st.integers(0, 1),
        unit=st.none() | st.integers(0, 3),
        rooms=st.integers(1, 2),
        status=st.sampled_from(["tentative", "confirmed"]),
    )
    def book(self, arrival: date, length: timedelta, which: int, unit: int | None, rooms: int, status: str) -> object:
        room = Room(self.types[which], arrival, arrival + length, None if unit is None else self.units[unit])
        wanted = [room] + [replace(room, unit_id=None)] * (rooms - 1)
        lacking = self._lacking(Counter((self._counted(r), n) for r in wanted for n in nights(r.arrival, r.departure)))
        try:
            with work(self.actor) as db:
                made = book(db, Booking(self.property_id, GuestDetails("Machine"), wanted, status=status))
        except SoldOut:
            assert lacking, "refused as sold out although every night had room"
            return multiple()
        except Refusal:
            assert not lacking
            return multiple()
        assert not lacking, f"sold although {lacking} had no room"
        return multiple(*[stay.id for stay in made.stays])

    @rule(stay=stays, verb=st.sampled_from(SIMPLE))
    def live_on(self, stay: UUID, verb: object) -> None:
        self._try(lambda db: verb(db, stay, None))  # type: ignore[operator]

    @rule(stay=stays, unit=st.none() | st.integers(0, 3), which=st.integers(0, 1), arrival=st.none() | DAYS)
    def move(self, stay: UUID, unit: int | None, which: int, arrival: date | None) -> None:
        where = {"unit_id": self.units[unit]} if unit is not None else {"room_type_id": self.types[which]}
        self._try(lambda db: move(db, stay, None, arrival=arrival, **where))

    @rule(stay=stays, arrival=DAYS, length=LENGTHS)
    def change_dates(self, stay: UUID, arrival: date, length: timedelta) -> None:
        self._try(lambda db: change_dates(db, stay, None, arrival, arrival + length))

    @rule(stay=stays, night=DAYS, unit=st.integers(0, 3))
    def split(self, stay: UUID, night: date, unit: int) -> None:
        self._try(lambda db: split(db, stay, None, night, unit_id=self.units[unit]))

    @rule(stay=stays, night=DAYS, unit=st.integers(0, 3))
    def move_a_segment(self, stay: UUID, night: date, unit: int) -> None:
        self._try(lambda db: move(db, stay, None, unit_id=self.units[unit], from_night=night))

    @rule(stay=stays, price=st.integers(0, 50_000))
    def reprice(self, stay: UUID, price: int) -> None:
        self._try(lambda db: reprice(db, stay, None, [price] * self._length(stay)))

    @rule(stay=stays)
    def undo(self, stay: UUID) -> None:
        self._try(lambda db: undo(db, stay, db.one(Stay, stay).version))

    @rule(
        target=blocks,
        unit=st.integers(0, 3),
        first=DAYS,
        length=st.integers(1, 4),
        kind=st.sampled_from(["out_of_order", "out_of_service"]),
        oversell=st.booleans(),
    )
    def block(self, unit: int, first: date, length: int, kind: str, oversell: bool) -> object:
        # `oversell` is refused below when it would push a night over, so that the invariant can stay strict.
        wanted = Counter((self.types[unit // 2], n) for n in nights(first, first + timedelta(days=length)))
        force = oversell and not self._lacking(wanted)
        try:
            with work(self.actor) as db:
                placed = place_block(db, self.units[unit], first, first + timedelta(days=length), kind, "paint", force)
        except Refusal:
            return multiple()
        return placed.id

    @rule(block=blocks, first=DAYS, length=st.integers(1, 4), kind=st.sampled_from(["out_of_order", "out_of_service"]))
    def change_block(self, block: UUID, first: date, length: int, kind: str) -> None:
        self._try(
            lambda db: change_block(db, block, db.one(Block, block).version, first, first + timedelta(days=length), kind, "x")
        )

    @rule(block=consumes(blocks))
    def lift(self, block: UUID) -> None:
        self._try(lambda db: lift_block(db, block, db.one(Block, block).version))

    @rule(target=allowances, which=st.integers(0, 1), first=DAYS, length=st.integers(1, 4), rooms=st.integers(0, 3))
    def allow(self, which: int, first: date, length: int, rooms: int) -> object:
        wanted = {(self.types[which], night): rooms for night in nights(first, first + timedelta(days=length))}
        try:
            with work(self.actor) as db:
                made = allow(db, self.property_id, wanted)
        except AllowanceTooLarge:
            assert rooms > 2
            return multiple()
        assert rooms <= 2
        self._look_at_the_counters()
        return multiple(*[made.change_id] if made.change_id else [])

    @rule(change=allowances)
    def take_an_allowance_back(self, change: UUID) -> None:
        self._try(lambda db: take_back(db, change))
        self._look_at_the_counters()

    @invariant()
    def house_is_in_order(self) -> None:
        if hasattr(self, "actor"):
            assert_house_in_order(self.actor, oversold_allowed=True)

    @invariant()
    def only_taking_an_allowance_away_oversells(self) -> None:
        if hasattr(self, "actor"):
            before = self.lacking
            self._look_at_the_counters()
            assert self.lacking <= before, "something else than an allowance oversold a night"

    def _look_at_the_counters(self) -> None:
        with work(self.actor) as db:
            rows = db.exec(select(InventoryNight)).all()
            self.beyond = Counter({(row.room_type_id, row.night): row.overbooking for row in rows})
            self.lacking = Counter({(row.room_type_id, row.night): row.oversold for row in rows})

    def _try(self, verb: object) -> None:
        try:
            with work(self.actor) as db:
                verb(db)  # type: ignore[operator]
        except Refusal:
            pass

    def _counted(self, room: Room) -> UUID:
        return self.types[self.units.index(room.unit_id) // 2] if room.unit_id else room.room_type_id

    def _length(self, stay: UUID) -> int:
        with work(self.actor) as db:
            row = db.one(Stay, stay)
        return (row.departure - row.arrival).days

    def _lacking(self, wanted: Counter[tuple[UUID, date]]) -> list[tuple[UUID, date]]:
        """Which wanted (type, night) has too few rooms, counted from the nights and blocks alone."""
        with work(self.actor) as db:
            taken = Counter(db.exec(select(StayNight.room_type_id, StayNight.night).where(StayNight.live)).all())
            for block in db.exec(select(Block).where(Block.kind == "out_of_order", Block.lifted_at == None)):  # noqa: E711
                taken.update(
                    (self.types[self.units.index(block.unit_id) // 2], n) for n in nights(block.first_night, block.end_night)
                )
        return [key for key, count in wanted.items() if taken[key] + count > 2 + self.beyond[key]]


@pytest.mark.usefixtures("services")
class TestHouse(House.TestCase):
    settings = settings(
        max_examples=40,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
