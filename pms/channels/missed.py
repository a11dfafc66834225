"""Bookings that a channel no longer offers: made before it was connected, or when it was not heard for too long.

What it tells of them is stored like everything else, if it is news: a booking that is in the books as it says, and one whose
guests have left before anybody here knew of them, is left out.
"""

from __future__ import annotations

import time
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
from pms.reservations.models import Reservation

FIRST_DAYS = 500
"""How far back a connection that has heard nothing yet asks: as far ahead as channels sell."""
AGAIN_SECONDS = 3_600.0
"""A history that was refused is not asked for every time the channel is heard."""
_REFUSED: dict[UUID, float] = {}
"""Connection -> when it may be asked again; lost with the process, which asks once more then."""
log = logs.logger(__name__)


def since(db: Db, connection_id: UUID, offers_seconds: float) -> date | None:
    """From which day on bookings may have been missed that are offered for so long; None: we have been offered all of them."""
    complete = db.one(Connection, connection_id).complete_at
    if complete is None:
        return db.now.date() - timedelta(days=FIRST_DAYS)
    gap = (db.now - complete).total_seconds()
    return complete.date() - DAY if gap > offers_seconds else None  # its days may begin hours before ours


def ask(connection_id: UUID, adapter: Adapter, http: httpx.Client, link: Link, first: date) -> list[Received] | None:
    """What the channel knows since that day; nothing where this access may never know. None: it would not say, and is asked
    again an hour later. Neither is a reason to hear it no more. Raises `Wait`.
    """
    if time.monotonic() < _REFUSED.get(connection_id, 0.0):
        return None
    try:
        return adapter.missed(http, link, first)
    except (Refused, Stop) as no:
        log.warning("a channel does not tell what may have been missed", property=link.remote_property, words=str(no)[:200])
        if isinstance(no, Stop):
            return []
        _REFUSED[connection_id] = time.monotonic() + AGAIN_SECONDS
        return None


def keep(db: Db, connection_id: UUID, adapter: Adapter, link: Link, found: Sequence[Received]) -> None:
    """Store what is news of it; until it was heard last, everything of the channel is known now."""
    if found:
        inbox.store(db, connection_id, _news(db, db.one(Connection, connection_id), adapter, link, found))
    raw(db).later("update channel_connection set complete_at = heard_at where id = %s", (connection_id,))


def _news(db: Db, connection: Connection, adapter: Adapter, link: Link, found: Sequence[Received]) -> list[Received]:
    bookings, here = [one.booking for one in found], today(link.timezone)
    of_channel = select(ChannelBooking).where(
        ChannelBooking.connection_id == connection.id, col(ChannelBooking.booking).in_(bookings)
    )
    by_hand = select(Reservation.external_ref).where(
        Reservation.property_id == connection.property_id, col(Reservation.external_ref).in_(bookings)
    )
    known, entered = {held.booking: held for held in db.scalars(of_channel)}, set(db.scalars(by_hand))

    def is_news(one: Received) -> bool:
        try:
            told = adapter.read(link, one.text)
        except Unreadable:
            return True
        held = known.get(one.booking)
        return _is_change(held, told) if held else _is_due(told, one.booking in entered, here)

    return [one for one in found if is_news(one)]


def _is_due(told: Incoming, entered: bool, here: date) -> bool:
    """Of a booking the channel has not spoken of yet: guests who are still to leave, or not to come although we think so."""
    return entered if told.status == "cancelled" else any(room.departure > here for room in told.rooms)


def _is_change(held: ChannelBooking, told: Incoming) -> bool:
    """What was never modified there is what we were told, however the desk has it now."""
    if told.status == "cancelled" or held.status == "cancelled":
        return told.status != held.status
    return told.status == "modified" and not _is_same(held, told)


def _is_same(held: ChannelBooking, told: Incoming) -> bool:
    """Whether the channel said so before: the same rooms on the same dates, at the same price."""
    kept = [(room["room"], room["arrival"], room["departure"]) for room in held.rooms]
    rooms = [(room.remote_room, room.arrival.isoformat(), room.departure.isoformat()) for room in told.rooms]
    return sorted(kept) == sorted(rooms) and held.deal.get("total") == told.total
