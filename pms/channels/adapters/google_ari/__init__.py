"""Google's hotel search: it shows prices and sends the guest to the property's own booking page. Bookings do not come from it."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from pms.channels.adapter import Adapter, Credential, House, Link, Message, Unreadable
from pms.channels.adapters.google_ari import tell
from pms.channels.adapters.google_ari.facts import HOST, STAYS, SWITCHES
from pms.channels.adapters.google_ari.house import describe
from pms.channels.changes import Change
from pms.channels.incoming import Incoming


class GoogleAri(Adapter):
    """See `pms.channels.adapter.Adapter`."""

    name = "Google"
    host = HOST
    credentials = (
        Credential("partner_key", "Partner key", "In Hotel Center: your account's settings.", secret=False, needed=False),
    )
    knows = frozenset({"rooms", "price", "occupancy", *STAYS, *SWITCHES})
    describes = True

    def messages(self, link: Link, changes: Sequence[Change]) -> list[Message]:
        """See `tell`."""
        return tell.messages(link, changes)

    def send(self, http: httpx.Client, link: Link, message: Message) -> dict[int, str]:
        """See `tell`."""
        return tell.send(http, link, message)

    def describe(self, http: httpx.Client, link: Link, house: House) -> None:
        """See `house`."""
        describe(http, link, house)

    def read(self, link: Link, text: str) -> Incoming:
        """Nothing: Google has no bookings."""
        raise Unreadable("Google sends no bookings")
