"""Alive is not ready: what routes traffic asks about everything behind the process."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pms.api.health import health
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.outbox import record
from tests.services import environment, free_port, superuser


@pytest.fixture
def client(empty_database: str) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(health)
    with TestClient(app) as client:
        yield client


def test_ready_when_everything_is(client: TestClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "redis": "ok",
        "relay": "ok",
        "relay_rows": 0,
        "relay_seconds": 0.0,
    }


def test_without_a_database_it_lives_but_is_not_ready(client: TestClient) -> None:
    with environment(DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/none"):
        answer = client.get("/readyz")
        assert client.get("/healthz").status_code == 200
    assert answer.status_code == 503
    assert answer.json()["database"] == "unreachable"


def test_without_redis_it_is_not_ready(client: TestClient) -> None:
    with environment(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["redis"] == "unreachable"


def test_a_relay_that_is_behind_makes_it_unready(client: TestClient, empty_database: str, postgres_folder: Path) -> None:
    with work(Actor("job", uuid4(), "Night audit", uuid4())) as db:
        record(db, "stay.moved", "stay", uuid4())
    assert client.get("/readyz").status_code == 200  # just now
    name = empty_database.rpartition("@/")[2].partition("?")[0]
    with superuser(postgres_folder, name) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE journal SET happened_at = now() - interval '5 minutes'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["relay"] == "behind"
    assert answer.json()["relay_seconds"] >= 300
