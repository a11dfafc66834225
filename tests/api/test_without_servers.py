"""PostgreSQL and Redis are stopped for real: what the API and /readyz say meanwhile, and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp

import pytest
from fastapi.testclient import TestClient

from pms.api.app import http
from pms.kernel import embedded_servers
from pms.kernel.embedded_servers import Server
from pms.kernel.migrate import migrate
from tests.api.conftest import a_hotel
from tests.builders import a_cast
from tests.services import environment


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, Server]]:
    """A PostgreSQL and a Redis of our own to stop and start; nobody else's tests stand on them."""
    with ExitStack() as stack:
        root = Path(mkdtemp(prefix="octaspace-stopped-"))
        database = stack.enter_context(embedded_servers.postgres(root, durable=False))
        redis = stack.enter_context(embedded_servers.redis(root))
        stack.enter_context(environment(DATABASE_URL=database.url, REDIS_URL=redis.url, OCTASPACE_VAR_DIR=str(root)))
        migrate()
        yield database, redis


@pytest.fixture
def client(servers: tuple[Server, Server]) -> TestClient:
    return TestClient(http, raise_server_exceptions=False)


def halt(server: Server) -> None:
    embedded_servers.stop(server.process, server.farewell)


def test_without_the_database_calls_are_asked_to_come_back_and_it_recovers_by_itself(
    servers: tuple[Server, Server], client: TestClient
) -> None:
    hotel = a_hotel(a_cast().olga, client)
    assert hotel.book(headers={"Idempotency-Key": "before"}).status_code == 201
    halt(servers[0])
    try:
        for _ in range(3):
            answer = hotel.book(headers={"Idempotency-Key": "meanwhile"})
            assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "unavailable", "2")
            assert "postgres" not in answer.text.lower()
    finally:
        servers[0].revive()
    assert hotel.book(headers={"Idempotency-Key": "meanwhile"}).status_code == 201
    assert len(hotel.get("/reservations").json()["items"]) == 2


@pytest.mark.parametrize(("number", "part"), [(0, "database"), (1, "redis")])
def test_readiness_names_the_part_that_is_stopped_and_nothing_secret(
    servers: tuple[Server, Server], client: TestClient, number: int, part: str
) -> None:
    a_cast()
    assert client.get("/readyz").json()[part] == "ok"
    halt(servers[number])
    try:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()[part]) == (503, "unreachable")
        assert "octaspace-stopped" not in answer.text
        assert client.get("/healthz").status_code == 200
    finally:
        servers[number].revive()
    assert client.get("/readyz").json()[part] == "ok"
