"""The form of a unit, and the one that adds many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from pms.inventory.units import add_units
from pms.kernel.db import Db
from pms.kernel.words import translate, translate_many
from pms.properties.units import rename_unit
from pms.reservations.structure import archive_unit, move_unit
from pms.ui.kit import at
from pms.ui.rooms.rows import Chip, Seen
from pms.ui.rooms.state import Rooms, read_plan, understood
from pms.ui.rooms.type_state import ARCHIVED
from pms.ui.shell import actor_of, handler, notice
from pms.ui.shell.box import Box, RowBox

FLOOR_LONGEST = 20


@dataclass(frozen=True)
class UnitForm:
    """The form of a unit as sent."""

    unit_name: str
    unit_kind: UUID
    floor: str = ""


@dataclass(frozen=True)
class NewUnits:
    """Units to add, as written down."""

    added: str
    added_floor: str = ""


class UnitBox(RowBox, rx.State):
    """`kind` is the type the unit counts as."""

    filled: Chip = Chip("", "", "")
    kind: str = ""

    async def _edit(self, row: UUID) -> None:
        kind, unit = (await read_plan(self)).unit(row)
        self.filled, self.kind = Chip(str(unit.id), unit.name, unit.floor), str(kind.id)
        self._begin(str(row), unit.version)

    @handler
    async def save(self, form: UnitForm) -> Any:
        """Another name, another floor, another type: all or none."""
        if not self.row:
            return None
        rooms, fields = await self.get_state(Rooms), {"units": "unit_name", "room_type_id": "unit_kind"}
        left, floor = UUID(self.kind), form.floor[:FLOOR_LONGEST]
        wanted = (UUID(self.row), self.version, form.unit_name, floor, left, form.unit_kind)
        if not await self._try(_change, *wanted, fields=fields, house=rooms._house):
            return None
        self._end()
        await rooms._show()
        return notice(translate("{name} is saved.", (await actor_of(self)).locale, name=form.unit_name.strip()))

    @handler
    async def archive(self) -> Any:
        """Take the unit in the form out of the house."""
        rooms = await self.get_state(Rooms)
        if not self.row or not await self._try_to_end(archive_unit, UUID(self.row), self.version, house=rooms._house):
            self.asking = False
            return None
        await rooms._show()
        return notice(translate(ARCHIVED, (await actor_of(self)).locale, name=self.filled.name))


class AddBox(Box, rx.State):
    """`row` is the room type that gets more units."""

    name: str = ""
    seen: Seen = Seen()

    @handler
    async def add(self, kind: UUID) -> Any:
        """Open it for a room type."""
        self.name, self.seen = (await read_plan(self)).room_type(kind).name, Seen()
        self._begin(str(kind))
        return at("added")

    @handler(supersedes=True)
    async def preview(self, text: str) -> None:
        """Show what the names written down come to, and whether they are free."""
        self.seen, wrong = await understood(self, text)
        self.errors = {"added": wrong} if wrong else {}

    @handler
    async def save(self, form: NewUnits) -> Any:
        """Add them, on sale from today on."""
        if not self.row:
            return None
        before = await self._units()
        wanted = (UUID(self.row), form.added, form.added_floor[:FLOOR_LONGEST])
        if not await self._try(add_units, *wanted, fields={"units": "added"}):
            return None
        self._end()
        await (await self.get_state(Rooms))._show()
        n = await self._units() - before
        locale = (await actor_of(self)).locale
        return notice(
            translate_many("{n} unit added to {room_type}.", "{n} units added to {room_type}.", n, locale, room_type=self.name)
        )

    async def _units(self) -> int:
        return (await self.get_state(Rooms)).units


def _change(db: Db, unit: UUID, version: int, name: str, floor: str, left: UUID, kind: UUID) -> None:
    """Rename, and move to another type if it is another."""
    changed = rename_unit(db, unit, version, name, floor)
    if kind != left:
        move_unit(db, unit, changed.version, kind)
