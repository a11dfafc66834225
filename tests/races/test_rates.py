"""Two people at one cell, a price on a plan that changes meanwhile, one change undone twice: each also without the lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from pms.kernel.actor import Actor
from pms.kernel.db import Db, raw, work
from pms.kernel.refusals import Refusal
from pms.properties import exchange
from pms.properties.exchange import write_down
from pms.rates import cells
from pms.rates.cells import Edit, FollowsItsParent, change_cells, undo_change
from pms.rates.load import board_of, house_of
from pms.rates.plans import PlanFields, change_plan, create_plan
from pms.rates.price import prices
from pms.ui.rates import many_state
from tests.builders import a_property, a_room_type

NIGHT = date(2027, 6, 1)
SOON = 0.3
"""Seconds after which a writer that is still waiting is waiting for the lock, not for the machine."""
MASTER = PlanFields("M", "Master")


@pytest.fixture
def house(olga: Actor) -> UUID:
    return a_property(olga)


@pytest.fixture
def double(olga: Actor, house: UUID) -> UUID:
    return a_room_type(olga, house)


@pytest.fixture
def master(olga: Actor, house: UUID) -> UUID:
    with work(olga) as db:
        return create_plan(db, house, MASTER).id


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans are looked up as ever, but their locks are let go at once."""
    locking = cells._lock_plans

    def look(db: Db, property_id: UUID, ids: Iterable[UUID], even_archived: bool = False) -> Any:
        with work(db.actor) as aside:
            return locking(aside, property_id, ids, even_archived)

    monkeypatch.setattr(cells, "_lock_plans", look)


def _write(by: Actor, house: UUID, cell: cells.Cell, price: int) -> None:
    with work(by) as db:
        change_cells(db, house, [Edit(cell, {"price": price}, version=0)])


def _outcome(together: Barrier, verb: Callable[[], object]) -> bool:
    together.wait()
    try:
        verb()
    except Refusal:
        return False
    return True


def _both(one: Callable[[], object], other: Callable[[], object]) -> list[bool]:
    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(partial(_outcome, Barrier(2)), [one, other]))


def _history(by: Actor, cell: cells.Cell) -> list[Any]:
    query = "select before ->> 'price' from rate_history where (rate_plan_id, room_type_id, night) = (%s, %s, %s)"
    with work(by) as db:
        return [row[0] for row in raw(db).execute(query, cell)]


def test_of_two_writers_who_saw_the_same_cell_one_is_told_of_the_other(
    olga: Actor, house: UUID, double: UUID, master: UUID
) -> None:
    cell = (master, double, NIGHT)
    assert _both(partial(_write, olga, house, cell, 1_000), partial(_write, olga, house, cell, 2_000)) == [False, True]
    assert _history(olga, cell) == [None]


@pytest.mark.usefixtures("unlocked")
def test_without_the_lock_one_overwrites_the_other_unseen(
    olga: Actor, house: UUID, double: UUID, master: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet, check = Barrier(2), cells._refuse_stale

    def check_and_meet(*given: Any) -> None:
        check(*given)
        meet.wait()

    monkeypatch.setattr(cells, "_refuse_stale", check_and_meet)
    cell = (master, double, NIGHT)
    assert _both(partial(_write, olga, house, cell, 1_000), partial(_write, olga, house, cell, 2_000)) == [True, True]
    assert _history(olga, cell) == [None, None], "both believe that nobody had filled it in"


def _price_while_the_plan_becomes_a_derived_one(by: Actor, house: UUID, double: UUID, master: UUID) -> bool:
    """A price is set on a master while somebody makes it derive from another plan; whether it had to wait for that."""
    with ThreadPoolExecutor(1) as pool:
        with work(by) as db:
            parent = house_of(db, house).default_plan_id
            change_plan(db, master, 1, replace(MASTER, parent_id=parent, percent=-1_000))
            writer = pool.submit(_write, by, house, (master, double, NIGHT), 1_000)
            try:
                writer.result(SOON)
                waited = False
            except TimeoutError:
                waited = True
        writer.result()
    return waited


def _prices_kept(by: Actor, master: UUID) -> int:
    with work(by) as db:
        row = raw(db).execute("select count(price) from rate_night where rate_plan_id = %s", (master,)).fetchone()
    assert row is not None
    return int(row[0])


def test_a_price_waits_for_the_change_of_its_plan_and_is_refused(olga: Actor, house: UUID, double: UUID, master: UUID) -> None:
    with pytest.raises(FollowsItsParent):
        _price_while_the_plan_becomes_a_derived_one(olga, house, double, master)
    assert _prices_kept(olga, master) == 0


def test_without_the_lock_a_derived_plan_has_a_price_of_its_own(
    olga: Actor, house: UUID, double: UUID, master: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        cells, "_lock_plans", lambda db, property_id, ids, even_archived=False: {master: cells._Plan("M", None, False)}
    )
    assert not _price_while_the_plan_becomes_a_derived_one(olga, house, double, master)
    assert _prices_kept(olga, master) == 1


def _a_change(by: Actor, house: UUID, cell: cells.Cell) -> UUID:
    with work(by) as db:
        made = change_cells(db, house, [Edit(cell, {"price": 1_000})])
    assert made.change_id is not None
    return made.change_id


def _undo(by: Actor, change_id: UUID) -> None:
    with work(by) as db:
        undo_change(db, change_id)


def test_a_change_is_undone_once_however_many_press_the_button(olga: Actor, house: UUID, double: UUID, master: UUID) -> None:
    undo = partial(_undo, olga, _a_change(olga, house, (master, double, NIGHT)))
    assert _both(undo, undo) == [False, True]


@pytest.mark.usefixtures("unlocked")
def test_without_the_lock_the_second_undo_breaks_on_the_table(
    olga: Actor, house: UUID, double: UUID, master: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, meet, read = _a_change(olga, house, (master, double, NIGHT)), Barrier(2), cells._read

    def read_and_meet(*given: Any) -> Any:
        meet.wait()
        return read(*given)

    monkeypatch.setattr(cells, "_read", read_and_meet)
    undo = partial(_undo, olga, change)
    with pytest.raises(IntegrityError, match="rate_change_undone"):
        _both(undo, undo)


def _price_after_a_percentage_while_it_is_set(by: Actor, house: UUID, double: UUID, master: UUID) -> int:
    """Somebody sets a price, and before that is done another raises many by a tenth."""
    night = NIGHT.isoformat()
    wanted = ("price", "percent", "10", ((night, night),), frozenset(range(7)), frozenset({double}), frozenset({master}), None)

    def raised() -> None:
        with work(by) as db:
            many_state.do(db, house, wanted)

    with ThreadPoolExecutor(1) as pool, work(by) as db:
        change_cells(db, house, [Edit((master, double, NIGHT), {"price": 20_000})])
        waiting = pool.submit(raised)
        with pytest.raises(TimeoutError):
            waiting.result(SOON)
        db.line.commit()
        waiting.result()
    with work(by) as db:
        return int(prices(board_of(db, house_of(db, house), NIGHT, 1))[master][0, 0])


def test_a_percentage_moves_the_price_that_somebody_has_just_set(olga: Actor, house: UUID, double: UUID, master: UUID) -> None:
    assert _price_after_a_percentage_while_it_is_set(olga, house, double, master) == 22_000


def test_without_the_lock_the_price_just_set_is_lost(
    olga: Actor, house: UUID, double: UUID, master: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_state, "hold_plans", lambda *_: None)
    assert _price_after_a_percentage_while_it_is_set(olga, house, double, master) < 20_000


def _both_write_the_rate_of_a_day(by: Actor) -> list[bool]:
    def write(rate: str) -> None:
        with work(by) as db:
            write_down(db, "EUR", "USD", Decimal(rate), date(2026, 1, 2), "Central bank", Decimal(0))

    return _both(partial(write, "1.1"), partial(write, "1.2"))


def test_of_two_who_saw_no_exchange_rate_for_the_day_one_is_told_of_the_other(olga: Actor) -> None:
    assert _both_write_the_rate_of_a_day(olga) == [False, True]


def test_without_the_comparison_both_believe_they_wrote_the_exchange_rate(olga: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    only_if = "where %(seen)s::numeric is null or kept.rate = %(seen)s::numeric"
    assert only_if in exchange._KEEP
    monkeypatch.setattr(exchange, "_KEEP", exchange._KEEP.replace(only_if, ""))
    assert _both_write_the_rate_of_a_day(olga) == [True, True]
