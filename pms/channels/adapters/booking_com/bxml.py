"""A booking as the history has it (B.XML): elements for attributes, decimal amounts.

Its rooms have a number that stays theirs, but nobody says that it is the one of the queues: they are told apart by what they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import cast
from xml.etree.ElementTree import Element

from pms.channels.adapter import Link, Unreadable
from pms.channels.adapters.booking_com.ota import revision
from pms.channels.glimpse import room_seen, seen
from pms.channels.incoming import Card, Extra, Incoming, IncomingRoom, Status
from pms.channels.wire import count_of, day_of, instant_of, minor_of
from pms.kernel.money import known_currency
from pms.reservations.guests import GuestDetails

_STATUSES = frozenset({"new", "modified", "cancelled"})


def read(link: Link, entry: Element) -> Incoming:
    """One reservation. A cancelled one may have no room, a price of nought and a fee: none of that is what was booked."""
    status = _told(entry, "status").lower()
    booking, currency = _told(entry, "id")[:100], (_told(entry, "currencycode") or link.currency).upper()
    if status not in _STATUSES:
        raise Unreadable(f"unknown status {status[:40]!r}")
    if not booking or not known_currency(currency):
        raise Unreadable("no number of the booking, or no currency")
    cancelled = status == "cancelled"
    rooms = [] if cancelled else [_room(room, currency) for room in entry.iterfind("room")]
    if not rooms and not cancelled:
        raise Unreadable("a booking without a room")
    return Incoming(
        booking=booking,
        revision=revision(entry),
        status=cast(Status, status),
        rooms=rooms,
        guest=_guest(entry),
        currency=currency,
        total=None if cancelled else _amount(entry, "totalprice", currency),
        commission=None if cancelled else _amount(entry, "commissionamount", currency),
        card=_card(entry),
        extras=() if cancelled else tuple(extra for room in entry.iterfind("room") for extra in _extras(room, currency)),
        notes=_notes(entry),
        booked_at=_booked_at(entry),
    )


def glimpse(link: Link, entry: Element) -> Incoming:
    """What of it can be seen: each room whose dates can be read."""
    rooms = [one for room in entry.iterfind("room") for one in _room_seen(room)]
    status: Status = "cancelled" if _told(entry, "status").lower() == "cancelled" else "modified"
    return seen(link, _told(entry, "id")[:100], rooms, status, guest=_guest(entry))


def _room_seen(room: Element) -> list[IncomingRoom]:
    id, plan = _told(room, "id"), next((price.get("rate_id", "") for price in room.iterfind("price")), "")
    return room_seen(id, _told(room, "arrival_date"), _told(room, "departure_date"), f"{id}/{plan}" if id and plan else "")


def _room(room: Element, currency: str) -> IncomingRoom:
    """Its dates may differ from those of its siblings; its price is the nights and the add-ons together."""
    arrival, departure = day_of(_told(room, "arrival_date"), "arrival"), day_of(_told(room, "departure_date"), "departure")
    if not 0 < (departure - arrival).days <= 1000:
        raise Unreadable(f"from {arrival} to {departure}")
    nights = [arrival + timedelta(days=n) for n in range((departure - arrival).days)]
    rates = {day_of(price.get("date"), "a night"): price for price in room.iterfind("price")}
    prices = {day: minor_of(price.text or "", currency) for day, price in rates.items()}
    plan = next((rates[night].get("rate_id", "") for night in nights if night in rates), "")
    addons = sum(_amount(addon, "totalprice", currency) or 0 for addon in room.iterfind("addons/addon"))
    total, told = _amount(room, "totalprice", currency), tuple(prices[night] for night in nights if night in prices)
    return IncomingRoom(
        remote_room=_told(room, "id"),
        remote_rate=f"{_told(room, 'id')}/{plan}" if _told(room, "id") and plan else "",
        arrival=arrival,
        departure=departure,
        adults=max(1, count_of(_told(room, "numberofguests") or 1, "guests")),
        prices=told,
        total=total if total is None or total == sum(told) else max(0, total - addons),
        guest=_told(room, "guest_name")[:200],
    )


def _extras(room: Element, currency: str) -> Iterator[Extra]:
    """Add-ons, and taxes and fees: those not included come on top of what is told as the price."""
    for addon in room.iterfind("addons/addon"):
        yield Extra(_told(addon, "name")[:100], _amount(addon, "totalprice", currency) or 0)
    for tax in room.iterfind("price_details/hotel/extracomponent"):
        included = (tax.get("included") or _told(tax, "included")).lower() in ("yes", "true", "1")
        amount = tax.get("amount") or _told(tax, "amount")
        if amount.strip():
            yield Extra((tax.get("text") or _told(tax, "text"))[:100], minor_of(amount, currency), included)


def _guest(entry: Element) -> GuestDetails:
    customer = entry.find("customer")
    if customer is None:
        return GuestDetails("?")
    last, first = _told(customer, "last_name")[:100], _told(customer, "first_name")[:100]
    return GuestDetails(
        last_name=last or first or "?",
        first_name=first if last else "",
        email=_told(customer, "email")[:254],
        phone=_told(customer, "telephone")[:40],
        country=_told(customer, "countrycode")[:2].upper(),
    )


def _card(entry: Element) -> Card | None:
    expires = (entry.findtext("customer/cc_expiration_date") or "").strip()
    return Card(expires=expires[:10]) if expires else None


def _notes(entry: Element) -> str:
    told = [entry.findtext("customer/remarks"), *(room.findtext("remarks") for room in entry.iterfind("room"))]
    return "\n".join(dict.fromkeys(text.strip() for text in told if text and text.strip())).replace("\x00", "")[:4000]


def _booked_at(entry: Element) -> datetime | None:
    return instant_of(f"{_told(entry, 'date')}T{_told(entry, 'time') or '00:00:00'}")


def _amount(element: Element, name: str, currency: str) -> int | None:
    told = _told(element, name)
    return minor_of(told, currency, name) if told else None


def _told(element: Element, name: str) -> str:
    return (element.findtext(name) or "").replace("\x00", "").strip()
