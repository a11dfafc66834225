"""The channel manager without a browser: from nothing to live, what has to be seen to, and callers of no screen of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from reflex.istate.data import RouterData

from pms.channels import inbox, outbound, queries, turns
from pms.channels.adapter import Received
from pms.channels.changes import Change
from pms.channels.connections import disconnect
from pms.channels.models import Connection
from pms.kernel.actor import RELAY, Actor, job_actor
from pms.kernel.db import work
from pms.rates.cells import Edit, change_cells
from pms.ui.channels.badge import VIEW as MARK
from pms.ui.channels.badge import ChannelMark
from pms.ui.channels.feed_state import VIEW as CALENDARS
from pms.ui.channels.map_state import Mapping
from pms.ui.channels.set_up_state import SetUp
from pms.ui.channels.state import VIEW, Channels, Sight
from pms.ui.shell import Session
from tests.builders import Cast, a_property, a_room_type
from tests.channels.channex import FakeChannex
from tests.channels.conftest import NIGHTS, OnChannel, on_channel
from tests.channels.test_ending import ended, quarter_of_an_hour
from tests.states.hotel import Feed
from tests.states.tab import Tab, said
from workers.channels import speak


@pytest.fixture
def hotel(cast: Cast) -> Iterator[OnChannel]:
    """Shadows the other `hotel` of these tests: a house on Channex."""
    with on_channel(cast.olga, "channex") as house:
        yield house


def at(tab: Tab, query: str) -> None:
    """Type an address."""
    tab.root.router_data["asPath"] = f"/channels?{query}"
    tab.root.router = RouterData.from_router_data(tab.root.router_data)


async def a_tab(actor: Actor, query: str = "") -> Tab:
    tab = Tab(actor)
    await tab.call(Session.enter, "/channels")
    await opened(tab, query)
    return tab


async def opened(tab: Tab, query: str) -> None:
    """What the browser does at an address: load, and what load answers."""
    at(tab, query)
    for event in await tab.call(Channels.load):
        if event in (Mapping.read, SetUp.count):
            await tab.call(event)


def trouble(hotel: OnChannel, last_name: str = "Brown") -> str:
    """A booking of a room nobody mapped."""
    booking = hotel.fake.sell([hotel.sale(1, 2, room="nobody", rate="knows")], last_name=last_name, force=True)
    hotel.turn()
    assert booking
    return booking


def a_stuck_message(hotel: OnChannel) -> None:
    with work(hotel.owner) as db:
        inbox.store(db, hotel.connection, [Received("odd", "1", "<nonsense", "r")])
    hotel.turn()


async def test_from_nothing_to_live(cast: Cast, hotel: OnChannel) -> None:
    assert isinstance(hotel.fake, FakeChannex)
    hotel.fake.titles = {"room-D": "Double sea", "room-S": "Single", "rate-D": "Flexible", "rate-S": "Flex"}
    house = a_property(cast.olga, "Hillside")
    a_room_type(cast.olga, house, "Double, sea view", 3)
    single = a_room_type(cast.olga, house, "Single", 2)
    tab = await a_tab(cast.olga, f"new=channex&property={house}")
    form, mapping, page = tab.state(SetUp), tab.state(Mapping), tab.state(Channels)
    assert (page.view, form.house, [one.name for one in form.asked]) == (
        "new",
        str(house),
        ["api_key", "webhook_secret", "pricing"],
    )

    await tab.call(SetUp.connect, {"remote_property": "P-1"})
    assert "another property" in form.errors["remote_property"]
    with work(cast.olga) as db:
        disconnect(db, hotel.connection, 1)
    await tab.call(SetUp.connect, {"remote_property": "P-1"})
    assert "API key" in form.errors["credentials"]
    sent = {"remote_property": "P-1", "credential.api_key": "wrong"}
    connection = said(await tab.call(SetUp.connect, sent)).partition("connection=")[2][:36]
    await opened(tab, f"connection={connection}&step=mapping")
    assert (page.one.is_new, mapping.lines, "does not let us in" in mapping.said) == (True, [], True)
    await tab.call(Mapping.change_access, {"credential.api_key": "secret"})
    await tab.call(Mapping.read)
    assert mapping.said == ""
    assert [(one.remote_id, one.target) for one in mapping.lines] == [
        ("room-D", "Double, sea view"),
        ("room-D/rate-D", "Double, sea view · Flexible"),
        ("room-S", "Single"),
        ("room-S/rate-S", "Single · Flexible"),
    ]
    await tab.call(Mapping.choose, "room-S", "")
    assert [(one.remote_id, one.waits) for one in mapping.lines if not one.value] == [("room-S", False), ("room-S/rate-S", True)]

    again = await a_tab(cast.olga, f"connection={connection}")
    assert again.state(Channels).step == "mapping", "a reload goes on where it stands"
    assert [one.value for one in again.state(Mapping).lines] == [one.value for one in mapping.lines]
    await again.call(Mapping.choose, "room-S", str(single))
    assert [one.value for one in again.state(Mapping).lines if one.is_rate].count("") == 0, "a room brings its rates along"

    hotel.fake.calls.clear()
    await opened(again, f"connection={connection}&step=check")
    counted = again.state(SetUp).counted
    assert (counted.products, counted.cells, counted.unseen, counted.readable) == (4, "2,000", "2,000", True)
    assert not [path for method, path, _ in hotel.fake.calls if method == "POST"], "nothing is told before somebody says so"
    await again.call(SetUp.tell)
    await opened(again, f"connection={connection}&step=tell")
    assert (again.state(Channels).progress.percent, again.state(Channels).one.state) == (0, "testing")
    assert speak(job_actor(cast.organization_id, "channels"), UUID(connection), "channex", NIGHTS)
    await again.call(Channels.look)
    assert again.state(Channels).progress.done
    await again.call(SetUp.go_live)
    await opened(again, f"connection={connection}")
    assert (again.state(Channels).one.state, again.state(Channels).step) == ("live", "")


async def test_what_is_shown_live_is_what_a_fresh_load_shows(cast: Cast, hotel: OnChannel) -> None:
    tabs = {
        query: await a_tab(cast.olga, query) for query in ("", "tab=attention", f"connection={hotel.connection}&part=messages")
    }
    hotel.turn()
    trouble(hotel)
    a_stuck_message(hotel)
    for query, tab in tabs.items():
        state = tab.state(Channels)
        await VIEW.apply(state, VIEW.load(cast.olga, state._sight, ()), ())
        fresh = (await a_tab(cast.olga, query)).state(Channels)
        for name in ("lines", "troubles", "stuck", "one", "messages"):
            assert getattr(state, name) == getattr(fresh, name), (query, name)


async def test_what_has_to_be_seen_to_is_said_and_seen_to(cast: Cast, hotel: OnChannel) -> None:
    hotel.turn()
    booking = trouble(hotel)
    a_stuck_message(hotel)
    tab = await a_tab(cast.olga, "tab=attention")
    state = tab.state(Channels)
    (one,), (stuck,) = state.troubles, state.stuck
    assert (one.booking, one.guest) == (booking, "Ada Brown")
    assert "names no room" in one.words[0]
    assert f"date={hotel.day(1).isoformat()}" in one.href
    assert "stay=" in one.href
    await tab.call(Channels.open_message, stuck.id)
    assert state.texts == [["", "<nonsense"]]
    await tab.call(Channels.close_text)
    assert "again" in said(await tab.call(Channels.take_in_again, stuck.id))
    assert state.stuck == []
    hotel.turn()
    await tab.call(Channels.load)
    assert [one.alone for one in state.stuck] == [True]
    assert "Seen to" in said(await tab.call(Channels.see_to, stuck.id))
    assert state.stuck == []
    assert "Seen to" in said(await tab.call(Channels.settle, one.id, one.version))
    assert state.troubles == []


async def test_an_oversold_booking_leads_to_its_ways_out(cast: Cast, hotel: OnChannel) -> None:
    hotel.turn()
    for _ in range(4):  # of three doubles
        hotel.fake.sell([hotel.sale(1, 2)], force=True)
    hotel.turn()
    tab = await a_tab(cast.olga, "tab=attention")
    found = {one.ways for one in tab.state(Channels).troubles}
    (stay,) = {one.href.partition("stay=")[2] for one in tab.state(Channels).troubles}
    assert found == {f"/calendar?property={hotel.property_id}&date={hotel.day(1)}&ways={stay}"}
    at(tab, f"connection={hotel.connection}&part=messages")
    await tab.call(Channels.load)
    assert [one.ways != "" for one in tab.state(Channels).messages] == [True, False, False, False]


async def test_the_mark_counts_and_somebody_online_is_told(cast: Cast, hotel: OnChannel) -> None:
    hotel.turn()
    tab = Tab(cast.olga)
    for event in await tab.call(Session.enter, "/channels"):
        await tab.call(event)
    mark, feed = tab.state(ChannelMark), Feed()
    assert mark.count == 0
    trouble(hotel)
    a_stuck_message(hotel)
    news = tuple(feed.news())
    event = MARK.apply(mark, MARK.load(cast.olga, "channels", news), news)
    assert mark.count == 2
    assert event is not None
    assert "could not be taken in" in said(await tab.call(ChannelMark.tell, "channel_message.stuck"))
    assert await tab.call(ChannelMark.tell, "whatever") == []


async def test_a_person_without_guests_opens_no_message(cast: Cast, hotel: OnChannel) -> None:
    a_stuck_message(hotel)
    with work(hotel.owner) as db:
        (stuck,) = queries.stuck_messages(db)
        call = queries.calls(db, hotel.connection)[0]
    tab = await a_tab(cast.rita, "tab=attention")
    for handler, id in ((Channels.open_message, str(stuck.id)), (Channels.open_call, call.id)):
        assert "permission" in said(await tab.call(handler, id))
    assert tab.state(Channels).texts == []


async def test_the_log_shows_calls_and_opens_them(cast: Cast, hotel: OnChannel) -> None:
    hotel.turn()
    tab = await a_tab(cast.olga, f"connection={hotel.connection}&part=calls")
    state = tab.state(Channels)
    told = next(one for one in state.calls if one.path == "POST /availability")
    assert (told.status, told.kind) == ("200", "ok")
    await tab.call(Channels.open_call, int(told.id))
    assert [title for title, _ in state.texts] == ["Request", "Answer"]
    assert "availability" in state.texts[0][1]


async def test_pause_full_sync_and_the_end(cast: Cast, hotel: OnChannel) -> None:
    hotel.turn()
    tab = await a_tab(cast.olga)
    state = tab.state(Channels)
    line = state.lines[0]
    assert (line.words, line.light, line.waiting) == ("Testing", "warn", "Nothing")
    assert "is live" in said(await tab.call(Channels.set_state, line.id, line.version, "live"))
    assert state.lines[0].words == "Live"
    assert "changed this" in said(await tab.call(Channels.set_state, line.id, line.version, "paused"))
    await tab.call(Channels.ask, line.id)
    assert state.asking.channel == "Channex"
    await tab.call(Channels.tell_everything)
    assert (state.asking.id, state.lines[0].waiting) == ("", "Everything")
    await opened(tab, f"connection={hotel.connection}&part=access")
    await tab.call(Channels.ask_to_end)
    assert "disconnected" in said(await tab.call(Channels.end, state.one.version))
    await opened(tab, f"connection={hotel.connection}")
    assert (state.view, state.lines) == ("list", [])


async def test_pausing_is_asked_about_first(cast: Cast, hotel: OnChannel) -> None:
    hotel.turn()
    tab = await a_tab(cast.olga)
    state = tab.state(Channels)
    await tab.call(Channels.ask_to_pause, state.lines[0].id)
    assert (state.pausing.channel, state.lines[0].words) == ("Channex", "Testing")
    await tab.call(Channels.never_mind)
    assert state.pausing.id == ""
    await tab.call(Channels.ask_to_pause, state.lines[0].id)
    assert "is paused" in said(await tab.call(Channels.pause))
    assert (state.pausing.id, state.lines[0].words) == ("", "Paused")


async def test_a_channel_left_alone_after_failures_says_when_it_is_tried_next_and_is_tried_now(
    cast: Cast, hotel: OnChannel
) -> None:
    """Amber at the first failure, red from the fourth in a row on."""
    hotel.turn()
    tab = await a_tab(cast.olga)
    state = tab.state(Channels)
    for lights in ("warn", "warn", "warn", "bad"):
        hotel.fake.faults = ["500", "500"]
        hotel.turn()
        await tab.call(Channels.look)
        assert (state.lines[0].light, bool(state.lines[0].next_try)) == (lights, True)
    hotel.fake.faults = []
    assert "tried at once" in said(await tab.call(Channels.try_now, state.lines[0].id))
    assert state.lines[0].next_try == ""
    with work(RELAY) as db:
        assert hotel.connection in {id for _, id, _ in turns.due(db)}
    assert speak(job_actor(cast.organization_id, "channels"), hotel.connection, "channex", NIGHTS)
    await tab.call(Channels.look)
    assert (state.lines[0].words, state.lines[0].detail) == ("Testing", "")


async def test_a_connection_is_closed_there_with_progress_and_ends_by_itself(cast: Cast, hotel: OnChannel) -> None:
    hotel.turn()
    tab = await a_tab(cast.olga)
    state = tab.state(Channels)
    await opened(tab, f"connection={hotel.connection}&part=access")
    assert state.one.was_told
    await tab.call(Channels.ask_to_end)
    assert "is being closed" in said(await tab.call(Channels.close_and_end, state.one.version))
    await opened(tab, f"connection={hotel.connection}")
    assert (state.one.words, state.one.light, state.progress.done) == ("Closing", "warn", False)
    assert "by itself" in state.one.detail
    hotel.turn()
    quarter_of_an_hour(hotel)
    assert ended(hotel)
    assert "disconnected" in said(await tab.call(Channels.look))
    await opened(tab, f"connection={hotel.connection}")
    assert (state.view, state.lines) == ("list", [])
    assert all(hotel.shown("room-D", n)["rooms"] == 0 for n in range(NIGHTS))


@pytest.mark.parametrize(
    ("channel", "asked", "brings", "sells"),
    [
        ("channex", True, True, True),
        ("trip_com", False, True, True),
        ("booking_com", False, False, True),
        ("google_ari", False, False, False),
    ],
)
async def test_it_is_said_in_which_currency_it_is_told_and_whether_it_calls_us(
    cast: Cast, channel: str, asked: bool, brings: bool, sells: bool
) -> None:
    with on_channel(cast.olga, channel) as there:
        tab = await a_tab(cast.olga, f"connection={there.connection}")
        shown = tab.state(Channels)
        money = next(one for one in shown.abilities if one.name == "currency")
        assert (money.words, money.known, money.missing) == ("Currency: EUR", asked, not asked)
        assert ("in EUR, as it is here" in money.lost) is not asked
        assert (shown.one.brings, shown.one.sells) == (brings, sells)


async def test_a_channel_that_was_told_repaints_its_own_card_and_page_only(cast: Cast, hotel: OnChannel) -> None:
    hotel.turn()
    feed = Feed()
    with work(cast.olga) as db:
        change_cells(db, hotel.property_id, [Edit((hotel.plan, hotel.double, hotel.day(2)), {"price": 12_000})])
    hotel.turn()
    (told,) = [one for one in feed.news() if one.event == "channel_connection.told"]
    assert VIEW.concerns(told, Sight())
    assert VIEW.concerns(told, Sight("one", hotel.connection))
    assert not VIEW.concerns(told, Sight("one", uuid4()))
    assert not VIEW.concerns(told, Sight("attention"))
    assert not VIEW.concerns(told, Sight("new"))
    assert not MARK.concerns(told, "channels")
    assert not CALENDARS.concerns(told, None)
    trouble(hotel)
    news = [one for one in feed.news() if one.event == "channel_booking.attention"]
    for view, window in ((VIEW, Sight()), (VIEW, Sight("attention")), (MARK, "channels")):
        assert any(view.concerns(one, window) for one in news)


ANY = str(uuid4())
HOSTILE: list[tuple[Any, tuple[Any, ...]]] = [
    (Channels.set_state, ("x", 1, "live")),
    (Channels.set_state, (ANY, 1, "live")),
    (Channels.set_state, (ANY, 1, "attention")),
    (Channels.try_again, (ANY,)),
    (Channels.compare, (ANY,)),
    (Channels.ask, (ANY,)),
    (Channels.ask, (1,)),
    (Channels.tell_everything, ()),
    (Channels.never_mind, ()),
    (Channels.ask_to_end, ()),
    (Channels.end, (1,)),
    (Channels.settle, (ANY, 1)),
    (Channels.settle, (ANY, "one")),
    (Channels.take_in_again, (ANY,)),
    (Channels.see_to, (ANY,)),
    (Channels.open_message, (ANY,)),
    (Channels.open_call, (10**30,)),
    (Channels.open_call, (-1,)),
    (Channels.look, ()),
    (Channels.close_text, ()),
    (Mapping.read, ()),
    (Mapping.choose, ("room-D", ANY)),
    (Mapping.choose, (None, 7)),
    (Mapping.propose, ()),
    (Mapping.add, ({},)),
    (Mapping.add, ({"remote_id": "a", "value": "b"},)),
    (Mapping.change_access, ({"credential.api_key": "x"},)),
    (SetUp.choose_channel, ("nowhere",)),
    (SetUp.choose_house, ("x",)),
    (SetUp.connect, ({},)),
    (SetUp.connect, ({"remote_property": ["x"], "credential.other": "y"},)),
    (SetUp.count, ()),
    (SetUp.tell, ()),
    (SetUp.go_live, ()),
    (ChannelMark.load, ()),
    (ChannelMark.tell, ({},)),
]


@pytest.mark.parametrize(("handler", "arguments"), HOSTILE)
async def test_arguments_of_no_screen_of_ours_do_nothing(cast: Cast, hotel: OnChannel, handler: Any, arguments: Any) -> None:
    tab = await a_tab(cast.olga)
    before = as_it_is(hotel)
    assert "recorded" not in said(await tab.call(handler, *arguments)), "a refusal, not a bug"
    assert as_it_is(hotel) == before


IN_ONE: list[tuple[Any, tuple[Any, ...]]] = [
    (Mapping.choose, ("room-D", ANY)),
    (Mapping.choose, ("room-D", "x/y/z")),
    (Mapping.choose, ("room-D", f"{ANY}/{ANY}/{ANY}")),
    (Mapping.choose, ("room-D/rate-D", ANY)),
    (Mapping.choose, ("room-D/nothing", ANY)),
    (Mapping.add, ({"remote_id": "x" * 500, "value": ""},)),
    (Mapping.add, ({"remote_id": "room-Q/rate", "value": ANY},)),
    (Mapping.add, ({"remote_id": "room-Q", "value": "\x00"},)),
    (Mapping.change_access, ({},)),
    (Mapping.change_access, ({"credential.nothing": "x"},)),
    (Mapping.change_access, ({"credential.api_key": "\x00"},)),
    (Channels.end, (99,)),
    (Channels.close_and_end, (99,)),
    (Channels.ask_to_pause, (ANY,)),
    (Channels.try_now, (ANY,)),
    (Channels.pause, ()),
]


@pytest.mark.parametrize(("handler", "arguments"), IN_ONE)
async def test_odd_arguments_change_nothing_of_a_connection(cast: Cast, hotel: OnChannel, handler: Any, arguments: Any) -> None:
    tab = await a_tab(cast.olga, f"connection={hotel.connection}&part=mapping")
    before = as_it_is(hotel)
    assert "recorded" not in said(await tab.call(handler, *arguments)), "a refusal, not a bug"
    assert as_it_is(hotel) == before


@pytest.mark.parametrize("who", ["rita", "anna", "otto"])
async def test_who_does_not_manage_it_sees_and_does_nothing(cast: Cast, hotel: OnChannel, who: str) -> None:
    trouble(hotel)
    a_stuck_message(hotel)
    with work(hotel.owner) as db:
        booking, stuck = queries.troubled_bookings(db)[0], queries.stuck_messages(db)[0]
        line = queries.connection(db, hotel.connection)
    if who == "otto":
        a_property(cast.otto)
    before, actor = as_it_is(hotel), getattr(cast, who)
    tab = await a_tab(actor)
    for query in ("", "tab=attention", f"connection={hotel.connection}", f"connection={hotel.connection}&part=calls"):
        await opened(tab, query)
        state = tab.state(Channels)
        assert (state.lines, state.troubles, state.stuck, state.one.id, state.calls) == ([], [], [], "", [])
    tab.state(Channels)._sight = Sight("one", hotel.connection, "mapping")
    tab.state(Channels).asking = VIEW.load(hotel.owner, Sight(), None).lines[0]
    id, version = str(hotel.connection), line.version
    for handler, arguments in (
        (Channels.set_state, (id, version, "paused")),
        (Channels.try_again, (id,)),
        (Channels.compare, (id,)),
        (Channels.tell_everything, ()),
        (Channels.end, (version,)),
        (Channels.settle, (str(booking.id), booking.version)),
        (Channels.take_in_again, (str(stuck.id),)),
        (Channels.see_to, (str(stuck.id),)),
        (Channels.open_message, (str(stuck.id),)),
        (Mapping.read, ()),
        (Mapping.choose, ("room-D", "")),
        (Mapping.propose, ()),
        (Mapping.change_access, ({"credential.api_key": "mine"},)),
        (SetUp.count, ()),
        (SetUp.tell, ()),
        (SetUp.go_live, ()),
        (ChannelMark.load, ()),
    ):
        if who == "rita" and handler is Channels.settle:
            continue  # the desk may see to its bookings
        assert "recorded" not in said(await tab.call(handler, *arguments)), handler
    assert as_it_is(hotel) == before
    assert tab.state(ChannelMark).count == 0
    assert tab.state(Channels).texts == []


def as_it_is(hotel: OnChannel) -> Any:
    """Everything of the connection that a caller could change."""
    with work(hotel.owner) as db:
        row = db.one(Connection, hotel.connection)
        fields = (row.state, row.version, row.credentials, row.archived_at, row.swept_at, row.compare_at)
        mapped = queries.products(db, hotel.connection)
        return fields, mapped, len(queries.connections(db)), queries.troubled_bookings(db), queries.stuck_messages(db)


async def test_a_channel_in_another_currency_is_red_and_says_both(cast: Cast, hotel: OnChannel) -> None:
    mark = Tab(cast.olga)
    await mark.call(Session.enter, "/channels")
    await mark.call(ChannelMark.load)
    hotel.fake.currency, feed = "USD", Feed()
    hotel.turn()
    news = tuple(one for one in feed.news() if MARK.concerns(one, ""))
    state = mark.state(ChannelMark)
    assert MARK.apply(state, MARK.load(cast.olga, "", news), news) is not None
    assert state.count == 1
    assert "in another currency" in str(await mark.call(ChannelMark.tell, "channel_connection.other_currency"))
    tab = await a_tab(cast.olga, "tab=attention")
    (line,) = tab.state(Channels).lines
    assert (line.light, line.words) == ("bad", "Another currency there")
    assert "in USD, and here it is in EUR" in line.detail
    assert line.next_try, "so it can be tried now"


async def test_a_channel_that_does_not_take_rooms_is_to_be_seen_to(cast: Cast, hotel: OnChannel) -> None:
    """It sells there what is gone. A price that is refused waits for somebody to look."""
    mark = Tab(cast.olga)
    await mark.call(Session.enter, "/channels")
    await mark.call(ChannelMark.load)
    refused = {"rooms": 0}
    with work(cast.olga) as db:
        product = next(one for one in outbound.products_of(db, hotel.connection) if one.rate_plan_id is None)
        change = Change(product.id, hotel.day(3), hotel.day(4), refused)
        feed = Feed()
        outbound.note(db, hotel.connection, [change], {0: "unable to process"})
    news = tuple(one for one in feed.news() if MARK.concerns(one, ""))
    state = mark.state(ChannelMark)
    event = MARK.apply(state, MARK.load(cast.olga, "", news), news)
    assert state.count == 1
    assert event is not None
    assert "does not take how many rooms are left" in str(await mark.call(ChannelMark.tell, "channel_connection.rooms_refused"))
    tab = await a_tab(cast.olga, "tab=attention")
    (line,) = tab.state(Channels).lines
    assert (line.light, line.words, line.rooms_refused) == ("bad", "Rooms refused", True)
    assert "2 nights" in line.detail
