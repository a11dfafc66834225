"""Channex, the aggregator through which a property can open without a certification of its own."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import date

import httpx

from pms.channels.adapter import Adapter, Credential, Forged, Heard, Link, Message, Received, RemoteProduct
from pms.channels.adapters.channex import bookings, house, tell
from pms.channels.adapters.channex.facts import CALLS_MOST, HOST, NAMES, POLL_SECONDS, SECRET_HEADER, TOGETHER
from pms.channels.changes import Cell, Change, Values
from pms.channels.incoming import Incoming


class Channex(Adapter):
    """See `pms.channels.adapter.Adapter`."""

    name = "Channex"
    host = HOST
    credentials = (
        Credential("api_key", "API key", "In Channex: your profile, API keys."),
        Credential(
            "webhook_secret",
            "Webhook secret",
            "A word of your own, for the header x-octaspace-secret of the webhook; without one, bookings are asked for.",
            needed=False,
        ),
        Credential(
            "pricing",
            "Pricing",
            '"per_room" (a price for the room) or "per_person", as the rate plans have it in Channex.',
            secret=False,
            needed=False,
        ),
    )
    knows = frozenset({"occupancy", *NAMES})
    together = (TOGETHER,)
    calls_most = CALLS_MOST
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
        return bookings.read(text)

    def acknowledge(self, http: httpx.Client, link: Link, receipts: Sequence[str]) -> None:
        """See `bookings`."""
        bookings.acknowledge(http, link, receipts)

    def hear(self, link: Link, headers: Mapping[str, str], body: bytes) -> Heard:
        """A hint, and no more: webhooks come twice, late and out of order."""
        secret = link.credentials.get("webhook_secret", "")
        if not secret or not hmac.compare_digest(headers.get(SECRET_HEADER, "").encode(), secret.encode()):
            raise Forged
        return Heard(news=True)

    def remote(self, http: httpx.Client, link: Link) -> list[RemoteProduct]:
        """See `house`."""
        return list(house.remote(http, link))

    def shown(self, http: httpx.Client, link: Link, first: date, nights: int) -> Mapping[Cell, Values]:
        """See `house`."""
        return house.shown(http, link, first, nights)
