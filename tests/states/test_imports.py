"""The import screen without a browser."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from pms.imports import run
from pms.imports.drive import run_to_end
from pms.imports.queries import progress
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.ui.imports.state import VIEW, Imports, Window
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
