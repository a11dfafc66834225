"""The exchange rates screen's state: the newest rate of each two currencies, live, and the form that writes one down."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import reflex as rx

from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import Db
from pms.kernel.places import currencies
from pms.kernel.refusals import BadInput
from pms.kernel.words import translate
from pms.properties import queries
from pms.properties.exchange import Exchange, RateMovedMeanwhile, latest, write_down
from pms.ui.exchange_rates.rows import Filled, RateForm, RateRow, read_rate, row, worth
from pms.ui.kit import at
from pms.ui.shell import LiveView, Session, act, actor_of, as_actor, handler, notice, show
from pms.ui.shell.box import Box
from pms.ui.shell.live import Stories

FIELDS = {
    "currency": "rate_currency",
    "display_currency": "rate_display",
    "rate": "rate",
    "date": "rate_day",
    "source": "rate_source",
}


class ExchangeRates(Box, rx.State):
    """`row` is "EUR-USD" while the form is open for those two; lists to choose from are here only while it is."""

    ready: bool = False
    rates: list[RateRow] = []
    filled: Filled = Filled()
    currencies: list[list[str]] = []
    displays: list[list[str]] = []
    _saw: list[Exchange] | None = None

    @handler
    async def load(self) -> None:
        """Show the rates."""
        await show(self, VIEW, None)
        self.ready = True

    @handler
    async def add(self) -> Any:
        """A rate of two currencies; the prices are most likely in that of the property one works in."""
        house = (await self.get_state(Session)).house
        lines = await act(self, queries.properties)
        await self._open(next((one.currency for one in lines if str(one.id) == house), ""), "", "")
        return at("rate_display")

    @handler
    async def renew(self, row: str) -> Any:
        """A new rate of two currencies that have one; it will be by the same word."""
        found = next((one for one in await act(self, latest) if f"{one.currency}-{one.display}" == row), None)
        if found is None:
            return None
        await self._open(found.currency, found.display, found.source, row)
        return at("rate")

    async def _open(self, currency: str, display: str, source: str, row: str = "") -> None:
        locale, zone = (await actor_of(self)).locale, (await self.get_state(Session)).house_now.timezone
        self.filled = Filled(currency, display, source, today(zone).isoformat())
        self.currencies, self.displays = _to_choose(currency, locale), _to_choose(display, locale)
        self._saw = await act(self, latest)
        self._begin(row)

    def _end(self) -> None:
        super()._end()
        self.currencies, self.displays = [], []

    @handler
    async def save(self, form: RateForm) -> Any:
        """Write the rate down."""
        locale = (await actor_of(self)).locale
        try:
            rate, day = read_rate(form.rate, locale), _day(form.rate_day)
        except BadInput as refusal:
            self.errors = {FIELDS[refusal.field or ""]: refusal.say(locale)}
            return None
        kept: list[Exchange | RateMovedMeanwhile] = []
        pair = (form.rate_currency, form.rate_display)
        seen = None if self._saw is None else _seen(self._saw, *pair, day)
        if not await self._try(_write, kept, *pair, rate, day, form.rate_source, seen, fields=FIELDS):
            if kept:  # the refusal has just said what it is now
                self._saw = await act(self, latest)
            return None
        self._end()
        await show(self, VIEW, None)
        assert isinstance(kept[0], Exchange)
        return notice(translate("Prices are shown by it from now on: {worth}", locale, worth=worth(kept[0], locale)))


def _to_choose(own: str, locale: str) -> list[list[str]]:
    return [*([] if own else [["", ""]]), *currencies(locale, own or "EUR")]


def _seen(rates: list[Exchange], currency: str, display: str, day: date) -> Decimal | None:
    """The rate of a day as the list of newest ones shows it: 0 when there is none yet, None for days before the newest."""
    newest = next((one for one in rates if (one.currency, one.display) == (currency, display)), None)
    if newest is None or day > newest.day:
        return Decimal(0)
    return newest.rate if day == newest.day else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("date", "This is not a date.") from None


def _write(db: Db, kept: list[Exchange | RateMovedMeanwhile], *values: Any) -> None:
    """Write it down, and say what came of it in `kept`."""
    try:
        kept.append(write_down(db, *values))
    except RateMovedMeanwhile as moved:
        kept.append(moved)
        raise


def _load(actor: Actor, window: None, news: Stories) -> list[RateRow]:
    return [row(one, actor.locale) for one in as_actor(actor, latest)]


def _apply(state: Any, rates: list[RateRow], news: Stories) -> None:
    state.rates = rates


VIEW = LiveView(state=ExchangeRates, topics=frozenset({"exchange_rates"}), load=_load, apply=_apply)
