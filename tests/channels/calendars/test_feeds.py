"""Calendars as people add, pause and remove them."""

from __future__ import annotations

import pytest

from pms.channels.calendars.feeds import (
    FeedThere,
    NothingToRead,
    add_feed,
    ask_to_read,
    believe_empty,
    change_url,
    export_link,
    link_of,
    remove_feed,
    renew_link,
    set_feed_state,
)
from pms.channels.calendars.models import CalendarFeed
from pms.channels.calendars.queries import feed as feed_line
from pms.channels.calendars.queries import feeds, feeds_of
from pms.channels.calendars.said import HELP, SENTENCES, WANTED, note
from pms.channels.calendars.sync import read_now
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
        lambda db: feed_line(db, line.id),
        lambda db: feeds(db),
        lambda db: export_link(db, line.id),
        lambda db: change_url(db, line.id, line.version, ""),
        lambda db: renew_link(db, line.id, line.version),
        lambda db: ask_to_read(db, line.id),
    ):
        with pytest.raises(NotPermitted), work(cast.rita) as db:
            verb(db)


def test_a_guests_name_in_what_was_noted_is_for_who_may_see_guests(house: House) -> None:
    house.feed()
    with work(house.owner) as db:
        db.one(CalendarFeed, house.feeds["Airbnb"]).notes = [
            ["kept", {"name": "Ann Smith", "first": "2027-06-01", "end": "2027-06-03"}]
        ]
    for actor, name in ((house.owner, "Ann Smith"), (house.owner.without("guest.view"), "Somebody")):
        with work(actor) as db:
            assert [one.data["name"] for one in feeds_of(db, house.property_id)[0].notes] == [name]


def test_a_renewed_link_voids_the_old_one_and_another_link_of_the_site_is_read_afresh(house: House) -> None:
    house.feed()
    old, line = house.link(), house.line()
    with work(house.owner) as db:
        feed = renew_link(db, line.id, line.version)
        assert link_of(feed).rpartition("/")[2] != old.rpartition("/")[2]
    with work(house.owner) as db:
        db.one(CalendarFeed, line.id).problem, db.one(CalendarFeed, line.id).etag = ["html", {}], "x"
    with work(house.owner) as db:
        feed = change_url(db, line.id, line.version + 1, "https://www.vrbo.com/2.ics")
        assert (feed.problem, feed.etag, decrypt(feed.url)) == (None, "", "https://www.vrbo.com/2.ics")
    with pytest.raises(BadInput), work(house.owner) as db:
        change_url(db, line.id, line.version + 2, "http://www.vrbo.com/2.ics")


def test_a_paused_calendar_or_one_without_a_link_is_not_read(house: House) -> None:
    house.feed()
    house.feed("Vrbo", url="")
    line = house.line()
    with work(house.owner) as db:
        set_feed_state(db, line.id, line.version, "paused")
    for name in ("Airbnb", "Vrbo"):
        with pytest.raises(NothingToRead):
            read_now(house.owner, house.feeds[name])


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


def test_whatever_somebody_has_to_see_to_says_what_to_do() -> None:
    assert set(HELP) <= set(SENTENCES)
    assert set(HELP) >= WANTED
