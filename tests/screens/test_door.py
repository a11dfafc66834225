"""From a fresh installation to the first screen; and what keeps everybody else out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import col, select

from pms.accounts.models import Person
from pms.accounts.sessions import COOKIE
from pms.kernel.actor import DOOR
from pms.kernel.db import work
from tests.builders import PASSWORD, Cast
from tests.screens.conftest import SIGHT, Served, served


def _email(person_id: object) -> str:
    with work(DOOR) as db:
        return db.scalars(select(Person).where(col(Person.id) == person_id)).one().email


@pytest.fixture
def fresh(empty_database: str, front_end_built: None, chromium: Browser) -> Iterator[Page]:
    """A browser in front of an installation nobody has set up."""
    with served() as octaspace:
        context = chromium.new_context(viewport=SIGHT, timezone_id="Europe/Vilnius", locale="en-GB", base_url=octaspace.url)
        yield context.new_page()
        context.close()


def test_a_fresh_installation_leads_through_set_up_to_the_first_screen(fresh: Page) -> None:
    fresh.goto("/")
    expect(fresh).to_have_url(re.compile("/setup"))
    fresh.get_by_role("button", name="Continue").click()
    assert fresh.locator("[data-step='1']").is_visible(), "an empty step does not turn the page"
    fresh.get_by_label("Organization").fill("Pajūris UAB")
    fresh.get_by_label("Your name").fill("Rasa Kazlauskienė")
    fresh.get_by_label("E-mail").fill("rasa@example.com")
    fresh.get_by_label("Password").fill("sea breeze in palanga")
    fresh.keyboard.press("Enter")
    expect(fresh.get_by_label("Country")).to_have_value("LT")
    expect(fresh.get_by_label("Timezone")).to_have_value("Europe/Vilnius")
    expect(fresh.get_by_label("Currency")).to_have_value("EUR")
    fresh.get_by_label("Property name").fill("Pajūrio viešbutis")
    fresh.get_by_role("button", name="Continue").click()
    _rooms(fresh)
    fresh.get_by_role("button", name="Open Octaspace").click()
    expect(fresh.get_by_role("banner").get_by_text("Pajūrio viešbutis")).to_be_visible()
    cookie = next(one for one in fresh.context.cookies() if one["name"] == COOKIE)
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert COOKIE not in fresh.evaluate("document.cookie")


def _rooms(page: Page) -> None:
    """Units are shown as understood while they are written; what the server refuses stands beside its field."""
    page.locator("[name='room_types.0.name']").fill("Double")
    units = page.locator("[name='room_types.0.units']")
    units.fill("112-101")
    expect(page.get_by_text("112-101 runs backwards.")).to_be_visible()
    units.fill("101-103, A1")
    expect(page.get_by_text("4 units")).to_be_visible()
    expect(page.locator(".units .unit")).to_have_text(["101", "102", "103", "A1"])
    price = page.locator("[name='room_types.0.base_price']")
    price.fill("a lot")
    page.get_by_role("button", name="Open Octaspace").click()
    expect(page.get_by_text("This is not an amount of money.")).to_be_visible()
    expect(price).to_have_attribute("aria-invalid", "true")
    price.fill("64,50")


def test_a_wrong_password_is_said_beside_the_field(visitor: Callable[..., Page], cast: Cast) -> None:
    page = visitor()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(_email(cast.rita.id))
    page.get_by_label("Password").fill("not her password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("E-mail address and password do not match.")).to_be_visible()
    expect(page.get_by_label("Password")).to_be_focused()
    assert not page.context.cookies()


def test_sign_in_goes_on_to_the_page_one_was_sent_away_from(visitor: Callable[..., Page], cast: Cast, seaside: object) -> None:
    page = visitor()
    page.goto("/account")
    expect(page).to_have_url(re.compile(r"/sign-in/?\?next=%2Faccount"))
    page.get_by_label("E-mail").fill(_email(cast.rita.id))
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    page.get_by_role("button", name="Account and settings").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto("/account")
    expect(page).to_have_url(re.compile("/sign-in"))


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(visitor: Callable[..., Page], octaspace: Served, cast: Cast, elsewhere: str) -> None:
    page = visitor()
    form = {"email": _email(cast.anna.id), "password": PASSWORD, "next": elsewhere}
    answer = page.request.post("/auth/sign-in", form=form, headers={"Origin": octaspace.url})
    assert answer.json() == {"to": "/"}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_another_sites_form_does_nothing(visitor: Callable[..., Page], cast: Cast, origin: str) -> None:
    headers = {"Origin": origin} if origin else {}
    form = {"email": _email(cast.rita.id), "password": PASSWORD}
    answer = visitor().request.post("/auth/sign-in", form=form, headers=headers)
    assert answer.status == 403
    assert "set-cookie" not in answer.headers


def test_tries_are_counted(visitor: Callable[..., Page], octaspace: Served, cast: Cast) -> None:
    page, email = visitor(), _email(cast.hana.id)
    send = {"email": email, "password": "a guess", "locale": "de"}
    statuses = [page.request.post("/auth/sign-in", form=send, headers={"Origin": octaspace.url}).status for _ in range(10)]
    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_the_door_speaks_the_language_of_the_browser_and_any_other(visitor: Callable[..., Page]) -> None:
    page = visitor(locale="lt-LT")
    page.goto("/sign-in")
    expect(page.get_by_role("heading")).to_have_text("Prisijungti")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading")).to_have_text("Anmelden")
    page.reload()
    expect(page.get_by_role("heading")).to_have_text("Anmelden")


def test_a_link_that_is_no_invitation_says_so(visitor: Callable[..., Page]) -> None:
    page = visitor()
    page.goto("/invitation?token=made-up")
    expect(page.get_by_text("This invitation is no longer valid.")).to_be_visible()


def test_a_forgotten_password_is_replaced_by_a_link_from_a_colleague(
    sign_in: Callable[..., Page], visitor: Callable[..., Page], cast: Cast, seaside: object
) -> None:
    hers = sign_in(cast.rita)
    hers.goto("/account")
    expect(hers.get_by_role("heading", name="Your account")).to_be_visible()
    page = sign_in(cast.olga)
    page.goto("/team")
    page.get_by_role("button", name="Olga Owner").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name="Access")).to_be_visible()
    expect(drawer.get_by_role("heading", name="Forgotten password")).to_have_count(0)
    drawer.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Rita Desk").click()
    drawer.get_by_role("button", name="Make a link").click()
    link = drawer.get_by_label("Link to a new password").input_value()
    door = visitor()
    door.goto("/sign-in")
    expect(door.get_by_text("Forgot your password?")).to_be_visible()
    door.goto("/new-password" + link.partition("/new-password")[2])
    expect(door.get_by_text("Olga Owner made this link.")).to_be_visible()
    expect(door.get_by_label("E-mail")).to_have_value(_email(cast.rita.id))
    door.get_by_label("New password").fill("a whole new sentence")
    door.get_by_role("button", name="Save and sign in").click()
    expect(door.get_by_role("navigation")).to_be_visible()
    expect(hers).to_have_url(re.compile("/sign-in"))
    door.goto("/new-password" + link.partition("/new-password")[2])
    expect(door.get_by_text("This link is no longer valid.")).to_be_visible()


def test_tries_of_a_link_are_counted(visitor: Callable[..., Page], octaspace: Served) -> None:
    send = {"token": "made-up", "password": "a whole new sentence"}
    page = visitor()
    statuses = [
        page.request.post("/auth/choose-password", form=send, headers={"Origin": octaspace.url}).status for _ in range(10)
    ]
    assert (statuses[0], statuses[-1]) == (410, 429)
