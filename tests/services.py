"""Real PostgreSQL and Redis for tests.

One PostgreSQL serves the whole run, however many pytest-xdist workers there are; each worker has a database cloned from
one migrated template, and a Redis of its own (publish/subscribe knows no database numbers). All of it is unsafe and fast,
lives in a temporary folder, and ends with the run, also when the run is killed.

Load it with `pytest_plugins = ["tests.services"]` in tests/conftest.py.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from random import SystemRandom
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from pms.kernel import embedded_servers
from pms.kernel.embedded_servers import OWNER, postgres_address
from pms.kernel.migrate import migrate
from pms.settings import settings

TEMPLATE = "octaspace_template"
PORTS = range(20_000, 32_000)
"""No system takes them for calls that go out: a server that is killed finds its port free when it comes back."""
_stack, _folder = pytest.StashKey[ExitStack](), pytest.StashKey[Path]()


def free_port() -> int:
    """A port nobody listens on just now."""
    while True:
        port = SystemRandom().choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _start_once(config: pytest.Config) -> Path:
    """The socket folder of the run's PostgreSQL; only the controlling process starts it."""
    if _folder not in config.stash:
        stack = config.stash[_stack] = ExitStack()
        root = Path(tempfile.mkdtemp(prefix="octaspace-tests-"))
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        stack.enter_context(embedded_servers.postgres(root, durable=False))
        config.stash[_folder] = embedded_servers.socket_folder(root)
    return config.stash[_folder]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """pytest-xdist: tell each worker where the one PostgreSQL is."""
    node.workerinput["postgres_folder"] = str(_start_once(node.config))  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what this process started."""
    if _stack in config.stash:
        config.stash[_stack].close()


def superuser(folder: Path, database: str = "postgres") -> psycopg.Connection:
    """A connection that may do everything, for fixtures and for tests that look from outside."""
    return psycopg.connect(host=str(folder), user="postgres", dbname=database, autocommit=True)


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Environment variables for the duration, seen by `settings()` too."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        settings.cache_clear()


@pytest.fixture(scope="session")
def postgres_folder(request: pytest.FixtureRequest) -> Path:
    """Where the run's PostgreSQL has its socket; its superuser is `postgres`, without a password."""
    told = getattr(request.config, "workerinput", {}).get("postgres_folder")
    return Path(told) if told else _start_once(request.config)


@pytest.fixture(scope="session")
def migrated_template(postgres_folder: Path) -> str:
    """The name of a database with all migrations and no rows, to be cloned; made by the first worker to ask."""
    with superuser(postgres_folder) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TEMPLATE,)).fetchone():
            draft = f"{TEMPLATE}_draft"
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(draft)))
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(draft), sql.Identifier(OWNER)))
            with environment(DATABASE_URL=postgres_address(postgres_folder, database=draft)):
                migrate()
            connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(TEMPLATE)))
    return TEMPLATE


@contextmanager
def cloned(folder: Path, template: str, name: str) -> Iterator[str]:
    """A database with the template's tables, dropped at the end; yields its URL (owner `octaspace`)."""
    with superuser(folder) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER)
            )
        )
    try:
        yield postgres_address(folder, database=name)
    finally:
        with superuser(folder) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def database_url(postgres_folder: Path, migrated_template: str) -> Iterator[str]:
    """This worker's migrated database, for the whole session; tests keep apart by organization."""
    with cloned(postgres_folder, migrated_template, f"worker_{os.getpid()}") as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """This worker's own Redis, for the whole session."""
    with tempfile.TemporaryDirectory(prefix="octaspace-redis-") as folder, embedded_servers.redis(Path(folder)) as server:
        yield server.url


@pytest.fixture(scope="session")
def services(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """DATABASE_URL, REDIS_URL and a var/ of its own for this worker, in the environment and in `settings()`."""
    var = str(tmp_path_factory.mktemp("var"))
    with environment(DATABASE_URL=database_url, REDIS_URL=redis_url, OCTASPACE_VAR_DIR=var):
        yield


@pytest.fixture
def new_database(postgres_folder: Path, migrated_template: str) -> Iterator[Callable[[], str]]:
    """Makes further migrated, empty databases for one test (about 50 ms each); dropped after it."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(cloned(postgres_folder, migrated_template, f"test_{uuid4().hex}"))


@pytest.fixture
def empty_database(services: None, new_database: Callable[[], str]) -> Iterator[str]:
    """A migrated database without a single row as DATABASE_URL, for tests that count everything."""
    url = new_database()
    with environment(DATABASE_URL=url):
        yield url
