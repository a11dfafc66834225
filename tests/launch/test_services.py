"""The services every other test stands on."""

from collections.abc import Callable
from pathlib import Path

import psycopg
from redis import Redis

from pms.settings import settings
from tests.services import superuser


def test_settings_name_this_workers_servers(services: None) -> None:
    with psycopg.connect(settings().libpq_url or "") as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("octaspace",)
    assert Redis.from_url(settings().redis_url or "").ping()


def test_every_clone_has_the_migrated_tables_and_is_its_own(new_database: Callable[[], str]) -> None:
    one, other = (url.replace("+psycopg", "") for url in (new_database(), new_database()))
    with psycopg.connect(one) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
        connection.execute("CREATE TABLE mark ()")
    with psycopg.connect(other) as connection:
        assert connection.execute("SELECT to_regclass('mark')").fetchone() == (None,)


def test_the_owner_is_no_superuser(postgres_folder: Path) -> None:
    with superuser(postgres_folder) as connection:
        found = connection.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'octaspace'").fetchone()
    assert found == (False, False)
