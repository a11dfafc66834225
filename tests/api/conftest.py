"""A hotel with a key, and ways to call: in this process, or over real HTTP from a server of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from httpx import Client, Response

from pms.accounts import api_keys
from pms.api.app import http
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.permissions import PERMISSIONS
from pms.rates.load import house_of
from tests.builders import Cast, a_property, a_room_type, unit_ids


def a_key(owner: Actor, *scopes: str, property_ids: list[UUID] | None = None) -> str:
    """A fresh API key; all scopes unless some are named."""
    with work(owner) as db:
        return api_keys.create(db, "Website", scopes or sorted(PERMISSIONS), property_ids)[0]


@dataclass(frozen=True)
class Hotel:
    """A property with three doubles and two singles, and calls to the API with one of its keys."""

    owner: Actor
    property_id: UUID
    double: UUID
    single: UUID
    doubles: list[UUID]
    client: Client
    key: str
    plan: UUID

    def call(self, method: str, path: str, key: str | None = None, **more: Any) -> Response:
        """A call with the hotel's key, or another."""
        headers = {"Authorization": f"Bearer {key or self.key}", **more.pop("headers", {})}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **more)

    def get(self, path: str, **more: Any) -> Response:
        """GET."""
        return self.call("GET", path, **more)

    def room(self, arrival: str = "2027-06-01", departure: str = "2027-06-03", **more: Any) -> dict[str, Any]:
        """A double as POST takes it."""
        return {"room_type_id": str(self.double), "arrival": arrival, "departure": departure, **more}

    def booking(self, *rooms: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A reservation as POST takes it."""
        guest = {"last_name": "Adams", "first_name": "Ann", "email": "ann@example.com"}
        return {"property_id": str(self.property_id), "guest": guest, "rooms": [*rooms] or [self.room()], **more}

    def book(self, *rooms: dict[str, Any], headers: dict[str, str] | None = None, **more: Any) -> Response:
        """POST /reservations."""
        return self.call("POST", "/reservations", json=self.booking(*rooms, **more), headers=headers or {})

    def booked(self, *rooms: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A reservation that was made, as the API shows it."""
        answer = self.book(*rooms, **more)
        assert answer.status_code == 201, answer.text
        return answer.json()  # type: ignore[no-any-return]

    def rate(self, first: str = "2027-06-01", end: str = "2027-06-02", **values: Any) -> dict[str, Any]:
        """An entry of PUT rates: the hotel's own plan in doubles, unless `values` name others."""
        return {"rate_plan_id": str(self.plan), "room_type_id": str(self.double), "from": first, "to": end, **values}

    def set_rates(self, *entries: dict[str, Any], headers: dict[str, str] | None = None, **more: Any) -> Response:
        """PUT the entries."""
        body = {"rates": [*entries], **more}
        return self.call("PUT", f"/properties/{self.property_id}/rates", json=body, headers=headers or {})

    def rates(self, first: str = "2027-06-01", end: str = "2027-06-04", **more: Any) -> list[dict[str, Any]]:
        """GET rates: the lists, one per plan and room type."""
        answer = self.get(f"/properties/{self.property_id}/rates", params={"from": first, "to": end, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()["rates"]  # type: ignore[no-any-return]

    def add_plan(self, code: str = "NR", headers: dict[str, str] | None = None, **more: Any) -> Response:
        """POST a plan derived from the hotel's own, 10 % below, unless `more` says otherwise."""
        body = {"code": code, "name": f"Plan {code}", "parent_id": str(self.plan), "percent": -1_000, **more}
        return self.call("POST", f"/properties/{self.property_id}/rate-plans", json=body, headers=headers or {})

    def patch(self, made: dict[str, Any], headers: dict[str, str] | None = None, **change: Any) -> Response:
        """PATCH the reservation as `made` shows it."""
        named = {"If-Match": f'"{made["version"]}"', **(headers or {})}
        return self.call("PATCH", f"/reservations/{made['id']}", json=change, headers=named)


def a_hotel(owner: Actor, client: Client) -> Hotel:
    """A hotel with a key for everything."""
    property_id = a_property(owner)
    double, single = a_room_type(owner, property_id), a_room_type(owner, property_id, "Single", 2, 7_000)
    with work(owner) as db:
        plan = house_of(db, property_id).default_plan_id
    assert plan is not None
    return Hotel(owner, property_id, double, single, unit_ids(owner, double), client, a_key(owner), plan)


@pytest.fixture
def client(services: None) -> Iterator[TestClient]:
    """Calls the application in this process; a bug comes out as its 500, as it would for anybody."""
    with TestClient(http, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def hotel(cast: Cast, client: TestClient) -> Hotel:
    """Olga's hotel."""
    return a_hotel(cast.olga, client)


@pytest.fixture
def next_door(cast: Cast, client: TestClient) -> Hotel:
    """Otto's hotel."""
    return a_hotel(cast.otto, client)
