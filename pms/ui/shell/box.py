"""What forms have in common: they open, say what is wrong, ask before archiving, and learn of others' changes.

class AddBox(Box, rx.State): ...        a form
class UnitBox(RowBox, rx.State): ...    a form over one row, which others may change meanwhile, and which may be archived

async with nothing else around it: `await self._try(verb, *args, fields={"name": "unit_name"})` is True when it was done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import reflex as rx
from pydantic import TypeAdapter, ValidationError

from pms.kernel.dates import runs
from pms.kernel.formats import day
from pms.kernel.refusals import MovedMeanwhile, Refusal
from pms.kernel.words import N_, translate
from pms.ui.shell.act import Misunderstood, act, actor_of, handler
from pms.ui.shell.live import Stories

T = TypeVar("T")
SPANS_MOST = 4
GONE = {
    "property.archived": N_("{by} archived this a moment ago."),
    "room_type.archived": N_("{by} archived this a moment ago."),
    "unit.archived": N_("{by} archived this a moment ago."),
    "rate_plan.archived": N_("{by} archived this a moment ago."),
    "price_rule.archived": N_("{by} archived this a moment ago."),
    "rate_policy.archived": N_("{by} archived this a moment ago."),
    "tax.archived": N_("{by} archived this a moment ago."),
    "block.lifted": N_("{by} lifted this block a moment ago."),
}


class Box(rx.State, mixin=True):
    """`refused` is why a row cannot go; `look` where on the calendar the reason can be seen; `stale` when others changed it."""

    open: bool = False
    row: str = ""
    version: int = 0
    errors: dict[str, str] = {}
    asking: bool = False
    refused: str = ""
    look: str = ""
    stale: bool = False
    serial: int = 0

    def _begin(self, row: str = "", version: int = 0) -> None:
        """Open it afresh, over a row or for a new one."""
        self.row, self.version, self.open = row, version, True
        self.errors, self.asking, self.refused, self.look, self.stale = {}, False, "", "", False
        self.serial += 1

    def _end(self) -> None:
        self.open, self.errors, self.asking, self.refused, self.look, self.stale = False, {}, False, "", "", False

    @handler
    async def close(self) -> None:
        """Close the form."""
        self._end()

    async def _try(self, verb: Callable[..., Any], *args: Any, fields: Mapping[str, str] | None = None, house: str = "") -> bool:
        """Do it; or say why not, beside the field to blame if `fields` has a name for it here, else with the form."""
        try:
            await act(self, verb, *args)
        except Refusal as refusal:
            locale = (await actor_of(self)).locale
            self.errors = {(fields or {}).get(refusal.field or "", "form"): told(refusal, locale)}
            self.look, self.stale = where(refusal, house), isinstance(refusal, MovedMeanwhile)
            return False
        self.errors, self.look, self.stale = {}, "", False
        return True


class RowBox(Box, mixin=True):
    """A form over one row: `_edit` of the screen reads the row and calls `_begin`."""

    async def _edit(self, row: UUID) -> None:
        raise NotImplementedError

    @handler
    async def edit(self, row: UUID) -> None:
        """Open the form over a row as it stands now."""
        await self._edit(row)

    @handler
    async def refresh(self) -> None:
        """The same, after somebody else changed it."""
        if self.row:
            await self._edit(UUID(self.row))

    @handler
    async def ask(self) -> None:
        """One more question before the row is archived."""
        self.asking, self.refused, self.look = True, "", ""

    @handler
    async def never_mind(self) -> None:
        """No."""
        self.asking, self.refused, self.look = False, "", ""

    async def _try_to_end(self, verb: Callable[..., Any], *args: Any, house: str = "") -> bool:
        """Archive it; or say why it has to stay."""
        try:
            await act(self, verb, *args)
        except Refusal as refusal:
            self.refused, self.look = told(refusal, (await actor_of(self)).locale), where(refusal, house)
            self.stale = isinstance(refusal, MovedMeanwhile)
            return False
        self._end()
        return True

    def _heard(self, version: int | None, news: Stories, locale: str) -> None:
        """Say at once that somebody else changed, or ended (None), the row that is being looked at."""
        if not self.open or not self.row or self.stale or version == self.version:
            return
        last = next((one for one in reversed(news or ()) if one.entity_id == self.row), None)
        by, event = (last.actor_name, last.event) if last else ("", "")
        self.errors, self.stale = {"form": told(MovedMeanwhile(by=by, event=event), locale)}, version is not None


def told(refusal: Refusal, locale: str) -> str:
    """A refusal in words, nights as ranges in the reader's language, and what exactly a colleague did."""
    if isinstance(refusal, MovedMeanwhile):
        by = refusal.data.get("by") or translate("Somebody", locale)
        return translate(GONE.get(refusal.data.get("event", ""), refusal.sentence), locale, by=by)
    if nights := _nights(refusal):
        return translate(refusal.sentence, locale, **{**refusal.data, "nights_text": spelled(nights, locale)})
    return refusal.say(locale)


def spelled(nights: list[date], locale: str) -> str:
    """Nights as ranges, first to last: "23 Nov 2026 – 25 Nov 2026"."""
    spans = list(runs(nights))
    said = [
        day(first, locale) if (end - first).days == 1 else f"{day(first, locale)} – {day(_last(end), locale)}"
        for first, end in spans
    ]
    return ", ".join(said[:SPANS_MOST]) + (", …" if len(said) > SPANS_MOST else "")


def _last(end: date) -> date:
    return date.fromordinal(end.toordinal() - 1)


def where(refusal: Refusal, house: str) -> str:
    """The calendar at the first night a refusal names; empty when it names none."""
    nights = _nights(refusal)
    return calendar_at(nights[0], house) if nights else ""


def calendar_at(night: date, house: str) -> str:
    """The address of a property's calendar at a date."""
    return f"/calendar?property={house}&date={night.isoformat()}"


def _nights(refusal: Refusal) -> list[date]:
    return sorted({date.fromisoformat(night) for night in refusal.data.get("nights", ())})


def read_form(shape: type[T], form: Mapping[str, Any]) -> T:
    """What a form sent, checked. Refuses `Misunderstood` for what no form of ours sends."""
    try:
        return TypeAdapter(shape).validate_python(dict(form))
    except ValidationError as problem:
        raise Misunderstood() from problem


def ticked(form: Mapping[str, Any], prefix: str) -> list[UUID]:
    """The ids of the boxes ticked, which are named `<prefix><id>`. Refuses `Misunderstood`."""
    try:
        return [UUID(name.removeprefix(prefix)) for name, value in form.items() if name.startswith(prefix) and value]
    except ValueError as problem:
        raise Misunderstood() from problem
