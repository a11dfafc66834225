"""One folder per channel; see docs/channels.md for the recipe."""

from __future__ import annotations

from collections.abc import Mapping

from pms.channels.adapter import Adapter
from pms.channels.adapters.channex import Channex

ADAPTERS: Mapping[str, Adapter] = {"channex": Channex()}
"""Channels we speak to, by the name programs know them by."""
