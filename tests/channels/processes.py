"""The processes that channels need, for real: killed and started again while they work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pms.settings import ROOT

PATIENCE = 60.0


class Process:
    """`python -m pms <command>`, which may be killed at any moment."""

    def __init__(self, command: str, folder: Path) -> None:
        self.command, self.log = command, folder / f"{command}.log"
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as out:
            words = [sys.executable, "-m", "pms", self.command]
            return subprocess.Popen(words, cwd=ROOT, env=os.environ.copy(), stdout=out, stderr=out, start_new_session=True)

    def kill(self) -> None:
        """As a machine that lost its power: no goodbye; then it comes back."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = self._start()

    def stop(self) -> None:
        """Politely; for good after a while."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def said(self) -> str:
        return self.log.read_text(errors="replace")


@contextmanager
def running(folder: Path, *commands: str) -> Iterator[dict[str, Process]]:
    """Some processes, until the end of the block."""
    processes = {command: Process(command, folder) for command in commands}
    try:
        yield processes
    finally:
        for process in processes.values():
            process.stop()


def until(true: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}, within {seconds:.0f} seconds")
        time.sleep(0.1)
