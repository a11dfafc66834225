"""Two plausible years of a made-up house on the Lithuanian coast: 60 units, bookings around `today`. Pure, deterministic.

Requests come in by season, weekday and lead time; each is taken if the house still has room on all its nights, so the
calendar is full where a real one would be, and nobody is oversold. What is booked after today does not exist yet.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from pms.imports.bookings import Booking, Person, Room
from pms.imports.names import address, invented

T = TypeVar("T")
DAYS = 365
SEED = 2026


@dataclass(frozen=True)
class SampleType:
    """A room type of the made-up house; `base_price` in euro cents a night, `share` of all requests."""

    name: str
    units: tuple[str, ...]
    unit_type: str
    adults: int
    children: int
    base_price: int
    share: float


def _doors(*spans: tuple[int, int]) -> tuple[str, ...]:
    return tuple(str(number) for first, last in spans for number in range(first, last + 1))


TYPES: tuple[SampleType, ...] = (
    SampleType("Single", _doors((101, 106)), "room", 1, 0, 5900, 0.09),
    SampleType("Double", _doors((107, 114), (201, 212)), "room", 2, 1, 8400, 0.40),
    SampleType("Twin", _doors((213, 218), (301, 304)), "room", 2, 0, 8200, 0.16),
    SampleType("Family room", _doors((305, 312)), "room", 2, 2, 11900, 0.13),
    SampleType("Sea view suite", _doors((401, 404)), "room", 2, 2, 18900, 0.06),
    SampleType("Bed in dormitory", tuple(f"D{n}" for n in range(1, 13)), "bed", 1, 0, 2400, 0.16),
)

_BY_NAME = {kind.name: kind for kind in TYPES}
_SOURCES = (("website", 0.27), ("booking.com", 0.36), ("expedia", 0.10), ("desk", 0.12), ("phone", 0.09), ("agency", 0.06))
_HOME = (
    ("LT", 0.42),
    ("LV", 0.12),
    ("DE", 0.11),
    ("PL", 0.09),
    ("EE", 0.06),
    ("FI", 0.05),
    ("GB", 0.04),
    ("SE", 0.03),
    ("NL", 0.02),
    ("FR", 0.02),
    ("IT", 0.02),
    ("ES", 0.02),
)
_SEASON = (0.72, 0.75, 0.80, 0.88, 1.00, 1.20, 1.40, 1.40, 1.05, 0.90, 0.78, 0.86)
_WEEKDAY = (0.80, 0.78, 0.84, 0.98, 1.35, 1.25, 0.72)
REQUESTS_A_DAY = 21.0
_NOTES = (
    "Late arrival, after 22:00.",
    "Asks for a quiet room.",
    "Anniversary: flowers in the room.",
    "Brings a dog.",
    "Baby cot, please.",
)


@dataclass
class _House:
    """Rooms taken per (type, night) so far, and guests who may come again."""

    chance: Random
    today: date
    taken: Counter[tuple[str, date]] = field(default_factory=Counter)
    regulars: list[Person] = field(default_factory=list)
    people: int = 0

    def has_room(self, rooms: Sequence[Room]) -> bool:
        wanted = Counter(night for room in rooms for night in _nights(room))
        return all(self.taken[key] + count <= len(_BY_NAME[key[0]].units) - _spare(key[0]) for key, count in wanted.items())

    def take(self, rooms: Sequence[Room]) -> None:
        self.taken.update(night for room in rooms if room.live for night in _nights(room))


def sample_bookings(seed: int, today: date) -> list[Booking]:
    """Every booking known on `today` of a year behind it and a year ahead, in the order they were made."""
    house = _House(Random(seed), today)
    requests = sorted(_requests(house), key=lambda booking: (booking.booked_on, booking.ref))
    return [booking for booking in requests if _taken_up(house, booking)]


def _taken_up(house: _House, booking: Booking) -> bool:
    if not house.has_room(booking.rooms):
        return False
    house.take(booking.rooms)
    return True


def _requests(house: _House) -> Iterator[Booking]:
    number = 0
    for offset in range(-DAYS, DAYS):
        arrival = house.today + timedelta(days=offset)
        expected = REQUESTS_A_DAY * _SEASON[arrival.month - 1] * _WEEKDAY[arrival.weekday()]
        for _ in range(_poisson(house.chance, expected)):
            number += 1
            booked_on = arrival - timedelta(days=_lead(house.chance))
            if booked_on <= house.today:
                yield _booking(house, arrival, booked_on, number)


def _booking(house: _House, arrival: date, booked_on: date, number: int) -> Booking:
    chance = house.chance
    kind = _pick(chance, tuple((kind, kind.share) for kind in TYPES))
    nights = _length(chance, arrival)
    rooms = 1 if chance.random() < 0.93 else chance.choice((2, 2, 2, 3, 4))
    status = _status(house, arrival, arrival + timedelta(days=nights), booked_on)
    unit = "-" if status in ("confirmed", "tentative") and (arrival - house.today).days > 2 and chance.random() < 0.12 else ""
    ended = booked_on + (min(arrival, house.today) - booked_on) * chance.random() if status == "cancelled" else None
    room = Room(
        arrival, arrival + timedelta(days=nights), kind.name, 1, 0, status, _prices(chance, kind, arrival, nights), unit, ended
    )
    return Booking(
        ref=f"S{number:05d}",
        source=_pick(chance, _SOURCES),
        booked_on=booked_on,
        guest=_guest(house),
        rooms=tuple(_with_people(chance, kind, room) for _ in range(rooms)),
        rows=(number,),
        notes=chance.choice(_NOTES) if chance.random() < 0.07 else "",
        tags=("regular",) if chance.random() < 0.03 else (),
    )


def _with_people(chance: Random, kind: SampleType, room: Room) -> Room:
    adults = kind.adults if chance.random() < 0.78 else chance.randint(1, kind.adults)
    children = chance.choice((0, 0, 0, 1, kind.children)) if kind.children else 0
    return Room(
        room.arrival, room.departure, room.room_type, adults, children, room.status, room.prices, room.unit, room.ended_on
    )


def _status(house: _House, arrival: date, departure: date, booked_on: date) -> str:
    """The status on the morning of today; about one in six bookings comes to nothing, early ones more often."""
    chance, today = house.chance.random(), house.today
    early = min((arrival - booked_on).days / 400, 0.2)
    if chance < 0.08 + early:
        return "cancelled"
    if arrival < today and chance > 0.985:
        return "no_show"
    if departure < today:
        return "checked_out"
    if arrival < today:
        return "checked_in"
    return "tentative" if (arrival - today).days > 7 and chance > 0.96 else "confirmed"


def _prices(chance: Random, kind: SampleType, arrival: date, nights: int) -> tuple[int, ...]:
    """Season and weekend move the price, and so does how the guest booked; whole euros."""
    deal = chance.choice((0.9, 0.95, 1.0, 1.0, 1.0, 1.08))
    days = [arrival + timedelta(days=offset) for offset in range(nights)]
    return tuple(
        round(kind.base_price * deal * (0.72 + 0.4 * _SEASON[day.month - 1]) * (1.12 if day.weekday() in (4, 5) else 1.0) / 100)
        * 100
        for day in days
    )


def _guest(house: _House) -> Person:
    chance = house.chance
    if house.regulars and chance.random() < 0.08:
        return chance.choice(house.regulars)
    country = _pick(chance, _HOME)
    first, last = invented(country, chance)
    house.people += 1
    language = {"LT": "lt", "DE": "de"}.get(country, "en")
    phone = f"+370 6{chance.randint(0, 99):02d} {chance.randint(10000, 99999)}" if country == "LT" else ""
    person = Person(first, last, address(first, last, house.people), phone, country, language)
    if chance.random() < 0.1:
        house.regulars.append(person)
    return person


def _length(chance: Random, arrival: date) -> int:
    """Nights: weekends are short, summers long; one in five hundred is day use."""
    if chance.random() < 0.002:
        return 0
    usual = 3.4 if arrival.month in (6, 7, 8) else 2.0
    return min(1 + _poisson(chance, usual - 1), 21)


def _lead(chance: Random) -> int:
    """Days between booking and arrival: a fifth books in the last two days, the rest weeks or months ahead."""
    return chance.randint(0, 2) if chance.random() < 0.15 else min(int(chance.lognormvariate(3.9, 1.0)), 360)


def _poisson(chance: Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def _pick(chance: Random, weighted: Sequence[tuple[T, float]]) -> T:
    return chance.choices([thing for thing, _ in weighted], [weight for _, weight in weighted])[0]


def _nights(room: Room) -> list[tuple[str, date]]:
    return [(room.room_type, room.arrival + timedelta(days=offset)) for offset in range(len(room.prices))]


def _spare(room_type: str) -> int:
    """Larger types keep one unit back, so that blocks find a place."""
    return 1 if len(_BY_NAME[room_type].units) >= 8 else 0
