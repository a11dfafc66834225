"""What a channel is told of the house itself, where it wants to be: the rooms and plans that are mapped, as guests read them.

It is told whole, when something of it is another than it was told last, and once a night. A house without rooms or plans is
never described: to some channels that would mean that it is gone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from pms.channels.adapter import House, HousePlan, HouseRoom
from pms.channels.inbox import WORDS_MOST
from pms.channels.incoming import keepable
from pms.channels.models import Connection
from pms.kernel.db import Db, raw
from pms.kernel.outbox import record
from pms.rates.policy import MIDNIGHT, Tier

_MAPPED = """
select p.remote_id, t.name, t.adults, t.adults + t.children, r.name, r.meals, coalesce(y.tiers, '[]')
from channel_product p join room_type t on t.id = p.room_type_id join rate_plan r on r.id = p.rate_plan_id
left join rate_policy y on y.id = r.cancellation_id
where p.connection_id = %s and t.archived_at is null and r.archived_at is null
order by t.position, t.id, r.position, r.id, p.remote_id
"""


@dataclass(frozen=True)
class Description:
    """The house, and the print by which it is known again."""

    house: House
    print: str


def due(db: Db, connection_id: UUID, anyway: bool) -> Description | None:
    """How the house is to be described now; None when there is nothing to describe, or (unless `anyway`) it is described so."""
    connection, house = db.one(Connection, connection_id), house_of(db, connection_id)
    print = hashlib.sha256(repr(house).encode()).hexdigest()[:16]
    known = (connection.described or {}).get("print") == print
    return Description(house, print) if house.rooms and (anyway or not known) else None


def note(db: Db, connection_id: UUID, told: Description, words: str) -> None:
    """The channel has taken it, or refused it in these words; then it waits until it is another, or for the night."""
    row = db.one(Connection, connection_id, lock=True)
    row.described = {"print": told.print, "at": db.now.isoformat(), "words": keepable(words)[:WORDS_MOST]}
    after = {"rooms": len(told.house.rooms), "plans": len(told.house.plans), "words": row.described["words"]}
    record(db, "channel_connection.described", "channel_connection", row.id, row.property_id, after=after)


def house_of(db: Db, connection_id: UUID) -> House:
    """The rooms and plans sold on a connection, by the channel's ids, in our order; only rooms that are sold under a plan."""
    rooms: dict[str, tuple[str, int, int, list[str]]] = {}
    plans: dict[str, HousePlan] = {}
    for remote, name, adults, sleeps, plan_name, meals, tiers in raw(db).execute(_MAPPED, (connection_id,)):
        room, _, plan = remote.partition("/")
        if plan:
            rooms.setdefault(room, (name, adults, sleeps, []))[3].append(plan)
            days, clock = _free_until([Tier.read(tier) for tier in tiers])
            plans.setdefault(plan, HousePlan(plan, plan_name, meals != "none", days, clock))
    found = [HouseRoom(id, name, tuple(sold), sleeps, adults) for id, (name, adults, sleeps, sold) in rooms.items()]
    return House(tuple(found), tuple(plans.values()))


def _free_until(tiers: list[Tier]) -> tuple[int | None, time]:
    """Days before arrival and local time until which cancelling costs nothing; None: it always does."""
    costly = [tier for tier in tiers if tier.fixed or tier.percent]
    if any(tier.days is None for tier in costly):
        return None, MIDNIGHT
    first = max(costly, key=lambda tier: (tier.days or 0, -tier.time.hour, -tier.time.minute), default=Tier(days=0))
    return first.days, first.time
