"""Prices end as the hotel wants them to: on .00, .50, .99. Pure; works on one amount and on arrays of them alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pms.kernel.money import MINOR_MAX

Amounts = NDArray[np.int64]
"""Minor units, whole numbers."""
Towards = Literal["nearest", "up", "down"]
BASIS = 10_000
"""Basis points in a whole: percentages are whole numbers of hundredths of a per cent."""


@dataclass(frozen=True)
class Rounding:
    """Amounts that end on `ending` in every `step` minor units: (100, 0) whole euros, (100, 99) on .99, (50, 0) halves."""

    step: int = 1
    ending: int = 0
    towards: Towards = "nearest"

    def __post_init__(self) -> None:
        if not 0 <= self.ending < self.step:
            raise ValueError("an ending lies within its step")


CENT = Rounding()


def column(values: Iterable[int]) -> Amounts:
    """One number a room type, standing as a column beside tables of room types down and nights across."""
    return np.fromiter(values, dtype=np.int64).reshape(-1, 1)


def in_reach(amounts: Amounts) -> Amounts:
    """Amounts that can be prices: from nothing to the largest that is kept. A long chain of mark-ups would overflow."""
    return np.minimum(np.maximum(amounts, 0), MINOR_MAX)  # on a few numbers np.clip takes five times as long


def share(amounts: Amounts, percent: int) -> Amounts:
    """`percent` basis points of each amount, rounded half away from zero to whole minor units (R-50)."""
    product = amounts * percent
    return np.sign(product) * ((np.abs(product) + BASIS // 2) // BASIS)


def round_to(amounts: Amounts, rounding: Rounding) -> Amounts:
    """Each amount, not below zero, on the nearest, next higher or next lower one with the wanted ending.

    Half way, nearest goes up. Rounding down never goes below zero: where no lower ending exists, the lowest one is taken.
    """
    if rounding == CENT:
        return amounts
    shifted = amounts - rounding.ending
    if rounding.towards == "up":
        steps = -(-shifted // rounding.step)
    elif rounding.towards == "down":
        steps = shifted // rounding.step
    else:
        steps = (2 * shifted + rounding.step) // (2 * rounding.step)
    return np.maximum(steps, 0) * rounding.step + rounding.ending
