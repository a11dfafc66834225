"""What set-up offers to choose from, and what it makes of the numbers on the doors."""

from __future__ import annotations

from dataclasses import dataclass, replace

import reflex as rx
from babel.core import get_global

from pms.accounts import organizations
from pms.kernel.dates import is_timezone
from pms.kernel.formats import countries, currency_of
from pms.kernel.places import currencies, of_country, timezones
from pms.kernel.refusals import Refusal
from pms.kernel.words import translate_many
from pms.properties.unit_names import parse_units
from pms.ui.kit.words import Words
from pms.ui.shell.act import handler, in_thread

SHOWN = 14
"""So many units are printed in the preview; the rest is a number."""


@dataclass(frozen=True)
class TypeRow:
    """One room type being written down; `number` names its fields, `units` are those understood so far."""

    number: int
    prefix: str
    units: list[str]
    more: int = 0
    summary: str = ""
    wrong: str = ""


def row(number: int) -> TypeRow:
    """An empty room type."""
    return TypeRow(number, f"room_types.{number}.", [])


class SetUpForm(rx.State):
    """Choices of the set-up page; passwords and names never come here, the browser posts them itself."""

    countries: list[list[str]] = []
    currencies: list[list[str]] = []
    timezones: list[list[str]] = []
    country: str = ""
    currency: str = "EUR"
    timezone: str = ""
    rows: list[TypeRow] = [row(0)]
    _next: int = 1

    @handler
    async def load(self):  # type: ignore[no-untyped-def]
        """Fill the lists, or send people on who need no set-up."""
        if not await in_thread(organizations.is_empty):
            return rx.call_script("location.replace('/sign-in')")
        locale = (await self.get_state(Words)).locale
        self.countries = [list(pair) for pair in countries(locale)]
        self.currencies = currencies(locale, self.currency)
        self.timezones = timezones(self.timezone or "UTC")
        if not self.country:
            return rx.call_script("Intl.DateTimeFormat().resolvedOptions().timeZone", callback=SetUpForm.guess)
        return None

    @handler
    async def guess(self, timezone: str) -> None:
        """The browser's timezone tells the country, and that its currency: mostly right, always changeable."""
        if is_timezone(timezone) and timezone in get_global("zone_territories"):
            self._settle(get_global("zone_territories")[timezone], timezone)

    @handler
    async def choose_country(self, country: str) -> None:
        """Another country brings its timezone and currency along."""
        self._settle(country, of_country(country, self.timezone)[0])

    @handler
    async def choose_currency(self, currency: str) -> None:
        """Another currency."""
        self.currency = currency[:3]

    @handler
    async def choose_timezone(self, timezone: str) -> None:
        """Another timezone."""
        self.timezone = timezone if is_timezone(timezone) else self.timezone

    def _settle(self, country: str, timezone: str) -> None:
        self.country, self.timezone, self.currency = country[:2], timezone, currency_of(country)
        if self.currency not in [pair[0] for pair in self.currencies]:
            self.currencies = [*self.currencies, [self.currency, self.currency]]

    @handler
    async def add_row(self) -> None:
        """One more room type."""
        if len(self.rows) < 50:
            self.rows = [*self.rows, row(self._next)]
            self._next += 1

    @handler
    async def remove_row(self, number: int) -> None:
        """One room type less, but never none."""
        if len(self.rows) > 1:
            self.rows = [one for one in self.rows if one.number != number]

    @handler
    async def preview(self, number: int, text: str) -> None:
        """Show what the numbers written down come to."""
        locale = (await self.get_state(Words)).locale
        self.rows = [understood(one, text[:2000], locale) if one.number == number else one for one in self.rows]


def understood(one: TypeRow, text: str, locale: str) -> TypeRow:
    """A room type with the units its text names; with the reason if it names none that can be."""
    try:
        names = parse_units(text) if text.strip() else []
    except Refusal as refusal:
        return replace(one, units=[], more=0, summary="", wrong=refusal.say(locale))
    count = translate_many("{n} unit", "{n} units", len(names), locale) if names else ""
    return replace(one, units=names[:SHOWN], more=max(0, len(names) - SHOWN), summary=count, wrong="")
