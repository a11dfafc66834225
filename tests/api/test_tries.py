"""How often somebody may try to sign in, and who counts as somebody."""

from __future__ import annotations

from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from pms import tries
from pms.api.app import http
from tests.builders import an_email
from tests.services import environment

OURS = {"Origin": "http://localhost:8000"}


def _try(address: str, forwarded: str = "", email: str = "") -> int:
    given = {**OURS, **({"X-Forwarded-For": forwarded} if forwarded else {})}
    form = {"email": email or an_email(), "password": "guess"}
    return TestClient(http, client=(address, 1)).post("/auth/sign-in", data=form, headers=given).status_code


@pytest.fixture(autouse=True)
def _few(services: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "PER_ADDRESS", tries.parse("3 per 5 minutes"))


def _somewhere() -> str:
    return f"host-{uuid4().hex}"


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
