"""What leaving costs, to the second, on the property's wall, whatever the clocks and the server do; deposits; no-shows."""

import os
import time as clocks
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.rates.models import Policy
from pms.rates.policy import Tier, at_the_wall, cancellation_fee, deposits, no_show_fee
from tests.rules.rates.boards import NOBODY

VILNIUS, KIRITIMATI, LOS_ANGELES = "Europe/Vilnius", "Pacific/Kiritimati", "America/Los_Angeles"
SECOND = timedelta(seconds=1)
PRICES = (10_000, 15_000, 20_000)


@pytest.fixture(params=["UTC", LOS_ANGELES, KIRITIMATI])
def server(request: pytest.FixtureRequest) -> Iterator[None]:
    """A server whose own clock is set to that zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    clocks.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    clocks.tzset()


def _policy(*tiers: dict[str, Any], kind: str = "cancellation", no_show: dict[str, Any] | None = None) -> Policy:
    return Policy(id=uuid4(), organization_id=NOBODY, property_id=NOBODY, kind=kind, name="", tiers=list(tiers), no_show=no_show)


FIRST_NIGHT = {"percent": 10_000, "nights": 1}
ALL = {"percent": 10_000}
TIERED = _policy({"days": 2, "time": "18:00", **FIRST_NIGHT}, {"days": 14, "fixed": 2_500}, {"days": 0, "time": "12:00", **ALL})
"""From 14 days before €25, from 18:00 two days before the first night, from noon of the day of arrival all of it."""


@pytest.mark.parametrize(
    ("arrival", "timezone", "deadlines"),
    [
        # Clocks go forward on 29 March 2026 and back on 25 October 2026 in Vilnius.
        (date(2026, 3, 30), VILNIUS, ["2026-03-15T22:00", "2026-03-28T16:00", "2026-03-30T09:00"]),
        (date(2026, 4, 1), VILNIUS, ["2026-03-17T22:00", "2026-03-30T15:00", "2026-04-01T09:00"]),
        (date(2026, 10, 26), VILNIUS, ["2026-10-11T21:00", "2026-10-24T15:00", "2026-10-26T10:00"]),
        (date(2026, 10, 28), VILNIUS, ["2026-10-13T21:00", "2026-10-26T16:00", "2026-10-28T10:00"]),
        (date(2026, 3, 30), KIRITIMATI, ["2026-03-15T10:00", "2026-03-28T04:00", "2026-03-29T22:00"]),
        (date(2026, 3, 9), LOS_ANGELES, ["2026-02-23T08:00", "2026-03-08T02:00", "2026-03-09T19:00"]),
        (date(2026, 11, 3), LOS_ANGELES, ["2026-10-20T07:00", "2026-11-02T02:00", "2026-11-03T20:00"]),
    ],
)
@pytest.mark.usefixtures("server")
def test_the_fee_changes_right_after_each_deadline(arrival: date, timezone: str, deadlines: list[str]) -> None:
    fees = [0, 2_500, 10_000, 45_000]
    for at, text in enumerate(deadlines):
        deadline = datetime.fromisoformat(text).replace(tzinfo=UTC)
        asked = [deadline - SECOND, deadline, deadline + SECOND]
        found = [cancellation_fee(TIERED, arrival, PRICES, moment, timezone) for moment in asked]
        assert found == [fees[at], fees[at], fees[at + 1]], text


@pytest.mark.parametrize(
    ("day", "clock", "timezone", "instant"),
    [
        (date(2026, 3, 29), time(2, 59, 59), VILNIUS, "2026-03-29T00:59:59"),
        (date(2026, 3, 29), time(3, 0), VILNIUS, "2026-03-29T01:00"),
        (date(2026, 3, 29), time(3, 30), VILNIUS, "2026-03-29T01:00"),
        (date(2026, 3, 29), time(4, 0), VILNIUS, "2026-03-29T01:00"),
        (date(2026, 10, 25), time(3, 0), VILNIUS, "2026-10-25T01:00"),
        (date(2026, 10, 25), time(3, 30), VILNIUS, "2026-10-25T01:30"),
        (date(2026, 10, 25), time(4, 0), VILNIUS, "2026-10-25T02:00"),
        (date(2026, 3, 8), time(2, 30), LOS_ANGELES, "2026-03-08T10:00"),
        (date(2026, 11, 1), time(1, 30), LOS_ANGELES, "2026-11-01T09:30"),
        (date(2026, 3, 29), time(3, 30), KIRITIMATI, "2026-03-28T13:30"),
        (date(2026, 4, 5), time(1, 45), "Australia/Lord_Howe", "2026-04-04T15:15"),
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", "2026-10-03T15:30"),
        (date(2011, 12, 30), time(12), "Pacific/Apia", "2011-12-30T10:00"),
    ],
)
@pytest.mark.usefixtures("server")
def test_a_time_that_is_skipped_is_the_first_after_and_one_that_comes_twice_the_later(
    day: date, clock: time, timezone: str, instant: str
) -> None:
    assert at_the_wall(day, clock, timezone) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from([VILNIUS, LOS_ANGELES, "Australia/Lord_Howe"]))
def test_a_later_time_on_the_wall_is_never_an_earlier_instant(moment: datetime, timezone: str) -> None:
    later = moment + timedelta(minutes=20)
    assert at_the_wall(moment.date(), moment.time(), timezone) <= at_the_wall(later.date(), later.time(), timezone)


def test_the_first_night_is_the_first_night_and_not_an_average() -> None:
    policy = _policy({"days": 1, **FIRST_NIGHT})
    assert (
        cancellation_fee(policy, date(2026, 6, 10), (10_000, 15_000, 20_000), datetime(2026, 6, 10, tzinfo=UTC), VILNIUS)
        == 10_000
    )
    assert Tier(percent=10_000, nights=2).amount(PRICES) == 25_000


def test_after_the_arrival_the_last_tier_still_counts() -> None:
    late = datetime(2026, 6, 15, tzinfo=UTC)
    assert cancellation_fee(TIERED, date(2026, 6, 10), PRICES, late, VILNIUS) == sum(PRICES)


def test_a_tier_from_the_booking_on_always_holds() -> None:
    policy = _policy({"days": None, "percent": 5_000}, {"days": 3, **ALL})
    arrival = date(2027, 6, 10)
    assert cancellation_fee(policy, arrival, PRICES, datetime(2026, 1, 1, tzinfo=UTC), VILNIUS) == 22_500
    assert cancellation_fee(policy, arrival, PRICES, datetime(2027, 6, 9, tzinfo=UTC), VILNIUS) == 45_000
    assert cancellation_fee(_policy(), arrival, PRICES, datetime(2027, 6, 9, tzinfo=UTC), VILNIUS) == 0


def test_a_no_show_costs_what_is_said_for_it_else_the_last_tier() -> None:
    nights = (10_000,) * 5
    assert no_show_fee(TIERED, nights) == 50_000
    assert no_show_fee(_policy({"days": 3, **FIRST_NIGHT}), nights) == 10_000
    assert no_show_fee(_policy({"days": 3, **ALL}, no_show={**FIRST_NIGHT}), nights) == 10_000
    assert no_show_fee(_policy(), nights) == 0


tiers = st.builds(
    Tier,
    days=st.none() | st.integers(0, 60),
    time=st.times().map(lambda clock: clock.replace(second=0, microsecond=0, tzinfo=None)),
    fixed=st.integers(0, 50_000),
    percent=st.integers(0, 10_000),
    nights=st.none() | st.integers(1, 5),
)
prices = st.lists(st.integers(0, 50_000), min_size=1, max_size=7)


@given(tiers)
def test_a_tier_is_kept_as_it_was(tier: Tier) -> None:
    assert Tier.read(tier.keep()) == tier


@given(tiers, prices)
def test_no_fee_is_more_than_the_stay(tier: Tier, nights: list[int]) -> None:
    assert 0 <= tier.amount(nights) <= sum(nights)


@given(st.lists(tiers, max_size=4), prices, st.integers(0, 90))
def test_deposits_never_exceed_the_stay_and_are_due_between_booking_and_arrival(
    several: list[Tier], nights: list[int], ahead: int
) -> None:
    arrival = date(2027, 6, 10)
    booked = arrival - timedelta(days=ahead)
    due = deposits(_policy(*(tier.keep() for tier in several), kind="deposit"), arrival, booked, nights)
    assert sum(part for _, part in due) == min(sum(nights), sum(tier.amount(nights) for tier in several))
    assert all(part > 0 and booked <= day <= arrival for day, part in due)
    assert [day for day, _ in due] == sorted({day for day, _ in due})


def test_a_deposit_in_parts_and_what_a_late_booking_owes_at_once() -> None:
    policy = _policy({"percent": 3_000}, {"days": 30, "percent": 5_000}, {"days": 7, "percent": 2_000}, kind="deposit")
    arrival, nights = date(2027, 6, 30), (10_000, 10_000)
    early = deposits(policy, arrival, date(2027, 1, 1), nights)
    assert early == [(date(2027, 1, 1), 6_000), (date(2027, 5, 31), 10_000), (date(2027, 6, 23), 4_000)]
    assert deposits(policy, arrival, date(2027, 6, 10), nights) == [(date(2027, 6, 10), 16_000), (date(2027, 6, 23), 4_000)]
    assert deposits(policy, arrival, date(2027, 6, 29), nights) == [(date(2027, 6, 29), 20_000)]


@given(st.lists(tiers, max_size=4, unique_by=lambda tier: (tier.days, tier.days is not None and tier.time)), st.data())
def test_the_order_in_which_tiers_are_written_down_does_not_matter(several: list[Tier], data: st.DataObject) -> None:
    other = data.draw(st.permutations(several))
    moment = data.draw(st.datetimes(datetime(2027, 4, 1), datetime(2027, 7, 1))).replace(tzinfo=UTC)
    arrival = date(2027, 6, 10)
    one, two = (_policy(*(tier.keep() for tier in some)) for some in (several, other))
    assert cancellation_fee(one, arrival, PRICES, moment, VILNIUS) == cancellation_fee(two, arrival, PRICES, moment, VILNIUS)
    assert no_show_fee(one, PRICES) == no_show_fee(two, PRICES)
    assert deposits(one, arrival, date(2027, 4, 1), PRICES) == deposits(two, arrival, date(2027, 4, 1), PRICES)
