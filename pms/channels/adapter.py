"""What every channel's adapter is: how to put changes into messages, and how to send one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import httpx

from pms.channels.changes import Change


@dataclass(frozen=True)
class Link:
    """Whom to speak to, and as whom: the property's id there, its currency, the opened credentials."""

    remote_property: str
    currency: str
    credentials: Mapping[str, str]
    remote_ids: Mapping[UUID, str]
    """Product -> the channel's id of it."""


@dataclass(frozen=True)
class Message:
    """One call: where to, what, and the changes it carries, in the order of its entries."""

    path: str
    body: Any
    changes: tuple[Change, ...]


class Wait(Exception):
    """The channel cannot now: ask again in so many seconds. Nothing is lost by it."""

    def __init__(self, seconds: float, words: str) -> None:
        super().__init__(words)
        self.seconds = seconds


class Stop(Exception):
    """The channel will not as long as nobody does something: wrong credentials, property not connected."""


class Refused(Exception):
    """The channel took nothing of this message because something in it is wrong."""


class Adapter(Protocol):
    """A channel. `knows` are the fields it understands; what it does not know is never sent, and shown as a warning."""

    knows: frozenset[str]

    def messages(self, link: Link, changes: Sequence[Change]) -> list[Message]:
        """The fewest messages within the channel's limits, the ones that close rooms first."""

    def send(self, http: httpx.Client, link: Link, message: Message) -> dict[int, str]:
        """Send one; which of its changes were refused (by their place), and why in the channel's words.

        Raises `Wait`, `Stop`, `Refused`.
        """
