"""Reading reservations and guests: frozen pictures, whole pages in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pms.kernel.db import Db, raw

PAGE_MAX = 200
PHONE_SHORTEST = 5
STATES = ("checked_in", "confirmed", "tentative", "checked_out", "no_show", "cancelled")
"""The states of a stay, those that say most about the whole reservation first."""


@dataclass(frozen=True)
class GuestLine:
    """A guest. Everything is None for an actor who may not see guests, the name too."""

    id: UUID
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    country: str | None
    language: str | None
    notes: str | None
    version: int

    @property
    def name(self) -> str:
        """First and last name as one speaks them; empty for an actor who may not see guests."""
        return " ".join(filter(None, (self.first_name, self.last_name)))


@dataclass(frozen=True)
class NightLine:
    """One night of a stay: where (unit None: unassigned) and for how much, minor units. Not `live`: kept for the books only."""

    night: date
    room_type_id: UUID
    room_type: str
    unit_id: UUID | None
    unit: str | None
    price: int
    live: bool


@dataclass(frozen=True)
class StayLine:
    """One room of a reservation, local dates [arrival, departure), instants UTC; room type and plan are those it was sold as.

    `children_ages` on arrival, None where unknown; one for each child.
    """

    id: UUID
    room_type_id: UUID
    room_type: str
    arrival: date
    departure: date
    adults: int
    children: int
    status: str
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    cancelled_at: datetime | None
    version: int
    rate_plan_id: UUID | None
    rate_plan: str | None
    children_ages: tuple[int | None, ...]
    nights: tuple[NightLine, ...]

    @property
    def total(self) -> int:
        """What all its nights cost, minor units."""
        return sum(night.price for night in self.nights)


@dataclass(frozen=True)
class ReservationDetail:
    """A reservation with its guest and its stays in the order they were booked.

    `notes` is None for an actor who may not see guests: what is written there is about them, often by name.
    """

    id: UUID
    property_id: UUID
    code: str
    source: str
    external_ref: str | None
    currency: str
    notes: str | None
    tags: tuple[str, ...]
    booked_at: datetime
    changed_at: datetime
    version: int
    guest: GuestLine
    stays: tuple[StayLine, ...]

    @property
    def who(self) -> str:
        """Whose it is: the guest's name, or the code for an actor who may not see guests."""
        return self.guest.name or self.code

    @property
    def arrival(self) -> date:
        """The first arrival of all its stays."""
        return min(stay.arrival for stay in self.stays)

    @property
    def departure(self) -> date:
        """The last departure of all its stays."""
        return max(stay.departure for stay in self.stays)

    @property
    def status(self) -> str:
        """How far the furthest-reaching stay has come: while one is in house the reservation is, cancelled only if all are."""
        return min((stay.status for stay in self.stays), key=STATES.index)

    @property
    def total(self) -> int:
        """What all stays that were not called off cost, minor units."""
        return sum(stay.total for stay in self.stays if stay.status not in ("cancelled", "no_show"))


@dataclass(frozen=True)
class Wanted:
    """Which reservations; None is "any". Ranges are half-open; those of dates and the status speak of one and the same stay.

    `search` is a code, an external reference or, for who may see guests, how the guest's name begins or part of a phone number.
    """

    property_id: UUID | None = None
    guest_id: UUID | None = None
    status: str | None = None
    source: str | None = None
    arrival_from: date | None = None
    arrival_before: date | None = None
    departure_from: date | None = None
    departure_before: date | None = None
    changed_since: datetime | None = None
    search: str | None = None


@dataclass(frozen=True)
class Page:
    """Some reservations, the newest first; `more` when older ones follow after the last of these."""

    reservations: list[ReservationDetail] = field(default_factory=list)
    more: bool = False


_OF_RESERVATION = {
    "property_id": "r.property_id = %(property_id)s",
    "guest_id": "r.guest_id = %(guest_id)s",
    "source": "r.source = %(source)s",
    "changed_since": "r.id in (select id from reservation where changed_at >= %(changed_since)s"
    " union select reservation_id from stay where changed_at >= %(changed_since)s)",
    "search": "(r.code = upper(%(search)s) or r.external_ref = %(search)s or r.guest_id in (select g.id from guest g where"
    " %(named)s and (starts_with(lower(g.last_name), lower(%(search)s)) or starts_with(lower(g.first_name), lower(%(search)s))"
    " or starts_with(lower(concat_ws(' ', g.first_name, g.last_name)), lower(%(search)s))"
    " or starts_with(lower(concat_ws(' ', g.last_name, g.first_name)), lower(%(search)s))"
    " or (%(digits)s <> '' and strpos(regexp_replace(g.phone, '[^0-9]', '', 'g'), %(digits)s) > 0))))",
}
_OF_STAY = {
    "status": "s.status = %(status)s",
    "arrival_from": "s.arrival >= %(arrival_from)s",
    "arrival_before": "s.arrival < %(arrival_before)s",
    "departure_from": "s.departure >= %(departure_from)s",
    "departure_before": "s.departure < %(departure_before)s",
}


def reservations(db: Db, wanted: Wanted, after: UUID | None = None, limit: int = 50) -> Page:
    """The reservations the actor may see, the newest first, those older than `after`, `limit` at most.

    The order is that of their ids, which never change: a page neither repeats nor skips what was there before.
    Four statements whatever the number. Refuses `NotPermitted`.
    """
    db.actor.require("reservation.view")
    most = min(limit, PAGE_MAX)
    values = {**wanted.__dict__, **_sought(db, wanted.search or ""), "after": after, "seen": _seen(db), "limit": most + 1}
    rows = raw(db).execute(_ids_query(wanted, after, db.actor.property_ids is not None), values).fetchall()
    found = details(db, [row[0] for row in rows[:most]])
    return Page(found, more=len(rows) > len(found))


def _sought(db: Db, search: str) -> dict[str, Any]:
    """Whether names and phone numbers are looked through: who may not see them must not learn them by asking either."""
    return {"named": db.actor.may("guest.view"), "digits": _digits(search)}


def _digits(search: str) -> str:
    """What of a phone number the search is: its digits, without the zeros that countries dial differently; "" if it is none."""
    digits = "".join(filter(str.isdigit, search)).lstrip("0")
    return digits if len(digits) >= PHONE_SHORTEST and not set(search) - set("0123456789+-/(). ") else ""


def _seen(db: Db) -> list[UUID]:
    return sorted(db.actor.property_ids or ())


def _ids_query(wanted: Wanted, after: UUID | None, limited: bool) -> str:
    given = {name for name, value in wanted.__dict__.items() if value is not None}
    parts = [condition for name, condition in _OF_RESERVATION.items() if name in given]
    of_stay = [condition for name, condition in _OF_STAY.items() if name in given]
    if of_stay:
        parts.append(f"exists (select from stay s where s.reservation_id = r.id and {' and '.join(of_stay)})")
    if after is not None:
        parts.append("r.id < %(after)s")
    if limited:
        parts.append("r.property_id = any(%(seen)s::uuid[])")
    where = f" where {' and '.join(parts)}" if parts else ""
    return f"select r.id from reservation r{where} order by r.id desc limit %(limit)s"


# {these}: a query for one id compares with `=`, for which PostgreSQL plans once; for an array it plans anew every time,
# which costs more than the query.
_RESERVATIONS = """
select r.id, r.property_id, r.code, r.source, r.external_ref, r.currency, r.notes, r.tags, r.booked_at,
       greatest(r.changed_at, (select max(s.changed_at) from stay s where s.reservation_id = r.id)), r.version,
       g.id, g.first_name, g.last_name, g.email, g.phone, g.country, g.language, g.notes, g.version
from reservation r join guest g on g.id = r.guest_id
where r.id {these}
"""
_STAYS = """
select s.reservation_id, s.id, s.room_type_id, t.name, s.arrival, s.departure, s.adults, s.children, s.status,
       s.checked_in_at, s.checked_out_at, s.cancelled_at, s.version, p.id, p.name, s.quote -> 'ages'
from stay s join room_type t on t.id = s.room_type_id left join rate_plan p on p.id = s.rate_plan_id
where s.reservation_id {these} order by s.id
"""
_NIGHTS = """
select n.stay_id, n.night, n.room_type_id, t.name, n.unit_id, u.name, n.price, n.live
from stay_night n join room_type t on t.id = n.room_type_id left join unit u on u.id = n.unit_id
where n.stay_id {these} order by n.night
"""


def details(db: Db, ids: Sequence[UUID]) -> list[ReservationDetail]:
    """The reservations of these ids in this order, absent ones left out; three statements. Who may see them is the caller's."""
    if not ids:
        return []
    heads, stays = _run(db, _RESERVATIONS, ids), _run(db, _STAYS, ids)
    nights: dict[UUID, list[NightLine]] = defaultdict(list)
    for row in _run(db, _NIGHTS, [stay[1] for stay in stays]):
        nights[row[0]].append(NightLine(*row[1:]))
    lines: dict[UUID, list[StayLine]] = defaultdict(list)
    for row in stays:
        lines[row[0]].append(StayLine(*[*row[1:15], tuple(row[15] or (None,) * row[7]), tuple(nights[row[1]])]))
    by_id = {head[0]: _detail(head, lines[head[0]], db.actor.may("guest.view", head[1])) for head in heads}
    return [by_id[id] for id in ids if id in by_id]


def _run(db: Db, query: str, ids: Sequence[UUID]) -> list[tuple[Any, ...]]:
    these, named = ("= %s", ids[0]) if len(ids) == 1 else ("= any(%s::uuid[])", list(ids))
    return raw(db).execute(query.format(these=these), (named,)).fetchall()


def _detail(head: Sequence[Any], stays: Sequence[StayLine], may_see_guests: bool) -> ReservationDetail:
    guest = guest_line(head[11:], may_see_guests)
    notes = head[6] if may_see_guests else None
    return ReservationDetail(*[*head[:6], notes, tuple(head[7]), *head[8:11], guest, tuple(stays)])


def guest_line(values: Sequence[Any], may_see_guests: bool) -> GuestLine:
    """The guest of these values, in the order of `GuestLine`, as one who may or may not see guests sees it."""
    return GuestLine(*(values if may_see_guests else (values[0], *[None] * 7, values[8])))


_GUEST = "select g.id, g.first_name, g.last_name, g.email, g.phone, g.country, g.language, g.notes, g.version from guest g"
_WITHIN_REACH = "exists (select from reservation r where r.guest_id = g.id and r.property_id = any(%(seen)s::uuid[]))"
_GUEST_SEARCH = (
    "(starts_with(lower(g.last_name), lower(%(search)s)) or starts_with(lower(g.first_name), lower(%(search)s))"
    " or lower(g.email) = lower(%(search)s)"
    " or starts_with(lower(concat_ws(' ', g.first_name, g.last_name)), lower(%(search)s)))"
)


def guests(db: Db, search: str | None = None, after: UUID | None = None, limit: int = 50) -> tuple[list[GuestLine], bool]:
    """Guests whose name begins with, or whose e-mail is, `search`; the newest first, and whether more follow.

    An actor limited to some properties sees those who have a reservation there. Refuses `NotPermitted`.
    """
    db.actor.require("guest.view")
    most = min(limit, PAGE_MAX)
    parts = [_GUEST_SEARCH] if search else []
    parts += ["g.id < %(after)s"] if after else []
    parts += [_WITHIN_REACH] if db.actor.property_ids is not None else []
    query = f"{_GUEST}{' where ' if parts else ''}{' and '.join(parts)} order by g.id desc limit %(limit)s"
    rows = raw(db).execute(query, {"search": search, "after": after, "seen": _seen(db), "limit": most + 1}).fetchall()
    return [GuestLine(*row) for row in rows[:most]], len(rows) > most


def guest_within_reach(db: Db, guest_id: UUID) -> GuestLine | None:
    """The guest, or None when there is no such one in the properties the actor works in."""
    within = f" and {_WITHIN_REACH}" if db.actor.property_ids is not None else ""
    row = raw(db).execute(f"{_GUEST} where g.id = %(id)s{within}", {"id": guest_id, "seen": _seen(db)}).fetchone()
    return GuestLine(*row) if row else None
