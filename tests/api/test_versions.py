"""ETags: not sending what is known, not overwriting what was not seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from pms.kernel.db import work
from pms.properties.models import RoomType
from pms.reservations.guests import change_guest
from pms.reservations.models import Guest
from pms.reservations.move import change_party
from tests.api.conftest import Hotel


def paths(hotel: Hotel) -> list[str]:
    made = hotel.booked()
    days = "from=2027-06-01&to=2027-06-05"
    return [
        "/properties",
        f"/properties/{hotel.property_id}",
        f"/properties/{hotel.property_id}/availability?{days}",
        "/reservations",
        f"/reservations/{made['id']}",
        "/guests",
        f"/guests/{made['guest']['id']}",
        f"/reports/occupancy?property={hotel.property_id}&{days}",
    ]


def test_what_the_caller_has_is_not_sent_again(hotel: Hotel) -> None:
    for path in paths(hotel):
        tag = hotel.get(path).headers["ETag"]
        for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            again = hotel.get(path, headers={"If-None-Match": known})
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag), path
        assert hotel.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_renamed_room_type_shows_in_the_tag_but_does_not_stop_a_change(hotel: Hotel) -> None:
    made = hotel.booked()
    tag = hotel.get(f"/reservations/{made['id']}").headers["ETag"]
    with work(hotel.owner) as db:
        db.one(RoomType, hotel.double).name = "Deluxe"
    assert hotel.get(f"/reservations/{made['id']}", headers={"If-None-Match": tag}).status_code == 200
    assert hotel.patch(made, headers={"If-Match": tag}, notes="late").status_code == 200


@pytest.mark.parametrize("spelled", ['"{}"', 'W/"{}"', ' "{}-0123456789abcdef" ', "*"])
def test_the_version_is_taken_however_it_is_spelled(hotel: Hotel, spelled: str) -> None:
    made = hotel.booked()
    assert hotel.patch(made, headers={"If-Match": spelled.format(made["version"])}, notes="late").status_code == 200


@pytest.mark.parametrize("spelled", ["1.1.1", '"1.1"', '""', '"1.1.1', '"9999999999.1.1"'])
def test_what_is_no_version_matches_nothing(hotel: Hotel, spelled: str) -> None:
    assert hotel.patch(hotel.booked(), headers={"If-Match": spelled}, notes="late").json()["code"] == "not-a-version"


def test_deleting_needs_the_version_too(hotel: Hotel) -> None:
    made = hotel.booked()
    assert hotel.call("DELETE", f"/reservations/{made['id']}").status_code == 428
    hotel.patch(made, notes="late")
    stale = hotel.call("DELETE", f"/reservations/{made['id']}", headers={"If-Match": f'"{made["version"]}"'})
    assert (stale.status_code, stale.json()["event"]) == (412, "reservation.changed")


def test_a_colleagues_change_to_a_room_counts(hotel: Hotel) -> None:
    made = hotel.booked()
    with work(hotel.owner) as db:
        change_party(db, UUID(made["rooms"][0]["id"]), None, 1, 0)
    answer = hotel.patch(made, notes="late")
    assert (answer.status_code, answer.json()["by"]) == (412, "Olga Owner")


def test_a_guest_corrected_meanwhile_stops_only_who_corrects_the_guest(hotel: Hotel) -> None:
    made = hotel.booked()
    with work(hotel.owner) as db:
        guest = db.one(Guest, UUID(made["guest"]["id"]))
        change_guest(db, guest.id, guest.version, phone="1")
    assert hotel.patch(made, guest={"phone": "2"}).status_code == 412
    assert hotel.patch(made, notes="late").status_code == 200


def test_of_two_changes_that_saw_the_same_one_wins(hotel: Hotel) -> None:
    made = hotel.booked()
    room = made["rooms"][0]["id"]
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda n: hotel.patch(made, rooms=[{"id": room, "adults": n + 1}]).status_code, range(6)))
    assert sorted(statuses) == [200, *[412] * 5]
    assert hotel.get(f"/reservations/{made['id']}").json()["version"] == "1.2.1"
