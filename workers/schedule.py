"""What happens by the clock: one table of entries, handed to the queues by rq-scheduler."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rq_scheduler import Scheduler

from pms.kernel import logs
from workers.queues import JOB_SECONDS, connection, name_job

LOOK_EVERY_SECONDS = 5
PREFIX = "schedule-"


@dataclass(frozen=True)
class Entry:
    """A job function without arguments, and how often it is due."""

    function: str
    every: timedelta
    queue: str = "default"

    @property
    def id(self) -> str:
        """The same for every scheduler, so that several of them schedule it once."""
        return PREFIX + name_job(self.function)


ENTRIES = (
    Entry("workers.upkeep.watch_relay", timedelta(minutes=1)),
    Entry("workers.upkeep.release_rooms", timedelta(minutes=1)),
    Entry("workers.imports.pick_up", timedelta(minutes=1), "slow"),
    Entry("workers.calendars.fetch_due", timedelta(minutes=1), "slow"),
)


class ClockScheduler(Scheduler):
    """rq-scheduler that puts back what a Redis restart forgot, and drops what the table no longer has."""

    def enqueue_jobs(self) -> Any:
        """One look at the clock."""
        self.register()
        return super().enqueue_jobs()

    def register(self) -> None:
        """Make Redis agree with ENTRIES; entries that are there keep their turn."""
        stored = {key.decode() for key in self.connection.zrange(self.scheduled_jobs_key, 0, -1)}
        wanted = {entry.id: entry for entry in ENTRIES}
        for stale in {key for key in stored if key.startswith(PREFIX)} - wanted.keys():
            self.cancel(stale)
        for missing in wanted.keys() - stored:
            self._add(wanted[missing])

    def _add(self, entry: Entry) -> None:
        self.schedule(
            datetime.now(UTC),
            entry.function,
            interval=int(entry.every.total_seconds()),
            id=entry.id,
            queue_name=entry.queue,
            timeout=JOB_SECONDS[entry.queue],
            result_ttl=3600,
        )


def scheduler() -> None:
    """Look at the clock until told to stop; several may run, one at a time looks."""
    logs.configure("scheduler")
    logs.logger(__name__).info("scheduler started", entries=len(ENTRIES))
    ClockScheduler(connection=connection(), interval=LOOK_EVERY_SECONDS).run()
