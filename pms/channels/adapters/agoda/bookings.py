"""Bookings from Agoda: a list of what moved, then the details of each. There is no confirmation: who asks for details has them.

So what moved lately is asked for again and again, whatever Agoda believes was delivered; known revisions fall out in the inbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import cast
from xml.etree.ElementTree import Element, tostring
from xml.sax.saxutils import quoteattr

import httpx
from babel import Locale

from pms.channels.adapter import Link, Received, Unreadable, Wait
from pms.channels.adapters.agoda.facts import (
    AMOUNTS,
    CERTAINLY,
    DETAIL,
    DETAILS_MOST,
    LIST,
    LOOK_BACK,
    NET,
    NIGHT,
    NO_PRICES,
    PAID_AT_PROPERTY,
    PATIENCE,
    PAUSE_SECONDS,
    SOLD,
    STATUSES,
)
from pms.channels.adapters.agoda.talk import Garbled, call, errors, parsed, property_of, words_in
from pms.channels.glimpse import either, room_seen, seen
from pms.channels.incoming import Extra, Incoming, IncomingRoom, Status
from pms.channels.wire import count_of, day_of, instant_of, minor_of, order_of
from pms.kernel.dates import now
from pms.kernel.money import split
from pms.reservations.guests import GuestDetails


def fetch(http: httpx.Client, link: Link) -> list[Received]:
    """What moved lately, and what moved before and was never asked for, the oldest first."""
    listed = _listed(http, link)
    todo = [listed[start : start + DETAILS_MOST] for start in range(0, len(listed), DETAILS_MOST)][::-1]
    found: list[Received] = []
    failed: list[tuple[Element, Wait]] = []
    patience = PATIENCE
    while todo:
        some = todo.pop()
        try:
            found += _details(http, link, some)
            patience = len(listed) * 2
        except Wait as later:
            patience -= 1
            if patience <= 0 or len(listed) == 1 or later.seconds not in (None, PAUSE_SECONDS):
                raise  # it is not about one of them, or Agoda asks to be left alone
            middle = len(some) // 2
            failed += [(some[0], later)] if len(some) == 1 else []
            todo += [some[middle:], some[:middle]] if len(some) > 1 else []
    return [*found, *(_unanswered(row, str(later)) for row, later in failed)]


def read(link: Link, text: str) -> Incoming:
    """One booking as it now is: one room type, any number of rooms of it, and one sum for them all."""
    booking = parsed(text)
    status = STATUSES.get(booking.get("status", ""))
    if booking.tag != "booking" or status is None or not booking.get("booking_id"):
        raise Unreadable(f"no booking of a known status: {booking.get('status', '')[:40]!r}")
    prices = booking.find("prices")
    currency = link.currency if prices is None else prices.get("currency") or link.currency
    extras = () if prices is None or status == "cancelled" else tuple(_extras(prices, currency))
    return Incoming(
        booking=booking.get("booking_id", ""),
        revision=booking.get("last_action", ""),
        order=order_of(booking.get("last_action")),
        status=cast(Status, status),
        rooms=_rooms(booking, None if status == "cancelled" else prices, currency, sum(extra.amount for extra in extras)),
        guest=_guest(booking.find("customer")),
        currency=currency,
        total=None if prices is None or status == "cancelled" else _amount(prices, currency),
        commission=None if prices is None or status == "cancelled" else _commission(prices, currency),
        collect="property" if (booking.findtext("paymentmodel") or "").strip() in PAID_AT_PROPERTY else "channel",
        extras=extras,
        notes="\n".join(filter(None, (one.get("request_name", "").strip() for one in booking.iter("request"))))[:4000],
        booked_at=instant_of(booking.get("booking_date")),
    )


def glimpse(link: Link, text: str) -> Incoming:
    """One that cannot be read, by its rooms and dates; one room where it does not say how many."""
    booking = parsed(text)
    count = either(1, count_of, booking.get("room_count") or 1, "rooms")
    room, rate = booking.get("room_id", ""), booking.get("rateplan_id", "")
    mapped = f"{room}/{rate}" if room and rate else ""
    return seen(
        link,
        booking.get("booking_id", ""),
        [
            one
            for n in range(max(1, count))
            for one in room_seen(room, booking.get("arrival"), booking.get("departure"), mapped, str(n + 1))
        ],
        "cancelled" if STATUSES.get(booking.get("status", "")) == "cancelled" else "modified",
        either("", order_of, booking.get("last_action")),
        _guest(booking.find("customer")),
    )


def _listed(http: httpx.Client, link: Link) -> list[Element]:
    end = now()
    begin = (end - LOOK_BACK).isoformat(timespec="seconds")
    span = f'from="{begin}" to="{end.isoformat(timespec="seconds")}"'
    root = _asked(http, link, LIST, f"<criteria {span}><property id={property_of(link)}/></criteria>")
    rows = [row for row in root.iter("booking") if row.get("booking_id")]
    return sorted((row for row in rows if _wanted(row, end)), key=lambda row: either("", order_of, row.get("last_action")))


def _wanted(row: Element, end: datetime) -> bool:
    moved = instant_of(row.get("last_action"))
    return moved is None or moved >= end - CERTAINLY or row.get("acknowledge") != "1"


def _details(http: httpx.Client, link: Link, rows: Sequence[Element]) -> list[Received]:
    """The bookings of one answer. One that is no XML because of a guest's words is kept as it came, once it stands alone."""
    ids = "".join(f"<booking id={quoteattr(row.get('booking_id', ''))}/>" for row in rows)
    asked = f'<criteria language="EN"><property id={property_of(link)}>{ids}</property></criteria>'
    try:
        root = _asked(http, link, DETAIL, asked)
    except Garbled as garbled:
        if len(rows) > 1 or f'booking_id="{rows[0].get("booking_id")}"' not in garbled.text:
            raise
        return [Received(rows[0].get("booking_id", ""), rows[0].get("last_action", ""), garbled.text)]
    found = [_received(booking) for booking in root.iter("booking")]
    told = {one.booking for one in found}
    return [*found, *(_unanswered(row, "not in the answer") for row in rows if row.get("booking_id") not in told)]


def _asked(http: httpx.Client, link: Link, kind: int, inner: str) -> Element:
    status, root = call(http, link, kind, inner)
    found = errors(root)
    if status != 200 or found:
        raise Wait(PAUSE_SECONDS, words_in(found[0], root) if found else f"the answer is {status}")
    return root


def _received(booking: Element) -> Received:
    """Without whether it was asked for before, which is no news about it."""
    booking.attrib.pop("acknowledge", None)
    booking.tail = None
    id, revision = booking.get("booking_id", ""), booking.get("last_action", "")
    return Received(id, revision, tostring(booking, encoding="unicode"), receipt=id)


def _unanswered(row: Element, words: str) -> Received:
    """A booking that Agoda cannot tell while it tells others: somebody has to look. Should it be told later, that is another
    revision.
    """
    return Received(row.get("booking_id", ""), f"{row.get('last_action', '')} unanswered", words)


def _rooms(booking: Element, prices: Element | None, currency: str, beside: int) -> list[IncomingRoom]:
    """Guests and money are told for all rooms together, and shared out evenly."""
    count = max(1, count_of(booking.get("room_count") or 1, "rooms"))
    arrival, departure = day_of(booking.get("arrival"), "arrival"), day_of(booking.get("departure"), "departure")
    adults = split(max(count, count_of(booking.get("adults") or 1, "adults", 999)), count)
    children = split(count_of(booking.get("children") or 0, "children", 999), count)
    nights, totals = _money(prices, currency, arrival, departure, count, beside)
    room, rate = booking.get("room_id", ""), booking.get("rateplan_id", "")
    return [
        IncomingRoom(
            remote_room=room,
            remote_rate=f"{room}/{rate}" if room and rate else "",
            key=str(n + 1),
            arrival=arrival,
            departure=departure,
            adults=adults[n],
            children_ages=(None,) * children[n],
            prices=nights[n],
            total=totals[n],
        )
        for n in range(count)
    ]


def _money(
    prices: Element | None, currency: str, arrival: date, departure: date, count: int, beside: int
) -> tuple[list[tuple[int, ...]], list[int | None]]:
    """The nights and the sum of each room. Rows outside the stay are no nights (a sample has one for the departure). Whether a
    row is for one room or for all is not stated: the sum above them tells.
    """
    if prices is None:
        return [()] * count, [None] * count
    dated = [row for row in prices.iter("price") if row.get("type", NIGHT) == NIGHT and row.get("date")]
    rows = {day_of(row.get("date")): _amount(row, currency) or 0 for row in dated}
    nights = [rows[night] for night in sorted(rows) if arrival <= night < departure]
    total = _amount(prices, currency)
    each = total is not None and count > 1 and sum(nights) * count == total - beside
    shares = [[night] * count if each else split(night, count) for night in nights]
    totals = [None] * count if total is None else split(max(0, total - beside), count)
    return [tuple(share[n] for share in shares) for n in range(count)], list(totals)


def _amount(priced: Element, currency: str) -> int | None:
    told = next((priced.get(name) for name in AMOUNTS if priced.get(name)), None)
    return None if told is None else minor_of(told, currency)


def _commission(prices: Element, currency: str) -> int | None:
    sold, net = prices.get(SOLD), prices.get(NET)
    return minor_of(sold, currency) - minor_of(net, currency) if sold and net else None


def _extras(prices: Element, currency: str) -> Iterator[Extra]:
    """What the sum holds beside the nights: extra beds and the like."""
    for row in prices.iter("price"):
        amount = 0 if row.get("type", NIGHT) in NO_PRICES else _amount(row, currency)
        if amount:
            yield Extra(row.get("type", "")[:100], amount)


def _guest(customer: Element | None) -> GuestDetails:
    told = {} if customer is None else customer.attrib
    first, last = told.get("first_name", "").strip()[:100], told.get("last_name", "").strip()[:100]
    return GuestDetails(
        last_name=last or first or "?",
        first_name=first if last else "",
        email=told.get("email", "").strip()[:254],
        phone=told.get("phone", "").strip()[:40],
        country=_countries().get(told.get("nationality", "").strip().lower(), ""),
    )


@cache
def _countries() -> dict[str, str]:
    """English name, in lower case -> ISO 3166-1: nationality comes as the name of a country."""
    return {name.lower(): code for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()}
