"""Which column of a file is which field of a booking. Pure data, plus the checks on it.

A `Mapping` can come from a preset or be put together on the screen; `PRESETS` are the formats we know by heart.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pms.imports.read import MissingColumns
from pms.kernel.refusals import BadInput
from pms.kernel.words import N_

FIELDS: dict[str, str] = {
    "reference": N_("Booking reference"),
    "status": N_("Status"),
    "status_date": N_("Status since"),
    "source": N_("Source"),
    "booked_on": N_("Booked on"),
    "lead_days": N_("Days booked ahead"),
    "arrival": N_("Arrival"),
    "arrival_year": N_("Arrival: year"),
    "arrival_month": N_("Arrival: month"),
    "arrival_day": N_("Arrival: day"),
    "departure": N_("Departure"),
    "nights": N_("Nights"),
    "weekend_nights": N_("Weekend nights"),
    "week_nights": N_("Week nights"),
    "room_type": N_("Room type"),
    "unit": N_("Room number"),
    "adults": N_("Adults"),
    "children": N_("Children"),
    "babies": N_("Babies"),
    "first_name": N_("First name"),
    "last_name": N_("Last name"),
    "full_name": N_("Full name"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "country": N_("Country"),
    "language": N_("Language"),
    "price_night": N_("Price per night"),
    "price_total": N_("Price of the stay"),
    "currency": N_("Currency"),
    "notes": N_("Notes"),
    "tags": N_("Tags"),
}
"""Every field a column can feed, with the words people see."""

DATE_FORMATS: dict[str, str] = {
    "%Y-%m-%d": "2026-11-23",
    "%d.%m.%Y": "23.11.2026",
    "%d/%m/%Y": "23/11/2026",
    "%m/%d/%Y": "11/23/2026",
    "%Y.%m.%d": "2026.11.23",
    "%Y/%m/%d": "2026/11/23",
    "%Y-%m-%d %H:%M:%S": "2026-11-23 14:00:00",
}
"""How dates can be written, each with an example."""

STATUSES = ("tentative", "confirmed", "checked_in", "checked_out", "cancelled", "no_show")
_STATUS_WORDS: dict[str, str] = {
    **{status: status for status in STATUSES},
    "option": "tentative",
    "optional": "tentative",
    "new": "confirmed",
    "ok": "confirmed",
    "booked": "confirmed",
    "reserved": "confirmed",
    "modified": "confirmed",
    "in_house": "checked_in",
    "inhouse": "checked_in",
    "check_in": "checked_in",
    "check_out": "checked_out",
    "departed": "checked_out",
    "canceled": "cancelled",
    "cancelled_by_guest": "cancelled",
    "cancelled_by_hotel": "cancelled",
    "noshow": "no_show",
}


@dataclass(frozen=True)
class Mapping:
    """How one file is read: `columns` maps our field to the file's column.

    `date_format` is one of DATE_FORMATS. `statuses` and `sources` translate the file's words (lower case, `_` for
    blanks and hyphens). `absent` are the words that mean "nothing here". `room_types` names a type after its code.
    `forgiving` is for the history of a hotel as it was: a booking without a person counts one adult, a negative rate
    counts as nothing, and either is told in the booking's notes; otherwise such a row is rejected.
    """

    columns: Map[str, str]
    date_format: str = "%Y-%m-%d"
    statuses: Map[str, str] = field(default_factory=lambda: dict(_STATUS_WORDS))
    sources: Map[str, str] = field(default_factory=dict)
    default_source: str = "import"
    absent: frozenset[str] = frozenset({"", "NULL", "NA", "N/A", "null", "None"})
    room_types: str = "{}"
    forgiving: bool = False

    def check(self, header: tuple[str, ...]) -> None:
        """Refuse `BadInput` when a booking cannot be made from these fields, `MissingColumns` when the file lacks some."""
        for problem in self._problems():
            raise BadInput("mapping", problem)
        absent = sorted({column for column in self.columns.values() if column not in header})
        if absent:
            raise MissingColumns(columns=absent, names=", ".join(absent))

    def _problems(self) -> list[str]:
        has = self.columns.keys()
        problems = []
        if not has <= FIELDS.keys():
            problems.append(N_("The mapping names a field that does not exist."))
        if self.date_format not in DATE_FORMATS:
            problems.append(N_("Choose one of the date formats."))
        if "arrival" not in has and not {"arrival_year", "arrival_month", "arrival_day"} <= has:
            problems.append(N_("Choose the column of the arrival date."))
        if not has & {"departure", "nights"} and not {"weekend_nights", "week_nights"} <= has:
            problems.append(N_("Choose the column of the departure date, or of the number of nights."))
        if "room_type" not in has:
            problems.append(N_("Choose the column of the room type."))
        return problems

    def as_json(self) -> dict[str, Any]:
        """What the screen may change, for keeping beside the import."""
        return {"columns": dict(self.columns), "date_format": self.date_format}


@dataclass(frozen=True)
class Preset:
    """A format known by heart."""

    name: str
    title: str
    mapping: Mapping


RESORT_HOTEL = Preset(
    "resort_hotel",
    N_("Hotel booking demand (research data set)"),
    Mapping(
        columns={
            "status": "reservation_status",
            "status_date": "reservation_status_date",
            "source": "market_segment",
            "lead_days": "lead_time",
            "arrival_year": "arrival_date_year",
            "arrival_month": "arrival_date_month",
            "arrival_day": "arrival_date_day_of_month",
            "weekend_nights": "stays_in_weekend_nights",
            "week_nights": "stays_in_week_nights",
            "room_type": "assigned_room_type",
            "adults": "adults",
            "children": "children",
            "babies": "babies",
            "country": "country",
            "price_night": "adr",
            "tags": "meal",
        },
        statuses={"check_out": "checked_out", "canceled": "cancelled", "no_show": "no_show"},
        sources={
            "online_ta": "online agency",
            "offline_ta/to": "agency",
            "groups": "group",
            "complementary": "house",
            "undefined": "import",
        },
        absent=frozenset({"", "NULL", "NA", "Undefined"}),
        room_types="Type {}",
        forgiving=True,
    ),
)

OCTASPACE_CSV = Preset(
    "octaspace_csv",
    N_("Octaspace CSV"),
    Mapping(
        columns={
            name: name
            for name in FIELDS
            if name
            not in {
                "lead_days",
                "arrival_year",
                "arrival_month",
                "arrival_day",
                "nights",
                "weekend_nights",
                "week_nights",
                "babies",
                "full_name",
                "status_date",
            }
        }
    ),
)

PRESETS: dict[str, Preset] = {preset.name: preset for preset in (RESORT_HOTEL, OCTASPACE_CSV)}
CUSTOM = "custom"
_NEEDED = ("arrival", "departure", "room_type")


def guess(header: tuple[str, ...]) -> str:
    """The preset whose columns the file has, else `custom`. Of the Octaspace CSV only the needed ones must be there."""
    if set(RESORT_HOTEL.mapping.columns.values()) <= set(header):
        return RESORT_HOTEL.name
    return OCTASPACE_CSV.name if set(_NEEDED) <= set(header) else CUSTOM


def mapping_of(preset: str, header: tuple[str, ...], own: Map[str, Any] | None = None) -> Mapping:
    """The mapping to read this file with: the preset's, or for `custom` the one put together on the screen.

    Refuses `BadInput` and `MissingColumns`. The Octaspace CSV may leave columns out that no booking needs.
    """
    mapping = _mapping(preset, header, own)
    mapping.check(header)
    return mapping


def _mapping(preset: str, header: tuple[str, ...], own: Map[str, Any] | None) -> Mapping:
    if preset == CUSTOM:
        given = own or {}
        columns = {str(key): str(column) for key, column in dict(given.get("columns", {})).items() if column}
        return Mapping(columns=columns, date_format=str(given.get("date_format", "%Y-%m-%d")))
    if preset not in PRESETS:
        raise BadInput("preset", "Choose one of the formats.")
    mapping = PRESETS[preset].mapping
    if preset != OCTASPACE_CSV.name:
        return mapping
    return Mapping({name: name for name in mapping.columns if name in header or name in _NEEDED})


_ALIKE = {
    "reference": ("reference", "booking number", "booking id", "reservation number", "confirmation number", "id", "book number"),
    "status": ("status", "state"),
    "source": ("source", "channel", "booking source"),
    "booked_on": ("booked on", "booking date", "created", "created at", "reservation date"),
    "arrival": ("arrival", "arrival date", "check in", "checkin", "check-in", "from", "anreise", "atvykimas"),
    "departure": ("departure", "departure date", "check out", "checkout", "check-out", "to", "abreise", "išvykimas"),
    "nights": ("nights", "length of stay", "nächte", "naktys"),
    "room_type": ("room type", "type", "unit type", "category", "zimmertyp", "kambario tipas"),
    "unit": ("room", "unit", "room number", "zimmer", "kambarys"),
    "adults": ("adults", "persons", "people", "guests", "erwachsene", "suaugę"),
    "children": ("children", "kids", "kinder", "vaikai"),
    "first_name": ("first name", "given name", "vorname", "vardas"),
    "last_name": ("last name", "surname", "family name", "nachname", "pavardė"),
    "full_name": ("name", "guest name", "guest name(s)", "booked by", "guest"),
    "email": ("email", "e-mail", "mail"),
    "phone": ("phone", "phone number", "telephone", "telefon", "telefonas"),
    "country": ("country", "booker country", "nationality", "land", "šalis"),
    "price_night": ("price per night", "rate", "adr", "nightly rate"),
    "price_total": ("price", "total", "total price", "amount", "preis", "kaina"),
    "currency": ("currency",),
    "notes": ("notes", "remarks", "comment", "comments"),
}


def suggest(header: tuple[str, ...]) -> dict[str, str]:
    """A first guess at a mapping, by the columns' names in the languages of our users; people correct it on the screen."""
    plain = {name.casefold().replace("_", " ").strip(): name for name in header if name}
    found = {key: next((plain[word] for word in words if word in plain), "") for key, words in _ALIKE.items()}
    return {key: column for key, column in found.items() if column}


def guess_date_format(samples: list[str]) -> str:
    """The first date format that reads every sample."""
    for pattern in DATE_FORMATS:
        if samples and all(_reads(sample, pattern) for sample in samples):
            return pattern
    return "%Y-%m-%d"


def _reads(sample: str, pattern: str) -> date | None:
    try:
        return datetime.strptime(sample.strip(), pattern).date()
    except ValueError:
        return None
