"""Rate plans over HTTP."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Hotel


def change(hotel: Hotel, plan: dict[str, Any], headers: dict[str, str] | None = None, **named: Any) -> Any:
    match = {"If-Match": f'"{plan["version"]}"', **(headers or {})}
    return hotel.call("PATCH", f"/rate-plans/{plan['id']}", json=named, headers=match)


def test_a_plan_is_added_read_changed_and_archived(hotel: Hotel) -> None:
    answer = hotel.add_plan(
        "NR", meals="breakfast", markups={"website": {"percent": 500}}, steps=[{"nights": 7, "percent": -500}]
    )
    made = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/api/v1/rate-plans/{made['id']}")
    assert hotel.get(f"/rate-plans/{made['id']}").json() == made
    plans = hotel.get(f"/properties/{hotel.property_id}/rate-plans").json()["items"]
    assert [(one["code"], one["sells_by_default"]) for one in plans] == [("FLEX", True), ("NR", False)]

    changed = change(hotel, made, percent=-1_500, rounding={"step": 100, "ending": 99}).json()
    assert changed == {
        **made,
        "percent": -1_500,
        "rounding": {"step": 100, "ending": 99, "towards": "nearest"},
        "version": "2",
    }
    gone = hotel.call("DELETE", f"/rate-plans/{made['id']}", headers={"If-Match": '"2"'})
    assert (gone.status_code, gone.json()["archived"]) == (200, True)
    assert hotel.get(f"/rate-plans/{made['id']}").json() == gone.json()
    assert len(hotel.get(f"/properties/{hotel.property_id}/rate-plans").json()["items"]) == 1
    assert change(hotel, gone.json(), name="Again").status_code == 404


def test_who_was_slower_is_told_by_whom(hotel: Hotel) -> None:
    made = hotel.add_plan().json()
    assert change(hotel, made, name="First").status_code == 200
    stale = change(hotel, made, name="Second")
    assert (stale.status_code, stale.json()["by"], stale.json()["event"]) == (412, "Website", "rate_plan.changed")
    assert hotel.call("PATCH", f"/rate-plans/{made['id']}", json={"name": "x"}).status_code == 428
    assert hotel.call("DELETE", f"/rate-plans/{made['id']}").status_code == 428
    assert change(hotel, made, {"If-Match": '"1.1.1"'}, name="x").json()["code"] == "not-a-version"
    assert change(hotel, made, {"If-Match": "*"}, name="x").status_code == 200


def test_the_tag_of_a_plan_is_what_a_change_names_and_what_spares_a_copy(hotel: Hotel) -> None:
    made = hotel.add_plan()
    tag = made.headers["ETag"]
    path = f"/rate-plans/{made.json()['id']}"
    assert hotel.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert hotel.call("PATCH", path, json={"name": "x"}, headers={"If-Match": tag}).status_code == 200


def test_null_clears_only_what_may_be_empty(hotel: Hotel) -> None:
    made = hotel.add_plan(valid_from="2027-06-01", channels=["website"]).json()
    cleared = change(hotel, made, valid_from=None, channels=None).json()
    assert (cleared["valid_from"], cleared["channels"]) == (None, None)
    assert change(hotel, cleared, name=None).json()["errors"][0]["pointer"] == "#/name"


def test_another_plan_can_sell_by_default(hotel: Hotel) -> None:
    made = hotel.add_plan(parent_id=None, percent=0).json()
    assert change(hotel, made, sells_by_default=True).json()["sells_by_default"]
    assert hotel.call("DELETE", f"/rate-plans/{hotel.plan}", headers={"If-Match": "*"}).status_code == 200


def test_sent_twice_a_plan_is_added_once(hotel: Hotel) -> None:
    headers = {"Idempotency-Key": "plan-1"}
    first, again = hotel.add_plan(headers=headers), hotel.add_plan(headers=headers)
    assert (again.status_code, again.content) == (201, first.content)
