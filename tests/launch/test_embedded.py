"""The embedded servers: private, found by everybody on one var/, and careful with what is not theirs."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
from redis import Redis

from pms.kernel import embedded, embedded_servers
from pms.settings import ROOT, Unready, settings
from tests.launch.conftest import surroundings, until
from tests.services import environment, free_port

HOLD = "from pms.kernel.embedded import ensure\nwith ensure() as urls:\n    print(urls.database, flush=True)\n    input()\n"


def ask_postgres(url: str) -> object:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return connection.execute("SELECT current_database()").fetchone()


@pytest.fixture
def nothing_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with no servers named, and its var/."""
    for name in ("DATABASE_URL", "REDIS_URL", "OWNER_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OCTASPACE_VAR_DIR", str(tmp_path / "var"))
    settings.cache_clear()
    return tmp_path / "var"


def test_both_start_listen_to_their_user_only_and_leave(nothing_named: Path) -> None:
    with embedded.ensure() as urls:
        assert settings().database_url == urls.database
        assert ask_postgres(urls.database) == ("octaspace",)
        assert Redis.from_url(urls.redis).ping()
        assert stat.S_IMODE((nothing_named / "run").stat().st_mode) == 0o700
        assert stat.S_IMODE((nothing_named / "run.json").stat().st_mode) == 0o600
        listening = [c for name, server in urls.servers for c in _tcp(server.process.pid)]
        assert listening == []
    assert settings().database_url is None
    assert not list((nothing_named / "run").glob(".s.PGSQL.5432"))


def _tcp(pid: int) -> list[object]:
    return [c for c in psutil.Process(pid).net_connections("inet") if c.status == psutil.CONN_LISTEN]


def test_what_is_named_is_not_started(nothing_named: Path) -> None:
    given = f"postgresql://me@127.0.0.1:{free_port()}/mine"
    with environment(DATABASE_URL=given), embedded.ensure() as urls:
        assert [name for name, _ in urls.servers] == ["redis"]
        assert urls.database == given.replace("postgresql:", "postgresql+psycopg:")
    assert not (nothing_named / "postgres").exists()


def test_a_path_too_long_for_a_socket_still_works(nothing_named: Path) -> None:
    deep = nothing_named / ("d" * 60) / ("e" * 60)
    with environment(OCTASPACE_VAR_DIR=str(deep)), embedded.ensure() as urls:
        assert ask_postgres(urls.database) == ("octaspace",)
        assert Redis.from_url(urls.redis).ping()
        assert not embedded_servers.socket_folder(deep).is_relative_to(deep)


def test_commands_on_one_var_take_turns(nothing_named: Path) -> None:
    first, second = (
        subprocess.Popen(
            [sys.executable, "-c", HOLD],
            cwd=ROOT,
            env=surroundings(nothing_named, free_port()),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    )
    until(lambda: (nothing_named / "run" / ".s.PGSQL.5432").exists(), "one of them started PostgreSQL")
    for process in (first, second):  # either may hold the lock, so both must be free to go on
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0] for process in (first, second)]
    assert [process.returncode for process in (first, second)] == [0, 0]
    assert all("postgresql+psycopg://octaspace@" in each for each in said)


def test_a_database_of_another_major_version_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(Unready, match=r"^Upgrade .* was written by PostgreSQL 17"), embedded_servers.postgres(tmp_path):
        raise AssertionError("started on another version's files")
    assert (tmp_path / "postgres" / "PG_VERSION").read_text() == "17\n"


def test_a_server_that_dies_is_revived_at_the_same_address(tmp_path: Path) -> None:
    with embedded_servers.postgres(tmp_path, durable=False) as server:
        before = server.process.pid
        server.process.kill()
        server.revive()
        assert server.process.pid != before
        assert ask_postgres(server.url) == ("octaspace",)


def test_a_killed_database_recovers_what_was_committed(tmp_path: Path) -> None:
    with embedded_servers.postgres(tmp_path) as server:
        with psycopg.connect(server.url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        server.process.kill()
    with embedded_servers.postgres(tmp_path) as server, psycopg.connect(server.url.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def test_root_lends_the_servers_to_somebody_harmless(tmp_path: Path) -> None:
    user = embedded_servers.service_user(tmp_path)
    if os.geteuid() == 0:
        assert user is not None
        assert user.uid != 0
    else:
        assert user is None
