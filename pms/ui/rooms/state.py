"""The rooms screen's state: one property as it is built, live, and the order people put things into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from uuid import UUID

import reflex as rx

from pms.inventory.bring_back import bring_back_room_type, bring_back_unit
from pms.kernel.actor import Actor
from pms.kernel.db import Db
from pms.kernel.refusals import NotFound
from pms.kernel.words import translate
from pms.properties import queries, room_type, units
from pms.properties.amenities import AmenityLine, amenities
from pms.properties.queries import Archived, RoomTypeLine, Structure, UnitLine
from pms.reservations.structure import move_unit
from pms.ui.properties.state import stepped
from pms.ui.rooms.rows import AmenityRow, Gone, Seen, TypeCard, gone, seen, type_cards
from pms.ui.shell import LiveView, News, Session, act, actor_of, as_actor, handler, house_of, notice, show
from pms.ui.shell.live import Stories


class Sight(NamedTuple):
    """What a tab looks at: a property, with what was archived or without."""

    property_id: UUID
    archived: bool


@dataclass(frozen=True)
class Plan:
    """All the screen shows, as read."""

    built: Structure
    archived: Archived
    amenities: list[AmenityLine]
    locale: str

    def room_type(self, id: UUID) -> RoomTypeLine:
        """One of the types. Refuses `NotFound`."""
        found = next((one for one in self.built.room_types if one.id == id), None)
        if found is None:
            raise NotFound(what="room type")
        return found

    def unit(self, id: UUID) -> tuple[RoomTypeLine, UnitLine]:
        """One of the units and its type. Refuses `NotFound`."""
        found = next(((one, unit) for one in self.built.room_types for unit in one.units if unit.id == id), None)
        if found is None:
            raise NotFound(what="unit")
        return found


class Rooms(rx.State):
    """`types` is what is on screen; forms over one of them have states of their own."""

    ready: bool = False
    types: list[TypeCard] = []
    units: int = 0
    currency: str = ""
    with_archived: bool = False
    gone: list[Gone] = []
    amenities: list[AmenityRow] = []
    _house: str = ""
    _carried: str = ""

    @handler
    async def load(self) -> None:
        """Show the property the tab works in."""
        session = await self.get_state(Session)
        self._house = session.house
        if session.house:
            await self._show()
        self.ready = True

    async def _show(self) -> None:
        await show(self, VIEW, Sight(UUID(self._house), self.with_archived))

    @handler
    async def toggle_archived(self, shown: bool) -> None:
        """With what was archived, or without."""
        self.with_archived = shown
        if self._house:
            await self._show()

    @handler
    async def bring_back(self, kind: Literal["type", "unit"], row: UUID, version: int) -> Any:
        """Take an archived room type or unit back into the house."""
        verb: Any = bring_back_room_type if kind == "type" else bring_back_unit
        back = await act(self, verb, row, version)
        await self._show()
        return notice(translate("{name} is back.", (await actor_of(self)).locale, name=back.name))

    @handler
    async def move_type(self, row: UUID, step: Literal[-1, 1]) -> Any:
        """Put a room type one place earlier or later."""
        plan = await read_plan(self)
        ids = stepped([one.id for one in plan.built.room_types], row, step, "room type")
        await act(self, room_type.reorder, plan.built.property.id, ids)
        await self._show()

    @handler
    async def move_unit(self, row: UUID, step: Literal[-1, 1]) -> Any:
        """Put a unit one place earlier or later within its type."""
        plan = await read_plan(self)
        kind, _ = plan.unit(row)
        await act(self, units.reorder_units, kind.id, stepped([unit.id for unit in kind.units], row, step, "unit"))
        await self._show()

    @handler
    async def pick_up(self, unit: UUID) -> None:
        """A unit is being dragged: the browser cannot say which when it is dropped."""
        self._carried = str(unit)

    @handler
    async def drop_on(self, unit: UUID) -> Any:
        """Put the dragged unit before this one, in its type."""
        return await self._drop(unit)

    @handler
    async def drop_in(self, kind: UUID) -> Any:
        """Put the dragged unit at the end of this type."""
        return await self._drop(kind)

    async def _drop(self, target: UUID) -> Any:
        carried, self._carried = self._carried, ""
        if not carried or carried == str(target):
            return None
        plan = await read_plan(self)
        kind, unit = plan.unit(UUID(carried))
        onto = next((one for one in plan.built.room_types if target == one.id or target in {u.id for u in one.units}), None)
        if onto is None:
            raise NotFound(what="unit")
        order = [one.id for one in onto.units if one.id != unit.id]
        order.insert(order.index(target) if target in order else len(order), unit.id)
        await act(self, _put, unit, kind.id, onto.id, order)
        await self._show()
        if onto.id == kind.id:
            return None
        return notice(translate("{unit} is now {room_type}.", plan.locale, unit=unit.name, room_type=onto.name))


def _put(db: Db, unit: UnitLine, left: UUID, kind: UUID, order: list[UUID]) -> None:
    """Move a unit to a type, if it is another, and into its place there."""
    if left != kind:
        move_unit(db, unit.id, unit.version, kind)
    units.reorder_units(db, kind, order)


async def read_plan(state: rx.State) -> Plan:
    """The property the tab works in, as it is now. Refuses `NotFound` when there is none."""
    session = await state.get_state(Session)
    if not session.house:
        raise NotFound(what="property")
    return await act(state, read, house_of(session))


async def understood(state: rx.State, text: str) -> tuple[Seen, str]:
    """What names written down come to in this house, and what is wrong with them."""
    rooms = await state.get_state(Rooms)
    taken = {chip.name for one in rooms.types for chip in one.chips}
    return seen(text, taken, (await actor_of(state)).locale)


def read(db: Db, property_id: UUID, archived: bool = False) -> Plan:
    """Everything the screen shows; what was archived only if asked for, and for who may bring it back.

    Refuses `NotFound`, `NotPermitted`.
    """
    shown = archived and db.actor.may("property.manage", property_id)
    went = queries.archived(db, property_id) if shown else Archived()
    return Plan(queries.structure(db, property_id), went, amenities(db), db.actor.locale)


def _load(actor: Actor, sight: Sight, news: Stories) -> Plan:
    return as_actor(actor, read, sight.property_id, sight.archived)


async def _apply(state: Any, plan: Plan, news: Stories) -> None:
    from pms.ui.rooms.type_state import TypeBox
    from pms.ui.rooms.unit_state import UnitBox

    cards = type_cards(plan.built, plan.locale)
    if state.types != cards:
        state.types = cards
    state.units, state.currency = plan.built.property.units, plan.built.property.currency
    state.gone = gone(plan.archived, plan.locale, plan.built.property.timezone)
    state.amenities = [AmenityRow(str(one.id), one.name, one.used) for one in plan.amenities]
    kinds = {str(one.id): one.version for one in plan.built.room_types}
    chips = {str(unit.id): unit.version for one in plan.built.room_types for unit in one.units}
    for box, versions in ((TypeBox, kinds), (UnitBox, chips)):
        opened = await state.get_state(box)
        opened._heard(versions.get(opened.row), news, plan.locale)


def _concerns(news: News, sight: Sight) -> bool:
    return news.property_id in (None, str(sight.property_id))


VIEW = LiveView(state=Rooms, topics=frozenset({"properties"}), load=_load, apply=_apply, concerns=_concerns)
