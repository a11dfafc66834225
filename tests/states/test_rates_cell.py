"""A cell's details without a browser: why it costs so, who changed it, and its price and restrictions set there."""

from __future__ import annotations

from typing import Any

import pytest

from pms.rates.models import RESTRICTIONS
from pms.ui.rates.why_state import Why
from tests.builders import Cast
from tests.states.priced import Priced, opened, row
from tests.states.tab import said


@pytest.fixture
def hotel(cast: Cast) -> Priced:
    return Priced(cast)


async def test_a_cell_says_why_it_costs_so_and_why_it_is_not_for_sale(hotel: Priced) -> None:
    for unit in hotel.doubles:
        hotel.book(1, 1, unit)
    hotel.fill(1, closed=True, min_stay=2, closed_departure=True)
    tab = await opened(hotel)
    name, day, _ = hotel.cell(1, hotel.strict)
    await tab.call(Why.ask, name, day, 300, 200)
    story = tab.state(Why).story
    assert [line[0] for line in story.steps] == ["Base price of the room type", "Full +20%", "Strict −10%"]
    assert story.price == "€108.00"
    assert [one.split(" on ")[0].split(" ")[0] for one in story.reasons] == ["Sold", "Closed", "On", "No"]
    await tab.call(Why.hush)
    assert not tab.state(Why).open


async def test_a_cell_tells_who_changed_it_when_from_what_to_what(hotel: Priced) -> None:
    hotel.fill(1, price=12_000, closed=True)
    hotel.fill(1, price=None, min_stay=3)
    tab = await opened(hotel)
    await tab.call(Why.ask, *hotel.cell(1)[:2], 10, 10)
    last, first = tab.state(Why).story.history
    assert last[0] == "Price: €120.00 → not set · Shortest stay: not set → 3"
    assert first[0] == "Price: not set → €120.00 · Closed: not set → yes"
    assert last[1].startswith("Olga Owner, 2")
    await tab.call(Why.ask, *hotel.cell(2)[:2], 10, 10)
    assert tab.state(Why).story.history == []


async def test_of_a_cell_changed_often_the_last_changes_are_told_and_that_there_are_more(hotel: Priced) -> None:
    for n in range(7):
        hotel.fill(1, price=10_000 + n * 100)
    tab = await opened(hotel)
    await tab.call(Why.ask, *hotel.cell(1)[:2], 10, 10)
    story = tab.state(Why).story
    assert (len(story.history), story.older) == (5, True)
    await tab.call(Why.all_history)
    story = tab.state(Why).story
    assert (len(story.history), story.older) == (7, False)


async def test_a_tap_opens_a_cell_to_change_its_price_and_rules(hotel: Priced) -> None:
    tab = await opened(hotel)
    name, day, _ = hotel.cell(1)
    await tab.call(Why.edit, name, day)
    await tab.call(Why.set_rule, "closed", "on")
    assert tab.state(Why).story.held["closed"]
    await tab.call(Why.set_rule, "min_stay", "4")
    await tab.call(Why.save, {"price": "88"})
    assert row(tab, "Flexible")[1] == "88!mc!n4!3"
    assert not tab.state(Why).editing
    await tab.call(Why.edit, name, day)
    assert "not an amount" in said(await tab.call(Why.save, {"price": "much"}))
    assert tab.state(Why).editing
    await tab.call(Why.give_back)
    assert row(tab, "Flexible")[1] == "100!c!n4!4"


NINE = {
    "closed": ("on", "c", ""), "closed_arrival": ("on", "", "a"), "closed_departure": ("on", "", "d"),
    "min_stay": ("2", "", "n2"), "max_stay": ("9", "", "x9"), "min_stay_arrival": ("3", "", "N3"),
    "max_stay_arrival": ("8", "", "X8"), "min_advance": ("1", "", "f1"), "max_advance": ("90", "", "F90"),
}  # fmt: skip


@pytest.mark.parametrize("what", RESTRICTIONS)
async def test_each_restriction_is_set_and_taken_away_in_the_cell(hotel: Priced, what: str) -> None:
    tab = await opened(hotel)
    value, look, mark = NINE[what]
    await tab.call(Why.edit, *hotel.cell(1)[:2])
    await tab.call(Why.set_rule, what, value)
    assert row(tab, "Flexible")[1].split("!")[1:] == [look, mark, "1"]
    await tab.call(Why.set_rule, what, "off" if value == "on" else "")
    assert row(tab, "Flexible")[1] == "100!!!2"
    assert tab.state(Why).errors == {}


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        ("min_stay", "max_stay", "the shortest stay would be above the longest"),
        ("min_stay_arrival", "max_stay_arrival", "the shortest stay of arrivals would be above the longest"),
        ("min_advance", "max_advance", "the days ahead would be more at least than at most"),
    ],
)
async def test_a_minimum_above_its_maximum_is_refused_by_name_and_kept_until_the_maximum_fits(
    hotel: Priced, least: str, most: str, words: str
) -> None:
    values: dict[str, Any] = {most: 3}
    hotel.fill(1, **values)
    tab = await opened(hotel)
    await tab.call(Why.edit, *hotel.cell(1)[:2])
    assert await tab.call(Why.set_rule, least, "5") == []
    why = tab.state(Why)
    assert (list(why.errors), words in why.errors[least], why.story.numbers[least]) == ([least], True, "")
    await tab.call(Why.set_rule, most, "7")
    assert (why.errors, why.story.numbers[least], why.story.numbers[most]) == ({}, "5", "7")


@pytest.mark.parametrize(
    ("what", "value"), [("max_stay", "many"), ("min_stay", "-1"), ("min_advance", "801"), ("max_stay", "367")]
)
async def test_what_is_no_number_of_nights_or_days_is_refused_beside_its_field(hotel: Priced, what: str, value: str) -> None:
    tab = await opened(hotel)
    await tab.call(Why.edit, *hotel.cell(1)[:2])
    await tab.call(Why.set_rule, what, value)
    assert "nothing was changed" in tab.state(Why).errors[what]
    assert row(tab, "Flexible")[1] == "100"
    await tab.call(Why.edit, *hotel.cell(2)[:2])
    assert tab.state(Why).errors == {}, "another cell begins afresh"


async def test_a_plan_that_follows_another_says_so_of_its_stays_too(hotel: Priced) -> None:
    tab = await opened(hotel)
    await tab.call(Why.edit, *hotel.cell(1, hotel.strict)[:2])
    assert tab.state(Why).story.rules_locked
    assert "follows another plan" in said(await tab.call(Why.set_rule, "max_stay", "3"))
