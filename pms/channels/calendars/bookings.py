"""Reservations of a feed, by the verbs that everybody books with: sales already made, never refused for lack of rooms.

Each verb here takes `there`: whether the guest is to lie in the feed's unit. When that is refused, it is called anew without.
"""

from __future__ import annotations

import hashlib
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from pms.channels.calendars.match import first_of
from pms.channels.calendars.models import CalendarEvent, CalendarFeed
from pms.channels.calendars.read import Entry
from pms.kernel.dates import nights
from pms.kernel.db import Db
from pms.properties.models import Unit
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.life_cycle import cancel, reinstate
from pms.reservations.models import Reservation, Stay
from pms.reservations.move import change_dates, unassign
from pms.reservations.nights import nights_of

NOBODY = "Reserved"
"""The guest's name where the site gives none; the desk writes the real one over it."""
REF_MOST = 90


def book_entry(db: Db, feed: CalendarFeed, entry: Entry, there: bool = True) -> None:
    """A new reservation, or the one that is in the house under the site's own reference. Refuses as `book` does."""
    stay_id = _in_house(db, feed, entry) or _booked(db, feed, entry, there)
    db.add(
        CalendarEvent(
            organization_id=feed.organization_id,
            feed_id=feed.id,
            uid=entry.uid,
            code=entry.code,
            first_night=entry.first,
            end_night=entry.end,
            kind="reservation",
            stay_id=stay_id,
        )
    )


def change_entry(db: Db, feed: CalendarFeed, row: CalendarEvent, entry: Entry, today: date, there: bool = True) -> None:
    """The site has other nights for a stay: move the end that moved there; what moved here only stays as it is.

    Refuses as `change_dates` and `unassign` do.
    """
    stay = db.one(Stay, row.stay_id)
    first = first_of(row, entry, today)
    arrival = stay.arrival if first == row.first_night else first
    departure = stay.departure if entry.end == row.end_night else entry.end
    if arrival >= departure:
        arrival, departure = first, entry.end
    if not there:
        unassign(db, stay.id, None)
    if (arrival, departure) != (stay.arrival, stay.departure):
        known = {night.night for night in nights_of(db, stay.id)}
        added = [0 for night in nights(arrival, departure) if night not in known]
        change_dates(db, stay.id, None, arrival, departure, added, force=True)
    _note(row, entry, first)


def come_back(db: Db, feed: CalendarFeed, row: CalendarEvent, entry: Entry, today: date, there: bool = True) -> None:
    """An entry that was gone is there again: its stay too, or, where the house has no room left for it, another one by force."""
    stay = db.one(Stay, row.stay_id, lock=True)
    if not there:
        row.stay_id = _booked(db, feed, entry, there)
        _note(row, entry, entry.first)
    elif stay.status == "cancelled":
        reinstate(db, stay.id, None)
        change_entry(db, feed, row, entry, today)
    row.gone_at = None


def call_off(db: Db, row: CalendarEvent, today: date) -> None:
    """The site has it no longer: cancel its stay, unless it has begun or was ended here. Refuses as `cancel` does."""
    stay = db.one(Stay, row.stay_id, lock=True)
    if stay.status in ("tentative", "confirmed"):
        if stay.arrival <= today:
            return
        cancel(db, stay.id, None)
    elif stay.status == "checked_in":
        return
    row.gone_at = db.now


def _note(row: CalendarEvent, entry: Entry, first: date) -> None:
    row.first_night, row.end_night = first, entry.end


def _reference(feed: CalendarFeed, entry: Entry) -> str:
    """The site's own name of the booking; one made of dates is told apart by its feed."""
    ref = entry.code or (f"{feed.id.hex} {entry.uid}" if entry.uid.startswith("dates:") else entry.uid)
    return ref if len(ref) <= REF_MOST else hashlib.sha256(ref.encode()).hexdigest()


def _under(db: Db, feed: CalendarFeed, ref: str) -> list[Stay]:
    query = select(Stay).join(Reservation, col(Reservation.id) == col(Stay.reservation_id))
    same = (Reservation.property_id == feed.property_id, Reservation.source == feed.name, Reservation.external_ref == ref)
    return list(db.scalars(query.where(*same)))


def _in_house(db: Db, feed: CalendarFeed, entry: Entry) -> UUID | None:
    """The stay of those nights that came by another way before: an earlier feed, a file."""
    for stay in _under(db, feed, _reference(feed, entry)):
        if stay.status not in ("cancelled", "no_show") and stay.arrival < entry.end and entry.first < stay.departure:
            return stay.id
    return None


def _booked(db: Db, feed: CalendarFeed, entry: Entry, there: bool) -> UUID:
    """Sell the nights by force, in the feed's unit if the guest is to lie `there`."""
    unit = db.one(Unit, feed.unit_id)
    count = (entry.end - entry.first).days
    room = Room(unit.room_type_id, entry.first, entry.end, unit.id if there else None, prices=[0] * count)
    ref = own = _reference(feed, entry)
    number = 1
    while _under(db, feed, ref):
        number += 1
        ref = f"{own}/{number}"
    booking = Booking(feed.property_id, GuestDetails(entry.name or NOBODY), [room], source=feed.name, external_ref=ref)
    return book(db, booking, force=True).stays[0].id
