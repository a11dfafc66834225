"""`channel_deal` of a reservation: what its channel said of money, for a program that would ask the guest for it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pms.api.v1 import shapes
from pms.channels.apply import apply
from pms.channels.connections import connect, set_state
from pms.channels.incoming import Card, Extra, Incoming, IncomingRoom
from pms.kernel.db import work
from pms.reservations.guests import GuestDetails
from tests.api.conftest import Hotel, a_key

DEAL = {
    "channel": "Airbnb",
    "cancelled": False,
    "collect": "channel",
    "currency": "EUR",
    "total": 21_000,
    "commission": 2_700,
    "card": {"virtual": True, "balance": 18_000, "active_from": "2027-06-01", "expires": "12/2027"},
    "extras": [{"name": "Cleaning fee", "amount": 3_000, "included": False}],
    "after_tax": True,
    "kept": None,
    "house": "",
}


@pytest.fixture
def sold(hotel: Hotel) -> str:
    """The address of a reservation that a channel made."""
    with work(hotel.owner) as db:
        connection = connect(db, hotel.property_id, "booking_com", "101010", {"client_id": "a", "client_secret": "b"})
        set_state(db, connection.id, 1, "paused")
        room = IncomingRoom("1", date(2027, 6, 1), date(2027, 6, 3), prices=(9_000, 9_000))
        card, fee = Card("vault-1", True, 18_000, date(2027, 6, 1), "12/2027"), Extra("Cleaning fee", 3_000)
        money: dict[str, Any] = {"total": 21_000, "commission": 2_700, "collect": "channel", "card": card, "extras": [fee]}
        told = Incoming("47", "1", "new", [room], GuestDetails("Baker"), "EUR", source="Airbnb", **money)
        apply(db, connection, "Booking.com", told, "1")
    return f"/reservations/{hotel.get('/reservations').json()['items'][0]['id']}"


def test_it_is_read_alone_in_lists_and_after_changes(hotel: Hotel, sold: str) -> None:
    one = hotel.get(sold).json()
    assert one["channel_deal"] == DEAL
    assert shapes.Reservation.model_validate(one).channel_deal
    assert hotel.get("/reservations").json()["items"][0]["channel_deal"] == DEAL
    assert hotel.patch(one, notes="late").json()["channel_deal"] == DEAL
    assert hotel.call("DELETE", sold, headers={"If-Match": "*"}).json()["channel_deal"] == DEAL


def test_the_commission_takes_a_scope_of_its_own(hotel: Hotel, sold: str) -> None:
    key = a_key(hotel.owner, "reservation.view")
    assert hotel.get(sold, key=key).json()["channel_deal"] == {**DEAL, "commission": None}


def test_a_key_that_may_only_change_is_told_no_deal(hotel: Hotel, sold: str) -> None:
    key = a_key(hotel.owner, "reservation.change")
    answer = hotel.call("PATCH", sold, key=key, json={"tags": ["vip"]}, headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["channel_deal"]) == (200, None)


def test_it_is_null_for_bookings_from_elsewhere(hotel: Hotel) -> None:
    made = hotel.booked()
    assert made["channel_deal"] is None
    assert hotel.get(f"/reservations/{made['id']}").json()["channel_deal"] is None
