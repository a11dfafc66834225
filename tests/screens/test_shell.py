"""The frame: who sees what, themes, languages, the keyboard, a broken line."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

from playwright.sync_api import Page, expect

from pms.accounts import members
from pms.kernel.db import work
from tests.builders import PASSWORD, Cast, a_member, a_property

CONTRAST = """() => {
  const lum = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)$|transparent/.test(c)) return c; } return "rgb(255, 255, 255)"; };
  const bad = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const e = n.parentElement;
    if (!n.textContent.trim() || !e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) || e.closest("[disabled], .sr, .skip, script, option")) continue;
    const a = lum(getComputedStyle(e).color), b = lum(ground(e)), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.push(`${n.textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return bad;
}"""  # noqa: E501

NAMELESS = """() => [...document.querySelectorAll("button, a[href], input:not([type=hidden]), select, textarea")]
  .filter((e) => e.checkVisibility() && !(e.ariaLabel || e.textContent.trim() || e.labels?.length || e.title))
  .map((e) => e.outerHTML.slice(0, 120))"""


def _membership(cast: Cast, name: str) -> members.Member:
    with work(cast.olga) as db:
        return next(one for one in members.members(db) if one.name == name)


def test_dark_and_light_are_kept_and_never_flash(desk: Page) -> None:
    desk.goto("/account")
    desk.get_by_role("button", name="Account and settings").click()
    desk.get_by_role("menuitemradio", name="Dark").click()
    expect(desk.locator("html")).to_have_class(re.compile("dark"))
    dark = desk.evaluate("getComputedStyle(document.body).backgroundColor")
    desk.goto("/account", wait_until="commit")
    desk.wait_for_selector("body")
    assert desk.evaluate("getComputedStyle(document.body).backgroundColor") == dark, "dark from the first frame on"
    desk.get_by_role("button", name="Account and settings").click()
    desk.get_by_role("menuitemradio", name="Light").click()
    expect(desk.locator("html")).to_have_class(re.compile("light"))


def test_text_can_be_read_and_controls_have_names(sign_in: Callable[..., Page], cast: Cast, seaside: UUID) -> None:
    for scheme in ("light", "dark"):
        page = sign_in(cast.olga, color_scheme=scheme)
        for path, heading in (("/account", "Your account"), ("/team", "Team")):
            page.goto(path)
            expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
            expect(page.locator(".skeleton")).to_have_count(0)
            assert page.evaluate(CONTRAST) == []
            assert page.evaluate(NAMELESS) == []


def test_the_language_changes_without_a_reload_and_stays_with_the_person(
    desk: Page, sign_in: Callable[..., Page], cast: Cast
) -> None:
    desk.goto("/account")
    expect(desk.get_by_role("heading", name="Your account")).to_be_visible()
    desk.evaluate("window.stillHere = true")
    desk.get_by_role("button", name="Account and settings").click()
    desk.get_by_role("menuitemradio", name="Lietuvių").click()
    expect(desk.get_by_role("heading", name="Jūsų paskyra")).to_be_visible()
    assert desk.evaluate("window.stillHere")
    elsewhere = sign_in(cast.olga)
    elsewhere.goto("/account")
    expect(elsewhere.get_by_role("heading", name="Jūsų paskyra")).to_be_visible()


def test_the_keyboard_reaches_the_content_first(desk: Page) -> None:
    desk.goto("/account")
    expect(desk.get_by_role("heading", name="Your account")).to_be_visible()
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("link", name="Skip to content")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("#main")).to_be_focused()


def test_a_dialog_holds_the_focus_and_gives_it_back(desk: Page) -> None:
    desk.goto("/team")
    invite = desk.get_by_role("button", name="Invite", exact=True)
    invite.focus()
    desk.keyboard.press("Enter")
    dialog = desk.get_by_role("dialog", name="Invite a colleague")
    expect(dialog).to_be_visible()
    for _ in range(12):
        desk.keyboard.press("Tab")
        assert desk.evaluate(
            "!document.activeElement || document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    desk.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(invite).to_be_focused()


def test_who_may_not_is_told_so(sign_in: Callable[..., Page], cast: Cast, seaside: UUID) -> None:
    page = sign_in(cast.hana)
    page.goto("/team")
    expect(page.get_by_text("This is not open to you")).to_be_visible()
    expect(page.get_by_role("link", name="Team")).to_have_count(0)


def test_a_role_change_shows_on_an_open_screen_at_once(desk: Page, sign_in: Callable[..., Page], cast: Cast) -> None:
    """Olga makes Rita a manager, and ends it again: Rita's open screen follows without a reload."""
    hers = sign_in(cast.rita)
    hers.goto("/account")
    expect(hers.get_by_role("heading", name="Your account")).to_be_visible()
    expect(hers.get_by_role("link", name="Team")).to_have_count(0)
    desk.goto("/team")
    _give(desk, "Rita Desk", "manager")
    expect(hers.get_by_role("link", name="Team")).to_be_visible()
    hers.get_by_role("link", name="Team").click()
    expect(hers.get_by_role("button", name="Invite", exact=True)).to_be_visible()
    _give(desk, "Rita Desk", "front_desk")
    expect(hers.get_by_text("This is not open to you")).to_be_visible()
    desk.get_by_role("button", name="Rita Desk").click()
    desk.get_by_role("button", name="End access").click()
    expect(hers).to_have_url(re.compile("/sign-in"))
    with work(cast.olga) as db:
        assert "Rita Desk" not in [one.name for one in members.members(db)]


def _give(page: Page, name: str, role: str) -> None:
    page.get_by_role("button", name=name).click()
    page.locator("#colleague").get_by_label("Role").select_option(role)
    page.locator("#colleague").get_by_role("button", name="Save").click()
    expect(page.locator("#colleague")).to_be_hidden()


def test_a_broken_line_says_so_and_mends_itself(desk: Page, cast: Cast) -> None:
    desk.goto("/team")
    expect(desk.get_by_text("Live", exact=True)).to_be_visible()
    desk.context.set_offline(True)
    expect(desk.get_by_role("alert").filter(has_text="Connection lost")).to_be_visible(timeout=5_000)
    rita = _membership(cast, "Rita Desk")
    with work(cast.olga) as db:
        members.change_role(db, rita.membership_id, "accountant", None, rita.version)
    desk.context.set_offline(False)
    expect(desk.get_by_role("alert").filter(has_text="Connection lost")).to_be_hidden(timeout=15_000)
    expect(desk.get_by_role("row").filter(has_text="Rita Desk")).to_contain_text("Accountant", timeout=15_000)


def test_an_invited_colleague_joins_by_the_link(desk: Page, visitor: Callable[..., Page]) -> None:
    desk.goto("/team")
    desk.get_by_role("button", name="Invite", exact=True).click()
    dialog = desk.get_by_role("dialog")
    expect(dialog.get_by_label("Role")).to_have_value("front_desk")
    dialog.get_by_label("E-mail").fill("new.colleague@example.com")
    dialog.get_by_role("button", name="Make a link").click()
    link = dialog.get_by_label("Invitation link").input_value()
    guest = visitor()
    guest.goto(link[link.index("/invitation") :])
    expect(guest.get_by_text("Olga Owner invites you to work as Front desk.")).to_be_visible()
    guest.get_by_label("Your name").fill("Nora New")
    guest.get_by_label("Choose a password").fill("a sentence is fine")
    guest.get_by_role("button", name="Join").click()
    expect(guest.get_by_role("banner").get_by_text("Seaside")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("button", name="Nora New")).to_be_visible()


def test_the_second_factor_from_switching_on_to_signing_in(desk: Page, visitor: Callable[..., Page], cast: Cast) -> None:
    import pyotp

    desk.goto("/account")
    expect(desk.get_by_label("E-mail")).not_to_have_value("")
    email = desk.get_by_label("E-mail").input_value()
    desk.get_by_role("button", name="Switch on").click()
    dialog = desk.get_by_role("dialog")
    secret = dialog.locator(".secret").inner_text().replace(" ", "")
    dialog.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    dialog.get_by_role("button", name="Switch on").click()
    expect(dialog.locator(".codes span").nth(7)).to_be_visible()
    codes = dialog.locator(".codes span").all_inner_texts()

    page = visitor()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    code = page.get_by_label("Code")
    page.bring_to_front()  # of two windows only one has the focus
    expect(code).to_be_focused()
    code.fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("This code is not valid")).to_be_visible()
    code.fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("banner").get_by_text("Seaside")).to_be_visible()


def test_on_a_phone_the_rail_is_a_tab_bar_and_nothing_sticks_out(sign_in: Callable[..., Page], cast: Cast, seaside: UUID) -> None:
    page = sign_in(cast.olga, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for path in ("/account", "/team"):
        page.goto(path)
        expect(page.get_by_role("navigation")).to_be_visible()
        assert page.get_by_role("navigation").bounding_box()["y"] > 700  # type: ignore[index]
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_one_property_after_the_other(desk: Page, cast: Cast) -> None:
    a_property(cast.olga, "Mountain lodge")
    desk.goto("/account")
    switcher = desk.get_by_role("button", name="Property")
    expect(switcher).to_contain_text("Seaside")
    switcher.click()
    desk.get_by_role("menuitemradio", name="Mountain lodge").click()
    expect(switcher).to_contain_text("Mountain lodge")
    desk.reload()
    expect(switcher).to_contain_text("Mountain lodge")


def test_a_property_somebody_does_not_work_in_is_not_offered(sign_in: Callable[..., Page], cast: Cast, seaside: UUID) -> None:
    a_property(cast.olga, "Mountain lodge")
    page = sign_in(a_member(cast.organization_id, "Lina Limited", "front_desk", [seaside]))
    page.goto("/account")
    expect(page.get_by_role("banner").get_by_text("Seaside")).to_be_visible()
    expect(page.get_by_role("button", name="Property")).to_have_count(0)
