"""A stay as whoever sold it tells it anew: an OTA's modification is the full new state, and is never refused (R-46)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from pms.kernel.dates import DAY, nights
from pms.kernel.db import Db
from pms.reservations.book import refuse_bad_dates, refuse_bad_party, refuse_bad_prices
from pms.reservations.changes import change, refuse_unless
from pms.reservations.models import Stay
from pms.reservations.move import is_over
from pms.reservations.nights import Night, nights_of, place, taken, units_there
from pms.reservations.sold import quote_in_step


@dataclass(frozen=True)
class Told:
    """What is true of the stay now: local dates [arrival, departure), the type sold, who comes, minor units for each night."""

    room_type_id: UUID
    arrival: date
    departure: date
    adults: int
    children: int
    prices: Sequence[int]
    rate_plan_id: UUID | None = None
    status: str = "confirmed"
    unit_id: UUID | None = None
    """Where the nights to come are to lie now; None: where they lie, as far as they can."""


def retell(db: Db, stay_id: UUID, told: Told) -> Stay:
    """Make the stay what it is told to be. Units given by hand stay where they can; nights whose unit is taken or in use no more,
    and those of another type, lie unassigned. Nights slept stay as they were. Beyond what the house has it is oversold, not
    refused.

    Refuses `NotInThisState`, `BadInput`, `NotFound`, `NotPermitted`, and `UnitTaken` to whom somebody was faster: try again.
    """
    refuse_bad_dates(told.arrival, told.departure)
    refuse_bad_party(told.adults, told.children)
    refuse_bad_prices(told.prices, (told.departure - told.arrival).days)
    with change(db, stay_id, None, "reservation.change", "stay.retold", quoted=True) as stay:
        db.actor.require("reservation.oversell", stay.property_id)
        refuse_unless(stay, "tentative", "confirmed", "checked_in")
        old = nights_of(db, stay.id)
        wanted = _lies(db, stay, old, told)
        stay.arrival = stay.arrival if stay.status == "checked_in" else told.arrival
        stay.departure = max([told.departure, stay.arrival, *(night.night + DAY for night in wanted)])
        stay.room_type_id, stay.rate_plan_id = told.room_type_id, told.rate_plan_id
        stay.adults, stay.children = told.adults, told.children
        if stay.status == "tentative":
            stay.status = told.status
        stay.quote = quote_in_step(stay.quote, old, wanted)
        place(db, stay, wanted, force=True)
    return stay


def _lies(db: Db, stay: Stay, old: Sequence[Night], told: Told) -> list[Night]:
    """Where each night lies: nights slept as they are; the others where they lay, added ones where their neighbour lies."""
    slept = [night for night in old if is_over(db, stay, night)]
    cost = dict(zip(nights(told.arrival, told.departure), told.prices, strict=True))
    over = {night.night for night in slept}
    known = {night.night: night for night in old}
    blank = Night(told.arrival, told.room_type_id, told.unit_id, 0)
    first, last = (old[0], old[-1]) if old else (blank, blank)
    lies = []
    for day in (day for day in cost if day not in over):
        near = known.get(day) or (first if day < first.night else last)
        stays = not told.unit_id and (stay.room_type_id == told.room_type_id or near.room_type_id == told.room_type_id)
        lies.append(replace(near if stays else blank, night=day, price=cost[day]))
    there, gone = units_there(db, lies), {(unit, night) for unit, night, _ in taken(db, [stay.id], lies)}

    def fits(one: Night) -> bool:
        lay = one.night in known and known[one.night].unit_id == one.unit_id
        return (one.unit_id, one.night) not in gone and (lay or (one.unit_id, one.room_type_id) in there)

    back = [n if n.unit_id is None or fits(n) else replace(n, unit_id=None, room_type_id=told.room_type_id) for n in lies]
    return slept + back
