"""The house on screen: built by one person, seen at once by the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from pms.kernel.dates import today
from pms.kernel.db import work
from pms.properties.amenities import add_amenity
from pms.properties.exchange import write_down
from pms.properties.queries import structure
from pms.reservations.blocks import place_block
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from tests.builders import Cast
from tests.screens.conftest import Served
from tests.screens.test_shell import CONTRAST, NAMELESS

SCREENS = (
    ("/properties", "Properties", "Change Seaside"),
    ("/rooms", "Rooms and beds", "Change Double"),
    ("/blocks", "Blocks", "Block units"),
    ("/api-keys", "API keys", "New key"),
    ("/exchange-rates", "Exchange rates", "New rate"),
)


def _opened(page: Page, path: str, heading: str) -> Page:
    page.goto(path)
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.locator(".skeleton")).to_have_count(0)
    return page


def _chips(page: Page, kind: str) -> list[str]:
    return page.get_by_role("list", name=f"Units of {kind}").locator("b").all_inner_texts()


def test_units_added_by_one_are_rows_on_the_calendar_of_the_other(
    desk: Page, sign_in: Callable[..., Page], cast: Cast, seaside: UUID
) -> None:
    hers = _opened(sign_in(cast.rita), "/calendar", re.compile("20"))  # type: ignore[arg-type]
    expect(hers.locator(".unit").get_by_text("103", exact=True)).to_be_visible()
    expect(hers.locator(".unit").get_by_text("104", exact=True)).to_have_count(0)
    _opened(desk, "/rooms", "Rooms and beds")
    desk.get_by_role("button", name="Add units to Double").click()
    dialog = desk.get_by_role("dialog", name="Add units to Double")
    numbers = dialog.get_by_label("Numbers on the doors")
    expect(numbers).to_be_focused()
    numbers.fill("104-103")
    expect(dialog.get_by_role("alert").filter(has_text="104-103 runs backwards.")).to_be_visible()
    numbers.fill("103-105")
    expect(dialog.get_by_role("alert").filter(has_text="There is a 103 in this property already.")).to_be_visible()
    numbers.fill("104-105, Garden")
    expect(dialog.get_by_text("3 units", exact=True)).to_be_visible()
    numbers.press("Enter")
    expect(dialog).to_be_hidden()
    expect(desk.get_by_role("button", name="Garden")).to_be_visible()
    for name in ("104", "105", "Garden"):
        expect(hers.locator(".unit").get_by_text(name, exact=True)).to_be_visible()


def test_a_room_type_is_made_changed_and_ordered_with_the_keyboard(desk: Page, cast: Cast, seaside: UUID) -> None:
    _opened(desk, "/rooms", "Rooms and beds")
    desk.get_by_role("button", name="New room type").focus()
    desk.keyboard.press("Enter")
    form = desk.get_by_role("dialog", name="New room type")
    form.get_by_label("Name").fill("Dormitory")
    form.get_by_label("A bed in a shared room").check()
    form.get_by_label("Price per night").fill("24,50")
    form.get_by_label("Numbers on the doors").fill("B1-B6")
    expect(form.get_by_text("6 units", exact=True)).to_be_visible()
    form.get_by_label("Name").press("Enter")
    expect(form).to_be_hidden()
    expect(desk.get_by_text("€24.50 a night")).to_be_visible()
    earlier = desk.get_by_role("button", name="Move Dormitory earlier")
    earlier.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=2).nth(1)).to_have_text("Dormitory")
    desk.get_by_role("button", name="B1", exact=True).click()
    unit = desk.get_by_role("dialog", name="B1")
    unit.get_by_role("button", name="Move later").click()
    expect(desk.get_by_role("list", name="Units of Dormitory").locator("b").first).to_have_text("B2")
    unit.get_by_label("Name or number").fill("B2")
    unit.get_by_role("button", name="Save").click()
    expect(unit.get_by_role("alert").filter(has_text="There is a B2 in this property already.")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(unit).to_be_hidden()
    with work(cast.olga) as db:
        kinds = {one.name: one for one in structure(db, seaside).room_types}
    assert (kinds["Dormitory"].unit_type, kinds["Dormitory"].base_price) == ("bed", 2450)


def test_units_are_dragged_into_order_and_into_another_type(desk: Page) -> None:
    _opened(desk, "/rooms", "Rooms and beds")
    expect(desk.get_by_role("button", name="101", exact=True)).to_be_visible()
    desk.get_by_role("button", name="103", exact=True).drag_to(desk.get_by_role("button", name="101", exact=True))
    expect(desk.get_by_role("list", name="Units of Double").locator("b").first).to_have_text("103")
    desk.get_by_role("button", name="102", exact=True).drag_to(desk.get_by_role("button", name="202", exact=True))
    expect(desk.get_by_text("102 is now Suite.")).to_be_visible()
    assert (_chips(desk, "Double"), _chips(desk, "Suite")) == (["103", "101"], ["201", "102", "202"])


def test_a_room_with_guests_ahead_stays_and_the_calendar_shows_why(desk: Page, cast: Cast, seaside: UUID) -> None:
    arrival = today("Europe/Vilnius") + timedelta(days=40)
    with work(cast.olga) as db:
        double = structure(db, seaside).room_types[0]
        room = Room(double.id, arrival, arrival + timedelta(days=2), unit_id=double.units[0].id)
        book(db, Booking(seaside, GuestDetails("Kazlauskas"), [room]))
    _opened(desk, "/rooms", "Rooms and beds")
    desk.get_by_role("button", name="101", exact=True).click()
    unit = desk.get_by_role("dialog", name="101")
    unit.get_by_role("button", name="Archive this unit").click()
    unit.get_by_role("button", name="Archive", exact=True).click()
    expect(unit.get_by_role("alert").filter(has_text="101 is needed")).to_be_visible()
    unit.get_by_role("link", name="See these nights on the calendar").click()
    expect(desk).to_have_url(re.compile(f"date={arrival.isoformat()}"))
    expect(desk.get_by_text("Kazlauskas").first).to_be_visible()


def test_two_people_at_one_form_and_a_new_property_on_every_screen(
    desk: Page, sign_in: Callable[..., Page], cast: Cast, seaside: UUID
) -> None:
    hers = _opened(sign_in(cast.rita), "/blocks", "Blocks")
    second = _opened(sign_in(cast.olga), "/properties", "Properties")
    _opened(desk, "/properties", "Properties")
    second.get_by_role("button", name="Change Seaside").click()
    desk.get_by_role("button", name="Change Seaside").click()
    form = desk.get_by_role("dialog", name="Seaside")
    form.get_by_label("Name").fill("Seaside Palanga")
    form.get_by_role("button", name="Save").click()
    slower = second.locator("#property-drawer")
    expect(slower.get_by_role("alert").filter(has_text="Olga Owner changed this a moment ago.")).to_be_visible()
    slower.get_by_role("button", name="Show it as it is now").click()
    expect(slower.get_by_label("Name")).to_have_value("Seaside Palanga")
    expect(hers.get_by_role("banner").get_by_text("Seaside Palanga")).to_be_visible()
    desk.get_by_role("button", name="New property").click()
    form = desk.get_by_role("dialog", name="New property")
    form.get_by_label("Name").fill("Dunes")
    form.get_by_label("Country").select_option("PL")
    expect(form.get_by_label("Currency")).to_have_value("PLN")
    form.get_by_role("button", name="Save").click()
    expect(desk.get_by_role("heading", name="Dunes")).to_be_visible()
    expect(hers.get_by_role("banner").get_by_role("button", name="Property")).to_be_visible()
    desk.get_by_role("listitem").filter(has_text="Dunes").get_by_role("button", name="Rooms and beds").click()
    expect(desk.get_by_text("No rooms yet")).to_be_visible()


def test_housekeeping_blocks_and_lifts_and_the_desk_sees_it(sign_in: Callable[..., Page], cast: Cast, seaside: UUID) -> None:
    hana, rita = sign_in(cast.hana), sign_in(cast.rita)
    _opened(rita, "/blocks", "Blocks")
    expect(rita.get_by_text("Nothing is blocked")).to_be_visible()
    _opened(hana, "/rooms", "Rooms and beds")
    expect(hana.get_by_text("101", exact=True)).to_be_visible()
    expect(hana.get_by_role("main").get_by_role("button")).to_have_count(0)
    _opened(hana, "/blocks", "Blocks")
    hana.get_by_role("button", name="Block units").click()
    form = hana.get_by_role("dialog", name="Block units")
    form.get_by_label("101", exact=True).check(force=True)
    form.get_by_label("202", exact=True).check(force=True)
    form.get_by_label("Reason").fill("New carpets")
    form.get_by_role("button", name="Block", exact=True).click()
    for page in (hana, rita):
        expect(page.get_by_role("row").filter(has_text="New carpets")).to_have_count(2)
    hana.get_by_role("button", name="Lift the block of 202").click()
    expect(rita.get_by_role("row").filter(has_text="New carpets")).to_have_count(1)
    hana.get_by_role("button", name="Undo").click()
    expect(rita.get_by_role("row").filter(has_text="New carpets")).to_have_count(2)


def test_a_key_is_shown_once_and_lets_in_until_it_is_revoked(desk: Page, octaspace: Served, seaside: UUID) -> None:
    _opened(desk, "/api-keys", "API keys")
    desk.get_by_role("main").get_by_role("button", name="New key").first.click()
    dialog = desk.get_by_role("dialog", name="New key")
    dialog.get_by_label("Name").fill("Website")
    dialog.get_by_role("button", name="Make the key").click()
    expect(dialog.get_by_role("alert").filter(has_text="Choose at least one scope")).to_be_visible()
    dialog.get_by_label("See properties and availability").check()
    dialog.get_by_role("button", name="Make the key").click()
    key = dialog.get_by_label("The new key").input_value()
    asked = {"Authorization": f"Bearer {key}"}
    assert desk.request.get("/api/v1/properties", headers=asked).status == 200
    desk.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(dialog.get_by_label("The new key")).to_have_count(0)
    desk.wait_for_function("key => !document.documentElement.outerHTML.includes(key)", arg=key)
    desk.get_by_role("button", name="Revoke Website", exact=True).click()
    desk.get_by_role("button", name="Revoke Website now").click()
    expect(desk.get_by_text("Revoked", exact=True)).to_be_visible()
    assert desk.request.get("/api/v1/properties", headers=asked).status == 401


def test_an_exchange_rate_written_by_one_is_seen_by_the_other(desk: Page, sign_in: Callable[..., Page], cast: Cast) -> None:
    hers = _opened(sign_in(cast.rita), "/exchange-rates", "Exchange rates")
    expect(hers.get_by_text("No exchange rates yet")).to_be_visible()
    expect(hers.get_by_role("main").get_by_role("button")).to_have_count(0)
    desk.goto("/rooms")
    desk.get_by_role("navigation", name="Main").get_by_role("link", name="Exchange rates").click()
    desk.get_by_role("main").get_by_role("button", name="New rate").first.click()
    form = desk.get_by_role("dialog", name="New rate")
    expect(form.get_by_label("Show them in")).to_be_focused()
    form.get_by_label("Show them in").select_option("USD")
    form.get_by_label("Rate", exact=True).fill("1,08450")
    form.get_by_label("Whose rate").fill("European Central Bank")
    form.get_by_role("button", name="Save").click()
    expect(form).to_be_hidden()
    for page in (desk, hers):
        expect(page.get_by_role("row").filter(has_text="1 EUR = 1.0845 USD")).to_contain_text("Olga Owner")
    desk.get_by_role("button", name="New rate of EUR → USD").click()
    form.get_by_label("Rate", exact=True).fill("1.1")
    form.get_by_role("button", name="Save").click()
    expect(hers.get_by_role("row").filter(has_text="1 EUR = 1.1 USD")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_and_controls_have_names(sign_in: Callable[..., Page], cast: Cast, seaside: UUID, scheme: str) -> None:
    with work(cast.olga) as db:
        add_amenity(db, "Sea view")
        unit = structure(db, seaside).room_types[0].units[0].id
        place_block(db, unit, today("Europe/Vilnius"), today("Europe/Vilnius") + timedelta(days=2), "out_of_order", "Paint")
        write_down(db, "EUR", "USD", Decimal("1.0845"), today("Europe/Vilnius"), "European Central Bank")
    page = sign_in(cast.olga, color_scheme=scheme)
    for path, heading, opens in SCREENS:
        _opened(page, path, heading)
        assert page.evaluate(CONTRAST) == [], path
        assert page.evaluate(NAMELESS) == [], path
        page.get_by_role("main").get_by_role("button", name=opens).first.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert page.evaluate(NAMELESS) == [], f"{path}, opened"


def test_a_unit_archived_by_mistake_is_back_on_every_screen(
    desk: Page, sign_in: Callable[..., Page], cast: Cast, seaside: UUID
) -> None:
    hers = _opened(sign_in(cast.rita), "/calendar", re.compile("20"))  # type: ignore[arg-type]
    _opened(desk, "/rooms", "Rooms and beds")
    desk.get_by_role("button", name="103", exact=True).click()
    unit = desk.get_by_role("dialog", name="103")
    unit.get_by_role("button", name="Archive this unit").click()
    unit.get_by_role("button", name="Archive", exact=True).click()
    expect(hers.locator(".unit").get_by_text("103", exact=True)).to_have_count(0)
    desk.get_by_role("switch", name="With archived ones").click()
    desk.get_by_role("button", name="Bring back 103").click()
    expect(desk.get_by_text("Nothing is archived here.")).to_be_visible()
    expect(hers.locator(".unit").get_by_text("103", exact=True)).to_be_visible()
