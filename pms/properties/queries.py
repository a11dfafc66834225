"""What screens show of the house."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from pms.kernel.db import Db
from pms.properties.amenities import AmenityLine
from pms.properties.models import Amenity, Property, RoomType, RoomTypeAmenity, Unit


@dataclass(frozen=True)
class PropertyLine:
    """A property in the list, with how much there is in it; times and dates are local."""

    id: UUID
    name: str
    city: str
    country: str
    timezone: str
    currency: str
    check_in_time: time
    check_out_time: time
    business_date: date
    archived: bool
    version: int
    room_types: int
    units: int


@dataclass(frozen=True)
class UnitLine:
    """A room or bed under its type."""

    id: UUID
    name: str
    floor: str
    version: int


@dataclass(frozen=True)
class RoomTypeLine:
    """A room type with its units and amenities, in their order; `base_price` is minor units per night."""

    id: UUID
    name: str
    unit_type: str
    adults: int
    children: int
    base_price: int
    description: str
    version: int
    amenities: tuple[AmenityLine, ...]
    units: tuple[UnitLine, ...]


@dataclass(frozen=True)
class Structure:
    """One property as it is built, archived types and units left out."""

    property: PropertyLine
    room_types: tuple[RoomTypeLine, ...]


@dataclass(frozen=True)
class ArchivedLine:
    """A room type or a unit taken out of the house; `units` came along with a type, `room_type` is what a unit counted as."""

    id: UUID
    name: str
    room_type: str
    archived_at: datetime
    version: int
    units: int = 0


@dataclass(frozen=True)
class Archived:
    """What can be brought back: room types, and units that were archived by themselves."""

    room_types: tuple[ArchivedLine, ...] = ()
    units: tuple[ArchivedLine, ...] = ()


def properties(db: Db, archived: bool = False) -> list[PropertyLine]:
    """The properties the actor works in, in their order; archived ones only if asked for."""
    db.actor.require("property.view")
    query = _lines().order_by(col(Property.position), col(Property.id))
    if db.actor.property_ids is not None:
        query = query.where(col(Property.id).in_(db.actor.property_ids))
    if not archived:
        query = query.where(col(Property.archived_at).is_(None))
    return [_line(*row) for row in db.execute(query)]


def structure(db: Db, property_id: UUID) -> Structure:
    """One property with its room types, units and amenities, in three queries. Refuses `NotFound`, `NotPermitted`."""
    house = db.one(Property, property_id)
    db.actor.require("property.view", house.id)
    line = _line(*db.execute(_lines().where(col(Property.id) == house.id)).one())
    types = select(RoomType).where(col(RoomType.property_id) == house.id, col(RoomType.archived_at).is_(None))
    units, equipment = _units(db, house.id), _equipment(db, house.id)
    rows = db.scalars(types.order_by(col(RoomType.position), col(RoomType.id)))
    return Structure(line, tuple(_room_type(row, units[row.id], equipment[row.id]) for row in rows))


def archived(db: Db, property_id: UUID) -> Archived:
    """What was taken out of a house, the latest first. Refuses `NotFound`, `NotPermitted`."""
    db.actor.require("property.manage", db.one(Property, property_id).id)
    types = select(RoomType).where(col(RoomType.property_id) == property_id, col(RoomType.archived_at).is_not(None))
    kinds = db.scalars(types.order_by(col(RoomType.archived_at).desc(), col(RoomType.id))).all()
    gone = (
        select(Unit, RoomType)
        .join(RoomType, col(RoomType.id) == col(Unit.room_type_id))
        .where(col(Unit.property_id) == property_id, col(Unit.archived_at).is_not(None))
        .order_by(col(Unit.archived_at).desc(), col(Unit.position), col(Unit.id))
    )
    rows = [(unit, kind) for unit, kind in db.execute(gone)]
    along = Counter(kind.id for unit, kind in rows if unit.archived_at == kind.archived_at)
    return Archived(
        tuple(
            ArchivedLine(one.id, one.name, "", one.archived_at, one.version, along[one.id]) for one in kinds if one.archived_at
        ),
        tuple(
            ArchivedLine(unit.id, unit.name, kind.name, unit.archived_at, unit.version)
            for unit, kind in rows
            if unit.archived_at and unit.archived_at != kind.archived_at
        ),
    )


def _lines() -> Any:
    live_types = select(func.count()).where(col(RoomType.property_id) == col(Property.id), col(RoomType.archived_at).is_(None))
    live_units = select(func.count()).where(col(Unit.property_id) == col(Property.id), col(Unit.archived_at).is_(None))
    return select(Property, live_types.scalar_subquery(), live_units.scalar_subquery())


def _line(row: Property, room_types: int, units: int) -> PropertyLine:
    return PropertyLine(
        id=row.id,
        name=row.name,
        city=row.city,
        country=row.country,
        timezone=row.timezone,
        currency=row.currency,
        check_in_time=row.check_in_time,
        check_out_time=row.check_out_time,
        business_date=row.business_date,
        archived=row.archived_at is not None,
        version=row.version,
        room_types=room_types,
        units=units,
    )


def _room_type(row: RoomType, units: list[UnitLine], equipment: list[AmenityLine]) -> RoomTypeLine:
    return RoomTypeLine(
        id=row.id,
        name=row.name,
        unit_type=row.unit_type,
        adults=row.adults,
        children=row.children,
        base_price=row.base_price,
        description=row.description,
        version=row.version,
        amenities=tuple(equipment),
        units=tuple(units),
    )


def _units(db: Db, property_id: UUID) -> defaultdict[UUID, list[UnitLine]]:
    """The units in use, by room type."""
    live = select(Unit).where(col(Unit.property_id) == property_id, col(Unit.archived_at).is_(None))
    found: defaultdict[UUID, list[UnitLine]] = defaultdict(list)
    for unit in db.scalars(live.order_by(col(Unit.position), col(Unit.id))):
        found[unit.room_type_id].append(UnitLine(unit.id, unit.name, unit.floor, unit.version))
    return found


def _equipment(db: Db, property_id: UUID) -> defaultdict[UUID, list[AmenityLine]]:
    """The amenities, by room type."""
    query = (
        select(col(RoomTypeAmenity.room_type_id), Amenity)
        .join(Amenity, col(Amenity.id) == col(RoomTypeAmenity.amenity_id))
        .join(RoomType, col(RoomType.id) == col(RoomTypeAmenity.room_type_id))
        .where(col(RoomType.property_id) == property_id)
        .order_by(func.lower(col(Amenity.name)), col(Amenity.id))
    )
    found: defaultdict[UUID, list[AmenityLine]] = defaultdict(list)
    for room_type_id, amenity in db.execute(query):
        found[room_type_id].append(AmenityLine(amenity.id, amenity.name))
    return found
