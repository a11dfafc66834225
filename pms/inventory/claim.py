"""The only writer of what is sold, held and blocked. Whoever sells a night comes through here.

The rows of all nights concerned are locked in (room type, night) order, late in the transaction and with a time limit, and
every night is checked again under the lock: two writers can neither deadlock nor both win the last room (R-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pms.inventory.capacity import hold_capacity_shared
from pms.kernel.db import Db, raw
from pms.kernel.refusals import Refusal

TypeNight = tuple[UUID, date]
Column = Literal["sold", "held", "blocked"]


class SoldOut(Refusal):
    """No room left of a type on some nights; `nights` are ISO dates, sorted, `room_type` its name."""

    sentence = "{room_type} is sold out: {nights_text}."
    status = 409


@dataclass(frozen=True)
class Counter:
    """One room type on one night as it stands under the lock."""

    capacity: int
    sold: int
    held: int
    blocked: int
    overbooking: int

    @property
    def free(self) -> int:
        """Rooms that can still be sold; negative when oversold."""
        return self.capacity + self.overbooking - self.sold - self.held - self.blocked


# Behind "select", so that PostgreSQL cannot count the elements: it would plan anew for every array it gets.
_WANTED = "unnest((select %(types)s::uuid[]), (select %(nights)s::date[])) as w(room_type_id, night)"
_UNTOUCHED = f"""
select distinct w.room_type_id
from {_WANTED} left join inventory_night i on i.room_type_id = w.room_type_id and i.night = w.night
where i.night is null
"""
_TOUCH = f"""
insert into inventory_night (organization_id, room_type_id, night, capacity, sold, held, blocked, overbooking, oversold)
select t.organization_id, t.id, w.night,
       (select count(*) from unit u where u.room_type_id = t.id and u.archived_at is null), 0, 0, 0, 0, 0
from {_WANTED} join room_type t on t.id = w.room_type_id
left join inventory_night i on i.room_type_id = w.room_type_id and i.night = w.night
where i.night is null
order by w.room_type_id, w.night
on conflict do nothing
"""
# All or none: as long as one is missing, none is locked.
_LOCK = f"""
select i.room_type_id, i.night, i.capacity, i.sold, i.held, i.blocked, i.overbooking
from inventory_night i join {_WANTED} using (room_type_id, night)
where not exists ({_UNTOUCHED})
order by i.room_type_id, i.night
for update of i
"""
_WRITE = """
update inventory_night i set {column} = i.{column} + w.change,
  oversold = greatest(0, i.sold + i.held + i.blocked + w.change - i.capacity - i.overbooking)
from unnest((select %(types)s::uuid[]), (select %(nights)s::date[]), (select %(changes)s::int[]))
  as w(room_type_id, night, change)
where i.room_type_id = w.room_type_id and i.night = w.night
"""


def claim(db: Db, change: Mapping[TypeNight, int], column: Column = "sold", force: bool = False) -> dict[TypeNight, int]:
    """Add `change` rooms (negative: give back) per (room type, local night), all or nothing.

    Refuses `SoldOut` naming every night that lacks a room, unless `force` (an OTA's sale is never refused): then the
    nights are oversold, and returned with how many rooms they lack. Only nights that grow are checked; a night named
    with 0 is locked all the same, for a stay that changes units within one type.
    """
    wanted = sorted(change.items())
    if not wanted:
        return {}
    keys: dict[str, Any] = {"types": [key[0] for key, _ in wanted], "nights": [key[1] for key, _ in wanted]}
    counters = lock(db, keys)
    lacking = {key: count - counters[key].free for key, count in wanted if count > 0 and counters[key].free < count}
    if lacking and not force:
        raise _sold_out(db, lacking)
    raw(db).later(_WRITE.format(column=column), {**keys, "changes": [count for _, count in wanted]})
    return lacking


def lock(db: Db, keys: Mapping[str, Any]) -> dict[TypeNight, Counter]:
    """Lock the counters of parallel `types` and `nights`, sorted, making those that nobody has touched yet.

    Missing rows are made before any lock is taken, so that making them cannot close a circle of waiting writers.
    """
    locked = raw(db).execute(_LOCK, keys).fetchall()
    if not locked:
        untouched = {row[0] for row in raw(db).execute(_UNTOUCHED, keys)}
        hold_capacity_shared(db, untouched)  # a statement of its own: the next one must see what was committed meanwhile
        raw(db).later(_TOUCH, keys)
        locked = raw(db).execute(_LOCK, keys).fetchall()
    return {(row[0], row[1]): Counter(*row[2:]) for row in locked}


def _sold_out(db: Db, lacking: Mapping[TypeNight, int]) -> SoldOut:
    """Name the first room type that lacks rooms, with all its nights."""
    room_type_id = min(lacking)[0]
    found = raw(db).execute("select name from room_type where id = %s", (room_type_id,)).fetchone()
    days = sorted(night.isoformat() for type_id, night in lacking if type_id == room_type_id)
    return SoldOut(room_type=found[0] if found else "", room_type_id=str(room_type_id), nights=days, nights_text=", ".join(days))
