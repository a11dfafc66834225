"""Channex, the aggregator through which a property can open without a certification of its own.

From Channex' own documents: availability and restrictions are two calls; dates include both ends; prices are whole minor units;
an answer of 200 may have applied nothing, its `warnings` say so and repeat what was sent; after any error pause for a minute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import httpx

from pms.channels.adapter import Link, Message, Refused, Stop, Wait
from pms.channels.changes import Change
from pms.settings import settings

ENTRIES_MOST = 5_000
"""Entries a message, well below the limit of 10 MB."""
PAUSE_SECONDS = 60.0
NAMES = {
    "rooms": "availability",
    "price": "rate",
    "min_stay": "min_stay_through",
    "min_stay_arrival": "min_stay_arrival",
    "max_stay": "max_stay",
    "closed": "stop_sell",
    "closed_arrival": "closed_to_arrival",
    "closed_departure": "closed_to_departure",
}
SWITCHES = frozenset({"closed", "closed_arrival", "closed_departure"})


class Channex:
    """See `pms.channels.adapter.Adapter`."""

    knows = frozenset(NAMES)

    def messages(self, link: Link, changes: Sequence[Change]) -> list[Message]:
        """Availability first: it is what stops a room from being sold twice."""
        rooms = [change for change in changes if "rooms" in change.values]
        rates = [change for change in changes if "rooms" not in change.values]
        return [
            *_messages(link, "/availability", "room_type_id", rooms),
            *_messages(link, "/restrictions", "rate_plan_id", rates),
        ]

    def send(self, http: httpx.Client, link: Link, message: Message) -> dict[int, str]:
        """Send one; see `Adapter.send`."""
        address = settings().channex_url + message.path
        try:
            answer = http.post(address, json=message.body, headers={"user-api-key": link.credentials.get("api_key", "")})
        except httpx.TransportError as error:
            raise Wait(PAUSE_SECONDS, f"{type(error).__name__}: {error}") from error
        if answer.status_code in (400, 422):
            raise Refused(answer.text[:500])
        if answer.status_code in (401, 403, 404):
            raise Stop(answer.text[:500] or str(answer.status_code))
        if answer.status_code != 200:
            raise Wait(_pause(answer), f"{answer.status_code} {answer.text[:200]}")
        return _refused(message, answer)


def _messages(link: Link, path: str, key: str, changes: Sequence[Change]) -> Iterator[Message]:
    for start in range(0, len(changes), ENTRIES_MOST):
        some = tuple(changes[start : start + ENTRIES_MOST])
        yield Message(path, {"values": [_entry(link, key, change) for change in some]}, some)


def _entry(link: Link, key: str, change: Change) -> dict[str, Any]:
    values = {NAMES[name]: bool(value) if name in SWITCHES else value for name, value in change.values.items()}
    return {
        "property_id": link.remote_property,
        key: link.remote_ids[change.product_id],
        "date_from": change.first.isoformat(),
        "date_to": change.last.isoformat(),
        **values,
    }


def _pause(answer: httpx.Response) -> float:
    told = answer.headers.get("retry-after", "")
    return max(1.0, float(told)) if told.isdigit() else PAUSE_SECONDS


def _refused(message: Message, answer: httpx.Response) -> dict[int, str]:
    """The entries that warnings name. A warning that fits none of them refuses all: better sent again than thought sold."""
    try:
        warnings = (answer.json().get("meta") or {}).get("warnings") or []
    except (ValueError, AttributeError) as error:
        raise Wait(PAUSE_SECONDS, "the answer is no JSON object") from error
    places = {_where(entry): place for place, entry in enumerate(message.body["values"])}
    refused: dict[int, str] = {}
    for warning in warnings:
        words = str(warning.get("warning", warning))[:500]
        place = places.get(_where(warning))
        refused |= {place: words} if place is not None else dict.fromkeys(places.values(), words)
    return refused


def _where(entry: dict[str, Any]) -> tuple[str, str, str, bool]:
    """What an entry is about, however the echo is written."""
    first = str(entry.get("date_from") or entry.get("date") or date.min)
    last = str(entry.get("date_to") or entry.get("date") or date.min)
    return str(entry.get("rate_plan_id") or entry.get("room_type_id")), first, last, "rate" in entry
