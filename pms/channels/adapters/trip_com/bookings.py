"""Bookings as Trip.com brings them, in SOAP (2.x) or plain XML (4.x): always the full content, one booking a message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import cast
from xml.etree.ElementTree import Element

from pms.channels.adapter import Link, Unreadable
from pms.channels.adapters.trip_com.facts import (
    ADULT,
    AFTER_ALL,
    BEFORE_ALL,
    BOOKING_IDS,
    CHILD,
    HOTEL_ID,
    NIGHTS_OF_A_STAY_MOST,
    PEOPLE_MOST,
    PREPAID,
    ROOMS_MOST,
    STATUSES,
    TAXES,
)
from pms.channels.adapters.trip_com.xml import children, every, first, line, name_of, text_of
from pms.channels.glimpse import NOBODY, either, seen
from pms.channels.incoming import Card, Extra, Incoming, IncomingRoom, Status
from pms.channels.wire import count_of, day_of, hashed, instant_of, minor_of, order_of, xml_of
from pms.kernel.money import split
from pms.reservations.guests import GuestDetails

WRONG_CARD = "<!-- the checksum of the card is wrong -->"
"""Put behind a message whose card did not fit its checksum (the card itself is kept nowhere): such a booking must not be made."""


@dataclass(frozen=True)
class _Stay:
    """A RoomStay: so many rooms alike, each at these prices a night (not all, perhaps)."""

    room: str
    rate: str
    units: int
    prices: Mapping[date, int]


def read(link: Link, text: str) -> Incoming:
    """A new or changed booking or a cancellation. `Total` decides where the nights do not add up to it."""
    if text.rstrip().endswith(WRONG_CARD):
        raise Unreadable("the checksum of the card is wrong")
    root = said_in(xml_of(text))
    status = STATUSES[name_of(root)]
    _refuse_other_hotel(link, root)
    if status == "cancelled":
        return _cancelled(link, root)
    info, total = first(root, "ResGlobalInfo"), first(root, "ResGlobalInfo", "Total")
    if info is None or len(list(every(root, "ResGlobalInfo"))) != 1:
        raise Unreadable("a message has one booking")
    currency = _currency(root, total) or link.currency
    amount = minor_of(total.get("AmountAfterTax"), currency) if total is not None and total.get("AmountAfterTax") else None
    names = _names(root)
    return Incoming(
        booking=booking_of(root),
        revision=revision_of(root),
        order=_order(root),
        status=cast(Status, status),
        rooms=_rooms(root, info, currency, amount, names),
        guest=names[0] if names else GuestDetails("?"),
        currency=currency,
        total=amount,
        collect="channel" if _is_prepaid(root) else "property",
        card=_card(info),
        extras=tuple(_taxes(total, currency)) if total is not None else (),
        notes=_notes(root),
        booked_at=instant_of(root.get("TimeStamp")),
    )


def glimpse(link: Link, text: str) -> Incoming:
    """One that cannot be read, by its rooms and dates; a room of any kind where it names none. Nothing is held for a booking
    whose card does not fit: it must not be made.
    """
    if text.rstrip().endswith(WRONG_CARD):
        raise Unreadable("the checksum of the card is wrong")
    root = said_in(xml_of(text))
    _refuse_other_hotel(link, root)
    if STATUSES[name_of(root)] == "cancelled":  # it has no dates
        return seen(link, booking_of(root), [], "cancelled", _order(root))
    info = first(root, "ResGlobalInfo")
    arrival, departure = _dates(root, info if info is not None else root)
    codes = [code for stay in every(root, "RoomStay") for code in [_codes(stay)] * either(1, _units, stay)]
    names = _names(root)
    return seen(
        link,
        booking_of(root),
        [IncomingRoom(room, arrival, departure, rate) for room, rate in codes[:ROOMS_MOST] or [("", "")]],
        "modified",
        either("", _order, root),
        names[0] if names else NOBODY,
    )


def said_in(root: Element) -> Element:
    """What a message says, out of its SOAP envelope if it came in one."""
    body = first(root, "Body") if name_of(root) == "Envelope" else None
    said = next(iter(body), root) if body is not None else root
    if name_of(said) not in STATUSES:
        raise Unreadable(f"unknown message {name_of(said)[:40]!r}")
    return said


def booking_of(root: Element) -> str:
    """Trip.com's number of the booking; the hotel's own and other numbers stand beside it."""
    found = {kind: value for kind, value in _ids(root) if value}
    return next((found[kind] for kind in BOOKING_IDS if kind in found), "")[:100]


def type_of(root: Element) -> str:
    """The type of that number: the answer has to repeat it."""
    kinds = {kind for kind, value in _ids(root) if value}
    return next((kind for kind in BOOKING_IDS if kind in kinds), BOOKING_IDS[0])


def revision_of(root: Element) -> str:
    """The same when it comes a second time, however late, whatever its envelope and token. A change may be taken back in the same
    words, so its time belongs to it; without one only what came last is the same.
    """
    parts = (part for one in root if name_of(one) != "POS" for part in one.iter())
    words = hashed(repr([name_of(root), *((part.tag, sorted(part.attrib.items()), text_of(part)) for part in parts)]))
    when = either("", _order, root)
    return f"{when} {words}" if when else words


def _order(root: Element) -> str:
    """A late repeat must not bring back what was changed or cancelled since; "" for a change that has no time."""
    fixed = {"new": BEFORE_ALL, "cancelled": AFTER_ALL}.get(STATUSES[name_of(root)])
    return fixed or order_of(root.get("TimeStamp"))


def _ids(root: Element) -> Iterator[tuple[str, str]]:
    for one in every(root, "UniqueID"):
        yield one.get("Type", ""), line(one.get("ID", ""), 100)
    for one in every(root, "HotelReservationID"):
        yield one.get("ResID_Type", ""), line(one.get("ResID_Value", ""), 100)


def _refuse_other_hotel(link: Link, root: Element) -> None:
    told = {value for kind, value in _ids(root) if kind == HOTEL_ID and value}
    told |= {line(one.get("HotelCode", ""), 100) for one in every(root, "BasicPropertyInfo") if one.get("HotelCode")}
    if told - {link.remote_property}:
        raise Unreadable("the message is about another hotel")


def _cancelled(link: Link, root: Element) -> Incoming:
    reasons = "\n".join(filter(None, (line(text_of(one) or one.get("Type", ""), 500) for one in every(root, "Reason"))))
    return Incoming(
        booking=booking_of(root),
        revision=revision_of(root),
        order=_order(root),
        status="cancelled",
        rooms=(),
        guest=GuestDetails("?"),
        currency=link.currency,
        notes=reasons[:4000],
    )


def _currency(root: Element, total: Element | None) -> str:
    told = total.get("CurrencyCode") if total is not None else None
    return told or next((one.get("CurrencyCode", "") for one in every(root, "Base") if one.get("CurrencyCode")), "")


def _rooms(root: Element, info: Element, currency: str, total: int | None, names: Sequence[GuestDetails]) -> list[IncomingRoom]:
    arrival, departure = _dates(root, info)
    nights = [arrival + timedelta(days=n) for n in range((departure - arrival).days)]
    stays = [_stay(stay, nights, currency) for stay in every(root, "RoomStay")]
    units = sum(stay.units for stay in stays)
    if not 0 < units <= ROOMS_MOST:
        raise Unreadable(f"a booking of {units} rooms")
    exact = sum(sum(stay.prices.values()) * stay.units for stay in stays) == total and all(
        len(stay.prices) == len(nights) for stay in stays
    )
    shares = iter(split(total, units)) if total is not None and not exact else None
    adults, children_ages = _people(info)
    most, young = split(max(adults, units), units), _dealt(children_ages, units)
    rooms: list[IncomingRoom] = []
    for stay in stays:
        for _ in range(stay.units):
            place = len(rooms)
            rooms.append(
                IncomingRoom(
                    remote_room=stay.room,
                    remote_rate=stay.rate,
                    arrival=arrival,
                    departure=departure,
                    adults=most[-1 - place],
                    children_ages=young[place],
                    prices=tuple(stay.prices[night] for night in nights if night in stay.prices),
                    total=next(shares) if shares is not None else None,
                    guest=f"{names[place].first_name} {names[place].last_name}".strip() if place < len(names) else "",
                )
            )
    return rooms


def _dates(root: Element, info: Element) -> tuple[date, date]:
    span = first(info, "TimeSpan")
    span = span if span is not None else first(root, "TimeSpan")
    if span is None:
        raise Unreadable("no dates")
    arrival, departure = day_of(span.get("Start"), "the arrival"), day_of(span.get("End"), "the departure")
    if (departure - arrival).days > NIGHTS_OF_A_STAY_MOST:
        raise Unreadable("a stay without an end")
    return arrival, departure


def _stay(stay: Element, nights: Sequence[date], currency: str) -> _Stay:
    room, rate = _codes(stay)
    return _Stay(room, rate, _units(stay), _prices(stay, nights, currency))


def _codes(stay: Element) -> tuple[str, str]:
    """Room and rate, as mapped. 2.x names the room by the code of the plan, and what is paid when by its category."""
    rate, plan, kind = first(stay, "RoomRate"), first(stay, "RatePlan"), first(stay, "RoomType")
    told = {**(plan.attrib if plan is not None else {}), **(rate.attrib if rate is not None else {})}
    code = line(told.get("RatePlanCode", ""), 60)
    inventory = told.get("RoomTypeCode") or told.get("InvTypeCode", "")
    room = line((kind.get("RoomTypeCode", "") if kind is not None else "") or inventory, 60)
    within = line(told.get("RatePlanCategory", ""), 60) if not room else code
    room = room or code
    return room, f"{room}/{within}" if room and within else ""


def _units(stay: Element) -> int:
    told = (one.get("NumberOfUnits") for name in ("RoomRate", "RatePlan") if (one := first(stay, name)) is not None)
    return count_of(next(filter(None, told), None) or 1, "NumberOfUnits", ROOMS_MOST)


def _prices(stay: Element, nights: Sequence[date], currency: str) -> dict[date, int]:
    """A row tells what a room costs each night until its end, which is not one of them."""
    found: dict[date, int] = {}
    for row in every(stay, "Rate"):
        base = first(row, "Base")
        if base is None or not row.get("EffectiveDate"):
            continue
        price = minor_of(base.get("AmountAfterTax"), currency, "a rate")
        start = day_of(row.get("EffectiveDate"), "EffectiveDate")
        end = day_of(row.get("ExpireDate") or row.get("EffectiveDate"), "ExpireDate")
        found |= {night: price for night in nights if start <= night < end or night == start}
    return found


def _people(info: Element) -> tuple[int, list[int | None]]:
    """Of the whole booking, not of a room."""
    adults, ages = 0, list[int | None]()
    for one in every(info, "GuestCount"):
        count = count_of(one.get("Count") or 0, "GuestCount", PEOPLE_MOST)
        if one.get("AgeQualifyingCode", ADULT) == CHILD:
            age = count_of(one.get("Age"), "an age") if one.get("Age") else None
            ages += [age if age is not None and age <= 17 else None] * min(count, PEOPLE_MOST - len(ages))
        else:
            adults += count
    return min(adults, PEOPLE_MOST), ages


def _dealt(ages: Sequence[int | None], rooms: int) -> list[tuple[int | None, ...]]:
    left = iter(ages)
    return [tuple(islice(left, share)) for share in reversed(split(len(ages), rooms))]


def _names(root: Element) -> list[GuestDetails]:
    """The guests; the contact person is Trip.com's own office."""
    people = (person for customer in every(root, "Customer") for person in children(customer, "PersonName"))
    named = ([line(text_of(first(person, part)), 100) for part in ("GivenName", "Surname")] for person in people)
    return [GuestDetails(last or given, given if last else "") for given, last in named if given or last]


def _is_prepaid(root: Element) -> bool:
    categories = {one.get("RatePlanCategory") for one in every(root, "RoomRate")} - {None, ""}
    return PREPAID in categories if categories else first(root, "DepositPayments") is not None


def _card(info: Element) -> Card | None:
    """Often there is an empty one. Prepaid, it is Trip.com's own."""
    card = first(info, "PaymentCard")
    if card is None or not (card.get("CardNumber") or card.get("ExpireDate") or text_of(first(card, "PlainText"))):
        return None
    return Card(virtual=first(info, "DepositPayments") is not None, expires=line(card.get("ExpireDate", ""), 10))


def _taxes(total: Element, currency: str) -> Iterator[Extra]:
    """Within the total, which is after tax."""
    for tax in every(total, "Tax"):
        code = line(tax.get("Code", ""), 20)
        if tax.get("Amount"):
            yield Extra(TAXES.get(code, f"Tax {code}"), minor_of(tax.get("Amount"), currency, "a tax"), included=True)


def _notes(root: Element) -> str:
    said = [text_of(one) for request in every(root, "SpecialRequest") for one in every(request, "Text")]
    said += [
        one.get("ListItem") or text_of(one) for request in every(root, "SpecialRequest") for one in every(request, "ListItem")
    ]
    said += [f"~ {one.get('ArrivalTime')}" for one in every(root, "ResGuest") if one.get("ArrivalTime")]
    return "\n".join(filter(None, (line(one, 1000) for one in said)))[:4000]
