"""The last allowed room is sold while the allowance is taken away; and two people set one: each also without the lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from pms.inventory import allowance, claim
from pms.inventory.allowance import AllowanceMoved, Allowed, allow
from pms.inventory.availability import availability
from pms.inventory.claim import SoldOut
from pms.kernel.actor import Actor
from pms.kernel.dates import DAY
from pms.kernel.db import Db, work
from pms.reservations.book import Booked, Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.rate_sheets import NotAsTried, apply_sheet, try_sheet
from tests.builders import a_property, a_room_type

NIGHT = date(2027, 6, 1)
SOON = 0.3
"""Seconds after which a sale that is still waiting is waiting for the lock, not for the machine."""


@pytest.fixture
def house(olga: Actor) -> UUID:
    return a_property(olga)


@pytest.fixture
def suite(olga: Actor, house: UUID) -> UUID:
    """One suite, sold, and one more may be."""
    found = a_room_type(olga, house, units=1)
    _allow(olga, house, found, 1)
    _sell(olga, house, found)
    return found


def _allow(by: Actor, house: UUID, suite: UUID, rooms: int, seen: int | None = None) -> Allowed:
    key = (suite, NIGHT)
    with work(by) as db:
        return allow(db, house, {key: rooms}, None if seen is None else {key: seen})


def _sell(by: Actor, house: UUID, suite: UUID) -> Booked:
    with work(by) as db:
        return book(db, Booking(house, GuestDetails("Adams", "Ann", ""), [Room(suite, NIGHT, NIGHT + DAY)]))


def _oversold(by: Actor, house: UUID) -> int:
    with work(by) as db:
        return availability(db, house, NIGHT, NIGHT + DAY)[0].oversold


@contextmanager
def _sale_while_the_allowance_goes(by: Actor, house: UUID, suite: UUID) -> Iterator[Future[Booked]]:
    """A sale begun while the allowance is taken away but that is not committed; it is when the block ends."""
    with ThreadPoolExecutor(1) as pool, work(by) as db:
        allow(db, house, {(suite, NIGHT): 0})
        yield pool.submit(_sell, by, house, suite)


def test_the_sale_waits_and_finds_the_allowance_gone(olga: Actor, house: UUID, suite: UUID) -> None:
    with _sale_while_the_allowance_goes(olga, house, suite) as sale, pytest.raises(TimeoutError):
        sale.result(SOON)
    with pytest.raises(SoldOut):
        sale.result()
    assert _oversold(olga, house) == 0


def test_without_the_lock_a_room_is_sold_that_nobody_allows_any_more(
    olga: Actor, house: UUID, suite: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim, "_LOCK", claim._LOCK.replace("for update of i", ""))
    with _sale_while_the_allowance_goes(olga, house, suite) as sale, pytest.raises(TimeoutError):
        sale.result(SOON)
    sale.result()
    assert _oversold(olga, house) == 1


def _both_set_it(by: Actor, house: UUID, suite: UUID) -> list[bool]:
    """Two people who saw 1 set it to 0; whether each could, one and the other."""
    together = Barrier(2)

    def one() -> bool:
        together.wait()
        try:
            _allow(by, house, suite, 0, seen=1)
        except AllowanceMoved:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        return sorted(future.result() for future in [pool.submit(one), pool.submit(one)])


def test_of_two_who_saw_the_same_allowance_one_is_told_of_the_other(olga: Actor, house: UUID, suite: UUID) -> None:
    assert _both_set_it(olga, house, suite) == [False, True]


def test_without_the_lock_both_believe_they_changed_it(
    olga: Actor, house: UUID, suite: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet, looking = Barrier(2), allowance.lock

    def look_and_meet(db: Db, keys: Mapping[str, Any]) -> Any:
        with work(db.actor) as aside:
            found = looking(aside, keys)
        meet.wait()
        return found

    monkeypatch.setattr(allowance, "lock", look_and_meet)
    assert _both_set_it(olga, house, suite) == [True, True]


def _file_while_somebody_sets_it(by: Actor, house: UUID, suite: UUID) -> None:
    """A file that was checked when one more might be sold says none; meanwhile somebody else sets it, and is done first."""
    content = f"room_type,plan,date,overbooking\nSuite,,{NIGHT},0\n".encode()
    with work(by) as db:
        trial = try_sheet(db, house, content)

    def bring_in() -> None:
        with work(by) as db:
            apply_sheet(db, house, content, trial.fingerprint)

    with ThreadPoolExecutor(1) as pool:
        with work(by) as db:
            allow(db, house, {(suite, NIGHT): 2})
            filing = pool.submit(bring_in)
            with pytest.raises(TimeoutError):
                filing.result(SOON)
        filing.result()


def _beyond(by: Actor, house: UUID) -> int:
    with work(by) as db:
        return availability(db, house, NIGHT, NIGHT + DAY)[0].overbooking


def test_a_file_does_not_write_over_an_allowance_set_since_it_was_checked(olga: Actor, house: UUID) -> None:
    suite = a_room_type(olga, house, "Suite", units=2)
    _allow(olga, house, suite, 1)
    with pytest.raises(NotAsTried):
        _file_while_somebody_sets_it(olga, house, suite)
    assert _beyond(olga, house) == 2


def test_without_the_lock_the_file_writes_over_it(olga: Actor, house: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    suite = a_room_type(olga, house, "Suite", units=2)
    _allow(olga, house, suite, 1)
    monkeypatch.setattr(claim, "_LOCK", claim._LOCK.replace("for update of i", ""))
    _file_while_somebody_sets_it(olga, house, suite)
    assert _beyond(olga, house) == 0


def test_sales_and_allowances_of_many_nights_never_wait_in_a_circle(olga: Actor, house: UUID, suite: UUID) -> None:
    nights = [NIGHT + DAY * n for n in range(20)]
    other = a_room_type(olga, house, "Other", units=1)

    def give(rooms: int) -> None:
        for _ in range(5):
            with work(olga) as db:
                allow(db, house, {(kind, night): rooms for night in reversed(nights) for kind in (suite, other)})

    def sell() -> None:
        for _ in range(5):
            try:
                with work(olga) as db:
                    rooms = [Room(kind, nights[0], nights[-1]) for kind in (other, suite)]
                    book(db, Booking(house, GuestDetails("Adams", "Ann", ""), rooms))
            except SoldOut:
                pass

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(task) for task in (partial(give, 1), partial(give, 0), sell, sell)]:
            done.result()
