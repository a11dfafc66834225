"""No cent is lost or invented."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.kernel.money import MINOR_MAX, known_currency, split, to_decimal, to_minor
from pms.kernel.refusals import BadInput

MINOR = st.integers(-MINOR_MAX, MINOR_MAX)
CURRENCY = st.sampled_from(["EUR", "JPY", "KWD", "USD", "PLN"])


@given(st.integers(-(10**12), 10**12), st.integers(1, 400))
def test_shares_add_up_and_differ_by_one_at_most(total: int, parts: int) -> None:
    shares = split(total, parts)
    assert sum(shares) == total
    assert len(shares) == parts
    assert max(shares) - min(shares) <= 1
    assert shares == sorted(shares), "the remainder lies on the last shares"


def test_nothing_is_shared_by_nobody() -> None:
    with pytest.raises(ValueError):
        split(100, 0)


@given(MINOR, CURRENCY)
def test_minor_units_survive_being_written_out(minor: int, currency: str) -> None:
    assert to_minor(to_decimal(minor, currency), currency) == minor
    assert to_minor(str(to_decimal(minor, currency)).replace(".", ","), currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("84.50", "EUR", 8450),
        (" 1 084,5 ", "EUR", 108450),
        ("1\u00a0000", "EUR", 100000),
        ("0.005", "EUR", 1),
        ("-0.005", "EUR", -1),
        ("0.004", "EUR", 0),
        ("100", "JPY", 100),
        ("99.5", "JPY", 100),
        ("1.234", "KWD", 1234),
        (Decimal("12.3"), "EUR", 1230),
        (7, "EUR", 700),
    ],
)
def test_what_people_type(amount: str | Decimal | int, currency: str, minor: int) -> None:
    assert to_minor(amount, currency) == minor


@pytest.mark.parametrize("amount", ["", "ten", "1.2.3", "NaN", "Infinity", "-inf", "1e99", "1e999999999", "10000000001"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(BadInput) as refusal:
        to_minor(amount, "EUR", field="price")
    assert refusal.value.field == "price"


@given(st.text(max_size=20))
def test_whatever_is_typed_gives_an_amount_or_a_refusal(typed: str) -> None:
    with suppress(BadInput):
        assert abs(to_minor(typed, "EUR")) <= MINOR_MAX


def test_currencies_are_those_of_the_standard() -> None:
    assert known_currency("EUR")
    assert not known_currency("XYZ9")
