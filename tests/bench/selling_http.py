"""Bookings per second through the HTTP API, beside the same rows written by bare psycopg.

How long one of 8 writers waits is measured twice. Writers that send the next booking the moment they have an answer keep
8 requests in the house, whatever it does: each then takes 8 divided by the throughput (Little's law), so their p99 says how
many bookings a second this machine makes, and 40 ms would take well over 250 a second, load included. What a caller of a
hotel that is not saturated waits is told by the same 8 writers sending at random moments, half as many bookings a second as
the first way reached in the same run; a booking that begins late is counted from when it was due.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from pms.accounts import api_keys
from pms.kernel.actor import job_actor
from pms.kernel.db import work
from pms.kernel.ids import new_id
from tests.bench.figures import Figure, p50, p99
from tests.bench.selling import Hotel, Run, Writer, _bare, _hotel, _settle, middle, race, wishes
from tests.serving import served

PROCESSES = 2
SHARE = 0.5
"""Of the saturated rate, what the paced writers send."""


def measure() -> list[Figure]:
    """Each way three times, alternating, on two web processes; the run in the middle counts."""
    hotel = _hotel()
    with work(job_actor(hotel.organization_id, "bench")) as db:
        key, _ = api_keys.create(db, "Bench", ["reservation.book"])
    bare: list[Run] = []
    http: list[Run] = []
    paced: list[Run] = []
    with served(PROCESSES, "tests.bench.web:http", OCTASPACE_API_RATE="1000000/second", OCTASPACE_LOG_LEVEL="warning") as port:
        writer = partial(_http, port=port, key=key)
        for _ in range(3):
            bare.append(_raced(hotel, _bare))
            http.append(_raced(hotel, writer))
            paced.append(_raced(hotel, writer, http[-1].per_second * SHARE))
    return _figures(middle(bare), middle(http), sorted(paced, key=lambda run: p99(run.times))[len(paced) // 2])


def _raced(hotel: Hotel, writer: Writer, per_second: float | None = None) -> Run:
    run = race(writer, hotel, per_second)
    _settle()
    return run


def _figures(bare: Run, http: Run, paced: Run) -> list[Figure]:
    of = {"http_per_second": http.per_second, "bare_psycopg_per_second": bare.per_second}
    ratio = http.per_second / bare.per_second
    rate = {"p50": p50(paced.times), "per_second": paced.per_second}
    return [
        Figure("booking through HTTP / bare psycopg", ratio, "ratio", 0.15, False, of),
        Figure("booking through HTTP, p99 at 8 writers", p99(http.times), "ms", 40, True, {"p50": p50(http.times)}),
        Figure("booking through HTTP, p99 at 8 writers, paced", p99(paced.times), "ms", 40, True, rate),
    ]


def _http(hotel: Hotel, n: int, port: int, key: str) -> Iterator[None]:
    """Over a bare socket: whatever the load costs is taken from what is measured."""
    head = (
        f"POST /api/v1/reservations HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: application/json\r\nIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s"
    )
    guest = {"last_name": "Bench", "first_name": "Mark"}
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line, line.makefile("rb") as answers:
        for room_type_id, arrival, departure in wishes(hotel, n):
            room = {"room_type_id": str(room_type_id), "arrival": str(arrival), "departure": str(departure)}
            body = json.dumps({"property_id": str(hotel.property_id), "guest": guest, "rooms": [room]})
            line.sendall((head % (new_id(), len(body), body)).encode())
            _read(answers)
            yield


def _read(answers: BinaryIO) -> None:
    """One answer, which has to say 201."""
    status, length = answers.readline(), 0
    while (header := answers.readline()) not in (b"\r\n", b""):
        if header.lower().startswith(b"content-length:"):
            length = int(header[15:])
    said = answers.read(length)
    if b" 201 " not in status:
        raise RuntimeError(f"{status!r} {said!r}")
