"""How fast the calendar is: 500 units x 31 days at 85 % occupancy in Chromium, on a production build with two web processes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from playwright.sync_api import Page, sync_playwright

from pms.accounts.sessions import COOKIE, sign_in
from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import raw, work
from pms.launch import front_end
from pms.rates.cells import Edit, change_cells
from pms.rates.load import house_of
from pms.reservations.calendar import chart_house
from pms.reservations.move import change_party
from pms.ui.calendar import rows, sheet
from pms.ui.calendar.rates import STANDARD
from pms.ui.calendar.view import rows_for, span_for
from tests.bench.figures import Figure, p50
from tests.bench.seed import busy_house
from tests.builders import PASSWORD, a_member, an_email, an_organization
from tests.screens.conftest import served

ZONE, TIMES = "Europe/Vilnius", 9

# Notes when the chart was last painted: two frames after its rows changed.
WATCH = """() => {
  window.painted = 0;
  new MutationObserver(() => requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = Date.now(); })))
    .observe(document.querySelector('.canvas'), {childList: true, subtree: true, attributes: true, characterData: true});
}"""
DOWN = "document.querySelector('#chart').scrollTop += 100"
FRAMED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(Date.now()))))"
OPENED = """() => new Promise(done => {
  const look = () => document.querySelectorAll('.line .bar-of').length > 100
    ? requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))) : setTimeout(look, 4);
  look();
})"""


class Wire:
    """Counts what the live socket brings."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0
        page.on("websocket", lambda socket: socket.on("framereceived", self._heard))

    def _heard(self, frame: Any) -> None:
        self.bytes += len(frame.encode() if isinstance(frame, str) else frame)

    def since(self, start: int) -> int:
        """Bytes since a count was taken."""
        return self.bytes - start


def figure(name: str, values: Sequence[float], unit: str, goal: float) -> Figure:
    """The median of some measurements, with the worst."""
    return Figure(f"calendar: {name}", p50(values), unit, goal, of={"worst": max(values)})


def server_part(owner: Actor, house: UUID, rates: str = "") -> list[float]:
    """Milliseconds to read and shape what opening the calendar shows, nothing known before; with rates or without."""
    assert owner.organization_id is not None
    first = rows.day_number(today(ZONE)) - 2
    window = sheet.Window(span_for(owner.organization_id, house, first, 31), *rows_for(0, 24), rates=rates)
    return [_milliseconds(lambda: sheet.load(owner, window, None)) for _ in range(TIMES)]


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def opening(browser: Any, url: str, token: str) -> tuple[list[float], list[float], Page, Wire]:
    """Open in fresh browsers: milliseconds from navigation to painted bars, and bytes on the socket."""
    times, sizes = [], []
    for _ in range(TIMES):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": COOKIE, "value": token, "url": url}])
        page = context.new_page()
        wire = Wire(page)
        page.goto(f"{url}/calendar?days=31", wait_until="commit")
        times.append(page.evaluate(OPENED))
        page.wait_for_timeout(600)
        sizes.append(float(wire.bytes))
        if len(times) < TIMES:
            context.close()
    return times, sizes, page, wire


def repaint(page: Page, wire: Wire, act: Callable[[], object], pause: int = 450) -> tuple[float, float]:
    """Milliseconds from just before `act` to the last repaint after it, and the bytes it cost.

    What the browser had already (a short scroll) is painted with the second frame, whatever the server does later.
    """
    page.evaluate("window.painted = 0")
    before, start = wire.bytes, time.time() * 1000
    act()
    framed = page.evaluate(FRAMED)
    page.wait_for_timeout(pause)
    return (page.evaluate("window.painted") or framed) - start, float(wire.since(before))


def changed_stays(owner: Actor, house: UUID) -> Iterator[UUID]:
    """Stays that lie in sight: in the first units, next week."""
    day = today(ZONE) + timedelta(7)
    query = (
        "select s.id from stay s join stay_night n on n.stay_id = s.id join unit u on u.id = n.unit_id"
        " join room_type t on t.id = u.room_type_id where s.property_id = %s and n.night = %s and s.status = 'confirmed'"
        " order by t.position, t.name, length(u.name), u.name limit %s"
    )
    with work(owner) as db:
        yield from [row[0] for row in raw(db).execute(query, (house, day, TIMES)).fetchall()]


def change(owner: Actor, stay: UUID) -> None:
    """Somebody changes a stay, through the verb."""
    with work(owner) as db:
        change_party(db, stay, None, 2, 2)


def changed_price(owner: Actor, house: UUID, price: int) -> None:
    """Somebody changes a price in sight, through the verb."""
    with work(owner) as db:
        found = house_of(db, house)
        kind = chart_house(db, house).types[0]
        assert found.default_plan_id
        change_cells(db, house, [Edit((found.default_plan_id, kind.id, today(ZONE) + timedelta(5)), {"price": price})])


def with_rates(page: Page, wire: Wire, owner: Actor, house: UUID) -> list[tuple[float, float]]:
    """Turn the rates on, and change prices: milliseconds and bytes of each."""
    page.evaluate("document.querySelector('#chart').scrollTop = 0")
    page.get_by_role("button", name="Today").click()
    page.get_by_role("button", name="Rates", exact=True).click()
    page.locator(".rate-day").first.wait_for()
    page.wait_for_timeout(600)
    return [repaint(page, wire, lambda n=n: changed_price(owner, house, 9_000 + 10 * n)) for n in range(TIMES)]


def measure(units: int = 500) -> list[Figure]:
    """All figures, on the servers of the environment."""
    front_end.build()
    email = an_email("bench")
    owner = a_member(an_organization("Bench"), "Bench Owner", "owner", email=email)
    house = busy_house(owner, today(ZONE), units=units)
    found = [
        figure("server's part of opening", server_part(owner, house), "ms", 150),
        figure("server's part of opening with rates", server_part(owner, house, STANDARD), "ms", 150),
    ]
    with served(OCTASPACE_WEB_PROCESSES="2") as running, sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        found += in_browser(browser, running.url, sign_in(email, PASSWORD).token, owner, house)
        browser.close()
    return found


def in_browser(browser: Any, url: str, token: str, owner: Actor, house: UUID) -> list[Figure]:
    """What a person sees: opening, somebody else's change, scrolling, jumping."""
    times, sizes, page, wire = opening(browser, url, token)
    page.evaluate(WATCH)
    changes = [repaint(page, wire, lambda stay=stay: change(owner, stay)) for stay in changed_stays(owner, house)]
    down = [repaint(page, wire, lambda: page.evaluate(DOWN)) for _ in range(TIMES)]
    later = page.get_by_role("button", name="A week later")
    jumps = [repaint(page, wire, lambda: later.evaluate("button => button.click()"), 700) for _ in range(TIMES)]
    rated = with_rates(page, wire, owner, house)
    return [
        figure("open to bars", times, "ms", 1200),
        figure("open, on the socket", [size / 1024 for size in sizes], "KB", 120),
        figure("somebody's change to the second frame", [one for one, _ in changes], "ms", 80),
        figure("somebody's change, on the socket", [size / 1024 for _, size in changes], "KB", 2),
        figure("scroll by 100 px", [one for one, _ in down], "ms", 100),
        figure("jump to other dates", [one for one, _ in jumps], "ms", 200),
        figure("a changed price to the second frame", [one for one, _ in rated], "ms", 80),
        figure("a changed price, on the socket", [size / 1024 for _, size in rated], "KB", 4),
    ]
