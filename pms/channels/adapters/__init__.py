"""One folder per channel; see docs/channels.md for the recipe."""

from __future__ import annotations

from collections.abc import Mapping

from pms.channels.adapter import Adapter
from pms.channels.adapters.agoda import AGODA
from pms.channels.adapters.airbnb import AIRBNB
from pms.channels.adapters.booking_com import BOOKING_COM
from pms.channels.adapters.channex import CHANNEX
from pms.channels.adapters.expedia import EXPEDIA
from pms.channels.adapters.google_ari import GOOGLE_ARI
from pms.channels.adapters.trip_com import TRIP_COM

ADAPTERS: Mapping[str, Adapter] = {
    "booking_com": BOOKING_COM,
    "airbnb": AIRBNB,
    "expedia": EXPEDIA,
    "agoda": AGODA,
    "trip_com": TRIP_COM,
    "google_ari": GOOGLE_ARI,
    "channex": CHANNEX,
}
"""Channels we speak to, by the name programs know them by."""
