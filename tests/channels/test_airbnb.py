"""Airbnb is told what is true, in its own terms; its questions and reservations are read as they are meant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest

from pms.channels.adapter import Heard, Link, Refused, Stop, Wait
from pms.channels.adapters.airbnb import AIRBNB
from pms.channels.adapters.airbnb.calls import TOKENS
from pms.channels.changes import Change
from pms.channels.incoming import Incoming
from tests.channels.airbnb import FakeAirbnb, signed
from tests.channels.fake import Fault, Sale, serving

FIRST = date.today() + timedelta(days=10)
ADAPTER = AIRBNB
HOOK = "https://pms.example/channels/airbnb/1"


class Side:
    """Our side of one connection: its link, and what was sent."""

    def __init__(self, ota: FakeAirbnb, http: httpx.Client) -> None:
        self.ota, self.http = ota, http
        self.ids: dict[str, UUID] = {}
        self.kept: list[dict[str, str]] = []
        for listing in ota.products:
            self.ids |= {listing: uuid4(), f"{listing}/standard": uuid4()}

    @property
    def link(self) -> Link:
        return Link(
            self.ota.remote_property,
            self.ota.currency,
            {**self.ota.credentials, **(self.kept[-1] if self.kept else {})},
            {product: remote for remote, product in self.ids.items()},
            host=self.ota.url,
            keep=lambda renewed, got_with: self.kept.append(dict(renewed)),
        )

    def change(self, remote: str, first: int, last: int, **values: int) -> Change:
        return Change(self.ids[remote], FIRST + timedelta(days=first), FIRST + timedelta(days=last), values)

    def tell(self, *changes: Change) -> list[dict[int, str]]:
        return [ADAPTER.send(self.http, self.link, message) for message in ADAPTER.messages(self.link, changes)]

    def shown(self, remote: str, n: int) -> dict[str, int]:
        return self.ota.calendar.get((remote, FIRST + timedelta(days=n)), {})

    def posts(self) -> list[tuple[str, str, int]]:
        return [call for call in self.ota.calls if call[:2] == ("POST", "/calendar_operations_requests")]

    def fetch(self) -> list[Incoming]:
        return [ADAPTER.read(self.link, one.text) for one in ADAPTER.fetch(self.http, self.link)]

    def hear(self, method: str, tail: str, told: Any, when: datetime | None = None, **changed: str) -> Heard:
        body = b"" if told is None else json.dumps(told).encode()
        sent = {name.lower(): value for name, value in signed(method, HOOK + tail, body, when).items()}
        address = urlsplit(HOOK + tail)
        called = f"{address.path}?{address.query}" if address.query else address.path
        headers = {"host": "pms.example:443", ":method": method, ":path": called, **sent, **changed}
        return ADAPTER.hear(self.link, headers, body)


@pytest.fixture
def side() -> Iterator[Side]:
    ota = FakeAirbnb()
    ota.add("1002", counts=False)
    with serving(ota), httpx.Client(timeout=5) as http:
        yield Side(ota, http)


def a_sale(listing: str = "1001", nights: int = 3, **more: Any) -> Sale:
    return Sale(listing, "standard", FIRST, FIRST + timedelta(days=nights), prices=(10_000,) * nights, **more)


def opened(side: Side, listing: str = "1001") -> None:
    side.tell(side.change(listing, 0, 20, rooms=3))


# -- what it is told


def test_changes_arrive_as_said_with_both_ends_and_in_one_call(side: Side) -> None:
    restrictions = {"min_stay_arrival": 2, "max_stay_arrival": 7, "closed": 0, "closed_arrival": 1, "closed_departure": 0}
    changes = [
        side.change("1001", 0, 9, rooms=3),
        side.change("1001/standard", 0, 9, **restrictions),
        side.change("1001/standard", 0, 4, price=12_000),
        side.change("1001/standard", 5, 9, price=15_000),
    ]
    assert side.tell(*changes) == [{}]
    assert len(side.posts()) == 1
    for n in range(10):
        assert side.shown("1001", n) == {"rooms": 3}
        assert side.shown("1001/standard", n) == restrictions | {"price": 12_000 if n < 5 else 15_000}
    assert side.shown("1001", 10) == side.shown("1001", -1) == {}


def test_what_is_not_said_stays(side: Side) -> None:
    side.tell(
        side.change("1001/standard", 0, 2, min_stay_arrival=3, closed_arrival=1), side.change("1001/standard", 0, 2, price=9_000)
    )
    side.tell(side.change("1001/standard", 1, 1, closed_arrival=0))
    assert [side.shown("1001/standard", n)["closed_arrival"] for n in range(3)] == [1, 0, 1]
    assert {side.shown("1001/standard", n)["min_stay_arrival"] for n in range(3)} == {3}
    assert {side.shown("1001/standard", n)["price"] for n in range(3)} == {9_000}


def test_a_lifted_longest_stay_is_unset(side: Side) -> None:
    side.tell(side.change("1001/standard", 0, 0, max_stay_arrival=5))
    side.tell(side.change("1001/standard", 0, 0, max_stay_arrival=0))
    assert side.ota.days["1001", FIRST]["max_nights"] is None


def test_a_lifted_closing_does_not_open_a_night_without_rooms(side: Side) -> None:
    """Airbnb has one switch for both."""
    for listing in ("1001", "1002"):
        opened(side, listing)
        side.tell(side.change(f"{listing}/standard", 0, 2, closed=1))
        side.tell(side.change(listing, 1, 1, rooms=0))
        side.tell(side.change(f"{listing}/standard", 0, 2, closed=0))
        assert [side.ota.left(listing, FIRST + timedelta(days=n)) > 0 for n in range(3)] == [True, False, True]
        side.tell(side.change(listing, 1, 1, rooms=1))
        assert side.ota.left(listing, FIRST + timedelta(days=1)) == 1


def test_a_room_that_comes_free_does_not_open_a_closed_night(side: Side) -> None:
    side.tell(side.change("1001", 0, 1, rooms=0), side.change("1001/standard", 0, 1, closed=1))
    side.tell(side.change("1001", 0, 1, rooms=2))
    assert side.ota.left("1001", FIRST) == 0
    side.tell(side.change("1001/standard", 0, 0, closed=0))
    assert [side.ota.left("1001", FIRST + timedelta(days=n)) for n in range(2)] == [2, 0]


def test_an_open_night_keeps_the_listings_own_rules(side: Side) -> None:
    """ "available" would override them."""
    operations: list[Any] = []
    there = side.ota._operate
    side.ota._operate = lambda told, overlap, half: operations.extend(told["operations"]) or there(told, overlap, half)  # type: ignore
    opened(side)
    assert [one["availability"] for one in operations] == ["default"]


def test_a_note_of_the_hosts_own_is_left_alone_while_the_night_is_open(side: Side) -> None:
    side.ota._set("1001", {"dates": [FIRST.isoformat()], "notes": "the plumber comes"})
    opened(side)
    assert side.ota.days["1001", FIRST]["notes"] == "the plumber comes"


def test_a_listing_of_one_unit_is_told_no_count(side: Side) -> None:
    assert side.tell(side.change("1002", 0, 3, rooms=1)) == [{}]
    assert side.shown("1002", 0) == {"rooms": 1}


def test_rooms_sold_at_airbnb_are_never_sold_again_by_its_own_count(side: Side) -> None:
    """The count is a total, from which Airbnb takes its own bookings itself: it shows fewer than there are, never more."""
    side.tell(side.change("1001", 0, 3, rooms=2))
    side.ota.sell([a_sale()])
    side.tell(side.change("1001", 0, 2, rooms=1))
    assert [side.ota.left("1001", FIRST + timedelta(days=n)) for n in range(4)] == [0, 0, 0, 2]


def test_no_call_carries_more_than_731_nights(side: Side) -> None:
    long = [side.change("1001", 0, 1_499, rooms=2), side.change("1001/standard", 0, 1_499, price=11_000)]
    messages = ADAPTER.messages(side.link, long)
    assert [len({night for change in message.changes for _, night in change.cells}) for message in messages]
    assert all(len({night for change in message.changes for _, night in change.cells}) <= 731 for message in messages)
    assert side.tell(*long) == [{}] * len(messages)
    assert {side.shown("1001", n)["rooms"] for n in range(1_500)} == {2}
    assert {side.shown("1001/standard", n)["price"] for n in range(1_500)} == {11_000}


def test_what_closes_is_sent_first(side: Side) -> None:
    messages = ADAPTER.messages(side.link, [side.change("1001", 0, 0, rooms=3), side.change("1002", 0, 0, rooms=0)])
    assert [message.body for message in messages] == ["1002", "1001"]


def test_a_price_airbnb_would_not_take_is_refused_by_its_place_and_the_rest_is_told(side: Side) -> None:
    side.ota.currency = side.ota.listing_currency = "USD"
    told = [
        side.change("1001/standard", 0, 0, price=900),
        side.change("1001/standard", 1, 1, price=8_450),
        side.change("1001/standard", 2, 2, price=2_600_000),
    ]
    [refused] = side.tell(side.change("1001", 0, 2, rooms=1), *told)
    assert set(refused) == {1, 3}
    assert side.shown("1001", 0) == {"rooms": 1}


def test_what_a_price_may_be_in_another_currency_than_the_dollar_airbnb_is_asked(side: Side) -> None:
    side.ota.currency = side.ota.listing_currency = "HUF"
    side.ota.per_dollar = 360
    assert side.tell(side.change("1001/standard", 0, 0, price=3_000_000)) == [{}]
    assert side.shown("1001/standard", 0)["price"] == 3_000_000
    with pytest.raises(Refused):
        side.tell(side.change("1001/standard", 0, 0, price=300_000))


def test_prices_are_whole_units(side: Side) -> None:
    side.tell(side.change("1001/standard", 0, 0, price=8_450), side.change("1001/standard", 1, 1, price=8_449))
    assert [side.shown("1001/standard", n)["price"] for n in range(2)] == [8_500, 8_400]


def test_a_listing_in_another_currency_is_told_no_price(side: Side) -> None:
    side.ota.listing_currency = "USD"
    assert side.tell(side.change("1001", 0, 0, rooms=1), side.change("1001/standard", 0, 0, price=9_000)) == [
        {1: "listing_currency: USD, not EUR"}
    ]
    assert side.shown("1001", 0) == {"rooms": 1}


@pytest.mark.parametrize("softly", [False, True])
def test_a_listing_that_is_gone_refuses_its_own_changes_alone(side: Side, softly: bool) -> None:
    """An error of Airbnb's may come in a 200."""
    side.ota.refuses_listing_softly = softly
    side.ids["9999"] = uuid4()
    first, second = side.tell(side.change("9999", 0, 0, rooms=1), side.change("1001", 0, 0, rooms=1))
    assert list(first) == [0]
    assert "record_not_found" in first[0]
    assert second == {}
    assert side.shown("1001", 0) == {"rooms": 1}


def test_a_call_airbnb_finds_wrong_is_refused_as_a_whole(side: Side) -> None:
    side.ota.counting.clear()
    with pytest.raises(Refused, match="Invalid Request"):
        side.tell(side.change("1001", 0, 0, rooms=1))


@pytest.mark.parametrize("fault", ["500", "429", "drop_before", "drop_after", "garbage", "half"])
def test_what_breaks_is_waited_for_and_then_told_again(side: Side, fault: Fault) -> None:
    opened(side)
    for place in range(2):
        side.ota.faults = [*(["late"] if place else []), fault]  # type: ignore[list-item]
        with pytest.raises(Wait):
            side.tell(side.change("1001", 0, 3, rooms=2 - place), side.change("1001/standard", 0, 3, price=10_000))
        assert side.tell(side.change("1001", 0, 3, rooms=2 - place), side.change("1001/standard", 0, 3, price=10_000)) == [{}]
        assert {side.shown("1001", n)["rooms"] for n in range(4)} == {2 - place}


# -- who we are


def test_a_token_is_fetched_once_and_a_renewed_refresh_token_is_kept(side: Side) -> None:
    opened(side)
    opened(side)
    assert side.ota.renewals == 1
    assert side.kept[-1]["refresh_token"] == side.ota.refresh == "refresh-1"
    assert set(side.kept[-1]) == {"refresh_token", "code"}, "nothing that somebody may change meanwhile"


def test_a_refresh_token_that_is_not_renewed_stays(side: Side) -> None:
    side.ota.rotates = False
    opened(side)
    assert side.kept == []
    assert side.link.credentials["refresh_token"] == side.ota.refresh


def test_a_token_that_ended_or_was_withdrawn_is_renewed_without_anybody_noticing(side: Side) -> None:
    opened(side)
    side.ota.tokens.clear()
    assert side.tell(side.change("1001", 0, 0, rooms=1)) == [{}]
    side.ota.token_seconds = 1.0
    side.ota.tokens.clear()
    side.tell(side.change("1001", 0, 0, rooms=2))
    renewals = side.ota.renewals
    side.tell(side.change("1001", 0, 0, rooms=1))
    assert side.ota.renewals > renewals


def test_a_link_opened_before_a_renewal_goes_on_with_the_renewed_token(side: Side) -> None:
    """The old refresh token works no longer."""
    link = side.link
    for _ in range(3):
        side.ota.tokens.clear()
        assert ADAPTER.fetch(side.http, link) == []


def test_a_code_is_exchanged_once(side: Side) -> None:
    side.ota.credentials |= {"refresh_token": "", "code": "code-1"}
    opened(side)
    assert (side.kept[-1]["code"], side.kept[-1]["refresh_token"]) == ("", "refresh-1")


def test_a_host_who_has_not_agreed_yet_is_not_called(side: Side) -> None:
    side.ota.credentials |= {"refresh_token": "", "code": ""}
    with pytest.raises(Stop, match="not agreed"):
        opened(side)
    assert side.ota.calls == []


def test_another_host_than_the_one_meant_is_not_let_in(side: Side) -> None:
    side.ota.remote_property = "7002"
    with pytest.raises(Stop, match="7001 has agreed, not 7002"):
        opened(side)


def test_a_host_who_took_the_access_back_stops_the_connection(side: Side) -> None:
    side.ota.refresh = "another"
    with pytest.raises(Stop):
        opened(side)
    with pytest.raises(Stop):
        ADAPTER.fetch(side.http, side.link)


def test_an_app_that_is_not_ours_stops_the_connection(side: Side) -> None:
    link = replace(side.link, credentials={**side.link.credentials, "client_secret": "wrong"})
    with pytest.raises(Stop):
        list(ADAPTER.remote(side.http, link))
    TOKENS.of(side.http, side.link)
    side.ota.credentials["client_id"] = "theirs"
    with pytest.raises(Stop):
        list(ADAPTER.remote(side.http, replace(side.link, credentials={**side.link.credentials, "client_id": "app"})))


# -- what it has


def test_listings_are_rooms_and_rates(side: Side) -> None:
    side.ota.synchronization["1002"] = None
    found = {one.remote_id: one for one in ADAPTER.remote(side.http, side.link)}
    assert set(found) == {"1001", "1001/standard", "1002", "1002/standard"}
    assert (found["1001"].name, found["1001"].sleeps, found["1001/standard"].fixed) == ("Listing 1001", 4, "")
    assert found["1002/standard"].fixed == "unlinked"


@pytest.mark.parametrize("by_offset", [False, True])
def test_long_lists_are_read_to_their_end(side: Side, by_offset: bool) -> None:
    side.ota.lists_by_offset = by_offset
    for n in range(100):
        side.ota.add(str(2000 + n))
    assert len(list(ADAPTER.remote(side.http, side.link))) == 2 * 102


def test_the_calendar_is_read_back_as_it_was_told(side: Side) -> None:
    restrictions = {"min_stay_arrival": 2, "max_stay_arrival": 7, "closed": 1, "closed_arrival": 1, "closed_departure": 0}
    side.tell(
        side.change("1001", 0, 2, rooms=2),
        side.change("1001/standard", 0, 2, **restrictions),
        side.change("1001/standard", 0, 2, price=12_000),
        side.change("1002", 0, 0, rooms=0),
        side.change("1002", 1, 2, rooms=1),
    )
    shown = ADAPTER.shown(side.http, side.link, FIRST, 3)
    assert shown is not None
    assert shown[side.ids["1001/standard"], FIRST] == restrictions | {"price": 12_000}
    assert shown[side.ids["1002"], FIRST] == {"rooms": 0}
    assert shown[side.ids["1002"], FIRST + timedelta(days=2)] == {"rooms": 1}
    side.tell(side.change("1001/standard", 0, 2, closed=0))
    shown = ADAPTER.shown(side.http, side.link, FIRST, 3)
    assert shown is not None
    assert shown[side.ids["1001"], FIRST] == {"rooms": 2}
    assert len(shown) == 4 * 3
