"""Nights, runs and the date on the wall."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.kernel import dates
from pms.kernel.dates import DAY, is_timezone, nights, now, runs, today

DATES = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(DATES, st.integers(0, 400))
def test_a_stay_has_a_night_per_day_but_the_last(arrival: date, count: int) -> None:
    found = nights(arrival, arrival + count * DAY)
    assert len(found) == count
    assert found == sorted(set(found))
    assert arrival + count * DAY not in found
    assert count == 0 or found[0] == arrival


@given(st.sets(DATES, max_size=60))
def test_runs_hold_exactly_the_days_and_never_touch(days: set[date]) -> None:
    found = list(runs(sorted(days)))
    assert {night for first, end in found for night in nights(first, end)} == days
    assert all(first < end for first, end in found)
    assert all(end < following for (_, end), (following, _) in pairwise(found))


def test_the_wall_decides_the_date(monkeypatch: pytest.MonkeyPatch) -> None:
    class Evening(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(2027, 6, 10, 22, 30, tzinfo=UTC).astimezone(tz)  # type: ignore[arg-type]

    monkeypatch.setattr(dates, "datetime", Evening)
    assert today("America/New_York") == date(2027, 6, 10)
    assert today("Europe/Vilnius") == date(2027, 6, 11)


def test_now_is_an_instant_in_utc() -> None:
    assert now().utcoffset() == timedelta(0)
    assert abs(now() - datetime.now(ZoneInfo("Europe/Vilnius"))) < timedelta(seconds=5)


def test_known_timezones() -> None:
    assert is_timezone("Europe/Vilnius")
    assert not is_timezone("Europe/Atlantis")
