"""What is mapped to what: the channel's rooms and rates as it named them, each with what it is here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from pms.channels import asking, connections, mapping, queries
from pms.channels.adapter import RemoteProduct
from pms.channels.asking import ChannelRefuses, ChannelSilent, OtherCurrency
from pms.channels.mapping import Ours
from pms.channels.proposal import Target, propose, propose_rates, room_of
from pms.kernel.db import Db
from pms.kernel.refusals import BadInput, NotFound, Refusal
from pms.kernel.words import translate
from pms.ui.channels import rows
from pms.ui.channels.state import Channels
from pms.ui.shell import act, actor_of, handler, notice


@dataclass(frozen=True)
class MapLine:
    """One of the channel's rooms or rates. `value` is what is chosen for it, `fixed` why it cannot be, `gone` that they (or we)
    have it no longer.
    """

    remote_id: str
    name: str
    sleeps: int
    is_rate: bool
    fixed: str
    value: str
    target: str
    gone: bool
    waits: bool
    """A rate whose room is not mapped."""


class Mapping(rx.State):
    """`said` is what the channel answered instead of its rooms, `said_words` its own words; `locked_out` that
    it would not let us in."""

    lines: list[MapLine] = []
    rooms: list[list[str]] = []
    plans: list[list[str]] = []
    reading: bool = False
    was_read: bool = False
    said: str = ""
    said_words: str = ""
    locked_out: bool = False
    errors: dict[str, str] = {}
    open_rates: int = 0
    _of: str = ""
    _remote: list[RemoteProduct] = []

    def _put(self, products: Sequence[queries.ProductLine], ours: Ours) -> None:
        """What is mapped now, over what the channel was last heard to sell."""
        self.lines = map_lines(self._remote, products, self.was_read)
        self.rooms, self.plans = room_choices(ours), [[str(one.id), one.name] for one in ours.plans]
        self.open_rates = sum(one.is_rate and not one.value and not one.fixed for one in self.lines)

    @handler(background=True)
    async def read(self):  # type: ignore[no-untyped-def]
        """Ask the channel what it sells; nobody else waits for it. What a new connection sells is proposed at once."""
        async with self:
            channels = await self.get_state(Channels)
            connection = channels._looked_at()
            if self._of != str(connection):
                self._of, self._remote, self.was_read = str(connection), [], False
            self.reading, self.said, self.said_words, self.errors = True, "", "", {}
            self.locked_out = False
        actor = await actor_of(self)
        try:
            # Not in the threads of the database: a channel may think for twenty seconds.
            found, no = await asyncio.to_thread(asking.remote_products, actor, connection), None
        except (ChannelSilent, ChannelRefuses) as refusal:
            found, no = [], refusal
        finally:
            async with self:
                self.reading = False
        async with self:
            if self._of != str(connection):
                return
            if no is not None:
                self.said, self.said_words = no.say(actor.locale), str(no.data["words"])
                self.locked_out = isinstance(no, ChannelRefuses) and not isinstance(no, OtherCurrency)
                return
            self._remote, self.was_read = found, True
            await act(self, _adopt_if_new, connection, found)
            channels = await self.get_state(Channels)
            if channels._sight.connection == connection:
                await channels._paint()

    @handler
    async def choose(self, remote_id: str, value: str) -> None:
        """Say what one of the channel's rooms or rates is here; "" for nothing."""
        connection = (await self.get_state(Channels))._looked_at()
        self.errors = {}
        try:
            await act(self, _choose, connection, remote_id, value, self._remote)
        except Refusal as refusal:
            if isinstance(refusal, NotFound):
                raise
            self.errors = {remote_id: refusal.say((await actor_of(self)).locale)}
        await (await self.get_state(Channels))._paint()

    @handler
    async def propose(self) -> Any:
        """Map what is not mapped yet as it probably is."""
        connection = (await self.get_state(Channels))._looked_at()
        count = await act(self, _adopt, connection, self._remote)
        await (await self.get_state(Channels))._paint()
        locale = (await actor_of(self)).locale
        return notice(rows.adopted(count, locale))

    @handler
    async def add(self, form: dict[str, Any]) -> Any:
        """A room or rate by its number there, for channels that cannot be asked what they sell."""
        connection = (await self.get_state(Channels))._looked_at()
        remote_id, value = str(form.get("remote_id") or "").strip(), str(form.get("value") or "")
        if not remote_id:
            raise BadInput("remote_id", "Say what the channel calls it.")
        self.errors = {}
        await act(self, _choose, connection, remote_id, value)
        await (await self.get_state(Channels))._paint()
        return rx.call_script("document.getElementById('add-product')?.reset()")

    @handler(background=True)
    async def change_access(self, form: dict[str, Any]):  # type: ignore[no-untyped-def]
        """Other credentials, tried at once; what is left empty stays as it is."""
        told = {name.removeprefix("credential."): str(value) for name, value in form.items() if name.startswith("credential.")}
        async with self:
            channels = await self.get_state(Channels)
            connection, version, name = channels._looked_at(), channels.one.version, channels.one.channel
            self.errors = {}
        await act(self, _change, connection, version, {name: value for name, value in told.items() if value.strip()})
        async with self:
            await (await self.get_state(Channels))._paint()
            self.reading = True
        actor = await actor_of(self)
        try:
            await asyncio.to_thread(asking.remote_products, actor, connection)
        except (ChannelSilent, ChannelRefuses) as refusal:
            async with self:
                self.errors = {"credentials": refusal.say(actor.locale)}
            return None
        finally:
            async with self:
                self.reading = False
        said = notice(translate("{channel} lets us in.", actor.locale, channel=name))
        return [said, rx.call_script("document.getElementById('access-form')?.reset()"), Mapping.read]


def _change(db: Db, connection: UUID, version: int, told: Table[str, str]) -> None:
    row = queries.connection(db, connection)
    known = {one.name for one in connections.adapter_of(row.channel).credentials}
    if not told or set(told) - known:
        raise BadInput("credentials", "Nothing was entered.")
    connections.change_credentials(db, connection, version, told)


def _choose(db: Db, connection: UUID, remote_id: str, value: str, remote: Sequence[RemoteProduct] = ()) -> None:
    """`value` is a plan's id for a rate; for a room a room type's, or a room type's and a unit's.

    While a connection is being set up, a room that is chosen brings its rates along, as far as they are likely.
    """
    try:
        ids = [UUID(one) for one in value.split("/")] if value else []
    except ValueError as odd:
        raise NotFound(what="room type") from odd
    if room_of(remote_id) != remote_id:
        mapping.choose_rate(db, connection, remote_id, ids[0] if ids else None)
    else:
        kind, unit = [*ids, None, None][:2]
        mapping.choose_room(db, connection, remote_id, kind, unit)
        if kind is not None and queries.connection(db, connection).is_new:
            plans = mapping.ours_of(db, connection).plans
            mapping.adopt(db, connection, propose_rates(remote, remote_id, Target(kind, unit_id=unit), plans))


def _adopt(db: Db, connection: UUID, remote: Sequence[RemoteProduct]) -> int:
    ours = mapping.ours_of(db, connection)
    return mapping.adopt(db, connection, propose(remote, ours.rooms, ours.plans))


def _adopt_if_new(db: Db, connection: UUID, remote: Sequence[RemoteProduct]) -> None:
    """A connection that is being set up and has nothing mapped begins with what is likely; nothing is told by that."""
    line = queries.connection(db, connection)
    if line.is_new and not line.products:
        _adopt(db, connection, remote)


def room_choices(ours: Ours) -> list[list[str]]:
    """Room types, and below each its units where a channel may sell them one by one: (value, words)."""
    found = []
    for room in ours.rooms:
        found.append([str(room.id), room.name])
        found += [[f"{room.id}/{unit.id}", f"{room.name} · {unit.name}"] for unit in ours.units if unit.room_type_id == room.id]
    return found


def map_lines(remote: Sequence[RemoteProduct], products: Sequence[queries.ProductLine], was_read: bool) -> list[MapLine]:
    """Every room with its rates below it, as the channel lists them; then what is mapped and the channel did not name."""
    mapped = {one.remote_id: one for one in products}
    known = {one.remote_id: one for one in remote}
    unheard = [RemoteProduct(id, id) for id in mapped if id not in known]
    everything = [*remote, *unheard]
    first = {room: place for place, room in reversed(list(enumerate(room_of(one.remote_id) for one in everything)))}
    ordered = sorted(everything, key=lambda one: (first[room_of(one.remote_id)], room_of(one.remote_id) != one.remote_id))
    named = was_read and bool(remote)  # a channel that names nothing says nothing of what is there
    return [_line(one, mapped, gone=named and one.remote_id not in known) for one in ordered]


def _line(one: RemoteProduct, mapped: Table[str, queries.ProductLine], gone: bool) -> MapLine:
    found, is_rate = mapped.get(one.remote_id), room_of(one.remote_id) != one.remote_id
    value = ""
    if found is not None:
        room = "/".join(str(id) for id in (found.room_type_id, found.unit_id) if id)
        value = str(found.rate_plan_id) if found.rate_plan_id else room
    return MapLine(
        remote_id=one.remote_id,
        name=one.name or one.remote_id,
        sleeps=one.sleeps,
        is_rate=is_rate,
        fixed=one.fixed,
        value=value,
        target=rows.product_name(found) if found else "",
        gone=gone or (found is not None and found.gone),
        waits=is_rate and room_of(one.remote_id) not in mapped,
    )
