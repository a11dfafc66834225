"""The process that speaks to channels: it hears of what happens in the house, and dies without losing anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pms.kernel import embedded_servers
from tests.builders import a_cast
from tests.channels.conftest import OnChannel, on_channel
from tests.channels.fake import SOON
from tests.channels.otas import OTAS
from tests.channels.processes import Process, answers, running, until
from tests.channels.storm import assert_all_is_well, blow, killer
from tests.services import environment, free_port

pytestmark = pytest.mark.xdist_group("channel processes")


@pytest.fixture
def at_work(new_database: Callable[[], str], services: None, tmp_path: Path) -> Iterator[tuple[OnChannel, dict[str, Process]]]:
    """In a database of its own: these processes speak for every connection they find."""
    with ExitStack() as stack:
        stack.enter_context(environment(DATABASE_URL=new_database()))
        hotel = stack.enter_context(on_channel(a_cast().olga, "channex"))
        processes = stack.enter_context(running(tmp_path, "relay", "channels"))
        until(lambda: hotel.shown("room-D", 499).get("rooms") == 3, "everything is told")
        yield hotel, processes


def test_a_sale_is_told_a_booking_taken_in_and_a_killed_process_loses_neither(
    at_work: tuple[OnChannel, dict[str, Process]],
) -> None:
    hotel, processes = at_work
    hotel.book(2, 5)
    until(lambda: hotel.shown("room-D", 2).get("rooms") == 2, "a sale is told")
    hotel.later()
    until(lambda: hotel.shown("room-D", 2).get("rooms") == 2, "and stays told")
    sold = hotel.fake.sell([hotel.sale(2, 5)])
    assert sold
    processes["channels"].kill()
    processes["relay"].kill()
    hotel.later()
    until(lambda: hotel.fake.waiting == [], "the booking is taken in and thanked for")
    hotel.book(2, 5)
    until(lambda: hotel.shown("room-D", 2).get("rooms") == 0, "the last room is closed")
    assert hotel.stays(sold) == [(hotel.day(2), hotel.day(5), "confirmed")]
    assert "Traceback" not in processes["channels"].said()


def test_a_storm_over_processes_that_are_killed_loses_nothing_and_doubles_nothing(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    """Everybody sells at once, every fifth call fails, and whoever works here is killed twice; `make bench` blows harder."""
    with ExitStack() as stack:
        redis = stack.enter_context(embedded_servers.redis(tmp_path))
        owned = {"OCTASPACE_VAR_DIR": str(tmp_path), "REDIS_URL": redis.url, "DATABASE_URL": new_database()}
        stack.enter_context(environment(**owned, **SOON))
        owner, port, hotels = a_cast().olga, free_port(), list[OnChannel]()
        for name in (name for name in OTAS if OTAS[name].sells):
            beside = hotels[0] if hotels else None
            hotels.append(stack.enter_context(on_channel(owner, name, beside, f"http://127.0.0.1:{port}")))
        processes = stack.enter_context(running(tmp_path, "relay", "channels", door=port))
        until(lambda: answers(port), "the door is open")
        until(lambda: all(hotel.shown("room-D", 9).get("rooms") == 3 for hotel in hotels), "everybody is told")
        storm = blow(hotels, each=8, seconds=8, faults=0.2, disturb=killer(processes, redis))
        assert_all_is_well(hotels, storm)
