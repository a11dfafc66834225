"""What Channex has of the property: its products by name, and the calendar it shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from pms.channels.adapter import Link, RemoteProduct, Stop, Unreadable, Wait
from pms.channels.adapters.channex.facts import LIST_PAGE, NAMES, PAGES_MOST, PAUSE_SECONDS, PROPERTY_PATH
from pms.channels.adapters.channex.tell import by_guests, call
from pms.channels.changes import Cell, Values
from pms.channels.wire import day_of, json_of, minor_of, object_of, objects_of, words_of


def remote(http: httpx.Client, link: Link) -> Iterator[RemoteProduct]:
    """Room types, and the rate plans in them; a derived plan cannot be told prices."""
    for row in _list(http, link, "/room_types"):
        told = object_of(row.get("attributes", row))
        yield RemoteProduct(str(row.get("id")), str(told.get("title") or ""), int(told.get("occ_adults") or 0))
    for row in _list(http, link, "/rate_plans"):
        told = object_of(row.get("attributes", row))
        room = str(told.get("room_type_id") or _related(row))
        fixed = "" if told.get("rate_mode") in (None, "manual") else str(told["rate_mode"])
        yield RemoteProduct(f"{room}/{row.get('id')}", str(told.get("title") or ""), fixed=fixed)


def currency(http: httpx.Client, link: Link) -> str:
    """Of the property: a price is told as a bare number there, and would be taken in whatever it is."""
    answer = call(http, link, "GET", f"{PROPERTY_PATH}/{quote(link.remote_property, safe='')}")
    if answer.status_code == 404:
        raise Stop(words_of(answer))
    told = object_of(_read(answer).get("data") or {}, "the property")
    return str(object_of(told.get("attributes") or {}, "the property").get("currency") or "")


def shown(http: httpx.Client, link: Link, first: date, nights: int) -> dict[Cell, Values]:
    """The calendar there: what was sold meanwhile is gone from its rooms already."""
    span = {
        "filter[property_id]": link.remote_property,
        "filter[date][gte]": first.isoformat(),
        "filter[date][lte]": (first + timedelta(days=nights - 1)).isoformat(),
    }
    unread = {"rooms", "price"} if by_guests(link.credentials) else {"rooms"}  # how `rates` are read back is not documented
    names = {"filter[restrictions]": ",".join(theirs for ours, theirs in NAMES.items() if ours not in unread)}
    rooms, rates = _map(http, link, "/availability", span), _map(http, link, "/restrictions", span | names)
    found: dict[Cell, Values] = {}
    for product, id in link.remote_ids.items():
        for day, number in rooms.get(id, {}).items():
            found[product, day_of(day)] = {"rooms": int(number)}
        for day, values in rates.get(id.rpartition("/")[2], {}).items():
            found[product, day_of(day)] = _ours(values, link.currency)
    return found


def _ours(values: Mapping[str, Any], currency: str) -> dict[str, int]:
    told = {ours: values[theirs] for ours, theirs in NAMES.items() if values.get(theirs) is not None}
    return {name: minor_of(value, currency) if isinstance(value, str) else int(value) for name, value in told.items()}


def _list(http: httpx.Client, link: Link, path: str) -> Iterator[dict[str, Any]]:
    """All rows, page by page until one is not full."""
    for page in range(1, PAGES_MOST + 1):
        params = {"filter[property_id]": link.remote_property, "pagination[limit]": LIST_PAGE, "pagination[page]": page}
        rows = objects_of(_answered(http, link, path, params).get("data"), path)
        yield from rows
        if len(rows) < LIST_PAGE:
            return


def _map(http: httpx.Client, link: Link, path: str, params: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return object_of(_answered(http, link, path, params).get("data") or {}, path)


def _answered(http: httpx.Client, link: Link, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
    return _read(call(http, link, "GET", path, params=params))


def _read(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code != 200:
        raise Wait(PAUSE_SECONDS, words_of(answer))
    try:
        return object_of(json_of(answer.text))
    except Unreadable as no:
        raise Wait(PAUSE_SECONDS, str(no)) from no


def _related(row: Mapping[str, Any]) -> str:
    kinds = row.get("relationships") or {}
    return str(((kinds.get("room_type") or {}).get("data") or {}).get("id") or "")
