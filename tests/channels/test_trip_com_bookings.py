"""What Trip.com brings in either generation is read as it is meant, and answered as it wants to be."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.channels.adapter import Forged, Link, Outcome, Unreadable
from pms.channels.incoming import nightly
from pms.channels.redact import redacted
from tests.channels.fake import FakeBooking, Sale
from tests.channels.line import whatever
from tests.channels.test_trip_com import ADAPTER, FIRST, Side, a_booking, a_sale, either, side
from tests.channels.trip_com import CARD, FakeTripCom, money, with_card

__all__ = ["either", "side"]

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
    whatever(ADAPTER, LINK, text)
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
