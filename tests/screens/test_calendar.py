"""The calendar in real browsers: two people on one chart, the mouse, the keyboard, a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.properties.models import RoomType
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.life_cycle import cancel
from pms.reservations.move import move
from pms.reservations.nights import nights_of
from tests.builders import Cast, a_property, unit_ids
from tests.screens.test_shell import CONTRAST, NAMELESS

SignIn = Callable[..., Page]


class Hotel:
    """Olga's house by the sea, and shorthands to book in it."""

    def __init__(self, cast: Cast, house: UUID) -> None:
        self.olga, self.rita, self.id, self.today = cast.olga, cast.rita, house, today("Europe/Vilnius")
        with work(cast.olga) as db:
            wanted = select(RoomType.id).where(RoomType.property_id == house, RoomType.name == "Double")
            self.double = db.exec(wanted).one()
        self.units = unit_ids(cast.olga, self.double)

    def day(self, n: int) -> date:
        return self.today + timedelta(n)

    def book(self, name: str, first: int = 1, nights: int = 3, unit: int | None = 0, actor: Actor | None = None) -> UUID:
        """A stay in the unit of that number (None: unassigned); its id."""
        room = Room(self.double, self.day(first), self.day(first + nights), None if unit is None else self.units[unit])
        with work(actor or self.olga) as db:
            return book(db, Booking(self.id, GuestDetails(name, "Anna"), [room])).stays[0].id


@pytest.fixture
def hotel(cast: Cast, seaside: UUID) -> Hotel:
    return Hotel(cast, seaside)


def opened(page: Page, path: str = "/calendar") -> Page:
    """The calendar, drawn."""
    page.goto(path)
    expect(page.locator(".line.u").first).to_be_visible()
    return page


def line(page: Page, unit: str) -> Locator:
    """The row of a unit."""
    return page.locator(".line.u", has=page.get_by_role("rowheader").filter(has_text=re.compile(f"^{unit}")))


def bar(page: Page, name: str) -> Locator:
    return page.locator(".bar-of", has_text=name)


def drag(page: Page, what: Locator, dx: float, dy: float, grab: float = 0.5) -> None:
    """Press on a bar, `grab` of its width from its left edge, and let go so many pixels further."""
    box = what.bounding_box()
    assert box
    x, y = box["x"] + (box["width"] * grab if grab < 1 else box["width"] - 3), box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2, steps=4)
    page.mouse.move(x + dx, y + dy, steps=4)
    expect(page.locator(".ghost")).to_be_visible()
    page.mouse.up()


def day_width(page: Page) -> float:
    width: float = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.canvas')).getPropertyValue('--day'))")
    return width


def test_a_drag_in_one_browser_shows_in_the_other(sign_in: SignIn, hotel: Hotel) -> None:
    hotel.book("Müller")
    mine, theirs = opened(sign_in(hotel.olga)), opened(sign_in(hotel.rita))
    expect(line(theirs, "101").locator(".bar-of")).to_have_count(1)
    drag(mine, bar(mine, "Müller"), 0, 34)
    expect(mine.get_by_text("Moved Müller from 101 to 102")).to_be_visible()
    expect(line(theirs, "102").locator(".bar-of")).to_have_text(re.compile("Müller"))
    expect(line(theirs, "101").locator(".bar-of")).to_have_count(0)
    mine.get_by_role("button", name="Undo").click()
    expect(mine.get_by_text("Müller is back as it was.")).to_be_visible()
    expect(line(theirs, "101").locator(".bar-of")).to_have_text(re.compile("Müller"))
    expect(line(mine, "101").locator(".bar-of")).to_have_text(re.compile("Müller"))


def test_a_second_move_offers_its_own_undo_and_nothing_of_the_first(sign_in: SignIn, hotel: Hotel) -> None:
    hotel.book("Adams", first=1)
    hotel.book("Nowak", unit=1, first=1)
    page = opened(sign_in(hotel.olga))
    drag(page, bar(page, "Nowak"), 0, line(page, "201").bounding_box()["y"] - line(page, "102").bounding_box()["y"])  # type: ignore[index]
    expect(page.get_by_role("button", name="instead")).to_be_visible()
    drag(page, bar(page, "Adams"), 0, 34)
    expect(page.get_by_text("Moved Adams from 101 to 102")).to_be_visible()
    expect(page.get_by_role("button", name="instead")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Adams is back as it was.")).to_be_visible()
    expect(line(page, "101").locator(".bar-of")).to_have_text(re.compile("Adams"))


def test_a_booking_made_elsewhere_shows_without_reload(sign_in: SignIn, hotel: Hotel) -> None:
    page = opened(sign_in(hotel.olga))
    hotel.book("Petrauskas", unit=2, actor=hotel.rita)
    expect(line(page, "103").locator(".bar-of")).to_have_text(re.compile("Petrauskas"))
    hotel.book("Ozola", unit=None)
    expect(page.locator(".line.l .bar-of", has_text="Ozola")).to_be_visible()


def test_two_people_over_one_bar_one_wins(sign_in: SignIn, hotel: Hotel) -> None:
    stay = hotel.book("Müller")
    page = opened(sign_in(hotel.olga))
    box = bar(page, "Müller").bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 44, steps=5)
    with work(hotel.rita) as db:  # Rita is faster, and her change is not even on this screen yet
        move(db, stay, 1, hotel.units[2])
    page.mouse.up()
    expect(page.get_by_text("Rita Desk moved this stay a moment ago")).to_be_visible()
    expect(line(page, "103").locator(".bar-of")).to_have_text(re.compile("Müller"))
    expect(page.locator(".ghost")).to_be_hidden()


def test_an_edge_makes_a_stay_longer_and_a_taken_unit_refuses(sign_in: SignIn, hotel: Hotel) -> None:
    hotel.book("Müller")
    hotel.book("Nowak", unit=1)
    page = opened(sign_in(hotel.olga))
    drag(page, bar(page, "Müller"), 2 * day_width(page), 0, grab=1)
    expect(bar(page, "Müller")).to_have_attribute("aria-label", re.compile("5 nights"))
    drag(page, bar(page, "Müller"), 0, 34)
    expect(page.get_by_text("102 is taken by Anna Nowak")).to_be_visible()
    expect(line(page, "101").locator(".bar-of")).to_have_text(re.compile("Müller"))


def test_dragging_over_empty_cells_books(sign_in: SignIn, hotel: Hotel) -> None:
    page = opened(sign_in(hotel.olga))
    box, day = line(page, "102").bounding_box(), day_width(page)
    head = page.locator(".day.now").bounding_box()
    assert box
    assert head
    x, y = head["x"] + day * 1.6, box["y"] + 15
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2 * day, y, steps=6)
    page.mouse.up()
    drawer = page.locator("#booking-drawer")
    expect(drawer.get_by_label("Unit", exact=True)).to_have_value(str(hotel.units[1]))
    expect(drawer.get_by_label("Arrival")).to_have_value(str(hotel.day(1)))
    expect(drawer.get_by_label("Departure")).to_have_value(str(hotel.day(3)))
    drawer.get_by_label("Last name").fill("Rossi")
    drawer.get_by_role("button", name="Book", exact=True).click()
    expect(line(page, "102").locator(".bar-of")).to_have_text(re.compile("Rossi"))
    expect(drawer).to_be_hidden()


def test_everything_by_keyboard(sign_in: SignIn, hotel: Hotel) -> None:
    hotel.book("Müller")
    hotel.book("Nowak", first=5, unit=0)
    page = opened(sign_in(hotel.olga))
    page.locator("#chart").focus()
    page.keyboard.press("ArrowDown")
    expect(bar(page, "Müller")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(bar(page, "Nowak")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(line(page, "102").locator(".bar-of")).to_have_text(re.compile("Müller"))
    expect(bar(page, "Müller")).to_be_focused()
    page.keyboard.press("e")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(bar(page, "Müller")).to_have_attribute("aria-label", re.compile("4 nights"))
    page.keyboard.press("z")
    expect(bar(page, "Müller")).to_have_attribute("aria-label", re.compile("3 nights"))
    page.keyboard.press("Enter")
    expect(page.locator("#stay-drawer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#stay-drawer")).to_be_hidden()
    expect(bar(page, "Müller")).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator("#booking-drawer")).to_be_visible()


def test_a_stay_is_checked_in_from_its_drawer(sign_in: SignIn, hotel: Hotel) -> None:
    stay = hotel.book("Müller", first=0)
    page = opened(sign_in(hotel.olga), f"/calendar?stay={stay}")
    drawer = page.locator("#stay-drawer")
    drawer.get_by_role("button", name="Check in").click()
    expect(drawer.get_by_text("In house")).to_be_visible()
    expect(bar(page, "Müller")).to_have_class(re.compile(r"\bi\b"))
    expect(drawer.get_by_text("Checked in").first).to_be_visible()


def test_a_reload_comes_back_to_the_same_days(sign_in: SignIn, hotel: Hotel) -> None:
    page = opened(sign_in(hotel.olga), f"/calendar?date={hotel.day(100)}&days=31")
    first = page.evaluate("document.querySelector('#chart').scrollLeft")
    page.get_by_role("button", name="A week later").click()
    expect(page).to_have_url(re.compile(f"date={hotel.day(107)}"))
    page.reload()
    expect(page.locator(".line.u").first).to_be_visible()
    expect(page.get_by_role("button", name="31")).to_have_attribute("aria-pressed", "true")
    page.wait_for_function(f"document.querySelector('#chart').scrollLeft > {first}")


def test_zooming_keeps_the_day_at_the_left_edge(sign_in: SignIn, hotel: Hotel) -> None:
    page = opened(sign_in(hotel.olga), f"/calendar?date={hotel.day(50)}&days=14")

    def left_edge() -> float:
        left: float = page.evaluate("document.querySelector('#chart').scrollLeft")
        return left / day_width(page)

    before = left_edge()
    page.get_by_role("button", name="62", exact=True).click()
    expect(page.get_by_role("button", name="62", exact=True)).to_have_attribute("aria-pressed", "true")
    assert left_edge() == pytest.approx(before, abs=0.1)


def test_a_phone_shows_a_day_at_a_time(sign_in: SignIn, hotel: Hotel) -> None:
    hotel.book("Müller", first=0)
    page = sign_in(hotel.olga, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto("/calendar")
    expect(page.locator(".day-line", has_text="Müller")).to_be_visible()
    hotel.book("Nowak", first=0, unit=1)
    expect(page.locator(".day-line", has_text="Nowak")).to_be_visible()
    page.locator(".day-line", has_text="Müller").tap()
    expect(page.locator("#stay-drawer")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#stay-drawer").get_by_role("button", name="Close").tap()
    page.get_by_role("button", name="The day after").tap()
    expect(page.locator("section", has_text="In house").locator(".day-line")).to_have_count(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read_and_has_a_name(sign_in: SignIn, hotel: Hotel, scheme: str) -> None:
    hotel.book("Müller")
    hotel.book("Ozola", unit=None)
    page = opened(sign_in(hotel.olga, color_scheme=scheme))
    expect(bar(page, "Ozola")).to_be_visible()
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(NAMELESS) == []
    label = bar(page, "Müller").get_attribute("aria-label") or ""
    for part in ("Anna Müller", "101", "3 nights", "guests: 2", "Confirmed"):
        assert part in label
    bar(page, "Müller").click()
    expect(page.locator("#stay-drawer")).to_be_visible()
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(NAMELESS) == []


def test_a_house_without_rooms_says_what_to_do(sign_in: SignIn, cast: Cast) -> None:
    a_property(cast.olga, "Empty")
    page = sign_in(cast.olga)
    page.goto("/calendar")
    expect(page.get_by_role("heading", name="No rooms yet")).to_be_visible()


def test_a_lost_line_says_so_and_catches_up(sign_in: SignIn, hotel: Hotel) -> None:
    page: Any = opened(sign_in(hotel.olga))
    page.context.set_offline(True)
    expect(page.get_by_text("Connection lost")).to_be_visible(timeout=15_000)
    hotel.book("Virtanen", unit=1)
    page.context.set_offline(False)
    expect(line(page, "102").locator(".bar-of")).to_have_text(re.compile("Virtanen"), timeout=20_000)


def test_a_whole_reservation_is_cancelled_after_one_look_at_its_rooms(sign_in: SignIn, hotel: Hotel) -> None:
    rooms = [Room(hotel.double, hotel.day(1), hotel.day(3), unit) for unit in hotel.units[:2]]
    with work(hotel.olga) as db:
        book(db, Booking(hotel.id, GuestDetails("Müller", "Anna"), rooms))
    page, theirs = opened(sign_in(hotel.olga)), opened(sign_in(hotel.rita))
    expect(bar(theirs, "Müller")).to_have_count(2)
    bar(page, "Müller").first.click()
    drawer = page.get_by_role("dialog", name="Anna Müller")
    drawer.get_by_role("button", name="Cancel reservation").click()
    question = drawer.get_by_role("alert").filter(has_text="Cancel the reservation of Anna Müller?")
    expect(question.get_by_role("listitem")).to_have_text([re.compile("^101 · "), re.compile("^102 · ")])
    expect(question).to_contain_text("4 nights are on sale again")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    question.get_by_role("button", name="Keep it").click()
    expect(question).to_be_hidden()
    drawer.get_by_role("button", name="Cancel reservation").click()
    question.get_by_role("button", name="Cancel 2 rooms").click()
    expect(page.get_by_text("The reservation of Anna Müller is cancelled: 2 rooms.")).to_be_visible()
    expect(bar(theirs, "Müller")).to_have_count(0)


def test_a_cancelled_stay_is_found_by_the_keyboard_and_brought_back(sign_in: SignIn, hotel: Hotel) -> None:
    stay = hotel.book("Müller", first=40, unit=1)
    with work(hotel.olga) as db:
        cancel(db, stay, None)
    page = opened(sign_in(hotel.olga))
    page.keyboard.press("/")
    search = page.get_by_role("dialog", name="Find a reservation")
    expect(search.get_by_label("Guest, code, reference or phone")).to_be_focused()
    page.keyboard.type("nobody")
    expect(search.get_by_text("Nothing found")).to_be_visible()
    page.keyboard.press("Control+A")
    page.keyboard.type("anna m")
    expect(search.get_by_role("button", name="Anna Müller")).to_contain_text("Cancelled")
    page.keyboard.press("Enter")
    expect(search).to_be_hidden()
    drawer = page.get_by_role("dialog", name="Anna Müller")
    drawer.get_by_role("button", name="Reinstate").click()
    expect(bar(page, "Müller")).to_be_in_viewport()
    expect(line(page, "102").locator(".bar-of")).to_have_count(1)


def test_a_phone_finds_a_stay_and_goes_to_its_day(sign_in: SignIn, hotel: Hotel) -> None:
    hotel.book("Müller", first=9)
    page = sign_in(hotel.olga, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto("/calendar")
    page.get_by_role("button", name="Find a reservation").click()
    page.get_by_label("Guest, code, reference or phone").fill("müller")
    page.get_by_role("button", name="Anna Müller").click()
    drawer = page.get_by_role("dialog", name="Anna Müller")
    expect(drawer).to_be_visible()
    drawer.get_by_role("button", name="Close").click()
    expect(page.locator(".day-line", has_text="Müller")).to_be_visible()


def test_a_drag_into_a_suite_offers_its_price_in_passing(sign_in: SignIn, hotel: Hotel) -> None:
    stay = hotel.book("Müller", nights=2)
    page = opened(sign_in(hotel.olga))
    target, source = line(page, "201").bounding_box(), bar(page, "Müller").bounding_box()
    assert target
    assert source
    drag(page, bar(page, "Müller"), 0, target["y"] - source["y"] + 4)
    expect(page.get_by_text("The agreed price stays: €200.00.")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.get_by_role("button", name="€360.00 instead").click()
    expect(page.get_by_text("Müller pays the price of the new room type.")).to_be_visible()
    with work(hotel.olga) as db:
        assert [night.price for night in nights_of(db, stay)] == [18_000, 18_000]
