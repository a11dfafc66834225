"""How far nights may be overbooked, over HTTP."""

from __future__ import annotations

from typing import Any

from pms.api.v1 import shapes
from tests.api.conftest import Hotel, a_key


def allow(hotel: Hotel, rooms: int, key: str | None = None, **more: Any) -> Any:
    entry = {"room_type_id": str(hotel.double), "from": "2027-06-01", "to": "2027-06-04", "overbooking": rooms, **more}
    return hotel.call("PATCH", f"/properties/{hotel.property_id}/availability", key, json={"nights": [entry]})


def overbooking(hotel: Hotel) -> list[int]:
    days = {"from": "2027-06-01", "to": "2027-06-04"}
    found = hotel.get(f"/properties/{hotel.property_id}/availability", params=days).json()
    return [night["overbooking"] for night in found["room_types"][0]["nights"]]


def test_what_was_allowed_can_be_sold_and_is_counted_as_free(hotel: Hotel) -> None:
    answer = allow(hotel, 1)
    assert answer.status_code == 200
    assert shapes.Allowed.model_validate(answer.json()).nights == 3
    assert overbooking(hotel) == [1, 1, 1]
    assert hotel.book(*[hotel.room()] * 4).status_code == 201
    assert hotel.book(hotel.room()).json()["code"] == "sold-out"


def test_weekdays_choose_among_the_nights(hotel: Hotel) -> None:
    allow(hotel, 2, weekdays=["wed"])
    assert overbooking(hotel) == [0, 2, 0]


def test_it_is_taken_back_like_a_change_of_rates(hotel: Hotel) -> None:
    change = allow(hotel, 1).json()["change_id"]
    undone = hotel.call("POST", f"/rate-changes/{change}/undo").json()
    assert (undone["cells"], undone["kept"]) == (3, 0)
    assert overbooking(hotel) == [0, 0, 0]
    assert hotel.call("POST", f"/rate-changes/{change}/undo").json()["code"] == "nothing-to-undo"


def test_it_is_listed_among_the_changes_of_rates_and_so_is_its_undoing(hotel: Hotel) -> None:
    def listed() -> list[dict[str, Any]]:
        return hotel.get(f"/properties/{hotel.property_id}/rate-changes").json()["items"]

    change = allow(hotel, 1).json()["change_id"]
    hotel.set_rates(hotel.rate(price=9_000))
    price, overbooked = listed()
    assert (price["cells"], price["overbooking_nights"]) == (1, 0)
    assert (overbooked["id"], overbooked["cells"], overbooked["overbooking_nights"]) == (change, 0, 3)
    assert (overbooked["first"], overbooked["last"], overbooked["how"]) == ("2027-06-01", "2027-06-03", "api")
    undone = hotel.call("POST", f"/rate-changes/{change}/undo").json()
    assert [(one["id"], one["undoes"], one["undone_by"]) for one in listed()] == [
        (undone["change_id"], change, None),
        (price["id"], None, None),
        (change, None, undone["change_id"]),
    ]


def test_below_what_is_sold_the_night_is_oversold(hotel: Hotel) -> None:
    allow(hotel, 1)
    hotel.booked(*[hotel.room("2027-06-01", "2027-06-02")] * 4)
    assert allow(hotel, 0).json()["oversold"] == 1


def test_more_than_the_type_has_is_refused(hotel: Hotel) -> None:
    answer = allow(hotel, 4)
    assert (answer.status_code, answer.json()["code"], answer.json()["most"]) == (422, "allowance-too-large", 3)
    assert overbooking(hotel) == [0, 0, 0]


def test_it_takes_the_scope_of_overselling(hotel: Hotel) -> None:
    key = a_key(hotel.owner, "property.view", "rate.change")
    assert allow(hotel, 1, key).json()["permission"] == "reservation.oversell"


def test_a_neighbours_house_is_not_there(hotel: Hotel, next_door: Hotel) -> None:
    assert allow(hotel, 1, next_door.key).status_code == 404
