"""The processes a supervisor looks after: started, watched, restarted with patience, ended together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from pms.kernel.embedded_servers import die_with_parent
from pms.kernel.logs import logger
from pms.settings import ROOT

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
HEALTHY_AFTER = 60.0  # seconds of life after which an end counts as the first one again
PATIENCE = 10.0
LAST_WORDS = 30

log = logger(__name__)


class Child:
    """One process of ours, `python -m pms <command>`; its lines pass through to our output."""

    def __init__(self, name: str, arguments: Sequence[str]) -> None:
        self.name = name
        self.arguments = list(arguments)
        self.last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self.process: subprocess.Popen[str] | None = None
        self.started = 0.0
        self.pause = FIRST_PAUSE
        self.restart_at: float | None = None

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches us only, and we end everybody in order."""
        self.last_words.clear()
        self.restart_at = None
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pms", *self.arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        threading.Thread(target=self._pass_on, args=(self.process,), daemon=True).start()

    def _pass_on(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.last_words.append(line.rstrip())
            print(line, end="", flush=True)

    def poll(self) -> int | None:
        """The exit code, None while it lives."""
        return self.process.poll() if self.process else None

    def watch(self) -> None:
        """Restart it when it ended, after a pause that doubles while it keeps ending."""
        now = time.monotonic()
        if self.restart_at is not None:
            if now >= self.restart_at:
                self.start()
            return
        code = self.poll()
        if code is None:
            return
        if now - self.started > HEALTHY_AFTER:
            self.pause = FIRST_PAUSE
        log.warning("process ended, restarting it", child=self.name, code=code, in_seconds=self.pause)
        self.restart_at = now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def reason(self) -> str:
        """What it said last, for the sentence that explains why it could not start."""
        time.sleep(0.1)  # its last lines may still be on their way through the pipe
        telling = [line for line in self.last_words if "rror" in line or line.startswith("octaspace:")]
        said = telling or list(self.last_words) or [f"it said nothing and ended with code {self.poll()}"]
        return said[-1].removeprefix("octaspace: ")

    def signal(self, how: signal.Signals) -> None:
        """Signal it and everything it started."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, how)


def end(children: Sequence[Child]) -> None:
    """End all at once, politely; then for good, forks of theirs included."""
    for child in children:
        if child.process is not None and child.poll() is None:
            child.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for child in children:
        if child.process is not None:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
            child.signal(signal.SIGKILL)  # whatever of its session is left
            child.process.wait()
