"""One row, one booking or one reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.imports.bookings import Booking, Rejected, gathered
from pms.imports.presets import CUSTOM, PRESETS, MissingColumns, guess, guess_date_format, mapping_of, suggest
from pms.imports.read import read
from pms.imports.rows import FREE_OF_CHARGE, ONE_ADULT, REASONS, bookings
from pms.kernel.refusals import BadInput

TODAY = date(2026, 11, 23)
GOOD = {
    "reference": "B1",
    "status": "confirmed",
    "source": "Website",
    "booked_on": "2026-10-01",
    "arrival": "2026-12-01",
    "departure": "2026-12-04",
    "room_type": "Double",
    "unit": "101",
    "adults": "2",
    "children": "1",
    "first_name": "Rūta",
    "last_name": "Kazlauskienė",
    "email": "ruta@example.com",
    "phone": "+370",
    "country": "LTU",
    "language": "LT",
    "price_night": "84.50",
    "currency": "EUR",
    "notes": "Late",
    "tags": "vip|quiet",
}
REAL = {
    "lead_time": "10",
    "arrival_date_year": "2016",
    "arrival_date_month": "July",
    "arrival_date_day_of_month": "30",
    "stays_in_weekend_nights": "2",
    "stays_in_week_nights": "1",
    "adults": "2",
    "children": "NA",
    "babies": "1",
    "meal": "Undefined",
    "country": "NULL",
    "market_segment": "Online TA",
    "assigned_room_type": "A",
    "adr": "75.5",
    "reservation_status": "Check-Out",
    "reservation_status_date": "2016-08-02",
}


def read_one(row: dict[str, str], preset: str = "octaspace_csv", own: dict[str, Any] | None = None) -> Booking | Rejected:
    text = ";".join(row) + "\n" + ";".join(row.values()) + "\n"
    table = read(text.encode())
    return next(bookings(table, mapping_of(preset, table.header, own), "EUR", TODAY))


def booking(row: dict[str, str], preset: str = "octaspace_csv") -> Booking:
    found = read_one(row, preset)
    assert isinstance(found, Booking), found
    return found


def test_our_own_csv_says_everything() -> None:
    found = booking(GOOD)
    room = found.rooms[0]
    assert (found.ref, found.source, found.booked_on, found.tags, found.notes) == (
        "B1",
        "website",
        date(2026, 10, 1),
        ("vip", "quiet"),
        "Late",
    )
    assert (found.guest.first_name, found.guest.last_name, found.guest.country) == ("Rūta", "Kazlauskienė", "LT")
    assert (room.arrival, room.departure, room.room_type, room.unit) == (date(2026, 12, 1), date(2026, 12, 4), "Double", "101")
    assert (room.adults, room.children, room.status, room.prices) == (2, 1, "confirmed", (8450, 8450, 8450))


def test_the_real_hotel_is_read_by_its_rules() -> None:
    found = booking(REAL, "resort_hotel")
    room = found.rooms[0]
    assert (room.arrival, room.departure, found.booked_on) == (date(2016, 7, 30), date(2016, 8, 2), date(2016, 7, 20))
    assert (room.adults, room.children, room.status, room.prices) == (2, 1, "checked_out", (7550, 7550, 7550))
    assert (found.source, found.guest.country, found.tags, room.room_type) == ("online agency", "", (), "Type A")


def test_a_hotels_history_is_kept_as_it_was_and_says_where_it_was_odd() -> None:
    found = booking(REAL | {"adults": "0", "adr": "-6.38"}, "resort_hotel")
    assert (found.rooms[0].adults, found.rooms[0].prices) == (1, (0, 0, 0))
    assert found.notes.splitlines() == [ONE_ADULT, FREE_OF_CHARGE]


def test_no_nights_is_day_use() -> None:
    room = booking(REAL | {"stays_in_weekend_nights": "0", "stays_in_week_nights": "0"}, "resort_hotel").rooms[0]
    assert (room.arrival == room.departure, room.prices) == (True, ())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"arrival": "soon"}, "no-arrival"),
        ({"arrival": ""}, "no-arrival"),
        ({"arrival": "2026-02-30"}, "no-arrival"),
        ({"departure": ""}, "no-departure"),
        ({"departure": "2026-11-30"}, "departure-before-arrival"),
        ({"departure": "2027-12-03"}, "too-long"),
        ({"arrival": "1889-12-01", "departure": "1889-12-02"}, "implausible-date"),
        ({"room_type": "NULL"}, "no-room-type"),
        ({"adults": "0"}, "no-guests"),
        ({"adults": ""}, "no-guests"),
        ({"adults": "two"}, "bad-number"),
        ({"children": "-1"}, "bad-number"),
        ({"adults": "1.5"}, "bad-number"),
        ({"adults": "400"}, "too-many-guests"),
        ({"price_night": "-1"}, "negative-price"),
        ({"price_night": "free"}, "bad-price"),
        ({"price_night": "99999999"}, "bad-price"),
        ({"currency": "USD"}, "other-currency"),
        ({"booked_on": "yesterday"}, "bad-booking-date"),
        ({"status": "perhaps"}, "unknown-status"),
    ],
)
def test_every_defect_has_its_name(change: dict[str, str], reason: str) -> None:
    found = read_one(GOOD | change)
    assert isinstance(found, Rejected)
    assert (found.row, found.reason) == (2, reason)
    assert reason in REASONS
    assert found.content["last_name"] == "Kazlauskienė"


def test_a_row_with_a_cell_too_few_is_rejected_and_the_next_one_is_not() -> None:
    table = read(b"arrival,departure,room_type\n2026-12-01,2026-12-02\n2026-12-01,2026-12-02,Double\n")
    found = list(bookings(table, mapping_of("octaspace_csv", table.header), "EUR", TODAY))
    assert isinstance(found[0], Rejected)
    assert found[0].reason == "cells"
    assert isinstance(found[1], Booking)


@pytest.mark.parametrize(
    ("arrival", "departure", "status"),
    [
        ("2026-11-01", "2026-11-22", "checked_out"),
        ("2026-11-20", "2026-11-23", "checked_in"),
        ("2026-11-20", "2026-11-25", "checked_in"),
        ("2026-11-23", "2026-11-25", "confirmed"),
        ("2026-12-20", "2026-12-25", "confirmed"),
    ],
)
def test_without_a_status_the_dates_decide(arrival: str, departure: str, status: str) -> None:
    assert booking(GOOD | {"status": "", "arrival": arrival, "departure": departure}).rooms[0].status == status


def test_the_price_of_the_stay_is_shared_to_the_cent() -> None:
    row = {key: text for key, text in GOOD.items() if key != "price_night"} | {"price_total": "100.00"}
    assert booking(row).rooms[0].prices == (3333, 3333, 3334)


def test_rows_of_one_reference_are_rooms_of_one_reservation() -> None:
    parts = [booking(GOOD), booking(GOOD | {"arrival": "2026-11-30", "unit": "102"}), booking(GOOD | {"reference": "B2"})]
    whole = gathered(parts)
    assert [(one.ref, len(one.rooms), len(one.rows)) for one in whole] == [("B1", 2, 2), ("B2", 1, 1)]
    assert whole[0].rooms[0].arrival == date(2026, 11, 30)


def test_twins_without_a_reference_are_two_bookings_and_the_same_two_next_time() -> None:
    row = [text for key, text in REAL.items()]
    text = ",".join(REAL) + "\n" + (",".join(row) + "\n") * 2
    table = read(text.encode())
    mapping = mapping_of("resort_hotel", table.header)
    refs = [[b.ref for b in bookings(table, mapping, "EUR", TODAY) if isinstance(b, Booking)] for _ in range(2)]
    assert len(set(refs[0])) == 2
    assert refs[0] == refs[1]


def test_a_format_is_recognised_by_its_columns() -> None:
    assert guess(tuple(REAL)) == "resort_hotel"
    assert guess(tuple(GOOD)) == "octaspace_csv"
    assert guess(("Anreise", "Abreise", "Name")) == CUSTOM


def test_own_columns_are_suggested_and_checked() -> None:
    header = ("Booking number", "Guest name(s)", "Check-in", "Check-out", "Unit type", "Persons", "Price", "Status")
    columns = suggest(header)
    assert columns["reference"] == "Booking number"
    assert columns["price_total"] == "Price"
    assert mapping_of(CUSTOM, header, {"columns": columns}).columns == columns
    with pytest.raises(BadInput, match="room type"):
        mapping_of(CUSTOM, header, {"columns": {**columns, "room_type": ""}})
    with pytest.raises(BadInput, match="arrival"):
        mapping_of(CUSTOM, header, {"columns": {}})
    with pytest.raises(BadInput, match="date formats"):
        mapping_of(CUSTOM, header, {"columns": columns, "date_format": "%A"})
    with pytest.raises(MissingColumns, match="Zimmer"):
        mapping_of(CUSTOM, header, {"columns": {**columns, "unit": "Zimmer"}})
    with pytest.raises(MissingColumns, match="adr"):
        mapping_of("resort_hotel", tuple(name for name in REAL if name != "adr"))
    with pytest.raises(BadInput):
        mapping_of("nonesuch", header)


@pytest.mark.parametrize(
    ("sample", "pattern"),
    [("23.11.2026", "%d.%m.%Y"), ("2026-11-23", "%Y-%m-%d"), ("23/11/2026", "%d/%m/%Y"), ("11/23/2026", "%m/%d/%Y")],
)
def test_the_date_format_is_guessed_from_the_rows(sample: str, pattern: str) -> None:
    assert guess_date_format([sample]) == pattern


@given(
    st.dictionaries(
        st.sampled_from(sorted(GOOD)), st.text(st.characters(exclude_characters='";\r\n\x00', codec="utf-8"), max_size=12)
    )
)
def test_no_cell_whatsoever_is_a_bug(change: dict[str, str]) -> None:
    found = read_one(GOOD | change)
    if isinstance(found, Booking):
        room = found.rooms[0]
        assert len(room.prices) == (room.departure - room.arrival).days >= 0
        assert room.adults >= 1
        assert all(price >= 0 for price in room.prices)
        assert found.ref
        assert found.source
        assert found.guest.last_name
    else:
        assert found.reason in REASONS


def test_every_preset_maps_fields_that_exist() -> None:
    for preset in PRESETS.values():
        preset.mapping.check(tuple(preset.mapping.columns.values()))
