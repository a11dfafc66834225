"""What is kept of a channel's texts, what its bookings cost, and which room is which: pure rules."""

from __future__ import annotations

import json
from datetime import date, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from pms.channels.incoming import IncomingRoom, nightly
from pms.channels.matching import matched_rooms
from pms.channels.redact import redacted
from pms.channels.turns import FIRST_REST, LONGEST_REST, pause_after

ARRIVAL = date(2026, 12, 1)


def with_check_digit(digits: str) -> str:
    """A number that passes Luhn's test."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


ISSUED = r"4[0-9]{14}|5[1-5][0-9]{13}|222[1-9][0-9]{11}|3[47][0-9]{12}|36[0-9]{11}|6011[0-9]{11}|62[0-9]{13,16}|6[0-9]{12}"
cards = st.from_regex(ISSUED, fullmatch=True).map(with_check_digit)


@given(cards, st.sampled_from(["{}", "<n>{}</n>", '"number":"{}"', "card {} please", "x{}y"]))
def test_no_card_number_is_kept(number: str, around: str) -> None:
    kept = redacted(around.format(number))
    assert number not in kept
    assert number[-4:] in kept


@given(cards)
def test_nor_one_in_groups(number: str) -> None:
    grouped = " ".join(number[n : n + 4] for n in range(0, len(number), 4))
    assert grouped not in redacted(f"pay with {grouped}, thanks")


@given(cards)
def test_json_without_its_card_numbers_is_still_json(number: str) -> None:
    kept = json.loads(redacted(f'{{"number": {number}, "all": [{number},{number}], "text": "{number}"}}'))
    hidden = f"****{number[-4:]}"
    assert kept == {"number": hidden, "all": [hidden, hidden], "text": hidden}


def test_security_codes_and_secrets_are_not_kept() -> None:
    for text in (
        "<cc_cvc>123</cc_cvc>",
        '<PaymentCard SeriesCode="123" ExpireDate="1230"/>',
        '{"cvc": "123"}',
        '<RequestorID ID="hotel" MessagePassword="123"/>',
        "<Authentication username='hotel' password = '123'/>",
        "<SeriesCode><PlainText>123</PlainText></SeriesCode>",
        '{"client_secret": "123"}',
        "password=123",
        "Authorization: Bearer123",
    ):
        assert "123" not in redacted(text).replace("1230", ""), text


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(0, 10**7))
def test_dates_ids_and_amounts_are_kept(day: date, amount: int) -> None:
    text = f'<room id="{amount}" date="{day}" price="{amount}.00">4705950059</room>'
    assert redacted(text) == text


@given(st.from_regex(r"\+(370|49)[0-9]{8,11}", fullmatch=True))
def test_a_telephone_number_is_kept(number: str) -> None:
    assert redacted(f'{{"phone": "{number}"}}') == f'{{"phone": "{number}"}}'


@given(st.integers(1, 30), st.lists(st.integers(-1000, 10**6), max_size=30), st.one_of(st.none(), st.integers(0, 10**7)))
def test_the_nights_cost_what_the_room_costs(nights: int, prices: list[int], total: int | None) -> None:
    room = IncomingRoom("R", ARRIVAL, ARRIVAL + timedelta(days=nights), prices=tuple(prices), total=total)
    found = nightly(room)
    assert len(found) == nights
    assert min(found) >= 0
    assert sum(found) == max(0, sum(prices) if total is None else total)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_nights_that_add_up_are_left_as_they_were_told(prices: list[int]) -> None:
    room = IncomingRoom("R", ARRIVAL, ARRIVAL + timedelta(days=len(prices)), prices=tuple(prices), total=sum(prices))
    assert nightly(room) == prices


rooms = st.builds(
    IncomingRoom,
    remote_room=st.sampled_from(["D", "S"]),
    arrival=st.just(ARRIVAL),
    departure=st.integers(1, 3).map(lambda n: ARRIVAL + timedelta(days=n)),
    key=st.sampled_from(["", "1", "2", "3"]),
)


def kept(room: IncomingRoom, stay: UUID) -> dict[str, str]:
    dates = {"arrival": room.arrival.isoformat(), "departure": room.departure.isoformat()}
    return {"stay_id": str(stay), "key": room.key, "room": room.remote_room, **dates}


@given(st.lists(rooms, max_size=5), st.lists(rooms, max_size=5))
def test_no_stay_is_two_rooms_and_a_key_finds_its_room(before: list[IncomingRoom], after: list[IncomingRoom]) -> None:
    stays = [uuid4() for _ in before]
    known = [kept(room, stay) for room, stay in zip(before, stays, strict=True)]
    found = matched_rooms(known, stays, after)
    matched = [stay for stay in found if stay is not None]
    assert len(matched) == len(set(matched))
    for room, stay in zip(after, found, strict=True):
        if stay is not None and room.key and before[stays.index(stay)].key:
            assert before[stays.index(stay)].key == room.key, "two keys that differ are two rooms"


@given(st.permutations(range(4)))
def test_the_same_rooms_in_another_order_are_the_same_rooms(order: list[int]) -> None:
    before = [IncomingRoom("D" if n % 2 else "S", ARRIVAL, ARRIVAL + timedelta(days=1 + n // 2)) for n in range(4)]
    stays = [uuid4() for _ in before]
    known = [kept(room, stay) for room, stay in zip(before, stays, strict=True)]
    assert matched_rooms(known, stays, [before[n] for n in order]) == [stays[n] for n in order]


@given(st.integers(1, 1000))
def test_a_failing_channel_is_left_alone_for_longer_and_never_for_ever(failures: int) -> None:
    assert FIRST_REST / 2 <= pause_after(failures) <= LONGEST_REST
