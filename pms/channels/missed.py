"""Bookings that a channel no longer offers: made before it was connected, or when it was not heard for too long.

What it tells of them is stored like everything else, if it is news: a booking that is in the books as it says, and one whose
guests have left before anybody here knew of them, is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import httpx
from sqlmodel import col, select

from pms.channels import inbox
from pms.channels.adapter import Adapter, Link, Received, Refused, Stop, Unreadable
from pms.channels.incoming import Incoming
from pms.channels.models import ChannelBooking, Connection
from pms.kernel import logs
from pms.kernel.dates import DAY, today
from pms.kernel.db import Db, raw

FIRST_DAYS = 500
"""How far back a connection that has heard nothing yet asks: as far ahead as channels sell."""
log = logs.logger(__name__)


def since(db: Db, connection_id: UUID, offers_seconds: float) -> date | None:
    """From which day on bookings may have been missed that are offered for so long; None: we have been offered all of them."""
    complete = db.one(Connection, connection_id).complete_at
    if complete is None:
        return db.now.date() - timedelta(days=FIRST_DAYS)
    gap = (db.now - complete).total_seconds()
    return complete.date() - DAY if gap > offers_seconds else None  # its days may begin hours before ours


def ask(adapter: Adapter, http: httpx.Client, link: Link, first: date) -> list[Received]:
    """What the channel knows since that day. One that will not say is no reason to hear it no more. Raises `Wait`."""
    try:
        return adapter.missed(http, link, first)
    except (Refused, Stop) as no:
        log.warning("a channel does not tell what may have been missed", property=link.remote_property, words=str(no)[:200])
        return []


def keep(db: Db, connection_id: UUID, adapter: Adapter, link: Link, found: Sequence[Received]) -> None:
    """Store what is news of it; until it was heard last, everything of the channel is known now."""
    query = select(ChannelBooking).where(
        ChannelBooking.connection_id == connection_id, col(ChannelBooking.booking).in_([one.booking for one in found])
    )
    known, here = {held.booking: held for held in db.scalars(query)}, today(link.timezone)
    inbox.store(db, connection_id, [one for one in found if _is_news(adapter, link, one, known.get(one.booking), here)])
    raw(db).later("update channel_connection set complete_at = heard_at where id = %s", (connection_id,))


def _is_news(adapter: Adapter, link: Link, one: Received, held: ChannelBooking | None, here: date) -> bool:
    try:
        told = adapter.read(link, one.text)
    except Unreadable:
        return True
    if held is None:
        return told.status == "cancelled" or any(room.departure > here for room in told.rooms)
    if told.status == "cancelled" or held.status == "cancelled":
        return told.status != held.status
    return told.status == "modified" and not _is_same(held, told)


def _is_same(held: ChannelBooking, told: Incoming) -> bool:
    """Whether the channel said so before: the same rooms on the same dates, at the same price."""
    kept = [(room["room"], room["arrival"], room["departure"]) for room in held.rooms]
    rooms = [(room.remote_room, room.arrival.isoformat(), room.departure.isoformat()) for room in told.rooms]
    return sorted(kept) == sorted(rooms) and held.deal.get("total") == told.total
