"""`make sample`: one house to play with, in an empty database only."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pms.accounts.sessions import sign_in
from pms.imports.commands import Wish
from pms.imports.sample_house import BLOCKS, NotEmpty, fill
from pms.kernel.dates import today
from pms.kernel.db import raw, work
from tests.domains.imports.test_import import a_file, a_line

TODAY = date(2026, 11, 23)


def test_the_made_up_house_opens_for_its_owner_and_holds_together(empty_database: str) -> None:
    made = fill(None, TODAY)
    assert (made.progress.state, made.progress.nights_oversold) == ("done", 0)
    assert sign_in(made.email, made.password).actor.organization_id == made.actor.organization_id
    with work(made.actor) as db:
        sql = raw(db)
        assert sql.execute("select count(*) from unit").fetchone() == (60,)
        assert sql.execute("select count(distinct unit_type) from room_type").fetchone() == (2,)
        assert sql.execute("select count(*) from reservation").fetchone() > (5_000,)
        assert sql.execute("select count(*) from block").fetchone() == (len(BLOCKS),)
        assert sql.execute("select sum(oversold) from inventory_night").fetchone() == (0,)
        waiting = sql.execute(
            "select count(distinct s.id) from stay s join stay_night n on n.stay_id = s.id where n.live and n.unit_id is null"
        )
        assert waiting.fetchone() == (made.progress.rows_unassigned,)
        assert made.progress.rows_unassigned > 10
    with pytest.raises(NotEmpty):
        fill(None, TODAY)


def test_a_file_becomes_a_house_around_today(empty_database: str, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_bytes(a_file([a_line(f"B{n}", date(2019, 1, 1 + n % 28), 1 + n % 5) for n in range(50)]))
    made = fill(Wish(file, shift_to_today=True, invent_names=True))
    assert made.progress.rows_imported == 50
    with work(made.actor) as db:
        found = raw(db).execute("select min(arrival), max(departure) from stay").fetchone()
        assert found is not None
        assert found[0] <= today("Europe/Lisbon") <= found[1]
