"""Real processes of Octaspace on a free port and a var/ of their own."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from pms.launch import front_end
from pms.settings import ROOT
from tests.services import free_port

PATIENCE = 60.0


def until(true: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Wait for something to become true, or fail naming it."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, f"did not happen within {patience:.0f} s: {what}"
        time.sleep(0.05)


def surroundings(var: Path, port: int, **more: str) -> dict[str, str]:
    """The environment of a fresh machine: no servers named, nothing left of the test run's own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OCTASPACE_", "REFLEX_", "__REFLEX", "PYTEST_"))}
    for name in ("DATABASE_URL", "REDIS_URL", "OWNER_DATABASE_URL"):
        kept.pop(name, None)
    return {**kept, "OCTASPACE_VAR_DIR": str(var), "OCTASPACE_PORT": str(port), **more}


class Run:
    """`python -m pms run`, its output, and every process below it."""

    def __init__(self, var: Path, **more: str) -> None:
        self.var, self.port, self.output = var, free_port(), ""
        self.environment = surroundings(var, self.port, **more)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pms", "run"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.output += line

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def until(self, true: Callable[[], object], what: str) -> None:
        """Wait for something to become true while it runs; otherwise fail showing what it said."""
        try:
            until(lambda: self.process.poll() is not None or true(), what)
            assert self.process.poll() is None, f"it ended before: {what}"
        except AssertionError as failure:
            raise AssertionError(f"{failure}\n{self.output}") from None

    def ready(self) -> "Run":
        """Wait for the URL to be printed."""
        self.until(lambda: "is ready at" in self.output, "the URL is printed")
        return self

    def below(self) -> list[psutil.Process]:
        """Every process of this run except the supervisor."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def find(self, *words: str) -> list[psutil.Process]:
        """Those whose command line ends with these words."""
        found = []
        for process in self.below():
            try:
                if process.cmdline()[-len(words) :] == list(words):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Signal the supervisor and wait for it."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        self.reader.join(5)
        return code


@pytest.fixture(scope="session")
def front_end_built() -> None:
    """Something to serve; made once, before anybody starts."""
    front_end.build()


@pytest.fixture
def start(front_end_built: None, tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Starts Octaspace; whatever still runs after the test is ended."""
    runs: list[Run] = []

    def start_one(var: Path | None = None, **more: str) -> Run:
        runs.append(Run(var or tmp_path / "var", **more))
        return runs[-1]

    yield start_one
    for run in runs:
        if run.process.poll() is None:
            run.end()


@pytest.fixture
def pms(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Calls `python -m pms ...` and waits for it."""

    def call(*arguments: str, var: Path | None = None, port: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
        environment = surroundings(var or tmp_path / "var", port or free_port(), **more)
        command = [sys.executable, "-m", "pms", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE)

    return call
