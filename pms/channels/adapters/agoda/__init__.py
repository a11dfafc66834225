"""Agoda, over its supply interface (YCS 5): rooms and prices out, bookings listed and fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import httpx

from pms.channels.adapter import Adapter, Credential, Link, Message, Received, RemoteProduct
from pms.channels.adapters.agoda import bookings, house, tell
from pms.channels.adapters.agoda.facts import HOST, POLL_SECONDS, RESTRICTIONS, TOGETHER
from pms.channels.changes import Cell, Change, Values
from pms.channels.incoming import Incoming


class Agoda(Adapter):
    """See `pms.channels.adapter.Adapter`. Nothing is acknowledged: Agoda takes a booking that was asked for as delivered."""

    name = "Agoda"
    host = HOST
    credentials = (
        Credential("client_id", "Client ID", "From Agoda, for your connection.", secret=False, needed=False),
        Credential(
            "client_secret", "Client secret", "From Agoda. It lives a year, and a new one ends the old one.", needed=False
        ),
        Credential("api_key", "API key", "Only where Agoda gave you no client ID; it ends with the year 2026.", needed=False),
    )
    ways = (("client_id", "client_secret"), ("api_key",))
    knows = frozenset({"rooms", "price", "occupancy", *RESTRICTIONS})
    together = TOGETHER
    poll_seconds = POLL_SECONDS

    def messages(self, link: Link, changes: Sequence[Change]) -> list[Message]:
        """See `tell`."""
        return tell.messages(link, changes)

    def send(self, http: httpx.Client, link: Link, message: Message) -> dict[int, str]:
        """See `tell`."""
        return tell.send(http, link, message)

    def fetch(self, http: httpx.Client, link: Link) -> list[Received]:
        """See `bookings`."""
        return bookings.fetch(http, link)

    def read(self, link: Link, text: str) -> Incoming:
        """See `bookings`."""
        return bookings.read(link, text)

    def remote(self, http: httpx.Client, link: Link) -> list[RemoteProduct]:
        """See `house`."""
        return list(house.remote(http, link))

    def shown(self, http: httpx.Client, link: Link, first: date, nights: int) -> Mapping[Cell, Values]:
        """See `house`."""
        return house.shown(http, link, first, nights)
