"""The migrations make exactly the tables that the models describe."""

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

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
