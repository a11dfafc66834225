"""The list of changes of a property's prices and restrictions: who, when, what; what undoing one would do, and undoing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import reflex as rx

from pms.kernel import formats
from pms.kernel.actor import Actor
from pms.kernel.db import Db, work
from pms.kernel.refusals import NothingToUndo, Refusal
from pms.kernel.words import N_, translate, translate_many
from pms.rates.channels import name_of
from pms.rates.history import VARIOUS, ChangeLine, Touched, touched
from pms.rates.load import House, house_of
from pms.reservations.rate_changes import changes, would_undo
from pms.ui.rates.edits import Edits, stays
from pms.ui.rates.marks import FIELDS
from pms.ui.rates.why_state import value_words
from pms.ui.rates.wishes import crossed_words
from pms.ui.shell import LiveView, Session, handler, show
from pms.ui.shell import house_of as property_of
from pms.ui.shell.live import News, Stories, hub

PAGE = 20
NAMED_MOST = 2
"""So many plans or room types are named; more are counted."""
HOW = {"many": N_("Change many"), "import": N_("from a file"), "api": N_("through the API")}


class Shown(NamedTuple):
    """What a tab shows: the changes before `after` (None: the newest), and what undoing `asking` would do."""

    property_id: UUID
    after: UUID | None = None
    asking: UUID | None = None


@dataclass(frozen=True)
class Change:
    """A change in words: what it did, where, of how many cells, by whom, when and how; `undone` once it was taken back."""

    id: str
    what: str
    where: str
    count: str
    by: str
    undone: bool
    is_undo: bool


@dataclass(frozen=True)
class Found:
    """A page of the list; `said` is what undoing the change asked about would do, or why not (`possible`)."""

    lines: list[Change] = field(default_factory=list)
    older: str = ""
    said: list[str] = field(default_factory=list)
    possible: bool = False


class Changes(rx.State):
    """`asking` is the change whose undo is to be confirmed."""

    open: bool = False
    found: Found = Found()
    asking: str = ""
    later: bool = False
    _shown: Shown | None = None
    _pages: list[UUID | None] = []

    @handler
    async def begin(self) -> Any:
        """Open the list at its newest."""
        self._pages = []
        await self._show(Shown(property_of(await self.get_state(Session))))
        self.open = True

    async def _show(self, shown: Shown) -> None:
        try:
            await show(self, CHANGES, shown)
        except Refusal:
            self._forget()
            raise
        self._shown, self.later = shown, bool(self._pages)
        self.asking = str(shown.asking or "")

    @handler
    async def again(self) -> Any:
        """The page was opened anew, or something was undone: show the list as it is now, or no more."""
        house = (await self.get_state(Session)).house
        if self.open and self._shown is not None and str(self._shown.property_id) == house:
            await self._show(self._shown._replace(asking=None))
        else:
            self._forget()

    @handler
    async def close(self) -> Any:
        """Close it."""
        self._forget()

    def _forget(self) -> None:
        self.open, self.found, self.asking, self._shown, self._pages = False, Found(), "", None, []
        if tab := hub().tabs.get(self.router.session.client_token):
            tab.watches.pop(CHANGES, None)

    @handler
    async def to_older(self) -> Any:
        """The page of changes before these."""
        if self._shown is not None and self.found.older:
            self._pages = [*self._pages, self._shown.after]
            await self._show(self._shown._replace(after=UUID(self.found.older), asking=None))

    @handler
    async def to_later(self) -> Any:
        """The page one came from."""
        if self._shown is not None and self._pages:
            *self._pages, after = self._pages
            await self._show(self._shown._replace(after=after, asking=None))

    @handler
    async def ask(self, change: UUID | None = None) -> Any:
        """Say what undoing a change would do, before it is done; without one, never mind."""
        if self._shown is not None:
            await self._show(self._shown._replace(asking=change))

    @handler
    async def undo(self) -> Any:
        """Take the change back that was asked about."""
        if not self.asking or not self.found.possible:
            return None
        return [Edits.take_back(self.asking), Changes.again]  # type: ignore[call-arg, func-returns-value]


def _load(actor: Actor, shown: Shown, news: Stories) -> Found:
    with work(actor) as db:
        return found(db, shown)


def found(db: Db, shown: Shown) -> Found:
    """The page, in the actor's language. Refuses `NotFound`, `NotPermitted`."""
    house, locale = house_of(db, shown.property_id), db.actor.locale
    lines, more = changes(db, shown.property_id, shown.after, PAGE)
    did = touched(db, shown.property_id, [line.id for line in lines])
    told = [_line(one, did.get(one.id), house, locale) for one in lines]
    said, possible = _would(db, shown.asking) if shown.asking else ([], False)
    return Found(told, told[-1].id if more else "", said, possible)


def _would(db: Db, change_id: UUID) -> tuple[list[str], bool]:
    """What undoing it would do, in sentences, and whether it can be."""
    locale = db.actor.locale
    try:
        done = would_undo(db, change_id)
    except NothingToUndo:
        return [translate("All of it was changed again since: there is nothing to undo.", locale)], False
    except Refusal as refusal:
        return [refusal.say(locale)], False
    goes = translate_many("{n} cell goes back to what it was.", "{n} cells go back to what they were.", done.cells, locale)
    rest = stays(done, crossed_words(db, done), locale)
    return [goes, rest] if rest else [goes], True


def _line(one: ChangeLine, did: Touched | None, house: House, locale: str) -> Change:
    nights = [formats.day(night, locale) for night in dict.fromkeys((one.first, one.last))]
    return Change(
        str(one.id),
        " · ".join(_what(did, one.overbooking_nights, house, locale)),
        " · ".join([*(_names(did, locale) if did else []), " – ".join(nights)]),
        _count(one, locale),
        " · ".join(_by(one, house, locale)),
        one.undone_by is not None,
        one.undoes is not None,
    )


def _what(did: Touched | None, overbooking: int, house: House, locale: str) -> list[str]:
    """Each field in words: "Price: €100.00 → €120.00", or "Price: → €120.00" where there were several before."""
    parts = []
    for name, words in FIELDS:
        if did is None or name not in did.fields:
            continue
        before, after = did.fields[name]
        label = translate(words, locale)
        if after == VARIOUS:
            parts.append(translate("{field}: several values", locale, field=label))
        else:
            sides = [
                "" if before == VARIOUS else value_words(name, before, house, locale),
                value_words(name, after, house, locale),
            ]
            parts.append(f"{label}: {' → '.join(sides).strip()}")
    if overbooking:
        parts.append(translate("Overbooking", locale))
    return parts


def _names(did: Touched, locale: str) -> list[str]:
    plans = translate_many("{n} rate plan", "{n} rate plans", len(did.plans), locale)
    types = translate_many("{n} room type", "{n} room types", len(did.types), locale)
    named = [
        ", ".join(names) if len(names) <= NAMED_MOST else counted for names, counted in ((did.types, types), (did.plans, plans))
    ]
    channels = ", ".join(name_of(code, locale) for code in did.channels if code)
    return [*named, channels] if channels else named


def _count(one: ChangeLine, locale: str) -> str:
    cells = translate_many("{n} cell", "{n} cells", one.cells, locale) if one.cells else ""
    more = one.overbooking_nights
    nights = translate_many("{n} night overbooked", "{n} nights overbooked", more, locale) if more else ""
    return " · ".join(filter(None, (cells, nights)))


def _by(one: ChangeLine, house: House, locale: str) -> list[str]:
    how = translate("Undo", locale) if one.undoes else translate(HOW[one.how], locale) if one.how in HOW else ""
    return [some for some in (one.by, formats.moment(one.at, locale, house.timezone), how, one.reason) if some]


def _put(state: Changes, found: Found, news: Stories) -> None:
    state.found = found


def _concerns(news: News, shown: Shown) -> bool:
    return news.property_id is None or news.property_id == str(shown.property_id)


CHANGES = LiveView(state=Changes, topics=frozenset({"rates"}), load=_load, apply=_put, concerns=_concerns)
