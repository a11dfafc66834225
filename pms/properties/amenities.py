"""Amenities: what room types can have, named once for the whole organization."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import col

from pms.accounts.models import Organization
from pms.kernel.dates import now
from pms.kernel.db import Db
from pms.kernel.outbox import record
from pms.kernel.refusals import NotFound, NotPermitted, Refusal
from pms.properties.models import Amenity, RoomType, RoomTypeAmenity
from pms.properties.property import clean_title


class AmenityKnown(Refusal):
    sentence = "{name} is in the list already."
    status = 409
    field = "name"


@dataclass(frozen=True)
class AmenityLine:
    """An amenity to choose from; `used` is how many room types on sale have it, where that was counted."""

    id: UUID
    name: str
    used: int = 0


def amenities(db: Db) -> list[AmenityLine]:
    """All of them, by name, with how many room types have them."""
    db.actor.require("property.view")
    used = (
        select(func.count())
        .select_from(RoomTypeAmenity)
        .join(RoomType, col(RoomType.id) == col(RoomTypeAmenity.room_type_id))
        .where(col(RoomTypeAmenity.amenity_id) == col(Amenity.id), col(RoomType.archived_at).is_(None))
    )
    live = select(Amenity, used.scalar_subquery()).where(col(Amenity.archived_at).is_(None))
    rows = db.execute(live.order_by(func.lower(col(Amenity.name)), col(Amenity.id)))
    return [AmenityLine(row.id, row.name, count) for row, count in rows]


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
    row = _live(db, amenity_id)
    before, row.name = row.name, _free(db, name, but=row.id)
    db.flush()
    record(db, "amenity.changed", "amenity", row.id, before={"name": before}, after={"name": row.name})
    return row


def remove_amenity(db: Db, amenity_id: UUID) -> None:
    """Take it off the list and off every room type that has it. Refuses `NotFound`, `NotPermitted`."""
    db.actor.require("property.manage")
    if db.actor.property_ids is not None:
        raise NotPermitted(permission="property.manage")  # it would disappear in properties they do not work in
    row = _live(db, amenity_id)
    db.execute(delete(RoomTypeAmenity).where(col(RoomTypeAmenity.amenity_id) == row.id))
    row.archived_at = now()
    db.flush()
    record(db, "amenity.removed", "amenity", row.id, before={"name": row.name})


def _live(db: Db, amenity_id: UUID) -> Amenity:
    row = db.one(Amenity, amenity_id, lock=True)
    if row.archived_at:
        raise NotFound(what="amenity")
    return row


def _free(db: Db, name: str, but: UUID | None = None) -> str:
    name = clean_title(name)
    db.one(Organization, db.organization_id, lock=True)  # one at a time, or two could add the same
    live = col(Amenity.archived_at).is_(None), func.lower(col(Amenity.name)) == name.lower()
    known = db.scalar(select(col(Amenity.id)).where(*live))
    if known is not None and known != but:
        raise AmenityKnown(name=name)
    return name
