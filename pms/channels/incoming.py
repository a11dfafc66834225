"""A booking as a channel tells it: always its full present state, in our words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from pms.channels.problems import Problem
from pms.kernel.dates import DAY
from pms.kernel.money import split
from pms.reservations.book import NIGHTS_MAX, ROOMS_MAX
from pms.reservations.guests import GuestDetails

T = TypeVar("T")
Status = Literal["new", "modified", "cancelled", "asked"]


@dataclass(frozen=True)
class IncomingRoom:
    """One room of it: local dates [arrival, departure), the channel's ids of what was sold, who comes.

    `key` tells the room apart in later revisions, "" where the channel has nothing stable. `prices` are what the guest pays for
    each night, minor units; fewer or none where the channel tells only `total`, which then decides.
    """

    remote_room: str
    arrival: date
    departure: date
    remote_rate: str = ""
    """As mapped: "ROOM/RATE"."""
    key: str = ""
    adults: int = 1
    children_ages: tuple[int | None, ...] = ()
    prices: tuple[int, ...] = ()
    total: int | None = None
    guest: str = ""


@dataclass(frozen=True)
class Extra:
    """A tax, fee or service: minor units; whether the prices of the nights include it already."""

    name: str
    amount: int
    included: bool = False


@dataclass(frozen=True)
class Card:
    """How the channel pays: never a number, only what its vault calls it. Money in minor units."""

    token: str = ""
    virtual: bool = False
    balance: int | None = None
    active_from: date | None = None
    expires: str = ""


@dataclass(frozen=True)
class Incoming:
    """One revision of a booking. `asked` wants to know whether it could be sold, and holds the rooms if so (without a booking
    id there is nothing to hold them for: then it is only a question).

    `order` sorts the revisions of one booking as texts (a time is one by `wire.order_of`); "" where the order of arrival is all
    there is. `source` is what staff
    call where it came from, if that is not the channel itself (an aggregator's OTA), and `reference` its number there, if that is
    not `booking`.
    """

    booking: str
    revision: str
    status: Status
    rooms: Sequence[IncomingRoom]
    guest: GuestDetails
    currency: str
    order: str = ""
    source: str = ""
    reference: str = ""
    total: int | None = None
    commission: int | None = None
    collect: Literal["property", "channel"] = "property"
    card: Card | None = None
    extras: Sequence[Extra] = ()
    notes: str = ""
    booked_at: datetime | None = None


def keepable(text: str) -> str:
    """The text without what no database holds: NUL, and halves of letters."""
    return text.replace("\x00", "").encode(errors="ignore").decode()


def all_keepable(told: T) -> T:
    """The same, every text in it keepable."""
    kept: Any = told
    if isinstance(told, str):
        kept = keepable(told)
    elif isinstance(told, list | tuple):
        kept = tuple(all_keepable(one) for one in told)
    elif is_dataclass(told) and not isinstance(told, type):
        kept = replace(told, **{one.name: all_keepable(getattr(told, one.name)) for one in fields(told)})
    return kept  # type: ignore[no-any-return]


def nightly(room: IncomingRoom) -> list[int]:
    """What each night costs, minor units: rows that do not match the room's total give way to it, the difference spread
    evenly and the cents that are left on the last nights (R-46); without any amount, nothing.
    """
    count = (room.departure - room.arrival).days
    if count <= 0:
        return []
    total = max(0, sum(room.prices) if room.total is None else room.total)
    if len(room.prices) == count:
        shares = split(total - sum(room.prices), count)
        prices = [price + share for price, share in zip(room.prices, shares, strict=True)]
        if min(prices) >= 0:
            return prices
    return split(total, count)


def holdable(told: Incoming) -> tuple[Incoming, list[Problem]]:
    """As much of it as one reservation holds, the first rooms and the first nights, and what somebody has to hold by hand."""
    held = replace(told, rooms=[_shortened(room) for room in told.rooms[:ROOMS_MAX]])
    found: list[Problem] = []
    if len(told.rooms) > ROOMS_MAX:
        found.append({"kind": "too_many_rooms", "told": len(told.rooms), "held": ROOMS_MAX})
    for sold, kept in zip(told.rooms, held.rooms, strict=False):
        if kept.departure != sold.departure:
            one = {"kind": "too_long", "told": sold.departure.isoformat(), "held": kept.departure.isoformat()}
            found += [one] if one not in found else []
    return held, found


def _shortened(room: IncomingRoom) -> IncomingRoom:
    """The first nights of a stay longer than any, at their prices."""
    if (room.departure - room.arrival).days <= NIGHTS_MAX:
        return room
    return replace(room, departure=room.arrival + NIGHTS_MAX * DAY, prices=tuple(nightly(room)[:NIGHTS_MAX]), total=None)


def fitting(guest: GuestDetails) -> GuestDetails:
    """The same guest within what we keep: whatever a channel sends must not lose a booking."""
    most = {"last_name": 100, "first_name": 100, "email": 254, "phone": 40, "country": 2, "language": 2, "notes": 4000}
    fields = {name: str(getattr(guest, name)).replace("\x00", "").strip()[:size] for name, size in most.items()}
    return replace(guest, **{**fields, "last_name": fields["last_name"] or "?"})


def notes_of(incoming: Incoming) -> str:
    """What the reservation notes of it: what the guest wishes, and who comes if they are several."""
    guests = [room.guest for room in incoming.rooms if room.guest]
    lines = [incoming.notes, f"Guests: {', '.join(dict.fromkeys(guests))}" if len(set(guests)) > 1 else ""]
    return "\n".join(filter(None, lines)).replace("\x00", "").strip()[:4000]
