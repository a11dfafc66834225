"""The decimal sign of a column of prices is found out once, from all of them."""

from __future__ import annotations

from datetime import date

import pytest

from pms.imports.amounts import Sign, minor, sign
from pms.imports.plan import Options, Plan, plan_file
from pms.kernel.refusals import BadInput

TODAY = date(2026, 11, 23)


def _plan(*prices: str, currency: str = "EUR") -> Plan:
    rows = [f"2026-12-0{n};2026-12-1{n};Double;{price}" for n, price in enumerate(prices, start=1)]
    content = "\n".join(["arrival;departure;room_type;price_night", *rows]).encode()
    return plan_file(content, "octaspace_csv", None, Options(TODAY), currency)


def _read(*prices: str, currency: str = "EUR") -> list[int]:
    return [booking.rooms[0].prices[0] for booking in _plan(*prices, currency=currency).bookings]


@pytest.mark.parametrize(
    ("prices", "read"),
    [
        (("1.234", "84,50"), [123_400, 8_450]),
        (("1,234", "84.50"), [123_400, 8_450]),
        (("1.234", "1.234,50"), [123_400, 123_450]),
        (("1.234", "84.50"), [123, 8_450]),
        (("1,234", "1.234.567"), [123, 123_456_700]),
        (("1\u00a0234,50", "99"), [123_450, 9_900]),
        (("84.50", "84,50", "1.234"), [8_450, 8_450, 123_400]),
        (("1.234", "2,500"), [123_400, 250_000]),
    ],
)
def test_one_price_that_shows_the_sign_decides_for_all(prices: tuple[str, ...], read: list[int]) -> None:
    assert _read(*prices) == read


def test_a_column_that_never_tells_is_read_as_thousands_and_said_to_be_unclear() -> None:
    assert _plan("90", "1.234", "2.500").unclear == [("1.234", 123_400)]
    assert _plan("90", "1.234", "84,50").unclear == []
    assert _plan("90", "100").unclear == []


def test_currencies_with_three_decimals_have_them() -> None:
    assert _plan("1.234", currency="KWD").unclear == [("1.234", 1_234)]
    assert _read("1,234", currency="KWD") == [1_234]


def test_what_is_no_price_decides_nothing() -> None:
    assert sign(["1.234", "call us, please", "NULL", "n.a.", ""]) == Sign("", "1.234")
    for text in ("call us", "1.2.3", "12,34,56", "nan", "1e3", ""):
        with pytest.raises(BadInput):
            minor(text, ".", "EUR")
