"""Properties: hotels, hostels, houses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import time
from typing import Any
from uuid import UUID

from babel import Locale
from sqlalchemy import func, select
from sqlmodel import col

from pms.kernel.dates import is_timezone, today
from pms.kernel.db import Db
from pms.kernel.money import known_currency
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound, NotPermitted, Refusal
from pms.kernel.versions import refuse_stale
from pms.properties.models import Property, RoomType
from pms.properties.order import put_in_order

NAME_LONGEST = 120
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Two-letter codes of CLDR that are no country anybody can build a hotel in."""


class CurrencyInUse(Refusal):
    """The prices of the room types are numbers of that currency; converting them is nobody's guess."""

    sentence = "Prices are kept in {currency} already. Archive the room types first, or open another property."
    status = 409
    field = "currency"


@dataclass(frozen=True)
class PropertyFields:
    """What people fill in about a property; times are local, `country` ISO 3166, `currency` ISO 4217, `timezone` IANA."""

    name: str
    country: str
    timezone: str
    currency: str
    check_in_time: time = time(15)
    check_out_time: time = time(11)
    city: str = ""


def create(db: Db, fields: PropertyFields) -> Property:
    """A new property after the others; its first business date is today on its wall.

    Refuses `BadInput`, `NotPermitted` (also for whoever is limited to some properties).
    """
    db.actor.require("property.manage")
    if db.actor.property_ids is not None:
        raise NotPermitted(permission="property.manage")
    good = _checked(fields)
    row = Property(
        organization_id=db.organization_id, **asdict(good), business_date=today(good.timezone), position=_next_position(db)
    )
    db.add(row)
    db.flush()
    record(db, "property.created", "property", row.id, row.id, after=picture(row))
    return row


def change(db: Db, property_id: UUID, version: int, fields: PropertyFields) -> Property:
    """Change what a property says about itself; every difference, the timezone's too, is journaled.

    Refuses `BadInput`, `CurrencyInUse`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    row = live_property(db, property_id, version)
    good, before = _checked(fields), picture(row)
    if good.currency != row.currency:
        _refuse_priced(db, row)
    for name, value in asdict(good).items():
        setattr(row, name, value)
    row.version += 1
    db.flush()
    record(db, "property.changed", "property", row.id, row.id, before=before, after=picture(row))
    return row


def reorder(db: Db, property_ids: Sequence[UUID]) -> None:
    """Show the properties in this order; those not named follow as they were.

    Refuses `NotFound`, `NotPermitted` (also for whoever is limited to some properties).
    """
    db.actor.require("property.manage")
    if db.actor.property_ids is not None:
        raise NotPermitted(permission="property.manage")
    live = select(Property).where(col(Property.archived_at).is_(None))
    rows = db.scalars(live.order_by(col(Property.position), col(Property.id)).with_for_update(key_share=True)).all()
    put_in_order(rows, property_ids, "property")
    after = {"property_ids": [str(row.id) for row in sorted(rows, key=lambda row: row.position)]}
    record(db, "property.reordered", "organization", db.organization_id, after=after)


def bring_back(db: Db, property_id: UUID, version: int) -> Property:
    """Open an archived property again, after the others, with its rooms as they were; its business date is today on its wall.

    Refuses `MovedMeanwhile`, `NotFound` (also for one that is open), `NotPermitted`.
    """
    row = db.one(Property, property_id, lock=True)
    db.actor.require("property.manage", row.id)
    refuse_stale(db, row, version)
    if row.archived_at is None:
        raise NotFound(what="property")
    row.archived_at, row.version, row.position = None, row.version + 1, _next_position(db)
    row.business_date = max(row.business_date, today(row.timezone))
    db.flush()
    record(db, "property.brought_back", "property", row.id, row.id, after=picture(row))
    return row


def _next_position(db: Db) -> int:
    return db.scalar(select(func.coalesce(func.max(Property.position) + 1, 0))) or 0


def live_property(db: Db, property_id: UUID, version: int, whole: bool = False) -> Property:
    """A property in use, locked for change; `whole` also keeps reservations from being made in it meanwhile.

    Refuses `NotFound`, `NotPermitted`, `MovedMeanwhile`.
    """
    row = db.one(Property, property_id, lock="whole" if whole else True)
    db.actor.require("property.manage", row.id)
    refuse_stale(db, row, version)
    if row.archived_at:
        raise NotFound(what="property")
    return row


def clean_title(name: str, field: str = "name") -> str:
    """A name with single blanks. Refuses `BadInput` when nothing is left or it is longer than a line."""
    name = " ".join(name.split())
    if not name:
        raise BadInput(field, "Give a name.")
    if len(name) > NAME_LONGEST:
        raise BadInput(field, "Use at most {longest} characters.", longest=NAME_LONGEST)
    return name


def known_country(code: str) -> bool:
    """Whether ISO 3166 (as CLDR has it) knows the two letters."""
    return len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES and code in Locale("en").territories


def picture(row: Property) -> dict[str, Any]:
    """What the journal keeps of a property."""
    return {
        "name": row.name,
        "city": row.city,
        "country": row.country,
        "timezone": row.timezone,
        "currency": row.currency,
        "check_in_time": row.check_in_time.isoformat("minutes"),
        "check_out_time": row.check_out_time.isoformat("minutes"),
        "version": row.version,
    }


def _checked(fields: PropertyFields) -> PropertyFields:
    country, currency = fields.country.strip().upper(), fields.currency.strip().upper()
    if not known_country(country):
        raise BadInput("country", "This is not a country code, such as LT or DE.")
    if not is_timezone(fields.timezone) or ("/" not in fields.timezone and fields.timezone != "UTC"):
        raise BadInput("timezone", "This is not a time zone, such as Europe/Vilnius.")
    if not known_currency(currency):
        raise BadInput("currency", "This is not a currency code, such as EUR.")
    return PropertyFields(
        name=clean_title(fields.name),
        country=country,
        timezone=fields.timezone,
        currency=currency,
        check_in_time=fields.check_in_time,
        check_out_time=fields.check_out_time,
        city=" ".join(fields.city.split())[:NAME_LONGEST],
    )


def _refuse_priced(db: Db, row: Property) -> None:
    priced = col(RoomType.property_id) == row.id, col(RoomType.archived_at).is_(None)
    if db.scalar(select(col(RoomType.id)).where(*priced).limit(1)) is not None:
        raise CurrencyInUse(currency=row.currency)
