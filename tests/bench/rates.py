"""A year of prices, a search, ten thousand cells: each beside the least it could take, the bare arithmetic in numpy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from time import perf_counter
from typing import Any
from uuid import UUID

import numpy as np
import psycopg

from pms.kernel.actor import Actor, job_actor
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.kernel.ids import new_id
from pms.properties.models import Tax
from pms.rates.cells import Edit, change_cells
from pms.rates.load import board_of, house_of, turn_page
from pms.rates.models import AgeBand, PartyPrice, PriceRule, RatePlan
from pms.rates.party import Party
from pms.rates.price import prices
from pms.rates.restrict import Wish
from pms.reservations.offers import nearest, offers
from pms.settings import settings
from tests.bench.figures import Figure, p50, p95
from tests.builders import a_property, a_room_type, an_organization

TYPES, PLANS, YEAR = 20, 10, 365
LARGE_TYPES, LARGE_PLANS = 40, 51
MASTERS = 3
STAY = 3
SEARCHES, NEAREST, YEARS, WRITES = 300, 20, 15, 5
CELLS = 10_000
HERE = today("Europe/Vilnius")


@dataclass(frozen=True)
class Hotel:
    """Twenty room types, ten plans (three masters, seven derived), six rules, taxes, half of the masters' cells filled in."""

    owner: Actor
    property_id: UUID
    masters: list[UUID]
    types: list[UUID]


def measure() -> list[Figure]:
    """Each beside its bound, in one run."""
    hotel = a_hotel()
    return [
        a_year(hotel),
        a_search(hotel),
        an_alternative(hotel, TYPES, PLANS, 200),
        many_cells(hotel),
        an_alternative(a_hotel(LARGE_TYPES, LARGE_PLANS), LARGE_TYPES, LARGE_PLANS, 500),
    ]


def a_year(hotel: Hotel) -> Figure:
    """365 nights x 20 room types x 10 plans, read from PostgreSQL and priced."""

    def priced() -> None:
        with work(hotel.owner) as db:
            board = board_of(db, house_of(db, hotel.property_id), HERE, YEAR)
        assert len(prices(board)) == PLANS

    times, bound = _timed(priced, YEARS), _timed(_arithmetic(YEAR), YEARS)
    of = {"p50": p50(times), "numpy_alone": p50(bound), "ratio": p50(times) / p50(bound)}
    return Figure("a year x 20 types x 10 plans, read and priced, slowest", max(times), "ms", 300, True, of)


def a_search(hotel: Hotel) -> Figure:
    """Three nights for two adults and a child: every plan in every type, with reasons and taxes."""
    wishes = [
        Wish(arrival, arrival + timedelta(days=STAY), Party(2, (5,)), "desk")
        for arrival in (HERE + timedelta(days=1 + n % 300) for n in range(SEARCHES))
    ]
    asked = iter([*wishes[:20], *wishes])

    def search() -> None:
        with work(hotel.owner) as db:
            found = offers(db, hotel.property_id, next(asked))
        assert len(found.offers) + len(found.refused) == TYPES * PLANS

    _timed(search, 20)
    times, bound = _timed(search, SEARCHES), _timed(_arithmetic(STAY + 1), SEARCHES)
    of = {"p50": p50(times), "numpy_alone": p50(bound), "ratio": p50(times) / p50(bound)}
    return Figure("3 nights x 20 types x 10 plans through offers(), p95", p95(times), "ms", 15, True, of)


def an_alternative(hotel: Hotel, types: int, plans: int, goal: float) -> Figure:
    """A search that finds nothing, and the nearest arrivals: twelve days about the wish are closed, so most are looked at."""
    arrival = HERE + timedelta(days=100)
    wish = Wish(arrival, arrival + timedelta(days=STAY), Party(2, (5,)), "desk")
    shut = [arrival + timedelta(days=n) for n in range(-12, 13)]
    with work(hotel.owner) as db:
        change_cells(
            db,
            hotel.property_id,
            [Edit((plan, kind, day), {"closed": True}) for plan in hotel.masters for kind in hotel.types for day in shut],
        )

    def search() -> None:
        with work(hotel.owner) as db:
            assert not offers(db, hotel.property_id, wish).offers
            assert nearest(db, hotel.property_id, wish)

    _timed(search, 2)
    times = _timed(search, NEAREST)
    name = f"nothing free, nearest arrivals, {types} types x {plans} plans, p95"
    return Figure(name, p95(times), "ms", goal, True, {"p50": p50(times)})


def many_cells(hotel: Hotel) -> Figure:
    """Ten thousand cells in one change, checked, kept with their history."""
    cells = [
        (plan, kind, HERE + timedelta(days=400 + n))
        for plan in hotel.masters[:1]
        for kind in hotel.types
        for n in range(CELLS // TYPES)
    ]
    turns = iter(range(WRITES))

    def change() -> None:
        price = 9_000 + next(turns)
        with work(hotel.owner) as db:
            assert change_cells(db, hotel.property_id, [Edit(cell, {"price": price}) for cell in cells]).cells == CELLS

    times = _timed(change, WRITES)
    rows = [(hotel.owner.organization_id, *cell, 8_000) for cell in cells]

    def bare() -> None:
        with psycopg.connect(settings().libpq_url or "") as connection, connection.cursor() as cursor:
            cursor.execute(
                "create temp table bare (o uuid, p uuid, t uuid, n date, price int, primary key (p, t, n)) on commit drop"
            )
            with cursor.copy("copy bare from stdin") as copy:
                for row in rows:
                    copy.write_row(row)

    of = {"p50": p50(times), "bare_copy": p50(_timed(bare, WRITES))}
    return Figure("10,000 cells changed in one transaction, slowest", max(times), "ms", None, True, of)


def _timed(what: Callable[[], None], times: int) -> list[float]:
    """Milliseconds of each run."""
    found = []
    for _ in range(times):
        start = perf_counter()
        what()
        found.append((perf_counter() - start) * 1000)
    return found


def _arithmetic(nights: int) -> Callable[[], None]:
    """The lower bound: what the plans and rules of the hotel come to as sums over whole arrays; nothing read, nothing asked."""
    base = np.full((TYPES, nights), 10_000, dtype=np.int64)
    mask, manual = np.arange(nights) % 7 > 4, np.where(np.arange(nights) % 2, -1, 9_000)

    def work() -> None:
        for _ in range(MASTERS):
            price = base
            for percent in (1_500, 2_000, -500, 800, 1_000, -300):
                price = np.where(mask, price + (price * percent + 5_000) // 10_000, price)
            price = np.where(manual >= 0, manual, np.clip((price + 25) // 50 * 50, 4_000, 90_000))
        for percent in (-500, -1_000, -1_200, 800, 1_000, -200, -300):
            derived = price + (price * percent + 5_000) // 10_000
            np.clip((derived + 25) // 50 * 50, 4_000, 90_000)

    return work


def a_hotel(types: int = TYPES, plans: int = PLANS) -> Hotel:
    """The hotel of the benchmark."""
    organization_id = an_organization("Rates")
    owner = job_actor(organization_id, "bench")
    house = a_property(owner)
    kinds = [a_room_type(owner, house, f"Type {n}", units=20, base_price=8_000 + 500 * n, adults=3) for n in range(types)]
    masters = _plans(owner, house, kinds, plans)
    hotel = Hotel(owner, house, masters, kinds)
    for plan in masters:
        days = [HERE + timedelta(days=n) for n in range(0, YEAR + 20, 2)]
        with work(owner) as db:
            cells = [Edit((plan, kind, day), _filled(day)) for kind in kinds for day in days]
            change_cells(db, house, cells)
    with psycopg.connect(settings().libpq_url or "", autocommit=True) as connection:
        connection.execute("vacuum analyze")
    return hotel


def _filled(day: date) -> dict[str, Any]:
    """What is filled in of a cell: a price, a length of stay, some nights closed to arrival."""
    return {"price": 9_000 + day.day * 100, "min_stay": 2 if day.weekday() > 3 else 1, "closed_arrival": day.day == 13}


def _plans(owner: Actor, house: UUID, types: list[UUID], plans: int) -> list[UUID]:
    with work(owner) as db:
        given: dict[str, Any] = {"organization_id": db.organization_id, "property_id": house}
        first = house_of(db, house).default_plan_id
        masters = [RatePlan(code=f"M{n}", name=f"Master {n}", round_step=50, position=n, **given) for n in range(1, MASTERS)]
        db.add_all(masters)
        db.flush()
        ids = [one for one in (first, *(plan.id for plan in masters)) if one]
        for n, percent in zip(range(plans - MASTERS), cycle((-500, -1_000, -1_200, 800, 1_000, -200, -300)), strict=False):
            formula = {"parent_id": ids[n % MASTERS], "percent": percent, "round_step": 50, "per_adult": 500 * (n % 2)}
            steps = [{"nights": 3, "percent": -300}, {"nights": 7, "percent": -1_000}] if n % 3 == 0 else []
            db.add(RatePlan(code=f"D{n}", name=f"Derived {n}", position=10 + n, steps=steps, **formula, **given))
        db.add_all(_rules(given))
        band = AgeBand(name="Children", from_age=3, to_age=11, **given)
        db.add(band)
        db.add(Tax(name="VAT", kind="percent", percent=900, **given))
        db.add(Tax(name="City", kind="per_person_night", amount=200, from_age=18, included=False, position=1, **given))
        db.flush()
        for kind in types:
            prices = {"extra_adult": 2_500, "single_use": 1_000, "children": {str(band.id): 1_200}}
            db.add(PartyPrice(organization_id=db.organization_id, room_type_id=kind, floor=4_000, ceiling=90_000, **prices))
        turn_page(db, house)
    return ids


def _rules(given: dict[str, Any]) -> list[PriceRule]:
    summer = [[f"{year}-06-15", f"{year}-09-01"] for year in (HERE.year, HERE.year + 1)]
    kinds: list[dict[str, Any]] = [
        {"kind": "weekday", "weekdays": [4, 5], "percent": 1_500},
        {"kind": "season", "spans": summer, "percent": 2_000},
        {"kind": "season", "spans": [[f"{HERE.year}-11-01", f"{HERE.year + 1}-03-01"]], "percent": -500},
        {"kind": "holiday", "holidays": "eve", "percent": 1_000},
        {"kind": "event", "spans": [[f"{HERE.year + 1}-05-10", f"{HERE.year + 1}-05-13"]], "amount": 3_000},
        {"kind": "last_minute", "days_before": 3, "percent": -300},
    ]
    return [PriceRule(id=new_id(), name=f"Rule {at}", position=at, **kind, **given) for at, kind in enumerate(kinds)]
