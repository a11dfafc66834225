"""Once a night a channel is looked at: what differs, what it does not show and what it refused is told again, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import select

from pms.channels import asking, queries, recount
from pms.channels.changes import Change
from pms.channels.connections import adapter_of, change_credentials, link_of, opened
from pms.channels.models import Connection
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.rates.cells import Edit, change_cells
from pms.reservations.life_cycle import cancel
from pms.reservations.models import Stay
from pms.ui.channels import rows
from pms.ui.channels.badge import alarm_of
from tests.channels.booking_com import FakeBookingCom, Wrong
from tests.channels.conftest import NIGHTS, OnChannel, on_channel
from tests.channels.fake import Answer
from tests.channels.otas import OTAS
from tests.states.hotel import Feed


class Moody(FakeBookingCom):
    """Takes no night without rooms as long as it is in the mood."""

    sulks = True

    def _availability(self, entry: Element, *of: Any) -> dict[str, int]:
        if self.sulks and entry.get("BookingLimit") == "0":
            raise Wrong("320", "unable to process")
        return super()._availability(entry, *of)


@pytest.fixture
def house(olga: Actor) -> Iterator[OnChannel]:
    """A house on Booking.com, which sells a room on the third night that is gone: it would not hear of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(OTAS, "booking_com", Moody)  # type: ignore[arg-type]
        with on_channel(olga, "booking_com") as found:
            found.turn()
            for _ in range(3):
                found.book(3, 4)
            found.turn()
            yield found


def a_night(hotel: OnChannel) -> None:
    """The nightly look, and the turn after it."""
    with work(hotel.owner) as db:
        db.execute(text("update channel_connection set compare_at = now() where id = :id"), {"id": hotel.connection})
    hotel.turn()
    hotel.tell()


def drift(hotel: OnChannel) -> dict[str, Any]:
    with work(hotel.owner) as db:
        found = db.one(Connection, hotel.connection).drift
    assert found is not None
    return found


def line(hotel: OnChannel) -> queries.ConnectionLine:
    with work(hotel.owner) as db:
        return queries.connection(db, hotel.connection)


def urgent(hotel: OnChannel) -> int:
    with work(hotel.owner) as db:
        return queries.urgent(db)


def edit(hotel: OnChannel, n: int, **values: Any) -> None:
    with work(hotel.owner) as db:
        change_cells(db, hotel.property_id, [Edit((hotel.plan, hotel.double, hotel.day(n)), values)])


# -- what was refused


def test_what_a_channel_refused_it_is_told_again_once_a_night(house: OnChannel) -> None:
    assert house.shown("room-D", 3)["rooms"] == 3
    assert house.words()
    house.tell()
    house.fake.sulks = False  # type: ignore[attr-defined]
    house.tell()
    assert house.shown("room-D", 3)["rooms"] == 3, "not before the night"
    a_night(house)
    assert house.shown("room-D", 3)["rooms"] == 0
    assert house.words() == set()


def test_a_channel_that_cannot_be_read_is_told_again_what_it_refused_too(olga: Actor) -> None:
    with on_channel(olga, "trip_com") as hotel:
        hotel.turn()
        edit(hotel, 3, price=0)
        hotel.turn()
        with work(olga) as db:
            set_back = "update channel_shown set refused = '{\"price\": 0}', words = 'an old one' where night = :night"
            db.execute(text(set_back), {"night": hotel.day(4)})
        a_night(hotel)
        assert "an old one" not in hotel.words()


def test_rooms_counted_anew_are_told_again_though_they_were_refused(house: OnChannel) -> None:
    house.fake.sulks = False  # type: ignore[attr-defined]
    with work(house.owner) as db:
        recount.nights(db, house.connection, [(house.day(3), house.day(4))])
    house.tell()
    assert house.shown("room-D", 3)["rooms"] == 0
    assert house.words() == set()


def test_rooms_that_are_refused_are_for_people_at_once(house: OnChannel) -> None:
    found = line(house)
    assert (found.refused, found.rooms_refused, found.needs, urgent(house)) == (1, 1, True, 1)
    card = rows.line(found, "en", datetime.now(UTC))
    assert (card.light, card.words) == ("bad", "Rooms refused")
    assert "1 night," in card.detail
    house.fake.sulks = False  # type: ignore[attr-defined]
    a_night(house)
    assert (line(house).rooms_refused, line(house).needs, urgent(house)) == (0, False, 0)


def test_a_refused_price_is_nobodys_emergency(olga: Actor) -> None:
    with on_channel(olga, "channex") as hotel:
        edit(hotel, 3, price=0)
        hotel.turn()
        assert (line(hotel).refused, line(hotel).rooms_refused, line(hotel).needs, urgent(hotel)) == (1, 0, False, 0)
        assert rows.line(line(hotel), "en", datetime.now(UTC)).light == "warn"


def test_people_are_told_once_that_rooms_are_refused_and_counted_again_when_that_is_over(house: OnChannel) -> None:
    feed = Feed()
    for _ in range(3):
        house.book(5, 6)
    house.tell()
    assert alarms(feed) == [], "they know"
    a_night(house)
    assert alarms(feed) == ["channel_connection.rooms_refused"], "once a night"
    with work(house.owner) as db:
        stay = db.scalars(select(Stay).where(Stay.property_id == house.property_id, Stay.arrival == house.day(3))).first()
        assert stay
        cancel(db, stay.id, None)
    house.tell()
    assert "channel_connection.refusal_over" in [one.event for one in feed.news()]


def alarms(feed: Feed) -> list[str]:
    return [alarm for one in feed.news() if (alarm := alarm_of(one))]


# -- what is not shown


def test_what_a_channel_does_not_show_is_told_again_once_a_night(olga: Actor) -> None:
    """Booking.com shows rooms only: a price that somebody changed in the extranet would stay for ever."""
    with on_channel(olga, "booking_com") as hotel:
        hotel.turn()
        hotel.fake.told("room-D/rate-D", hotel.day(4), hotel.day(4), {"price": 1, "closed": 1})
        hotel.fake.calls.clear()
        a_night(hotel)
        assert (hotel.shown("room-D/rate-D", 4)["price"], hotel.shown("room-D/rate-D", 4)["closed"]) == (10_000, 0)
        assert (drift(hotel)["read"], drift(hotel)["cells"]) == (True, 0)


def test_rooms_that_are_shown_as_told_are_not_told_again(olga: Actor) -> None:
    with on_channel(olga, "booking_com") as hotel:
        hotel.turn()
        seen: list[str] = []
        availability = hotel.fake._availability  # type: ignore[attr-defined]
        hotel.fake._availability = lambda entry, *of: (  # type: ignore[attr-defined]
            seen.extend(filter(None, [entry.get("BookingLimit")])) or availability(entry, *of)
        )
        a_night(hotel)
        assert seen == []


def test_an_answer_that_shows_nothing_is_no_calendar_without_differences(olga: Actor) -> None:
    with on_channel(olga, "booking_com") as hotel:
        hotel.turn()
        hotel.fake._left = lambda asked: Answer(200, "<availability/>", "text/xml")  # type: ignore[attr-defined]
        hotel.fake.told("room-D", hotel.day(4), hotel.day(4), {"rooms": 9})
        a_night(hotel)
        assert not drift(hotel)["read"]
        assert hotel.shown("room-D", 4)["rooms"] == 3


# -- what is shown as it was taken


@pytest.mark.parametrize("channel", OTAS)
def test_what_a_channel_rounds_or_knows_a_most_of_is_no_difference(olga: Actor, channel: str) -> None:
    with on_channel(olga, channel) as hotel:
        edit(hotel, 3, price=8_450, min_stay=2, max_stay=40, min_stay_arrival=2, max_stay_arrival=40)
        hotel.turn()
        hotel.tell()
        a_night(hotel)
        assert drift(hotel)["examples"] == []


@pytest.mark.parametrize("channel", ["airbnb", "booking_com", "agoda", "expedia"])
def test_more_rooms_than_a_channel_knows_are_no_difference(olga: Actor, channel: str) -> None:
    with on_channel(olga, channel) as hotel, httpx.Client(timeout=5) as http:
        with work(olga) as db:
            adapter, link = adapter_of(channel), link_of(db, db.one(Connection, hotel.connection), lambda *_: None)
        room = next(id for id, remote in link.remote_ids.items() if remote == "room-D")
        for count in (0, 2, 9_000):
            for message in adapter.messages(link, [Change(room, hotel.first, hotel.first, {"rooms": count})]):
                assert adapter.send(http, link, message) == {}
            shown = adapter.shown(http, link, hotel.first, 1)
            assert shown
            assert shown[room, hotel.first] == adapter.as_told(link, room, {"rooms": count})


def test_a_listing_of_one_room_is_no_difference_however_many_rooms_we_have(olga: Actor) -> None:
    with on_channel(olga, "airbnb") as hotel:
        with work(olga) as db:
            row = db.one(Connection, hotel.connection)
            change_credentials(db, row.id, row.version, {**opened(row), "room_type_listings": ""})
        hotel.fake.counting.clear()  # type: ignore[attr-defined]
        hotel.turn()
        a_night(hotel)
        assert drift(hotel)["examples"] == []


def test_a_preview_finds_no_difference_in_what_is_rounded(olga: Actor) -> None:
    with on_channel(olga, "airbnb") as hotel:
        edit(hotel, 3, price=8_450)
        hotel.turn()
        assert asking.preview(olga, hotel.connection, NIGHTS).differ == 0
