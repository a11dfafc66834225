"""How often somebody may try: counted in Redis over all processes, in this process alone while Redis is away."""

from __future__ import annotations

import logging
import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from pms.kernel.refusals import Refusal
from pms.settings import settings

log = logging.getLogger("octaspace.tries")

PER_ACCOUNT = parse("8 per 5 minutes")
"""Of one account from one address."""
PER_ADDRESS = parse("40 per 5 minutes")
PER_ACCOUNT_ANYWHERE = parse("60 per 15 minutes")
"""Of one account from all addresses that it is not at home at; one address alone cannot use it up."""
AT_HOME = parse("1 per 30 days")
"""An address counts as an account's own for so long after a success: somebody else's guessing does not lock it out there."""


class TooManyTries(Refusal):
    sentence = "Too many tries. Wait {minutes} min and try again."
    status = 429


class _Limiter(MovingWindowRateLimiter):
    """Counts, and takes a count back, which the library does not offer."""

    def give_back(self, limit: RateLimitItem, *who: str) -> bool:
        """Take the newest count of `who` away. Of some made at once any will do: they are of the same moment."""
        key = limit.key_for(*who)
        if isinstance(self.storage, RedisStorage):
            return self.storage.storage.lpop(self.storage.prefixed_key(key)) is not None  # the newest stands first
        assert isinstance(self.storage, MemoryStorage)
        with self.storage.locks[key]:
            return bool(self.storage.events.get(key)) and self.storage.events[key].pop(0) is not None


@cache
def _limiter(pid: int, url: str | None) -> _Limiter:
    storage: Storage = storage_from_string(_spelled(url)) if url else MemoryStorage()  # type: ignore[assignment]
    return _Limiter(storage)


def _spelled(url: str) -> str:
    return f"redis+{url}" if url.startswith("unix://") else url


def count(limit: RateLimitItem, *who: str) -> None:
    """Count one try of `who`. Refuses `TooManyTries` with the minutes to wait."""
    limiter, allowed = _asked(lambda limiter: limiter.hit(limit, *who))
    if not allowed:
        wait = limiter.get_window_stats(limit, *who).reset_time - time.time()
        raise TooManyTries(minutes=max(1, math.ceil(wait / 60)))


@contextmanager
def signing_in(address: str, account: str, proven: type[Refusal]) -> Iterator[None]:
    """A try to sign in: of the address, of the account from there, and of the account from anywhere but home.

    It counts from the beginning, so that many at once are counted too; if it succeeds, or ends with `proven`, the refusal of
    somebody who knows the password, it was no guess and counts for nothing. Refuses `TooManyTries`.
    """
    counted = [(PER_ADDRESS, ("sign-in", address)), (PER_ACCOUNT, ("sign-in", address, account))]
    if not is_at_home(address, account):
        counted.append((PER_ACCOUNT_ANYWHERE, ("sign-in", account)))
    for limit, who in counted:
        count(limit, *who)
    try:
        yield
    except proven:
        _give_back(counted)
        raise
    _give_back(counted)
    _asked(lambda limiter: limiter.hit(AT_HOME, "home", address, account))


def _give_back(counted: list[tuple[RateLimitItem, tuple[str, ...]]]) -> None:
    for limit, who in counted:
        _asked(lambda limiter, limit=limit, who=who: limiter.give_back(limit, *who))  # type: ignore[misc]


def is_at_home(address: str, account: str) -> bool:
    """Whether the account signed in from there in the last weeks."""
    return not _asked(lambda limiter: limiter.test(AT_HOME, "home", address, account))[1]


def _asked(ask: Callable[[_Limiter], bool]) -> tuple[_Limiter, bool]:
    """Who counts now, and its answer: Redis, or this process while Redis is away."""
    try:
        limiter = _limiter(os.getpid(), settings().redis_url)
        return limiter, ask(limiter)
    except RedisError as problem:
        log.warning("counting tries without Redis: %s", problem)
        limiter = _limiter(os.getpid(), None)
        return limiter, ask(limiter)
