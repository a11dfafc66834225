"""Rate limits: counted per key over all processes, told in headers, and no reason to stand still when Redis is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pms.api.v1 import limits
from pms.kernel import embedded_servers
from tests.api.conftest import Hotel, a_key
from tests.services import environment


@pytest.fixture
def three_an_hour(hotel: Hotel) -> Iterator[None]:
    """So few that a test can use them up, in a window that does not end meanwhile."""
    with environment(OCTASPACE_API_RATE="3/day"):
        yield


def test_the_window_is_told_and_then_closed(hotel: Hotel, three_an_hour: None) -> None:
    answers = [hotel.get("/properties") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0", "0"]
    refused = answers[-1]
    assert refused.headers["RateLimit-Limit"] == "3"
    assert refused.headers["Retry-After"] == refused.headers["RateLimit-Reset"] == str(refused.json()["retry_after"])
    assert 0 < int(refused.headers["Retry-After"]) <= 86_400
    assert (refused.json()["code"], refused.headers["content-type"]) == ("too-many-requests", "application/problem+json")


def test_refusals_count_and_tell_too(hotel: Hotel, three_an_hour: None) -> None:
    answer = hotel.book({**hotel.room(), "room_type_id": str(hotel.property_id)})
    assert (answer.status_code, answer.headers["RateLimit-Remaining"]) == (404, "2")


def test_keys_do_not_pay_for_each_other(hotel: Hotel, three_an_hour: None) -> None:
    for _ in range(4):
        hotel.get("/properties")
    assert hotel.get("/properties", key=a_key(hotel.owner)).status_code == 200


def test_unknown_keys_are_counted_before_the_database_is_asked(hotel: Hotel, three_an_hour: None) -> None:
    answers = [hotel.get("/properties", key="osk_guess") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]


def test_with_redis_stopped_everybody_is_let_through_and_back_with_it_counted(
    hotel: Hotel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        TemporaryDirectory(prefix="octaspace-limits-") as folder,
        embedded_servers.redis(Path(folder)) as server,
        environment(REDIS_URL=server.url, OCTASPACE_API_RATE="3/day"),
    ):
        assert hotel.get("/properties").headers["RateLimit-Remaining"] == "2"
        embedded_servers.stop(server.process, server.farewell)
        answers = [hotel.get("/properties") for _ in range(5)]
        assert {answer.status_code for answer in answers} == {200}
        assert not any("RateLimit-Limit" in answer.headers for answer in answers)
        server.revive()
        monkeypatch.setattr(limits._Redis, "away_until", 0.0)  # the time of quiet is over
        assert hotel.get("/properties").headers["RateLimit-Remaining"] == "2"
    monkeypatch.setattr(limits._Redis, "away_until", 0.0)
