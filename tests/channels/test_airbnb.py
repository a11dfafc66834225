"""Airbnb is told what is true, in its own terms; its questions and reservations are read as they are meant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.channels.adapter import Forged, Heard, Link, Outcome, Refused, Stop, Unreadable, Wait
from pms.channels.adapters.airbnb import Airbnb
from pms.channels.adapters.airbnb.calls import TOKENS
from pms.channels.changes import Change
from pms.channels.incoming import Incoming, nightly
from tests.channels.airbnb import FakeAirbnb, signed
from tests.channels.fake import Fault, Sale, serving

FIRST = date.today() + timedelta(days=10)
ADAPTER = Airbnb()
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
            keep=lambda renewed: self.kept.append(dict(renewed)),
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
    told = [
        side.change("1001/standard", 0, 0, price=900),
        side.change("1001/standard", 1, 1, price=8_450),
        side.change("1001/standard", 2, 2, price=2_600_000),
    ]
    [refused] = side.tell(side.change("1001", 0, 2, rooms=1), *told)
    assert set(refused) == {1, 3}
    assert side.shown("1001", 0) == {"rooms": 1}


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
    assert side.kept[-1]["client_id"] == "app"


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


def test_a_host_who_took_the_access_back_stops_the_connection(side: Side) -> None:
    side.ota.refresh = "another"
    with pytest.raises(Stop):
        opened(side)
    with pytest.raises(Stop):
        ADAPTER.fetch(side.http, side.link)


def test_an_app_that_is_not_ours_stops_the_connection(side: Side) -> None:
    link = replace(side.link, credentials={**side.link.credentials, "client_secret": "wrong"})
    with pytest.raises(Stop):
        ADAPTER.remote(side.http, link)
    TOKENS.of(side.http, side.link)
    side.ota.credentials["client_id"] = "theirs"
    with pytest.raises(Stop):
        ADAPTER.remote(side.http, replace(side.link, credentials={**side.link.credentials, "client_id": "app"}))


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
    assert len(ADAPTER.remote(side.http, side.link)) == 2 * 102


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


# -- reservations


def test_a_reservation_is_read_with_everything_it_says(side: Side) -> None:
    opened(side)
    code = side.ota.sell([a_sale(adults=2, children_ages=(5, 1))])
    [found] = side.fetch()
    assert (found.booking, found.status, found.collect, found.card, found.currency) == (code, "new", "channel", None, "EUR")
    [room] = found.rooms
    assert (room.remote_room, room.remote_rate, room.key) == ("1001", "1001/standard", code)
    assert (room.arrival, room.departure) == (FIRST, FIRST + timedelta(days=3))
    assert (room.adults, room.children_ages) == (2, (None, None))
    assert (found.guest.last_name, found.guest.first_name, found.guest.phone, found.guest.language) == (
        "Adams",
        "Nick",
        "555-555-5555",
        "en",
    )
    assert [(extra.name, extra.amount, extra.included) for extra in found.extras] == [
        ("Cleaning fee", 2_000, False),
        ("Linen fee", 1_045, False),
        ("Occupancy tax", 440, False),
    ]
    assert found.total == 30_000 + 2_000 + 1_045 + 440
    assert found.commission == 900 + 100
    assert found.booked_at == datetime(2026, 10, 18, 11, 56, 35, tzinfo=UTC)


def test_the_nights_share_the_base_price_and_the_last_has_the_cent(side: Side) -> None:
    told = a_reservation(listing_base_price_accurate="100.00")
    assert nightly(read(side, told).rooms[0]) == [3_333, 3_333, 3_334]


def test_the_exact_amount_counts_and_not_the_rounded_one(side: Side) -> None:
    assert read(side, a_reservation(listing_base_price=101, listing_base_price_accurate="100.60")).rooms[0].total == 10_060


def test_a_change_is_the_full_new_state_and_comes_after_the_old(side: Side) -> None:
    opened(side)
    code = side.ota.sell([a_sale()])
    [before] = side.fetch()
    assert code is not None
    side.ota.modify(code, [a_sale(nights=5)])
    [after] = side.fetch()
    assert after.booking == before.booking
    assert after.rooms[0].departure == FIRST + timedelta(days=5)
    assert after.revision != before.revision
    assert after.order > before.order


def test_a_cancellation_keeps_its_room_and_names_what_is_owed(side: Side) -> None:
    opened(side)
    code = side.ota.sell([a_sale()])
    assert code is not None
    side.ota.cancel(code)
    [found] = side.fetch()
    assert (found.status, len(found.rooms), found.total, found.commission) == ("cancelled", 1, 5_150, 150)


def test_nights_tell_the_departure_where_the_end_is_wrong(side: Side) -> None:
    assert read(side, a_reservation(end_date="2014-01-03")).rooms[0].departure == FIRST + timedelta(days=3)
    told = a_reservation(check_out_datetime=f"{FIRST + timedelta(days=3)}T11:00+01:00[Europe/London]")
    for name in ("start_date", "end_date", "nights"):
        del told["reservation"][name]
    [room] = read(side, told).rooms
    assert (room.arrival, room.departure) == (FIRST, FIRST + timedelta(days=3))


def test_taxes_airbnb_pays_itself_and_what_it_paid_out_are_no_part_of_the_booking(side: Side) -> None:
    told = a_reservation(total_paid_amount_accurate="999.00", airbnb_collected_tax_amount_accurate="77.00")
    assert read(side, told).total == read(side, a_reservation()).total


def test_the_fee_of_older_reservations_is_read_too(side: Side) -> None:
    told = a_reservation(listing_host_fee_accurate="34.00")
    del told["reservation"]["host_fee_base_accurate"]
    assert read(side, told).commission == 3_400


def test_a_listing_id_beyond_a_float_keeps_its_digits(side: Side) -> None:
    told = a_reservation(listing_id_str="1234567890123456789")
    assert read(side, told).rooms[0].remote_room == "1234567890123456789"


def test_a_notified_reservation_and_a_fetched_one_are_the_same_revision(side: Side) -> None:
    opened(side)
    side.ota.sell([a_sale()])
    [fetched] = ADAPTER.fetch(side.http, side.link)
    [(action, reservation)] = side.ota.outbox or [
        ("reservation_acceptance_confirmation", side.ota.reservation(last_of(side.ota)))
    ]
    [heard] = side.hear("POST", "/notification", {"action": action, "reservation": reservation}).received
    assert (heard.booking, heard.revision) == (fetched.booking, fetched.revision)


def test_a_broken_feed_is_waited_for(side: Side) -> None:
    opened(side)
    side.ota.faults = ["garbage"]
    with pytest.raises(Wait):
        ADAPTER.fetch(side.http, side.link)


# -- what it asks and tells


def test_a_question_before_a_sale_holds_under_the_code_that_the_booking_will_have(side: Side) -> None:
    sold = a_booking(side.ota)
    booking, question = side.ota.reservation(sold), side.ota.question(sold)
    [asked] = side.hear("POST", "", question).received
    found = ADAPTER.read(side.link, asked.text)
    assert (found.status, found.booking, found.currency, found.order) == ("asked", booking["confirmation_code"], "EUR", "")
    assert (found.rooms[0].remote_room, found.rooms[0].arrival, found.rooms[0].total) == ("1001", FIRST, 30_000)
    told = {"action": "reservation_acceptance_confirmation", "reservation": booking}
    [confirmed] = side.hear("POST", "/notification", told).received
    assert confirmed.booking == found.booking
    assert ADAPTER.read(side.link, confirmed.text).status == "new"


def test_only_what_is_ours_to_give_is_answered_with_yes(side: Side) -> None:
    [asked] = side.hear("POST", "", side.ota.question(a_booking(side.ota))).received
    for done, said in (("applied", True), ("attention", False), ("refused", False)):
        outcome = Outcome(asked.booking, done, receipt=asked.receipt)  # type: ignore[arg-type]
        reply = ADAPTER.answer(side.link, [outcome])
        assert reply.status == 200
        assert json.loads(reply.body) == ({"succeed": True} if said else {"succeed": False, "failure_code": None})


def test_a_look_at_the_calendar_is_only_a_question(side: Side) -> None:
    query = f"?action=check_availability&listing_id=1001&start_date={FIRST}&nights=3"
    [asked] = side.hear("GET", query, None).received
    found = ADAPTER.read(side.link, asked.text)
    assert (found.booking, asked.booking, found.status) == ("", "", "asked")
    assert (found.rooms[0].remote_room, found.rooms[0].departure) == ("1001", FIRST + timedelta(days=3))
    assert json.loads(ADAPTER.answer(side.link, [Outcome("", "applied", receipt=asked.receipt)]).body) == {"available": True}
    refused = ADAPTER.answer(side.link, [Outcome("", "refused", receipt=asked.receipt)])
    assert json.loads(refused.body) == {"available": False, "failure_code": None}


def test_a_question_about_a_change_names_the_booking_in_the_address(side: Side) -> None:
    question = side.ota.question(a_booking(side.ota))
    code = question.pop("confirmation_code")
    [asked] = side.hear("PUT", f"/{code}", question).received
    assert asked.booking == ADAPTER.read(side.link, asked.text).booking == code
    assert ADAPTER.read(side.link, asked.text).status == "asked"


def test_a_question_asked_again_later_is_another_question(side: Side) -> None:
    question = side.ota.question(a_booking(side.ota))
    now = datetime.now(UTC)
    first, again, later = (side.hear("POST", "", question, now + timedelta(seconds=n)).received[0] for n in (0, 0, 60))
    assert first.revision == again.revision != later.revision


@pytest.mark.parametrize("listing", [0, "0"])
def test_airbnbs_own_test_of_listing_0_is_answered_with_yes_and_looked_up_nowhere(side: Side, listing: Any) -> None:
    question = side.ota.question(a_booking(side.ota)) | {"listing_id": listing}
    heard = [
        side.hear("POST", "", question),
        side.hear("PUT", "/HM1", question),
        side.hear("GET", f"?action=check_availability&listing_id=0&start_date={FIRST}&nights=1", None),
        side.hear(
            "POST", "/notification", {"action": "reservation_acceptance_confirmation", "reservation": {"listing_id": listing}}
        ),
    ]
    assert heard == [Heard()] * 4
    said = json.loads(ADAPTER.answer(side.link, ()).body)
    assert (said["available"], said["succeed"]) == (True, True)


def test_a_notification_is_always_answered_as_heard(side: Side) -> None:
    told = {"action": "reservation_cancellation_confirmation", "reservation": side.ota.reservation(a_booking(side.ota))}
    [heard] = side.hear("POST", "/notification", told).received
    assert ADAPTER.read(side.link, heard.text).status == "cancelled"
    reply = ADAPTER.answer(side.link, [Outcome(heard.booking, "attention", receipt=heard.receipt)])
    assert json.loads(reply.body) == {"succeed": True}


def test_what_is_cancelled_stays_so_whatever_a_late_notification_is_called(side: Side) -> None:
    told = a_reservation(status_type="cancelled_by_guest") | {"action": "reservation_alteration_confirmation"}
    assert read(side, told).status == "cancelled"


def test_a_request_to_book_asks_and_a_voided_one_frees(side: Side) -> None:
    told = a_reservation(status_type="pending") | {"action": "reservation_requested", "message_to_host": "Is it quiet?"}
    assert (read(side, told).status, read(side, told).notes) == ("asked", "Is it quiet?")
    assert (
        read(side, a_reservation(status_type="pending_voided") | {"action": "reservation_request_voided"}).status == "cancelled"
    )


@pytest.mark.parametrize("action", ["message_added", "authorization_revoked", "listings_unlinked", "never_heard_of", 7, None])
def test_any_other_notification_means_that_there_may_be_something_to_fetch(side: Side, action: Any) -> None:
    """A message may be all that Airbnb sends of a booking."""
    assert side.hear("POST", "/notification", {"action": action}) == Heard(news=True)


def test_a_signed_body_that_nobody_can_read_is_kept(side: Side) -> None:
    [kept] = side.hear("POST", "/notification", "no object").received
    assert kept.booking == ""
    with pytest.raises(Unreadable):
        ADAPTER.read(side.link, kept.text)


@pytest.mark.parametrize(
    "changed",
    [
        {":method": "PUT"},
        {":path": "/channels/airbnb/2"},
        {"host": "elsewhere.example"},
        {"date": "Mon, 03 Jan 2022 09:27:47 GMT"},
        {"content-type": "text/plain"},
        {"authorization": ""},
        {"authorization": 'Signature keyId="booking_web_hooks",signature=!!'},
        {"authorization": 'Signature keyId="booking_web_hooks",signature="AAAA"'},
    ],
)
def test_what_is_not_signed_as_it_was_called_is_refused(side: Side, changed: dict[str, str]) -> None:
    with pytest.raises(Forged):
        side.hear("POST", "/notification", {"action": "message_added"}, **changed)


def test_another_body_under_the_same_signature_is_refused(side: Side) -> None:
    sent = {name.lower(): value for name, value in signed("POST", HOOK, b"{}").items()}
    headers = {"host": "pms.example", ":method": "POST", ":path": urlsplit(HOOK).path, **sent}
    assert ADAPTER.hear(side.link, headers, b"{}").received
    with pytest.raises(Forged):
        ADAPTER.hear(side.link, headers, b"{} ")


def test_an_old_recording_is_refused(side: Side) -> None:
    with pytest.raises(Forged):
        side.hear("POST", "", {}, datetime.now(UTC) - timedelta(hours=1))


def test_without_a_key_nothing_is_believed(side: Side) -> None:
    side.ota.credentials["webhook_key"] = ""
    with pytest.raises(Forged):
        side.hear("POST", "", {})


@pytest.mark.parametrize("name", ["O\x00Hara", "\ud800", "Čiurlionė 李"])
def test_what_is_kept_a_database_can_keep(side: Side, name: str) -> None:
    opened(side)
    side.ota.sell([a_sale()], last_name=name)
    told = {"action": "reservation_acceptance_confirmation", "reservation": side.ota.reservation(last_of(side.ota))}
    for kept in (*ADAPTER.fetch(side.http, side.link), *side.hear("POST", "", told).received):
        guest = ADAPTER.read(side.link, kept.text).guest
        for text in (kept.text, kept.booking, kept.revision, kept.receipt, guest.last_name):
            assert "\x00" not in text
            text.encode()
    body = b'{"a": "\x00'
    sent = {key.lower(): value for key, value in signed("POST", HOOK, body).items()}
    headers = {"host": "pms.example", ":method": "POST", ":path": urlsplit(HOOK).path, **sent}
    assert "\x00" not in ADAPTER.hear(side.link, headers, body).received[0].text


# -- whatever comes


def a_booking(ota: FakeAirbnb) -> Any:
    ota.sell([a_sale()], force=True)
    return last_of(ota)


def last_of(ota: FakeAirbnb) -> Any:
    return list(ota.bookings.values())[-1]


def a_reservation(**changed: Any) -> dict[str, Any]:
    ota = FakeAirbnb()
    return {"reservation": ota.reservation(a_booking(ota)) | changed}


def read(side: Side, told: dict[str, Any]) -> Incoming:
    return ADAPTER.read(side.link, json.dumps(told))


LINK = Link("7001", "EUR", {}, {})
GOOD = a_reservation() | {"action": "reservation_acceptance_confirmation"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda more: st.lists(more) | st.dictionaries(st.text(), more),
)


def read_or_unreadable(text: str) -> None:
    with suppress(Unreadable):
        ADAPTER.read(LINK, text)


@given(st.text())
def test_any_text_is_read_or_unreadable(text: str) -> None:
    read_or_unreadable(text)


@given(JSON)
def test_any_json_is_read_or_unreadable(value: Any) -> None:
    read_or_unreadable(json.dumps(value))
    read_or_unreadable(json.dumps({"action": "check_reservation", "reservation": value}))


@given(
    st.sampled_from(sorted(GOOD["reservation"])),
    JSON | st.sampled_from(["1e999999999", "NaN", "9" * 5000, "\ud800", "9999-12-31"]),
)
def test_a_reservation_with_one_field_of_anything_is_read_or_unreadable(name: str, value: Any) -> None:
    read_or_unreadable(json.dumps({**GOOD, "reservation": GOOD["reservation"] | {name: value}}))


@given(st.integers(0, 3000), st.integers(0, 3000), st.text(max_size=5))
def test_a_mangled_reservation_is_read_or_unreadable(start: int, end: int, put: str) -> None:
    text = json.dumps(GOOD)
    read_or_unreadable(text[:start] + put + text[end:])


@given(
    st.dictionaries(st.sampled_from([":method", ":path", "host", "date", "content-type", "authorization"]), st.text()),
    st.binary(),
)
def test_any_call_is_heard_or_forged(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(Forged):
        ADAPTER.hear(replace(LINK, credentials=FakeAirbnb().credentials), headers, body)
