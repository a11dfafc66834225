"""Reservations of Airbnb: fetched, or out of what it posts. One listing each; the channel collects, there is no card."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import httpx

from pms.channels.adapter import Link, Received, Unreadable
from pms.channels.adapters.airbnb.facts import (
    ACTIONS,
    DAYS_AHEAD,
    DAYS_BACK,
    NIGHTS_OF_A_STAY_MOST,
    RATE,
    SETTLED,
    STATUSES,
)
from pms.channels.adapters.airbnb.house import pages
from pms.channels.glimpse import either, room_seen, seen
from pms.channels.incoming import Extra, Incoming, IncomingRoom, Status
from pms.channels.wire import count_of, day_of, hashed, instant_of, json_of, minor_of, object_of, objects_of, order_of
from pms.reservations.guests import GuestDetails

_IDS = re.compile(r'("\w*id(?:_str)?"\s*:\s*)(?:"(\d)(\d{11,})"|(\d)(\d{11,})(?=\s*[,}\]]))')
_PHONES = re.compile(r'"guest_phone_numbers"\s*:\s*\[[^\]]*\]')
_LONG = re.compile(r'"(\+?)(\d)(\d{11,})"')


def fetch(http: httpx.Client, link: Link) -> list[Received]:
    """All reservations of the host as they are now: Airbnb knows no acknowledging, and what we have already is known by its
    revision.
    """
    today = datetime.now(UTC).date()
    params = {
        "host_id": link.remote_property,
        "all_status": "true",
        "start_date": (today - timedelta(days=DAYS_BACK)).isoformat(),
        "end_date": (today + timedelta(days=DAYS_AHEAD)).isoformat(),
    }
    rows = pages(http, link, "/reservations", "reservations", params)
    return [
        Received(code_of(row), revision_of(row), plain_ids(json.dumps({"reservation": row}, default=str)))
        for row in rows
        if row.get("status_type") in SETTLED
    ]


def read(link: Link, text: str) -> Incoming:
    """A notification, a question, or a fetched reservation. A question names no currency: it is the property's."""
    whole = object_of(json_of(text))
    told = object_of(whole.get("reservation", whole), "the reservation")
    status = _status(str(whole.get("action") or ""), str(told.get("status_type") or ""))
    question = str(whole.get("action") or "").startswith("check_")
    currency = str(told.get("host_currency") or link.currency)
    extras = tuple(_extras(told, currency))
    base = _amount(told, "listing_base_price", currency)
    return Incoming(
        booking=code_of(told),
        revision=hashed(text) if question else revision_of(told),
        order="" if question else order_of(told.get("updated_at")),
        status=cast(Status, status),
        rooms=[_room(link, told, base)],
        guest=_guest(told),
        currency=currency,
        total=_due(told, currency) if status == "cancelled" else _sum(base, extras),
        commission=_fee(told, currency, cancelled=status == "cancelled"),
        collect="channel",
        extras=extras,
        notes=_notes(whole, told),
        booked_at=instant_of(told.get("booked_at") or told.get("created_at")),
    )


def glimpse(link: Link, text: str) -> Incoming:
    """A reservation that cannot be read, by its listing and dates; nothing is held for a question."""
    whole = object_of(json_of(text))
    told = object_of(whole.get("reservation", whole), "the reservation")
    action = str(whole.get("action") or "")
    status = either("modified", _status, action, str(told.get("status_type") or ""))
    asked = status == "asked" or action.startswith("check_")
    arrival, departure = either((told.get("start_date"), told.get("end_date")), _dates, told)
    listing, rate = _listing(link, told)
    return seen(
        link,
        code_of(told),
        [] if asked else room_seen(listing, arrival, departure, rate, code_of(told)),
        "cancelled" if status == "cancelled" else "modified",
        either("", order_of, told.get("updated_at")),
        _guest(told),
    )


def code_of(told: Mapping[str, Any]) -> str:
    """The confirmation code: the same in all revisions, and what guests and Airbnb name."""
    return line(told.get("confirmation_code"), 100)


def revision_of(told: Mapping[str, Any]) -> str:
    """The same for a reservation that was notified and then fetched."""
    when, status = line(told.get("updated_at"), 60), line(told.get("status_type"), 40)
    return f"{when} {status}" if when else hashed(json.dumps(told, default=str, sort_keys=True))


def plain_ids(text: str) -> str:
    """The same JSON, with ids and telephone numbers written so that nobody takes them for a card's number and hides it."""
    text = _PHONES.sub(lambda found: _LONG.sub(r'"\1\\u003\2\3"', found[0]), text)
    return _IDS.sub(lambda found: f'{found[1]}"\\u003{found[2] or found[4]}{found[3] or found[5]}"', text)


def line(value: Any, most: int) -> str:
    """A text as a database can keep it: without NUL and halves of characters."""
    return str(value or "").replace("\x00", "").encode(errors="ignore").decode().strip()[:most]


def _status(action: str, status_type: str) -> str:
    """What is cancelled is so, whichever of the two says it: notifications come late."""
    said = [found for found in (ACTIONS.get(action), STATUSES.get(status_type)) if found]
    if not said:
        raise Unreadable(f"neither action nor status is known: {action[:40]!r}, {status_type[:40]!r}")
    return "cancelled" if "cancelled" in said else said[0]


def _room(link: Link, told: Mapping[str, Any], base: int | None) -> IncomingRoom:
    listing, rate = _listing(link, told)
    arrival, departure = _dates(told)
    people = object_of(told.get("guest_details") or {}, "guest_details")
    adults = count_of(people.get("number_of_adults") or told.get("number_of_guests") or 1, "adults")
    children = sum(count_of(people.get(f"number_of_{kind}") or 0, kind) for kind in ("children", "infants"))
    return IncomingRoom(
        remote_room=listing,
        remote_rate=rate,
        arrival=arrival,
        departure=departure,
        key=code_of(told),
        adults=max(1, adults),
        children_ages=(None,) * children,
        total=base,
    )


def _listing(link: Link, told: Mapping[str, Any]) -> tuple[str, str]:
    """A listing and its one rate, under whatever name it was mapped."""
    listing = line(told.get("listing_id_str") or told.get("listing_id"), 100)
    rate = next((id for id in link.remote_ids.values() if id.startswith(f"{listing}/")), f"{listing}/{RATE}")
    return listing, rate if listing else ""


def _dates(told: Mapping[str, Any]) -> tuple[date, date]:
    """By `nights`: an `end_date` that does not fit them has been seen."""
    arrival = day_of(told.get("start_date") or told.get("check_in_datetime"), "start_date")
    if told.get("nights") is None:
        return arrival, day_of(told.get("end_date") or told.get("check_out_datetime"), "end_date")
    nights = count_of(told["nights"], "nights", NIGHTS_OF_A_STAY_MOST)
    try:
        return arrival, arrival + timedelta(days=nights)
    except OverflowError as error:
        raise Unreadable("a stay at the end of the calendar") from error


def _guest(told: Mapping[str, Any]) -> GuestDetails:
    first, last = line(told.get("guest_first_name"), 100), line(told.get("guest_last_name"), 100)
    phones = told.get("guest_phone_numbers")
    return GuestDetails(
        last_name=last or first or "?",
        first_name=first if last else "",
        email=line(told.get("guest_email"), 254),
        phone=line(phones[0], 40) if isinstance(phones, list) and phones else "",
        language=line(told.get("guest_preferred_locale"), 2).lower(),
    )


def _amount(told: Mapping[str, Any], name: str, currency: str) -> int | None:
    """The exact text where there is one: the number beside it is rounded to whole units."""
    value = told.get(f"{name}_accurate", told.get(name))
    return None if value in (None, "") else minor_of(value, currency, name)


def _extras(told: Mapping[str, Any], currency: str) -> Iterator[Extra]:
    """What Airbnb passes on to the host beside the nights; taxes that it pays to the state itself are none of ours."""
    if cleaning := _amount(told, "listing_cleaning_fee", currency):
        yield Extra("Cleaning fee", cleaning)
    for fee in objects_of(told.get("standard_fees_details"), "standard_fees_details"):
        kind = line(fee.get("fee_type"), 80).removeprefix("PASS_THROUGH_").replace("_", " ").capitalize()
        yield Extra(kind, minor_of(fee.get("amount_native") or 0, currency, "a fee"))
    taxes = ("pass_through_tax_amount_paid_to_host", "pass_through_tax_expected_amount", "occupancy_tax_amount_paid_to_host")
    if tax := next(filter(None, (_amount(told, name, currency) for name in taxes)), None):
        yield Extra("Occupancy tax", tax)


def _sum(base: int | None, extras: tuple[Extra, ...]) -> int | None:
    """`total_paid_amount` is what was paid out until now, and no total."""
    return None if base is None else base + sum(extra.amount for extra in extras)


def _due(told: Mapping[str, Any], currency: str) -> int | None:
    """What a guest who cancelled owes the property, before Airbnb's part."""
    payout = _amount(told, "listing_cancellation_payout", currency)
    return None if payout is None else payout + (_amount(told, "listing_cancellation_host_fee", currency) or 0)


def _fee(told: Mapping[str, Any], currency: str, cancelled: bool) -> int | None:
    if cancelled:
        return _amount(told, "listing_cancellation_host_fee", currency)
    base, vat = _amount(told, "host_fee_base", currency), _amount(told, "host_fee_vat", currency)
    return _amount(told, "listing_host_fee", currency) if base is None else base + (vat or 0)


def _notes(whole: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    said = (whole.get("message_to_host") or told.get("message_to_host"), told.get("guest_note"), told.get("special_requests"))
    return "\n".join(filter(None, (line(one, 1300) for one in said)))
