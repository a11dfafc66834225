"""Who runs the embedded servers of one var/ folder, and how everybody else finds them.

One process at a time holds the lock on var/: either the supervisor (`make run`), whom other commands join, or a single
command that starts the servers for as long as it works, whom others wait for.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Literal

import psutil

from pms.kernel import embedded_servers
from pms.kernel.embedded_servers import Server
from pms.settings import Unready, postgres_url, settings

Purpose = Literal["run", "command"]
WAIT_SECONDS = 120.0


@dataclass(frozen=True)
class Urls:
    """Where the two servers are, embedded or not; `servers` are the children this process has to look after."""

    database: str
    redis: str
    servers: tuple[tuple[str, Server], ...] = ()


@dataclass(frozen=True)
class Holder:
    """Who holds var/, as it wrote into var/run.json (readable by its user only: the addresses may hold passwords)."""

    pid: int
    purpose: Purpose
    port: int
    database: str = ""
    redis: str = ""


@contextmanager
def ensure(purpose: Purpose = "command") -> Iterator[Urls]:
    """Both servers' addresses, in the environment and in `settings()` too, for the duration.

    DATABASE_URL and REDIS_URL win; what they leave open comes from a running supervisor, or else is started here.
    Refused: Unready, in one sentence.
    """
    given = settings()
    if purpose == "command" and given.database_url and given.redis_url:
        yield Urls(given.database_url, given.redis_url)
        return
    with ExitStack() as stack:
        lock = _hold(given.var_dir, purpose)
        stack.callback(lock.close) if lock else None
        urls = _start(stack, given.var_dir) if lock else _join(given.var_dir)
        if lock:
            _announce(lock, given.var_dir, Holder(os.getpid(), purpose, given.port, urls.database, urls.redis))
        stack.enter_context(_in_environment(urls))
        yield urls


def _start(stack: ExitStack, var: Path) -> Urls:
    """Start what the environment does not name; the stack stops it."""
    database, redis, servers = settings().database_url, settings().redis_url, []
    if database is None:
        servers.append(("postgres", stack.enter_context(embedded_servers.postgres(var))))
        database = servers[-1][1].url
    if redis is None:
        servers.append(("redis", stack.enter_context(embedded_servers.redis(var))))
        redis = servers[-1][1].url
    return Urls(database, redis, tuple(servers))


def _join(var: Path) -> Urls:
    """Use what the supervisor uses, except for what our own environment names."""
    holder = _await_holder(var)
    return Urls(settings().database_url or postgres_url(holder.database), settings().redis_url or holder.redis)


def _hold(var: Path, purpose: Purpose) -> IO[str] | None:
    """The lock on var/, or None for a command that may join a running supervisor. Refused: Unready."""
    lock, deadline, told = _open_lock(var), time.monotonic() + WAIT_SECONDS, False
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = holder_of(var)
        else:
            _announce(lock, var, Holder(os.getpid(), purpose, settings().port))
            return lock
        if holder and holder.purpose == "run":
            lock.close()
            if purpose == "run":
                raise _second_run(var, holder)
            return None
        if time.monotonic() > deadline:
            raise Unready(f"Try again later: another Octaspace command (process {holder and holder.pid}) uses {var}.")
        if holder and not told:
            print(f"Waiting for another Octaspace command (process {holder.pid}) to finish ...", flush=True)
            told = True
        time.sleep(0.1)


def _second_run(var: Path, holder: Holder) -> Unready:
    return Unready(
        f"Stop the Octaspace that already runs on {var} (process {holder.pid}, port {holder.port}),"
        " or set OCTASPACE_VAR_DIR and OCTASPACE_PORT for a second one."
    )


def _open_lock(var: Path) -> IO[str]:
    try:
        var.mkdir(parents=True, exist_ok=True)
        return (var / "run.lock").open("a")
    except OSError as problem:
        raise Unready(f"Let this user write {var}, or set OCTASPACE_VAR_DIR ({problem.strerror}).") from problem


def holder_of(var: Path) -> Holder | None:
    """Who holds var/ now, if that process still lives and has got as far as saying so."""
    try:
        holder = Holder(**json.loads((var / "run.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return holder if psutil.pid_exists(holder.pid) else None


def _await_holder(var: Path) -> Holder:
    """The supervisor, once its servers are up."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        holder = holder_of(var)
        if holder is None:
            raise Unready(f"Start the command again: the Octaspace that ran on {var} has just ended.")
        if holder.database and holder.redis:
            return holder
        time.sleep(0.1)
    raise Unready(f"Look at the terminal of the running Octaspace (process {holder and holder.pid}): it does not get up.")


def _announce(lock: IO[str], var: Path, holder: Holder) -> None:
    """Write var/run.json whole or not at all; `lock` is asked for only so that nobody announces without holding it."""
    assert not lock.closed
    draft = var / "run.json.new"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(holder), file)
    draft.replace(var / "run.json")


@contextmanager
def _in_environment(urls: Urls) -> Iterator[None]:
    """Let children and `settings()` see the addresses; put the environment back afterwards."""
    before = {name: os.environ.get(name) for name in ("DATABASE_URL", "REDIS_URL")}
    os.environ.update(DATABASE_URL=urls.database, REDIS_URL=urls.redis)
    settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
        settings.cache_clear()
