"""A file as a whole: order, needs, moving to today, and the made-up house."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.imports.bookings import Booking, Person, Rejected, Room
from pms.imports.countries import alpha2
from pms.imports.house import unit_names
from pms.imports.plan import Options, plan_bookings, plan_file
from pms.imports.sample import TYPES, sample_bookings
from pms.imports.shift import shifted, weeks_to_today

TODAY = date(2026, 11, 23)


def a_booking(row: int, arrival: date, nights: int = 2, status: str = "checked_out", room_type: str = "A") -> Booking:
    room = Room(arrival, arrival + timedelta(days=nights), room_type, 2, 0, status, (5000,) * nights)
    return Booking(f"r{row}", "import", arrival - timedelta(days=30), Person("", "Guest"), (room,), (row,))


def test_chunks_are_cut_in_order_of_arrival_and_meet_without_a_gap() -> None:
    days = [TODAY + timedelta(days=(7 * n) % 31) for n in range(31)]
    plan = plan_bookings([a_booking(n, day) for n, day in enumerate(days)], [Rejected(99, "cells", {})])
    assert plan.rows == 32
    seen: list[str] = []
    done = 1
    while chunk := plan.after(done, 4):
        seen += [booking.ref for booking in chunk]
        done += sum(len(booking.rows) for booking in chunk)
    assert done == 32
    assert [plan.bookings[n].ref for n in range(31)] == seen
    assert [b.rooms[0].arrival for b in plan.bookings] == sorted(days)


def test_a_booking_of_many_rows_goes_in_whole() -> None:
    large = replace(a_booking(1, TODAY), rows=tuple(range(1, 9)))
    plan = plan_bookings([large, a_booking(20, TODAY + timedelta(days=9))])
    assert [booking.ref for booking in plan.after(0, 3)] == ["r1"]
    assert [booking.ref for booking in plan.after(8, 3)] == ["r20"]


def test_a_type_needs_its_busiest_night_and_one_unit_at_least() -> None:
    plan = plan_bookings(
        [a_booking(1, TODAY), a_booking(2, TODAY + timedelta(days=1)), a_booking(3, TODAY, status="cancelled", room_type="B")]
    )
    assert [(need.name, need.peak, need.base_price) for need in plan.needs] == [("A", 2, 5000), ("B", 1, 0)]


def test_doors_are_numbered_around_those_that_are_taken() -> None:
    need = plan_bookings([a_booking(1, TODAY, room_type="Type A")]).needs[0]
    assert unit_names(replace(need, peak=3), {"A02"}) == ["A01", "A03", "A04"]
    assert unit_names(replace(need, peak=3, unit_names=("7", "9")), set()) == ["7", "9", "A01"]


@given(st.dates(date(2010, 1, 1), date(2020, 1, 1)), st.integers(60, 1500), st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_moved_dates_keep_their_weekday_and_have_today_inside(first: date, days: int, today: date) -> None:
    last = first + timedelta(days=days)
    weeks = weeks_to_today(first, last, today)
    moved = timedelta(weeks=weeks)
    assert (first + moved).weekday() == first.weekday()
    assert first + moved <= today <= last + moved
    if days > 364 + 90 + 7:
        assert weeks % 52 == 0


@pytest.mark.parametrize(
    ("arrival", "nights", "was", "becomes"),
    [
        (-9, 3, "checked_out", "checked_out"),
        (-3, 3, "checked_out", "checked_in"),
        (-3, 5, "checked_out", "checked_in"),
        (0, 2, "checked_out", "confirmed"),
        (0, 0, "checked_out", "confirmed"),
        (9, 2, "checked_out", "confirmed"),
        (-9, 3, "no_show", "no_show"),
        (0, 3, "no_show", "cancelled"),
        (9, 3, "cancelled", "cancelled"),
    ],
)
def test_moved_stays_are_as_far_as_they_would_be_this_morning(arrival: int, nights: int, was: str, becomes: str) -> None:
    moved = shifted([a_booking(1, TODAY + timedelta(days=arrival - 70), nights, was)], 10, TODAY)[0]
    assert moved.rooms[0].status == becomes
    assert moved.rooms[0].arrival == TODAY + timedelta(days=arrival)
    assert moved.booked_on <= TODAY


def test_nameless_guests_get_the_same_made_up_name_every_time() -> None:
    file = b"from,to,kind,country\n2026-12-01,2026-12-02,A,LTU\n2026-12-01,2026-12-02,A,JPN\n"
    own = {"columns": {"arrival": "from", "departure": "to", "room_type": "kind", "country": "country"}}
    plans = [plan_file(file, "custom", own, Options(TODAY, invent_names=True), "EUR") for _ in range(2)]
    assert [b.guest for b in plans[0].bookings] == [b.guest for b in plans[1].bookings]
    assert not any(b.guest.last_name.startswith("Guest") for b in plans[0].bookings)
    plain = plan_file(file, "custom", own, Options(TODAY), "EUR")
    assert [b.guest.last_name for b in plain.bookings] == ["Guest 2", "Guest 3"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("PRT", "PT"), ("PT", "PT"), ("CN", "CN"), ("lt", "LT"), ("Lietuva", "LT"), ("Deutschland", "DE"), ("Mordor", ""), ("", "")],
)
def test_countries_are_understood_as_people_write_them(text: str, code: str) -> None:
    assert alpha2(text) == code


def test_the_made_up_house_is_the_same_every_time_and_never_oversold() -> None:
    made = sample_bookings(1, TODAY)
    assert made == sample_bookings(1, TODAY)
    assert made != sample_bookings(2, TODAY)
    units = {kind.name: len(kind.units) for kind in TYPES}
    assert sum(units.values()) == 60
    assert any(kind.unit_type == "bed" for kind in TYPES)
    sold = Counter(
        (room.room_type, room.arrival + timedelta(days=n))
        for booking in made
        for room in booking.rooms
        if room.live
        for n in range(len(room.prices))
    )
    assert all(count <= units[kind] for (kind, _), count in sold.items())


def test_the_made_up_house_is_plausible() -> None:
    made = sample_bookings(2026, TODAY)
    rooms = [room for booking in made for room in booking.rooms]
    statuses = Counter(room.status for room in rooms)
    assert min(statuses[status] for status in ("tentative", "confirmed", "checked_in", "checked_out", "cancelled", "no_show")) > 5
    assert any(len(booking.rooms) > 1 for booking in made)
    assert any(room.unit == "-" and room.arrival > TODAY for room in rooms)
    assert all(booking.booked_on <= min(TODAY, booking.rooms[0].arrival) for booking in made)
    assert min(room.arrival for room in rooms) < TODAY - timedelta(days=360)
    assert max(room.departure for room in rooms) > TODAY + timedelta(days=300)
    nights = Counter(
        (room.arrival + timedelta(days=n)).month
        for room in rooms
        if room.live
        for n in range(len(room.prices))
        if room.arrival < TODAY
    )
    assert nights[7] > 1.3 * nights[2]
