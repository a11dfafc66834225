"""Taxes of a stay: the trade's vectors (R-61), service dates (R-62), city tax (R-64, R-65); no cent lost on any basket (R-53)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pms.properties.models import Tax
from pms.properties.tax import ONCE, PER_HEAD, Sleepers, nightly, of_single_nights, taxed
from tests.rules.rates.boards import NOBODY
from tests.rules.rates.oracle import half_away

ARRIVAL = date(2027, 6, 29)
DAY = timedelta(days=1)
TWO = Sleepers(2)


def _tax(kind: str = "percent", **fields: Any) -> Tax:
    given = {"id": uuid4(), "organization_id": NOBODY, "property_id": NOBODY, "name": kind, "kind": kind}
    return Tax(**(given | fields))


def _vat(percent: int, **fields: Any) -> Tax:
    return _tax(percent=percent, **fields)


@pytest.mark.parametrize(
    ("gross", "taxes", "net", "parts"),
    [
        (12_000, [_vat(2_000)], 10_000, [2_000]),
        (10_000, [_vat(2_000)], 8_333, [1_667]),
        (14_900, [_vat(1_500)], 12_957, [1_943]),
        (13_000, [_vat(2_000), _vat(1_000)], 10_000, [2_000, 1_000]),
        (13_000, [_tax("per_booking", amount=1_000), _vat(2_000)], 10_000, [1_000, 2_000]),
        (13_200, [_tax("per_booking", amount=1_000), _vat(2_000, on_fixed=True)], 10_000, [1_000, 2_200]),
        (10_000, [], 10_000, []),
    ],
)
def test_what_is_in_a_gross_price(gross: int, taxes: list[Tax], net: int, parts: list[int]) -> None:
    """The third is 129.56 + 19.44 where the net is cut off; ours is rounded: 149 / 1.15 = 129.565..."""
    found = taxed([gross], ARRIVAL, TWO, taxes)
    assert (found.net, found.price, found.total) == (net, gross, gross)
    assert [line.amount for line in found.lines] == parts


def test_what_comes_on_top_may_fall_on_fees_too() -> None:
    fee = _tax("per_night", amount=500, included=False)
    plain, nested = _vat(1_000, included=False), _vat(2_000, included=False, on_fixed=True)
    found = taxed([10_000, 10_000], ARRIVAL, TWO, [fee, plain, nested])
    assert [line.amount for line in found.lines] == [1_000, 2_000, 4_200]
    assert (found.net, found.price, found.total) == (20_000, 20_000, 27_200)


def test_a_rate_that_changes_during_the_stay_is_taken_by_the_date_of_the_night() -> None:
    old, new = _vat(900, valid_until=date(2027, 6, 30)), _vat(1_200, valid_from=date(2027, 7, 1))
    found = taxed([10_900, 10_900, 11_200], ARRIVAL, TWO, [old, new])
    assert [(line.tax_id, line.amount) for line in found.lines] == [(old.id, 1_800), (new.id, 1_200)]
    assert found.net == 30_000


@pytest.mark.parametrize(
    ("who", "nights", "due"),
    [
        (Sleepers(2), 3, 1_200),
        (Sleepers(2, (5, 17)), 3, 1_200),
        (Sleepers(2, (18,)), 3, 1_800),
        (Sleepers(1, (None,)), 1, 200),
        (Sleepers(2), 10, 2_800),
        (Sleepers(2), 29, 2_800),
        (Sleepers(2), 30, 0),
    ],
)
def test_city_tax_by_head_and_night(who: Sleepers, nights: int, due: int) -> None:
    """€2 a head and night from 18 years on, for seven nights at most; nobody who stays a month pays (R-65)."""
    city = _tax("per_person_night", amount=200, from_age=18, included=False, nights_most=7, exempt_from_nights=30)
    found = taxed([5_000] * nights, ARRIVAL, who, [city])
    assert sum(line.amount for line in found.lines) == due
    assert found.total == 5_000 * nights + due


def test_where_everybody_pays_a_child_of_unknown_age_does_too() -> None:
    assert taxed([0], ARRIVAL, Sleepers(1, (None, 0)), [_tax("per_person", amount=100, included=False)]).total == 300


@pytest.mark.parametrize(
    ("kind", "due"),
    [("per_room", 100), ("per_night", 300), ("per_person", 200), ("per_person_night", 600), ("per_booking", 100)],
)
def test_each_kind_is_charged_as_often_as_it_says(kind: str, due: int) -> None:
    tax = _tax(kind, amount=100, included=False)
    assert taxed([5_000] * 3, ARRIVAL, TWO, [tax]).total - 15_000 == due
    second_room = taxed([5_000] * 3, ARRIVAL, TWO, [tax], first_room=False)
    assert second_room.total - 15_000 == (0 if kind == "per_booking" else due)


def test_a_price_has_no_more_in_it_than_itself() -> None:
    found = taxed([150], ARRIVAL, TWO, [_tax("per_night", amount=100), _tax("per_booking", amount=100), _vat(2_000)])
    assert (found.net, [line.amount for line in found.lines]) == (0, [100, 50])


def test_taxes_are_listed_in_the_order_of_the_property() -> None:
    taxes = [_tax("per_booking", amount=1), _vat(100), _tax("per_night", amount=1, included=False), _vat(200, included=False)]
    assert [line.tax_id for line in taxed([10_000], ARRIVAL, TWO, taxes).lines] == [tax.id for tax in taxes]


@st.composite
def some_taxes(draw: st.DrawFn) -> Tax:
    kind = draw(st.sampled_from(["percent", "per_room", "per_night", "per_person", "per_person_night", "per_booking"]))
    size = {"percent": draw(st.integers(1, 3_000))} if kind == "percent" else {"amount": draw(st.integers(1, 3_000))}
    day = st.none() | st.integers(-2, 8).map(lambda n: ARRIVAL + n * DAY)
    return _tax(
        kind,
        **size,
        included=draw(st.booleans()),
        on_fixed=draw(st.booleans()),
        from_age=draw(st.sampled_from([0, 7, 18])),
        nights_most=draw(st.none() | st.integers(1, 7)),
        exempt_from_nights=draw(st.none() | st.integers(2, 7)),
        valid_from=draw(day),
        valid_until=draw(day),
    )


prices = st.lists(st.integers(0, 60_000), min_size=1, max_size=7)
sleepers = st.builds(Sleepers, st.integers(1, 4), st.lists(st.none() | st.integers(0, 17), max_size=3).map(tuple))


@given(prices, sleepers, st.lists(some_taxes(), max_size=5), st.booleans())
@settings(max_examples=1_000)
def test_the_sums_of_any_basket_meet(nights: list[int], who: Sleepers, taxes: list[Tax], first_room: bool) -> None:
    found = taxed(nights, ARRIVAL, who, taxes, first_room)
    inside, on_top = (sum(line.amount for line in found.lines if line.included is side) for side in (True, False))
    assert found.price == sum(nights) == found.net + inside
    assert found.total == found.price + on_top
    assert all(line.amount > 0 for line in found.lines)
    assert 0 <= found.net <= found.price


@given(prices, sleepers, st.lists(some_taxes(), max_size=4))
def test_a_stay_is_taxed_as_its_nights_are_one_by_one(nights: list[int], who: Sleepers, taxes: list[Tax]) -> None:
    """So a folio that posts night by night says what the offer said. What is charged once falls on the first night."""
    for tax in taxes:
        tax.nights_most = tax.exempt_from_nights = None
    whole, parts = taxed(nights, ARRIVAL, who, taxes), []
    for number, price in enumerate(nights):
        of_night = [tax for tax in taxes if number == 0 or tax.kind not in ONCE]
        parts.append(taxed([price], ARRIVAL + number * DAY, who, of_night))
    assert (whole.net, whole.total) == (sum(part.net for part in parts), sum(part.total for part in parts))
    assert {line.tax_id: line.amount for line in whole.lines} == {
        tax.id: due
        for tax in taxes
        if (due := sum(line.amount for part in parts for line in part.lines if line.tax_id == tax.id))
    }


@given(st.integers(0, 60_000), sleepers, st.lists(some_taxes(), max_size=4))
def test_a_night_against_fractions(gross: int, who: Sleepers, taxes: list[Tax]) -> None:
    for tax in taxes:
        tax.nights_most = tax.exempt_from_nights = tax.valid_from = tax.valid_until = None
    heads = {tax.id: (who.adults + sum((age or 0) >= tax.from_age for age in who.children)) for tax in taxes}
    fixed = {tax.id: tax.amount * (heads[tax.id] if tax.kind in PER_HEAD else 1) for tax in taxes if tax.kind != "percent"}
    within = min(gross, sum(fixed[tax.id] for tax in taxes if tax.included and tax.id in fixed))
    rates = [(Fraction(tax.percent, 10_000), tax.on_fixed) for tax in taxes if tax.included and tax.kind == "percent"]
    on_fixed = sum((rate for rate, also in rates if also), Fraction(0)) * within
    net = max(Fraction(0), (gross - within - on_fixed) / (1 + sum((rate for rate, _ in rates), Fraction(0))))
    assert taxed([gross], ARRIVAL, who, taxes).net == half_away(net)


@given(prices, st.integers(1, 4), st.lists(some_taxes(), max_size=5), st.booleans())
@settings(max_examples=500)
def test_single_nights_with_what_comes_on_top_are_a_stay_with_it(
    nights: list[int], adults: int, taxes: list[Tax], by_head: bool
) -> None:
    """Of the taxes that can be said so, whoever stays: a stay of any of the nights costs what its nights were told to cost."""
    sayable = of_single_nights(taxes, by_head)
    told = nightly(np.array(nights, dtype=np.int64), ARRIVAL, adults, sayable).tolist()
    on_top = {tax.id for tax in sayable if not tax.included}
    for first in range(len(nights)):
        stay = taxed(nights[first:], ARRIVAL + first * DAY, Sleepers(adults), taxes)
        due = sum(line.amount for line in stay.lines if line.tax_id in on_top)
        assert sum(told[first:]) == sum(nights[first:]) + due


@pytest.mark.parametrize(
    ("fields", "sayable"),
    [
        ({"kind": "per_night"}, True),
        ({"kind": "per_person_night"}, False),
        ({"kind": "per_room"}, False),
        ({"kind": "per_person"}, False),
        ({"kind": "per_booking"}, False),
        ({"kind": "per_night", "nights_most": 7}, False),
        ({"kind": "per_night", "exempt_from_nights": 30}, False),
    ],
)
def test_what_depends_on_the_stay_is_in_no_night(fields: dict[str, Any], sayable: bool) -> None:
    tax = _tax(**fields, amount=200, included=False)
    assert of_single_nights([tax], by_head=False) == ([tax] if sayable else [])


def test_a_percentage_of_what_is_in_no_night_is_in_none_either() -> None:
    once, vat = _tax("per_booking", amount=500, included=False), _vat(1_000, included=False, on_fixed=True)
    assert of_single_nights([once, vat], by_head=True) == []
    vat.on_fixed = False
    assert of_single_nights([once, vat], by_head=True) == [vat]
    once.included = True
    assert of_single_nights([once, vat], by_head=True) == []
