"""What Airbnb asks and tells is read as it is meant, answered as it wants to be, and believed only if it is Airbnb's."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.channels.adapter import Forged, Heard, Link, Outcome, Unreadable, Wait
from pms.channels.incoming import Incoming, nightly
from pms.channels.redact import redacted
from tests.channels.airbnb import FakeAirbnb, signed
from tests.channels.line import whatever
from tests.channels.test_airbnb import ADAPTER, FIRST, HOOK, Side, a_sale, opened, side

__all__ = ["side"]

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


def test_an_id_or_a_phone_that_could_be_a_cards_number_survives_the_inbox(side: Side) -> None:
    """Both pass Luhn's test; Airbnb's ids have 18 digits now, and this one begins as UnionPay's cards do."""
    listing, phone = "623843145465465402", "4915175052666"
    assert listing not in redacted(listing)
    side.ota.add(listing)
    booking = side.ota.reservation(a_booking(side.ota)) | {"guest_phone_numbers": [phone, "+49 1"], "listing_id_str": listing}
    booking |= {"listing_id": int(listing), "message_to_host": "4111111111111111"}
    told = {"action": "reservation_acceptance_confirmation", "reservation": booking}
    side.ota.reservation = lambda _: booking  # type: ignore[method-assign]
    fetched = ADAPTER.fetch(side.http, side.link)
    heard = [*side.hear("POST", "/notification", told).received, *side.hear("POST", "", booking).received]
    query = f"?action=check_availability&listing_id={listing}&start_date={FIRST}&nights=3"
    heard += side.hear("GET", query, None).received
    assert len(fetched) + len(heard) == 4
    for kept in (*fetched, *heard):
        stored = redacted(kept.text)
        found = ADAPTER.read(side.link, stored)
        assert found.rooms[0].remote_room == listing
        assert found.guest.phone in (phone, "")
        assert "4111111111111111" not in stored
    assert ADAPTER.read(side.link, redacted(heard[0].text)).guest.phone == phone


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
    whatever(ADAPTER, LINK, text)


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
