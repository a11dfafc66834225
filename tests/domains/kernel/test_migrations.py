"""The migrations make exactly the tables that the models describe."""

import re

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from pms.kernel.migrate import migrate
from pms.settings import settings
from pms.tables import metadata


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
        connection.execute("alter table exchange_rate drop column written_by, drop column written_at")
        connection.execute("update alembic_version set version_num = '0008'")
        migrate()
        assert connection.execute(_POLICIES).fetchall() == found
