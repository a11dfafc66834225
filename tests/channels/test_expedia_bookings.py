"""What Expedia says of bookings is read as it means it, and confirmed once it is in our books."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pms.channels.adapter import Link, Refused, Stop, Wait
from pms.channels.adapters.expedia import EXPEDIA
from pms.channels.incoming import nightly
from pms.channels.redact import redacted
from tests.channels.expedia import FakeExpedia
from tests.channels.fake import Sale
from tests.channels.line import Line, day, line, spoiled, whatever

ROOM, RATE = "965645", "965645/956589"
ADAPTER = EXPEDIA


@pytest.fixture
def there() -> Iterator[Line[FakeExpedia]]:
    with line(ADAPTER, FakeExpedia(), ROOM, RATE) as line_there:
        yield line_there


def sell(there: Line[FakeExpedia], first: int = 0, end: int = 2, **more: Any) -> str:
    prices = more.pop("prices", (10_000,) * (end - first))
    id = there.fake.sell([Sale(ROOM, "956589", day(first), day(end), prices=prices, **more)], force=True)
    assert id is not None
    return id


# -- what it says of bookings


def test_a_new_booking_is_read_as_it_was_sold(there: Line[FakeExpedia]) -> None:
    there.fake.taxes, there.fake.fees, there.fake.extra_persons = 3_150, 1_000, 2_500
    there.fake.requests = [("1.23", "2 Queen"), ("4", "Late check-in (after 6pm)")]
    id = sell(there, 0, 2, prices=(10_000, 12_000), adults=2, children_ages=(1, 17, 18))
    (booking,) = there.fetched()
    (room,) = booking.rooms
    assert (booking.booking, booking.status, booking.currency, booking.source) == (id, "new", "EUR", "")
    assert (room.remote_room, room.remote_rate, room.arrival, room.departure) == (ROOM, RATE, day(0), day(2))
    assert (room.adults, room.children_ages) == (2, (1, 17, None))
    assert (room.prices, nightly(room)) == ((12_500, 14_500), [12_500, 14_500])
    assert [(extra.amount, extra.included) for extra in booking.extras] == [(2_000, False), (3_150, False)]
    assert booking.total == 27_000 + 2_000 + 3_150
    assert booking.notes == "2 Queen\nLate check-in (after 6pm)"
    assert (booking.guest.last_name, booking.guest.first_name, booking.guest.phone) == ("Adams", "Jo", "+1 514 5558975 ext. 3233")
    assert booking.booked_at == datetime(2026, 1, 1, 0, 0, 7, tzinfo=UTC)


def test_a_property_with_taxes_included_has_none_beside_its_prices(there: Line[FakeExpedia]) -> None:
    sell(there)
    (booking,) = there.fetched()
    assert (booking.extras, booking.total, nightly(booking.rooms[0])) == ((), 20_000, [10_000, 10_000])


def test_a_modification_is_the_whole_new_state(there: Line[FakeExpedia]) -> None:
    id = sell(there, 0, 2)
    there.confirm(there.fetch())
    there.fake.modify(id, [Sale(ROOM, "956589", day(5), day(8), 1, prices=(9_000, 9_000, 9_100))])
    (booking,) = there.fetched()
    assert (booking.booking, booking.status) == (id, "modified")
    assert (booking.rooms[0].arrival, booking.rooms[0].adults, nightly(booking.rooms[0])) == (day(5), 1, [9_000, 9_000, 9_100])


def test_a_cancellation_carries_zeros_that_are_no_room_and_no_price(there: Line[FakeExpedia]) -> None:
    id = sell(there)
    there.confirm(there.fetch())
    there.fake.cancel(id)
    (received,) = there.fetch()
    assert 'roomTypeID="0"' in received.text
    booking = ADAPTER.read(there.link, received.text)
    assert (booking.booking, booking.status, booking.rooms, booking.total, booking.extras) == (id, "cancelled", [], None, ())
    assert booking.currency == "EUR", "it names none"


def test_the_versions_of_a_booking_sort_by_their_order(there: Line[FakeExpedia]) -> None:
    id = sell(there)
    orders = []
    for change in (None, there.fake.cancel):
        if change:
            change(id)
        received = there.fetch()
        orders += [ADAPTER.read(there.link, one.text).order for one in received]
        there.confirm(received)
    assert orders == sorted(orders)
    assert len(set(orders)) == 2


def test_what_was_retrieved_and_not_confirmed_comes_again_and_is_the_same_message(there: Line[FakeExpedia]) -> None:
    sell(there)
    first, second = there.fetch(), there.fetch()
    assert first == second
    assert len(first) == 1
    there.confirm(second)
    assert there.fetch() == []


def test_the_next_version_comes_after_the_first_is_confirmed(there: Line[FakeExpedia]) -> None:
    id = sell(there)
    before = there.fetch()
    there.fake.cancel(id)
    assert [one.status for one in there.fetched()] == ["new"]
    there.confirm(before)
    assert [one.status for one in there.fetched()] == ["cancelled"]


def test_a_booking_changed_before_it_was_retrieved_comes_as_new(there: Line[FakeExpedia]) -> None:
    id = sell(there, 0, 2)
    there.fake.modify(id, [Sale(ROOM, "956589", day(5), day(7), prices=(1, 1))])
    (booking,) = there.fetched()
    assert (booking.status, booking.rooms[0].arrival) == ("new", day(5))


def test_more_bookings_than_an_answer_holds_come_all(there: Line[FakeExpedia]) -> None:
    ids = {sell(there) for _ in range(300)}
    assert {one.booking for one in there.fetch()} == ids


def test_bookings_are_confirmed_ten_at_a_time(there: Line[FakeExpedia]) -> None:
    for _ in range(23):
        sell(there)
    there.confirm(there.fetch())
    assert [path for _, path, _ in there.fake.calls] == ["/br", "/bc", "/bc", "/bc"]
    assert there.fetch() == []


def test_a_confirmation_that_is_refused_is_said_and_holds_up_no_other(there: Line[FakeExpedia]) -> None:
    for _ in range(12):
        sell(there)
    received = there.fetch()
    with pytest.raises(Refused, match="10080"):
        ADAPTER.acknowledge(there.http, there.link, ["Book 999", *[one.receipt for one in received]])
    assert there.fetch() == []


def test_a_confirmation_that_is_needed_no_more_is_nobodys_business(there: Line[FakeExpedia]) -> None:
    sell(there)
    received = there.fetch()
    for _ in range(4):
        there.confirm(received)


def test_the_type_confirmed_is_the_type_that_came(there: Line[FakeExpedia]) -> None:
    sell(there)
    (received,) = there.fetch()
    with pytest.raises(Refused, match="10100"):
        ADAPTER.acknowledge(there.http, there.link, [received.receipt.replace("Book", "Cancel")])
    assert there.fetch() == [received]


@pytest.mark.parametrize(("code", "raised"), [(1001, Stop), (4100, Wait), (5000, Wait), (3010, Refused)])
def test_a_confirmation_that_fails_is_not_taken_for_one(there: Line[FakeExpedia], code: int, raised: type[Exception]) -> None:
    sell(there)
    received = there.fetch()
    there.fake.errors = [code]
    with pytest.raises(raised):
        there.confirm(received)
    assert there.fetch() == received


@pytest.mark.parametrize("fault", ["500", "429", "drop_before", "drop_after", "garbage", "half"])
def test_no_booking_is_lost_by_a_fault(there: Line[FakeExpedia], fault: Any) -> None:
    id = sell(there)
    there.fake.faults = [fault]
    with pytest.raises(Wait):
        there.fetch()
    received = there.fetch()
    assert [one.booking for one in received] == [id]
    there.fake.faults = [fault]
    with pytest.raises(Wait):
        there.confirm(received)
    there.confirm(received)
    assert there.fetch() == []


def test_no_bookings_is_no_error(there: Line[FakeExpedia]) -> None:
    assert there.fetch() == []


def test_bookings_of_other_properties_of_the_account_are_left_alone(there: Line[FakeExpedia]) -> None:
    sell(there)
    for version, (kind, booking, text) in there.fake.versions.items():
        there.fake.versions[version] = (kind, booking, text.replace('<Hotel id="3546"/>', '<Hotel id="654321"/>'))
    assert there.fetch() == []


def test_a_trip_of_two_rooms_is_two_bookings_that_say_so(there: Line[FakeExpedia]) -> None:
    there.fake.sell([Sale(ROOM, "956589", day(0), day(1), prices=(100,))] * 2, force=True)
    found = there.fetched()
    assert [len(one.rooms) for one in found] == [1, 1]
    assert {one.notes[-13:] for one in found} == {"1 of 2 rooms.", "2 of 2 rooms."}


@pytest.mark.parametrize(
    ("source", "rate", "collect", "shown"),
    [
        ("Expedia", "956589", "channel", ""),
        ("A-Expedia", "956589A", "property", ""),
        ("A-Hotels.com", "956589A", "property", "Hotels.com"),
        ("Brand nobody knows", "956589", "channel", "Brand nobody knows"),
    ],
)
def test_who_collects_and_where_it_was_sold(there: Line[FakeExpedia], source: str, rate: str, collect: str, shown: str) -> None:
    there.fake.source = source
    there.fake.sell([Sale(ROOM, rate, day(0), day(1), prices=(100,))], force=True)
    (booking,) = there.fetched()
    assert (booking.collect, booking.source) == (collect, shown)


def test_a_plan_sold_both_ways_is_found_under_the_id_that_is_mapped(there: Line[FakeExpedia]) -> None:
    there.fake.sell([Sale(ROOM, "956589A", day(0), day(1), prices=(100,))], force=True)
    assert there.fetched()[0].rooms[0].remote_rate == RATE
    there.fake.sell([Sale(ROOM, "31", day(0), day(1), prices=(100,))], force=True)
    assert {one.rooms[0].remote_rate for one in there.fetched()} == {RATE, f"{ROOM}/31"}, "and an unknown one as it is"


@pytest.mark.parametrize(
    ("holder", "virtual"), [("ExpediaVirtualCard", True), ("Expedia VirtualCard", True), ("John Smith", False)]
)
def test_a_card_is_known_without_its_number(there: Line[FakeExpedia], holder: str, virtual: bool) -> None:
    there.fake.card = holder
    sell(there)
    (received,) = there.fetch()
    kept = redacted(received.text)
    assert "4111111111111111" not in kept
    assert '"123"' not in kept
    card = ADAPTER.read(there.link, kept).card
    assert card is not None
    assert (card.virtual, card.expires, card.token) == (virtual, "12/27", "")


def test_a_booking_whose_id_looks_like_a_card_number_keeps_it(there: Line[FakeExpedia]) -> None:
    there.fake.new_id = lambda: "6222222222006"  # type: ignore[method-assign]
    sell(there)
    (received,) = there.fetch()
    kept = redacted(received.text)
    assert 'id="6222222222006"' not in kept
    assert ADAPTER.read(there.link, kept).booking == received.booking == "6222222222006"
    there.confirm([received])
    assert there.fetch() == []


def test_names_of_any_script_and_guests_without_phone_or_mail(there: Line[FakeExpedia]) -> None:
    there.fake.sell([Sale(ROOM, "956589", day(0), day(1), prices=(100,))], '山田 <&"> 太郎', force=True)
    for version, (kind, booking, text) in there.fake.versions.items():
        there.fake.versions[version] = (kind, booking, re.sub(r"<Phone[^>]*>", "<Phone/>", text))
    (booking,) = there.fetched()
    assert (booking.guest.last_name, booking.guest.phone, booking.guest.email) == ('山田 <&"> 太郎', "", "")


def test_rows_that_do_not_match_the_total_give_way_to_it(there: Line[FakeExpedia]) -> None:
    sell(there, 0, 3, prices=(10_000, 10_000))
    (booking,) = there.fetched()
    assert sum(nightly(booking.rooms[0])) == booking.total


# -- whatever comes

PURE = Link("3546", "EUR", {}, {uuid4(): RATE})


def sample(kind: str) -> str:
    fake = FakeExpedia()
    fake.taxes, fake.fees, fake.card, fake.requests = 100, 50, "Expedia VirtualCard", [("4", "Late")]
    fake.sell([Sale(ROOM, "956589", day(0), day(3), 2, (4, 9), (100, 200, 300))], force=True)
    return fake.xml(next(iter(fake.bookings.values())), kind)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(), spoiled([sample(kind) for kind in ("Book", "Modify", "Cancel")])))
def test_any_text_and_any_spoiled_message_is_read_or_unreadable(text: str) -> None:
    whatever(ADAPTER, PURE, text)
