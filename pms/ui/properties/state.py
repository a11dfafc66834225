"""The properties screen's state: the list, live, and the form over one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

import reflex as rx

from pms.kernel.actor import Actor
from pms.kernel.formats import countries
from pms.kernel.places import currencies, of_country, timezones
from pms.kernel.refusals import NotFound
from pms.kernel.words import N_, translate
from pms.properties import property, queries
from pms.properties.queries import PropertyLine
from pms.rates.plans import open_property
from pms.reservations.structure import archive_property
from pms.ui.kit import at
from pms.ui.properties.rows import Card, Filled, PropertyForm, cards, filled
from pms.ui.shell import LiveView, Session, act, actor_of, as_actor, handler, notice, show
from pms.ui.shell.box import RowBox
from pms.ui.shell.live import Stories
from pms.ui.shell.session import House

FIELDS = {
    "name": "property_name",
    "country": "country",
    "timezone": "timezone",
    "currency": "currency",
}


class Properties(RowBox, rx.State):
    """`row` is the property in the form, empty for a new one; lists to choose from are here only while it is open."""

    ready: bool = False
    with_archived: bool = False
    cards: list[Card] = []
    several: bool = False
    filled: Filled = Filled()
    countries: list[list[str]] = []
    currencies: list[list[str]] = []
    timezones: list[list[str]] = []

    @handler
    async def load(self) -> None:
        """Show the properties."""
        await show(self, VIEW, self.with_archived)
        self.ready = True

    @handler
    async def toggle_archived(self, shown: bool) -> None:
        """With those archived, or without."""
        self.with_archived = shown
        await show(self, VIEW, shown)

    @handler
    async def add(self) -> Any:
        """Open the form for a new property, where the others are."""
        actor = await actor_of(self)
        lines = await act(self, queries.properties)
        like = lines[-1] if lines else None
        start = Filled(country=like.country, timezone=like.timezone, currency=like.currency) if like else Filled()
        self._open(start, actor.locale)
        self._begin()
        return at("property_name")

    async def _edit(self, row: UUID) -> None:
        line = next((one for one in await act(self, queries.properties) if one.id == row), None)
        if line is None:
            self._end()
            raise NotFound(what="property")
        self._open(filled(line), (await actor_of(self)).locale)
        self._begin(str(row), line.version)

    def _open(self, start: Filled, locale: str) -> None:
        self.filled = start
        self.countries = [*([] if start.country else [["", ""]]), *(list(pair) for pair in countries(locale))]
        self.currencies, self.timezones = currencies(locale, start.currency), timezones(start.timezone)

    def _end(self) -> None:
        super()._end()
        self.countries, self.currencies, self.timezones = [], [], []

    @handler
    async def choose_country(self, country: str) -> None:
        """A new property takes its country's time zone and currency along; one that is open keeps its own."""
        zone, currency = self.filled.timezone, self.filled.currency
        if not self.row:
            zone, currency = of_country(country[:2], zone)
            self.currencies = currencies((await actor_of(self)).locale, currency)
        self.filled = replace(self.filled, country=country[:2], timezone=zone, currency=currency)

    @handler
    async def choose_timezone(self, timezone: str) -> None:
        """Another time zone."""
        self.filled = replace(self.filled, timezone=timezone[:64])

    @handler
    async def choose_currency(self, currency: str) -> None:
        """Another currency."""
        self.filled = replace(self.filled, currency=currency[:3])

    @handler
    async def save(self, form: PropertyForm) -> Any:
        """Open a new property, or change the one in the form."""
        wanted = (property.change, UUID(self.row), self.version) if self.row else (open_property,)
        if not await self._try(*wanted, form.fields, fields=FIELDS):
            return None
        said = N_("{name} is saved.") if self.row else N_("{name} is open. Add its rooms next.")
        self._end()
        await show(self, VIEW, self.with_archived)
        return notice(translate(said, (await actor_of(self)).locale, name=form.property_name.strip()))

    @handler
    async def move(self, row: UUID, step: Literal[-1, 1]) -> None:
        """Put a property one place earlier or later."""
        ids = [line.id for line in await act(self, queries.properties)]
        await act(self, property.reorder, stepped(ids, row, step, "property"))
        await show(self, VIEW, self.with_archived)

    @handler
    async def archive(self) -> Any:
        """Close the property in the form."""
        if not self.row or not await self._try_to_end(archive_property, UUID(self.row), self.version, house=self.row):
            self.asking = False
            return None
        self._end()
        await show(self, VIEW, self.with_archived)
        return notice(translate("{name} is archived. Its books stay.", (await actor_of(self)).locale, name=self.filled.name))

    @handler
    async def bring_back(self, row: UUID, version: int) -> Any:
        """Open an archived property again."""
        back = await act(self, property.bring_back, row, version)
        await show(self, VIEW, self.with_archived)
        return notice(translate("{name} is open again.", (await actor_of(self)).locale, name=back.name))

    @handler
    async def open_rooms(self, house: UUID) -> Any:
        """Work in that property, and look at its rooms."""
        session = await self.get_state(Session)
        lines = await act(self, queries.properties)
        session.houses = [House(str(line.id), line.name, line.city, line.timezone) for line in lines]
        session.settle(str(house))
        session.remembered = session.house
        return rx.redirect("/rooms")


def stepped(ids: list[UUID], row: UUID, step: int, what: str) -> list[UUID]:
    """The ids with one of them a place earlier (-1) or later (1). Refuses `NotFound` when it is not among them."""
    if row not in ids:
        raise NotFound(what=what)
    at = ids.index(row)
    to = max(0, min(len(ids) - 1, at + step))
    ids = [*ids]
    ids.insert(to, ids.pop(at))
    return ids


def _load(actor: Actor, archived: bool, news: Stories) -> tuple[list[PropertyLine], str]:
    return as_actor(actor, queries.properties, archived), actor.locale


def _apply(state: Any, found: tuple[list[PropertyLine], str], news: Stories) -> None:
    lines, locale = found
    state.cards = cards(lines, locale)
    state.several = sum(not line.archived for line in lines) > 1
    state._heard(next((line.version for line in lines if str(line.id) == state.row and not line.archived), None), news, locale)


VIEW = LiveView(state=Properties, topics=frozenset({"properties"}), load=_load, apply=_apply)
