"""The import screen without a browser."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from pms.imports import run
from pms.imports.drive import run_to_end
from pms.imports.queries import progress
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.ui.imports.state import VIEW, Imports, Reading, Window
from pms.ui.shell import Session
from tests.builders import Cast, a_property
from tests.domains.imports.test_import import TODAY, a_file, a_line, busy_weeks
from tests.states.tab import Tab, said


async def a_tab(actor: Actor) -> Tab:
    tab = Tab(actor)
    await tab.call(Session.enter, "/imports")
    await tab.call(Imports.load)
    return tab


def uploaded(actor: Actor, property_id: UUID, content: bytes) -> str:
    with work(actor) as db:
        return str(run.receive(db, property_id, "bookings.csv", content).id)


async def test_from_the_file_to_the_last_row(olga: Actor) -> None:
    house = a_property(olga)
    tab = await a_tab(olga)
    await tab.call(Imports.send)
    assert tab.state(Imports).sending
    lines = [a_line("A", TODAY), a_line("B", TODAY, adults="nobody")]
    await tab.call(Imports.received, {"id": uploaded(olga, house, a_file(lines))})
    state = tab.state(Imports)
    assert (state.sending, state.stage, state.preset, state.header[0], len(state.preview)) == (
        False,
        "match",
        "octaspace_csv",
        "reference",
        2,
    )
    await tab.call(Imports.try_dry)
    assert (state.stage, state.report.fresh, state.report.rejected, state.trying) == ("tried", "1", "1", False)
    assert [(kind.name, kind.units) for kind in state.new_types] == [("Double", 1)]
    await tab.call(Imports.start)
    assert (state.stage, state.now.state, state.now.total) == ("follow", "running", "2")
    run_to_end(olga, UUID(state.chosen))
    await tab.call(Imports.load)
    assert (state.now.state, state.now.percent, state.now.imported) == ("done", 100, "1")
    assert [row.row for row in state.bad_rows] == ["3"]
    await tab.call(Imports.back)
    assert (state.stage, state.chosen, [one.state for one in state.lines]) == ("", "", ["done"])


async def test_what_the_live_view_shows_is_what_a_fresh_load_shows(olga: Actor) -> None:
    house = a_property(olga)
    with work(olga) as db:
        row = run.receive(db, house, "x.csv", busy_weeks(30))
        plan = run.load(db, row.id)
        run.start(db, row.id, plan)
    tab = await a_tab(olga)
    state = tab.state(Imports)
    assert (state.stage, state.chosen) == ("follow", str(row.id))
    with work(olga) as db:
        run.advance(db, row.id, plan, rows=10)
    window = Window(house, "Europe/Vilnius", row.id)
    VIEW.apply(state, VIEW.load(olga, window, ()), ())
    live = (state.lines, state.now, state.bad_rows)
    assert state.now.done == "10"
    fresh = (await a_tab(olga)).state(Imports)
    assert live == (fresh.lines, fresh.now, fresh.bad_rows)
    assert len(str(tab.delta())) < 4_000


async def test_columns_of_ones_own_are_suggested_chosen_and_checked(olga: Actor) -> None:
    house = a_property(olga)
    tab = await a_tab(olga)
    state = tab.state(Imports)
    file = b"Atvykimas;I\xc5\xa1vykimas;Numeris\n23.11.2026;25.11.2026;Dvivietis\n"
    await tab.call(Imports.received, {"id": uploaded(olga, house, file)})
    chosen = {one.field: one.column for one in state.choices if one.column}
    assert (state.preset, chosen, state.date_format) == ("custom", {"arrival": "Atvykimas", "departure": "Išvykimas"}, "%d.%m.%Y")
    await tab.call(Imports.try_dry)
    assert "room type" in state.errors["mapping"]
    await tab.call(Imports.set_column, "room_type", "no such column")
    await tab.call(Imports.set_column, "room_type", "Numeris")
    await tab.call(Imports.try_dry)
    assert (state.stage, state.report.nights, state.new_types[0].name) == ("tried", "2", "Dvivietis")
    await tab.call(Imports.set_date_format, "%m/%d/%Y")
    await tab.call(Imports.set_shift, True)
    await tab.call(Imports.try_dry)
    assert state.report.rejected == "1"
    await tab.call(Imports.set_preset, "resort_hotel")
    await tab.call(Imports.try_dry)
    assert "adr" in state.errors["mapping"]


async def test_stopping_discarding_and_going_on(olga: Actor) -> None:
    house = a_property(olga)
    tab = await a_tab(olga)
    state = tab.state(Imports)
    await tab.call(Imports.received, {"id": uploaded(olga, house, busy_weeks(10))})
    await tab.call(Imports.discard)
    assert (state.stage, state.lines[0].state) == ("", "cancelled")
    await tab.call(Imports.received, {"id": uploaded(olga, house, busy_weeks(10))})
    await tab.call(Imports.start)
    with work(olga) as db:
        run.fail(db, UUID(state.chosen), "power cut")
    await tab.call(Imports.resume)
    assert (state.now.state, state.now.problem) == ("running", "")
    assert "stopped" in said(await tab.call(Imports.cancel))
    assert state.now.state == "cancelled"


async def test_who_may_not_import_gets_nowhere(cast: Cast) -> None:
    house = a_property(cast.olga)
    import_id = uploaded(cast.olga, house, busy_weeks(10))
    for actor in (cast.rita, cast.otto):
        tab = Tab(actor)
        await tab.call(Session.enter, "/imports")
        for handler, arguments in (
            (Imports.choose, (import_id,)),
            (Imports.received, ({"id": import_id},)),
            (Imports.received, ({"id": str(uuid4())},)),
        ):
            await tab.call(handler, *arguments)
            assert tab.state(Imports).chosen == ""
        for handler in (Imports.try_dry, Imports.start, Imports.cancel, Imports.resume, Imports.discard):
            tab.state(Imports).chosen = import_id
            await tab.call(handler)
    with work(cast.olga) as db:
        assert progress(db, UUID(import_id)).state == "waiting"


async def test_a_refused_upload_is_said_beside_the_field(olga: Actor) -> None:
    a_property(olga)
    tab = await a_tab(olga)
    answer: dict[str, Any] = {"message": "This is not a CSV file: it does not look like text.", "code": "not-a-csv"}
    await tab.call(Imports.received, answer)
    assert tab.state(Imports).errors == {"file": answer["message"]}


async def test_without_a_property_there_is_nothing_to_import_into(olga: Actor) -> None:
    tab = await a_tab(olga)
    assert (tab.state(Imports).ready, tab.state(Imports).lines) == (True, [])


async def _until(true: Callable[[], bool]) -> None:
    for _ in range(2000):
        if true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came true")


async def _reading(tab: Tab) -> asyncio.Task[Any]:
    """A dry run under way."""
    task = asyncio.create_task(tab.call(Imports.try_dry))
    await _until(lambda: bool(tab.state(Imports).trying))
    return task


async def test_a_dry_run_leaves_the_tab_free_and_waits_for_who_left(olga: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    tab = await _waiting(olga)
    gate = _gate(monkeypatch)
    task, state = await _reading(tab), tab.state(Imports)
    await _until(lambda: state.tried_percent > 0)
    assert await tab.call(Imports.try_dry) == [], "one at a time"
    await tab.call(Session.enter, "/team")
    gate.set()
    assert "bookings.csv has been checked." in said(await task)
    await tab.call(Session.enter, "/imports")
    await tab.call(Imports.load)
    assert (state.trying, state.stage, state.report.rows) == (False, "tried", "2,000")


@pytest.mark.parametrize("end", ["stop", "back", "format"])
async def test_a_dry_run_nobody_waits_for_ends_and_says_nothing(olga: Actor, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    tab = await _waiting(olga)
    gate = _gate(monkeypatch)
    task, state = await _reading(tab), tab.state(Imports)
    await _until(lambda: state.tried_percent > 0)
    ways: dict[str, tuple[Any, ...]] = {
        "stop": (Imports.stop_reading,),
        "back": (Imports.back,),
        "format": (Imports.set_preset, "custom"),
    }
    await tab.call(*ways[end])
    gate.set()
    assert await task == []
    assert (state.trying, state.report.rows) == (False, "")
    assert state.stage == ("" if end == "back" else "match")


async def test_an_import_that_is_stopped_while_it_reads_never_started(olga: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    tab = await _waiting(olga)
    gate = _gate(monkeypatch)
    state = tab.state(Imports)
    import_id = UUID(state.chosen)
    task = asyncio.create_task(tab.call(Imports.start))
    await _until(lambda: state.tried_percent > 0)
    await tab.call(Imports.stop_reading)
    gate.set()
    await task
    with work(olga) as db:
        assert progress(db, import_id).state == "waiting"


async def _waiting(olga: Actor) -> Tab:
    """A tab before a file of 2,000 rows."""
    house = a_property(olga)
    tab = await a_tab(olga)
    file = a_file([a_line(f"R{n}", TODAY) for n in range(2_000)])
    await tab.call(Imports.received, {"id": uploaded(olga, house, file)})
    return tab


def _gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Holds whoever reads a file once it has said how far it is, until opened."""
    gate, told = threading.Event(), Reading.told

    def held(self: Reading, rows: int, about: int) -> None:
        told(self, rows, about)
        if rows:
            assert gate.wait(30)
            told(self, rows, about)

    monkeypatch.setattr(Reading, "told", held)
    return gate
