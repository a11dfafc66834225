"""What screens are told of channels is what is so, and of nobody else's."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import text

from pms.channels import asking, calls, inbox, mapping, queries
from pms.channels.adapter import Adapter, Message, Received, RemoteProduct
from pms.channels.adapters import ADAPTERS
from pms.channels.calendars import queries as feed_queries
from pms.channels.connections import ConnectedElsewhere, connect, disconnect, set_state
from pms.channels.mapping import RoomFirst, TakenThere
from pms.channels.proposal import propose
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.permissions import ROLES
from pms.kernel.refusals import NotFound, NotPermitted
from pms.properties.taxes import TaxFields, create_tax
from pms.rates.cells import Edit, change_cells
from tests.builders import Cast, a_property
from tests.channels.channex import FakeChannex
from tests.channels.conftest import NIGHTS, OnChannel, on_channel
from tests.services import environment


def line(hotel: OnChannel) -> queries.ConnectionLine:
    with work(hotel.owner) as db:
        return queries.connection(db, hotel.connection)


def mapped(hotel: OnChannel) -> dict[str, str]:
    with work(hotel.owner) as db:
        return {one.remote_id: f"{one.room_type} {one.plan}".strip() for one in queries.products(db, hotel.connection)}


def test_a_connection_tells_how_it_stands(hotel: OnChannel) -> None:
    hotel.turn()
    hotel.fake.sell([hotel.sale(1, 2, room="nobody", rate="knows")], force=True)
    hotel.turn()
    found = line(hotel)
    assert (found.state, found.products, found.refused, found.problems, found.stuck) == ("testing", 4, 0, 1, 0)
    assert found.told_at
    assert found.heard_at
    assert found.since is None
    assert (found.calls > 0, found.failed) == (True, 0)
    hotel.fake.faults = ["500"]
    hotel.turn()
    assert (line(hotel).failed, line(hotel).hear_failures, line(hotel).tell_failures) == (1, 1, 0)


def test_what_is_refused_is_counted_and_listed_with_the_channels_words(hotel: OnChannel) -> None:
    with work(hotel.owner) as db:
        change_cells(db, hotel.property_id, [Edit((hotel.plan, hotel.double, hotel.day(n)), {"price": 0}) for n in (2, 3)])
    hotel.turn()
    assert line(hotel).refused == 2
    with work(hotel.owner) as db:
        cells = queries.refused_cells(db, hotel.connection, hotel.first)
    assert [(one.night, one.values) for one in cells] == [(hotel.day(2), {"price": 0}), (hotel.day(3), {"price": 0})]
    assert "greater than 0" in cells[0].words


def test_news_that_nobody_has_told_yet_wait_since_they_came(hotel: OnChannel) -> None:
    hotel.turn()
    with work(hotel.owner) as db:
        last = db.execute(text("select max(id) from journal")).scalar_one()
        db.execute(
            text(f"update channel_connection set rooms_told = {last}, rooms_news = {last} where id = '{hotel.connection}'")
        )
    assert line(hotel).since is None
    hotel.book(1, 2)
    with work(hotel.owner) as db:
        news = db.execute(text("select max(id) from journal")).scalar_one()
        db.execute(text(f"update channel_connection set rooms_news = {news} where id = '{hotel.connection}'"))
    since = line(hotel).since
    assert since
    assert datetime.now(UTC) - since < timedelta(minutes=1), "not since the property was opened"
    with work(hotel.owner) as db:
        set_state(db, hotel.connection, line(hotel).version, "paused")
    assert line(hotel).since is None, "whoever is paused is not behind"


def test_progress_counts_cells(hotel: OnChannel) -> None:
    end = hotel.day(NIGHTS)
    with work(hotel.owner) as db:
        before = queries.synced(db, queries.connection(db, hotel.connection), hotel.first, end)
    assert (before.cells, before.accepted, before.done) == (4 * NIGHTS, 0, False)
    hotel.turn()
    with work(hotel.owner) as db:
        after = queries.synced(db, queries.connection(db, hotel.connection), hotel.first, end)
    assert (after.accepted, after.refused, after.done) == (4 * NIGHTS, 0, True)


def test_bookings_with_problems_and_stuck_messages_are_there_until_somebody_saw_to_them(hotel: OnChannel) -> None:
    hotel.fake.sell([hotel.sale(1, 2, room="nobody", rate="knows")], last_name="Brown", force=True)
    hotel.turn()
    with work(hotel.owner) as db:
        (one,) = queries.troubled_bookings(db)
        assert queries.urgent(db) == 1
        (message,) = queries.messages(db, hotel.connection)
    assert (one.guest, one.arrival, one.problems[0]["kind"]) == ("Ada Brown", hotel.day(1), "unmapped_room")
    assert (message.code, message.state, message.stay_id) == (one.code, "attention", one.stay_id)
    blind = replace(hotel.owner, permissions=hotel.owner.permissions - {"guest.view"})
    with work(blind) as db:
        assert queries.troubled_bookings(db)[0].guest == ""


def test_a_person_of_another_property_sees_none_of_it(hotel: OnChannel, cast: Cast) -> None:
    hotel.fake.sell([hotel.sale(1, 2, room="nobody", rate="knows")], force=True)
    hotel.turn()
    elsewhere = replace(hotel.owner, property_ids=frozenset({a_property(hotel.owner, "Elsewhere")}))
    for actor in (elsewhere, cast.otto):
        with work(actor) as db:
            found = (queries.connections(db), queries.troubled_bookings(db), queries.stuck_messages(db), queries.urgent(db))
            assert found == ([], [], [], 0)
        for read in (queries.connection, queries.products, queries.messages, queries.calls, queries.uses, mapping.ours_of):
            with pytest.raises(NotFound), work(actor) as db:
                read(db, hotel.connection)
    with pytest.raises(NotPermitted), work(cast.olga.without("channel.manage")) as db:
        queries.connections(db)


def test_the_channel_is_asked_and_its_products_are_proposed(hotel: OnChannel) -> None:
    assert isinstance(hotel.fake, FakeChannex)
    hotel.fake.titles = {"room-D": "DBL", "room-S": "Single room", "rate-S": "Flex"}
    found = asking.remote_products(hotel.owner, hotel.connection)
    assert {one.remote_id for one in found} == {"room-D", "room-S", "room-D/rate-D", "room-S/rate-S"}
    with work(hotel.owner) as db:
        ours = mapping.ours_of(db, hotel.connection)
    assert propose(found, ours.rooms, ours.plans)["room-S/rate-S"].rate_plan_id == hotel.plan
    with work(hotel.owner) as db:
        paths = [one.path.partition("?")[0] for one in queries.calls(db, hotel.connection)]
    assert paths == ["/rate_plans", "/room_types", "/properties/P-1"], "what was said stands in the log"


def test_a_channel_that_does_not_let_us_in_is_said_in_plain_words(hotel: OnChannel) -> None:
    assert isinstance(hotel.fake, FakeChannex)
    hotel.fake.key = "another"
    with pytest.raises(asking.ChannelRefuses, match="Channex does not let us in"):
        asking.remote_products(hotel.owner, hotel.connection)
    hotel.fake.key = "secret"
    hotel.fake.faults = ["drop_before"]
    with pytest.raises(asking.ChannelSilent, match="no answer"):
        asking.remote_products(hotel.owner, hotel.connection)
    nowhere = json.dumps({"channex": "http://127.0.0.1:1"})
    with environment(OCTASPACE_CHANNEL_HOSTS=nowhere), pytest.raises(asking.ChannelSilent):
        asking.remote_products(hotel.owner, hotel.connection)


def test_a_preview_says_what_differs(hotel: OnChannel) -> None:
    before = asking.preview(hotel.owner, hotel.connection, NIGHTS)
    assert (before.products, before.cells, before.readable, before.unseen) == (4, 4 * NIGHTS, True, 4 * NIGHTS)
    hotel.turn()
    same = asking.preview(hotel.owner, hotel.connection, NIGHTS)
    assert (same.same, same.differ, same.unseen) == (4 * NIGHTS, 0, 0)
    hotel.book(1, 3)
    assert asking.preview(hotel.owner, hotel.connection, NIGHTS).differ == 2


def test_rates_follow_their_room(hotel: OnChannel) -> None:
    with work(hotel.owner) as db:
        mapping.choose_room(db, hotel.connection, "room-S", None)
    assert mapped(hotel) == {"room-D": "Double", "room-D/rate-D": "Double Flexible"}
    with work(hotel.owner) as db:
        mapping.choose_room(db, hotel.connection, "room-D", hotel.single)
    assert mapped(hotel) == {"room-D": "Single", "room-D/rate-D": "Single Flexible"}
    with work(hotel.owner) as db:
        mapping.choose_rate(db, hotel.connection, "room-D/rate-D", None)
        mapping.choose_rate(db, hotel.connection, "room-D/other", hotel.plan)
    assert mapped(hotel) == {"room-D": "Single", "room-D/other": "Single Flexible"}


def test_nothing_of_ours_is_two_things_there(hotel: OnChannel) -> None:
    before = mapped(hotel)
    with pytest.raises(TakenThere, match="room-S"), work(hotel.owner) as db:
        mapping.choose_room(db, hotel.connection, "room-D", hotel.single)
    with pytest.raises(TakenThere), work(hotel.owner) as db:
        mapping.choose_rate(db, hotel.connection, "room-D/second", hotel.plan)
    with pytest.raises(RoomFirst), work(hotel.owner) as db:
        mapping.choose_rate(db, hotel.connection, "room-X/rate", hotel.plan)
    assert mapped(hotel) == before


def test_what_is_proposed_is_adopted_once(olga: Actor, hotel: OnChannel) -> None:
    remote = [RemoteProduct("room-D", "Double", 2), RemoteProduct("room-D/rate-D", "Flexible")]
    with work(olga) as db:
        house = a_property(olga, "New")
        connection = connect(db, house, "channex", "P-9", hotel.fake.credentials).id
    with work(olga) as db:
        ours = mapping.ours_of(db, connection)
        assert (ours.rooms, propose(remote, ours.rooms, ours.plans)) == ([], {})
    with work(olga) as db:
        ours = mapping.ours_of(db, hotel.connection)
        assert mapping.adopt(db, hotel.connection, propose(remote, ours.rooms, ours.plans)) == 0


def test_what_the_property_uses_is_found(hotel: OnChannel) -> None:
    with work(hotel.owner) as db:
        assert queries.uses(db, hotel.connection) == set()
        change_cells(db, hotel.property_id, [Edit((hotel.plan, hotel.double, hotel.day(2)), {"max_stay_arrival": 7})])
        assert queries.uses(db, hotel.connection) == {"max_stay_arrival"}
        create_tax(db, hotel.property_id, TaxFields("VAT", "percent", percent=900, included=False))
        assert queries.uses(db, hotel.connection) == {"max_stay_arrival", "taxes"}


def test_two_properties_cannot_be_the_same_one_on_a_channel(hotel: OnChannel) -> None:
    other = a_property(hotel.owner, "Hillside")
    with pytest.raises(ConnectedElsewhere, match="p-1 is connected"), work(hotel.owner) as db:
        connect(db, other, "channex", " p-1", hotel.fake.credentials)
    with work(hotel.owner) as db:
        connect(db, other, "channex", "P-2", hotel.fake.credentials)
    third = a_property(hotel.owner, "Lakeside")
    with work(hotel.owner) as db:
        disconnect(db, hotel.connection, 1)
    with work(hotel.owner) as db:
        connect(db, third, "channex", "P-1", hotel.fake.credentials)


def test_of_two_who_connect_the_same_property_at_once_one_is_refused(hotel: OnChannel) -> None:
    houses = [a_property(hotel.owner, name) for name in ("Hillside", "Lakeside")]

    def one(house: UUID) -> bool:
        with suppress(ConnectedElsewhere), work(hotel.owner) as db:
            connect(db, house, "channex", "P-9", hotel.fake.credentials)
            return True
        return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, houses)) == [False, True]


def test_another_organization_may_have_a_property_of_that_name_there(hotel: OnChannel, otto: Actor) -> None:
    """Nobody learns, or hinders, what strangers are connected to."""
    house = a_property(otto)
    with work(otto) as db:
        connect(db, house, "channex", "P-1", hotel.fake.credentials)


def test_what_is_quoted_of_a_message_is_for_who_may_see_guests(hotel: OnChannel) -> None:
    with work(hotel.owner) as db:
        inbox.store(db, hotel.connection, [Received("odd", "1", "<nonsense", "r")])
        (message,) = inbox.waiting(db, hotel.connection)
        inbox.close(db, message, "stuck", "arrival is no date: 'Ada Brown, Elm Street 5'")
    for actor, words in (
        (hotel.owner, "arrival is no date: 'Ada Brown, Elm Street 5'"),
        (hotel.owner.without("guest.view"), "arrival is no date"),
    ):
        with work(actor) as db:
            assert [one.words for one in queries.stuck_messages(db)] == [words]
            assert [one.words for one in queries.messages(db, hotel.connection)] == [words]


READS = (
    lambda db, hotel: queries.connections(db),
    lambda db, hotel: queries.connection(db, hotel.connection),
    lambda db, hotel: queries.troubled_bookings(db),
    lambda db, hotel: queries.stuck_messages(db),
    lambda db, hotel: queries.urgent(db),
    lambda db, hotel: queries.messages(db, hotel.connection),
    lambda db, hotel: queries.calls(db, hotel.connection),
    lambda db, hotel: queries.refused_cells(db, hotel.connection, hotel.first),
    lambda db, hotel: inbox.message_text(db, hotel.messages()[0].id),
    lambda db, hotel: calls.call_texts(db, calls.latest_calls(db, hotel.connection)[0].id),
    lambda db, hotel: feed_queries.feeds(db),
)
"""Everything that shows a channel's words."""


@pytest.mark.parametrize("read", READS)
def test_who_may_only_look_at_the_house_is_told_nothing_of_channels(hotel: OnChannel, read: Callable[..., object]) -> None:
    hotel.fake.sell([hotel.sale(1, 2, room="nobody", rate="knows")], force=True)
    hotel.turn()
    housekeeper = replace(hotel.owner, permissions=ROLES["housekeeping"])
    with pytest.raises(NotPermitted), work(housekeeper) as db:
        read(db, hotel)


def test_cells_wait_until_the_channel_has_answered_to_them(hotel: OnChannel) -> None:
    """What differs is counted when it is looked at; a channel that cannot be reached keeps it waiting."""
    hotel.fake.faults = ["500"] * 20
    hotel.turn()
    assert line(hotel).cells_waiting == 2 * NIGHTS, "the rooms of both types; rates are looked at once those are told"
    hotel.fake.faults = []
    hotel.turn()
    assert line(hotel).cells_waiting == 0
    hotel.book(1, 4)
    hotel.fake.faults = ["500", "500"]
    hotel.turn()
    assert line(hotel).cells_waiting == 3
    with work(hotel.owner) as db:
        last = db.execute(text("select event from journal where entity = 'channel_connection' order by id desc limit 1")).scalar()
    assert last == "channel_connection.waits", "so screens look again"
    hotel.turn()
    assert line(hotel).cells_waiting == 0


@pytest.mark.parametrize("channel", ["booking_com", "google_ari", "trip_com"])
def test_as_much_waits_as_is_still_to_be_said(olga: Actor, monkeypatch: pytest.MonkeyPatch, channel: str) -> None:
    """However often a channel takes a night apart, and however many nights are too far away for it."""
    adapter, seen = ADAPTERS[channel], list[tuple[bool, int, int]]()
    with on_channel(olga, channel) as hotel:

        def watched(http: Any, link: Any, message: Message) -> dict[int, str]:
            rooms = "rooms" in message.changes[0].values
            seen.append((rooms, line(hotel).cells_waiting, sum(one.nights for one in message.changes)))
            return adapter.send(http, link, message)

        monkeypatch.setitem(cast(dict[str, Adapter], ADAPTERS), channel, replace(adapter, send=watched))
        hotel.nights = 400
        hotel.turn()
        assert line(hotel).cells_waiting == 0
    for part in (True, False):
        said = [(waiting, nights) for rooms, waiting, nights in seen if rooms is part]
        assert [waiting for waiting, _ in said] == [sum(n for _, n in said[place:]) for place in range(len(said))]


def test_messages_wait_until_they_are_taken_in(hotel: OnChannel) -> None:
    hotel.turn()
    with work(hotel.owner) as db:
        inbox.store(db, hotel.connection, [Received("B-1", "r1", "{}"), Received("B-2", "r1", "{}")])
    assert line(hotel).messages_waiting == 2
    hotel.turn()
    assert (line(hotel).messages_waiting, line(hotel).stuck) == (0, 2)
