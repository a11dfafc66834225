"""Amenities: what room types can have, named once for the whole organization."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from pms.accounts.models import Organization
from pms.kernel.db import Db
from pms.kernel.outbox import record
from pms.kernel.refusals import Refusal
from pms.properties.models import Amenity
from pms.properties.property import clean_title


class AmenityKnown(Refusal):
    sentence = "{name} is in the list already."
    status = 409
    field = "name"


@dataclass(frozen=True)
class AmenityLine:
    """An amenity to choose from."""

    id: UUID
    name: str


def amenities(db: Db) -> list[AmenityLine]:
    """All of them, by name."""
    db.actor.require("property.view")
    rows = db.scalars(select(Amenity).order_by(func.lower(col(Amenity.name)), col(Amenity.id)))
    return [AmenityLine(row.id, row.name) for row in rows]


def add_amenity(db: Db, name: str) -> Amenity:
    """One more to choose from. Refuses `AmenityKnown`, `BadInput`, `NotPermitted`."""
    db.actor.require("property.manage")
    row = Amenity(organization_id=db.organization_id, name=_free(db, name))
    db.add(row)
    db.flush()
    record(db, "amenity.created", "amenity", row.id, after={"name": row.name})
    return row


def rename_amenity(db: Db, amenity_id: UUID, name: str) -> Amenity:
    """Call it something else, everywhere. Refuses `AmenityKnown`, `BadInput`, `NotFound`, `NotPermitted`."""
    db.actor.require("property.manage")
    row = db.one(Amenity, amenity_id, lock=True)
    before, row.name = row.name, _free(db, name, but=row.id)
    db.flush()
    record(db, "amenity.changed", "amenity", row.id, before={"name": before}, after={"name": row.name})
    return row


def _free(db: Db, name: str, but: UUID | None = None) -> str:
    name = clean_title(name)
    db.one(Organization, db.organization_id, lock=True)  # one at a time, or two could add the same
    known = db.scalar(select(col(Amenity.id)).where(func.lower(col(Amenity.name)) == name.lower()))
    if known is not None and known != but:
        raise AmenityKnown(name=name)
    return name
