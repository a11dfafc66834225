"""Agoda, over its supply interface (YCS 5): rooms and prices out, bookings listed and fetched."""

from __future__ import annotations

from pms.channels.adapter import Adapter, Credential
from pms.channels.adapters.agoda import bookings, house, tell
from pms.channels.adapters.agoda.facts import HOST, POLL_SECONDS, RESTRICTIONS, TOGETHER

AGODA = Adapter(
    name="Agoda",
    host=HOST,
    credentials=(
        Credential("client_id", "Client ID", "From Agoda, for your connection.", secret=False, needed=False),
        Credential(
            "client_secret", "Client secret", "From Agoda. It lives a year, and a new one ends the old one.", needed=False
        ),
        Credential("api_key", "API key", "Only where Agoda gave you no client ID; it ends with the year 2026.", needed=False),
    ),
    ways=(("client_id", "client_secret"), ("api_key",)),
    knows=frozenset({"rooms", "price", "occupancy", *RESTRICTIONS}),
    together=TOGETHER,
    poll_seconds=POLL_SECONDS,
    messages=tell.messages,
    send=tell.send,
    remote=house.remote,
    currency=house.currency,
    shown=house.shown,
    as_told=tell.as_told,
    fetch=bookings.fetch,
    read=bookings.read,
    glimpse=bookings.glimpse,
)
"""Nothing is acknowledged: Agoda takes a booking that was asked for as delivered."""
