"""A booking as the queues have it (OTA 2003B): the full state, a RoomRate a night, amounts as integers with DecimalPlaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from xml.etree.ElementTree import Element, tostring

from pms.channels.adapter import Link, Unreadable
from pms.channels.adapters.booking_com.facts import (
    CANCELLED,
    CHILDREN,
    MODIFIED,
    NEW,
    NUMBER_TYPE,
    PAID_BY_VIRTUAL_CARD,
    ROOM_TOTAL_HAS_SERVICES,
    VERSION_TYPE,
)
from pms.channels.glimpse import NOBODY, either, room_seen, seen
from pms.channels.incoming import Card, Extra, Incoming, IncomingRoom, Status
from pms.channels.redact import redacted
from pms.channels.wire import count_of, day_of, hashed, instant_of, minor_of
from pms.kernel.money import exponent, known_currency
from pms.reservations.guests import GuestDetails

MINUTE = "ToldInTheMinute"
"""Set on a booking that carries no version: changed, and changed back, it says the same a second time and means it."""


def read(link: Link, entry: Element) -> Incoming:
    """One HotelReservation or HotelResModify. Raises `Unreadable`, above all where it does not say what happened."""
    info = entry.find("ResGlobalInfo")
    told = ids(entry)
    if info is None or not number(told):
        raise Unreadable("no number of the booking")
    status = _status(entry)
    currency = _currency(entry, link.currency)
    virtual = _paid_by_virtual_card(entry)
    rooms = [_room(entry, stay, currency) for stay in entry.iterfind("RoomStays/RoomStay")] if status != "cancelled" else []
    if not rooms and status != "cancelled":
        raise Unreadable("a booking without a room")
    return Incoming(
        booking=number(told),
        revision=revision(entry),
        status=status,
        rooms=rooms,
        guest=_guest(info, entry),
        currency=currency,
        total=_amount(info.find("Total"), currency) if status != "cancelled" else None,
        commission=_commission(entry, currency) if status != "cancelled" else None,
        collect="channel" if virtual else "property",
        card=_card(info, virtual),
        extras=tuple(_services(entry, currency)) if status != "cancelled" else (),
        notes=_notes(entry),
        booked_at=_booked_at(entry),
    )


def glimpse(link: Link, entry: Element) -> Incoming:
    """What of it can be seen: each room whose nights can be read."""
    info, status = entry.find("ResGlobalInfo"), either("modified", _status, entry)
    guest = NOBODY if info is None else _guest(info, entry)
    nothing = list[IncomingRoom]()
    rooms = [one for stay in entry.iter("RoomStay") for one in either(nothing, _room_seen, stay)]
    return seen(link, number(ids(entry)), rooms, "cancelled" if status == "cancelled" else "modified", guest=guest)


def _room_seen(stay: Element) -> list[IncomingRoom]:
    nights = ((either(None, day_of, rate.get("EffectiveDate")), rate) for rate in stay.iter("RoomRate"))
    rates = {night: rate for night, rate in nights if night is not None}
    room, rate = _codes(stay, rates)
    return room_seen(room, *_span(stay, rates), rate, stay.get("IndexNumber") or "")


def ids(entry: Element) -> list[tuple[str, str]]:
    """(type, value) of its HotelReservationID; "id" where it has no type."""
    found = entry.iterfind("ResGlobalInfo/HotelReservationIDs/HotelReservationID")
    told = ((one.get("ResID_Type") or "id", (one.get("ResID_Value") or "").strip()) for one in found)
    return [(kind, value) for kind, value in told if value]


def number(told: Sequence[tuple[str, str]]) -> str:
    """The booking's number, the same in all its messages; "" for none."""
    values = [value for kind, value in told if kind == NUMBER_TYPE] or [value for kind, value in told if kind != VERSION_TYPE]
    return values[0][:100] if values else ""


def versioned(entry: Element) -> bool:
    """Whether its text is another one after every change."""
    dated = entry.get("LastModifyDateTime") or entry.findtext("LastModifyDateTime")
    return bool(dated) or any(kind == VERSION_TYPE for kind, _ in ids(entry))


def revision(entry: Element) -> str:
    """The channel's version, or a hash of the booking without the card, which is shown once or twice and then no more."""
    for kind, value in ids(entry):
        if kind == VERSION_TYPE:
            return value[:100]
    paid = [(parent, place, child) for parent in entry.iter() for place, child in enumerate(parent) if _is_card(child)]
    for parent, _, child in paid:
        parent.remove(child)
    text = hashed(redacted(tostring(entry, encoding="unicode")))
    for parent, place, child in paid:
        parent.insert(place, child)
    return text


def _is_card(element: Element) -> bool:
    return element.tag == "Guarantee" or element.tag.startswith(("cc_", "dc_"))


def _status(entry: Element) -> Status:
    told = (entry.get("ResStatus") or entry.get("Status") or "").strip().lower()
    if told in CANCELLED or entry.find(".//CancelInfo") is not None:
        return "cancelled"
    if entry.tag == "HotelReservation" and told in NEW:
        return "new"
    if told in MODIFIED:
        return "modified"
    raise Unreadable(f"modified or cancelled? It says {told[:40]!r}")


def _currency(entry: Element, otherwise: str) -> str:
    for total in [*entry.iterfind("ResGlobalInfo/Total"), *entry.iter("Total")]:
        if total.get("CurrencyCode"):
            otherwise = total.get("CurrencyCode", "").upper()
            break
    if not known_currency(otherwise):
        raise Unreadable(f"there is no currency {otherwise[:10]!r}")
    return otherwise


def _amount(element: Element | None, currency: str) -> int | None:
    """Minor units of ours; theirs are as many as DecimalPlaces says."""
    if element is None:
        return None
    told = element.get("AmountAfterTax") or element.get("AmountBeforeTax") or element.get("Amount") or ""
    places = count_of(element.get("DecimalPlaces") or exponent(currency), "decimal places", 6)
    return minor_of(f"{told.strip()}e-{places}", currency) if told.strip() else None


def _room(entry: Element, stay: Element, currency: str) -> IncomingRoom:
    """There is no date of departure but the night after the last, unless a TimeSpan says it."""
    rates = {day_of(rate.get("EffectiveDate"), "a night"): rate for rate in stay.iterfind("RoomRates/RoomRate")}
    arrival, departure = _span(stay, rates)
    nights = [arrival + timedelta(days=n) for n in range((departure - arrival).days)]
    priced = {day: _amount(rate.find("Rates/Rate/Total"), currency) for day, rate in rates.items()}
    prices = tuple(price for night in nights if (price := priced.get(night)) is not None)
    room, mapped = _codes(stay, rates)
    adults, ages = _people(stay)
    return IncomingRoom(
        remote_room=room,
        remote_rate=mapped,
        arrival=arrival,
        departure=departure,
        key=stay.get("IndexNumber") or "",
        adults=adults,
        children_ages=ages,
        prices=prices,
        total=_room_total(entry, stay, currency, prices),
        guest=_guest_of_room(entry, stay),
    )


def _codes(stay: Element, rates: Mapping[date, Element]) -> tuple[str, str]:
    """Room and rate, as mapped."""
    kind = stay.find("RoomTypes/RoomType")
    room = (kind.get("RoomTypeCode") or "") if kind is not None else ""
    plan = rates[min(rates)].get("RatePlanCode", "").removesuffix(PAID_BY_VIRTUAL_CARD) if rates else ""
    return room, f"{room}/{plan}" if room and plan else ""


def _span(stay: Element, rates: dict[date, Element]) -> tuple[date, date]:
    span = stay.find("TimeSpan")
    start, end = (span.get("Start"), span.get("End")) if span is not None else (None, None)
    if not rates and not (start and end):
        raise Unreadable("a room without a night")
    try:
        arrival = day_of(start, "an arrival") if start else min(rates)
        departure = day_of(end, "a departure") if end else max(rates) + timedelta(days=1)
    except OverflowError as error:
        raise Unreadable("a night beyond all time") from error
    if not 0 < (departure - arrival).days <= 1000:
        raise Unreadable(f"from {arrival} to {departure}")
    return arrival, departure


def _room_total(entry: Element, stay: Element, currency: str, prices: Sequence[int]) -> int | None:
    """The room's own, without the services that come beside it as extras."""
    total = _amount(stay.find("Total"), currency)
    if total is None or total == sum(prices) or not ROOM_TOTAL_HAS_SERVICES:
        return total
    mine = {one.get("RPH") for one in stay.iterfind("ServiceRPHs/ServiceRPH")}
    services = [one for one in entry.iterfind("Services/Service") if one.get("ServiceRPH") in mine - {None}]
    return max(0, total - sum(_amount(_price(one), currency) or 0 for one in services))


def _people(stay: Element) -> tuple[int, tuple[int | None, ...]]:
    adults, ages = 0, list[int | None]()
    for one in stay.iterfind("GuestCounts/GuestCount"):
        count = count_of(one.get("Count") or 0, "guests")
        if one.get("AgeQualifyingCode") not in CHILDREN:
            adults += count
        else:
            age = count_of(one.get("Age"), "an age") if one.get("Age") else None
            ages += [age if age is not None and age <= 17 else None] * count
    return max(1, min(99, adults)), tuple(ages[:99])


def _services(entry: Element, currency: str) -> Iterator[Extra]:
    """What the guest added, by its code or name."""
    for one in entry.iterfind("Services/Service"):
        name = one.findtext(".//Text") or one.get("ServiceInventoryCode") or ""
        yield Extra(name.strip()[:100], _amount(_price(one), currency) or 0, one.get("Inclusive") in ("1", "true"))


def _price(service: Element) -> Element | None:
    found = service.find("Price/Total")
    return found if found is not None else service.find("Price/Base")


def _commission(entry: Element, currency: str) -> int | None:
    """The whole booking's where it is told; else the rooms' (each has that of its own full stay)."""
    whole = entry.find("ResGlobalInfo/TotalCommissions/CommissionPayableAmount")
    if whole is not None:
        return _amount(whole, currency)
    parts = [_amount(one, currency) for one in entry.iterfind("RoomStays/RoomStay//CommissionPayableAmount")]
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def _paid_by_virtual_card(entry: Element) -> bool:
    """Only a virtual card has a day from which it can be charged."""
    cards = entry.iterfind("ResGlobalInfo/Guarantee//PaymentCard")
    rates = entry.iterfind("RoomStays/RoomStay/RoomRates/RoomRate")
    marked = any(rate.get("RatePlanCode", "").endswith(PAID_BY_VIRTUAL_CARD) for rate in rates)
    return marked or any(card.get("EffectiveDate") for card in cards)


def _card(info: Element, virtual: bool) -> Card | None:
    """What is left of a card without its number; all noughts mean that Booking.com could not find out."""
    card = info.find("Guarantee//PaymentCard") if info.find("Guarantee") is not None else None
    if card is None:
        return Card(virtual=True) if virtual else None
    expires, active = (card.get("ExpireDate") or ""), card.get("EffectiveDate")
    return Card(virtual=virtual, active_from=day_of(active) if active else None, expires=expires.strip("0") and expires[:10])


def _guest(info: Element, entry: Element) -> GuestDetails:
    """Who booked, or the first who stays where the booker is not told."""
    customer = info.find("Profiles//Customer") if info.find("Profiles") is not None else None
    if customer is None:
        customer = entry.find("ResGuests/ResGuest//Customer")
    if customer is None:
        return GuestDetails("?")
    phone, country = customer.find("Telephone"), customer.find("Address/CountryName")
    last, first = _part(customer, "PersonName/Surname", 100), _part(customer, "PersonName/GivenName", 100)
    return GuestDetails(
        last_name=last or first or "?",
        first_name=first if last else "",
        email=_part(customer, "Email", 254),
        phone=_clean(phone.get("PhoneNumber") if phone is not None else "", 40),
        country=_clean(country.get("Code") if country is not None else "", 2).upper(),
        language=_clean(customer.get("Language"), 2).lower(),
    )


def _guest_of_room(entry: Element, stay: Element) -> str:
    mine = {one.get("RPH") for one in stay.iterfind("ResGuestRPHs/ResGuestRPH")} - {None}
    for guest in entry.iterfind("ResGuests/ResGuest"):
        if guest.get("ResGuestRPH") in mine:
            names = (_part(guest, f".//PersonName/{name}", 100) for name in ("GivenName", "Surname"))
            return " ".join(filter(None, names))
    return ""


def _notes(entry: Element) -> str:
    told = [*entry.iterfind("ResGlobalInfo/Comments/Comment"), *entry.iterfind("RoomStays/RoomStay/Comments/Comment")]
    told += entry.iterfind("RoomStays/RoomStay/SpecialRequests/SpecialRequest")
    lines = (_clean(" ".join("".join(one.itertext()).split()), 4000) for one in told)
    return "\n".join(dict.fromkeys(filter(None, lines)))[:4000]


def _booked_at(entry: Element) -> datetime | None:
    dated = (one.get("ResID_Date") for one in entry.iterfind("ResGlobalInfo/HotelReservationIDs/HotelReservationID"))
    return instant_of(next(filter(None, dated), None) or entry.get("CreateDateTime"))


def _part(element: Element, path: str, most: int) -> str:
    return _clean(element.findtext(path), most)


def _clean(text: str | None, most: int) -> str:
    return (text or "").replace("\x00", "").strip()[:most]
