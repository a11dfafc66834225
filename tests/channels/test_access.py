"""What lets us in at a channel: asked for whole, in one of several ways, in the words it can be."""

from __future__ import annotations

import pytest

from pms.channels.adapters import ADAPTERS
from pms.channels.connections import alternatives, change_credentials, connect
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.refusals import BadInput
from tests.builders import a_property

WAYS = [(channel, way) for channel, adapter in ADAPTERS.items() for way in adapter.ways]


def needed(channel: str) -> dict[str, str]:
    return {one.name: "x" for one in ADAPTERS[channel].credentials if one.needed}


@pytest.mark.parametrize(("channel", "way"), WAYS)
def test_each_way_in_is_enough_by_itself(olga: Actor, channel: str, way: tuple[str, ...]) -> None:
    with work(olga) as db:
        connect(db, a_property(olga), channel, "P-1", needed(channel) | dict.fromkeys(way, "x"))


def test_half_of_a_way_in_is_refused_and_says_what_is_needed(olga: Actor) -> None:
    house = a_property(olga)
    for told in ({}, {"client_id": "x"}, {"client_secret": "x"}, {"client_id": "x", "client_secret": "  "}):
        with pytest.raises(BadInput) as refused, work(olga) as db:
            connect(db, house, "agoda", "P-1", told)
        assert refused.value.field == "credentials"
        assert refused.value.say("en") == "The channel asks for more: Client ID and Client secret, or API key."
    said = refused.value.say("de")
    assert " und " in said
    assert ", oder " in said


def test_what_is_needed_is_said_in_the_readers_language(olga: Actor) -> None:
    with pytest.raises(BadInput) as refused, work(olga) as db:
        connect(db, a_property(olga), "trip_com", "P-1", {"id": "x"})
    assert "Partnernummer" in refused.value.say("de")
    assert alternatives([["API key"]], "en") == "API key"


def test_a_word_the_channel_does_not_have_is_refused(olga: Actor) -> None:
    told = needed("booking_com") | {"pricing": "Ocupancy"}
    house = a_property(olga)
    with pytest.raises(BadInput, match="Pricing") as refused, work(olga) as db:
        connect(db, house, "booking_com", "P-1", told)
    assert refused.value.field == "credentials"
    with work(olga) as db:
        row = connect(db, house, "booking_com", "P-1", told | {"pricing": "occupancy"})
        change_credentials(db, row.id, row.version, {"target": "Test"})
