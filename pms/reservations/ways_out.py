"""Ways out of a night that is sold beyond the house: who was sold it and when, and what can be done. Reads only.

Doing it is the usual verbs': a block is lifted, a stay moved to another type keeps its agreed prices (R-41); taking a guest out
of the house is `pms.reservations.relocate`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pms.inventory.availability import TypeNight, availability, availability_in
from pms.kernel.dates import DAY
from pms.kernel.db import Db, raw
from pms.kernel.refusals import NotFound
from pms.properties.models import Property
from pms.reservations.models import Stay
from pms.reservations.nights import live_nights
from pms.reservations.offers import offers
from pms.reservations.sold import wish_of

_ON = """
select s.id, r.code, r.source, s.status, s.arrival, s.departure, s.created_at, n.unit_id is not null, s.version,
       trim(g.first_name || ' ' || g.last_name)
from stay_night n join stay s on s.id = n.stay_id join reservation r on r.id = s.reservation_id join guest g on g.id = r.guest_id
where n.property_id = %s and n.room_type_id = %s and n.night = %s and n.live
"""
_TOLD = """
select entity_id, happened_at, before, after from journal
where entity = 'stay' and entity_id = any(%s) and after is not null order by id
"""
_LACKING = """
select n.room_type_id, n.night from stay_night n
join inventory_night i on i.room_type_id = n.room_type_id and i.night = n.night
where n.stay_id = %s and n.live and i.capacity - i.blocked - i.sold < 0 order by n.night
"""
_SISTERS = """
select p.id, p.name, array(select t.id from room_type t where t.property_id = p.id and t.adults + t.children >= %s)
from property p join property own on own.id = %s
where p.archived_at is null and p.id <> own.id and p.currency = own.currency order by p.name, p.id
"""
_BLOCKS = """
select b.id, u.name, b.kind, b.reason, b.first_night, b.end_night, b.version
from block b join unit u on u.id = b.unit_id
where u.room_type_id = %s and u.archived_at is null and b.lifted_at is null and b.first_night <= %s and b.end_night > %s
  and not exists (select from stay_night n where n.unit_id = u.id and n.night = %s and n.live)
order by b.end_night - b.first_night, b.id
"""


@dataclass(frozen=True)
class Sold:
    """A stay on the night, in the order in which they took it (`since`, UTC). `beyond`: the house was full by then. `guest` is
    empty for whoever may not see guests.
    """

    stay_id: UUID
    code: str
    source: str
    status: str
    arrival: date
    departure: date
    since: datetime
    has_unit: bool
    version: int
    guest: str
    beyond: bool

    @property
    def can_move(self) -> bool:
        """Whether the guest is not in house yet."""
        return self.status in ("tentative", "confirmed")

    @property
    def nights(self) -> int:
        """How many."""
        return (self.departure - self.arrival).days


@dataclass(frozen=True)
class OversoldNight:
    """A room type on a local night: `rooms` the house has then, all stays on it, and by how many there are too many."""

    rooms: int
    stays: tuple[Sold, ...]

    @property
    def too_many(self) -> int:
        """Guests for whom there is no room of this type."""
        return max(0, len(self.stays) - self.rooms)

    @property
    def easier_to_move(self) -> list[Sold]:
        """Those not in house yet, the shortest first; of these whoever came when the house was full already."""
        open_ones = [one for one in self.stays if one.can_move]
        return sorted(open_ones, key=lambda one: (one.nights, not one.beyond, -one.since.timestamp()))


@dataclass(frozen=True)
class Liftable:
    """A block without which there was one more unit on the night; local nights [first_night, end_night)."""

    block_id: UUID
    unit: str
    kind: str
    reason: str
    first_night: date
    end_night: date
    version: int


@dataclass(frozen=True)
class OtherType:
    """A room type with room for all nights of the stay, and without an oversale. `difference` is what its nights cost more in the
    stay's plan (less: negative) through the channel it came by, were it sold anew; minor units, None where that plan does not
    sell it. The guest keeps the agreed price.
    """

    room_type_id: UUID
    room_type: str
    free: int
    difference: int | None


@dataclass(frozen=True)
class Sister:
    """A property of the organization with a room for as many people on all nights of the stay; `free` at the fewest."""

    property_id: UUID
    name: str
    room_type_id: UUID
    room_type: str
    free: int


def oversold_night(db: Db, property_id: UUID, room_type_id: UUID, night: date) -> OversoldNight:
    """Who was sold that night of a room type, and when. Four queries. Refuses `NotFound`, `NotPermitted`."""
    db.actor.require("reservation.view", property_id)
    found = [one for one in availability(db, property_id, night, night + DAY) if one.room_type_id == room_type_id]
    if not found:
        raise NotFound(what="room type")
    rows = raw(db).execute(_ON, (property_id, room_type_id, night)).fetchall()
    told = _told(db, [row[0] for row in rows])
    since = {row[0]: _since(told[row[0]], room_type_id, night) or row[6] for row in rows}
    rooms = max(0, found[0].capacity - found[0].blocked)
    ordered = sorted(rows, key=lambda row: (since[row[0]], str(row[0])))
    named = db.actor.may("guest.view", property_id)
    stays = [
        Sold(id, code, source, status, first, end, since[id], has_unit, version, guest if named else "", place >= rooms)
        for place, (id, code, source, status, first, end, _, has_unit, version, guest) in enumerate(ordered)
    ]
    return OversoldNight(rooms, tuple(stays))


def lacking_nights(db: Db, stay_id: UUID) -> list[tuple[UUID, date]]:
    """The nights of a stay on which more is sold than there are rooms, with the room type it lies in, the first one first.
    Refuses `NotFound`, `NotPermitted`.
    """
    stay = _stay(db, stay_id)
    return [(row[0], row[1]) for row in raw(db).execute(_LACKING, (stay.id,))]


def blocks_to_lift(db: Db, property_id: UUID, room_type_id: UUID, night: date) -> list[Liftable]:
    """Blocks of the type's units on the night, the shortest first. Refuses `NotFound`, `NotPermitted`."""
    house = db.one(Property, property_id)
    db.actor.require("reservation.view", house.id)
    known = {one.room_type_id for one in availability(db, house.id, night, night + DAY)}
    if room_type_id not in known:
        raise NotFound(what="room type")
    return [Liftable(*row) for row in raw(db).execute(_BLOCKS, (room_type_id, night, night, night))]


def other_types(db: Db, stay_id: UUID) -> list[OtherType]:
    """Where the whole stay fits in its own house, what costs least more first. Refuses `NotFound`, `NotPermitted`."""
    stay = _stay(db, stay_id)
    if stay.arrival == stay.departure:
        return []
    own = {(night.room_type_id, night.night) for night in live_nights(db, stay.id)}
    lie = {kind for kind, _ in own}
    free = _free(availability(db, stay.property_id, stay.arrival, stay.departure))
    asked = offers(db, stay.property_id, wish_of(db, stay), own)
    every = [one for one in (*asked.offers, *asked.refused) if one.plan.id == stay.rate_plan_id]
    cost = {one.kind.id: sum(one.prices) for one in every}
    fits = {one.id for one in asked.house.types if one.adults + one.children >= stay.adults + stay.children}
    here = cost.get(stay.room_type_id)
    found = [
        OtherType(id, name, left, None if here is None or id not in cost else cost[id] - here)
        for id, (name, left) in free.items()
        if left > 0 and id not in lie and id in fits
    ]
    return sorted(found, key=lambda one: (one.difference is None, one.difference or 0, one.room_type))


def sisters(db: Db, stay_id: UUID) -> list[Sister]:
    """Other properties the actor may book in, of the same currency, with room for the whole stay; one line each. Two queries,
    however many there are. Refuses `NotFound`, `NotPermitted`.
    """
    stay = _stay(db, stay_id)
    if stay.arrival == stay.departure:
        return []
    rows = raw(db).execute(_SISTERS, (stay.adults + stay.children, stay.property_id)).fetchall()
    houses = [(id, name, kinds) for id, name, kinds in rows if db.actor.may("reservation.book", id)]
    nights = availability_in(db, [id for id, _, _ in houses], stay.arrival, stay.departure)
    found = []
    for id, name, kinds in houses:
        fits = [(left, kind, of) for kind, (of, left) in _free(nights[id]).items() if left > 0 and kind in kinds]
        if fits:
            left, kind, of = max(fits, key=lambda one: one[0])
            found.append(Sister(id, name, kind, of, left))
    return found


def _stay(db: Db, stay_id: UUID) -> Stay:
    stay = db.one(Stay, stay_id)
    if not db.actor.sees(stay.property_id):
        raise NotFound(what="stay")
    db.actor.require("reservation.view", stay.property_id)
    return stay


def _free(nights: Iterable[TypeNight]) -> dict[UUID, tuple[str, int]]:
    """Real rooms left on the fewest of the nights, by type: what may be sold beyond the house helps nobody here."""
    left: dict[UUID, tuple[str, int]] = {}
    for one in nights:
        rooms = one.capacity - one.blocked - one.sold - one.held
        left[one.room_type_id] = (one.room_type, min(rooms, left.get(one.room_type_id, ("", rooms))[1]))
    return left


def _told(db: Db, stays: Sequence[UUID]) -> Mapping[UUID, list[tuple[datetime, Any, Any]]]:
    found: dict[UUID, list[tuple[datetime, Any, Any]]] = defaultdict(list)
    for stay_id, at, before, after in raw(db).execute(_TOLD, (list(stays),)):
        found[stay_id].append((at, before, after))
    return found


def _since(told: Sequence[tuple[datetime, Any, Any]], room_type_id: UUID, night: date) -> datetime | None:
    """When the stay took that night of the type last: booked onto it, moved there, or brought back."""
    took = None
    for at, before, after in told:
        if _lies(after, room_type_id, night) and not _lies(before, room_type_id, night):
            took = at
    return took


def _lies(picture: Mapping[str, Any] | None, room_type_id: UUID, night: date) -> bool:
    if not picture or picture.get("status") in ("cancelled", "no_show"):
        return False
    ranges = [(one[0], one[1]) for one in picture.get("segments", ()) if one[2] == str(room_type_id)]
    return any(first <= night.isoformat() < end for first, end in ranges)
