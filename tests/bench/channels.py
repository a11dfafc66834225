"""How soon the last room is gone everywhere, how fast a year is told and bookings come in, and what a storm leaves behind."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from uuid import UUID

from sqlalchemy import text

from pms.channels.connections import connect, map_product
from pms.inventory.units import add_units
from pms.kernel import embedded_servers
from pms.kernel.actor import Actor, job_actor
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.rates.cells import Edit, change_cells
from pms.rates.plans import PlanFields, create_plan
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from tests.bench.figures import Figure, p50, p95
from tests.builders import a_cast, a_property, a_room_type
from tests.channels.channex import FakeChannex
from tests.channels.conftest import OnChannel, hosted, on_channel
from tests.channels.fake import SOON, serving
from tests.channels.processes import answers, running, until
from tests.channels.storm import assert_all_is_well, astray, blow, killer
from tests.services import environment, free_port
from workers.channels import speak

FIVE = ("booking_com", "airbnb", "expedia", "agoda", "trip_com")
SALES, PAUSE = 40, 2.1
TYPES, PLANS, NIGHTS = 20, 10, 500
IMPORTED = 300
EACH, STORM_SECONDS, FAULTS, DOUBLES, SINGLES = 300, 60.0, 0.2, 35, 15


def measure() -> list[Figure]:
    """All of it, on local channels that keep a calendar as the real ones do."""
    return [*_telling(), *_full_sync(), *_importing(), *_storm()]


def _telling() -> list[Figure]:
    """From the commit of a sale at the desk to the moment the slowest of five channels has taken it."""
    waits: list[float] = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        hotels = _five(stack, a_cast().olga, free_port())
        _more_rooms(hotels[0], SALES, 0)
        stack.enter_context(running(Path(folder), "relay", "channels"))
        until(lambda: all(hotel.shown("room-D", 9).get("rooms") == 3 + SALES for hotel in hotels), "everybody is told")
        for sold in range(1, SALES + 1):
            began = perf_counter()
            hotels[0].book(2, 3)
            while any(hotel.shown("room-D", 2).get("rooms") != 3 + SALES - sold for hotel in hotels):
                time.sleep(0.002)
                assert perf_counter() - began < 60, "a sale was not told"
            waits.append(perf_counter() - began)
            time.sleep(PAUSE)
    of = {"median": p50(waits), "worst": max(waits)}
    return [Figure("channels: sale to accepted on the slowest of 5, p95", p95(waits), "s", 5.0, of=of)]


def _five(stack: ExitStack, owner: Actor, port: int) -> list[OnChannel]:
    hotels: list[OnChannel] = []
    for name in FIVE:
        hotels.append(stack.enter_context(on_channel(owner, name, hotels[0] if hotels else None, f"http://127.0.0.1:{port}")))
    return hotels


def _more_rooms(hotel: OnChannel, doubles: int, singles: int) -> None:
    with work(hotel.owner) as db:
        for kind, count, letter in ((hotel.double, doubles, "D"), (hotel.single, singles, "S")):
            if count:
                add_units(db, kind, ", ".join(f"{letter}{n}" for n in range(count)))


def _full_sync() -> list[Figure]:
    """500 nights of 20 room types and 10 plans in each, every fifth night at another price, to a channel that takes two calls."""
    owner = a_cast().olga
    fake = FakeChannex()
    with serving(fake), hosted("channex", fake.url):
        connection = _large_house(owner, fake)
        assert owner.organization_id
        actor, began = job_actor(owner.organization_id, "channels"), perf_counter()
        calls = 0
        while not _told(fake):
            speak(actor, connection, "channex", NIGHTS)
            calls += 1
            assert calls < 5, "the year was not told"
        took = perf_counter() - began
        cells = sum(len(values) for values in fake.calendar.values())
        posts = [path for method, path, _ in fake.calls if method == "POST"]
        least = fake.smallest()
        again = perf_counter()
        _look_again(owner, connection)
        speak(actor, connection, "channex", NIGHTS)
        return [
            Figure("channels: full sync, 500 nights x 220 products", took, "s", of={"fields": cells, "fields/s": cells / took}),
            Figure("channels: full sync, calls", len(posts), "", of={"least": 2}),
            Figure("channels: full sync, bytes to the least possible", fake.bytes / least, "x", of={"MB": fake.bytes / 1e6}),
            Figure("channels: looking at all of it when nothing moved", perf_counter() - again, "s"),
        ]


def _told(fake: FakeChannex) -> bool:
    return len(fake.calendar) == NIGHTS * (TYPES + TYPES * PLANS)


def _look_again(owner: Actor, connection: UUID) -> None:
    with work(owner) as db:
        query = "update channel_connection set swept_at = null, rest_until = null, turn_until = null where id = :id"
        db.execute(text(query), {"id": connection})


def _large_house(owner: Actor, fake: FakeChannex) -> UUID:
    house = a_property(owner)
    kinds = [a_room_type(owner, house, f"Type {n}", 5) for n in range(TYPES)]
    with work(owner) as db:
        plans = [create_plan(db, house, PlanFields(f"P{n}", f"Plan {n}")) for n in range(PLANS)]
        connection = connect(db, house, "channex", fake.remote_property, fake.credentials).id
        for k, kind in enumerate(kinds):
            fake.add(f"room-{k}", [f"rate-{k}-{p}" for p in range(PLANS)])
            map_product(db, connection, kind, None, f"room-{k}")
            for p, plan in enumerate(plans):
                map_product(db, connection, kind, plan.id, f"room-{k}/rate-{k}-{p}")
    first = today("Europe/Vilnius")
    for plan in plans:
        nights = [first + timedelta(days=n) for n in range(0, NIGHTS, 5)]
        with work(owner) as db:
            change_cells(db, house, [Edit((plan.id, kind, night), {"price": 12_300}) for kind in kinds for night in nights])
    return connection


def _importing() -> list[Figure]:
    """Bookings that wait at a channel, fetched, taken in and thanked for one by one."""
    owner = a_cast().olga
    with on_channel(owner, "channex") as hotel:
        _more_rooms(hotel, IMPORTED, 0)
        hotel.turn()
        for n in range(IMPORTED):
            hotel.fake.sell([hotel.sale(2 + n % 10, 4 + n % 10)], force=True)
        began = perf_counter()
        hotel.turn()
        took = perf_counter() - began
        assert hotel.fake.waiting == []
        bare = _bare(hotel, 100)
    of = {"seconds": took, "booked by hand/s": bare}
    return [Figure("channels: bookings taken in and thanked for", IMPORTED / took, "/s", of=of)]


def _bare(hotel: OnChannel, count: int) -> float:
    began = perf_counter()
    for n in range(count):
        with work(hotel.owner) as db:
            room = Room(hotel.double, hotel.day(14), hotel.day(15), prices=[9_000])
            book(db, Booking(hotel.property_id, GuestDetails(f"Bare {n}"), [room]), force=True)
    return count / (perf_counter() - began)


def _storm() -> list[Figure]:
    """Five channels, 300 bookings each within a minute, 50 rooms, every fifth call fails, everybody who works here is killed."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        redis = stack.enter_context(embedded_servers.redis(Path(folder)))
        stack.enter_context(environment(REDIS_URL=redis.url, **SOON))
        port = free_port()
        hotels = _five(stack, a_cast().olga, port)
        _more_rooms(hotels[0], DOUBLES - 3, SINGLES - 2)
        processes = stack.enter_context(running(Path(folder), "relay", "channels", door=port))
        until(lambda: answers(port), "the door is open")
        until(lambda: all(hotel.shown("room-D", 9).get("rooms") == DOUBLES for hotel in hotels), "everybody is told")
        storm = blow(hotels, EACH, STORM_SECONDS, FAULTS, killer(processes, redis))
        assert_all_is_well(hotels, storm, patience=600)
        made, lost = sum(len(hotel.fake.bookings) for hotel in hotels), len(astray(hotels))
    of = {"made": made, "changed": storm.changed, "cancelled": storm.cancelled, "turned away": storm.turned_away}
    oversold = {"nights oversold": storm.oversold_nights, "told of": storm.oversold_bookings, "sold unheard": storm.sold_unheard}
    return [
        Figure("channels: storm, bookings lost or doubled", lost, "", 0, of=of),
        Figure("channels: storm, all agree after it is over", storm.quiet_after, "s", of=oversold),
    ]
