"""Counters follow the house: when a room type gains or loses units, its nights from today on (at the property) do too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from pms.kernel.db import Db, raw
from pms.kernel.refusals import Refusal

NAMED_MOST = 10
"""How many nights a sentence names; `nights` has all."""


class StillSold(Refusal):
    """With fewer units some nights would be oversold; `nights` are ISO dates, sorted, `room_type` its name."""

    sentence = "{room_type} would be oversold: {nights_text}. Move or cancel stays, or lift blocks, first."
    status = 409


_HOLD = "select pg_advisory_xact_lock(hashtextextended(id::text, 0)) from unnest(%s::uuid[]) as w(id)"
_HOLD_SHARED = "select pg_advisory_xact_lock_shared(hashtextextended(id::text, 0)) from unnest(%s::uuid[]) as w(id)"


def hold_capacity(db: Db, room_type_ids: Iterable[UUID]) -> None:
    """Keep the numbers of units of these types from being counted by others until this transaction ends.

    Call before changing units. Otherwise a sale could, unseen by `follow_units`, make the counter of an untouched night
    from the number of units as it was. An advisory lock, since a row lock on the room type would also stop (and, the
    locks being taken in another order there, entangle) everybody who books a night that has its counter.
    """
    raw(db).execute(_HOLD, (sorted(set(room_type_ids)),))


def hold_capacity_shared(db: Db, room_type_ids: Iterable[UUID]) -> None:
    """For those who count units to make counters: wait for whoever is changing units, but not for each other."""
    raw(db).later(_HOLD_SHARED, (sorted(set(room_type_ids)),))


_LOCK = """
select i.night, i.sold + i.held + i.blocked - i.overbooking, i.capacity, i.oversold
from inventory_night i
join room_type t on t.id = i.room_type_id
join property p on p.id = t.property_id
where i.room_type_id = %s and i.night >= (now() at time zone p.timezone)::date
order by i.night
for update of i
"""
_WRITE = """
update inventory_night
set capacity = %(capacity)s, oversold = greatest(0, sold + held + blocked - %(capacity)s - overbooking)
where room_type_id = %(room_type)s and night = any(%(nights)s)
"""


def follow_units(db: Db, room_type_id: UUID) -> None:
    """Set the capacity of the type's counters to the number of its live units, under `hold_capacity`.

    Nights nobody has touched have no counter and need none. Refuses `StillSold` when a night would be oversold, or more
    oversold than it is.
    """
    connection = raw(db)
    db.flush()
    live = "select count(*) from unit where room_type_id = %s and archived_at is null"
    (capacity,) = connection.execute(live, (room_type_id,)).fetchone() or (0,)
    changed: list[date] = []
    lacking: list[date] = []
    for night, taken, before, oversold in connection.execute(_LOCK, (room_type_id,)):
        if max(0, taken - capacity) > oversold:
            lacking.append(night)
        if before != capacity:
            changed.append(night)
    if lacking:
        raise _still_sold(db, room_type_id, lacking)
    connection.later(_WRITE, {"capacity": capacity, "room_type": room_type_id, "nights": changed})


def _still_sold(db: Db, room_type_id: UUID, lacking: list[date]) -> StillSold:
    name = raw(db).execute("select name from room_type where id = %s", (room_type_id,)).fetchone()
    days = [night.isoformat() for night in lacking]
    return StillSold(room_type=name[0] if name else "", nights=days, nights_text=named(days))


def named(days: list[str]) -> str:
    """The first nights for a sentence, and dots when there are more."""
    return ", ".join(days[:NAMED_MOST]) + (", ..." if len(days) > NAMED_MOST else "")
