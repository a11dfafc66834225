"""Booking.com is told what is true, within its rules; what it says of bookings is read as it means it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import httpx
import pytest

from pms.channels.adapter import Link, Message, Refused, Stop, Wait
from pms.channels.adapters.booking_com import BOOKING_COM, talk
from pms.channels.adapters.booking_com.facts import HOST, TOKENS_AN_HOUR
from pms.channels.adapters.booking_com.talk import Tokens
from pms.channels.changes import Change
from tests.channels.booking_com import RATE, ROOM, FakeBookingCom, a_link, day, sale, sold
from tests.channels.fake import Fault, serving

DOUBLE, FLEX = UUID(int=1), UUID(int=2)
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


def tell(http: httpx.Client, link: Link, *changes: Change) -> list[tuple[Message, dict[int, str]]]:
    return [(message, CHANNEL.send(http, link, message)) for message in CHANNEL.messages(link, changes)]


def rooms(first: int, last: int, count: int) -> Change:
    return Change(DOUBLE, day(first), day(last), {"rooms": count})


def rate(first: int, last: int, **values: int) -> Change:
    return Change(FLEX, day(first), day(last), values)


# -- what is told


def test_changes_arrive_as_said_both_ends_included(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    told = tell(
        http,
        link,
        rooms(2, 4, 7),
        rate(
            2, 4, min_stay=2, max_stay=14, min_stay_arrival=3, max_stay_arrival=9, closed=0, closed_arrival=1, closed_departure=1
        ),
        rate(3, 3, price=12_345, price_1=10_050),
    )
    assert [refused for _, refused in told] == [{}, {}]
    assert [ota.left(ROOM, day(n)) for n in range(1, 6)] == [0, 7, 7, 7, 0]
    lengths = {"min_stay": 2, "max_stay": 14, "min_stay_arrival": 3, "max_stay_arrival": 9}
    restrictions = {**lengths, "closed": 0, "closed_arrival": 1, "closed_departure": 1}
    assert ota.calendar[RATE, day(2)] == ota.calendar[RATE, day(4)] == restrictions
    assert ota.calendar[RATE, day(3)] == {**restrictions, "price": 12_345, "price_1": 10_050}


def test_what_is_not_told_stays_as_it_is(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    tell(http, link, rate(0, 0, min_stay=3, closed=1, closed_arrival=1))
    tell(http, link, rate(0, 0, closed=0))
    assert ota.calendar[RATE, day(0)] == {"min_stay": 3, "closed": 0, "closed_arrival": 1}


def test_rooms_and_restrictions_of_a_month_are_one_message_rooms_first(link: Link) -> None:
    messages = CHANNEL.messages(link, [rate(0, 0, price=9_000), rate(0, 3, closed=1), rooms(5, 6, 0)])
    assert [len(message.changes) for message in messages] == [2, 1]
    assert messages[0].changes[0].values == {"rooms": 0}
    assert "RateAmount" in messages[1].path


def test_a_message_holds_one_calendar_month(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    told = tell(http, link, rooms(0, 399, 4), rate(20, 40, price=9_000))
    assert all(refused == {} for _, refused in told)
    for message, _ in told:
        assert len({(change.first.replace(day=1), change.last.replace(day=1)) for change in message.changes}) == 1
    assert len(told) == len({day(n).replace(day=1) for n in range(400)}) + 2
    assert all(ota.left(ROOM, day(n)) == 4 for n in range(400))


def test_many_changes_are_split_and_none_is_lost(link: Link) -> None:
    products = {UUID(int=n): f"r{n}/p" for n in range(2_400)}
    changes = [Change(id, day(0), day(0), {"closed": 1}) for id in products]
    messages = CHANNEL.messages(replace(link, remote_ids=products), changes)
    assert [len(message.changes) for message in messages] == [1_000, 1_000, 400]


@pytest.mark.parametrize(("count", "shown"), [(254, 254), (255, 254), (9_000, 254), (-1, 0)])
def test_255_rooms_would_mean_without_limit_and_is_never_sent(
    ota: FakeBookingCom, http: httpx.Client, link: Link, count: int, shown: int
) -> None:
    tell(http, link, rooms(0, 0, count))
    assert ota.left(ROOM, day(0)) == shown


def test_closing_a_rate_leaves_the_switch_of_the_room_alone(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    ota.room_closed[ROOM, day(1)] = True
    tell(http, link, rooms(0, 1, 3), rate(0, 1, closed=1))
    assert not ota.sellable(*RATE.split("/"), day(0))
    tell(http, link, rate(0, 1, closed=0))
    assert ota.sellable(*RATE.split("/"), day(0))
    assert not ota.sellable(*RATE.split("/"), day(1))
    assert ota.room_closed == {(ROOM, day(1)): True}


def test_occupancy_pricing_is_told_every_party_and_no_price_of_the_room(
    ota: FakeBookingCom, http: httpx.Client, link: Link
) -> None:
    by_party = replace(link, credentials={**link.credentials, "pricing": "occupancy"})
    tell(http, by_party, rate(0, 0, price=9_000, price_1=8_000, price_3=11_000))
    assert ota.calendar[RATE, day(0)] == {"price_1": 8_000, "price_2": 9_000, "price_3": 11_000}


def test_standard_pricing_is_said_to_know_no_parties_but_the_single() -> None:
    assert {"price", "single"} <= CHANNEL.knows_of({}) - {"occupancy"} == CHANNEL.knows_of({"pricing": "standard"})
    assert "occupancy" in CHANNEL.knows_of({"pricing": "occupancy"})


def test_standard_pricing_has_no_place_for_a_third_person_and_sends_nothing(
    ota: FakeBookingCom, http: httpx.Client, link: Link
) -> None:
    assert [refused for _, refused in tell(http, link, rate(0, 0, price_3=11_000))] == [{}]
    assert ota.calls == []


@pytest.mark.parametrize(("currency", "places"), [("JPY", 0), ("EUR", 2), ("KWD", 3)])
def test_amounts_are_minor_units_with_the_places_of_the_currency(link: Link, currency: str, places: int) -> None:
    message = CHANNEL.messages(replace(link, currency=currency), [rate(0, 0, price=4_500)])[0]
    assert f'AmountAfterTax="4500" DecimalPlaces="{places}" CurrencyCode="{currency}"' in message.body


def test_another_currency_than_the_propertys_is_refused_with_their_words_and_the_ruid(
    ota: FakeBookingCom, http: httpx.Client, link: Link
) -> None:
    ota.currency = "PLN"
    with pytest.raises(Refused) as refused:
        tell(http, link, rate(0, 0, price=9_000))
    assert "CURRENCY_CODE_DONT_MATCH_HOTEL_CURRENCY" in str(refused.value)
    assert "RUID UmFuZG9tSVYkc2RlIyh9YQ==" in str(refused.value)


def test_errors_beside_a_success_refuse_the_entries_they_name(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    ota.success_beside_errors = True
    wider = replace(link, remote_ids={**link.remote_ids, UUID(int=3): "999"})
    told = tell(http, wider, rooms(0, 0, 1), Change(UUID(int=3), day(0), day(0), {"rooms": 2}), rooms(2, 2, 3))
    ((message, refused),) = told
    assert [message.changes[place].product_id for place in refused] == [UUID(int=3)]
    assert [ota.left(ROOM, day(n)) for n in (0, 2)] == [1, 3]


def test_errors_without_a_success_refuse_the_whole_message(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    wider = replace(link, remote_ids={**link.remote_ids, UUID(int=3): "999"})
    with pytest.raises(Refused, match=r"Invalid room type.*RUID"):
        tell(http, wider, rooms(0, 0, 1), Change(UUID(int=3), day(0), day(0), {"rooms": 2}))


def test_a_restriction_that_is_refused_holds_up_no_other(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    ota.success_beside_errors, ota.longest = True, 90
    ((message, refused),) = tell(http, link, rate(0, 0, closed=1, max_stay=400, min_stay_arrival=2))
    assert [dict(message.changes[place].values) for place in refused] == [{"max_stay": 400}]
    assert ota.calendar[RATE, day(0)] == {"closed": 1, "min_stay_arrival": 2}


# -- tokens


def test_one_token_serves_many_calls(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    for n in range(5):
        tell(http, link, rooms(n, n, 1))
        CHANNEL.fetch(http, link)
    assert ota.exchanges == 1


def test_a_token_that_ran_out_is_renewed_in_the_same_call(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    tell(http, link, rooms(0, 0, 1))
    ota.expire()
    tell(http, link, rooms(0, 0, 2))
    assert (ota.exchanges, ota.left(ROOM, day(0))) == (2, 2)


def test_no_more_tokens_are_asked_for_than_an_hour_has(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    now = [0.0]
    tokens = Tokens(clock=lambda: now[0])
    for _ in range(TOKENS_AN_HOUR):
        tokens.forget(link, tokens.token(http, link))
        now[0] += 60
    with pytest.raises(Wait) as wait:
        tokens.token(http, link)
    assert (ota.exchanges, wait.value.seconds) == (30, 1_800)


def test_wrong_credentials_stop(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    with pytest.raises(Stop):
        CHANNEL.fetch(http, replace(link, credentials={"client_id": "machine", "client_secret": "wrong"}))


def test_a_property_that_is_not_on_the_machine_account_stops(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    ota.barred = True
    with pytest.raises(Stop, match="Access denied"):
        tell(http, link, rooms(0, 0, 1))


@pytest.mark.parametrize("fault", ["500", "429", "drop_before", "drop_after", "garbage", "half"])
def test_whatever_breaks_on_the_way_is_waited_for(ota: FakeBookingCom, http: httpx.Client, link: Link, fault: Fault) -> None:
    CHANNEL.fetch(http, link)
    for ask in (lambda: tell(http, link, rooms(0, 0, 1), rooms(2, 2, 1)), lambda: CHANNEL.fetch(http, link)):
        ota.faults = [fault]
        with pytest.raises(Wait):
            ask()


def test_too_many_calls_wait_as_long_as_booking_com_says(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    CHANNEL.fetch(http, link)
    ota.faults = ["429"]
    with pytest.raises(Wait) as wait:
        CHANNEL.fetch(http, link)
    assert wait.value.seconds == 1


def test_a_real_connection_speaks_to_three_hosts() -> None:
    link = Link("1", "EUR", {}, {}, host=HOST)
    paths = ("/token-based-authentication/exchange", "/hotels/ota/OTA_HotelResNotif", "/hotels/ota/OTA_HotelAvailNotif")
    hosts = [talk._host(link, path) for path in paths]
    assert hosts == [f"https://{name}.booking.com" for name in ("connectivity-authentication", "secure-supply-xml", "supply-xml")]


# -- the house, and reports


def test_products_are_found_by_name_and_those_derived_there_are_marked(
    ota: FakeBookingCom, http: httpx.Client, link: Link
) -> None:
    ota.add(ROOM, ["1278607"])
    ota.add("36745602", ["1278606"])
    ota.derived = {f"{ROOM}/1278607"}
    found = {one.remote_id: one for one in CHANNEL.remote(http, link)}
    assert set(found) == {ROOM, RATE, f"{ROOM}/1278607", "36745602", "36745602/1278606"}
    assert (found[RATE].fixed, found[f"{ROOM}/1278607"].fixed, found[RATE].sleeps) == ("", "is_child_rate", 2)


def test_rooms_left_are_read_back_a_month_at_a_time(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    tell(http, link, rooms(0, 69, 4))
    sold(ota, sale(3, 4))
    shown = CHANNEL.shown(http, link, day(0), 70)
    assert shown is not None
    assert {night: values["rooms"] for (_, night), values in shown.items()} == {day(n): 3 if n == 3 else 4 for n in range(70)}


def test_an_account_that_may_not_read_back_is_told_everything_anew_and_not_stopped(
    ota: FakeBookingCom, http: httpx.Client, link: Link
) -> None:
    ota.readable = False
    assert CHANNEL.shown(http, link, day(0), 5) is None


def test_a_no_show_and_a_bad_card_are_reported(ota: FakeBookingCom, http: httpx.Client, link: Link) -> None:
    id = sold(ota, sale())
    CHANNEL.report(http, link, id, "no_show", True)
    CHANNEL.report(http, link, id, "invalid_card", False)
    assert ota.reports == [(id, "is_no_show", "yes"), (id, "cc_is_invalid", "")]
    with pytest.raises(Refused, match=r"no such reservation.*RUID"):
        CHANNEL.report(http, link, "1", "no_show", False)
