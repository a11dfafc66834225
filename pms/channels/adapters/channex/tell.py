"""Rooms, prices and restrictions to Channex: two calls, both ends of a range included, prices in minor units.

An answer of 200 may have applied nothing: its `warnings` say so and repeat what was sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import httpx

from pms.channels.adapter import Link, Message, Refused, Stop, Wait
from pms.channels.adapters.channex.facts import ENTRIES_MOST, GUESTS_MOST, KEY_HEADER, NAMES, PAUSE_SECONDS, PER_PERSON, SWITCHES
from pms.channels.changes import Change, is_price
from pms.channels.wire import WORDS_MOST, ask, words_of


def messages(link: Link, changes: Sequence[Change]) -> list[Message]:
    """Rooms first: they are what stops a room from being sold twice."""
    rooms = [change for change in changes if "rooms" in change.values]
    rates = [change for change in changes if "rooms" not in change.values]
    return [*_messages(link, "/availability", "room_type_id", rooms), *_messages(link, "/restrictions", "rate_plan_id", rates)]


def send(http: httpx.Client, link: Link, message: Message) -> dict[int, str]:
    """Send one; see `Adapter.send`."""
    if not message.body["values"]:
        return {}
    answer = call(http, link, "POST", message.path, json=message.body)
    if answer.status_code in (400, 422):
        raise Refused(words_of(answer))
    if answer.status_code == 404:
        raise Stop(words_of(answer))
    if answer.status_code != 200:
        raise Wait(PAUSE_SECONDS, words_of(answer))
    return _refused(message, answer)


def call(http: httpx.Client, link: Link, method: str, path: str, **how: Any) -> httpx.Response:
    """One call as this property; after any error Channex wants a minute of peace."""
    try:
        return ask(http, method, link.host + path, headers={KEY_HEADER: link.credentials.get("api_key", "")}, **how)
    except Wait as later:
        raise Wait(later.seconds or PAUSE_SECONDS, str(later)) from later


def _messages(link: Link, path: str, key: str, changes: Sequence[Change]) -> Iterator[Message]:
    for start in range(0, len(changes), ENTRIES_MOST):
        some = tuple(changes[start : start + ENTRIES_MOST])
        entries = [(change, _values(link, change)) for change in some]
        said, silent = [one for one in entries if one[1]], [change for change, values in entries if not values]
        body = {"values": [_entry(link, key, change, values) for change, values in said]}
        yield Message(path, body, (*(change for change, _ in said), *silent))


def by_guests(credentials: Mapping[str, str]) -> bool:
    """Whether the property's rate plans have a price for each number of guests; else there is one."""
    return credentials.get("pricing") == PER_PERSON


def _values(link: Link, change: Change) -> dict[str, Any]:
    """In Channex' words; nothing where a plan with one price has no place for what changed."""
    prices = {name: value for name, value in change.values.items() if is_price(name)}
    if not prices:
        return {NAMES[name]: bool(value) if name in SWITCHES else value for name, value in change.values.items()}
    if not by_guests(link.credentials):
        return {"rate": prices["price"]} if "price" in prices else {}
    guests = {int(name[6:]): value for name, value in prices.items() if name != "price"}
    if "price" in prices:
        guests.setdefault(link.sleeps.get(change.product_id, (2, 2, 2))[0], prices["price"])
    return {"rates": [{"occupancy": n, "rate": amount} for n, amount in sorted(guests.items()) if n <= GUESTS_MOST]}


def _entry(link: Link, key: str, change: Change, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "property_id": link.remote_property,
        key: link.remote_ids[change.product_id].rpartition("/")[2],
        "date_from": change.first.isoformat(),
        "date_to": change.last.isoformat(),
        **values,
    }


def _refused(message: Message, answer: httpx.Response) -> dict[int, str]:
    """The entries that warnings name. A warning that fits none of them refuses all: better sent again than thought sold."""
    try:
        warnings = (answer.json().get("meta") or {}).get("warnings") or []
    except (ValueError, AttributeError) as error:
        raise Wait(PAUSE_SECONDS, "the answer is no JSON object") from error
    places = {_where(entry): place for place, entry in enumerate(message.body["values"])}
    refused: dict[int, str] = {}
    for warning in warnings:
        told = warning if isinstance(warning, dict) else {"warning": warning}
        words, place = _said(told.get("warning", told)), places.get(_where(told))
        refused |= {place: words} if place is not None else dict.fromkeys(places.values(), words)
    return refused


def _said(warning: Any) -> str:
    """{"rate": ["must be greater than 0"]} as people read it: "rate: must be greater than 0"."""
    if isinstance(warning, dict):
        return "; ".join(f"{field}: {_said(words)}" for field, words in warning.items())[:WORDS_MOST]
    return (", ".join(map(str, warning)) if isinstance(warning, list) else str(warning))[:WORDS_MOST]


def _where(entry: dict[str, Any]) -> tuple[str, str, str, bool]:
    """What an entry is about, however the echo is written."""
    first = str(entry.get("date_from") or entry.get("date") or date.min)
    last = str(entry.get("date_to") or entry.get("date") or date.min)
    return str(entry.get("rate_plan_id") or entry.get("room_type_id")), first, last, "rate" in entry or "rates" in entry
