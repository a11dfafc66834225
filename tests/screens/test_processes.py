"""Several web processes, and a server that goes away."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect
from simple_websocket import Client, ConnectionClosed, ConnectionError

from pms.accounts import members
from pms.accounts.sessions import COOKIE
from pms.kernel.actor import Actor
from pms.kernel.db import work
from tests.builders import Cast
from tests.launch.conftest import until
from tests.screens.conftest import SIGHT, Served, served, session_of

WINDOWS = 5


@pytest.fixture
def two(services: None, front_end_built: None) -> Iterator[Served]:
    """A server of two web processes, which share their tabs' state in Redis."""
    with served(OCTASPACE_WEB_PROCESSES="2") as running:
        yield running


@pytest.fixture
def window(two: Served, chromium: Browser) -> Iterator[Callable[[Actor], Page]]:
    """Opens windows on that server."""
    contexts = []

    def open_window(actor: Actor) -> Page:
        contexts.append(chromium.new_context(viewport=SIGHT, base_url=two.url))  # type: ignore[arg-type]
        cookie = {"name": COOKIE, "value": session_of(actor), "url": two.url, "httpOnly": True, "sameSite": "Lax"}
        contexts[-1].add_cookies([cookie])  # type: ignore[list-item]
        return contexts[-1].new_page()

    yield open_window
    for context in contexts:
        context.close()


def _shows(page: Page, name: str) -> None:
    expect(page.get_by_role("row").filter(has_text=name)).to_be_visible()


def test_news_reach_the_tabs_of_every_process(two: Served, window: Callable[[Actor], Page], cast: Cast) -> None:
    pages = [window(cast.olga) for _ in range(WINDOWS)]
    for page in pages:
        page.goto("/team")
        _shows(page, "Rita Desk")
    _make_accountant(cast, "Rita Desk")
    for page in pages:
        expect(page.get_by_role("row").filter(has_text="Rita Desk")).to_contain_text("Accountant")


def test_a_server_that_stands_still_takes_no_screen_with_it(two: Served, window: Callable[[Actor], Page], cast: Cast) -> None:
    """Its tabs say so within seconds, come back by themselves, and show what happened meanwhile."""
    pages = [window(cast.olga) for _ in range(3)]
    for page in pages:
        page.goto("/team")
        _shows(page, "Rita Desk")
    for worker in _workers(two):
        os.kill(worker.pid, signal.SIGSTOP)
    expect(pages[0].get_by_role("alert").filter(has_text="Connection lost")).to_be_visible(timeout=7_000)
    _make_accountant(cast, "Rita Desk")
    for worker in _workers(two):
        os.kill(worker.pid, signal.SIGCONT)
    for page in pages:
        expect(page.get_by_role("alert").filter(has_text="Connection lost")).to_be_hidden(timeout=20_000)
        expect(page.get_by_role("row").filter(has_text="Rita Desk")).to_contain_text("Accountant", timeout=20_000)


def test_a_process_that_is_killed_takes_no_other_with_it(two: Served, window: Callable[[Actor], Page], cast: Cast) -> None:
    pages = [window(cast.olga) for _ in range(WINDOWS)]
    for page in pages:
        page.goto("/team")
        _shows(page, "Rita Desk")
    killed, other = _workers(two)
    killed.kill()
    _make_accountant(cast, "Rita Desk")
    for page in pages:
        expect(page.get_by_role("row").filter(has_text="Rita Desk")).to_contain_text("Accountant", timeout=20_000)
    assert other.is_running()
    until(lambda: len(_workers(two)) == 2, "another process has taken its place")


def _make_accountant(cast: Cast, name: str) -> None:
    with work(cast.olga) as db:
        one = next(one for one in members.members(db) if one.name == name)
        members.change_role(db, one.membership_id, "accountant", None, one.version)


def _workers(running: Served) -> list[psutil.Process]:
    """The web server's own children: where the screens live."""
    return psutil.Process(running.processes[0].pid).children(recursive=True)


def test_the_socket_opens_for_our_own_pages_only(octaspace: Served) -> None:
    address = octaspace.url.replace("http", "ws") + "/_event/?EIO=4&transport=websocket&token=somebody"
    Client(address, headers={"Origin": octaspace.url}).close()
    with pytest.raises((ConnectionError, ConnectionClosed)):
        Client(address, headers={"Origin": "https://evil.example"})
