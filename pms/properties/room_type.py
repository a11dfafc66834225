"""Room types: what is sold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import col

from pms.kernel.db import Db
from pms.kernel.money import MINOR_MAX
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound
from pms.kernel.versions import refuse_stale
from pms.properties.models import Amenity, Property, RoomType, RoomTypeAmenity
from pms.properties.order import put_in_order
from pms.properties.property import clean_title

UNIT_TYPES = ("room", "bed")
PARTY_MOST = 99
DESCRIPTION_LONGEST = 2000
PRICE_MOST = min(MINOR_MAX, 2**31 - 1)
"""Minor units; the column is a 32-bit integer."""


@dataclass(frozen=True)
class RoomTypeFields:
    """What people fill in about a room type; `base_price` is minor units of the property's currency per night."""

    name: str
    unit_type: str = "room"
    adults: int = 2
    children: int = 0
    base_price: int = 0
    description: str = ""


def create(db: Db, property_id: UUID, fields: RoomTypeFields, amenity_ids: Sequence[UUID] = ()) -> RoomType:
    """A new room type, after the others, without units yet. Refuses `BadInput`, `NotFound`, `NotPermitted`."""
    house = db.one(Property, property_id)
    db.actor.require("property.manage", house.id)
    if house.archived_at:
        raise NotFound(what="property")
    row = RoomType(
        organization_id=db.organization_id,
        property_id=house.id,
        position=next_position(db, house.id),
        **asdict(_checked(fields)),
    )
    db.add(row)
    db.flush()
    _equip(db, row, amenity_ids)
    record(db, "room_type.created", "room_type", row.id, row.property_id, after=picture(db, row))
    return row


def next_position(db: Db, property_id: UUID) -> int:
    """Where a room type goes that comes after the others of its property."""
    last = select(func.coalesce(func.max(RoomType.position) + 1, 0)).where(col(RoomType.property_id) == property_id)
    return db.scalar(last) or 0


def change(
    db: Db, room_type_id: UUID, version: int, fields: RoomTypeFields, amenity_ids: Sequence[UUID] | None = None
) -> RoomType:
    """Change a room type, and its amenities unless None. Prices of nights already booked stay as they are.

    Refuses `BadInput`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    row = live_room_type(db, room_type_id, version)
    before = picture(db, row)
    for name, value in asdict(_checked(fields)).items():
        setattr(row, name, value)
    if amenity_ids is not None:
        _equip(db, row, amenity_ids)
    row.version += 1
    db.flush()
    record(db, "room_type.changed", "room_type", row.id, row.property_id, before=before, after=picture(db, row))
    return row


def reorder(db: Db, property_id: UUID, room_type_ids: Sequence[UUID]) -> None:
    """Show the room types in this order; those not named follow as they were. Refuses `NotFound`, `NotPermitted`."""
    house = db.one(Property, property_id)
    db.actor.require("property.manage", house.id)
    live = select(RoomType).where(col(RoomType.property_id) == house.id, col(RoomType.archived_at).is_(None))
    rows = db.scalars(live.order_by(col(RoomType.position), col(RoomType.id)).with_for_update(key_share=True)).all()
    put_in_order(rows, room_type_ids, "room type")
    after = {"room_type_ids": [str(row.id) for row in sorted(rows, key=lambda row: row.position)]}
    record(db, "room_type.reordered", "property", house.id, house.id, after=after)


def live_room_type(db: Db, room_type_id: UUID, version: int | None) -> RoomType:
    """A room type on sale, locked for change. Refuses `NotFound`, `NotPermitted`, `MovedMeanwhile`."""
    row = db.one(RoomType, room_type_id, lock=True)
    db.actor.require("property.manage", row.property_id)
    if version is not None:
        refuse_stale(db, row, version)
    if row.archived_at:
        raise NotFound(what="room type")
    return row


def picture(db: Db, row: RoomType) -> dict[str, Any]:
    """What the journal keeps of a room type."""
    amenities = select(col(RoomTypeAmenity.amenity_id)).where(col(RoomTypeAmenity.room_type_id) == row.id)
    fields = {name: getattr(row, name) for name in RoomTypeFields.__dataclass_fields__}
    return fields | {"amenity_ids": sorted(str(id) for id in db.scalars(amenities)), "version": row.version}


def _checked(fields: RoomTypeFields) -> RoomTypeFields:
    if fields.unit_type not in UNIT_TYPES:
        raise BadInput("unit_type", "A unit is a room or a bed.")
    if not 1 <= fields.adults <= PARTY_MOST:
        raise BadInput("adults", "At least one adult stays, and no more than 99.")
    if not 0 <= fields.children <= PARTY_MOST:
        raise BadInput("children", "Between no children and 99.")
    if not 0 <= fields.base_price <= PRICE_MOST:
        raise BadInput("base_price", "This is not a price for a night.")
    if len(fields.description) > DESCRIPTION_LONGEST:
        raise BadInput("description", "Use at most {longest} characters.", longest=DESCRIPTION_LONGEST)
    return replace(fields, name=clean_title(fields.name), description=fields.description.strip())


def _equip(db: Db, row: RoomType, amenity_ids: Sequence[UUID]) -> None:
    """Give the type exactly these amenities."""
    wanted = set(amenity_ids)
    live = col(Amenity.id).in_(wanted), col(Amenity.archived_at).is_(None)
    if wanted and set(db.scalars(select(col(Amenity.id)).where(*live).with_for_update(read=True))) != wanted:
        raise NotFound(what="amenity")
    db.execute(delete(RoomTypeAmenity).where(col(RoomTypeAmenity.room_type_id) == row.id))
    db.add_all(RoomTypeAmenity(organization_id=db.organization_id, room_type_id=row.id, amenity_id=id) for id in sorted(wanted))
    db.flush()
