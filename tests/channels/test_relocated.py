"""A channel's guest whom we took elsewhere, and the channel that speaks of him again: nobody is lost, and nobody has two beds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from pms.channels.incoming import IncomingRoom
from pms.channels.problems import said
from pms.kernel.db import work
from pms.reservations.life_cycle import cancel, reinstate
from pms.reservations.models import Reservation, Stay
from pms.reservations.relocate import Walk, move_to_sister, relocation_of, walk
from tests.builders import a_property, a_room_type
from tests.channels.conftest import OnChannel
from tests.channels.test_bookings import take, told


@pytest.fixture
def sister(hotel: OnChannel) -> UUID:
    """The id of his stay in the sister property."""
    twin = a_room_type(hotel.owner, a_property(hotel.owner, "Hillside"), "Twin", 1)
    take(hotel, told(hotel))
    with work(hotel.owner) as db:
        return move_to_sister(db, hotel.reservation("B-1")[1][0].id, None, twin).stay.id


def there(hotel: OnChannel, stay_id: UUID) -> Stay:
    with work(hotel.owner) as db:
        return db.one(Stay, stay_id)


@pytest.mark.parametrize("end", [4, 6])
def test_a_change_gives_no_second_bed_and_is_told_to_people(hotel: OnChannel, sister: UUID, end: int) -> None:
    done = take(hotel, told(hotel, "modified", "2", 2, end))
    assert [one[2] for one in hotel.stays("B-1")] == ["cancelled"]
    assert there(hotel, sister).status == "confirmed"
    assert [one["kind"] for one in done.problems] == ["relocated"]
    with work(hotel.owner) as db:
        code = db.one(Reservation, there(hotel, sister).reservation_id).code
    assert f"Hillside, {code}" in said(done.problems, "en")


def test_a_cancellation_is_told_to_people_and_leaves_the_bed_until_they_decide(hotel: OnChannel, sister: UUID) -> None:
    done = take(hotel, told(hotel, "cancelled", "2"))
    assert there(hotel, sister).status == "confirmed"
    assert [one["kind"] for one in hotel.bookings()["B-1"].problems] == [one["kind"] for one in done.problems] == ["relocated"]


def test_what_is_said_after_the_first_change_is_told_too(hotel: OnChannel, sister: UUID) -> None:
    take(hotel, told(hotel, "modified", "2", 2, 6))
    assert [one["kind"] for one in take(hotel, told(hotel, "cancelled", "3")).problems] == ["relocated"]


def test_a_walked_guest_gets_no_second_bed_either(hotel: OnChannel) -> None:
    take(hotel, told(hotel))
    with work(hotel.owner) as db:
        walk(db, hotel.reservation("B-1")[1][0].id, None, Walk("Hilton"))
    done = take(hotel, told(hotel, "modified", "2", 2, 5))
    assert [one[2] for one in hotel.stays("B-1")] == ["cancelled"]
    assert "Hilton" in said(done.problems, "en")


def rooms(hotel: OnChannel, *wanted: tuple[str, int]) -> Any:
    found = [
        IncomingRoom("room-D", hotel.day(2), hotel.day(end), "room-D/rate-D", key=key, prices=(9_000,) * (end - 2))
        for key, end in wanted
    ]
    return {"rooms": found}


def test_the_other_room_of_the_booking_is_changed_as_ever(hotel: OnChannel) -> None:
    take(hotel, told(hotel, **rooms(hotel, ("1", 4), ("2", 4))))
    gone, stays = hotel.reservation("B-1")[1]
    with work(hotel.owner) as db:
        walk(db, gone.id, None, Walk("Hilton"))
    done = take(hotel, told(hotel, "modified", "2", **rooms(hotel, ("1", 4), ("2", 5))))
    assert there(hotel, stays.id).departure == hotel.day(5)
    assert sorted(one[2] for one in hotel.stays("B-1")) == ["cancelled", "confirmed"]
    assert [one["kind"] for one in done.problems] == ["relocated"]


def test_a_room_that_comes_after_his_was_dropped_is_a_new_one(hotel: OnChannel) -> None:
    take(hotel, told(hotel, **rooms(hotel, ("", 4), ("", 5))))
    gone = hotel.reservation("B-1")[1][0]
    with work(hotel.owner) as db:
        walk(db, gone.id, None, Walk("Hilton"))
    take(hotel, told(hotel, "modified", "2", **rooms(hotel, ("", 5))))
    take(hotel, told(hotel, "modified", "3", **rooms(hotel, ("", 5), ("", 6))))
    assert sorted(one[2] for one in hotel.stays("B-1")) == ["cancelled", "confirmed", "confirmed"]


def test_a_guest_taken_back_is_the_channels_again(hotel: OnChannel, sister: UUID) -> None:
    stay = hotel.reservation("B-1")[1][0].id
    with work(hotel.owner) as db:
        gone = relocation_of(db, stay)
        assert gone is not None
        assert gone.to_stay_id is not None
        cancel(db, gone.to_stay_id, None)
        reinstate(db, stay, None)
    assert not take(hotel, told(hotel, "modified", "2", 2, 5)).problems
    assert hotel.stays("B-1") == [(hotel.day(2), hotel.day(5), "confirmed")]
