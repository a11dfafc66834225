"""How rates are set up, on screen: made by one person, seen at once by the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from pms.kernel.db import work
from pms.rates.standard import open_standard_plans
from tests.builders import Cast
from tests.screens.test_shell import CONTRAST, NAMELESS

PARTS = ("Price rules", "Guests and children", "Policies", "Taxes and fees", "Plans")


def _opened(page: Page) -> Page:
    page.goto("/rate-plans")
    expect(page.get_by_role("heading", name="Rate plans", exact=True)).to_be_visible(timeout=20_000)
    expect(page.locator(".skeleton")).to_have_count(0)
    return page


def _part(page: Page, name: str) -> None:
    page.get_by_role("group", name="Part").get_by_role("button", name=name, exact=True).click()


def test_a_derived_plan_made_by_one_is_seen_at_once_by_the_other(
    desk: Page, sign_in: Callable[..., Page], cast: Cast, seaside: UUID
) -> None:
    hers = _opened(sign_in(cast.rita))
    expect(hers.get_by_role("row").filter(has_text="Flexible")).to_contain_text("Prices of its own")
    expect(hers.get_by_role("main").get_by_role("button", name="New plan")).to_have_count(0)
    _opened(desk)
    desk.get_by_role("button", name="New plan").click()
    form = desk.get_by_role("dialog", name="New rate plan")
    expect(form.get_by_label("Name", exact=True)).to_be_focused()
    form.get_by_label("Name", exact=True).fill("Long stay, paid ahead")
    form.get_by_label("Code", exact=True).fill("LONG")
    form.get_by_label("Per cent", exact=False).first.fill("-12,5")
    form.get_by_text("Long stays", exact=True).click()
    form.get_by_role("button", name="Add a step").click()
    form.get_by_label("From so many nights").fill("7")
    form.get_by_label("Change in per cent").fill("-10")
    form.get_by_role("button", name="Save").click()
    expect(form).to_be_hidden()
    for page in (desk, hers):
        row = page.get_by_role("row").filter(has_text="Long stay, paid ahead")
        expect(row).to_contain_text("Flexible −12.5%")
        expect(row).to_contain_text("From 7 nights −10%")


def test_a_policy_says_what_guests_will_read_while_it_is_written(desk: Page, seaside: UUID) -> None:
    _opened(desk)
    _part(desk, "Policies")
    desk.get_by_role("button", name="New policy: Cancellation").click()
    form = desk.get_by_role("dialog", name="New cancellation policy")
    form.get_by_label("Name").fill("Moderate")
    form.get_by_label("Days before arrival").fill("3")
    expect(form.get_by_role("note")).to_contain_text("3 days before arrival, then the first night.")
    form.get_by_role("button", name="Add a step").click()
    form.get_by_label("Days before arrival").nth(1).fill("1")
    form.get_by_label("Per cent").nth(1).fill("100")
    expect(form.get_by_role("note")).to_contain_text("one day before arrival on the whole stay.")
    form.get_by_role("button", name="Save").click()
    expect(desk.get_by_role("row").filter(has_text="Moderate")).to_contain_text("then the first night; from")


def test_rules_are_dragged_and_switched(desk: Page, seaside: UUID) -> None:
    _opened(desk)
    _part(desk, "Price rules")
    for name, percent in (("Weekend", "15"), ("Quiet days", "-5")):
        desk.get_by_role("button", name="New rule").first.click()
        form = desk.get_by_role("dialog", name="New price rule")
        form.get_by_label("Name").fill(name)
        form.get_by_label("Fri", exact=True).check(force=True)
        form.get_by_label("Per cent").fill(percent)
        form.get_by_role("button", name="Save").click()
        expect(desk.get_by_role("row").filter(has_text=name)).to_be_visible()
    rows = desk.get_by_role("row").filter(has_text="Fri")
    rows.nth(1).drag_to(rows.nth(0))
    expect(rows.nth(0)).to_contain_text("Quiet days")
    expect(rows.nth(0)).to_contain_text("€100.00 → €95.00")
    desk.get_by_role("switch", name="Weekend").click()
    expect(desk.get_by_role("switch", name="Weekend")).not_to_be_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_and_controls_have_names(sign_in: Callable[..., Page], cast: Cast, seaside: UUID, scheme: str) -> None:
    with work(cast.olga) as db:
        open_standard_plans(db, seaside, ["non_refundable", "long"])
    page = _opened(sign_in(cast.olga, color_scheme=scheme))
    for name in PARTS:
        _part(page, name)
        expect(page.get_by_role("group", name="Part").get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
        assert page.evaluate(CONTRAST) == [], name
        assert page.evaluate(NAMELESS) == [], name
    page.get_by_role("button", name="Long stay", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    for summary in page.locator("#plan-drawer summary").all():
        summary.click()
    assert page.evaluate(NAMELESS) == []


def test_a_part_stands_in_the_address_for_reload_and_back(desk: Page, seaside: UUID) -> None:
    _opened(desk)
    for name, code in (("Price rules", "rules"), ("Taxes and fees", "taxes")):
        _part(desk, name)
        expect(desk).to_have_url(re.compile(rf"/rate-plans\?tab={code}$"))
    desk.reload()
    pressed = desk.get_by_role("group", name="Part").locator("[aria-pressed=true]")
    expect(pressed).to_have_text("Taxes and fees")
    desk.go_back()
    expect(pressed).to_have_text("Price rules")
    expect(desk.get_by_role("main").get_by_role("button", name="New rule").first).to_be_visible()
    desk.go_back()
    expect(pressed).to_have_text("Plans")
    desk.go_forward()
    expect(pressed).to_have_text("Price rules")


def test_only_who_works_with_rates_is_led_there(sign_in: Callable[..., Page], cast: Cast, seaside: UUID) -> None:
    for who, led in ((cast.rita, 1), (cast.hana, 0)):
        page = sign_in(who)
        page.goto("/calendar")
        expect(page.get_by_role("navigation").first.get_by_role("link", name="Rates", exact=True)).to_be_visible()
        expect(page.get_by_role("link", name="Rate plans")).to_have_count(led)


def test_what_one_does_to_rules_and_plans_the_other_sees(
    desk: Page, sign_in: Callable[..., Page], cast: Cast, seaside: UUID
) -> None:
    hers, grid = sign_in(cast.rita), sign_in(cast.rita)
    hers.goto("/rate-plans?tab=rules")
    expect(hers.get_by_text("No rules yet")).to_be_visible(timeout=20_000)
    grid.goto("/rates")
    price = grid.locator(".rate-line.m .rate").first.locator("b")
    expect(price).to_have_text("100")
    desk.goto("/rate-plans?tab=rules")
    desk.get_by_role("main").get_by_role("button", name="New rule").first.click()
    form = desk.get_by_role("dialog", name="New price rule")
    form.get_by_label("Name", exact=True).fill("Every day more")
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
        form.get_by_label(day, exact=True).check(force=True)
    form.get_by_label("Per cent").fill("10")
    form.get_by_role("button", name="Save").click()
    row = hers.get_by_role("row").filter(has_text="Every day more")
    expect(row).to_be_visible()
    expect(price).to_have_text("110")
    desk.get_by_role("switch", name="Every day more").click()
    expect(price).to_have_text("100")
    _part(desk, "Plans")
    desk.get_by_role("button", name="Flexible", exact=True).click()
    plan = desk.get_by_role("dialog", name="Flexible")
    plan.get_by_label("Name", exact=True).fill("Best price")
    plan.get_by_role("button", name="Save").click()
    expect(grid.get_by_role("rowheader").filter(has_text="Best price").first).to_be_visible()
    _part(hers, "Plans")
    expect(hers.get_by_role("row").filter(has_text="Best price")).to_be_visible()
