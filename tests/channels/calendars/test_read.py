"""Files in, entries out: the shapes of the sites, what RFC 5545 allows, and whatever else somebody may send. No database."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pms.channels.calendars.read import ENTRIES_MOST, Entry, Unreadable, read
from tests.channels.calendars.sites import (
    airbnb,
    airbnb_2018,
    airbnb_closed,
    airbnb_sold,
    booking_com,
    dates,
    event,
    file,
    plain,
    vrbo,
)

FIRST, END = date(2027, 6, 1), date(2027, 6, 4)
ZONE = "Europe/Zurich"


def one(content: bytes, zone: str = ZONE) -> Entry:
    (entry,) = read(content, zone).entries
    return entry


def keys(content: bytes) -> list[str]:
    return [note.key for note in read(content, ZONE).notes]


def timed(*lines: str) -> tuple[date, date]:
    entry = one(file(event("UID:a", *lines, "SUMMARY:Reserved")))
    return entry.first, entry.end


# The sites


def test_airbnb_sold_and_closed() -> None:
    found = read(airbnb(airbnb_sold(FIRST, END), airbnb_closed(END, date(2027, 6, 9))), ZONE)
    sold, closed = found.entries
    assert (sold.kind, sold.first, sold.end, sold.code, sold.name) == ("reservation", FIRST, END, "HMABCD1234", "")
    assert (closed.kind, closed.unsure) == ("block", False)
    assert found.notes == []


def test_airbnb_of_2018_with_the_end_first_and_the_guest_by_name() -> None:
    entry = one(airbnb_2018(FIRST, END))
    assert (entry.kind, entry.name, entry.code, entry.first, entry.end) == ("reservation", "Ann Smith", "HMABCD1234", FIRST, END)


def test_no_phone_number_and_no_address_is_kept() -> None:
    assert not {"1234", "555", "@guest"} & {part for part in repr(one(airbnb_2018(FIRST, END))).split() if "HM" not in part}


def test_booking_com_says_the_same_of_sold_and_closed() -> None:
    entry = one(booking_com(("a1", FIRST, END)))
    assert (entry.kind, entry.unsure, entry.uid) == ("block", True, "a1@booking.com")


def test_booking_com_of_old_names_the_guest() -> None:
    entry = one(booking_com(("a1", FIRST, END), summary="CLOSED - Ann Smith"))
    assert (entry.kind, entry.name) == ("reservation", "Ann Smith")


@pytest.mark.parametrize("prodid", ["-//Booking.com//Extranet Calendar//EN", "-//booking.com//EN", "x\\\\\\, b.v.\\"])
def test_the_maker_does_not_matter(prodid: str) -> None:
    assert one(file(plain("a", FIRST, END, "CLOSED - Not available"), prodid=f"PRODID:{prodid}")).kind == "block"


@pytest.mark.parametrize(
    ("words", "kind", "name"),
    [
        ("Reserved - Tom", "reservation", "Tom"),
        ("Réservée - Zoé", "reservation", "Zoé"),
        ("Blocked", "block", ""),
        ("Indisponible", "block", ""),
        ("Reservado", "reservation", ""),
        ("Nicht verfügbar", "block", ""),
        ("", "block", ""),
    ],
)
def test_vrbo_in_the_hosts_language_with_bare_line_feeds(words: str, kind: str, name: str) -> None:
    entry = one(vrbo((FIRST, END, words)))
    assert (entry.kind, entry.name) == (kind, name)


# RFC 5545 as it comes


def test_folds_are_undone_on_bytes_also_in_the_middle_of_a_letter() -> None:
    whole = plain("a", FIRST, END, "Reserved - Žoé Ąžuolaitė").encode()
    for place in range(1, len(whole) - 1):
        folded = whole[:place] + b"\r\n\t" + whole[place:]
        assert one(file("X").replace(b"X", folded)).name == "Žoé Ąžuolaitė"


def test_a_mark_at_the_beginning_is_dropped() -> None:
    assert one(b"\xef\xbb\xbf" + file(plain("a", FIRST, END))).first == FIRST


def test_names_of_properties_in_any_case() -> None:
    lines = "uid:a", "dtstart;value=date:20270601", "DtEnd;Value=Date:20270604", "summary:reserved"
    assert (one(file(event(*lines))).uid, one(file(event(*lines))).kind) == ("a", "reservation")


def test_the_end_is_the_day_of_departure() -> None:
    assert timed(*dates(FIRST, END)) == (FIRST, END)


def test_without_an_end_it_is_the_duration_or_one_night() -> None:
    assert timed("DTSTART;VALUE=DATE:20270601", "DURATION:P3D") == (FIRST, END)
    assert timed("DTSTART;VALUE=DATE:20270601") == (FIRST, date(2027, 6, 2))


def test_no_night_at_all_counts_as_one_and_is_told() -> None:
    content = file(plain("a", FIRST, FIRST))
    assert (one(content).end, keys(content)) == (date(2027, 6, 2), ["no_night"])


def test_an_end_before_the_beginning_is_left_out_and_told() -> None:
    content = file(plain("a", END, FIRST))
    assert (read(content, ZONE).entries, keys(content), read(content, ZONE).puzzling) == ([], ["backwards"], {"a"})


def test_a_year_that_cannot_be_right_is_left_out_and_told() -> None:
    assert keys(file(plain("a", date(1202, 6, 1), date(1202, 6, 2)))) == ["odd_year"]


def test_times_are_dates_on_the_propertys_wall() -> None:
    assert timed("DTSTART:20261019T230000Z", "DTEND:20261021T090000Z") == (date(2026, 10, 20), date(2026, 10, 21))
    quoted = 'DTSTART;TZID="America/New_York":20261019T200000', 'DTEND;TZID="America/New_York":20261021T100000'
    assert timed(*quoted) == (date(2026, 10, 20), date(2026, 10, 21))
    assert timed("DTSTART:20261019T230000", "DTEND:20261021T110000") == (date(2026, 10, 19), date(2026, 10, 21))
    assert timed("DTSTART:20261019T100000", "DTEND:20261019T110000") == (date(2026, 10, 19), date(2026, 10, 20))


def test_a_zone_of_the_files_own_is_not_worked_out() -> None:
    offsets = "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100"
    rule = f"BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nRRULE:FREQ=SECONDLY\r\n{offsets}\r\nEND:STANDARD"
    zone = f"BEGIN:VTIMEZONE\r\nTZID:Mine\r\n{rule}\r\nEND:VTIMEZONE"
    assert one(file(zone, event("UID:a", "DTSTART;TZID=Mine:20270601T150000", "DURATION:P3D"))).end == END


def test_an_entry_called_off_is_no_entry() -> None:
    found = read(file(plain("a", FIRST, END, "Reserved", "STATUS:CANCELLED")), ZONE)
    assert (found.entries, found.cancelled) == ([], {"a"})


def test_an_entry_that_repeats_is_told() -> None:
    content = file(plain("a", FIRST, END, "Reserved", "RRULE:FREQ=SECONDLY"))
    assert (one(content).end, keys(content)) == (END, ["repeats"])


def test_an_alarm_inside_changes_nothing() -> None:
    alarm = "BEGIN:VALARM", "UID:b", "SUMMARY:Blocked", "DTSTART;VALUE=DATE:20300101", "END:VALARM"
    entry = one(file(event(*alarm, "UID:a", *dates(FIRST, END), "SUMMARY:Reserved", *alarm)))
    assert (entry.uid, entry.kind, entry.first) == ("a", "reservation", FIRST)


def test_without_a_uid_the_dates_are_one() -> None:
    content = file(event(*dates(FIRST, END), "SUMMARY:Reserved"))
    assert one(content).uid == one(content).uid == "dates:2027-06-01/2027-06-04"


def test_escapes_are_undone_and_mark_up_and_control_characters_are_gone() -> None:
    words = "Reserved - <b>Smith</b>\\, Ann\\nof\x07 C:\\\\Temp\\; <script>x</script>"
    assert one(file(plain("a", FIRST, END, words))).name == "Smith, Ann of C:\\Temp; x"


def test_two_entries_that_overlap_are_told_and_touching_ones_are_not() -> None:
    assert keys(file(plain("a", FIRST, END), plain("b", END, date(2027, 6, 9)))) == []
    assert keys(file(plain("a", FIRST, END), plain("b", date(2027, 6, 3), date(2027, 6, 9)))) == ["overlap"]


def test_the_same_entry_twice_is_one() -> None:
    assert len(read(file(plain("a", FIRST, END), plain("a", FIRST, END)), ZONE).entries) == 1


def test_stamps_and_order_make_no_other_file() -> None:
    a, b = airbnb_sold(FIRST, END), airbnb_closed(END, date(2027, 6, 9))
    later = airbnb_sold(FIRST, END, stamp="20300101T000000Z")
    assert read(airbnb(a, b), ZONE).digest == read(airbnb(b, later), ZONE).digest
    assert read(airbnb(a), ZONE).digest != read(airbnb(a, b), ZONE).digest


def test_several_calendars_in_one_file_are_all_read() -> None:
    assert len(read(file(plain("a", FIRST, END)) + file(plain("b", END, date(2027, 6, 9))), ZONE).entries) == 2


# What is none


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not_a_calendar"),
        (b"\x00\xff" * 50, "not_a_calendar"),
        (b"PK\x03\x04", "not_a_calendar"),
        (b"<!doctype html><title>Sign in</title>", "html"),
        (b"<HTML><BODY>BEGIN:VCALENDAR", "html"),
        (b'{"error": "gone"}', "not_a_calendar"),
        (file(plain("a", FIRST, END))[:-16], "truncated"),
        (file(plain("a", FIRST, END))[:80], "truncated"),
        (file("BEGIN:VEVENT"), "truncated"),
        (file("END:VEVENT"), "truncated"),
        (file(plain("a", FIRST, END)) + b"BEGIN:VCALENDAR\r\n", "truncated"),
        (file(*["BEGIN:VEVENT\r\nEND:VEVENT"] * (ENTRIES_MOST + 1)), "too_many"),
    ],
)
def test_what_is_no_whole_calendar_is_unreadable_and_says_why(content: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(content, ZONE)
    assert refused.value.note.key == why


def test_cut_anywhere_a_file_is_unreadable() -> None:
    whole = file(plain("a", FIRST, END), plain("b", END, date(2027, 6, 9)))
    for place in range(len(whole.rstrip())):
        with pytest.raises(Unreadable):
            read(whole[:place], ZONE)


GOOD = [
    airbnb(airbnb_sold(FIRST, END), airbnb_closed(END, date(2027, 6, 9))),
    airbnb_2018(FIRST, END),
    booking_com(("a", FIRST, END), ("b", END, date(2027, 6, 9))),
    vrbo((FIRST, END, "Réservée - Zoé")),
    file(event("UID:a", "DTSTART;TZID=Europe/Paris:20270601T150000", "DURATION:P3D", "RRULE:FREQ=DAILY;COUNT=3")),
]
PIECES = st.sampled_from(
    (
        *(
            b"BEGIN:VEVENT\r\n",
            b"END:VEVENT\r\n",
            b"END:VCALENDAR\r\n",
            b"BEGIN:VTIMEZONE\r\n",
            b"\r\n ",
            b"\n\t",
            b"\x00",
            b"\xff",
            b":",
        ),
        *(b"DTSTART:99991231T235959Z\r\n", b"DTEND;VALUE=DATE:00010101\r\n", b"DURATION:-P9999999W\r\n", b"DURATION:P9D\r\n"),
        *(b"DTSTART;TZID=Pacific/Apia:00010101T000000\r\n", b"RRULE:FREQ=X\r\n", b"UID:\r\n", b'UID;X="\r\n'),
        b"DTSTART;VALUE=PERIOD:1/2\r\n",
    )
)


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A good file with pieces cut out, doubled, and strange ones put in."""
    content = draw(st.sampled_from(GOOD))
    for _ in range(draw(st.integers(1, 6))):
        at, to = sorted((draw(st.integers(0, len(content))), draw(st.integers(0, len(content)))))
        how = draw(st.sampled_from(["cut", "double", "insert", "bytes"]))
        if how == "cut":
            content = content[:at] + content[min(to, at + 40) :]
        elif how == "double":
            content = content[:to] + content[at : min(to, at + 200)] + content[to:]
        else:
            content = content[:at] + draw(PIECES if how == "insert" else st.binary(max_size=8)) + content[at:]
    return content


@given(st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "replace")), mutations()))
@example(file(event("UID:a", "DTSTART:99991231T235959Z", "DURATION:P9999999W")))
@example(file(event("UID:a", "DTSTART:00010101T000000Z")))
@example(file("BEGIN:X\r\n" * 2000 + "END:X\r\n" * 2000))
def test_whatever_comes_is_read_or_unreadable(content: bytes) -> None:
    with suppress(Unreadable):
        found = read(content, ZONE)
        assert all(entry.first < entry.end and len(entry.uid) <= 80 and len(entry.name) <= 100 for entry in found.entries)
        assert all(note.say("de") for note in found.notes)
        assert found.digest
