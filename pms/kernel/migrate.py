"""Bring the database's tables to what this version of the code expects."""

from contextlib import closing

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from pms.settings import ROOT, SQLALCHEMY_SCHEME, Unready, settings

_ONE_AT_A_TIME = 0x0C7A_5BACE  # any number, as long as nobody else locks it


def _config() -> Config:
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "alembic"))
    return config


def _connect() -> psycopg.Connection:
    url = settings().migration_url
    if url is None:
        raise Unready("Set DATABASE_URL, or use `python -m pms run`, which brings a database along.")
    return psycopg.connect(url.replace(SQLALCHEMY_SCHEME, "postgresql", 1), autocommit=True, connect_timeout=10)


def _current(connection: psycopg.Connection) -> set[str]:
    if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
        return set()
    return {version for (version,) in connection.execute("SELECT version_num FROM alembic_version")}


def is_current() -> bool:
    """Whether nothing is left to migrate; cheap, asks for one row."""
    with closing(_connect()) as connection:
        return _current(connection) == set(ScriptDirectory.from_config(_config()).get_heads())


def migrate() -> None:
    """`alembic upgrade head` as the owner; processes that start together take turns. Refused: Unready."""
    with closing(_connect()) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_ONE_AT_A_TIME,))
        if _current(connection) == set(ScriptDirectory.from_config(_config()).get_heads()):
            return
        try:
            command.upgrade(_config(), "head")
        except CommandError as problem:
            raise Unready(
                f"Install the version of Octaspace that wrote this database, or restore a backup ({problem})."
            ) from problem
