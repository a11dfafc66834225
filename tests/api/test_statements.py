"""How often a request goes to PostgreSQL: a number that grows by accident is the first thing that makes an API slow."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import Cursor

from tests.api.conftest import Hotel, a_key


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement of this process, SQLAlchemy's and ours; COMMIT comes on top."""
    seen: list[str] = []
    execute = Cursor.execute

    def note(self: Cursor, query: object, *args: object, **more: object) -> Cursor:
        if query != "commit":
            seen.append(str(query))
        return execute(self, query, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(psycopg.Cursor, "execute", note)
    return seen  # type: ignore[return-value]


def test_a_booking_takes_a_known_number_of_statements(hotel: Hotel, statements: list[str]) -> None:
    key = a_key(hotel.owner, "reservation.book")
    hotel.call("POST", "/reservations", key=key, json=hotel.booking())  # touches the nights
    statements.clear()
    hotel.call("POST", "/reservations", key=key, json=hotel.booking())
    assert len(statements) <= 11, "\n".join(statements)
    statements.clear()
    hotel.call("POST", "/reservations", key=key, json=hotel.booking(), headers={"Idempotency-Key": "k"})
    assert len(statements) <= 13, "\n".join(statements)


def test_changing_rates_takes_the_same_number_for_one_cell_and_for_thousands(hotel: Hotel, statements: list[str]) -> None:
    counts = []
    for end, price in (("2027-06-02", 1), ("2033-06-01", 2)):
        statements.clear()
        assert hotel.set_rates(hotel.rate("2027-06-01", end, price=price, min_stay=2)).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12, statements


def test_reading_takes_the_same_number_however_much_there_is(hotel: Hotel, statements: list[str]) -> None:
    days = "from=2027-06-01&to=2027-06-20"
    paths = {
        "/reservations": 8,
        f"/properties/{hotel.property_id}/availability?{days}": 5,
        f"/reports/occupancy?property={hotel.property_id}&{days}": 5,
        f"/properties/{hotel.property_id}/rate-plans": 6,
        f"/properties/{hotel.property_id}/rates?{days}": 7,
        f"/properties/{hotel.property_id}/rate-changes": 6,
        f"/properties/{hotel.property_id}/offers?arrival=2027-06-01&departure=2027-06-04": 7,
        "/guests": 4,
        "/properties": 4,
        f"/properties/{hotel.property_id}": 8,
    }
    hotel.rates()  # reads the book of rates, which is then kept
    for _ in range(2):
        for n in range(3):
            hotel.booked(hotel.room(f"2027-06-{n * 2 + 1:02d}", f"2027-06-{n * 2 + 2:02d}"))
        for path, most in paths.items():
            statements.clear()
            assert hotel.get(path).status_code == 200
            assert len(statements) <= most, (path, statements)
