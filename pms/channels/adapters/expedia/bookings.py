"""Bookings from Expedia: retrieved, and confirmed once they are in our books; the next version of one comes only after that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from textwrap import wrap
from typing import cast
from xml.etree.ElementTree import Element, tostring
from xml.sax.saxutils import quoteattr

import httpx

from pms.channels.adapter import Link, Received, Refused, Unreadable, Wait
from pms.channels.adapters.expedia.facts import (
    BOOKINGS_MOST,
    COLLECT_MARK,
    COLLECT_SUFFIX,
    CONFIRM,
    CONFIRMED,
    CONFIRMS_MOST,
    OWN_SOURCE,
    PAUSE_SECONDS,
    RETRIEVE,
    TYPES,
    VIRTUAL_CARD,
)
from pms.channels.adapters.expedia.talk import call, code_of, error, no_error, plain, words_in
from pms.channels.glimpse import NOBODY, either, room_seen, seen
from pms.channels.incoming import Card, Extra, Incoming, IncomingRoom, Status
from pms.channels.wire import count_of, day_of, instant_of, minor_of, order_of, xml_of
from pms.kernel.dates import now
from pms.reservations.guests import GuestDetails

UNCONFIRMED = '<ParamSet><Status value="pending"/><Status value="retrieved"/></ParamSet>'
"""Also what was retrieved before and not confirmed: whoever died in between would never see it again."""
NEVER_RETRIEVED = '<ParamSet><Status value="pending"/></ParamSet>'


def fetch(http: httpx.Client, link: Link) -> list[Received]:
    """Everything unconfirmed. An answer has the newest 125; those it had no room for are asked for on their own."""
    found: list[Received] = []
    asked = UNCONFIRMED
    for _ in range(20):
        bookings = _retrieved(http, link, asked)
        found += [_received(booking) for booking in bookings if _ours(booking, link)]
        if len(bookings) < BOOKINGS_MOST:
            break
        asked = NEVER_RETRIEVED
    return found


def acknowledge(http: httpx.Client, link: Link, receipts: Sequence[str]) -> None:
    """Confirm, at most 10 a call. The number the property gives is the booking's own id there, which both sides find it by."""
    refused: list[str] = []
    for start in range(0, len(receipts), CONFIRMS_MOST):
        time = now().strftime("%Y-%m-%dT%H:%M:%SZ")
        numbers = "".join(_confirmation(receipt, time) for receipt in receipts[start : start + CONFIRMS_MOST])
        answer = call(http, link, CONFIRM, f"<BookingConfirmNumbers>{numbers}</BookingConfirmNumbers>")
        wrong = error(answer, by_hand=False)
        if wrong is None and answer.find("Success") is None:
            raise Wait(PAUSE_SECONDS, "neither success nor error")
        warnings = (one for one in answer.iter("Warning") if code_of(one) not in CONFIRMED)
        refused += [wrong[1]] if wrong else [words_in(warning) for warning in warnings]
    if refused:
        raise Refused("; ".join(refused)[:500])


def read(link: Link, text: str) -> Incoming:
    """One version of a booking, which is one room. A cancellation has zeros for room, plan and money, and is read as no more."""
    booking = plain(xml_of(text))
    status = TYPES.get(booking.get("type", ""))
    stay, id = booking.find("RoomStay"), _number(booking)
    if booking.tag != "Booking" or status is None or stay is None or not id:
        raise Unreadable(f"no booking of a known type: {booking.get('type', '')[:40]!r}")
    gone, source = status == "cancelled", booking.get("source", "")
    name = _name(booking)
    currency = _currency(stay, link)
    by_guest = source.startswith(COLLECT_MARK) or stay.get("ratePlanID", "").endswith(COLLECT_SUFFIX)
    return Incoming(
        booking=id,
        revision=_revision(booking),
        order=order_of(booking.get("createDateTime")),
        status=cast(Status, status),
        rooms=[] if gone else [_room(link, stay, id, currency)],
        guest=_guest(booking.find("PrimaryGuest")),
        currency=currency,
        source=name,
        total=None if gone else _total(stay, "amountAfterTaxes", currency),
        collect="property" if by_guest else "channel",
        card=_card(stay.find("PaymentCard")),
        extras=() if gone else tuple(_extras(stay, currency)),
        notes="\n".join(filter(None, (_text(one) for one in booking.iter("SpecialRequest"))))[:4000],
        booked_at=instant_of(booking.get("createDateTime")),
    )


def glimpse(link: Link, text: str) -> Incoming:
    """One that cannot be read, by its room and dates."""
    booking = plain(xml_of(text))
    stay, dates = booking.find(".//RoomStay"), booking.find(".//StayDate")
    if stay is None or dates is None:
        raise Unreadable("no dates")
    room, id = stay.get("roomTypeID", ""), _number(booking)
    return seen(
        link,
        id,
        room_seen(room, dates.get("arrival"), dates.get("departure"), _mapped_rate(link, room, stay.get("ratePlanID", "")), id),
        "cancelled" if TYPES.get(booking.get("type", "")) == "cancelled" else "modified",
        either("", order_of, booking.get("createDateTime")),
        either(NOBODY, _guest, booking.find(".//PrimaryGuest")),
        _name(booking),
    )


def _number(booking: Element) -> str:
    return booking.get("whole", "").replace("_", "") or booking.get("id", "")


def _name(booking: Element) -> str:
    """Of the site that sold it, "" for Expedia itself."""
    name = booking.get("source", "").removeprefix(COLLECT_MARK)
    return "" if name == OWN_SOURCE else name[:50]


def _retrieved(http: httpx.Client, link: Link, asked: str) -> list[Element]:
    answer = call(http, link, RETRIEVE, asked)
    no_error(answer)
    bookings = answer.find("Bookings")
    if bookings is None:
        raise Wait(PAUSE_SECONDS, "neither bookings nor error")
    return bookings.findall("Booking")


def _ours(booking: Element, link: Link) -> bool:
    """One account may have several properties."""
    hotel = booking.find("Hotel")
    return hotel is None or hotel.get("id") in (link.remote_property, None)


def _received(booking: Element) -> Received:
    """Without `status` and `confirmNumber`, which say how often it was asked for and not what it is. Its id may have 13 digits
    and look like a card number, and those are taken out of every text that is kept; so it is there once more, in pieces.
    """
    told = {name: value for name, value in booking.attrib.items() if name not in ("status", "confirmNumber")}
    told["whole"] = "_".join(wrap(booking.get("id", ""), 6))
    booking.attrib.clear()
    booking.attrib.update(told)
    booking.tail = None
    text = tostring(booking, encoding="unicode")
    return Received(booking.get("id", ""), _revision(booking), text, receipt=f"{booking.get('type')} {booking.get('id')}")


def _revision(booking: Element) -> str:
    return f"{booking.get('type', '')} {booking.get('createDateTime', '')}"[:100]


def _confirmation(receipt: str, time: str) -> str:
    kind, _, id = receipt.partition(" ")
    number = quoteattr(id)
    return f'<BookingConfirmNumber bookingID={number} bookingType={quoteattr(kind)} confirmNumber={number} confirmTime="{time}"/>'


def _room(link: Link, stay: Element, id: str, currency: str) -> IncomingRoom:
    dates, people = stay.find("StayDate"), stay.find("GuestCount")
    if dates is None or people is None:
        raise Unreadable("no dates or no guests")
    arrival, departure = day_of(dates.get("arrival"), "arrival"), day_of(dates.get("departure"), "departure")
    room = stay.get("roomTypeID", "")
    return IncomingRoom(
        remote_room=room,
        remote_rate=_mapped_rate(link, room, stay.get("ratePlanID", "")),
        key=id,
        arrival=arrival,
        departure=departure,
        adults=max(1, count_of(people.get("adult"), "adults")),
        children_ages=_ages(people),
        prices=_prices(stay, currency, arrival, departure),
        total=_room_total(stay, currency),
    )


def _mapped_rate(link: Link, room: str, rate: str) -> str:
    """As mapped. A plan sold both ways has two ids, of which only one can be told prices and is mapped."""
    twin = rate.removesuffix(COLLECT_SUFFIX) if rate.endswith(COLLECT_SUFFIX) else rate + COLLECT_SUFFIX
    mapped = set(link.remote_ids.values())
    known = [f"{room}/{one}" for one in (rate, twin) if f"{room}/{one}" in mapped]
    return known[0] if known else f"{room}/{rate}" if rate else ""


def _ages(people: Element) -> tuple[int | None, ...]:
    """Ages come only where the property asked for them; somebody of 18 is counted as a child there."""
    ages = [count_of(child.get("age"), "an age") for child in people.iter("Child")]
    count = max(count_of(people.get("child") or 0, "children"), len(ages))
    return (*(age if age <= 17 else None for age in ages), *[None] * (count - len(ages)))


def _prices(stay: Element, currency: str, arrival: date, departure: date) -> tuple[int, ...]:
    """Base and extra persons. What Expedia collects comes net, as it is paid to the property."""
    nights = {day_of(rate.get("stayDate")): rate for rate in stay.iter("PerDayRate")}
    told = [nights[night] for night in sorted(nights) if arrival <= night < departure]
    return tuple(_sum([rate], ("baseRate", "extraPersonFees"), currency) for rate in told)


def _sum(rates: Sequence[Element], names: Sequence[str], currency: str) -> int:
    return sum(minor_of(rate.get(name) or 0, currency) for rate in rates for name in names)


def _total(stay: Element, name: str, currency: str) -> int | None:
    total = stay.find("Total")
    told = None if total is None else total.get(name)
    return None if told is None else minor_of(told, currency)


def _room_total(stay: Element, currency: str) -> int | None:
    """The nights alone: what comes beside them is in `_extras`."""
    total = _total(stay, "amountAfterTaxes", currency)
    return None if total is None else total - sum(extra.amount for extra in _extras(stay, currency))


def _extras(stay: Element, currency: str) -> Iterator[Extra]:
    """Fees, and taxes where they are not in the prices: a property with taxes included is told none."""
    fees = _sum(list(stay.iter("PerDayRate")), ("hotelServiceFees",), currency)
    taxes = _total(stay, "amountOfTaxes", currency)
    if fees:
        yield Extra("Service fees", fees)
    if taxes:
        yield Extra("Taxes", taxes)


def _currency(stay: Element, link: Link) -> str:
    """Cancellations name none."""
    told = (found.get("currency") for tag in ("PerDayRates", "Total") if (found := stay.find(tag)) is not None)
    return next((one for one in told if one), link.currency)


def _guest(guest: Element | None) -> GuestDetails:
    name = None if guest is None else guest.find("Name")
    if guest is None or name is None:
        raise Unreadable("no guest")
    first = " ".join(filter(None, (name.get(part, "").strip() for part in ("givenName", "middleName"))))[:100]
    last = name.get("surname", "").strip()[:100]
    return GuestDetails(
        last_name=last or first or "?",
        first_name=first if last else "",
        email=_text(guest.find("Email"))[:254],
        phone=_phone(guest.find("Phone"))[:40],
    )


def _phone(phone: Element | None) -> str:
    """All parts may be missing."""
    if phone is None:
        return ""
    country, extension = phone.get("countryCode", ""), phone.get("extension", "")
    parts = (f"+{country}" if country else "", phone.get("cityAreaCode", ""), phone.get("number", ""))
    return " ".join(filter(None, (*parts, f"ext. {extension}" if extension else ""))).strip()


def _text(element: Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


def _card(card: Element | None) -> Card | None:
    """What is left of it without its number. When a virtual card may be charged stands only in the words of the booking."""
    if card is None:
        return None
    holder = card.find("CardHolder")
    name = "" if holder is None else holder.get("name", "")
    told = card.get("expireDate", "")
    expires = f"{told[:2]}/{told[2:]}" if len(told) == 4 else told[:10]
    return Card(virtual=VIRTUAL_CARD in name.replace(" ", "").lower(), expires=expires)
