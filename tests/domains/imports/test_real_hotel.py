"""The real hotel, where its file is found: what the house holds after the import equals what pandas computes from the file.

`tests/real_hotel.py` says where it is looked for.

The rule, here and in the import: a row sells its nights if its status is Check-Out, arrival included, departure not; a night
earns the row's adr in cents, a negative adr (there is one) earns nothing.
"""

from __future__ import annotations

import warnings
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from pms.imports.drive import run_to_end
from pms.imports.plan import Options, plan_file
from pms.imports.run import Progress, load, receive, start
from pms.kernel.actor import Actor
from pms.kernel.db import raw, work
from pms.reports.occupancy import by_month, occupancy
from tests.builders import a_property
from tests.real_hotel import FOUND

TODAY = date(2026, 11, 23)
if not FOUND:
    warnings.warn("The real hotel's file is not here (OCTASPACE_REAL_HOTEL): nothing is checked against it.", stacklevel=1)


@pytest.fixture
def file() -> Path:
    """The real hotel's file; without one there is no test to ask for it."""
    return FOUND[0]


def truth(file: Path) -> tuple[dict[date, int], dict[date, int]]:
    """Rooms sold per night and revenue in cents per month, by pandas alone."""
    rows = pd.read_csv(file, keep_default_na=False, na_values=["NULL", "NA"])
    rows = rows[rows.reservation_status == "Check-Out"]
    written = rows.arrival_date_year.astype(str) + rows.arrival_date_month + rows.arrival_date_day_of_month.astype(str)
    rows = pd.DataFrame(
        {
            "arrival": pd.to_datetime(written, format="%Y%B%d"),
            "nights": rows.stays_in_weekend_nights + rows.stays_in_week_nights,
            "cents": (rows.adr.clip(lower=0) * 100).round().astype(int),
        }
    )
    nights = rows.loc[rows.index.repeat(rows.nights)]
    dates = nights.arrival + pd.to_timedelta(nights.groupby(level=0).cumcount(), unit="D")
    sold = nights.groupby(dates.dt.date).size()
    revenue = nights.groupby(dates.dt.to_period("M").dt.start_time.dt.date).cents.sum()
    return {day: int(n) for day, n in sold.items()}, {month: int(n) for month, n in revenue.items()}


def imported(actor: Actor, file: Path) -> Progress:
    property_id = a_property(actor, "Resort", timezone="Europe/Lisbon")
    with work(actor) as db:
        row = receive(db, property_id, file.name, file.read_bytes())
        plan = load(db, row.id)
        start(db, row.id, plan, by_worker=False)
    return run_to_end(actor, row.id, plan)


def test_the_house_equals_the_file_night_by_night_and_month_by_month(file: Path, olga: Actor) -> None:
    done = imported(olga, file)
    assert (done.state, done.rows_imported, done.rows_rejected, done.rows_unassigned) == ("done", 40_060, 0, 0)
    assert done.nights_oversold == 0
    sold, revenue = truth(file)
    first, end = min(sold), max(sold) + timedelta(days=1)
    with work(olga) as db:
        nights = occupancy(db, done.property_id, first - timedelta(days=30), end + timedelta(days=30))
    assert {night.night: night.sold for night in nights if night.sold} == sold
    assert {month.month: month.revenue for month in by_month(nights) if month.revenue} == revenue
    assert all(night.sold <= night.capacity for night in nights)
    the_counters_equal_the_nights(olga, done)

    again = imported_again(olga, file, done)
    assert (again.rows_imported, again.rows_known, again.state) == (0, 40_060, "done")


def test_moved_to_today_it_is_the_same_hotel_some_whole_weeks_later(file: Path) -> None:
    plan = plan_file(file.read_bytes(), "resort_hotel", None, Options(TODAY, shift_to_today=True), "EUR")
    moved, rooms = timedelta(weeks=plan.weeks), list(plan.rooms)
    live = [room for room in rooms if room.live]
    sold = Counter(room.arrival + timedelta(days=n) for room in live for n in range(len(room.prices)))
    assert {night - moved: count for night, count in sold.items()} == truth(file)[0]
    assert min(sold) < TODAY < max(sold)
    assert plan.weeks % 52 == 0, "the season stays"
    assert all(room.departure < TODAY for room in rooms if room.status == "checked_out")
    assert all(room.arrival < TODAY <= room.departure for room in rooms if room.status == "checked_in")
    assert all(room.arrival >= TODAY for room in rooms if room.status == "confirmed")
    assert all(room.arrival < TODAY for room in rooms if room.status == "no_show")


def the_counters_equal_the_nights(actor: Actor, done: Progress) -> None:
    query = """
        select count(*) from inventory_night i
        full join (select room_type_id, night, count(*) as sold from stay_night where property_id = %s and live group by 1, 2) n
          using (room_type_id, night)
        join room_type t on t.id = room_type_id and t.property_id = %s
        where coalesce(i.sold, 0) <> coalesce(n.sold, 0)
    """
    with work(actor) as db:
        assert raw(db).execute(query, (done.property_id, done.property_id)).fetchone() == (0,)


def imported_again(actor: Actor, file: Path, done: Progress) -> Progress:
    with work(actor) as db:
        row = receive(db, done.property_id, "again.zip", file.read_bytes())
        plan = load(db, row.id)
        start(db, row.id, plan, by_worker=False)
    return run_to_end(actor, row.id, plan)


for check in (
    test_the_house_equals_the_file_night_by_night_and_month_by_month,
    test_moved_to_today_it_is_the_same_hotel_some_whole_weeks_later,
):
    check.__test__ = bool(FOUND)  # type: ignore[attr-defined]
del check
