"""The sheet "Ways out" without a browser: from where it opens, what it does, whom it refuses, and how it stays true."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from pms.inventory.allowance import allow
from pms.kernel.db import work
from pms.reservations.blocks import place_block
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.life_cycle import cancel
from pms.reservations.models import Relocation, Stay
from pms.reservations.move import move
from pms.reservations.nights import nights_of
from pms.ui.calendar import rows
from pms.ui.calendar.days_state import DayList, Lacking
from pms.ui.calendar.drawer_state import StayDrawer
from pms.ui.calendar.state import Calendar
from pms.ui.calendar.ways_rows import Lack
from pms.ui.calendar.ways_state import WAYS, WaysOut
from pms.ui.shell import News
from tests.builders import a_property, a_room_type
from tests.states.hotel import Feed, Hotel
from tests.states.tab import Tab, said

WALK = {"hotel": "Hilton", "room_cost": "240", "room_by": "house", "compensation": "50,50"}


class Full:
    """Four stays sold onto three doubles tomorrow night; the last of them came when the house was full."""

    def __init__(self, hotel: Hotel) -> None:
        self.hotel = hotel
        with work(hotel.cast.olga) as db:
            allow(db, hotel.id, {(hotel.double, hotel.day(n)): 1 for n in range(1, 4)})
        self.first, *_, self.last = [hotel.book(1, n, name=name).stays[0] for n, name in enumerate(("A", "B", "C", "Last"), 2)]

    def status(self, stay: Stay) -> str:
        with work(self.hotel.cast.olga) as db:
            return db.one(Stay, stay.id).status


@pytest.fixture
def full(hotel: Hotel) -> Full:
    return Full(hotel)


async def opened(full: Full, stay: Stay | None = None, **more: Any) -> Tab:
    tab = full.hotel.tab(**more)
    await tab.call(WaysOut.open_for_stay, str((stay or full.last).id))
    return tab


def news(property_id: UUID, event: str, before: Any = None, after: Any = None, topics: Any = ("calendar",)) -> News:
    return News(1, event, event.partition(".")[0], str(uuid4()), str(property_id), "", frozenset(topics), None, "", before, after)


def test_of_another_property_only_what_fills_a_room_or_empties_one_is_looked_at(full: Full) -> None:
    here, there = full.hotel.id, uuid4()
    lack = Lack(here, full.hotel.double, full.hotel.day(1))
    lies = {"status": "confirmed", "segments": [["2026-12-01", "2026-12-03", "kind", "unit"]]}
    for event in ("stay.checked_in", "guest.changed", "block.placed"):
        assert WAYS.concerns(news(here, event, lies, lies), lack)
    for event, before, after in (
        ("stay.booked", None, lies),
        ("stay.cancelled", lies, lies | {"status": "cancelled"}),
        ("stay.moved", lies, lies | {"segments": [["2026-12-01", "2026-12-04", "kind", "unit"]]}),
        ("stay.checked_out", lies, lies | {"status": "checked_out"}),
        ("block.placed", None, None),
        ("unit.archived", None, None),
    ):
        assert WAYS.concerns(news(there, event, before, after), lack), event
    for event, before, after in (
        ("stay.checked_in", lies, lies | {"status": "checked_in"}),
        ("stay.assigned", lies, lies | {"segments": [["2026-12-01", "2026-12-03", "kind", "other"]]}),
        ("guest.changed", None, None),
        ("reservation.changed", None, None),
    ):
        assert not WAYS.concerns(news(there, event, before, after), lack), event
    assert not WAYS.concerns(news(there, "rate.changed", topics=("rates",)), lack)


async def test_it_says_who_was_sold_the_night_and_who_came_when_the_house_was_full(full: Full) -> None:
    tab = await opened(full)
    found = tab.state(WaysOut).ways
    assert (tab.state(WaysOut).open, found.too_many, found.who) == (True, 1, "Anna Last")
    assert [(one.name, one.beyond) for one in found.buyers] == [
        ("Anna A", False),
        ("Anna B", False),
        ("Anna C", False),
        ("Anna Last", True),
    ]
    assert found.buyers[0].since.startswith("desk · ")


async def test_it_opens_from_a_night_with_the_stay_that_is_easiest_to_move(full: Full) -> None:
    tab = full.hotel.tab()
    await tab.call(WaysOut.open_for_night, "t" + rows.key_of(full.hotel.double), rows.day_number(full.hotel.day(1)))
    assert tab.state(WaysOut).ways.stay == str(full.first.id)
    await tab.call(WaysOut.choose, str(full.last.id))
    assert tab.state(WaysOut).ways.stay == str(full.last.id)


async def test_the_drawer_of_a_stay_says_that_its_night_is_oversold(full: Full) -> None:
    tab = full.hotel.tab()
    await tab.call(StayDrawer.show_stay, str(full.last.id))
    assert tab.state(StayDrawer).card.oversold
    await tab.call(WaysOut.open_for_stay, str(full.last.id))
    assert tab.state(WaysOut).open


async def test_a_link_opens_it(full: Full) -> None:
    tab = full.hotel.tab(address=f"ways={full.last.id}")
    answers = await tab.call(Calendar.load)
    assert [one.handler.fn.__name__ for one in answers] == ["open_for_stay"]


async def test_a_stay_with_room_on_all_nights_is_shown_instead(hotel: Hotel) -> None:
    stay = hotel.book().stays[0]
    tab = hotel.tab()
    notice, show = await tab.call(WaysOut.open_for_stay, str(stay.id))
    assert "There is a room for this stay on every night." in said([notice])
    assert (show.handler.fn.__name__, tab.state(WaysOut).open) == ("show_stay", False)


async def test_a_phones_day_names_the_types_that_are_oversold(full: Full) -> None:
    tab = full.hotel.tab()
    await tab.call(DayList.go_typed, full.hotel.day(1).isoformat())
    assert tab.state(DayList).lacking == [Lacking(rows.key_of(full.hotel.double), "Double", 1)]


async def test_a_block_is_lifted_from_it(hotel: Hotel) -> None:
    with work(hotel.cast.olga) as db:
        block = place_block(db, hotel.doubles[2], hotel.day(1), hotel.day(3), "out_of_order", "Paint")
        allow(db, hotel.id, {(hotel.double, hotel.day(n)): 1 for n in (1, 2)})
    stays = [hotel.book(1, 2).stays[0] for _ in range(3)]
    tab = hotel.tab()
    await tab.call(WaysOut.open_for_stay, str(stays[0].id))
    (way,) = tab.state(WaysOut).ways.blocks
    assert (way.id, way.name) == (str(block.id), "103")
    await tab.call(WaysOut.lift, way.id, way.version)
    assert (tab.state(WaysOut).ways.too_many, tab.state(WaysOut).ways.stay) == (0, "")


async def test_another_type_is_taken_and_the_agreed_price_stays(full: Full) -> None:
    tab = await opened(full)
    (way,) = tab.state(WaysOut).ways.types
    assert way.name == "Suite"
    answer = await tab.call(WaysOut.move_to_type, way.id)
    assert "The agreed price stays." in said(answer)
    with work(full.hotel.cast.olga) as db:
        assert {(one.room_type_id, one.price) for one in nights_of(db, full.last.id)} == {(full.hotel.suite, 10_000)}
    assert tab.state(WaysOut).ways.too_many == 0


async def test_a_guest_is_moved_to_a_sister_after_a_question(full: Full) -> None:
    owner = full.hotel.cast.olga
    twin = a_room_type(owner, a_property(owner, "Hillside"), "Twin", 1)
    tab = await opened(full)
    assert [(one.id, one.name) for one in tab.state(WaysOut).ways.sisters] == [(str(twin), "Hillside")]
    await tab.call(WaysOut.move_to_sister)
    assert full.status(full.last) == "confirmed"
    await tab.call(WaysOut.ask, str(twin))
    answer = await tab.call(WaysOut.move_to_sister)
    assert "Anna Last is moved to Hillside" in said(answer)
    assert (full.status(full.last), tab.state(WaysOut).asking) == ("cancelled", "")
    await tab.call(StayDrawer.show_stay, str(full.last.id))
    card = tab.state(StayDrawer).card
    assert (card.elsewhere.partition(",")[0], card.walked) == ("Hillside", False)
    assert card.history[0][0] == "Reservation changed"
    assert "Moved to a sister property" in [one[0] for one in card.history]


async def test_a_guest_is_walked_with_what_it_costs(full: Full) -> None:
    tab = await opened(full)
    await tab.call(WaysOut.walk, WALK)
    assert full.status(full.last) == "confirmed"
    await tab.call(WaysOut.ask, "walk")
    await tab.call(WaysOut.walk, WALK | {"room_cost": "much"})
    assert tab.state(WaysOut).errors == {"room_cost": "This is not an amount of money."}
    await tab.call(WaysOut.walk, WALK | {"hotel": " "})
    assert tab.state(WaysOut).errors == {"hotel": "Say which hotel the guest goes to."}
    await tab.call(WaysOut.walk, WALK)
    assert (tab.state(WaysOut).walked, tab.state(WaysOut).errors) == (str(full.last.id), {})
    with work(full.hotel.cast.olga) as db:
        row = db.scalars(select(Relocation).where(Relocation.stay_id == full.last.id)).one()
        assert (row.hotel, row.room_cost, row.compensation) == ("Hilton", 24_000, 5_050)
    await tab.call(StayDrawer.show_stay, str(full.last.id))
    card = tab.state(StayDrawer).card
    assert (card.elsewhere, card.walked) == ("Hilton", True)
    assert card.costs == [["room", "house", "€240.00"], ["compensation", "house", "€50.50"]]


async def test_what_a_colleague_does_shows(full: Full) -> None:
    tab, feed = await opened(full), Feed()
    full.hotel.work(cancel, full.first.id, None)
    await hear(tab, full, feed)
    assert (tab.state(WaysOut).ways.too_many, tab.state(WaysOut).ways.stay) == (0, "")


async def test_a_sister_that_fills_up_is_none_any_more_nor_asked_about(full: Full) -> None:
    owner = full.hotel.cast.olga
    there = a_property(owner, "Hillside")
    twin = a_room_type(owner, there, "Twin", 1)
    tab, feed = await opened(full), Feed()
    await tab.call(WaysOut.ask, str(twin))
    with work(owner) as db:
        book(db, Booking(there, GuestDetails("Faster"), [Room(twin, full.hotel.day(1), full.hotel.day(2))]))
    await hear(tab, full, feed)
    assert (tab.state(WaysOut).ways.sisters, tab.state(WaysOut).asking) == ([], "")


async def hear(tab: Tab, full: Full, feed: Feed) -> None:
    """What the hub does with news in this tab."""
    window = tab.state(WaysOut)._lack
    news = tuple(one for one in feed.news() if one.topics & WAYS.topics and WAYS.concerns(one, window))
    assert news
    WAYS.apply(tab.state(WaysOut), WAYS.load(full.hotel.cast.rita, window, news), news)


async def test_who_was_slower_sees_what_it_is_now(full: Full) -> None:
    tab = await opened(full)
    (way,) = tab.state(WaysOut).ways.types
    full.hotel.work(move, full.last.id, full.last.version, room_type_id=full.hotel.suite)
    answer = await tab.call(WaysOut.move_to_type, way.id)
    assert "moved this stay a moment ago" in said(answer)
    assert tab.state(WaysOut).ways.too_many == 0


async def test_housekeeping_sees_no_names_and_does_nothing(full: Full) -> None:
    tab = await opened(full, actor=full.hotel.cast.hana)
    found = tab.state(WaysOut).ways
    assert not any("Anna" in one.name for one in found.buyers)
    assert found.sisters == []
    for handler, *arguments in (
        (WaysOut.move_to_type, str(full.hotel.suite)),
        (WaysOut.move_to_sister,),
        (WaysOut.walk, WALK),
    ):
        tab.state(WaysOut).asking = str(full.hotel.suite) if handler is WaysOut.move_to_sister else "walk"
        answer = await tab.call(handler, *arguments)
        assert "You do not have the permission for this." in said(answer)
    assert full.status(full.last) == "confirmed"


@pytest.mark.parametrize(
    ("handler", "arguments"),
    [
        (WaysOut.open_for_stay, ["nonsense"]),
        (WaysOut.open_for_stay, [str(uuid4())]),
        (WaysOut.open_for_night, ["u123", 20_000]),
        (WaysOut.open_for_night, ["t" + rows.key_of(uuid4()), 20_000]),
        (WaysOut.open_for_night, ["t" + rows.key_of(uuid4()), -5]),
        (WaysOut.choose, ["x"]),
        (WaysOut.lift, [str(uuid4()), 1]),
        (WaysOut.lift, ["x", {}]),
        (WaysOut.move_to_type, [None]),
        (WaysOut.ask, [["walk"]]),
        (WaysOut.ask, ["x" * 500]),
        (WaysOut.walk, [{}]),
        (WaysOut.walk, [{"hotel": 5}]),
    ],
)
async def test_whatever_a_stranger_sends_changes_nothing(full: Full, handler: Any, arguments: list[Any]) -> None:
    tab = full.hotel.tab()
    await tab.call(handler, *arguments)
    assert (tab.state(WaysOut).open, tab.state(WaysOut).asking) == (False, "")


async def test_a_neighbour_opens_nothing_of_ours(full: Full) -> None:
    tab = full.hotel.tab(full.hotel.cast.otto)
    for handler, arguments in (
        (WaysOut.open_for_stay, [str(full.last.id)]),
        (WaysOut.open_for_night, ["t" + rows.key_of(full.hotel.double), rows.day_number(full.hotel.day(1))]),
    ):
        await tab.call(handler, *arguments)
        assert (tab.state(WaysOut).open, tab.state(WaysOut).ways.title) == (False, "")


async def test_a_type_of_another_property_is_not_shown_with_ours(full: Full) -> None:
    owner = full.hotel.cast.olga
    twin: UUID = a_room_type(owner, a_property(owner, "Hillside"), "Twin", 1)
    tab = full.hotel.tab()
    await tab.call(WaysOut.open_for_night, "t" + rows.key_of(twin), rows.day_number(full.hotel.today + timedelta(1)))
    assert not tab.state(WaysOut).open


async def test_closing_keeps_nothing_of_it(full: Full) -> None:
    tab = await opened(full)
    await tab.call(WaysOut.close)
    state = tab.state(WaysOut)
    assert (state.open, state.ways.buyers, state._lack) == (False, [], None)
