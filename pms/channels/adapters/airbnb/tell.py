"""Rooms, prices and restrictions to Airbnb: one call a listing, whatever is told of it, both ends of a range included.

Airbnb has one switch for "no rooms left" and "closed": a night is opened only when neither holds. Which of them does is written
in the night's note and read back before it is changed, because a change tells only what is new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import httpx

from pms.channels.adapter import Link, Message, Refused, Unreadable, Wait
from pms.channels.adapters.airbnb.calls import call
from pms.channels.adapters.airbnb.facts import (
    CALENDAR_PATH,
    CLOSED,
    COUNT_MOST,
    FULL,
    NIGHTS_MOST,
    NOTE,
    OPEN,
    PAUSE_SECONDS,
    PRICE_CURRENCY,
    PRICE_LEAST,
    PRICE_MOST,
    STAYS,
    SWITCHES,
)
from pms.channels.changes import Change, Values
from pms.channels.wire import object_of, objects_of
from pms.kernel.money import exponent, to_decimal

Operation = dict[str, Any]
"""What is set for a night, in Airbnb's words."""


def messages(link: Link, changes: Sequence[Change]) -> list[Message]:
    """One for each listing and 731 nights of it; those that block nights first."""
    by_listing: dict[str, list[Change]] = {}
    for change in sorted(changes, key=lambda change: "rooms" not in change.values):
        by_listing.setdefault(listing_of(link, change), []).extend(_pieces(change))
    found = [Message(CALENDAR_PATH, listing, some) for listing, told in by_listing.items() for some in _parts(told)]
    return sorted(found, key=lambda message: not any(change.values.get("rooms") == 0 for change in message.changes))


def send(http: httpx.Client, link: Link, message: Message) -> dict[int, str]:
    """Send one; see `Adapter.send`. A listing that Airbnb does not know refuses all that is said about it."""
    listing: str = message.body
    nights = [night for change in message.changes for _, night in change.cells]
    try:
        currency, days = calendar(http, link, listing, min(nights), max(nights))
    except Refused as no:
        return dict.fromkeys(range(len(message.changes)), str(no))
    refused = dict(_prices_refused(link, message, currency))
    told: dict[date, Operation] = {}
    for place, change in enumerate(message.changes):
        for _, night in change.cells if place not in refused else ():
            told.setdefault(night, {}).update(_operation(link, listing, change, days.get(night, {}), told.get(night, {})))
    if told:
        _post(http, link, listing, told)
    return refused


def as_told(link: Link, product_id: UUID, values: Values) -> Values:
    """See `Adapter.as_told`. A listing of one unit shows one room where it is open."""
    found = dict(values)
    if "price" in values:
        found["price"] = _whole(values["price"], link.currency) * 10 ** exponent(link.currency)
    if "rooms" in values:
        counts = link.remote_ids[product_id] in several_units(link)
        found["rooms"] = min(values["rooms"], COUNT_MOST if counts else 1)
    return found


def calendar(http: httpx.Client, link: Link, listing: str, first: date, last: date) -> tuple[str, dict[date, dict[str, Any]]]:
    """The listing's currency, and what is set there for the nights from first to last. Raises `Refused` for a listing that is
    not there.
    """
    status, body, words = call(http, link, "GET", f"/calendars/{listing}/{first}/{last}")
    if status in (400, 404):
        raise Refused(words)
    try:
        found = object_of(body.get("calendar"), "the calendar")
        days = {date.fromisoformat(str(day.get("date"))): day for day in objects_of(found.get("days"), "days")}
    except (Unreadable, ValueError) as no:
        raise Wait(PAUSE_SECONDS, f"the calendar cannot be read: {no}") from no
    return str(found.get("listing_currency") or ""), days


def listing_of(link: Link, change: Change) -> str:
    """The listing a change is about: the room, in a remote id of either kind."""
    return link.remote_ids[change.product_id].partition("/")[0]


def several_units(link: Link) -> set[str]:
    """The listings that count their rooms."""
    return set(link.credentials.get("room_type_listings", "").replace(",", " ").split())


def reasons(note: Any) -> set[str]:
    """Why we blocked the night: none for a note that is not ours."""
    text = str(note or "")
    return set(text.removeprefix(NOTE).split(", ")) & {FULL, CLOSED} if text.startswith(NOTE) else set()


def _pieces(change: Change) -> Iterator[Change]:
    first = change.first
    while first <= change.last:
        last = min(change.last, first + timedelta(days=NIGHTS_MOST - 1))
        yield Change(change.product_id, first, last, change.values)
        first = last + timedelta(days=1)


def _parts(changes: Sequence[Change]) -> Iterator[tuple[Change, ...]]:
    part: list[Change] = []
    nights: set[date] = set()
    for change in changes:
        more = {night for _, night in change.cells}
        if part and len(nights | more) > NIGHTS_MOST:
            yield tuple(part)
            part, nights = [], set()
        part.append(change)
        nights |= more
    yield tuple(part)


def _prices_refused(link: Link, message: Message, currency: str) -> Iterator[tuple[int, str]]:
    """What Airbnb would refuse, and with it the whole call; or would take in a currency that is not ours."""
    for place, change in enumerate(message.changes):
        if "price" not in change.values:
            continue
        if currency and currency != link.currency:
            yield place, f"listing_currency: {currency}, not {link.currency}"
        elif link.currency == PRICE_CURRENCY and not PRICE_LEAST <= _whole(change.values["price"], currency) <= PRICE_MOST:
            yield place, f"daily_price: {PRICE_LEAST} - {PRICE_MOST}"


def _operation(link: Link, listing: str, change: Change, day: Mapping[str, Any], told: Operation) -> Operation:
    values, found = change.values, Operation()
    if "price" in values:
        found["daily_price"] = _whole(values["price"], link.currency)
    for ours, theirs in STAYS.items():
        if ours in values:
            found[theirs] = values[ours] or None
    for ours, theirs in SWITCHES.items():
        if ours in values:
            found[theirs] = bool(values[ours])
    if "rooms" in values and listing in several_units(link):
        found["available_count"] = min(values["rooms"], COUNT_MOST)
    if "rooms" in values or "closed" in values:
        found |= _blocked(change, told.get("notes", day.get("notes")))
    return found


def _blocked(change: Change, note: Any) -> Operation:
    why = reasons(note)
    for reason, holds in ((FULL, change.values.get("rooms", 1) == 0), (CLOSED, change.values.get("closed", 0) == 1)):
        if holds:
            why |= {reason}
        elif ("rooms" if reason == FULL else "closed") in change.values:
            why -= {reason}
    if why:
        return {"availability": "unavailable", "notes": NOTE + ", ".join(sorted(why))}
    return {"availability": OPEN} | ({"notes": ""} if str(note or "").startswith(NOTE) else {})


def _post(http: httpx.Client, link: Link, listing: str, told: Mapping[date, Operation]) -> None:
    body = {"listing_id": int(listing) if listing.isdecimal() else listing, "operations": _operations(told)}
    status, answer, words = call(http, link, "POST", CALENDAR_PATH, json=body)
    if status >= 400:
        raise Refused(words)
    if answer.get("success") is not True and "calendar_operation" not in answer:
        raise Wait(PAUSE_SECONDS, f"not said to be taken: {words}")


def _operations(told: Mapping[date, Operation]) -> list[dict[str, Any]]:
    """Nights with the same news joined: one operation each, with as few dates as there are runs."""
    grouped: dict[str, tuple[Operation, list[list[date]]]] = {}
    for night in sorted(told):
        runs = grouped.setdefault(repr(sorted(told[night].items())), (told[night], []))[1]
        if runs and runs[-1][1] == night - timedelta(days=1):
            runs[-1][1] = night
        else:
            runs.append([night, night])
    return [{"dates": [_dates(*run) for run in runs], **operation} for operation, runs in grouped.values()]


def _dates(first: date, last: date) -> str:
    return f"{first}" if first == last else f"{first}:{last}"


def _whole(price: int, currency: str) -> int:
    """Airbnb has whole units only: 84.50 is 85."""
    return int(to_decimal(price, currency).quantize(Decimal(1), ROUND_HALF_UP))
