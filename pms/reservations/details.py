"""A reservation as a whole: reading it, changing what is not a room's, adding a room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from pms.kernel.db import Db, insert
from pms.kernel.outbox import history, record
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotFound, Refusal
from pms.kernel.versions import refuse_stale
from pms.rates.load import sale_of
from pms.reservations.book import (
    ROOMS_MAX,
    Room,
    named_units,
    new_stay,
    price_room,
    refuse_bad_room,
    room_nights,
    tidy_tags,
    tidy_text,
)
from pms.reservations.changes import stays_to_change
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


@dataclass(frozen=True)
class Versions:
    """What a reservation as a whole is at: its own version, its stays' added up (each only grows), its guest's."""

    reservation: int
    stays: int
    guest: int


def versions(found: ReservationDetail) -> Versions:
    """The versions of what was read."""
    return Versions(found.version, sum(stay.version for stay in found.stays), found.guest.version)


def lock_unmoved(db: Db, reservation_id: UUID, saw: Versions | None) -> Reservation:
    """Lock the reservation and all its stays until the end of this work, unless one changed since the caller `saw` them.

    None is for a caller that does not mind. Refuses `MovedMeanwhile`, `NotFound` (also for one out of reach).
    """
    row = reservation_to_change(db, reservation_id)
    stays = db.exec(
        select(Stay).where(Stay.reservation_id == row.id).order_by(col(Stay.id)).with_for_update(key_share=True)
    ).all()
    if saw is not None and (row.version, sum(stay.version for stay in stays)) != (saw.reservation, saw.stays):
        raise _moved(db, [row.id, *(stay.id for stay in stays)])
    return row


def _moved(db: Db, entities: Sequence[UUID]) -> MovedMeanwhile:
    """The refusal that says who did the last thing to any of these, and what."""
    events = [event for entity in entities for event in history(db, entity, most=1)]
    last = max(events, key=lambda event: event.id or 0, default=None)
    return MovedMeanwhile(by=last.actor_name if last else "", event=last.event if last else "")


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


def _wanted(db: Db, notes: str | None, tags: Sequence[str] | None, source: str | None, guest_id: UUID | None) -> dict[str, Any]:
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


def add_room(
    db: Db,
    reservation_id: UUID,
    version: int | None,
    room: Room,
    status: str = "confirmed",
    force: bool = False,
    agreed: bool = False,
) -> Stay:
    """Sell one more room under the same reservation; `force` and `agreed` as in `book`.

    Refuses `SoldOut`, `UnitTaken`, `NotForSale`, `PriceChanged`, `TooManyRooms`, `BadInput`, `NotFound`, `NotPermitted`,
    `MovedMeanwhile`.
    """
    row, stays = stays_to_change(db, reservation_id, version, "reservation.change")
    if force:
        db.actor.require("reservation.oversell", row.property_id)
    if sum(stay.status != "cancelled" for stay in stays) >= ROOMS_MAX:
        raise TooManyRooms(most=ROOMS_MAX)
    if status not in ("tentative", "confirmed"):
        raise BadInput("status", "A new reservation is tentative or confirmed.")
    refuse_bad_room(room)
    sold = price_room(db, sale_of(db, row.property_id, {room.room_type_id}), room, made=agreed)
    lies = room_nights(room, sold.prices, named_units(db, row.property_id, [room]))
    stay = new_stay(row, room, status, sold)
    insert(db, [stay])
    row.version += 1
    db.flush()
    place_new(db, [(stay, lies)], force)
    record(db, "stay.booked", "stay", stay.id, stay.property_id, after=picture(stay, lies))
    return stay
