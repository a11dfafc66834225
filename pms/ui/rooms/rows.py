"""Pure shaping of the rooms screen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from pms.kernel.formats import day, money, money_bare
from pms.kernel.refusals import Refusal
from pms.kernel.words import translate_many
from pms.properties.queries import Archived, RoomTypeLine, Structure
from pms.properties.units import UnitNameTaken, parse_units

SHOWN = 40
"""So many names of new units are printed in the preview; the rest is a number."""
TYPED_MOST = 4000


@dataclass(frozen=True)
class Chip:
    """A unit under its type."""

    id: str
    name: str
    floor: str


@dataclass(frozen=True)
class TypeCard:
    """A room type as the screen shows it; `price` is written in the reader's way."""

    id: str
    name: str
    unit_type: str
    adults: int
    children: int
    price: str
    description: str
    amenities: str
    chips: list[Chip]
    first: bool
    last: bool


@dataclass(frozen=True)
class AmenityRow:
    """An amenity to choose from, and how many room types have it."""

    id: str
    name: str
    used: int


@dataclass(frozen=True)
class Seen:
    """What the names written down come to so far: the units understood, or why they are not."""

    names: list[str] = field(default_factory=list)
    more: int = 0
    summary: str = ""


@dataclass(frozen=True)
class TypeFilled:
    """What stands in the form of a room type when it opens."""

    name: str = ""
    unit_type: str = "room"
    adults: int = 2
    children: int = 0
    price: str = ""
    description: str = ""
    amenities: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class TypeForm:
    """The form of a room type as sent, amenities apart."""

    type_name: str
    unit_type: str
    adults: int
    children: int
    base_price: str
    description: str = ""
    new_units: str = ""


@dataclass(frozen=True)
class Gone:
    """A room type or unit that was archived, as the list shows it; `kind` is "type" or "unit"."""

    id: str
    kind: str
    name: str
    room_type: str
    when: str
    units: int
    version: int


def gone(found: Archived, locale: str, timezone: str) -> list[Gone]:
    """What can be brought back, room types first; `when` is the date on the property's wall."""
    lines = [("type", one) for one in found.room_types] + [("unit", one) for one in found.units]
    zone = ZoneInfo(timezone)
    return [
        Gone(
            str(one.id),
            kind,
            one.name,
            one.room_type,
            day(one.archived_at.astimezone(zone).date(), locale),
            one.units,
            one.version,
        )
        for kind, one in lines
    ]


def type_cards(built: Structure, locale: str) -> list[TypeCard]:
    """The room types of a property, in their order, with their units in theirs."""
    types = built.room_types
    return [
        TypeCard(
            id=str(one.id),
            name=one.name,
            unit_type=one.unit_type,
            adults=one.adults,
            children=one.children,
            price=money(one.base_price, built.property.currency, locale),
            description=one.description,
            amenities=", ".join(amenity.name for amenity in one.amenities),
            chips=[Chip(str(unit.id), unit.name, unit.floor) for unit in one.units],
            first=one is types[0],
            last=one is types[-1],
        )
        for one in types
    ]


def type_filled(one: RoomTypeLine, currency: str, locale: str) -> TypeFilled:
    """A room type as it stands, for its form."""
    return TypeFilled(
        name=one.name,
        unit_type=one.unit_type,
        adults=one.adults,
        children=one.children,
        price=money_bare(one.base_price, currency, locale),
        description=one.description,
        amenities=[str(amenity.id) for amenity in one.amenities],
    )


def seen(text: str, taken: Collection[str], locale: str) -> tuple[Seen, str]:
    """The units a text names, and what is wrong with it; nothing of either for an empty text."""
    if not text.strip():
        return Seen(), ""
    try:
        names = parse_units(text[:TYPED_MOST])
        for name in names:
            if name in taken:
                raise UnitNameTaken(unit=name)
    except Refusal as refusal:
        return Seen(), refusal.say(locale)
    count = translate_many("{n} unit", "{n} units", len(names), locale)
    return Seen(names[:SHOWN], max(0, len(names) - SHOWN), count), ""
