"""The blocks screen's state: what is out of order or out of service in one property, live, and the form over a block."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import reflex as rx

from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import Db
from pms.kernel.refusals import NotFound, Refusal
from pms.kernel.words import translate, translate_many
from pms.properties import queries
from pms.reservations.block_list import BlockLine, blocks_ahead
from pms.reservations.blocks import change_block, lift_block, place_block
from pms.ui.blocks.rows import BlockFilled, BlockForm, BlockRow, Group, block_rows, groups
from pms.ui.shell import LiveView, News, Session, act, actor_of, as_actor, handler, house_of, notice, show
from pms.ui.shell.box import RowBox, read_form, ticked, told
from pms.ui.shell.live import Stories

FIELDS = {"kind": "block_kind", "end_night": "end_night", "reason": "reason"}


class Blocks(RowBox, rx.State):
    """`row` is the block in the form, empty for new ones; the units to choose from are here only while it is open."""

    ready: bool = False
    lines: list[BlockRow] = []
    groups: list[Group] = []
    filled: BlockFilled = BlockFilled()
    _house: str = ""

    @handler
    async def load(self) -> None:
        """Show the blocks of the property the tab works in."""
        session = await self.get_state(Session)
        self._house, self.lines = session.house, self.lines if self._house == session.house else []
        if session.house:
            await self._show()
        self.ready = True

    async def _show(self) -> None:
        await show(self, VIEW, UUID(self._house))

    @handler
    async def add(self) -> None:
        """Open the form for new blocks, from tonight on."""
        session = await self.get_state(Session)
        if not session.house:
            return
        built = await act(self, queries.structure, house_of(session))
        tonight = today(session.house_now.timezone)
        self.groups = groups(built)
        self.filled = BlockFilled(first=tonight.isoformat(), end=(tonight + timedelta(days=1)).isoformat())
        self._begin()

    async def _edit(self, row: UUID) -> None:
        one = await self._line(row)
        self.groups = []
        self.filled = BlockFilled(one.unit, one.kind, one.first_night.isoformat(), one.end_night.isoformat(), one.reason)
        self._begin(str(row), one.version)

    async def _line(self, row: UUID) -> BlockLine:
        found = await act(self, blocks_ahead, house_of(await self.get_state(Session))) if self._house else []
        line = next((one for one in found if one.id == row), None)
        if line is None:
            self._end()
            raise NotFound(what="block")
        return line

    def _end(self) -> None:
        super()._end()
        self.groups = []

    @handler
    async def save(self, form: dict[str, Any]) -> Any:
        """Block the units ticked, all or none; or change the block in the form."""
        sent, units = read_form(BlockForm, form), ticked(form, "unit.")
        locale = (await actor_of(self)).locale
        nights = (sent.first_night, sent.end_night, sent.block_kind, sent.reason)
        if self.row:
            done = await self._try(change_block, UUID(self.row), self.version, *nights, fields=FIELDS, house=self._house)
        elif not units:
            self.errors = {"units": translate("Choose at least one unit.", locale)}
            return None
        else:
            done = await self._try(_place, units, *nights, fields=FIELDS, house=self._house)
        if not done:
            return None
        said = _said(len(units), locale) if units and not self.row else translate("The block is saved.", locale)
        self._end()
        await self._show()
        return notice(said)

    @handler
    async def lift(self, row: UUID, version: int) -> Any:
        """Give a unit back to the house; what was can be put back for a moment."""
        line, locale = await self._line(row), (await actor_of(self)).locale
        try:
            await act(self, lift_block, row, version)
        except Refusal as refusal:
            await self._show()
            return notice(told(refusal, locale), bad=True)
        self._end()
        await self._show()
        again = Blocks.place_again(
            str(line.unit_id), line.first_night.isoformat(), line.end_night.isoformat(), line.kind, line.reason
        )  # type: ignore[call-arg, func-returns-value]
        said = translate("{unit} is free again.", locale, unit=line.unit)
        return notice(said, action=translate("Undo", locale), on_action=again)

    @handler
    async def place_again(self, unit: UUID, first: date, end: date, kind: str, reason: str) -> Any:
        """Put a block back that was lifted a moment ago."""
        try:
            await act(self, place_block, unit, first, end, kind, reason)
        except Refusal as refusal:
            return notice(told(refusal, (await actor_of(self)).locale), bad=True)
        if self._house:
            await self._show()
        return None


def _said(units: int, locale: str) -> str:
    return translate_many("{n} unit is blocked.", "{n} units are blocked.", units, locale)


def _place(db: Db, units: Sequence[UUID], first: date, end: date, kind: str, reason: str) -> None:
    """One block for each unit, all or none."""
    for unit in sorted(set(units)):
        place_block(db, unit, first, end, kind, reason)


def _load(actor: Actor, property_id: UUID, news: Stories) -> tuple[list[BlockLine], str, str]:
    return as_actor(actor, blocks_ahead, property_id), actor.locale, str(property_id)


def _apply(state: Any, found: tuple[list[BlockLine], str, str], news: Stories) -> None:
    lines, locale, house = found
    state.lines = block_rows(lines, locale, house)
    state._heard(next((one.version for one in lines if str(one.id) == state.row), None), news, locale)


def _concerns(news: News, property_id: UUID) -> bool:
    return news.property_id == str(property_id) and news.entity in ("block", "unit", "room_type", "property")


VIEW = LiveView(state=Blocks, topics=frozenset({"calendar"}), load=_load, apply=_apply, concerns=_concerns)
