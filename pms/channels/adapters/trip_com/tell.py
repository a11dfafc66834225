"""Rooms, prices and restrictions to Trip.com (4.x): both ends of a range included, prices as decimals after tax."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx

from pms.channels.adapter import Link, Message
from pms.channels.adapters.trip_com.calls import call, settle
from pms.channels.adapters.trip_com.facts import (
    AVAIL,
    DAYS_AHEAD,
    DAYS_BACK,
    DECIMALS_MOST,
    ENTRIES_MOST,
    MAX_STAY_LIFTED,
    RATES,
    RESTRICTIONS,
    STAYS,
)
from pms.channels.adapters.trip_com.house import unsold
from pms.channels.adapters.trip_com.xml import attribute, opened, tag
from pms.channels.changes import Change
from pms.kernel.money import exponent, to_decimal


def messages(link: Link, changes: Sequence[Change]) -> list[Message]:
    """Rooms first, those without any before all others. Nights too far away for Trip.com are left for the day they are not."""
    today = datetime.now(ZoneInfo(link.timezone)).date()
    near = [cut for change in changes if "price" not in change.values and (cut := _cut(change, today))]
    near.sort(key=lambda change: (change.values.get("rooms") != 0, "rooms" not in change.values))
    prices = [cut for change in changes if "price" in change.values and (cut := _cut(change, today, date.max))]
    return [*_messages(link, AVAIL, near), *_messages(link, RATES, prices)]


def send(http: httpx.Client, link: Link, message: Message) -> dict[int, str]:
    """Send one; see `Adapter.send`. A room that Trip.com does not sell yet is told all the same, and noted as refused: Trip.com
    says "success" to it and does nothing.
    """
    refused = {place: "AmountAfterTax: 0" for place, change in enumerate(message.changes) if not _is_sayable(link, change)}
    if message.body:
        settle(http, link, call(http, link, message.path, message.body))
    return unsold(http, link, message.changes) | refused


def _cut(change: Change, today: date, end: date | None = None) -> Change | None:
    first = max(change.first, today - timedelta(days=DAYS_BACK))
    last = min(change.last, end or today + timedelta(days=DAYS_AHEAD))
    return Change(change.product_id, first, last, change.values) if first <= last else None


def _messages(link: Link, operation: str, changes: Sequence[Change]) -> Iterator[Message]:
    for start in range(0, len(changes), ENTRIES_MOST):
        some = tuple(changes[start : start + ENTRIES_MOST])
        said = _rates(link, some) if operation == RATES else "".join(one for change in some for one in _statuses(link, change))
        group = f"{'RateAmount' if operation == RATES else 'AvailStatus'}Messages"
        content = f"{opened(group, HotelCode=link.remote_property)}{said}</{group}>" if said else ""
        yield Message(operation, content, some)


def _rates(link: Link, changes: Sequence[Change]) -> str:
    by_product: dict[UUID, list[str]] = {}
    for change in changes:
        if _is_sayable(link, change):
            by_product.setdefault(change.product_id, []).append(_rate(link, change))
    return "".join(
        f"<RateAmountMessage>{_where(link, id)}<Rates>{''.join(rates)}</Rates></RateAmountMessage>"
        for id, rates in by_product.items()
    )


def _rate(link: Link, change: Change) -> str:
    amount = str(_amount(change.values["price"], link.currency))
    base = tag("BaseByGuestAmt", AmountAfterTax=amount, CurrencyCode=link.currency)
    span = opened("Rate", Start=change.first.isoformat(), End=change.last.isoformat())
    return f"{span}<BaseByGuestAmts>{base}</BaseByGuestAmts></Rate>"


def _statuses(link: Link, change: Change) -> Iterator[str]:
    """One message each for the rooms, every restriction, and the lengths of stay: what is not said stays."""
    where = _where(link, change.product_id, Start=change.first.isoformat(), End=change.last.isoformat())
    values = change.values
    if "rooms" in values:
        limit = attribute(max(0, values["rooms"]))
        yield f'<AvailStatusMessage BookingLimitMessageType="SetLimit" BookingLimit={limit}>{where}</AvailStatusMessage>'
    for name, restriction in RESTRICTIONS.items():
        if name in values:
            status = tag("RestrictionStatus", Restriction=restriction, Status="Close" if values[name] else "Open")
            yield f"<AvailStatusMessage>{where}{status}</AvailStatusMessage>"
    if stays := "".join(_stay(theirs, values[ours]) for ours, theirs in STAYS.items() if ours in values):
        yield f"<AvailStatusMessage>{where}<LengthsOfStay>{stays}</LengthsOfStay></AvailStatusMessage>"


def _stay(kind: str, nights: int) -> str:
    return tag("LengthOfStay", MinMaxMessageType=kind, Time=nights or MAX_STAY_LIFTED, TimeUnit="Day")


def _where(link: Link, product: UUID, **span: str) -> str:
    room, _, rate = link.remote_ids[product].partition("/")
    return tag("StatusApplicationControl", **span, InvTypeCode=room, RatePlanCode=rate)


def _is_sayable(link: Link, change: Change) -> bool:
    """A price of 0 would delete the prices of these nights, and Trip.com would call it a success."""
    return "price" not in change.values or _amount(change.values["price"], link.currency) > 0


def _amount(price: int, currency: str) -> Decimal:
    places = min(exponent(currency), DECIMALS_MOST)
    return to_decimal(price, currency).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
