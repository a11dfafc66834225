"""Channels by the command line: connected, mapped, told."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from pms.channels.connections import connection_of
from pms.cli import cli
from pms.kernel.actor import Actor, job_actor
from pms.kernel.db import work
from pms.settings import Unready
from tests.builders import a_property, a_room_type
from tests.channels.channex import FakeChannex
from tests.channels.fake import serving
from tests.services import environment
from workers.channels import speak


def said(*words: str) -> str:
    result = CliRunner().invoke(cli, ["channel", *words])
    if isinstance(result.exception, Unready):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_from_a_key_to_a_channel_that_shows_the_rooms(olga: Actor) -> None:
    property_id = a_property(olga)
    house = str(property_id)
    a_room_type(olga, property_id, "Double", 4)
    fake = FakeChannex()
    fake.add("room-D", ["rate-D"])
    with serving(fake), environment(OCTASPACE_CHANNEL_HOSTS=f'{{"channex": "{fake.url}"}}', OCTASPACE_CHANNEL_API_KEY=fake.key):
        assert "connected, for testing" in said("connect", "channex", fake.remote_property, "--property", house)
        assert said("map", "channex", "room-D", "Double", "--property", house) == "room-D is Double.\n"
        assert (
            said("map", "channex", "room-D/rate-D", "Double", "--plan", "FLEX", "--property", house)
            == "room-D/rate-D is Double FLEX.\n"
        )
        assert said("state", "channex", "live", "--property", house).endswith(": live.\n")
        assert olga.organization_id
        with work(olga) as db:
            connection = connection_of(db, property_id, "channex").id
        assert speak(job_actor(olga.organization_id, "channels"), connection, "channex")
        assert {night["rooms"] for (remote, _), night in fake.calendar.items() if remote == "room-D"} == {4}
        assert "room-D: nothing refused" in said("show", "channex", "--property", house)


def test_what_cannot_be_is_said_in_a_sentence(olga: Actor) -> None:
    house = str(a_property(olga))
    with environment(OCTASPACE_CHANNEL_API_KEY="secret"):
        with pytest.raises(Unready, match="no such channel"):
            said("connect", "fidonet", "P-1", "--property", house)
        said("connect", "channex", "P-1", "--property", house)
        with pytest.raises(Unready, match="already"):
            said("connect", "channex", "P-2", "--property", house)
        with pytest.raises(Unready, match="There is no Suite"):
            said("map", "channex", "room-S", "Suite", "--property", house)
        with pytest.raises(Unready, match="no such state"):
            said("state", "channex", "asleep", "--property", house)
    with pytest.raises(Unready, match="OCTASPACE_CHANNEL_API_KEY"):
        said("connect", "channex", "P-2", "--property", house)
