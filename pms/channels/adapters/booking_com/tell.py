"""Rooms, prices and restrictions to Booking.com: one property and one calendar month a message, both ends of a range included.

A room and a rate are closed by two switches there. Ours is the rate's. A room without anything left has a limit of nought; its
own switch is left to people in the extranet, whose closing we would otherwise undo.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from uuid import UUID
from xml.sax.saxutils import quoteattr

import httpx

from pms.channels.adapter import Link, Message, Wait
from pms.channels.adapters.booking_com.facts import (
    AMOUNT,
    ARRIVAL_BASED,
    AVAILABILITY_PATH,
    ENTRIES_MOST,
    KINDS,
    OTA,
    PRICES_PATH,
    ROOMS_MOST,
    STAYS,
    SWITCHES,
    VERSION,
)
from pms.channels.adapters.booking_com.talk import call, errors, refuse_errors, said, words
from pms.channels.changes import Change, Values
from pms.kernel.money import exponent


def messages(link: Link, changes: Sequence[Change]) -> list[Message]:
    """What closes rooms comes first: rooms and restrictions month by month, then prices. A kind of restriction is a change of its
    own, so that one which is refused holds up no other.
    """
    parts = [part for change in changes for month in _by_month(change) for part in _by_kind(month)]
    prices = [part for part in parts if _is_price(part)]
    others = sorted((part for part in parts if not _is_price(part)), key=_rank)
    return [*_messages(link, AVAILABILITY_PATH, others), *_messages(link, PRICES_PATH, prices)]


def send(http: httpx.Client, link: Link, message: Message) -> dict[int, str]:
    """Send one; see `Adapter.send`. Errors beside a Success refuse the entries they name; without one, nothing is sure."""
    if not message.body:
        return {}
    answer = call(http, link, "POST", message.path, headers=VERSION, content=_wrapped(link, message).encode())
    root = said(answer)
    success = root.find("Success") is not None
    found = list(errors(root))
    places = {str(place): place - 1 for place in range(1, len(message.changes) + 1)}
    if success and all(locator in places for locator, _, _ in found):
        return {places[locator]: words(text, answer) for locator, _, text in found}
    refuse_errors(root, answer)
    raise Wait(None, words(f"the answer says neither Success nor Error: {answer.text[:200]}", answer))


def as_told(link: Link, product_id: UUID, values: Values) -> Values:
    """See `Adapter.as_told`."""
    return {**values, "rooms": _limit(values["rooms"])} if "rooms" in values else values


def _limit(rooms: int) -> int:
    return max(0, min(ROOMS_MOST, rooms))


def _messages(link: Link, path: str, parts: Sequence[Change]) -> Iterator[Message]:
    ordered = sorted(parts, key=_month)
    for _, month in groupby(ordered, key=_month):
        entries = list(month)
        for start in range(0, len(entries), ENTRIES_MOST):
            some = tuple(entries[start : start + ENTRIES_MOST])
            entry = _prices if path == PRICES_PATH else _availability
            yield Message(path, "".join(entry(link, change, place) for place, change in enumerate(some, 1)), some)


def _month(change: Change) -> date:
    return change.first.replace(day=1)


def _by_month(change: Change) -> Iterator[Change]:
    """The same, cut where a month ends."""
    first = change.first
    while first <= change.last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield Change(change.product_id, first, min(change.last, following - timedelta(days=1)), change.values)
        first = following


def _by_kind(change: Change) -> Iterator[Change]:
    for names in (*KINDS, [name for name in change.values if name.startswith("price")]):
        values = {name: change.values[name] for name in names if name in change.values}
        if values:
            yield Change(change.product_id, change.first, change.last, values)


def _is_price(change: Change) -> bool:
    return any(name.startswith("price") for name in change.values)


def _rank(change: Change) -> int:
    return next(rank for rank, names in enumerate(KINDS) if any(name in change.values for name in names))


def _availability(link: Link, change: Change, place: int) -> str:
    """One of a kind: what is not said stays as it is there."""
    where, values = _where(link, change), change.values
    if "rooms" in values:
        return f'<AvailStatusMessage BookingLimit="{_limit(values["rooms"])}" LocatorID="{place}">{where}</AvailStatusMessage>'
    lengths = [
        f'<LengthOfStay Time="{values[name]}" MinMaxMessageType="{kind}"/>' for name, (kind, _) in STAYS.items() if name in values
    ]
    if lengths:
        based = f' {ARRIVAL_BASED}="1"' if any(STAYS[name][1] for name in values) else ""
        inner = f"<LengthsOfStay{based}>{''.join(lengths)}</LengthsOfStay>"
    else:
        ((name, shut),) = values.items()
        kind = f' Restriction="{SWITCHES[name]}"' if SWITCHES[name] else ""
        inner = f'<RestrictionStatus Status="{"Close" if shut else "Open"}"{kind}/>'
    return f'<AvailStatusMessage LocatorID="{place}">{where}{inner}</AvailStatusMessage>'


def _prices(link: Link, change: Change, place: int) -> str:
    """All prices of a night together; none where the property's pricing has no place for what changed."""
    currency, places = link.currency, exponent(link.currency)
    amounts = "".join(
        f'<BaseByGuestAmt {AMOUNT}="{amount}" DecimalPlaces="{places}" CurrencyCode="{currency}"{guests}/>'
        for guests, amount in _amounts(link, change).items()
    )
    if not amounts:
        return ""
    rates = f"<Rates><Rate><BaseByGuestAmts>{amounts}</BaseByGuestAmts></Rate></Rates>"
    return f'<RateAmountMessage LocatorID="{place}">{_where(link, change)}{rates}</RateAmountMessage>'


def _amounts(link: Link, change: Change) -> Mapping[str, int]:
    """Attribute for the number of guests -> minor units: the room and its single use, or (occupancy pricing) each party."""
    values = change.values
    parties = {int(name[6:]): amount for name, amount in values.items() if name.startswith("price_")}
    if not by_guests(link.credentials):
        room = {"": values["price"]} if "price" in values else {}
        return room | {f' NumberOfGuests="{n}"': amount for n, amount in parties.items() if n == 1}
    if "price" in values:
        parties.setdefault(link.sleeps.get(change.product_id, (2, 2, 2))[0], values["price"])
    return {f' NumberOfGuests="{n}"': amount for n, amount in sorted(parties.items())}


def by_guests(credentials: Mapping[str, str]) -> bool:
    """Whether each number of guests has its price; else the room has one, and another for single use."""
    return credentials.get("pricing") == "occupancy"


def _where(link: Link, change: Change) -> str:
    room, _, rate = link.remote_ids[change.product_id].partition("/")
    plan = f" RatePlanCode={quoteattr(rate)}" if rate else ""
    span = f'Start="{change.first.isoformat()}" End="{change.last.isoformat()}"'
    return f"<StatusApplicationControl {span} InvTypeCode={quoteattr(room)}{plan}/>"


def _wrapped(link: Link, message: Message) -> str:
    target = "Test" if link.credentials.get("target", "").lower() == "test" else "Production"
    about = f'xmlns="{OTA}" TimeStamp="{stamp()}" Target="{target}"'
    if message.path == PRICES_PATH:
        inner = f"<RateAmountMessages>{message.body}</RateAmountMessages>"
        return f'<OTA_HotelRateAmountNotifRQ {about} Version="3.000">{inner}</OTA_HotelRateAmountNotifRQ>'
    inner = f"<AvailStatusMessages>{message.body}</AvailStatusMessages>"
    return f'<OTA_HotelAvailNotifRQ {about} Version="1.005">{inner}</OTA_HotelAvailNotifRQ>'


def stamp() -> str:
    """Now, as their messages carry it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
