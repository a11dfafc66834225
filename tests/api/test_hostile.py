"""Whatever comes in, no answer is a 500: Hypothesis makes up bodies, parameters, headers and paths."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.api.conftest import Hotel

often = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FIELDS = [
    "property_id", "guest", "rooms", "status", "source", "external_ref", "notes", "tags", "room_type_id", "arrival", "departure",
    "rates", "rate_plan_id", "from", "to", "price", "min_stay", "closed", "weekdays", "code", "name", "steps", "markups",
    "rounding", "unit_id", "adults", "children", "prices", "id", "last_name", "first_name", "email", "country", "action",
    "version",
]  # fmt: skip
plain = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.uuids().map(str), st.dates().map(str),
    st.sampled_from(["2027-06-01", "9999-12-31", "0001-01-01", "confirmed", "check_in", "\x00", "\ud800", "1e999", str(2**63)]),
)  # fmt: skip
anything = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), inner, max_size=6),
    max_leaves=12,
)
rooms = st.fixed_dictionaries(
    {},
    optional={
        "arrival": st.dates().map(str) | plain,
        "departure": st.dates().map(str) | plain,
        "room_type_id": plain,
        "unit_id": plain,
        "adults": st.integers() | plain,
        "prices": st.lists(st.integers(), max_size=4) | plain,
        "action": st.sampled_from(["check_in", "cancel", "reinstate", "no_show", "confirm", "check_out"]) | plain,
    },
)
entries = st.fixed_dictionaries(
    {},
    optional={
        "from": st.dates().map(str) | plain,
        "to": st.dates().map(str) | plain,
        "weekdays": st.lists(st.sampled_from(["mon", "sun"])) | plain,
        "price": st.integers() | plain,
        "min_stay": st.integers(-1, 400) | plain,
        "max_stay": st.integers(-1, 400) | plain,
        "closed": plain,
        "version": st.integers() | plain,
        "rate_plan_id": plain,
    },
)
plans = st.fixed_dictionaries(
    {},
    optional={
        "code": st.text(max_size=25) | plain,
        "percent": st.integers() | plain,
        "amount": st.integers() | plain,
        "per_child": st.integers() | plain,
        "rounding": st.fixed_dictionaries({"step": st.integers(), "ending": st.integers()}) | plain,
        "steps": st.lists(st.fixed_dictionaries({"nights": st.integers(0, 400), "percent": st.integers()}), max_size=3) | plain,
        "markups": st.dictionaries(st.text(max_size=5), st.fixed_dictionaries({"percent": st.integers()}), max_size=3) | plain,
        "room_type_ids": st.lists(st.uuids().map(str), max_size=2) | plain,
        "valid_from": st.dates().map(str) | plain,
        "min_advance": st.integers() | plain,
        "codes": st.lists(st.text(max_size=5), max_size=3) | plain,
        "access": st.sampled_from(["public", "code"]) | plain,
        "sells_by_default": plain,
    },
)
WHOLE = ["notes", "tags", "source", "guest"]
HEADERS = ["Authorization", "If-Match", "If-None-Match", "Idempotency-Key", "X-Request-ID", "Accept-Language", "Cookie"]
words = st.text(st.characters(codec="utf-8"), max_size=40)
PATHS = [
    "/properties", "/properties/{}", "/properties/{}/availability", "/reservations", "/reservations/{}", "/guests", "/guests/{}",
    "/reports/occupancy", "/properties/{}/rate-plans", "/rate-plans/{}", "/properties/{}/rates", "/properties/{}/rates/history",
    "/properties/{}/rate-changes", "/rate-changes/{}/undo", "/properties/{}/offers", "/{}",
]  # fmt: skip


def encoded(body: Any) -> bytes:
    return json.dumps(body).encode()


def sane(status: int) -> bool:
    return status < 500


@often
@given(body=anything)
def test_any_body(hotel: Hotel, body: Any) -> None:
    answer = hotel.call("POST", "/reservations", content=encoded(body), headers={"Content-Type": "application/json"})
    assert sane(answer.status_code), answer.text


@often
@given(room=rooms, more=st.dictionaries(st.sampled_from([*WHOLE, "external_ref"]), anything, max_size=2))
def test_bookings_that_are_nearly_right(hotel: Hotel, room: dict[str, Any], more: dict[str, Any]) -> None:
    body = {**hotel.booking({**hotel.room(), **room}), **more}
    answer = hotel.call("POST", "/reservations", content=encoded(body), headers={"Content-Type": "application/json"})
    assert sane(answer.status_code), answer.text


@often
@given(room=rooms, more=st.dictionaries(st.sampled_from(WHOLE), anything, max_size=2))
def test_changes_that_are_nearly_right(hotel: Hotel, room: dict[str, Any], more: dict[str, Any]) -> None:
    made = hotel.booked(hotel.room("2027-06-01", "2027-06-01"))
    body = {"rooms": [{"id": made["rooms"][0]["id"], **room}], **more}
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    answer = hotel.call("PATCH", f"/reservations/{made['id']}", content=encoded(body), headers=headers)
    assert sane(answer.status_code), answer.text


@often
@given(entry=entries, reason=plain)
def test_rates_that_are_nearly_right(hotel: Hotel, entry: dict[str, Any], reason: Any) -> None:
    body = {"rates": [{**hotel.rate(price=1), **entry}], "reason": reason}
    path = f"/properties/{hotel.property_id}/rates"
    answer = hotel.call("PUT", path, content=encoded(body), headers={"Content-Type": "application/json"})
    assert sane(answer.status_code), answer.text


@often
@given(change=plans)
def test_plans_that_are_nearly_right(hotel: Hotel, change: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    answer = hotel.call("PATCH", f"/rate-plans/{hotel.plan}", content=encoded(change), headers=headers)
    assert sane(answer.status_code), answer.text
    path = f"/properties/{hotel.property_id}/rate-plans"
    answer = hotel.call("POST", path, content=encoded({"code": uuid4().hex[:12], "name": "N", **change}), headers=headers)
    assert sane(answer.status_code), answer.text


@often
@given(
    query=st.dictionaries(
        st.sampled_from(
            ["arrival", "departure", "adults", "children_ages", "codes", "channel", "refused", "nearest", "from", "to"]
        ),
        st.dates().map(str) | words | st.integers().map(str) | st.sampled_from(["true", "2027-06-01", "2027-06-03"]),
    ),
    path=st.sampled_from(["offers", "rates", "rates/history"]),
)
def test_questions_about_rates_that_are_nearly_right(hotel: Hotel, query: dict[str, str], path: str) -> None:
    days = {"arrival": "2027-06-01", "departure": "2027-06-03", "from": "2027-06-01", "to": "2027-06-03"}
    asked = {key: value for key, value in {**days, **query}.items() if (key in ("from", "to")) == (path == "rates")}
    answer = hotel.get(f"/properties/{hotel.property_id}/{path}", params=asked)
    assert sane(answer.status_code), answer.text


@often
@given(
    path=st.sampled_from(PATHS),
    segment=st.one_of(st.just(str(uuid4())), words),
    query=st.dictionaries(
        st.sampled_from(["from", "to", "property", "limit", "cursor", "search", "status", "changed_since", "arrival_from", "x"]),
        words | st.dates().map(str) | st.datetimes().map(str) | st.integers().map(str),
        max_size=5,
    ),
    method=st.sampled_from(["GET", "DELETE", "PATCH", "PUT", "OPTIONS", "HEAD"]),
)
def test_any_address(hotel: Hotel, path: str, segment: str, query: dict[str, str], method: str) -> None:
    where = path.format(quote(segment, safe=""))
    answer = hotel.call(method, where, params=query)
    assert sane(answer.status_code), answer.text


@often
@example(header="X-Request-ID", value=b"\xf9")
@given(
    header=st.sampled_from(HEADERS),
    value=st.binary(max_size=60).filter(lambda raw: not {0, 10, 13} & set(raw)),
)
def test_any_header(hotel: Hotel, header: str, value: bytes) -> None:
    headers = {"Authorization": f"Bearer {hotel.key}".encode(), header: value}
    for method in ("GET", "POST", "DELETE"):
        answer = hotel.client.request(method, f"/api/v1/reservations/{uuid4()}", headers=headers)
        assert sane(answer.status_code), answer.text
    body = hotel.booking(hotel.room("2027-06-01", "2027-06-01"))
    answer = hotel.client.post("/api/v1/reservations", headers=headers, json=body)
    assert sane(answer.status_code), answer.text


def test_a_body_without_end_is_cut_off(hotel: Hotel) -> None:
    def endless() -> Any:
        for _ in range(40):
            yield b" " * 65_536

    answer = hotel.call("POST", "/reservations", content=endless(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "content-too-large")


def test_deep_json_is_only_bad_json(hotel: Hotel) -> None:
    body = b"[" * 100_000 + b"]" * 100_000
    answer = hotel.call("POST", "/reservations", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)


def test_big_numbers_are_only_bad_input(hotel: Hotel) -> None:
    for number in ("1" * 5000, "1e400", "NaN", "-0.0"):
        body = encoded(hotel.booking()).replace(b'"2027-06-01"', number.encode())
        answer = hotel.call("POST", "/reservations", content=body, headers={"Content-Type": "application/json"})
        assert sane(answer.status_code), (number[:10], answer.text)
