"""The backup that docs/operators.md describes brings everything back, tenants' rows included."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg

from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.embedded_servers import postgres_program
from pms.kernel.outbox import record
from tests.services import superuser


def database(url: str) -> str:
    return url.rpartition("@/")[2].partition("?")[0]


def tool(name: str, folder: Path, *arguments: str) -> None:
    command = [str(postgres_program(name)), f"--host={folder}", "--username=postgres", *arguments]
    subprocess.run(command, check=True, capture_output=True, text=True)


def test_dump_and_restore(empty_database: str, new_database: Callable[[], str], postgres_folder: Path, tmp_path: Path) -> None:
    guest = uuid4()
    with work(Actor("job", uuid4(), "Night audit", uuid4())) as db:
        record(db, "guest.created", "guest", guest)
    dump, other = tmp_path / "octaspace.dump", database(new_database())
    tool("pg_dump", postgres_folder, "--format=custom", f"--file={dump}", database(empty_database))
    tool("pg_restore", postgres_folder, "--clean", "--if-exists", f"--dbname={other}", str(dump))
    with superuser(postgres_folder, other) as restored:
        assert restored.execute("SELECT entity_id FROM journal").fetchall() == [(guest,)]
        owner = restored.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'journal'").fetchone()
    assert owner == ("octaspace",)
    with psycopg.connect(host=str(postgres_folder), user="octaspace", dbname=other) as connection:
        connection.execute("SET ROLE octaspace_app")
        assert connection.execute("SELECT count(*) FROM journal").fetchone() == (0,)  # still nobody's without a tenant
