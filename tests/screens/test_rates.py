"""The rates grid in real browsers: two people on one grid, the mouse, the keyboard, the clipboard, a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from pms.kernel.dates import today
from pms.kernel.db import work
from pms.rates.cells import Edit, change_cells
from pms.rates.load import house_of
from pms.rates.plans import PlanFields, create_plan
from pms.ui.calendar.rows import day_number
from tests.builders import Cast
from tests.screens.test_shell import CONTRAST, NAMELESS

SignIn = Callable[..., Page]


class Priced:
    """Olga's house by the sea with a plan that derives from the flexible one."""

    def __init__(self, cast: Cast, house: UUID) -> None:
        self.olga, self.rita, self.id, self.today = cast.olga, cast.rita, house, today("Europe/Vilnius")
        with work(cast.olga) as db:
            found = house_of(db, house)
            assert found.default_plan_id is not None
            self.flexible, self.double = found.default_plan_id, found.types[0].id
            create_plan(db, house, PlanFields("NR", "Strict", parent_id=self.flexible, percent=-1_000))

    def day(self, n: int) -> date:
        return self.today + timedelta(n)

    def fill(self, n: int, **values: Any) -> None:
        with work(self.olga) as db:
            change_cells(db, self.id, [Edit((self.flexible, self.double, self.day(n)), values)])

    def cell(self, page: Page, n: int, plan: str = "Flexible", kind: int = 0) -> Locator:
        """The cell of a plan in the first or second room type, n days from today."""
        line = page.locator(".rate-line", has=page.get_by_role("rowheader").filter(has_text=re.compile(f"^{plan}"))).nth(kind)
        return line.locator(f'.rate[data-d="{day_number(self.day(n))}"]')

    def sold(self, page: Page, n: int) -> Locator:
        """The first room type's own cell, n days from today."""
        return page.locator(f'.rate-line.t .sold[data-d="{day_number(self.day(n))}"]').first


@pytest.fixture
def hotel(cast: Cast, seaside: UUID) -> Priced:
    return Priced(cast, seaside)


def opened(page: Page, path: str = "/rates") -> Page:
    """The grid, drawn and listening."""
    page.goto(path)
    page.locator(".rate-line.m").first.wait_for()
    return page


def test_a_price_typed_in_one_browser_shows_in_the_other(sign_in: SignIn, hotel: Priced) -> None:
    mine, theirs = opened(sign_in(hotel.olga)), opened(sign_in(hotel.rita))
    hotel.cell(mine, 2).click()
    mine.keyboard.type("123.5")
    mine.keyboard.press("Enter")
    expect(hotel.cell(theirs, 2).locator("b")).to_have_text("123.50")
    expect(hotel.cell(theirs, 2, "Strict").locator("b")).to_have_text("111.15")
    expect(hotel.cell(mine, 2)).not_to_have_attribute("data-saving", re.compile(".*"))
    expect(hotel.cell(mine, 2, kind=0)).to_have_attribute("aria-label", re.compile("Flexible, Double, .*123.50, set by hand"))
    mine.keyboard.press("Control+z")
    expect(hotel.cell(theirs, 2).locator("b")).to_have_text("100")
    mine.keyboard.press("Control+y")
    expect(hotel.cell(theirs, 2).locator("b")).to_have_text("123.50")


def test_rooms_beyond_the_house_are_typed_in_one_browser_and_show_in_the_other(sign_in: SignIn, hotel: Priced) -> None:
    mine, theirs = opened(sign_in(hotel.olga)), opened(sign_in(hotel.rita))
    calendar = sign_in(hotel.rita)
    calendar.goto("/calendar")
    calendar.locator(".bar, .lane").first.wait_for()
    before = calendar.locator(".counts, .heads").first.inner_text()
    hotel.sold(mine, 2).click()
    mine.keyboard.type("1")
    mine.keyboard.press("Enter")
    expect(hotel.sold(theirs, 2)).to_have_attribute("aria-label", re.compile("1 of them overbooking"))
    expect(hotel.sold(mine, 2).locator("sup")).to_have_text("+1")
    expect(calendar.locator(".counts, .heads").first).not_to_have_text(before)
    hotel.cell(mine, 3).click()
    mine.keyboard.press("Shift+ArrowRight")
    mine.keyboard.press("o")
    mine.keyboard.type("1")
    mine.keyboard.press("Enter")
    for n in (3, 4):
        expect(hotel.sold(theirs, n).locator("sup")).to_have_text("+1")
    mine.keyboard.press("Control+z")
    expect(hotel.sold(theirs, 3).locator("sup")).to_have_count(0)
    hotel.sold(theirs, 2).click()
    expect(theirs.locator(".cell-editor")).to_be_hidden()


def test_two_people_over_one_cell_one_wins_and_the_other_is_told(sign_in: SignIn, hotel: Priced) -> None:
    page = opened(sign_in(hotel.olga))
    hotel.cell(page, 1).click()
    page.keyboard.type("99")
    hotel.fill(1, price=7_700)  # faster, while the first is still typing
    expect(hotel.cell(page, 1, "Strict").locator("b")).to_have_text("69.30")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Olga Owner changed this cell a moment ago; the price is €77.00 now.")).to_be_visible()
    expect(hotel.cell(page, 1).locator("b")).to_have_text("77")


def test_esc_keeps_the_price_and_delete_gives_it_back_to_the_rules(sign_in: SignIn, hotel: Priced) -> None:
    hotel.fill(1, price=7_700)
    page = opened(sign_in(hotel.olga))
    hotel.cell(page, 1).click()
    page.keyboard.type("5")
    page.keyboard.press("Escape")
    expect(hotel.cell(page, 1).locator("b")).to_have_text("77")
    page.keyboard.press("Delete")
    expect(hotel.cell(page, 1).locator("b")).to_have_text("100")


def test_a_rectangle_is_copied_pasted_and_filled(sign_in: SignIn, hotel: Priced) -> None:
    hotel.fill(1, price=11_150)
    page = sign_in(hotel.olga)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page)
    hotel.cell(page, 1).click()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("[aria-selected=true]")).to_have_count(4)
    page.keyboard.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == "111.50\t100\n100.35\t90"
    page.evaluate("navigator.clipboard.writeText('140\\t150,5\\n')")
    hotel.cell(page, 4, kind=1).click()
    page.keyboard.press("Control+v")
    expect(hotel.cell(page, 4, kind=1).locator("b")).to_have_text("140")
    expect(hotel.cell(page, 5, kind=1).locator("b")).to_have_text("150.50")
    handle, target = page.locator(".chosen-cells .fill").bounding_box(), hotel.cell(page, 7, kind=1).bounding_box()
    assert handle
    assert target
    page.mouse.move(handle["x"] + 4, handle["y"] + 4)
    page.mouse.down()
    page.mouse.move(target["x"] + 20, target["y"] + 20, steps=6)
    page.mouse.up()
    expect(hotel.cell(page, 6, kind=1).locator("b")).to_have_text("140")
    expect(hotel.cell(page, 7, kind=1).locator("b")).to_have_text("150.50")


def test_what_is_too_large_is_not_pasted_at_all_and_says_so(sign_in: SignIn, hotel: Priced) -> None:
    page = sign_in(hotel.olga)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page)
    for n, lines in ((12, "140\\t150\\t160"), (1, "\\n".join(["140"] * 40))):
        page.evaluate(f"navigator.clipboard.writeText('{lines}')")
        hotel.cell(page, n).click()
        page.keyboard.press("Control+v")
        expect(page.get_by_text("nothing was pasted").last).to_be_visible()
        expect(hotel.cell(page, n).locator("b")).to_have_text("100")
    page.evaluate(f"navigator.clipboard.writeText('140\\t{'1' * 41}')")
    hotel.cell(page, 1).click()
    page.keyboard.press("Control+v")
    expect(page.get_by_text("longer than any price: nothing was pasted")).to_be_visible()
    expect(page.locator("[data-saving]")).to_have_count(0)
    expect(hotel.cell(page, 1).locator("b")).to_have_text("100")


def _dragged(page: Page, target: Locator) -> None:
    """Draw the fill handle of what is chosen to a cell."""
    handle, cell = page.locator(".chosen-cells .fill").bounding_box(), target.bounding_box()
    assert handle
    assert cell
    page.mouse.move(handle["x"] + 4, handle["y"] + 4)
    page.mouse.down()
    page.mouse.move(cell["x"] + 20, cell["y"] + 20, steps=6)
    page.mouse.up()


def test_the_handle_fills_to_the_left_and_up_and_repeats_what_was_chosen_from_its_end(sign_in: SignIn, hotel: Priced) -> None:
    hotel.fill(5, price=14_000)
    hotel.fill(6, price=15_000)
    page = opened(sign_in(hotel.olga))
    hotel.cell(page, 5).click()
    page.keyboard.press("Shift+ArrowRight")
    _dragged(page, hotel.cell(page, 2))
    for n, price in ((4, "150"), (3, "140"), (2, "150")):
        expect(hotel.cell(page, n).locator("b")).to_have_text(price)
    expect(hotel.cell(page, 1).locator("b")).to_have_text("100")
    hotel.cell(page, 8, kind=1).click()
    page.keyboard.type("199")
    page.keyboard.press("Enter")
    hotel.cell(page, 8, kind=1).click()
    _dragged(page, hotel.cell(page, 8))
    expect(hotel.cell(page, 8).locator("b")).to_have_text("199")
    page.keyboard.press("Control+z")
    expect(hotel.cell(page, 8).locator("b")).to_have_text("100")


def test_the_keyboard_fills_up_and_to_the_left_from_where_choosing_began(sign_in: SignIn, hotel: Priced) -> None:
    page = opened(sign_in(hotel.olga))
    hotel.cell(page, 4, kind=1).click()
    page.keyboard.type("177")
    page.keyboard.press("Enter")
    hotel.cell(page, 4, kind=1).click()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Control+Enter")
    for n in (3, 4):
        expect(hotel.cell(page, n).locator("b")).to_have_text("177")
        expect(hotel.cell(page, n, kind=1).locator("b")).to_have_text("177")


HOLD = """() => {
  const send = WebSocket.prototype.send, held = [];
  WebSocket.prototype.send = function (what) { held.push([this, what]); };
  window.letGo = () => { WebSocket.prototype.send = send; for (const [socket, what] of held) socket.send(what); };
}"""
"""Nothing reaches the server until `letGo`."""


def test_what_is_still_being_saved_is_filled_as_it_was_typed(sign_in: SignIn, hotel: Priced) -> None:
    page = opened(sign_in(hotel.olga))
    page.evaluate(HOLD)
    hotel.cell(page, 1).click()
    page.keyboard.type("177")
    page.keyboard.press("Enter")
    hotel.cell(page, 1).click()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+r")
    page.evaluate("window.letGo()")
    expect(hotel.cell(page, 2).locator("b")).to_have_text("177")
    expect(hotel.cell(page, 1).locator("b")).to_have_text("177")


def test_what_reaches_further_down_than_is_loaded_is_pasted_wholly(sign_in: SignIn, hotel: Priced) -> None:
    with work(hotel.olga) as db:
        for n in range(16):
            create_plan(db, hotel.id, PlanFields(f"P{n}", f"Plan {n:02}"))
    page = sign_in(hotel.olga, viewport={"width": 1440, "height": 420})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page)
    assert page.locator(".rate-line.m").count() < 30, "not all rows are loaded"
    lines = "\n".join(f"{201 + n}\t301" for n in range(36))
    page.evaluate("(lines) => navigator.clipboard.writeText(lines)", lines)
    hotel.cell(page, 3).click()
    page.keyboard.press("Control+v")
    expect(page.get_by_text("68 cells changed")).to_be_visible()
    expect(hotel.cell(page, 3).locator("b")).to_have_text("201")
    expect(page.locator("[data-saving]")).to_have_count(0)
    page.locator("#rate-grid").evaluate("(grid) => grid.scrollTo(0, grid.scrollHeight)")
    last = page.locator(".rate-line", has=page.get_by_role("rowheader").filter(has_text="Plan 15")).last
    cell = last.locator(f'.rate[data-d="{day_number(hotel.day(3))}"]')
    expect(cell.locator("b")).to_have_text("235")  # the row below it follows another plan
    cell.click()
    page.keyboard.press("Control+v")
    expect(page.get_by_text("nothing was pasted")).to_be_visible()
    expect(cell.locator("b")).to_have_text("235")
    expect(page.locator("[data-saving]")).to_have_count(0)


def test_a_rectangle_is_filled_down_and_to_the_right_by_keyboard(sign_in: SignIn, hotel: Priced) -> None:
    hotel.fill(1, price=12_000)
    page = opened(sign_in(hotel.olga))
    hotel.cell(page, 1).click()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+r")
    expect(hotel.cell(page, 4).locator("b")).to_have_text("120")
    for _ in range(2):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    expect(hotel.cell(page, 4, kind=1).locator("b")).to_have_text("120")


def test_shortest_stays_are_copied_pasted_filled_typed_and_cleared_as_prices_are(sign_in: SignIn, hotel: Priced) -> None:
    hotel.fill(1, min_stay=3, closed_arrival=True)
    page = sign_in(hotel.olga)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page)
    page.get_by_label("Typed, copied, filled").select_option(label="Shortest stay")
    expect(hotel.cell(page, 1).get_by_text("CTA")).to_be_hidden()
    hotel.cell(page, 1).click()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == "3\t-"
    hotel.cell(page, 4, kind=1).click()
    page.keyboard.press("Control+v")
    expect(hotel.cell(page, 4, kind=1)).to_contain_text("min 3")
    page.evaluate("navigator.clipboard.writeText('5\\t2\\n')")
    hotel.cell(page, 6).click()
    page.keyboard.press("Control+v")
    expect(hotel.cell(page, 7)).to_contain_text("min 2")
    expect(hotel.cell(page, 6)).to_contain_text("min 5")
    hotel.cell(page, 8).click()
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    expect(hotel.cell(page, 8)).to_contain_text("min 4")
    hotel.cell(page, 6).click()
    page.keyboard.press("Delete")
    expect(hotel.cell(page, 6)).not_to_contain_text("min 5")
    expect(hotel.cell(page, 6).locator("b")).to_have_text("100")


def test_letters_switch_restrictions_on_what_is_chosen(sign_in: SignIn, hotel: Priced) -> None:
    page = opened(sign_in(hotel.olga))
    hotel.cell(page, 1).click()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("c")
    expect(hotel.cell(page, 2)).to_have_class(re.compile(r"\bc\b"))
    page.keyboard.press("m")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(hotel.cell(page, 2)).to_contain_text("min 3")
    hotel.cell(page, 1).locator(".stop").click()
    panel = page.get_by_role("dialog", name=re.compile("^Why"))
    expect(panel.locator("ul").get_by_role("listitem")).to_have_count(2)
    expect(panel.locator(".story")).to_contain_text("Shortest stay: not set → 3")
    expect(panel).to_contain_text("Base price of the room type")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()


def test_a_derived_price_is_locked_and_says_whom_it_follows(sign_in: SignIn, hotel: Priced) -> None:
    page = opened(sign_in(hotel.olga))
    hotel.cell(page, 1, "Strict").click()
    page.keyboard.type("5")
    expect(page.get_by_text("Strict follows Flexible")).to_be_visible()
    expect(page.locator(".plan-name", has_text="Strict").first).to_contain_text("Flexible −10%")


def test_change_many_says_what_it_does_and_is_one_step(sign_in: SignIn, hotel: Priced) -> None:
    page = opened(sign_in(hotel.olga))
    page.get_by_role("button", name="Change many").click()
    dialog = page.get_by_role("dialog", name="Change many")
    dialog.get_by_label("Value").fill("+8")
    expect(dialog.get_by_text("Changes 28 cells. Undone as one step.")).to_be_visible()
    dialog.get_by_role("button", name="Change 28 cells").click()
    expect(hotel.cell(page, 3).locator("b")).to_have_text("108")
    page.get_by_role("button", name="Undo").click()
    expect(hotel.cell(page, 3).locator("b")).to_have_text("100")


def test_whoever_may_not_change_rates_only_reads(sign_in: SignIn, hotel: Priced) -> None:
    page = opened(sign_in(hotel.rita))
    hotel.cell(page, 1).click()
    page.keyboard.type("5")
    expect(page.locator(".cell-editor")).to_be_hidden()
    expect(page.get_by_role("button", name="Change many")).to_have_count(0)


def test_the_keyboard_goes_everywhere_and_on_to_later_days(sign_in: SignIn, hotel: Priced) -> None:
    page = opened(sign_in(hotel.olga))
    page.evaluate("document.querySelector('#rate-grid').focus()")
    expect(hotel.cell(page, 0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(hotel.cell(page, 0, kind=1)).to_be_focused()
    page.keyboard.press("End")
    expect(hotel.cell(page, 13, kind=1)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(hotel.cell(page, 14, kind=1)).to_be_focused()


def test_a_phone_shows_a_day_and_edits_by_a_tap(sign_in: SignIn, hotel: Priced) -> None:
    page = opened(sign_in(hotel.olga, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True))
    expect(page.locator(".rate-line.m").first.locator(".rate")).to_have_count(1)
    hotel.cell(page, 0).tap()
    cell = page.get_by_role("dialog", name="Flexible")
    cell.get_by_label("Price").fill("222")
    cell.get_by_role("button", name="Save").tap()
    expect(hotel.cell(page, 0).locator("b")).to_have_text("222")
    page.get_by_role("button", name="The day after").tap()
    expect(hotel.cell(page, 1).locator("b")).to_have_text("100")


@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_phone_sets_all_nine_restrictions_by_thumb(sign_in: SignIn, hotel: Priced, look: str) -> None:
    page = opened(sign_in(hotel.olga, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, color_scheme=look))
    hotel.cell(page, 0).tap()
    cell = page.get_by_role("dialog", name="Flexible")
    for label in ("Closed", "No arrivals", "No departures"):
        cell.get_by_role("switch", name=label).tap()
        expect(cell.get_by_role("switch", name=label)).to_be_checked()
    numbers = ("Shortest stay", "Longest stay", "Shortest stay of arrivals", "Longest stay of arrivals")
    for value, label in enumerate((*numbers, "Days ahead, at least", "Days ahead, at most"), start=2):
        cell.get_by_label(label, exact=True).fill(str(value))
        cell.get_by_label(label, exact=True).blur()
        expect(hotel.cell(page, 0)).to_have_attribute("data-m", re.compile(rf"[a-zA-Z]{value}\b"))
    expect(hotel.cell(page, 0)).to_have_attribute("data-m", "n2,x3,N4,X5,a,d,f6,F7")
    cell.get_by_label("Shortest stay", exact=True).fill("9")
    cell.get_by_label("Shortest stay", exact=True).blur()
    expect(cell.get_by_text("the shortest stay would be above the longest")).to_be_visible()
    low = "[...document.querySelectorAll('#cell-sheet :is(input:not([role=switch]), .check)')].filter((e) => e.offsetHeight < 40)"
    assert page.evaluate(f"{low}.map((e) => e.id)") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (page.evaluate(NAMELESS), page.evaluate(CONTRAST)) == ([], [])
    cell.get_by_label("Longest stay", exact=True).fill("14")
    cell.get_by_label("Longest stay", exact=True).blur()
    expect(hotel.cell(page, 0)).to_have_attribute("data-m", re.compile("^n9,x14,"))


@pytest.mark.parametrize("look", ["light", "dark"])
def test_everything_has_a_name_and_can_be_read(sign_in: SignIn, hotel: Priced, look: str) -> None:
    hotel.fill(2, closed=True, min_stay=3, closed_arrival=True)
    page = opened(sign_in(hotel.olga, color_scheme=look))
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(CONTRAST) == []


CUT = """() => [...document.querySelectorAll(".rate")].filter((cell) => {
  const text = document.createRange();
  text.selectNodeContents(cell.querySelector("b"));
  return text.getBoundingClientRect().right > cell.getBoundingClientRect().right;
}).map((cell) => cell.textContent)"""


def test_a_month_of_prices_of_four_digits_and_cents_fits_a_desk_and_none_is_cut(desk: Page, hotel: Priced) -> None:
    for n in range(31):
        hotel.fill(n, price=123_450 + n, closed_arrival=True, min_stay=2)
    opened(desk, "/rates?days=31")
    expect(hotel.cell(desk, 1)).to_contain_text("1234.51")
    assert desk.evaluate(CUT) == []
    assert (
        desk.evaluate("(() => { const g = document.querySelector('#rate-grid'); return g.scrollWidth - g.clientWidth; })()") <= 0
    )


@pytest.mark.parametrize(
    ("size", "look"), [((1440, 900), "light"), ((390, 844), "dark")], ids=["a desk by day", "a phone by night"]
)
def test_selling_stops_on_one_channel_and_goes_on_on_all_others(
    sign_in: SignIn, hotel: Priced, size: tuple[int, int], look: str
) -> None:
    page = opened(sign_in(hotel.olga, viewport={"width": size[0], "height": size[1]}, color_scheme=look))
    phone = size[0] < 700
    page.get_by_role("button", name="Change many").click()
    dialog = page.get_by_role("dialog", name="Change many")
    dialog.get_by_label("Set").select_option("closed")
    dialog.get_by_role("button", name="Only on some").click()
    expect(dialog.get_by_text("Choose at least one channel, or all of them.")).to_be_visible()
    dialog.get_by_label("Booking.com").click()
    days = 1 if phone else 14
    expect(dialog.get_by_text(f"Changes {days * 4} cells, closes {days * 4}.")).to_be_visible()
    dialog.get_by_text("Only these channels change.").scroll_into_view_if_needed()
    dialog.get_by_role("button", name=f"Change {days * 4} cells").click()
    expect(hotel.cell(page, 0).locator(".apart")).to_be_visible()
    expect(hotel.cell(page, 0)).to_have_attribute("aria-label", re.compile("different on a channel"))
    expect(hotel.cell(page, 0).locator(".stop")).to_have_count(0)
    if phone:
        hotel.cell(page, 0).click()
        told = page.get_by_role("dialog", name="Flexible")
    else:
        hotel.cell(page, 0).click()
        page.keyboard.press("i")
        told = page.locator(".why")
    expect(told.get_by_text("Closed: yes")).to_be_visible()
    told.get_by_text("Closed: yes").scroll_into_view_if_needed()
    told.get_by_role("button", name="Set for single channels").click()
    expect(dialog.get_by_role("button", name="Only on some")).to_have_attribute("aria-pressed", "true")
    expect(dialog.get_by_label("Booking.com")).to_be_checked()
    expect(dialog.get_by_label("Expedia")).not_to_be_checked()
    dialog.get_by_role("button", name="Cancel").click()
    hotel.cell(page, 0).click() if phone else hotel.cell(page, 1).click()
    if not phone:
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("i")
    told.get_by_role("button", name="Clear what Booking.com has of its own").click()
    expect(hotel.cell(page, 0).locator(".apart")).to_have_count(0)
    if phone:
        told.get_by_role("button", name="Close").click()
    page.get_by_role("listitem").filter(has_text="1 cell changed").get_by_role("button", name="Undo").click()
    expect(hotel.cell(page, 0).locator(".apart")).to_have_count(1)
