"""The migrations make exactly the tables that the models describe."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine

from pms.channels.connections import connect
from pms.channels.models import ChannelBooking
from pms.inventory.allowance import allow, take_back
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.rates.cells import Edit, change_cells
from pms.rates.history import story_of
from pms.rates.load import board_of, house_of
from pms.reservations.rate_changes import changes, undo
from pms.settings import ROOT, settings
from pms.tables import metadata
from tests.builders import Cast, a_cast, a_property, a_room_type
from tests.services import environment


def test_models_and_migrations_agree(services: None) -> None:
    engine = create_engine(settings().database_url or "")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_checks_of_the_models_are_in_the_database(services: None) -> None:
    """Autogenerate does not look at CHECK constraints; they are what keeps a night from being oversold unseen."""
    with psycopg.connect(settings().libpq_url or "") as connection:
        query = "select conrelid::regclass::text, count(*) from pg_constraint where contype = 'c' and conrelid <> 0 group by 1"
        found = {table.strip('"'): count for table, count in connection.execute(query)}
    described = {
        table.name: sum(1 for one in table.constraints if type(one).__name__ == "CheckConstraint")
        for table in metadata.tables.values()
    }
    assert found == {name: count for name, count in described.items() if count}


def _again(name: str) -> None:
    """Run one migration on a database that stands as it did before."""
    found = spec_from_file_location(name, ROOT / "alembic" / "versions" / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    migration = module_from_spec(found)
    found.loader.exec_module(migration)
    engine = create_engine(settings().database_url or "")
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        migration.upgrade()
    engine.dispose()


_POLICIES = """
select tablename, policyname, qual from pg_policies
where schemaname = 'public' and qual like '%current_setting%' order by 1, 2
"""
_ONCE = re.compile(r"\( SELECT (\(NULLIF\(current_setting.*?\)::uuid) AS [^)]*\)")


def test_every_policy_asks_once_per_statement_whose_rows_these_are_also_in_an_older_database(empty_database: str) -> None:
    """Asked per row, it took a third of a large read."""
    with psycopg.connect(settings().libpq_url or "", autocommit=True) as connection:
        found = connection.execute(_POLICIES).fetchall()
        for table, policy, ours in found:
            assert _ONCE.search(ours), f"{policy} on {table}: {ours}"
            per_row = _ONCE.sub(lambda match: match[1], ours)
            connection.execute(f'alter policy "{policy}" on "{table}" using ({per_row})')
        assert connection.execute(_POLICIES).fetchall() != found
        connection.execute("drop index stay_night_unassigned, stay_day_use")
        _again("0009_quicker_reading")
        assert connection.execute(_POLICIES).fetchall() == found


def test_changes_of_overbooking_made_before_they_were_listed_are_listed(cast: Cast) -> None:
    """Also those that took one back, as what they are; by whom and when is what the journal says."""
    house = a_property(cast.olga)
    double = a_room_type(cast.olga, house, "Double", ["101", "102"])
    night = today("Europe/Vilnius") + timedelta(3)
    with work(cast.olga) as db:
        first = allow(db, house, {(double, night): 1}).change_id
    with work(cast.olga) as db:
        assert first
        back = take_back(db, first).change_id
    with work(cast.olga) as db:
        assert changes(db, house) == ([], False)
    for _ in range(2):
        _again("0018_overbooking_listed")
        with work(cast.olga) as db:
            undone, made = changes(db, house)[0]
    assert (made.id, made.by, made.how, made.cells, made.overbooking_nights) == (first, "Olga Owner", "grid", 0, 1)
    assert (made.first, made.last, made.undone_by, made.undoes) == (night, night, back, None)
    assert (undone.id, undone.how, undone.undoes) == (back, "undo", first)
    with work(cast.olga) as db:
        assert undo(db, undone.id).cells == 1


_BEFORE_CHANNELS = """
alter table rate_night drop column channel;
alter table rate_night add primary key (rate_plan_id, room_type_id, night);
alter table rate_history drop column channel;
alter table rate_history add primary key (rate_plan_id, room_type_id, night, change_id);
"""
_KEYS = """
select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index
where indrelid in ('rate_night'::regclass, 'rate_history'::regclass) order by 1
"""


@pytest.fixture
def alone(services: None, new_database: Callable[[], str]) -> Iterator[Cast]:
    """The people of a hotel in a database where nobody else has written anything."""
    with environment(DATABASE_URL=new_database()):
        yield a_cast()


def test_cells_written_before_channels_had_their_own_are_everybodys(alone: Cast) -> None:
    house = a_property(alone.olga)
    double = a_room_type(alone.olga, house, "Double", ["101"])
    night = today("Europe/Vilnius") + timedelta(3)
    with work(alone.olga) as db:
        plan = house_of(db, house).default_plan_id
        assert plan is not None
        made = change_cells(db, house, [Edit((plan, double, night), {"price": 9_000})]).change_id
    with psycopg.connect(settings().libpq_url or "", autocommit=True) as connection:
        keys = connection.execute(_KEYS).fetchall()
        connection.execute(_BEFORE_CHANNELS)
        assert connection.execute(_KEYS).fetchall() != keys
        _again("0019_rates_of_channels")
        assert connection.execute(_KEYS).fetchall() == keys
    with work(alone.olga) as db:
        board = board_of(db, house_of(db, house), night, 1)
        assert (board.filled(plan, "price").tolist(), board.own) == ([[9_000]], {})
        assert [turn.channel for turn in story_of(db, house, (plan, double, night))[0]] == [""]
        assert made is not None
        assert undo(db, made).cells == 1


def test_when_a_booking_of_a_channel_was_last_said_is_kept_in_the_form_that_sorts(alone: Cast) -> None:
    before = ["2026-11-02T22:00:00+02:00", "2026-11-02T20:30:00Z", "2026-13-45T99:00:00", "~", "0", ""]
    house = a_property(alone.olga)
    with work(alone.olga) as db:
        connection = connect(db, house, "channex", "P-1", {"api_key": "x"})
        rows = [
            ChannelBooking(
                organization_id=db.organization_id, connection_id=connection.id, booking=f"B-{n}", status="new", latest=one
            )
            for n, one in enumerate(before)
        ]
        db.add_all(rows)
    _again("0022_messages_seen_to")
    with work(alone.olga) as db:
        kept = [db.one(ChannelBooking, one.id).latest for one in rows]
    assert kept == ["2026-11-02T20:00:00.000000+00:00", "2026-11-02T20:30:00.000000+00:00", *before[2:]]
