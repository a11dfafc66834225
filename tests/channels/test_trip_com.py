"""Trip.com is told what is true in 4.x; what it brings in either generation is read, and answered as it wants to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from pms.channels.adapter import Link, Received, Refused, Stop, Wait
from pms.channels.adapters.trip_com import TRIP_COM, calls, facts
from pms.channels.adapters.trip_com.house import SOLD, UNSOLD
from pms.channels.changes import Change
from pms.channels.incoming import Incoming
from pms.channels.redact import redacted
from tests.channels.fake import FakeBooking, Fault, Sale, serving
from tests.channels.trip_com import FakeTripCom

FIRST = date.today() + timedelta(days=10)
ADAPTER = TRIP_COM


class Side:
    """Our side of one connection."""

    def __init__(self, ota: FakeTripCom, http: httpx.Client) -> None:
        self.ota, self.http = ota, http
        self.ids: dict[str, UUID] = {}
        for room, rates in ota.products.items():
            self.ids |= {remote: uuid4() for remote in (room, *(f"{room}/{rate}" for rate in rates))}

    @property
    def link(self) -> Link:
        remote = {product: remote for remote, product in self.ids.items()}
        return Link(self.ota.remote_property, "EUR", self.ota.credentials, remote, host=self.ota.url)

    def change(self, remote: str, first: int, last: int, **values: int) -> Change:
        return Change(self.ids[remote], FIRST + timedelta(days=first), FIRST + timedelta(days=last), values)

    def tell(self, *changes: Change) -> list[dict[int, str]]:
        return [ADAPTER.send(self.http, self.link, message) for message in ADAPTER.messages(self.link, changes)]

    def shown(self, remote: str, n: int) -> dict[str, int]:
        return self.ota.calendar.get((remote, FIRST + timedelta(days=n)), {})

    def heard(self, text: str) -> Received:
        [found] = ADAPTER.hear(self.link, {}, text.encode()).received
        return found

    def read(self, booking: FakeBooking, **parts: str) -> Incoming:
        """As it comes out of the inbox, where it was kept redacted."""
        return ADAPTER.read(self.link, redacted(self.heard(self.ota.message(booking, **parts)).text))


@pytest.fixture
def side(monkeypatch: pytest.MonkeyPatch) -> Iterator[Side]:
    monkeypatch.setattr(calls, "REPORT_SECONDS", 0)
    ota = FakeTripCom()
    ota.add("room-S", ["rate-S"])
    with serving(ota), httpx.Client(timeout=5) as http:
        yield Side(ota, http)


@pytest.fixture(params=[2, 4], ids=["SOAP", "plain"])
def either(side: Side, request: pytest.FixtureRequest) -> Side:
    side.ota.generation = request.param
    return side


def a_sale(ota: FakeTripCom, nights: int = 3, rate: str = "", **more: Any) -> Sale:
    rate = rate or ("501" if ota.generation == 2 else "rate-D")
    more = {"prices": (10_000,) * nights} | more
    return Sale("room-D", rate, FIRST, FIRST + timedelta(days=nights), **more)


def a_booking(ota: FakeTripCom, *sales: Sale) -> FakeBooking:
    return FakeBooking("900066249", list(sales or (a_sale(ota),)))


# -- what it is told


def test_changes_arrive_as_said_with_both_ends(side: Side) -> None:
    restrictions = {"min_stay_arrival": 2, "max_stay_arrival": 7, "closed": 0, "closed_arrival": 1, "closed_departure": 0}
    told = [
        side.change("room-D", 0, 9, rooms=3),
        side.change("room-D/rate-D", 0, 9, **restrictions),
        side.change("room-D/rate-D", 0, 4, price=12_000),
        side.change("room-D/rate-D", 5, 9, price=15_050),
    ]
    assert side.tell(*told) == [{}, {}]
    for n in range(10):
        assert side.shown("room-D", n) == {"rooms": 3}
        assert side.shown("room-D/rate-D", n) == restrictions | {"price": 12_000 if n < 5 else 15_050}
    assert side.shown("room-D", 10) == side.shown("room-D", -1) == {}


def test_what_is_not_said_stays_and_what_is_lifted_is_lifted(side: Side) -> None:
    side.tell(side.change("room-D/rate-D", 0, 0, closed=1, min_stay_arrival=3, max_stay_arrival=5))
    side.tell(side.change("room-D/rate-D", 0, 0, closed=0))
    assert side.shown("room-D/rate-D", 0) == {"closed": 0, "min_stay_arrival": 3, "max_stay_arrival": 5}
    side.tell(side.change("room-D/rate-D", 0, 0, min_stay_arrival=1, max_stay_arrival=0))
    assert side.shown("room-D/rate-D", 0) == {"closed": 0, "min_stay_arrival": 1, "max_stay_arrival": facts.MAX_STAY_LIFTED}


def test_what_closes_goes_first_and_prices_last(side: Side) -> None:
    messages = ADAPTER.messages(
        side.link,
        [
            side.change("room-D/rate-D", 0, 0, price=9_000),
            side.change("room-D/rate-D", 0, 0, closed=0),
            side.change("room-D", 0, 0, rooms=2),
            side.change("room-S", 0, 0, rooms=0),
        ],
    )
    assert [message.path for message in messages] == [facts.AVAIL, facts.RATES]
    assert [change.product_id for change in messages[0].changes[:2]] == [side.ids["room-S"], side.ids["room-D"]]


def test_no_message_carries_more_than_its_share(side: Side) -> None:
    told = [side.change("room-D", n, n, rooms=n % 2) for n in range(300)]
    messages = ADAPTER.messages(side.link, told)
    assert [len(message.changes) for message in messages] == [facts.ENTRIES_MOST, 100]
    side.tell(*told)
    assert [side.shown("room-D", n)["rooms"] for n in range(300)] == [n % 2 for n in range(300)]


def test_a_price_of_nothing_is_never_sent_for_it_would_delete_the_prices(side: Side) -> None:
    side.tell(side.change("room-D/rate-D", 0, 1, price=9_000))
    told = [side.change("room-D/rate-D", 0, 0, price=0), side.change("room-D/rate-D", 1, 1, price=9_500)]
    [refused] = side.tell(*told)
    assert list(refused) == [0]
    assert [side.shown("room-D/rate-D", n)["price"] for n in range(2)] == [9_000, 9_500]
    assert side.tell(told[0]) == [{0: "AmountAfterTax: 0"}]


def test_rooms_too_far_away_are_left_for_later_and_not_taken_for_accepted(side: Side) -> None:
    """Trip.com would say "success" and drop them."""
    messages = ADAPTER.messages(side.link, [side.change("room-D", 340, 500, rooms=3)])
    carried = [night for message in messages for change in message.changes for _, night in change.cells]
    assert min(carried) == FIRST + timedelta(days=340)
    assert max(carried) == date.today() + timedelta(days=facts.DAYS_AHEAD)
    side.tell(side.change("room-D", 340, 500, rooms=3), side.change("room-D/rate-D", 340, 500, price=9_000))
    assert all(("room-D", night) in side.ota.calendar for night in carried)
    assert side.shown("room-D/rate-D", 500) == {"price": 9_000}
    assert ADAPTER.messages(side.link, [side.change("room-D", 400, 500, rooms=3)]) == []


def test_the_day_before_yesterday_is_not_told(side: Side) -> None:
    assert side.tell(side.change("room-D", -15, 2, rooms=1), side.change("room-D/rate-D", -15, 2, price=9_000)) == [{}, {}]
    assert side.shown("room-D", 0) == {"rooms": 1}


def test_a_room_whose_mapping_is_not_finished_is_noted_although_it_gets_a_success(side: Side) -> None:
    side.ota.blacklist.add("room-D")
    assert side.tell(side.change("room-S", 0, 0, rooms=1), side.change("room-D", 0, 0, rooms=2)) == [{1: UNSOLD}]
    assert (side.shown("room-S", 0), side.shown("room-D", 0)) == ({"rooms": 1}, {})


def test_a_list_of_products_that_cannot_be_had_holds_nothing_up(side: Side) -> None:
    side.ota.denied.add("OTA_HotelProduct")
    assert side.tell(side.change("room-D", 0, 0, rooms=2)) == [{}]
    assert SOLD.of(side.http, side.link) == frozenset()


def test_an_error_within_a_200_refuses_the_message(side: Side) -> None:
    side.ids["room-X"] = uuid4()
    with pytest.raises(Refused, match="Invalid room id"):
        side.tell(side.change("room-X", 0, 0, rooms=1))


def test_a_wrong_currency_is_refused(side: Side) -> None:
    side.ota.currency = "SGD"
    with pytest.raises(Refused, match="Currency"):
        side.tell(side.change("room-D/rate-D", 0, 0, price=9_000))


def test_no_price_has_more_than_two_decimals(side: Side) -> None:
    link = replace(side.link, currency="KWD")
    [message] = ADAPTER.messages(link, [side.change("room-D/rate-D", 0, 0, price=12_345)])
    assert 'AmountAfterTax="12.35"' in message.body


def test_wrong_credentials_stop_the_connection(side: Side) -> None:
    link = replace(side.link, credentials={**side.ota.credentials, "password": "wrong"})
    [message] = ADAPTER.messages(link, [side.change("room-D", 0, 0, rooms=1)])
    with pytest.raises(Stop, match="497"):
        ADAPTER.send(side.http, link, message)
    with pytest.raises(Stop):
        list(ADAPTER.remote(side.http, link))


@pytest.mark.parametrize("fault", ["500", "429", "drop_before", "drop_after", "garbage", "half"])
def test_what_breaks_is_waited_for_and_then_told_again(side: Side, fault: Fault) -> None:
    side.ota.faults = [fault]
    told = [side.change("room-D", 0, 3, rooms=2), side.change("room-S", 0, 3, rooms=1)]
    with pytest.raises(Wait):
        side.tell(*told)
    assert side.tell(*told) == [{}]
    assert [side.shown(room, 3) for room in ("room-D", "room-S")] == [{"rooms": 2}, {"rooms": 1}]


# -- a success that is only taken in


def test_a_number_505_or_506_is_asked_again_until_it_is_applied(side: Side) -> None:
    side.ota.asynchronous, side.ota.not_yet = True, 2
    assert side.tell(side.change("room-D", 0, 0, rooms=1), side.change("room-D/rate-D", 0, 0, price=9_000)) == [{}, {}]
    asked = [path for _, path, _ in side.ota.calls if path == "/OTA_NotifReport"]
    assert len(asked) == 3 + 1


def test_what_is_never_applied_is_no_success(side: Side) -> None:
    side.ota.asynchronous, side.ota.not_yet = True, 1_000
    with pytest.raises(Wait, match="not applied yet"):
        side.tell(side.change("room-D", 0, 0, rooms=1))


def test_what_is_found_wrong_afterwards_is_refused(side: Side) -> None:
    side.ota.asynchronous, side.ota.report_error = True, "Payment type mismatch"
    with pytest.raises(Refused, match="Payment type mismatch"):
        side.tell(side.change("room-D", 0, 0, rooms=1))


@pytest.mark.parametrize(
    ("said", "raised"),
    [
        ("", Wait),
        ("<Success/><Warnings><Warning Type='1' ShortText='rate ignored'/></Warnings>", Refused),
        ("<Errors><Error Type='1' Code='448' ShortText='System error'/></Errors>", Wait),
        ("<Errors><Error Type='3' Code='498' ShortText='in process'/></Errors>", Wait),
    ],
)
def test_only_a_plain_success_is_one(side: Side, said: str, raised: type[Exception]) -> None:
    side.ota._taken = lambda operation: side.ota.say(operation, said)  # type: ignore[method-assign]
    with pytest.raises(raised):
        side.tell(side.change("room-D", 0, 0, rooms=1))


# -- what it has


def test_products_are_rooms_and_the_plans_in_them(side: Side) -> None:
    found = {one.remote_id: one.name for one in ADAPTER.remote(side.http, side.link)}
    assert found == {
        "room-D": "The room-D",
        "room-D/rate-D": "Plan rate-D",
        "room-S": "The room-S",
        "room-S/rate-S": "Plan rate-S",
    }
