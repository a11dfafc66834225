"""The process that speaks to channels: it hears of what happens in the house, and dies without losing anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pms.kernel.actor import Actor
from tests.channels.conftest import OnChannel, on_channel
from tests.channels.processes import Process, running, until

pytestmark = pytest.mark.xdist_group("channel processes")


@pytest.fixture
def at_work(olga: Actor, tmp_path: Path) -> Iterator[tuple[OnChannel, dict[str, Process]]]:
    with on_channel(olga, "channex") as hotel, running(tmp_path, "relay", "channels") as processes:
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
