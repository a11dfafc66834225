"""What a form of set-up sent, read by the reader's language. Every field is named `<prefix><field>`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any
from uuid import UUID

from pms.kernel.formats import read_money, read_number
from pms.kernel.refusals import BadInput
from pms.ui.shell.act import Misunderstood

TEXT_MOST = 5_000
WHOLE_MOST = 10**9


class Sent:
    """A form. Blank fields are None; what cannot be read is refused with `BadInput`, naming the field without its prefix."""

    def __init__(self, form: Mapping[str, Any], prefix: str, currency: str, locale: str) -> None:
        self.form, self.prefix, self.currency, self.locale = form, prefix, currency, locale

    def text(self, field: str) -> str:
        """What was typed or chosen; "" for nothing. Refuses `Misunderstood` for what no field of ours sends."""
        value = self.form.get(self.prefix + field) or ""
        if not isinstance(value, str) or len(value) > TEXT_MOST:
            raise Misunderstood()
        return value.strip()

    def yes(self, field: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.form.get(self.prefix + field))

    def money(self, field: str, blame: str | None = None) -> int | None:
        """Minor units."""
        text = self.text(field)
        return read_money(text, self.currency, self.locale, blame or field) if text else None

    def percent(self, field: str, blame: str | None = None) -> int | None:
        """Basis points."""
        text = self.text(field).removesuffix("%").strip()
        if not text:
            return None
        points = read_number(text, self.locale, blame or field) * 100
        if points != int(points) or abs(points) > WHOLE_MOST:
            raise BadInput(blame or field, "Percentages have two digits after the point at most.")
        return int(points)

    def whole(self, field: str, blame: str | None = None) -> int | None:
        """A whole number."""
        text = self.text(field)
        if not text:
            return None
        number = read_number(text, self.locale, blame or field)
        if number != int(number) or abs(number) > WHOLE_MOST:
            raise BadInput(blame or field, "This is not a number.")
        return int(number)

    def day(self, field: str, blame: str | None = None) -> date | None:
        """A local date."""
        text = self.text(field)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise BadInput(blame or field, "This is not a date.") from None

    def clock(self, field: str, blame: str | None = None) -> time | None:
        """A time of day on the property's wall."""
        text, refusal = self.text(field), BadInput(blame or field, "This is not a time of day.")
        try:
            found = time.fromisoformat(text) if text else None
        except ValueError:
            raise refusal from None
        if found and found.tzinfo:
            raise refusal
        return found

    def id(self, field: str) -> UUID | None:
        """The id of what was chosen."""
        text = self.text(field)
        try:
            return UUID(text) if text else None
        except ValueError:
            raise Misunderstood() from None

    def ticked(self, field: str) -> list[UUID]:
        """The ids of the boxes ticked, named `<prefix><field>.<id>`."""
        try:
            return [UUID(one) for one in self.named(field)]
        except ValueError:
            raise Misunderstood() from None

    def named(self, field: str) -> list[str]:
        """What follows the field in the names of the boxes ticked."""
        start = f"{self.prefix}{field}."
        return [name.removeprefix(start) for name, value in self.form.items() if name.startswith(start) and value]
