"""/v1/reservations"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from pms.api.v1 import shaped
from pms.api.v1.answers import Answer, Idempotent, answer, page, read, write
from pms.api.v1.asked import NewReservation, ReservationChange, ReservationFilter
from pms.api.v1.documented import refused
from pms.api.v1.keys import Key, refuse_out_of_reach
from pms.api.v1.paging import decode
from pms.api.v1.room_changes import change_all
from pms.api.v1.shapes import Reservation, Reservations
from pms.api.v1.versions import IfMatch, IfNoneMatch, wanted_version
from pms.channels.deals import deals_of
from pms.kernel.db import Db
from pms.reservations import queries
from pms.reservations.book import book
from pms.reservations.booked import booked_details
from pms.reservations.details import lock_unmoved, reservation, versions
from pms.reservations.life_cycle import cancel_reservation
from pms.reservations.queries import ReservationDetail, Wanted, details

router = APIRouter(prefix="/v1/reservations", tags=["Reservations"])
Id = Annotated[UUID, Path(description="The reservation's id.")]

_SELLING = ("sold-out", "unit-taken", "not-for-sale", "price-changed", "busy", "not-found", "bad-input", "key-used-otherwise")
_CHANGING = (*_SELLING, "version-needed", "moved-meanwhile", "not-a-version", "not-in-this-state", "past-nights-fixed")


@router.get("", response_model=Reservations, responses=refused("not-permitted"), summary="List reservations")
def list_reservations(
    request: Request, caller: Key, wanted: Annotated[ReservationFilter, Query()], if_none_match: IfNoneMatch = None
) -> Response:
    """The reservations the key may see, the newest first, page by page. Scope `reservation.view`."""
    after = decode(wanted.cursor)
    with caller.work("reservation.view") as db:
        found = queries.reservations(db, Wanted(**wanted.model_dump(exclude={"limit", "cursor"})), after, wanted.limit)
        deals = deals_of(db, [one.id for one in found.reservations])
    last = found.reservations[-1].id if found.more else None
    return read(page(request, [shaped.reservation(one, deals.get(one.id)) for one in found.reservations], last), if_none_match)


@router.post(
    "",
    status_code=201,
    response_model=Reservation,
    responses=refused("already-booked", *_SELLING),
    summary="Book",
)
def create_reservation(caller: Key, asked: NewReservation, once: Idempotent) -> Response:
    """Sell one or several rooms to a new or known guest: all of them, or none.

    `409 sold-out` names the room type and every night that lacks a room; `409 price-changed` what was `shown` and what it
    costs now. Scope `reservation.book`; `rate.override` for `prices` other than those of now, and for `despite_rules`.
    """

    def do(db: Db) -> Answer:
        refuse_out_of_reach(db, asked.property_id)
        found = booked_details(db, book(db, asked.booking()))
        place = {"Location": f"/api/v1/reservations/{found.id}"}
        return answer(shaped.reservation(found), 201, versions(found), place)

    return write(caller, once, do, "reservation.book")


@router.get("/{id}", response_model=Reservation, responses=refused("not-found"), summary="Read a reservation")
def read_reservation(id: Id, caller: Key, if_none_match: IfNoneMatch = None) -> Response:
    """One reservation; its `ETag` is what a change names. Scope `reservation.view`."""
    with caller.work("reservation.view") as db:
        found = _answered(db, reservation(db, id))
    return read(found, if_none_match)


@router.patch("/{id}", response_model=Reservation, responses=refused(*_CHANGING), summary="Change a reservation")
def change_reservation(id: Id, caller: Key, asked: ReservationChange, once: Idempotent, if_match: IfMatch = None) -> Response:
    """Change notes, tags, source, guest and rooms (dates, unit, type, party, plan, prices, check-in, ...) in one go.

    All of it happens or nothing. `412 moved-meanwhile` says who changed the reservation since you saw it.
    Scopes: `reservation.change`; for the actions `reservation.cancel` and `reservation.check_in`; `guest.change` for details;
    `rate.override` for `prices` other than the plan's and for `despite_rules`.
    """
    saw = wanted_version(if_match)

    def do(db: Db) -> Answer:
        change_all(db, id, asked, saw)
        db.flush()
        return _answered(db, details(db, [id])[0])

    return write(caller, once, do)


@router.delete("/{id}", response_model=Reservation, responses=refused(*_CHANGING), summary="Cancel a reservation")
def cancel(id: Id, caller: Key, once: Idempotent, if_match: IfMatch = None) -> Response:
    """Cancel all its rooms; their nights are on sale again at once. The reservation itself is kept and can be read.

    Scope `reservation.cancel`.
    """
    saw = wanted_version(if_match)

    def do(db: Db) -> Answer:
        lock_unmoved(db, id, saw)
        cancel_reservation(db, id)
        db.flush()
        return _answered(db, details(db, [id])[0])

    return write(caller, once, do, "reservation.cancel")


def _answered(db: Db, found: ReservationDetail) -> Answer:
    return answer(shaped.reservation(found, deals_of(db, [found.id]).get(found.id)), 200, versions(found))
