"""A local HTTP server that behaves as Channex does: keeps a calendar, enforces its rules, and fails when told to.

Written from Channex' own documents, not from our adapter.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ALLOWED = {
    "/availability": {"availability"},
    "/restrictions": {
        "rate",
        "min_stay_through",
        "min_stay_arrival",
        "max_stay",
        "stop_sell",
        "closed_to_arrival",
        "closed_to_departure",
    },
}


@dataclass
class FakeChannex:
    """What it keeps and how it was called. `troubles` are statuses to answer the next calls with instead of doing them;
    `dies_after` takes so many calls and then drops the connection after having done the work.
    """

    key: str = "secret"
    property_id: str = "P-1"
    ids: set[str] = field(default_factory=set)
    calendar: dict[tuple[str, date], dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, int]] = field(default_factory=list)
    troubles: list[int] = field(default_factory=list)
    drops: int = 0
    strict: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def do(self, path: str, key: str, body: bytes) -> tuple[int, dict[str, str], Any]:
        """One call."""
        with self.lock:
            if self.troubles:
                status = self.troubles.pop(0)
                return status, {"Retry-After": "7"} if status == 429 else {}, {"errors": {"code": "http_too_many_requests"}}
            if key != self.key:
                return 401, {}, {"errors": {"code": "unauthorized", "title": "Unauthorized"}}
            values = json.loads(body)["values"]
            self.calls.append((path, len(values)))
            wrong = [(entry, problem) for entry in values if (problem := self._problem(path, entry))]
            if wrong and self.strict:
                return 422, {}, {"errors": {"code": "validation_error", "details": wrong[0][1]}}
            for entry in values:
                if not any(entry is bad for bad, _ in wrong):
                    self._apply(entry)
            warnings = [{**entry, "warning": problem} for entry, problem in wrong]
            return 200, {}, {"data": [{"id": "t", "type": "task"}], "meta": {"message": "Success", "warnings": warnings}}

    def _problem(self, path: str, entry: dict[str, Any]) -> dict[str, list[str]] | None:
        target = entry.get("room_type_id") if path == "/availability" else entry.get("rate_plan_id")
        if entry.get("property_id") != self.property_id or target not in self.ids:
            return {"property_id": ["is unknown"]}
        given = set(entry) - {"property_id", "room_type_id", "rate_plan_id", "date", "date_from", "date_to", "days"}
        if not given or given - ALLOWED[path] or any(entry[name] is None for name in given):
            return {"values": ["Should be a non null value or not existed field"]}
        if date.fromisoformat(entry["date_from"]) > date.fromisoformat(entry["date_to"]):
            return {"date_to": ["is before date_from"]}
        if "rate" in entry and not (isinstance(entry["rate"], int) and entry["rate"] > 0):
            return {"rate": ["must be greater than 0"]}
        if "availability" in entry and entry["availability"] < 0:
            return {"availability": ["must be 0 or more"]}
        return None

    def _apply(self, entry: dict[str, Any]) -> None:
        day, last = date.fromisoformat(entry["date_from"]), date.fromisoformat(entry["date_to"])
        told = {name: value for name, value in entry.items() if name in ALLOWED["/availability"] | ALLOWED["/restrictions"]}
        while day <= last:
            self.calendar.setdefault((entry.get("room_type_id") or entry["rate_plan_id"], day), {}).update(told)
            day += timedelta(days=1)


@contextmanager
def channex() -> Iterator[FakeChannex]:
    """One, on a free port, for the duration."""
    fake = FakeChannex()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, answer = fake.do(self.path, self.headers.get("user-api-key", ""), body)
            if fake.drops:
                fake.drops -= 1
                self.close_connection = True
                self.connection.close()
                return
            said = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(said)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        fake.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield fake
        server.shutdown()
