"""A reservation just made, as reading it would show it: the caller need not ask for what it has just said."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from pms.kernel.db import Db
from pms.reservations.book import Booked
from pms.reservations.models import Stay
from pms.reservations.nights import Night
from pms.reservations.queries import NightLine, ReservationDetail, StayLine, guest_line
from pms.reservations.sold import ages_of

_guest_values = attrgetter("id", "first_name", "last_name", "email", "phone", "country", "language", "notes", "version")


def booked_details(db: Db, made: Booked) -> ReservationDetail:
    """What `queries.details` would read in this work, from what `book` returned."""
    row = made.reservation
    may_see_guests = db.actor.may("guest.view", row.property_id)
    stays = [_stay(made, stay, lies) for stay, lies in zip(made.stays, made.nights, strict=True)]
    return ReservationDetail(
        id=row.id,
        property_id=row.property_id,
        code=row.code,
        source=row.source,
        external_ref=row.external_ref,
        currency=row.currency,
        notes=row.notes if may_see_guests else None,
        tags=tuple(row.tags),
        booked_at=db.now,
        changed_at=db.now,
        version=row.version,
        guest=guest_line(_guest_values(made.guest), may_see_guests),
        stays=tuple(sorted(stays, key=lambda stay: stay.id)),
    )


def _stay(made: Booked, stay: Stay, lies: Sequence[Night]) -> StayLine:
    return StayLine(
        id=stay.id,
        room_type_id=stay.room_type_id,
        room_type=made.house.named(stay.room_type_id),
        arrival=stay.arrival,
        departure=stay.departure,
        adults=stay.adults,
        children=stay.children,
        status=stay.status,
        checked_in_at=None,
        checked_out_at=None,
        cancelled_at=None,
        version=stay.version,
        nights=tuple(_night(made, night) for night in lies),
        rate_plan_id=stay.rate_plan_id,
        children_ages=ages_of(stay),
        rate_plan=stay.quote.get("plan", {}).get("name") if stay.quote else None,
    )


def _night(made: Booked, night: Night) -> NightLine:
    unit = made.units[night.unit_id] if night.unit_id else None
    room_type = unit.room_type if unit else made.house.named(night.room_type_id)
    return NightLine(night.night, night.room_type_id, room_type, night.unit_id, unit.name if unit else None, night.price, True)
