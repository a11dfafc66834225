"""What stands against other dates and parties, asked in real browsers: with the mouse, the keyboard, on a phone, and live."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from pms.kernel.db import work
from pms.rates.parties import PartyFields, price_party
from pms.reservations.move import move
from tests.builders import Cast
from tests.screens.test_calendar import SignIn, bar, day_width, drag, opened
from tests.screens.test_calendar_rates import Priced
from tests.screens.test_shell import CONTRAST, NAMELESS

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def hotel(cast: Cast, seaside: UUID) -> Priced:
    """Whoever stays alone pays 30.00 less a night; the fourth night from today is closed."""
    house = Priced(cast, seaside)
    with work(cast.olga) as db:
        price_party(db, house.double, 0, PartyFields(base_adults=1, extra_adult=3_000))
    house.fill(4, closed=True)
    return house


def _question(page: Page) -> Locator:
    return page.get_by_role("dialog", name=re.compile("all the same"))


def _by_keyboard(page: Page, name: str) -> None:
    bar(page, name).focus()
    for key in ("e", "ArrowRight", "Enter"):
        page.keyboard.press(key)


def test_a_stretch_over_a_closed_night_is_asked_and_done_by_keyboard(sign_in: SignIn, hotel: Priced) -> None:
    hotel.book("Nowak", 2, 2)
    page, theirs = opened(sign_in(hotel.rita)), opened(sign_in(hotel.olga))
    _by_keyboard(page, "Nowak")
    expect(_question(page)).to_contain_text("Closed on")
    expect(_question(page).get_by_role("button", name="Leave it as it was")).to_be_focused()
    page.keyboard.press("Escape")
    expect(_question(page)).to_be_hidden()
    expect(bar(page, "Nowak")).to_be_focused()
    expect(bar(page, "Nowak")).to_have_attribute("aria-label", re.compile("2 nights"))
    _by_keyboard(page, "Nowak")
    expect(_question(page).get_by_role("button", name="Leave it as it was")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for one in (page, theirs):
        expect(bar(one, "Nowak")).to_have_attribute("aria-label", re.compile("3 nights"))
    page.get_by_role("button", name="Undo").click()
    expect(bar(theirs, "Nowak")).to_have_attribute("aria-label", re.compile("2 nights"))


def test_the_question_stays_true_while_it_is_asked(sign_in: SignIn, hotel: Priced) -> None:
    stay = hotel.book("Nowak", 2, 2)
    page = opened(sign_in(hotel.rita))
    drag(page, bar(page, "Nowak"), day_width(page), 0, grab=1)
    expect(_question(page)).to_contain_text("Closed on")
    hotel.fill(4, closed=None)
    expect(_question(page)).to_contain_text("Nothing stands against it any more.")
    with work(hotel.olga) as db:
        move(db, stay, 1, hotel.units[1])
    expect(_question(page)).to_be_hidden()


def test_the_drawer_asks_about_closed_nights_and_which_price_a_party_pays(sign_in: SignIn, hotel: Priced) -> None:
    stay = hotel.book("Nowak", 2, 2)
    page = opened(sign_in(hotel.rita), f"/calendar?stay={stay}")
    drawer = page.locator("#stay-drawer")
    page.get_by_role("button", name="Edit: Stay").click()
    drawer.get_by_label("Departure").fill(hotel.day(5).isoformat())
    drawer.get_by_label("Adults").fill("1")
    drawer.get_by_role("button", name="Save").click()
    expect(drawer.get_by_label("Sell it all the same")).to_be_focused()
    expect(drawer).to_contain_text("The price changes from €360.00 to €300.00.")
    expect(drawer.get_by_label("Keep €360.00")).to_be_checked()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(drawer.get_by_label("Take €300.00")).to_be_checked()
    page.keyboard.press("Enter")
    expect(drawer).to_contain_text("1 adult")
    expect(drawer).to_contain_text("€300.00")
    expect(drawer).to_contain_text("3 nights")


def test_the_drawer_says_what_added_nights_cost_as_soon_as_their_dates_are_typed(sign_in: SignIn, hotel: Priced) -> None:
    hotel.fill(4, closed=None, price=15_050)
    stay = hotel.book("Nowak", 2, 2)
    page = opened(sign_in(hotel.rita), f"/calendar?stay={stay}")
    drawer = page.locator("#stay-drawer")
    page.get_by_role("button", name="Edit: Stay").click()
    drawer.get_by_label("Departure").fill(hotel.day(5).isoformat())
    costs = drawer.locator("#stay-costs")
    expect(costs).to_contain_text("€180.50")
    expect(costs.locator(".sum")).to_contain_text("+€180.50 €440.50")
    assert (page.evaluate(NAMELESS), page.evaluate(CONTRAST)) == ([], [])
    drawer.get_by_role("button", name="Save").click()
    expect(drawer).to_contain_text("3 nights")
    expect(drawer).to_contain_text("€440.50")


def test_a_phone_is_asked_the_same(sign_in: SignIn, hotel: Priced) -> None:
    stay = hotel.book("Nowak", 2, 2)
    page = sign_in(hotel.rita, **PHONE)
    page.goto(f"/calendar?stay={stay}")
    drawer = page.locator("#stay-drawer")
    page.get_by_role("button", name="Edit: Stay").tap()
    drawer.get_by_label("Adults").fill("1")
    expect(drawer.get_by_label("Keep €260.00")).to_be_checked()
    drawer.get_by_role("button", name="Save").tap()
    expect(drawer).to_contain_text("1 adult")
    expect(drawer).to_contain_text("€260.00")


@pytest.mark.parametrize("look", ["light", "dark"])
def test_what_is_asked_has_a_name_and_can_be_read(sign_in: SignIn, hotel: Priced, look: str) -> None:
    stay = hotel.book("Nowak", 2, 2)
    page = opened(sign_in(hotel.rita, color_scheme=look))
    _by_keyboard(page, "Nowak")
    expect(_question(page)).to_contain_text("Closed on")
    assert (page.evaluate(NAMELESS), page.evaluate(CONTRAST)) == ([], [])
    page.keyboard.press("Escape")
    expect(_question(page)).to_be_hidden()
    page.goto(f"/calendar?stay={stay}")
    page.get_by_role("button", name="Edit: Stay").click()
    drawer = page.locator("#stay-drawer")
    drawer.get_by_label("Departure").fill(hotel.day(5).isoformat())
    drawer.get_by_label("Adults").fill("1")
    drawer.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Sell it all the same")).to_be_focused()
    assert (page.evaluate(NAMELESS), page.evaluate(CONTRAST)) == ([], [])
