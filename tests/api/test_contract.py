"""The OpenAPI document keeps its word: real answers have the shapes it describes, and everything in it is explained."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from pms.api.v1 import rate_shapes, shapes
from pms.api.v1.documented import PROBLEMS
from tests.api.conftest import Hotel

DAYS = {"from": "2027-06-01", "to": "2027-06-04"}


@pytest.fixture
def document(hotel: Hotel) -> dict[str, Any]:
    """As served."""
    return hotel.client.get("/api/openapi.json").json()  # type: ignore[no-any-return]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_answers_have_the_shapes_they_are_said_to_have(hotel: Hotel) -> None:
    made = hotel.booked(hotel.room(unit_id=str(hotel.doubles[0])), hotel.room())
    plan, house = hotel.add_plan(markups={"website": {"percent": 500}}).json(), f"/properties/{hotel.property_id}"
    hotel.set_rates(hotel.rate(price=9_000, min_stay=3, closed=False))
    usd = {"currency": "EUR", "display_currency": "USD", "rate": "1.0845", "date": "2026-01-02", "source": "Bank"}
    assert hotel.call("PUT", "/exchange-rates", json=usd).json() == usd
    cell = {"rate_plan_id": str(hotel.plan), "room_type_id": str(hotel.double), "date": "2027-06-01"}
    wish = {"arrival": "2027-06-01", "departure": "2027-06-02", "refused": "true", "nearest": "true"}
    for path, shape, params in (
        ("/properties", shapes.Houses, {}),
        (f"/properties/{hotel.property_id}", shapes.HouseInFull, {}),
        (f"/properties/{hotel.property_id}/availability", shapes.Availability, DAYS),
        (f"{house}/rate-plans", rate_shapes.RatePlans, {}),
        (f"/rate-plans/{plan['id']}", rate_shapes.RatePlan, {}),
        (f"{house}/rates", rate_shapes.Rates, DAYS),
        (f"{house}/rates/history", rate_shapes.CellStory, cell),
        (f"{house}/rate-changes", rate_shapes.RateChanges, {}),
        (f"{house}/offers", rate_shapes.Offers, wish),
        (f"{house}/offers", rate_shapes.Offers, {**wish, "display_currency": "usd"}),
        ("/exchange-rates", rate_shapes.ExchangeRates, {}),
        ("/reservations", shapes.Reservations, {"limit": "1"}),
        (f"/reservations/{made['id']}", shapes.Reservation, {}),
        ("/guests", shapes.Guests, {}),
        (f"/guests/{made['guest']['id']}", shapes.Guest, {}),
        ("/reports/occupancy", shapes.Occupancy, {**DAYS, "property": str(hotel.property_id)}),
    ):
        answer = hotel.get(path, params=params).json()
        parsed: BaseModel = shape.model_validate(answer)
        again = parsed.model_dump(mode="json", by_alias=True, exclude_unset=True)
        assert _times_aside(again) == _times_aside(answer), path


def _times_aside(value: Any) -> Any:
    """Instants compared to the second: how many digits follow is nobody's business."""
    if isinstance(value, dict):
        return {name: _times_aside(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_times_aside(one) for one in value]
    return value[:19] if isinstance(value, str) and value[10:11] == "T" else value


def test_availability_counts_what_was_sold(hotel: Hotel) -> None:
    hotel.booked(hotel.room("2027-06-02", "2027-06-03"))
    answer = hotel.get(f"/properties/{hotel.property_id}/availability", params=DAYS).json()
    double = answer["room_types"][0]
    assert (double["name"], answer["currency"]) == ("Double", "EUR")
    assert [(night["date"], night["capacity"], night["sold"], night["free"]) for night in double["nights"]] == [
        ("2027-06-01", 3, 0, 3),
        ("2027-06-02", 3, 1, 2),
        ("2027-06-03", 3, 0, 3),
    ]


def test_the_report_adds_up(hotel: Hotel) -> None:
    hotel.booked(hotel.room("2027-06-02", "2027-06-03"))
    params = {**DAYS, "property": str(hotel.property_id)}
    night = hotel.get("/reports/occupancy", params=params).json()["nights"][1]
    assert night == {
        "date": "2027-06-02",
        "capacity": 5,
        "blocked": 0,
        "sold": 1,
        "occupancy": 0.2,
        "revenue": 10_000,
        "adr": 10_000,
        "revpar": 2_000,
    }


RANGES = ["from=2027-06-02&to=2027-06-02", "from=2027-06-02&to=2027-06-01", "from=2027-01-01&to=2040-01-01"]


@pytest.mark.parametrize("path", ["/properties/{}/availability?", "/properties/{}/rates?", "/reports/occupancy?property={}&"])
@pytest.mark.parametrize("days", RANGES)
def test_ranges_are_neither_empty_nor_endless(hotel: Hotel, path: str, days: str) -> None:
    answer = hotel.get(path.format(hotel.property_id) + days)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-input")


def test_every_endpoint_parameter_and_field_is_explained(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert operation["summary"], name
        assert "Scope" in operation["description"], name
        assert operation["security"] == [{"API key": []}], name
        assert operation["tags"], name
        for parameter in operation.get("parameters", []):
            own = {"status", "property_id", "guest_id", "source"}
            assert parameter.get("description") or parameter["name"] in own, (name, parameter["name"])
    for name, schema in document["components"]["schemas"].items():
        assert schema.get("description") or "HTTPValidationError" in name or name == "ValidationError", name


def test_every_endpoint_lists_its_problems_with_examples(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert {"401", "403", "422", "429", "500", "503"} <= set(operation["responses"]), name
        for status, response in operation["responses"].items():
            if int(status) < 400:
                continue
            for code, example in response["content"]["application/problem+json"]["examples"].items():
                assert PROBLEMS[code][0] == example["value"]["status"] == int(status)


def test_every_code_is_listed_for_whoever_reads_the_front_page(document: dict[str, Any]) -> None:
    for code in PROBLEMS:
        assert f"`{code}`" in document["info"]["description"]


def test_the_documentation_needs_no_internet(hotel: Hotel) -> None:
    page = hotel.client.get("/api/docs")
    assert page.status_code == 200
    assert "//cdn" not in page.text
    for file in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert f"/api/docs/files/{file}" in page.text
        assert len(hotel.client.get(f"/api/docs/files/{file}").content) > 10_000


def test_shapes_forbid_what_they_do_not_describe() -> None:
    for _, shape in [*inspect.getmembers(shapes, inspect.isclass), *inspect.getmembers(rate_shapes, inspect.isclass)]:
        if issubclass(shape, shapes.Shape):
            assert shape.model_config["extra"] == "forbid"
