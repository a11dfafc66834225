"""How cells stand on the channels: what waits, and nothing about nights of which a channel is told later."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from pms.channels.standing import Days, on_channels, products_on_channels, worst
from pms.kernel.actor import Actor
from pms.kernel.db import Db, work
from pms.rates.cells import Edit, change_cells
from pms.rates.load import house_of
from pms.rates.price import prices
from pms.reservations.offers import sellable_board, taxes_of
from tests.channels.conftest import OnChannel, on_channel

FIRST, NIGHTS = 360, 12


def days(db: Db, hotel: OnChannel) -> Days:
    """A year ahead."""
    board, left = sellable_board(db, house_of(db, hotel.property_id), hotel.day(FIRST), NIGHTS)
    return Days(board, left, prices(board), taxes_of(db, hotel.property_id))


@pytest.mark.parametrize(("channel", "nights"), [("channex", 500), ("trip_com", 366)])
def test_nights_beyond_those_a_channel_takes_news_of_do_not_wait(olga: Actor, channel: str, nights: int) -> None:
    told = min(NIGHTS, nights - FIRST)
    with on_channel(olga, channel) as hotel, work(olga) as db:
        standing = worst(products_on_channels(db, hotel.property_id, days(db, hotel)))
        for row in ((hotel.double, None), (hotel.double, hotel.plan)):
            assert standing[row] == ["waiting"] * told + ["accepted"] * (NIGHTS - told)


def test_the_details_of_such_a_night_say_only_what_was_refused(olga: Actor) -> None:
    with on_channel(olga, "trip_com") as hotel, work(olga) as db:
        ahead = days(db, hotel)

        def said(n: int) -> list[tuple[bool, str]]:
            return [(one.rooms, one.state) for one in on_channels(db, *cell, hotel.day(n))]

        cell = hotel.property_id, ahead, hotel.double, hotel.plan
        assert said(365) == [(True, "waiting"), (False, "waiting")] or said(365) == [(False, "waiting"), (True, "waiting")]
        assert said(366) == []
        plan = "select id from channel_product where room_type_id = :kind and rate_plan_id is not null"
        refused = f"""
            insert into channel_shown (organization_id, product_id, night, accepted, refused, words)
            values (:organization, ({plan}), :night, '{{}}', :refused, 'no')
        """
        of = {"kind": hotel.double, "night": hotel.day(366), "organization": olga.organization_id}
        db.execute(text(refused), {**of, "refused": json.dumps({"price": 10_000})})
        assert said(366) == [(False, "refused")]


def test_a_value_for_another_channel_makes_nothing_wait_here(olga: Actor) -> None:
    with on_channel(olga, "channex") as hotel:
        hotel.nights = FIRST + NIGHTS
        hotel.turn()

        def waiting() -> list[str]:
            with work(olga) as db:
                return list(worst(products_on_channels(db, hotel.property_id, days(db, hotel)))[hotel.double, hotel.plan])

        assert set(waiting()) == {"accepted"}
        cell = hotel.plan, hotel.double, hotel.day(FIRST + 1)
        with work(olga) as db:
            change_cells(db, hotel.property_id, [Edit(cell, {"price": 7_700}, channel="airbnb")])
        assert set(waiting()) == {"accepted"}
        with work(olga) as db:
            change_cells(db, hotel.property_id, [Edit(cell, {"price": 7_700}, channel="channex")])
        assert waiting()[:3] == ["accepted", "waiting", "accepted"]
