"""What a PATCH says about rooms, as the verbs that do it: all in the one transaction of the request."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from pms.api.v1.asked import GuestChange, ReservationChange, RoomChange
from pms.kernel.db import Db
from pms.kernel.refusals import BadInput, NotFound
from pms.rates.load import house_of
from pms.reservations import life_cycle
from pms.reservations.details import Versions, add_room, change_reservation, lock_unmoved
from pms.reservations.guests import change_guest
from pms.reservations.models import Guest, Reservation, Stay
from pms.reservations.move import change_dates, change_party, move, reprice, unassign
from pms.reservations.nights import nights_of
from pms.reservations.resell import agree_prices, change_plan, take_price
from pms.reservations.sold import refuse_changed

Act = Callable[[Db, UUID, int | None], Stay]

FIRST: dict[str, Act] = {
    "reinstate": life_cycle.reinstate,
    "undo_check_in": life_cycle.undo_check_in,
    "undo_check_out": life_cycle.undo_check_out,
}
LAST: dict[str, Act] = {
    "confirm": life_cycle.confirm,
    "check_in": life_cycle.check_in,
    "check_out": life_cycle.check_out,
    "cancel": life_cycle.cancel,
    "no_show": life_cycle.no_show,
}


def change_all(db: Db, reservation_id: UUID, asked: ReservationChange, saw: Versions | None) -> None:
    """Do everything a PATCH names, or nothing. Refuses `MovedMeanwhile`, `PriceChanged` and what the verbs refuse."""
    row = lock_unmoved(db, reservation_id, saw)
    if asked.guest is not None:
        _change_guest(db, row, asked.guest, saw)
    guest_id = asked.guest.id if asked.guest else None
    if (asked.notes, asked.tags, asked.source, guest_id) != (None, None, None, None):
        change_reservation(db, row.id, None, asked.notes, asked.tags, asked.source, guest_id)
    for room in asked.rooms:
        if room.id is None:
            add_room(db, row.id, None, room.new_room())
        else:
            _change_room(db, _stay(db, row, room.id), room)


def _change_guest(db: Db, row: Reservation, asked: GuestChange, saw: Versions | None) -> None:
    details = asked.details()
    if not details:
        return
    if asked.id is not None and asked.id != row.guest_id:
        raise BadInput("guest", "Take another guest, or change this one's details; not both at once.")
    version = saw.guest if saw else db.one(Guest, row.guest_id).version
    change_guest(db, row.guest_id, version, **details)


def _stay(db: Db, row: Reservation, stay_id: UUID) -> Stay:
    stay = db.one(Stay, stay_id)
    if stay.reservation_id != row.id:
        raise NotFound(what="stay")
    return stay


def _change_room(db: Db, stay: Stay, asked: RoomChange) -> None:
    if asked.action in FIRST:
        FIRST[asked.action](db, stay.id, None)
    if (asked.adults, asked.children, asked.children_ages) != (None, None, None):
        adults = stay.adults if asked.adults is None else asked.adults
        children = stay.children if asked.children_ages is None else len(asked.children_ages)
        children = children if asked.children is None else asked.children
        change_party(db, stay.id, None, adults, children, asked.children_ages)
    _change_dates(db, stay, asked)
    _change_place(db, stay, asked)
    _change_prices(db, stay, asked)
    if asked.shown is not None:
        refuse_changed(house_of(db, stay.property_id), asked.shown, sum(night.price for night in nights_of(db, stay.id)))
    if asked.action in LAST:
        LAST[asked.action](db, stay.id, None)


def _change_prices(db: Db, stay: Stay, asked: RoomChange) -> None:
    """The plan, then what was agreed beside it; a program need not say why."""
    if asked.rate_plan_id is not None:
        change_plan(db, stay.id, None, asked.terms())
    elif asked.reprice:
        take_price(db, stay.id, None)
    if asked.prices is not None and asked.reason.strip():
        agree_prices(db, stay.id, None, asked.prices, asked.reason)
    elif asked.prices is not None:
        db.actor.require("rate.override", stay.property_id)
        reprice(db, stay.id, None, asked.prices)


def _change_dates(db: Db, stay: Stay, asked: RoomChange) -> None:
    """As many nights on other days are a move, which keeps the agreed prices; else the stay is stretched or cut (R-41)."""
    arrival, departure = asked.arrival or stay.arrival, asked.departure or stay.departure
    if (arrival, departure) == (stay.arrival, stay.departure):
        return
    if departure - arrival == stay.departure - stay.arrival:
        move(db, stay.id, None, arrival=arrival, despite_rules=asked.despite_rules)
    else:
        change_dates(db, stay.id, None, arrival, departure, despite_rules=asked.despite_rules)


def _change_place(db: Db, stay: Stay, asked: RoomChange) -> None:
    if asked.unit_id is not None:
        move(db, stay.id, None, unit_id=asked.unit_id)
    elif asked.room_type_id is not None:
        move(db, stay.id, None, room_type_id=asked.room_type_id)
    elif "unit_id" in asked.model_fields_set:
        unassign(db, stay.id, None)
