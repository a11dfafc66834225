"""The rooms of a channel's booking in our terms: of which type, in which unit, in what plan, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import col, select

from pms.channels.incoming import Incoming, IncomingRoom, nightly
from pms.channels.models import Connection, Product
from pms.channels.present import units_taken
from pms.channels.problems import Problem
from pms.inventory.availability import availability
from pms.kernel.dates import DAY
from pms.kernel.db import Db
from pms.kernel.refusals import BadInput
from pms.properties.models import RoomType
from pms.rates.models import RatePlan
from pms.reservations.book import Room
from pms.reservations.sold import Terms


class NoRoomsHere(BadInput):
    """The property has no room type at all to hold the booking in."""


@dataclass(frozen=True)
class Placed:
    """A room of the booking in our terms; `unit_id` if that very unit was sold."""

    told: IncomingRoom
    room: Room
    problems: Sequence[Problem] = ()
    unit_id: UUID | None = None


def in_our_terms(db: Db, connection: Connection, incoming: Incoming) -> list[Placed]:
    """Its rooms, each with what is wrong. What is mapped to something archived since counts as not mapped."""
    query = (
        select(Product, RatePlan.archived_at)
        .join(RoomType, col(RoomType.id) == Product.room_type_id)
        .outerjoin(RatePlan, col(RatePlan.id) == Product.rate_plan_id)
        .where(Product.connection_id == connection.id, col(RoomType.archived_at).is_(None))
    )
    rows = [(product, ended) for product, ended in db.execute(query)]
    mapped, ended = {product.remote_id: product for product, _ in rows}, {product.remote_id for product, at in rows if at}
    return _in_units(db, [_place(db, connection, mapped, ended, told) for told in incoming.rooms])


def _in_units(db: Db, placed: Sequence[Placed]) -> list[Placed]:
    """The same, each room in the very unit that was sold, where that is free and no other of them has it."""
    given, found = set[UUID](), list[Placed]()
    for one in placed:
        unit, count = one.unit_id, max(1, (one.told.departure - one.told.arrival).days)
        if unit and unit not in given and not units_taken(db, [unit], one.told.arrival, count):
            given.add(unit)
            one = replace(one, room=replace(one.room, unit_id=unit))
        found.append(one)
    return found


def _place(db: Db, connection: Connection, mapped: Mapping[str, Product], ended: Set[str], told: IncomingRoom) -> Placed:
    """The room in our terms: by the rate that was sold, else by the room, else held in whatever type has most room."""
    rate = mapped.get(told.remote_rate) if told.remote_rate not in ended else None
    of_room = (product for id, product in mapped.items() if id.partition("/")[0] == told.remote_room)
    known = rate or mapped.get(told.remote_room) or next(of_room, None)
    problems: list[Problem] = []
    if known is None:
        kind = _roomiest(db, connection, told)
        problems = [{"kind": "unmapped_room", "remote": told.remote_room, "room_type": kind.name}]
    elif told.remote_rate and rate is None:
        problems = [{"kind": "unmapped_rate", "remote": told.remote_rate}]
    terms = Terms(rate.rate_plan_id if rate else None, channel=connection.channel, despite_rules=True)
    room = Room(
        known.room_type_id if known else kind.id,
        told.arrival,
        told.departure,
        adults=min(max(1, told.adults), 99),
        children=len(told.children_ages),
        children_ages=[age if age is not None and 0 <= age <= 17 else None for age in told.children_ages],
        prices=nightly(told),
        terms=terms,
    )
    return Placed(told, room, problems, known.unit_id if known else None)


def _roomiest(db: Db, connection: Connection, told: IncomingRoom) -> RoomType:
    """The type with most rooms left on the worst of its nights; the first of the property where all are alike."""
    end = max(told.arrival + DAY, told.departure)
    worst: dict[UUID, int] = {}
    for one in availability(db, connection.property_id, told.arrival, end):
        worst[one.room_type_id] = min(worst.get(one.room_type_id, one.free), one.free)
    if not worst:
        raise NoRoomsHere("rooms", "This property has no room types yet.")
    return db.one(RoomType, max(worst, key=lambda id: worst[id]))
