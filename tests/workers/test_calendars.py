"""The clock's fetching: what is due, side by side, and what becomes of sites in trouble."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from pms.channels.calendars.feeds import add_feed, remove_feed, set_feed_state
from pms.channels.calendars.models import CalendarFeed
from pms.channels.calendars.queries import feeds_of
from pms.kernel.actor import Actor
from pms.kernel.dates import now
from pms.kernel.db import work
from pms.kernel.tables import Journal
from pms.properties.models import Unit
from pms.reservations.models import Stay
from tests.builders import a_cast, a_property, a_room_type, unit_ids
from tests.channels.calendars.sites import Site, airbnb, airbnb_sold, serving
from tests.channels.fake import Answer, Call
from tests.services import environment
from workers.calendars import fetch_due

SOON = date.today() + timedelta(days=30)
FILE = airbnb(airbnb_sold(SOON, SOON + timedelta(days=2)))


class Fetched:
    """Units on sites, in a database of their own: everything due is theirs."""

    def __init__(self, owner: Actor, stack: ExitStack) -> None:
        self.owner, self.stack = owner, stack
        self.property_id = a_property(owner)
        self.units = unit_ids(owner, a_room_type(owner, self.property_id, units=4))
        self.sites: list[Site] = []

    def site(self, content: bytes = FILE) -> Site:
        """One more unit on one more site."""
        site = self.stack.enter_context(serving(Site(content)))
        with work(self.owner) as db:
            add_feed(db, f"Site {len(self.sites)}", unit_id=self.units[len(self.sites)], url=site.url + "/secret.ics?s=hush")
        self.sites.append(site)
        return site

    def due(self) -> None:
        with work(self.owner) as db:
            db.execute(text("update calendar_feed set due_at = now() - interval '1 second'"))

    def feed(self) -> CalendarFeed:
        with work(self.owner) as db:
            return db.scalars(select(CalendarFeed)).one()

    def stays(self) -> int:
        with work(self.owner) as db:
            return len(db.scalars(select(Stay)).all())

    def told(self) -> list[str]:
        with work(self.owner) as db:
            return [line.problem.key for line in feeds_of(db, self.property_id) if line.problem]


@pytest.fixture
def hotel(empty_database: str) -> Iterator[Fetched]:
    with ExitStack() as stack, environment(OCTASPACE_LOCAL_CALENDARS="true"):
        yield Fetched(a_cast().olga, stack)


def test_what_is_due_is_fetched_and_is_not_due_again_before_its_turn(hotel: Fetched) -> None:
    site = hotel.site()
    assert (fetch_due(), hotel.stays()) == (1, 1)
    assert (fetch_due(), len(site.calls)) == (0, 1)
    turn = (hotel.feed().due_at or now()) - now()
    assert timedelta(minutes=12) < turn < timedelta(minutes=18)


def test_a_paused_feed_and_a_removed_one_are_left_alone(hotel: Fetched) -> None:
    hotel.site(), hotel.site()
    with work(hotel.owner) as db:
        first, second = feeds_of(db, hotel.property_id)
        set_feed_state(db, first.id, first.version, "paused")
        remove_feed(db, second.id, second.version)
    assert fetch_due() == 0


def test_a_feed_that_only_tells_is_never_fetched(hotel: Fetched) -> None:
    with work(hotel.owner) as db:
        add_feed(db, "Vrbo", unit_id=hotel.units[0])
    assert fetch_due() == 0


def test_a_slow_site_holds_nobody_up(hotel: Fetched) -> None:
    """The slow one answers only after all others have been answered."""
    sites = [hotel.site() for _ in range(3)]
    others = threading.Barrier(3, timeout=20)

    def together(call: Call) -> Answer:
        others.wait()
        return Answer(200, FILE, "text/calendar")

    for site in sites:
        site.answer = together
    assert fetch_due() == 3
    assert (hotel.stays(), hotel.told()) == (3, [])


def test_a_site_in_trouble_changes_nothing_is_told_and_holds_nobody_up(hotel: Fetched) -> None:
    bad, good = hotel.site(), hotel.site(airbnb())
    fetch_due()
    bad.answer = lambda call: Answer(500, "oops")
    hotel.due()
    assert fetch_due() == 2
    assert (hotel.stays(), hotel.told(), len(good.calls)) == (1, ["status"], 2)


def test_a_site_in_trouble_is_asked_less_and_less(hotel: Fetched) -> None:
    hotel.site().drop = True
    waits = []
    for _ in range(7):
        hotel.due()
        fetch_due()
        waits.append((hotel.feed().due_at or now()) - now())
    assert waits[0] < timedelta(minutes=20) < waits[1]
    assert timedelta(hours=3) < waits[-1] < timedelta(hours=5)


def test_trouble_is_journaled_once_and_so_is_its_end(hotel: Fetched) -> None:
    site = hotel.site()
    for drop in (True, True, True, False, False):
        site.drop = drop
        hotel.due()
        fetch_due()
    with work(hotel.owner) as db:
        events = [row.event for row in db.scalars(select(Journal).order_by("id")) if row.event.startswith("calendar_feed.")]
    assert events == ["calendar_feed.added", "calendar_feed.failed", "calendar_feed.recovered"]


def test_the_same_file_is_not_sent_again_where_the_site_knows_its_tag(hotel: Fetched) -> None:
    site = hotel.site()
    site.answer = lambda call: (
        Answer(304) if call.headers.get("If-None-Match") == '"v1"' else Answer(200, FILE, headers={"ETag": '"v1"'})
    )
    for _ in range(3):
        hotel.due()
        fetch_due()
    assert [call.headers.get("If-None-Match") for call in site.calls] == [None, '"v1"', '"v1"']
    assert (hotel.feed().good_in_a_row, hotel.stays()) == (3, 1)


def test_while_something_waits_the_file_is_asked_for_whole(hotel: Fetched) -> None:
    site = hotel.site()
    fetch_due()
    rest = airbnb(airbnb_sold(SOON + timedelta(days=9), SOON + timedelta(days=10), "HMRRRR0000"))
    site.answer = lambda call: (
        Answer(304) if call.headers.get("If-None-Match") == '"v2"' else Answer(200, rest, headers={"ETag": '"v2"'})
    )
    for _ in range(3):
        hotel.due()
        fetch_due()
    with work(hotel.owner) as db:
        assert sorted(stay.status for stay in db.scalars(select(Stay))) == ["cancelled", "confirmed"]


def test_a_unit_that_left_the_house_is_told_and_nobody_is_asked(hotel: Fetched) -> None:
    site = hotel.site()
    with work(hotel.owner) as db:
        db.one(Unit, hotel.units[0]).archived_at = now()
    fetch_due()
    assert (hotel.told(), site.calls) == (["unit_gone"], [])


def test_a_link_sealed_with_another_key_is_told_and_can_be_removed(hotel: Fetched) -> None:
    hotel.site()
    with environment(OCTASPACE_SECRET_KEY="another secret key of at least 32 letters"):
        fetch_due()
        assert hotel.told() == ["sealed"]
        with work(hotel.owner) as db:
            (line,) = feeds_of(db, hotel.property_id)
            remove_feed(db, line.id, line.version)


def test_the_secret_link_is_in_no_log_no_journal_and_no_column(hotel: Fetched, capsys: pytest.CaptureFixture[str]) -> None:
    site = hotel.site()
    site.answer = lambda call: Answer(302, "", headers={"Location": "/secret.ics?s=hush"})
    fetch_due()
    with work(hotel.owner) as db:
        said = repr([row.model_dump() for row in (*db.scalars(select(Journal)), *db.scalars(select(CalendarFeed)))])
        said += repr(feeds_of(db, hotel.property_id))
    captured = capsys.readouterr()
    assert hotel.told() == ["redirects"]
    assert "hush" not in said + captured.out + captured.err


def test_what_has_no_time_left_in_this_run_has_it_in_the_next(hotel: Fetched) -> None:
    hotel.site()
    assert (fetch_due(seconds=-1), hotel.stays()) == (1, 0)
    assert (fetch_due(), hotel.stays()) == (1, 1)
