"""A channel is told no more than it needs, what it refuses stands alone, and it is asked when it can be."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from pms.channels import turns
from pms.channels.adapter import Adapter, Link, Message
from pms.channels.adapters import ADAPTERS
from pms.channels.adapters.channex import CHANNEX, tell
from pms.channels.adapters.trip_com import TRIP_COM
from pms.channels.changes import Change
from pms.channels.turns import take
from pms.kernel.actor import Actor, job_actor
from pms.kernel.dates import today
from pms.kernel.db import work
from pms.properties.models import Property
from pms.rates.cells import Edit, change_cells
from pms.rates.models import RatePlan
from pms.reservations.life_cycle import cancel
from tests.channels.channex import FakeChannex
from tests.channels.conftest import NIGHTS, OnChannel, on_channel
from workers.channels import speak


def edit(hotel: OnChannel, n: int, **values: Any) -> None:
    with work(hotel.owner) as db:
        change_cells(db, hotel.property_id, [Edit((hotel.plan, hotel.double, hotel.day(n)), values)])


def told(hotel: OnChannel) -> list[str]:
    """The paths of what was posted since the last look, in order."""
    calls = [path for method, path, _ in hotel.fake.calls if method == "POST"]
    hotel.fake.calls.clear()
    return calls


def fake(hotel: OnChannel) -> FakeChannex:
    assert isinstance(hotel.fake, FakeChannex)
    return hotel.fake


def rests(hotel: OnChannel) -> float:
    """Seconds for which nothing is told."""
    with work(hotel.owner) as db:
        query = "select coalesce(extract(epoch from rest_until - now()), 0) from channel_connection where id = :id"
        return max(0.0, float(db.execute(text(query), {"id": hotel.connection}).scalar_one()))


def test_everything_goes_in_two_messages_rooms_first(hotel: OnChannel) -> None:
    hotel.turn()
    assert told(hotel) == ["/availability", "/restrictions"]


def test_a_sale_alone_is_one_message(hotel: OnChannel) -> None:
    hotel.turn()
    told(hotel)
    hotel.book(2, 5)
    hotel.turn()
    assert told(hotel) == ["/availability"]


def test_a_lifted_restriction_is_lifted_there(hotel: OnChannel) -> None:
    edit(hotel, 3, min_stay=4, closed=True)
    hotel.turn()
    assert (hotel.shown("room-D/rate-D", 3)["min_stay"], hotel.shown("room-D/rate-D", 3)["closed"]) == (4, 1)
    edit(hotel, 3, min_stay=None, closed=None)
    hotel.turn()
    assert (hotel.shown("room-D/rate-D", 3)["min_stay"], hotel.shown("room-D/rate-D", 3)["closed"]) == (1, 0)


def test_a_plan_not_open_to_the_channel_is_closed_there(hotel: OnChannel) -> None:
    hotel.turn()
    with work(hotel.owner) as db:
        db.execute(text("update rate_plan set channels = array['desk'] where id = :id"), {"id": hotel.plan})
        db.execute(text("update rate_book set mark = gen_random_uuid() where property_id = :id"), {"id": hotel.property_id})
    hotel.turn()
    assert all(hotel.shown("room-D/rate-D", n)["closed"] for n in range(NIGHTS))


def test_what_the_channel_refuses_stands_alone_and_is_not_sent_again_until_it_changes(hotel: OnChannel) -> None:
    """A price of nothing is no price to Channex; the restriction of the same night, and all other nights, go out."""
    edit(hotel, 3, price=0, min_stay=2)
    hotel.turn()
    assert "price" not in hotel.shown("room-D/rate-D", 3)
    assert hotel.shown("room-D/rate-D", 3)["min_stay"] == 2
    assert hotel.shown("room-D/rate-D", 4)["price"] == 10_000
    assert hotel.words() == {"rate: must be greater than 0"}
    told(hotel)
    hotel.turn()
    assert told(hotel) == []
    edit(hotel, 3, price=8_000)
    hotel.turn()
    assert hotel.shown("room-D/rate-D", 3)["price"] == 8_000
    assert hotel.words() == set()


@pytest.mark.parametrize("warning", ["no such plan", ["no", "such plan"], {"warning": {"rate": ["is odd", "is low"]}}, 7, None])
def test_a_warning_of_any_shape_refuses_the_message_it_came_with(warning: Any) -> None:
    change = Change(uuid4(), date(2026, 12, 1), date(2026, 12, 2), {"rooms": 1})
    link = Link("P-1", "EUR", {}, {change.product_id: "room-D"})
    (message,) = tell.messages(link, [change])
    found = tell._refused(message, httpx.Response(200, json={"meta": {"warnings": [warning]}}))
    assert found.keys() == {0}
    assert "{" not in found[0]


def test_a_refusal_is_forgotten_when_the_value_is_again_what_the_channel_has(hotel: OnChannel) -> None:
    hotel.turn()
    edit(hotel, 3, price=0)
    hotel.turn()
    assert hotel.words()
    edit(hotel, 3, price=None)
    hotel.turn()
    assert hotel.words() == set()


def test_a_message_refused_as_a_whole_is_halved_until_the_bad_cell_stands_alone(hotel: OnChannel) -> None:
    fake(hotel).strict = True
    edit(hotel, 3, price=0)
    hotel.turn()
    assert "price" not in hotel.shown("room-D/rate-D", 3)
    for _ in range(5):  # Channex takes ten messages a minute; the rest follows
        hotel.turn()
    assert [hotel.shown("room-D/rate-D", n)["price"] for n in (2, 4, NIGHTS - 1)] == [10_000] * 3
    assert len(hotel.words()) == 1


@pytest.mark.parametrize(
    ("fault", "least", "most"), [("429", 0, 1), ("500", 59, 60), ("garbage", 59, 60), ("drop_after", 59, 60)]
)
def test_a_channel_that_cannot_now_is_left_alone_for_as_long_as_it_asks(
    hotel: OnChannel, fault: Any, least: int, most: int
) -> None:
    """It said how long, or its documents do: a minute after any error."""
    hotel.fake.faults = ["late", fault]  # the feed answers, the first message does not
    hotel.turn()
    assert least < rests(hotel) <= most
    hotel.turn()
    assert rests(hotel) == 0
    assert hotel.shown("room-D", 0) == {"rooms": 3}


def test_wrong_credentials_stop_the_connection_and_say_why(hotel: OnChannel) -> None:
    fake(hotel).key = "changed over there"
    hotel.turn()
    state, problem = hotel.state()
    assert state == "attention"
    assert "Unauthorized" in problem
    fake(hotel).key = "secret"
    assert not hotel.turn(), "nobody speaks to it before somebody has looked"


def test_only_one_speaks_at_a_time_and_a_dead_one_is_not_waited_for_forever(hotel: OnChannel) -> None:
    assert hotel.owner.organization_id is not None
    with work(hotel.owner) as db:
        assert take(db, hotel.connection)
    assert not speak(job_actor(hotel.owner.organization_id, "channels"), hotel.connection, "channex", NIGHTS)
    assert hotel.fake.calls == []
    assert hotel.turn(), "its turn has run out"
    assert hotel.shown("room-D", 0) == {"rooms": 3}


def test_a_channel_that_takes_its_time_is_waited_for_by_whoever_has_the_turn(
    hotel: OnChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than the lease lasts: it is renewed meanwhile, and nobody else begins to speak."""
    monkeypatch.setattr(turns, "BEAT_SECONDS", 0.05)
    lasts = []

    def slow(http: Any, link: Any) -> list[Any]:
        for _ in range(2):
            with work(hotel.owner) as db:
                query = "select turn_until from channel_connection where id = :id"
                lasts.append(db.execute(text(query), {"id": hotel.connection}).scalar_one())
            time.sleep(0.3)
        return []

    monkeypatch.setitem(cast(dict[str, Adapter], ADAPTERS), "channex", replace(CHANNEX, fetch=slow))
    hotel.turn()
    assert lasts[0] < lasts[1]


def test_what_a_channel_brings_while_it_is_being_told_leaves_that_in_doubt(olga: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sale we had not heard of is cancelled just after our rooms came in there, and adds to them."""
    with on_channel(olga, "trip_com") as hotel:
        hotel.turn()
        hook, hotel.fake.hook = hotel.fake.hook, ""
        id = hotel.fake.sell([hotel.sale(2, 5)])
        assert id is not None
        hotel.book(2, 8)

        def send_and_then(http: Any, link: Any, message: Any) -> dict[int, str]:
            refused = TRIP_COM.send(http, link, message)
            if hotel.fake.bookings[id].status != "cancelled":
                hotel.fake.cancel(id)
                hotel.fake.hook = hook
                hotel.fake.remind()
            return refused

        monkeypatch.setitem(cast(dict[str, Adapter], ADAPTERS), "trip_com", replace(TRIP_COM, send=send_and_then))
        hotel.turn()
        assert hotel.fake.waiting == []
        assert hotel.shown("room-D", 2)["rooms"] == 3
        hotel.turn()
        assert [hotel.shown("room-D", n)["rooms"] for n in range(1, 9)] == [3, *[2] * 6, 3]


def test_a_sale_during_a_long_telling_of_prices_is_told_between_two_messages(
    hotel: OnChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def singly(link: Link, changes: Sequence[Change]) -> list[Message]:
        return [message for change in changes for message in CHANNEX.messages(link, [change])]

    def send_and_then(http: Any, link: Any, message: Message) -> dict[int, str]:
        refused = CHANNEX.send(http, link, message)
        said.append(message.path)
        if len(said) == 3:
            hotel.book(2, 5)
            hotel.news()
        return refused

    monkeypatch.setitem(cast(dict[str, Adapter], ADAPTERS), "channex", replace(CHANNEX, messages=singly, send=send_and_then))
    for n in (2, 6, 10, 14):
        edit(hotel, n, price=12_000)
    hotel.turn()
    assert said[:5] == ["/availability", "/availability", "/restrictions", "/availability", "/restrictions"]
    assert [hotel.shown("room-D", n)["rooms"] for n in range(1, 6)] == [3, 2, 2, 2, 3]
    for _ in range(4):  # no more calls were allowed at once
        hotel.turn()
    assert hotel.shown("room-D/rate-D", 14)["price"] == 12_000


def test_what_is_wanted_looked_at_anew_is_not_told_any_further(hotel: OnChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The channel brought a booking between two messages: the second would tell it rooms that are sold."""
    said: list[str] = []

    def singly(link: Link, changes: Sequence[Change]) -> list[Message]:
        return [message for change in changes for message in CHANNEX.messages(link, [change])]

    def send_and_then(http: Any, link: Any, message: Message) -> dict[int, str]:
        refused = CHANNEX.send(http, link, message)
        said.append(message.path)
        if len(said) == 1:
            with work(hotel.owner) as db:
                turns.unsure(db, hotel.connection)
        return refused

    monkeypatch.setitem(cast(dict[str, Adapter], ADAPTERS), "channex", replace(CHANNEX, messages=singly, send=send_and_then))
    hotel.turn()
    assert said == ["/availability", "/restrictions", "/restrictions", "/restrictions", "/restrictions"][: len(said)]
    assert hotel.shown("room-S", 2) == {}
    for _ in range(4):
        hotel.turn()
    assert (hotel.shown("room-S", 2), hotel.shown("room-D", 2)) == ({"rooms": 2}, {"rooms": 3})


def test_what_was_told_in_part_and_taken_back_is_taken_back_there_too(hotel: OnChannel) -> None:
    """The rooms of the first night were told, the rest was not; before the next turn all is again as it was before."""
    hotel.turn()
    booked = hotel.book(2, 5)
    edit(hotel, 3, price=12_000)
    hotel.fake.faults = ["late", "late", "500"]  # feed and rooms are answered, the price is not
    hotel.turn()
    assert hotel.shown("room-D", 2)["rooms"] == 2
    with work(hotel.owner) as db:
        cancel(db, booked.stays[0].id, None)
    edit(hotel, 3, price=None)
    hotel.turn()
    assert [hotel.shown("room-D", n)["rooms"] for n in range(1, 6)] == [3] * 5
    assert hotel.shown("room-D/rate-D", 3)["price"] == 10_000


@pytest.mark.parametrize("taken_in", [1, 2])
def test_of_a_message_that_went_through_before_the_line_broke_nothing_is_forgotten(hotel: OnChannel, taken_in: int) -> None:
    """Several messages to one part: one is noted, the next breaks, and what the first told is taken back."""
    hotel.turn()
    edit(hotel, 3, price=12_000)
    hotel.fake.faults = ["late", *["late"] * (taken_in - 1), "drop_after"]
    hotel.turn()
    edit(hotel, 3, price=None)
    hotel.turn()
    hotel.turn()
    assert hotel.shown("room-D/rate-D", 3)["price"] == 10_000


@given(st.integers(2, 50), st.floats(1, 3600), st.lists(st.floats(0, 30), min_size=1, max_size=200))
def test_no_span_of_time_has_more_calls_than_the_channel_allows(calls: int, seconds: float, pauses: list[float]) -> None:
    now, made, left, then = 0.0, list[float](), None, 0.0
    for pause in pauses:
        now += pause
        left, wait = turns.paced((calls, seconds), left, now - then)
        then = now
        if wait:
            now += wait + 0.001
            left, wait = turns.paced((calls, seconds), left, now - then)
            then = now
        assert not wait
        made.append(now)
    for first in made:
        assert sum(first <= one < first + seconds for one in made) <= calls


def change_plan(hotel: OnChannel, **values: Any) -> None:
    with work(hotel.owner) as db:
        row = db.one(RatePlan, hotel.plan)
        for name, value in values.items():
            setattr(row, name, value)
        db.execute(text("update rate_book set mark = gen_random_uuid() where property_id = :id"), {"id": hotel.property_id})


def closed(hotel: OnChannel, name: str = "closed_arrival") -> list[int]:
    """The nights, counted from `first`, that the channel shows so."""
    return [n for n in range(-2, NIGHTS + 2) if hotel.shown("room-D/rate-D", n).get(name)]


@pytest.mark.parametrize("channel", ["channex", "booking_com", "expedia"])
def test_nights_too_near_or_too_far_to_be_booked_are_closed_to_arrival_and_move_on_with_the_days(
    olga: Actor, channel: str
) -> None:
    with on_channel(olga, channel) as hotel:
        change_plan(hotel, min_advance=2, max_advance=12)
        edit(hotel, 6, min_advance=9)
        edit(hotel, 8, max_advance=5)
        for zone in ("Pacific/Niue", "Pacific/Kiritimati"):  # where it is yesterday, and where it is tomorrow
            with work(olga) as db:
                db.one(Property, hotel.property_id).timezone = zone
            now = (today(zone) - hotel.first).days
            hotel.turn()
            told = range(now, now + NIGHTS)
            shut = {now, now + 1, 6, 8, *range(now + 13, now + NIGHTS)}
            assert set(closed(hotel)) & set(told) == shut


def test_a_plan_is_closed_before_it_is_valid_and_after(hotel: OnChannel) -> None:
    change_plan(hotel, valid_from=hotel.day(3), valid_until=hotel.day(6))
    hotel.turn()
    assert closed(hotel, "closed") == [0, 1, 2, *range(7, NIGHTS)]


def test_only_the_channel_that_a_value_is_for_is_told(hotel: OnChannel) -> None:
    hotel.turn()
    told(hotel)
    with work(hotel.owner) as db:
        cell = hotel.plan, hotel.double, hotel.day(3)
        change_cells(db, hotel.property_id, [Edit(cell, {"price": 7_700, "closed": True}, channel="expedia")])
    hotel.turn()
    assert told(hotel) == []
    with work(hotel.owner) as db:
        change_cells(db, hotel.property_id, [Edit(cell, {"price": 8_800, "min_stay": 3}, channel=hotel.channel)])
    hotel.turn()
    assert told(hotel) == ["/restrictions"]
    shown = hotel.shown("room-D/rate-D", 3)
    assert (shown["price"], shown["min_stay"], shown["closed"]) == (8_800, 3, 0)
    assert hotel.shown("room-D/rate-D", 4)["price"] != 8_800
    edit(hotel, 3, price=9_900)
    hotel.turn()
    assert hotel.shown("room-D/rate-D", 3)["price"] == 8_800, "its own stays"
    with work(hotel.owner) as db:
        change_cells(db, hotel.property_id, [Edit(cell, {"price": None, "min_stay": None}, channel=hotel.channel)])
    hotel.turn()
    assert (hotel.shown("room-D/rate-D", 3)["price"], hotel.shown("room-D/rate-D", 3)["min_stay"]) == (9_900, 1)
