"""Expedia is told what is true, within its limits, and what it refuses is known by night."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from pms.channels.adapter import Stop, Wait
from pms.channels.adapters.expedia import EXPEDIA
from pms.channels.changes import Change
from tests.channels.expedia import FakeExpedia
from tests.channels.fake import Sale
from tests.channels.line import OPEN, Line, day, line

ROOM, RATE = "965645", "965645/956589"
ADAPTER = EXPEDIA


@pytest.fixture
def there() -> Iterator[Line[FakeExpedia]]:
    with line(ADAPTER, FakeExpedia(), ROOM, RATE) as line_there:
        yield line_there


def sell(there: Line[FakeExpedia], first: int, end: int) -> str:
    id = there.fake.sell([Sale(ROOM, "956589", day(first), day(end), prices=(10_000,) * (end - first))], force=True)
    assert id is not None
    return id


# -- what it is told


def test_rooms_prices_and_restrictions_arrive_on_their_nights_and_no_others(there: Line[FakeExpedia]) -> None:
    refused = there.tell(
        Change(there.room, day(0), day(2), {"rooms": 3}),
        Change(there.room, day(3), day(3), {"rooms": 1}),
        Change(there.rate, day(0), day(1), {"price": 9_950, "price_1": 8_000, "price_3": 12_005}),
        Change(there.rate, day(1), day(2), {**OPEN, "min_stay": 2, "max_stay": 14, "closed_arrival": 1, "closed": 1}),
    )
    assert refused == {}
    assert [there.shown(ROOM, n) for n in range(-1, 5)] == [{}, {"rooms": 3}, {"rooms": 3}, {"rooms": 3}, {"rooms": 1}, {}]
    assert there.shown(RATE, 0) == {"price": 9_950, "price_1": 8_000, "price_2": 9_950, "price_3": 12_005}
    limits = {"min_stay": 2, "max_stay": 14, "closed_arrival": 1, "closed_departure": 0, "closed": 1}
    assert there.shown(RATE, 1) == there.shown(RATE, 0) | limits
    assert there.shown(RATE, 2) == limits


def test_nights_with_the_same_news_are_one_range_and_no_weekday_is_named(there: Line[FakeExpedia]) -> None:
    there.tell(Change(there.room, day(0), day(29), {"rooms": 3}))
    assert there.fake.calls == [("POST", "/ar", 200)]
    assert re.findall(r"<DateRange[^>]*>", there.fake.bodies[0]) == [f'<DateRange from="{day(0)}" to="{day(29)}"/>']


def test_the_same_news_for_nights_apart_is_said_once_with_all_their_ranges(there: Line[FakeExpedia]) -> None:
    there.tell(*[Change(there.rate, day(n), day(n + 1), {"price": 9_900}) for n in (0, 7, 14)])
    assert (there.fake.bodies[0].count("<RatePlan"), there.fake.bodies[0].count("<DateRange")) == (1, 3)


def test_a_product_and_night_comes_once_in_a_message(there: Line[FakeExpedia]) -> None:
    """Expedia refuses a message that has it twice (3108)."""
    refused = there.tell(Change(there.rate, day(0), day(9), {**OPEN}), Change(there.rate, day(0), day(9), {"price": 9_900}))
    assert refused == {}
    assert len(there.fake.calls) == 2


def test_what_closes_is_said_before_what_opens_and_rooms_before_prices(there: Line[FakeExpedia]) -> None:
    price = Change(there.rate, day(0), day(0), {"price": 9_900})
    left, none = (Change(there.room, day(n), day(n), {"rooms": n}) for n in (5, 0))
    opened, closed = (Change(there.rate, day(n), day(n), {**OPEN, "closed": n}) for n in (0, 1))
    rooms, restrictions, prices = there.messages(price, opened, closed, left, none)
    assert rooms.changes == (none, left)
    assert restrictions.changes == (closed, opened)
    assert prices.changes == (price,)


def test_no_message_changes_more_than_3000_numbers(there: Line[FakeExpedia]) -> None:
    prices = {"price": 9_000, "price_1": 8_000, "price_2": 9_000, "price_3": 10_000, "price_4": 11_000}
    refused = there.tell(Change(there.rate, day(0), day(699), prices), Change(there.rate, day(0), day(699), OPEN))
    assert refused == {}
    assert len(there.fake.calls) == 3, "2800 prices fit in one, 3500 restrictions do not"
    assert there.shown(RATE, 699) == prices | OPEN


def test_no_message_is_larger_than_100_kilobytes(there: Line[FakeExpedia]) -> None:
    changes = [Change(there.rate, day(n), day(n), {"price": 9_000 + n}) for n in range(700)]
    assert there.tell(*changes) == {}
    assert max(map(len, there.fake.bodies)) < 100_000
    assert len(there.fake.calls) == 2
    assert [there.shown(RATE, n)["price"] for n in (0, 350, 699)] == [9_000, 9_350, 9_699]


def test_no_rooms_is_closed_too_so_that_a_cancellation_there_opens_nothing(there: Line[FakeExpedia]) -> None:
    there.tell(Change(there.room, day(0), day(1), {"rooms": 1}))
    sold = sell(there, 0, 2)
    there.tell(Change(there.room, day(0), day(1), {"rooms": 0}))
    there.fake.cancel(sold)
    assert there.fake.left(ROOM, day(0)) == 0
    there.tell(Change(there.room, day(0), day(1), {"rooms": 1}))
    assert there.fake.left(ROOM, day(0)) == 1


def test_more_rooms_than_expedia_can_count_are_as_many_as_it_can(there: Line[FakeExpedia]) -> None:
    assert there.tell(Change(there.room, day(0), day(0), {"rooms": 6_000})) == {}
    assert there.shown(ROOM, 0) == {"rooms": 4_999}


def test_a_lifted_restriction_is_said_as_the_value_that_lifts_it(there: Line[FakeExpedia]) -> None:
    there.tell(Change(there.rate, day(0), day(0), {**OPEN, "min_stay": 5, "max_stay": 7, "closed": 1}))
    there.tell(Change(there.rate, day(0), day(0), OPEN))
    assert there.shown(RATE, 0) == OPEN
    assert 'minLOS="1" maxLOS="28"' in there.fake.bodies[-1]


def test_stays_longer_than_expedia_sells_need_no_longer_maximum(there: Line[FakeExpedia]) -> None:
    assert there.tell(Change(there.rate, day(0), day(0), {**OPEN, "max_stay": 60})) == {}
    assert there.shown(RATE, 0)["max_stay"] == 0


def test_lengths_of_stay_are_asked_for_together_because_what_is_left_out_is_forgotten(there: Line[FakeExpedia]) -> None:
    there.tell(Change(there.rate, day(0), day(0), {**OPEN, "min_stay": 5, "max_stay": 7}))
    there.tell(Change(there.rate, day(0), day(0), {"max_stay": 9}))
    assert there.shown(RATE, 0)["min_stay"] == 1, "so Expedia does"
    assert {"min_stay", "max_stay", "closed_arrival", "closed_departure"} <= ADAPTER.together[0]


@pytest.mark.parametrize(("currency", "amount", "said"), [("JPY", 9_000, "9000"), ("KWD", 9_005, "9.005"), ("EUR", 5, "0.05")])
def test_prices_have_the_digits_of_their_currency(there: Line[FakeExpedia], currency: str, amount: int, said: str) -> None:
    there.fake.currency, link = currency, replace(there.link, currency=currency)
    (message,) = ADAPTER.messages(link, [Change(there.rate, day(0), day(0), {"price": amount})])
    assert ADAPTER.send(there.http, link, message) == {}
    assert f'<PerOccupancy rate="{said}" occupancy="2"/>' in message.body


def test_a_property_priced_per_day_is_told_the_base_price_and_what_cannot_be_told_is_shown(there: Line[FakeExpedia]) -> None:
    there.fake.pricing = there.fake.credentials["pricing"] = "PerDay"
    refused = there.tell(
        Change(there.rate, day(0), day(0), {"price": 9_900, "price_1": 9_000}), Change(there.rate, day(1), day(1), {"price_1": 1})
    )
    assert there.shown(RATE, 0) == {"price": 9_900}
    assert set(refused) == {(there.rate, day(1))}


def test_the_wrong_pricing_model_stops_the_connection_and_is_not_halved_night_by_night(there: Line[FakeExpedia]) -> None:
    there.fake.pricing = "PerDay"
    with pytest.raises(Stop, match="3090"):
        there.tell(Change(there.rate, day(0), day(99), {"price": 9_900}))
    assert len(there.fake.calls) == 1


# -- what it refuses


def test_success_with_warnings_is_success_but_for_what_they_name(there: Line[FakeExpedia]) -> None:
    there.fake.threshold = range(5_000, 20_000)
    changes = [Change(there.rate, day(n), day(n), {"price": 100 if n == 3 else 9_000 + n}) for n in range(6)]
    refused = there.tell(*changes)
    assert set(refused) == {(there.rate, day(3))}
    assert "7021" in refused[there.rate, day(3)]
    assert "Ref=[" in refused[there.rate, day(3)], "what Expedia asks for when somebody calls"
    assert [there.shown(RATE, n).get("price") for n in range(6)] == [9_000, 9_001, 9_002, None, 9_004, 9_005]


def test_a_warning_about_one_night_of_a_range_refuses_that_night_alone(there: Line[FakeExpedia]) -> None:
    there.fake.allocated[ROOM, day(2)] = 2
    refused = there.tell(Change(there.room, day(0), day(5), {"rooms": 1}))
    assert set(refused) == {(there.room, day(2))}


def test_warnings_that_were_kept_back_are_asked_for_in_halves(there: Line[FakeExpedia]) -> None:
    """At most 20 a cause come back; silence about the 21st is not success."""
    for n in range(10, 80):
        there.fake.allocated[ROOM, day(n)] = 2
    refused = there.tell(Change(there.room, day(0), day(99), {"rooms": 1}))
    assert set(refused) == {(there.room, day(n)) for n in range(10, 80)}


def test_a_warning_that_names_nothing_refuses_all_of_its_message(there: Line[FakeExpedia]) -> None:
    there.fake.warnings = [(7027, "Something about this request.")]
    assert len(there.tell(Change(there.room, day(0), day(5), {"rooms": 1}))) == 6


def test_a_warning_about_another_plan_of_the_room_refuses_nothing_of_this_one(there: Line[FakeExpedia]) -> None:
    there.fake.add(ROOM, ["777"])
    other = uuid4()
    ids = {**there.link.remote_ids, other: f"{ROOM}/777"}
    there.link = replace(there.link, remote_ids=ids)
    there.fake.warnings = [(7016, f"[Room Type ID {ROOM}; Rate Plan ID 777; Stay Date {day(0)}] MaxLOS below MinLOS.")]
    refused = there.tell(Change(there.rate, day(0), day(0), OPEN), Change(other, day(0), day(0), OPEN))
    assert set(refused) == {(other, day(0))}


@pytest.mark.parametrize("code", [7018, 7022])
def test_a_warning_about_what_was_done_all_the_same_refuses_nothing(there: Line[FakeExpedia], code: int) -> None:
    there.fake.warnings = [(code, f"Inventory date {day(0)}; Room Type ID {ROOM}; done nevertheless.")]
    assert there.tell(Change(there.room, day(0), day(5), {"rooms": 1})) == {}


def test_an_unknown_plan_is_refused_in_a_few_calls_and_the_others_go_out(there: Line[FakeExpedia]) -> None:
    unknown = uuid4()
    there.link = replace(there.link, remote_ids={**there.link.remote_ids, unknown: f"{ROOM}/1"})
    prices = [Change(id, day(n), day(n), {"price": 9_000 + n}) for id in (there.rate, unknown) for n in range(200)]
    refused = there.tell(*prices)
    assert set(refused) == {(unknown, day(n)) for n in range(200)}
    assert there.shown(RATE, 199)["price"] == 9_199
    assert len(there.fake.calls) < 20


def test_a_minimum_longer_than_expedia_sells_is_refused_and_nothing_else(there: Line[FakeExpedia]) -> None:
    changes = [Change(there.rate, day(n), day(n), {**OPEN, "min_stay": 40 if n == 3 else 2}) for n in range(8)]
    assert set(there.tell(*changes)) == {(there.rate, day(3))}
    assert there.shown(RATE, 4)["min_stay"] == 2


def test_a_date_out_of_reach_stands_alone(there: Line[FakeExpedia]) -> None:
    far = datetime.now(UTC).date() + timedelta(days=731)
    refused = there.tell(Change(there.room, far - timedelta(days=1), far + timedelta(days=1), {"rooms": 1}))
    assert set(refused) == {(there.room, far + timedelta(days=1))}


def test_expedias_own_trouble_with_a_message_is_shown_and_not_tried_again(there: Line[FakeExpedia]) -> None:
    there.fake.errors = [4100]
    assert len(there.tell(Change(there.room, day(0), day(5), {"rooms": 1}))) == 6
    assert len(there.fake.calls) == 1


@pytest.mark.parametrize("code", [1000, 1001, 1003, 2002, 2010, 3090, 3103, 3145, 3202])
def test_errors_a_person_has_to_mend_stop_the_connection(there: Line[FakeExpedia], code: int) -> None:
    there.fake.errors = [code]
    with pytest.raises(Stop, match=str(code)):
        there.tell(Change(there.room, day(0), day(0), {"rooms": 1}))


@pytest.mark.parametrize("code", [3210, 4000, 4001, 4004, 4007, 4206, 5000])
def test_errors_that_pass_are_waited_for(there: Line[FakeExpedia], code: int) -> None:
    there.fake.errors = [code]
    with pytest.raises(Wait, match=str(code)):
        there.tell(Change(there.room, day(0), day(0), {"rooms": 1}))


def test_a_changed_password_stops_the_connection(there: Line[FakeExpedia]) -> None:
    there.link = replace(there.link, credentials={**there.link.credentials, "password": "yesterday"})
    with pytest.raises(Stop, match="1001"):
        there.tell(Change(there.room, day(0), day(0), {"rooms": 1}))
    with pytest.raises(Stop):
        there.fetch()


@pytest.mark.parametrize("fault", ["500", "429", "drop_before", "drop_after", "garbage", "half"])
def test_what_cannot_be_read_is_never_success_and_saying_it_again_does_no_harm(there: Line[FakeExpedia], fault: Any) -> None:
    changes = [Change(there.room, day(0), day(5), {"rooms": 1}), Change(there.rate, day(0), day(5), {"price": 9_000})]
    there.fake.faults = [fault]
    with pytest.raises(Wait) as later:
        there.tell(*changes)
    assert later.value.seconds == (1 if fault == "429" else None if fault not in ("garbage",) else 60)
    assert there.tell(*changes) == {}
    assert (there.shown(ROOM, 5), there.shown(RATE, 5)["price"]) == ({"rooms": 1}, 9_000)


@pytest.mark.parametrize(
    "body", ["", "<Success/>", "<AvailRateUpdateRS/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><AvailRateUpdateRS>&b;</AvailRateUpdateRS>"]
)
def test_an_answer_that_says_neither_success_nor_error_is_waited_for(there: Line[FakeExpedia], body: str) -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, text=body))) as http, pytest.raises(Wait):
        ADAPTER.send(http, there.link, there.messages(Change(there.room, day(0), day(0), {"rooms": 1}))[0])


@pytest.mark.parametrize(("status", "raised"), [(401, Stop), (403, Stop), (404, Wait), (503, Wait)])
def test_http_itself_may_refuse(there: Line[FakeExpedia], status: int, raised: type[Exception]) -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(status))) as http, pytest.raises(raised):
        ADAPTER.send(http, there.link, there.messages(Change(there.room, day(0), day(0), {"rooms": 1}))[0])


def test_credentials_are_in_no_message_that_could_be_kept(there: Line[FakeExpedia]) -> None:
    (message,) = there.messages(Change(there.room, day(0), day(0), {"rooms": 1}))
    assert "EQChouse" not in f"{message}"
    assert "password" not in f"{message}"


# -- what it has of the property


def test_its_rooms_and_plans_by_name_and_which_of_them_cannot_be_told_prices(there: Line[FakeExpedia]) -> None:
    there.fake.add("965640", ["925569", "925570"])
    there.fake.linked = {"965640/925570"}
    found = {one.remote_id: one for one in ADAPTER.remote(there.http, there.link)}
    assert set(found) == {ROOM, RATE, "965640", "965640/925569", "965640/925570"}
    assert (found[ROOM].name, found[ROOM].sleeps, found[RATE].name) == ("Room 965645", 3, "Plan 956589")
    assert [found[id].fixed for id in ("965640/925569", "965640/925570")] == ["", "Linked"]


def test_a_plan_that_follows_another_answers_with_success_and_the_calendar_tells_the_truth(there: Line[FakeExpedia]) -> None:
    there.fake.linked = {RATE}
    assert there.tell(Change(there.rate, day(0), day(0), {"price": 9_000})) == {}
    assert (there.rate, day(0)) not in ADAPTER.shown(there.http, there.link, day(0), 1)


def test_the_calendar_is_read_back_month_by_month_as_it_was_told(there: Line[FakeExpedia]) -> None:
    there.tell(
        Change(there.room, day(0), day(69), {"rooms": 3}),
        Change(there.room, day(70), day(70), {"rooms": 0}),
        Change(there.rate, day(0), day(69), {"price": 9_000, "price_1": 8_000}),
        Change(there.rate, day(0), day(69), {**OPEN, "max_stay": 9, "closed_departure": 1}),
    )
    shown = ADAPTER.shown(there.http, there.link, day(0), 71)
    prices = {"price": 9_000, "price_1": 8_000, "price_2": 9_000}
    assert [shown[there.room, day(n)] for n in (0, 69, 70)] == [{"rooms": 3}, {"rooms": 3}, {"rooms": 0}]
    assert shown[there.rate, day(69)] == {**OPEN, **prices, "max_stay": 9, "closed_departure": 1}
    assert [path for _, path, _ in there.fake.calls].count("/parr") == 3


def test_a_room_closed_there_shows_none_whatever_its_number(there: Line[FakeExpedia]) -> None:
    there.tell(Change(there.room, day(0), day(0), {"rooms": 3}))
    there.fake.shut.add((ROOM, day(0)))
    assert ADAPTER.shown(there.http, there.link, day(0), 1)[there.room, day(0)] == {"rooms": 0}


def test_rooms_sold_there_are_gone_from_the_calendar_read_back(there: Line[FakeExpedia]) -> None:
    there.tell(Change(there.room, day(0), day(1), {"rooms": 3}))
    sell(there, 0, 1)
    shown = ADAPTER.shown(there.http, there.link, day(0), 2)
    assert [shown[there.room, day(n)]["rooms"] for n in (0, 1)] == [2, 3]


def test_a_property_priced_per_day_is_said_not_to_know_prices_by_adults() -> None:
    assert "occupancy" not in ADAPTER.knows_of({"pricing": "PerDay"})
    assert "occupancy" in ADAPTER.knows_of({})
