"""The HTTP application in processes of its own, behind the server of production, on a free port."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from socket import socket

from pms.kernel.embedded_servers import spawn, stop
from pms.settings import ROOT

START_SECONDS = 60.0


@contextmanager
def served(processes: int = 1, target: str = "pms.api.app:http", **environment: str) -> Iterator[int]:
    """Serve until the end of the block; yields the port at 127.0.0.1. `environment` comes on top of the present one."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--workers", str(processes), "--host", "127.0.0.1"]
    with tempfile.TemporaryDirectory(prefix="octaspace-served-") as folder:
        log = Path(folder) / "log"
        own = {**os.environ, **environment}
        process = spawn([*command, "--port", str(port), "--workers-kill-timeout", "2", target], log, env=own, cwd=ROOT)
        try:
            _wait(port, log, lambda: process.poll() is None)
            yield port
        finally:
            stop(process, signal.SIGTERM)


def _wait(port: int, log: Path, alive: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        if not alive():
            break
        time.sleep(0.05)
    raise RuntimeError(f"the server did not come up: {log.read_text(errors='replace')[-2000:]}")
