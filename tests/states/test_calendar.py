"""The chart and the day list without a browser: what a tab holds, what a change sends, and what hostile arguments do."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from reflex.istate.data import RouterData

from pms.reservations import life_cycle
from pms.reservations.blocks import change_block, lift_block, place_block
from pms.reservations.book import Booked, Booking, Room, book
from pms.reservations.details import change_reservation
from pms.reservations.guests import GuestDetails, change_guest
from pms.reservations.move import assign, change_dates, change_party, move, split, unassign, undo
from pms.ui.calendar import rows
from pms.ui.calendar.block_state import BlockBox
from pms.ui.calendar.booking_state import NewBooking
from pms.ui.calendar.days_state import DayList
from pms.ui.calendar.drawer_state import StayDrawer
from pms.ui.calendar.find_state import Finder
from pms.ui.calendar.moves import Moves
from pms.ui.calendar.page import Desk
from pms.ui.calendar.state import VIEW, Calendar
from pms.ui.shell import Session
from pms.ui.shell.session import House
from tests.states.hotel import ZONE, Feed, Hotel, bars, hear, shown
from tests.states.tab import said


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


@pytest.mark.parametrize("chart_first", [True, False])
async def test_a_narrow_browser_that_calls_itself_no_phone_opens_the_day_of_its_link(hotel: Hotel, chart_first: bool) -> None:
    tab = hotel.tab(address=f"date={hotel.day(58)}")
    if chart_first:
        await tab.call(Calendar.load)
    await tab.call(DayList.turned, True)
    await tab.call(DayList.load)
    assert tab.state(DayList).day == str(hotel.day(58))
    await tab.call(Calendar.load)
    await tab.call(DayList.load)
    assert (tab.state(Calendar).narrow, tab.state(DayList).day) == (True, str(hotel.day(58)))


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
    session._settle(str(other.id))
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


async def test_housekeeping_sees_codes_and_no_names(hotel: Hotel) -> None:
    booked = hotel.book(0, 2, hotel.doubles[0])
    tab, key, code = hotel.tab(hotel.cast.hana), rows.key_of(booked.stays[0].id), booked.reservation.code
    tab.state(Session).granted = dict.fromkeys(hotel.cast.hana.permissions, True)
    await tab.call(Calendar.load)
    assert [bar[rows.Bar.NAME] for bar in bars(tab, "101")] == [code]
    await tab.call(DayList.load)
    assert [one.name for one in tab.state(DayList).arrivals] == [code]
    await tab.call(StayDrawer.show_stay, key)
    assert tab.state(StayDrawer).card.name == code
    place = f"u{rows.key_of(hotel.doubles[0])}"
    await tab.call(Moves.hover, "", "book", place, rows.day_number(hotel.today), 1)
    assert tab.state(Moves).hint[:2] == ["bad", code]
    answer = await tab.call(Moves.drop, key, 1, "move", place, rows.day_number(hotel.today), 1)
    assert f"{code} stays where it was" in said(answer)
    await tab.call(Finder.search, "Müller")
    assert tab.state(Finder).lines == []
    await tab.call(Finder.search, code)
    assert [one.name for one in tab.state(Finder).lines] == [code]
    everything = json.dumps(tab.root.dict(), default=str) + said(answer)
    assert "Müller" not in everything
    assert "Anna M" not in everything


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
