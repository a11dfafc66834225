"""Airbnb, directly. A listing is room and rate in one: "LISTING" is the room, "LISTING/standard" has prices and restrictions."""

from __future__ import annotations

from pms.channels.adapter import Adapter, Credential
from pms.channels.adapters.airbnb import bookings, calls, heard, house, tell
from pms.channels.adapters.airbnb.facts import CALLS_MOST, HOST, POLL_SECONDS, STAYS, SWITCHES

AIRBNB = Adapter(
    name="Airbnb",
    host=HOST,
    credentials=(
        Credential("client_id", "Client ID", "Of your app, in Airbnb's partner portal.", secret=False),
        Credential("client_secret", "Client secret", "Of your app, in Airbnb's partner portal."),
        Credential("code", "Code", "Leave it empty: Airbnb asks the host to agree. A code works once.", needed=False),
        Credential("refresh_token", "Refresh token", "If the host has agreed before and you have it.", needed=False),
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
    ),
    knows=frozenset({"rooms", "price", "closed", *STAYS, *SWITCHES}),
    calls_most=CALLS_MOST,
    poll_seconds=POLL_SECONDS,
    asks=True,
    agree=calls.agree,
    messages=tell.messages,
    send=tell.send,
    remote=house.remote,
    currency=house.currency,
    shown=house.shown,
    as_told=tell.as_told,
    fetch=bookings.fetch,
    read=bookings.read,
    glimpse=bookings.glimpse,
    hear=heard.hear,
    answer=heard.answer,
)
"""The property's id is the host's user id."""
