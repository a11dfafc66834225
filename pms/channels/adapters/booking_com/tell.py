"""Rooms, prices and restrictions to Booking.com: one property and one calendar month a message, both ends of a range included.

A room and a rate are closed by two switches there. Ours is the rate's. A room without anything left has a limit of nought; its
own switch is left to people in the extranet, whose closing we would otherwise undo.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, groupby
from xml.sax.saxutils import quoteattr

import httpx

from pms.channels.adapter import Link, Message, Wait
from pms.channels.adapters.booking_com.facts import (
    AMOUNT,
    ARRIVAL_BASED,
    AVAILABILITY_PATH,
    CHANGES_MOST,
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
    """What closes rooms comes first: rooms and restrictions month by month, then prices."""
    parts = [part for change in changes for part in _by_month(change)]
    prices = [part for part in parts if _is_price(part)]
    others = sorted((part for part in parts if not _is_price(part)), key=lambda part: "rooms" not in part.values)
    return [*_messages(link, AVAILABILITY_PATH, others), *_messages(link, PRICES_PATH, prices)]


def send(http: httpx.Client, link: Link, message: Message) -> dict[int, str]:
    """Send one; see `Adapter.send`. Errors beside a Success refuse the entries they name; without one, nothing is sure."""
    if not message.body:
        return {}
    answer = call(http, link, "POST", message.path, headers=VERSION, content=_wrapped(link, message).encode())
    root = said(answer)
    success = root.find("Success") is not None
    found = list(errors(root))
    places = [_place(entry) for entry, _, _ in found]
    if success and all(0 <= place < len(message.changes) for place in places):
        return {place: words(text, answer) for place, (_, _, text) in zip(places, found, strict=True)}
    refuse_errors(root, answer)
    raise Wait(None, words(f"the answer says neither Success nor Error: {answer.text[:200]}", answer))


def _messages(link: Link, path: str, parts: Sequence[Change]) -> Iterator[Message]:
    ordered = sorted(parts, key=lambda part: part.first.replace(day=1))
    for _, month in groupby(ordered, key=lambda part: part.first.replace(day=1)):
        entries = list(month)
        for start in range(0, len(entries), CHANGES_MOST):
            some = tuple(entries[start : start + CHANGES_MOST])
            entry = _prices if path == PRICES_PATH else _availability
            body = "".join(text for place, change in enumerate(some) for text in entry(link, change, count(10 * place + 10)))
            yield Message(path, body, some)


def _by_month(change: Change) -> Iterator[Change]:
    """The same, cut where a month ends."""
    first = change.first
    while first <= change.last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield Change(change.product_id, first, min(change.last, following - timedelta(days=1)), change.values)
        first = following


def _is_price(change: Change) -> bool:
    return any(name.startswith("price") for name in change.values)


def _place(locator: str) -> int:
    """Which change an entry is of: its LocatorID is ten times the change's, and a bit, as one change takes several entries."""
    return int(locator) // 10 - 1 if locator.isdecimal() and len(locator) < 9 else -1


def _availability(link: Link, change: Change, locators: Iterator[int]) -> Iterator[str]:
    """One message for each kind of thing: what is not said stays as it is there."""
    where, values = _where(link, change), change.values
    if "rooms" in values:
        limit = max(0, min(ROOMS_MOST, values["rooms"]))
        yield f'<AvailStatusMessage BookingLimit="{limit}" LocatorID="{next(locators)}">{where}</AvailStatusMessage>'
    inner = [_stays(values, on_arrival) for on_arrival in (False, True)]
    for name, restriction in SWITCHES.items():
        if name in values:
            kind = f' Restriction="{restriction}"' if restriction else ""
            inner.append(f'<RestrictionStatus Status="{"Close" if values[name] else "Open"}"{kind}/>')
    for text in filter(None, inner):
        yield f'<AvailStatusMessage LocatorID="{next(locators)}">{where}{text}</AvailStatusMessage>'


def _stays(values: Values, on_arrival: bool) -> str:
    lengths = [
        f'<LengthOfStay Time="{values[name]}" MinMaxMessageType="{kind}"/>'
        for name, (kind, arrival) in STAYS.items()
        if arrival == on_arrival and name in values
    ]
    based = f' {ARRIVAL_BASED}="1"' if on_arrival else ""
    return f"<LengthsOfStay{based}>{''.join(lengths)}</LengthsOfStay>" if lengths else ""


def _prices(link: Link, change: Change, locators: Iterator[int]) -> Iterator[str]:
    """All prices of a night together; none where the property's pricing has no place for what changed."""
    currency, places = link.currency, exponent(link.currency)
    amounts = "".join(
        f'<BaseByGuestAmt {AMOUNT}="{amount}" DecimalPlaces="{places}" CurrencyCode="{currency}"{guests}/>'
        for guests, amount in _amounts(link, change).items()
    )
    if amounts:
        rates = f"<Rates><Rate><BaseByGuestAmts>{amounts}</BaseByGuestAmts></Rate></Rates>"
        yield f'<RateAmountMessage LocatorID="{next(locators)}">{_where(link, change)}{rates}</RateAmountMessage>'


def _amounts(link: Link, change: Change) -> Mapping[str, int]:
    """Attribute for the number of guests -> minor units: the room and its single use, or (occupancy pricing) each party."""
    values = change.values
    parties = {int(name[6:]): amount for name, amount in values.items() if name.startswith("price_")}
    if link.credentials.get("pricing") != "occupancy":
        room = {"": values["price"]} if "price" in values else {}
        return room | {f' NumberOfGuests="{n}"': amount for n, amount in parties.items() if n == 1}
    if "price" in values:
        parties.setdefault(link.sleeps.get(change.product_id, (2, 2, 2))[0], values["price"])
    return {f' NumberOfGuests="{n}"': amount for n, amount in sorted(parties.items())}


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
