"""Google is told what is true by its rules of delta and overlay, so that it shows the prices a guest can have, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.channels.adapter import Forged, House, HousePlan, HouseRoom, Link, Message, Refused, Stop, Unreadable, Wait
from pms.channels.adapters.google_ari import GOOGLE_ARI
from pms.channels.adapters.google_ari.facts import ENTRIES_MOST
from pms.channels.adapters.google_ari.house import describe
from pms.channels.changes import Change
from tests.channels.fake import Fault, serving
from tests.channels.google_ari import RATE, ROOM, FakeGoogleAri

DOUBLE, FLEX = UUID(int=1), UUID(int=2)
CHANNEL = GOOGLE_ARI
OPEN = {
    "min_stay": 1,
    "max_stay": 0,
    "min_stay_arrival": 1,
    "max_stay_arrival": 0,
    "closed": 0,
    "closed_arrival": 0,
    "closed_departure": 0,
}


def day(n: int) -> date:
    return date.today() + timedelta(days=30 + n)


@pytest.fixture
def google() -> Iterator[FakeGoogleAri]:
    fake = FakeGoogleAri()
    with serving(fake):
        yield fake


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


@pytest.fixture
def link(google: FakeGoogleAri) -> Link:
    products = {DOUBLE: ROOM, FLEX: RATE}
    return Link("H1", "EUR", google.credentials, products, host=google.url, sleeps={FLEX: (2, 3, 4)})


def tell(http: httpx.Client, link: Link, *changes: Change) -> list[Message]:
    messages = CHANNEL.messages(link, changes)
    assert [CHANNEL.send(http, link, message) for message in messages] == [{}] * len(messages)
    return messages


def rooms(first: int, last: int, count: int) -> Change:
    return Change(DOUBLE, day(first), day(last), {"rooms": count})


def rate(first: int, last: int, **values: int) -> Change:
    return Change(FLEX, day(first), day(last), values)


def shown(google: FakeGoogleAri, first: int, end: int, guests: int = 2) -> int | None:
    return google.price("DBL", "BAR", day(first), day(end), guests)


def opened(http: httpx.Client, link: Link) -> None:
    tell(http, link, rooms(0, 9, 3), rate(0, 9, **OPEN), rate(0, 9, price=10_000))


def test_changes_arrive_as_said_both_ends_included(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    lengths = {"min_stay": 2, "max_stay": 14, "min_stay_arrival": 3, "max_stay_arrival": 9}
    told = {**lengths, "closed": 0, "closed_arrival": 1, "closed_departure": 1}
    tell(http, link, rooms(2, 4, 7), rate(2, 4, **told), rate(3, 3, price=12_345, price_1=10_050))
    assert [google.left(ROOM, day(n)) for n in range(1, 6)] == [0, 7, 7, 7, 0]
    assert google.calendar[RATE, day(2)] == google.calendar[RATE, day(4)] == told
    assert google.calendar[RATE, day(3)] == {**told, "price": 12_345, "price_2": 12_345, "price_1": 10_050}


def test_each_kind_of_thing_is_one_message_and_rooms_come_first(link: Link) -> None:
    messages = CHANNEL.messages(
        link, [rate(0, 1, price=9_000), rate(5, 5, price=1), rate(0, 3, closed=1), rooms(5, 6, 0), rooms(8, 8, 1)]
    )
    assert [(message.path.rpartition("/")[2], len(message.changes)) for message in messages] == [
        ("hotel_inv_count_notif", 2),
        ("hotel_avail_notif", 1),
        ("hotel_rate_amount_notif", 2),
    ]


def test_a_message_has_a_most_and_none_is_lost(link: Link) -> None:
    products = {UUID(int=n): f"r{n}" for n in range(ENTRIES_MOST + 1)}
    messages = CHANNEL.messages(replace(link, remote_ids=products), [Change(id, day(0), day(0), {"rooms": 1}) for id in products])
    assert [len(message.changes) for message in messages] == [ENTRIES_MOST, 1]


def test_a_plan_shows_nothing_until_it_was_opened_by_name(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    tell(http, link, rooms(0, 9, 3), rate(0, 9, price=10_000))
    assert shown(google, 0, 2) is None
    tell(http, link, rate(0, 9, **OPEN))
    assert shown(google, 0, 2) == 20_000


def test_another_restriction_leaves_the_first_as_it_is(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    opened(http, link)
    tell(http, link, rate(0, 9, min_stay=3))
    tell(http, link, rate(0, 9, max_stay=4))
    assert [shown(google, 0, n) for n in (2, 3, 4, 5)] == [None, 30_000, 40_000, None]


def test_maxima_through_and_on_arrival_are_two_things(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    opened(http, link)
    tell(http, link, rate(1, 1, max_stay=2), rate(0, 0, max_stay_arrival=3))
    assert shown(google, 0, 3) is None
    tell(http, link, rate(1, 1, max_stay=0))
    assert shown(google, 0, 3) == 30_000
    assert shown(google, 0, 4) is None


@pytest.mark.parametrize(
    "restriction", ["min_stay", "max_stay", "min_stay_arrival", "max_stay_arrival", "closed", "closed_arrival"]
)
def test_a_lifted_restriction_is_lifted_by_its_open_value(
    google: FakeGoogleAri, http: httpx.Client, link: Link, restriction: str
) -> None:
    opened(http, link)
    tell(http, link, rate(0, 1, **{restriction: 5 if restriction.startswith("min") else 1}))
    assert shown(google, 0, 2) is None
    tell(http, link, rate(0, 1, **{restriction: OPEN[restriction]}))
    assert shown(google, 0, 2) == 20_000


def test_closed_to_departure_closes_the_day_of_leaving_alone(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    opened(http, link)
    tell(http, link, rate(2, 2, closed_departure=1))
    assert [shown(google, 0, n) for n in (1, 2, 3)] == [10_000, None, 30_000]


def test_the_last_room_sold_takes_the_price_away(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    opened(http, link)
    tell(http, link, rooms(1, 1, 0))
    assert [shown(google, n, n + 1) for n in range(3)] == [10_000, None, 10_000]


def test_a_price_is_that_of_its_party_and_of_smaller_ones_and_of_no_larger(
    google: FakeGoogleAri, http: httpx.Client, link: Link
) -> None:
    opened(http, link)
    assert [shown(google, 0, 1, guests) for guests in (1, 2, 3)] == [10_000, 10_000, None]


def test_a_price_of_one_party_leaves_those_of_others(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    opened(http, link)
    tell(http, link, rate(0, 0, price_1=8_000, price_3=13_000))
    tell(http, link, rate(0, 0, price_3=14_000))
    assert [shown(google, 0, 1, guests) for guests in (1, 2, 3, 4)] == [8_000, 10_000, 14_000, None]
    assert shown(google, 5, 6) == 10_000


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "4500"), ("EUR", "45.00"), ("KWD", "4.500")])
def test_amounts_are_decimals_of_the_currency(link: Link, currency: str, amount: str) -> None:
    message = CHANNEL.messages(replace(link, currency=currency), [rate(0, 0, price=4_500)])[0]
    assert f'AmountAfterTax="{amount}" CurrencyCode="{currency}" NumberOfGuests="2"' in message.body


def test_every_message_has_a_name_of_its_own_and_the_right_time(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    opened(http, link)
    assert len(set(google.tokens)) == 3
    assert all(abs(moment - datetime.now(UTC)) < timedelta(hours=1) for moment in google.stamps)


def test_errors_in_a_200_are_a_refusal_in_googles_words(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    elsewhere = replace(link, remote_ids={DOUBLE: ROOM, FLEX: "DBL/GONE"})
    with pytest.raises(Refused, match="392 unknown room or package DBL/GONE"):
        tell(http, elsewhere, rate(0, 0, closed=1))
    assert len(google.calls) == 1


def test_of_a_refused_message_nothing_is_taken_for_told(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    wider = replace(link, remote_ids={**link.remote_ids, UUID(int=3): "GONE"})
    with pytest.raises(Refused):
        tell(http, wider, rooms(0, 0, 1), Change(UUID(int=3), day(0), day(0), {"rooms": 1}))


def test_warnings_beside_a_success_are_a_success(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    google.warnings = True
    opened(http, link)
    assert shown(google, 0, 1) == 10_000


def test_an_answer_about_another_message_is_no_answer(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    google.echo = "other"
    with pytest.raises(Wait, match="another message"):
        tell(http, link, rooms(0, 0, 1))


@pytest.mark.parametrize("fault", ["500", "429", "drop_before", "drop_after", "garbage", "half"])
def test_whatever_breaks_on_the_way_is_waited_for_and_sent_again(
    google: FakeGoogleAri, http: httpx.Client, link: Link, fault: Fault
) -> None:
    google.faults = [fault]
    with pytest.raises(Wait):
        tell(http, link, rooms(0, 0, 1), rooms(2, 2, 2))
    tell(http, link, rooms(0, 0, 1), rooms(2, 2, 2))
    assert [google.left(ROOM, day(n)) for n in (0, 1, 2)] == [1, 0, 2]


def test_an_address_google_does_not_know_stops(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    google.known_address = False
    with pytest.raises(Stop):
        tell(http, link, rooms(0, 0, 1))


def test_an_account_that_is_not_ours_is_refused(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    with pytest.raises(Refused, match="unknown partner"):
        tell(http, replace(link, credentials={"partner_key": "other & co"}), rooms(0, 0, 1))
    tell(http, replace(link, credentials={}), rooms(0, 0, 1))


# -- the house

SUITE = HouseRoom("SUI", 'Suite "Žuvėdra" & sea', ("BAR", "NRF"), sleeps=4, adults=4)
PLANS = (HousePlan("BAR", "Flexible", breakfast=True, free_days=3), HousePlan("NRF", "Not refundable"))


def test_rooms_and_plans_are_told_whole_and_children_only_where_there_are_any(
    google: FakeGoogleAri, http: httpx.Client, link: Link
) -> None:
    describe(http, link, House((SUITE, HouseRoom("DBL", "Double", ("BAR",), 3, 2)), PLANS))
    assert google.products == {"SUI": {"BAR", "NRF"}, "DBL": {"BAR"}}


def test_a_house_without_rooms_is_never_told(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    for told in (House((), PLANS), House((SUITE,), ())):
        with pytest.raises(ValueError, match="takes the property off"):
            describe(http, link, told)
    assert google.products == {"DBL": {"BAR"}}
    assert google.calls == []


def test_issues_with_the_house_are_a_refusal(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    with pytest.raises(Refused, match="4001"):
        describe(http, link, House((SUITE,), PLANS[:1]))


# -- what does not come


def test_google_has_no_bookings_and_calls_nobody(google: FakeGoogleAri, http: httpx.Client, link: Link) -> None:
    assert CHANNEL.fetch(http, link) == []
    assert CHANNEL.poll_seconds is None
    assert google.calls == []
    with pytest.raises(Forged):
        CHANNEL.hear(link, {}, b"<OTA_HotelResNotifRQ/>")


@given(st.text())
def test_any_text_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        CHANNEL.read(Link("H1", "EUR", {}, {}), text)
