"""What a night costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pms.properties.models import RoomType


def night_prices(room_type: RoomType, nights: Sequence[date]) -> list[int]:
    """The price of each local night in minor units of the property's currency: the room type's base price."""
    return [room_type.base_price for _ in nights]
