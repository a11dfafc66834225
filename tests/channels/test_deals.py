"""What a channel said of money is read as it was said last, and by whom it concerns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from pms.channels.apply import apply
from pms.channels.connections import disconnect
from pms.channels.deals import Deal, PayCard, deals_of
from pms.channels.incoming import Card, Extra, Incoming, IncomingRoom
from pms.channels.models import Connection
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.permissions import ROLES
from pms.properties.models import Property
from pms.reservations.guests import GuestDetails
from pms.reservations.life_cycle import cancel, reinstate
from pms.reservations.models import Reservation, Stay
from pms.reservations.relocate import move_to_sister
from tests.builders import a_property, a_room_type
from tests.channels.conftest import OnChannel

CARD = Card("vault-4711", True, 18_000, date(2027, 6, 1), "12/2027")
EXTRAS = (Extra("Cleaning fee", 3_000), Extra("City tax", 400, True))
MONEY = {"total": 21_000, "commission": 2_700, "collect": "channel", "card": CARD, "extras": EXTRAS}
"""What the channel says of it below, unless a test says otherwise."""


def told(hotel: OnChannel, order: str = "1", status: Any = "new", **money: Any) -> UUID | None:
    """The reservation of booking 47 after the channel has said so."""
    with work(hotel.owner) as db:
        room = IncomingRoom("room-D", hotel.day(2), hotel.day(4), prices=(9_000, 9_000))
        rooms = [] if status == "cancelled" else [room]
        one = Incoming("47", order, status, rooms, GuestDetails("Baker"), "EUR", **money)
        apply(db, db.one(Connection, hotel.connection), "Channex", one, order)
    return hotel.bookings()["47"].reservation_id


def deal(actor: Actor, reservation: UUID | None) -> Deal | None:
    assert reservation
    with work(actor) as db:
        return deals_of(db, [reservation]).get(reservation)


def test_what_was_said_of_money_is_read_without_the_token_of_the_card(hotel: OnChannel) -> None:
    found = deal(hotel.owner, told(hotel, **MONEY))
    card = PayCard(True, 18_000, date(2027, 6, 1), "12/2027")
    assert found == Deal("Channex", False, "channel", "EUR", 21_000, 2_700, card, EXTRAS, False)
    assert "4711" not in repr(found)


def test_an_aggregators_booking_is_paid_to_who_sold_it(hotel: OnChannel) -> None:
    found = deal(hotel.owner, told(hotel, source="Airbnb", **MONEY))
    assert found
    assert found.channel == "Airbnb"


def test_the_last_word_counts_also_when_it_is_a_cancellation(hotel: OnChannel) -> None:
    told(hotel, **MONEY)
    found = deal(hotel.owner, told(hotel, "2", "modified", total=18_000))
    assert found == Deal("Channex", False, "property", "EUR", 18_000, None, None, (), False)
    found = deal(hotel.owner, told(hotel, "3", "cancelled"))
    assert found
    assert found.cancelled


def test_a_cancellation_leaves_what_it_cost_and_says_what_is_kept(hotel: OnChannel) -> None:
    told(hotel, **MONEY)
    found = deal(hotel.owner, told(hotel, "2", "cancelled", total=9_000, commission=1_200))
    card = PayCard(True, 18_000, date(2027, 6, 1), "12/2027")
    assert found == Deal("Channex", True, "channel", "EUR", 21_000, 1_200, card, EXTRAS, kept=9_000)
    found = deal(hotel.owner, told(hotel, "3", "modified", total=18_000))
    assert found
    assert (found.total, found.kept) == (18_000, None), "it is on again"


def test_of_a_booking_heard_of_by_its_cancellation_alone_only_what_is_kept_is_known(hotel: OnChannel) -> None:
    hotel.book(2, 4)
    with work(hotel.owner) as db:
        booked = db.scalars(select(Reservation)).one()
        booked.source, booked.external_ref = "Channex", "47"
    found = deal(hotel.owner, told(hotel, "1", "cancelled", total=9_000))
    assert found
    assert (found.total, found.kept) == (None, 9_000)


def test_a_guest_moved_to_a_sister_property_has_the_deal_made_here(hotel: OnChannel) -> None:
    reservation = told(hotel, **MONEY)
    sister = a_property(hotel.owner, "Hillside")
    twin = a_room_type(hotel.owner, sister, "Twin", 1)
    with work(hotel.owner) as db:
        stay = db.scalars(select(Stay).where(Stay.reservation_id == reservation)).one()
        moved = move_to_sister(db, stay.id, None, twin).stay
        house = db.one(Property, hotel.property_id).name
    found = deal(hotel.owner, moved.reservation_id)
    assert found
    assert (found.collect, found.total, found.commission, found.house) == ("channel", 21_000, 2_700, house)
    there = replace(hotel.owner, property_ids=frozenset({sister}))
    assert deal(there, moved.reservation_id) == replace(found, commission=None), (
        "who works there alone has to know who pays, and not what the house that sold it pays for that"
    )
    with work(hotel.owner) as db:
        cancel(db, moved.id, None)
        reinstate(db, stay.id, None)
    assert deal(hotel.owner, moved.reservation_id) is None


def test_of_what_was_only_asked_nothing_is_paid(hotel: OnChannel) -> None:
    assert deal(hotel.owner, told(hotel, status="asked", **MONEY)) is None


def test_who_has_paid_is_still_known_when_the_channel_is_left(hotel: OnChannel) -> None:
    reservation = told(hotel, **MONEY)
    with work(hotel.owner) as db:
        disconnect(db, hotel.connection, db.one(Connection, hotel.connection).version)
    found = deal(hotel.owner, reservation)
    assert found
    assert found.collect == "channel"


def test_a_booking_of_the_desk_has_none(hotel: OnChannel) -> None:
    assert deal(hotel.owner, hotel.book(2, 4).reservation.id) is None


@pytest.mark.parametrize(
    ("role", "commission"), [("manager", 2_700), ("accountant", 2_700), ("front_desk", None), ("housekeeping", None)]
)
def test_the_commission_is_for_who_sees_reports(hotel: OnChannel, role: str, commission: int | None) -> None:
    found = deal(replace(hotel.owner, permissions=ROLES[role]), told(hotel, **MONEY))
    assert found
    assert (found.total, found.commission) == (21_000, commission)


def test_who_may_not_see_the_reservation_sees_no_deal(hotel: OnChannel) -> None:
    reservation = told(hotel, **MONEY)
    assert deal(hotel.owner.without("reservation.view"), reservation) is None
    elsewhere = replace(hotel.owner, property_ids=frozenset({a_property(hotel.owner)}))
    assert deal(elsewhere, reservation) is None
