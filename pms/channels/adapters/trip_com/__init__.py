"""Trip.com (Ctrip), directly: rooms, prices and restrictions are pushed to it, bookings are pushed to us."""

from __future__ import annotations

from pms.channels.adapter import Adapter, Credential
from pms.channels.adapters.trip_com import bookings, heard, house, tell
from pms.channels.adapters.trip_com.facts import CALLS_MOST, DAYS_AHEAD, HOST, RESTRICTIONS, STAYS

TRIP_COM = Adapter(
    name="Trip.com",
    host=HOST,
    credentials=(
        Credential("id", "User name", "Of the connection, from Trip.com.", secret=False),
        Credential("password", "Password", "Of the connection, from Trip.com."),
        Credential("partner", "Partner number", "CodeContext in Trip.com's papers.", secret=False),
        Credential("incoming_password", "Password of bookings", "The MessagePassword that Trip.com sends with bookings."),
    ),
    knows=frozenset({"rooms", "price", *RESTRICTIONS, *STAYS}),
    after_tax=True,
    calls_most=CALLS_MOST,
    nights_most=DAYS_AHEAD + 1,
    messages=tell.messages,
    send=tell.send,
    remote=house.remote,
    read=bookings.read,
    glimpse=bookings.glimpse,
    hear=heard.hear,
    answer=heard.answer,
)
"""Nothing can be fetched or read back: what Trip.com brings is all there is."""
