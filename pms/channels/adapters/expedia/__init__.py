"""Expedia, over its QuickConnect interface: rooms and prices out, bookings fetched and confirmed."""

from __future__ import annotations

from pms.channels.adapter import Adapter, Credential
from pms.channels.adapters.expedia import bookings, house, tell
from pms.channels.adapters.expedia.facts import HOST, POLL_SECONDS, TOGETHER

EXPEDIA = Adapter(
    name="Expedia",
    host=HOST,
    credentials=(
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
    ),
    knows=frozenset({"rooms", "price", "occupancy", "min_stay", "max_stay", "closed", "closed_arrival", "closed_departure"}),
    by_guests=tell.by_guests,
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
    acknowledge=bookings.acknowledge,
)
"""Whether a minimum stay counts from the arrival or on every night is set at Expedia."""
