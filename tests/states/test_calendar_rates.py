"""The calendar's rates mode without a browser: what it shows, costs, and hears; and the plan of a stay in the drawer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Cursor

from pms.rates.cells import Edit, change_cells
from pms.rates.load import house_of
from pms.rates.plans import PlanFields, create_plan
from pms.rates.restrict import Wish
from pms.rates.rules import RuleFields, create_rule
from pms.reservations.blocks import place_block
from pms.reservations.move import move
from pms.reservations.offers import offers
from pms.reservations.resell import agree_prices
from pms.ui.calendar import rows
from pms.ui.calendar.days_state import DAY, Day, DayList
from pms.ui.calendar.drawer_state import CARD, StayDrawer
from pms.ui.calendar.moves import Moves
from pms.ui.calendar.page import Desk
from pms.ui.calendar.state import VIEW, Calendar
from pms.ui.rates.why_state import Why
from tests.states.hotel import Feed, Hotel, hear, shown
from tests.states.tab import Tab, said


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement of this process that is ours."""
    seen: list[str] = []
    execute = Cursor.execute

    def note(self: Cursor, query: object, *args: object, **more: object) -> Cursor:
        seen.append(str(query))
        return execute(self, query, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(psycopg.Cursor, "execute", note)
    return seen  # type: ignore[return-value]


def _flexible(hotel: Hotel) -> UUID:
    found: UUID | None = hotel.work(house_of, hotel.id).default_plan_id
    assert found is not None
    return found


def _plan(hotel: Hotel, **more: Any) -> UUID:
    fields = PlanFields(**{"code": "NR", "name": "Strict", "parent_id": _flexible(hotel), "percent": -1_000, **more})
    plan: UUID = hotel.work(create_plan, hotel.id, fields, actor=hotel.cast.olga).id
    return plan


def _fill(hotel: Hotel, n: int, plan: UUID | None = None, **values: Any) -> None:
    edit = Edit((plan or _flexible(hotel), hotel.double, hotel.day(n)), values)
    hotel.work(change_cells, hotel.id, [edit], actor=hotel.cast.olga)


async def _opened(hotel: Hotel, address: str = "rates=standard", **more: Any) -> Tab:
    tab = hotel.tab(address=address, **more)
    await tab.call(Calendar.load)
    return tab


def _rates(tab: Tab, kind: str = "Double") -> dict[int, str]:
    """The prices of a room type's row, by day number."""
    line = next(one for one in shown(tab)["lines"].values() if one["n"] == kind)
    return {line["c"][0] + n: text for n, text in enumerate(line["r"].split(";"))} if "r" in line else {}


def _at(tab: Tab, hotel: Hotel, n: int, kind: str = "Double") -> str:
    return _rates(tab, kind)[rows.day_number(hotel.day(n))]


async def test_each_day_of_a_type_shows_what_the_standard_plan_asks(hotel: Hotel) -> None:
    _fill(hotel, 2, price=12_050, min_stay=2)
    _fill(hotel, 3, closed=True)
    for unit in hotel.doubles:
        hotel.book(4, 1, unit)
    tab = await _opened(hotel)
    assert [_at(tab, hotel, n) for n in range(1, 5)] == ["100", "120.50!m!n2", "100!c", "100!s"]
    assert _at(tab, hotel, -1).split("!")[1] == "p"
    chart = tab.state(Calendar)
    assert (chart.plan, chart.letters) == (rows.key_of(_flexible(hotel)), 6)


async def test_another_plan_is_chosen_kept_and_switched_off_again(hotel: Hotel) -> None:
    strict = _plan(hotel)
    tab = await _opened(hotel, "")
    chart = tab.state(Calendar)
    assert _rates(tab) == {}
    await tab.call(Calendar.switch_rates)
    assert [name for _, name in chart.plans] == ["Flexible", "Strict"]
    await tab.call(Calendar.choose_plan, rows.key_of(strict))
    assert (_at(tab, hotel, 1), chart.kept_rates) == ("90", rows.key_of(strict))
    await tab.call(Calendar.switch_rates)
    assert (_rates(tab), chart.kept_rates, chart.plans, chart.letters) == ({}, "", [], 0)


async def test_each_day_shows_what_the_desk_sells_and_marks_where_that_is_its_own(hotel: Hotel) -> None:
    _fill(hotel, 1, price=30_000)
    for n, own in ((1, {"price": 25_000}), (2, {"closed": True}), (3, {"min_stay": 2})):
        edit = Edit((_flexible(hotel), hotel.double, hotel.day(n)), own, channel="desk")
        hotel.work(change_cells, hotel.id, [edit], actor=hotel.cast.olga)
    elsewhere = Edit((_flexible(hotel), hotel.double, hotel.day(4)), {"price": 9_900}, channel="airbnb")
    hotel.work(change_cells, hotel.id, [elsewhere], actor=hotel.cast.olga)
    tab = await _opened(hotel)
    assert [_at(tab, hotel, n) for n in range(1, 5)] == ["250!mh", "100!ch", "100!h!n2", "100"]
    asked = Wish(hotel.day(1), hotel.day(2))
    sold = next(one for one in hotel.work(offers, hotel.id, asked).offers if one.kind.id == hotel.double)
    assert sold.prices == (25_000,), "the drawer charges what the calendar shows"
    marked = _plan(hotel, markups={"desk": {"percent": 1_000}})
    tab = await _opened(hotel, f"rates={rows.key_of(marked)}")
    assert [_at(tab, hotel, n) for n in (1, 4)] == ["225!h", "99!h"]


async def test_a_plan_not_sold_for_a_type_shows_no_price_there(hotel: Hotel) -> None:
    plan = _plan(hotel, room_type_ids=[hotel.suite])
    tab = await _opened(hotel, f"rates={rows.key_of(plan)}")
    assert (_rates(tab), _at(tab, hotel, 1, "Suite")) == ({}, "90")


@pytest.mark.parametrize("address", ["rates=x", "rates=%00", f"rates={'A' * 22}", "rates=standard&types=x"])
async def test_an_odd_address_shows_a_calendar_all_the_same(hotel: Hotel, address: str) -> None:
    tab = await _opened(hotel, address)
    assert shown(tab)["total"] == 9


DEARER = RuleFields("Dearer", "weekday", weekdays=range(7), percent=1_000)
CHANGES: dict[str, Callable[[Hotel], object]] = {
    "a price": lambda h: _fill(h, 2, price=9_900),
    "a restriction": lambda h: _fill(h, 2, min_stay=3),
    "a rule": lambda h: h.work(create_rule, h.id, DEARER, actor=h.cast.olga),
    "a plan": lambda h: _plan(h),
    "the last room sold": lambda h: [h.book(2, 1, unit) for unit in h.doubles],
    "a block": lambda h: [h.work(place_block, unit, h.day(1), h.day(4), "out_of_order", "Paint") for unit in h.doubles],
}


@pytest.mark.parametrize("change", CHANGES)
async def test_after_live_updates_the_rates_are_those_a_fresh_tab_shows(hotel: Hotel, change: str) -> None:
    tab, feed = await _opened(hotel), Feed()
    before = shown(tab), tab.state(Calendar).plans
    CHANGES[change](hotel)
    hear(tab, hotel.cast.rita, feed.news())
    fresh = await _opened(hotel)
    assert shown(tab) == shown(fresh)
    assert tab.state(Calendar).plans == fresh.state(Calendar).plans
    assert (shown(tab), tab.state(Calendar).plans) != before


async def test_a_booking_moves_prices_that_follow_how_full_the_house_is(hotel: Hotel) -> None:
    fields = RuleFields("Full", "occupancy", percent=2_000, occupancy_from=1_000, occupancy_of="room_type")
    hotel.work(create_rule, hotel.id, fields, actor=hotel.cast.olga)
    tab, feed = await _opened(hotel), Feed()
    assert _at(tab, hotel, 2) == "100"
    hotel.book(2, 1, hotel.doubles[0])
    hear(tab, hotel.cast.rita, feed.news())
    assert _at(tab, hotel, 2) == "120"


async def test_one_changed_price_sends_one_row_and_lights_up(hotel: Hotel) -> None:
    tab, feed = await _opened(hotel), Feed()
    tab.delta()
    _fill(hotel, 2, price=9_900)
    hear(tab, hotel.cast.rita, feed.news())
    sent = tab.delta()
    changed = [name for values in sent.values() for name in values if name.startswith(("row", "day"))]
    assert len(changed) == 1, "the row of the room type alone"
    assert len(json.dumps(sent, default=str)) < 4_000
    assert f"-{rows.day_number(hotel.day(2))}" in tab.state(Calendar).flash


async def test_rates_out_of_sight_or_not_shown_are_not_heard(hotel: Hotel) -> None:
    on, off, feed = await _opened(hotel), await _opened(hotel, ""), Feed()
    _fill(hotel, 2, price=9_900)
    _fill(hotel, 300, price=9_900)
    near, far = feed.news()
    windows = [tab.state(Calendar)._window for tab in (on, off)]
    assert [[VIEW.concerns(one, window) for window in windows] for one in (near, far)] == [[True, False], [False, False]]


async def test_who_turns_the_rates_on_later_sees_those_of_now(hotel: Hotel) -> None:
    tab, feed = await _opened(hotel), Feed()
    await tab.call(Calendar.switch_rates)
    _fill(hotel, 2, price=9_900)
    hear(tab, hotel.cast.rita, feed.news())
    await tab.call(Calendar.switch_rates)
    assert _at(tab, hotel, 2) == "99!m"


async def test_it_costs_nothing_while_off_and_two_statements_while_on(hotel: Hotel, statements: list[str]) -> None:
    tab = await _opened(hotel)  # reads the book of rates, which is then kept
    size = {}
    for address in ("", "rates=standard"):
        statements.clear()
        tab = await _opened(hotel, address)
        size[address] = len(statements), len(json.dumps(shown(tab)["lines"]))
        assert any("rate_night" in one for one in statements) is bool(address)
    assert size["rates=standard"][0] == size[""][0] + 2
    assert '"r"' not in json.dumps(shown(await _opened(hotel, ""))["lines"])
    for _ in range(3):
        _plan(hotel, code=f"P{_}", name=f"Plan {_}")
    await _opened(hotel)
    statements.clear()
    await _opened(hotel)
    assert len(statements) == size["rates=standard"][0], "however many plans there are"


async def test_a_stay_that_moves_does_not_read_the_rates_again(hotel: Hotel, statements: list[str]) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab, feed = await _opened(hotel), Feed()
    hotel.work(move, stay.id, None, hotel.doubles[1])
    news = feed.news()
    statements.clear()
    hear(tab, hotel.cast.rita, news)
    assert not [one for one in statements if "rate_night" in one]


async def test_a_click_on_a_price_opens_the_cell_where_it_is_changed(hotel: Hotel) -> None:
    _fill(hotel, 2, price=9_000)
    tab = await _opened(hotel, actor=hotel.cast.olga)
    number = rows.day_number(hotel.day(2))
    [event] = await tab.call(Desk.open_rate, f"t{rows.key_of(hotel.double)}", number)
    assert "Why" in str(event.handler.fn.__qualname__)
    row = f"p{rows.key_of(_flexible(hotel))}{rows.key_of(hotel.double)}"
    await tab.call(Why.edit, row, number)
    story = tab.state(Why).story
    assert (tab.state(Why).editing, story.kind, story.typed, story.currency) == (True, "Double", "90", "EUR")
    await tab.call(Why.save, {"price": "95"})
    assert not tab.state(Why).editing
    fresh = await _opened(hotel)
    assert _at(fresh, hotel, 2) == "95!m"
    assert "permission" in said(await _as_rita(hotel, row, number))


async def _as_rita(hotel: Hotel, row: str, number: int) -> list[Any]:
    tab = await _opened(hotel)
    await tab.call(Why.edit, row, number)
    return await tab.call(Why.save, {"price": "1"})


async def test_a_plan_is_changed_in_the_drawer_after_showing_the_difference(hotel: Hotel) -> None:
    strict = _plan(hotel)
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab = hotel.tab()
    await tab.call(StayDrawer.show_stay, rows.key_of(stay.id))
    drawer = tab.state(StayDrawer)
    assert drawer.card.plan == "Flexible"
    await tab.call(StayDrawer.edit_section, "plan")
    assert [words for _, words in drawer.choice.plans] == ["Flexible · €200.00", "Strict · €180.00 · −€20.00"]
    await tab.call(StayDrawer.choose_plan, str(strict))
    assert (drawer.choice.total, drawer.choice.difference) == ("€180.00", "−€20.00")
    assert [night[1:] for night in drawer.choice.nights] == [["€100.00", "€90.00"]] * 2
    done = await tab.call(StayDrawer.save_plan, {"reason": "Pays now"})
    assert (drawer.card.plan, drawer.card.total, drawer.card.reason) == ("Strict", "€180.00", "Pays now")
    assert drawer.card.history[0][0] == "Rate plan Flexible → Strict: Pays now"
    assert "Undo" in said(done)
    await tab.call(Moves.take_back, str(stay.id), drawer.card.version)
    await tab.call(StayDrawer.show_stay, rows.key_of(stay.id))
    assert (drawer.card.plan, drawer.card.total, drawer.card.reason) == ("Flexible", "€200.00", "")


async def test_what_rules_forbid_is_said_in_the_drawer_and_sold_only_on_purpose(hotel: Hotel) -> None:
    strict = _plan(hotel)
    _fill(hotel, 1, strict, closed=True)
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab = hotel.tab()
    await tab.call(StayDrawer.show_stay, rows.key_of(stay.id))
    await tab.call(StayDrawer.edit_section, "plan")
    await tab.call(StayDrawer.choose_plan, str(strict))
    drawer = tab.state(StayDrawer)
    assert "Closed on" in drawer.choice.forbidden
    assert "not sold" in drawer.choice.plans[1][1]
    assert "cannot be sold" in said(await tab.call(StayDrawer.save_plan, {}))
    await tab.call(StayDrawer.sell_despite, True)
    await tab.call(StayDrawer.save_plan, {})
    assert drawer.card.plan == "Strict"


async def test_prices_are_agreed_in_the_drawer_for_a_reason(hotel: Hotel) -> None:
    stay = hotel.book(1, 3, hotel.doubles[0]).stays[0]
    tab = hotel.tab()
    await tab.call(StayDrawer.show_stay, rows.key_of(stay.id))
    await tab.call(StayDrawer.edit_section, "prices")
    drawer, every = tab.state(StayDrawer), {f"price-{hotel.day(n)}": "100" for n in (1, 2, 3)}
    await tab.call(StayDrawer.save_prices, every | {"price-every": "80"})
    assert drawer.errors == {"reason": "Say why this price was agreed."}
    await tab.call(StayDrawer.save_prices, every | {"price-every": "80", "reason": "Regular guest"})
    assert (drawer.card.total, drawer.card.reason) == ("€240.00", "Regular guest")
    assert drawer.card.history[0][0] == "Prices changed: Regular guest"


async def test_a_change_of_prices_shows_in_the_drawer_of_another_tab(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab, feed = hotel.tab(), Feed()
    await tab.call(StayDrawer.show_stay, rows.key_of(stay.id))
    hotel.work(agree_prices, stay.id, None, [1_000, 2_000], "Noise", actor=hotel.cast.olga)
    news = [one for one in feed.news() if CARD.concerns(one, stay.id)]
    CARD.apply(tab.state(StayDrawer), CARD.load(hotel.cast.rita, stay.id, tuple(news)), tuple(news))
    assert news
    assert (tab.state(StayDrawer).card.total, tab.state(StayDrawer).card.reason) == ("€30.00", "Noise")


async def test_a_phone_shows_what_the_day_costs_once_asked(hotel: Hotel) -> None:
    hotel.book(0, 1, hotel.doubles[0])
    _fill(hotel, 0, price=9_900, min_stay=2)
    tab = hotel.tab()
    await tab.call(DayList.turned, True)
    await tab.call(DayList.load)
    phone, feed = tab.state(DayList), Feed()
    assert phone.rated == []
    await tab.call(DayList.switch_rates)
    assert [(one.name, one.cell, one.left) for one in phone.rated] == [("Double", "99!m!n2", 2), ("Suite", "100", 2)]
    _fill(hotel, 0, price=8_800)
    _fill(hotel, 3, price=8_800)
    near, far = feed.news()
    window = Day(hotel.id, hotel.today, tab.state(Calendar).rates)
    assert [DAY.concerns(one, window) for one in (near, far)] == [True, False]
    assert not DAY.concerns(near, Day(hotel.id, hotel.today)), "rates are not shown"
    DAY.apply(phone, DAY.load(hotel.cast.rita, window, (near,)), (near,))
    assert phone.rated[0].cell == "88!m!n2"
    await tab.call(DayList.choose_plan, rows.key_of(_plan(hotel)))
    assert (phone.rated[0].cell.split("!")[0], phone.plan_name) == ("79.20", "Strict")
    await tab.call(DayList.switch_rates)
    assert (phone.rated, phone.plans) == ([], [])
