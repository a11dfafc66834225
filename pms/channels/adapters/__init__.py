"""One folder per channel; see docs/channels.md for the recipe."""

from __future__ import annotations

from collections.abc import Mapping

from pms.channels.adapter import Adapter
from pms.channels.adapters.agoda import Agoda
from pms.channels.adapters.airbnb import Airbnb
from pms.channels.adapters.booking_com import BookingCom
from pms.channels.adapters.channex import Channex
from pms.channels.adapters.expedia import Expedia
from pms.channels.adapters.google_ari import GoogleAri
from pms.channels.adapters.trip_com import TripCom

ADAPTERS: Mapping[str, Adapter] = {
    "booking_com": BookingCom(),
    "airbnb": Airbnb(),
    "expedia": Expedia(),
    "agoda": Agoda(),
    "trip_com": TripCom(),
    "google_ari": GoogleAri(),
    "channex": Channex(),
}
"""Channels we speak to, by the name programs know them by."""
