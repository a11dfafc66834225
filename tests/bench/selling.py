"""Bookings per second: through the verb and through HTTP, beside the same rows written by bare psycopg."""

from __future__ import annotations

import json
import multiprocessing
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from time import perf_counter, sleep
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import text

from pms.kernel.actor import Actor, job_actor
from pms.kernel.dates import nights, today
from pms.kernel.db import APP_ROLE, work
from pms.kernel.ids import new_id
from pms.reservations.book import Booking, Room, book, new_code
from pms.reservations.guests import GuestDetails
from pms.settings import settings
from tests.bench.figures import Figure, p50, p99
from tests.builders import a_property, a_room_type, an_organization

WRITERS = 8
EACH = 150
TYPES, UNITS, DAYS = 20, 60, 330


@dataclass(frozen=True)
class Hotel:
    organization_id: UUID
    property_id: UUID
    types: list[UUID]


Writer = Callable[[Hotel, int], Iterator[None]]
"""Makes one booking a step; its number is the seed of what it wants."""


@dataclass(frozen=True)
class Run:
    """What came out of WRITERS writers: bookings a second over all, and each booking's time in milliseconds."""

    per_second: float
    times: list[float]


def measure() -> list[Figure]:
    """Each way three times, alternating; the run in the middle counts."""
    hotel = _hotel()
    ways: dict[str, list[Run]] = {"bare": [], "verb": []}
    for _ in range(3):
        for name, writer in (("bare", _bare), ("verb", _verb)):
            ways[name].append(race(writer, hotel))
            _settle()
    bare, verb = (middle(ways[name]) for name in ("bare", "verb"))
    of = {"verb_per_second": verb.per_second, "bare_psycopg_per_second": bare.per_second}
    return [
        Figure("booking through the verb / bare psycopg", verb.per_second / bare.per_second, "ratio", 0.35, False, of),
        Figure("booking through the verb, p99 at 8 writers", p99(verb.times), "ms", 40, True, {"p50": p50(verb.times)}),
    ]


def middle(runs: list[Run]) -> Run:
    """The run of median speed."""
    return sorted(runs, key=lambda run: run.per_second)[len(runs) // 2]


def race(writer: Writer, hotel: Hotel, per_second: float | None = None) -> Run:
    """Start WRITERS processes together, each making EACH bookings: one after the other, or when they are due.

    `per_second` bookings are due in all, at random moments; one that begins late was waited for all the same.
    """
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(WRITERS + 1), context.SimpleQueue()
    rest = WRITERS / per_second if per_second else None
    crew = [context.Process(target=_work, args=(writer, hotel, n, rest, barrier, results), daemon=True) for n in range(WRITERS)]
    for process in crew:
        process.start()
    barrier.wait(timeout=60)
    start = perf_counter()
    times = [time for _ in crew for time in results.get()]
    elapsed = perf_counter() - start
    for process in crew:
        process.join()
    return Run(len(times) / elapsed, times)


def _work(writer: Writer, hotel: Hotel, n: int, rest: float | None, barrier: Any, results: Any) -> None:
    """`rest` is the mean time in seconds between two of this writer's bookings; None lets it never rest."""
    steps, times = writer(hotel, n), []
    for _ in range(10):
        next(steps)
    barrier.wait(timeout=60)
    for due in islice(_moments(n, rest), EACH):
        next(steps)
        times.append((perf_counter() - due) * 1000)
    results.put(times)


def _moments(n: int, rest: float | None) -> Iterator[float]:
    """When this writer's bookings are due: at once, or at random; comes back then, or later if the last one took too long."""
    dice, due = random.Random(n), perf_counter()
    while True:
        if rest:
            due += dice.expovariate(1 / rest)
            sleep(max(0.0, due - perf_counter()))
        else:
            due = perf_counter()
        yield due


def wishes(hotel: Hotel, n: int) -> Iterator[tuple[UUID, date, date]]:
    """Random room types and dates, 1 to 5 nights, the same for every way of booking them."""
    dice, here = random.Random(n), today("Europe/Vilnius")
    while True:
        arrival = here + timedelta(days=dice.randrange(DAYS))
        yield dice.choice(hotel.types), arrival, arrival + timedelta(days=dice.randint(1, 5))


def _verb(hotel: Hotel, n: int) -> Iterator[None]:
    actor = job_actor(hotel.organization_id, "bench")
    for room_type_id, arrival, departure in wishes(hotel, n):
        with work(actor) as db:
            book(db, Booking(hotel.property_id, GuestDetails("Bench", "Mark"), [Room(room_type_id, arrival, departure)]))
        yield


_GUEST = "insert into guest (id, organization_id, first_name, last_name, email, phone, country, language, notes, version) values (%s, %s, 'Mark', 'Bench', '', '', '', '', '', 1)"  # noqa: E501
_RESERVATION = "insert into reservation (id, organization_id, property_id, guest_id, code, source, currency, notes, tags, version) values (%s, %s, %s, %s, %s, 'desk', 'EUR', '', '{}', 1)"  # noqa: E501
_STAY = "insert into stay (id, organization_id, property_id, reservation_id, room_type_id, arrival, departure, adults, children, status, version) values (%s, %s, %s, %s, %s, %s, %s, 2, 0, 'confirmed', 1)"  # noqa: E501
_NIGHTS = "insert into stay_night (organization_id, property_id, stay_id, night, room_type_id, price, live) select %s, %s, %s, unnest(%s::date[]), %s, 9000, true"  # noqa: E501
_SOLD = "update inventory_night set sold = sold + 1 where room_type_id = %s and night = any(%s)"
_JOURNAL = "insert into journal (organization_id, property_id, actor_kind, actor_name, event, entity, entity_id, after) values (%s, %s, 'job', 'bench', 'stay.booked', 'stay', %s, %s)"  # noqa: E501


def _bare(hotel: Hotel, n: int) -> Iterator[None]:
    """The lower bound: the same rows in one transaction each; nothing asked, nothing checked, the tenant set once for all."""
    org, house = hotel.organization_id, hotel.property_id
    connection = psycopg.connect(settings().libpq_url or "", options=f"-c role={APP_ROLE} -c app.organization_id={org}")
    for room_type_id, arrival, departure in wishes(hotel, n):
        guest, reservation, stay, days = new_id(), new_id(), new_id(), nights(arrival, departure)
        after = {
            "status": "confirmed",
            "arrival": str(arrival),
            "departure": str(departure),
            "segments": [[str(arrival), str(departure), str(room_type_id), None]],
            "prices": [9000] * len(days),
        }
        connection.execute(_GUEST, (guest, org))
        connection.execute(_RESERVATION, (reservation, org, house, guest, new_code()))
        connection.execute(_STAY, (stay, org, house, reservation, room_type_id, arrival, departure))
        connection.execute(_NIGHTS, (org, house, stay, days, room_type_id))
        connection.execute(_SOLD, (room_type_id, days))
        connection.execute(_JOURNAL, (org, house, stay, json.dumps(after)))
        connection.commit()
        yield


def _hotel() -> Hotel:
    """Large enough that nothing sells out, its nights touched beforehand, its tables analyzed."""
    organization_id = an_organization("Bench")
    actor: Actor = job_actor(organization_id, "bench")
    property_id = a_property(actor)
    types = [a_room_type(actor, property_id, f"Type {n}", units=[f"{n}-{u}" for u in range(UNITS)]) for n in range(TYPES)]
    with work(actor) as db:
        db.execute(
            text(
                "insert into inventory_night select organization_id, id, current_date - 2 + d, :units, 0, 0, 0, 100000, 0"
                " from room_type, generate_series(0, :days) d where property_id = :house"
            ),
            {"units": UNITS, "days": DAYS + 10, "house": property_id},
        )
    _settle()
    return Hotel(organization_id, property_id, types)


def _settle() -> None:
    """What autovacuum would have done by itself in an hour."""
    with psycopg.connect(settings().libpq_url or "", autocommit=True) as connection:
        connection.execute("vacuum analyze")
