"""What a tab shows of calendars (iCal): all of them, one looked at closely, or the form of a new one; live."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import reflex as rx

from pms.channels.calendars import feeds as verbs
from pms.channels.calendars import queries
from pms.channels.calendars.sync import read_now
from pms.kernel.actor import Actor
from pms.kernel.db import Db
from pms.kernel.refusals import NotFound
from pms.kernel.words import N_, translate
from pms.properties import queries as houses
from pms.ui.channels import feed_rows
from pms.ui.channels.feed_rows import Feed, Matter
from pms.ui.shell import LiveView, News, Session, act, actor_of, as_actor, handler, notice, show
from pms.ui.shell.live import Stories

ROUTE = "/channels"
LIST = f"{ROUTE}?tab=calendars"
STATES = {"live": N_("It is read every 15 minutes."), "paused": N_("It is paused. What it has brought stays.")}


@dataclass(frozen=True)
class Found:
    """What is shown: all calendars, or `one` with its matters and our link for the site."""

    lines: list[Feed] = field(default_factory=list)
    one: Feed = field(default_factory=Feed)
    matters: list[Matter] = field(default_factory=list)
    link: str = ""


class Calendars(rx.State):
    """`reading` while the site is asked; `asking` is the question that is open: "remove" or "renew". `place` is what the
    form's calendar is of.
    """

    lines: list[Feed] = []
    one: Feed = Feed()
    matters: list[Matter] = []
    link: str = ""
    houses: list[list[str]] = []
    house: str = ""
    places: list[list[str]] = []
    errors: dict[str, str] = {}
    reading: bool = False
    asking: str = ""
    _feed: UUID | None = None

    async def _open(self, feed: UUID | None) -> Any:
        """Show all, or one; one that has never been read is read at once. Refuses `NotFound`, `NotPermitted`."""
        self._feed, self.errors, self.asking, self.reading = feed, {}, "", False
        await self._paint()
        return Calendars.read if self.one.is_new else None

    async def _paint(self) -> None:
        await show(self, VIEW, self._feed)

    async def _begin(self, wanted: str) -> None:
        """The form, for the property that is wanted or the one the tab works in."""
        lines, session = await act(self, houses.properties), await self.get_state(Session)
        self.errors, self.houses = {}, [[str(one.id), one.name] for one in lines]
        known = [id for id, _ in self.houses]
        house = next((id for id in (wanted, session.house, *known) if id in known), "")
        self.house, self.places = house, []
        if house:
            await self._know_places()

    async def _know_places(self) -> None:
        built = await act(self, houses.structure, UUID(self.house))
        self.places = feed_rows.places(built, (await actor_of(self)).locale)

    @handler
    async def choose_house(self, house: UUID) -> None:
        """A calendar of another property."""
        built = await act(self, houses.structure, house)
        self.house, self.places = str(house), feed_rows.places(built, (await actor_of(self)).locale)

    @handler
    async def add(self, form: dict[str, Any]) -> Any:
        """A new calendar, and on to it."""
        self.errors = {}
        name, url = str(form.get("name") or ""), str(form.get("url") or "")
        made = await act(self, _add, str(form.get("place") or ""), name, url)
        return rx.redirect(f"{ROUTE}?calendar={made}")

    def _looked_at(self) -> UUID:
        """The calendar that is open. Refuses `NotFound` when none is."""
        if self._feed is None:
            raise NotFound(what="calendar feed")
        return self._feed

    @handler(background=True)
    async def read(self):  # type: ignore[no-untyped-def]
        """Ask the site now; nobody else waits for it."""
        async with self:
            feed = self._looked_at()
            self.reading = True
        actor = await actor_of(self)
        try:
            # Not in the threads of the database: a site may think for half a minute.
            await asyncio.to_thread(read_now, actor, feed)
        finally:
            async with self:
                self.reading = False
        async with self:
            if self._feed == feed:
                await self._paint()

    @handler
    async def set_state(self, version: int, state: Literal["live", "paused"]) -> Any:
        """Read it, or leave it alone."""
        await act(self, verbs.set_feed_state, self._looked_at(), version, state)
        await self._paint()
        return notice(translate(STATES[state], (await actor_of(self)).locale))

    @handler
    async def believe_empty(self, version: int) -> Any:
        """The site is right: nothing is taken there any more."""
        await act(self, verbs.believe_empty, self._looked_at(), version)
        return Calendars.read

    @handler
    async def change_url(self, form: dict[str, Any]) -> Any:
        """The site has another link."""
        self.errors = {}
        url = str(form.get("url") or "")
        await act(self, verbs.change_url, self._looked_at(), self.one.version, url)
        await self._paint()
        return Calendars.read if url.strip() else None

    @handler
    async def ask(self, what: Literal["remove", "renew", ""]) -> None:
        """One more question before it happens; "" for no."""
        self.asking = what

    @handler
    async def renew(self, version: int) -> Any:
        """Another link of ours."""
        await act(self, verbs.renew_link, self._looked_at(), version)
        self.asking = ""
        await self._paint()
        return notice(translate("The old address is void. Give the site the new one.", (await actor_of(self)).locale))

    @handler
    async def remove(self, version: int) -> Any:
        """Forget the site."""
        await act(self, verbs.remove_feed, self._looked_at(), version)
        self._feed, self.asking = None, ""
        said = translate("The calendar is removed. Delete our address on the site too.", (await actor_of(self)).locale)
        return [notice(said), rx.redirect(LIST)]


def _add(db: Db, place: str, name: str, url: str) -> UUID:
    kind, _, id = place.partition("/")
    try:
        of = UUID(id)
    except ValueError as odd:
        raise NotFound(what="unit") from odd
    unit, room_type = (of, None) if kind == "unit" else (None, of)
    return verbs.add_feed(db, name, unit_id=unit, room_type_id=room_type, url=url).id


def _load(actor: Actor, feed: UUID | None, news: Stories) -> Found:
    return as_actor(actor, _read, feed)


def _read(db: Db, feed: UUID | None) -> Found:
    locale, now = db.actor.locale, datetime.now(UTC)
    if feed is None:
        return Found(feed_rows.feeds(queries.feeds(db), locale, now))
    line = queries.feed(db, feed)
    return Found([], feed_rows.feed(line, locale, now), feed_rows.matters(line, locale), verbs.export_link(db, feed))


def _apply(state: Any, found: Found, news: Stories) -> None:
    for name in ("lines", "one", "matters", "link"):
        if getattr(state, name) != getattr(found, name):
            setattr(state, name, getattr(found, name))


def _concerns(news: News, feed: UUID | None) -> bool:
    return news.entity == "calendar_feed" and (feed is None or news.entity_id == str(feed))


VIEW = LiveView(state=Calendars, topics=frozenset({"channels"}), load=_load, apply=_apply, concerns=_concerns)
