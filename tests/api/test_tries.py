"""How often somebody may try to sign in, and who counts as somebody."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from pyotp import TOTP

from pms import tries
from pms.accounts import two_factor
from pms.accounts.models import Person
from pms.accounts.sessions import LONGEST
from pms.api.app import http
from pms.kernel.actor import Actor
from pms.kernel.db import work
from tests.builders import PASSWORD, Cast, an_email
from tests.services import environment

OURS = {"Origin": "http://localhost:8000"}


def _try(address: str, forwarded: str = "", email: str = "", password: str = "guess", code: str = "") -> int:
    given = {**OURS, **({"X-Forwarded-For": forwarded} if forwarded else {})}
    form = {"email": email or an_email(), "password": password, "code": code}
    return TestClient(http, client=(address, 1)).post("/auth/sign-in", data=form, headers=given).status_code


@pytest.fixture(autouse=True)
def _few(services: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "PER_ADDRESS", tries.parse("3 per 5 minutes"))


def _somewhere() -> str:
    return f"host-{uuid4().hex}"


def _email(actor: Actor) -> str:
    with work(actor) as db:
        return db.one(Person, actor.id).email


@pytest.fixture(params=["Redis", "no Redis"])
def counted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Counted in Redis, and in this process while Redis is away."""
    away = {} if request.param == "Redis" else {"REDIS_URL": "redis://127.0.0.1:9"}
    with environment(**away):
        yield


def test_saying_to_be_somebody_else_buys_no_more_tries() -> None:
    here = _somewhere()
    assert [_try(here, forwarded=_somewhere()) for _ in range(4)] == [401, 401, 401, 429]


def test_behind_our_own_proxy_each_address_has_its_own_tries() -> None:
    proxy, one, other = _somewhere(), _somewhere(), _somewhere()
    with environment(OCTASPACE_PROXY_HOPS="1"):
        assert [_try(proxy, forwarded=one) for _ in range(4)] == [401, 401, 401, 429]
        assert _try(proxy, forwarded=other) == 401


def test_what_was_written_before_our_proxy_counts_for_nothing() -> None:
    proxy, one = _somewhere(), _somewhere()
    with environment(OCTASPACE_PROXY_HOPS="1"):
        assert [_try(proxy, forwarded=f"{_somewhere()}, {one}") for _ in range(4)] == [401, 401, 401, 429]


def test_many_addresses_share_the_tries_of_one_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "PER_ACCOUNT_ANYWHERE", tries.parse("3 per 15 minutes"))
    email = an_email()
    assert [_try(_somewhere(), email=email) for _ in range(4)] == [401, 401, 401, 429]
    assert _try(_somewhere()) == 401, "other accounts are not concerned"


def test_who_signed_in_from_there_before_is_not_locked_out_by_others(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    monkeypatch.setattr(tries, "PER_ACCOUNT_ANYWHERE", tries.parse("2 per 15 minutes"))
    email, home = _email(cast.rita), _somewhere()
    assert _try(home, email=email, password=PASSWORD) == 200
    assert [_try(_somewhere(), email=email) for _ in range(3)] == [401, 401, 429]
    assert _try(_somewhere(), email=email, password=PASSWORD) == 429
    assert _try(home, email=email, password=PASSWORD) == 200


@pytest.mark.usefixtures("counted")
def test_who_signs_in_often_is_never_asked_to_wait(cast: Cast) -> None:
    email, here = _email(cast.rita), _somewhere()
    assert {_try(here, email=email, password=PASSWORD) for _ in range(12)} == {200}
    assert {_try(here, email=_email(one), password=PASSWORD) for one in (cast.olga, cast.hana) for _ in range(3)} == {200}


@pytest.mark.usefixtures("counted")
def test_a_success_forgives_no_wrong_password_of_the_account(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    monkeypatch.setattr(tries, "PER_ADDRESS", tries.parse("90 per 5 minutes"))
    monkeypatch.setattr(tries, "PER_ACCOUNT", tries.parse("4 per 5 minutes"))
    email, here = _email(cast.rita), _somewhere()
    assert [_try(here, email=email) for _ in range(3)] == [401] * 3
    assert [_try(here, email=email, password=PASSWORD) for _ in range(3)] == [200] * 3
    assert [_try(here, email=email) for _ in range(2)] == [401, 429]
    assert _try(here, email=email, password=PASSWORD) == 429, "the right password is no way around the wait"


@pytest.mark.usefixtures("counted")
def test_a_success_of_ones_own_buys_no_tries_at_others_from_the_same_address(cast: Cast) -> None:
    mine, here = _email(cast.rita), _somewhere()
    told = [(_try(here), _try(here, email=mine, password=PASSWORD)) for _ in range(4)]
    assert told == [(401, 200), (401, 200), (401, 429), (429, 429)]


@pytest.mark.usefixtures("counted")
def test_a_password_that_only_lacks_its_code_is_no_wrong_one_and_a_wrong_code_is(
    monkeypatch: pytest.MonkeyPatch, cast: Cast
) -> None:
    monkeypatch.setattr(tries, "PER_ADDRESS", tries.parse("90 per 5 minutes"))
    monkeypatch.setattr(tries, "PER_ACCOUNT", tries.parse("4 per 5 minutes"))
    with work(cast.rita) as db:
        secret = two_factor.begin(db).secret
    with work(cast.rita) as db:
        two_factor.confirm(db, TOTP(secret).now())
    email, here = _email(cast.rita), _somewhere()
    assert [_try(here, email=email, password=PASSWORD) for _ in range(6)] == [401] * 6
    assert [_try(here, email=email, password=PASSWORD, code="000000") for _ in range(5)] == [401] * 4 + [429]


def test_many_guesses_at_once_are_counted_before_they_are_looked_at(cast: Cast) -> None:
    email, here = _email(cast.rita), _somewhere()
    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda _: _try(here, email=email), range(12)))
    assert sorted(statuses) == [401] * 3 + [429] * 9


def test_the_cookie_lasts_as_long_as_a_session_may(cast: Cast) -> None:
    form = {"email": _email(cast.rita), "password": PASSWORD}
    answer = TestClient(http, client=(_somewhere(), 1)).post("/auth/sign-in", data=form, headers=OURS)
    assert f"Max-Age={int(LONGEST.total_seconds())};" in answer.headers["set-cookie"]
