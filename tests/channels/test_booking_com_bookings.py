"""What Booking.com says of bookings is read as it means it, acknowledged once it is in the books, and never guessed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.channels.adapter import Link, Refused, Unreadable, Wait
from pms.channels.adapters.booking_com import BOOKING_COM, talk
from pms.channels.adapters.booking_com.talk import Tokens
from pms.channels.incoming import Extra, nightly
from pms.channels.redact import redacted
from tests.channels.booking_com import RATE, ROOM, FakeBookingCom, a_link, day, sale, sold
from tests.channels.fake import Sale, serving
from tests.channels.line import whatever

CHANNEL = BOOKING_COM


@pytest.fixture
def ota(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBookingCom]:
    monkeypatch.setattr(talk, "TOKENS", Tokens())
    fake = FakeBookingCom()
    with serving(fake):
        yield fake


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


@pytest.fixture
def link(ota: FakeBookingCom) -> Link:
    return a_link(ota)


def fetched(http: httpx.Client, link: Link) -> Sequence[Any]:
    """What is waiting, as it will be read: from what is kept of it."""
    return [CHANNEL.read(link, redacted(one.text)) for one in CHANNEL.fetch(http, link)]


def test_a_new_booking_is_read_with_all_it_says(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    id = sold(
        ota, sale(0, 2, children_ages=(4, 11), prices=(9_000, 11_000)), sale(1, 2, adults=1, prices=(8_000,)), last_name="Ådåms"
    )
    (told,) = fetched(http, link)
    first, second = told.rooms
    assert (told.booking, told.status, told.total, told.currency, told.commission) == (id, "new", 28_000, "EUR", 3_000)
    assert (told.guest.last_name, told.guest.first_name, told.guest.country) == ("Ådåms", "Jonė", "LT")
    assert (told.guest.email, told.guest.phone) == ("jone.123@guest.booking.com", "+370 600 00000")
    assert (first.remote_room, first.remote_rate, first.key) == (ROOM, RATE, "370")
    assert (first.arrival, first.departure, first.adults, first.children_ages) == (day(0), day(2), 2, (4, 11))
    assert (nightly(first), nightly(second)) == ([9_000, 11_000], [8_000])
    assert (second.arrival, second.departure, second.key, second.guest) == (day(1), day(2), "371", "Jonė Ådåms")
    assert "tired" in told.notes
    assert "smoking" in told.notes
    assert (told.collect, told.booked_at.isoformat()) == ("property", "2026-11-13T11:06:39+00:00")


def test_checkout_is_the_day_after_the_last_night(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    sold(ota, sale(5, 6))
    assert fetched(http, link)[0].rooms[0].departure == day(6)


def test_what_is_acknowledged_does_not_come_again(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    sold(ota, sale()), sold(ota, sale(3, 4))
    CHANNEL.acknowledge(http, link, [one.receipt for one in CHANNEL.fetch(http, link)])
    assert CHANNEL.fetch(http, link) == []
    assert ota.waiting == []


@pytest.mark.parametrize("versions", [True, False])
def test_a_change_comes_as_its_full_new_state_and_a_cancellation_as_such(
    ota: FakeBookingCom, http: httpx.Client, link: Link, versions: bool
) -> None:
    ota.versions = versions
    id = sold(ota, sale(), sale())
    seen = []
    for change in (lambda: None, lambda: ota.modify(id, [sale(1, 4)]), lambda: ota.cancel(id)):
        change()
        (received,) = CHANNEL.fetch(http, link)
        told = CHANNEL.read(link, received.text)
        seen.append((told.booking, told.status, len(told.rooms), received.booking))
        assert told.revision == received.revision
        CHANNEL.acknowledge(http, link, [received.receipt])
    assert seen == [(id, "new", 2, id), (id, "modified", 1, id), (id, "cancelled", 0, id)]


def test_changed_before_it_was_acknowledged_it_is_new_still(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    id = sold(ota, sale())
    ota.modify(id, [sale(2, 4)])
    (told,) = fetched(http, link)
    assert (told.status, told.rooms[0].arrival) == ("new", day(2))


def test_an_acknowledgement_that_was_overtaken_is_nobodys_business_and_the_others_are_taken(
    ota: FakeBookingCom, http: httpx.Client, link: Link
) -> None:
    first, _ = sold(ota, sale()), sold(ota, sale(3, 4))
    receipts = [one.receipt for one in CHANNEL.fetch(http, link)]
    ota.modify(first, [sale(1, 2)])
    CHANNEL.acknowledge(http, link, receipts)
    (told,) = fetched(http, link)
    assert (told.booking, told.rooms[0].arrival) == (first, day(1))


def test_an_acknowledgement_of_what_is_not_known_there_is_refused_and_the_others_are_taken(
    ota: FakeBookingCom, http: httpx.Client, link: Link
) -> None:
    first, _ = sold(ota, sale()), sold(ota, sale(3, 4))
    receipts = [one.receipt for one in CHANNEL.fetch(http, link)]
    del ota.bookings[first]
    ota.waiting = [one for one in ota.waiting if one[0] != first]
    with pytest.raises(Refused, match="not found"):
        CHANNEL.acknowledge(http, link, receipts)
    assert fetched(http, link) == []


def test_an_acknowledgement_that_broke_down_is_waited_for(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    sold(ota, sale())
    receipts = [one.receipt for one in CHANNEL.fetch(http, link)]
    ota.faults = ["500"]
    with pytest.raises(Wait):
        CHANNEL.acknowledge(http, link, receipts)
    CHANNEL.acknowledge(http, link, receipts)
    assert ota.waiting == []


def test_a_cancellation_with_cancel_info_alone_is_one(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    id = sold(ota, sale())
    CHANNEL.acknowledge(http, link, [one.receipt for one in CHANNEL.fetch(http, link)])
    ota.marker = "CancelInfo"
    ota.cancel(id)
    assert [told.status for told in fetched(http, link)] == ["cancelled"]


@pytest.mark.parametrize("marker", ["Undone", ""])
def test_what_does_not_say_whether_it_is_modified_or_cancelled_waits_for_a_person(
    ota: FakeBookingCom, http: httpx.Client, link: Link, marker: Any
) -> None:
    id = sold(ota, sale())
    CHANNEL.acknowledge(http, link, [one.receipt for one in CHANNEL.fetch(http, link)])
    ota.marker = marker
    ota.modify(id, [sale(1, 2)])
    (received,) = CHANNEL.fetch(http, link)
    assert received.booking == id
    with pytest.raises(Unreadable, match="modified or cancelled"):
        CHANNEL.read(link, received.text)


def test_bookings_of_other_properties_of_the_machine_account_are_left_to_them(
    ota: FakeBookingCom, http: httpx.Client, link: Link
) -> None:
    id = sold(ota, sale())
    stranger = ota.entry(ota.bookings[id], property="202020").replace(id, "77")
    roomless = '<HotelResModify ResStatus="Cancel"><ResGlobalInfo><HotelReservationIDs><HotelReservationID ResID_Value="78"/>'
    ota.strangers = [stranger, roomless + "</HotelReservationIDs></ResGlobalInfo></HotelResModify>"]
    assert [received.booking for received in CHANNEL.fetch(http, link)] == [id]


def test_a_virtual_card_is_known_by_its_day_and_its_rate_without_a_number(
    ota: FakeBookingCom, http: httpx.Client, link: Link
) -> None:
    ota.virtual_cards = True
    sold(ota, sale())
    (received,) = CHANNEL.fetch(http, link)
    kept = redacted(received.text)
    assert "4111111111111111" not in kept
    assert 'SeriesCode="123"' not in kept
    told = CHANNEL.read(link, kept)
    assert told.collect == "channel"
    assert told.card is not None
    assert (told.card.virtual, told.card.active_from, told.card.expires, told.card.token) == (True, day(0), "1129", "")
    assert told.rooms[0].remote_rate == RATE


def test_a_booking_whose_card_is_shown_no_more_is_the_same_revision(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    ota.versions = False
    id = sold(ota, sale())
    whole = ota.entry(ota.bookings[id])
    start, end = whole.index("<Guarantee>"), whole.index("</Guarantee>") + len("</Guarantee>")
    without = whole[:start] + whole[end:]
    read = [CHANNEL.read(link, text).revision for text in (whole, redacted(whole), without)]
    assert len(set(read)) == 1
    ota.modify(id, [sale(1, 2)])
    assert CHANNEL.read(link, ota.entry(ota.bookings[id])).revision not in read


def test_a_booking_changed_back_to_what_it_was_is_another_revision_even_without_versions(
    ota: FakeBookingCom, http: httpx.Client, link: Link
) -> None:
    ota.versions, ota.now = False, datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    id, revisions = sold(ota, sale()), []
    CHANNEL.acknowledge(http, link, [one.receipt for one in CHANNEL.fetch(http, link)])
    for first in (1, 2, 1):
        ota.now += timedelta(minutes=1)
        ota.modify(id, [sale(first, 4)])
        (one,), (again,) = CHANNEL.fetch(http, link), CHANNEL.fetch(http, link)
        assert one.revision == again.revision == CHANNEL.read(link, redacted(one.text)).revision
        revisions.append(one.revision)
        CHANNEL.acknowledge(http, link, [one.receipt])
    assert len(set(revisions)) == 3


def test_one_that_cannot_be_read_is_the_same_revision_however_often_it_comes(
    ota: FakeBookingCom, http: httpx.Client, link: Link
) -> None:
    ota.versions, ota.now = False, datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    id = sold(ota, sale())
    CHANNEL.acknowledge(http, link, [one.receipt for one in CHANNEL.fetch(http, link)])
    ota.marker = ""
    ota.modify(id, [sale(1, 2)])
    first = CHANNEL.fetch(http, link)
    ota.now += timedelta(minutes=5)
    assert [one.revision for one in first] == [one.revision for one in CHANNEL.fetch(http, link)]


def test_services_come_on_top_of_the_nights_and_are_not_counted_twice(
    ota: FakeBookingCom, http: httpx.Client, link: Link
) -> None:
    id = sold(ota, sale(prices=(9_000, 9_000)))
    ota.services[id] = [("1", 2_000), ("8", 500)]
    (told,) = fetched(http, link)
    assert told.extras == (Extra("1", 2_000), Extra("8", 500))
    assert sum(nightly(told.rooms[0])) + 2_500 == told.total == 20_500


def test_nights_that_do_not_match_the_rooms_total_give_way_to_it(ota: FakeBookingCom, link: Link) -> None:
    id = sold(ota, sale(prices=(9_000, 9_000)))
    text = ota.entry(ota.bookings[id]).replace('<Total AmountAfterTax="18000"', '<Total AmountAfterTax="17001"')
    assert nightly(CHANNEL.read(link, text).rooms[0]) == [8_500, 8_501]


def test_amounts_before_tax_and_other_decimal_places_are_read_exactly(ota: FakeBookingCom, link: Link) -> None:
    id = sold(ota, sale(0, 1, prices=(9_000,)))
    text = ota.entry(ota.bookings[id]).replace(
        'AmountAfterTax="9000" CurrencyCode="EUR" DecimalPlaces="2"',
        'AmountBeforeTax="90005" CurrencyCode="EUR" DecimalPlaces="3"',
    )
    assert CHANNEL.read(link, text).total == 9_001


def test_a_document_type_is_refused(link: Link) -> None:
    with pytest.raises(Unreadable):
        CHANNEL.read(link, '<!DOCTYPE a [<!ENTITY x "y">]><HotelReservation>&x;</HotelReservation>')


# -- B.XML

BXML = f"""<reservation><id>4705950059</id><hotel_id>101010</hotel_id><status>modified</status>
<date>2026-11-13</date><time>11:06:39</time>
<currencycode>EUR</currencycode><commissionamount>27.00</commissionamount><totalprice>
197.5
</totalprice><customer><first_name>Jonė</first_name><last_name>Адамс</last_name><email>j@guest.booking.com</email><telephone>1</telephone>
<countrycode>lt</countrycode><remarks>Late</remarks><cc_number>4111111111111111</cc_number><cc_cvc>123</cc_cvc>
<cc_expiration_date>11/2029</cc_expiration_date></customer>
<room><id>{ROOM}</id><roomreservation_id>11</roomreservation_id><arrival_date>2026-12-01</arrival_date>
<departure_date>2026-12-03</departure_date><guest_name>Jonė A</guest_name><numberofguests>2</numberofguests>
<totalprice>117.50</totalprice>
<price date="2026-12-01" rate_id="1278606">50</price><price date="2026-12-02" rate_id="1278606">50.000000</price>
<addons><addon><name>Breakfast</name><totalprice>17.500000</totalprice></addon></addons>
<price_details><hotel><extracomponent included="no" amount="4.00" text="City tax"/>
<extracomponent included="yes" amount="9" text="VAT"/>
</hotel></price_details></room>
<room><id>{ROOM}</id><roomreservation_id>12</roomreservation_id><arrival_date>2026-12-02</arrival_date>
<departure_date>2026-12-03</departure_date><numberofguests>1</numberofguests><totalprice>80</totalprice>
<price date="2026-12-02" rate_id="1278607">80</price></room></reservation>"""
HOUSE = Link("101010", "EUR", {}, {})


def test_the_history_has_rooms_of_their_own_dates_addons_and_taxes_in_and_on_top() -> None:
    told = CHANNEL.read(HOUSE, redacted(BXML))
    first, second = told.rooms
    assert (told.booking, told.status, told.total, told.commission, told.guest.last_name) == (
        "4705950059",
        "modified",
        19_750,
        2_700,
        "Адамс",
    )
    assert (second.arrival.day, second.remote_rate) == (2, f"{ROOM}/1278607")
    assert (first.key, second.key) == ("", ""), "nobody says that these numbers are those of the queues"
    assert (nightly(first), nightly(second)) == ([5_000, 5_000], [8_000])
    assert told.extras == (Extra("Breakfast", 1_750), Extra("City tax", 400), Extra("VAT", 900, True))
    assert told.card is not None
    assert told.card.expires == "11/2029"
    assert "4111111111111111" not in redacted(BXML)


def test_a_cancellation_in_the_history_has_no_room_a_fee_and_an_empty_commission() -> None:
    text = (
        "<reservation><id>1</id><status>cancelled</status><currencycode>EUR</currencycode><commissionamount></commissionamount>"
        "<totalprice>0</totalprice><total_cancellation_fee>50.00</total_cancellation_fee></reservation>"
    )
    told = CHANNEL.read(HOUSE, text)
    assert (told.status, told.rooms, told.total, told.extras) == ("cancelled", [], None, ())


def test_a_booking_that_is_not_cancelled_and_has_no_room_is_never_read_as_an_empty_one() -> None:
    with pytest.raises(Unreadable, match="without a room"):
        CHANNEL.read(HOUSE, "<reservation><id>1</id><status>modified</status></reservation>")


def test_the_history_of_the_property_takes_nothing_off_the_queues(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    assert CHANNEL.missed(http, link, date(2026, 11, 1)) == []
    id = sold(ota, sale(0, 2, prices=(9_000, 9_500)))
    ota.cancel(sold(ota, sale()))
    told = [CHANNEL.read(link, one.text) for one in CHANNEL.missed(http, link, date(2026, 11, 1))]
    assert [(one.booking == id, one.status, one.total) for one in told] == [(True, "new", 18_500), (False, "cancelled", None)]
    assert nightly(told[0].rooms[0]) == [9_000, 9_500]
    assert len(CHANNEL.fetch(http, link)) == 2


# -- whatever the text


def reads_or_says_so(text: str) -> None:
    whatever(CHANNEL, HOUSE, text)


def sample() -> str:
    fake = FakeBookingCom()
    fake.virtual_cards = True
    id = sold(fake, Sale(ROOM, RATE, date(2026, 12, 1), date(2026, 12, 3), children_ages=(3,)))
    fake.services[id] = [("1", 2_000)]
    return fake.entry(fake.bookings[id])


@given(st.text())
def test_any_text_is_read_or_said_to_be_unreadable(text: str) -> None:
    reads_or_says_so(text)


@given(st.sampled_from([sample(), BXML]), st.randoms(use_true_random=False), st.integers(1, 8))
def test_damaged_bookings_are_read_or_said_to_be_unreadable(text: str, chance: random.Random, blows: int) -> None:
    junk = ["", "9" * 40, "-1", "1e999999", "NaN", "\x00", "9999-12-31", "0001-01-01", '"', "<a>", "é", "²", "&#55;", " "]
    for _ in range(blows):
        start = chance.randrange(len(text) + 1)
        text = text[:start] + chance.choice(junk) + text[start + chance.randrange(12) :]
    reads_or_says_so(text)


@given(st.sampled_from([sample(), BXML]), st.randoms(use_true_random=False), st.integers(1, 4))
def test_bookings_with_strange_values_are_read_or_said_to_be_unreadable(text: str, chance: random.Random, blows: int) -> None:
    junk = [
        "",
        "9" * 40,
        "-1",
        "1e999999",
        "1e99999999999999999999",
        "NaN",
        "9999-12-31",
        "0001-01-01",
        "²",
        "é",
        "0x1",
        "1_0",
        "Infinity",
    ]
    parts = text.split('"')
    for _ in range(blows):
        parts[chance.randrange(len(parts) // 2) * 2 + 1] = chance.choice(junk)
    reads_or_says_so('"'.join(parts))


def test_a_message_nested_without_end_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        CHANNEL.read(HOUSE, "<reservation>" + "<a>" * 50_000 + "</a>" * 50_000 + "</reservation>")
