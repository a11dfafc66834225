"""What Agoda says of bookings is read as it means it, and none is lost although nothing is ever confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pms.channels.adapter import Link, Stop, Unreadable, Wait
from pms.channels.adapters.agoda import AGODA
from pms.channels.incoming import nightly
from tests.channels.agoda import FakeAgoda
from tests.channels.fake import Sale
from tests.channels.line import Line, day, line, spoiled, whatever

ROOM, RATE = "129340033", "129340033/3392615"
ADAPTER = AGODA


@pytest.fixture
def there() -> Iterator[Line[FakeAgoda]]:
    with line(ADAPTER, FakeAgoda(), ROOM, RATE) as line_there:
        yield line_there


def sell(there: Line[FakeAgoda], count: int = 1, first: int = 0, end: int = 2, **more: Any) -> str:
    prices = more.pop("prices", (10_000,) * (end - first))
    id = there.fake.sell([Sale(ROOM, "3392615", day(first), day(end), prices=prices, **more)] * count, force=True)
    assert id is not None
    return id


# -- what is read


def test_a_new_booking_is_read_as_it_was_sold(there: Line[FakeAgoda]) -> None:
    there.fake.requests = ["NonSmoke", "Late arrival"]
    id = sell(there, prices=(10_000, 12_000), adults=2, children_ages=(4,))
    (booking,) = there.fetched()
    (room,) = booking.rooms
    assert (booking.booking, booking.status, booking.currency, booking.source) == (id, "new", "EUR", "")
    assert (room.remote_room, room.remote_rate, room.arrival, room.departure) == (ROOM, RATE, day(0), day(2))
    assert (room.adults, room.children_ages) == (2, (None,)), "ages are not told"
    assert (room.prices, room.total, booking.total) == ((10_000, 12_000), 22_000, 22_000)
    assert booking.notes == "NonSmoke\nLate arrival"
    assert (booking.guest.last_name, booking.guest.first_name, booking.guest.country) == ("Adams", "Jo", "TH")
    assert (booking.guest.email, booking.guest.phone) == ("", "")
    assert booking.booked_at is not None
    assert booking.booked_at.astimezone(UTC) == datetime(2026, 1, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize("per_room", [False, True])
def test_one_booking_may_be_several_rooms_whether_its_rows_are_of_one_or_of_all(there: Line[FakeAgoda], per_room: bool) -> None:
    there.fake.per_room = per_room
    sell(there, 3, prices=(10_001, 12_000), adults=2)
    (booking,) = there.fetched()
    assert len(booking.rooms) == 3
    assert [room.adults for room in booking.rooms] == [2, 2, 2]
    assert len({room.key for room in booking.rooms}) == 3
    assert [nightly(room) for room in booking.rooms] == [[10_001, 12_000]] * 3
    assert booking.total == 66_003


def test_guests_that_do_not_share_out_evenly_are_all_there(there: Line[FakeAgoda]) -> None:
    there.fake.sell(
        [Sale(ROOM, "3392615", day(0), day(1), 1, (), (100,)), Sale(ROOM, "3392615", day(0), day(1), 2, (3,), (100,))], force=True
    )
    (booking,) = there.fetched()
    assert sum(room.adults for room in booking.rooms) == 3
    assert sum(len(room.children_ages) for room in booking.rooms) == 1


def test_cents_that_do_not_share_out_evenly_are_not_lost(there: Line[FakeAgoda]) -> None:
    sell(there, 3, prices=(3_333, 3_334))
    text = there.fetch()[0].text.replace('amt="200.01"', 'amt="200.00"')
    booking = ADAPTER.read(there.link, text)
    assert sum(sum(nightly(room)) for room in booking.rooms) == booking.total == 20_000


def test_a_price_for_the_day_of_departure_is_no_night(there: Line[FakeAgoda]) -> None:
    """So it stands in Agoda's own sample of a Japanese property."""
    there.fake.more_rows = f'<price date="{day(2)}" net_inclusive_amt="0.0" type="Room"/>'
    sell(there, prices=(10_000, 12_000))
    (booking,) = there.fetched()
    assert nightly(booking.rooms[0]) == [10_000, 12_000]


def test_an_extra_bed_is_beside_the_nights(there: Line[FakeAgoda]) -> None:
    there.fake.extra_beds = 2_500
    sell(there)
    (booking,) = there.fetched()
    assert [(extra.name, extra.amount, extra.included) for extra in booking.extras] == [("ExtraBed", 2_500, False)]
    assert (nightly(booking.rooms[0]), booking.total) == ([10_000, 10_000], 22_500)


@pytest.mark.parametrize(
    ("amounts", "price", "commission"),
    [
        (("net_inclusive_amt",), 10_000, None),
        (("sell_inclusive_amt",), 10_000, None),
        (("sell_inclusive_amt", "net_inclusive_amt"), 10_000, 4_000),
        (("net_exclusive_amt",), 10_000, None),
    ],
)
def test_which_amounts_are_told_depends_on_the_contract(
    there: Line[FakeAgoda], amounts: tuple[str, ...], price: int, commission: int | None
) -> None:
    there.fake.amounts = amounts
    sell(there)
    (booking,) = there.fetched()
    assert (booking.rooms[0].prices[0], booking.commission) == (price, commission)


def test_a_booking_without_any_amount_is_read(there: Line[FakeAgoda]) -> None:
    there.fake.amounts = ()
    sell(there)
    (booking,) = there.fetched()
    assert (booking.total, booking.rooms[0].total, nightly(booking.rooms[0])) == (None, None, [0, 0])


@pytest.mark.parametrize(("payment", "collect"), [("", "channel"), ("1", "channel"), ("2", "property")])
def test_who_collects(there: Line[FakeAgoda], payment: str, collect: str) -> None:
    there.fake.payment = payment
    sell(there)
    assert there.fetched()[0].collect == collect


def test_an_amendment_is_the_whole_new_state(there: Line[FakeAgoda]) -> None:
    id = sell(there)
    there.fetch()
    there.fake.modify(id, [Sale(ROOM, "3392615", day(5), day(8), 1, prices=(9_000, 9_000, 9_100))])
    (booking,) = there.fetched()
    assert (booking.booking, booking.status) == (id, "modified")
    assert (booking.rooms[0].arrival, booking.rooms[0].adults, nightly(booking.rooms[0])) == (day(5), 1, [9_000, 9_000, 9_100])


def test_a_cancellation_has_no_money_and_a_price_without_a_date(there: Line[FakeAgoda]) -> None:
    id = sell(there, 2)
    there.fake.cancel(id)
    (received,) = there.fetch()
    assert '<price date=""' in received.text
    booking = ADAPTER.read(there.link, received.text)
    assert (booking.booking, booking.status, booking.total, booking.extras) == (id, "cancelled", None, ())
    assert [(room.total, room.prices) for room in booking.rooms] == [(None, ())] * 2


def test_the_versions_of_a_booking_sort_by_their_order_across_time_zones(there: Line[FakeAgoda]) -> None:
    sell(there)
    (received,) = there.fetch()
    early = received.text.replace(received.revision, "2026-11-01T23:30:00+07:00")
    late = received.text.replace(received.revision, "2026-11-01T17:00:00Z")
    assert ADAPTER.read(there.link, early).order < ADAPTER.read(there.link, late).order


def test_quotes_a_guest_wrote_are_read_although_agoda_does_not_escape_them(there: Line[FakeAgoda]) -> None:
    there.fake.requests = ['AdditionalNotes:"**Late arrival 23:00**"', "TwinBeds"]
    ids = {sell(there), sell(there)}
    found = there.fetched()
    assert {one.booking for one in found} == ids
    assert found[0].notes == 'AdditionalNotes:"**Late arrival 23:00**"\nTwinBeds'


def test_room_types_and_names_come_in_any_script(there: Line[FakeAgoda]) -> None:
    there.fake.sell([Sale(ROOM, "3392615", day(0), day(1), prices=(100,))], '山田 <&"> 太郎', force=True)
    (booking,) = there.fetched()
    assert booking.guest.last_name == '山田 <&"> 太郎'


# -- how none is lost


def test_what_moved_lately_is_read_again_whatever_agoda_believes_was_delivered(there: Line[FakeAgoda]) -> None:
    sell(there)
    first, second = there.fetch(), there.fetch()
    assert there.fake.delivered
    assert first == second, "the same message, so that the inbox knows it"


def test_what_moved_long_ago_is_read_until_it_was_asked_for_once(there: Line[FakeAgoda]) -> None:
    id = sell(there)
    there.fake.moved[id] -= timedelta(days=40)
    assert [one.booking for one in there.fetch()] == [id]
    assert there.fetch() == []


def test_a_change_is_another_revision(there: Line[FakeAgoda]) -> None:
    id = sell(there)
    (before,) = there.fetch()
    there.fake.cancel(id)
    (after,) = there.fetch()
    assert (before.booking, before.revision) != (after.booking, after.revision)


def test_bookings_come_fifty_an_answer_the_oldest_first(there: Line[FakeAgoda]) -> None:
    ids = [sell(there) for _ in range(120)]
    assert [one.booking for one in there.fetch()] == ids
    assert len([body for body in there.fake.bodies if 'type="4"' in body]) == 3


def test_a_booking_agoda_cannot_tell_holds_up_no_other_and_somebody_hears_of_it(there: Line[FakeAgoda]) -> None:
    """A guest who asked to be forgotten makes the whole answer an error."""
    ids = [sell(there) for _ in range(60)]
    there.fake.poison = {ids[7]}
    found = there.fetch()
    assert {one.booking for one in found} == set(ids)
    (odd,) = [one for one in found if one.booking == ids[7]]
    with pytest.raises(Unreadable):
        ADAPTER.read(there.link, odd.text)
    there.fake.poison = set()
    again = next(one for one in there.fetch() if one.booking == ids[7])
    assert again.revision != odd.revision, "or the inbox would take it for the one it has"
    assert ADAPTER.read(there.link, again.text).status == "new"


def test_when_agoda_can_tell_none_it_is_waited_for_and_not_asked_for_each(there: Line[FakeAgoda]) -> None:
    ids = [sell(there) for _ in range(60)]
    there.fake.poison = set(ids)
    with pytest.raises(Wait):
        there.fetch()
    assert len(there.fake.calls) < 15


def test_a_booking_that_is_no_xml_is_kept_as_it_came_and_the_others_are_read(there: Line[FakeAgoda]) -> None:
    ids = [sell(there) for _ in range(5)]
    there.fake.bookings[ids[2]].rooms[0] = replace(there.fake.bookings[ids[2]].rooms[0], room='1" <')
    found = there.fetch()
    assert {one.booking for one in found} == set(ids)
    unreadable = [one.booking for one in found if not readable(there, one.text)]
    assert unreadable == [ids[2]]


def readable(there: Line[FakeAgoda], text: str) -> bool:
    with suppress(Unreadable):
        ADAPTER.read(there.link, text)
        return True
    return False


def test_a_booking_that_is_listed_and_not_told_is_somebodys_business(there: Line[FakeAgoda]) -> None:
    ids = [sell(there), sell(there)]
    gone = there.fake.bookings[ids[0]]
    real = there.fake._row
    there.fake._row = lambda booking: real(booking) + (real(gone).replace(ids[0], "999") if booking is gone else "")  # type: ignore[method-assign]
    found = there.fetch()
    assert {one.booking for one in found} == {*ids, "999"}


@pytest.mark.parametrize("fault", ["500", "drop_before", "drop_after", "garbage", "half"])
def test_no_booking_is_lost_by_a_fault_in_the_list_or_in_the_details(there: Line[FakeAgoda], fault: Any) -> None:
    there.fetch()
    ids = {sell(there), sell(there)}
    there.fake.faults = [fault]
    with pytest.raises(Wait):
        there.fetch()
    there.fake.faults = ["late", fault]
    assert {one.booking for one in there.fetch()} == ids
    assert {one.booking for one in there.fetch()} == ids


def test_when_agoda_wants_to_be_left_alone_nothing_more_is_asked(there: Line[FakeAgoda]) -> None:
    there.fetch()
    sell(there)
    sell(there)
    before = len(there.fake.calls)
    there.fake.faults = ["late", "429"]
    with pytest.raises(Wait) as later:
        there.fetch()
    assert later.value.seconds == 1
    assert len(there.fake.calls) - before == 2


def test_wrong_credentials_stop_the_fetching(there: Line[FakeAgoda]) -> None:
    there.link = replace(there.link, credentials={"client_id": "octa", "client_secret": "no"})
    with pytest.raises(Stop):
        there.fetch()


def test_no_bookings_is_no_error_and_nothing_is_to_be_confirmed(there: Line[FakeAgoda]) -> None:
    assert there.fetch() == []
    calls = len(there.fake.calls)
    ADAPTER.acknowledge(there.http, there.link, ["1"])
    assert len(there.fake.calls) == calls


# -- whatever comes

PURE = Link("10730279", "EUR", {}, {})


def sample(status: str, count: int) -> str:
    fake = FakeAgoda()
    fake.requests, fake.payment, fake.extra_beds = ["Late"], "2", 500
    id = fake.sell([Sale(ROOM, "3392615", date(2026, 12, 1), date(2026, 12, 4), 2, (4,), (100, 200, 300))] * count, force=True)
    assert id is not None
    if status == "cancelled":
        fake.cancel(id)
    return fake.xml(fake.bookings[id])


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(), spoiled([sample("new", 1), sample("new", 3), sample("cancelled", 2)])))
def test_any_text_and_any_spoiled_message_is_read_or_unreadable(text: str) -> None:
    whatever(ADAPTER, PURE, text)
