"""The drawer, the booking sheet and the finder without a browser."""

from __future__ import annotations

import json

from pms.accounts import members
from pms.kernel.db import work
from pms.reservations import life_cycle
from pms.reservations.book import Booked, Booking, Room, book
from pms.reservations.details import change_reservation
from pms.reservations.guests import GuestDetails
from pms.reservations.move import move
from pms.ui.calendar import rows
from pms.ui.calendar.block_state import BlockBox
from pms.ui.calendar.booking_state import NewBooking
from pms.ui.calendar.drawer_state import CARD, StayDrawer
from pms.ui.calendar.edit import NotesForm, change_notes
from pms.ui.calendar.find_state import Finder
from pms.ui.calendar.state import Calendar
from pms.ui.shell import Session, live
from tests.builders import a_property
from tests.states.hotel import Hotel, bars, shown
from tests.states.tab import Tab, said


async def test_the_drawer_shows_changes_and_books(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab = hotel.tab()
    await tab.call(StayDrawer.show_stay, rows.key_of(stay.id))
    drawer = tab.state(StayDrawer)
    assert (drawer.open, drawer.card.name, drawer.card.unit, drawer.card.nights) == (True, "Anna Müller", "101", 2)
    await tab.call(StayDrawer.edit_section, "stay")
    form = {
        "arrival": str(hotel.day(1)),
        "departure": str(hotel.day(4)),
        "unit": str(hotel.doubles[2]),
        "adults": "2",
        "children": "1",
    }
    await tab.call(StayDrawer.weigh, "children", 1)
    await tab.call(StayDrawer.weigh, "departure", str(hotel.day(4)))
    await tab.call(StayDrawer.save_stay, form)
    assert (drawer.card.unit, drawer.card.nights, drawer.card.children, drawer.editing) == ("103", 3, 1, "")
    await tab.call(StayDrawer.edit_section, "prices")
    await tab.call(StayDrawer.save_prices, {f"price-{hotel.day(1)}": "80,50", "reason": "Noise"})
    assert drawer.card.prices[0].bare == "80.50"
    await tab.call(StayDrawer.do, "cancel")
    assert drawer.card.status == "cancelled"
    assert drawer.card.actions == ["reinstate"]
    assert [one[0] for one in drawer.card.history][:2] == ["Cancelled", "Prices changed: Noise"]


async def _let_in_again(tab: Tab) -> None:
    """What the guard and the screen do when a socket is back or permissions changed."""
    from pms.pms import app  # which knows its screens

    assert app
    for event in await tab.call(Session.enter, "/calendar"):
        await tab.call(event)


async def test_an_open_drawer_catches_up_and_stays_live_when_the_socket_is_back(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab = hotel.tab()
    await tab.call(StayDrawer.show_stay, str(stay.id))
    hotel.work(move, stay.id, 1, hotel.doubles[1], actor=hotel.cast.olga)
    await _let_in_again(tab)
    assert tab.state(StayDrawer).card.unit == "102"
    assert CARD in live.hub().tabs[tab.token].watches


async def test_an_open_drawer_shows_no_more_than_one_may_see_by_now(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab = hotel.tab()
    await tab.call(StayDrawer.show_stay, str(stay.id))
    assert tab.state(StayDrawer).card.knows_guest
    with work(hotel.cast.olga) as db:
        rita = next(one for one in members.members(db) if one.name == "Rita Desk")
        members.change_role(db, rita.membership_id, "housekeeping", None, rita.version)
    await _let_in_again(tab)
    assert not tab.state(StayDrawer).card.knows_guest


async def test_a_form_begun_before_a_colleagues_change_loses_politely(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab = hotel.tab(hotel.cast.olga)
    await tab.call(StayDrawer.show_stay, str(stay.id))
    await tab.call(StayDrawer.edit_section, "stay")
    hotel.work(move, stay.id, 1, hotel.doubles[1])
    form = {"arrival": str(hotel.day(1)), "departure": str(hotel.day(9)), "unit": "", "adults": "2", "children": "0"}
    await tab.call(StayDrawer.weigh, "departure", str(hotel.day(9)))
    answer = await tab.call(StayDrawer.save_stay, form)
    assert "Rita Desk moved this stay a moment ago" in said(answer)
    assert tab.state(StayDrawer).card.unit == "102", "it shows where the stay is now"


async def test_several_rooms_are_booked_at_once(hotel: Hotel) -> None:
    tab, first = hotel.tab(), rows.day_number(hotel.day(1))
    await tab.call(NewBooking.begin, f"u{rows.key_of(hotel.doubles[1])}", first, first + 2)
    booking = tab.state(NewBooking)
    assert (booking.rooms[0].unit, booking.rooms[0].costs) == (str(hotel.doubles[1]), "2 × €100.00 = €200.00")
    await tab.call(NewBooking.add_room)
    await tab.call(NewBooking.set_room, 1, "type", str(hotel.suite))
    await tab.call(NewBooking.save, {"last_name": "", "status": "confirmed"})
    assert booking.errors["last_name"] == "A guest needs a last name."
    answer = await tab.call(NewBooking.save, {"last_name": "Petrauskas", "status": "tentative", "tags": "vip, late"})
    assert "Booked Petrauskas" in said(answer)
    assert not booking.open
    fresh = hotel.tab()
    await fresh.call(Calendar.load)
    assert [bar[rows.Bar.NAME] for bar in bars(fresh, "102")] == ["Petrauskas"]
    assert [bar[rows.Bar.NAME] for bar in bars(fresh, "")] == ["Petrauskas"]


async def test_a_room_is_added_to_a_reservation(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab = hotel.tab()
    await tab.call(StayDrawer.show_stay, str(stay.id))
    await tab.call(NewBooking.begin_more)
    await tab.call(NewBooking.set_room, 0, "unit", str(hotel.doubles[0]))
    await tab.call(NewBooking.save, {})
    assert "101 is taken by Anna Müller" in tab.state(NewBooking).errors["form"]
    await tab.call(NewBooking.set_room, 0, "unit", str(hotel.doubles[1]))
    await tab.call(NewBooking.save, {})
    await tab.call(StayDrawer.show_stay, str(stay.id))
    assert [one[1].split(" ")[0] for one in tab.state(StayDrawer).card.others] == ["102"]


async def test_the_price_of_a_room_is_refused_at_its_field(hotel: Hotel) -> None:
    tab = hotel.tab()
    await tab.call(NewBooking.begin_empty)
    await tab.call(NewBooking.set_room, 0, "price", "a lot")
    await tab.call(NewBooking.save, {"last_name": "Rossi", "status": "confirmed"})
    assert list(tab.state(NewBooking).errors) == ["price-0"]


async def test_a_known_guest_is_found_and_booked_again(hotel: Hotel) -> None:
    guest = hotel.book(1, 2, hotel.doubles[0], "Vasiliauskaitė").guest
    tab = hotel.tab()
    await tab.call(NewBooking.begin_empty)
    await tab.call(NewBooking.search, "vasil")
    assert [one[0] for one in tab.state(NewBooking).matches] == [str(guest.id)]
    await tab.call(NewBooking.choose_guest, str(guest.id))
    answer = await tab.call(NewBooking.save, {"status": "confirmed"})
    assert "Booked Vasiliauskaitė" in said(answer)


async def test_a_unit_is_blocked_and_freed(hotel: Hotel) -> None:
    tab, first = hotel.tab(), rows.day_number(hotel.day(1))
    await tab.call(NewBooking.begin, f"u{rows.key_of(hotel.doubles[1])}", first, first + 2)
    await tab.call(BlockBox.begin_from_booking)
    form = {"kind": "out_of_order", "first_night": str(hotel.day(1)), "end_night": str(hotel.day(3)), "reason": ""}
    await tab.call(BlockBox.save, form)
    assert tab.state(BlockBox).errors["reason"] == "Say why, in 200 letters at most."
    await tab.call(BlockBox.save, form | {"reason": "Paint"})
    fresh = hotel.tab()
    await fresh.call(Calendar.load)
    (bar,) = bars(fresh, "102")
    assert (bar[rows.Bar.LOOK], bar[rows.Bar.NAME], bar[rows.Bar.NIGHTS]) == ("b", "Paint", 2)
    await fresh.call(BlockBox.show_block, bar[rows.Bar.KEY])
    await fresh.call(BlockBox.lift)
    await tab.call(Calendar.load)
    assert bars(tab, "102") == []


def _three_rooms(hotel: Hotel) -> Booked:
    rooms = [Room(hotel.double, hotel.day(1), hotel.day(3), unit) for unit in (*hotel.doubles[:2], None)]
    booked: Booked = hotel.work(book, Booking(hotel.id, GuestDetails("Müller", "Anna"), rooms))
    return booked


async def test_a_reservation_is_cancelled_whole_once_its_rooms_were_named(hotel: Hotel) -> None:
    booked = _three_rooms(hotel)
    tab = hotel.tab()
    await tab.call(StayDrawer.show_stay, str(booked.stays[0].id))
    drawer = tab.state(StayDrawer)
    assert drawer.card.cancels_whole
    await tab.call(StayDrawer.cancel_whole)
    assert drawer.card.status == "confirmed", "nobody was asked yet"
    await tab.call(StayDrawer.ask, "whole")
    assert (drawer.asking, len(drawer.card.rooms), drawer.card.room_nights) == ("whole", 3, 6)
    assert "cancelled: 3 rooms" in said(await tab.call(StayDrawer.cancel_whole))
    assert (drawer.card.status, drawer.card.cancels_whole, drawer.asking) == ("cancelled", False, "")
    assert {one[2] for one in drawer.card.others} == {"cancelled"}


async def test_a_whole_is_not_cancelled_when_a_room_changed_since_the_question(hotel: Hotel) -> None:
    booked = _three_rooms(hotel)
    tab = hotel.tab(hotel.cast.olga)
    await tab.call(StayDrawer.show_stay, str(booked.stays[0].id))
    await tab.call(StayDrawer.ask, "whole")
    hotel.work(move, booked.stays[1].id, None, hotel.doubles[2])
    assert "Rita Desk moved this stay a moment ago" in said(await tab.call(StayDrawer.cancel_whole))
    drawer = tab.state(StayDrawer)
    assert (drawer.card.status, drawer.asking) == ("confirmed", "")
    await tab.call(StayDrawer.ask, "whole")
    await tab.call(StayDrawer.cancel_whole)
    assert drawer.card.status == "cancelled"


async def test_a_whole_is_not_offered_for_one_room_for_guests_in_house_or_without_the_permission(hotel: Hotel) -> None:
    async def offered(stay: object, actor: object = None) -> bool:
        tab = hotel.tab(actor)  # type: ignore[arg-type]
        await tab.call(StayDrawer.show_stay, str(stay))
        return bool(tab.state(StayDrawer).card.cancels_whole)

    assert not await offered(hotel.book(10, 2, hotel.doubles[2]).stays[0].id)
    booked = _three_rooms(hotel)
    assert not await offered(booked.stays[0].id, hotel.cast.anna)
    tonight = [Room(hotel.double, hotel.day(0), hotel.day(1), unit) for unit in hotel.doubles[:2]]
    here = hotel.work(book, Booking(hotel.id, GuestDetails("Rossi"), tonight))
    hotel.work(life_cycle.check_in, here.stays[0].id, None)
    assert not await offered(here.stays[1].id)


async def _sought(tab: Tab, text: str) -> list[tuple[str, str]]:
    await tab.call(Finder.search, text)
    return [(one.name, one.status) for one in tab.state(Finder).lines]


async def test_a_cancelled_stay_is_found_and_brought_back(hotel: Hotel) -> None:
    stay = hotel.book(30, 2, hotel.doubles[0]).stays[0]
    hotel.work(life_cycle.cancel, stay.id, None)
    tab = hotel.tab()
    await tab.call(Calendar.load)
    await tab.call(Finder.begin)
    assert await _sought(tab, "anna mü") == [("Anna Müller", "cancelled")]
    picked = await tab.call(Finder.pick, tab.state(Finder).lines[0].id)
    assert (tab.state(Finder).open, tab.state(Finder).lines) == (False, [])
    assert str(stay.id) in said(picked)
    assert tab.state(Calendar).goto[1] == rows.day_number(hotel.day(30)) - 2
    await tab.call(StayDrawer.show_stay, str(stay.id))
    assert tab.state(StayDrawer).card.actions == ["reinstate"]
    await tab.call(StayDrawer.do, "reinstate")
    assert tab.state(StayDrawer).card.status == "confirmed"


async def test_what_is_found_is_shown_though_it_was_filtered_and_folded_away(hotel: Hotel) -> None:
    room = Room(hotel.suite, hotel.day(3), hotel.day(5), hotel.suites[1])
    hotel.work(book, Booking(hotel.id, GuestDetails("Rossi"), [room], external_ref="BK-1"))
    tab = hotel.tab()
    await tab.call(Calendar.load)
    await tab.call(Calendar.filter_type, rows.key_of(hotel.double))
    await tab.call(Calendar.fold, rows.key_of(hotel.suite))
    assert await _sought(tab, "BK-1") == [("Rossi", "confirmed")]
    await tab.call(Finder.pick, tab.state(Finder).lines[0].id)
    chart = tab.state(Calendar)
    assert (chart.only, chart.folded) == ([], [])
    at_row = next(n for n, line in shown(tab)["lines"].items() if line["n"] == "202")
    assert chart.goto[2] == at_row


async def test_the_search_finds_nothing_for_too_little_and_nothing_next_door(hotel: Hotel) -> None:
    hotel.book(1, 2)
    tab = hotel.tab()
    assert await _sought(tab, "m") == []
    assert not tab.state(Finder).asked
    assert await _sought(tab, "Müller") == [("Anna Müller", "confirmed")]
    elsewhere = a_property(hotel.cast.olga, "Elsewhere")
    tab.state(Session).house = str(elsewhere)
    assert await _sought(tab, "Müller") == []
    theirs = hotel.tab(hotel.cast.otto)
    assert await _sought(theirs, "Müller") == []


async def test_notes_are_not_sent_to_whoever_may_not_see_guests_and_stay_when_such_a_one_saves(hotel: Hotel) -> None:
    booked = hotel.book(0, 2, hotel.doubles[0])
    hotel.work(change_reservation, booked.reservation.id, None, notes="Anna is diabetic")
    key = rows.key_of(booked.stays[0].id)
    theirs, hers = hotel.tab(hotel.cast.hana), hotel.tab()
    for tab in (theirs, hers):
        await tab.call(StayDrawer.show_stay, key)
    assert hers.state(StayDrawer).card.notes == "Anna is diabetic"
    assert "diabetic" not in json.dumps(theirs.root.dict(), default=str)
    blind = hotel.cast.rita.without("guest.view")
    hotel.work(change_notes, booked.reservation.id, 2, NotesForm("phone", "late"), actor=blind)
    await hers.call(StayDrawer.show_stay, key)
    assert (hers.state(StayDrawer).card.source, hers.state(StayDrawer).card.notes) == ("phone", "Anna is diabetic")
