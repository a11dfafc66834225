"""What is done to cells: prices typed, pasted, filled and cleared, restrictions switched, changes taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import reflex as rx
from pydantic import AfterValidator, Field

from pms.kernel.refusals import Refusal
from pms.kernel.words import translate, translate_many
from pms.rates.cells import CellsMovedMeanwhile, Changed, FollowsItsParent
from pms.ui.calendar.rows import day_of
from pms.ui.kit import notice_instead
from pms.ui.rates import rows
from pms.ui.rates.sheet import DAYS_MAX, plans_from
from pms.ui.rates.state import DayNumber, Rates
from pms.ui.rates.wishes import Done, Target, put_allowance, put_prices, put_rule, put_rules, take_back
from pms.ui.shell import Session, act, actor_of, handler, house_of

KEPT_MOST = 200
"""So many changes of a tab can be taken back, one after the other."""


def _row(text: str) -> str:
    rows.plan_and_type(text)
    return text


def _any_row(text: str) -> str:
    rows.type_of(text)
    return text


RowKey = Annotated[str, AfterValidator(_row)]
AnyRow = Annotated[str, AfterValidator(_any_row)]
TypeCells = Annotated[
    list[tuple[AnyRow, DayNumber, Annotated[int, Field(ge=0, le=2**31 - 1)]]], Field(min_length=1, max_length=5_000)
]
"""Cells of room types, with the allowance one saw; or cells of their plans, whose versions say nothing of it."""
Cells = Annotated[
    list[tuple[RowKey, DayNumber, Annotated[int, Field(ge=0, le=2**31 - 1)]]], Field(min_length=1, max_length=5_000)
]
LETTERS_MOST, LINES_MOST = 40, 2_000
"""Of a text and of a rectangle that is pasted; clipboard.js says so before it shows anything as being saved."""
Text = Annotated[str, Field(max_length=LETTERS_MOST)]
Texts = Annotated[list[Text], Field(max_length=5_000)]
Rectangle = Annotated[
    list[Annotated[list[Text], Field(min_length=1, max_length=DAYS_MAX)]], Field(min_length=1, max_length=LINES_MOST)
]
"""Lines of texts, as many as rows of plans."""
Seen = Annotated[list[tuple[RowKey, DayNumber, Annotated[int, Field(ge=0, le=2**31 - 1)]]], Field(max_length=5_000)]


class Edits(rx.State):
    """`answer` is [number, ok or no]: the browser lets go of what it showed as being saved.

    What was done here and can be undone or done again is kept as (property, change): keys speak of the property shown.
    """

    answer: list[str] = ["0", "ok"]
    _done: list[tuple[UUID, UUID]] = []
    _undone: list[tuple[UUID, UUID]] = []
    _notices: int = 0

    @handler(lets_go="_let_go")
    async def put(self, cells: Cells, texts: Texts) -> Any:
        """Set the price of each cell as typed; an empty text gives it back to the rules."""
        return await self._change(put_prices, targets(cells), texts)

    @handler(lets_go="_let_go")
    async def rule(
        self,
        what: rows.Rule,
        cells: Cells,
        text: Annotated[str, Field(max_length=10)],
    ) -> Any:
        """Set a restriction on the cells; without a text, switch it: off if it holds on all of them, else on."""
        return await self._change(put_rule, targets(cells), what, text)

    @handler(lets_go="_let_go")
    async def put_rules(self, what: rows.Rule, cells: Cells, texts: Texts) -> Any:
        """Set a restriction of each cell as pasted; "-" clears it."""
        return await self._change(put_rules, targets(cells), what, texts)

    @handler(lets_go="_let_go")
    async def paste(self, what: rows.Layer, row: RowKey, day: DayNumber, texts: Rectangle, seen: Seen) -> Any:
        """Set prices, or a restriction, on a rectangle from a cell on, further down than the tab has loaded: all of it, or none.

        `seen` are the cells the tab showed, with their versions; nobody saw the others.
        """
        window = (await self.get_state(Rates))._window
        under = [] if window is None else await act(self, plans_from, window, row)
        wide = max(len(line) for line in texts)
        if (
            window is None
            or len(under) < len(texts)
            or not window.span.first <= day <= window.span.first + window.span.days - wide
        ):
            await self._settle("no")
            return await self._too_large()
        known = {(name, number): version for name, number, version in seen}
        pairs = [
            (Target(ref.plan_id, ref.type_id, day_of(day + n), known.get((ref.key, day + n))), text.strip())  # type: ignore[arg-type]
            for ref, line in zip(under, texts, strict=False)
            for n, text in enumerate(line)
            if text.strip()
        ]
        cells, given = [target for target, _ in pairs], [text for _, text in pairs]
        if not pairs:
            return None
        return await (self._change(put_prices, cells, given) if what == "price" else self._change(put_rules, cells, what, given))

    @handler(lets_go="_let_go")
    async def allow(self, cells: TypeCells, text: Annotated[str, Field(max_length=10)]) -> Any:
        """Let so many rooms be sold beyond the house on these nights."""
        nights = list(dict.fromkeys((rows.type_of(row), day_of(day)) for row, day, _ in cells))
        seen = {(rows.type_of(row), day_of(day)): allowed for row, day, allowed in cells if row[0] == "t"}
        return await self._change(put_allowance, nights, text, seen)

    async def _change(self, verb: Any, *arguments: Any) -> Any:
        """Run a verb that changes cells; what it refuses is said."""
        try:
            return await self._do(verb, *arguments)
        except Refusal as refusal:
            return await self._refused(refusal, (await actor_of(self)).locale)

    async def _do(self, verb: Any, *arguments: Any) -> Any:
        """Run a verb that changes cells, show what came of it, and offer to take it back. Raises what it refuses."""
        house, actor = house_of(await self.get_state(Session)), await actor_of(self)
        done: Done = await act(self, verb, house, *arguments)
        await self._settle("ok")
        if done.changed.change_id is None:
            return self._say(untouched(done, actor.locale)) if done.followed else None
        self._done = [*self._done, (house, done.changed.change_id)][-KEPT_MOST:]
        self._undone = []
        back = Edits.take_back(str(done.changed.change_id))  # type: ignore[call-arg, func-returns-value]
        more = beside(done, actor.locale)
        return self._say(told(done.changed, actor.locale), more, translate("Undo", actor.locale), back)

    def _say(self, sentence: str, more: str | None = None, action: str | None = None, does: Any = None, bad: bool = False) -> Any:
        """A message in the place of the one before."""
        self._notices += 1
        return notice_instead("rates", self._notices, sentence, more, action, does, bad)

    async def _refused(self, refusal: Refusal, locale: str) -> Any:
        await self._settle("no")
        if isinstance(refusal, CellsMovedMeanwhile) and refusal.data.get("n") == 1:
            return self._say(await self._moved(refusal, locale), bad=True)
        return self._say(refusal.say(locale), bad=True)

    async def _moved(self, refusal: CellsMovedMeanwhile, locale: str) -> str:
        """What somebody else made of the one cell in the meantime."""
        grid = await self.get_state(Rates)
        plan, kind, night, *of_channel = refusal.data["cells"][0]
        price = "" if of_channel else grid._price_at(UUID(plan), UUID(kind), date.fromisoformat(night), locale)
        by = refusal.data.get("by") or translate("Somebody", locale)
        if not price:
            return refusal.say(locale)
        return translate("{by} changed this cell a moment ago; the price is {price} now.", locale, by=by, price=price)

    async def _settle(self, how: str) -> None:
        """Show the cells as they are, and let go of what was being saved, in one message."""
        await (await self.get_state(Rates))._repaint()
        self._let_go(how)

    def _let_go(self, how: str = "no") -> None:
        self.answer = [str(int(self.answer[0]) + 1), how]

    @handler
    async def take_back(self, change: UUID) -> Any:
        """Undo one change; what somebody changed again since stays."""
        house = next((house for house, one in self._done if one == change), house_of(await self.get_state(Session)))
        return await self._take_back(house, change)

    @handler
    async def take_back_last(self) -> Any:
        """Undo what this tab changed last in the property shown."""
        house = house_of(await self.get_state(Session))
        change = last_of(self._done, house)
        if change is None:
            return self._say(translate("There is nothing to undo.", (await actor_of(self)).locale))
        return await self._take_back(house, change)

    async def _take_back(self, house: UUID, change: UUID) -> Any:
        """What cannot be undone is forgotten as well, so that it bars nobody from undoing the one before."""
        self._done = [one for one in self._done if one != (house, change)]
        done, crossed = await self._undo(change)
        if done.change_id is not None:
            self._undone = [*self._undone, (house, done.change_id)][-KEPT_MOST:]
        locale = (await actor_of(self)).locale
        sentence = translate_many("Taken back: {n} cell", "Taken back: {n} cells", done.cells, locale)
        return self._say(sentence, stays(done, crossed, locale))

    @handler
    async def do_again(self) -> Any:
        """Do again what this tab took back last in the property shown."""
        house = house_of(await self.get_state(Session))
        change = last_of(self._undone, house)
        if change is None:
            return self._say(translate("There is nothing to do again.", (await actor_of(self)).locale))
        self._undone = [one for one in self._undone if one != (house, change)]
        done, crossed = await self._undo(change)
        if done.change_id is not None:
            self._done = [*self._done, (house, done.change_id)][-KEPT_MOST:]
        locale = (await actor_of(self)).locale
        sentence = translate_many("Done again: {n} cell", "Done again: {n} cells", done.cells, locale)
        return self._say(sentence, stays(done, crossed, locale))

    async def _undo(self, change: UUID) -> tuple[Changed, str]:
        try:
            done = await act(self, take_back, change)
        finally:
            await self._settle("ok")
        return done

    @handler
    async def locked(self, row: RowKey) -> Any:
        """Somebody typed into a derived price."""
        grid, locale = await self.get_state(Rates), (await actor_of(self)).locale
        plan, parent = grid._names_of(rows.plan_and_type(row)[0])
        return self._say(FollowsItsParent(plan=plan, parent=parent).say(locale), bad=True)

    @handler
    async def too_large(self) -> Any:
        """Somebody pasted more days than are shown from the chosen cell on."""
        return await self._too_large()

    @handler
    async def too_long(self) -> Any:
        """Somebody pasted texts that are none of a cell's."""
        locale = (await actor_of(self)).locale
        said = translate("What was copied has texts longer than any price: nothing was pasted.", locale)
        return self._say(said, bad=True)

    async def _too_large(self) -> Any:
        locale = (await actor_of(self)).locale
        said = translate("What was copied has more rows or days than the grid from here on: nothing was pasted.", locale)
        return self._say(said, bad=True)


def targets(cells: Cells) -> list[Target]:
    """What the browser named: plan, room type, night and the version that was seen."""
    return [Target(*rows.plan_and_type(row), day_of(day), version) for row, day, version in cells]


def last_of(some: Sequence[tuple[UUID, UUID]], house: UUID) -> UUID | None:
    """The last change of that property among (property, change)."""
    return next((change for of, change in reversed(some) if of == house), None)


def stays(done: Changed, crossed: str, locale: str) -> str | None:
    """What was not taken back or done again: what somebody changed since, and what would cross."""
    kept = translate_many("{n} was changed again since and stays.", "{n} were changed again since and stay.", done.kept, locale)
    return " ".join(one for one in (kept if done.kept else "", crossed) if one) or None


def told(changed: Changed, locale: str) -> str:
    """A change in words."""
    return translate_many("{n} cell changed", "{n} cells changed", changed.cells, locale)


def beside(done: Done, locale: str) -> str | None:
    """What else there is to say of a change: what stays, and what it oversells."""
    said = (
        (done.followed, untouched(done, locale)),
        (done.oversold, oversold(done, locale)),
        (done.changed.apart, apart(done.changed.apart, locale)),
    )
    return " ".join(words for n, words in said if n) or None


def apart(values: int, locale: str) -> str:
    """How many values single channels keep while what holds for all is changed."""
    return translate_many(
        "{n} value set for a single channel stays as it is.",
        "{n} values set for single channels stay as they are.",
        values,
        locale,
    )


def oversold(done: Done, locale: str) -> str:
    """That more is sold on some nights than may be."""
    return translate_many(
        "{n} night is oversold now: nothing more is sold on it.",
        "{n} nights are oversold now: nothing more is sold on them.",
        done.oversold,
        locale,
    )


def untouched(done: Done, locale: str) -> str:
    """How many cells were left alone because their plan follows another."""
    return translate_many(
        "{n} cell follows another plan and stays.", "{n} cells follow another plan and stay.", done.followed, locale
    )
