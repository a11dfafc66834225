"""How soon a hundred open calendars show one booking: from its commit to the last tab, over two web processes.

One real Chromium opens the calendar; what it says on its socket is said again by the other tabs, each with a token of its
own, so that they are the same calendars without a hundred browsers taking the processors away from what is measured.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

import websockets
from playwright.sync_api import WebSocket, sync_playwright

from pms.accounts.sessions import COOKIE
from pms.kernel.actor import Actor
from pms.kernel.dates import DAY, today
from pms.kernel.db import raw, work
from pms.launch import front_end
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from tests.bench.figures import Figure, p50, p95
from tests.bench.seed import busy_house
from tests.builders import a_cast
from tests.screens.conftest import SIGHT, Served, served, session_of

TABS = 100
BOOKINGS = 30
PATIENCE = 5.0
_NAMES = re.compile(r"Live-\d{5}")


@dataclass
class Tab:
    """One open calendar: when it heard each booking, by the guest's name, and what its socket carried."""

    socket: websockets.ClientConnection
    heard: dict[str, float] = field(default_factory=dict)
    received: int = 0
    listener: asyncio.Task[None] = field(init=False)


def measure() -> list[Figure]:
    """BOOKINGS bookings, each awaited on every tab before the next."""
    owner = a_cast().olga
    here = today("Europe/Vilnius")
    house = busy_house(owner, here, units=500)
    front_end.build()
    with served(OCTASPACE_WEB_PROCESSES="2") as octaspace:
        token = session_of(owner)
        said = _what_a_browser_says(octaspace, token)
        return asyncio.run(_measure(octaspace, token, said, owner, house, _free_nights(owner, house)))


def _what_a_browser_says(octaspace: Served, token: str) -> list[str]:
    """The frames a calendar sends until it shows today, heartbeats left out."""
    said: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: said.append(str(frame)))

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport=SIGHT)  # type: ignore[arg-type]
        context.add_cookies([{"name": COOKIE, "value": token, "url": octaspace.url}])
        page = context.new_page()
        page.on("websocket", listen)
        page.goto(octaspace.url + "/calendar")
        page.locator(".bar-of").first.wait_for()
        page.wait_for_timeout(1500)
        browser.close()
    return [frame for frame in said if frame[:1] == "4"]


async def _measure(octaspace: Served, token: str, said: list[str], owner: Actor, house: UUID, rooms: list[Room]) -> list[Figure]:
    tabs = [await _open(octaspace.url, token, said) for _ in range(TABS)]
    await asyncio.sleep(8)
    last, each, sizes = [], [], []
    for n, room in enumerate(rooms):
        before = sum(tab.received for tab in tabs)
        name, committed = await asyncio.to_thread(_sell, owner, house, room, n)
        times = await _heard_by_all(tabs, name, committed)
        last.append(max(times))
        each += times
        await asyncio.sleep(0.3)
        sizes.append((sum(tab.received for tab in tabs) - before) / TABS)
    for tab in tabs:
        tab.listener.cancel()
        await tab.socket.close()
    of = {"p50_to_the_last_tab": p50(last), "p50_of_all_tabs": p50(each), "tabs": TABS, "bookings": len(last)}
    return [
        Figure("live: commit to the last of 100 tabs, 2 web processes, p95", p95(last), "ms", 250, True, of),
        Figure("live: bytes a tab for one booking", p50(sizes), "bytes", 4000, True, {"max": max(sizes)}),
    ]


async def _open(url: str, token: str, said: list[str]) -> Tab:
    """A tab of its own: the browser's frames, on a socket with a fresh client token."""
    address = urlsplit(url)
    query = urlencode({"token": str(uuid4()), "EIO": 4, "transport": "websocket"})
    headers = {"Cookie": f"{COOKIE}={token}", "Origin": url}
    socket = await websockets.connect(
        f"ws://{address.netloc}/_event/?{query}", additional_headers=headers, max_size=None, compression=None, ping_interval=None
    )
    tab = Tab(socket)
    await socket.recv()
    tab.listener = asyncio.create_task(_listen(tab))
    for frame in said:
        await socket.send(frame)
        await asyncio.sleep(0.02)
    return tab


async def _listen(tab: Tab) -> None:
    """Answer heartbeats, note when a guest's name arrives."""
    async for frame in tab.socket:
        now, text = perf_counter(), str(frame)
        if text == "2":
            await tab.socket.send("3")
            continue
        tab.received += len(text.encode())
        for name in _NAMES.findall(text):
            tab.heard.setdefault(name, now)


async def _heard_by_all(tabs: list[Tab], name: str, committed: float) -> list[float]:
    """Milliseconds from the commit to each tab."""
    until = perf_counter() + PATIENCE
    while perf_counter() < until:
        if all(name in tab.heard for tab in tabs):
            return [(tab.heard[name] - committed) * 1000 for tab in tabs]
        await asyncio.sleep(0.002)
    missing = sum(name not in tab.heard for tab in tabs)
    raise AssertionError(f"{missing} of {len(tabs)} calendars never showed the booking of {name}")


_FREE = """
select u.room_type_id, d.night::date, u.id
from (select * from unit where room_type_id =
        (select id from room_type where property_id = %(house)s order by position, name limit 1)
      order by position, name limit 15) u
cross join generate_series(%(first)s::date, %(first)s::date + 14, interval '1 day') as d(night)
where not exists (select from stay_night n where n.unit_id = u.id and n.night = d.night and n.live)
  and exists (select from inventory_night i
        where i.room_type_id = u.room_type_id and i.night = d.night and i.capacity > i.sold + 5)
order by md5(u.id::text || d.night) limit %(most)s
"""


def _free_nights(owner: Actor, house: UUID) -> list[Room]:
    """Single nights, free in units that every tab shows on its first rows, within the next two weeks."""
    first = today("Europe/Vilnius") + DAY
    with work(owner) as db:
        found = raw(db).execute(_FREE, {"house": house, "first": first, "most": BOOKINGS}).fetchall()
    return [Room(room_type, night, night + DAY, unit) for room_type, night, unit in found]


def _sell(owner: Actor, house: UUID, room: Room, n: int) -> tuple[str, float]:
    """Sell one room; the guest's name nobody else has, and when the sale was committed."""
    name = f"Live-{n:05d}"
    with work(owner) as db:
        book(db, Booking(house, GuestDetails(name), [room]))
    return name, perf_counter()
