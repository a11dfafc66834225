"""Reporting a channel's booking from its drawer, in a real browser: asked for with a click, answered live."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import expect

from pms.channels import reporting
from pms.channels.apply import apply
from pms.channels.connections import connect, set_state
from pms.channels.incoming import Incoming, IncomingRoom
from pms.channels.reporting import Answer
from pms.kernel.db import work
from pms.reservations.guests import GuestDetails
from tests.builders import Cast
from tests.screens.test_calendar import Hotel, SignIn, bar, opened


@pytest.fixture
def hotel(cast: Cast, seaside: UUID) -> Hotel:
    return Hotel(cast, seaside)


def test_a_bad_card_is_reported_with_a_click_and_the_answer_appears(sign_in: SignIn, hotel: Hotel) -> None:
    with work(hotel.olga) as db:
        connection = connect(db, hotel.id, "booking_com", "101010", {"client_id": "a", "client_secret": "b"}).id
        row = set_state(db, connection, 1, "paused")
        room = IncomingRoom("1", hotel.day(1), hotel.day(3), prices=(9_000, 9_000))
        apply(db, row, "Booking.com", Incoming("47", "r1", "new", [room], GuestDetails("Baker"), "EUR"), "1")
    page = opened(sign_in(hotel.rita))
    bar(page, "Baker").first.click()
    part = page.locator("#stay-drawer").locator("section", has=page.get_by_role("heading", name="Reports to Booking.com"))
    part.get_by_role("button", name="Report an invalid card").click()
    expect(part).to_contain_text("On its way")
    expect(part.get_by_role("button")).to_have_count(0)
    with work(hotel.olga) as db:
        (due,) = reporting.due(db, connection)
        reporting.note(db, due.id, Answer("refused", "too late. RUID abc"))
    expect(part).to_contain_text("Refused: too late. RUID abc")
    part.get_by_role("button", name="Report an invalid card").click()
    expect(part).to_contain_text("On its way")
    with work(hotel.olga) as db:
        (due,) = reporting.due(db, connection)
        reporting.note(db, due.id, Answer("reported"))
    expect(part.get_by_role("button", name="Ask to cancel it for the card")).to_be_visible()
