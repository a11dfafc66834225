"""Booking.com, spoken to directly (Connectivity APIs: OTA for what is sent and booked, B.XML for the rest)."""

from __future__ import annotations

from pms.channels.adapter import Adapter, Credential
from pms.channels.adapters.booking_com import bookings, house, reports, tell
from pms.channels.adapters.booking_com.facts import AMOUNT, HOST, OFFERS_SECONDS, POLL_SECONDS, REPORTS, STAYS, SWITCHES

BOOKING_COM = Adapter(
    name="Booking.com",
    host=HOST,
    credentials=(
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
    ),
    knows=frozenset({"rooms", "price", "occupancy", "single", *STAYS, *SWITCHES}),
    by_guests=tell.by_guests,
    after_tax=AMOUNT == "AmountAfterTax",
    poll_seconds=POLL_SECONDS,
    offers_seconds=OFFERS_SECONDS,
    reported=frozenset(REPORTS),
    messages=tell.messages,
    send=tell.send,
    remote=house.remote,
    shown=house.shown,
    as_told=tell.as_told,
    fetch=bookings.fetch,
    missed=bookings.missed,
    read=bookings.read,
    glimpse=bookings.glimpse,
    acknowledge=bookings.acknowledge,
    report=reports.report,
)
