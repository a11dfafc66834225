"""Expedia, over its QuickConnect interface: rooms and prices out, bookings fetched and confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import httpx

from pms.channels.adapter import Adapter, Credential, Link, Message, Received, RemoteProduct
from pms.channels.adapters.expedia import bookings, house, tell
from pms.channels.adapters.expedia.facts import HOST, POLL_SECONDS, TOGETHER
from pms.channels.changes import Cell, Change, Values
from pms.channels.incoming import Incoming


class Expedia(Adapter):
    """See `pms.channels.adapter.Adapter`. Whether a minimum stay counts from the arrival or on every night is set at Expedia."""

    name = "Expedia"
    host = HOST
    credentials = (
        Credential("username", "EQC user name", "From Expedia, for your connection. Capitals matter.", secret=False),
        Credential("password", "EQC password", "From Expedia, with the user name. Capitals matter."),
        Credential(
            "pricing",
            "Pricing model",
            "As set at Expedia: PerOccupancy (by adults) or PerDay.",
            secret=False,
            needed=False,
            choices=("PerOccupancy", "PerDay"),
        ),
    )
    knows = frozenset({"rooms", "price", "occupancy", "min_stay", "max_stay", "closed", "closed_arrival", "closed_departure"})
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

    def acknowledge(self, http: httpx.Client, link: Link, receipts: Sequence[str]) -> None:
        """See `bookings`."""
        bookings.acknowledge(http, link, receipts)

    def remote(self, http: httpx.Client, link: Link) -> list[RemoteProduct]:
        """See `house`."""
        return list(house.remote(http, link))

    def shown(self, http: httpx.Client, link: Link, first: date, nights: int) -> Mapping[Cell, Values]:
        """See `house`."""
        return house.shown(http, link, first, nights)
