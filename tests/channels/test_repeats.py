"""What a channel brings a second time, late or out of order changes nothing: the books are as the guest left it there last."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import pytest

from pms.kernel.actor import Actor
from tests.channels.conftest import OnChannel, on_channel
from tests.channels.fake import moved
from tests.channels.trip_com import FakeTripCom


@pytest.fixture(params=[2, 4], ids=["SOAP", "plain"])
def trip(olga: Actor, request: pytest.FixtureRequest) -> Iterator[OnChannel]:
    with on_channel(olga, "trip_com") as house:
        fake_of(house).generation = request.param
        house.turn()
        yield house


def fake_of(hotel: OnChannel) -> FakeTripCom:
    assert isinstance(hotel.fake, FakeTripCom)
    return hotel.fake


def sold(hotel: OnChannel) -> str:
    id = hotel.fake.sell([hotel.sale(2, 5)])
    assert id is not None
    return id


def again(hotel: OnChannel, id: str, revision: int) -> None:
    """Brought once more, word for word; it is answered with success, or it would be brought for ever."""
    answer = fake_of(hotel).bring(fake_of(hotel).words[id, revision])
    assert "<Success" in answer.text


def test_a_new_booking_repeated_after_its_cancellation_is_no_booking(trip: OnChannel) -> None:
    id = sold(trip)
    trip.fake.cancel(id)
    again(trip, id, 1)
    again(trip, id, 2)
    again(trip, id, 1)
    assert [status for _, _, status in trip.stays(id)] == ["cancelled"]
    assert len(trip.messages()) == 2, "each is one revision for ever"


def test_a_repeated_booking_is_answered_as_before(trip: OnChannel) -> None:
    id = sold(trip)
    fake_of(trip).deliver()
    again(trip, id, 1)
    before = fake_of(trip).answers[-1].text
    assert fake_of(trip).bring(fake_of(trip).words[id, 1]).text == before
    assert (f'ResID_Value="{trip.reservation(id)[0].code}"' in before, len(trip.messages())) == (True, 1)


def test_a_new_booking_repeated_after_a_change_does_not_undo_it(trip: OnChannel) -> None:
    id = sold(trip)
    trip.fake.modify(id, [moved(trip.sale(2, 5), trip.day(6), trip.day(8))])
    again(trip, id, 1)
    assert trip.stays(id) == [(trip.day(6), trip.day(8), "confirmed")]


def test_a_change_repeated_after_the_cancellation_revives_nothing(trip: OnChannel) -> None:
    id = sold(trip)
    trip.fake.modify(id, [moved(trip.sale(2, 5), trip.day(6), trip.day(8))])
    trip.fake.cancel(id)
    again(trip, id, 2)
    assert [status for _, _, status in trip.stays(id)] == ["cancelled"]


def test_an_old_change_repeated_after_a_later_one_is_told_from_changing_back_by_its_time(trip: OnChannel) -> None:
    if fake_of(trip).generation == 2:
        return  # its messages carry no time, and a change there is a new booking under another number
    id = sold(trip)
    trip.fake.modify(id, [moved(trip.sale(2, 5), trip.day(6), trip.day(8))])
    trip.fake.modify(id, [moved(trip.sale(2, 5), trip.day(1), trip.day(3))])
    again(trip, id, 2)
    assert trip.stays(id) == [(trip.day(1), trip.day(3), "confirmed")]
    trip.fake.modify(id, [moved(trip.sale(2, 5), trip.day(6), trip.day(8))])
    assert trip.stays(id) == [(trip.day(6), trip.day(8), "confirmed")]


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_in_whatever_order_they_come_the_last_state_stands(trip: OnChannel, order: tuple[int, ...]) -> None:
    hook, trip.fake.hook = trip.fake.hook, ""
    gone, kept = sold(trip), sold(trip)
    for id in (gone, kept):
        trip.fake.modify(id, [moved(trip.sale(2, 5), trip.day(6), trip.day(8))])
    trip.fake.cancel(gone)
    trip.fake.hook = hook
    for revision in order:
        again(trip, gone, revision)
        if revision < 3:
            again(trip, kept, revision)
    assert {status for _, _, status in trip.stays(gone)} <= {"cancelled"}
    assert [stay for stay in trip.stays(kept) if stay[2] == "confirmed"] == [(trip.day(6), trip.day(8), "confirmed")]


def test_notifications_of_airbnb_come_twice_and_out_of_order(olga: Actor) -> None:
    with on_channel(olga, "airbnb") as hotel:
        hotel.turn()
        hotel.fake.disorder = 0.5
        for n in range(4):
            id = sold(hotel)
            hotel.fake.modify(id, [moved(hotel.sale(2, 5), hotel.day(6), hotel.day(8))])
            if n % 2:
                hotel.fake.cancel(id)
        hotel.fake.disorder = 0.0
        hotel.fake.remind()
        assert hotel.fake.past
        for id, booking in hotel.fake.bookings.items():
            here = [stay for stay in hotel.stays(id) if stay[2] == "confirmed"]
            assert here == ([] if booking.status == "cancelled" else [(hotel.day(6), hotel.day(8), "confirmed")])
