"""How often one key may ask, counted in Redis for all processes together.

A fixed window aligned to the clock: one round trip, and the caller can be told exactly when it ends. Redis is a messenger:
without it nobody is counted and everybody is let through.
"""

from __future__ import annotations

import os
import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from limits import RateLimitItem, parse
from limits.storage import RedisStorage
from redis import RedisError

from pms.kernel.logs import logger
from pms.kernel.refusals import Refusal
from pms.settings import settings

PATIENCE = 0.25
QUIET_SECONDS = 10.0
"""After Redis failed, how long nobody tries it again: a dead one must not slow every request down."""
STANDING = "octaspace.standing"
"""Where in a request's scope its `Standing` is, for the headers of whatever is answered."""
log = logger(__name__)


class TooManyRequests(Refusal):
    """The key has used up its window; `retry_after` is seconds until the next."""

    sentence = "Too many requests. Try again in {retry_after} seconds."
    status = 429

    @property
    def headers(self) -> dict[str, str]:
        """What HTTP clients wait by."""
        return {"Retry-After": str(self.data["retry_after"])}


@dataclass(frozen=True)
class Standing:
    """How a key stands in the present window; `reset` is seconds until the next."""

    limit: int
    remaining: int
    reset: int

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """As response headers."""
        left = max(0, self.remaining)
        named = ((b"ratelimit-limit", self.limit), (b"ratelimit-remaining", left), (b"ratelimit-reset", self.reset))
        return [(name, str(number).encode()) for name, number in named]


@cache
def _storage(url: str, pid: int) -> RedisStorage:
    address = url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url
    return RedisStorage(address, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)


@cache
def _item(rate: str) -> RateLimitItem:
    return parse(rate)


class _Redis:
    """When this process may try Redis again."""

    away_until = 0.0


def count(who: str) -> Standing | None:
    """Count one request of `who`; None while Redis is away."""
    item, now = _item(settings().api_rate), time.time()
    if time.monotonic() < _Redis.away_until:
        return None
    window, into = divmod(now, item.get_expiry())
    try:
        used = _storage(settings().redis_url or "", os.getpid()).incr(item.key_for(who, int(window)), item.get_expiry())
    except (RedisError, ValueError) as error:
        _Redis.away_until = time.monotonic() + QUIET_SECONDS
        log.warning("requests are not counted: Redis is away", error=str(error))
        return None
    return Standing(item.amount, item.amount - used, max(1, round(item.get_expiry() - into)))


def admit(scope: MutableMapping[str, Any], who: str) -> None:
    """Count one request of `who` and leave their standing in its scope. Refuses `TooManyRequests`."""
    standing = scope[STANDING] = count(who)
    if standing is not None and standing.remaining < 0:
        raise TooManyRequests(retry_after=standing.reset, limit=standing.limit)
