"""`python -m pms run`: everything Octaspace needs, from one command, on one machine."""

import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

from pms.kernel import embedded, logs
from pms.kernel.embedded import Urls
from pms.kernel.embedded_servers import Server
from pms.launch import checks, front_end
from pms.launch.children import Child, end
from pms.settings import Unready, settings

TICK = 0.2
WEB_STARTS_WITHIN = 120.0
log = logs.logger(__name__)


class Stopped(BaseException):
    """Ctrl-C or SIGTERM: unwind, ending everybody on the way. No Exception, so that nothing mistakes it for an error."""


def run() -> None:
    """Run until told to stop, then leave nothing behind. Refused: Unready, when something cannot start."""
    began = time.monotonic()
    with _stoppable():
        try:
            checks.python()
            _everything(began)
        except Stopped:
            print("Octaspace has stopped.", flush=True)


def _everything(began: float) -> None:
    logs.configure("run")
    checks.port_is_free()
    with embedded.ensure("run") as urls, _told_to_children():
        checks.services()
        _migrate()
        if not front_end.is_current():
            print("Building the front end (about 20 seconds, only when it changed) ...", flush=True)
            front_end.build()
        _supervise(urls, began)


def _migrate() -> None:
    from pms.kernel.migrate import migrate

    migrate()


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn the first signal into Stopped; further ones are heard no more, the end is under way."""

    def on_signal(number: int, frame: FrameType | None) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {each: signal.signal(each, on_signal) for each in signals}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def _told_to_children() -> Iterator[None]:
    """What children cannot find out themselves: the secret, and whether a person reads the lines they write."""
    told = {
        "OCTASPACE_SECRET_KEY": settings().secret_key,
        "OCTASPACE_LOG_FORMAT": "text" if logs.for_people() else "json",
    }
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)


def _supervise(urls: Urls, began: float) -> None:
    web = Child("web", ["web"])
    others = [Child(name, [name]) for name in ("relay", "channels", "scheduler")]
    others += [Child(f"worker-{number + 1}", ["worker"]) for number in range(settings().worker_processes)]
    children = [web, *others]
    try:
        for child in children:
            child.start()
        _await_web(web)
        took = time.monotonic() - began
        print(f"\n  Octaspace is ready at {settings().public_url} (started in {took:.1f} s, Ctrl-C stops it)\n", flush=True)
        while True:
            _watch(children, urls.servers)
            time.sleep(TICK)
    finally:
        end(children)


def _await_web(web: Child) -> None:
    """Until /healthz answers. Refused: Unready with the web server's reason when it ends before."""
    deadline = time.monotonic() + WEB_STARTS_WITHIN
    while not _is_healthy():
        if web.poll() is not None:
            raise Unready(f"Read the lines above: the web server could not start ({web.reason()}).")
        if time.monotonic() > deadline:
            raise Unready(f"Read the lines above: the web server did not answer within {WEB_STARTS_WITHIN:.0f} seconds.")
        time.sleep(0.05)


def _is_healthy() -> bool:
    host = "127.0.0.1" if settings().host in ("0.0.0.0", "::", "") else settings().host
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with suppress(OSError), direct.open(f"http://{host}:{settings().port}/healthz", timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def _watch(children: Sequence[Child], servers: Sequence[tuple[str, Server]]) -> None:
    for name, server in servers:
        if server.process.poll() is not None:
            log.warning("embedded server ended, restarting it", server=name, code=server.process.returncode)
            server.revive()
    for child in children:
        child.watch()
