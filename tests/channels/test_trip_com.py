"""Trip.com is told what is true in 4.x; what it brings in either generation is read, and answered as it wants to be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.channels.adapter import Forged, Link, Outcome, Received, Refused, Stop, Unreadable, Wait
from pms.channels.adapters.trip_com import TripCom, calls, facts
from pms.channels.adapters.trip_com.house import SOLD, UNSOLD
from pms.channels.changes import Change
from pms.channels.incoming import Incoming, nightly
from pms.channels.redact import redacted
from tests.channels.fake import FakeBooking, Fault, Sale, serving
from tests.channels.trip_com import CARD, FakeTripCom, money, with_card

FIRST = date.today() + timedelta(days=10)
ADAPTER = TripCom()


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
        ADAPTER.remote(side.http, link)


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


# -- what it brings


def test_a_booking_is_read_with_everything_it_says(either: Side) -> None:
    booking = a_booking(either.ota, a_sale(either.ota, prices=(10_000, 10_000, 12_000), children_ages=(4,)))
    found = either.read(booking)
    assert (found.booking, found.status, found.currency, found.total) == ("900066249", "new", "EUR", 32_000)
    [room] = found.rooms
    rate = "room-D/501" if either.ota.generation == 2 else "room-D/rate-D"
    assert (room.remote_room, room.remote_rate) == ("room-D", rate)
    assert (room.arrival, room.departure, nightly(room)) == (FIRST, FIRST + timedelta(days=3), [10_000, 10_000, 12_000])
    assert (room.adults, room.children_ages, room.guest) == (2, (None,), "Jan Adams")
    assert (found.guest.first_name, found.guest.last_name, found.guest.email, found.guest.phone) == ("Jan", "Adams", "", "")
    assert [(tax.name, tax.amount, tax.included) for tax in found.extras] == [("VAT", 750, True)]
    assert found.notes.splitlines() == ["High floor", "Non smoking", "~ 14:00"]
    assert (found.collect, found.card) == ("channel", None)


def test_twenty_rooms_share_the_guests_who_are_counted_for_all(either: Side) -> None:
    """The manual's second case: a price is of one room and night."""
    sales = [a_sale(either.ota, nights=7, prices=(36_300,) * 7) for _ in range(20)]
    found = either.read(a_booking(either.ota, *sales))
    assert len(found.rooms) == 20
    assert {room.adults for room in found.rooms} == {2}
    assert sum(sum(nightly(room)) for room in found.rooms) == found.total == 36_300 * 7 * 20


def test_rooms_of_different_kinds_keep_their_own_prices(side: Side) -> None:
    small = Sale("room-S", "rate-S", FIRST, FIRST + timedelta(days=3), prices=(5_000,) * 3)
    found = side.read(a_booking(side.ota, a_sale(side.ota), small))
    assert [(room.remote_rate, nightly(room)) for room in found.rooms] == [
        ("room-D/rate-D", [10_000] * 3),
        ("room-S/rate-S", [5_000] * 3),
    ]


def test_a_row_of_many_nights_is_a_price_for_each_of_them(either: Side) -> None:
    text = either.ota.message(a_booking(either.ota, a_sale(either.ota, nights=28)))
    assert text.count("<Rate ") == 1
    assert nightly(ADAPTER.read(either.link, text).rooms[0]) == [10_000] * 28


@pytest.mark.parametrize("rooms", [1, 2])
def test_the_total_decides_where_the_nights_do_not_add_up(either: Side, rooms: int) -> None:
    """Ctrip's own messages have one night's row of 540 and a total of 1080."""
    sales = [a_sale(either.ota, nights=2, prices=(54_000,)) for _ in range(rooms)]
    total = f'<Total AmountAfterTax="{money(108_000)}" CurrencyCode="EUR"/>'
    found = either.read(a_booking(either.ota, *sales), total=total)
    assert sum(sum(nightly(room)) for room in found.rooms) == found.total == 108_000


def test_who_collects_is_told_by_the_kind_of_payment(side: Side) -> None:
    side.ota.generation = 2
    assert side.read(a_booking(side.ota, a_sale(side.ota, rate="16"))).collect == "property"
    assert side.read(a_booking(side.ota, a_sale(side.ota, rate="501"))).collect == "channel"
    side.ota.generation = 4
    assert side.read(a_booking(side.ota), payment="<Guarantee/>").collect == "property"


def test_a_card_is_known_without_its_number(either: Side) -> None:
    booking = a_booking(either.ota)
    heard = either.heard(either.ota.message(booking, **with_card(either.ota, booking)))
    assert CARD[0] not in heard.text
    assert either.ota.credentials["incoming_password"] not in heard.text
    card = ADAPTER.read(either.link, redacted(heard.text)).card
    assert card is not None
    assert (card.token, card.virtual, card.expires) == ("", False, "1115")


def test_a_card_that_does_not_fit_its_checksum_makes_no_booking(either: Side) -> None:
    """The manual's tenth case."""
    booking = a_booking(either.ota)
    heard = either.heard(either.ota.message(booking, **with_card(either.ota, booking, checksum="0" * 32)))
    with pytest.raises(Unreadable):
        ADAPTER.read(either.link, redacted(heard.text))
    reply = ADAPTER.answer(either.link, [Outcome(heard.booking, "attention", receipt=heard.receipt)])
    error = one(reply.body, "Error")
    assert (reply.status, error.get("Type"), error.get("Code")) == (200, "14", "242" if either.ota.generation == 2 else "367")
    assert one(reply.body, "HotelReservation").get("ResStatus") == "R"


def test_a_changed_booking_is_its_full_new_state_under_the_same_number(either: Side) -> None:
    booking = a_booking(either.ota)
    before = either.heard(either.ota.message(booking))
    booking.rooms, booking.status = [a_sale(either.ota, nights=5)], "modified"
    after = either.heard(either.ota.message(booking))
    assert (before.booking, before.revision != after.revision) == (after.booking, True)
    found = ADAPTER.read(either.link, after.text)
    assert (found.status, found.rooms[0].departure) == ("modified", FIRST + timedelta(days=5))
    assert (
        "OTA_HotelResModifyRS"
        in ADAPTER.answer(either.link, [Outcome(after.booking, "applied", "R-1", receipt=after.receipt)]).body
    )


def test_a_cancellation_names_the_booking_and_not_the_hotel(either: Side) -> None:
    booking = a_booking(either.ota)
    booking.status = "cancelled"
    heard = either.heard(either.ota.message(booking))
    found = ADAPTER.read(either.link, heard.text)
    assert (heard.booking, found.booking, found.status, found.rooms, found.notes) == (
        "900066249",
        "900066249",
        "cancelled",
        (),
        "Ill",
    )
    reply = ADAPTER.answer(either.link, [Outcome(heard.booking, "applied", receipt=heard.receipt)])
    assert one(reply.body, "Success") is not None
    said = one(reply.body, "UniqueID")
    assert (said.get("ID"), said.get("Type")) == ("900066249", "501" if either.ota.generation == 2 else "14")


def test_the_same_message_a_second_time_is_the_same_revision(either: Side) -> None:
    booking = a_booking(either.ota)
    first, again = (either.heard(either.ota.message(booking, echo=echo)) for echo in ("1", "2"))
    assert first.revision == again.revision
    assert ADAPTER.read(either.link, first.text).revision == first.revision


def test_an_answer_repeats_the_token_and_the_number_and_adds_ours(either: Side) -> None:
    heard = either.heard(either.ota.message(a_booking(either.ota), echo='a"<b'.replace('"', "&quot;").replace("<", "&lt;")))
    reply = ADAPTER.answer(either.link, [Outcome(heard.booking, "applied", "R-17", receipt=heard.receipt)])
    assert reply.status == 200
    assert ("Envelope" in reply.body) == (either.ota.generation == 2)
    assert one(reply.body, "OTA_HotelResRS").get("EchoToken") == 'a"<b'
    assert one(reply.body, "HotelReservation").get("ResStatus") == "S"
    kind = "501" if either.ota.generation == 2 else "14"
    assert ids(reply.body) == {kind: "900066249", "502": "R-17"}


def test_what_is_in_our_books_is_committed_even_if_somebody_has_to_look_at_it(either: Side) -> None:
    heard = either.heard(either.ota.message(a_booking(either.ota)))
    kept = ADAPTER.answer(either.link, [Outcome(heard.booking, "attention", "R-17", receipt=heard.receipt)])
    assert one(kept.body, "HotelReservation").get("ResStatus") == "S"
    for done in ("attention", "refused"):
        lost = ADAPTER.answer(either.link, [Outcome(heard.booking, done, words="no <room>", receipt=heard.receipt)])  # type: ignore
        assert one(lost.body, "HotelReservation").get("ResStatus") == "R"
        assert one(lost.body, "Error").get("ShortText") == "no <room>"
        assert "Success" not in lost.body


def test_a_message_of_another_hotel_is_unreadable(either: Side) -> None:
    text = either.ota.message(a_booking(either.ota))
    with pytest.raises(Unreadable, match="another hotel"):
        ADAPTER.read(replace(either.link, remote_property="1"), text)


def test_without_the_password_nothing_is_believed(either: Side) -> None:
    text = either.ota.message(a_booking(either.ota))
    for credentials in (
        {**either.ota.credentials, "incoming_password": ""},
        {**either.ota.credentials, "incoming_password": "other"},
    ):
        with pytest.raises(Forged):
            ADAPTER.hear(replace(either.link, credentials=credentials), {}, text.encode())
    for body in (b"", b"<OTA_HotelResRQ/>", b'MessagePassword=""', b"\xff\xfe"):
        with pytest.raises(Forged):
            ADAPTER.hear(either.link, {}, body)


@pytest.mark.parametrize("put", ["<!DOCTYPE a [<!ENTITY b 'c'>]>", "<broken>", "<other/>"])
def test_a_message_nobody_can_read_is_kept_and_answered_with_an_error(either: Side, put: str) -> None:
    text = either.ota.message(a_booking(either.ota)).replace('<?xml version="1.0"?>', put)
    heard = either.heard(text)
    assert heard.booking == ""
    with pytest.raises(Unreadable):
        ADAPTER.read(either.link, heard.text)
    reply = ADAPTER.answer(either.link, [Outcome("", "attention", receipt=heard.receipt)])
    assert (reply.status, one(reply.body, "Error").get("Code")) == (200, "450")
    assert ADAPTER.answer(either.link, ()).status == 200


def test_what_is_kept_a_database_can_keep(either: Side) -> None:
    text = either.ota.message(a_booking(either.ota)).replace("Adams", "Ad\x00ams Čiurlionė 李")
    [kept] = ADAPTER.hear(either.link, {}, text.encode()).received
    assert "\x00" not in kept.text
    assert "李" in ADAPTER.read(either.link, kept.text).guest.last_name


# -- whatever comes

FAKE = FakeTripCom()
LINK = Link("54394", "EUR", FAKE.credentials, {})
GOOD = [FAKE.message(a_booking(FAKE, a_sale(FAKE, children_ages=(3,)), a_sale(FAKE)))]
FAKE.generation = 2
GOOD += [FAKE.message(a_booking(FAKE)), FAKE.message(FakeBooking("9", [a_sale(FAKE)], status="cancelled"))]
VALUES = st.text() | st.sampled_from(
    ["-1", "99999999999999999999", "1e999999999", "NaN", "9999-12-31", "0001-01-01", "\x00", "9" * 5000]
)


def read_or_unreadable(text: str) -> None:
    with suppress(Unreadable):
        ADAPTER.read(LINK, text)
    with suppress(Forged):
        for heard in ADAPTER.hear(LINK, {}, text.encode(errors="replace")).received:
            outcome = Outcome(heard.booking, "applied", "R-1", receipt=heard.receipt)
            ElementTree.fromstring(ADAPTER.answer(LINK, [outcome]).body.encode())


@given(st.text())
def test_any_text_is_read_or_unreadable(text: str) -> None:
    read_or_unreadable(text)


@given(st.sampled_from(GOOD), st.integers(0, 3_000), st.integers(0, 3_000), st.text(max_size=5))
def test_a_mangled_message_is_read_or_unreadable(text: str, start: int, length: int, put: str) -> None:
    read_or_unreadable(text[:start] + put + text[start + length % 40 :])


@given(st.sampled_from(GOOD), st.integers(0, 60), VALUES, st.booleans())
def test_a_message_with_one_value_of_anything_is_read_or_unreadable(text: str, place: int, value: str, text_too: bool) -> None:
    root = ElementTree.fromstring(text)
    spots: list[tuple[Any, str]] = [(element, name) for element in root.iter() for name in element.attrib]
    spots += [(element, "") for element in root.iter()] if text_too else []
    element, name = spots[place % len(spots)]
    if name:
        element.attrib[name] = value
    else:
        element.text = value
    read_or_unreadable(ElementTree.tostring(root, encoding="unicode"))


@given(st.sampled_from(GOOD), st.integers(0, 60))
def test_a_message_without_one_of_its_parts_is_read_or_unreadable(text: str, place: int) -> None:
    root = ElementTree.fromstring(text)
    pairs = [(parent, child) for parent in root.iter() for child in parent]
    parent, child = pairs[place % len(pairs)]
    parent.remove(child)
    read_or_unreadable(ElementTree.tostring(root, encoding="unicode"))


def test_a_deep_message_is_read_or_unreadable() -> None:
    read_or_unreadable(
        GOOD[0].replace("<RoomStays>", "<RoomStays>" + "<a>" * 5_000).replace("</RoomStays>", "</a>" * 5_000 + "</RoomStays>")
    )


def one(text: str, name: str) -> Any:
    [found] = [element for element in ElementTree.fromstring(text.encode()).iter() if element.tag.rpartition("}")[2] == name]
    return found


def ids(text: str) -> dict[str | None, str | None]:
    found = ElementTree.fromstring(text.encode()).iter()
    return {one.get("ResID_Type"): one.get("ResID_Value") for one in found if one.tag.endswith("HotelReservationID")}


def test_a_receipt_carries_no_secret() -> None:
    [heard] = ADAPTER.hear(LINK, {}, GOOD[0].encode()).received
    assert set(json.loads(heard.receipt)) == {"root", "soap", "version", "echo", "id", "type", "card"}
