"""Bookings from Channex: the feed of revisions that were not acknowledged, and the webhook that says there are some."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, cast

import httpx

from pms.channels.adapter import Link, Received, Refused, Unreadable, Wait
from pms.channels.adapters.channex.facts import OTA_NAMES, PAUSE_SECONDS, STATUSES
from pms.channels.adapters.channex.tell import call
from pms.channels.glimpse import NOBODY, either, room_seen, seen
from pms.channels.incoming import Card, Extra, Incoming, IncomingRoom, Status
from pms.channels.wire import count_of, day_of, instant_of, json_of, minor_of, object_of, objects_of, order_of, words_of
from pms.kernel.money import exponent
from pms.reservations.guests import GuestDetails

PAGE = 100


def fetch(http: httpx.Client, link: Link) -> list[Received]:
    """The unacknowledged revisions of the property; the feed has those of all properties of the key."""
    found: list[Received] = []
    for page in range(1, 100):
        params: dict[str, Any] = {"pagination[limit]": PAGE, "pagination[page]": page, "order[inserted_at]": "asc"}
        answer = call(http, link, "GET", "/booking_revisions/feed", params=params)
        if answer.status_code != 200:
            raise Wait(PAUSE_SECONDS, words_of(answer))
        rows = _rows(answer)
        found += [one for row in rows if (one := _received(row, link)) is not None]
        if len(rows) < PAGE:
            break
    return found


def acknowledge(http: httpx.Client, link: Link, receipts: Sequence[str]) -> None:
    """One call each; what is not there any more is acknowledged."""
    for receipt in receipts:
        answer = call(http, link, "POST", f"/booking_revisions/{receipt}/ack")
        if answer.status_code == 404:
            continue
        if answer.status_code in (400, 422):
            raise Refused(words_of(answer))
        if answer.status_code != 200 or not _thanked(answer):
            raise Wait(PAUSE_SECONDS, words_of(answer))


def read(link: Link, text: str) -> Incoming:
    """One revision. The room keys are not stable between revisions, so rooms have none; `amount` may be a cancellation fee."""
    row = object_of(json_of(text))
    told = object_of(row.get("attributes", row))
    currency = str(told.get("currency") or "")
    status = STATUSES.get(str(told.get("status")))
    if status is None:
        raise Unreadable(f"unknown status {str(told.get('status'))[:40]!r}")
    rooms = [_room(room, currency) for room in objects_of(told.get("rooms"), "rooms")]
    return Incoming(
        booking=_booking(row),
        revision=str(row.get("id") or told.get("id") or ""),
        order=order_of(told.get("inserted_at")),
        status=cast(Status, status),
        rooms=rooms,
        guest=_guest(object_of(told.get("customer") or {}, "customer")),
        currency=currency,
        source=_source(told),
        reference=_reference(told),
        total=minor_of(told["amount"], currency) if told.get("amount") is not None else None,
        collect="channel" if told.get("payment_collect") == "ota" else "property",
        card=_card(told.get("guarantee"), currency),
        extras=tuple(_extras(told, currency)),
        notes=str(told.get("notes") or "")[:4000],
        booked_at=instant_of(told.get("inserted_at")),
    )


def glimpse(link: Link, text: str) -> Incoming:
    """One that cannot be read, by its rooms and dates; the dates of the whole where no room has any."""
    row = object_of(json_of(text))
    told = object_of(row.get("attributes", row))
    rooms = told.get("rooms")
    found = [one for room in (rooms if isinstance(rooms, list) else ()) if isinstance(room, dict) for one in _room_seen(room)]
    return seen(
        link,
        _booking(row),
        found or room_seen("", told.get("arrival_date"), told.get("departure_date")),
        "cancelled" if told.get("status") == "cancelled" else "modified",
        either("", order_of, told.get("inserted_at")),
        either(NOBODY, lambda: _guest(object_of(told.get("customer") or {}, "customer"))),
        _source(told),
        _reference(told),
    )


def _room_seen(room: dict[str, Any]) -> list[IncomingRoom]:
    id, rate = str(room.get("room_type_id") or ""), str(room.get("rate_plan_id") or "")
    return room_seen(id, room.get("checkin_date"), room.get("checkout_date"), f"{id}/{rate}" if id and rate else "")


def _source(told: dict[str, Any]) -> str:
    """Which OTA sold it, as people call it."""
    return OTA_NAMES.get(str(told.get("ota_name")), str(told.get("ota_name") or ""))[:50]


def _reference(told: dict[str, Any]) -> str:
    """Its number there."""
    return str(told.get("ota_reservation_code") or "").strip()[:100]


def _thanked(answer: httpx.Response) -> bool:
    """Whether it says so itself: a page of a gateway answers 200 too."""
    try:
        return "meta" in object_of(json_of(answer.text))
    except Unreadable:
        return False


def _rows(answer: httpx.Response) -> list[dict[str, Any]]:
    try:
        return objects_of(object_of(json_of(answer.text)).get("data"), "data")
    except Unreadable as no:
        raise Wait(PAUSE_SECONDS, f"the feed cannot be read: {no}") from no


def _received(row: dict[str, Any], link: Link) -> Received | None:
    told = row.get("attributes", row)
    told = told if isinstance(told, dict) else {}
    if told.get("property_id") not in (link.remote_property, None):
        return None
    revision = str(row.get("id") or told.get("id") or "")
    return Received(_booking(row), revision, json.dumps(row, default=str, ensure_ascii=False), receipt=revision)


def _booking(row: dict[str, Any]) -> str:
    """The same for all its revisions: "BDC-9996013801"."""
    told = row.get("attributes", row)
    told = told if isinstance(told, dict) else {}
    return str(told.get("unique_id") or told.get("booking_id") or "")[:100]


def _room(room: dict[str, Any], currency: str) -> IncomingRoom:
    arrival, departure = day_of(room.get("checkin_date"), "check-in"), day_of(room.get("checkout_date"), "check-out")
    nights = [arrival + timedelta(days=n) for n in range(max(0, (departure - arrival).days))]
    days = {day_of(day): minor_of(price, currency) for day, price in object_of(room.get("days") or {}, "days").items()}
    people = object_of(room.get("occupancy") or {}, "occupancy")
    adults = count_of(people.get("adults") or 1, "adults")
    room_id, rate_id = str(room.get("room_type_id") or ""), str(room.get("rate_plan_id") or "")
    return IncomingRoom(
        remote_room=room_id,
        remote_rate=f"{room_id}/{rate_id}" if room_id and rate_id else "",
        arrival=arrival,
        departure=departure,
        adults=max(1, adults),
        children_ages=_ages(people),
        prices=tuple(days[night] for night in nights if night in days),
        total=minor_of(room["amount"], currency) if room.get("amount") is not None else None,
        guest=_first_guest(room),
    )


def _ages(people: dict[str, Any]) -> tuple[int | None, ...]:
    """Infants are children below two whose age is not told."""
    count = count_of(people.get("children") or 0, "children") + count_of(people.get("infants") or 0, "infants")
    told = people.get("ages") if isinstance(people.get("ages"), list) else []
    ages = [count_of(age, "an age") for age in told or ()][:count]
    return (*(age if age <= 17 else None for age in ages), *[None] * (count - len(ages)))


def _first_guest(room: dict[str, Any]) -> str:
    guests = objects_of(room.get("guests"), "guests")
    return " ".join(filter(None, (str(guests[0].get(part) or "") for part in ("name", "surname")))) if guests else ""


def _guest(customer: dict[str, Any]) -> GuestDetails:
    def told(name: str, most: int) -> str:
        return str(customer.get(name) or "").replace("\x00", "").strip()[:most]

    return GuestDetails(
        last_name=told("surname", 100) or told("name", 100) or "?",
        first_name=told("name", 100) if told("surname", 100) else "",
        email=told("mail", 254),
        phone=told("phone", 40),
        country=told("country", 2).upper(),
        language=told("language", 2).lower(),
    )


def _card(guarantee: Any, currency: str) -> Card | None:
    """What is left of a card without its number."""
    if not isinstance(guarantee, dict):
        return None
    meta = object_of(guarantee.get("meta") or {}, "meta")
    balance = meta.get("virtual_card_current_balance")
    places = count_of(meta.get("virtual_card_decimal_places") or exponent(currency), "decimal places", 9)
    active = meta.get("virtual_card_effective_date")
    return Card(
        token=str(guarantee.get("token") or ""),
        virtual=bool(guarantee.get("is_virtual")),
        balance=minor_of(f"{balance}e-{places}", currency) if balance is not None else None,
        active_from=day_of(active) if active else None,
        expires=str(guarantee.get("expiration_date") or ""),
    )


def _extras(told: dict[str, Any], currency: str) -> Iterator[Extra]:
    for service in objects_of(told.get("services"), "services"):
        yield Extra(str(service.get("name") or service.get("type") or ""), minor_of(service.get("total_price") or 0, currency))
    for room in objects_of(told.get("rooms"), "rooms"):
        for tax in objects_of(room.get("taxes"), "taxes"):
            amount = minor_of(tax.get("total_price") or 0, currency)
            yield Extra(str(tax.get("name") or tax.get("type") or ""), amount, bool(tax.get("is_inclusive")))
