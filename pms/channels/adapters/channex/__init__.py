"""Channex, the aggregator through which a property can open without a certification of its own."""

from __future__ import annotations

from pms.channels.adapter import Adapter, Credential
from pms.channels.adapters.channex import bookings, heard, house, tell
from pms.channels.adapters.channex.facts import CALLS_MOST, HOST, NAMES, POLL_SECONDS, TOGETHER

CHANNEX = Adapter(
    name="Channex",
    host=HOST,
    credentials=(
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
            choices=("per_room", "per_person"),
        ),
    ),
    knows=frozenset({"occupancy", *NAMES}),
    by_guests=tell.by_guests,
    together=(TOGETHER,),
    calls_most=CALLS_MOST,
    poll_seconds=POLL_SECONDS,
    messages=tell.messages,
    send=tell.send,
    remote=house.remote,
    currency=house.currency,
    shown=house.shown,
    fetch=bookings.fetch,
    read=bookings.read,
    glimpse=bookings.glimpse,
    acknowledge=bookings.acknowledge,
    hear=heard.hear,
)
