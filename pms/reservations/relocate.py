"""Taking a guest elsewhere when the house is full: to a sister property, or to another hotel at our expense ("walking").

The stay here is cancelled and the way is written down in the same work, so that nobody is without a bed, or has two. What was
agreed with the guest stands (R-41).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from pms.kernel.db import Db, raw
from pms.kernel.money import MINOR_MAX
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound, Refusal
from pms.kernel.words import translate
from pms.properties.models import Property, RoomType
from pms.reservations.book import TEXT_MAX, Booking, Room, book
from pms.reservations.changes import refuse_stale, refuse_unless
from pms.reservations.details import add_room, change_reservation
from pms.reservations.life_cycle import cancel
from pms.reservations.models import Relocation, Reservation, Stay
from pms.reservations.nights import nights_of
from pms.reservations.sold import Terms, ages_of

LONGEST = {"hotel": 100, "address": 200, "phone": 40, "transport": 200, "contact": 200}
"""The longest text of each kind, in letters."""
PAYERS = ("house", "guest")


class AnotherCurrency(Refusal):
    """What was agreed cannot stand where other money is taken."""

    sentence = "{property} sells in {currency}. Agree on a price with the guest and book there by hand."
    status = 409


@dataclass(frozen=True)
class Walk:
    """Where a guest is walked to, how he gets there, and what it costs: minor units of the property's currency for all nights;
    `..._by` is who pays, the "house" or the "guest". The compensation is what the house pays the guest; `contact` whom of us he
    can ask.
    """

    hotel: str
    address: str = ""
    phone: str = ""
    transport: str = ""
    contact: str = ""
    room_cost: int = 0
    transport_cost: int = 0
    compensation: int = 0
    room_by: str = "house"
    transport_by: str = "house"


@dataclass(frozen=True)
class Moved:
    """A guest in a sister property: the stay there, the code it is under, and the property's name."""

    stay: Stay
    code: str
    property_name: str


def move_to_sister(db: Db, stay_id: UUID, version: int | None, room_type_id: UUID) -> Moved:
    """Book the stay in a room type of another property, as it was agreed here, and cancel it here. Further rooms of the same
    reservation come under the same code there; source and reference stay what they were.

    Refuses `SoldOut` when somebody was faster there, `AnotherCurrency`, `BadInput` for a room type of the same property,
    `NotInThisState`, `MovedMeanwhile`, `NotFound`, and `NotPermitted`: it takes booking there, and cancelling and changing here.
    """
    stay = _to_leave(db, stay_id, version)
    kind = db.one(RoomType, room_type_id)
    if not db.actor.sees(kind.property_id):
        raise NotFound(what="room type")
    if kind.property_id == stay.property_id:
        raise BadInput("room_type_id", "This is a room type of the same property.")
    db.actor.require("reservation.book", kind.property_id)
    here, there = db.one(Property, stay.property_id), db.one(Property, kind.property_id)
    if here.currency != there.currency:
        raise AnotherCurrency(property=there.name, currency=there.currency)
    room, status = _as_agreed(db, stay, kind.id), stay.status
    if here.id < there.id:  # nights are locked in the same order whichever way guests are moved
        cancel(db, stay.id, None, "stay.relocated")
    code, new_id = _book_there(db, stay, status, here, there, room)
    if here.id > there.id:
        cancel(db, stay.id, None, "stay.relocated")
    new_stay = db.one(Stay, new_id, lock=True)
    new_stay.quote = stay.quote
    _write_down(db, stay, here, to_stay_id=new_stay.id)
    _note(db, stay.reservation_id, translate("Moved to {property}, {code}.", db.actor.locale, property=there.name, code=code))
    return Moved(new_stay, code, there.name)


def walk(db: Db, stay_id: UUID, version: int | None, to: Walk) -> Relocation:
    """Cancel the stay because the guest sleeps in another hotel, and keep where and at what cost.

    Refuses `BadInput`, `NotInThisState`, `MovedMeanwhile`, `NotFound`, and `NotPermitted`: it takes cancelling and changing.
    """
    stay = _to_leave(db, stay_id, version)
    to = _checked(to)
    here = db.one(Property, stay.property_id)
    cancel(db, stay.id, None, "stay.walked")
    row = _write_down(db, stay, here, **asdict(to))
    _note(db, stay.reservation_id, translate("Walked to {hotel}.", db.actor.locale, hotel=to.hotel))
    return row


def relocation_of(db: Db, stay_id: UUID) -> Relocation | None:
    """Where a cancelled stay is lived instead, if it is. Refuses `NotFound`, `NotPermitted`."""
    stay = db.one(Stay, stay_id)
    if not db.actor.sees(stay.property_id):
        raise NotFound(what="stay")
    db.actor.require("reservation.view", stay.property_id)
    query = (
        select(Relocation)
        .where(Relocation.stay_id == stay.id, col(Relocation.taken_back_at).is_(None))
        .order_by(col(Relocation.id).desc())
        .limit(1)
    )
    return db.scalars(query).first() if stay.status == "cancelled" else None


_ELSEWHERE = """
select distinct on (l.stay_id) l.stay_id, coalesce(nullif(l.hotel, ''), p.name || ', ' || r.code)
from relocation l join stay s on s.id = l.stay_id and s.status = 'cancelled'
left join stay t on t.id = l.to_stay_id left join reservation r on r.id = t.reservation_id
left join property p on p.id = t.property_id
where l.stay_id = any(%s) and l.taken_back_at is null order by l.stay_id, l.id desc
"""


def elsewhere(db: Db, stays: Collection[UUID]) -> dict[UUID, str]:
    """Of these stays those lived elsewhere, and where: a hotel, or a sister property with the code there."""
    return dict(raw(db).execute(_ELSEWHERE, (list(stays),)).fetchall())


def _to_leave(db: Db, stay_id: UUID, version: int | None) -> Stay:
    """The stay locked, if its guest can still be sent elsewhere."""
    stay = db.one(Stay, stay_id, lock=True)
    if not db.actor.sees(stay.property_id):
        raise NotFound(what="stay")
    db.actor.require("reservation.cancel", stay.property_id)
    db.actor.require("reservation.change", stay.property_id)
    if version is not None:
        refuse_stale(db, stay, version)
    refuse_unless(stay, "tentative", "confirmed")
    return stay


def _as_agreed(db: Db, stay: Stay, room_type_id: UUID) -> Room:
    """The same room of another type: the same nights, party and prices, by the channel it came by."""
    quote = stay.quote or {}
    return Room(
        room_type_id,
        stay.arrival,
        stay.departure,
        adults=stay.adults,
        children=stay.children,
        prices=[night.price for night in nights_of(db, stay.id)],
        children_ages=ages_of(stay),
        terms=Terms(channel=quote.get("channel", "desk"), codes=tuple(quote.get("codes", ()))),
    )


def _book_there(db: Db, stay: Stay, status: str, here: Property, there: Property, room: Room) -> tuple[str, UUID]:
    """(code there, stay there): in the reservation that another room of this one is under, else in one of its own."""
    old = db.one(Reservation, stay.reservation_id)
    known = _there_already(db, old.id, there.id)
    if known is not None:
        return known.code, add_room(db, known.id, None, room, status, agreed=True).id
    said = translate("Moved from {property}, {code}.", db.actor.locale, property=here.name, code=old.code)
    booking = Booking(
        there.id,
        old.guest_id,
        [room],
        status=status,
        source=old.source,
        external_ref=old.external_ref,
        notes=f"{said}\n{old.notes}".strip()[: TEXT_MAX["notes"]],
        tags=old.tags,
    )
    made = book(db, booking, agreed=True)
    return made.reservation.code, made.stays[0].id


def _there_already(db: Db, reservation_id: UUID, property_id: UUID) -> Reservation | None:
    query = """
        select t.reservation_id from relocation l join stay s on s.id = l.stay_id join stay t on t.id = l.to_stay_id
        where s.reservation_id = %s and t.property_id = %s and l.taken_back_at is null order by l.id desc limit 1
    """
    found = raw(db).execute(query, (reservation_id, property_id)).fetchone()
    return db.one(Reservation, found[0]) if found else None


def _write_down(db: Db, stay: Stay, here: Property, **where: Any) -> Relocation:
    row = Relocation(organization_id=stay.organization_id, property_id=here.id, stay_id=stay.id, currency=here.currency, **where)
    db.add(row)
    db.flush()
    after = {"stay_id": str(stay.id)} | {name: str(value) if isinstance(value, UUID) else value for name, value in where.items()}
    record(db, "relocation.recorded", "relocation", row.id, here.id, after=after | {"currency": here.currency})
    return row


def _note(db: Db, reservation_id: UUID, said: str) -> None:
    """What was done stands first in the notes, where nobody overlooks it."""
    notes = db.one(Reservation, reservation_id).notes
    change_reservation(db, reservation_id, None, notes=f"{said}\n{notes}".strip()[: TEXT_MAX["notes"]])


def _checked(to: Walk) -> Walk:
    """The same, trimmed. Refuses `BadInput`."""
    tidy = {name: getattr(to, name).strip() for name in LONGEST}
    for name, text in tidy.items():
        if len(text) > LONGEST[name]:
            raise BadInput(name, "This is too long.")
        if "\x00" in text:
            raise BadInput(name, "This has a character that cannot be kept.")
    if not tidy["hotel"]:
        raise BadInput("hotel", "Say which hotel the guest goes to.")
    for name in ("room_cost", "transport_cost", "compensation"):
        if not 0 <= getattr(to, name) <= MINOR_MAX:
            raise BadInput(name, "This is not an amount of money.")
    for name in ("room_by", "transport_by"):
        if getattr(to, name) not in PAYERS:
            raise BadInput(name, "Say who pays: the house or the guest.")
    return replace(to, **tidy)
