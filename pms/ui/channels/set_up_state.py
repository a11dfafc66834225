"""A connection from nothing to live: access, what is what, what would be told, telling it.

Nothing of it is in the tab: what was entered makes a connection that is paused until somebody has it told, so a reload, or a
colleague, goes on where it stands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import reflex as rx

from pms.channels import agreement, asking, connections, queries
from pms.channels.adapters import ADAPTERS
from pms.channels.asking import ChannelRefuses, ChannelSilent
from pms.channels.models import Connection
from pms.kernel import formats
from pms.kernel.db import Db
from pms.kernel.refusals import BadInput, NotFound, Refusal
from pms.kernel.words import N_, translate
from pms.properties import queries as houses
from pms.ui.channels.state import ROUTE, Channels
from pms.ui.shell import Session, act, actor_of, handler

MOST_USED = ("booking_com", "airbnb", "expedia", "agoda", "trip_com", "channex", "google_ari")
"""The order in which channels are offered."""
GRANTS = ("code", "refresh_token")
"""What a channel gives to those for whom somebody has agreed there already."""
CALENDAR = ["ical", "iCal"]
"""What is offered beside channels: a calendar of a unit, which is no connection."""


@dataclass(frozen=True)
class Asked:
    """Something the channel wants to know."""

    name: str
    label: str
    hint: str
    secret: bool
    needed: bool
    lines: bool = False
    lead: str = ""
    """What stands before it: with it begins one of several ways in."""
    choices: list[str] = field(default_factory=list)
    is_way: bool = False
    """Whether it belongs to one of them, so that it is neither needed nor optional by itself."""


@dataclass(frozen=True)
class Counted:
    """What a full sync would say, in words ready to be shown."""

    nights: str = ""
    products: int = 0
    cells: str = ""
    readable: bool = False
    same: str = ""
    differ: str = ""
    unseen: str = ""


class SetUp(rx.State):
    """The first form, and what is known before the channel is told. `agrees`: somebody has to agree at the channel besides."""

    errors: dict[str, str] = {}
    channels: list[list[str]] = []
    houses: list[list[str]] = []
    channel: str = ""
    house: str = ""
    asked: list[Asked] = []
    agrees: bool = False
    counting: bool = False
    counted: Counted = Counted()
    said: str = ""
    said_words: str = ""

    async def _begin(self) -> None:
        """The form, as the address has it: a channel and a property may be chosen already."""
        asked, session = self.router.url.query_parameters, await self.get_state(Session)
        lines = await act(self, houses.properties)
        self.channels = [*([code, ADAPTERS[code].name] for code in in_order(ADAPTERS)), CALENDAR]
        self.houses = [[str(one.id), one.name] for one in lines]
        wanted = asked.get("property", "") or session.house
        self.house = next((id for id, _ in self.houses if id == wanted), self.houses[0][0] if self.houses else "")
        channel = asked.get("new", "")
        await self._know(channel if channel in ADAPTERS else "")

    async def _know(self, channel: str) -> None:
        """What that channel wants to know."""
        locale = (await actor_of(self)).locale
        self.channel, self.asked, self.errors = channel, asked_for(channel, locale), {}
        self.agrees = channel in ADAPTERS and ADAPTERS[channel].agree is not None

    @handler
    async def choose_channel(self, channel: str) -> Any:
        """Another channel asks for other things; a calendar is added elsewhere."""
        if channel == CALENDAR[0]:
            return rx.redirect(f"{ROUTE}?new=ical&property={self.house}")
        if channel not in ADAPTERS:
            raise BadInput("channel", "There is no such channel.")
        await self._know(channel)
        return None

    @handler
    async def choose_house(self, house: UUID) -> None:
        """Connect another property."""
        self.house = str(house)

    @handler
    async def connect(self, form: dict[str, Any]) -> Any:
        """Connect it, with nothing told yet, and go on to its rooms."""
        told = {name.removeprefix("credential."): str(value) for name, value in form.items() if name.startswith("credential.")}
        known = {one.name for one in self.asked}
        if not self.channel:
            raise BadInput("channel", "Choose a channel first.")
        if set(told) - known or not self.house:
            raise NotFound(what="property" if not self.house else "channel")
        remote = str(form.get("remote_property") or "")
        self.errors = {}
        made = await act(self, _connect, UUID(self.house), self.channel, remote, told)
        if ADAPTERS[self.channel].agree and not any(told.get(one) for one in GRANTS):
            return rx.redirect(await act(self, agreement.agreement, made))
        return rx.redirect(f"{ROUTE}?connection={made}&step=mapping")

    @handler
    async def agree(self) -> Any:
        """Send the person to the channel to agree, for the first time or anew."""
        return rx.redirect(await act(self, agreement.agreement, (await self.get_state(Channels))._looked_at()))

    @handler(background=True)
    async def count(self):  # type: ignore[no-untyped-def]
        """What the channel would be told, and how that differs from what it shows."""
        async with self:
            connection = (await self.get_state(Channels))._looked_at()
            self.counting, self.counted, self.said, self.said_words = True, Counted(), "", ""
        actor = await actor_of(self)
        try:
            # Not in the threads of the database: a channel may think for twenty seconds.
            found = await asyncio.to_thread(asking.preview, actor, connection)
        except (ChannelSilent, ChannelRefuses) as no:
            async with self:
                self.said, self.said_words = no.say(actor.locale), str(no.data["words"])
            return
        finally:
            async with self:
                self.counting = False
        async with self:
            self.counted = counted(found, actor.locale)

    @handler
    async def tell(self) -> Any:
        """Let the channel be told everything; it is being tested until somebody says that it is live."""
        channels = await self.get_state(Channels)
        id = channels._looked_at()
        await act(self, _begin_telling, id, channels.one.version)
        return rx.redirect(f"{ROUTE}?connection={id}&step=tell")

    @handler
    async def go_live(self) -> Any:
        """It is done."""
        channels = await self.get_state(Channels)
        id = channels._looked_at()
        await act(self, connections.set_state, id, channels.one.version, "live")
        return rx.redirect(f"{ROUTE}?connection={id}")


class NothingMapped(Refusal):
    """There is nothing the channel could be told about."""

    sentence = "Map at least one room first."
    status = 409


def in_order(channels: Iterable[str]) -> list[str]:
    """The most used first; those nobody has placed are last."""
    return sorted(channels, key=lambda code: MOST_USED.index(code) if code in MOST_USED else len(MOST_USED))


def asked_for(channel: str, locale: str) -> list[Asked]:
    """What the channel wants to know, in the person's language."""
    if channel not in ADAPTERS:
        return []
    adapter = ADAPTERS[channel]
    leads = {way[0]: N_("Or") if n else N_("Either") for n, way in enumerate(adapter.ways)}
    in_ways = {name for way in adapter.ways for name in way}
    return [
        Asked(
            one.name,
            translate(one.label, locale),
            translate(one.hint, locale) if one.hint else "",
            one.secret,
            one.needed,
            one.lines,
            translate(leads[one.name], locale) if one.name in leads else "",
            list(one.choices),
            one.name in in_ways,
        )
        for one in adapter.credentials
    ]


def counted(found: asking.Preview, locale: str) -> Counted:
    """The preview, its numbers as people write them."""
    nights, cells, same, differ, unseen = (
        formats.number(n, locale) for n in (found.nights, found.cells, found.same, found.differ, found.unseen)
    )
    return Counted(nights, found.products, cells, found.readable, same, differ, unseen)


def _connect(db: Db, house: UUID, channel: str, remote_property: str, told: Mapping[str, str]) -> UUID:
    """Connected and paused in one step: nobody speaks to it until what is mapped has been looked at."""
    row: Connection = connections.connect(db, house, channel, remote_property, told)
    return connections.set_state(db, row.id, row.version, "paused").id


def _begin_telling(db: Db, connection: UUID, version: int) -> None:
    if not queries.products(db, connection):
        raise NothingMapped()
    connections.set_state(db, connection, version, "testing")
