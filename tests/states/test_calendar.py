"""The calendar without a browser: what a tab holds, what a change sends, and what hostile arguments do."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from reflex.istate.data import RouterData

from pms.accounts import members
from pms.kernel.db import work
from pms.properties.queries import structure
from pms.properties.room_type import RoomTypeFields
from pms.properties.room_type import change as change_type
from pms.reservations import life_cycle
from pms.reservations.blocks import change_block, lift_block, place_block
from pms.reservations.book import Booked, Booking, Room, book
from pms.reservations.details import change_reservation
from pms.reservations.guests import GuestDetails, change_guest
from pms.reservations.move import assign, change_dates, change_party, move, split, unassign, undo
from pms.reservations.nights import nights_of
from pms.ui.calendar import rows
from pms.ui.calendar.block_state import BlockBox
from pms.ui.calendar.booking_state import NewBooking
from pms.ui.calendar.days_state import DayList
from pms.ui.calendar.drawer_state import CARD, StayDrawer
from pms.ui.calendar.find_state import Finder
from pms.ui.calendar.moves import Moves
from pms.ui.calendar.page import Desk
from pms.ui.calendar.state import VIEW, Calendar
from pms.ui.shell import Session, live
from pms.ui.shell.session import House
from tests.builders import Cast, a_property
from tests.states.hotel import ZONE, Feed, Hotel, bars, hear, shown
from tests.states.tab import Tab, said


@pytest.fixture
def hotel(cast: Cast) -> Hotel:
    return Hotel(cast)


def _booked(hotel: Hotel, booked: Booked) -> None:
    hotel.book(2, 3, hotel.doubles[1], "Nowak")


CHANGES: dict[str, Callable[[Hotel, Booked], object]] = {
    "booked": _booked,
    "booked unassigned": lambda h, b: [h.book(1, 2, None, "Ozola"), h.book(2, 2, None, "Tamm")],
    "moved": lambda h, b: h.work(move, b.stays[0].id, None, h.doubles[2]),
    "moved to another type": lambda h, b: h.work(move, b.stays[0].id, None, h.suites[0]),
    "moved to other dates": lambda h, b: h.work(move, b.stays[0].id, None, arrival=h.day(5)),
    "moved out of sight": lambda h, b: h.work(move, b.stays[0].id, None, arrival=h.day(300)),
    "extended": lambda h, b: h.work(change_dates, b.stays[0].id, None, h.day(1), h.day(9)),
    "shortened": lambda h, b: h.work(change_dates, b.stays[0].id, None, h.day(1), h.day(2)),
    "split": lambda h, b: h.work(split, b.stays[0].id, None, h.day(2), unit_id=h.doubles[1]),
    "unassigned": lambda h, b: h.work(unassign, b.stays[0].id, None),
    "assigned": lambda h, b: h.work(assign, h.book(4, 2).stays[0].id, None, h.doubles[0]),
    "undone": lambda h, b: h.work(undo, b.stays[0].id, h.work(move, b.stays[0].id, None, h.doubles[2]).version),
    "more guests": lambda h, b: h.work(change_party, b.stays[0].id, None, 3, 1),
    "confirmed": lambda h, b: h.work(life_cycle.confirm, h.work(book, _tentative(h)).stays[0].id, None),
    "cancelled": lambda h, b: h.work(life_cycle.cancel, b.stays[0].id, None),
    "reinstated": lambda h, b: h.work(life_cycle.reinstate, h.work(life_cycle.cancel, b.stays[0].id, None).id, None),
    "checked in": lambda h, b: h.work(life_cycle.check_in, h.book(0, 3, h.doubles[1]).stays[0].id, None),
    "checked out": lambda h, b: h.work(
        life_cycle.check_out, h.work(life_cycle.check_in, h.book(0, 3, h.doubles[1]).stays[0].id, None).id, None
    ),
    "no-show": lambda h, b: h.work(life_cycle.no_show, h.book(-2, 3, h.doubles[1]).stays[0].id, None),
    "blocked": lambda h, b: h.work(place_block, h.doubles[2], h.day(1), h.day(4), "out_of_order", "Paint"),
    "out of service": lambda h, b: h.work(place_block, h.doubles[0], h.day(1), h.day(4), "out_of_service", "Look"),
    "block changed": lambda h, b: h.work(
        change_block, h.work(place_block, h.doubles[2], h.day(1), h.day(4), "out_of_order", "Paint").id, 1, h.day(2), h.day(3),
        "out_of_order", "Floor",
    ),
    "block lifted": lambda h, b: h.work(
        lift_block, h.work(place_block, h.doubles[2], h.day(1), h.day(4), "out_of_order", "Paint").id, 1
    ),
    "guest renamed": lambda h, b: h.work(change_guest, b.guest.id, 1, last_name="Schmidt"),
    "source changed": lambda h, b: h.work(change_reservation, b.reservation.id, None, source="Booking.com"),
}  # fmt: skip


def _tentative(hotel: Hotel) -> Booking:
    room = Room(hotel.double, hotel.day(1), hotel.day(3), hotel.doubles[1])
    return Booking(hotel.id, GuestDetails("Rossi"), [room], "tentative")


@pytest.mark.parametrize("change", CHANGES)
async def test_after_live_updates_a_tab_shows_what_a_fresh_one_shows(hotel: Hotel, change: str) -> None:
    booked = hotel.book(1, 3, hotel.doubles[0])
    watching, feed = hotel.tab(), Feed()
    await watching.call(Calendar.load)
    before = shown(watching)
    CHANGES[change](hotel, booked)
    news = feed.news()
    assert news
    hear(watching, hotel.cast.rita, news)
    after = shown(watching)
    fresh = hotel.tab()
    await fresh.call(Calendar.load)
    assert after == shown(fresh)
    assert change in ("undone", "reinstated", "no-show", "block lifted") or after != before, "the change is one that shows"


async def test_the_calendar_opens_two_days_before_today(hotel: Hotel) -> None:
    stay = hotel.book(0, 2, hotel.doubles[1]).stays[0]
    tab = hotel.tab()
    await tab.call(Calendar.load)
    chart = tab.state(Calendar)
    assert chart.goto[1] == rows.day_number(hotel.today) - 2
    assert [one[1] for one in chart.types] == ["Double", "Suite"]
    assert [bar[rows.Bar.KEY] for bar in bars(tab, "102")] == [rows.key_of(stay.id)]
    assert chart.total == 9


async def test_one_changed_stay_sends_little(hotel: Hotel) -> None:
    stays = [hotel.book(n * 2, 2, unit).stays[0] for n in range(14) for unit in hotel.doubles]
    tab, feed = hotel.tab(), Feed()
    await tab.call(Calendar.load)
    tab.delta()
    hotel.work(change_party, stays[0].id, None, 1, 0)
    hear(tab, hotel.cast.rita, feed.news())
    sent = json.dumps(tab.delta(), default=str)
    assert rows.key_of(stays[0].id) in sent
    assert len(sent) < 2_000


async def test_what_does_not_concern_the_window_is_not_heard(hotel: Hotel) -> None:
    tab, feed = hotel.tab(), Feed()
    await tab.call(Calendar.load)
    hotel.book(200, 2, hotel.doubles[0])
    other = Hotel(hotel.cast)
    other.book(1, 2, other.doubles[0])
    window = tab.state(Calendar)._window
    assert [VIEW.concerns(one, window) for one in feed.news()] == [False, False]


async def test_the_address_says_where_to_look(hotel: Hotel) -> None:
    hotel.book(60, 2, hotel.doubles[0])
    tab = hotel.tab(address=f"date={hotel.day(58)}&days=31&states=confirmed&types={rows.key_of(hotel.double)}")
    await tab.call(Calendar.load)
    chart = tab.state(Calendar)
    assert (chart.goto[1], chart.zoom) == (rows.day_number(hotel.day(58)), 31)
    assert len(bars(tab, "101")) == 1
    assert {line["t"] for line in shown(tab)["lines"].values()} == {"t", "l", "u"}
    assert len(shown(tab)["lines"]) == 5, "the doubles only"


@pytest.mark.parametrize(
    "address", ["date=yesterday&days=999&states=alive&types=x,y&property=1&stay=2", "date=9999-99-99", "date="]
)
async def test_an_odd_address_is_as_none(hotel: Hotel, address: str) -> None:
    tab = hotel.tab(address=address)
    await tab.call(Calendar.load)
    assert tab.state(Calendar).goto[1] == rows.day_number(hotel.today) - 2
    assert tab.state(Calendar).zoom == 21


async def test_another_property_is_shown_though_the_address_still_names_the_last(hotel: Hotel) -> None:
    other = Hotel(hotel.cast)
    other.book(1, 2, other.doubles[0], "Elsewhere")
    tab = hotel.tab(address=f"property={hotel.id}")
    session = tab.state(Session)
    session.houses = [*session.houses, House(str(other.id), "Other", "", ZONE)]
    await tab.call(Calendar.load)
    session.settle(str(other.id))
    await tab.call(Calendar.load)
    assert [bar[rows.Bar.NAME] for bar in bars(tab, "101")] == ["Elsewhere"]
    tab.root.router_data["asPath"] = f"/calendar?property={hotel.id}&date={hotel.day(3)}"
    tab.root.router = RouterData.from_router_data(tab.root.router_data)
    await tab.call(Calendar.load)
    assert session.house == str(hotel.id), "an address typed by hand counts"


async def test_scrolling_reads_what_is_missing_and_jumping_reads_other_days(hotel: Hotel) -> None:
    tab = hotel.tab()
    await tab.call(Calendar.load)
    far = rows.day_number(hotel.day(400))
    hotel.book(402, 2, hotel.doubles[0])
    await tab.call(Calendar.look, far, 21, 0, 24)
    assert len(bars(tab, "101")) == 1
    await tab.call(Calendar.step, -7)
    await tab.call(Calendar.go_today)
    assert tab.state(Calendar).goto[1] == rows.day_number(hotel.today) - 2
    assert bars(tab, "101") == []


async def test_filters_and_folding(hotel: Hotel) -> None:
    hotel.book(1, 2, hotel.doubles[0])
    tab = hotel.tab()
    await tab.call(Calendar.load)
    await tab.call(Calendar.filter_status, "checked_in")
    assert bars(tab, "101") == []
    await tab.call(Calendar.clear_filters)
    assert len(bars(tab, "101")) == 1
    await tab.call(Calendar.fold, rows.key_of(hotel.double))
    assert "101" not in [line["n"] for line in shown(tab)["lines"].values()]
    await tab.call(Calendar.filter_type, rows.key_of(hotel.suite))
    assert shown(tab)["total"] == 4


async def test_a_drop_moves_and_z_takes_it_back(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab = hotel.tab()
    await tab.call(Calendar.load)
    first = rows.day_number(hotel.day(1))
    answer = await tab.call(Moves.drop, rows.key_of(stay.id), 1, "move", f"u{rows.key_of(hotel.suites[0])}", first, 1)
    assert "Moved Müller from 101 to 201" in said(answer)
    assert "The agreed price stays: €200.00" in said(answer)
    assert tab.state(Moves).answer[1] == "ok"
    await tab.call(Moves.take_back, str(stay.id), 2)
    fresh = hotel.tab()
    await fresh.call(Calendar.load)
    assert [bar[rows.Bar.FIRST] for bar in bars(fresh, "101")] == [first]


async def test_a_drop_on_the_lane_unassigns_and_an_edge_extends(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab, first = hotel.tab(), rows.day_number(hotel.day(1))
    await tab.call(Calendar.load)
    await tab.call(Moves.drop, rows.key_of(stay.id), 1, "end", f"u{rows.key_of(hotel.doubles[0])}", first, 2)
    answer = await tab.call(Moves.drop, rows.key_of(stay.id), 2, "move", f"l{rows.key_of(hotel.double)}", first, 0)
    assert "Müller waits for a unit now" in said(answer)
    fresh = hotel.tab()
    await fresh.call(Calendar.load)
    assert [(bar[rows.Bar.FIRST], bar[rows.Bar.NIGHTS]) for bar in bars(fresh, "")] == [(first, 4)]


async def test_a_refused_drop_names_stay_nights_and_rule(hotel: Hotel) -> None:
    hotel.book(1, 2, hotel.doubles[1], "Nowak")
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab = hotel.tab()
    answer = await tab.call(
        Moves.drop, rows.key_of(stay.id), 1, "move", f"u{rows.key_of(hotel.doubles[1])}", rows.day_number(hotel.day(1)), 0
    )
    assert "Müller stays where it was" in said(answer)
    assert "102 is taken by Anna Nowak" in said(answer)
    assert tab.state(Moves).answer[1] == "no"


async def test_who_lost_a_race_hears_what_the_other_did(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    hotel.work(move, stay.id, 1, hotel.doubles[1])
    tab = hotel.tab(hotel.cast.olga)
    answer = await tab.call(
        Moves.drop, rows.key_of(stay.id), 1, "move", f"u{rows.key_of(hotel.doubles[2])}", rows.day_number(hotel.day(1)), 0
    )
    assert "Rita Desk moved this stay a moment ago" in said(answer)


async def test_a_hint_says_who_is_in_the_way(hotel: Hotel) -> None:
    hotel.book(1, 2, hotel.doubles[1], "Nowak")
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab, first = hotel.tab(), rows.day_number(hotel.day(1))
    await tab.call(Calendar.load)
    await tab.call(Moves.hover, rows.key_of(stay.id), "move", f"u{rows.key_of(hotel.doubles[1])}", first, 2)
    assert tab.state(Moves).hint[:2] == ["bad", "Nowak"]
    await tab.call(Moves.hover, rows.key_of(stay.id), "move", f"u{rows.key_of(hotel.doubles[2])}", first, 2)
    assert tab.state(Moves).hint[:2] == ["good", ""]


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
    await tab.call(StayDrawer.save_stay, form)
    assert (drawer.card.unit, drawer.card.nights, drawer.card.children, drawer.editing) == ("103", 3, 1, "")
    await tab.call(StayDrawer.edit_section, "prices")
    await tab.call(StayDrawer.save_prices, {f"price-{hotel.day(1)}": "80,50"})
    assert drawer.card.prices[0].bare == "80.50"
    await tab.call(StayDrawer.do, "cancel")
    assert drawer.card.status == "cancelled"
    assert drawer.card.actions == ["reinstate"]
    assert [one[0] for one in drawer.card.history][:2] == ["Cancelled", "Prices changed"]


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


async def test_a_phone_shows_the_day_as_lists(hotel: Hotel) -> None:
    hotel.book(0, 2, hotel.doubles[0], "Comes")
    hotel.work(life_cycle.check_in, hotel.book(-1, 1, hotel.doubles[1], "Goes").stays[0].id, None)
    hotel.book(-1, 3, hotel.doubles[2], "Late")
    hotel.book(0, 2, None, "Loose")
    tab = hotel.tab()
    await tab.call(DayList.load)
    days = tab.state(DayList)
    assert [(one.name, one.unit, one.urgent) for one in days.arrivals] == [("Comes Anna", "101", False), ("Loose Anna", "", True)]
    assert [one.name for one in days.departures] == ["Goes Anna"]
    assert [(one.name, one.urgent) for one in days.staying] == [("Late Anna", True)]
    await tab.call(DayList.step, 2)
    assert [one.name for one in days.departures] == ["Comes Anna", "Late Anna", "Loose Anna"]


async def test_housekeeping_sees_no_names(hotel: Hotel) -> None:
    hotel.book(1, 2, hotel.doubles[0])
    tab = hotel.tab(hotel.cast.hana)
    await tab.call(Calendar.load)
    assert len(bars(tab, "101")) == 1
    await tab.call(DayList.load)
    assert "Müller" not in json.dumps(tab.delta(), default=str)


async def test_neighbours_see_nothing(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab = hotel.tab(hotel.cast.otto)
    await tab.call(Calendar.load)
    await tab.call(StayDrawer.show_stay, str(stay.id))
    await tab.call(DayList.load)
    await tab.call(NewBooking.begin_empty)
    await tab.call(Moves.drop, str(stay.id), 1, "move", f"u{rows.key_of(hotel.doubles[1])}", 20_000, 0)
    sent = json.dumps(tab.delta(), default=str)
    assert "Müller" not in sent
    assert rows.key_of(stay.id) not in sent
    assert not tab.state(StayDrawer).open


HOSTILE = [
    None,
    "",
    "x",
    -1,
    10**30,
    3.5,
    [],
    {},
    "'; drop table stay; --",
    str(uuid4()),
    "u" + "A" * 22,
    "\x00",
    "9" * 5000,
    True,
]


@pytest.mark.parametrize("state", [Calendar, Moves, StayDrawer, NewBooking, BlockBox, DayList, Desk])
async def test_any_argument_of_any_handler_is_answered(hotel: Hotel, state: type) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab = hotel.tab()
    await tab.call(Calendar.load)
    await tab.call(StayDrawer.show_stay, str(stay.id))
    for name, spec in state.event_handlers.items():
        if name in ("setvar", "set_kept_zoom", "set_kept_height"):
            continue
        count = spec.fn.__signature__.parameters if hasattr(spec.fn, "__signature__") else {}
        for value in HOSTILE:
            answers = await tab.call(getattr(state, name), *[value] * max(0, len(count) - 1))
            assert "Something went wrong" not in said(answers), f"{name}({value!r})"
    assert hotel.work(lambda db: db.one(type(stay), stay.id)).status == "confirmed" or state is StayDrawer


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


def _prices(hotel: Hotel, stay: UUID) -> list[int]:
    return [night.price for night in hotel.work(nights_of, stay)]


async def test_a_drop_into_another_type_offers_its_price_and_undo_takes_that_back(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    dearer = hotel.work(structure, hotel.id).room_types[1]
    fields = RoomTypeFields("Suite", base_price=18_000)
    hotel.work(change_type, dearer.id, dearer.version, fields, actor=hotel.cast.olga)
    tab, first = hotel.tab(), rows.day_number(hotel.day(1))
    answer = await tab.call(Moves.drop, rows.key_of(stay.id), 1, "move", f"u{rows.key_of(hotel.suites[0])}", first, 0)
    assert "€360.00 instead" in said(answer)
    assert _prices(hotel, stay.id) == [10_000, 10_000], "nothing is asked and nothing changes by itself"
    await tab.call(Moves.take_type_price, str(stay.id), 2, str(hotel.suite))
    assert _prices(hotel, stay.id) == [18_000, 18_000]
    await tab.call(Moves.take_back_last)
    await tab.call(Moves.take_back, str(stay.id), 3)
    assert _prices(hotel, stay.id) == [10_000, 10_000]


async def test_nights_slept_and_nights_in_other_types_keep_their_price(hotel: Hotel) -> None:
    dearer = hotel.work(structure, hotel.id).room_types[1]
    hotel.work(change_type, dearer.id, dearer.version, RoomTypeFields("Suite", base_price=18_000), actor=hotel.cast.olga)
    stay = hotel.book(0, 3, hotel.doubles[0]).stays[0]
    hotel.work(split, stay.id, None, hotel.day(2), unit_id=hotel.suites[0])
    tab = hotel.tab()
    await tab.call(Moves.take_type_price, str(stay.id), 2, str(hotel.suite))
    assert _prices(hotel, stay.id) == [10_000, 10_000, 18_000]
    assert "changed" in said(await tab.call(Moves.take_type_price, str(stay.id), 2, str(hotel.suite)))


async def test_no_other_price_is_offered_where_it_is_the_same_or_the_type_is(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab, first = hotel.tab(), rows.day_number(hotel.day(1))
    answer = await tab.call(Moves.drop, rows.key_of(stay.id), 1, "move", f"u{rows.key_of(hotel.doubles[1])}", first, 0)
    assert "instead" not in said(answer)
    answer = await tab.call(Moves.drop, rows.key_of(stay.id), 2, "move", f"u{rows.key_of(hotel.suites[1])}", first, 0)
    assert "instead" not in said(answer)


async def test_a_phone_opens_the_day_the_address_names_from_the_first_load_on(hotel: Hotel) -> None:
    for address, day in (("", 0), (f"date={hotel.day(5)}", 5)):
        tab = hotel.tab(address=address)
        tab.root.router_data["headers"]["user_agent"] = "Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari"
        tab.root.router = RouterData.from_router_data(tab.root.router_data)
        for event in (await tab.call(Calendar.load))[:1]:
            assert event is DayList.load
            await tab.call(event)
        assert (tab.state(Calendar).narrow, tab.state(DayList).day) == (True, str(hotel.day(day)))
        assert None not in await tab.call(Calendar.load)
