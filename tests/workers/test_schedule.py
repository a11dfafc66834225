"""The clock: entries are scheduled once, survive a restart of Redis, and run."""

import pytest
from redis import Redis

from pms.settings import settings
from workers.queues import JobWorker, connection, queue
from workers.schedule import ENTRIES, PREFIX, ClockScheduler


@pytest.fixture
def clock(empty_database: str) -> ClockScheduler:
    Redis.from_url(settings().redis_url or "").flushdb()
    return ClockScheduler(connection=connection(), interval=1)


def scheduled(clock: ClockScheduler) -> dict[str, float]:
    return {key.decode(): due for key, due in clock.connection.zrange(clock.scheduled_jobs_key, 0, -1, withscores=True)}


def test_registering_again_keeps_everybodys_turn(clock: ClockScheduler) -> None:
    clock.register()
    before = scheduled(clock)
    clock.register()
    assert scheduled(clock) == before
    assert before.keys() == {entry.id for entry in ENTRIES}


def test_an_entry_that_left_the_table_is_dropped(clock: ClockScheduler) -> None:
    clock.connection.zadd(clock.scheduled_jobs_key, {f"{PREFIX}of_old": 0, "somebody_elses": 9e9})
    clock.register()
    assert f"{PREFIX}of_old" not in scheduled(clock)
    assert "somebody_elses" in scheduled(clock)


def test_what_redis_forgot_is_put_back_and_runs(clock: ClockScheduler) -> None:
    clock.register()
    clock.connection.flushdb()
    clock.enqueue_jobs()
    due = {entry.id for entry in ENTRIES if entry.queue == queue().name}
    assert set(queue().job_ids) == due
    JobWorker([queue()], connection=connection()).work(burst=True, logging_level="ERROR")
    assert queue().job_ids == []
    assert set(queue().finished_job_registry.get_job_ids()) == due
    assert all(scheduled(clock)[id] > 0 for id in due)
