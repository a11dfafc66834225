"""What leaving costs and what is due when: tiers, deadlines on the property's wall, fees from the real prices of the nights.

A tier of a cancellation policy is {"days": 2, "time": "18:00", "fixed": 0, "percent": 10000, "nights": 1}: from 18:00 two days
before arrival on, the whole price of the first night. "days" None: from the booking on. "nights" None: of the whole stay.
A tier of a deposit policy has the same amount fields and "days" before arrival, None for at once. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from pms.rates.models import Policy
from pms.rates.rounding import BASIS

MIDNIGHT = time(0)


@dataclass(frozen=True)
class Tier:
    """From when on, and how much: `fixed` minor units plus `percent` basis points of the first `nights` (None: all)."""

    days: int | None = None
    time: time = MIDNIGHT
    fixed: int = 0
    percent: int = 0
    nights: int | None = None

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """From how tables keep it."""
        return cls(
            kept.get("days"),
            time.fromisoformat(kept.get("time") or "00:00"),
            kept.get("fixed", 0),
            kept.get("percent", 0),
            kept.get("nights"),
        )

    def keep(self) -> dict[str, Any]:
        """How tables keep it."""
        at = self.time.isoformat("minutes")
        return {"days": self.days, "time": at, "fixed": self.fixed, "percent": self.percent, "nights": self.nights}

    def amount(self, prices: Sequence[int]) -> int:
        """Minor units for a stay whose nights have these real prices, never more than the whole stay."""
        base = sum(prices if self.nights is None else prices[: self.nights])
        return min(sum(prices), self.fixed + (base * self.percent + BASIS // 2) // BASIS)

    def deadline(self, arrival: date, timezone: str) -> datetime | None:
        """The instant from which on the tier holds; None when it does from the booking on."""
        return None if self.days is None else at_the_wall(arrival - timedelta(days=self.days), self.time, timezone)


def at_the_wall(day: date, clock: time, timezone: str) -> datetime:
    """A local wall time at the property as an instant, UTC (R-03).

    A time that the clock skips in spring is the first instant after the gap; one that comes twice in autumn is the later one.
    """
    local = datetime.combine(day, clock, ZoneInfo(timezone))
    first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return second if second >= first else _change_of_clocks(second, first, ZoneInfo(timezone))


def _change_of_clocks(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant, to the second, at which the clock was put forward; in a gap, `fold` gives one instant on either side of it."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (before, middle) if middle.astimezone(zone).utcoffset() == offset else (middle, after)
    return after


def cancellation_fee(policy: Policy, arrival: date, prices: Sequence[int], cancelled_at: datetime, timezone: str) -> int:
    """What cancelling costs, in minor units, when the word came at that instant (R-80, R-82).

    Of the tiers whose deadline has passed, the one with the latest deadline counts; at the very deadline it is still free.
    """
    passed = [
        (deadline or datetime.min.replace(tzinfo=UTC), tier)
        for tier in tiers_of(policy)
        if (deadline := tier.deadline(arrival, timezone)) is None or cancelled_at > deadline
    ]
    return max(passed, key=lambda one: one[0])[1].amount(prices) if passed else 0


def no_show_fee(policy: Policy, prices: Sequence[int]) -> int:
    """What not arriving costs: the policy's own fee for it, else that of its last tier (R-81)."""
    if policy.no_show is not None:
        return Tier.read(policy.no_show).amount(prices)
    tiers = in_order(tiers_of(policy))
    return tiers[-1].amount(prices) if tiers else 0


def deposits(policy: Policy, arrival: date, booked_on: date, prices: Sequence[int]) -> list[tuple[date, int]]:
    """What is due before arrival: (local date, minor units), each part once, never more than the stay in all (R-98).

    What would have been due before the booking is due at once; parts due on one day are one.
    """
    due: dict[date, int] = {}
    left = sum(prices)
    for tier in in_order(tiers_of(policy)):
        on = booked_on if tier.days is None else max(booked_on, arrival - timedelta(days=tier.days))
        part = min(left, tier.amount(prices))
        left -= part
        if part:
            due[on] = due.get(on, 0) + part
    return sorted(due.items())


def tiers_of(policy: Policy) -> list[Tier]:
    """The tiers, as they were written down."""
    return [Tier.read(kept) for kept in policy.tiers]


def in_order(tiers: Iterable[Tier]) -> list[Tier]:
    """From the booking towards the arrival."""
    return sorted(tiers, key=lambda tier: (tier.days is not None, -(tier.days or 0), tier.time))
