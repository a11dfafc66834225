"""The form of a tax or fee."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from pms.kernel.formats import money_bare
from pms.kernel.refusals import BadInput, NotFound
from pms.kernel.words import translate
from pms.properties.taxes import KINDS, TaxFields, archive_tax, change_tax, create_tax
from pms.ui.kit import at
from pms.ui.rate_plans.plan_state import points
from pms.ui.rate_plans.sent import Sent
from pms.ui.rate_plans.state import read_whole, show_again
from pms.ui.shell import Session, actor_of, handler, house_of, notice
from pms.ui.shell.box import RowBox

PREFIX = "tax_"
FIELDS = {name: name for name in TaxFields.__dataclass_fields__}


@dataclass(frozen=True)
class TaxFilled:
    """What stands in the form of a tax when it opens."""

    name: str = ""
    percent: str = ""
    amount: str = ""
    included: bool = True
    on_fixed: bool = False
    from_age: str = ""
    nights_most: str = ""
    exempt_from_nights: str = ""
    valid_from: str = ""
    valid_until: str = ""


class TaxBox(RowBox, rx.State):
    """`row` is the tax in the form, empty for a new one; `kind` decides what is asked for."""

    filled: TaxFilled = TaxFilled()
    kind: str = "percent"

    @handler
    async def add(self) -> Any:
        """A new tax or fee."""
        self.filled, self.kind = TaxFilled(), "percent"
        self._begin()
        return at("tax_name")

    async def _edit(self, row: UUID) -> None:
        whole = await read_whole(self)
        line = next((one for one in whole.taxes if one.id == row), None)
        if line is None:
            raise NotFound(what="tax")
        fields = line.fields
        self.kind = fields.kind
        self.filled = TaxFilled(
            name=fields.name,
            percent=points(fields.percent, whole.locale),
            amount=money_bare(fields.amount, whole.rates.currency, whole.locale) if fields.amount else "",
            included=fields.included,
            on_fixed=fields.on_fixed,
            from_age=str(fields.from_age or ""),
            nights_most=str(fields.nights_most or ""),
            exempt_from_nights=str(fields.exempt_from_nights or ""),
            valid_from=fields.valid_from.isoformat() if fields.valid_from else "",
            valid_until=fields.valid_until.isoformat() if fields.valid_until else "",
        )
        self._begin(str(row), line.version)

    @handler
    async def choose_kind(self, kind: str) -> None:
        """Charged in another way."""
        self.kind = kind if kind in KINDS else self.kind

    @handler
    async def save(self, form: dict[str, Any]) -> Any:
        """A new tax or fee, or a change of the one in the form."""
        session, whole = await self.get_state(Session), await read_whole(self)
        try:
            fields = _read(Sent(form, PREFIX, whole.rates.currency, whole.locale))
        except BadInput as refusal:
            self.errors = {refusal.field or "form": refusal.say(whole.locale)}
            return None
        if self.row:
            done = await self._try(change_tax, UUID(self.row), self.version, fields, fields=FIELDS)
        else:
            done = await self._try(create_tax, house_of(session), fields, fields=FIELDS)
        if not done:
            return None
        self._end()
        await show_again(self)
        return notice(translate("{name} is saved.", whole.locale, name=fields.name.strip()))

    @handler
    async def archive(self) -> Any:
        """Charge the tax in the form no longer."""
        name = self.filled.name
        if not self.row or not await self._try_to_end(archive_tax, UUID(self.row), self.version):
            self.asking = False
            return None
        await show_again(self)
        return notice(translate("{name} is archived.", (await actor_of(self)).locale, name=name))


def _read(sent: Sent) -> TaxFields:
    return TaxFields(
        name=sent.text("name"),
        kind=sent.text("kind"),
        percent=sent.percent("percent") or 0,
        amount=sent.money("amount") or 0,
        included=sent.text("included") != "no",
        on_fixed=sent.yes("on_fixed"),
        from_age=sent.whole("from_age") or 0,
        nights_most=sent.whole("nights_most"),
        exempt_from_nights=sent.whole("exempt_from_nights"),
        valid_from=sent.day("valid_from"),
        valid_until=sent.day("valid_until"),
    )
