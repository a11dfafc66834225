"""The queues, and the worker that empties them."""

import os
from functools import cache
from typing import Any

from redis import Redis
from rq import Queue, Worker
from rq.exceptions import DuplicateJobError
from rq.executions import Execution
from rq.job import Job

from pms.kernel import logs
from pms.settings import Unready, settings

QUEUES = ("urgent", "default", "slow")
"""In the order they are emptied: what an OTA or a guest waits for, everything else, imports and reports."""

JOB_SECONDS = {"urgent": 60, "default": 300, "slow": 3600}
KEEP_SECONDS = 86_400  # a job's id is remembered this long, so that handing it on twice does it once


@cache
def _connection(url: str, pid: int) -> Redis:
    return Redis.from_url(url, health_check_interval=30)


def connection() -> Redis:
    """This process's Redis; made on first use, so that a fork never inherits a connection."""
    url = settings().redis_url
    if url is None:
        raise Unready("Set REDIS_URL, or use `python -m pms run`, which brings a Redis along.")
    return _connection(url, os.getpid())


def queue(name: str = "default") -> Queue:
    """One of QUEUES."""
    return Queue(name, connection=connection(), default_timeout=JOB_SECONDS[name])


def enqueue(job_id: str, function: str, *arguments: Any, queue_name: str = "default") -> None:
    """Have a worker call `function` ("workers.mail.confirm"), once for each job id; jobs must bear being done twice.

    A job id is made of letters, digits, `_` and `-`; see `name_job`.
    """
    try:
        queue(queue_name).enqueue_call(
            function,
            args=arguments,
            job_id=job_id,
            unique=True,
            timeout=JOB_SECONDS[queue_name],
            result_ttl=KEEP_SECONDS,
            failure_ttl=7 * KEEP_SECONDS,
        )
    except DuplicateJobError:
        logs.logger(__name__).debug("job is known already", job=job_id)


def name_job(function: str, *details: object) -> str:
    """A job id RQ accepts: `workers.mail.confirm`, 17 -> `workers_mail_confirm-17`."""
    return "-".join([function.replace(".", "_"), *map(str, details)])


class JobWorker(Worker):
    """RQ's worker; the lines a job writes, to log and journal, carry its id."""

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Do one job in the forked process."""
        with logs.request(job.id):
            return super().perform_job(job, queue, execution)


def work() -> None:
    """Empty the queues until told to stop; the job at hand is finished first."""
    logs.configure("worker")
    import pms.tables  # noqa: F401  (once here instead of in the fork of every job)

    logs.logger(__name__).info("worker started", queues=list(QUEUES))
    JobWorker(list(map(queue, QUEUES)), connection=connection()).work(logging_level="WARNING")
