"""Money is integer minor units plus an ISO 4217 currency; splitting never loses or invents a cent (R-50, R-54)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import get_currency_precision, is_currency

from pms.kernel.refusals import BadInput

MINOR_MAX = 2 * 10**9
"""No single amount is larger: a typing slip, not a price; also what a PostgreSQL integer holds."""


@lru_cache(maxsize=400)  # asked for every cell of a grid, and there are fewer currencies
def exponent(currency: str) -> int:
    """Digits after the point: EUR 2, JPY 0, KWD 3 (CLDR, by way of Babel)."""
    return get_currency_precision(currency)


def known_currency(code: str) -> bool:
    """Whether ISO 4217 (as CLDR has it) knows the code."""
    return is_currency(code)


def to_minor(amount: str | Decimal | int, currency: str, field: str = "amount") -> int:
    """ "84.50" EUR -> 8450 minor units, rounding half away from zero. Refuses `BadInput` for what is no amount."""
    try:
        value = Decimal(str(amount).strip().replace(" ", "").replace("\u00a0", "").replace(",", "."))
        minor = int((value.scaleb(exponent(currency))).quantize(Decimal(1), ROUND_HALF_UP))
    except (ArithmeticError, ValueError):  # decimal's own, and int's for what is not finite
        raise BadInput(field, "This is not an amount of money.") from None
    if abs(minor) > MINOR_MAX:
        raise BadInput(field, "This is not an amount of money.")
    return minor


def to_decimal(minor: int, currency: str) -> Decimal:
    """8450 minor units of EUR -> Decimal("84.50"), exact."""
    return Decimal(minor).scaleb(-exponent(currency))


def split(total: int, parts: int) -> list[int]:
    """Share minor units over `parts`, difference at most one, sum exact, remainder on the last shares."""
    if parts < 1:
        raise ValueError("a sum is shared by one part at least")
    share, rest = divmod(total, parts)
    return [share] * (parts - rest) + [share + 1] * rest
