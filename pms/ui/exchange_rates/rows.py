"""Pure shaping of the list of exchange rates, and of a rate as somebody typed it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pms.kernel.formats import day, decimal_shown, decimal_sign, number, read_number
from pms.kernel.refusals import BadInput
from pms.properties.exchange import Exchange


@dataclass(frozen=True)
class RateRow:
    """The newest rate of two currencies, in the reader's words."""

    id: str
    currency: str
    display: str
    worth: str
    source: str
    day: str
    by: str


@dataclass(frozen=True)
class Filled:
    """What stands in the form when it opens."""

    currency: str = ""
    display: str = ""
    source: str = ""
    day: str = ""


@dataclass(frozen=True)
class RateForm:
    """The form as sent."""

    rate_currency: str
    rate_display: str
    rate: str
    rate_day: str
    rate_source: str


def row(one: Exchange, locale: str) -> RateRow:
    """A rate in the reader's words."""
    pair = f"{one.currency}-{one.display}"
    return RateRow(pair, one.currency, one.display, worth(one, locale), one.source, day(one.day, locale), one.by)


def worth(one: Exchange, locale: str) -> str:
    """What one is worth in the other: "1 EUR = 1.0845 USD"."""
    exponent = one.rate.normalize().as_tuple().exponent
    digits = max(0, -int(exponent))
    return f"1 {one.currency} = {number(one.rate, locale, digits)} {one.display}"


def read_rate(text: str, locale: str) -> Decimal:
    """A rate as somebody typed it. Refuses `BadInput`, also for what would be a thousand times as much in another language:
    rates are copied from banks of all countries, and "1.084" is one and a bit on most of their pages.
    """
    if decimal_shown(text) is None and decimal_sign(locale) not in text:
        raise BadInput("rate", "This could be a thousand times as much. Write 1084, or 1.0840 with four decimals.")
    return read_number(text, locale, "rate")
