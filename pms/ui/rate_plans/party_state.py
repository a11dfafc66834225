"""The form of what a party pays in a room type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from pms.kernel.formats import money_bare
from pms.kernel.refusals import BadInput, NotFound
from pms.kernel.words import translate
from pms.rates.parties import PartyFields, price_party
from pms.ui.rate_plans.sent import Sent
from pms.ui.rate_plans.state import read_whole, show_again
from pms.ui.shell import handler, notice
from pms.ui.shell.box import RowBox

PREFIX = "party_"
FIELDS = {name: name for name in PartyFields.__dataclass_fields__}


@dataclass(frozen=True)
class ChildLine:
    """What a child of an age band pays."""

    id: str
    name: str
    price: str


@dataclass(frozen=True)
class PartyFilled:
    """What stands in the form when it opens."""

    name: str = ""
    adults: int = 1
    base_adults: int = 1
    extra_adult: str = ""
    single_use: str = ""
    floor: str = ""
    ceiling: str = ""


class PartyBox(RowBox, rx.State):
    """`row` is the room type in the form."""

    filled: PartyFilled = PartyFilled()
    children: list[ChildLine] = []

    async def _edit(self, row: UUID) -> None:
        whole = await read_whole(self)
        line = next((one for one in whole.rates.parties if one.kind.id == row), None)
        if line is None:
            raise NotFound(what="room type")
        fields, currency = line.fields, whole.rates.currency

        def minor(amount: int | None) -> str:
            return money_bare(amount, currency, whole.locale) if amount is not None else ""

        self.filled = PartyFilled(
            name=line.kind.name,
            adults=line.kind.adults,
            base_adults=fields.base_adults,
            extra_adult=minor(fields.extra_adult or None),
            single_use=minor(fields.single_use or None),
            floor=minor(fields.floor),
            ceiling=minor(fields.ceiling),
        )
        bands = [(band.id, band.name) for band in whole.rates.bands if band.id]
        self.children = [ChildLine(str(id), name, minor(fields.children.get(id))) for id, name in bands]
        self._begin(str(row), line.version)

    @handler
    async def save(self, form: dict[str, Any]) -> Any:
        """Say what a party pays in the room type in the form."""
        whole = await read_whole(self)
        if not self.row:
            return None
        try:
            fields = self._read(Sent(form, PREFIX, whole.rates.currency, whole.locale))
        except BadInput as refusal:
            self.errors = {refusal.field or "form": refusal.say(whole.locale)}
            return None
        if not await self._try(price_party, UUID(self.row), self.version, fields, fields=FIELDS):
            return None
        self._end()
        await show_again(self)
        return notice(translate("{name} is saved.", whole.locale, name=self.filled.name))

    def _read(self, sent: Sent) -> PartyFields:
        return PartyFields(
            base_adults=sent.whole("base_adults") or 0,
            extra_adult=sent.money("extra_adult") or 0,
            single_use=sent.money("single_use") or 0,
            children={UUID(line.id): sent.money(f"child.{line.id}", "children") or 0 for line in self.children},
            floor=sent.money("floor"),
            ceiling=sent.money("ceiling"),
        )
