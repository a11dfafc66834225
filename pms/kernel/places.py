"""Currencies and time zones to choose from, and which of them a country brings along."""

from __future__ import annotations

from babel.core import get_global
from babel.numbers import get_currency_name

from pms.kernel.formats import currency_of

COMMON = (
    "EUR", "USD", "GBP", "CHF", "PLN", "SEK", "NOK", "DKK", "CZK", "HUF", "RON", "BGN", "ISK", "TRY", "UAH", "GEL", "AED", "AUD",
    "CAD", "JPY", "INR", "THB", "ZAR", "BRL", "MXN", "SGD", "NZD", "HKD", "ILS", "MAD", "EGP", "KES", "IDR", "VND", "PHP", "MYR",
)  # fmt: skip
"""Currencies to choose from; a country's own is added when it is another."""


def currencies(locale: str, own: str) -> list[list[str]]:
    """Currencies to choose from, the one in use among them."""
    codes = COMMON if own in COMMON else (own, *COMMON)
    return [[code, f"{code} · {get_currency_name(code, locale=locale)}"] for code in codes]


def timezones(own: str) -> list[list[str]]:
    """Time zones to choose from, the one in use among them."""
    zones = sorted({*get_global("zone_territories"), *filter(None, [own])})
    return [*([] if own else [["", ""]]), *([zone, zone.replace("_", " ")] for zone in zones)]


def of_country(country: str, timezone: str) -> tuple[str, str]:
    """The time zone and currency a country brings along; a zone of that country is kept."""
    zones = sorted(zone for zone, territory in get_global("zone_territories").items() if territory == country)
    return (timezone if timezone in zones or not zones else zones[0]), currency_of(country)
