"""A file into a house: once, whole, resumable, and never more than what is said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from pms.imports import run, write
from pms.imports.commands import Wish, find_house, go_on, import_file, try_dry
from pms.imports.drive import run_to_end
from pms.imports.models import Import, ImportFile
from pms.imports.plan import Options, Plan
from pms.imports.presets import MissingColumns
from pms.imports.queries import dry_run, imports_of, preview, progress, rejected_csv, rejected_reasons, rejected_rows
from pms.imports.run import ImportEnded, ImportNotWaiting, ImportUnderWay, Progress
from pms.kernel.actor import Actor
from pms.kernel.db import raw, work
from pms.kernel.outbox import history
from pms.kernel.refusals import BadInput, NotFound, NotPermitted
from pms.reports.occupancy import by_month, occupancy
from pms.reservations.blocks import place_block
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from tests.builders import a_member, a_property, a_room_type, unit_ids

TODAY = date(2026, 11, 23)
HEAD = "reference,status,source,arrival,departure,room_type,unit,adults,last_name,email,price_night"


def a_line(ref: str, arrival: date, nights: int = 2, **other: str) -> str:
    row = {
        "reference": ref,
        "status": "",
        "source": "website",
        "arrival": arrival.isoformat(),
        "departure": (arrival + timedelta(days=nights)).isoformat(),
        "room_type": "Double",
        "unit": "",
        "adults": "2",
        "last_name": f"Guest {ref}",
        "email": "",
        "price_night": "80.00",
    } | other
    return ",".join(row[name] for name in HEAD.split(","))


def a_file(lines: Sequence[str]) -> bytes:
    return "\n".join([HEAD, *lines, ""]).encode()


def busy_weeks(rows: int = 60) -> bytes:
    return a_file([a_line(f"B{n}", TODAY + timedelta(days=n % 20), 1 + n % 4) for n in range(rows)])


def begun(actor: Actor, property_id: UUID, content: bytes) -> tuple[UUID, Plan]:
    with work(actor) as db:
        row = run.receive(db, property_id, "bookings.csv", content)
        run.prepare(db, row.id, row.preset, options=Options(TODAY))
        plan = run.load(db, row.id)
        run.start(db, row.id, plan, by_worker=False)
    return row.id, plan


def imported(actor: Actor, property_id: UUID, content: bytes, rows: int = 25) -> Progress:
    import_id, plan = begun(actor, property_id, content)
    return run_to_end(actor, import_id, plan, rows=rows)


def sql(actor: Actor, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with work(actor) as db:
        return raw(db).execute(query, values).fetchall()


def counters_differ(actor: Actor, property_id: UUID) -> int:
    """(room type, night)s whose counter is not the number of its live nights."""
    query = """
        select count(*) from inventory_night i
        full join (select room_type_id, night, count(*) as sold from stay_night where live and property_id = %s group by 1, 2) n
          using (room_type_id, night)
        join room_type t on t.id = room_type_id and t.property_id = %s where coalesce(i.sold, 0) <> coalesce(n.sold, 0)
    """
    return int(sql(actor, query, property_id, property_id)[0][0])


def test_an_empty_house_gets_the_rooms_its_busiest_night_needs_and_everybody_fits(olga: Actor) -> None:
    house = a_property(olga)
    done = imported(olga, house, busy_weeks())
    assert (done.state, done.rows_imported, done.rows_unassigned, done.nights_oversold) == ("done", 60, 0, 0)
    nights = sql(olga, "select night, count(*) from stay_night where property_id = %s and live group by 1", house)
    units = sql(olga, "select count(*) from unit where property_id = %s", house)[0][0]
    assert units == max(count for _, count in nights)
    assert counters_differ(olga, house) == 0
    assert sql(olga, "select count(*) from import_file where import_id = %s", done.import_id) == [(0,)]


def test_the_report_says_what_pandas_would(olga: Actor) -> None:
    house = a_property(olga)
    lines = [
        a_line("A", TODAY, 3),
        a_line("B", TODAY, 2, status="cancelled"),
        a_line("C", date(2026, 11, 30), 3, price_night="10.01"),
    ]
    imported(olga, house, a_file(lines))
    with work(olga) as db:
        nights = occupancy(db, house, TODAY, date(2026, 12, 3))
    assert [night.sold for night in nights] == [1, 1, 1, 0, 0, 0, 0, 1, 1, 1]
    assert (nights[0].adr, nights[0].revpar, nights[0].occupancy) == (8000, 8000, 1.0)
    assert [(m.month, m.sold, m.revenue) for m in by_month(nights)] == [
        (date(2026, 11, 1), 4, 25_001),
        (date(2026, 12, 1), 2, 2_002),
    ]


def test_occupancy_counts_what_is_out_of_order_and_refuses_nonsense(olga: Actor, rita: Actor, otto: Actor) -> None:
    house = a_property(olga)
    double = a_room_type(olga, house, units=3)
    with work(olga) as db:
        place_block(db, unit_ids(olga, double)[0], TODAY, TODAY + timedelta(days=1), "out_of_order", "Paint")
        first, second = occupancy(db, house, TODAY, TODAY + timedelta(days=2))
        assert (first.capacity, first.blocked, first.for_sale, second.for_sale, first.adr) == (3, 1, 2, 3, 0)
        with pytest.raises(BadInput):
            occupancy(db, house, TODAY, TODAY)
    with pytest.raises(NotPermitted), work(rita) as db:
        occupancy(db, house, TODAY, TODAY + timedelta(days=2))
    with pytest.raises(NotFound), work(otto) as db:
        occupancy(db, house, TODAY, TODAY + timedelta(days=2))


def test_the_same_file_again_imports_nothing_and_a_longer_one_only_what_is_new(olga: Actor) -> None:
    house = a_property(olga)
    imported(olga, house, busy_weeks(40))
    again = imported(olga, house, busy_weeks(40))
    assert (again.rows_imported, again.rows_known, again.state) == (0, 40, "done")
    longer = imported(olga, house, busy_weeks(50))
    assert (longer.rows_imported, longer.rows_known) == (10, 40)
    assert sql(olga, "select count(*) from reservation where property_id = %s", house) == [(50,)]


def test_bad_rows_are_named_and_the_others_go_in(olga: Actor) -> None:
    house = a_property(olga)
    lines = [
        a_line("A", TODAY),
        a_line("B", TODAY, price_night="-5"),
        a_line("C", TODAY, -1),
        a_line("D", TODAY, adults="0"),
        a_line("E", TODAY, last_name="=1+1", price_night="cheap"),
    ]
    done = imported(olga, house, a_file(lines))
    assert (done.rows_total, done.rows_done, done.rows_imported, done.rows_rejected) == (5, 5, 1, 4)
    with work(olga) as db:
        assert [(bad.row, bad.reason) for bad in rejected_rows(db, done.import_id)] == [
            (3, "negative-price"),
            (4, "departure-before-arrival"),
            (5, "no-guests"),
            (6, "bad-price"),
        ]
        assert sum(rejected_reasons(db, done.import_id).values()) == 4
        text = rejected_csv(db, done.import_id)
    assert text.splitlines()[0] == f"row,reason,{HEAD}"
    assert "4,The departure is before the arrival.,C,,website," in text
    assert "'=1+1" in text


def test_a_dry_run_says_all_and_changes_nothing(olga: Actor) -> None:
    house = a_property(olga)
    a_room_type(olga, house, "Twin", units=1)
    with work(olga) as db:
        row = run.receive(
            db, house, "bookings.csv", a_file([a_line("A", TODAY), a_line("B", TODAY), a_line("C", TODAY, adults="x")])
        )
        report = dry_run(db, house, run.load(db, row.id))
        shown = preview(db, row.id)
    assert (report.rows_total, report.rows_new, report.rows_rejected, report.room_nights) == (3, 2, 1, 4)
    assert (report.revenue_minor, report.reasons) == (32_000, {"bad-number": 1})
    assert [(need.name, need.peak) for need in report.new_types] == [("Double", 2)]
    assert shown.header[:2] == ("reference", "status")
    assert len(shown.rows) == 3
    assert sql(olga, "select count(*) from reservation where property_id = %s", house) == [(0,)]
    assert sql(olga, "select name from room_type where property_id = %s", house) == [("Twin",)]


def test_a_house_that_is_too_small_keeps_the_booking_and_says_so(olga: Actor) -> None:
    house = a_property(olga)
    double = a_room_type(olga, house, "Double", units=1)
    with work(olga) as db:
        book(
            db, Booking(house, GuestDetails("First"), [Room(double, TODAY, TODAY + timedelta(days=1), unit_ids(olga, double)[0])])
        )
    done = imported(olga, house, a_file([a_line("A", TODAY, 2), a_line("B", TODAY + timedelta(days=5), 2)]))
    assert (done.rows_imported, done.rows_unassigned, done.nights_oversold) == (2, 1, 1)
    assert sql(olga, "select sum(oversold) from inventory_night where room_type_id = %s", double) == [(1,)]
    assert counters_differ(olga, house) == 0


def test_blocks_and_guests_who_are_there_keep_their_rooms(olga: Actor) -> None:
    house = a_property(olga)
    double = a_room_type(olga, house, "Double", units=3)
    first, second, third = unit_ids(olga, double)
    with work(olga) as db:
        place_block(db, first, TODAY, TODAY + timedelta(days=4), "out_of_order", "Paint")
        book(db, Booking(house, GuestDetails("There"), [Room(double, TODAY, TODAY + timedelta(days=4), second)]))
    done = imported(olga, house, a_file([a_line("A", TODAY + timedelta(days=1), 2)]))
    assert done.rows_unassigned == 0
    taken = """
        select distinct n.unit_id from stay_night n join stay s on s.id = n.stay_id join reservation r on r.id = s.reservation_id
        where r.external_ref = 'A' and r.property_id = %s
    """
    assert sql(olga, taken, house) == [(third,)]


def test_doors_that_the_file_names_are_kept_and_a_dash_stays_unassigned(olga: Actor) -> None:
    house = a_property(olga)
    lines = [a_line("A", TODAY, unit="12"), a_line("B", TODAY, unit="7"), a_line("C", TODAY, unit="-"), a_line("D", TODAY, 0)]
    done = imported(olga, house, a_file(lines))
    assert done.rows_unassigned == 1
    query = """
        select r.external_ref, min(u.name) from reservation r join stay s on s.reservation_id = r.id
        left join stay_night n on n.stay_id = s.id left join unit u on u.id = n.unit_id
        where r.property_id = %s group by 1 order by 1
    """
    assert sql(olga, query, house) == [("A", "12"), ("B", "7"), ("C", None), ("D", None)]


def test_rows_of_one_reference_are_one_reservation_and_an_email_is_one_guest(olga: Actor) -> None:
    house = a_property(olga)
    mail = {"email": "ona@example.com", "last_name": "Ona"}
    lines = [a_line("A", TODAY, **mail), a_line("A", TODAY, **mail), a_line("B", TODAY + timedelta(days=30), **mail)]
    imported(olga, house, a_file(lines), rows=1)
    assert sql(olga, "select count(*), count(distinct guest_id) from reservation where property_id = %s", house) == [(2, 1)]
    assert sql(olga, "select count(*) from stay where property_id = %s", house) == [(3,)]


def test_a_cancelled_stay_and_a_no_show_are_kept_but_take_no_room(olga: Actor) -> None:
    house = a_property(olga)
    past = TODAY - timedelta(days=30)
    imported(olga, house, a_file([a_line("A", past, status="cancelled"), a_line("B", past, status="No-Show")]))
    assert sql(olga, "select status, cancelled_at is null from stay where property_id = %s order by 1", house) == [
        ("cancelled", False),
        ("no_show", True),
    ]
    assert sql(olga, "select count(*), bool_or(live) from stay_night where property_id = %s", house) == [(4, False)]
    assert sql(olga, "select count(*) from unit where property_id = %s", house) == [(1,)]


def test_one_import_at_a_time_each_started_once(olga: Actor) -> None:
    house = a_property(olga)
    import_id, plan = begun(olga, house, busy_weeks(20))
    with pytest.raises(ImportUnderWay):
        begun(olga, house, busy_weeks(10))
    with pytest.raises(ImportNotWaiting), work(olga) as db:
        run.start(db, import_id, plan)
    with pytest.raises(ImportNotWaiting), work(olga) as db:
        run.prepare(db, import_id, "octaspace_csv")


def test_cancelling_stops_between_chunks_and_keeps_what_is_in(olga: Actor) -> None:
    house = a_property(olga)
    import_id, plan = begun(olga, house, busy_weeks(30))
    with work(olga) as db:
        run.advance(db, import_id, plan, rows=10)
        run.cancel(db, import_id)
    done = run_to_end(olga, import_id, plan)
    assert (done.state, done.rows_imported) == ("cancelled", 10)
    assert sql(olga, "select count(*) from reservation where property_id = %s", house) == [(10,)]
    with pytest.raises(ImportEnded), work(olga) as db:
        run.cancel(db, import_id)
    with pytest.raises(ImportEnded), work(olga) as db:
        run.resume(db, import_id)


def _advance_and_lose_power(actor: Actor, import_id: UUID, plan: Plan) -> None:
    with work(actor) as db:
        run.advance(db, import_id, plan, rows=10)
        raise RuntimeError("power cut")


def test_a_chunk_that_fails_leaves_no_trace_and_the_rest_goes_on(olga: Actor) -> None:
    house = a_property(olga)
    import_id, plan = begun(olga, house, busy_weeks(30))
    with work(olga) as db:
        run.advance(db, import_id, plan, rows=10)
    with pytest.raises(RuntimeError):
        _advance_and_lose_power(olga, import_id, plan)
    assert sql(olga, "select count(*) from reservation where property_id = %s", house) == [(10,)]
    with work(olga) as db:
        plan = run.load(db, import_id)
    assert run_to_end(olga, import_id, plan, rows=7).rows_imported == 30
    assert counters_differ(olga, house) == 0


_SLOW = """
import sys, time
from uuid import UUID
from pms.imports.drive import run_to_end
from pms.kernel.actor import job_actor
import pms.tables
def told(progress):
    print(progress.rows_done, flush=True)
    time.sleep(0.2)
run_to_end(job_actor(UUID(sys.argv[1]), "Worker"), UUID(sys.argv[2]), on_progress=told, rows=10)
"""


def test_killed_in_the_middle_it_goes_on_where_it_was(olga: Actor) -> None:
    house = a_property(olga)
    import_id, _ = begun(olga, house, busy_weeks(60))
    root = Path(__file__).parents[3]
    child = subprocess.Popen(
        [sys.executable, "-c", _SLOW, str(olga.organization_id), str(import_id)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "10\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    with work(olga) as db:
        was = progress(db, import_id)
    assert 10 <= was.rows_done < 60
    done = run_to_end(olga, import_id)
    assert (done.state, done.rows_imported, done.rows_known) == ("done", 60, 0)
    assert sql(olga, "select count(*), count(distinct external_ref) from reservation where property_id = %s", house) == [(60, 60)]
    assert counters_differ(olga, house) == 0


def test_two_workers_on_one_import_do_the_work_once(olga: Actor) -> None:
    house = a_property(olga)
    import_id, _ = begun(olga, house, busy_weeks(60))
    root = Path(__file__).parents[3]
    children = [
        subprocess.Popen(
            [sys.executable, "-c", _SLOW, str(olga.organization_id), str(import_id)],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            stdout=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    assert [child.wait(60) for child in children] == [0, 0]
    with work(olga) as db:
        done = progress(db, import_id)
    assert (done.state, done.rows_imported, done.rows_known) == ("done", 60, 0)
    assert counters_differ(olga, house) == 0


def test_every_chunk_is_news(olga: Actor) -> None:
    house = a_property(olga)
    done = imported(olga, house, busy_weeks(30), rows=10)
    with work(olga) as db:
        events = [(row.event, (row.after or {}).get("rows_done")) for row in reversed(history(db, done.import_id))]
    assert events == [
        ("import.received", None),
        ("import.started", 0),
        ("import.advanced", 10),
        ("import.advanced", 20),
        ("import.finished", 30),
    ]


def test_who_may_not_import_is_refused_at_every_step(cast: Any) -> None:
    house = a_property(cast.olga)
    import_id, plan = begun(cast.olga, house, busy_weeks(10))
    elsewhere = a_member(cast.organization_id, "Max Manager", "manager", [a_property(cast.olga, "Other")])
    for actor, refused in ((cast.rita, NotPermitted), (cast.otto, NotFound), (elsewhere, NotFound | NotPermitted)):
        kinds = (NotFound, NotPermitted) if actor is elsewhere else refused
        for step in (
            lambda db: run.receive(db, house, "x.csv", busy_weeks(3)),
            lambda db: run.prepare(db, import_id, "octaspace_csv"),
            lambda db: run.load(db, import_id),
            lambda db: run.start(db, import_id, plan),
            lambda db: run.advance(db, import_id, plan),
            lambda db: run.cancel(db, import_id),
            lambda db: run.resume(db, import_id),
            lambda db: progress(db, import_id),
            lambda db: rejected_rows(db, import_id),
            lambda db: rejected_csv(db, import_id),
            lambda db: preview(db, import_id),
        ):
            with pytest.raises(kinds), work(actor) as db:  # type: ignore[arg-type]
                step(db)
    with work(cast.otto) as db:
        assert db.exec(select(Import)).all() == []
        assert db.exec(select(ImportFile)).all() == []


def test_a_wrong_format_is_refused_before_anything_happens(olga: Actor) -> None:
    house = a_property(olga)
    with work(olga) as db:
        row = run.receive(db, house, "x.csv", busy_weeks(3))
        with pytest.raises(MissingColumns, match="adr"):
            run.prepare(db, row.id, "resort_hotel")
        with pytest.raises(BadInput):
            run.prepare(db, row.id, "nonesuch")
        run.prepare(db, row.id, "custom", {"columns": {"arrival": "arrival", "departure": "departure", "room_type": "room_type"}})
        assert run.load(db, row.id).rows == 3
        assert [one.state for one in imports_of(db, house)] == ["waiting"]


def test_the_command_line_finds_its_property_and_goes_on_where_it_stopped(empty_database: str, tmp_path: Path) -> None:
    from tests.builders import a_cast

    with pytest.raises(Exception, match="There is no property yet"):
        find_house(None)
    cast = a_cast()
    house = a_property(cast.olga, "Seaside")
    a_property(cast.otto, "Hillside")
    with pytest.raises(Exception, match="Hillside, Seaside"):
        find_house(None)
    actor, found = find_house("seaside")
    assert found == house
    file = tmp_path / "bookings.csv"
    file.write_bytes(busy_weeks(30))
    report, _ = try_dry(actor, house, Wish(file))
    assert (report.rows_new, sql(cast.olga, "select count(*) from import")) == (30, [(0,)])
    import_id, plan = begun(actor, house, busy_weeks(30))
    with work(actor) as db:
        run.advance(db, import_id, plan, rows=10)
    done, _ = import_file(actor, house, Wish(file))
    assert (done.import_id, done.state, done.rows_imported) == (import_id, "done", 30)
    with pytest.raises(Exception, match="No import"):
        go_on(actor, house)
    with pytest.raises(BadInput, match="cannot be read"):
        import_file(actor, house, Wish(tmp_path / "nothing.csv"))


def test_a_code_that_is_taken_is_not_given_again(olga: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    house = a_property(olga)
    imported(olga, house, a_file([a_line("A", TODAY)]))
    taken = sql(olga, "select code from reservation where property_id = %s", house)[0][0]
    drawn = iter([taken, "AAAA2222", "AAAA2222", "BBBB2222"])
    monkeypatch.setattr(write, "new_code", lambda: next(drawn))
    imported(olga, house, a_file([a_line("B", TODAY), a_line("C", TODAY)]))
    codes = sql(olga, "select code from reservation where property_id = %s order by 1", house)
    assert {code for (code,) in codes} == {taken, "AAAA2222", "BBBB2222"}
