"""No price is told to whom it is other money, and nothing else waits for that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import text

from pms.channels import asking, queries, turns
from pms.channels.adapter import Adapter, Message, Stop, Unreadable, Wait
from pms.channels.adapters import ADAPTERS
from pms.channels.connections import set_state, tell_everything, try_now
from pms.kernel.actor import RELAY, Actor
from pms.kernel.db import work
from pms.rates.cells import Edit, change_cells
from tests.channels.airbnb import FakeAirbnb
from tests.channels.conftest import OnChannel, on_channel


def line(hotel: OnChannel) -> queries.ConnectionLine:
    with work(hotel.owner) as db:
        return queries.connection(db, hotel.connection)


@pytest.mark.parametrize("channel", ["channex", "airbnb", "agoda", "expedia"])
def test_a_property_in_another_currency_there_is_refused_before_anything_is_told(olga: Actor, channel: str) -> None:
    """Told all the same, a hundred euros would be sold for a hundred of something else where prices are bare numbers."""
    with on_channel(olga, channel) as hotel:
        hotel.turn()
        asking.same_currency(olga, hotel.connection)
        hotel.fake.currency = "USD"
        if isinstance(hotel.fake, FakeAirbnb):
            hotel.fake.listing_currency = "USD"
        name = ADAPTERS[channel].name
        for ask in (asking.remote_products, asking.same_currency, asking.preview):
            with pytest.raises(asking.OtherCurrency, match=f"{name} has this property in USD, and here it is in EUR."):
                ask(olga, hotel.connection)


def priced(hotel: OnChannel) -> bool:
    return any(name.startswith("price") for values in hotel.fake.calendar.values() for name in values)


@pytest.mark.parametrize("channel", ["channex", "airbnb", "agoda", "expedia"])
def test_whoever_has_prices_told_none_is_in_another_currency(olga: Actor, monkeypatch: pytest.MonkeyPatch, channel: str) -> None:
    """Not by the screens' steps alone: a state that is set is enough. Expedia says it of prices alone, and refuses the first."""
    adapter, taken = ADAPTERS[channel], list[bool]()

    def send(http: Any, link: Any, message: Message) -> dict[int, str]:
        answer = adapter.send(http, link, message)
        taken.extend("price" in one.values for one in message.changes)
        return answer

    monkeypatch.setitem(cast(dict[str, Adapter], ADAPTERS), channel, replace(adapter, send=send))
    with on_channel(olga, channel) as hotel:
        for first, currency in ((True, "USD"), (False, "EUR"), (False, "USD")):
            in_currency(hotel, currency)
            with work(olga) as db:
                set_state(db, hotel.connection, line(hotel).version, "live")
                tell_everything(db, hotel.connection)
            taken.clear()
            hotel.turn()
            same = currency == "EUR"
            assert (any(taken), line(hotel).needs) == (same, not same)
            if not first or channel != "expedia":
                assert (hotel.state(), line(hotel).currency_there) == (("live", ""), currency)


def in_currency(hotel: OnChannel, currency: str) -> None:
    hotel.fake.currency = currency
    if isinstance(hotel.fake, FakeAirbnb):
        hotel.fake.listing_currency = currency


def asked_again(hotel: OnChannel) -> None:
    """As on the next day."""
    with work(hotel.owner) as db:
        db.execute(text(f"update channel_connection set currency_at = now() where id = '{hotel.connection}'"))


def told_of_currencies(hotel: OnChannel) -> list[str]:
    with work(hotel.owner) as db:
        query = "select event from journal where entity_id = :id and event like '%\\_currency' order by id"
        return list(db.execute(text(query), {"id": hotel.connection}).scalars())


def close(hotel: OnChannel, n: int, closed: bool) -> None:
    with work(hotel.owner) as db:
        change_cells(db, hotel.property_id, [Edit((hotel.plan, hotel.double, hotel.day(n)), {"closed": closed})])


def test_in_another_currency_there_rooms_are_told_and_bookings_heard_and_it_goes_on_by_itself(hotel: OnChannel) -> None:
    close(hotel, 7, True)
    hotel.turn()
    before = hotel.shown("room-D/rate-D", 1)
    in_currency(hotel, "USD")
    asked_again(hotel)
    hotel.turn()
    booking = hotel.fake.sell([hotel.sale(2, 3)])
    hotel.book(1, 2)
    close(hotel, 4, True)
    close(hotel, 7, False)
    with work(hotel.owner) as db:
        change_cells(db, hotel.property_id, [Edit((hotel.plan, hotel.double, hotel.day(1)), {"price": 17_000})])
    hotel.turn()
    assert booking in hotel.bookings()
    assert [hotel.shown("room-D", n)["rooms"] for n in (0, 1, 2)] == [3, 2, 2]
    assert hotel.shown("room-D/rate-D", 1) == before, "17000 would be another price"
    assert (hotel.shown("room-D/rate-D", 4)["closed"], hotel.shown("room-D/rate-D", 7)["closed"]) == (1, 1), "none opens"
    assert (hotel.state()[0], line(hotel).rest_until) == ("testing", None)
    with work(hotel.owner) as db:
        assert queries.urgent(db) >= 1
    in_currency(hotel, "EUR")
    with work(hotel.owner) as db:
        try_now(db, hotel.connection)
    with work(RELAY) as db:
        assert hotel.connection in {id for _, id, _ in turns.due(db)}
    hotel.turn()
    assert hotel.shown("room-D/rate-D", 1)["price"] == 17_000
    assert hotel.shown("room-D/rate-D", 7)["closed"] == 0
    assert told_of_currencies(hotel) == ["channel_connection.other_currency", "channel_connection.same_currency"], "once each"
    with work(RELAY) as db:
        assert hotel.connection not in {id for _, id, _ in turns.due(db)}


def test_a_channel_in_another_currency_is_not_spoken_to_over_and_over(hotel: OnChannel) -> None:
    in_currency(hotel, "USD")
    hotel.turn()
    with work(RELAY) as db:
        assert hotel.connection not in {id for _, id, _ in turns.due(db)}


UNSAID = (Wait(3_600, "later"), Unreadable("no property"), KeyError("currency"))


@pytest.mark.parametrize("no", UNSAID)
def test_a_channel_that_does_not_say_its_currency_yet_is_told_rooms_and_no_price(
    hotel: OnChannel, monkeypatch: pytest.MonkeyPatch, no: Exception
) -> None:
    with monkeypatch.context() as meanwhile:
        silent(hotel, meanwhile, no)
        hotel.turn()
        assert (hotel.shown("room-D", 0)["rooms"], priced(hotel)) == (3, False)
        found = line(hotel)
        assert (found.rest_until, found.tell_failures, found.currency_unsaid, found.needs) == (None, 0, True, False)
        hotel.book(0, 1)
        hotel.turn()
        assert hotel.shown("room-D", 0)["rooms"] == 2
        with work(RELAY) as db:
            assert hotel.connection not in {id for _, id, _ in turns.due(db)}
    asked_again(hotel)
    hotel.turn()
    assert priced(hotel)


@pytest.mark.parametrize("no", UNSAID)
def test_what_it_said_last_stands_while_a_channel_does_not_say_its_currency(
    hotel: OnChannel, monkeypatch: pytest.MonkeyPatch, no: Exception
) -> None:
    hotel.turn()
    silent(hotel, monkeypatch, no)
    for amount in (17_000, 18_000):
        with work(hotel.owner) as db:
            change_cells(db, hotel.property_id, [Edit((hotel.plan, hotel.double, hotel.day(1)), {"price": amount})])
        asked_again(hotel)
        hotel.turn()
        assert hotel.shown("room-D/rate-D", 1)["price"] == amount
    assert (line(hotel).rest_until, line(hotel).tell_failures, line(hotel).currency_there) == (None, 0, "EUR")


def test_what_it_said_last_stands_where_that_was_another_currency(hotel: OnChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    in_currency(hotel, "USD")
    hotel.turn()
    for no in (*UNSAID, Stop("not yours")):
        with monkeypatch.context() as meanwhile:
            silent(hotel, meanwhile, no)
            asked_again(hotel)
            hotel.turn()
        assert (hotel.state()[0], line(hotel).other_currency, priced(hotel)) == ("testing", True, False)


def silent(hotel: OnChannel, monkeypatch: pytest.MonkeyPatch, no: Exception) -> None:
    def currency(*_: object) -> str:
        raise no

    adapter = ADAPTERS[hotel.channel]
    monkeypatch.setitem(cast(dict[str, Adapter], ADAPTERS), hotel.channel, replace(adapter, currency=currency))
