"""The book of rates, kept by each process until somebody turns a page; and cells read fast are the cells that are there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest

from pms.kernel.actor import Actor
from pms.kernel.db import raw, work
from pms.kernel.refusals import NotFound
from pms.rates import load
from pms.rates.board import UNSET
from pms.rates.cells import Edit, change_cells
from pms.rates.load import FIELDS, board_of, book_of, house_of, sale_of, turn_page
from pms.rates.models import PriceRule, RatePlan
from pms.rates.plans import PlanFields, change_plan, create_plan
from pms.rates.price import prices
from pms.settings import ROOT
from tests.builders import Cast, a_room_type

DAY = timedelta(days=1)
FIRST = date(2027, 6, 1)


def _names(actor: Actor, house: UUID) -> list[str]:
    with work(actor) as db:
        return [plan.name for plan in book_of(db, house_of(db, house)).plans]


def test_it_is_read_once_until_a_page_is_turned(olga: Actor, house: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[UUID] = []
    reader = load._read
    monkeypatch.setattr(load, "_read", lambda db, id: (read.append(id), reader(db, id))[1])
    for _ in range(3):
        _names(olga, house)
    with work(olga) as db:
        turn_page(db, house)
    _names(olga, house)
    assert read == [house, house]


def test_a_change_that_was_rolled_back_leaves_nothing_behind(olga: Actor, house: UUID) -> None:
    before = _names(olga, house)
    with work(olga) as db:
        create_plan(db, house, PlanFields("X", "Never"))
        assert "Never" in [plan.name for plan in book_of(db, house_of(db, house)).plans]
        db.rollback()
        db.enter(olga)
    assert _names(olga, house) == before


def test_nobody_else_sees_a_change_before_it_is_committed(olga: Actor, house: UUID) -> None:
    before = _names(olga, house)
    with work(olga) as db:
        create_plan(db, house, PlanFields("N", "New"))
        book_of(db, house_of(db, house))
        assert _names(olga, house) == before
    assert _names(olga, house) == [*before, "New"]


def test_a_plan_changed_after_the_book_was_read_in_the_same_work_is_kept(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        plan = create_plan(db, house, PlanFields("N", "New"))
        kept = book_of(db, house_of(db, house))
        changed = change_plan(db, plan.id, 1, PlanFields("N", "Newer"))
        assert kept.by_id[plan.id].name == "New", "the book does not share its rows with the work that read it"
        changed.description = "and described"
    with work(olga) as db:
        row = db.one(RatePlan, plan.id)
        assert (row.name, row.description) == ("Newer", "and described")


_OTHER = """
import sys
from uuid import UUID
from pms.kernel.actor import job_actor
from pms.kernel.db import work
from pms.rates.load import board_of, house_of
from pms.rates.price import prices
from datetime import date
organization, house = map(UUID, sys.argv[1:])
for line in sys.stdin:
    with work(job_actor(organization, "other")) as db:
        found = prices(board_of(db, house_of(db, house), date(2027, 6, 1), 1))
    print(*(int(table[0, 0]) for table in found.values()), flush=True)
"""


@pytest.fixture
def other(olga: Actor, house: UUID, double: UUID) -> Iterator[subprocess.Popen[str]]:
    """Another process, which prints the prices of the first night whenever it is asked."""
    command = [sys.executable, "-c", _OTHER, str(olga.organization_id), str(house)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True, cwd=ROOT, env=dict(os.environ)) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def _asked(process: subprocess.Popen[str]) -> list[int]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return [int(price) for price in process.stdout.readline().split()]


def test_another_process_sees_a_change_at_once(olga: Actor, house: UUID, other: subprocess.Popen[str]) -> None:
    assert _asked(other) == [10_000]
    with work(olga) as db:
        db.add(PriceRule(organization_id=olga.organization_id, property_id=house, name="More", kind="season", amount=500))
        turn_page(db, house)
        db.flush()
        assert _asked(other) == [10_000], "not before it is committed"
    assert _asked(other) == [10_500]
    with work(olga) as db:
        create_plan(db, house, PlanFields("D", "Derived", parent_id=house_of(db, house).default_plan_id, percent=-1_000))
    assert _asked(other) == [10_500, 9_450]


def test_cells_read_as_arrays_are_the_rows_of_the_table(olga: Actor, house: UUID, double: UUID) -> None:
    types = [double, a_room_type(olga, house, "Suite"), a_room_type(olga, house, "Attic")]
    with work(olga) as db:
        plans = [create_plan(db, house, PlanFields(code, code)).id for code in "ABC"]
    dice = Random(3)
    values = {
        "price": lambda: dice.choice([None, 0, 1, 2_000_000_000]),
        "min_stay": lambda: dice.choice([None, 1, 2]),
        "max_stay": lambda: dice.choice([None, 2, 366]),
        "closed": lambda: dice.choice([None, True, False]),
        "min_advance": lambda: dice.choice([None, 0, 1]),
        "max_advance": lambda: dice.choice([None, 1, 800]),
    }
    edits = [
        Edit((plan, kind, FIRST + n * DAY), {name: value() for name, value in values.items()})
        for plan in plans
        for kind in types
        for n in range(-3, 12)
        if dice.random() < 0.5
    ]
    with work(olga) as db:
        change_cells(db, house, edits)
    with work(olga) as db:
        board = board_of(db, house_of(db, house), FIRST, 9)
        query = f"select rate_plan_id, room_type_id, night, {', '.join(FIELDS)} from rate_night where night >= %s and night < %s"
        rows = raw(db).execute(query, (FIRST, FIRST + 9 * DAY)).fetchall()
    assert rows
    for name in FIELDS:
        plain = {row[:3]: int(row[3 + FIELDS.index(name)]) for row in rows if row[3 + FIELDS.index(name)] is not None}
        found = {
            (plan, board.types[at].id, FIRST + int(on) * DAY): int(field[at, on])
            for (plan, named), field in board.cells.items()
            if named == name
            for at, on in zip(*(field != UNSET).nonzero(), strict=True)
        }
        assert found == plain, name


def test_a_board_of_some_room_types_has_their_cells(olga: Actor, house: UUID, double: UUID) -> None:
    suite = a_room_type(olga, house, "Suite", base_price=20_000)
    with work(olga) as db:
        here = house_of(db, house)
        assert here.default_plan_id is not None
        change_cells(db, house, [Edit((here.default_plan_id, suite, FIRST), {"price": 1})])
        board = board_of(db, here, FIRST, 2, here.types[1:])
    assert [kind.id for kind in board.types] == [suite]
    assert prices(board)[here.default_plan_id].tolist() == [[1, 20_000]]


def test_a_sale_of_no_room_type_is_a_house_without_any(cast: Cast, house: UUID, double: UUID) -> None:
    with work(cast.olga) as db:
        found = sale_of(db, house, [])
        assert (found.property_id, found.currency, found.types) == (house, "EUR", ())
    with work(cast.otto) as db, pytest.raises(NotFound):
        sale_of(db, house, [])
