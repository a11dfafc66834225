"""The house a file goes into: its room types and units, and those that the file needs and the house lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from pms.imports.plan import TypeNeed
from pms.kernel.db import Db
from pms.kernel.refusals import NotFound
from pms.properties import room_type
from pms.properties.models import Property, RoomType, Unit
from pms.properties.room_type import RoomTypeFields
from pms.properties.units import new_units


@dataclass(frozen=True)
class House:
    """What rows are put into: room types by their name in lower case, units of each type in the order they are dealt."""

    property_id: UUID
    currency: str
    timezone: str
    check_in: time
    check_out: time
    types: dict[str, UUID]
    units: dict[UUID, list[UUID]]
    by_door: dict[tuple[UUID, str], UUID]

    def instant(self, day: date, at: time) -> datetime:
        """That time of that local day as a UTC instant."""
        return _instant(day, at, self.timezone)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@cache
def _instant(day: date, at: time, timezone: str) -> datetime:
    return datetime.combine(day, at, _zone(timezone)).astimezone(UTC)


def house(db: Db, property_id: UUID) -> House:
    """Look the property up; nobody archives it or its units before the transaction ends. Refuses `NotFound`."""
    row = db.one(Property, property_id, lock="share")
    if row.archived_at:
        raise NotFound(what="property")
    types = _types(db, property_id)
    units = _units(db, property_id, lock=True)
    return House(
        row.id,
        row.currency,
        row.timezone,
        row.check_in_time,
        row.check_out_time,
        {kind.name.casefold(): kind.id for kind in types},
        {kind.id: [unit.id for unit in units if unit.room_type_id == kind.id] for kind in types},
        {(unit.room_type_id, unit.name.casefold()): unit.id for unit in units},
    )


def missing(db: Db, property_id: UUID, wanted: Sequence[TypeNeed]) -> list[TypeNeed]:
    """The needs for which the property has no room type of that name."""
    there = {kind.name.casefold() for kind in _types(db, property_id)}
    return [need for need in wanted if need.name.casefold() not in there]


def build(db: Db, property_id: UUID, wanted: Sequence[TypeNeed]) -> None:
    """Add the room types the property lacks, each with as many units as its busiest night needs.

    Types that are there keep their units: a house does not grow because of a file.
    """
    doors = {unit.name for unit in _units(db, property_id)}
    for need in missing(db, property_id, wanted):
        fields = RoomTypeFields(need.name, adults=need.adults, children=need.children, base_price=need.base_price)
        names = unit_names(need, doors)
        doors.update(names)
        new_units(db, room_type.create(db, property_id, fields), names)


def unit_names(need: TypeNeed, doors: set[str]) -> list[str]:
    """Door numbers for a type: those the file names, then its code and a number ("A01"), none that is taken."""
    names = [name for name in need.unit_names if name not in doors]
    free = (name for name in _numbered(need) if name not in doors and name not in names)
    return names + [next(free) for _ in range(need.peak - len(names))]


def _numbered(need: TypeNeed) -> Iterator[str]:
    code = need.name.split()[-1] if len(need.name.split()[-1]) <= 2 else need.name.split()[0][:3]
    return (f"{code.upper()}{number:02d}" for number in count(1))


def _types(db: Db, property_id: UUID) -> Sequence[RoomType]:
    query = select(RoomType).where(RoomType.property_id == property_id, col(RoomType.archived_at).is_(None))
    return db.exec(query.order_by(col(RoomType.position), col(RoomType.id))).all()


def _units(db: Db, property_id: UUID, lock: bool = False) -> Sequence[Unit]:
    query = select(Unit).where(Unit.property_id == property_id, col(Unit.archived_at).is_(None))
    query = query.order_by(col(Unit.position), col(Unit.name), col(Unit.id))
    return db.exec(query.with_for_update(read=True, key_share=True) if lock else query).all()
