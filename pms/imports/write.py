"""Bookings of one chunk -> rows, in a handful of statements whatever their number.

Row-level security rules COPY out, so rows travel as arrays and are unnested; a stay's nights are spread out by PostgreSQL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from pms.imports.bookings import Booking, Person, Room
from pms.imports.deal import deal, lanes_of
from pms.imports.house import House
from pms.inventory.claim import claim
from pms.kernel.db import Db, raw
from pms.kernel.ids import new_id
from pms.reservations.book import new_code

NOON = time(12)
LOOK_BACK = timedelta(days=14)
"""How far before a chunk to look for who left last: further gaps are all alike."""


@dataclass(frozen=True)
class Written:
    """What became of a chunk: stays that found no unit, and (room type, night)s sold beyond what there is."""

    unassigned: int = 0
    oversold: int = 0


@dataclass(slots=True)
class _Stay:
    """A room on its way into the tables."""

    id: UUID
    reservation_id: UUID
    room_type_id: UUID
    room: Room
    unit_id: UUID | None = None


def known(db: Db, property_id: UUID, bookings: Sequence[Booking]) -> set[tuple[str, str]]:
    """Which (source, ref) of the bookings the property has already, from whatever door they came."""
    query = """
        select source, external_ref from reservation
        where property_id = %s and source = any(%s::text[]) and external_ref = any(%s::text[])
    """
    keys = property_id, sorted({booking.source for booking in bookings}), [booking.ref for booking in bookings]
    # Not prepared: planned anew with the keys in sight, for the table has grown since the statistics were taken.
    return {(row[0], row[1]) for row in raw(db).execute(query, keys, prepare=False)}


def write(db: Db, house: House, bookings: Sequence[Booking]) -> Written:
    """Add guests, reservations, stays and nights of bookings the property does not have; count and deal their rooms.

    Live stays are never refused: nights beyond the house's capacity are sold by force and counted, stays for which no
    unit is free throughout stay unassigned.
    """
    guests = _guests(db, [booking.guest for booking in bookings])
    reservations = [new_id() for _ in bookings]
    _insert_reservations(db, house, bookings, reservations, guests)
    stays = [
        _Stay(new_id(), reservation, house.types[room.room_type.casefold()], room)
        for booking, reservation in zip(bookings, reservations, strict=True)
        for room in booking.rooms
    ]
    _insert_stays(db, house, stays)
    live = [stay for stay in stays if stay.room.live and stay.room.prices]
    lacking = _claim(db, live)
    _deal(db, house, live)
    _insert_nights(db, house, stays)
    return Written(sum(stay.unit_id is None for stay in live), lacking)


def _claim(db: Db, live: Sequence[_Stay]) -> int:
    """Count the nights as sold; returns how many of them the house did not have."""
    change: Counter[tuple[UUID, date]] = Counter()
    for stay in live:
        for offset in range(len(stay.room.prices)):
            change[stay.room_type_id, stay.room.arrival + timedelta(days=offset)] += 1
    lacking = claim(db, change, force=True)
    return sum(min(count, change[key]) for key, count in lacking.items())


def _deal(db: Db, house: House, live: Sequence[_Stay]) -> None:
    """Give every stay a unit: first those that name a door, then the others in order of arrival."""
    asking = sorted((s for s in live if s.room.unit != "-"), key=lambda s: (not s.room.unit, s.room.arrival, s.room.departure))
    if not asking:
        return
    units = [unit for kind in {stay.room_type_id for stay in asking} for unit in house.units[kind]]
    taken = _taken(db, units, min(stay.room.arrival for stay in asking) - LOOK_BACK, max(stay.room.departure for stay in asking))
    lanes = {lane.unit: lane for lane in lanes_of(units, taken)}
    for stay in asking:
        door = house.by_door.get((stay.room_type_id, stay.room.unit.casefold())) if stay.room.unit else None
        dates = [(stay.room.arrival, stay.room.departure)]
        if door is not None:
            stay.unit_id = deal(dates, [lanes[door]])[0]
        if stay.unit_id is None:
            stay.unit_id = deal(dates, [lanes[unit] for unit in house.units[stay.room_type_id]])[0]


_TAKEN = """
select unit_id, night from stay_night
where live and unit_id = any(%(units)s) and night >= %(first)s and night < %(end)s
union
select b.unit_id, d::date from block b, generate_series(
  greatest(b.first_night, %(first)s::date), least(b.end_night, %(end)s::date) - 1, interval '1 day') d
where b.unit_id = any(%(units)s) and b.kind = 'out_of_order' and b.lifted_at is null
"""


def _taken(db: Db, units: Sequence[UUID], first: date, end: date) -> Iterable[tuple[UUID, date]]:
    """(unit, night)s that are not free. Cannot change under us: the counters' locks cover them."""
    rows = raw(db).execute(_TAKEN, {"units": list(units), "first": first, "end": end})
    return [(row[0], row[1]) for row in rows]


_GUESTS = """
insert into guest (id, organization_id, first_name, last_name, email, phone, country, language, notes, version)
select w.id, %(organization)s, w.first_name, w.last_name, w.email, w.phone, w.country, w.language, '', 1
from unnest(%(ids)s::uuid[], %(first)s::text[], %(last)s::text[], %(email)s::text[], %(phone)s::text[],
            %(country)s::text[], %(language)s::text[]) as w(id, first_name, last_name, email, phone, country, language)
"""


def _guests(db: Db, people: Sequence[Person]) -> list[UUID]:
    """The guest of each person: one we know by e-mail and name, or a new one. Without an e-mail nobody is taken for another."""
    ids = _same_guests(db, people)
    fresh: list[tuple[UUID, Person]] = []
    found: list[UUID] = []
    for person in people:
        key = _same(person)
        guest_id = ids.get(key) if key else None
        if guest_id is None:
            guest_id = new_id()
            fresh.append((guest_id, person))
            if key:
                ids[key] = guest_id
        found.append(guest_id)
    values: dict[str, Any] = {
        "organization": db.organization_id,
        "ids": [guest_id for guest_id, _ in fresh],
        "first": [person.first_name for _, person in fresh],
        "last": [person.last_name for _, person in fresh],
        "email": [person.email for _, person in fresh],
        "phone": [person.phone[:40] for _, person in fresh],
        "country": [person.country[:2] for _, person in fresh],
        "language": [person.language[:2] for _, person in fresh],
    }
    raw(db).execute(_GUESTS, values)
    return found


def _same(person: Person) -> tuple[str, str, str] | None:
    return (person.email.lower(), person.last_name.lower(), person.first_name.lower()) if person.email else None


def _same_guests(db: Db, people: Sequence[Person]) -> dict[tuple[str, str, str], UUID]:
    wanted = sorted({key for person in people if (key := _same(person))})
    if not wanted:
        return {}
    query = """
        select w.email, w.last, w.first, min(g.id::text)::uuid from guest g
        join unnest(%s::text[], %s::text[], %s::text[]) as w(email, last, first)
          on lower(g.last_name) = w.last and lower(g.email) = w.email and lower(g.first_name) = w.first
        where g.organization_id = %s group by 1, 2, 3
    """
    keys = [[key[part] for key in wanted] for part in range(3)]
    return {(row[0], row[1], row[2]): row[3] for row in raw(db).execute(query, [*keys, db.organization_id])}


_RESERVATIONS = """
insert into reservation
  (id, organization_id, property_id, guest_id, code, source, external_ref, currency, notes, tags, booked_at, version)
select w.id, %(organization)s, %(property)s, w.guest, w.code, w.source, w.ref, %(currency)s, w.notes,
       case when w.tags = '' then '{}'::text[] else string_to_array(w.tags, '|') end, w.booked, 1
from unnest(%(ids)s::uuid[], %(guests)s::uuid[], %(codes)s::text[], %(sources)s::text[], %(refs)s::text[], %(notes)s::text[],
            %(tags)s::text[], %(booked)s::timestamptz[]) as w(id, guest, code, source, ref, notes, tags, booked)
"""


def _insert_reservations(db: Db, house: House, bookings: Sequence[Booking], ids: Sequence[UUID], guests: Sequence[UUID]) -> None:
    values: dict[str, Any] = {
        "organization": db.organization_id,
        "property": house.property_id,
        "currency": house.currency,
        "ids": list(ids),
        "guests": list(guests),
        "codes": _codes(db, len(bookings)),
        "sources": [booking.source for booking in bookings],
        "refs": [booking.ref for booking in bookings],
        "notes": [booking.notes for booking in bookings],
        "tags": ["|".join(booking.tags) for booking in bookings],
        "booked": [house.instant(booking.booked_on, NOON) for booking in bookings],
    }
    raw(db).execute(_RESERVATIONS, values)


def _codes(db: Db, count: int) -> list[str]:
    """So many codes that nobody has: among a hundred thousand of them, chance does give the same one twice."""
    codes: set[str] = set()
    while len(codes) < count:
        drawn = {new_code() for _ in range(count - len(codes))}
        query = "select code from reservation where organization_id = %s and code = any(%s::text[])"
        codes |= drawn - {row[0] for row in raw(db).execute(query, (db.organization_id, list(drawn)), prepare=False)}
    return list(codes)


_STAYS = """
insert into stay
  (id, organization_id, property_id, reservation_id, room_type_id, arrival, departure, adults, children, status,
   checked_in_at, checked_out_at, cancelled_at, version)
select w.id, %(organization)s, %(property)s, w.reservation, w.kind, w.arrival, w.departure, w.adults, w.children, w.status,
       w.came, w.went, w.cancelled, 1
from unnest(%(ids)s::uuid[], %(reservations)s::uuid[], %(kinds)s::uuid[], %(arrivals)s::date[], %(departures)s::date[],
            %(adults)s::int[], %(children)s::int[], %(statuses)s::text[], %(came)s::timestamptz[], %(went)s::timestamptz[],
            %(cancelled)s::timestamptz[])
  as w(id, reservation, kind, arrival, departure, adults, children, status, came, went, cancelled)
"""


def _insert_stays(db: Db, house: House, stays: Sequence[_Stay]) -> None:
    rooms = [stay.room for stay in stays]
    came = ("checked_in", "checked_out")
    values: dict[str, Any] = {
        "organization": db.organization_id,
        "property": house.property_id,
        "ids": [stay.id for stay in stays],
        "reservations": [stay.reservation_id for stay in stays],
        "kinds": [stay.room_type_id for stay in stays],
        "arrivals": [room.arrival for room in rooms],
        "departures": [room.departure for room in rooms],
        "adults": [room.adults for room in rooms],
        "children": [room.children for room in rooms],
        "statuses": [room.status for room in rooms],
        "came": [house.instant(r.arrival, house.check_in) if r.status in came else None for r in rooms],
        "went": [house.instant(r.departure, house.check_out) if r.status == "checked_out" else None for r in rooms],
        "cancelled": [house.instant(r.ended_on or r.arrival, NOON) if r.status == "cancelled" else None for r in rooms],
    }
    raw(db).execute(_STAYS, values)


_NIGHTS = """
insert into stay_night (organization_id, property_id, stay_id, night, room_type_id, unit_id, price, live)
select %(organization)s, %(property)s, w.stay, w.arrival + k, w.kind, w.unit, p.prices[w.start + k], w.live
from (select %(prices)s::int[] as prices) p,
     unnest(%(stays)s::uuid[], %(arrivals)s::date[], %(counts)s::int[], %(starts)s::int[], %(kinds)s::uuid[],
            %(units)s::uuid[], %(live)s::bool[]) as w(stay, arrival, nights, start, kind, unit, live),
     generate_series(0, w.nights - 1) k
"""


def _insert_nights(db: Db, house: House, stays: Sequence[_Stay]) -> None:
    """All nights, also those of cancelled stays and no-shows, which are not live. Prices go in one flat array."""
    counts = [len(stay.room.prices) for stay in stays]
    starts = [1]
    for nights in counts[:-1]:
        starts.append(starts[-1] + nights)
    values: dict[str, Any] = {
        "organization": db.organization_id,
        "property": house.property_id,
        "prices": [price for stay in stays for price in stay.room.prices],
        "stays": [stay.id for stay in stays],
        "arrivals": [stay.room.arrival for stay in stays],
        "counts": counts,
        "starts": starts,
        "kinds": [stay.room_type_id for stay in stays],
        "units": [stay.unit_id for stay in stays],
        "live": [stay.room.live for stay in stays],
    }
    raw(db).execute(_NIGHTS, values)
