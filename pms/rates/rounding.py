"""Prices end as the hotel wants them to: on .00, .50, .99. Pure; works on one amount and on arrays of them alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

    @property
    def lean(self) -> int:
        """What twice an amount is moved up by, before as many times two whole steps as are in it are taken."""
        return {"nearest": self.step, "up": 2 * self.step - 2, "down": 0}[self.towards]


CENT = Rounding()


class Roundings:
    """The roundings of several plans, for tables of their prices that lie one behind the other."""

    def __init__(self, each: Sequence[Rounding]) -> None:
        self.step, self.ending, self.lean = (
            np.array(side, dtype=np.int64).reshape(-1, 1, 1)
            for side in ([one.step for one in each], [one.ending for one in each], [one.lean for one in each])
        )


def column(values: Iterable[int]) -> Amounts:
    """One number a room type, standing as a column beside tables of room types down and nights across."""
    return np.fromiter(values, dtype=np.int64).reshape(-1, 1)


def in_reach(amounts: Amounts) -> Amounts:
    """Amounts that can be prices: from nothing to the largest that is kept. A long chain of mark-ups would overflow."""
    return np.minimum(np.maximum(amounts, 0), MINOR_MAX)  # on a few numbers np.clip takes five times as long


def share(amounts: Amounts, percent: int | Amounts) -> Amounts:
    """`percent` basis points of each amount, rounded half away from zero to whole minor units (R-50)."""
    product = amounts * percent
    return (product + (BASIS // 2 - (product < 0))) // BASIS  # the division rounds down, hence one less for what is below zero


def round_to(amounts: Amounts, rounding: Rounding | Roundings) -> Amounts:
    """Each amount, not below zero, on the nearest, next higher or next lower one with the wanted ending.

    Half way, nearest goes up. Rounding down never goes below zero: where no lower ending exists, the lowest one is taken.
    """
    if rounding == CENT:
        return amounts
    steps = (2 * (amounts - rounding.ending) + rounding.lean) // (2 * rounding.step)
    return np.maximum(steps, 0) * rounding.step + rounding.ending
