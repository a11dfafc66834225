"""What a benchmark says: a number, its unit, the goal, and the numbers it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass(frozen=True)
class Figure:
    """`goal` is an upper bound when `less` is true (times, bytes), else a lower bound; None means: for information."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    less: bool = True
    of: dict[str, float] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None without a goal."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.less else self.value >= self.goal


def p50(values: Sequence[float]) -> float:
    """The median."""
    return median(values)


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return quantiles(values, n=20)[-1]


def p99(values: Sequence[float]) -> float:
    """The 99th percentile."""
    return quantiles(values, n=100)[-1]
