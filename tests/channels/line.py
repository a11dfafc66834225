"""A line to a local OTA: its adapter driven as the worker drives it, and messages that went bad on the way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Generic, TypeVar
from uuid import UUID, uuid4

import httpx
from hypothesis import strategies as st

from pms.channels.adapter import Adapter, Link, Message, Received, Refused, Unreadable
from pms.channels.changes import Change
from pms.channels.incoming import Incoming
from tests.channels.fake import FakeOta, serving

Ota = TypeVar("Ota", bound=FakeOta)
FIRST = datetime.now(UTC).date() + timedelta(days=10)
OPEN = {"min_stay": 1, "max_stay": 0, "closed": 0, "closed_arrival": 0, "closed_departure": 0}


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


@dataclass
class Line(Generic[Ota]):
    """An OTA, how we speak to it, and two products there: a room type and a plan in it."""

    adapter: Adapter
    fake: Ota
    http: httpx.Client
    link: Link
    room: UUID
    rate: UUID

    def messages(self, *changes: Change) -> list[Message]:
        return self.adapter.messages(self.link, changes)

    def tell(self, *changes: Change) -> dict[tuple[UUID, date], str]:
        """Say it as the sender does, halving what is refused as a whole; the words about what was refused."""
        refused: dict[tuple[UUID, date], str] = {}
        for message in self.messages(*changes):
            refused |= self._deliver(message)
        return refused

    def _deliver(self, message: Message) -> dict[tuple[UUID, date], str]:
        try:
            places = self.adapter.send(self.http, self.link, message)
        except Refused as no:
            if len(message.changes) == 1:
                return dict.fromkeys(message.changes[0].cells, str(no))
            middle = len(message.changes) // 2
            return self.tell(*message.changes[:middle]) | self.tell(*message.changes[middle:])
        return {cell: words for place, words in places.items() for cell in message.changes[place].cells}

    def shown(self, id: str, n: int) -> dict[str, int]:
        return self.fake.calendar.get((id, day(n)), {})

    def fetch(self) -> list[Received]:
        return self.adapter.fetch(self.http, self.link)

    def fetched(self) -> list[Incoming]:
        return [self.adapter.read(self.link, one.text) for one in self.fetch()]

    def confirm(self, received: Sequence[Received]) -> None:
        self.adapter.acknowledge(self.http, self.link, [one.receipt for one in received])


@contextmanager
def line(adapter: Adapter, fake: Ota, room: str, rate: str) -> Iterator[Line[Ota]]:
    """A line to this OTA while it serves."""
    ours, plan = uuid4(), uuid4()
    with serving(fake):
        ids = {ours: room, plan: rate}
        link = Link(fake.remote_property, fake.currency, fake.credentials, ids, host=fake.url, sleeps={plan: (2, 3, 4)})
        yield Line(adapter, fake, _client(), link, ours, plan)


@cache
def _client() -> httpx.Client:
    """One for all tests: a new one reads the certificates of the world first."""
    return httpx.Client(timeout=10)


def whatever(adapter: Adapter, link: Link, text: str) -> None:
    """Reading it, and seeing what can be seen of it, raise nothing but `Unreadable`; what can be read can be seen as well."""
    seen = None
    with suppress(Unreadable):
        seen = adapter.glimpse(link, text)
    with suppress(Unreadable):
        told = adapter.read(link, text)
        if told.status in ("new", "modified"):
            assert seen is not None
            assert (seen.booking, seen.order, rooms_of(seen)) == (told.booking, told.order, rooms_of(told))


def rooms_of(told: Incoming) -> Counter[tuple[str, date, date]]:
    """Which rooms, on which dates. At which rate is not needed to hold them, and the second reader may name another one."""
    return Counter((room.remote_room, room.arrival, room.departure) for room in told.rooms)


ODD = ["", "0", "-1", "NaN", "Infinity", "1e999", "9" * 5000, "0001-01-01", "9999-12-31", "2026-02-30", "\u0661"]


@st.composite
def spoiled(draw: st.DrawFn, samples: Sequence[str]) -> str:
    """A good message, XML or JSON, with a value changed, a piece cut out or doubled, or a part of it missing."""
    sample, how = draw(st.sampled_from(samples)), draw(st.sampled_from(["value", "piece", "part"]))
    if how == "value":
        start, end = draw(st.sampled_from([found.span(1) for found in re.finditer(r'"([^"]*)"', sample)]))
        value = draw(st.one_of(st.sampled_from(ODD), st.text(max_size=30))).replace("<", "&lt;").replace('"', "&quot;")
        return sample[:start] + value + sample[end:]
    if how == "part":
        part = r' \w+="[^"]*"|<\w+[^>]*/>|<(\w+)[^>]*>[^<]*</\1>|"\w+": ?(?:"[^"]*"|[\w.-]+),'
        start, end = draw(st.sampled_from([found.span() for found in re.finditer(part, sample)]))
        return sample[:start] + sample[end:]
    start = draw(st.integers(0, len(sample)))
    end = draw(st.integers(start, min(len(sample), start + 80)))
    return sample[:start] + sample[start:end] * draw(st.sampled_from([0, 2])) + sample[end:]
