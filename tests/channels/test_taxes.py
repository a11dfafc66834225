"""What comes on top of a price: told within it where a channel's prices are after tax, and charged once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from pms.channels import queries
from pms.channels.connections import change_credentials
from pms.channels.deals import deals_of
from pms.channels.models import Connection
from pms.channels.standing import Days, products_on_channels, worst
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.properties.taxes import TaxFields, create_tax
from pms.rates.cells import Edit, change_cells
from pms.rates.load import house_of
from pms.rates.party import Party
from pms.rates.price import prices
from pms.rates.restrict import Wish
from pms.reservations.offers import quote, sellable_board, taxes_of
from tests.channels.conftest import OnChannel, on_channel

VAT = TaxFields("VAT", "percent", percent=1_000, included=False)
CITY = TaxFields("City tax", "per_person_night", amount=200, included=False)
GST = TaxFields("GST", "percent", percent=900)
LINEN = TaxFields("Linen", "per_booking", amount=1_500, included=False)


def tax(hotel: OnChannel, *taxes: TaxFields) -> None:
    with work(hotel.owner) as db:
        for one in taxes:
            create_tax(db, hotel.property_id, one)


def told(hotel: OnChannel, n: int) -> dict[str, int]:
    return {name: value for name, value in hotel.shown("room-D/rate-D", n).items() if name.startswith("price")}


def left_out(hotel: OnChannel) -> list[str]:
    with work(hotel.owner) as db:
        return queries.taxes_left_out(db, hotel.connection)


def by_occupancy(hotel: OnChannel) -> None:
    with work(hotel.owner) as db:
        version = db.one(Connection, hotel.connection).version
        change_credentials(db, hotel.connection, version, {"pricing": "occupancy"})


@pytest.mark.parametrize("channel", ["booking_com", "trip_com", "google_ari"])
def test_a_price_after_tax_is_told_with_what_comes_on_top_of_the_night(olga: Actor, channel: str) -> None:
    with on_channel(olga, channel) as hotel:
        hotel.turn()
        tax(hotel, replace(VAT, valid_from=hotel.day(3)))
        hotel.turn()
        assert [set(told(hotel, n).values()) for n in (2, 3)] == [{10_000}, {11_000}]
        assert left_out(hotel) == []


@pytest.mark.parametrize("channel", ["channex", "expedia", "agoda", "airbnb"])
def test_a_price_that_is_not_said_to_be_after_tax_is_told_without_and_people_read_which(olga: Actor, channel: str) -> None:
    with on_channel(olga, channel) as hotel:
        tax(hotel, VAT, CITY, replace(CITY, name="In the price", included=True))
        hotel.turn()
        assert set(told(hotel, 2).values()) == {10_000}
        assert left_out(hotel) == ["VAT", "City tax"]


def test_what_is_charged_by_head_is_in_the_price_of_a_party(olga: Actor) -> None:
    with on_channel(olga, "booking_com") as hotel:
        by_occupancy(hotel)
        tax(hotel, CITY)
        hotel.turn()
        assert told(hotel, 2) == {"price_1": 10_200, "price_2": 10_400}
        assert left_out(hotel) == []


def test_what_is_charged_by_head_is_in_no_price_of_a_room_whoever_sleeps_there(olga: Actor) -> None:
    with on_channel(olga, "booking_com") as hotel:
        tax(hotel, CITY)
        hotel.turn()
        assert set(told(hotel, 2).values()) == {10_000}
        assert left_out(hotel) == ["City tax"]


@pytest.mark.parametrize("fields", [LINEN, replace(CITY, nights_most=7), replace(CITY, exempt_from_nights=30)])
def test_what_depends_on_the_stay_is_in_no_price_of_a_night_and_people_read_which(olga: Actor, fields: TaxFields) -> None:
    with on_channel(olga, "google_ari") as hotel:
        tax(hotel, fields)
        hotel.turn()
        assert set(told(hotel, 2).values()) == {10_000}
        assert left_out(hotel) == [fields.name]


def test_a_night_without_a_price_is_not_told_to_cost_its_taxes(olga: Actor) -> None:
    with on_channel(olga, "trip_com") as hotel:
        tax(hotel, replace(CITY, kind="per_night"))
        with work(olga) as db:
            change_cells(db, hotel.property_id, [Edit((hotel.plan, hotel.double, hotel.day(3)), {"price": 0})])
        hotel.turn()
        assert [told(hotel, n) for n in (2, 3)] == [{"price": 10_200}, {}]


@pytest.mark.parametrize("channel", ["booking_com", "trip_com"])
@pytest.mark.parametrize("euros", [100_00, 99_99, 33_33, 1])
def test_a_guest_is_told_sold_and_charged_the_same_to_the_cent(olga: Actor, channel: str, euros: int) -> None:
    """What our own offer of the same nights comes to, too."""
    with on_channel(olga, channel) as hotel:
        tax(
            hotel,
            replace(VAT, percent=1_370),
            replace(CITY, kind="per_night", amount=105),
            GST,
        )
        with work(olga) as db:
            nights = [Edit((hotel.plan, hotel.double, hotel.day(n)), {"price": euros}) for n in (2, 3, 4)]
            change_cells(db, hotel.property_id, nights)
            wish = Wish(hotel.day(2), hotel.day(5), Party(2))
            ours = quote(db, hotel.property_id, wish, hotel.double, hotel.plan).taxed.total
        hotel.turn()
        shown = tuple(told(hotel, n)["price"] for n in (2, 3, 4))
        assert sum(shown) == ours
        id = hotel.fake.sell([replace(hotel.sale(2, 5), prices=shown)])
        assert id is not None
        hotel.turn()
        reservation, (stay,) = hotel.reservation(id)
        with work(olga) as db:
            query = "select price from stay_night where stay_id = :id order by night"
            charged = db.execute(text(query), {"id": stay.id}).scalars()
            deal = deals_of(db, [reservation.id])[reservation.id]
            assert tuple(charged) == shown
        assert (deal.total, deal.after_tax) == (ours, True)


def test_prices_told_with_taxes_do_not_wait_in_the_grid(olga: Actor) -> None:
    with on_channel(olga, "booking_com") as hotel:
        tax(hotel, VAT)
        hotel.turn()
        with work(olga) as db:
            board, left = sellable_board(db, house_of(db, hotel.property_id), hotel.first, 5)
            days = Days(board, left, prices(board), taxes_of(db, hotel.property_id))
            standing: Any = worst(products_on_channels(db, hotel.property_id, days))
            assert standing[hotel.double, hotel.plan] == ["accepted"] * 5
            assert board.days[4] == hotel.first + timedelta(days=4)
