"""A crowd of processes that book over HTTP as fast as they are answered."""

from __future__ import annotations

import json
import multiprocessing
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPConnection
from typing import Any


@dataclass
class Told:
    """What one process, or the crowd, was told."""

    statuses: Counter[int] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    sold: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused_nights: set[str] = field(default_factory=set)

    def hear(self, asked: tuple[str, date, date], status: int, answer: dict[str, Any]) -> None:
        """Take down one answer."""
        self.statuses[status] += 1
        if status == 201:
            self.sold.update((asked[0], night["date"]) for night in answer["rooms"][0]["nights"])
        else:
            self.codes[answer["code"]] += 1
            self.refused_nights.update(answer.get("nights", ()))

    def add(self, other: Told) -> None:
        """Add up."""
        self.statuses += other.statuses
        self.codes += other.codes
        self.sold += other.sold
        self.refused_nights |= other.refused_nights


@dataclass(frozen=True)
class Week:
    """What they all want."""

    port: int
    key: str
    property_id: str
    room_types: Sequence[str]
    first: date
    nights: int = 7


def storm(week: Week, processes: int = 8, attempts: int = 200) -> Told:
    """All processes start together; each makes its attempts and reports."""
    context = multiprocessing.get_context("spawn")
    barrier, reports = context.Barrier(processes), context.SimpleQueue()
    crowd = [
        context.Process(target=_one, args=(week, seed, attempts, barrier, reports), daemon=True) for seed in range(processes)
    ]
    for process in crowd:
        process.start()
    total = Told()
    for _ in crowd:
        total.add(reports.get())
    for process in crowd:
        process.join()
    return total


def _wishes(week: Week, seed: int, attempts: int) -> list[tuple[str, date, date]]:
    """Mostly stays of one to three nights; at last every single night of every type, so that no room is left over."""
    dice, wishes = random.Random(seed), []
    singles = [(room_type, n, n + 1) for room_type in week.room_types for n in range(week.nights)]
    for _ in range(attempts - len(singles)):
        n = dice.randrange(week.nights)
        wishes.append((dice.choice(week.room_types), n, min(week.nights, n + dice.randint(1, 3))))
    dice.shuffle(singles)
    return [(what, week.first + timedelta(days=n), week.first + timedelta(days=end)) for what, n, end in (*wishes, *singles)]


def _one(week: Week, seed: int, attempts: int, barrier: Any, reports: Any) -> None:
    told, connection = Told(), HTTPConnection("127.0.0.1", week.port, timeout=60)
    headers = {"Authorization": f"Bearer {week.key}", "Content-Type": "application/json"}
    wishes = _wishes(week, seed, attempts)
    barrier.wait(60)
    for what, arrival, departure in wishes:
        room = {"room_type_id": what, "arrival": arrival.isoformat(), "departure": departure.isoformat()}
        body = {"property_id": week.property_id, "guest": {"last_name": f"Guest of {seed}"}, "rooms": [room]}
        connection.request("POST", "/api/v1/reservations", json.dumps(body), headers)
        answer = connection.getresponse()
        told.hear((what, arrival, departure), answer.status, json.loads(answer.read()))
    reports.put(told)
