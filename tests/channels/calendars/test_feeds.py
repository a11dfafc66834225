"""Calendars as people add, pause and remove them."""

from __future__ import annotations

import pytest

from pms.channels.calendars.feeds import FeedThere, add_feed, believe_empty, remove_feed, set_feed_state
from pms.channels.calendars.models import CalendarFeed
from pms.channels.calendars.queries import feeds_of
from pms.channels.calendars.said import SENTENCES, note
from pms.kernel.db import work
from pms.kernel.encryption import decrypt
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotFound, NotPermitted
from tests.builders import Cast
from tests.channels.calendars.conftest import House

LINK = "https://www.airbnb.com/calendar/ical/1.ics?s=hush"


def test_a_link_is_sealed_and_only_its_host_is_shown(house: House) -> None:
    house.feed(url=f" {LINK} ")
    with work(house.owner) as db:
        feed = db.one(CalendarFeed, house.feeds["Airbnb"])
        assert "hush" not in feed.url
        assert decrypt(feed.url) == LINK
    assert house.line().host == "www.airbnb.com"
    assert "hush" not in repr(house.line())


@pytest.mark.parametrize(
    ("name", "url", "field"),
    [
        ("", LINK, "name"),
        ("x" * 51, LINK, "name"),
        ("a\x00", LINK, "name"),
        ("Airbnb", "http://www.airbnb.com/1.ics", "url"),
        ("Airbnb", "www.airbnb.com/1.ics", "url"),
        ("Airbnb", "https://" + "x" * 1000, "url"),
    ],
)
def test_what_is_no_site_or_no_link_is_refused(house: House, name: str, url: str, field: str) -> None:
    with pytest.raises(BadInput) as refused, work(house.owner) as db:
        add_feed(db, name, unit_id=house.units[0], url=url)
    assert refused.value.field == field


def test_a_room_type_cannot_be_read(house: House) -> None:
    with pytest.raises(BadInput), work(house.owner) as db:
        add_feed(db, "Airbnb", room_type_id=house.double, url=LINK)


def test_a_unit_has_one_calendar_of_a_site(house: House) -> None:
    house.feed()
    house.feed("Airbnb", unit=1)
    with pytest.raises(FeedThere), work(house.owner) as db:
        add_feed(db, "AIRBNB", unit_id=house.units[0])


def test_only_whoever_manages_channels_may(house: House, cast: Cast) -> None:
    house.feed()
    line = house.line()
    for verb in (
        lambda db: add_feed(db, "Vrbo", unit_id=house.units[0]),
        lambda db: feeds_of(db, house.property_id),
        lambda db: set_feed_state(db, line.id, line.version, "paused"),
        lambda db: believe_empty(db, line.id, line.version),
        lambda db: remove_feed(db, line.id, line.version),
    ):
        with pytest.raises(NotPermitted), work(cast.rita) as db:
            verb(db)


def test_a_change_by_somebody_else_is_noticed_and_a_removed_calendar_is_gone(house: House) -> None:
    house.feed()
    line = house.line()
    with work(house.owner) as db:
        feed = set_feed_state(db, line.id, line.version, "paused")
    with pytest.raises(MovedMeanwhile), work(house.owner) as db:
        remove_feed(db, line.id, line.version)
    with work(house.owner) as db:
        remove_feed(db, line.id, feed.version)
    with pytest.raises(NotFound), work(house.owner) as db:
        set_feed_state(db, line.id, feed.version + 1, "live")


@pytest.mark.parametrize("locale", ["en", "lt", "de"])
@pytest.mark.parametrize("key", SENTENCES)
def test_everything_there_is_to_tell_can_be_said(key: str, locale: str) -> None:
    names = ("uid", "first", "end", "since", "name", "most", "status")
    said = note(key, **{name: "2027-06-01" if name in ("first", "end", "since") else "7" for name in names}).say(locale)
    assert said
    assert "{" not in said
