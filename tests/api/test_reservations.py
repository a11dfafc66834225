"""/v1/reservations: booking, reading, changing, cancelling."""

from __future__ import annotations

from tests.api.conftest import Hotel


def test_booking_answers_with_what_was_booked(hotel: Hotel) -> None:
    answer = hotel.book(hotel.room(unit_id=str(hotel.doubles[0])), hotel.room(prices=[9_000, 9_500]), notes="late")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["Location"] == f"/api/v1/reservations/{made['id']}"
    assert (made["total"], made["currency"], made["status"], made["notes"]) == (38_500, "EUR", "confirmed", "late")
    assert made["rooms"][0]["nights"][0]["unit"]["name"] == "Double 1"
    assert made["rooms"][1]["nights"][0]["unit"] is None
    read = hotel.get(f"/reservations/{made['id']}")
    assert (read.json(), read.headers["ETag"]) == (made, answer.headers["ETag"])
