"""Runs migrations as the owner of the database, in one transaction each, refusing to wait long for a lock."""

from alembic import context
from sqlalchemy import create_engine, text

from pms.settings import settings
from pms.tables import metadata


def run() -> None:
    engine = create_engine(settings().migration_url or "")
    with engine.connect() as connection:
        connection.execute(text("set lock_timeout = '5s'"))
        connection.commit()
        context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
