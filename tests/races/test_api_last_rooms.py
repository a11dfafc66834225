"""Eight processes fight over the last rooms of a busy week, through the HTTP API of two web processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from pms.kernel.db import raw, work
from tests.api.conftest import a_key
from tests.builders import a_cast, a_property, a_room_type
from tests.races.http_crowd import Told, Week, storm
from tests.services import environment, superuser
from tests.serving import served

FIRST, NIGHTS, TYPES, UNITS = date(2027, 8, 9), 7, 3, 6
CAPACITY = NIGHTS * TYPES * UNITS


@contextmanager
def fought_over(database: str, target: str) -> Iterator[tuple[Told, Counter[tuple[str, str]]]]:
    """What the crowd was told, and the live nights in the tables by (room type, night)."""
    with environment(DATABASE_URL=database):
        olga = a_cast().olga
        house = a_property(olga)
        types = [str(a_room_type(olga, house, f"Type {n}", UNITS)) for n in range(TYPES)]
        key = a_key(olga, "reservation.book")
        with served(2, target, OCTASPACE_API_RATE="100000/second", OCTASPACE_LOG_LEVEL="error") as port:
            told = storm(Week(port, key, str(house), types, FIRST, NIGHTS))
        with work(olga) as db:
            rows = raw(db).execute("select room_type_id::text, night::text from stay_night where live").fetchall()
        yield told, Counter((row[0], row[1]) for row in rows)


def test_sixteen_hundred_attempts_sell_exactly_the_capacity(services: None, new_database: Callable[[], str]) -> None:
    with fought_over(new_database(), "pms.api.app:http") as (told, nights):
        assert told.statuses.total() == 1600
        assert set(told.statuses) == {201, 409}, told
        assert set(told.codes) <= {"sold-out", "busy"}, "everybody is told why"  # busy: a slow machine, a lock not had in time
        assert len(nights) == NIGHTS * TYPES
        assert set(nights.values()) == {UNITS}
        assert told.sold == nights, "what callers were told is what is in the house"
        assert len(told.refused_nights) == NIGHTS


def test_without_the_lock_the_same_crowd_oversells(
    services: None, new_database: Callable[[], str], postgres_folder: Path
) -> None:
    database = new_database()
    name = database.rpartition("@/")[2].partition("?")[0]
    with superuser(postgres_folder, name) as connection:
        connection.execute("alter table inventory_night drop constraint never_oversold_unseen")
    with fought_over(database, "tests.races.app_without_lock:http") as (_, nights):
        assert max(nights.values()) > UNITS
        assert nights.total() > CAPACITY


@pytest.mark.parametrize("status", [201, 409])
def test_the_crowd_counts_what_it_is_told(status: int) -> None:
    told = Told()
    told.hear(("t", FIRST, FIRST), status, {"rooms": [{"nights": [{"date": "2027-08-09"}]}], "code": "sold-out", "nights": ["x"]})
    assert told.statuses == {status: 1}
    assert bool(told.sold) is (status == 201)
