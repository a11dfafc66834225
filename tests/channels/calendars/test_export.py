"""Our side of a feed: what a site is told, and how. Days count from today; unit 0 is the feed's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from pms.api.app import http
from pms.channels.calendars.export import Span, written
from pms.channels.calendars.feeds import add_feed, link_of, remove_feed, set_feed_state
from pms.channels.calendars.models import CalendarFeed
from pms.channels.calendars.read import read
from pms.kernel.dates import now
from pms.kernel.db import work
from pms.properties.models import Unit
from pms.reservations.blocks import place_block
from pms.reservations.life_cycle import cancel
from pms.reservations.move import assign, change_dates, split
from tests.channels.calendars.conftest import ZONE, House
from tests.channels.calendars.sites import airbnb, airbnb_closed, airbnb_sold

EMPTY = [
    b"BEGIN:VCALENDAR",
    b"VERSION:2.0",
    b"PRODID:-//Octaspace//Calendar 1.0//EN",
    b"CALSCALE:GREGORIAN",
    b"END:VCALENDAR",
    b"",
]


@pytest.fixture
def client(services: None) -> Iterator[TestClient]:
    with TestClient(http) as client:
        yield client


def closed(house: House, first: int, end: int, kind: str = "out_of_order", unit: int = 0) -> None:
    with work(house.owner) as db:
        place_block(db, house.units[unit], *house.span(first, end), kind, "Paint")


# What is told


def test_a_stay_and_a_closed_unit_are_told_each_as_its_own_span(house: House) -> None:
    house.feed()
    house.book(3, 6)
    house.book(6, 8)
    closed(house, 8, 9)
    assert house.exported() == [(3, 6), (6, 8), (8, 9)]


def test_other_units_unassigned_stays_cancelled_ones_and_a_unit_out_of_service_are_not(house: House) -> None:
    house.feed()
    house.book(3, 6, 1)
    house.book(3, 6, None)
    with work(house.owner) as db:
        cancel(db, house.book(10, 12).stays[0].id, None)
    closed(house, 20, 22, "out_of_service")
    assert house.exported() == []


def test_of_a_stay_in_two_units_each_is_told_its_nights(house: House) -> None:
    house.feed()
    with work(house.owner) as db:
        split(db, house.book(3, 8).stays[0].id, None, house.day(5), house.units[1])
    assert house.exported() == [(3, 5)]


def test_the_past_month_to_two_years_ahead_is_told(house: House) -> None:
    house.feed()
    for first, end in ((-60, -40), (-33, -29), (700, 760), (800, 810)):
        house.book(first, end)
    assert house.exported() == [(-31, -29), (700, 731)]


def test_a_site_is_not_told_what_came_from_it_and_others_are(house: House) -> None:
    house.feed()
    house.feed("Vrbo")
    house.learn(airbnb(airbnb_sold(*house.span(3, 6)), airbnb_closed(*house.span(8, 9))))
    assert (house.exported("Airbnb"), house.exported("Vrbo")) == ([], [(3, 6), (8, 9)])


def test_what_the_desk_made_longer_is_told_to_the_site_it_came_from(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_sold(*house.span(3, 6))))
    with work(house.owner) as db:
        change_dates(db, house.stay().id, None, *house.span(3, 8))
    assert house.exported() == [(6, 8)]


def test_a_stay_moved_to_another_unit_is_told_to_that_units_feed_of_the_same_site(house: House) -> None:
    house.feed()
    house.feed("airbnb ", unit=1)
    house.learn(airbnb(airbnb_sold(*house.span(3, 6))))
    with work(house.owner) as db:
        assign(db, house.stay().id, None, house.units[1])
    assert (house.exported(), house.exported("airbnb ")) == ([], [(3, 6)])


def test_a_unit_that_left_the_house_is_never_free(house: House) -> None:
    house.feed()
    with work(house.owner) as db:
        db.one(Unit, house.units[0]).archived_at = now()
    assert house.exported() == [(-31, 731)]


def a_type_feed(house: House) -> None:
    with work(house.owner) as db:
        house.feeds["Type"] = add_feed(db, "Airbnb", room_type_id=house.double).id


def test_of_a_room_type_only_nights_without_a_unit_left_are_told(house: House) -> None:
    a_type_feed(house)
    house.book(3, 6, 0)
    house.book(4, 7, 1)
    assert house.exported("Type") == []
    house.book(5, 6, None)
    closed(house, 6, 8, unit=2)
    assert house.exported("Type") == [(5, 6)]


def test_a_room_type_without_units_is_never_free(house: House) -> None:
    a_type_feed(house)
    with work(house.owner) as db:
        for unit in house.units:
            db.one(Unit, unit).archived_at = now()
    assert house.exported("Type") == [(0 - 31, 731)]


# How it is written


def lines(content: bytes) -> list[bytes]:
    return content.split(b"\r\n")


def test_an_empty_calendar_is_a_whole_one(house: House, client: TestClient) -> None:
    house.feed()
    answer = client.get(house.link())
    assert answer.status_code == 200
    assert lines(answer.content) == EMPTY


def test_no_names_and_nothing_but_nights(house: House, client: TestClient) -> None:
    house.feed()
    house.book(3, 6)
    closed(house, 8, 9)
    text = client.get(house.link()).text
    assert "Adams" not in text
    assert "Paint" not in text
    kinds = {line.partition(":")[0].partition(";")[0] for line in text.split("\r\n")}
    assert kinds - {""} <= {"BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"}
    assert [line for line in text.split("\r\n") if line.startswith("SUMMARY")] == ["SUMMARY:Reserved", "SUMMARY:Not available"]
    assert f"DTSTART;VALUE=DATE:{house.day(3):%Y%m%d}" in text
    assert f"DTEND;VALUE=DATE:{house.day(6):%Y%m%d}" in text


def test_it_is_a_text_calendar_and_nobody_keeps_it(house: House, client: TestClient) -> None:
    house.feed()
    answer = client.get(house.link())
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache, private"


def test_asking_for_the_head_gives_the_same_headers_and_no_body(house: House, client: TestClient) -> None:
    house.feed()
    full, head = client.get(house.link()), client.head(house.link())
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "etag"):
        assert head.headers[name] == full.headers[name]


def test_the_same_nights_are_the_same_file_and_do_not_come_twice(house: House, client: TestClient) -> None:
    house.feed()
    house.book(3, 6)
    first = client.get(house.link())
    for tag in (first.headers["etag"], f'"x", W/{first.headers["etag"]}'):
        again = client.get(house.link(), headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    house.book(8, 9)
    assert client.get(house.link(), headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_the_uid_stays_when_the_dates_change_and_is_another_for_every_site(house: House) -> None:
    house.feed()
    house.feed("Vrbo")
    stay = house.book(3, 6).stays[0].id

    def uids(name: str) -> list[str]:
        return [row.uid for row in house.spans(name)]

    before, others = uids("Airbnb"), uids("Vrbo")
    with work(house.owner) as db:
        change_dates(db, stay, None, *house.span(4, 9))
    assert uids("Airbnb") == before != others
    assert str(stay) not in before[0]


def test_nobody_needs_to_sign_in_and_the_token_is_the_secret(house: House, client: TestClient) -> None:
    house.feed()
    link = house.link()
    assert client.get(link).status_code == 200
    for other in (
        f"/calendars/{uuid4().hex}.ics",
        link.replace(".ics", "x.ics"),
        "/calendars/.ics",
        f"/calendars/{'x' * 5000}.ics",
    ):
        assert client.get(other).status_code == 404
    with work(house.owner) as db:
        feed = db.one(CalendarFeed, house.feeds["Airbnb"])
        secret = link.removeprefix("/calendars/").removesuffix(".ics")
        assert secret not in (feed.token, feed.token_hash)
        assert link_of(feed).endswith(link)


def test_a_paused_feed_is_told_all_the_same_and_a_removed_one_is_not(house: House, client: TestClient) -> None:
    house.feed()
    link = house.link()
    with work(house.owner) as db:
        feed = set_feed_state(db, house.feeds["Airbnb"], house.line().version, "paused")
    assert client.get(link).status_code == 200
    with work(house.owner) as db:
        remove_feed(db, house.feeds["Airbnb"], feed.version)
    assert client.get(link).status_code == 404


def test_when_a_site_asked_last_is_known(house: House, client: TestClient) -> None:
    house.feed()
    assert house.line().pulled_at is None
    client.get(house.link())
    assert house.line().pulled_at is not None


@given(st.lists(st.tuples(st.integers(0, 700), st.integers(1, 30), st.booleans()), max_size=30))
def test_what_is_written_reads_back_and_keeps_its_kind(nights: list[tuple[int, int, bool]]) -> None:
    start = date(2027, 1, 1)
    told = [
        Span(f"{place:032x}@octaspace", start + timedelta(first), start + timedelta(first + length), sold)
        for place, (first, length, sold) in enumerate(nights)
    ]
    content = written(told, now())
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in lines(content))
    found = read(content, ZONE)
    assert [(e.uid, e.first, e.end, e.kind == "reservation") for e in found.entries] == [tuple(span) for span in told]
