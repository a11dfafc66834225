"""Rooms, prices and restrictions to Expedia, in one kind of call that changes only what it names.

Success with warnings is success in part: whatever a warning names was not done. Nights are therefore counted one by one here, and
joined to ranges only where they are written, so that a warning about one night costs no other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from uuid import UUID
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

import httpx

from pms.channels.adapter import Link, Message, Refused, Wait
from pms.channels.adapters.expedia.facts import (
    APPLIED,
    BASE_ADULTS,
    BY_HAND,
    BYTES_MOST,
    MESSAGE_ERRORS,
    ONE_PRICE,
    PAUSE_SECONDS,
    PRODUCT_ERRORS,
    ROOMS_MOST,
    STAY_MOST,
    UPDATE,
    UPDATES_MOST,
)
from pms.channels.adapters.expedia.talk import call, code_of, error, words_in
from pms.channels.adapters.nights import PRICES, alike, all_alike, by_night, groups, kind, parcels, spans
from pms.channels.changes import Change, Values
from pms.kernel.dates import DAY
from pms.kernel.money import to_decimal

UNSAID = "Expedia prices this property per day: it has no price for other numbers of adults."
_ROOM = re.compile(r"Room Type ID:?\s*([^\s;,\]]+)", re.IGNORECASE)
_RATE = re.compile(r"Rate Plan ID:?\s*([^\s;,\]]+)", re.IGNORECASE)
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_CUT = re.compile(r"Remaining \d+ warnings", re.IGNORECASE)


def messages(link: Link, changes: Sequence[Change]) -> list[Message]:
    """The kinds of news go apart, because a product and night may come once in a message (3108)."""
    nights = by_night(changes)
    said = [night for night in nights if _elements(link, night)]
    unsaid = tuple(night for night in nights if not _elements(link, night))
    found = [
        Message(UPDATE.path, "".join(_update(link, group) for group in groups(some)), tuple(some))
        for some in parcels(said, UPDATES_MOST, BYTES_MOST, lambda before, night: _size(link, before, night))
    ]
    return [*found, Message("", "", unsaid)] if unsaid else found


def send(http: httpx.Client, link: Link, message: Message) -> dict[int, str]:
    """Send one; see `Adapter.send`."""
    if not message.body:
        return dict.fromkeys(range(len(message.changes)), UNSAID)
    answer = call(http, link, UPDATE, message.body)
    wrong = error(answer)
    if wrong:
        return _refused_whole(message, *wrong)
    success = answer.find("Success")
    if success is None:
        raise Wait(PAUSE_SECONDS, "neither success nor error")
    return _warned(link, message, [one for one in success.iter("Warning") if code_of(one) not in APPLIED])


def as_told(link: Link, product_id: UUID, values: Values) -> Values:
    """See `Adapter.as_told`. The longest stay that is sold is read back as no limit."""
    found = dict(values)
    if "rooms" in values:
        found["rooms"] = _count(values["rooms"])
    if values.get("max_stay", 0) >= STAY_MOST:
        found["max_stay"] = 0
    return found


def _count(rooms: int) -> int:
    return max(0, min(rooms, ROOMS_MOST))


def _update(link: Link, nights: Sequence[Change]) -> str:
    """Nights of the same product and values. No weekday is named: the ones left out would be switched off."""
    ranges = "".join(f'<DateRange from="{first}" to="{last}"/>' for first, last in spans(nights))
    return f"<AvailRateUpdate>{ranges}{_elements(link, nights[0])}</AvailRateUpdate>"


def _size(link: Link, before: Change | None, night: Change) -> tuple[int, int]:
    """As Expedia counts: each price, count, restriction and switch; a count of rooms comes with its switch. A range that goes on
    takes no room, and values that are said already only that of a range.
    """
    updates = len(_prices(link, night)) if kind(night) == PRICES else len(night.values) + ("rooms" in night.values)
    if before is None or not alike(before, night):
        return updates, len(_update(link, [night]).encode())
    return updates, 0 if before.first + DAY == night.first else len('<DateRange from="2026-12-01" to="2026-12-31"/>')


def _elements(link: Link, change: Change) -> str:
    """The room type with what changes in it; "" when the property cannot be told any of it.

    No rooms is said as closed too: a mere 0 opens again when a guest cancels there.
    """
    room, _, rate = link.remote_ids[change.product_id].partition("/")
    values = change.values
    if "rooms" in values:
        count = _count(values["rooms"])
        inventory = f'<Inventory totalInventoryAvailable="{count}"/>'
        return f'<RoomType id={quoteattr(room)} closed="{_switch(not count)}">{inventory}</RoomType>'
    closed = f' closed="{_switch(values["closed"])}"' if "closed" in values else ""
    inner = _rate(link, change) + _restrictions(change)
    plan = f"<RatePlan id={quoteattr(rate)}{closed}>{inner}</RatePlan>" if closed or inner else ""
    return f"<RoomType id={quoteattr(room)}>{plan}</RoomType>" if plan else ""


def _rate(link: Link, change: Change) -> str:
    prices = _prices(link, change)
    if not prices:
        return ""
    told = ((adults, f"{to_decimal(amount, link.currency):f}") for adults, amount in sorted(prices.items()))
    if not by_guests(link.credentials):
        inner = "".join(f'<PerDay rate="{amount}"/>' for _, amount in told)
    else:
        inner = "".join(f'<PerOccupancy rate="{amount}" occupancy="{adults}"/>' for adults, amount in told)
    return f"<Rate currency={quoteattr(link.currency)}>{inner}</Rate>"


def _prices(link: Link, change: Change) -> dict[int, int]:
    """Adults -> minor units for all of them. A property priced per day has the base party's only."""
    base = link.sleeps.get(change.product_id, (BASE_ADULTS, 0, 0))[0]
    found = {base: change.values["price"]} if "price" in change.values else {}
    if not by_guests(link.credentials):
        return found
    others = (name for name in change.values if name.startswith("price_"))
    return found | {int(name.removeprefix("price_")): change.values[name] for name in others}


def by_guests(credentials: Mapping[str, str]) -> bool:
    """Whether prices are told by adults; else there is one."""
    return credentials.get("pricing", "").strip().lower() != ONE_PRICE.lower()


def _restrictions(change: Change) -> str:
    """Lifted is 1 night at least and 28 at most."""
    values, told = change.values, []
    if "min_stay" in values:
        told.append(f'minLOS="{max(1, values["min_stay"])}"')
    if "max_stay" in values:
        told.append(f'maxLOS="{min(values["max_stay"] or STAY_MOST, STAY_MOST)}"')
    if "closed_arrival" in values:
        told.append(f'closedToArrival="{_switch(values["closed_arrival"])}"')
    if "closed_departure" in values:
        told.append(f'closedToDeparture="{_switch(values["closed_departure"])}"')
    return f"<Restrictions {' '.join(told)}/>" if told else ""


def _switch(value: int) -> str:
    return "true" if value else "false"


def _refused_whole(message: Message, code: int, words: str) -> dict[int, str]:
    """Nothing was done. Halving goes on only as long as it can find out more: not where all that is left shares what is wrong."""
    first = message.changes[0]
    one_product = all(night.product_id == first.product_id for night in message.changes)
    if code in BY_HAND or (code in PRODUCT_ERRORS and one_product) or (all_alike(message.changes) and code not in MESSAGE_ERRORS):
        return dict.fromkeys(range(len(message.changes)), words)
    raise Refused(words)


def _warned(link: Link, message: Message, warnings: Sequence[Element]) -> dict[int, str]:
    """The nights that warnings name. At most 20 warnings a cause come back: when some were kept back, the message is said again
    in halves until all are heard. A warning that fits no night refuses all: better shown to somebody than thought sold.
    """
    words = [words_in(warning) for warning in warnings]
    if len(message.changes) > 1 and any(_CUT.search(one) for one in words):
        raise Refused(words[0])
    refused: dict[int, str] = {}
    for one in words:
        places = [place for place, night in enumerate(message.changes) if _names(link, one, night)]
        refused |= dict.fromkeys(places or range(len(message.changes)), one)
    return refused


def _names(link: Link, words: str, night: Change) -> bool:
    """Whether a warning is about this night: what it says of room, plan and date fits."""
    room, _, rate = link.remote_ids[night.product_id].partition("/")
    said_room, said_rate, days = _ROOM.search(words), _RATE.search(words), _DAY.findall(words)
    if not (said_room or said_rate):
        return False
    fits_room = said_room is None or said_room.group(1) == room
    fits_rate = said_rate is None or said_rate.group(1) == rate
    return fits_room and fits_rate and (not days or night.first.isoformat() in days)
