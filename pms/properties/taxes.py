"""Taxes and fees of a property: made, changed, archived, read. What they come to is in `tax.py`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from pms.kernel.dates import now
from pms.kernel.db import Db
from pms.kernel.money import MINOR_MAX
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound
from pms.kernel.versions import refuse_stale
from pms.properties.models import Property, Tax
from pms.properties.property import clean_title
from pms.properties.tax import PER_HEAD

KINDS = ("percent", "per_room", "per_night", "per_person", "per_person_night", "per_booking")
PERCENT_MOST = 10_000
AGE_MOST, NIGHTS_MOST = 18, 366
YEARS = range(2000, 2200)


@dataclass(frozen=True)
class TaxFields:
    """What people fill in about a tax or fee; units as in `Tax`, `valid_until` is the last night it is charged for."""

    name: str
    kind: str
    percent: int = 0
    amount: int = 0
    included: bool = True
    on_fixed: bool = False
    from_age: int = 0
    nights_most: int | None = None
    exempt_from_nights: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class TaxLine:
    """A tax as it stands."""

    id: UUID
    version: int
    fields: TaxFields


def taxes(db: Db, property_id: UUID) -> list[TaxLine]:
    """The taxes and fees of a property, in the order they were made. Refuses `NotPermitted`."""
    db.actor.require("property.view", property_id)
    live = select(Tax).where(col(Tax.property_id) == property_id, col(Tax.archived_at).is_(None))
    rows = db.scalars(live.order_by(col(Tax.position), col(Tax.id)))
    return [TaxLine(row.id, row.version, TaxFields(**_values(row))) for row in rows]


def create_tax(db: Db, property_id: UUID, fields: TaxFields) -> Tax:
    """A new tax or fee. Refuses `BadInput`, `NotFound`, `NotPermitted`."""
    db.actor.require("rate.manage", property_id)
    house = db.one(Property, property_id)
    if house.archived_at:
        raise NotFound(what="property")
    last = select(func.coalesce(func.max(Tax.position) + 1, 0)).where(col(Tax.property_id) == house.id)
    values = asdict(_checked(fields))
    row = Tax(organization_id=db.organization_id, property_id=house.id, position=db.scalar(last) or 0, **values)
    db.add(row)
    db.flush()
    record(db, "tax.created", "tax", row.id, house.id, after=picture(row))
    return row


def change_tax(db: Db, tax_id: UUID, version: int, fields: TaxFields) -> Tax:
    """Change a tax: quotes from now on have it; bookings keep what they were sold for (R-52).

    Refuses `BadInput`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    row = _live(db, tax_id, version)
    before = picture(row)
    for name, value in asdict(_checked(fields)).items():
        setattr(row, name, value)
    row.version += 1
    db.flush()
    record(db, "tax.changed", "tax", row.id, row.property_id, before=before, after=picture(row))
    return row


def archive_tax(db: Db, tax_id: UUID, version: int) -> None:
    """Charge it no longer. Refuses `MovedMeanwhile`, `NotFound`, `NotPermitted`."""
    row = _live(db, tax_id, version)
    row.archived_at, row.version = now(), row.version + 1
    db.flush()
    record(db, "tax.archived", "tax", row.id, row.property_id, before=picture(row))


def picture(row: Tax) -> dict[str, Any]:
    """What the journal keeps of a tax."""
    values = _values(row) | {"version": row.version}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _values(row: Tax) -> dict[str, Any]:
    return {name: getattr(row, name) for name in TaxFields.__dataclass_fields__}


def _live(db: Db, tax_id: UUID, version: int) -> Tax:
    row = db.one(Tax, tax_id, lock=True)
    if not db.actor.sees(row.property_id):
        raise NotFound(what="tax")
    db.actor.require("rate.manage", row.property_id)
    refuse_stale(db, row, version)
    if row.archived_at:
        raise NotFound(what="tax")
    return row


def _checked(fields: TaxFields) -> TaxFields:
    if fields.kind not in KINDS:
        raise BadInput("kind", "Choose one of the list.")
    _refuse_bad_amount(fields)
    _refuse_bad_limits(fields)
    percent = fields.kind == "percent"
    return replace(
        fields,
        name=clean_title(fields.name),
        percent=fields.percent if percent else 0,
        amount=0 if percent else fields.amount,
        on_fixed=percent and fields.on_fixed,
        from_age=fields.from_age if fields.kind in PER_HEAD else 0,
    )


def _refuse_bad_amount(fields: TaxFields) -> None:
    if fields.kind == "percent" and not 1 <= fields.percent <= PERCENT_MOST:
        raise BadInput("percent", "Between 0 % and 100 %.")
    if fields.kind != "percent" and not 1 <= fields.amount <= MINOR_MAX:
        raise BadInput("amount", "This is not an amount of money.")


def _refuse_bad_limits(fields: TaxFields) -> None:
    if not 0 <= fields.from_age <= AGE_MOST:
        raise BadInput("from_age", "Between 0 and {most} years.", most=AGE_MOST)
    for name in ("nights_most", "exempt_from_nights"):
        if not 1 <= (1 if getattr(fields, name) is None else getattr(fields, name)) <= NIGHTS_MOST:
            raise BadInput(name, "Between 1 and {most} nights.", most=NIGHTS_MOST)
    if any(day is not None and day.year not in YEARS for day in (fields.valid_from, fields.valid_until)):
        raise BadInput("valid_from", "Look at the year.")
    if fields.valid_from and fields.valid_until and fields.valid_from > fields.valid_until:
        raise BadInput("valid_until", "The end lies before the beginning.")
