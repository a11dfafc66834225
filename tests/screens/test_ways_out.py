"""An oversold night in real browsers: from the calendar to the letter in the guest's hand."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from pms.inventory.allowance import allow
from pms.kernel.db import work
from tests.builders import Cast, a_property, a_room_type
from tests.screens.test_calendar import Hotel, SignIn, bar, opened
from tests.screens.test_phone import PHONE
from tests.screens.test_shell import CONTRAST, NAMELESS


@pytest.fixture
def hotel(cast: Cast, seaside: UUID) -> Hotel:
    """Four stays on three doubles tomorrow night, and a sister with one room."""
    house = Hotel(cast, seaside)
    with work(cast.olga) as db:
        allow(db, seaside, {(house.double, house.day(n)): 1 for n in range(1, 5)})
    for n, name in enumerate(("Kazlauskas", "Müller", "Nowak")):
        house.book(name, 1, 3, n)
    house.book("Onaitis", 1, 2, None)
    a_room_type(cast.olga, a_property(cast.olga, "Hillside"), "Twin", 1)
    return house


def sheet(page: Page) -> Locator:
    return page.locator("#ways-out")


def test_a_guest_is_walked_from_the_calendar_and_gets_a_letter(sign_in: SignIn, hotel: Hotel) -> None:
    page, theirs = opened(sign_in(hotel.rita)), opened(sign_in(hotel.olga))
    page.get_by_role("button", name=re.compile("Double, .*: 1 guest too many. Ways out")).first.click()
    expect(sheet(page)).to_contain_text("1 guest too many")
    expect(sheet(page).get_by_role("button", name=re.compile("^Anna Onaitis"))).to_have_attribute("aria-pressed", "true")
    expect(sheet(page).get_by_role("button", name="Move Anna Onaitis to Hillside")).to_be_visible()
    sheet(page).get_by_role("button", name="Walk Anna Onaitis").click()
    expect(sheet(page).get_by_label("Hotel", exact=True)).to_be_focused()
    sheet(page).get_by_label("Hotel", exact=True).fill("Hilton")
    sheet(page).get_by_label("Room, all nights").fill("much")
    sheet(page).get_by_role("button", name="Walk Anna Onaitis").click()
    expect(sheet(page)).to_contain_text("This is not an amount of money.")
    sheet(page).get_by_label("Room, all nights").fill("240")
    sheet(page).get_by_role("button", name="Walk Anna Onaitis").click()
    expect(sheet(page)).to_contain_text("A room for everybody")
    expect(bar(theirs, "Onaitis")).to_have_count(0)
    href = sheet(page).get_by_role("link", name="Letter for the guest: Lietuvių").get_attribute("href")
    answer = page.request.get(str(href))
    assert (answer.status, answer.headers["content-type"], answer.body()[:5]) == (200, "application/pdf", b"%PDF-")


def test_where_rates_are_shown_the_number_opens_it_and_the_price_its_cell(sign_in: SignIn, hotel: Hotel) -> None:
    page = opened(sign_in(hotel.olga))
    page.keyboard.press("r")
    price = page.get_by_role("button", name=re.compile("^Double, .*: 100, oversold")).first
    price.get_by_text("−1").click()
    expect(sheet(page)).to_contain_text("1 guest too many")
    expect(page.locator("#cell-sheet")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(sheet(page)).to_be_hidden()
    price.locator("b").click()
    expect(page.locator("#cell-sheet")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#cell-sheet")).to_be_hidden()
    price.focus()
    page.keyboard.press("w")
    expect(sheet(page)).to_contain_text("Who was sold it")


def test_the_drawer_leads_to_a_sister_property(sign_in: SignIn, hotel: Hotel) -> None:
    page = opened(sign_in(hotel.rita))
    bar(page, "Onaitis").click()
    page.locator("#stay-drawer").get_by_role("button", name="Ways out").click()
    expect(page.locator("#stay-drawer")).to_be_hidden()
    sheet(page).get_by_role("button", name="Move Anna Onaitis to Hillside").click()
    expect(sheet(page).get_by_role("button", name="Leave it here")).to_be_focused()
    sheet(page).get_by_role("button", name="Move there").click()
    expect(sheet(page)).to_contain_text("A room for everybody")
    expect(bar(page, "Onaitis")).to_have_count(0)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_phone_opens_it_from_the_day_and_it_can_be_read(sign_in: SignIn, hotel: Hotel, look: Any) -> None:
    page = sign_in(hotel.rita, **PHONE, color_scheme=look)
    page.goto(f"/calendar?date={hotel.day(1)}")
    page.locator(".day-line", has_text="1 guest too many").tap()
    expect(sheet(page)).to_contain_text("Who was sold it")
    sheet(page).get_by_role("button", name="Walk Anna Onaitis").tap()
    expect(sheet(page).get_by_label("Hotel", exact=True)).to_be_focused()
    assert (page.evaluate(NAMELESS), page.evaluate(CONTRAST)) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
