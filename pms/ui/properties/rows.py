"""Pure shaping of the list of properties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from babel.core import get_global
from babel.numbers import get_currency_name

from pms.kernel.formats import clock, countries, currency_of
from pms.properties.property import PropertyFields
from pms.properties.queries import PropertyLine

COMMON = (
    "EUR", "USD", "GBP", "CHF", "PLN", "SEK", "NOK", "DKK", "CZK", "HUF", "RON", "BGN", "ISK", "TRY", "UAH", "GEL", "AED", "AUD",
    "CAD", "JPY", "INR", "THB", "ZAR", "BRL", "MXN", "SGD", "NZD", "HKD", "ILS", "MAD", "EGP", "KES", "IDR", "VND", "PHP", "MYR",
)  # fmt: skip
"""Currencies to choose from; a country's own is added when it is another."""


@dataclass(frozen=True)
class Card:
    """A property as the list shows it."""

    id: str
    name: str
    place: str
    zone: str
    currency: str
    check_in: str
    check_out: str
    room_types: int
    units: int
    archived: bool
    version: int
    first: bool
    last: bool


@dataclass(frozen=True)
class Filled:
    """What stands in the form when it opens."""

    name: str = ""
    city: str = ""
    country: str = ""
    timezone: str = ""
    currency: str = "EUR"
    check_in_time: str = "15:00"
    check_out_time: str = "11:00"


@dataclass(frozen=True)
class PropertyForm:
    """The form as sent."""

    property_name: str
    country: str
    timezone: str
    currency: str
    check_in_time: time
    check_out_time: time
    city: str = ""

    @property
    def fields(self) -> PropertyFields:
        """As the verbs take it."""
        return PropertyFields(
            name=self.property_name,
            country=self.country,
            timezone=self.timezone,
            currency=self.currency,
            check_in_time=self.check_in_time,
            check_out_time=self.check_out_time,
            city=self.city,
        )


def cards(lines: Sequence[PropertyLine], locale: str) -> list[Card]:
    """The list, in order; archived ones as they come."""
    names = dict(countries(locale))
    live = [line.id for line in lines if not line.archived]
    return [
        Card(
            id=str(line.id),
            name=line.name,
            place=", ".join(filter(None, (line.city, names.get(line.country, line.country)))),
            zone=line.timezone.replace("_", " "),
            currency=line.currency,
            check_in=clock(line.check_in_time, locale),
            check_out=clock(line.check_out_time, locale),
            room_types=line.room_types,
            units=line.units,
            archived=line.archived,
            version=line.version,
            first=bool(live) and line.id == live[0],
            last=bool(live) and line.id == live[-1],
        )
        for line in lines
    ]


def filled(line: PropertyLine) -> Filled:
    """A property as it stands, for its form."""
    return Filled(
        name=line.name,
        city=line.city,
        country=line.country,
        timezone=line.timezone,
        currency=line.currency,
        check_in_time=line.check_in_time.isoformat("minutes"),
        check_out_time=line.check_out_time.isoformat("minutes"),
    )


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
