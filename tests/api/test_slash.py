"""A page is a page with and without its last slash."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from pms.api.slash import Slash


async def _away(request: Request) -> RedirectResponse:
    return RedirectResponse("/calendar/?next=/away/")


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "index.html").write_text("the calendar")
    routes = [Route("/away", _away, methods=["GET", "POST"]), Mount("/", StaticFiles(directory=tmp_path, html=True))]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Slash)]), follow_redirects=False)


@pytest.mark.parametrize("address", ["/calendar", "/calendar?days=31", "/calendar/"])
def test_a_page_is_served_at_once(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.text) == (200, "the calendar")
    assert client.head(address).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_redirects_are_the_browsers(client: TestClient, method: str) -> None:
    answer = client.request(method, "/away")
    assert (answer.status_code, answer.headers["location"]) == (307, "/calendar/?next=/away/")


def test_what_is_not_there_is_not_there_either_way(client: TestClient) -> None:
    assert client.get("/nowhere").status_code == 404
