"""What must be true of the machine before anything starts; each "no" is one sentence that says what to do."""

import socket
import sys
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from pms.settings import Unready, settings

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 12)
OLDEST_POSTGRES = 15
OLDEST_REDIS = (6, 2)
PATIENCE = 5


def python() -> None:
    """Refuses a Python that some of our libraries have no wheels for."""
    if not OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise Unready(f"Install Python 3.11 or 3.12 and name it, as in `make run PYTHON=python3.12`: this is {found}.")


def port_is_free() -> None:
    """Refuses when somebody else listens where we shall."""
    host, port = settings().host, settings().port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except PermissionError as problem:
        raise Unready(f"Set OCTASPACE_PORT to 1024 or above: this user may not listen on port {port}.") from problem
    except socket.gaierror as problem:
        raise Unready(f"Correct OCTASPACE_HOST: {host} is no address of this machine.") from problem
    except OSError as problem:
        raise Unready(
            f"Stop what listens on port {port}, or choose another: OCTASPACE_PORT={port + 1} make run"
            f" ({(problem.strerror or str(problem)).lower()})."
        ) from problem


def _where(url: str) -> str:
    """A server's address without its password, for sentences."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.hostname and parts.port else parts.hostname or parts.path or url


def postgres() -> None:
    """Refuses a database that does not answer or is older than what we use."""
    import psycopg

    url = settings().libpq_url or ""
    try:
        with psycopg.connect(url, connect_timeout=PATIENCE) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.Error as problem:
        reason = " ".join(str(problem).split())
        raise Unready(
            f"Check DATABASE_URL and that PostgreSQL runs at {_where(url)}, or unset it to use the embedded one ({reason})."
        ) from problem
    if version < OLDEST_POSTGRES:
        raise Unready(f"Upgrade PostgreSQL at {_where(url)} to {OLDEST_POSTGRES} or newer: it is version {version}.")


def redis() -> None:
    """Refuses a Redis (or Valkey) that does not answer or is older than what we use."""
    from redis import Redis, RedisError

    url = settings().redis_url or ""
    try:
        with Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE) as client:
            version = str(client.info("server")["redis_version"])
    except (RedisError, ValueError) as problem:
        raise Unready(
            f"Check REDIS_URL and that Redis runs at {_where(url)}, or unset it to use the embedded one ({problem})."
        ) from problem
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS:
        oldest = ".".join(map(str, OLDEST_REDIS))
        raise Unready(f"Upgrade Redis at {_where(url)} to {oldest} or newer (or Valkey): it is version {version}.")


def services() -> None:
    """Both servers, as DATABASE_URL and REDIS_URL name them."""
    postgres()
    redis()


def report() -> Iterator[tuple[str, str | None]]:
    """Every check by name with its complaint, or None when all is well; for `python -m pms check`."""
    checks: dict[str, Callable[[], object]] = {
        "settings": settings,
        "python": python,
        "port": port_is_free,
        "secret key": lambda: settings().secret_key,
    }
    if settings().database_url:
        checks["postgres"] = postgres
    if settings().redis_url:
        checks["redis"] = redis
    for name, check in checks.items():
        try:
            check()
        except Unready as complaint:
            yield name, str(complaint)
        else:
            yield name, None
