"""A storm: guests book, change and cancel on several channels at once, the desk sells too, every call may fail, processes are
killed; and then what must be true once it is over."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import text

from pms.kernel.db import work
from pms.kernel.embedded_servers import Server
from pms.kernel.refusals import Refusal
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from tests.channels.conftest import OnChannel
from tests.channels.fake import FakeBooking, Sold, moved
from tests.channels.processes import Process, until
from tests.invariants import assert_house_in_order

NIGHTS = 10
"""The nights everybody wants."""
HEARING = 90.0
"""Seconds until a channel knows what is in our books: one that answers nonsense is left alone for 60, and a speaker that was
killed is waited for for 20. One that took any number of rooms `COMMITTED` seconds after that has been told all of them."""
COMMITTED = 10.0
"""Seconds in which a transaction is sure to have ended, and a message that was made before it to have come in."""


@dataclass
class Storm:
    """What happened, for the report."""

    made: int = 0
    changed: int = 0
    cancelled: int = 0
    turned_away: int = 0
    at_desk: int = 0
    seconds: float = 0.0
    quiet_after: float = 0.0
    oversold_nights: int = 0
    oversold_bookings: int = 0
    sold_unheard: int = 0
    """Rooms and nights that were sold although the house was full, because whoever sold them had not heard so."""
    desk: list[Sold] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def blow(
    hotels: Sequence[OnChannel], each: int, seconds: float, faults: float, disturb: Callable[[float], None] = lambda passed: None
) -> Storm:
    """`each` bookings on every channel within so many seconds, some changed or cancelled, a desk that sells as well; each call to
    a channel fails with the probability `faults`, and so many of its own come late, twice and out of order. `disturb` is called
    now and then with the share of time that has passed.
    """
    storm, began = Storm(), time.monotonic()
    for hotel in hotels:
        hotel.fake.fault_share = hotel.fake.disorder = faults
    crowd = [threading.Thread(target=_guests, args=(storm, hotel, each, seconds, n)) for n, hotel in enumerate(hotels)]
    crowd.append(threading.Thread(target=_desk, args=(storm, hotels[0], each // 3, seconds)))
    for one in crowd:
        one.start()
    while any(one.is_alive() for one in crowd):
        disturb(min(1.0, (time.monotonic() - began) / seconds))
        time.sleep(0.1)
    for hotel in hotels:
        hotel.fake.fault_share = hotel.fake.disorder = 0.0
    storm.seconds = time.monotonic() - began
    return storm


def _guests(storm: Storm, hotel: OnChannel, each: int, seconds: float, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(each):
        first, room = dice.randrange(NIGHTS - 1), dice.choice("DDDS")
        sale = hotel.sale(first, first + dice.randrange(1, 3), f"room-{room}", f"rate-{room}", adults=1)
        id = hotel.fake.sell([sale])
        with storm.lock:
            storm.made, storm.turned_away = storm.made + bool(id), storm.turned_away + (not id)
        live = [one for one in hotel.fake.bookings.values() if one.status != "cancelled"]
        if live and dice.random() < 0.3:
            _second_thoughts(storm, hotel, dice.choice(live), dice)
        time.sleep(seconds / each * dice.uniform(0.5, 1.0))


def _second_thoughts(storm: Storm, hotel: OnChannel, booking: FakeBooking, dice: random.Random) -> None:
    if dice.random() < 0.5:
        hotel.fake.cancel(booking.id)
        storm.cancelled += 1
    else:
        first = dice.randrange(NIGHTS - 1)
        rooms = [moved(sale, hotel.day(first), hotel.day(first + 1)) for sale in booking.rooms]
        hotel.fake.modify(booking.id, rooms, force=False)
        storm.changed += 1


def _desk(storm: Storm, hotel: OnChannel, count: int, seconds: float) -> None:
    dice = random.Random(99)
    for _ in range(count):
        first = dice.randrange(NIGHTS - 1)
        room, began = Room(hotel.double, hotel.day(first), hotel.day(first + 1), adults=1), time.time()
        try:
            with work(hotel.owner) as db:
                book(db, Booking(hotel.property_id, GuestDetails("Desk"), [room]))
            storm.at_desk += 1
            storm.desk.append(Sold("", "room-D", hotel.day(first), began))
        except Refusal:
            pass
        time.sleep(seconds / max(1, count))


def killer(processes: Mapping[str, Process], redis: Server) -> Callable[[float], None]:
    """Kills each of them at its shares of the time, without a goodbye; they come back."""
    due = [(0.1, "web"), (0.2, "relay"), (0.3, "channels"), (0.5, "redis"), (0.6, "channels"), (0.7, "relay"), (0.8, "web")]

    def disturb(passed: float) -> None:
        while due and passed >= due[0][0]:
            _, name = due.pop(0)
            if name == "redis":
                redis.process.kill()
                redis.process.wait()
                redis.revive()
            else:
                processes[name].kill()

    return disturb


def assert_all_is_well(hotels: Sequence[OnChannel], storm: Storm, patience: float = 120.0, hearing: float = HEARING) -> None:
    """Once it is quiet: every booking once, in its last state; every calendar ours; what is oversold was told to somebody, and
    was sold before whoever sold it could have heard, which takes so many seconds at most.
    """
    began = time.monotonic()
    for hotel in hotels:
        hotel.hurry()
    until(lambda: not any(_reminded(hotel) for hotel in hotels), lambda: f"agreed, but {[*map(quarrel, hotels)]}", patience)
    storm.quiet_after = time.monotonic() - began
    assert astray(hotels) == []
    assert_house_in_order(hotels[0].owner, oversold_allowed=True)
    _assert_told(hotels[0], storm)
    assert_sold_unheard(hotels, storm, hearing)


def astray(hotels: Sequence[OnChannel]) -> list[tuple[str, str]]:
    """(channel, booking) of every booking made there that is not here exactly as it stands there."""
    found = []
    for hotel in hotels:
        kept = hotel.bookings()
        for id, booking in hotel.fake.bookings.items():
            stays = hotel.stays(id) if id in kept else []
            here = sorted((arrival, departure) for arrival, departure, status in stays if status == "confirmed")
            if id not in kept or here != last_state(booking):
                found.append((hotel.channel, id))
    return found


def last_state(booking: FakeBooking) -> list[tuple[date, date]]:
    """The dates of its rooms as the channel has them."""
    return [] if booking.status == "cancelled" else sorted((sale.arrival, sale.departure) for sale in booking.rooms)


def _reminded(hotel: OnChannel) -> str:
    """What they do not agree about after the channel brought again what it was not thanked for, as it does until it is."""
    if hotel.fake.waiting:
        hotel.fake.remind()
    return quarrel(hotel)


def quarrel(hotel: OnChannel) -> str:
    """What the channel and our books do not agree about; "" for nothing. A booking that was only asked about, and whose yes got
    lost on the way, keeps its rooms for a while.
    """
    kept = {id for id, booking in hotel.bookings().items() if booking.status != "asked"}
    if hotel.fake.waiting or kept != hotel.fake.bookings.keys():
        return f"{hotel.channel} waits for {hotel.fake.waiting}, one side only: {kept ^ hotel.fake.bookings.keys()}"
    left = rooms_left(hotel)
    shown = {(room, n): hotel.shown(room, n).get("rooms") for room, n in left}
    apart = {cell: (shown[cell], left[cell]) for cell in left if shown[cell] != left[cell]}
    return f"{hotel.channel} shows (theirs, ours) {apart}" if apart else ""


def rooms_left(hotel: OnChannel, nights: int = NIGHTS) -> dict[tuple[str, int], int]:
    """("room-D", night) -> rooms left, by our own books."""
    with work(hotel.owner) as db:
        query = """
            select t.id, d::date, greatest(0, coalesce(i.capacity + i.overbooking - i.sold - i.held - i.blocked, u.units))
            from room_type t cross join generate_series(:first, :last, interval '1 day') d
            cross join lateral (select count(*) units from unit where room_type_id = t.id) u
            left join inventory_night i on i.room_type_id = t.id and i.night = d::date where t.property_id = :house
        """
        span = {"first": hotel.first, "last": hotel.day(nights - 1), "house": hotel.property_id}
        rooms = {hotel.double: "room-D", hotel.single: "room-S"}
        return {(rooms[row[0]], (row[1] - hotel.first).days): row[2] for row in db.execute(text(query), span)}


def oversold(hotel: OnChannel) -> set[tuple[str, int]]:
    """("room-D", night) of the nights on which more is sold than may be."""
    with work(hotel.owner) as db:
        query = "select room_type_id, night from inventory_night where room_type_id = any(:kinds) and oversold > 0"
        rooms = {hotel.double: "room-D", hotel.single: "room-S"}
        found = db.execute(text(query), {"kinds": list(rooms)})
        return {(rooms[kind], (night - hotel.first).days) for kind, night in found}


def _assert_told(hotel: OnChannel, storm: Storm) -> None:
    """Every night that is oversold was told to somebody, by the booking that did it."""
    with work(hotel.owner) as db:
        oversold = db.execute(
            text(
                "select t.name, i.night::text from inventory_night i join room_type t on t.id = i.room_type_id"
                " where t.property_id = :house and i.oversold > 0"
            ),
            {"house": hotel.property_id},
        ).all()
        told = db.execute(
            text("select after from journal where property_id = :house and event = 'channel_booking.attention'"),
            {"house": hotel.property_id},
        ).scalars()
        problems = [problem for after in told for problem in after["problems"] if problem["kind"] == "oversold"]
    storm.oversold_nights, storm.oversold_bookings = len(oversold), len(problems)
    for name, night in oversold:
        assert any(one["room_type"] == name and night in one["nights"] for one in problems), (name, night)


def assert_sold_unheard(hotels: Sequence[OnChannel], storm: Storm, hearing: float) -> None:
    """Whatever was sold of a night when the house was full already was sold on a number of rooms that we had told: the last rooms
    had gone elsewhere, and that was not in our books yet, or whoever sold it had taken no number of rooms since. Or a guest had
    just given a room back there, which was one too many, and we had not heard so.
    """
    books = [_in_books(hotel) for hotel in hotels]
    units, sold = _units(hotels[0]), [(n, one) for n, hotel in enumerate(hotels) for one in hotel.fake.sales]
    full = set[tuple[str, date]]()
    for where, sale in [*sold, *((-1, one) for one in storm.desk)]:
        cell = (sale.room, sale.night)
        others = [(n, one) for n, one in sold if (one.room, one.night) == cell and one.at < sale.at < one.until]
        desk = [one for one in storm.desk if (one.room, one.night) == cell and one.at < sale.at]
        if len(others) + len(desk) < units[sale.room]:
            continue
        full.add(cell)
        again: list[Sold] = []
        if where < 0:
            known = [one for n, one in others if books[n](one) < sale.at - COMMITTED]
        else:
            told_at, told = sale.told or (math.inf, 0)
            late = max(told_at, sale.at - hearing)
            again = [one for n, one in sold if n == where and (one.room, one.night) == cell and late < one.until < sale.at]
            assert told_at <= sale.at, f"{hotels[where].channel} sold what it never had: {sale}"
            assert told > 0 or again, f"{hotels[where].channel} sold what it was told is gone: {sale}"
            own = [one for n, one in others if n == where and one.at > told_at]
            last = max((at for at in hotels[where].fake.listened if at < sale.at), default=0.0)
            heard = max(last - COMMITTED, sale.at - hearing)
            known = [one for n, one in others if one not in own and books[n](one) < heard] + own
            desk = [one for one in desk if one.at < heard]
        who = "the desk" if where < 0 else hotels[where].channel
        assert again or len(known) + len(desk) < units[sale.room], f"{who} sold what we knew was gone: {sale}, {known}, {desk}"
        storm.sold_unheard += 1
    assert _oversold(hotels[0]) <= full


def _in_books(hotel: OnChannel) -> Callable[[Sold], float]:
    """When a sale of the channel came into our books; never: infinity."""
    with work(hotel.owner) as db:
        query = """
            select booking, extract(epoch from handled_at)::float from channel_message
            where connection_id = :id and state in ('applied', 'attention', 'overtaken') order by handled_at
        """
        handled: dict[str, list[float]] = {}
        for booking, at in db.execute(text(query), {"id": hotel.connection}):
            handled.setdefault(booking, []).append(at)
    return lambda sale: next((at for at in handled.get(sale.booking, ()) if at >= sale.at), math.inf)


def _units(hotel: OnChannel) -> dict[str, int]:
    with work(hotel.owner) as db:
        query = "select room_type_id, count(*) from unit where archived_at is null group by room_type_id"
        count = dict(db.execute(text(query)).all())
    return {"room-D": count[hotel.double], "room-S": count[hotel.single]}


def _oversold(hotel: OnChannel) -> set[tuple[str, date]]:
    """("room-D", night) that is oversold by our books, where nothing is held for a question whose yes got lost on the way."""
    query = """
        select i.room_type_id, i.night from inventory_night i join room_type t on t.id = i.room_type_id
        where t.property_id = :house and i.oversold > 0 and i.held = 0
    """
    with work(hotel.owner) as db:
        rooms = {hotel.double: "room-D", hotel.single: "room-S"}
        return {(rooms[row[0]], row[1]) for row in db.execute(text(query), {"house": hotel.property_id})}
