"""Rates out as a file and in from one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from pms.inventory.allowance import allow
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.refusals import NotFound, NotPermitted
from pms.rates.cells import Edit, change_cells, undo_change
from pms.rates.channels import NoSuchChannel
from pms.rates.load import house_of
from pms.rates.plans import PlanFields, create_plan
from pms.reservations.rate_changes import changes, undo
from pms.reservations.rate_sheets import NotAsTried, Trial, apply_sheet, export, try_sheet, words
from pms.reservations.rate_table import RateTable, rate_table
from tests.builders import Cast, a_property, a_room_type

FIRST, END = date(2027, 6, 1), date(2027, 6, 4)


@pytest.fixture
def house(olga: Actor) -> UUID:
    """Doubles and singles, a flexible plan, a derived one."""
    found = a_property(olga)
    a_room_type(olga, found)
    a_room_type(olga, found, "Single", 2, 7_000)
    with work(olga) as db:
        parent = house_of(db, found).default_plan_id
        create_plan(db, found, PlanFields("NR", "Non-refundable", parent_id=parent, percent=-1_000))
    return found


def table(actor: Actor, house: UUID) -> RateTable:
    with work(actor) as db:
        return rate_table(db, house, FIRST, END)


def change(actor: Actor, house: UUID, **values: int | bool | None) -> None:
    now = table(actor, house)
    with work(actor) as db:
        change_cells(db, house, [Edit((now.plans[0].id, now.types[0].id, FIRST), values)])


def tried(actor: Actor, house: UUID, content: bytes) -> Trial:
    with work(actor) as db:
        return try_sheet(db, house, content)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_as_it_came_out_changes_nothing(olga: Actor, house: UUID, form: str) -> None:
    change(olga, house, price=12_000, min_stay=2, closed_arrival=False)
    with work(olga) as db:
        content = export(db, house, FIRST, END, form)
    trial = tried(olga, house, content)
    assert (len(trial.rows), trial.changing, trial.refused) == (18, 0, [])


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_it_moves_a_house_from_one_property_to_another(olga: Actor, house: UUID, form: str) -> None:
    change(olga, house, price=12_000, min_stay=2, closed=True)
    with work(olga) as db:
        content = export(db, house, FIRST, END, form)
    other = a_property(olga, "Hillside")
    a_room_type(olga, other, "double")
    trial = tried(olga, other, content)
    assert (trial.changing, len(trial.refused)) == (1, 12)
    with work(olga) as db:
        _, made = apply_sheet(db, other, content, trial.fingerprint)
    now = table(olga, other)
    assert made.cells == 1
    assert now.prices[now.plans[0].id][0].tolist() == [12_000, 10_000, 10_000]
    assert now.restrictions(now.plans[0])["closed"][0].tolist() == [1, -1, -1]
    with work(olga) as db:
        assert made.change_id
        undo_change(db, made.change_id)
    assert table(olga, other).prices[now.plans[0].id][0].tolist() == [10_000] * 3


def test_every_row_says_what_it_would_do_or_why_not(olga: Actor, house: UUID) -> None:
    change(olga, house, price=12_000, max_stay=3)
    rows = (
        "Double;FLEX;2027-06-01;130,00;;",
        "Double;FLEX;2027-06-01;140,00;;",
        "Double;FLEX;2027-06-02;-;2;yes",
        "Suite;FLEX;2027-06-01;1;;",
        "Double;GONE;2027-06-01;1;;",
        "Double;NR;2027-06-01;1;;",
        "single;flex;2027-06-01;;9;",
        "Double;FLEX;2027-06-03;;;",
    )
    content = "\n".join(("room_type;plan;date;price;min_stay;closed", *rows)).encode()
    trial = tried(olga, house, content)
    said = {row.number: words(row, "EUR", "en") for row in trial.rows}
    assert said == {
        2: "price €120.00 → €130.00",
        3: "A row above speaks of the same night already.",
        4: "min. stay — → 2, closed — → yes",
        5: "There is no room type of this name.",
        6: "There is no rate plan with this code.",
        7: "Non-refundable follows Flexible: change it there, or change its formula.",
        8: "min. stay — → 9",
        9: "",
    }
    with work(olga) as db:
        _, made = apply_sheet(db, house, content, trial.fingerprint)
    assert made.cells == trial.changing == 3


def test_what_changed_since_the_trial_stops_it(olga: Actor, house: UUID) -> None:
    content = b"room_type,plan,date,price\nDouble,FLEX,2027-06-01,130\n"
    trial = tried(olga, house, content)
    change(olga, house, price=12_000)
    with work(olga) as db, pytest.raises(NotAsTried):
        apply_sheet(db, house, content, trial.fingerprint)
    now = table(olga, house)
    assert now.prices[now.plans[0].id][0].tolist()[0] == 12_000


def test_others_get_nothing_and_change_nothing(cast: Cast, house: UUID) -> None:
    content = b"room_type,plan,date,price\nDouble,FLEX,2027-06-01,130\n"
    elsewhere = replace(cast.olga, property_ids=frozenset({a_property(cast.olga, "Hillside")}))
    for stranger in (cast.otto, elsewhere):
        with work(stranger) as db, pytest.raises(NotFound):
            export(db, house, FIRST, END, "csv")
        with work(stranger) as db, pytest.raises(NotFound):
            try_sheet(db, house, content)
    with work(cast.rita) as db:
        assert export(db, house, FIRST, FIRST + timedelta(days=1), "csv")
        with pytest.raises(NotPermitted):
            try_sheet(db, house, content)


def beyond(actor: Actor, house: UUID) -> list[int]:
    now = table(actor, house)
    assert now.board.house is not None
    assert now.board.house.beyond is not None
    return now.board.house.beyond[now.board.row(now.types[0].id)].tolist()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_overbooking_goes_out_and_comes_in(olga: Actor, house: UUID, form: str) -> None:
    double = table(olga, house).types[0].id
    with work(olga) as db:
        made = allow(db, house, {(double, FIRST): 2})
        content = export(db, house, FIRST, END, form)
    with work(olga) as db:
        assert made.change_id
        undo(db, made.change_id)
    trial = tried(olga, house, content)
    assert [words(row, "EUR", "en") for row in trial.rows if row.changes] == ["overbooking 0 → 2"]
    with work(olga) as db:
        _, done = apply_sheet(db, house, content, trial.fingerprint)
    assert beyond(olga, house) == [2, 0, 0]
    with work(olga) as db:
        assert done.change_id
        undo(db, done.change_id)
    assert beyond(olga, house) == [0, 0, 0]


def test_prices_and_overbooking_of_one_file_are_one_change(olga: Actor, house: UUID) -> None:
    content = (
        b"room_type,plan,date,price,overbooking\nDouble,FLEX,2027-06-01,130,\nDouble,,2027-06-01,,1\nDouble,,2027-06-02,,-\n"
    )
    trial = tried(olga, house, content)
    with work(olga) as db:
        _, made = apply_sheet(db, house, content, trial.fingerprint)
    assert (trial.changing, made.cells, beyond(olga, house)) == (2, 2, [1, 0, 0])
    with work(olga) as db:
        assert made.change_id
        back = undo(db, made.change_id)
        lines, _ = changes(db, house)
    assert (back.cells, beyond(olga, house)) == (2, [0, 0, 0])
    assert [(line.id, line.cells, line.overbooking_nights, line.undone_by) for line in lines] == [
        (back.change_id, 1, 1, None),
        (made.change_id, 1, 1, back.change_id),
    ]


def test_the_list_says_how_many_nights_of_overbooking_a_change_set_and_between_which(olga: Actor, house: UUID) -> None:
    content = (
        b"room_type,plan,date,price,overbooking\nDouble,FLEX,2027-06-02,130,\nDouble,,2027-06-01,,1\nSingle,,2027-06-03,,1\n"
    )
    with work(olga) as db:
        apply_sheet(db, house, content, try_sheet(db, house, content).fingerprint)
    change(olga, house, price=12_000)
    with work(olga) as db:
        lines, _ = changes(db, house)
    assert [(line.cells, line.overbooking_nights, line.first, line.last) for line in lines] == [
        (1, 0, FIRST, FIRST),
        (1, 2, FIRST, END - timedelta(days=1)),
    ]


def test_rows_say_why_they_do_not_overbook(olga: Actor, house: UUID) -> None:
    content = "\n".join(
        (
            "room_type;plan;date;price;overbooking",
            "Double;FLEX;2027-06-01;;1",
            "Double;;2027-06-01;100;1",
            "Double;;2027-06-01;;4",
            "Double;;2027-06-01;;1",
            "Double;;2027-06-02;;x",
        )
    ).encode()
    assert [words(row, "EUR", "en") for row in tried(olga, house, content).rows] == [
        "Overbooking is the room type's: give it a row without a plan.",
        "Overbooking is the room type's: give it a row without a plan.",
        "On 1 Jun there are 3 rooms: no more than that can be sold beyond them.",
        "A row above speaks of the same night already.",
        "A number of nights or days cannot be read.",
    ]
    prices_only = olga.without("reservation.oversell")
    row = tried(prices_only, house, b"room_type,plan,date,overbooking\nDouble,,2027-06-01,1\n").rows[0]
    assert row.problem == NotPermitted().say("en")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_channels_have_of_their_own_goes_out_and_comes_in(olga: Actor, house: UUID, form: str) -> None:
    now = table(olga, house)
    cell = now.plans[0].id, now.types[0].id, FIRST
    with work(olga) as db:
        change_cells(db, house, [Edit(cell, {"price": 12_000}), Edit(cell, {"price": 9_000, "closed": True}, channel="airbnb")])
        content = export(db, house, FIRST, END, form)
    trial = tried(olga, house, content)
    assert (len(trial.rows), trial.changing, trial.refused) == (19, 0, [])
    with work(olga) as db:
        change_cells(db, house, [Edit(cell, {"price": 8_000, "closed": None}, channel="airbnb"), Edit(cell, {"price": None})])
    trial = tried(olga, house, content)
    changing = [row for row in trial.rows if row.changes]
    assert [row.channel for row in changing] == ["", "airbnb"]
    assert words(changing[1], "EUR", "en") == "Airbnb: price €80.00 → €90.00, closed — → yes"
    with work(olga) as db:
        _, made = apply_sheet(db, house, content, trial.fingerprint)
    board = table(olga, house).board
    assert made.cells == 2
    assert (board.filled(cell[0], "price", "airbnb")[0, 0], board.filled(cell[0], "closed", "airbnb")[0, 0]) == (9_000, 1)
    assert board.filled(cell[0], "price")[0, 0] == 12_000


def test_a_file_of_a_house_without_any_has_no_column_for_channels(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        assert b"channel" not in export(db, house, FIRST, END, "csv")


def test_a_row_may_call_a_channel_by_its_name_and_overbooking_has_none(olga: Actor, house: UUID) -> None:
    name, code = table(olga, house).types[0].name, table(olga, house).plans[0].code
    rows = [
        "room_type,plan,date,channel,min_stay,overbooking",
        f"{name},{code},{FIRST},Booking.com,3,",
        f"{name},{code},{FIRST},,2,",
        f"{name},,{FIRST},expedia,,1",
    ]
    trial = tried(olga, house, "\n".join(rows).encode())
    assert [(edit.channel, edit.values) for edit in trial.edits] == [("booking_com", {"min_stay": 3}), ("", {"min_stay": 2})]
    assert [row.problem for row in trial.refused] == ["Overbooking is the same on every channel."]


def test_a_channel_is_known_in_any_language_and_a_misspelt_one_is_refused_by_name(olga: Actor, house: UUID) -> None:
    name, plan = table(olga, house).types[0].name, table(olga, house).plans[0]
    with work(olga) as db:
        own = {"channels": ["Fair2027", "desk"], "markups": {"club": {"percent": 100}}}
        create_plan(db, house, PlanFields("FAIR", "Fair", parent_id=plan.id, **own))
    given = ("BOOKING_COM", "Rezeption", "registratūra", "agoda", "fair2027", "Club", "api", "bookng.com", "Airbnb!")
    nights = [FIRST + timedelta(days=n) for n in range(len(given))]
    rows = [f"{name},{plan.code},{night},{one},3" for night, one in zip(nights, given, strict=True)]
    trial = tried(olga, house, "\n".join(["room_type,plan,date,channel,min_stay", *rows]).encode())
    assert [edit.channel for edit in trial.edits] == ["booking_com", "desk", "desk", "agoda", "Fair2027", "club", "api"]
    assert [row.problem for row in trial.refused] == [NoSuchChannel(channel=one).say("en") for one in given[-2:]]
    assert "bookng.com" in trial.refused[0].problem
