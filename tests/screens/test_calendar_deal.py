"""In a real browser: an open drawer says who is paid, and so does the channel's next word."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from pms.channels.apply import apply
from pms.channels.connections import connect, set_state
from pms.channels.incoming import Card, Extra, Incoming, IncomingRoom
from pms.channels.models import ChannelBooking, Connection
from pms.kernel.db import work
from pms.reservations.guests import GuestDetails
from pms.reservations.models import Stay
from tests.builders import Cast
from tests.screens.test_calendar import Hotel, SignIn, bar, opened
from tests.screens.test_phone import PHONE
from tests.screens.test_shell import CONTRAST

EXTRAS = (Extra("Cleaning fee", 3_000), Extra("City tax", 400, True))


@pytest.fixture
def hotel(cast: Cast, seaside: UUID) -> Hotel:
    return Hotel(cast, seaside)


def connected(hotel: Hotel) -> UUID:
    with work(hotel.olga) as db:
        made = connect(db, hotel.id, "booking_com", "101010", {"client_id": "a", "client_secret": "b"})
        set_state(db, made.id, 1, "paused")
        return made.id


def told(hotel: Hotel, connection: UUID, order: str, status: Any, **money: Any) -> UUID:
    """The stay of booking 47 after the channel has said so."""
    with work(hotel.olga) as db:
        room = IncomingRoom("1", hotel.day(1), hotel.day(3), prices=(9_000, 9_000))
        one = Incoming("47", order, status, [room], GuestDetails("Baker"), "EUR", total=21_000, commission=2_700, **money)
        apply(db, db.one(Connection, connection), "Booking.com", one, order)
        reservation = db.scalars(select(ChannelBooking.reservation_id).where(ChannelBooking.booking == "47")).one()
        return db.scalars(select(Stay.id).where(Stay.reservation_id == reservation)).one()


def part(page: Page) -> Locator:
    return page.locator("#stay-drawer section", has=page.get_by_role("heading", name="From Booking.com"))


def test_an_open_drawer_says_at_once_that_the_channel_is_paid_now(sign_in: SignIn, hotel: Hotel) -> None:
    connection = connected(hotel)
    stay = told(hotel, connection, "1", "new")
    page = opened(sign_in(hotel.olga))
    bar(page, "Baker").first.click()
    expect(part(page)).to_contain_text("Guest pays here")
    card = Card("", True, 18_000, hotel.day(1), "12/2027")
    told(hotel, connection, "2", "modified", collect="channel", card=card, extras=EXTRAS)
    expect(part(page)).to_contain_text("Paid to Booking.com")
    expect(part(page)).to_contain_text("Cleaning fee · on top")
    expect(part(page)).to_contain_text("City tax · included")
    expect(part(page)).to_contain_text("not yet")
    phone = sign_in(hotel.olga, **PHONE, color_scheme="dark")
    phone.goto(f"/calendar?property={hotel.id}&date={hotel.day(1)}&stay={stay}")
    expect(part(phone)).to_contain_text("Paid to Booking.com")
    assert phone.evaluate(CONTRAST) == []
