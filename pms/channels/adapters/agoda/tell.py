"""Rooms, prices and restrictions to Agoda: one kind of call, both ends of a range included.

Its answer may come with 207: done in part, the rest named by update and dates, or only listed where Agoda has not switched it on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

import httpx

from pms.channels.adapter import Link, Message, Refused, Unreadable, Wait
from pms.channels.adapters.agoda.facts import (
    API,
    BASE_ADULTS,
    BYTES_MOST,
    DATE_CODES,
    PAUSE_SECONDS,
    RESTRICTIONS,
    ROOMS_MOST,
    SET,
    SWITCHES,
    UPDATES_MOST,
)
from pms.channels.adapters.agoda.talk import call, code_of, errors, property_of, words_in
from pms.channels.adapters.nights import ROOMS, alike, all_alike, by_night, groups, kind, parcels, spans
from pms.channels.changes import Change, Values
from pms.channels.wire import day_of
from pms.kernel.dates import DAY
from pms.kernel.money import to_decimal


def messages(link: Link, changes: Sequence[Change]) -> list[Message]:
    """The kinds of news go apart: an error names product and dates, and no more."""
    parts = parcels(by_night(changes), UPDATES_MOST, BYTES_MOST, lambda before, night: (1, _bytes(link, before, night)))
    return [_message(link, some) for some in parts]


def send(http: httpx.Client, link: Link, message: Message) -> dict[int, str]:
    """Send one; see `Adapter.send`."""
    status, root = call(http, link, SET, message.body)
    found = errors(root)
    if status == 413:
        raise Refused("413")
    if status == 200 and not found and not root.get("status"):
        return {}
    if not found:
        raise Wait(PAUSE_SECONDS, f"{status} without a word on what was not done")
    return _in_part(link, message, root) if status in (200, 207) else _not_at_all(message, root)


def as_told(link: Link, product_id: UUID, values: Values) -> Values:
    """See `Adapter.as_told`."""
    return {**values, "rooms": _allotment(values["rooms"])} if "rooms" in values else values


def _allotment(rooms: int) -> int:
    return max(0, min(rooms, ROOMS_MOST))


def _message(link: Link, nights: Sequence[Change]) -> Message:
    block = "inventory" if kind(nights[0]) == ROOMS else "rate"
    updates = "".join(_update(link, group) for group in groups(nights))
    body = f"<criteria property_id={property_of(link)}><{block}>{updates}</{block}></criteria>"
    return Message(API, body, tuple(nights))


def _update(link: Link, nights: Sequence[Change]) -> str:
    """Nights of the same product and values; one update may have any number of ranges."""
    room, _, rate = link.remote_ids[nights[0].product_id].partition("/")
    plan = f" rateplan_id={quoteattr(rate)}" if rate else ""
    ranges = "".join(f'<date_range from="{first}" to="{last}"/>' for first, last in spans(nights))
    return f"<update room_id={quoteattr(room)}{plan}>{ranges}{_values(link, nights[0])}</update>"


def _bytes(link: Link, before: Change | None, night: Change) -> int:
    if before is None or not alike(before, night):
        return len(_update(link, [night]).encode())
    return 0 if before.first + DAY == night.first else len('<date_range from="2026-12-01" to="2026-12-31"/>')


def _values(link: Link, change: Change) -> str:
    """No rooms is closed too: when a guest cancels, Agoda gives the room back by itself."""
    if "rooms" in change.values:
        count = _allotment(change.values["rooms"])
        closed = _said("closed", not count)
        return f"<allotment>{count}</allotment><restrictions>{closed}</restrictions>"
    return _prices(link, change) + _restrictions(change)


def _prices(link: Link, change: Change) -> str:
    """One price for everybody, or one for each number of people: those nobody told a price of cost as much as the next larger
    party, and a larger one than any that was told as much as the largest. What is left out would not be sold.
    """
    base, _, most = link.sleeps.get(change.product_id, (BASE_ADULTS, 0, 0))
    told = {int(name[6:]): amount for name, amount in change.values.items() if name.startswith("price_")}
    alone = change.values.get("price")
    if not told:
        return "" if alone is None else _priced(link, f"<normal default={_amount(link, alone)}/>")
    if alone is not None:
        told.setdefault(base, alone)
    people = range(1, max(most, *told) + 1)
    prices = {n: next((told[m] for m in sorted(told) if m >= n), told[max(told)]) for n in people}
    inner = "".join(f'<occupancy person="{n}" price={_amount(link, amount)}/>' for n, amount in prices.items())
    return _priced(link, f"<normal>{inner}</normal>")


def _priced(link: Link, inner: str) -> str:
    return f"<prices currency={quoteattr(link.currency)}>{inner}</prices>"


def _amount(link: Link, minor: int) -> str:
    return quoteattr(f"{to_decimal(minor, link.currency):f}")


def _restrictions(change: Change) -> str:
    """Lifted is 1 night at least, and 0 (none) at most."""
    inner = "".join(_nested(change, "") + _nested(change, "los") + _nested(change, "staythrough"))
    return f"<restrictions>{inner}</restrictions>" if inner else ""


def _nested(change: Change, parent: str) -> str:
    names = [(ours, theirs.rpartition("/")) for ours, theirs in RESTRICTIONS.items() if ours in change.values]
    inner = "".join(_said(name, change.values[ours], ours in SWITCHES) for ours, (above, _, name) in names if above == parent)
    return f"<{parent}>{inner}</{parent}>" if parent and inner else inner


def _said(name: str, value: int, switch: bool = True) -> str:
    return f"<{name}>{('true' if value else 'false') if switch else value}</{name}>"


def _not_at_all(message: Message, root: Element) -> dict[int, str]:
    """Nothing was done. Halving goes on only as long as it can find out more."""
    wrong = errors(root)[0]
    if all_alike(message.changes) and code_of(wrong) not in DATE_CODES:
        return dict.fromkeys(range(len(message.changes)), words_in(wrong, root))
    raise Refused(words_in(wrong, root))


def _in_part(link: Link, message: Message, root: Element) -> dict[int, str]:
    """The nights that errors name. When one names none of them, the message is said again in halves until all are known."""
    refused: dict[int, str] = {}
    placed: set[int] = set()
    for update in root.iter("update"):
        for wrong, span in _wrongs(update):
            places = [place for place, night in enumerate(message.changes) if _about(link, update, span, night)]
            refused |= dict.fromkeys(places, words_in(wrong, root))
            placed |= {id(wrong)} if places else set()
    lost = [wrong for wrong in errors(root) if id(wrong) not in placed]
    if lost and len(message.changes) > 1:
        raise Refused(words_in(lost[0], root))
    return refused | ({0: words_in(lost[0], root)} if lost else {})


def _wrongs(update: Element) -> Iterator[tuple[Element, tuple[date, date]]]:
    """The errors of an update, each with its dates: those it stands in, else all there are."""
    for span in update:
        inner = [span] if span.tag == "error" else list(span.iter("error"))
        try:
            dates = day_of(span.get("from")), day_of(span.get("to"))
        except Unreadable:
            dates = date.min, date.max
        yield from ((wrong, dates) for wrong in inner)


def _about(link: Link, update: Element, span: tuple[date, date], night: Change) -> bool:
    room, _, rate = link.remote_ids[night.product_id].partition("/")
    return (update.get("room_id"), update.get("rateplan_id", "")) == (room, rate) and span[0] <= night.first <= span[1]
