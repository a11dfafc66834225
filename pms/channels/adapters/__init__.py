"""One folder per channel; see docs/channels.md for the recipe."""

from __future__ import annotations

from collections.abc import Mapping

from pms.channels.adapter import Adapter
from pms.channels.adapters.booking_com import BookingCom
from pms.channels.adapters.channex import Channex
from pms.channels.adapters.google_ari import GoogleAri

ADAPTERS: Mapping[str, Adapter] = {"channex": Channex(), "booking_com": BookingCom(), "google_ari": GoogleAri()}
"""Channels we speak to, by the name programs know them by."""
