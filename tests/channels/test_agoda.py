"""Agoda is told what is true, within its limits, and what it refuses is known by night."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from pms.channels.adapter import Refused, Stop, Wait
from pms.channels.adapters.agoda import AGODA
from pms.channels.changes import Change
from tests.channels.agoda import FakeAgoda
from tests.channels.fake import Sale
from tests.channels.line import Line, day, line

ROOM, RATE = "129340033", "129340033/3392615"
OPEN = {"min_stay": 1, "min_stay_arrival": 1, "max_stay_arrival": 0, "closed": 0, "closed_arrival": 0, "closed_departure": 0}


@pytest.fixture
def there() -> Iterator[Line[FakeAgoda]]:
    with line(AGODA, FakeAgoda(), ROOM, RATE) as line_there:
        yield line_there


def priced(amount: int) -> dict[str, int]:
    return {"price": amount, "price_1": amount - 1_000, "price_2": amount, "price_3": amount + 1_000}


# -- what it is told


def test_rooms_prices_and_restrictions_arrive_on_their_nights_and_no_others(there: Line[FakeAgoda]) -> None:
    limits = {**OPEN, "min_stay": 2, "min_stay_arrival": 3, "max_stay_arrival": 14, "closed_arrival": 1}
    refused = there.tell(
        Change(there.room, day(0), day(2), {"rooms": 3}),
        Change(there.rate, day(0), day(1), priced(9_950)),
        Change(there.rate, day(1), day(2), limits),
    )
    assert refused == {}
    assert [there.shown(ROOM, n) for n in range(-1, 4)] == [{}, {"rooms": 3}, {"rooms": 3}, {"rooms": 3}, {}]
    assert there.shown(RATE, 0) == priced(9_950)
    assert there.shown(RATE, 1) == priced(9_950) | limits
    assert there.shown(RATE, 2) == limits


def test_nights_with_the_same_news_are_ranges_of_one_update_and_no_weekday_is_named(there: Line[FakeAgoda]) -> None:
    there.tell(*[Change(there.rate, day(n), day(n + 2), priced(9_900)) for n in (0, 7, 14)])
    (body,) = there.fake.bodies
    assert (body.count("<update"), body.count("<date_range"), body.count("<dow")) == (1, 3, 0)
    assert f'<date_range from="{day(7)}" to="{day(9)}"/>' in body


def test_no_message_is_larger_than_a_megabyte(there: Line[FakeAgoda]) -> None:
    """Of 700 nights of 12 plans, all different."""
    plans = [f"{n}" for n in range(11)]
    there.fake.add(ROOM, plans)
    more = {uuid4(): f"{ROOM}/{plan}" for plan in plans}
    there.link = replace(there.link, remote_ids={**there.link.remote_ids, **more})
    changes = [Change(id, day(n), day(n), {**priced(9_000 + n)}) for id in [there.rate, *more] for n in range(700)]
    assert there.tell(*changes) == {}
    assert max(len(body.encode()) for body in there.fake.bodies) < 1_000_000
    assert len(there.fake.bodies) == 3
    assert there.shown(f"{ROOM}/10", 699) == priced(9_699)


def test_what_closes_is_said_before_what_opens_and_rooms_before_prices(there: Line[FakeAgoda]) -> None:
    price = Change(there.rate, day(0), day(0), priced(9_900))
    left, none = (Change(there.room, day(n), day(n), {"rooms": n}) for n in (5, 0))
    opened, closed = (Change(there.rate, day(n), day(n), {**OPEN, "closed": n}) for n in (0, 1))
    rooms, restrictions, prices = there.messages(price, opened, closed, left, none)
    assert rooms.changes == (none, left)
    assert restrictions.changes == (closed, opened)
    assert prices.changes == (price,)


def test_no_rooms_is_closed_too_because_agoda_gives_a_cancelled_room_back_by_itself(there: Line[FakeAgoda]) -> None:
    there.tell(Change(there.room, day(0), day(1), {"rooms": 1}))
    sold = there.fake.sell([Sale(ROOM, "3392615", day(0), day(2))])
    there.tell(Change(there.room, day(0), day(1), {"rooms": 0}))
    assert sold is not None
    there.fake.cancel(sold)
    assert there.fake.left(ROOM, day(0)) == 0
    there.tell(Change(there.room, day(0), day(1), {"rooms": 1}))
    assert there.fake.left(ROOM, day(0)) == 1


def test_more_rooms_than_three_digits_are_as_many_as_those_hold(there: Line[FakeAgoda]) -> None:
    assert there.tell(Change(there.room, day(0), day(0), {"rooms": 6_000})) == {}
    assert there.shown(ROOM, 0) == {"rooms": 999}


def test_a_lifted_length_of_stay_is_1_at_least_and_0_at_most(there: Line[FakeAgoda]) -> None:
    there.tell(Change(there.rate, day(0), day(0), {**OPEN, "min_stay_arrival": 5, "max_stay_arrival": 7, "closed": 1}))
    there.tell(Change(there.rate, day(0), day(0), OPEN))
    assert there.shown(RATE, 0) == OPEN
    assert "<los><min>1</min><max>0</max></los><staythrough><min>1</min></staythrough>" in there.fake.bodies[-1]


def test_a_single_price_is_for_everybody(there: Line[FakeAgoda]) -> None:
    assert there.tell(Change(there.rate, day(0), day(0), {"price": 9_000})) == {}
    assert there.shown(RATE, 0) == {f"price_{n}": 9_000 for n in (1, 2, 3)} | {"price": 9_000}


def test_nobody_is_left_without_a_price(there: Line[FakeAgoda]) -> None:
    """A price that is missing is refused (2101): the next larger party's stands in, for larger ones that of the largest."""
    assert there.tell(Change(there.rate, day(0), day(0), {"price": 9_000, "price_1": 8_000})) == {}
    assert there.shown(RATE, 0) == {"price": 9_000, "price_1": 8_000, "price_2": 9_000, "price_3": 9_000}


def test_what_agoda_requires_beside_each_other_is_asked_for_together(there: Line[FakeAgoda]) -> None:
    with pytest.raises(AssertionError):
        assert there.tell(Change(there.rate, day(0), day(0), {"min_stay": 2})) == {}, "restrictions without closed (1511)"
    assert any(set(OPEN) <= fields for fields in there.adapter.together)
    assert any({"price", "price_1", "price_3"} <= fields for fields in there.adapter.together)


@pytest.mark.parametrize(("currency", "amount", "said"), [("JPY", 9_000, "9000"), ("KWD", 9_005, "9.005"), ("EUR", 5, "0.05")])
def test_prices_have_the_digits_of_their_currency(there: Line[FakeAgoda], currency: str, amount: int, said: str) -> None:
    there.link = replace(there.link, currency=currency)
    (message,) = there.messages(Change(there.rate, day(0), day(0), {"price": amount}))
    assert f'<prices currency="{currency}"><normal default="{said}"/></prices>' in message.body


# -- what it refuses


@pytest.mark.parametrize("structured", [True, False])
def test_done_in_part_is_success_but_for_the_nights_that_were_not(there: Line[FakeAgoda], structured: bool) -> None:
    """Where Agoda only lists what was wrong, still with 207, the message is said again in halves until it is known."""
    there.fake.structured = structured
    changes = [Change(there.rate, day(n), day(n), {"price": 100 if n == 3 else 9_000 + n}) for n in range(8)]
    refused = there.tell(*changes)
    assert set(refused) == {(there.rate, day(3))}
    assert re.search(r"2201 .*\[.+\]", refused[there.rate, day(3)]), "with the number to name when asking Agoda"
    assert [there.shown(RATE, n).get("price") for n in range(8)] == [9_000, 9_001, 9_002, None, 9_004, 9_005, 9_006, 9_007]
    assert (len(there.fake.calls) == 2) == structured, "the token and one message"


@pytest.mark.parametrize("structured", [True, False])
def test_nights_out_of_reach_refuse_themselves_alone(there: Line[FakeAgoda], structured: bool) -> None:
    there.fake.structured = structured
    far = datetime.now(UTC).date() + timedelta(days=731)
    refused = there.tell(Change(there.room, far - timedelta(days=4), far + timedelta(days=1), {"rooms": 1}))
    assert set(refused) == {(there.room, far), (there.room, far + timedelta(days=1))}


def test_a_whole_season_below_the_lowest_price_is_refused_in_one_call(there: Line[FakeAgoda]) -> None:
    refused = there.tell(Change(there.rate, day(0), day(199), {"price": 100}))
    assert len(refused) == 200
    assert len(there.fake.calls) == 2


def test_a_longest_stay_below_the_shortest_is_refused_where_it_is(there: Line[FakeAgoda]) -> None:
    changes = [Change(there.rate, day(n), day(n), {**OPEN, "min_stay_arrival": n, "max_stay_arrival": 3}) for n in range(1, 6)]
    assert set(there.tell(*changes)) == {(there.rate, day(4)), (there.rate, day(5))}


def test_a_message_refused_as_a_whole_is_halved_until_what_is_wrong_stands_alone(there: Line[FakeAgoda]) -> None:
    """Restrictions without `closed` are against the schema, and nothing of the message is done."""
    changes = [Change(there.rate, day(n), day(n), {"min_stay": 2} if n == 3 else {**OPEN, "min_stay": 2 + n}) for n in range(8)]
    assert set(there.tell(*changes)) == {(there.rate, day(3))}
    assert there.shown(RATE, 4)["min_stay"] == 6


def test_a_whole_refused_for_its_dates_may_have_good_ones(there: Line[FakeAgoda]) -> None:
    body = '<result><errors><property id="1"><error code="2219" description="far"/></property></errors></result>'
    with pytest.raises(Refused, match="2219"):
        answered(there, 400, body)


def test_a_room_nobody_knows_there_refuses_its_own_nights(there: Line[FakeAgoda]) -> None:
    unknown = uuid4()
    there.link = replace(there.link, remote_ids={**there.link.remote_ids, unknown: "1"})
    refused = there.tell(Change(there.room, day(0), day(9), {"rooms": 1}), Change(unknown, day(0), day(9), {"rooms": 1}))
    assert set(refused) == {(unknown, day(n)) for n in range(10)}


@pytest.mark.parametrize("code", [1201, 1301, 1503, 1601])
def test_errors_a_person_has_to_mend_stop_the_connection(there: Line[FakeAgoda], code: int) -> None:
    body = f'<result><errors><property id="1"><error code="{code}" description="no"/></property></errors></result>'
    with pytest.raises(Stop, match=str(code)):
        answered(there, 400, body)


def test_another_property_than_ours_stops_the_connection(there: Line[FakeAgoda]) -> None:
    there.link = replace(there.link, remote_property="99")
    with pytest.raises(Stop, match="1301"):
        there.tell(Change(there.room, day(0), day(0), {"rooms": 1}))


@pytest.mark.parametrize("fault", ["500", "429", "drop_before", "drop_after", "garbage", "half"])
def test_what_cannot_be_read_is_never_success_and_saying_it_again_does_no_harm(there: Line[FakeAgoda], fault: Any) -> None:
    changes = [Change(there.room, day(0), day(5), {"rooms": 1}), Change(there.rate, day(0), day(5), {"price": 9_000})]
    there.tell(Change(there.room, day(9), day(9), {"rooms": 1}))
    there.fake.faults = [fault]
    with pytest.raises(Wait) as later:
        there.tell(*changes)
    assert later.value.seconds == (1 if fault == "429" else 60 if fault == "garbage" else None)
    assert there.tell(*changes) == {}
    assert (there.shown(ROOM, 5), there.shown(RATE, 5)["price"]) == ({"rooms": 1}, 9_000)


@pytest.mark.parametrize(
    ("status", "body", "raised"),
    [
        (200, "", Wait),
        (200, "<html/>", Wait),
        (200, '<result status="PartialSuccess"/>', Wait),
        (207, "<result/>", Wait),
        (400, "<result/>", Wait),
        (401, "who are you", Stop),
        (403, "", Stop),
        (403, "<result/>", Stop),
        (404, "<result/>", Wait),
        (413, "<result><errors><error code='0' description='too large'/></errors></result>", Refused),
    ],
)
def test_every_other_answer(there: Line[FakeAgoda], status: int, body: str, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        answered(there, status, body)


def answered(there: Line[FakeAgoda], status: int, body: str) -> dict[int, str]:
    """What is made of such an answer to one message."""
    link = replace(there.link, credentials={"api_key": "k"})
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(status, text=body))) as http:
        return there.adapter.send(http, link, there.messages(Change(there.room, day(0), day(0), {"rooms": 1}))[0])


# -- how it lets us in


def test_one_token_serves_all_calls(there: Line[FakeAgoda]) -> None:
    for n in range(3):
        there.tell(Change(there.room, day(n), day(n), {"rooms": 1}))
    there.fetch()
    assert there.fake.issued == 1


def test_an_expired_token_is_asked_for_again_and_nobody_notices(there: Line[FakeAgoda]) -> None:
    there.tell(Change(there.room, day(0), day(0), {"rooms": 1}))
    there.fake.tokens.clear()
    assert there.tell(Change(there.room, day(1), day(1), {"rooms": 1})) == {}
    assert there.fake.issued == 2


def test_a_secret_that_is_wrong_is_told_with_200_and_stops_the_connection(there: Line[FakeAgoda]) -> None:
    there.link = replace(there.link, credentials={"client_id": "octa", "client_secret": "last year's"})
    with pytest.raises(Stop, match="responseCode"):
        there.tell(Change(there.room, day(0), day(0), {"rooms": 1}))
    assert there.fake.calls[0][2] == 200


def test_properties_of_different_clients_do_not_share_a_token(there: Line[FakeAgoda]) -> None:
    there.tell(Change(there.room, day(0), day(0), {"rooms": 1}))
    there.link = replace(there.link, credentials={"client_id": "somebody", "client_secret": "else"})
    with pytest.raises(Stop):
        there.tell(Change(there.room, day(0), day(0), {"rooms": 1}))


@pytest.mark.parametrize("fault", ["500", "429", "drop_before", "garbage"])
def test_a_token_that_cannot_be_had_now_is_waited_for(there: Line[FakeAgoda], fault: Any) -> None:
    there.fake.faults = [fault]
    with pytest.raises(Wait):
        there.tell(Change(there.room, day(0), day(0), {"rooms": 1}))


def test_an_api_key_needs_no_token(there: Line[FakeAgoda]) -> None:
    there.fake.keys = {"guid"}
    there.link = replace(there.link, credentials={"api_key": "guid"})
    assert there.tell(Change(there.room, day(0), day(0), {"rooms": 1})) == {}
    assert there.fake.issued == 0
    there.fake.keys = set()
    with pytest.raises(Stop, match="1503"):
        there.tell(Change(there.room, day(0), day(0), {"rooms": 1}))


def test_credentials_are_in_no_message_that_could_be_kept(there: Line[FakeAgoda]) -> None:
    (message,) = there.messages(Change(there.room, day(0), day(0), {"rooms": 1}))
    assert "s3cret" not in f"{message}"


# -- what it has of the property


def test_its_rooms_and_plans_by_name(there: Line[FakeAgoda]) -> None:
    there.fake.add("2", ["3392615", "4"])
    found = {one.remote_id: one for one in there.adapter.remote(there.http, there.link)}
    assert set(found) == {ROOM, RATE, "2", "2/3392615", "2/4"}
    assert (found[ROOM].name, found[ROOM].sleeps, found[RATE].name, found[RATE].fixed) == (
        "Room 129340033",
        3,
        "Plan 3392615",
        "",
    )


def test_a_room_closed_there_shows_none_whatever_its_number(there: Line[FakeAgoda]) -> None:
    there.tell(Change(there.room, day(0), day(0), {"rooms": 3}))
    there.fake.shut.add((ROOM, day(0)))
    shown = there.adapter.shown(there.http, there.link, day(0), 1)
    assert shown is not None
    assert shown[there.room, day(0)] == {"rooms": 0}


def test_the_calendar_is_read_back_month_by_month_as_it_was_told(there: Line[FakeAgoda]) -> None:
    limits = {**OPEN, "min_stay": 2, "max_stay_arrival": 9, "closed_departure": 1}
    there.tell(
        Change(there.room, day(0), day(69), {"rooms": 3}),
        Change(there.room, day(70), day(70), {"rooms": 0}),
        Change(there.rate, day(0), day(69), priced(9_000)),
        Change(there.rate, day(0), day(69), limits),
    )
    before = len(there.fake.calls)
    shown = there.adapter.shown(there.http, there.link, day(0), 71)
    assert shown is not None
    assert [shown[there.room, day(n)] for n in (0, 69, 70)] == [{"rooms": 3}, {"rooms": 3}, {"rooms": 0}]
    assert shown[there.rate, day(69)] == priced(9_000) | limits
    assert len(there.fake.calls) - before == 3
