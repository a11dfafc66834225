"""Selling rooms: one reservation, one or several stays, all or nothing."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from psycopg.errors import UniqueViolation

from pms.kernel.dates import nights
from pms.kernel.db import Db, insert, new
from pms.kernel.money import MINOR_MAX
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, Busy, Refusal
from pms.properties.on_sale import UnitInUse, units_in_use
from pms.rates.load import House, sale_of
from pms.rates.party import Party
from pms.rates.restrict import Wish
from pms.reservations.guests import GuestDetails, find_or_new_guest
from pms.reservations.models import Guest, Reservation, Stay
from pms.reservations.nights import Night, place_new
from pms.reservations.picture import picture
from pms.reservations.sold import Sold, Terms, brought_along, sold_for

NIGHTS_MAX = 366
YEAR_FIRST, YEAR_END = 2000, 2200
ROOMS_MAX = 50
TEXT_MAX = {"source": 50, "external_ref": 100, "notes": 4000, "tags": 50, "reason": 200}
"""The longest text of each kind, in letters."""
TAGS_MAX = 20
_CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class AlreadyBooked(Refusal):
    """The same outside reference came from the same source before."""

    sentence = "The booking {reference} of {source} is already in the house."
    status = 409
    field = "external_ref"


@dataclass(frozen=True)
class Room:
    """One wanted room: local dates [arrival, departure), unit or None for unassigned, prices per night in minor units.

    `prices` None means the price of the plan; else one per night. `children_ages` are on the day of arrival, None where unknown;
    empty, all are. `terms` say under which plan and conditions.
    """

    room_type_id: UUID
    arrival: date
    departure: date
    unit_id: UUID | None = None
    adults: int = 2
    children: int = 0
    prices: Sequence[int] | None = None
    children_ages: Sequence[int | None] = ()
    terms: Terms = field(default_factory=Terms)

    @property
    def party(self) -> Party:
        """Who sleeps in it, as prices count them."""
        return Party(self.adults, tuple(self.children_ages) or (None,) * self.children)


@dataclass(frozen=True)
class Booking:
    """What somebody wants to book. `guest` is an existing guest's id or the details of a new one."""

    property_id: UUID
    guest: UUID | GuestDetails
    rooms: Sequence[Room]
    status: str = "confirmed"
    source: str = "desk"
    external_ref: str | None = None
    notes: str = ""
    tags: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class Booked:
    """The reservation made, with its stays in the order of the rooms asked for, and where each lies in the house."""

    reservation: Reservation
    guest: Guest
    stays: list[Stay]
    nights: list[list[Night]]
    house: House
    units: Mapping[UUID, UnitInUse]


def book(db: Db, booking: Booking, force: bool = False, agreed: bool = False) -> Booked:
    """Sell the rooms. Refuses `SoldOut`, `UnitTaken`, `NotForSale`, `PriceChanged`, `BadInput`, `NotFound`, `NotPermitted`.

    `force` records a sale that somebody else has already made (an OTA); it needs the permission to oversell. Prices that the
    guest has been promised before, in a sister property, stand as `agreed`: rules are not asked, only whether there is room.
    """
    db.actor.require("reservation.book", booking.property_id)
    if force:
        db.actor.require("reservation.oversell", booking.property_id)
    _refuse_bad(booking)
    house = sale_of(db, booking.property_id, {room.room_type_id for room in booking.rooms})
    sold = [price_room(db, house, room, made=force or agreed) for room in booking.rooms]
    units = named_units(db, booking.property_id, booking.rooms)
    lies = [room_nights(room, one.prices, units) for room, one in zip(booking.rooms, sold, strict=True)]
    guest, is_new = find_or_new_guest(db, booking.guest)
    reservation = _reservation(db, booking, house.currency, guest)
    stays = [new_stay(reservation, room, booking.status, one) for room, one in zip(booking.rooms, sold, strict=True)]
    placements = list(zip(stays, lies, strict=True))
    with _entered_once(reservation):
        insert(db, [*([guest] if is_new else []), reservation, *stays])
        place_new(db, placements, force)
        if not any(lies):
            db.line.catch_up()  # day use asks for no night, so the rows have not gone along with anything yet
    for stay, nights_here in placements:
        record(db, "stay.booked", "stay", stay.id, stay.property_id, after=picture(stay, nights_here))
    return Booked(reservation, guest, stays, lies, house, units)


@contextmanager
def _entered_once(reservation: Reservation) -> Iterator[None]:
    """Refuse `AlreadyBooked`, after waiting for whoever enters the same outside reference right now."""
    try:
        yield
    except UniqueViolation as error:
        if error.diag.constraint_name == "reservation_external":
            raise AlreadyBooked(reference=reservation.external_ref, source=reservation.source) from error
        if error.diag.constraint_name == "reservation_organization_id_code_key":
            raise Busy() from error  # somebody drew the same code, once in a million years: trying again draws another
        raise


def price_room(db: Db, house: House, room: Room, made: bool = False) -> Sold:
    """What the room is sold for. Prices brought along without a plan stand for whoever may override, or once the sale is `made`
    elsewhere; from anybody else they must be those of the plan that sells by default. A sale made is not undone by rules.

    Refuses as `sold_for` does, and `BadInput` for a reason that cannot be kept.
    """
    despite = made or room.terms.despite_rules
    terms = replace(room.terms, reason=tidy_text("reason", room.terms.reason), despite_rules=despite)
    codes = frozenset(code.casefold() for code in terms.codes)
    wish = Wish(room.arrival, room.departure, room.party, terms.channel, codes)
    stands = made or db.actor.may("rate.override", house.property_id)
    if room.prices is not None and terms.rate_plan_id is None and stands:
        return brought_along(room.prices, wish, terms.reason)
    return sold_for(db, house, room.room_type_id, wish, terms, room.prices)


def named_units(db: Db, property_id: UUID, rooms: Sequence[Room]) -> dict[UUID, UnitInUse]:
    """The units that these rooms name. Refuses `NotFound`, and `BadInput` for one that is not in use here."""
    return units_in_use(db, property_id, {room.unit_id for room in rooms if room.unit_id})


def room_nights(room: Room, prices: Sequence[int], units: Mapping[UUID, UnitInUse]) -> list[Night]:
    """Where the room lies, night by night, and what each costs (minor units)."""
    days = nights(room.arrival, room.departure)
    counted = units[room.unit_id].room_type_id if room.unit_id else room.room_type_id
    return [Night(day, counted, room.unit_id, price) for day, price in zip(days, prices, strict=True)]


def refuse_odd_year(field: str, day: date) -> None:
    """Refuse `BadInput` for a year that is a typing slip: date fields send "0202" while 2027 is being typed."""
    if not YEAR_FIRST <= day.year < YEAR_END:
        raise BadInput(field, "Look at the year.")


def refuse_bad_dates(arrival: date, departure: date) -> None:
    """Refuse `BadInput` for a stay that ends before it begins, lasts longer than anybody stays, or lies in no year of ours."""
    refuse_odd_year("arrival", arrival)
    if departure < arrival:
        raise BadInput("departure", "The departure lies before the arrival.")
    if (departure - arrival).days > NIGHTS_MAX:
        raise BadInput("departure", "A stay lasts {most} nights at most.", most=NIGHTS_MAX)


def refuse_bad_party(adults: int, children: int) -> None:
    """Refuse `BadInput` for a party that no room could hold."""
    if not (1 <= adults <= 99 and 0 <= children <= 99):
        raise BadInput("adults", "At least one adult stays, and no more than 99.")


def refuse_bad_ages(children: int, ages: Sequence[int | None]) -> None:
    """Refuse `BadInput` unless there is an age for each child, None where unknown, or none at all."""
    if ages and len(ages) != children:
        raise BadInput("children_ages", "Give an age for each child, or none at all.")
    if any(age is not None and not 0 <= age <= 17 for age in ages):
        raise BadInput("children_ages", "Children are up to 17 years old.")


def refuse_bad_prices(prices: Sequence[int], count: int) -> None:
    """Refuse `BadInput` unless there is one sane price (minor units) per night."""
    if len(prices) != count or any(not 0 <= price <= MINOR_MAX for price in prices):
        raise BadInput("prices", "Every night needs one price, and none below zero.")


def _refuse_bad(booking: Booking) -> None:
    if not 1 <= len(booking.rooms) <= ROOMS_MAX:
        raise BadInput("rooms", "A reservation has 1 to {most} rooms.", most=ROOMS_MAX)
    if booking.status not in ("tentative", "confirmed"):
        raise BadInput("status", "A new reservation is tentative or confirmed.")
    for room in booking.rooms:
        refuse_bad_room(room)


def refuse_bad_room(room: Room) -> None:
    """Refuse `BadInput` for dates, a party or prices that no room could have."""
    refuse_bad_dates(room.arrival, room.departure)
    refuse_bad_party(room.adults, room.children)
    refuse_bad_ages(room.children, room.children_ages)
    if room.prices is not None:
        refuse_bad_prices(room.prices, (room.departure - room.arrival).days)


def tidy_text(name: str, value: str) -> str:
    """The text trimmed. Refuses `BadInput` when it is too long or holds what cannot be kept."""
    if "\x00" in value:
        raise BadInput(name, "This has a character that cannot be kept.")
    if len(value.strip()) > TEXT_MAX[name]:
        raise BadInput(name, "This is too long.")
    return value.strip()


def tidy_tags(tags: Sequence[str]) -> list[str]:
    """The tags trimmed, each once, in their order. Refuses `BadInput` for too many or too long ones."""
    tidy = list(dict.fromkeys(filter(None, (tidy_text("tags", tag) for tag in tags))))
    if len(tidy) > TAGS_MAX:
        raise BadInput("tags", "At most {most} tags, please.", most=TAGS_MAX)
    return tidy


def _reservation(db: Db, booking: Booking, currency: str, guest: Guest) -> Reservation:
    return new(
        Reservation,
        organization_id=db.organization_id,
        property_id=booking.property_id,
        guest_id=guest.id,
        code=new_code(),
        source=tidy_text("source", booking.source) or "desk",
        external_ref=tidy_text("external_ref", booking.external_ref or "") or None,
        currency=currency,
        notes=tidy_text("notes", booking.notes),
        tags=tidy_tags(booking.tags),
    )


def new_stay(reservation: Reservation, room: Room, status: str, sold: Sold) -> Stay:
    """One room of the reservation, without its nights yet."""
    return new(
        Stay,
        organization_id=reservation.organization_id,
        property_id=reservation.property_id,
        reservation_id=reservation.id,
        room_type_id=room.room_type_id,
        arrival=room.arrival,
        departure=room.departure,
        adults=room.adults,
        children=room.children,
        status=status,
        rate_plan_id=sold.rate_plan_id,
        quote=sold.quote,
    )


def new_code() -> str:
    """A reservation code people can read out: 8 letters and digits without look-alikes, 2^40 of them."""
    return "".join(_CODE_LETTERS[byte & 31] for byte in secrets.token_bytes(8))
