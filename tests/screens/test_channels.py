"""The channel manager as people use it: connected from nothing to live, and what goes wrong seen by everybody at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from pms.channels import connections, inbox
from pms.channels.adapter import Received
from pms.channels.calendars.feeds import add_feed
from pms.channels.calendars.said import note
from pms.channels.connections import set_state
from pms.channels.models import Connection
from pms.kernel.actor import job_actor
from pms.kernel.dates import today
from pms.kernel.db import work
from tests.builders import Cast, unit_ids
from tests.channels.airbnb import FakeAirbnb
from tests.channels.calendars.sites import DAY, Site, airbnb, airbnb_sold
from tests.channels.calendars.sites import serving as serving_site
from tests.channels.channex import FakeChannex
from tests.channels.conftest import OnChannel, hosted, on_channel
from tests.channels.fake import serving
from tests.channels.test_ending import ended, quarter_of_an_hour
from tests.screens.conftest import Served, served
from tests.screens.test_phone import CUT, PHONE
from tests.screens.test_shell import CONTRAST, NAMELESS
from tests.services import environment
from workers.channels import speak


@pytest.fixture(scope="module")
def channex() -> Iterator[FakeChannex]:
    """The channel; the web server and the test know where it is."""
    fake = FakeChannex()
    with serving(fake), hosted("channex", fake.url), environment(OCTASPACE_LOCAL_CALENDARS="true"):
        fake.titles = {"room-D": "DBL sea view", "rate-D": "Flexible", "room-S": "Suite", "rate-S": "BAR", "rate-M": "Mobile"}
        fake.add("room-D", ["rate-D"])
        fake.add("room-S", ["rate-S"])
        yield fake


@pytest.fixture(scope="module")
def airbnb_host() -> Iterator[FakeAirbnb]:
    """Airbnb, where a host has to agree first."""
    fake = FakeAirbnb()
    with serving(fake), hosted("airbnb", fake.url):
        yield fake


@pytest.fixture(scope="module")
def octaspace(services: None, front_end_built: None, channex: FakeChannex, airbnb_host: FakeAirbnb) -> Iterator[Served]:
    """A server of these tests' own: it speaks with the local channel."""
    with served() as running:
        yield running


@pytest.fixture
def site() -> Iterator[Site]:
    """A site with a calendar, in which one stay is sold."""
    first = today("Europe/Vilnius") + 5 * DAY
    with serving_site(Site(airbnb(airbnb_sold(first, first + 2 * DAY)))) as running:
        yield running


@pytest.fixture
def hotel(cast: Cast, channex: FakeChannex) -> Iterator[OnChannel]:
    """A house that is live on the channel."""
    with on_channel(cast.olga, "channex") as house:
        with work(cast.olga) as db:
            set_state(db, house.connection, 1, "live")
        house.turn()
        yield house


def a_feed_in_trouble(hotel: OnChannel) -> UUID:
    """A calendar of a unit that has not been read for long, with an entry that could not be taken over."""
    with work(hotel.owner) as db:
        feed = add_feed(db, "Vrbo", unit_id=unit_ids(hotel.owner, hotel.double)[0], url="https://www.vrbo.com/icalendar/1.ics")
        why = note("kept", name="Ann Smith", first=hotel.day(2), end=hotel.day(4))
        feed.fetched_at, feed.problem, feed.bad_in_a_row, feed.notes = db.now, ["html", {}], 9, [[why.key, why.data]]
        return feed.id


def connection_in(page: Page) -> UUID:
    found = re.search(r"connection=([0-9a-f-]{36})", page.url)
    assert found, page.url
    return UUID(found[1])


def test_from_nothing_to_live(desk: Page, cast: Cast, seaside: UUID, channex: FakeChannex) -> None:
    channex.calls.clear()
    desk.goto("/channels")
    desk.get_by_role("main").get_by_role("link", name="Connect a channel").first.click()
    desk.get_by_label("Channex").click(force=True)
    desk.get_by_label("Its number there").fill("P-1")
    desk.get_by_label("API key").fill("a wrong one")
    desk.get_by_role("button", name="Connect and read its rooms").click()
    expect(desk.get_by_role("alert").filter(has_text="Channex does not let us in")).to_be_visible()
    desk.get_by_label("API key").fill("secret")
    desk.get_by_role("button", name="Save and try").click()

    expect(desk.get_by_label("DBL sea view is here")).to_have_value(re.compile("."))
    expect(desk.get_by_label("Flexible is here")).to_have_value(re.compile("."))
    expect(desk.get_by_label("BAR is here")).to_have_value(re.compile("."))
    assert desk.evaluate(NAMELESS) == []
    desk.get_by_label("Suite is here").select_option("")
    expect(desk.get_by_text("Map its room first")).to_be_visible()
    desk.reload()
    expect(desk.get_by_label("Suite is here")).to_have_value("")
    desk.get_by_label("Suite is here").select_option(label="Suite")
    expect(desk.get_by_label("BAR is here")).to_have_value(re.compile("."))

    desk.get_by_role("link", name="Check what would be told").click()
    expect(desk.get_by_text("2,000").first).to_be_visible()
    assert not [path for method, path, _ in channex.calls if method == "POST"], "nothing is told before somebody says so"
    desk.get_by_role("button", name="Tell Channex now").click()
    expect(desk.get_by_role("progressbar", name="Told")).to_have_attribute("aria-valuenow", "0")
    speak(job_actor(cast.organization_id, "channels"), connection_in(desk), "channex")
    expect(desk.get_by_text("2,000 of 2,000 accepted")).to_be_visible()
    desk.get_by_role("button", name="Go live").click()
    expect(desk.get_by_role("main").get_by_text("Live", exact=True)).to_be_visible()
    with work(cast.olga) as db:
        assert db.one(Connection, connection_in(desk)).state == "live"
    assert len(channex.calendar) >= 2000


def test_the_host_agrees_at_airbnb_and_comes_back_to_the_listings(
    sign_in: Callable[..., Page], cast: Cast, seaside: UUID, airbnb_host: FakeAirbnb
) -> None:
    desk = sign_in(cast.olga)
    desk.goto("/channels?new=airbnb")
    desk.get_by_label("Its number there").fill("7001")
    desk.get_by_label("Client ID").fill("app")
    desk.get_by_label("Client secret").fill("app-secret")
    desk.get_by_label("Public key").fill(airbnb_host.credentials["webhook_key"])
    desk.get_by_role("button", name="Connect and go to agree").click()
    desk.get_by_role("link", name="Do not agree").click()
    expect(desk.get_by_role("alert").filter(has_text="Airbnb does not let us in")).to_be_visible()
    desk.get_by_role("button", name="Go to Airbnb to agree").click()
    desk.get_by_role("link", name="Agree", exact=True).click()
    expect(desk.get_by_role("main").get_by_text("Listing 1001").first).to_be_visible()
    assert "code=" not in desk.url
    with work(cast.olga) as db:
        kept = connections.opened(db.one(Connection, connection_in(desk)))
    assert (kept["refresh_token"], kept.get("code", "")) == (airbnb_host.refresh, "")

    stranger = sign_in(cast.otto)
    stranger.goto("/channels?state=nonsense&code=code-9")
    expect(stranger.get_by_text("This agreement was not begun here")).to_be_visible()
    expect(stranger.get_by_role("main").get_by_text("Listing 1001")).to_have_count(0)


def test_a_stuck_message_is_seen_by_everybody_at_once(sign_in: Callable[..., Page], cast: Cast, hotel: OnChannel) -> None:
    manager, owner = sign_in(cast.olga), sign_in(cast.olga)
    manager.goto("/channels?tab=attention")
    expect(manager.get_by_text("Nothing to see to")).to_be_visible()
    owner.goto("/rates")
    expect(owner.get_by_role("link", name="Channels")).to_be_visible()
    with work(cast.olga) as db:
        inbox.store(db, hotel.connection, [Received("BDC-7", "1", "<nonsense", "r")])
    hotel.turn()
    expect(manager.get_by_role("cell", name="BDC-7", exact=True)).to_be_visible()
    expect(owner.get_by_role("link", name="Channels").get_by_text("1 thing to see to")).to_be_attached()
    expect(owner.get_by_text("Channex: a message could not be taken in")).to_be_visible()
    owner.get_by_role("button", name="Show").click()
    owner.get_by_role("button", name="BDC-7 as the channel sent it").click()
    expect(owner.get_by_role("cell", name="It is damaged, or no booking at all")).to_be_visible()
    expect(owner.get_by_role("dialog", name="As the channel sent it").get_by_text("<nonsense")).to_be_visible()


def test_a_booking_of_an_unmapped_room_leads_to_the_calendar(sign_in: Callable[..., Page], cast: Cast, hotel: OnChannel) -> None:
    hotel.fake.sell([hotel.sale(1, 3, room="nobody", rate="knows")], last_name="Brown", force=True)
    hotel.turn()
    page = sign_in(cast.olga)
    page.goto("/channels?tab=attention")
    expect(page.get_by_text("The channel names no room; the booking is held in")).to_be_visible()
    page.get_by_role("link", name="Ada Brown on the calendar").click()
    expect(page.get_by_role("dialog").get_by_text("Brown").first).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="is seen to").click()
    expect(page.get_by_text("Nothing to see to")).to_be_visible()


@pytest.mark.parametrize("device", ["desk", "phone"])
def test_a_link_opens_what_it_names_on_a_calendar_that_was_open_before(
    sign_in: Callable[..., Page], cast: Cast, hotel: OnChannel, device: str
) -> None:
    for _ in range(4):
        hotel.fake.sell([hotel.sale(1, 3)], last_name="Brown", force=True)
    hotel.turn()
    page = sign_in(cast.olga, **(PHONE if device == "phone" else {}))
    page.goto(f"/calendar?days=14&date={hotel.day(20)}")
    expect(page.locator("#chart, .day-list").first).to_be_visible()
    go_to_channels = page.get_by_role("link", name="Channels")
    go_to_channels.click()
    page.get_by_role("link", name=re.compile("^To see to")).click()
    page.get_by_role("link", name="Ways out").click()
    expect(page.locator("#ways-out")).to_contain_text("1 guest too many")
    page.locator("#ways-out").get_by_role("button", name="Close").click()
    go_to_channels.click()
    page.get_by_role("link", name=re.compile("^To see to")).click()
    page.get_by_role("link", name="Ada Brown on the calendar").click()
    expect(page.locator("#stay-drawer").get_by_text("Brown").first).to_be_visible()
    expect(page).to_have_url(re.compile("stay="))
    page.reload()
    expect(page.locator("#stay-drawer").get_by_text("Brown").first).to_be_visible()


def test_a_calendar_is_added_and_a_colleague_sees_it_go_wrong(
    sign_in: Callable[..., Page], cast: Cast, seaside: UUID, site: Site
) -> None:
    colleague, page = sign_in(cast.olga), sign_in(cast.olga)
    colleague.goto("/channels?tab=calendars")
    expect(colleague.get_by_text("No calendar yet")).to_be_visible()
    page.goto("/channels?new=1")
    page.get_by_label("iCal").click(force=True)
    page.get_by_label("Unit").select_option(label="101 · Double")
    page.get_by_label("Site", exact=True).fill("Airbnb")
    page.get_by_label("Link to the site's calendar").fill(f"{site.url}/secret.ics")
    page.get_by_role("button", name="Add and read it").click()
    expect(page.get_by_role("heading", name="101 · Airbnb")).to_be_visible()
    expect(page.get_by_text("1 stay, 0 closed times")).to_be_visible()
    expect(page.get_by_label("Our address, for the site")).to_have_value(re.compile(r"/calendars/.+\.ics$"))
    expect(colleague.get_by_role("row", name="101")).to_contain_text("Up to date")
    assert page.evaluate(NAMELESS) == []
    site.content = airbnb()
    page.get_by_role("button", name="Read now").click()
    expect(page.get_by_text("All entries are gone at once")).to_be_visible()
    expect(colleague.get_by_role("row", name="101")).to_contain_text("Cannot be read")
    expect(colleague.get_by_role("link", name="Channels").get_by_text("1 thing to see to")).to_be_attached()
    colleague.get_by_role("button", name="Show").click()
    colleague.get_by_role("link", name="See what to do: 101").click()
    colleague.get_by_role("button", name="It is empty indeed").click()
    expect(colleague.get_by_text("Nothing to see to.")).to_be_visible()
    expect(page.get_by_text("Nothing to see to.")).to_be_visible()


def test_who_pauses_or_ends_a_connection_reads_what_becomes_of_the_rooms_there(
    sign_in: Callable[..., Page], cast: Cast, hotel: OnChannel
) -> None:
    """The closing is seen as it goes on, by light, and looks right meanwhile."""
    page = sign_in(cast.olga)
    page.goto(f"/channels?connection={hotel.connection}")
    page.get_by_role("button", name="Pause Channex").click()
    asked = page.get_by_role("dialog", name="Pause Channex?")
    expect(asked.get_by_text("goes on selling what it was told last")).to_be_visible()
    asked.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_text("Channex is paused.")).to_be_visible()
    page.goto(f"/channels?connection={hotel.connection}&part=access")
    page.get_by_role("button", name="Disconnect", exact=True).click()
    expect(page.get_by_text("Disconnected at once, Channex goes on selling")).to_be_visible()
    page.get_by_role("button", name="Close all rooms and disconnect").click()
    expect(page.get_by_role("status").filter(has_text="Channex is being closed")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Closed")).to_have_attribute("aria-valuenow", "0")
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(NAMELESS) == []
    hotel.turn()
    expect(page.get_by_text("It is closed there, and ends after")).to_be_visible()
    quarter_of_an_hour(hotel)
    assert ended(hotel)
    assert all(hotel.shown("room-D", n)["rooms"] == 0 for n in range(hotel.nights))
    expect(page.get_by_text("No channel yet")).to_be_visible()


def test_every_part_can_be_read_has_names_and_fits(sign_in: Callable[..., Page], cast: Cast, hotel: OnChannel) -> None:
    hotel.fake.sell([hotel.sale(1, 3, room="nobody", rate="knows")], last_name="Brown", force=True)
    hotel.turn()
    feed = a_feed_in_trouble(hotel)
    one = f"/channels?connection={hotel.connection}"
    parts = [f"{one}&part={part}" for part in ("state", "mapping", "messages", "calls", "refused", "compared", "access")]
    feeds = ["/channels?tab=calendars", f"/channels?calendar={feed}", "/channels?new=ical"]
    paths = ["/channels", "/channels?tab=attention", "/channels?new=agoda", f"{one}&step=tell", *parts, *feeds]
    for options in ({"color_scheme": "light"}, {"color_scheme": "dark"}, PHONE):
        page = sign_in(cast.olga, **options)
        for path in paths:
            page.goto(path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            if path.endswith("mapping"):
                expect(page.get_by_text("sleeps 2").first).to_be_visible()  # the channel has been read
            expect(page.locator(".skeleton, [aria-busy=true]")).to_have_count(0)
            assert page.evaluate(CONTRAST) == [], path
            assert page.evaluate(NAMELESS) == [], path
            if options is PHONE:
                assert page.evaluate(CUT) == [], path


def test_the_desk_is_shown_no_channels(sign_in: Callable[..., Page], cast: Cast, seaside: UUID) -> None:
    page = sign_in(cast.rita)
    page.goto("/channels")
    expect(page.get_by_text("This is not open to you")).to_be_visible()
    expect(page.get_by_role("link", name="Channels")).to_have_count(0)
