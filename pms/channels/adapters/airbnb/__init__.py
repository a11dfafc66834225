"""Airbnb, directly. A listing is room and rate in one: "LISTING" is the room, "LISTING/standard" has prices and restrictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import httpx

from pms.channels.adapter import Adapter, Credential, Heard, Link, Message, Outcome, Received, RemoteProduct, Reply
from pms.channels.adapters.airbnb import bookings, heard, house, tell
from pms.channels.adapters.airbnb.facts import CALLS_MOST, HOST, POLL_SECONDS, STAYS, SWITCHES
from pms.channels.changes import Cell, Change, Values
from pms.channels.incoming import Incoming


class Airbnb(Adapter):
    """See `pms.channels.adapter.Adapter`. The property's id is the host's user id."""

    name = "Airbnb"
    host = HOST
    credentials = (
        Credential("client_id", "Client ID", "Of your app, in Airbnb's partner portal.", secret=False),
        Credential("client_secret", "Client secret", "Of your app, in Airbnb's partner portal."),
        Credential("code", "Code", "What Airbnb adds to your address once the host has agreed. It works once.", needed=False),
        Credential("refresh_token", "Refresh token", "Instead of the code, if you have one already.", needed=False),
        Credential(
            "webhook_key",
            "Public key",
            "Airbnb's, from the partner portal; it starts with BEGIN PUBLIC KEY.",
            secret=False,
            lines=True,
        ),
        Credential(
            "room_type_listings",
            "Listings with several units",
            "Their numbers, with commas between; none if every listing is one room.",
            secret=False,
            needed=False,
        ),
    )
    ways = (("code",), ("refresh_token",))
    knows = frozenset({"rooms", "price", "closed", *STAYS, *SWITCHES})
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
        return bookings.read(link, text)

    def hear(self, link: Link, headers: Mapping[str, str], body: bytes) -> Heard:
        """See `heard`."""
        return heard.hear(link, headers, body)

    def answer(self, link: Link, outcomes: Sequence[Outcome]) -> Reply:
        """See `heard`."""
        return heard.answer(outcomes)

    def remote(self, http: httpx.Client, link: Link) -> list[RemoteProduct]:
        """See `house`."""
        return list(house.remote(http, link))

    def shown(self, http: httpx.Client, link: Link, first: date, nights: int) -> Mapping[Cell, Values]:
        """See `house`."""
        return house.shown(http, link, first, nights)
