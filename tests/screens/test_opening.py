"""A page on its way: what it asks for before it is there, and what it leaves for later."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.builders import Cast, a_room_type
from tests.screens.test_calendar import Hotel, line

ROWS = "row0_rx_state_"
"""In what the server sends of the calendar."""


@pytest.fixture
def hotel(cast: Cast, seaside: UUID) -> Hotel:
    return Hotel(cast, seaside)


@pytest.fixture
def unmade(desk: Page) -> tuple[Page, Callable[[], None]]:
    """A window that React cannot take over until told so."""
    held: list[Route] = []
    desk.route("**/assets/entry.client-*.js", lambda route: held.append(route))

    def make() -> None:
        for route in held:
            route.continue_()

    return desk, make


def test_data_comes_while_the_page_is_made(unmade: tuple[Page, Callable[[], None]], hotel: Hotel) -> None:
    page, make = unmade
    hotel.book("Müller")
    with page.expect_event("websocket") as found:
        page.goto("/calendar", wait_until="commit")
    found.value.wait_for_event("framereceived", lambda frame: ROWS in str(frame))
    expect(page.locator(".skeleton").first).to_be_visible()
    make()
    expect(line(page, "101").locator(".bar-of")).to_have_count(1)
    hotel.book("Ozola", unit=1, actor=hotel.rita)
    expect(line(page, "102").locator(".bar-of")).to_have_count(1)


def test_a_socket_lost_meanwhile_is_opened_anew(unmade: tuple[Page, Callable[[], None]], hotel: Hotel) -> None:
    page, make = unmade
    opened: list[WebSocketRoute] = []
    lost: list[WebSocketRoute] = []

    def pass_on(socket: WebSocketRoute) -> None:
        opened.append(socket)
        server = socket.connect_to_server()

        def told(message: str | bytes) -> None:
            socket.send(message)
            if ROWS in str(message) and not lost:
                lost.append(socket)
                socket.close()

        server.on_message(told)

    page.route_web_socket("**/_event/**", pass_on)
    page.goto("/calendar", wait_until="commit")
    while not lost:
        page.wait_for_timeout(20)
    make()
    expect(line(page, "101")).to_be_visible()
    assert len(opened) == 2


def test_what_lies_below_the_window_comes_after_what_is_in_it(desk: Page, cast: Cast, hotel: Hotel) -> None:
    a_room_type(cast.olga, hotel.id, "Attic", [str(n) for n in range(300, 360)])
    sent: list[str] = []
    desk.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(str(frame))))
    desk.goto("/calendar")
    expect(desk.locator(".line[data-i='32']")).to_be_attached()
    first = next(frame for frame in sent if ROWS in frame)
    assert "row20_rx_state_" in first
    assert "row32_rx_state_" not in first


def test_drawers_are_empty_until_they_open(desk: Page, hotel: Hotel) -> None:
    desk.goto("/calendar")
    new = desk.get_by_role("button", name="New reservation")
    expect(new).to_be_visible()
    drawer = desk.locator("#booking-drawer")
    assert drawer.inner_html() == ""
    new.click()
    expect(drawer.get_by_label("Last name")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(drawer).to_be_empty()
