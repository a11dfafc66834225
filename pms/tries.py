"""How often somebody may try: counted in Redis over all processes, in this process alone while Redis is away."""

from __future__ import annotations

import logging
import math
import os
import time
from functools import cache

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from pms.kernel.refusals import Refusal
from pms.settings import settings

log = logging.getLogger("octaspace.tries")

PER_ACCOUNT = parse("8 per 5 minutes")
PER_ADDRESS = parse("40 per 5 minutes")


class TooManyTries(Refusal):
    sentence = "Too many tries. Wait {minutes} min and try again."
    status = 429


@cache
def _limiter(pid: int, url: str | None) -> MovingWindowRateLimiter:
    storage: Storage = storage_from_string(_spelled(url)) if url else MemoryStorage()  # type: ignore[assignment]
    return MovingWindowRateLimiter(storage)


def _spelled(url: str) -> str:
    return f"redis+{url}" if url.startswith("unix://") else url


def count(limit: RateLimitItem, *who: str) -> None:
    """Count one try of `who`. Refuses `TooManyTries` with the minutes to wait."""
    try:
        limiter = _limiter(os.getpid(), settings().redis_url)
        allowed = limiter.hit(limit, *who)
    except RedisError as problem:
        log.warning("counting tries without Redis: %s", problem)
        limiter = _limiter(os.getpid(), None)
        allowed = limiter.hit(limit, *who)
    if not allowed:
        wait = limiter.get_window_stats(limit, *who).reset_time - time.time()
        raise TooManyTries(minutes=max(1, math.ceil(wait / 60)))
