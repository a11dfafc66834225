"""The form of a tax or fee."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from pms.kernel.formats import money_bare
from pms.properties.taxes import KINDS, TaxFields, archive_tax, change_tax, create_tax
from pms.ui.kit import at
from pms.ui.rate_plans.plan_state import points
from pms.ui.rate_plans.row_form import Kind, SetUpBox
from pms.ui.rate_plans.sent import Sent
from pms.ui.rate_plans.state import Whole
from pms.ui.shell import handler

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


KIND = Kind("tax", "tax_", FIELDS, lambda whole: whole.taxes, create_tax, change_tax, archive_tax)


class TaxBox(SetUpBox, rx.State):
    """`row` is the tax in the form, empty for a new one; `kind` decides what is asked for."""

    filled: TaxFilled = TaxFilled()
    kind: str = "percent"

    def _kind(self) -> Kind:
        return KIND

    @handler
    async def add(self) -> Any:
        """A new tax or fee."""
        self.filled, self.kind = TaxFilled(), "percent"
        self._begin()
        return at("tax_name")

    def _open(self, whole: Whole, fields: TaxFields, row: str = "") -> None:
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

    @handler
    async def choose_kind(self, kind: str) -> None:
        """Charged in another way."""
        self.kind = kind if kind in KINDS else self.kind

    def _read(self, sent: Sent) -> TaxFields:
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
