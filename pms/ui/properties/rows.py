"""Pure shaping of the list of properties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from pms.kernel.formats import clock, countries
from pms.properties.property import PropertyFields
from pms.properties.queries import PropertyLine


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
