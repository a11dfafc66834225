"""Whether this process lives, and whether it is of use."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from fastapi import APIRouter, Response
from psycopg import Error as PsycopgError
from redis import Redis, RedisError
from sqlalchemy.exc import SQLAlchemyError

from pms.kernel import outbox
from pms.kernel.actor import RELAY
from pms.kernel.db import work
from pms.settings import settings

LATE_SECONDS = 30.0  # older than this and screens are stale enough to mislead
PATIENCE = 2.0
health = APIRouter(include_in_schema=False)


@cache
def _redis(url: str, pid: int) -> Redis:
    return Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)


def _ask_redis() -> str:
    try:
        _redis(settings().redis_url or "", os.getpid()).ping()
    except (RedisError, ValueError):
        return "unreachable"
    return "ok"


def _ask_database() -> dict[str, Any]:
    try:
        with work(RELAY) as db:
            rows, seconds = outbox.lag(db)
    except (SQLAlchemyError, PsycopgError, RuntimeError):
        return {"database": "unreachable", "relay": "unknown"}
    relay = "ok" if seconds <= LATE_SECONDS else "behind"
    return {"database": "ok", "relay": relay, "relay_rows": rows, "relay_seconds": round(seconds, 1)}


@health.get("/healthz")
async def alive() -> dict[str, str]:
    """Whether this process answers; nothing behind it is asked, so that its troubles restart nobody."""
    return {"status": "ok"}


@health.get("/readyz")
def ready(response: Response) -> dict[str, Any]:
    """Whether requests should come here: 503 while the database, Redis or the relay is not up to it."""
    parts = {**_ask_database(), "redis": _ask_redis()}
    fine = all(parts[name] == "ok" for name in ("database", "redis", "relay"))
    response.status_code = 200 if fine else 503
    return {"status": "ok" if fine else "unready", **parts}
