"""On a phone: every screen fits, nothing is cut, and a thumb meets what it aims at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from pms.accounts import api_keys, invitations
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.properties.queries import structure
from pms.reservations.blocks import place_block
from tests.builders import Cast, a_property, an_email
from tests.domains.imports.test_import import busy_weeks

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SCREENS = (
    "/properties",
    "/rates",
    "/rooms",
    "/blocks",
    "/api-keys",
    "/exchange-rates",
    "/team",
    "/account",
    "/imports",
    "/channels",
    "/channels?new=1",
    "/channels?new=agoda",
    "/channels?new=ical",
    "/channels?tab=calendars",
)

CUT = """() => [...document.querySelectorAll("#main *")].filter((e) => {
  if (!e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) || e.closest(".sr, .skip, select")) return false;
  const box = e.getBoundingClientRect(), scrolls = /auto|scroll/.test(getComputedStyle(e).overflowX);
  return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1) || (scrolls && e.scrollWidth > e.clientWidth + 1);
}).map((e) => e.outerHTML.slice(0, 120))"""
"""Whatever is wider than the screen, or would have to be scrolled sideways."""

SMALL = """() => [...document.querySelectorAll("button, a, input, select, textarea")].filter((e) => {
  if (!e.checkVisibility({ checkVisibilityCSS: true }) || e.closest(".sr, .skip")) return false;
  const box = (e.closest("label") || e).getBoundingClientRect();
  return box.width > 1 && (box.height < 39.5 || box.width < 39.5);
}).map((e) => e.outerHTML.slice(0, 120))"""
"""Whatever is too small for a thumb."""


SHORTENED = """() => [...document.querySelectorAll(".rail .words")].filter((e) => e.checkVisibility() &&
  e.scrollWidth > e.clientWidth).map((e) => e.textContent)"""
"""Whatever the tab bar has to cut off."""


@pytest.fixture
def lived_in(cast: Cast, seaside: UUID) -> UUID:
    """A house with something in every list, and names that take their room."""
    a_property(cast.olga, "Pension am Alten Fischmarkt in Warnemünde")
    here = today("Europe/Vilnius")
    with work(cast.olga) as db:
        unit = structure(db, seaside).room_types[0].units[0].id
        place_block(db, unit, here, here + timedelta(9), "out_of_order", "A pipe burst above, the ceiling has to dry first")
        api_keys.create(db, "Channel manager of the year", ["reservation.view", "reservation.book", "property.view"])
        invitations.invite(db, an_email("Rosalinde-Johanna.Oberhuber-Zwischenwasser"), "housekeeping", [seaside])
    return seaside


@pytest.mark.parametrize("language", ["en-GB", "de-DE", "lt-LT"])
def test_nothing_is_cut_and_nothing_is_too_small(sign_in: Callable[..., Page], cast: Cast, lived_in: UUID, language: str) -> None:
    page = sign_in(cast.olga, **PHONE)
    page.goto("/account")
    page.get_by_role("banner").get_by_role("button").last.click()
    page.locator(f"[role=menuitemradio][lang={language[:2]}]").click()
    expect(page.locator(f".app[lang={language[:2]}]")).to_be_visible()
    assert page.evaluate(SHORTENED) == []
    for path in SCREENS:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".skeleton")).to_have_count(0)
        assert page.evaluate(CUT) == [], path
        assert page.evaluate(SMALL) == [], path


def test_a_table_is_cards_with_the_headings_beside_what_they_head(
    sign_in: Callable[..., Page], cast: Cast, lived_in: UUID
) -> None:
    page = sign_in(cast.olga, **PHONE)
    page.goto("/team")
    rita = page.get_by_role("row").filter(has_text="Rita Desk")
    role = rita.get_by_role("cell").nth(1)
    expect(role).to_have_text("Front desk")
    assert role.evaluate("e => getComputedStyle(e, '::before').content") == '"Role"'


def test_a_file_of_many_columns_fits_step_by_step(sign_in: Callable[..., Page], cast: Cast, lived_in: UUID) -> None:
    page = sign_in(cast.olga, **PHONE)
    page.goto("/imports")
    file = {"name": "bookings.csv", "mimeType": "text/csv", "buffer": busy_weeks(40)}
    page.get_by_label("Choose a file with bookings").set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_role("heading", name="bookings.csv")).to_be_visible()
    assert page.evaluate(CUT) == []
    page.get_by_label("Format").select_option("custom")
    expect(page.get_by_text("Which column is what")).to_be_visible()
    assert (page.evaluate(CUT), page.evaluate(SMALL)) == ([], [])
