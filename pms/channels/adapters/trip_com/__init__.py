"""Trip.com (Ctrip), directly: rooms, prices and restrictions are pushed to it, bookings are pushed to us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import httpx

from pms.channels.adapter import Adapter, Credential, Heard, Link, Message, Outcome, RemoteProduct, Reply
from pms.channels.adapters.trip_com import bookings, heard, house, tell
from pms.channels.adapters.trip_com.facts import CALLS_MOST, HOST, RESTRICTIONS, STAYS
from pms.channels.changes import Change
from pms.channels.incoming import Incoming


class TripCom(Adapter):
    """See `pms.channels.adapter.Adapter`. Nothing can be fetched or read back: what Trip.com brings is all there is."""

    name = "Trip.com"
    host = HOST
    credentials = (
        Credential("id", "User name", "Of the connection, from Trip.com.", secret=False),
        Credential("password", "Password", "Of the connection, from Trip.com."),
        Credential("partner", "Partner number", "CodeContext in Trip.com's papers.", secret=False),
        Credential("incoming_password", "Password of bookings", "The MessagePassword that Trip.com sends with bookings."),
    )
    knows = frozenset({"rooms", "price", *RESTRICTIONS, *STAYS})
    calls_most = CALLS_MOST

    def messages(self, link: Link, changes: Sequence[Change]) -> list[Message]:
        """See `tell`."""
        return tell.messages(link, changes)

    def send(self, http: httpx.Client, link: Link, message: Message) -> dict[int, str]:
        """See `tell`."""
        return tell.send(http, link, message)

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
