"""What stands before every address: names of requests, headers, and whose page a request comes from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pms.accounts.sessions import token_in
from tests.api.conftest import Hotel
from tests.services import environment

COOKIE = {"Cookie": "octaspace_session=whatever"}
OURS = {"Origin": "http://localhost:8000"}


def test_every_answer_has_a_name_to_ask_about(hotel: Hotel) -> None:
    named = hotel.get("/properties", headers={"X-Request-ID": "order-17"})
    assert named.headers["X-Request-ID"] == "order-17"
    made_up = [hotel.client.get(path).headers["X-Request-ID"] for path in ("/healthz", "/api/v1/nowhere", "/api/docs")]
    assert len(set(made_up)) == 3


@pytest.mark.parametrize("name", ["x" * 65, "a b", 'a"b', "<script>", ""])
def test_a_name_that_is_none_is_replaced(hotel: Hotel, name: str) -> None:
    assert hotel.get("/properties", headers={"X-Request-ID": name}).headers["X-Request-ID"] != name


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/properties", "/api/v1/nowhere", "/api/docs"])
def test_browsers_are_told_to_be_careful(hotel: Hotel, path: str) -> None:
    headers = hotel.client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    assert "Strict-Transport-Security" not in headers
    with environment(OCTASPACE_PUBLIC_URL="https://pms.example.com"):
        assert hotel.client.get(path).headers["Strict-Transport-Security"] == "max-age=31536000"


def test_answers_with_guests_in_them_are_kept_by_nobody_on_the_way(hotel: Hotel) -> None:
    headers = hotel.get("/guests").headers
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_key_does_not_work_across_origins_in_a_browser(hotel: Hotel) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    answer = hotel.client.options("/api/v1/properties", headers=asked)
    assert answer.status_code == 405
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_nobody_elses_page_acts_with_our_cookie(hotel: Hotel, origin: dict[str, str]) -> None:
    for method, path in (("POST", "/auth/sign-out"), ("POST", "/_upload"), ("DELETE", "/api/v1/reservations/x")):
        answer = hotel.client.request(method, path, headers={**COOKIE, **origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign-origin")


@pytest.mark.parametrize("beside", ['prefs={"dark": true}', "a b=c", "=", ";;", 'x="open'])
def test_strange_cookies_beside_ours_hide_nothing(hotel: Hotel, beside: str) -> None:
    cookies = {"Cookie": f"{beside}; octaspace_session=whatever"}
    answer = hotel.client.post("/auth/sign-out", headers={**cookies, "Origin": "https://elsewhere.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign-origin")
    assert token_in(cookies["Cookie"]) == "whatever"


@pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/set-up", "/auth/accept-invitation"])
def test_a_form_without_end_is_cut_off(hotel: Hotel, path: str) -> None:
    """Before anybody is known: it would fill memory, or the disk the database lives on."""

    def endless() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
        for _ in range(64):
            yield b"x" * 65_536

    headers = {**OURS, "Content-Type": "multipart/form-data; boundary=b"}
    answer = hotel.client.post(path, content=endless(), headers=headers, follow_redirects=False)
    assert answer.status_code == 413


def test_our_own_page_does(hotel: Hotel) -> None:
    answer = hotel.client.post("/auth/sign-out", headers={**COOKIE, **OURS}, follow_redirects=False)
    assert answer.status_code == 303


def test_looking_is_free_and_so_is_a_key_without_a_cookie(hotel: Hotel) -> None:
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert hotel.client.get("/healthz", headers={**COOKIE, **elsewhere}).status_code == 200
    assert hotel.book(headers=elsewhere).status_code == 201


def test_a_cookie_alone_opens_nothing_in_the_api(hotel: Hotel) -> None:
    assert hotel.client.get("/api/v1/properties", headers=COOKIE).status_code == 401


def test_what_is_not_there_is_a_problem_too(hotel: Hotel) -> None:
    for path in ("/nowhere", "/reservations/1/2/3", ""):
        answer = hotel.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
