"""Local dates and instants. A stay is nights [arrival, departure): dates at the property, never instants (R-01)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

DAY = timedelta(days=1)


def now() -> datetime:
    """The present instant, UTC."""
    return datetime.now(UTC)


def today(timezone: str) -> date:
    """The calendar date on the property's wall just now (R-02)."""
    return datetime.now(ZoneInfo(timezone)).date()


def nights(arrival: date, departure: date) -> list[date]:
    """The nights of a stay, first = arrival, last = departure - 1; none for day use."""
    return [arrival + timedelta(days=n) for n in range((departure - arrival).days)]


def is_timezone(name: str) -> bool:
    """Whether the IANA zone is known on this machine."""
    return name in available_timezones()


def runs(days: list[date]) -> Iterator[tuple[date, date]]:
    """Merge sorted distinct dates into half-open ranges [first, last + 1)."""
    start = previous = None
    for day in days:
        if previous is None or start is None:
            start = day
        elif day - previous != DAY:
            yield start, previous + DAY
            start = day
        previous = day
    if start is not None and previous is not None:
        yield start, previous + DAY
