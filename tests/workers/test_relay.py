"""The relay hands on every journal row at least once, to screens and to jobs, and survives what it stands on."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from redis import Redis, RedisError
from redis.client import PubSub
from rq.job import Job as QueuedJob

from pms import reactions
from pms.channels.connections import connect
from pms.channels.models import Connection
from pms.kernel.actor import RELAY, Actor
from pms.kernel.db import work
from pms.kernel.outbox import lag, record, waiting
from pms.reactions import LIVE_CHANNEL, Job, Reaction
from pms.settings import ROOT, settings
from tests.builders import a_property
from tests.channels.processes import running, until
from workers.queues import connection, enqueue, name_job, queue
from workers.relay import hand_on_waiting


@pytest.fixture
def ears(empty_database: str) -> Iterator[PubSub]:
    """A subscription to what live screens hear, over an empty journal."""
    redis = Redis.from_url(settings().redis_url or "")
    redis.flushdb()
    with redis.pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe(LIVE_CHANNEL)
        listener.get_message(timeout=5)
        yield listener


def heard(ears: PubSub, patience: float = 5.0) -> dict[str, object]:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if message := ears.get_message(timeout=0.1):
            return dict(json.loads(message["data"]))
    raise AssertionError("nothing was heard")


def somebody() -> Actor:
    return Actor("job", uuid4(), "Night audit", uuid4())


def test_a_row_reaches_screens_and_is_handed_on_once(ears: PubSub) -> None:
    actor, stay = somebody(), uuid4()
    with work(actor) as db:
        record(db, "stay.moved", "stay", stay, before={"unit": "101"}, after={"unit": "102"})
    assert hand_on_waiting() == 1
    message = heard(ears)
    assert message["topics"] == ["calendar", "reservations"]
    assert message["entity_id"] == str(stay)
    assert message["organization_id"] == str(actor.organization_id)
    assert hand_on_waiting() == 0
    with work(RELAY) as db:
        assert lag(db)[0] == 0


def test_what_concerns_no_screen_is_not_said(ears: PubSub) -> None:
    with work(somebody()) as db:
        record(db, "weather.changed", "weather", None)
    assert hand_on_waiting() == 1
    assert ears.get_message(timeout=0.2) is None


def test_redis_failing_loses_nothing(ears: PubSub, monkeypatch: pytest.MonkeyPatch) -> None:
    with work(somebody()) as db:
        record(db, "stay.moved", "stay", uuid4())
    working = settings().redis_url or ""
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    settings.cache_clear()
    with pytest.raises(RedisError, match="refused"):
        hand_on_waiting()
    monkeypatch.setenv("REDIS_URL", working)
    settings.cache_clear()
    assert hand_on_waiting() == 1
    assert heard(ears)["event"] == "stay.moved"


def test_channels_hear_of_a_sale_though_redis_is_away(ears: PubSub, olga: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    house = a_property(olga)
    with work(olga) as db:
        connection = connect(db, house, "channex", "P-1", {"api_key": "secret"}).id
        record(db, "stay.booked", "stay", uuid4(), house)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    settings.cache_clear()
    with pytest.raises(RedisError, match="refused"):
        hand_on_waiting()
    monkeypatch.undo()
    settings.cache_clear()
    with work(olga) as db:
        row = db.one(Connection, connection)
        assert row.rooms_news > row.rooms_told
        assert row.all_news == 0, "a sale moves no price"
    assert hand_on_waiting() > 0, "screens hear of it later"


@pytest.mark.parametrize("step", ["message", "jobs"])
def test_a_row_that_nobody_can_hand_on_holds_up_no_other(ears: PubSub, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    usual = getattr(reactions, step)

    def broken(asked: object) -> object:
        if "poison" in str(asked):
            raise ValueError("a bug of ours")
        return usual(asked)

    monkeypatch.setattr(reactions, step, broken)
    with work(somebody()) as db:
        record(db, "stay.poison", "stay", uuid4())
        record(db, "stay.moved", "stay", uuid4())
    assert hand_on_waiting() == 2
    events = [heard(ears)["event"] for _ in range(1 if step == "message" else 2)]
    assert events[-1] == "stay.moved"
    assert hand_on_waiting() == 0


def test_jobs_are_enqueued_under_a_name_of_their_own(ears: PubSub, monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"guest.merged": Reaction(jobs=(Job("workers.upkeep.watch_relay", "slow"),))}
    monkeypatch.setattr(reactions, "REACTIONS", table)
    with work(somebody()) as db:
        record(db, "guest.merged", "guest", uuid4())
    with work(RELAY) as db:
        row = waiting(db)[0]["id"]
    hand_on_waiting()
    job = QueuedJob.fetch(name_job("workers.upkeep.watch_relay", row), connection=connection())
    assert job.args == (row,)
    assert job.origin == "slow"


def test_enqueuing_twice_does_it_once(ears: PubSub) -> None:
    for _ in range(2):
        enqueue("only-once", "workers.upkeep.watch_relay")
    assert queue().job_ids == ["only-once"]


def test_the_relay_process_hands_on_within_a_moment_and_stops_when_told(ears: PubSub) -> None:
    command = [sys.executable, "-m", "pms", "relay"]
    relay = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, text=True)
    try:
        assert "relay started" in (relay.stdout.readline() if relay.stdout else "")
        with work(somebody()) as db:
            record(db, "stay.moved", "stay", uuid4())
        assert heard(ears, 20)["event"] == "stay.moved"
    finally:
        relay.send_signal(signal.SIGTERM)
        assert relay.wait(10) == 0


def test_the_relay_outlives_whoever_holds_a_connection_for_long(olga: Actor, tmp_path: Path) -> None:
    house = a_property(olga)
    with work(olga) as db:
        row = connect(db, house, "channex", "P-1", {"api_key": "secret"})
    with running(tmp_path, "relay") as processes:
        with work(olga) as held:
            held.one(Connection, row.id, lock=True)
            with work(olga) as db:
                record(db, "stay.booked", "stay", uuid4(), house)
            until(lambda: "trying again" in processes["relay"].said(), "it could not tell the channel")

        def is_news() -> bool:
            with work(olga) as db:
                return db.one(Connection, row.id).rooms_news > 0

        until(is_news, "it tells it later")
        assert processes["relay"].process.poll() is None
