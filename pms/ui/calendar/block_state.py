"""The dialog of a block: a unit out of order or out of service, from when to when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import reflex as rx

from pms.inventory.models import Block
from pms.kernel.db import Db
from pms.kernel.refusals import Refusal
from pms.kernel.words import N_, translate
from pms.properties.models import Unit
from pms.reservations.blocks import change_block, lift_block, place_block
from pms.ui.calendar.booking_state import NewBooking
from pms.ui.calendar.moves import BACK, Key, refused
from pms.ui.shell import act, actor_of, handler, notice


@dataclass(frozen=True)
class BlockForm:
    """A block as typed: nights [first_night, end_night)."""

    kind: str
    first_night: date
    end_night: date
    reason: str


class BlockBox(rx.State):
    """`block` is empty for a new one; `version` is what the person sees."""

    open: bool = False
    block: str = ""
    version: int = 0
    unit: str = ""
    unit_name: str = ""
    kind: str = "out_of_order"
    first_night: str = ""
    end_night: str = ""
    reason: str = ""
    errors: dict[str, str] = {}
    serial: int = 0

    @handler
    async def show_block(self, block: Key) -> Any:
        """Open an existing block, by id or by the key of its bar."""
        found, unit = await act(self, _read, block)
        self._fill(
            str(found.id), found.version, str(unit.id), unit.name, found.first_night.isoformat(), found.end_night.isoformat()
        )
        self.kind, self.reason = found.kind, found.reason

    @handler
    async def begin_from_booking(self) -> Any:
        """What was dragged over is to be blocked, not booked."""
        booking = await self.get_state(NewBooking)
        room = booking.rooms[0] if booking.rooms else None
        if room is None:
            return None
        actor = await actor_of(self)
        if not room.unit:
            return notice(translate("Choose a unit: only units can be blocked.", actor.locale), bad=True)
        unit = await act(self, _unit, UUID(room.unit))
        self._fill("", 0, room.unit, unit.name, room.arrival, room.departure)
        self.kind, self.reason = "out_of_order", ""
        return NewBooking.close

    def _fill(self, block: str, version: int, unit: str, name: str, first: str, end: str) -> None:
        self.block, self.version, self.unit, self.unit_name = block, version, unit, name
        self.first_night, self.end_night, self.errors, self.open = first, end, {}, True
        self.serial += 1

    @handler
    async def close(self) -> Any:
        """Close it."""
        self.open, self.errors = False, {}
        return BACK

    @handler
    async def save(self, form: BlockForm) -> Any:
        """Place the block, or change it."""
        if not self.unit:
            return None
        nights = (form.first_night, form.end_night, form.kind, form.reason)
        if self.block:
            return await self._do(change_block, UUID(self.block), self.version, *nights)
        return await self._do(place_block, UUID(self.unit), *nights)

    @handler
    async def lift(self) -> Any:
        """Give the unit back to the house."""
        return await self._do(lift_block, UUID(self.block), self.version) if self.block else None

    async def _do(self, verb: Any, *args: Any) -> Any:
        actor = await actor_of(self)
        try:
            await act(self, verb, *args)
        except Refusal as refusal:
            self.errors = {refusal.field or "form": refused(refusal, actor)}
            return None
        self.open, self.errors = False, {}
        said = N_("{unit} is free again.") if verb is lift_block else N_("{unit} is blocked.")
        return notice(translate(said, actor.locale, unit=self.unit_name))


def _read(db: Db, block_id: UUID) -> tuple[Block, Unit]:
    block = db.one(Block, block_id)
    db.actor.require("reservation.view", block.property_id)
    return block, db.one(Unit, block.unit_id)


def _unit(db: Db, unit_id: UUID) -> Unit:
    unit = db.one(Unit, unit_id)
    db.actor.require("reservation.view", unit.property_id)
    return unit
