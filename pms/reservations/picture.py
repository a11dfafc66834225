"""What the journal keeps of a stay before and after a change: enough to show it, to undo it and to repaint screens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pms.reservations.models import Stay
from pms.reservations.nights import Night

Picture = dict[str, Any]


def picture(stay: Stay, nights: Sequence[Night]) -> Picture:
    """The stay as plain JSON: `segments` are [first night, end night, room type id, unit id or None], `prices` minor units."""
    return {
        "status": stay.status,
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "adults": stay.adults,
        "children": stay.children,
        "room_type_id": str(stay.room_type_id),
        "reservation_id": str(stay.reservation_id),
        "version": stay.version,
        "segments": _segments(nights),
        "prices": [night.price for night in nights],
    }


def sold_as(stay: Stay) -> Picture:
    """Under which plan the stay is sold, by id and by its name then, and why at another price, if so."""
    quote = stay.quote or {}
    return {
        "rate_plan_id": str(stay.rate_plan_id) if stay.rate_plan_id else None,
        "plan": quote.get("plan", {}).get("name", ""),
        "reason": quote.get("reason", ""),
    }


def _segments(nights: Sequence[Night]) -> list[list[str | None]]:
    """Merge consecutive nights in the same unit."""
    segments: list[list[str | None]] = []
    for night in nights:
        end = (night.night + timedelta(days=1)).isoformat()
        lies = [str(night.room_type_id), str(night.unit_id) if night.unit_id else None]
        if segments and segments[-1][1] == night.night.isoformat() and segments[-1][2:] == lies:
            segments[-1][1] = end
        else:
            segments.append([night.night.isoformat(), end, *lies])
    return segments
