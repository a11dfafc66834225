"""Exchange rates as the house writes them down, and what an amount is about in another currency."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from pms.kernel.actor import Actor
from pms.kernel.dates import now
from pms.kernel.db import work
from pms.kernel.refusals import BadInput, NotPermitted
from pms.properties.exchange import Exchange, NoExchangeRate, RateMovedMeanwhile, exchange, latest, write_down
from tests.builders import Cast

DAY = date(2026, 1, 2)


def keep(
    by: Actor, rate: str, day: date = DAY, currency: str = "EUR", display: str = "USD", seen: Decimal | None = None
) -> Exchange:
    with work(by) as db:
        return write_down(db, currency, display, Decimal(rate), day, "Central bank", seen)


def test_the_newest_day_counts_whenever_it_was_written(olga: Actor) -> None:
    keep(olga, "1.10", DAY)
    keep(olga, "1.05", DAY - timedelta(days=1))
    keep(olga, "0.85", DAY, display="GBP")
    with work(olga) as db:
        assert exchange(db, "EUR", "usd") == Exchange("EUR", "USD", Decimal("1.10"), DAY, "Central bank", "Olga Owner")
        assert [(one.display, one.rate) for one in latest(db, "EUR")] == [("GBP", Decimal("0.85")), ("USD", Decimal("1.10"))]


def test_a_day_has_one_rate_by_whoever_wrote_last(cast: Cast) -> None:
    keep(cast.olga, "1.10")
    manager = replace(cast.olga, name="Mona Manager")
    keep(manager, "1.20")
    with work(cast.olga) as db:
        found = exchange(db, "EUR", "USD")
        assert (found.rate, found.by) == (Decimal("1.20"), "Mona Manager")


def test_who_saw_another_rate_of_the_day_is_told_by_whom_it_was_written(olga: Actor) -> None:
    keep(olga, "1.10", seen=Decimal(0))
    keep(olga, "1.20", seen=Decimal("1.1"))
    for seen in (Decimal(0), Decimal("1.10")):
        with pytest.raises(RateMovedMeanwhile) as refused:
            keep(olga, "1.30", seen=seen)
        assert refused.value.data == {"by": "Olga Owner", "now": "1.2"}
    with work(olga) as db:
        assert exchange(db, "EUR", "USD").rate == Decimal("1.20")


@pytest.mark.parametrize(
    ("currency", "display", "rate", "minor", "about"),
    [
        ("EUR", "USD", "1.0845", 10_000, 10_845),
        ("EUR", "USD", "1.005", 100, 101),
        ("EUR", "JPY", "163.27", 9_950, 16_245),
        ("JPY", "EUR", "0.0061", 16_245, 9_909),
        ("EUR", "KWD", "0.33333333", 1_000, 3_333),
        ("EUR", "USD", "1.0845", 0, 0),
    ],
)
def test_amounts_are_rounded_to_the_units_of_the_other_currency(
    currency: str, display: str, rate: str, minor: int, about: int
) -> None:
    assert Exchange(currency, display, Decimal(rate), DAY, "").shown(minor) == about


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("currency", ("XYZ1", "USD", "1", DAY)),
        ("display_currency", ("EUR", "dollar", "1", DAY)),
        ("display_currency", ("EUR", "EUR", "1", DAY)),
        ("rate", ("EUR", "USD", "0", DAY)),
        ("rate", ("EUR", "USD", "-1", DAY)),
        ("rate", ("EUR", "USD", "NaN", DAY)),
        ("rate", ("EUR", "USD", "0.000000001", DAY)),
        ("date", ("EUR", "USD", "1", now().date() + timedelta(days=2))),
    ],
)
def test_what_is_no_rate_is_refused(olga: Actor, field: str, values: tuple[str, str, str, date]) -> None:
    currency, display, rate, day = values
    with pytest.raises(BadInput) as refused:
        keep(olga, rate, day, currency, display)
    assert refused.value.field == field


def test_there_may_be_none(olga: Actor) -> None:
    with work(olga) as db, pytest.raises(NoExchangeRate):
        exchange(db, "EUR", "USD")


def test_who_sets_rates_up_writes_them_and_neighbours_see_nothing(cast: Cast) -> None:
    keep(cast.olga, "1.10")
    with pytest.raises(NotPermitted):
        keep(cast.rita, "1.20")
    with work(cast.otto) as db:
        assert latest(db) == []
