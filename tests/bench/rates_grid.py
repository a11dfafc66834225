"""How fast the rates grid is: 20 room types x 10 plans x 31 days in Chromium, on a production build with two web processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from playwright.sync_api import Page, sync_playwright

from pms.accounts.sessions import COOKIE, sign_in
from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.launch import front_end
from pms.rates.cells import Edit, change_cells
from pms.rates.load import house_of
from pms.rates.plans import PlanFields, create_plan
from pms.ui.calendar.rows import day_number
from pms.ui.rates import sheet
from tests.bench.calendar import Wire, _milliseconds, repaint
from tests.bench.figures import Figure, p50
from tests.builders import PASSWORD, a_member, a_property, a_room_type, an_email, an_organization
from tests.screens.conftest import served

ZONE, TIMES = "Europe/Vilnius", 9
TYPES, PLANS, DAYS = 20, 10, 31

# Notes when the grid was last painted: two frames after it changed.
WATCH = """() => {
  window.painted = 0;
  new MutationObserver(() => requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = Date.now(); })))
    .observe(document.querySelector('.sheet'), {childList: true, subtree: true, attributes: true, characterData: true});
}"""
OPENED = """() => new Promise(done => {
  const look = () => document.querySelectorAll('.rate').length > 400
    ? requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))) : setTimeout(look, 4);
  look();
})"""
DOWN = "document.querySelector('#rate-grid').scrollTop += 400"


def figure(name: str, values: Sequence[float], unit: str, goal: float) -> Figure:
    """The median of some measurements, with the worst."""
    return Figure(f"rates grid: {name}", p50(values), unit, goal, of={"worst": max(values)})


def priced_house(owner: Actor, here: date) -> tuple[UUID, UUID, UUID]:
    """A property with a master and nine derived plans, a third of the master's cells filled in; it, the plan, a room type."""
    house = a_property(owner)
    kinds = [a_room_type(owner, house, f"Type {n:02d}", units=5, base_price=8_000 + 500 * n) for n in range(TYPES)]
    with work(owner) as db:
        master = house_of(db, house).default_plan_id
        assert master is not None
        for n in range(PLANS - 1):
            create_plan(db, house, PlanFields(f"P{n}", f"Plan {n}", parent_id=master, percent=-1_200 + 250 * n, round_step=50))
        cells = [(master, kind, here + timedelta(n)) for kind in kinds for n in range(0, 120, 3)]
        change_cells(db, house, [Edit(cell, {"price": 9_000 + 37 * n, "min_stay": 2}) for n, cell in enumerate(cells)])
    return house, master, kinds[0]


def server_part(owner: Actor, house: UUID) -> list[float]:
    """Milliseconds to read, price and shape what opening shows, nothing known before."""
    assert owner.organization_id is not None
    window = sheet.Window(sheet.Span(owner.organization_id, house, day_number(today(ZONE)), DAYS), 0, 1_120)
    return [_milliseconds(lambda: sheet.load(owner, window, None)) for _ in range(TIMES)]


def opening(browser: Any, url: str, token: str) -> tuple[list[float], list[float], Page, Wire]:
    """Open in fresh browsers: milliseconds from navigation to painted cells, and bytes on the socket."""
    times, sizes = [], []
    for _ in range(TIMES):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": COOKIE, "value": token, "url": url}])
        page = context.new_page()
        wire = Wire(page)
        page.goto(f"{url}/rates?days={DAYS}", wait_until="commit")
        times.append(page.evaluate(OPENED))
        page.wait_for_timeout(600)
        sizes.append(float(wire.bytes))
        if len(times) < TIMES:
            context.close()
    return times, sizes, page, wire


def measure() -> list[Figure]:
    """All figures, on the servers of the environment."""
    front_end.build()
    email = an_email("bench")
    owner = a_member(an_organization("Bench"), "Bench Owner", "owner", email=email)
    house, master, kind = priced_house(owner, today(ZONE))
    found = [figure("server's part of opening", server_part(owner, house), "ms", 100)]
    with served(OCTASPACE_WEB_PROCESSES="2") as running, sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        found += in_browser(browser, running.url, sign_in(email, PASSWORD).token, _changer(owner, house, master, kind))
        browser.close()
    return found


def _changer(owner: Actor, house: UUID, master: UUID, kind: UUID) -> Callable[[int], object]:
    def change(n: int) -> object:
        with work(owner) as db:
            return change_cells(db, house, [Edit((master, kind, today(ZONE) + timedelta(5 + n)), {"price": 12_300 + n})])

    return change


def in_browser(browser: Any, url: str, token: str, change: Callable[[int], object]) -> list[Figure]:
    """What a person sees: opening, somebody else's price with nine plans that follow it, scrolling, other days, an own edit."""
    times, sizes, page, wire = opening(browser, url, token)
    page.evaluate(WATCH)
    changes = [repaint(page, wire, lambda n=n: change(n)) for n in range(TIMES)]
    own = [_typed(page, wire, n) for n in range(TIMES)]
    down = [repaint(page, wire, lambda: page.evaluate(DOWN)) for _ in range(TIMES)]
    page.evaluate("document.querySelector('#rate-grid').scrollTop = 0")
    page.wait_for_timeout(500)
    later = page.get_by_role("button", name="A week later")
    pages = [repaint(page, wire, lambda: later.evaluate("button => button.click()"), 900) for _ in range(TIMES)]
    return [
        figure("open to cells", times, "ms", 1200),
        figure("open, on the socket", [size / 1024 for size in sizes], "KB", 120),
        figure("somebody's price to the second frame", [one for one, _ in changes], "ms", 100),
        figure("somebody's price, on the socket", [size / 1024 for _, size in changes], "KB", 4),
        figure("own price typed to the last repaint", [one for one, _ in own], "ms", 200),
        figure("scroll by 400 px", [one for one, _ in down], "ms", 150),
        figure("a week later", [one for one, _ in pages], "ms", 250),
    ]


def _typed(page: Page, wire: Wire, n: int) -> tuple[float, float]:
    """Type a price into a cell of the second day and keep it."""
    cell = page.locator(".rate-line.m").first.locator(".rate").nth(1)
    cell.click()
    page.keyboard.type(str(130 + n))
    return repaint(page, wire, lambda: page.keyboard.press("Enter"), 500)
