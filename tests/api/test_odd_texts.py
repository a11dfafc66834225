"""Characters the database cannot keep are the caller's mistake, not ours: at the door as everywhere."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from pms.api.app import http
from pms.kernel.db import work
from pms.kernel.refusals import OddText
from pms.properties.amenities import add_amenity
from tests.builders import Cast

OURS = {"Origin": "http://localhost:8000"}


@pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/accept-invitation"])
def test_at_the_door(services: None, path: str) -> None:
    form = {"email": "a\x00b@example.com", "password": "x\x00", "token": "t\x00", "name": "n\x00"}
    answer = TestClient(http, raise_server_exceptions=False).post(path, data=form, headers=OURS)
    assert answer.status_code in (401, 410, 422), answer.text


@pytest.mark.parametrize("text", ["Sea\x00view", "Sea\ud800view"])
def test_in_any_verb(cast: Cast, text: str) -> None:
    with pytest.raises(OddText), work(cast.olga) as db:
        add_amenity(db, text)
