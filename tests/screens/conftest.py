"""A real web server and relay on this worker's database and Redis, and Chromium in front of them.

def test_something(desk: Page): ...                     signed in as Olga, the owner of `seaside`
def test_two(sign_in, cast): a = sign_in(cast.olga); b = sign_in(cast.rita)
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlmodel import col, select

from pms.accounts.models import Membership, Person
from pms.accounts.sessions import COOKIE, start
from pms.kernel.actor import DOOR, Actor
from pms.kernel.db import work
from pms.launch import front_end
from pms.settings import ROOT
from tests.builders import Cast, a_property, a_room_type
from tests.launch.conftest import until
from tests.services import free_port

SIGHT = {"width": 1440, "height": 900}
PROCESSES = "1"


@dataclass(frozen=True)
class Served:
    """A running Octaspace: where it is, and its processes."""

    url: str
    processes: tuple[subprocess.Popen[bytes], ...]
    logs: Path


def _answers(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with suppress(OSError), direct.open(f"{url}/healthz", timeout=2) as answer:
        return bool(answer.status == 200)
    return False


@contextmanager
def served(**more: str) -> Iterator[Served]:
    """`python -m pms web` and `relay` on the database and Redis of the environment, ended with the block."""
    port = free_port()
    environment = {**os.environ, "OCTASPACE_PORT": str(port), "OCTASPACE_WEB_PROCESSES": PROCESSES, **more}
    environment.pop("REFLEX_PERF_MODE", None)
    with tempfile.TemporaryDirectory(prefix="octaspace-screens-") as folder:
        processes = []
        for command in ("web", "relay"):
            with (Path(folder) / f"{command}.log").open("wb") as log:
                arguments = [sys.executable, "-m", "pms", command]
                processes.append(
                    subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
                )
        url = f"http://localhost:{port}"
        try:
            until(lambda: _answers(url) or processes[0].poll() is not None, "the web server answers")
            assert processes[0].poll() is None, (Path(folder) / "web.log").read_text()
            yield Served(url, tuple(processes), Path(folder))
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(20)


@pytest.fixture(scope="session")
def front_end_built() -> None:
    """Something to serve; made once, before anybody starts."""
    front_end.build()


@pytest.fixture(scope="session")
def octaspace(services: None, front_end_built: None) -> Iterator[Served]:
    """One server for all screen tests of this worker."""
    with served() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser."""
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Browser, octaspace: Served) -> Iterator[Callable[..., Page]]:
    """Opens further browser windows, each with its own cookies; fails the test on errors of the page itself."""
    contexts: list[BrowserContext] = []
    broken: list[str] = []

    def open_window(**options: object) -> Page:
        settled = {"viewport": SIGHT, "locale": "en-GB", "timezone_id": "Europe/Vilnius", "base_url": octaspace.url, **options}
        contexts.append(chromium.new_context(**settled))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: broken.append(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not broken, broken


def session_of(actor: Actor) -> str:
    """A session token of somebody the builders made."""
    with work(DOOR) as db:
        membership = db.scalars(
            select(Membership).where(
                col(Membership.person_id) == actor.id, col(Membership.organization_id) == actor.organization_id
            )
        ).one()
        return start(db, db.get_one(Person, actor.id), membership).token


@pytest.fixture
def sign_in(visitor: Callable[..., Page], octaspace: Served) -> Callable[..., Page]:
    """A window in which that person is signed in already, at no page yet."""

    def window(actor: Actor, **options: object) -> Page:
        page = visitor(**options)
        page.context.add_cookies(
            [{"name": COOKIE, "value": session_of(actor), "url": octaspace.url, "httpOnly": True, "sameSite": "Lax"}]
        )
        return page

    return window


@pytest.fixture
def seaside(cast: Cast) -> UUID:
    """Olga's property: three doubles and two suites."""
    house = a_property(cast.olga, "Seaside")
    a_room_type(cast.olga, house, "Double", ["101", "102", "103"])
    a_room_type(cast.olga, house, "Suite", ["201", "202"], base_price=18_000)
    return house


@pytest.fixture
def desk(sign_in: Callable[..., Page], cast: Cast, seaside: UUID) -> Page:
    """Olga at her screen."""
    return sign_in(cast.olga)
