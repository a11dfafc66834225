"""Who sits at this tab, in which property, in which language; and the guard every screen passes first."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import reflex as rx

from pms.accounts import organizations, preferences
from pms.accounts.models import Organization
from pms.accounts.sessions import actor_from_token
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.words import LOCALES, known
from pms.properties import queries
from pms.ui.kit.badge import hue, initials
from pms.ui.kit.words import Words
from pms.ui.shell import live
from pms.ui.shell.act import act, browser_locale, handler, in_thread, session_token
from pms.ui.shell.navigation import MARKS, home_for, places_for
from pms.ui.shell.screen import SCREENS


@dataclass(frozen=True)
class House:
    """A property as the switcher shows it."""

    id: str
    name: str
    city: str
    timezone: str


NOWHERE = House("", "", "", "UTC")


@dataclass(frozen=True)
class Entered:
    """Everything the shell needs to know about who came in."""

    actor: Actor
    organization: str
    houses: tuple[House, ...]


def _entered(token: str | None) -> Entered | str:
    """Who came in; or, for nobody, the page to send them to."""
    actor = actor_from_token(token)
    if actor is None:
        return "/setup" if organizations.is_empty() else "/sign-in"
    with work(actor) as db:
        organization = db.one(Organization, db.organization_id).name
        lines = queries.properties(db) if actor.may("property.view") else []
    houses = tuple(House(str(line.id), line.name, line.city, line.timezone) for line in lines)
    return Entered(actor, organization, houses)


class Session(rx.State):
    """The shell's state. Screens read `Session.house` (the property's id as text) and `Session.granted`."""

    ready: bool = False
    forbidden: bool = False
    route: str = ""
    person: str = ""
    name: str = ""
    letters: str = ""
    hue: str = "h0"
    role: str = ""
    organization: str = ""
    granted: dict[str, bool] = {}
    places: list[str] = []
    houses: list[House] = []
    house: str = ""
    house_now: House = NOWHERE
    remembered: str = rx.LocalStorage("", name="octaspace_property", sync=False)

    @handler
    async def enter(self, route: str):  # type: ignore[no-untyped-def]
        """The guard: find out who this is, fill the shell, then load the screen; or show them out."""
        live.forget(self.router.session.client_token)
        found = await in_thread(_entered, session_token(self))
        if isinstance(found, str):
            here = "location.pathname.length > 1 ? '?next=' + encodeURIComponent(location.pathname + location.search) : ''"
            return rx.call_script(f"location.replace({found!r} + ({here}))")
        self._fill(found)
        (await self.get_state(Words)).locale = known(found.actor.locale)
        return self._opened(route, found.actor)

    def _opened(self, route: str, actor: Actor):  # type: ignore[no-untyped-def]
        screen = SCREENS.get(route)
        self.route = route
        self.forbidden = bool(screen and screen.permission and screen.permission not in actor.permissions)
        self.ready = True
        token = self.router.session.client_token
        live.enter(token, actor, session_token(self), Session.enter(route), Session.learn)  # type: ignore[call-arg]
        if route == "/":
            self.ready = False
            return rx.redirect(home_for(actor), replace=True)
        opens = None if self.forbidden or screen is None else screen.on_load
        opens = opens if isinstance(opens, list) else [opens] if opens is not None else []
        return [*opens, *(MARKS[place.route].load for place in places_for(actor) if place.route in MARKS)]

    def _fill(self, found: Entered) -> None:
        actor = found.actor
        self.person = str(actor.id)
        self.name, self.letters, self.hue = actor.name, initials(actor.name), hue(actor.name)
        self.role, self.organization = actor.membership_role, found.organization
        self.granted = dict.fromkeys(sorted(actor.permissions), True)
        self.places = [place.route for place in places_for(actor)]
        self.houses = list(found.houses)
        self._settle(self.house or self.remembered)

    def _settle(self, wanted: str) -> None:
        """Work in the wanted property if it is among those seen, else in the first."""
        house = next((one for one in self.houses if one.id == wanted), self.houses[0] if self.houses else NOWHERE)
        self.house, self.house_now = house.id, house

    @handler
    async def learn(self):  # type: ignore[no-untyped-def]
        """A property came, went, or is called otherwise; the screen loads again only if it is the one worked in that went."""
        found, before = await in_thread(_entered, session_token(self)), self.house_now
        if isinstance(found, Entered):
            self.houses = list(found.houses)
            self._settle(self.house)
            if (self.house_now.id, self.house_now.timezone) == (before.id, before.timezone):
                return None
        return Session.enter(self.route)  # type: ignore[call-arg, func-returns-value]

    @handler
    async def choose_house(self, house: UUID):  # type: ignore[no-untyped-def]
        """Work in another property: the screen loads again for it."""
        self._settle(str(house))
        self.remembered = self.house
        return Session.enter(self.route)  # type: ignore[call-arg, func-returns-value]

    @handler
    async def speak(self, locale: str):  # type: ignore[no-untyped-def]
        """Use another language, now and wherever this person signs in."""
        if locale in LOCALES:
            await act(self, preferences.set_locale, locale)
            return Session.enter(self.route)  # type: ignore[call-arg, func-returns-value]
        return None


class Door(rx.State):
    """Pages before sign-in: they only need a language."""

    chosen: str = rx.LocalStorage("", name="octaspace_locale", sync=False)

    @handler
    async def enter(self):  # type: ignore[no-untyped-def]
        """Speak the browser's language."""
        words = await self.get_state(Words)
        words.locale = known(self.chosen) if self.chosen else browser_locale(self)

    @handler
    async def speak(self, locale: str) -> None:
        """Another language for this browser, before anybody is known."""
        self.chosen = known(locale)
        (await self.get_state(Words)).locale = self.chosen


def house_of(session: Session) -> UUID:
    """The property the tab works in. Its id was checked against what the person sees; verbs check the permission."""
    return UUID(session.house)
