"""The rates grid without a browser: what a tab holds, what a change sends, edits, and what hostile arguments do."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import uuid4

import pytest
from reflex.istate.data import RouterData

from pms.inventory.allowance import take_back
from pms.kernel import dates
from pms.kernel.formats import day_short
from pms.kernel.refusals import NothingToUndo, NotPermitted
from pms.properties.room_type import RoomTypeFields, change
from pms.rates.plans import PlanFields, create_plan
from pms.reservations.blocks import place_block
from pms.reservations.move import change_dates
from pms.ui.calendar.rows import day_number, key_of
from pms.ui.rates import sheet
from pms.ui.rates.edits import Edits
from pms.ui.rates.state import Rates
from pms.ui.shell import Session
from pms.ui.shell.session import House
from tests.builders import Cast
from tests.states.hotel import ZONE, Feed, Hotel
from tests.states.priced import Priced, change_of_plan, hear, opened, row, shown, type_row
from tests.states.tab import Tab, said


@pytest.fixture
def hotel(cast: Cast) -> Priced:
    return Priced(cast)


CHANGES: dict[str, Callable[[Priced], object]] = {
    "a price": lambda h: h.fill(price=12_345),
    "many prices": lambda h: h.fill(0, 40, price=9_900),
    "a restriction": lambda h: h.fill(3, 2, min_stay=3, closed_arrival=True),
    "a derived plan closed": lambda h: h.fill(2, 1, h.strict, closed=True),
    "a booking": lambda h: h.book(2, 3, h.doubles[0]),
    "a booking that makes a rule hold": lambda h: [h.book(2, 2, unit) for unit in h.doubles[:2]],
    "other dates": lambda h: h.work(change_dates, h.book(1, 2).stays[0].id, None, h.day(1), h.day(6)),
    "an allowance": lambda h: h.allow(1, 3),
    "an allowance taken back": lambda h: h.work(take_back, h.allow(1, 3), actor=h.cast.olga) and h.allow(1, 2),
    "a block": lambda h: h.work(place_block, h.doubles[2], h.day(1), h.day(4), "out_of_order", "Paint"),
    "a plan's formula": lambda h: change_of_plan(h, percent=-2_000),
    "an amount of a plan": lambda h: change_of_plan(h, amount=500),
    "a new plan": lambda h: h.work(create_plan, h.id, PlanFields("X", "Extra"), actor=h.cast.olga),
    "a base price": lambda h: h.work(
        change, h.double, None, RoomTypeFields("Double", base_price=20_000), actor=h.cast.olga
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
async def test_after_live_updates_a_tab_shows_what_a_fresh_one_shows(hotel: Priced, what: str) -> None:
    watching, feed = await opened(hotel), Feed()
    before = shown(watching)
    CHANGES[what](hotel)
    assert hear(watching, hotel, feed)
    after = shown(watching)
    assert after == shown(await opened(hotel))
    assert after != before, "the change is one that shows"


async def test_prices_follow_their_parents_and_say_how(hotel: Priced) -> None:
    hotel.fill(1, price=12_345)
    tab = await opened(hotel)
    assert row(tab, "Flexible")[:2] == ["100", "123.45!m!!1"]
    assert row(tab, "Strict")[:2] == ["90", "111.10"]
    heads = [head for _, head, _ in shown(tab)["lines"].values()]
    assert [head[1] for head in heads] == ["t", "m", "d", "t", "m", "d"]
    assert heads[2][3] == "Flexible −10%"


async def test_sold_and_limit_stand_in_the_header_of_a_type(hotel: Priced) -> None:
    for unit in hotel.doubles:
        hotel.book(1, 1, unit)
    tab = await opened(hotel)
    header = next(cells for _, head, cells in shown(tab)["lines"].values() if head[1] == "t")
    assert header[:2] == ["0/3", "3/3!z"]


async def test_what_may_be_sold_beyond_the_house_counts_into_the_limit(hotel: Priced) -> None:
    hotel.allow(1, 2)
    for unit in [*hotel.doubles, None]:
        hotel.book(1, 1, unit)
    tab = await opened(hotel)
    assert type_row(tab)[:3] == ["0/3", "4/4!z!!1", "0/4!!!1"]
    assert "s" in row(tab, "Flexible")[1].split("!")[1]
    await tab.call(Edits.allow, [hotel.sold(1, 1)], "0")
    assert type_row(tab)[1] == "4/3!v", "less than is sold is oversold"


async def test_an_allowance_is_typed_undone_and_done_again(hotel: Priced) -> None:
    tab = await opened(hotel)
    answer = said(await tab.call(Edits.allow, [hotel.sold()], "2"))
    assert "1 cell changed" in answer
    assert "Undo" in answer
    assert type_row(tab)[1] == "0/5!!!2"
    await tab.call(Edits.take_back, str(tab.state(Edits)._done[-1][1]))
    assert type_row(tab)[1] == "0/3"
    await tab.call(Edits.do_again)
    assert type_row(tab)[1] == "0/5!!!2"
    assert "a moment ago: it is 2 now" in said(await tab.call(Edits.allow, [hotel.sold(1, 1)], "3"))
    assert "there are 3 rooms" in said(await tab.call(Edits.allow, [hotel.sold(1, 2)], "4"))
    assert type_row(tab)[1] == "0/5!!!2"


class Tomorrow(datetime):
    """A clock that is a day ahead."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + timedelta(days=1)


async def test_after_midnight_the_day_that_ended_is_past_though_nothing_happened(
    hotel: Priced, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = await opened(hotel)
    assert (tab.state(Rates).today, row(tab, "Flexible")[:2]) == (day_number(hotel.day(0)), ["100", "100"])
    monkeypatch.setattr(dates, "datetime", Tomorrow)
    grid = tab.state(Rates)
    assert grid._window is not None
    grid._put(sheet.load_more(hotel.cast.olga, grid._window))
    assert tab.state(Rates).today == day_number(hotel.day(1))
    assert row(tab, "Flexible")[:2] == ["100!p", "100"]


async def test_undo_says_which_cells_it_left_because_they_would_cross(hotel: Priced) -> None:
    tab = await opened(hotel)
    await tab.call(Edits.rule, "min_stay", [hotel.cell(n) for n in (1, 2)], "5")
    await tab.call(Edits.rule, "min_stay", [hotel.cell(n, version=1) for n in (1, 2)], "")
    hotel.fill(1, max_stay=3)
    answer = said(await tab.call(Edits.take_back, str(tab.state(Edits)._done[-1][1])))
    assert "Taken back: 1 cell" in answer
    assert f"1 cell stays: the minimum would be above the maximum (Double, Flexible, {day_short(hotel.day(1), 'en')})." in answer


async def test_cells_of_plans_stand_for_the_nights_of_their_room_type(hotel: Priced) -> None:
    tab = await opened(hotel)
    cells = [hotel.cell(n, plan) for n in (1, 2) for plan in (hotel.flexible, hotel.strict)]
    assert "2 cells changed" in said(await tab.call(Edits.allow, cells, "1"))
    assert type_row(tab)[:4] == ["0/3", "0/4!!!1", "0/4!!!1", "0/3"]


async def test_one_changed_cell_sends_little(hotel: Priced) -> None:
    for n in range(8):
        hotel.work(
            create_plan, hotel.id, PlanFields(f"P{n}", f"P{n}", parent_id=hotel.flexible, percent=-n), actor=hotel.cast.olga
        )
    tab, feed = await opened(hotel, address="days=31"), Feed()
    tab.delta()
    hotel.fill(5, price=12_345)
    hear(tab, hotel, feed)
    assert 500 < len(json.dumps(tab.delta(), default=str)) < 4_000


async def test_what_lies_outside_the_days_shown_is_not_heard(hotel: Priced) -> None:
    tab, feed = await opened(hotel), Feed()
    hotel.fill(200, price=9_000)
    hotel.book(200, 2)
    other = Priced(hotel.cast)
    other.fill(1, price=9_000)
    assert hear(tab, hotel, feed) == []


async def test_a_typed_price_shows_at_once_and_is_undone_and_done_again(hotel: Priced) -> None:
    tab = await opened(hotel)
    answer = await tab.call(Edits.put, [hotel.cell()], ["1,234.50"])
    assert row(tab, "Flexible")[1] == "1234.50!m!!1"
    assert tab.state(Edits).answer == ["1", "ok"]
    assert "Undo" in said(answer)
    await tab.call(Edits.take_back, str(tab.state(Edits)._done[-1][1]))
    assert row(tab, "Flexible")[1] == "100!!!2"
    await tab.call(Edits.do_again)
    assert row(tab, "Flexible")[1] == "1234.50!m!!3"
    await tab.call(Edits.put, [hotel.cell(version=3)], [""])
    assert row(tab, "Flexible")[1] == "100!!!4", "an empty text gives the price back to the rules"


async def test_undo_and_do_again_speak_of_the_property_that_is_shown(hotel: Priced) -> None:
    other = Hotel(hotel.cast)
    tab = await opened(hotel, address=f"property={hotel.id}")
    session = tab.state(Session)
    session.houses = [*session.houses, House(str(other.id), "Other", "", ZONE)]
    await tab.call(Edits.put, [hotel.cell()], ["120"])
    session._settle(str(other.id))
    await tab.call(Rates.load)
    assert "nothing to undo" in said(await tab.call(Edits.take_back_last))
    session._settle(str(hotel.id))
    await tab.call(Rates.load)
    assert row(tab, "Flexible")[1].startswith("120"), "the other property's keys left it alone"
    assert "Taken back: 1 cell" in said(await tab.call(Edits.take_back_last))
    session._settle(str(other.id))
    await tab.call(Rates.load)
    assert "nothing to do again" in said(await tab.call(Edits.do_again))


async def test_a_change_that_cannot_be_undone_bars_nobody_from_undoing_the_one_before(hotel: Priced) -> None:
    tab = await opened(hotel)
    await tab.call(Edits.put, [hotel.cell(1)], ["120"])
    await tab.call(Edits.put, [hotel.cell(2)], ["130"])
    hotel.fill(2, price=14_000)
    assert NothingToUndo().say("en") in said(await tab.call(Edits.take_back_last))
    assert "Taken back: 1 cell" in said(await tab.call(Edits.take_back_last))
    assert not row(tab, "Flexible")[1].startswith("120")
    assert row(tab, "Flexible")[2].startswith("140")
    assert "nothing to undo" in said(await tab.call(Edits.take_back_last))


async def test_who_was_slower_is_told_by_whom_and_sees_the_new_price(hotel: Priced) -> None:
    tab = await opened(hotel)
    hotel.fill(1, price=7_700)
    answer = said(await tab.call(Edits.put, [hotel.cell(version=0)], ["99"]))
    assert "Olga Owner changed this cell" in answer
    assert "77.00" in answer
    assert row(tab, "Flexible")[1] == "77!m!!1"
    assert tab.state(Edits).answer == ["1", "no"]


async def test_pasting_over_derived_rows_changes_the_others(hotel: Priced) -> None:
    tab = await opened(hotel)
    answer = said(await tab.call(Edits.put, [hotel.cell(), hotel.cell(plan=hotel.strict)], ["120", "90"]))
    assert "1 cell changed" in answer
    assert "1 cell follows another plan" in answer
    assert row(tab, "Strict")[1] == "108"


async def test_keys_switch_restrictions_and_back(hotel: Priced) -> None:
    tab = await opened(hotel)
    cells = [hotel.cell(1), hotel.cell(2)]
    await tab.call(Edits.rule, "closed", cells, "")
    assert [one.split("!")[1] for one in row(tab, "Flexible")[1:3]] == ["c", "c"]
    assert row(tab, "Strict")[1] == "90!c", "what is closed above is closed below"
    await tab.call(Edits.rule, "closed", [hotel.cell(1, hotel.strict)], "")
    assert row(tab, "Strict")[1] == "90!!!1", "but can be opened there"
    await tab.call(Edits.rule, "closed", [[*one[:2], 1] for one in cells], "")
    assert row(tab, "Flexible")[1] == "100!!!2"
    await tab.call(Edits.rule, "min_stay", [hotel.cell(3)], "3")
    assert row(tab, "Flexible")[3] == "100!!n3!1"
    assert row(tab, "Strict")[3] == "90!!n3"


async def test_what_was_closed_and_opened_with_the_plan_it_follows_closes_with_that_the_next_time(hotel: Priced) -> None:
    tab = await opened(hotel)
    for version in (0, 1):
        await tab.call(Edits.rule, "closed", [hotel.cell(1, plan, version) for plan in (hotel.flexible, hotel.strict)], "")
    assert (row(tab, "Flexible")[1], row(tab, "Strict")[1]) == ("100!!!2", "90!!!2")
    await tab.call(Edits.rule, "closed", [hotel.cell(1, version=2)], "")
    assert row(tab, "Strict")[1] == "90!c!!2"


async def test_what_is_pasted_into_a_plan_and_the_one_it_follows_holds_for_each(hotel: Priced) -> None:
    tab = await opened(hotel)
    hotel.fill(2, closed=True)
    cells = [hotel.cell(n, plan, v) for n, plan, v in ((1, hotel.strict, 0), (1, hotel.flexible, 0), (2, hotel.flexible, 1))]
    await tab.call(Edits.put_rules, "closed", [*cells, hotel.cell(2, hotel.strict)], ["no", "yes", "no", "yes"])
    assert [row(tab, plan)[n].split("!")[1] for n in (1, 2) for plan in ("Flexible", "Strict")] == ["c", "", "", "c"]


async def test_restrictions_are_pasted_as_a_spreadsheet_has_them_and_undone_in_one_step(hotel: Priced) -> None:
    tab = await opened(hotel)
    hotel.fill(3, min_stay=5)
    cells = [hotel.cell(1), hotel.cell(2), hotel.cell(3, version=1)]
    answer = said(await tab.call(Edits.put_rules, "min_stay", cells, ["2", "3", "-"]))
    assert "3 cells changed" in answer
    assert [one.split("!")[2:3] for one in row(tab, "Flexible")[1:4]] == [["n2"], ["n3"], [""]]
    assert len(tab.state(Edits)._done) == 1
    await tab.call(Edits.take_back, str(tab.state(Edits)._done[0][1]))
    assert [one.split("!")[2:3] for one in row(tab, "Flexible")[1:4]] == [[""], [""], ["n5"]]
    await tab.call(Edits.put_rules, "max_advance", [hotel.cell(5)], ["0"])
    assert row(tab, "Flexible")[5].split("!")[2] == "F0", "to be sold on the day alone is a rule, not the lack of one"


async def test_what_is_closed_is_pasted_as_yes_and_no_to_derived_plans_too(hotel: Priced) -> None:
    tab = await opened(hotel)
    hotel.fill(1, closed=True)
    cells = [hotel.cell(1, version=1), hotel.cell(2), hotel.cell(1, hotel.strict), hotel.cell(2, hotel.strict)]
    await tab.call(Edits.put_rules, "closed", cells, ["yes", "taip", "no", "Yes"])
    assert ["c" in one.split("!", 2)[1] for one in row(tab, "Flexible")[1:3]] == [True, True]
    assert ["c" in [*one.split("!"), ""][1] for one in row(tab, "Strict")[1:3]] == [False, True]


async def test_stays_pasted_over_derived_rows_leave_them_and_say_so(hotel: Priced) -> None:
    tab = await opened(hotel)
    answer = said(await tab.call(Edits.put_rules, "max_stay", [hotel.cell(), hotel.cell(plan=hotel.strict)], ["7", "9"]))
    assert "1 cell changed" in answer
    assert "1 cell follows another plan" in answer
    assert row(tab, "Strict")[1] == "90!!x7"


@pytest.mark.parametrize(
    ("what", "text", "why"),
    [
        ("min_stay", "98.56", "“98.56” is no number of nights or days"),
        ("max_stay", "yes", "“yes” is no number of nights or days"),
        ("min_stay", "900", "“900” is no number of nights or days"),
        ("closed", "112", "“112” is neither yes nor no"),
        ("closed_arrival", "perhaps", "“perhaps” is neither yes nor no"),
    ],
)
async def test_of_what_does_not_fit_nothing_is_pasted(hotel: Priced, what: str, text: str, why: str) -> None:
    tab = await opened(hotel)
    before = shown(tab)
    good = "2" if "stay" in what else "yes"
    assert why in said(await tab.call(Edits.put_rules, what, [hotel.cell(1), hotel.cell(2)], [good, text]))
    assert shown(tab) == before


async def test_what_is_too_large_to_be_pasted_is_said_to_be(hotel: Priced) -> None:
    assert "nothing was pasted" in said(await (await opened(hotel)).call(Edits.too_large))


async def test_a_text_longer_than_any_price_is_said_to_be_and_what_was_being_saved_is_let_go(hotel: Priced) -> None:
    tab = await opened(hotel)
    assert "nothing was pasted" in said(await tab.call(Edits.too_long))
    key, day, _ = hotel.cell()
    for n, (handler, arguments) in enumerate(
        (
            (Edits.put, ([hotel.cell()], ["1" * 41])),
            (Edits.put_rules, ("min_stay", [hotel.cell()], ["1" * 41])),
            (Edits.rule, ("min_stay", [hotel.cell()], "1" * 41)),
            (Edits.allow, ([hotel.sold()], "1" * 41)),
            (Edits.paste, ("price", key, day, [["1" * 41]], [])),
        ),
        start=1,
    ):
        assert said(await tab.call(handler, *arguments))
        assert tab.state(Edits).answer == [str(n), "no"], "the browser waits for the next answer"


async def test_what_is_typed_copied_and_filled_is_always_in_sight(hotel: Priced) -> None:
    tab = await opened(hotel)
    grid = tab.state(Rates)
    assert (grid.view, grid.layer) == ("rules", "price")
    await tab.call(Rates.look_as, "availability")
    assert grid.layer == "closed", "prices are not shown there"
    await tab.call(Rates.act_on, "min_stay")
    await tab.call(Rates.look_as, "prices")
    assert grid.layer == "price"
    await tab.call(Rates.act_on, "min_stay")
    assert grid.view == "rules"
    await tab.call(Rates.look_as, "availability")
    await tab.call(Rates.act_on, "price")
    assert grid.view == "rules"


async def test_who_may_not_change_rates_sees_them_and_is_refused(hotel: Priced) -> None:
    tab = await opened(hotel, actor=hotel.cast.rita)
    before = shown(tab)
    assert NotPermitted().say("en") in said(await tab.call(Edits.put, [hotel.cell()], ["1"]))
    assert NotPermitted().say("en") in said(await tab.call(Edits.allow, [hotel.sold()], "1"))
    assert shown(tab) == before


@pytest.mark.parametrize(
    ("handler", "arguments"),
    [
        (Edits.put, ([["p" + "x" * 44, 20_000, 0]], ["1"])),
        (Edits.put, ([["t", 20_000, 0]], ["1"])),
        (Edits.put, ([], [])),
        (Edits.rule, ("price", [["p", 1, 0]], "")),
        (Edits.put_rules, ("price", [["p", 1, 0]], ["1"])),
        (Edits.put_rules, ("min_stay", [["t", 20_000, 0]], ["1"])),
        (Rates.act_on, ("overbooking",)),
        (Edits.allow, ([["t" + "x" * 22, 20_000, 0]], "1")),
        (Edits.allow, ([["t", 20_000, 0]], "1")),
        (Edits.allow, ([], "1")),
        (Edits.take_back, (str(uuid4()),)),
        (Rates.look, (-1, 10)),
        (Rates.zoom_to, (3,)),
        (Rates.look_as, ("everything",)),
    ],
)
async def test_odd_arguments_are_refused(hotel: Priced, handler: Any, arguments: tuple[Any, ...]) -> None:
    tab = await opened(hotel)
    before = shown(tab)
    assert said(await tab.call(handler, *arguments))
    assert shown(tab) == before


async def test_a_filter_and_a_fold_show_fewer_rows(hotel: Priced) -> None:
    tab = await opened(hotel, address=f"types={key_of(hotel.double)}&view=prices")
    assert tab.state(Rates).count == 3
    await tab.call(Rates.filter_plan, key_of(hotel.strict))
    assert [head[2] for _, head, _ in shown(tab)["lines"].values()] == ["Double", "Strict"]
    await tab.call(Rates.clear_filters)
    await tab.call(Rates.fold, key_of(hotel.double))
    assert tab.state(Rates).count == 4


async def _typed(tab: Tab, address: str) -> Any:
    """Another address in the same tab; the grid as it is then."""
    tab.root.router_data["asPath"] = f"/rates?{address}"
    tab.root.router = RouterData.from_router_data(tab.root.router_data)
    await tab.call(Rates.load)
    return tab.state(Rates)


async def test_an_address_typed_into_a_tab_that_shows_the_grid_is_followed_and_the_rest_stays(hotel: Priced) -> None:
    tab = await opened(hotel, address=f"types={key_of(hotel.double)}&date={hotel.day(5)}")
    grid = await _typed(tab, "days=31")
    assert (grid.zoom, len(grid.days), grid.first) == (31, 31, day_number(hotel.day(5)))
    assert grid.only_types == [key_of(hotel.double)]
    grid = await _typed(tab, f"date={hotel.day(40)}&view=prices&types=none")
    assert (grid.zoom, grid.first, grid.view, grid.only_types) == (31, day_number(hotel.day(40)), "prices", [])
    grid = await _typed(tab, "days=3&view=odd&date=never")
    assert (grid.zoom, grid.first, grid.view) == (31, day_number(hotel.day(40)), "prices")


async def test_an_address_may_name_another_property_and_filters_of_one_are_not_those_of_the_other(hotel: Priced) -> None:
    other = Hotel(hotel.cast)
    tab = await opened(hotel, address=f"property={hotel.id}&types={key_of(hotel.double)}")
    session = tab.state(Session)
    session.houses = [*session.houses, House(str(other.id), "Other", "", ZONE)]
    grid = await _typed(tab, f"property={other.id}")
    assert (session.house, grid.only_types, grid.types[0][0]) == (str(other.id), [], key_of(other.double))
    session._settle(str(hotel.id))
    grid = await _typed(tab, f"property={other.id}&types={key_of(other.double)}")
    assert (session.house, grid.only_types) == (str(hotel.id), []), "chosen in the switcher, the address comes after"


async def test_a_phone_holds_one_day_of_the_same_rows(hotel: Priced) -> None:
    tab = await opened(hotel)
    await tab.call(Rates.turned, True)
    assert [len(cells) for _, _, cells in shown(tab)["lines"].values()] == [1] * 6
    await tab.call(Rates.forth)
    assert tab.state(Rates).first == day_number(hotel.day(1))
