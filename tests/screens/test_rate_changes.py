"""The list of changes in real browsers: two people, an older change undone, one that cannot be, a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.builders import Cast
from tests.screens.test_phone import PHONE
from tests.screens.test_rates import Priced, opened
from tests.screens.test_shell import CONTRAST, NAMELESS

SignIn = Callable[..., Page]


@pytest.fixture
def hotel(cast: Cast, seaside: UUID) -> Priced:
    return Priced(cast, seaside)


def listed(page: Page) -> Locator:
    """The list, open."""
    page.get_by_role("button", name="Changes", exact=True).click()
    return page.get_by_role("dialog", name="Changes")


def line(drawer: Locator, n: int) -> Locator:
    """The change so many places from the top."""
    return drawer.locator(".changes > li").nth(n)


def test_an_older_change_is_undone_once_it_was_seen_what_that_does(sign_in: SignIn, hotel: Priced) -> None:
    hotel.fill(1, price=12_000)
    hotel.fill(2, price=13_000)
    mine, theirs = opened(sign_in(hotel.olga)), opened(sign_in(hotel.rita))
    drawer, hers = listed(mine), listed(theirs)
    expect(line(drawer, 1)).to_contain_text("Price: not set → €120.00")
    expect(line(drawer, 1)).to_contain_text("Double · Flexible")
    expect(line(drawer, 1)).to_contain_text("Olga Owner")
    expect(line(hers, 1)).to_contain_text("1 cell")
    expect(hers.get_by_role("button", name=re.compile("^Undo"))).to_have_count(0)
    line(drawer, 1).get_by_role("button", name=re.compile("^Undo")).click()
    expect(line(drawer, 1)).to_contain_text("1 cell goes back to what it was.")
    expect(hotel.cell(mine, 1).locator("b")).to_have_text("120")
    line(drawer, 1).get_by_role("button", name="Take back").click()
    expect(hotel.cell(theirs, 1).locator("b")).to_have_text("100")
    expect(line(drawer, 2)).to_contain_text("taken back")
    expect(line(hers, 0)).to_contain_text("Price: €120.00 → not set")
    line(drawer, 0).get_by_role("button", name=re.compile("^Do again")).click()
    hotel.fill(1, price=14_000)
    expect(line(drawer, 1)).to_contain_text("there is nothing to undo")
    expect(drawer.get_by_role("button", name="Take back")).to_have_count(0)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_phone_shows_it_and_it_can_be_read(sign_in: SignIn, hotel: Priced, look: str) -> None:
    hotel.fill(1, price=12_000, closed_arrival=True, min_stay=3)
    page = opened(sign_in(hotel.olga, **PHONE, color_scheme=look))
    drawer = listed(page)
    line(drawer, 0).get_by_role("button", name=re.compile("^Undo")).tap()
    expect(drawer.get_by_role("button", name="Take back")).to_be_visible()
    assert (page.evaluate(NAMELESS), page.evaluate(CONTRAST)) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
