""" "Change many" without a browser, for all channels and for single ones."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from pms.rates.cells import Edit, change_cells
from pms.rates.plans import PlanFields, change_plan, create_plan
from pms.ui.calendar.rows import key_of
from pms.ui.rates.edits import Edits
from pms.ui.rates.many_state import ManyBox
from pms.ui.rates.why_state import Why
from tests.builders import Cast
from tests.states.hotel import Feed
from tests.states.priced import Priced, change_of_plan, hear, opened, row, shown, type_row
from tests.states.tab import Tab, said


@pytest.fixture
def hotel(cast: Cast) -> Priced:
    return Priced(cast)


async def test_change_many_allows_and_says_what_it_oversells(hotel: Priced) -> None:
    hotel.allow(1, 9)
    for unit in [*hotel.doubles, None]:
        hotel.book(1, 1, unit)
    tab = await opened(hotel)
    await tab.call(ManyBox.begin)
    box = tab.state(ManyBox)
    await tab.call(ManyBox.choose_field, "overbooking")
    await tab.call(ManyBox.type_value, "0")
    await tab.call(ManyBox.set_range, 0, 1, hotel.day(9).isoformat())
    assert (box.cells, box.said) == (9, "Changes 9 cells, oversells 1. Undone as one step.")
    assert "1 night is oversold now" in said(await tab.call(ManyBox.do))
    assert type_row(tab)[:3] == ["0/3", "4/3!v", "0/3"]
    await tab.call(Edits.take_back, str(tab.state(Edits)._done[-1][1]))
    assert type_row(tab)[1] == "4/4!z!!1"


async def test_change_many_counts_first_and_does_what_it_counted(hotel: Priced) -> None:
    hotel.fill(0, 3, closed=True)
    tab = await opened(hotel)
    await tab.call(ManyBox.begin)
    box = tab.state(ManyBox)
    await tab.call(ManyBox.choose_field, "closed")
    await tab.call(ManyBox.tick_plan, key_of(hotel.strict))
    await tab.call(ManyBox.set_range, 0, 1, hotel.day(9).isoformat())
    assert (box.cells, box.said) == (17, "Changes 17 cells, closes 17. Undone as one step.")
    answer = said(await tab.call(ManyBox.do))
    assert "17 cells changed" in answer
    assert not box.open
    await tab.call(Edits.take_back, str(tab.state(Edits)._done[-1][1]))
    assert [one.split("!")[1:2] for one in row(tab, "Flexible")[:5]] == [["c"], ["c"], ["c"], [""], [""]]


async def test_change_many_says_what_is_wrong_where_it_is(hotel: Priced) -> None:
    tab = await opened(hotel)
    await tab.call(ManyBox.begin)
    box = tab.state(ManyBox)
    await tab.call(ManyBox.type_value, "much")
    assert set(box.errors) == {"value"}
    await tab.call(ManyBox.type_value, "8")
    assert box.cells == 28
    await tab.call(ManyBox.set_range, 0, 0, "2030-13-01")
    assert set(box.errors) == {"ranges"}
    assert await tab.call(ManyBox.do) == []
    assert tab.state(Edits)._done == []


async def test_change_many_promises_no_more_cells_than_can_be_changed_at_a_time(hotel: Priced) -> None:
    kiosks = [f"kiosk {n}" for n in range(50)]
    hotel.work(create_plan, hotel.id, PlanFields("K", "Kiosks", channels=kiosks), actor=hotel.cast.olga)
    tab = await opened(hotel)
    await tab.call(ManyBox.begin)
    await tab.call(ManyBox.choose_field, "closed")
    await tab.call(ManyBox.set_range, 0, 1, hotel.day(364).isoformat())
    box = tab.state(ManyBox)
    await _only(tab, "")
    await tab.call(ManyBox.tick_channel, "desk")
    assert box.errors == {"form": "These are 115,340 cells, and 100,000 can be changed at a time: take fewer of them."}
    assert (box.cells, box.said) == (0, "")
    await tab.call(ManyBox.tick_plan, key_of(hotel.strict))
    assert (box.cells, box.errors) == (75_920, {})


async def test_change_many_says_how_many_cells_stay_where_saving_would_refuse(hotel: Priced) -> None:
    hotel.fill(1, max_stay=3)
    _own(hotel, 2, max_stay=2)
    tab = await opened(hotel)
    await tab.call(ManyBox.begin)
    box = tab.state(ManyBox)
    await tab.call(ManyBox.choose_field, "min_stay")
    await tab.call(ManyBox.tick_plan, key_of(hotel.strict))
    await tab.call(ManyBox.tick_type, key_of(hotel.suite))
    await tab.call(ManyBox.type_value, "4")
    crossed = "2 cells stay: their minimum would be above their maximum."
    assert (box.cells, box.said) == (12, f"Changes 12 cells. Undone as one step. {crossed}")
    assert "12 cells changed" in said(await tab.call(ManyBox.do))
    await tab.call(ManyBox.begin)
    await tab.call(ManyBox.choose_field, "min_stay")
    await tab.call(ManyBox.tick_plan, key_of(hotel.strict))
    await tab.call(ManyBox.tick_type, key_of(hotel.suite))
    await tab.call(ManyBox.type_value, "4")
    assert (box.cells, box.said) == (0, f"Changes nothing. {crossed}")


async def test_change_many_without_having_been_opened_asks_for_dates(hotel: Priced) -> None:
    tab = await opened(hotel)
    await tab.call(ManyBox.choose_how, "clear")
    assert set(tab.state(ManyBox).errors) == {"ranges"}


HERE = "booking_com"


def _own(hotel: Priced, n: int = 1, channel: str = HERE, plan: UUID | None = None, **values: Any) -> None:
    cell = plan or hotel.flexible, hotel.double, hotel.day(n)
    hotel.work(change_cells, hotel.id, [Edit(cell, values, channel=channel)], actor=hotel.cast.olga)


async def _only(tab: Tab, *codes: str) -> None:
    """Change these channels alone."""
    await tab.call(ManyBox.choose_whom, "some")
    for code in codes:
        await tab.call(ManyBox.tick_channel, code)


async def test_change_many_offers_the_channels_the_house_sells_through(hotel: Priced) -> None:
    change_of_plan(hotel, channels=["desk", "kiosk"])
    tab = await opened(hotel)
    await tab.call(ManyBox.begin)
    box = tab.state(ManyBox)
    assert [code for code, _ in box.every] == ["desk", "website", "booking_com", "expedia", "airbnb", "kiosk"]
    assert box.every[0] == ["desk", "Front desk"]
    assert box.whom == "all"


async def test_change_many_changes_what_some_channels_have_counts_it_and_is_one_step(hotel: Priced) -> None:
    tab, other, feed = await opened(hotel), await opened(hotel), Feed()
    await tab.call(ManyBox.begin)
    box = tab.state(ManyBox)
    await tab.call(ManyBox.choose_field, "closed")
    await _only(tab, HERE, "airbnb")
    await tab.call(ManyBox.set_range, 0, 1, hotel.day(1).isoformat())
    # Two nights, two room types, two plans, two channels.
    assert (box.cells, box.said) == (16, "Changes 16 cells, closes 16. Undone as one step.")
    assert "16 cells changed" in said(await tab.call(ManyBox.do))
    assert [one.split("!")[1:2] for one in row(tab, "Flexible")[:3]] == [["h"], ["h"], []]
    hear(other, hotel, feed)
    assert shown(other) == shown(tab), "others see it at once"
    await tab.call(Edits.take_back, str(tab.state(Edits)._done[-1][1]))
    assert [one.split("!")[1:2] for one in row(tab, "Flexible")[:3]] == [[], [], []]
    assert hear(other, hotel, feed)
    assert shown(other) == shown(tab)


async def test_change_many_of_no_channel_says_so_and_of_all_is_what_all_have(hotel: Priced) -> None:
    _own(hotel, 1, price=9_000)
    tab = await opened(hotel)
    await tab.call(ManyBox.begin)
    box = tab.state(ManyBox)
    await tab.call(ManyBox.type_value, "10")
    assert box.said.endswith("1 value set for a single channel stays as it is.")
    await tab.call(ManyBox.choose_whom, "some")
    assert (set(box.errors), box.cells) == ({"channels"}, 0)
    await tab.call(ManyBox.choose_field, "overbooking")
    await tab.call(ManyBox.type_value, "0")
    assert box.errors == {}, "overbooking is the same on every channel"
    await tab.call(ManyBox.tick_channel, "nowhere")
    assert box.channels == []


async def test_change_many_moves_a_channels_price_from_what_it_shows_with_its_mark_up(hotel: Priced) -> None:
    wanted = PlanFields("FLEX", "Flexible", markups={HERE: {"percent": 2_000, "amount": 0}})
    hotel.work(change_plan, hotel.flexible, None, wanted, actor=hotel.cast.olga)
    tab = await opened(hotel)
    await tab.call(ManyBox.begin)
    await _only(tab, HERE)
    await tab.call(ManyBox.set_range, 0, 1, hotel.day(1).isoformat())
    await tab.call(ManyBox.type_value, "5")
    await tab.call(ManyBox.do)
    await tab.call(Why.ask, *hotel.cell(1)[:2], 10, 10)
    assert tab.state(Why).story.apart == [
        [HERE, "Booking.com", "Price: €126.00 (Price set by hand for Booking.com +€26.00)", "1"]
    ]
    assert row(tab, "Flexible")[1] == "100!h"


async def test_a_cell_says_what_is_other_on_a_channel_and_it_can_be_cleared_there(hotel: Priced) -> None:
    _own(hotel, 1, price=9_000, min_stay=3)
    _own(hotel, 1, channel="expedia", plan=hotel.strict, closed=True)
    tab = await opened(hotel)
    await tab.call(Why.ask, *hotel.cell(1, hotel.strict)[:2], 10, 10)
    story = tab.state(Why).story
    assert story.apart == [
        [
            HERE,
            "Booking.com",
            "Price: €81.00 (Price set by hand for Booking.com −€10.00, Strict −10% −€9.00) · Shortest stay: 3",
            "",
        ],
        ["expedia", "Expedia", "Closed: yes", "1"],
    ], "what comes from the parent is cleared there"
    await tab.call(Why.ask, *hotel.cell(1)[:2], 10, 10)
    story = tab.state(Why).story
    assert story.apart == [
        [HERE, "Booking.com", "Price: €90.00 (Price set by hand for Booking.com −€10.00) · Shortest stay: 3", "1"]
    ]
    assert story.history[0][0] == "Booking.com · Price: not set → €90.00 · Shortest stay: not set → 3"
    assert await tab.call(Why.clear_channel, "airbnb") == []
    answer = said(await tab.call(Why.clear_channel, HERE))
    assert "1 cell changed" in answer
    assert "Undo" in answer
    assert tab.state(Why).story.apart == []
    assert row(tab, "Flexible")[1] == "100"


async def test_what_a_mark_up_makes_of_a_price_is_told_in_the_cell_too(hotel: Priced) -> None:
    wanted = PlanFields("FLEX", "Flexible", markups={HERE: {"percent": 2_000, "amount": 100}})
    hotel.work(change_plan, hotel.flexible, None, wanted, actor=hotel.cast.olga)
    tab = await opened(hotel)
    await tab.call(Why.ask, *hotel.cell(1)[:2], 10, 10)
    assert tab.state(Why).story.apart == [
        [HERE, "Booking.com", "Price: €121.00 (Mark-up of Booking.com +20% +€1.00 +€21.00)", ""]
    ], "nothing is written in the cell that could be cleared"


async def test_from_its_details_a_cell_is_set_for_single_channels(hotel: Priced) -> None:
    _own(hotel, 2, channel="expedia", min_stay=3)
    tab = await opened(hotel)
    await tab.call(ManyBox.begin_here)
    box = tab.state(ManyBox)
    assert not box.open, "no cell's details are shown"
    await tab.call(Why.edit, *hotel.cell(2)[:2])
    await tab.call(ManyBox.begin_here)
    assert (box.open, tab.state(Why).editing, box.whom, box.channels) == (True, False, "some", ["expedia"])
    await tab.call(ManyBox.choose_field, "min_stay")
    await tab.call(ManyBox.type_value, "4")
    assert box.said == "Changes 1 cell. Undone as one step."
    await tab.call(ManyBox.do)
    await tab.call(Why.ask, *hotel.cell(2)[:2], 10, 10)
    assert tab.state(Why).story.apart == [["expedia", "Expedia", "Shortest stay: 4", "2"]]


async def test_every_channel_by_itself_is_not_all_of_them_alike(hotel: Priced) -> None:
    """Each has something of its own in a cell: opened from there it is about each of them."""
    channels = ["desk", "website", "booking_com", "expedia", "airbnb"]
    for code in channels:
        _own(hotel, 2, channel=code, min_stay=3)
    tab = await opened(hotel)
    await tab.call(Why.edit, *hotel.cell(2)[:2])
    await tab.call(ManyBox.begin_here)
    box = tab.state(ManyBox)
    assert (box.whom, sorted(box.channels)) == ("some", sorted(channels))
    await tab.call(ManyBox.choose_field, "min_stay")
    await tab.call(ManyBox.type_value, "4")
    assert box.said == "Changes 5 cells. Undone as one step."
    await tab.call(ManyBox.choose_whom, "all")
    assert box.said == "Changes 1 cell. Undone as one step. 5 values set for single channels stay as they are."


async def test_change_many_opened_again_means_what_it_shows(hotel: Priced) -> None:
    tab = await opened(hotel)
    await tab.call(ManyBox.begin)
    await tab.call(ManyBox.choose_field, "closed")
    await tab.call(ManyBox.close)
    await tab.call(ManyBox.begin)
    box = tab.state(ManyBox)
    assert (box.field, box.value, box.cells) == ("closed", "on", 56)


async def test_who_closes_for_all_is_told_what_single_channels_keep(hotel: Priced) -> None:
    _own(hotel, 1, closed=False)
    _own(hotel, 2, min_stay=3)
    tab = await opened(hotel)
    keeps = "1 value set for a single channel stays as it is."
    assert keeps in said(await tab.call(Edits.rule, "closed", [hotel.cell(1), hotel.cell(2)], ""))
    assert keeps in said(await tab.call(Edits.put_rules, "closed", [hotel.cell(1, version=1)], ["no"]))
    assert keeps in said(await tab.call(Edits.paste, "closed", *hotel.cell(1)[:2], [["yes"]], [hotel.cell(1, version=2)]))
    assert keeps not in said(await tab.call(Edits.put, [hotel.cell(1, version=3)], ["120"])), "its price is everybody's"


async def test_who_clears_what_somebody_else_changed_on_a_channel_meanwhile_is_refused(hotel: Priced) -> None:
    _own(hotel, 1, price=9_000)
    tab = await opened(hotel)
    await tab.call(Why.ask, *hotel.cell(1)[:2], 10, 10)
    _own(hotel, 1, price=9_500)
    assert "Olga Owner changed 1 of these cells" in said(await tab.call(Why.clear_channel, HERE))
    assert tab.state(Why).story.apart[0][2:] == ["Price: €95.00 (Price set by hand for Booking.com −€5.00)", "2"]


async def test_one_changed_cell_of_a_channel_is_small_on_the_wire(hotel: Priced) -> None:
    for n in range(8):
        hotel.work(
            create_plan, hotel.id, PlanFields(f"P{n}", f"P{n}", parent_id=hotel.flexible, percent=-n), actor=hotel.cast.olga
        )
    for n in range(31):
        _own(hotel, n, price=9_000)
    tab, feed = await opened(hotel, address="days=31"), Feed()
    tab.delta()
    hotel.fill(5, price=12_345)
    hear(tab, hotel, feed)
    assert 500 < len(json.dumps(tab.delta(), default=str)) < 4_000
