"""Pages that are none."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_an_address_that_leads_nowhere_leads_back(visitor: Callable[..., Page]) -> None:
    page = visitor()
    page.goto("/no/such/page")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    expect(page.get_by_role("link", name="To the start")).to_be_visible()
