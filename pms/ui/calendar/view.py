"""Which window to load for what somebody looks at: some more than is in sight, so that scrolling does not wait. Pure."""

from __future__ import annotations

from uuid import UUID

from pms.ui.calendar.sheet import DAYS_MAX, ROWS_MAX, Span, Window

WEEK = 7
BESIDE = 7
"""Days loaded beyond each edge of what is in sight, at least."""
BELOW = 7
"""Rows loaded above and below what is in sight."""
NEAR = 2
"""So near to the edge of what is loaded, more is fetched."""


def span_for(organization_id: UUID, property_id: UUID, first: int, days: int, now: Span | None = None) -> Span:
    """The days to load when `days` from `first` on are in sight: whole weeks, so that tabs beside each other share them.

    Stays with `now` as long as it covers what is in sight with a little to spare, and not much more than is needed.
    """
    days = max(1, min(days, DAYS_MAX - 4 * WEEK))
    wanted = _weeks(organization_id, property_id, first, days)
    if now and now[:2] == wanted[:2] and now.days <= wanted.days + 2 * WEEK and _covers(now, first - NEAR, first + days + NEAR):
        return now
    return wanted


def _weeks(organization_id: UUID, property_id: UUID, first: int, days: int) -> Span:
    start = (first - BESIDE) // WEEK * WEEK
    end = -(-(first + days + BESIDE) // WEEK) * WEEK
    return Span(organization_id, property_id, start, end - start)


def _covers(span: Span, first: int, end: int) -> bool:
    return span.first <= first and end <= span.first + span.days


def rows_for(row: int, rows: int, now: Window | None = None) -> tuple[int, int]:
    """First row and number of rows to load when `rows` from `row` on are in sight; stays while little is missing."""
    rows = max(1, min(rows, ROWS_MAX - 2 * BELOW))
    count = min(ROWS_MAX, -(-(rows + 2 * BELOW) // 4) * 4)
    if now and now.count == count and now.top <= max(0, row - NEAR) and row + rows + NEAR <= now.top + now.count:
        return now.top, count
    return max(0, row - (count - rows) // 2), count
