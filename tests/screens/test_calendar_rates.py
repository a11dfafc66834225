"""The calendar's rates mode and the plan of a stay, in real browsers: two people on one chart, the keyboard, a phone."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from pms.kernel.db import work
from pms.rates.cells import Edit, change_cells
from pms.rates.load import house_of
from pms.rates.plans import PlanFields, create_plan
from pms.ui.calendar.rows import day_number
from tests.builders import Cast
from tests.screens.test_calendar import Hotel, SignIn, bar, opened
from tests.screens.test_shell import CONTRAST, NAMELESS


class Priced(Hotel):
    """The house by the sea with a second plan, ten per cent below the standard one."""

    def __init__(self, cast: Cast, house: UUID) -> None:
        super().__init__(cast, house)
        with work(cast.olga) as db:
            found = house_of(db, house).default_plan_id
            assert found
            self.flexible = found
            self.strict = create_plan(db, house, PlanFields("NR", "Strict", parent_id=found, percent=-1_000)).id

    def fill(self, n: int, plan: UUID | None = None, **values: Any) -> None:
        with work(self.olga) as db:
            change_cells(db, self.id, [Edit((plan or self.flexible, self.double, self.day(n)), values)])

    def price(self, page: Page, n: int) -> Locator:
        """The price of the first room type, n days from today."""
        return page.locator(f'.rate-day[data-a="{day_number(self.day(n))}"]').first


@pytest.fixture
def hotel(cast: Cast, seaside: UUID) -> Priced:
    return Priced(cast, seaside)


def _switched(page: Page) -> Page:
    page.get_by_role("button", name="Rates", exact=True).click()
    page.locator(".rate-day").first.wait_for()
    return page


def test_a_price_changed_in_one_browser_shows_in_the_rates_of_the_other(sign_in: SignIn, hotel: Priced) -> None:
    mine, theirs = _switched(opened(sign_in(hotel.olga))), _switched(opened(sign_in(hotel.rita)))
    expect(hotel.price(theirs, 2).locator("b")).to_have_text("100")
    hotel.price(mine, 2).click()
    cell = mine.get_by_role("dialog", name="Flexible")
    cell.get_by_label("Price").fill("123.5")
    cell.get_by_role("button", name="Save").click()
    expect(hotel.price(theirs, 2).locator("b")).to_have_text("123.50")
    expect(hotel.price(mine, 2).locator("b")).to_have_text("123.50")
    hotel.fill(3, closed=True, min_stay=2)
    expect(hotel.price(theirs, 3)).to_have_class(re.compile(r"\bc\b"))
    words = re.compile("Double, Flexible, EUR, .*: 100, 3 rooms left, closed, at least 2 nights")
    expect(hotel.price(theirs, 3)).to_have_attribute("title", words)
    hotel.book("Nowak", 4, 1)
    expect(hotel.price(theirs, 4).locator("small")).to_have_text("2")


def test_whose_prices_are_shown_is_chosen_and_kept(sign_in: SignIn, hotel: Priced) -> None:
    page = opened(sign_in(hotel.rita))
    expect(page.locator(".rate-day")).to_have_count(0)
    _switched(page).get_by_label("Rate plan whose prices are shown").select_option("Strict")
    expect(hotel.price(page, 1).locator("b")).to_have_text("90")
    expect(page).to_have_url(re.compile("rates="))
    page.reload()
    expect(hotel.price(page, 1).locator("b")).to_have_text("90")
    page.get_by_role("button", name="Rates", exact=True).click()
    expect(page.locator(".rate-day")).to_have_count(0)
    page.goto("/calendar")
    expect(page.locator(".line.u").first).to_be_visible()
    expect(page.locator(".rate-day")).to_have_count(0)


def test_the_keyboard_turns_rates_on_goes_to_a_price_and_opens_it(sign_in: SignIn, hotel: Priced) -> None:
    hotel.book("Nowak", 1, 1, unit=0)
    page = opened(sign_in(hotel.olga))
    page.keyboard.press("r")
    page.locator(".rate-day").first.wait_for()
    bar(page, "Nowak").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".rate-day:focus")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Flexible")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Flexible")).to_be_hidden()
    page.keyboard.press("r")
    expect(page.locator(".rate-day")).to_have_count(0)


def test_the_place_stays_when_rates_make_the_days_wider(sign_in: SignIn, hotel: Priced) -> None:
    for n in range(40):
        hotel.fill(n, price=1_234_550)
    page = opened(sign_in(hotel.rita), "/calendar?days=62")
    first = page.locator("#chart").evaluate("(chart) => chart.scrollLeft / chart.querySelector('.day').offsetWidth")
    _switched(page)
    expect(hotel.price(page, 3)).to_be_in_viewport()
    wider = page.locator("#chart").evaluate("(chart) => chart.scrollLeft / chart.querySelector('.day').offsetWidth")
    assert abs(first - wider) < 0.2
    assert not hotel.price(page, 3).locator("b").evaluate("(price) => price.scrollWidth > price.parentElement.clientWidth")


def test_a_plan_changed_in_one_drawer_shows_in_the_other(sign_in: SignIn, hotel: Priced) -> None:
    stay = hotel.book("Nowak", 1, 2)
    mine, theirs = (opened(sign_in(one), f"/calendar?stay={stay}") for one in (hotel.olga, hotel.rita))
    expect(theirs.locator("#stay-drawer")).to_contain_text("€200.00")
    mine.get_by_role("button", name="Edit: Rate plan").click()
    mine.get_by_label("Sold as").select_option(label="Strict · €180.00 · −€20.00")
    expect(mine.locator("#stay-drawer .difference")).to_have_text("−€20.00")
    mine.get_by_label("Reason").fill("Pays now")
    mine.get_by_role("button", name="Save").click()
    for page in (mine, theirs):
        expect(page.locator("#stay-drawer")).to_contain_text("Strict")
        expect(page.locator("#stay-drawer")).to_contain_text("€180.00")
    expect(theirs.locator("#stay-drawer")).to_contain_text("Rate plan Flexible → Strict: Pays now")
    mine.get_by_role("button", name="Undo", exact=True).click()
    expect(theirs.locator("#stay-drawer .facts").first).to_be_visible()
    expect(theirs.locator("#stay-drawer")).to_contain_text("€200.00")


def test_agreed_prices_need_a_reason_and_show_it(sign_in: SignIn, hotel: Priced) -> None:
    stay = hotel.book("Nowak", 1, 2)
    page = opened(sign_in(hotel.olga), f"/calendar?stay={stay}")
    page.get_by_role("button", name="Edit: Nights").click()
    page.get_by_label("Every night").fill("80")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Reason for this price")).to_be_focused()
    page.get_by_label("Reason for this price").fill("Regular guest")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#stay-drawer")).to_contain_text("€160.00")
    expect(page.locator("#stay-drawer")).to_contain_text("Prices changed: Regular guest")


def test_a_phone_unfolds_what_the_day_costs(sign_in: SignIn, hotel: Priced) -> None:
    page = sign_in(hotel.olga, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto("/calendar")
    page.get_by_role("button", name="Rates", exact=True).tap()
    page.get_by_role("button", name=re.compile("^Double, Flexible, EUR")).tap()
    cell = page.get_by_role("dialog", name="Flexible")
    cell.get_by_label("Price").fill("88")
    cell.get_by_role("button", name="Save").tap()
    expect(page.get_by_role("button", name=re.compile("^Double, Flexible, EUR"))).to_contain_text("88")


def test_a_phone_keeps_rates_off_and_its_day_when_the_line_comes_back(sign_in: SignIn, hotel: Priced) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    agent = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36"
    page: Any = sign_in(hotel.olga, **phone, user_agent=agent)
    page.goto(f"/calendar?rates=standard&date={hotel.day(3)}")
    priced = page.locator(".day-list").get_by_role("button", name=re.compile("^Double, Flexible, EUR"))
    expect(priced).to_be_visible()
    page.get_by_role("button", name="Rates", exact=True).tap()
    expect(priced).to_have_count(0)
    page.get_by_role("button", name="The day after").tap()
    expect(page).to_have_url(re.compile(rf"date={hotel.day(4)}"))
    expect(page).not_to_have_url(re.compile("rates="))
    page.context.set_offline(True)
    expect(page.get_by_text("Connection lost")).to_be_visible(timeout=15_000)
    hotel.book("Virtanen", 4, unit=1)
    page.context.set_offline(False)
    expect(page.get_by_role("button", name=re.compile("Virtanen"))).to_be_visible(timeout=20_000)
    expect(priced).to_have_count(0)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_everything_has_a_name_and_can_be_read(sign_in: SignIn, hotel: Priced, look: str) -> None:
    hotel.fill(1, closed=True, min_stay=2, price=12_000)
    stay = hotel.book("Nowak", 3, 2)
    page = _switched(opened(sign_in(hotel.olga, color_scheme=look)))
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(CONTRAST) == []
    page.goto(f"/calendar?stay={stay}")
    page.get_by_role("button", name="Edit: Rate plan").click()
    page.locator("#stay-drawer .difference, #stay-drawer .sum em").first.wait_for()
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(CONTRAST) == []
