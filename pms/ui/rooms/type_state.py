"""The form of a room type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import reflex as rx

from pms.inventory.units import add_units
from pms.kernel.db import Db
from pms.kernel.formats import read_money
from pms.kernel.refusals import Refusal
from pms.kernel.words import N_, translate
from pms.properties import room_type
from pms.properties.room_type import RoomTypeFields
from pms.reservations.structure import archive_room_type
from pms.ui.kit import at
from pms.ui.rooms.rows import Seen, TypeFilled, TypeForm, type_filled
from pms.ui.rooms.state import Rooms, read_plan, understood
from pms.ui.shell import Session, actor_of, handler, notice
from pms.ui.shell.box import RowBox, read_form, ticked

FIELDS = {
    "name": "type_name",
    "unit_type": "unit_type",
    "adults": "adults",
    "children": "children",
    "base_price": "base_price",
    "description": "description",
    "units": "new_units",
}


class TypeBox(RowBox, rx.State):
    """`row` is the room type in the form, empty for a new one, which takes its first units with it."""

    filled: TypeFilled = TypeFilled()
    seen: Seen = Seen()

    @handler
    async def add(self) -> Any:
        """A new room type."""
        self.filled, self.seen = TypeFilled(), Seen()
        self._begin()
        return at("type_name")

    async def _edit(self, row: UUID) -> None:
        plan = await read_plan(self)
        found = plan.room_type(row)
        self.filled = type_filled(found, plan.built.property.currency, plan.locale)
        self._begin(str(row), found.version)

    @handler(supersedes=True)
    async def preview(self, text: str) -> None:
        """Show what the names written down come to."""
        self.seen, wrong = await understood(self, text)
        self.errors = {"new_units": wrong} if wrong else {}

    @handler
    async def save(self, form: dict[str, Any]) -> Any:
        """A new room type, or a change of the one in the form."""
        sent, wanted = read_form(TypeForm, form), ticked(form, "amenity.")
        rooms, locale = await self.get_state(Rooms), (await actor_of(self)).locale
        try:
            price = read_money(sent.base_price, rooms.currency or "EUR", locale, "base_price")
        except Refusal as refusal:
            self.errors = {"base_price": refusal.say(locale)}
            return None
        fields = RoomTypeFields(sent.type_name, sent.unit_type, sent.adults, sent.children, price, sent.description)
        if self.row:
            done = await self._try(room_type.change, UUID(self.row), self.version, fields, wanted, fields=FIELDS)
        else:
            house = (await self.get_state(Session)).house
            done = await self._try(_create, house, fields, wanted, sent.new_units, fields=FIELDS)
        if not done:
            return None
        self._end()
        await rooms._show()
        return notice(translate("{name} is saved.", locale, name=fields.name.strip()))

    @handler
    async def archive(self) -> Any:
        """Stop selling the room type in the form."""
        rooms = await self.get_state(Rooms)
        if not self.row or not await self._try_to_end(archive_room_type, UUID(self.row), self.version, house=rooms._house):
            self.asking = False
            return None
        await rooms._show()
        return notice(translate(ARCHIVED, (await actor_of(self)).locale, name=self.filled.name))


ARCHIVED = N_("{name} is archived.")


def _create(db: Db, house: str, fields: RoomTypeFields, amenities: Sequence[UUID], names: str) -> None:
    """The type and its first units, both or neither."""
    made = room_type.create(db, UUID(house), fields, amenities)
    if names.strip():
        add_units(db, made.id, names)
