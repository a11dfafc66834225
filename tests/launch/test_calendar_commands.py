"""Calendars by the command line."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from pms.channels.calendars.queries import feeds_of
from pms.channels.calendars.read import read
from pms.channels.calendars.sync import learn
from pms.cli import cli
from pms.kernel.actor import Actor, job_actor
from pms.kernel.dates import DAY, today
from pms.kernel.db import work
from pms.settings import Unready
from tests.builders import a_property, a_room_type
from tests.channels.calendars.sites import airbnb, airbnb_sold
from tests.services import environment

LINK = "https://www.airbnb.com/calendar/ical/1.ics?s=hush"


def said(*words: str) -> str:
    result = CliRunner().invoke(cli, ["channel", "calendar", *words])
    if isinstance(result.exception, Unready):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_a_calendar_is_added_listed_paused_and_removed(olga: Actor) -> None:
    property_id = a_property(olga)
    house = str(property_id)
    a_room_type(olga, property_id, "Double", 2)
    with environment(OCTASPACE_CALENDAR_LINK=LINK):
        added = said("add", "Airbnb", "--unit", "Double 1", "--property", house)
    assert "read every 15 minutes" in added
    ours = added.splitlines()[-1]
    assert ours.endswith(".ics")
    listed = said("list", "--property", house)
    assert "1  Double 1 on Airbnb: live. Read from www.airbnb.com: never. Asked for: never." in listed
    assert ours not in listed
    assert ours in said("list", "--links", "--property", house)
    assert "hush" not in added + said("list", "--links", "--property", house)
    assert said("state", "1", "paused", "--property", house) == "Double 1 on Airbnb: paused.\n"
    assert "removed" in said("remove", "1", "--property", house)
    assert said("list", "--property", house) == ""


def test_a_room_type_is_told_only(olga: Actor) -> None:
    property_id = a_property(olga)
    a_room_type(olga, property_id, "Double", 2)
    added = said("add", "Vrbo", "--room-type", "Double", "--property", str(property_id))
    assert "read every" not in added


def test_what_there_is_to_tell_is_said_in_sentences(olga: Actor) -> None:
    property_id = a_property(olga)
    a_room_type(olga, property_id, "Double", 2)
    here = today("Europe/Vilnius")
    with environment(OCTASPACE_CALENDAR_LINK=LINK):
        said("add", "Airbnb", "--unit", "Double 1", "--property", str(property_id))
    with work(olga) as db:
        (line,) = feeds_of(db, property_id)
    assert olga.organization_id
    entries = airbnb_sold(here + DAY, here + 3 * DAY), airbnb_sold(here + 2 * DAY, here + 4 * DAY, "HMZZZZ9999")
    learn(job_actor(olga.organization_id, "t"), line.id, read(airbnb(*entries), "Europe/Vilnius"))
    listed = said("list", "--property", str(property_id))
    assert "Two entries overlap" in listed
    assert "has no unit" in listed


def test_what_cannot_be_is_said_in_a_sentence(olga: Actor) -> None:
    property_id = a_property(olga)
    house = str(property_id)
    a_room_type(olga, property_id, "Double", 2)
    with pytest.raises(Unready, match="either a unit or a room type"):
        said("add", "Airbnb", "--property", house)
    with pytest.raises(Unready, match="OCTASPACE_CALENDAR_LINK"):
        said("add", "Airbnb", "--unit", "Double 1", "--property", house)
    with environment(OCTASPACE_CALENDAR_LINK="http://example.com/a.ics"), pytest.raises(Unready, match="https"):
        said("add", "Airbnb", "--unit", "Double 1", "--property", house)
    with environment(OCTASPACE_CALENDAR_LINK=""):
        with pytest.raises(Unready, match="There is no Suite"):
            said("add", "Airbnb", "--unit", "Suite", "--property", house)
        said("add", "Airbnb", "--unit", "Double 1", "--property", house)
        with pytest.raises(Unready, match="already"):
            said("add", "airbnb", "--unit", "Double 1", "--property", house)
        with pytest.raises(Unready, match="no such state"):
            said("state", "1", "asleep", "--property", house)
        with pytest.raises(Unready, match="There is no calendar 7"):
            said("remove", "7", "--property", house)
