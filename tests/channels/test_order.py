"""A damaged time of a message stands behind nothing: what is said after it is no late news."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from pms.channels.adapter import Unreadable
from pms.channels.adapters import ADAPTERS
from pms.channels.wire import AHEAD_MOST, order_of
from tests.channels import test_trip_com_bookings as trip_com
from tests.channels.channex import FakeChannex
from tests.channels.conftest import OnChannel
from tests.channels.test_agoda_bookings import sample as of_agoda
from tests.channels.test_airbnb_bookings import GOOD as OF_AIRBNB
from tests.channels.test_expedia_bookings import sample as of_expedia
from tests.channels.test_glimpse import LINKS, of_channex

CHANGE = trip_com.GOOD[0].replace("OTA_HotelResRQ", "OTA_HotelResModifyRQ")
TIMES = {
    "channex": (of_channex(), r'("inserted_at": ")[^"]*'),
    "airbnb": (json.dumps(OF_AIRBNB), r'("updated_at": ")[^"]*'),
    "expedia": (of_expedia("Book"), r'(createDateTime=")[^"]*'),
    "agoda": (of_agoda("new", 3), r'(last_action=")[^"]*'),
    "trip_com": (CHANGE, r'(TimeStamp=")[^"]*'),
}
ODD = ["~2026-11-01T12:00:00Z", "9999-12-31T00:00:00Z", "soon", "2026-13-01T00:00:00Z"]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", TIMES)
def test_a_message_said_when_nobody_can_have_said_it_is_not_read_and_its_time_not_believed(name: str, odd: str) -> None:
    good, spot = TIMES[name]
    message, spots = re.subn(spot, rf"\g<1>{odd}", good)
    assert spots
    assert ADAPTERS[name].read(LINKS[name], good).order
    with pytest.raises(Unreadable):
        ADAPTERS[name].read(LINKS[name], message)
    found = ADAPTERS[name].glimpse(LINKS[name], message)
    assert found.order == ""
    assert found.rooms, "they are held all the same"


def test_times_sort_whatever_their_zone_and_however_they_are_written() -> None:
    said = ["2026-11-01T12:00:00+07:00", "20261101T060000Z", "2026-11-01T06:00:00.5", "2026-11-01 07:00:00Z"]
    orders = [order_of(one) for one in said]
    assert orders == sorted(orders)
    assert order_of(None) == order_of("") == ""


def test_a_time_a_day_from_now_is_another_clock_and_one_beyond_that_is_not() -> None:
    assert order_of((datetime.now(UTC) + AHEAD_MOST - timedelta(minutes=1)).isoformat())
    with pytest.raises(Unreadable):
        order_of((datetime.now(UTC) + AHEAD_MOST + timedelta(minutes=1)).isoformat())


@pytest.mark.parametrize("odd", ODD)
def test_what_is_said_after_a_message_with_a_damaged_time_is_taken_in(hotel: OnChannel, odd: str) -> None:
    """It sorts before that as a text: taken for late news, it would be acknowledged and told to nobody."""
    hotel.turn()
    assert isinstance(hotel.fake, FakeChannex)
    hotel.fake.inserted_at = odd
    id = hotel.fake.sell([hotel.sale(2, 4)])
    assert id
    hotel.turn()
    assert hotel.stays(id) == [(hotel.day(2), hotel.day(4), "confirmed")]
    hotel.fake.inserted_at = ""
    hotel.fake.cancel(id)
    hotel.turn()
    assert [status for _, _, status in hotel.stays(id)] == ["cancelled"]
