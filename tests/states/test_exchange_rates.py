"""The exchange rates screen without a browser."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.properties.exchange import Exchange, latest, write_down
from pms.ui.exchange_rates.state import VIEW, ExchangeRates
from pms.ui.shell import Session
from pms.ui.shell.navigation import places_for
from tests.builders import Cast, a_property
from tests.states.hotel import Feed
from tests.states.tab import Tab, said

TODAY = today("Europe/Vilnius")
FORM = {
    "rate_currency": "EUR",
    "rate_display": "USD",
    "rate": "1.0845",
    "rate_day": TODAY.isoformat(),
    "rate_source": "Central bank",
}
S = ExchangeRates


async def a_tab(actor: Actor) -> Tab:
    tab = Tab(actor)
    await tab.call(Session.enter, "/exchange-rates")
    await tab.call(S.load)
    return tab


def kept(actor: Actor) -> list[Exchange]:
    with work(actor) as db:
        return latest(db)


async def test_a_rate_is_written_down_and_renewed(olga: Actor) -> None:
    a_property(olga)
    tab = await a_tab(olga)
    state = tab.state(S)
    assert (state.ready, state.rates) == (True, [])
    await tab.call(S.add)
    assert (state.filled.currency, state.filled.display, state.filled.day) == ("EUR", "", TODAY.isoformat())
    assert "1 EUR = 1.0845 USD" in said(await tab.call(S.save, FORM))
    (row,) = state.rates
    assert (row.worth, row.source, row.by, state.open) == ("1 EUR = 1.0845 USD", "Central bank", "Olga Owner", False)
    await tab.call(S.renew, row.id)
    filled = state.filled
    assert (filled.currency, filled.display, filled.source) == ("EUR", "USD", "Central bank")
    await tab.call(S.save, {**FORM, "rate": "1,1"})
    assert [one.worth for one in state.rates] == ["1 EUR = 1.1 USD"]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("rate", {"rate": "much"}),
        ("rate", {"rate": "0"}),
        ("rate", {"rate": "1,084"}),
        ("rate_day", {"rate_day": "yesterday"}),
        ("rate_day", {"rate_day": (TODAY + timedelta(days=9)).isoformat()}),
        ("rate_source", {"rate_source": "  "}),
        ("rate_display", {"rate_display": "EUR"}),
        ("rate_display", {"rate_display": "dollar"}),
        ("rate_currency", {"rate_currency": ""}),
    ],
)
async def test_what_is_no_rate_is_said_beside_its_field(olga: Actor, field: str, change: dict[str, str]) -> None:
    a_property(olga)
    tab = await a_tab(olga)
    await tab.call(S.add)
    await tab.call(S.save, {**FORM, **change})
    assert (list(tab.state(S).errors), tab.state(S).open, kept(olga)) == ([field], True, [])


@pytest.mark.parametrize(
    ("language", "typed", "rate"),
    [
        ("lt", "1,084", "1.084"),
        ("lt", "1.0840", "1.084"),
        ("lt", "1.084", None),
        ("de", "17.250,5", "17250.5"),
        ("en", "1.084", "1.084"),
    ],
)
async def test_a_rate_is_read_in_the_readers_language_and_never_as_a_thousand_times_as_much(
    olga: Actor, language: str, typed: str, rate: str | None
) -> None:
    a_property(olga)
    tab = await a_tab(olga)
    await tab.call(Session.speak, language)
    await tab.call(S.save, {**FORM, "rate": typed})
    assert [one.rate for one in kept(olga)] == ([Decimal(rate)] if rate else [])


HOSTILE: list[tuple[Any, tuple[Any, ...]]] = [
    (S.save, ({},)),
    (S.save, ({**FORM, "rate": "9" * 400},)),
    (S.save, ({**FORM, "rate_source": "x" * 10_000},)),
    (S.save, ({**FORM, "rate_day": "9999-99-99"},)),
    (S.renew, ("EUR-XXX",)),
    (S.renew, ("",)),
]


@pytest.mark.parametrize(("handler", "arguments"), HOSTILE)
async def test_arguments_of_no_screen_of_ours_write_nothing(olga: Actor, handler: Any, arguments: tuple[Any, ...]) -> None:
    tab = await a_tab(olga)
    assert "recorded" not in said(await tab.call(handler, *arguments)), "a refusal, not a bug"
    assert kept(olga) == []


async def test_a_colleagues_rate_comes_live_and_equals_what_a_fresh_tab_shows(olga: Actor) -> None:
    a_property(olga)
    tab, feed = await a_tab(olga), Feed()
    with work(olga) as db:
        write_down(db, "EUR", "PLN", Decimal("4.25"), date(2026, 1, 2), "Central bank")
    news = [one for one in feed.news() if one.topics & VIEW.topics and VIEW.concerns(one, None)]
    assert len(news) == 1
    VIEW.apply(tab.state(S), VIEW.load(olga, None, tuple(news)), tuple(news))
    assert tab.state(S).rates == (await a_tab(olga)).state(S).rates
    assert [one.worth for one in tab.state(S).rates] == ["1 EUR = 4.25 PLN"]


async def test_whose_colleague_wrote_a_rate_for_the_day_meanwhile_is_told_and_saves_once_more(olga: Actor) -> None:
    a_property(olga)
    tab, theirs = await a_tab(olga), await a_tab(olga)
    for one in (tab, theirs):
        await one.call(S.add)
    await theirs.call(S.save, {**FORM, "rate": "1.2"})
    await tab.call(S.save, FORM)
    state = tab.state(S)
    assert (state.open, [one.rate for one in kept(olga)]) == (True, [Decimal("1.2")])
    assert state.errors["rate"] == (
        "Olga Owner wrote down 1.2 for this day a moment ago. Save once more to put yours in its place."
    )
    await tab.call(S.save, FORM)
    assert (state.open, [one.rate for one in kept(olga)]) == (False, [Decimal("1.0845")])


async def test_staff_see_rates_but_write_none_and_neighbours_see_nothing(cast: Cast) -> None:
    a_property(cast.olga)
    await (await a_tab(cast.olga)).call(S.save, FORM)
    theirs = await a_tab(cast.rita)
    await theirs.call(S.save, {**FORM, "rate": "2"})
    assert [one.worth for one in theirs.state(S).rates] == ["1 EUR = 1.0845 USD"]
    assert [one.rate for one in kept(cast.olga)] == [Decimal("1.0845")]
    assert (await a_tab(cast.otto)).state(S).rates == []
    reached = {actor: any(one.route == "/exchange-rates" for one in places_for(actor)) for actor in (cast.olga, cast.rita)}
    assert reached == {cast.olga: True, cast.rita: False}
