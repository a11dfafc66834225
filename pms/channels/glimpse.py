"""What can be seen of a message that cannot be understood: enough to hold rooms until somebody has looked. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from pms.channels.adapter import Link, Unreadable
from pms.channels.incoming import Incoming, IncomingRoom, Status
from pms.channels.wire import day_of
from pms.kernel.dates import DAY, nights, runs
from pms.reservations.book import NIGHTS_MAX, ROOMS_MAX
from pms.reservations.guests import GuestDetails

T = TypeVar("T")
NOBODY = GuestDetails("?")
AHEAD = 1000 * DAY
"""Nobody books later than that from today; a date beyond is a mistake."""

ROOMS_SEEN_MOST = 4 * ROOMS_MAX
"""More than a reservation holds, so that people hear of the others; a damaged message may name any number."""


def either(otherwise: T, read: Callable[..., T], *told: Any) -> T:
    """What was read of something told, or that where it cannot be."""
    try:
        return read(*told)
    except Unreadable:
        return otherwise


def room_seen(room: str, arrival: Any, departure: Any, rate: str = "", key: str = "") -> list[IncomingRoom]:
    """The room, by whatever its dates are written as; none where one of them cannot be read."""
    try:
        return [IncomingRoom(room, day_of(arrival), day_of(departure), remote_rate=rate, key=key)]
    except Unreadable:
        return []


def seen(
    link: Link,
    booking: str,
    rooms: Iterable[IncomingRoom],
    status: Status = "modified",
    order: str = "",
    guest: GuestDetails = NOBODY,
    source: str = "",
    reference: str = "",
) -> Incoming:
    """A booking of which that much can be seen; `status` is "cancelled" where nothing else can be meant. Nothing of it is money.

    Raises `Unreadable` without a room that has dates.
    """
    rooms = list(rooms)
    if not rooms and status != "cancelled":
        raise Unreadable("no dates can be seen")
    return Incoming(booking, "", status, rooms, guest, link.currency, order, source=source, reference=reference)


def believable(rooms: Iterable[IncomingRoom], today: date) -> list[IncomingRoom]:
    """Those that a guest may still come for, at the most so many as somebody may have booked at once."""

    def may_come(room: IncomingRoom) -> bool:
        return 0 < (room.departure - room.arrival).days <= NIGHTS_MAX and today < room.departure and room.arrival <= today + AHEAD

    return [room for room in rooms if may_come(room)][:ROOMS_SEEN_MOST]


def as_many(pieces: Sequence[IncomingRoom], places: int) -> list[IncomingRoom]:
    """As many of them as a reservation has places for; where it has too few, neighbouring nights of a room are one of them."""
    return list(pieces) if len(pieces) <= places else _joined(pieces)[: max(0, places)]


def _joined(pieces: Sequence[IncomingRoom]) -> list[IncomingRoom]:
    found: list[IncomingRoom] = []
    for one in sorted(pieces, key=lambda piece: piece.arrival):
        ends = (n for n, before in enumerate(found) if (before.remote_room, before.departure) == (one.remote_room, one.arrival))
        n = next((n for n in ends if (one.departure - found[n].arrival).days <= NIGHTS_MAX), None)
        if n is None:
            found.append(one)
        else:
            found[n] = replace(found[n], departure=one.departure)
    return found


def not_held(known: Iterable[Mapping[str, Any]], seen: Sequence[IncomingRoom]) -> list[IncomingRoom]:
    """What of the rooms seen is beyond those known ({"room", "arrival", "departure"}, as `ChannelBooking.rooms` has them): the
    nights alone, as a room for each row of them. A room without a code is any room. Seen once more, nothing is left.
    """
    have: dict[date, Counter[str]] = defaultdict(Counter)
    for one in known:
        for night in nights(date.fromisoformat(one["arrival"]), date.fromisoformat(one["departure"])):
            have[night][one["room"]] += 1
    wanted = [(n, night) for n, room in enumerate(seen) for night in nights(room.arrival, room.departure)]
    others = [(n, night) for n, night in wanted if not _take(have[night], [seen[n].remote_room])]
    left: dict[int, list[date]] = defaultdict(list)
    for n, night in others:
        if not _take(have[night], [""] if seen[n].remote_room else list(have[night])):
            left[n].append(night)
    pieces = ((seen[n], first, end) for n, spare in left.items() for first, end in runs(spare))
    return [replace(room, arrival=first, departure=end, prices=(), total=None) for room, first, end in pieces]


def _take(have: Counter[str], codes: Sequence[str]) -> bool:
    """One room with one of the codes off what there is; whether there was one."""
    code = next((code for code in codes if have[code] > 0), None)
    if code is not None:
        have[code] -= 1
    return code is not None
