"""Rates over HTTP: read compactly, set by ranges, all or none, undone as one, with their story."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.api.conftest import Hotel

JUNE = ("2027-06-01", "2027-06-04")


def of(hotel: Hotel, **more: str) -> dict[str, object]:
    """The doubles in the hotel's own plan."""
    named = {"rate_plan_id": str(hotel.plan), "room_type_id": str(hotel.double), **more}
    (one,) = hotel.rates(**named)
    return one


def test_what_was_set_is_read_with_what_follows_from_it(hotel: Hotel) -> None:
    derived = hotel.add_plan(rounding={"step": 50, "ending": 0}).json()["id"]
    answer = hotel.set_rates(
        hotel.rate(*JUNE, price=12_000, min_stay=2),
        hotel.rate("2027-06-02", "2027-06-03", price=13_010, closed_arrival=True),
        hotel.rate("2027-06-03", "2027-06-04", min_stay=None),
        reason="Song festival",
    )
    assert (answer.status_code, answer.json()["cells"]) == (200, 3)
    assert of(hotel) == {
        "rate_plan_id": str(hotel.plan),
        "room_type_id": str(hotel.double),
        "prices": [12_000, 13_010, 12_000],
        "manual": [True, True, True],
        "versions": [1, 1, 1],
        "restrictions": {"min_stay": [2, 2, None], "closed_arrival": [None, True, None]},
    }
    followed = of(hotel, rate_plan_id=derived)
    assert (followed["prices"], followed["manual"]) == ([10_800, 11_700, 10_800], [False] * 3)
    assert followed["versions"] == [0, 0, 0]
    assert followed["restrictions"] == {"min_stay": [2, 2, None], "closed_arrival": [None, True, None]}
    assert {(one["rate_plan_id"], one["room_type_id"]) for one in hotel.rates()} == {
        (plan, str(kind)) for plan in (str(hotel.plan), derived) for kind in (hotel.double, hotel.single)
    }


def test_weekdays_choose_among_the_nights(hotel: Hotel) -> None:
    hotel.set_rates(hotel.rate("2027-06-01", "2027-06-08", price=15_000, weekdays=["fri", "sat"]))
    (found,) = hotel.rates("2027-06-01", "2027-06-08", rate_plan_id=str(hotel.plan), room_type_id=str(hotel.double))
    assert found["manual"] == [date(2027, 6, 1 + n).weekday() in (4, 5) for n in range(7)]


def test_null_gives_the_price_back_to_the_rules(hotel: Hotel) -> None:
    hotel.set_rates(hotel.rate(price=12_000))
    assert hotel.set_rates(hotel.rate(price=None)).json()["cells"] == 1
    assert (of(hotel)["prices"], of(hotel)["versions"]) == ([10_000] * 3, [2, 0, 0])
    unchanged = hotel.set_rates(hotel.rate(price=None)).json()
    assert unchanged == {"change_id": None, "cells": 0, "kept": 0, "crossed": 0, "crossed_cells": [], "apart": 0}


def test_ten_thousand_cells_each_its_own_entry_are_one_change(hotel: Hotel) -> None:
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(5_000)]
    entries = [
        hotel.rate(str(day), str(day + timedelta(days=1)), price=9_000 + n % 100, room_type_id=str(kind))
        for kind in (hotel.double, hotel.single)
        for n, day in enumerate(days)
    ]
    made = hotel.set_rates(*entries).json()
    assert made["cells"] == 10_000
    back = hotel.call("POST", f"/rate-changes/{made['change_id']}/undo").json()
    assert (back["cells"], back["kept"]) == (10_000, 0)


def test_one_cell_more_is_refused_and_nothing_is_written(hotel: Hotel) -> None:
    entry = hotel.rate("2027-01-01", str(date(2027, 1, 1) + timedelta(days=10_001)), price=1)
    answer = hotel.set_rates(entry)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-input")
    assert of(hotel)["versions"] == [0, 0, 0]


def test_all_or_none_and_the_entry_to_blame_is_named(hotel: Hotel) -> None:
    derived = hotel.add_plan().json()["id"]
    good = hotel.rate(price=9_000)
    for bad in (
        hotel.rate(price=1, rate_plan_id=derived),
        hotel.rate("2027-06-03", "2027-06-04", min_stay=5, max_stay=4),
        hotel.rate(price=1, rate_plan_id=str(hotel.property_id)),
        hotel.rate(price=1, room_type_id=str(hotel.property_id)),
        hotel.rate("2027-06-02", "2027-06-03", price=1, version=7),
    ):
        answer = hotel.set_rates(good, bad)
        assert answer.status_code in (404, 409, 422), answer.text
        assert answer.json()["item"] == 1, answer.text
    assert of(hotel)["versions"] == [0, 0, 0]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"price": -1}, "#/rates/0/price"),
        ({"price": 1.5}, "#/rates/0/price"),
        ({"closed": 1}, "#/rates/0/closed"),
        ({"min_stay": 0}, "#/rates/0/min_stay"),
        ({"weekdays": ["lundi"]}, "#/rates/0/weekdays/0"),
        ({"to": "2027-06-01"}, "#/rates/0"),
        ({}, "#/rates/0"),
    ],
)
def test_what_fits_no_cell_is_pointed_at(hotel: Hotel, change: dict[str, object], pointer: str) -> None:
    entry = hotel.rate(**change) if change != {"to": "2027-06-01"} else {**hotel.rate(price=1), **change}
    answer = hotel.set_rates(entry)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_more_than_may_be_read_at_once_is_refused(hotel: Hotel) -> None:
    for n in range(25):
        hotel.add_plan(f"P{n}")
    days = {"from": "2027-01-01", "to": str(date(2027, 1, 1) + timedelta(days=400))}
    answer = hotel.get(f"/properties/{hotel.property_id}/rates", params=days)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-input")
    assert len(hotel.rates(days["from"], days["to"], rate_plan_id=str(hotel.plan))) == 2


def test_sent_twice_it_counts_once(hotel: Hotel) -> None:
    headers = {"Idempotency-Key": "prices-1"}
    first = hotel.set_rates(hotel.rate(price=9_000), headers=headers)
    hotel.set_rates(hotel.rate(price=9_500))
    assert hotel.set_rates(hotel.rate(price=9_000), headers=headers).json() == first.json()
    assert of(hotel)["prices"] == [9_500, 10_000, 10_000]


def test_undo_names_the_cells_it_left_because_they_would_cross(hotel: Hotel) -> None:
    hotel.set_rates(hotel.rate(*JUNE, min_stay=5))
    freed = hotel.set_rates(hotel.rate(*JUNE, min_stay=None)).json()["change_id"]
    hotel.set_rates(hotel.rate("2027-06-02", "2027-06-03", max_stay=3))
    back = hotel.call("POST", f"/rate-changes/{freed}/undo").json()
    cell = {"rate_plan_id": str(hotel.plan), "room_type_id": str(hotel.double), "date": "2027-06-02"}
    assert (back["cells"], back["crossed"], back["crossed_cells"]) == (2, 1, [cell])
    alone = hotel.set_rates(hotel.rate("2027-06-01", "2027-06-02", min_stay=None)).json()["change_id"]
    hotel.set_rates(hotel.rate("2027-06-01", "2027-06-02", max_stay=3))
    assert hotel.call("POST", f"/rate-changes/{alone}/undo").json()["code"] == "min-above-max"


def test_the_story_of_a_cell_and_the_list_of_changes(hotel: Hotel) -> None:
    first = hotel.set_rates(hotel.rate(price=9_000), reason="Spring").json()["change_id"]
    hotel.set_rates(hotel.rate(*JUNE, price=9_500))
    undone = hotel.call("POST", f"/rate-changes/{first}/undo")
    assert undone.json()["code"] == "nothing-to-undo"
    cell = {"rate_plan_id": str(hotel.plan), "room_type_id": str(hotel.double), "date": "2027-06-01", "limit": "1"}
    newest = hotel.get(f"/properties/{hotel.property_id}/rates/history", params=cell).json()
    (turn,) = newest["items"]
    assert (turn["by"], turn["how"], turn["before"], turn["after"]) == ("Website", "api", {"price": 9_000}, {"price": 9_500})
    following = hotel.get(newest["next"].removeprefix("/api/v1")).json()
    assert [(one["change_id"], one["reason"]) for one in following["items"]] == [(first, "Spring")]
    assert following["next"] is None
    changes = hotel.get(f"/properties/{hotel.property_id}/rate-changes").json()["items"]
    assert [(one["cells"], one["first"], one["last"], one["undone_by"]) for one in changes] == [
        (3, "2027-06-01", "2027-06-03", None),
        (1, "2027-06-01", "2027-06-01", None),
    ]


HERE = "booking_com"


def test_what_is_set_for_a_channel_is_read_there_and_nowhere_else(hotel: Hotel) -> None:
    derived = hotel.add_plan().json()["id"]
    set_to = hotel.set_rates(
        hotel.rate("2027-06-01", "2027-06-02", price=9_000, min_stay=2),
        hotel.rate("2027-06-01", "2027-06-03", price=8_000, closed=True, channel=HERE),
    )
    assert set_to.json()["cells"] == 3
    assert (of(hotel)["prices"], of(hotel)["restrictions"]) == ([9_000, 10_000, 10_000], {"min_stay": [2, None, None]})
    there = of(hotel, channel=HERE)
    assert (there["prices"], there["manual"], there["versions"]) == ([8_000, 8_000, 10_000], [True, True, False], [1, 1, 0])
    assert there["restrictions"] == {"min_stay": [2, None, None], "closed": [True, True, None]}
    assert of(hotel, rate_plan_id=derived, channel=HERE)["prices"] == [7_200, 7_200, 9_000]
    whole = hotel.get(f"/properties/{hotel.property_id}/rates", params={"from": JUNE[0], "to": JUNE[1], "channel": HERE}).json()
    assert (whole["channel"], whole["channels"]) == (HERE, [HERE])
    stale = hotel.set_rates(hotel.rate(price=1, version=0), hotel.rate(price=1, version=0, channel=HERE)).json()
    assert (stale["code"], len(stale["cells"])) == ("cells-moved-meanwhile", 2)
    assert stale["cells"][1][-1] == HERE
    refused = hotel.set_rates(hotel.rate(min_stay=1), hotel.rate(max_stay=1, min_stay=4, channel=HERE)).json()
    assert (refused["code"], refused["item"]) == ("min-above-max", 1)
    assert refused["channel"] == HERE


def test_the_story_of_a_cell_is_told_channel_by_channel_and_undo_takes_both_back(hotel: Hotel) -> None:
    made = hotel.set_rates(hotel.rate(price=9_000), hotel.rate(price=8_000, channel=HERE)).json()["change_id"]
    days = {"rate_plan_id": str(hotel.plan), "room_type_id": str(hotel.double), "date": JUNE[0]}

    def story(**more: str) -> list[tuple[str | None, int]]:
        items = hotel.get(f"/properties/{hotel.property_id}/rates/history", params=days | more).json()["items"]
        return [(one["channel"], one["after"]["price"]) for one in items]

    assert (story(), story(channel=HERE)) == ([(None, 9_000)], [(HERE, 8_000)])
    assert hotel.call("POST", f"/rate-changes/{made}/undo").json()["cells"] == 2
    assert of(hotel, channel=HERE)["prices"] == [10_000] * 3


def test_closing_for_all_says_how_many_values_of_single_channels_stay(hotel: Hotel) -> None:
    hotel.set_rates(hotel.rate("2027-06-01", "2027-06-03", closed=False, channel=HERE))
    answer = hotel.set_rates(hotel.rate("2027-06-01", "2027-06-04", closed=True)).json()
    assert (answer["cells"], answer["apart"]) == (3, 2)
    assert of(hotel, channel=HERE)["restrictions"]["closed"] == [False, False, True]


@pytest.mark.parametrize("channel", ["", "x" * 41, 7])
def test_what_is_no_channel_is_refused(hotel: Hotel, channel: object) -> None:
    answer = hotel.set_rates(hotel.rate(price=1, channel=channel))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")
    assert of(hotel)["versions"] == [0, 0, 0]


def test_a_channel_of_rates_is_named_by_code_or_name_and_a_misspelt_one_is_refused_with_its_item(hotel: Hotel) -> None:
    refused = hotel.set_rates(hotel.rate(price=1), hotel.rate(price=1, channel="bookng_com")).json()
    assert (refused["code"], refused["item"], refused["channel"]) == ("no-such-channel", 1, "bookng_com")
    assert of(hotel)["versions"] == [0, 0, 0]
    assert hotel.set_rates(hotel.rate(price=8_000, channel="BOOKING.COM")).json()["cells"] == 1
    assert of(hotel, channel="booking_com")["prices"][0] == 8_000
