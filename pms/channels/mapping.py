"""Mapping as people do it: line by line over what the channel sells. A rate goes where its room goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from pms.channels.connections import managed, map_product, unmap_product
from pms.channels.models import Connection, Product
from pms.channels.proposal import OurPlan, OurRoom, Target, room_of
from pms.kernel.db import Db
from pms.kernel.refusals import BadInput, Refusal
from pms.properties.models import RoomType, Unit
from pms.rates.models import RatePlan

UNITS_MOST = 100
"""In a larger house a channel sells room types; a list of single units would help nobody."""


class TakenThere(Refusal):
    """What of ours is meant is another of the channel's products already."""

    sentence = "This is mapped to {remote} already. Take it away there first."
    status = 409


class RoomFirst(Refusal):
    """A rate was to be mapped whose room is not."""

    sentence = "Say first which room type this room is."
    status = 409


@dataclass(frozen=True)
class OurUnit:
    """One unit, which a channel may sell by itself."""

    id: UUID
    name: str
    room_type_id: UUID


@dataclass(frozen=True)
class Ours:
    """What a property has to be mapped, in its order."""

    rooms: list[OurRoom]
    plans: list[OurPlan]
    units: list[OurUnit]


def ours_of(db: Db, connection_id: UUID) -> Ours:
    """What can be mapped, in three queries. Refuses `NotFound`, `NotPermitted`."""
    house = managed(db, connection_id).property_id
    kinds = select(RoomType).where(RoomType.property_id == house, col(RoomType.archived_at).is_(None))
    plans = select(RatePlan).where(RatePlan.property_id == house, col(RatePlan.archived_at).is_(None))
    units = select(Unit).where(Unit.property_id == house, col(Unit.archived_at).is_(None))
    rooms = [
        OurRoom(one.id, one.name, one.adults) for one in db.scalars(kinds.order_by(col(RoomType.position), col(RoomType.id)))
    ]
    single = list(db.scalars(units.order_by(col(Unit.position), col(Unit.id)).limit(UNITS_MOST + 1)))
    return Ours(
        rooms,
        [_plan(one) for one in db.scalars(plans.order_by(col(RatePlan.position), col(RatePlan.id)))],
        [OurUnit(one.id, one.name, one.room_type_id) for one in single] if len(single) <= UNITS_MOST else [],
    )


def _plan(row: RatePlan) -> OurPlan:
    return OurPlan(row.id, row.name, row.code, frozenset(row.room_type_ids) if row.room_type_ids is not None else None)


def choose_room(db: Db, connection_id: UUID, remote_id: str, room_type_id: UUID | None, unit_id: UUID | None = None) -> None:
    """Say which room type (or unit of it) a room of the channel is, or none; its rates come along, and without it end.

    Refuses `TakenThere`, `AlreadyMapped`, `BadInput`, `NotFound`, `NotPermitted`.
    """
    _refuse_rate(remote_id)
    mapped = _mapped(db, managed(db, connection_id))
    rates = {id: one.rate_plan_id for id, one in mapped.items() if room_of(id) == remote_id and id != remote_id}
    for id in (remote_id, *rates):
        if id in mapped:
            unmap_product(db, mapped.pop(id).id)
    if room_type_id is None:
        return
    _refuse_taken(mapped, Target(room_type_id, None, unit_id))
    map_product(db, connection_id, room_type_id, None, remote_id, unit_id)
    for id, plan_id in rates.items():
        map_product(db, connection_id, room_type_id, plan_id, id, unit_id)


def choose_rate(db: Db, connection_id: UUID, remote_id: str, rate_plan_id: UUID | None) -> None:
    """Say which plan a rate of the channel is, in the room type its room is; or none.

    Refuses `RoomFirst`, `TakenThere`, `AlreadyMapped`, `BadInput`, `NotFound`, `NotPermitted`.
    """
    mapped = _mapped(db, managed(db, connection_id))
    if remote_id in mapped:
        unmap_product(db, mapped.pop(remote_id).id)
    if rate_plan_id is None:
        return
    room = mapped.get(room_of(remote_id))
    if room is None or room_of(remote_id) == remote_id:
        raise RoomFirst()
    _refuse_taken(mapped, Target(room.room_type_id, rate_plan_id, room.unit_id))
    map_product(db, connection_id, room.room_type_id, rate_plan_id, remote_id, room.unit_id)


def adopt(db: Db, connection_id: UUID, proposed: Mapping[str, Target]) -> int:
    """Map what is proposed, as far as neither side is mapped yet; how many. Refuses `BadInput`, `NotFound`, `NotPermitted`."""
    mapped = _mapped(db, managed(db, connection_id))
    taken = {_target(one) for one in mapped.values()}
    new = {id: one for id, one in proposed.items() if id not in mapped and one not in taken}
    for id, one in new.items():
        map_product(db, connection_id, one.room_type_id, one.rate_plan_id, id, one.unit_id)
    return len(new)


def _mapped(db: Db, connection: Connection) -> dict[str, Product]:
    query = select(Product).where(Product.connection_id == connection.id).order_by(col(Product.id))
    return {one.remote_id: one for one in db.scalars(query)}


def _target(one: Product) -> Target:
    return Target(one.room_type_id, one.rate_plan_id, one.unit_id)


def _refuse_taken(mapped: Mapping[str, Product], wanted: Target) -> None:
    for id, one in mapped.items():
        if _target(one) == wanted:
            raise TakenThere(remote=id)


def _refuse_rate(remote_id: str) -> None:
    if room_of(remote_id) != remote_id:
        raise BadInput("remote_id", "This is a rate, not a room.")
