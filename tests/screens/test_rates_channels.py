"""A channel and the rates grid: a price of nothing is refused by Channex, and its words are in the cell."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from pms.kernel.db import work
from pms.rates.cells import Edit, change_cells
from pms.ui.calendar.rows import day_number
from tests.builders import Cast
from tests.channels.conftest import on_channel


def test_a_refused_price_says_so_in_the_cell_as_soon_as_the_channel_answers(sign_in: Callable[..., Page], cast: Cast) -> None:
    with on_channel(cast.olga, "channex") as hotel:
        page = sign_in(cast.olga)
        page.goto(f"/rates?property={hotel.property_id}")
        cell = page.locator(f'.rate-line.m .rate[data-d="{day_number(hotel.day(3))}"]').first
        expect(cell.locator(".sync.waits")).to_be_visible()
        hotel.turn()
        expect(cell.locator(".sync")).to_have_count(0)
        with work(cast.olga) as db:
            change_cells(db, hotel.property_id, [Edit((hotel.plan, hotel.double, hotel.day(3)), {"price": 0})])
        hotel.turn()
        expect(cell.locator(".sync.refused")).to_be_visible()
        expect(cell).to_have_attribute("aria-label", re.compile("refused by a channel"))
        cell.click()
        page.keyboard.press("i")
        expect(page.locator(".why .on-channels")).to_contain_text("must be greater than 0")
        expect(page.get_by_role("button", name="1 refused")).to_be_visible()
