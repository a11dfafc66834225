"""Bookings per second through the HTTP API, beside the same rows written by bare psycopg."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from http.client import HTTPConnection

from pms.accounts import api_keys
from pms.kernel.actor import job_actor
from pms.kernel.db import work
from pms.kernel.ids import new_id
from tests.bench.figures import Figure, p50, p99
from tests.bench.selling import Hotel, Run, _bare, _hotel, _settle, middle, race, wishes
from tests.serving import served

PROCESSES = 2


def measure() -> list[Figure]:
    """Each way three times, alternating, on two web processes; the run in the middle counts."""
    hotel = _hotel()
    with work(job_actor(hotel.organization_id, "bench")) as db:
        key, _ = api_keys.create(db, "Bench", ["reservation.book"])
    ways: dict[str, list[Run]] = {"bare": [], "http": []}
    with served(PROCESSES, OCTASPACE_API_RATE="1000000/second", OCTASPACE_LOG_LEVEL="warning") as port:
        for _ in range(3):
            for name, writer in (("bare", _bare), ("http", partial(_http, port=port, key=key))):
                ways[name].append(race(writer, hotel))
                _settle()
    bare, http = (middle(ways[name]) for name in ("bare", "http"))
    of = {"http_per_second": http.per_second, "bare_psycopg_per_second": bare.per_second}
    return [
        Figure("booking through HTTP / bare psycopg", http.per_second / bare.per_second, "ratio", 0.15, False, of),
        Figure("booking through HTTP, p99 at 8 writers", p99(http.times), "ms", 40, True, {"p50": p50(http.times)}),
    ]


def _http(hotel: Hotel, n: int, port: int, key: str) -> Iterator[None]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    for room_type_id, arrival, departure in wishes(hotel, n):
        room = {"room_type_id": str(room_type_id), "arrival": str(arrival), "departure": str(departure)}
        guest = {"last_name": "Bench", "first_name": "Mark"}
        body = json.dumps({"property_id": str(hotel.property_id), "guest": guest, "rooms": [room]})
        connection.request("POST", "/api/v1/reservations", body, {**headers, "Idempotency-Key": str(new_id())})
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"{answer.status} {said!r}")
        yield
