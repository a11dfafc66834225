"""The drawer of a channel's booking says who is paid, before somebody asks the guest a second time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from pms.channels.apply import apply
from pms.channels.connections import connect, set_state
from pms.channels.incoming import Card, Extra, Incoming, IncomingRoom
from pms.channels.models import ChannelBooking, Connection
from pms.kernel.db import work
from pms.kernel.formats import day
from pms.properties.models import Property
from pms.reservations.guests import GuestDetails
from pms.reservations.models import Stay
from pms.reservations.relocate import move_to_sister
from pms.ui.calendar.deal import DealRow
from pms.ui.calendar.drawer_state import CARD, StayDrawer
from tests.builders import a_property, a_room_type
from tests.states.hotel import Feed, Hotel

EXTRAS = (Extra("Cleaning fee", 3_000), Extra("City tax", 400, True), Extra("Free breakfast", 0))


def connected(hotel: Hotel) -> UUID:
    with work(hotel.cast.olga) as db:
        made = connect(db, hotel.id, "booking_com", "101010", {"client_id": "a", "client_secret": "b"})
        set_state(db, made.id, 1, "paused")
        return made.id


def told(hotel: Hotel, connection: UUID, order: str = "1", status: Any = "new", **money: Any) -> UUID:
    """The stay of booking 47 after the channel has said so."""
    with work(hotel.cast.olga) as db:
        rooms = [] if status == "cancelled" else [IncomingRoom("1", hotel.day(1), hotel.day(3), prices=(9_000, 9_000))]
        one = Incoming("47", order, status, rooms, GuestDetails("Baker"), "EUR", **money)
        apply(db, db.one(Connection, connection), "Booking.com", one, order)
        reservation = db.scalars(select(ChannelBooking.reservation_id).where(ChannelBooking.booking == "47")).one()
        return db.scalars(select(Stay.id).where(Stay.reservation_id == reservation)).one()


async def shown(hotel: Hotel, stay: UUID, role: str = "rita") -> DealRow:
    tab = hotel.tab(getattr(hotel.cast, role))
    await tab.call(StayDrawer.show_stay, str(stay))
    row: DealRow = tab.state(StayDrawer).card.deal
    return row


async def test_what_the_channel_collects_is_shown_with_fees_and_its_card(hotel: Hotel) -> None:
    active = hotel.day(1)
    card = Card("vault-1", True, 18_000, active, "12/27")
    stay = told(hotel, connected(hotel), collect="channel", total=21_000, commission=2_700, card=card, extras=EXTRAS)
    row = await shown(hotel, stay, "olga")
    assert (row.channel, row.standing, row.total, row.commission) == ("Booking.com", "paid", "€210.00", "€27.00")
    assert row.extras == [["Cleaning fee", "€30.00", ""], ["City tax", "€4.00", "included"]]
    assert row.card == f"Virtual card, €180.00, valid until 12/27, can be charged from {day(active, 'en')}"
    assert row.waits


@pytest.mark.parametrize(("days", "waits"), [(1, True), (0, False), (-1, False)])
async def test_a_virtual_card_waits_until_its_day(hotel: Hotel, days: int, waits: bool) -> None:
    card = Card(virtual=True, active_from=hotel.today + timedelta(days))
    row = await shown(hotel, told(hotel, connected(hotel), collect="channel", card=card))
    assert (row.waits, row.card.startswith("Virtual card, can be charged from ")) == (waits, True)


async def test_a_guest_who_pays_here_is_said_to_with_the_card_he_left(hotel: Hotel) -> None:
    row = await shown(hotel, told(hotel, connected(hotel), card=Card(expires="12/27")))
    assert row == DealRow("Booking.com", "here", card="The guest's card, valid until 12/27", after_tax=True)


async def test_the_desk_does_not_see_the_commission(hotel: Hotel) -> None:
    stay = told(hotel, connected(hotel), total=21_000, commission=2_700)
    row = await shown(hotel, stay, "rita")
    assert (row.total, row.commission) == ("€210.00", "")


async def test_nothing_is_said_of_a_booking_from_elsewhere(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    assert await shown(hotel, stay.id) == DealRow()


async def test_another_word_of_the_channel_repaints_the_open_drawer(hotel: Hotel) -> None:
    connection = connected(hotel)
    stay = told(hotel, connection)
    tab = hotel.tab()
    await tab.call(StayDrawer.show_stay, str(stay))
    drawer = tab.state(StayDrawer)
    for order, status, money, standing in (
        ("2", "modified", {"collect": "channel"}, "paid"),
        ("3", "cancelled", {}, "cancelled"),
    ):
        feed = Feed()
        told(hotel, connection, order, status, **money)
        news = tuple(one for one in feed.news() if one.entity == "channel_booking" and CARD.concerns(one, stay))
        assert news
        assert all(CARD.topics & one.topics for one in news)
        CARD.apply(drawer, CARD.load(hotel.cast.rita, stay, news), news)
        assert drawer.card.deal.standing == standing


async def test_of_a_cancelled_booking_stand_what_it_cost_and_what_is_to_be_paid(hotel: Hotel) -> None:
    connection = connected(hotel)
    told(hotel, connection, collect="channel", total=21_000)
    row = await shown(hotel, told(hotel, connection, "2", "cancelled", total=9_000))
    assert (row.standing, row.total, row.kept) == ("cancelled", "€210.00", "€90.00")


async def test_a_guest_moved_from_a_sister_property_has_the_deal_made_there(hotel: Hotel) -> None:
    sister = a_property(hotel.cast.olga, "Hillside")
    twin = a_room_type(hotel.cast.olga, sister, "Twin", 1)
    stay = told(hotel, connected(hotel), collect="channel", total=21_000)
    with work(hotel.cast.olga) as db:
        moved = move_to_sister(db, stay, None, twin).stay.id
        name = db.one(Property, hotel.id).name
    row = await shown(hotel, moved, "olga")
    assert (row.standing, row.total, row.house) == ("paid", "€210.00", name)
