"""What a night costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date


def night_prices(base_price: int, nights: Sequence[date]) -> list[int]:
    """The price of each local night in minor units of the property's currency: the room type's base price."""
    return [base_price for _ in nights]
