"""The processes that channels need, for real: killed and started again while they work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

from pms.settings import ROOT

PATIENCE = 60.0


class Process:
    """`python -m <words>`, which may be killed at any moment."""

    def __init__(self, name: str, words: Sequence[str], folder: Path) -> None:
        self.words, self.log = words, folder / f"{name}.log"
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as out:
            words = [sys.executable, "-m", *self.words]
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
def running(folder: Path, *commands: str, door: int = 0) -> Iterator[dict[str, Process]]:
    """Some processes, until the end of the block; with `door`, the HTTP application on that port as "web"."""
    words = {command: ["pms", command] for command in commands}
    if door:
        granian = ["granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(door), "--workers-kill-timeout", "2"]
        words["web"] = [*granian, "pms.api.app:http"]
    processes = {name: Process(name, command, folder) for name, command in words.items()}
    try:
        yield processes
    except AssertionError:
        for name, process in processes.items():
            print(f"{name}, {'dead' if process.process.poll() is not None else 'alive'}, said:", process.said()[-2000:])
        raise
    finally:
        for process in processes.values():
            process.stop()


def until(true: Callable[[], bool], what: str | Callable[[], str], seconds: float = PATIENCE) -> None:
    """Wait until something is so; `what` may be found out when it did not come true."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what if isinstance(what, str) else what()}, within {seconds:.0f} seconds")
        time.sleep(0.1)


def answers(port: int) -> bool:
    """Whether the HTTP application is there."""
    with suppress(OSError), closing(HTTPConnection("127.0.0.1", port, timeout=5)) as line:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    return False
