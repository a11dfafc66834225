"""Calendars (iCal) in the channel manager without a browser: added, read, seen to, renewed, removed; and strangers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from pms.channels import queries as channel_queries
from pms.channels.calendars import feeds, queries
from pms.channels.calendars.export import calendar_file
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.reservations.life_cycle import cancel
from pms.ui.channels.badge import VIEW as MARK
from pms.ui.channels.badge import ChannelMark
from pms.ui.channels.feed_state import VIEW, Calendars
from pms.ui.channels.set_up_state import SetUp
from pms.ui.channels.state import Channels
from pms.ui.shell import Session
from tests.builders import Cast, a_property, a_room_type, unit_ids
from tests.channels.calendars.conftest import ZONE, House
from tests.channels.calendars.conftest import local_sites as local_sites
from tests.channels.calendars.sites import Site, airbnb, airbnb_closed, airbnb_sold, serving
from tests.states.hotel import Feed
from tests.states.tab import Tab, said
from tests.states.test_channels import at

GONE = b"<html>Sign in</html>"


@pytest.fixture
def house(cast: Cast) -> House:
    """Shadows the other `house` of these tests: one with a unit to sell on sites."""
    property_id = a_property(cast.olga, timezone=ZONE)
    double = a_room_type(cast.olga, property_id, "Double", 3)
    return House(cast.olga, property_id, double, unit_ids(cast.olga, double), today(ZONE))


@pytest.fixture
def site(local_sites: None) -> Iterator[Site]:
    with serving(Site(airbnb())) as running:
        yield running


async def a_tab(house: House, query: str = "tab=calendars") -> Tab:
    tab = Tab(house.owner)
    await tab.call(Session.enter, "/channels")
    await opened(tab, query)
    return tab


async def opened(tab: Tab, query: str) -> None:
    at(tab, query)
    for event in await tab.call(Channels.load):
        if event == Calendars.read:
            await tab.call(event)


async def added(house: House, site: Site, name: str = "Airbnb") -> Tab:
    """A tab that has just added a calendar, and stands at it."""
    tab = await a_tab(house, f"new=ical&property={house.property_id}")
    form = {"place": f"unit/{house.units[0]}", "name": name, "url": f"{site.url}/secret.ics"}
    address = said(await tab.call(Calendars.add, form)).partition("calendar=")[2][:36]
    await opened(tab, f"calendar={address}")
    return tab


def ghost(house: House) -> None:
    """The site closes again what we sold and told it, and we sold it no longer."""
    house.feed()
    house.pulled()
    booked = house.book(3, 5)
    mirrored = airbnb(airbnb_closed(*house.span(3, 5)))
    house.learn(mirrored)
    with work(house.owner) as db:
        cancel(db, booked.stays[0].id, None)
    house.learn(mirrored)


async def test_a_calendar_is_added_and_read_at_once(house: House, site: Site) -> None:
    site.content = airbnb(airbnb_sold(*house.span(2, 4)), airbnb_closed(*house.span(6, 8)))
    tab = await a_tab(house)
    assert (tab.state(Channels).view, tab.state(Calendars).lines) == ("feeds", [])
    tab = await added(house, site)
    page = tab.state(Calendars)
    assert [place for place, _ in page.places][:1] == [f"unit/{house.units[0]}"]
    assert (page.one.words, page.one.age, page.one.holds) == ("Up to date", "1 minute ago", "1 stay, 1 closed time")
    assert house.stays() == [(2, 4, "confirmed", 0)]
    assert calendar_file(page.link.rpartition("/")[2].removesuffix(".ics")) is not None
    assert site.url not in repr(page.dict()), "the link of the site is a secret"


@pytest.mark.parametrize(
    ("sent", "field"), [({"name": ""}, "name"), ({"url": "http://www.airbnb.com/1.ics"}, "url"), ({"url": "ftp://x"}, "url")]
)
async def test_what_is_no_site_or_no_link_is_said_beside_its_field(house: House, sent: dict[str, str], field: str) -> None:
    tab = await a_tab(house, "new=ical")
    form = {"place": f"unit/{house.units[0]}", "name": "Airbnb", "url": "https://www.airbnb.com/1.ics", **sent}
    await tab.call(Calendars.add, form)
    assert list(tab.state(Calendars).errors) == [field]


async def test_a_site_in_trouble_says_why_and_what_to_do(house: House, site: Site) -> None:
    site.content = GONE
    tab = await added(house, site)
    page = tab.state(Calendars)
    (matter,) = page.matters
    assert "page instead of the calendar" in matter.words
    assert "Copy the link" in matter.help
    assert page.one.words == "The last reading failed"
    for _ in range(3):
        await tab.call(Calendars.read)
    assert (page.one.words, page.one.light) == ("Cannot be read", "bad")
    site.content = airbnb()
    await tab.call(Calendars.change_url, {"url": f"{site.url}/new.ics"})
    await tab.call(Calendars.read)
    assert (page.one.words, page.matters) == ("Up to date", [])
    assert site.calls[-1].path == "/new.ics"


async def test_a_ghost_is_counted_said_to_who_is_online_and_seen_in_two_lists(cast: Cast, house: House) -> None:
    tab = Tab(cast.olga)
    for event in await tab.call(Session.enter, "/channels"):
        await tab.call(event)
    mark, feed = tab.state(ChannelMark), Feed()
    ghost(house)
    news = tuple(feed.news())
    event = MARK.apply(mark, MARK.load(cast.olga, "channels", news), news)
    assert mark.count == 1
    assert event is not None
    assert "calendar needs you" in said(await tab.call(ChannelMark.tell, "calendar_feed.attention"))
    await opened(tab, "tab=attention")
    (one,) = tab.state(Channels).feeds
    assert "nothing explains it" in one.trouble
    at(tab, f"calendar={one.id}")
    await tab.call(Channels.load)
    (matter,) = tab.state(Calendars).matters
    assert f"date={house.day(3).isoformat()}" in matter.href
    assert "open them on the site" in matter.help
    house.learn(airbnb(airbnb_sold(*house.span(20, 22))))
    assert "calendar_feed.settled" in [one.event for one in feed.news()]
    with work(cast.olga) as db:
        assert channel_queries.urgent(db) == 0


async def test_what_is_shown_live_is_what_a_fresh_load_shows(house: House) -> None:
    house.feed("Vrbo", unit=1)
    house.feed()
    tabs = {query: await a_tab(house, query) for query in ("tab=calendars", f"calendar={house.feeds['Airbnb']}")}
    house.learn(airbnb(airbnb_sold(*house.span(2, 4))))
    for query, tab in tabs.items():
        state = tab.state(Calendars)
        VIEW.apply(state, VIEW.load(house.owner, state._feed, ()), ())
        fresh = (await a_tab(house, query)).state(Calendars)
        for name in ("lines", "one", "matters", "link"):
            assert getattr(state, name) == getattr(fresh, name), (query, name)


async def test_pause_renew_and_the_end(house: House, site: Site) -> None:
    tab = await added(house, site)
    page = tab.state(Calendars)
    assert "paused" in said(await tab.call(Calendars.set_state, page.one.version, "paused"))
    assert page.one.words == "Paused"
    assert "paused or has no link" in said(await tab.call(Calendars.read))
    await tab.call(Calendars.set_state, page.one.version, "live")
    old = page.link.rpartition("/")[2].removesuffix(".ics")
    await tab.call(Calendars.ask, "renew")
    await tab.call(Calendars.renew, page.one.version)
    new = page.link.rpartition("/")[2].removesuffix(".ics")
    assert (calendar_file(old), calendar_file(new) is not None, page.asking) == (None, True, "")
    assert "changed this" in said(await tab.call(Calendars.remove, page.one.version - 1))
    assert "removed" in said(await tab.call(Calendars.remove, page.one.version))
    await opened(tab, "tab=calendars")
    assert page.lines == []
    assert calendar_file(new) is None


async def test_an_empty_calendar_is_believed_when_somebody_says_so(house: House, site: Site) -> None:
    site.content = airbnb(airbnb_closed(*house.span(2, 4)))
    tab = await added(house, site)
    page = tab.state(Calendars)
    site.content = airbnb()
    await tab.call(Calendars.read)
    assert [one.key for one in page.matters] == ["empty"]
    assert page.one.light == "bad"
    assert house.blocks() == [(2, 4)]
    for event in await tab.call(Calendars.believe_empty, page.one.version):
        await tab.call(event)
    assert (page.matters, house.blocks()) == ([], [])


async def test_a_calendar_can_be_of_a_room_type_that_is_only_told(house: House) -> None:
    tab = await a_tab(house, f"new=ical&property={house.property_id}")
    assert "told only" in tab.state(Calendars).places[-1][1]
    await tab.call(Calendars.add, {"place": f"type/{house.double}", "name": "Vrbo", "url": ""})
    await opened(tab, "tab=calendars")
    assert [(one.of, one.words, one.age) for one in tab.state(Calendars).lines] == [("Double", "Told only", "—")]


async def test_the_chooser_of_channels_leads_to_calendars(house: House) -> None:
    tab = await a_tab(house, "new=1")
    form = tab.state(SetUp)
    assert [code for code, _ in form.channels][:5] == ["booking_com", "airbnb", "expedia", "agoda", "trip_com"]
    assert (form.channels[-1][0], form.channel, form.asked) == ("ical", "", [])
    assert "new=ical" in said(await tab.call(SetUp.choose_channel, "ical"))


@pytest.mark.parametrize("who", ["rita", "anna", "otto"])
async def test_who_does_not_manage_channels_sees_and_does_nothing(cast: Cast, house: House, who: str) -> None:
    ghost(house)
    id, version = house.feeds["Airbnb"], house.line().version
    before = as_it_is(house)
    tab = Tab(getattr(cast, who))
    await tab.call(Session.enter, "/channels")
    for query in ("tab=calendars", f"calendar={id}", "tab=attention", "new=ical"):
        await opened(tab, query)
        state = tab.state(Calendars)
        assert (state.lines, state.one.id, state.link, state.matters) == ([], "", "", [])
    tab.state(Calendars)._feed = id
    place = f"unit/{house.units[0]}"
    for handler, arguments in (
        (Calendars.add, ({"place": place, "name": "Vrbo", "url": ""},)),
        (Calendars.read, ()),
        (Calendars.set_state, (version, "paused")),
        (Calendars.believe_empty, (version,)),
        (Calendars.change_url, ({"url": ""},)),
        (Calendars.renew, (version,)),
        (Calendars.remove, (version,)),
    ):
        answer = said(await tab.call(handler, *arguments))
        assert "recorded" not in answer, handler
    assert as_it_is(house) == before


ANY = str(uuid4())
HOSTILE: list[tuple[Any, tuple[Any, ...]]] = [
    (Calendars.choose_house, (ANY,)),
    (Calendars.choose_house, ("x",)),
    (Calendars.add, ({},)),
    (Calendars.add, ({"place": f"unit/{ANY}", "name": "Airbnb"},)),
    (Calendars.add, ({"place": "unit/x", "name": "Airbnb"},)),
    (Calendars.add, ({"place": ["x"], "name": {}},)),
    (Calendars.read, ()),
    (Calendars.set_state, (1, "live")),
    (Calendars.set_state, (1, "gone")),
    (Calendars.believe_empty, ("x",)),
    (Calendars.change_url, ({},)),
    (Calendars.ask, ("x",)),
    (Calendars.renew, (1,)),
    (Calendars.remove, (1,)),
]


@pytest.mark.parametrize(("handler", "arguments"), HOSTILE)
async def test_arguments_of_no_screen_of_ours_do_nothing(house: House, handler: Any, arguments: Any) -> None:
    house.feed()
    tab = await a_tab(house)
    before = as_it_is(house)
    assert "recorded" not in said(await tab.call(handler, *arguments)), "a refusal, not a bug"
    assert as_it_is(house) == before


def as_it_is(house: House) -> Any:
    """Everything of the calendars that a caller could change."""
    with work(house.owner) as db:
        lines = queries.feeds(db)
        return lines, [feeds.export_link(db, line.id) for line in lines]
