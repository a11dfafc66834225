"""Rooms, restrictions and prices to Google: three kinds of messages, both ends of a range included.

Google keeps what it is not told: a restriction is lifted by its open value and by nothing else, each kind by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from xml.sax.saxutils import quoteattr

import httpx

from pms.channels.adapter import Link, Message
from pms.channels.adapters.google_ari.facts import (
    AMOUNT,
    AVAILABILITY_PATH,
    DEFINITE,
    ENTRIES_MOST,
    GUESTS,
    PRICES_ARE,
    PRICES_PATH,
    ROOMS_PATH,
    STAYS,
    SWITCHES,
    WITHOUT_LIMIT,
)
from pms.channels.adapters.google_ari.talk import post, wrapped
from pms.channels.changes import Change
from pms.kernel.money import to_decimal

Entry = Callable[[Link, Change], str]


def messages(link: Link, changes: Sequence[Change]) -> list[Message]:
    """Rooms left, then restrictions, then prices: what closes comes first. A kind of restriction is a change of its own, so that
    one which is refused holds up no other.
    """
    rooms = [change for change in changes if "rooms" in change.values]
    prices = [change for change in changes if any(name.startswith("price") for name in change.values)]
    others = [part for change in changes for part in _by_kind(change)]
    return [
        *_messages(link, ROOMS_PATH, rooms, _rooms),
        *_messages(link, AVAILABILITY_PATH, others, _restriction),
        *_messages(link, PRICES_PATH, prices, _prices),
    ]


def send(http: httpx.Client, link: Link, message: Message) -> dict[int, str]:
    """Send one; see `Adapter.send`. Google names no entry: what it refuses, it refuses whole."""
    hotel = quoteattr(link.remote_property)
    if message.path == ROOMS_PATH:
        inner = f"<Inventories HotelCode={hotel}>{message.body}</Inventories>"
        body, token = wrapped(link, "OTA_HotelInvCountNotifRQ", inner)
    elif message.path == AVAILABILITY_PATH:
        inner = f"<AvailStatusMessages HotelCode={hotel}>{message.body}</AvailStatusMessages>"
        body, token = wrapped(link, "OTA_HotelAvailNotifRQ", inner)
    else:
        inner = f"<RateAmountMessages HotelCode={hotel}>{message.body}</RateAmountMessages>"
        how = f' NotifType="{PRICES_ARE}" NotifScopeType="ProductRate"'
        body, token = wrapped(link, "OTA_HotelRateAmountNotifRQ", inner, how)
    post(http, link, message.path, body, token)
    return {}


def _messages(link: Link, path: str, changes: Sequence[Change], entry: Entry) -> Iterator[Message]:
    for start in range(0, len(changes), ENTRIES_MOST):
        some = tuple(changes[start : start + ENTRIES_MOST])
        yield Message(path, "".join(entry(link, change) for change in some), some)


def _rooms(link: Link, change: Change) -> str:
    count = max(0, change.values["rooms"])
    counts = f'<InvCounts><InvCount Count="{count}" CountType="{DEFINITE}"/></InvCounts>'
    return f"<Inventory>{_where(link, change)}{counts}</Inventory>"


def _by_kind(change: Change) -> Iterator[Change]:
    for name in (*SWITCHES, *STAYS):
        if name in change.values:
            yield Change(change.product_id, change.first, change.last, {name: change.values[name]})


def _restriction(link: Link, change: Change) -> str:
    ((name, value),) = change.values.items()
    if name in SWITCHES:
        inner = f'<RestrictionStatus Status="{"Close" if value else "Open"}" Restriction="{SWITCHES[name]}"/>'
    else:
        nights = value or WITHOUT_LIMIT if name.startswith("max") else max(1, value)
        length = f'<LengthOfStay Time="{nights}" TimeUnit="Day" MinMaxMessageType="{STAYS[name]}"/>'
        inner = f"<LengthsOfStay>{length}</LengthsOfStay>"
    return f"<AvailStatusMessage>{_where(link, change)}{inner}</AvailStatusMessage>"


def _prices(link: Link, change: Change) -> str:
    """A price holds for its party and all smaller ones without a price of their own; none larger can book."""
    parties = {int(name[6:]): amount for name, amount in change.values.items() if name.startswith("price_")}
    if "price" in change.values:
        parties.setdefault(link.sleeps.get(change.product_id, (GUESTS, 0, 0))[0], change.values["price"])
    currency = link.currency
    amounts = "".join(
        f'<BaseByGuestAmt {AMOUNT}="{to_decimal(amount, currency):f}" CurrencyCode="{currency}" NumberOfGuests="{guests}"/>'
        for guests, amount in sorted(parties.items())
    )
    rates = f"<Rates><Rate><BaseByGuestAmts>{amounts}</BaseByGuestAmts></Rate></Rates>"
    return f"<RateAmountMessage>{_where(link, change)}{rates}</RateAmountMessage>"


def _where(link: Link, change: Change) -> str:
    room, _, rate = link.remote_ids[change.product_id].partition("/")
    plan = f" RatePlanCode={quoteattr(rate)}" if rate else ""
    span = f'Start="{change.first.isoformat()}" End="{change.last.isoformat()}"'
    return f"<StatusApplicationControl {span} InvTypeCode={quoteattr(room)}{plan}/>"
