"""One command starts everything, and one signal ends everything."""

import json
import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.launch.conftest import Run
from tests.services import free_port

Start = Callable[..., Run]
Pms = Callable[..., "subprocess.CompletedProcess[str]"]


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def gone(processes: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(processes, timeout=10)[1]


def one_sentence(result: "subprocess.CompletedProcess[str]") -> str:
    """The refusal: exit code 1, one line, no traceback."""
    lines = result.stderr.strip().splitlines()
    assert result.returncode == 1, result.stdout + result.stderr
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("octaspace: ")
    assert lines[0].endswith((".", ")"))
    return lines[0]


def test_everything_starts_survives_losses_and_ends(start: Start, pms: Pms) -> None:
    run = start().ready()
    assert json.loads(get(f"{run.url}/healthz"))["status"] == "ok"
    assert json.loads(get(f"{run.url}/readyz"))["status"] == "ok"
    assert "<html" in get(run.url)
    assert f"http://localhost:{run.port}" in run.output
    assert len(run.find("pms", "web")) == 3  # one that looks after two that serve

    second = one_sentence(pms("run", var=run.var))
    assert "already runs" in second
    assert str(run.process.pid) in second

    joined = pms("migrate", var=run.var)  # finds the running servers instead of starting its own
    assert joined.returncode == 0, joined.stderr

    (worker,), (relay,) = run.find("pms", "worker"), run.find("pms", "relay")
    redis = next(process for process in run.below() if "redis-server" in process.name())
    postgres = next(process for process in run.below() if process.cmdline()[1:2] == ["-D"])
    for process in (worker, relay, redis, postgres):
        process.kill()
    run.until(lambda: run.find("pms", "worker") and run.find("pms", "relay"), "worker and relay are back")
    run.until(lambda: len([p for p in run.below() if "redis-server" in p.name()]) == 1, "Redis is back")
    run.until(lambda: pms("migrate", var=run.var).returncode == 0, "PostgreSQL is back")
    assert "restarting" in run.output

    everybody, before = run.below(), len(run.output)
    assert run.end(signal.SIGTERM) == 0
    assert gone(everybody)
    assert "Octaspace has stopped." in run.output
    assert "Traceback" not in run.output[before:]


def test_a_killed_supervisor_leaves_no_orphans_and_the_next_start_works(start: Start, tmp_path: Path) -> None:
    var = tmp_path / "var"
    first = start(var).ready()
    everybody = first.below()
    os.kill(first.process.pid, signal.SIGKILL)
    assert gone(everybody)

    # The machine went down hard, and meanwhile somebody else has got the database's process id.
    (var / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{var / 'postgres'}\n1\n5432\n\n\n\nready\n")
    again = start(var).ready()
    everybody = again.below()
    assert again.end(signal.SIGINT) == 0  # Ctrl-C
    assert gone(everybody)


def test_ctrl_c_while_starting_ends_what_has_started(start: Start, tmp_path: Path) -> None:
    run = start(tmp_path / "var")
    run.until(lambda: (tmp_path / "var" / "run" / ".s.PGSQL.5432").exists(), "PostgreSQL is starting")
    everybody = run.below()
    assert run.end(signal.SIGINT) == 0
    assert gone(everybody)


def test_a_web_server_that_cannot_start_ends_the_run_with_its_reason(start: Start, tmp_path: Path) -> None:
    broken = tmp_path / "shadow" / "granian"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('granian is broken')\n")
    run = start(PYTHONPATH=str(broken.parent))
    assert run.process.wait(60) == 1
    run.reader.join(5)
    assert "octaspace: Read the lines above: the web server could not start (ImportError: granian is broken)." in run.output


def test_a_port_in_use(pms: Pms) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port}" in one_sentence(pms("run", port=port))


@pytest.mark.parametrize(
    ("name", "url", "advice"),
    [
        ("DATABASE_URL", "postgresql://me:secret@127.0.0.1:{port}/hotel", "Check DATABASE_URL"),
        ("REDIS_URL", "redis://:secret@127.0.0.1:{port}/0", "Check REDIS_URL"),
        ("DATABASE_URL", "mysql://localhost/hotel", "Correct DATABASE_URL"),
        ("REDIS_URL", "localhost:6379", "Correct REDIS_URL"),
        ("OCTASPACE_PORT", "eighty", "Correct OCTASPACE_PORT"),
        ("OCTASPACE_SECRET_KEY", "short", "Correct OCTASPACE_SECRET_KEY"),
        ("OCTASPACE_REQUIRE_SECRET_KEY", "true", "Set OCTASPACE_SECRET_KEY"),
        ("OCTASPACE_VAR_DIR", "/proc/nowhere", "OCTASPACE_VAR_DIR"),
    ],
)
def test_what_cannot_work_is_refused_in_one_sentence(pms: Pms, name: str, url: str, advice: str) -> None:
    said = one_sentence(pms("run", **{name: url.format(port=free_port())}))
    assert advice in said
    assert "secret@" not in said
