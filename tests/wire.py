"""A browser tab as an attacker writes it: a bare socket that sends whatever it likes and keeps whatever it is sent.

with a_socket(octaspace.url, cookie=session_of(rita), token="t1") as tab:
    tab.open("/calendar")                      what a browser sends first
    tab.call(Calendar.look, first=1, ...)      any handler, any arguments
    tab.heard                                  every message so far, as text
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from reflex_base.event import EventHandler, EventSpec
from reflex_base.utils.format import format_event_handler
from simple_websocket import Client, ConnectionClosed

from pms.accounts.sessions import COOKIE

NAMESPACE = "/_event"
HYDRATE = "reflex___state____state.hydrate_and_load"


class Wire:
    """One socket.io connection to the live namespace."""

    def __init__(self, url: str, cookie: str, token: str, headers: dict[str, str]) -> None:
        self.token, self.heard, self.open_now = token, "", True
        given = {"Origin": url, **({"Cookie": f"{COOKIE}={cookie}"} if cookie else {}), **headers}
        address = f"{url.replace('http', 'ws')}{NAMESPACE}/?EIO=4&transport=websocket&token={quote(token)}"
        self.socket = Client(address, headers=given, max_message_size=2**26)
        self.socket.send(f"40{NAMESPACE},")
        self.wait_for("40")

    def raw(self, packet: str | bytes) -> None:
        """Send anything at all."""
        self.socket.send(packet)

    def send(self, name: str, payload: Any = None, router: Any = None) -> None:
        """Send an event by its full name."""
        self.event({"name": name, "payload": payload or {}, "router_data": router or _at("/")})

    def event(self, event: Any) -> None:
        """Send an event as it stands."""
        self.raw(f"42{NAMESPACE},{json.dumps(['event', event])}")

    def call(self, handler: Any, path: str = "/", **payload: Any) -> None:
        """Call a handler of a state."""
        one: EventHandler = handler.handler if isinstance(handler, EventSpec) else handler
        self.send(format_event_handler(one), payload, _at(path))

    def open(self, path: str) -> None:
        """Begin a page as a browser does."""
        self.send(HYDRATE, {}, _at(path))

    def listen(self, seconds: float = 0.4) -> str:
        """Whatever arrives until nothing has for so long; the new part only."""
        before = len(self.heard)
        while self._one(seconds):
            pass
        return self.heard[before:]

    def wait_for(self, text: str, seconds: float = 10.0) -> None:
        """Listen until the text has been heard."""
        deadline = time.monotonic() + seconds
        while text not in self.heard:
            assert time.monotonic() < deadline, f"never heard {text!r} in {self.heard[-2000:]!r}"
            self._one(0.1)

    def _one(self, seconds: float) -> bool:
        try:
            message = self.socket.receive(timeout=seconds)
        except ConnectionClosed:
            self.open_now = False
            return False
        if message == "2":
            self.socket.send("3")
            return True
        self.heard += str(message) if message is not None else ""
        return message is not None


def _at(path: str) -> dict[str, Any]:
    return {"pathname": path, "query": {}, "asPath": path}


@contextmanager
def a_socket(url: str, cookie: str = "", token: str | None = None, **headers: str) -> Iterator[Wire]:
    """A connection for the duration; `cookie` is a session token, empty for nobody."""
    wire = Wire(url, cookie, token or uuid4().hex, headers)
    try:
        yield wire
    finally:
        with suppress(ConnectionClosed):
            wire.socket.close()
