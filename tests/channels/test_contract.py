"""What holds for every channel, whatever its protocol: it shows what is true, and no booking is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import select

from pms.channels import inbox, queries
from pms.channels.adapter import Adapter
from pms.channels.adapters import ADAPTERS
from pms.channels.apply import settle
from pms.channels.connections import map_product, unmap_product
from pms.channels.models import Product, StoredMessage
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.encryption import decrypt, encrypt
from pms.rates.cells import Edit, change_cells
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.life_cycle import cancel
from pms.reservations.move import assign
from tests.channels.conftest import NIGHTS, OnChannel, on_channel
from tests.channels.fake import FAULTS, SOON, Answer, Call, moved
from tests.channels.otas import OTAS
from tests.services import environment


@pytest.fixture(params=OTAS)
def hotel(olga: Actor, request: pytest.FixtureRequest) -> Iterator[OnChannel]:
    with environment(**SOON), on_channel(olga, request.param) as house:
        yield house


def edit(hotel: OnChannel, n: int, **values: Any) -> None:
    with work(hotel.owner) as db:
        change_cells(db, hotel.property_id, [Edit((hotel.plan, hotel.double, hotel.day(n)), values)])


def oversell(hotel: OnChannel, first: int, end: int, times: int) -> list[UUID]:
    """So many more guests, whether or not there is room; their stays."""
    with work(hotel.owner) as db:
        room = Room(hotel.double, hotel.day(first), hotel.day(end))
        wanted = [Booking(hotel.property_id, GuestDetails("Adams"), [room]) for _ in range(times)]
        return [book(db, one, force=True).stays[0].id for one in wanted]


def watched(hotel: OnChannel, look: Callable[[], Any]) -> list[Any]:
    """What is seen after each call of a turn."""
    seen, do = [], hotel.fake.do

    def watching(call: Call, half: bool = False) -> Answer:
        answer = do(call, half)
        seen.append(look())
        return answer

    hotel.fake.do = watching  # type: ignore[method-assign]
    hotel.turn()
    hotel.fake.do = do  # type: ignore[method-assign]
    return [*seen, look()]


def rooms(hotel: OnChannel, first: int, end: int) -> list[int]:
    return [hotel.shown("room-D", n).get("rooms", -1) for n in range(first, end)]


def price(hotel: OnChannel, n: int) -> int | None:
    cell = hotel.shown("room-D/rate-D", n)
    return cell.get("price", cell.get("price_2"))


def test_a_new_connection_is_told_everything(hotel: OnChannel) -> None:
    hotel.turn()
    assert rooms(hotel, 0, NIGHTS) == [3] * NIGHTS
    assert [price(hotel, n) for n in range(NIGHTS)] == [10_000] * NIGHTS
    assert hotel.state() == ("testing", "")


def test_who_was_told_everything_is_told_nothing_again(hotel: OnChannel) -> None:
    hotel.turn()
    before = dict(hotel.fake.calendar)
    hotel.fake.calendar.clear()
    hotel.turn()
    assert hotel.fake.calendar == {}
    hotel.fake.calendar.update(before)


def test_a_sale_and_its_cancellation_are_told_with_their_nights_alone(hotel: OnChannel) -> None:
    hotel.turn()
    booked = hotel.book(2, 5)
    hotel.fake.calendar.clear()
    hotel.turn()
    assert {n for n in range(NIGHTS) if hotel.shown("room-D", n)} == {2, 3, 4}
    assert rooms(hotel, 2, 5) == [2, 2, 2]
    with work(hotel.owner) as db:
        cancel(db, booked.stays[0].id, None)
    hotel.turn()
    assert rooms(hotel, 2, 5) == [3, 3, 3]


def test_of_two_changes_the_last_is_told(hotel: OnChannel) -> None:
    hotel.turn()
    edit(hotel, 3, price=12_000)
    edit(hotel, 3, price=13_000)
    hotel.turn()
    assert price(hotel, 3) == 13_000
    assert price(hotel, 2) == 10_000


@pytest.mark.parametrize("fault", FAULTS)
def test_after_any_trouble_the_channel_shows_what_is_true(hotel: OnChannel, fault: Any) -> None:
    hotel.turn()
    hotel.book(2, 5)
    edit(hotel, 3, price=12_000)
    hotel.fake.faults = [fault] * 2
    for _ in range(4):
        hotel.turn()
    assert rooms(hotel, 1, 6) == [3, 2, 2, 2, 3]
    assert price(hotel, 3) == 12_000


def test_a_booking_made_there_is_in_the_books_once_and_its_rooms_are_gone_everywhere(hotel: OnChannel) -> None:
    if not hotel.fake.sells:
        return
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 5, children_ages=())])
    assert id is not None
    hotel.turn()
    hotel.turn()
    assert hotel.fake.waiting == []
    reservation, stays = hotel.reservation(id)
    assert (reservation.external_ref, reservation.currency) == (hotel.fake.reference(id), "EUR")
    assert [(stay.arrival, stay.departure, stay.status, stay.rate_plan_id) for stay in stays] == [
        (hotel.day(2), hotel.day(5), "confirmed", hotel.plan)
    ]
    assert len(hotel.bookings()) == 1
    assert rooms(hotel, 1, 6) == [3, 2, 2, 2, 3]


def test_a_change_made_there_is_the_full_new_state(hotel: OnChannel) -> None:
    if not hotel.fake.sells:
        return
    hotel.turn()
    two = [hotel.sale(2, 5), hotel.sale(2, 5, "room-S", "rate-S", adults=1)]
    id = hotel.fake.sell(two[: hotel.fake.rooms_most])
    assert id is not None
    hotel.turn()
    hotel.fake.modify(id, [moved(two[0], hotel.day(3), hotel.day(6))])
    hotel.turn()
    open_stays = [one for one in hotel.stays(id) if one[2] == "confirmed"]
    assert open_stays == [(hotel.day(3), hotel.day(6), "confirmed")]
    assert len(hotel.stays(id)) == len(two[: hotel.fake.rooms_most])
    assert rooms(hotel, 1, 7) == [3, 3, 2, 2, 2, 3]


def test_a_guest_who_changes_his_mind_back_has_what_he_had(hotel: OnChannel) -> None:
    """The third state is told in the same words as the first, and is the last all the same."""
    if not hotel.fake.sells:
        return
    hotel.turn()
    first = hotel.sale(2, 5)
    id = hotel.fake.sell([first])
    assert id is not None
    for arrival, departure in ((6, 8), (2, 5), (6, 8), (2, 5)):
        hotel.turn()
        hotel.fake.modify(id, [moved(first, hotel.day(arrival), hotel.day(departure))])
    hotel.turn()
    assert hotel.stays(id) == [(hotel.day(2), hotel.day(5), "confirmed")]


def test_a_unit_given_by_hand_survives_a_change_where_it_can(hotel: OnChannel) -> None:
    if not hotel.fake.sells:
        return
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 5)])
    assert id is not None
    hotel.turn()
    with work(hotel.owner) as db:
        unit = db.execute(text("select id from unit where room_type_id = :id limit 1"), {"id": hotel.double}).scalar_one()
        assign(db, hotel.reservation(id)[1][0].id, None, unit)
    hotel.fake.modify(id, [moved(hotel.sale(2, 5), hotel.day(2), hotel.day(6))])
    hotel.turn()
    with work(hotel.owner) as db:
        query = "select unit_id from stay_night where stay_id = :id and live order by night"
        lies = list(db.execute(text(query), {"id": hotel.reservation(id)[1][0].id}).scalars())
    assert lies == [unit] * 4


def test_before_rooms_are_told_a_channel_that_can_be_asked_is_heard(hotel: OnChannel) -> None:
    """Else what it sold since it was heard last would be told as free."""
    if not hotel.fake.sells or ADAPTERS[hotel.channel].poll_seconds is None:
        return
    hotel.turn()
    hotel.fake.hook = ""
    assert hotel.fake.sell([hotel.sale(2, 5)])
    hotel.book(2, 5)
    with work(hotel.owner) as db:
        db.execute(text("update channel_connection set heard_at = now() - interval '6 seconds'"))
    hotel.news()
    hotel.tell()
    assert rooms(hotel, 1, 6) == [3, 1, 1, 1, 3]


@pytest.mark.parametrize("cancelled", [False, True])
def test_nights_a_guest_had_there_only_before_we_heard_of_it_are_told_again(hotel: OnChannel, cancelled: bool) -> None:
    """We told what was true here in between, and the channel gave the guest's old nights back to that."""
    if not hotel.fake.sells:
        return
    hotel.turn()
    hook, hotel.fake.hook = hotel.fake.hook, ""
    id = hotel.fake.sell([hotel.sale(2, 5)])
    assert id is not None
    hotel.book(2, 8)
    hotel.tell()
    hotel.fake.modify(id, [moved(hotel.sale(2, 5), hotel.day(5), hotel.day(8))])
    if cancelled:
        hotel.fake.cancel(id)
    hotel.fake.hook = hook
    hotel.fake.remind()
    hotel.turn()
    hotel.turn()  # some name the next change only after they were thanked for the last
    assert rooms(hotel, 1, 9) == [3, 2, 2, 2, *([2, 2, 2] if cancelled else [1, 1, 1]), 3]


def test_a_cancellation_frees_the_rooms_everywhere(hotel: OnChannel) -> None:
    if not hotel.fake.sells:
        return
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 5)])
    assert id is not None
    hotel.turn()
    hotel.fake.cancel(id)
    hotel.turn()
    assert [status for _, _, status in hotel.stays(id)] == ["cancelled"]
    assert hotel.fake.waiting == []
    assert rooms(hotel, 1, 6) == [3] * 5


def test_a_cancellation_of_a_booking_never_seen_is_kept(hotel: OnChannel) -> None:
    if not hotel.fake.sells or hotel.fake.hook:
        return
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 5)])
    assert id is not None
    hotel.fake.waiting.clear()
    hotel.fake.cancel(id)
    hotel.turn()
    assert hotel.bookings()[id].status == "cancelled"
    assert hotel.bookings()[id].reservation_id is None
    assert hotel.fake.waiting == []


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_breaks_while_a_booking_comes_in_it_is_in_the_books_once(hotel: OnChannel, fault: Any) -> None:
    if not hotel.fake.sells:
        return
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 5)])
    assert id is not None
    for _ in range(3):
        hotel.fake.faults = [fault]
        hotel.turn()
    hotel.fake.faults = []
    hotel.turn()
    assert hotel.stays(id) == [(hotel.day(2), hotel.day(5), "confirmed")]
    assert hotel.fake.waiting == []
    assert rooms(hotel, 1, 6) == [3, 2, 2, 2, 3]


def test_a_last_room_sold_twice_is_taken_in_and_told(hotel: OnChannel) -> None:
    """The channel had not heard yet: both guests come, and somebody is told. One that asks first is told no."""
    if not hotel.fake.sells:
        return
    hotel.turn()
    for _ in range(3):
        hotel.book(2, 4)
    id = hotel.fake.sell([hotel.sale(2, 4)])
    if hotel.fake.asks:
        assert id is None
        return
    assert id is not None
    hotel.turn()
    assert [problem["kind"] for problem in hotel.bookings()[id].problems] == ["oversold"]
    assert hotel.messages()[-1].state == "attention"
    assert rooms(hotel, 2, 4) == [0, 0]


def test_what_is_sold_there_while_our_message_is_on_its_way_is_taken_off_once_it_is_heard(
    hotel: OnChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes a room off, and then writes our number over that, which knew nothing of the guest."""
    if not hotel.fake.sells:
        return
    hotel.turn()
    hook, adapter, sold = hotel.fake.hook, ADAPTERS[hotel.channel], list[str | None]()

    def meanwhile(http: Any, link: Any, message: Any) -> dict[int, str]:
        if not sold:
            hotel.fake.hook = ""
            sold.append(hotel.fake.sell([hotel.sale(2, 5)]))
        return adapter.send(http, link, message)

    monkeypatch.setitem(cast(dict[str, Adapter], ADAPTERS), hotel.channel, replace(adapter, send=meanwhile))
    hotel.book(2, 5)
    hotel.tell()
    assert sold != [None]
    assert rooms(hotel, 1, 6) == [3, 2, 2, 2, 3]
    hotel.fake.hook = hook
    hotel.fake.remind()
    hotel.turn()
    assert rooms(hotel, 1, 6) == [3, 1, 1, 1, 3]


@pytest.mark.parametrize("changed", [False, True])
def test_an_oversold_night_is_not_sold_again_there_when_its_guest_cancels(hotel: OnChannel, changed: bool) -> None:
    """Channels count too: they give the room back, and sell it before they hear from us. A count of nought does not stop that."""
    if not hotel.fake.sells:
        return
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 4)])
    assert id is not None
    hotel.turn()
    oversell(hotel, 2, 4, 3)
    hotel.turn()
    hook, hotel.fake.hook = hotel.fake.hook, ""
    if changed:
        hotel.fake.modify(id, [moved(hotel.sale(2, 4), hotel.day(8), hotel.day(9))])
    else:
        hotel.fake.cancel(id)
    assert hotel.fake.sell([hotel.sale(2, 4)]) is None
    hotel.fake.hook = hook
    hotel.fake.remind()
    offered = [has for has in watched(hotel, lambda: hotel.fake.has([hotel.sale(2, 4)])) if has]
    assert rooms(hotel, 2, 4) == [0, 0]
    assert offered == [], "it is opened only after it was told that all of them are taken still"


def test_a_night_that_is_oversold_no_more_is_sold_again_there(hotel: OnChannel) -> None:
    if not hotel.fake.sells:
        return
    hotel.turn()
    stays = oversell(hotel, 2, 4, 4)
    hotel.turn()
    assert hotel.fake.sell([hotel.sale(2, 4)]) is None
    with work(hotel.owner) as db:
        for stay in stays[:2]:
            cancel(db, stay, None)
    hotel.news()
    hotel.tell()
    assert rooms(hotel, 2, 4) == [1, 1]
    assert hotel.fake.sell([hotel.sale(2, 4)]) is not None


def test_a_room_nobody_mapped_is_held_told_and_placed_once_it_is_mapped(hotel: OnChannel) -> None:
    if not hotel.fake.sells:
        return
    hotel.turn()
    hotel.fake.add("room-X", ["rate-X"])
    id = hotel.fake.sell([hotel.sale(2, 4, "room-X", "rate-X")], force=True)
    assert id is not None
    hotel.turn()
    assert hotel.bookings()[id].problems[0]["kind"] == "unmapped_room"
    assert hotel.reservation(id)[1][0].status == "confirmed"
    assert hotel.fake.waiting == []
    with work(hotel.owner) as db:
        remote = hotel.messages()[-1].booking and hotel.bookings()[id].rooms[0]["room"]
        if not remote:  # the channel itself does not say which room, so there is nothing to map it by
            return
        kind = hotel.reservation(id)[1][0].room_type_id
        assert kind == hotel.double, "the type with most rooms left"
        single = select(Product).where(Product.connection_id == hotel.connection, Product.room_type_id == hotel.single)
        for product in db.scalars(single):
            unmap_product(db, product.id)
    with work(hotel.owner) as db:
        map_product(db, hotel.connection, hotel.single, None, remote)
    hotel.turn()
    assert hotel.reservation(id)[1][0].room_type_id == hotel.single
    assert rooms(hotel, 2, 4) == [3, 3]


def unread(hotel: OnChannel) -> str:
    """A booking made there whose message nobody can read as a whole, for it has 1234 guests."""
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 5, adults=1234)], force=True)
    assert id is not None
    for _ in range(2):
        hotel.turn()
        hotel.fake.remind()
    assert [one.state for one in hotel.messages()] == ["stuck"]
    return id


def mend(hotel: OnChannel) -> None:
    """Whatever kept its messages from being read is mended, and they are taken in again."""
    for one in hotel.messages():
        with work(hotel.owner) as db:
            row = db.one(StoredMessage, one.id)
            row.sealed = encrypt(decrypt(row.sealed).replace("1234", "2"))
            inbox.replay(db, row.id)
    hotel.turn()


def test_a_booking_that_cannot_be_read_is_thanked_for_once_somebody_has_seen_to_it(hotel: OnChannel) -> None:
    """A person has taken over: the channel need not keep it, and what it brings again is no news."""
    if not hotel.fake.sells:
        return
    id = unread(hotel)
    row = hotel.bookings()[id]
    with work(hotel.owner) as db:
        settle(db, row.id, row.version)
    hotel.turn()
    assert hotel.fake.waiting == []
    hotel.fake.remind()
    hotel.turn()
    assert [one.state for one in hotel.messages()] == ["seen"]
    with work(hotel.owner) as db:
        assert queries.urgent(db) == 0


def test_a_booking_that_cannot_be_read_holds_its_rooms_once_and_people_are_told(hotel: OnChannel) -> None:
    if not hotel.fake.sells:
        return
    id = unread(hotel)
    assert hotel.stays(id) == [(hotel.day(2), hotel.day(5), "confirmed")]
    assert rooms(hotel, 1, 6) == [3, 2, 2, 2, 3]
    assert [one["kind"] for one in hotel.bookings()[id].problems] == ["not_understood"]
    assert hotel.reservation(id)[0].external_ref == hotel.fake.reference(id)
    assert hotel.messages()[0].acknowledged_at is None


def test_once_it_can_be_read_what_was_held_is_the_booking(hotel: OnChannel) -> None:
    if not hotel.fake.sells:
        return
    id = unread(hotel)
    held, stays = hotel.reservation(id)
    mend(hotel)
    booked, (stay,) = hotel.reservation(id)
    assert (booked.id, stay.id, stay.status, stay.adults, stay.rate_plan_id) == (
        held.id,
        stays[0].id,
        "confirmed",
        2,
        hotel.plan,
    )
    assert hotel.bookings()[id].problems == []
    assert rooms(hotel, 1, 6) == [3, 2, 2, 2, 3]


def test_a_cancellation_frees_what_was_held(hotel: OnChannel) -> None:
    if not hotel.fake.sells:
        return
    id = unread(hotel)
    if hotel.channel == "expedia":  # names the next version only once it was thanked for the last
        mend(hotel)
    hotel.fake.bookings[id].rooms = [hotel.sale(2, 5)]
    hotel.fake.cancel(id)
    hotel.turn()
    assert [status for _, _, status in hotel.stays(id)] == ["cancelled"]
    assert hotel.bookings()[id].problems == []
    assert rooms(hotel, 1, 6) == [3] * 5


def test_a_change_that_cannot_be_read_holds_its_nights_beside_those_it_had(hotel: OnChannel) -> None:
    """Nobody knows yet which of them the guest will come for. Once it can be read, it has those it says."""
    if not hotel.fake.sells:
        return
    hotel.turn()
    id = hotel.fake.sell([hotel.sale(2, 5)])
    assert id is not None
    hotel.turn()
    hook, hotel.fake.hook = hotel.fake.hook, ""  # who asks first asks nobody
    hotel.fake.modify(id, [hotel.sale(4, 7, adults=1234)])
    hotel.fake.hook = hook
    hotel.fake.remind()
    for _ in range(2):
        hotel.turn()
        hotel.fake.remind()
    assert sorted(hotel.stays(id)) == [(hotel.day(2), hotel.day(5), "confirmed"), (hotel.day(5), hotel.day(7), "confirmed")]
    assert rooms(hotel, 1, 8) == [3, 2, 2, 2, 2, 2, 3]
    mend(hotel)
    assert [one for one in hotel.stays(id) if one[2] == "confirmed"] == [(hotel.day(4), hotel.day(7), "confirmed")]
    assert rooms(hotel, 1, 8) == [3, 3, 3, 2, 2, 2, 3]
