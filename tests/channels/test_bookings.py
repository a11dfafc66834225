"""What channels say is kept, understood in its order, and seen to by somebody where it has to be."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from pms.channels import inbox
from pms.channels.adapter import Received
from pms.channels.apply import apply, release_unclaimed, settle
from pms.channels.calls import call_texts, latest_calls
from pms.channels.connections import disconnect, map_product, set_state, tell_everything, unmap_product
from pms.channels.incoming import Incoming, IncomingRoom
from pms.channels.models import Connection, LoggedCall, Product, StoredMessage
from pms.channels.problems import SENTENCES, said
from pms.kernel.actor import Actor, job_actor
from pms.kernel.db import work
from pms.kernel.encryption import decrypt, encrypt
from pms.kernel.outbox import history
from pms.kernel.refusals import MovedMeanwhile, NotPermitted
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.life_cycle import check_in
from pms.reservations.models import Guest
from pms.reservations.move import assign
from tests.channels.channex import FakeChannex
from tests.channels.conftest import OnChannel
from tests.channels.fake import moved


def job(hotel: OnChannel) -> Actor:
    assert hotel.owner.organization_id is not None
    return job_actor(hotel.owner.organization_id, "channels")


def told(hotel: OnChannel, status: Any = "new", order: str = "1", first: int = 2, end: int = 4, **more: Any) -> Incoming:
    room = IncomingRoom("room-D", hotel.day(first), hotel.day(end), "room-D/rate-D", prices=(9_000,) * (end - first))
    values: dict[str, Any] = {"rooms": [room], "guest": GuestDetails("Baker", "Bea"), "currency": "EUR"} | more
    return Incoming("B-1", f"r{order}", status, order=order, **values)


def take(hotel: OnChannel, incoming: Incoming) -> Any:
    with work(job(hotel)) as db:
        return apply(db, db.one(Connection, hotel.connection), "Channex", incoming, incoming.order)


def unit_of(hotel: OnChannel, type_id: Any) -> Any:
    with work(hotel.owner) as db:
        return db.execute(
            text("select id from unit where room_type_id = :id order by position limit 1"), {"id": type_id}
        ).scalar_one()


def test_the_same_revision_is_stored_once_however_often_it_comes(hotel: OnChannel) -> None:
    for _ in range(3):
        with work(job(hotel)) as db:
            inbox.store(db, hotel.connection, [Received("B-1", "r1", "{}"), Received("B-1", "r2", "{}")])
    assert [(one.booking, one.revision) for one in hotel.messages()] == [("B-1", "r1"), ("B-1", "r2")]


def test_messages_are_sealed_and_no_card_number_reaches_the_disk(hotel: OnChannel) -> None:
    number = "4111111111111111"
    with work(job(hotel)) as db:
        inbox.store(db, hotel.connection, [Received("B-1", "r1", f'{{"card": "{number}", "guest": "Ada Lovelace"}}')])
    (message,) = hotel.messages()
    assert "Lovelace" not in message.sealed
    with work(hotel.owner) as db:
        assert inbox.message_text(db, message.id) == '{"card": "****1111", "guest": "Ada Lovelace"}'


def test_what_was_said_is_in_the_log_sealed_and_without_the_key(hotel: OnChannel) -> None:
    hotel.turn()
    with work(hotel.owner) as db:
        calls = latest_calls(db, hotel.connection)
        assert {(call.method, call.path.partition("?")[0], call.status) for call in calls} == {
            ("GET", "/booking_revisions/feed", 200),
            ("POST", "/availability", 200),
            ("GET", f"/properties/{hotel.fake.remote_property}", 200),
            ("POST", "/restrictions", 200),
        }
        texts = [text for call in calls for text in call_texts(db, call.id or 0)]
    assert any('"availability":3' in one.replace(" ", "") for one in texts)
    assert hotel.fake.credentials["api_key"] not in "".join(texts)
    assert all("availability" not in call.sealed_request for call in calls)


def test_texts_with_guests_are_for_those_who_may_see_guests(hotel: OnChannel) -> None:
    hotel.turn()
    blind = hotel.owner.without("guest.view")
    with work(job(hotel)) as db:
        inbox.store(db, hotel.connection, [Received("B-1", "r1", "{}")])
    with pytest.raises(NotPermitted), work(blind) as db:
        inbox.message_text(db, hotel.messages()[0].id)
    with pytest.raises(NotPermitted), work(blind) as db:
        call_texts(db, db.scalars(select(LoggedCall.id)).first() or 0)


def test_a_message_that_cannot_be_read_is_kept_not_thanked_for_and_told(hotel: OnChannel) -> None:
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 4)])
    assert isinstance(hotel.fake, FakeChannex)
    hotel.fake.currency = "nonsense"
    hotel.turn()
    (message,) = hotel.messages()
    assert (message.state, message.acknowledged_at) == ("stuck", None)
    assert "currency" in message.words
    assert hotel.fake.waiting == [(id, 1)]
    with work(hotel.owner) as db:
        assert [row.event for row in history(db, message.id)] == ["channel_message.handled"]


def test_one_that_cannot_be_taken_in_holds_up_no_other(hotel: OnChannel) -> None:
    hotel.turn()
    assert isinstance(hotel.fake, FakeChannex)
    hotel.fake.sell([replace(hotel.sale(2, 4), adults=98, children_ages=(99,) * 2)])
    good = hotel.fake.sell([hotel.sale(2, 4)])
    assert good
    hotel.turn()
    assert hotel.stays(good) == [(hotel.day(2), hotel.day(4), "confirmed")]


def test_an_older_revision_that_comes_late_changes_nothing(hotel: OnChannel) -> None:
    take(hotel, told(hotel, "modified", "2", 3, 6))
    assert take(hotel, told(hotel, "new", "1", 2, 4)).overtaken
    assert hotel.stays("B-1") == [(hotel.day(3), hotel.day(6), "confirmed")]


def test_a_new_booking_that_comes_after_its_cancellation_stays_cancelled(hotel: OnChannel) -> None:
    take(hotel, told(hotel, "cancelled", "2"))
    assert take(hotel, told(hotel, "new", "1")).overtaken
    assert hotel.bookings()["B-1"].reservation_id is None


def test_a_cancelled_booking_that_is_made_again_is_in_the_house_again(hotel: OnChannel) -> None:
    for order, status in enumerate(("new", "cancelled", "modified"), 1):
        take(hotel, told(hotel, status, str(order)))
    assert sorted(status for _, _, status in hotel.stays("B-1")) == ["cancelled", "confirmed"]


def test_a_cancelled_revision_with_rooms_and_an_amount_cancels_all_the_same(hotel: OnChannel) -> None:
    take(hotel, told(hotel, "new", "1"))
    take(hotel, told(hotel, "cancelled", "2", total=7_650))
    assert hotel.stays("B-1") == [(hotel.day(2), hotel.day(4), "cancelled")]


def test_rooms_are_told_apart_by_their_keys_and_a_missing_one_is_cancelled(hotel: OnChannel) -> None:
    double, single = told(hotel).rooms[0], told(hotel).rooms[0]
    pair = [replace(double, key="a"), replace(single, key="b", remote_room="room-S", remote_rate="room-S/rate-S")]
    take(hotel, told(hotel, "new", "1", rooms=pair))
    take(hotel, told(hotel, "modified", "2", rooms=[replace(pair[1], departure=hotel.day(5), prices=(9_000,) * 3)]))
    assert sorted(hotel.stays("B-1")) == [
        (hotel.day(2), hotel.day(4), "cancelled"),
        (hotel.day(2), hotel.day(5), "confirmed"),
    ]


def test_a_room_of_another_type_lies_there_unassigned(hotel: OnChannel) -> None:
    take(hotel, told(hotel, "new", "1"))
    stay = hotel.reservation("B-1")[1][0]
    with work(hotel.owner) as db:
        assign(db, stay.id, None, unit_of(hotel, hotel.double))
    other = replace(told(hotel).rooms[0], remote_room="room-S", remote_rate="room-S/rate-S")
    take(hotel, told(hotel, "modified", "2", rooms=[other]))
    with work(hotel.owner) as db:
        lies = db.execute(
            text("select room_type_id, unit_id from stay_night where stay_id = :id and live"), {"id": stay.id}
        ).all()
    assert set(lies) == {(hotel.single, None)}


def test_a_unit_that_is_taken_on_an_added_night_is_given_up_there_alone(hotel: OnChannel) -> None:
    unit = unit_of(hotel, hotel.double)
    take(hotel, told(hotel, "new", "1", 2, 4))
    stay = hotel.reservation("B-1")[1][0]
    with work(hotel.owner) as db:
        assign(db, stay.id, None, unit)
        book(db, Booking(hotel.property_id, GuestDetails("Adams"), [Room(hotel.double, hotel.day(4), hotel.day(5), unit)]))
    assert not take(hotel, told(hotel, "modified", "2", 2, 6)).problems
    with work(hotel.owner) as db:
        query = "select unit_id from stay_night where stay_id = :id and live order by night"
        assert list(db.execute(text(query), {"id": stay.id}).scalars()) == [unit, unit, None, unit]


def test_nights_slept_stay_as_they_were(hotel: OnChannel) -> None:
    """The channel shortens the stay of a guest who is in the house."""
    room = told(hotel).rooms[0]
    stayed = replace(room, arrival=hotel.first - timedelta(days=2), departure=hotel.day(3), prices=(9_000,) * 5)
    take(hotel, told(hotel, "new", "1", rooms=[stayed]))
    stay = hotel.reservation("B-1")[1][0]
    with work(hotel.owner) as db:
        assign(db, stay.id, None, unit_of(hotel, hotel.double))
        check_in(db, stay.id, None)
    shorter = replace(stayed, arrival=hotel.first - timedelta(days=1), departure=hotel.day(1), prices=(8_000,) * 2)
    take(hotel, told(hotel, "modified", "2", rooms=[shorter]))
    with work(hotel.owner) as db:
        query = "select price from stay_night where stay_id = :id and live order by night"
        assert list(db.execute(text(query), {"id": stay.id}).scalars()) == [9_000, 9_000, 8_000]
    assert hotel.stays("B-1") == [(hotel.first - timedelta(days=2), hotel.day(1), "checked_in")]


def test_a_cancellation_of_a_guest_in_the_house_is_for_somebody_to_see_to(hotel: OnChannel) -> None:
    take(hotel, told(hotel, "new", "1", 0, 2))
    stay = hotel.reservation("B-1")[1][0]
    with work(hotel.owner) as db:
        assign(db, stay.id, None, unit_of(hotel, hotel.double))
        check_in(db, stay.id, None)
    done = take(hotel, told(hotel, "cancelled", "2", 0, 2))
    assert [problem["kind"] for problem in done.problems] == ["in_house"]
    assert hotel.stays("B-1")[0][2] == "checked_in"


def test_a_booking_somebody_entered_before_is_taken_over(hotel: OnChannel) -> None:
    with work(hotel.owner) as db:
        room = Room(hotel.double, hotel.day(2), hotel.day(4))
        known = book(db, Booking(hotel.property_id, GuestDetails("Baker"), [room], source="Channex", external_ref="B-1"))
    take(hotel, told(hotel, "new", "1", 2, 5))
    assert hotel.bookings()["B-1"].reservation_id == known.reservation.id
    assert hotel.stays("B-1") == [(hotel.day(2), hotel.day(5), "confirmed")]


def test_a_guests_name_is_corrected_unless_the_guest_has_been_here_before(hotel: OnChannel) -> None:
    take(hotel, told(hotel, "new", "1"))
    take(hotel, told(hotel, "modified", "2", guest=GuestDetails("Baker-Street", "Bea", email="bea@example.com")))
    with work(hotel.owner) as db:
        guest = db.one(Guest, hotel.reservation("B-1")[0].guest_id)
        assert (guest.last_name, guest.email) == ("Baker-Street", "bea@example.com")
        book(db, Booking(hotel.property_id, guest.id, [Room(hotel.double, hotel.day(8), hotel.day(9))]))
    take(hotel, told(hotel, "modified", "3", guest=GuestDetails("Somebody Else")))
    with work(hotel.owner) as db:
        assert db.one(Guest, hotel.reservation("B-1")[0].guest_id).last_name == "Baker-Street"


@pytest.mark.parametrize(
    "guest", [GuestDetails(""), GuestDetails("A" * 500, "B" * 500, "c" * 999, "d" * 99, "LTU", "lit"), GuestDetails("\x00")]
)
def test_whatever_a_guest_is_called_no_booking_is_lost(hotel: OnChannel, guest: GuestDetails) -> None:
    take(hotel, told(hotel, "new", "1", guest=guest, notes="n" * 9000))
    assert hotel.stays("B-1") == [(hotel.day(2), hotel.day(4), "confirmed")]


def test_what_was_only_asked_about_is_held_and_given_back(hotel: OnChannel) -> None:
    take(hotel, told(hotel, "asked", "1"))
    assert hotel.stays("B-1")[0][2] == "tentative"
    with work(job(hotel)) as db:
        assert release_unclaimed(db, hotel.connection) == 0
        db.execute(text("update channel_booking set held_until = now() - interval '1 second'"))
    with work(job(hotel)) as db:
        assert release_unclaimed(db, hotel.connection) == 1
    assert hotel.stays("B-1")[0][2] == "cancelled"


def test_what_was_asked_about_and_then_made_is_one_booking(hotel: OnChannel) -> None:
    take(hotel, told(hotel, "asked", "1"))
    take(hotel, told(hotel, "new", "2"))
    assert hotel.stays("B-1") == [(hotel.day(2), hotel.day(4), "confirmed")]
    assert hotel.bookings()["B-1"].held_until is None


def test_money_of_another_currency_is_taken_in_and_told(hotel: OnChannel) -> None:
    done = take(hotel, told(hotel, currency="USD"))
    assert said(done.problems, "en") == "It is in USD, not in the property's currency."


def test_every_problem_has_a_sentence_that_can_be_said() -> None:
    for kind in SENTENCES:
        problem = {
            "kind": kind,
            "remote": "R",
            "room_type": "Double",
            "nights": "2026-12-01",
            "currency": "USD",
            "dates": "2026-12-01 - 2026-12-03",
        }
        problem |= {"unit": "101", "where": "Hilton"}
        counts, dates = {"told": 60, "held": 50}, {"told": "2028-12-01", "held": "2027-12-02"}
        problem |= {"words": "10081 Update refused."} | (dates if kind == "too_long" else counts)
        for locale in ("en", "lt", "de"):
            assert "{" not in said([problem], locale)


def test_what_somebody_has_seen_to_is_settled_and_a_stale_look_is_told(hotel: OnChannel, hana: Actor) -> None:
    take(hotel, told(hotel, currency="USD"))
    row = hotel.bookings()["B-1"]
    with pytest.raises(NotPermitted), work(hana) as db:
        settle(db, row.id, row.version)
    with pytest.raises(MovedMeanwhile), work(hotel.owner) as db:
        settle(db, row.id, row.version - 1)
    with work(hotel.owner) as db:
        settle(db, row.id, row.version)
    assert hotel.bookings()["B-1"].problems == []


def test_a_message_is_taken_in_again_on_demand(hotel: OnChannel) -> None:
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 4)])
    assert id
    assert isinstance(hotel.fake, FakeChannex)
    hotel.fake.currency = "nonsense"
    hotel.turn()
    (message,) = hotel.messages()
    with work(hotel.owner) as db:  # whatever kept it from being read has been mended
        row = db.one(StoredMessage, message.id)
        row.sealed = encrypt(decrypt(row.sealed).replace("nonsense", "EUR"))
        inbox.replay(db, message.id)
    hotel.turn()
    assert hotel.stays(id) == [(hotel.day(2), hotel.day(4), "confirmed")]
    assert hotel.fake.waiting == []


def test_a_property_without_rooms_keeps_the_message_and_takes_it_in_once_it_has_some(hotel: OnChannel) -> None:
    with work(hotel.owner) as db:
        for product in db.scalars(select(Product).where(Product.connection_id == hotel.connection)):
            unmap_product(db, product.id)
        db.execute(text("update room_type set archived_at = now() where property_id = :id"), {"id": hotel.property_id})
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 4)], force=True)
    assert id
    hotel.turn()
    assert hotel.messages()[0].state == "stuck"
    with work(hotel.owner) as db:
        db.execute(text("update room_type set archived_at = null where property_id = :id"), {"id": hotel.property_id})
        map_product(db, hotel.connection, hotel.double, None, "room-D")
    hotel.turn()
    assert hotel.reservation(id)[1][0].room_type_id == hotel.double


def test_a_channel_that_shows_something_else_is_found_out_and_told_again(hotel: OnChannel) -> None:
    hotel.turn()
    hotel.fake.told("room-D", hotel.day(3), hotel.day(3), {"rooms": 9})
    hotel.fake.told("room-D/rate-D", hotel.day(4), hotel.day(4), {"price": 1, "closed": 1})
    with work(hotel.owner) as db:
        db.execute(text("update channel_connection set compare_at = now() where id = :id"), {"id": hotel.connection})
    hotel.turn()
    with work(hotel.owner) as db:
        drift = db.one(Connection, hotel.connection).drift
    assert drift
    assert drift["cells"] == 2
    assert {(one["field"], one["ours"], one["theirs"]) for one in drift["examples"]} == {
        ("rooms", 3, 9),
        ("price", 10_000, 1),
        ("closed", 0, 1),
    }
    hotel.turn()
    assert hotel.shown("room-D", 3)["rooms"] == 3
    assert hotel.shown("room-D/rate-D", 4)["price"] == 10_000


def test_a_channel_that_gave_a_room_back_is_told_again_what_is_left(hotel: OnChannel) -> None:
    """It counts for itself: the last room was sold twice, one guest cancels there, and it would sell what is not there."""
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 4)])
    assert id
    for _ in range(3):
        hotel.book(2, 4)
    hotel.turn()
    assert [hotel.shown("room-D", n)["rooms"] for n in (2, 3)] == [0, 0]
    hotel.fake.cancel(id)
    assert [hotel.shown("room-D", n)["rooms"] for n in (2, 3)] == [1, 1]
    hotel.turn()
    assert [hotel.shown("room-D", n)["rooms"] for n in (2, 3)] == [0, 0]


def test_a_full_sync_tells_everything_anew(hotel: OnChannel) -> None:
    hotel.turn()
    hotel.fake.calendar.clear()
    with work(hotel.owner) as db:
        tell_everything(db, hotel.connection)
    hotel.turn()
    assert hotel.shown("room-D", 0) == {"rooms": 3}


def test_nobody_speaks_to_a_paused_or_ended_connection(hotel: OnChannel) -> None:
    with work(hotel.owner) as db:
        row = set_state(db, hotel.connection, 1, "paused")
    assert not hotel.turn()
    with work(hotel.owner) as db:
        disconnect(db, hotel.connection, row.version)
    assert not hotel.turn()
    assert hotel.fake.calls == []


def test_one_unit_of_a_type_can_be_a_product_of_its_own(hotel: OnChannel) -> None:
    unit = unit_of(hotel, hotel.double)
    hotel.fake.add("room-1", [])
    with work(hotel.owner) as db:
        map_product(db, hotel.connection, hotel.double, None, "room-1", unit)
        book(db, Booking(hotel.property_id, GuestDetails("Adams"), [Room(hotel.double, hotel.day(2), hotel.day(4), unit)]))
    hotel.turn()
    assert [hotel.shown("room-1", n)["rooms"] for n in range(1, 5)] == [1, 0, 0, 1]


def test_a_stored_message_survives_a_process_that_died_before_taking_it_in(hotel: OnChannel) -> None:
    id = hotel.fake.sell([hotel.sale(2, 4)], force=True)
    assert id
    assert isinstance(hotel.fake, FakeChannex)
    row = hotel.fake.revision(id, 1)
    with work(job(hotel)) as db:
        inbox.store(db, hotel.connection, [Received(id, row["id"], json.dumps(row), row["id"])])
    hotel.turn()
    assert hotel.stays(id) == [(hotel.day(2), hotel.day(4), "confirmed")]
    assert hotel.fake.waiting == []


def test_modified_twice_before_anybody_looked_is_taken_in_once_in_its_last_state(hotel: OnChannel) -> None:
    hotel.turn()
    sale = hotel.sale(2, 4)
    id = hotel.fake.sell([sale])
    assert id
    hotel.fake.modify(id, [moved(sale, hotel.day(5), hotel.day(7))])
    hotel.fake.modify(id, [moved(sale, hotel.day(6), hotel.day(9))])
    hotel.turn()
    assert hotel.stays(id) == [(hotel.day(6), hotel.day(9), "confirmed")]
    assert hotel.fake.waiting == []
