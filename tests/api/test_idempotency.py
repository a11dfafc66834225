"""Sending a write twice does it once, also when both come at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from httpx import Response

from pms.kernel import idempotency
from pms.kernel.db import raw, work
from tests.api.conftest import Hotel, a_key

KEY = {"Idempotency-Key": "web-4711"}


def test_the_same_request_again_gets_the_first_answer(hotel: Hotel) -> None:
    first, again = hotel.book(headers=KEY), hotel.book(headers=KEY)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    for name in ("ETag", "Location"):
        assert again.headers[name] == first.headers[name]
    assert len(hotel.get("/reservations").json()["items"]) == 1


def test_changes_and_cancellations_count_once_too(hotel: Hotel) -> None:
    made = hotel.booked()
    room = {"id": made["rooms"][0]["id"], "departure": "2027-06-04"}
    first, again = (hotel.patch(made, headers=KEY, rooms=[room]) for _ in range(2))
    assert (again.status_code, again.content) == (200, first.content)
    named = {"If-Match": f'"{first.json()["version"]}"', "Idempotency-Key": "away"}
    gone, again = (hotel.call("DELETE", f"/reservations/{made['id']}", headers=named) for _ in range(2))
    assert (gone.status_code, again.status_code, again.content) == (200, 200, gone.content)


@pytest.mark.parametrize("change", ["body", "method", "key"])
def test_the_key_with_another_request_is_refused(hotel: Hotel, change: str) -> None:
    made = hotel.book(headers=KEY).json()
    answer = {
        "body": lambda: hotel.book(notes="other", headers=KEY),
        "method": lambda: hotel.patch(made, headers=KEY, notes="x"),
        "key": lambda: hotel.call("POST", "/reservations", key=a_key(hotel.owner), json=hotel.booking(), headers=KEY),
    }[change]()
    assert (answer.status_code, answer.json()["code"]) == (422, "key-used-otherwise")


def test_keys_of_two_organizations_do_not_meet(hotel: Hotel, next_door: Hotel) -> None:
    assert hotel.book(headers=KEY).json()["id"] != next_door.book(headers=KEY).json()["id"]


def test_a_refusal_is_not_remembered(hotel: Hotel) -> None:
    full = hotel.booked(*[hotel.room()] * 3)
    assert hotel.book(headers=KEY).status_code == 409
    hotel.call("DELETE", f"/reservations/{full['id']}", headers={"If-Match": "*"})
    assert hotel.book(headers=KEY).status_code == 201


def test_two_at_the_same_time_book_once(hotel: Hotel) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers: list[Response] = list(pool.map(lambda _: hotel.book(headers=KEY), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sorted(answer.headers.get("Idempotency-Replayed", "") for answer in answers) == ["", *["true"] * 7]
    assert len(hotel.get("/reservations").json()["items"]) == 1


def test_the_second_gives_up_when_the_first_takes_for_ever(hotel: Hotel) -> None:
    with work(hotel.owner) as db:
        idempotency.first_answer(db, KEY["Idempotency-Key"], "somebody's")
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(hotel.book, headers=KEY).result()
    assert (answer.status_code, answer.json()["code"]) == (409, "busy")


@pytest.fixture
def always_tidy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes a key draws the lot to tidy up."""
    monkeypatch.setattr(idempotency.secrets, "randbelow", lambda _: 0)


def test_old_keys_make_room(hotel: Hotel, always_tidy: None) -> None:
    first = hotel.book(headers=KEY).json()
    with work(hotel.owner) as db:
        raw(db).execute("update idempotency_key set created_at = now() - interval '8 days'")
    hotel.book(headers={"Idempotency-Key": "another"})
    assert hotel.book(headers=KEY).json()["id"] != first["id"]


@pytest.mark.parametrize("key", ["", "x" * 201, "two words"])
def test_a_key_is_a_plain_word(hotel: Hotel, key: str) -> None:
    answer = hotel.book(headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "Idempotency-Key"
