"""Booking.com, spoken to directly (Connectivity APIs: OTA for what is sent and booked, B.XML for the rest)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import httpx

from pms.channels.adapter import Adapter, Credential, Link, Message, Received, RemoteProduct
from pms.channels.adapters.booking_com import bookings, house, tell
from pms.channels.adapters.booking_com.facts import HOST, POLL_SECONDS, STAYS, SWITCHES
from pms.channels.changes import Cell, Change, Values
from pms.channels.incoming import Incoming


class BookingCom(Adapter):
    """See `pms.channels.adapter.Adapter`."""

    name = "Booking.com"
    host = HOST
    credentials = (
        Credential("client_id", "Client ID", "Of the machine account, in Booking.com's Provider Portal.", secret=False),
        Credential("client_secret", "Client secret", "Shown once, when the machine account is made."),
        Credential(
            "pricing",
            "Pricing",
            '"standard" (a price for the room) or "occupancy", as the property has it there.',
            secret=False,
            needed=False,
            choices=("standard", "occupancy"),
        ),
        Credential(
            "target", "Target", '"Test" for a test property, else nothing.', secret=False, needed=False, choices=("Test",)
        ),
    )
    knows = frozenset({"rooms", "price", "occupancy", *STAYS, *SWITCHES})
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

    def shown(self, http: httpx.Client, link: Link, first: date, nights: int) -> Mapping[Cell, Values] | None:
        """See `house`."""
        return house.shown(http, link, first, nights)
