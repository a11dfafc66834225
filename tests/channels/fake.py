"""What every local OTA of the tests is: keeps a calendar and a booking list as the real one does, and fails when told to.

Each is written from its channel's documents, not from our adapter. What they have in common is here: the calendar in plain field
names, sales that take rooms away there, revisions that wait for an acknowledgement, faults, and the server.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import httpx

Fault = Literal["500", "429", "drop_before", "drop_after", "garbage", "half", "late", "hang_before", "hang_after"]
"""Answer 500 or 429 undone; hang up before or after doing it; answer nonsense undone; do half and answer 500; answer late; say
nothing, before or after doing it, until our side gives up."""
FAULTS: tuple[Fault, ...] = ("500", "429", "drop_before", "drop_after", "garbage", "half", "late", "hang_before", "hang_after")
DONE: tuple[Fault, ...] = ("drop_after", "half", "hang_after")
"""Those after which something is done there although our side believes that nothing is."""
SOON = {"OCTASPACE_CHANNEL_SECONDS": "1"}
"""The environment in which our side gives up soon."""


@dataclass(frozen=True)
class Sale:
    """One room of a booking, in the channel's own ids: local dates [arrival, departure), minor units a night."""

    room: str
    rate: str
    arrival: date
    departure: date
    adults: int = 2
    children_ages: tuple[int, ...] = ()
    prices: tuple[int, ...] = ()

    @property
    def nights(self) -> list[date]:
        return [self.arrival + timedelta(days=n) for n in range((self.departure - self.arrival).days)]


@dataclass
class FakeBooking:
    """A booking as the OTA keeps it; `revision` counts from 1."""

    id: str
    rooms: list[Sale]
    last_name: str = "Adams"
    status: Literal["new", "modified", "cancelled"] = "new"
    revision: int = 1
    oversold: bool = False
    """The OTA sold it although its own calendar had nothing left."""


@dataclass
class Sold:
    """A room of a booking on one night, from when it was sold there `until` the guest gave it back; seconds since the epoch.

    `left` is what the OTA believed it could sell just before, `told` when it accepted a number of rooms last, and which.
    """

    booking: str
    room: str
    night: date
    at: float
    left: int = 0
    told: tuple[float, int] | None = None
    until: float = math.inf


@dataclass(frozen=True)
class Call:
    """What the OTA was asked."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What it answers."""

    status: int = 200
    body: str | bytes = ""
    media: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class FakeOta:
    """One OTA with one property. Subclasses say how it is spoken to (`do`), and what it must be told to accept."""

    channel: str
    sells = True
    """Whether bookings come from there; a price list does not."""
    brings = False
    """Whether it posts its bookings to our door, instead of waiting to be asked."""
    asks = False
    """Whether it asks us before it sells."""
    rooms_most = 10
    """Rooms a booking can have there."""
    remote_property = "P-1"
    currency = "EUR"

    def __init__(self) -> None:
        self.url = ""
        self.hook = ""
        """Where our side listens, once it is connected; "" for a channel that only answers."""
        self.credentials: dict[str, str] = {}
        """What a connection needs to be let in."""
        self.products: dict[str, set[str]] = {}
        """Room -> the rates in it."""
        self.calendar: dict[tuple[str, date], dict[str, int]] = {}
        """("ROOM" or "ROOM/RATE", night) -> plain field names: rooms, price, price_1..., min_stay, closed..., as ints."""
        self.bookings: dict[str, FakeBooking] = {}
        self.sales: list[Sold] = []
        """Every room and night it ever sold."""
        self.accepted: dict[tuple[str, date], tuple[float, int]] = {}
        """When it took a number of rooms last, and which."""
        self.listened: list[float] = []
        """Whenever it took any number of rooms."""
        self.waiting: list[tuple[str, int]] = []
        """(booking, revision) that our side has not acknowledged."""
        self.calls: list[tuple[str, str, int]] = []
        """(method, path, status), in order."""
        self.bytes = 0
        """Of all bodies it was sent."""
        self.faults: list[Fault] = []
        """For the next calls, one each."""
        self.fault_share = 0.0
        self.disorder = 0.0
        """The share of what it brings that comes only with the next delivery, and of deliveries that bring an old word again."""
        self.past: list[Any] = []
        """What it brought."""
        self.random = random.Random(1)
        self.lock = threading.RLock()
        self.number = 0

    def add(self, room: str, rates: Sequence[str]) -> None:
        """Sell one more room there, at these rates."""
        self.products.setdefault(room, set()).update(rates)

    # -- what the channel does by itself

    def sell(self, rooms: Sequence[Sale], last_name: str = "Adams", force: bool = False) -> str | None:
        """A guest books there; the booking's id, or None when its calendar has no room left or is closed (unless `force`)."""
        with self.lock:
            free = self.has(rooms)
            if not free and not force:
                return None
            self.number += 1
            booking = FakeBooking(self.new_id(), list(rooms), last_name, oversold=not free)
            self.sold(booking)
            self._count(rooms, -1)
            self.bookings[booking.id] = booking
            self.announce(booking)
            return booking.id

    def modify(self, id: str, rooms: Sequence[Sale], force: bool = True) -> None:
        """The guest changes it, without `force` only to what its calendar has left; the message is the full new state."""
        with self.lock:
            booking = self.bookings[id]
            had = {(sale.room, night) for sale in booking.rooms for night in sale.nights}
            more = {(sale.room, night) for sale in rooms for night in sale.nights} - had
            if not force and any(self.left(room, night) <= 0 for room, night in more):
                return
            self._count(booking.rooms, +1)
            booking.rooms, booking.status, booking.revision = list(rooms), "modified", booking.revision + 1
            self.sold(booking)
            self._count(rooms, -1)
            self.announce(booking)

    def cancel(self, id: str) -> None:
        """The guest cancels; the OTA sells its rooms again at once."""
        with self.lock:
            booking = self.bookings[id]
            self._count(booking.rooms, +1)
            booking.status, booking.revision = "cancelled", booking.revision + 1
            self.sold(booking)
            self.announce(booking)

    def announce(self, booking: FakeBooking) -> None:
        """Queue the revision; a channel that calls us overrides this and posts to `hook`."""
        self.waiting.append((booking.id, booking.revision))

    def sold(self, booking: FakeBooking) -> None:
        """Note what is sold now and was not before, and on what; and what the guest has no longer."""
        now = Counter((sale.room, night) for sale in booking.rooms for night in sale.nights if booking.status != "cancelled")
        for one in self.sales:
            if one.booking == booking.id and one.until == math.inf:
                now[one.room, one.night] -= 1
                one.until = time.time() if now[one.room, one.night] < 0 else math.inf
        for room, night in (+now).elements():
            told = self.accepted.get((room, night))
            self.sales.append(Sold(booking.id, room, night, time.time(), self.left(room, night), told))

    def remind(self) -> None:
        """Bring again what our side has not taken; a channel that is asked has nothing to do."""

    def late(self) -> bool:
        """Whether the next word is not brought before the next delivery, after what happened later."""
        return self.random.random() < self.disorder

    def once_more(self, word: Any) -> list[Any]:
        """What is brought after this word was: now and then one that was brought before, this or an older one."""
        self.past.append(word)
        return [self.random.choice(self.past)] if self.random.random() < self.disorder else []

    def new_id(self) -> str:
        """The id of the next booking, as it looks there."""
        return f"{self.channel}-{self.number}"

    def reference(self, id: str) -> str:
        """What guests call the booking with that id."""
        return id

    def left(self, room: str, night: date) -> int:
        """Rooms the channel believes it can sell."""
        return self.calendar.get((room, night), {}).get("rooms", 0)

    def has(self, rooms: Sequence[Sale]) -> bool:
        """Whether a guest is offered all of these."""
        return all(self.sellable(sale.room, sale.rate, night) for sale in rooms for night in sale.nights)

    def sellable(self, room: str, rate: str, night: date) -> bool:
        """Whether a guest is offered it: there are rooms, and the rate is not closed."""
        plan = self.calendar.get((f"{room}/{rate.rpartition('/')[2]}", night), {})
        return self.left(room, night) > 0 and not plan.get("closed")

    def _count(self, rooms: Sequence[Sale], by: int) -> None:
        for sale in rooms:
            for night in sale.nights:
                cell = self.calendar.setdefault((sale.room, night), {})
                cell["rooms"] = max(0, cell.get("rooms", 0) + by)

    # -- how it is spoken to

    def do(self, call: Call, half: bool = False) -> Answer:
        """One call; `half` does only half of what it carries, as a channel that breaks down in the middle."""
        raise NotImplementedError

    def told(self, remote_id: str, first: date, last: date, values: Mapping[str, int]) -> None:
        """Note values for the nights from first to last, both included."""
        for n in range((last - first).days + 1):
            self.calendar.setdefault((remote_id, first + timedelta(days=n)), {}).update(values)
            if "rooms" in values:
                self.accepted[remote_id, first + timedelta(days=n)] = (time.time(), values["rooms"])
                self.listened.append(time.time())

    def next_fault(self) -> Fault | None:
        with self.lock:
            if self.faults:
                return self.faults.pop(0)
            return self.random.choice(FAULTS) if self.random.random() < self.fault_share else None

    def fault_of(self, path: str) -> Fault | None:
        """What happens to a call of that path; the next fault, unless a test wants it otherwise."""
        return self.next_fault()


def reached(post: Callable[[], httpx.Response]) -> httpx.Response:
    """What our side answers; 503 when nobody is there."""
    try:
        return post()
    except httpx.TransportError:
        return httpx.Response(503)


def moved(sale: Sale, arrival: date, departure: date) -> Sale:
    """The same room on other dates, every night at the price of the first."""
    return replace(sale, arrival=arrival, departure=departure, prices=sale.prices[:1] * (departure - arrival).days)


@contextmanager
def serving(ota: FakeOta) -> Iterator[None]:
    """Let it answer on a free port for the duration."""
    handler = type("Handler", (_Handler,), {"ota": ota})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        ota.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    ota: FakeOta

    def _any(self) -> None:
        parts = urlsplit(self.path)
        fault = self.ota.fault_of(parts.path)
        if fault == "drop_before":
            self._hang_up()
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if fault == "hang_before":
            self._say_nothing()
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, parts.path, parse_qs(parts.query), headers, body)
        with self.ota.lock:
            answer = self._answered(call, fault)
            self.ota.calls.append((call.method, call.path, answer.status))
            self.ota.bytes += len(body)
        if fault == "late":
            time.sleep(0.2)
        if fault == "drop_after":
            self._hang_up()
        elif fault == "hang_after":
            self._say_nothing()
        else:
            self._say(answer)

    def _answered(self, call: Call, fault: Fault | None) -> Answer:
        if fault == "half":
            self.ota.do(call, half=True)
        if fault in ("500", "half"):
            return Answer(500, "out of order")
        if fault == "429":
            return Answer(429, "too many", headers={"Retry-After": "1"})
        if fault == "garbage":
            return Answer(200, "<html>\x7f&&& maintenance {", "text/html")
        return self.ota.do(call)

    def _say(self, answer: Answer) -> None:
        said = answer.body.encode() if isinstance(answer.body, str) else answer.body
        self.send_response(answer.status)
        for name, value in {"Content-Type": answer.media, "Content-Length": str(len(said)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said)

    def _say_nothing(self) -> None:
        """Until whoever called gives up and goes."""
        with suppress(OSError):
            self.connection.recv(1)
        self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _any

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""
