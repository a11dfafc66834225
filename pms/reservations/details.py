"""A reservation as a whole: reading it, changing what is not a room's, adding a room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pms.kernel.db import Db
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound, Refusal
from pms.properties.models import Property
from pms.reservations.book import ROOMS_MAX, Room, new_stay, refuse_bad_room, room_nights, tidy_tags, tidy_text
from pms.reservations.changes import refuse_stale, stays_to_change
from pms.reservations.models import Reservation, Stay
from pms.reservations.nights import place_new
from pms.reservations.picture import picture
from pms.reservations.queries import GuestLine, ReservationDetail, details, guest_within_reach


class TooManyRooms(Refusal):
    sentence = "A reservation has 1 to {most} rooms."
    status = 409


def reservation(db: Db, reservation_id: UUID) -> ReservationDetail:
    """One reservation with guest, stays and nights. Refuses `NotFound` (also for one out of reach), `NotPermitted`."""
    db.actor.require("reservation.view")
    found = details(db, [reservation_id])
    if not found or not db.actor.sees(found[0].property_id):
        raise NotFound(what="reservation")
    return found[0]


def reservation_to_change(db: Db, reservation_id: UUID) -> Reservation:
    """The reservation locked until the end of this work. Refuses `NotFound`, also for one out of reach."""
    row = db.one(Reservation, reservation_id, lock=True)
    if not db.actor.sees(row.property_id):
        raise NotFound(what="reservation")
    return row


def guest(db: Db, guest_id: UUID) -> GuestLine:
    """One guest. Refuses `NotFound` (also for one out of reach), `NotPermitted`."""
    db.actor.require("guest.view")
    found = guest_within_reach(db, guest_id)
    if found is None:
        raise NotFound(what="guest")
    return found


def change_reservation(
    db: Db,
    reservation_id: UUID,
    version: int | None,
    notes: str | None = None,
    tags: Sequence[str] | None = None,
    source: str | None = None,
    guest_id: UUID | None = None,
) -> Reservation:
    """Change what belongs to the reservation as a whole; None leaves a thing as it is, and no change is no event.

    `version` None is for programs that hold no earlier view. Refuses `NotFound`, `NotPermitted`, `MovedMeanwhile`, `BadInput`.
    """
    row = reservation_to_change(db, reservation_id)
    db.actor.require("reservation.change", row.property_id)
    if version is not None:
        refuse_stale(db, row, version)
    after = {name: value for name, value in _wanted(db, notes, tags, source, guest_id).items() if getattr(row, name) != value}
    if not after:
        return row
    before = {name: getattr(row, name) for name in after}
    for name, value in after.items():
        setattr(row, name, value)
    row.version += 1
    db.flush()
    record(db, "reservation.changed", "reservation", row.id, row.property_id, before=_plain(before), after=_plain(after))
    return row


def _wanted(
    db: Db, notes: str | None, tags: Sequence[str] | None, source: str | None, guest_id: UUID | None
) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    if notes is not None:
        wanted["notes"] = tidy_text("notes", notes)
    if tags is not None:
        wanted["tags"] = tidy_tags(tags)
    if source is not None:
        wanted["source"] = tidy_text("source", source)
        if not wanted["source"]:
            raise BadInput("source", "Say where the reservation comes from.")
    if guest_id is not None:
        if guest_within_reach(db, guest_id) is None:
            raise NotFound(what="guest")
        wanted["guest_id"] = guest_id
    return wanted


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in values.items()}


def add_room(db: Db, reservation_id: UUID, version: int | None, room: Room, status: str = "confirmed") -> Stay:
    """Sell one more room under the same reservation.

    Refuses `SoldOut`, `UnitTaken`, `TooManyRooms`, `BadInput`, `NotFound`, `NotPermitted`, `MovedMeanwhile`.
    """
    row, stays = stays_to_change(db, reservation_id, version, "reservation.change")
    db.one(Property, row.property_id)
    if len(stays) >= ROOMS_MAX:
        raise TooManyRooms(most=ROOMS_MAX)
    if status not in ("tentative", "confirmed"):
        raise BadInput("status", "A new reservation is tentative or confirmed.")
    refuse_bad_room(room)
    lies = room_nights(db, row.property_id, room)
    stay = new_stay(row, room, status)
    db.add(stay)
    row.version += 1
    db.flush()
    place_new(db, [(stay, lies)])
    record(db, "stay.booked", "stay", stay.id, stay.property_id, after=picture(stay, lies))
    return stay
