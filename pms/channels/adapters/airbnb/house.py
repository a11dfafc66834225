"""What Airbnb has of the host: the listings, and the calendar each of them shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from pms.channels.adapter import Link, Refused, RemoteProduct, Unreadable, Wait
from pms.channels.adapters.airbnb.calls import call
from pms.channels.adapters.airbnb.facts import CLOSED, LINKED, PAGE, PAGES_MOST, PAUSE_SECONDS, RATE, STAYS, SWITCHES
from pms.channels.adapters.airbnb.tell import calendar, reasons, several_units
from pms.channels.changes import Cell, Values
from pms.channels.wire import count_of, minor_of, object_of, objects_of


def remote(http: httpx.Client, link: Link) -> Iterator[RemoteProduct]:
    """Each listing twice, as a room and as the rate in it. One that is not linked to this app takes no calendar from us."""
    params = {"user_id": link.remote_property, "has_availability": "false"}
    for row in pages(http, link, "/listings", "listings", params):
        id, name, kind = str(row.get("id_str") or row.get("id")), str(row.get("name") or ""), row.get("synchronization_category")
        fixed = "" if kind in LINKED else str(kind or "unlinked")
        yield RemoteProduct(id, name, _sleeps(row))
        yield RemoteProduct(f"{id}/{RATE}", name, _sleeps(row), fixed)


def currency(http: httpx.Client, link: Link) -> str:
    """Of the first listing that tells its own."""
    today = datetime.now(ZoneInfo(link.timezone)).date()
    for listing in dict.fromkeys(one.remote_id.partition("/")[0] for one in remote(http, link)):
        try:
            found, _ = calendar(http, link, listing, today, today)
        except Refused:
            continue
        if found:
            return found
    return ""


def shown(http: httpx.Client, link: Link, first: date, nights: int) -> dict[Cell, Values]:
    """The calendars there. A listing of one unit shows 1 room where it is open, however many there are."""
    found: dict[Cell, Values] = {}
    for listing in {id.partition("/")[0] for id in link.remote_ids.values()}:
        try:
            currency, days = calendar(http, link, listing, first, first + timedelta(days=nights - 1))
        except Refused:
            continue
        for product, id in link.remote_ids.items():
            if id.partition("/")[0] == listing:
                counts = listing in several_units(link)
                of = _rate if "/" in id else _rooms
                found |= {(product, day): of(row, currency or link.currency, counts) for day, row in days.items()}
    return found


def pages(http: httpx.Client, link: Link, path: str, name: str, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """All rows of a list: by cursor, or by offset where there is no word of cursors (so it was until 2022)."""
    place: dict[str, Any] = {}
    for page in range(1, PAGES_MOST):
        status, body, words = call(http, link, "GET", path, params={**params, "_limit": PAGE, **place})
        try:
            rows = objects_of(body.get(name), name)
            paging = object_of(body.get("paging") or {}, "paging")
        except Unreadable as no:
            raise Wait(PAUSE_SECONDS, str(no)) from no
        if status >= 400 or name not in body:
            raise Wait(PAUSE_SECONDS, words)
        yield from rows
        cursor = paging.get("next_cursor")
        if not cursor and ("next_cursor" in paging or len(rows) < PAGE):
            return
        place = {"_cursor": cursor} if cursor else {"_offset": page * PAGE}


def _rooms(day: Mapping[str, Any], currency: str, counts: bool) -> dict[str, int]:
    blocked = day.get("availability") == "unavailable"
    if blocked and reasons(day.get("notes")) == {CLOSED}:
        return {}
    told = day.get("available_count")
    return {"rooms": 0 if blocked else _number(told) if counts and told is not None else 1}


def _rate(day: Mapping[str, Any], currency: str, counts: bool) -> dict[str, int]:
    found = {"closed": int(CLOSED in reasons(day.get("notes")) and day.get("availability") == "unavailable")}
    found |= {ours: int(bool(day.get(theirs))) for ours, theirs in SWITCHES.items() if theirs in day}
    found |= {ours: _number(day[theirs] or 0) for ours, theirs in STAYS.items() if theirs in day}
    try:
        return found | ({"price": minor_of(day["daily_price"], currency)} if day.get("daily_price") is not None else {})
    except Unreadable as no:
        raise Wait(PAUSE_SECONDS, str(no)) from no


def _sleeps(row: Mapping[str, Any]) -> int:
    told = row.get("person_capacity")
    return told if isinstance(told, int) else 0


def _number(value: Any) -> int:
    try:
        return count_of(value, "a number", 10_000)
    except Unreadable as no:
        raise Wait(PAUSE_SECONDS, str(no)) from no
