"""Other dates and parties at the desk without a browser: what stands against them is asked, answered, and asked again."""

from __future__ import annotations

from typing import Any

import pytest

from pms.accounts import members
from pms.kernel.db import work
from pms.rates.cells import Edit, change_cells
from pms.rates.load import house_of
from pms.rates.parties import PartyFields, price_party
from pms.reservations.models import Stay
from pms.reservations.move import move
from pms.reservations.nights import nights_of
from pms.reservations.offers import PriceChanged
from pms.ui.calendar import rows
from pms.ui.calendar.drawer_state import StayDrawer
from pms.ui.calendar.edit import Asked, StayForm, asked_of, change_stay
from pms.ui.calendar.moves import QUESTION, Moves
from pms.ui.shell import Session
from tests.states.hotel import Feed, Hotel
from tests.states.tab import Tab, said


def _fill(hotel: Hotel, n: int, **values: Any) -> None:
    plan = hotel.work(house_of, hotel.id).default_plan_id
    assert plan is not None
    hotel.work(change_cells, hotel.id, [Edit((plan, hotel.double, hotel.day(n)), values)], actor=hotel.cast.olga)


def _stay(hotel: Hotel) -> Stay:
    """Two nights from tomorrow on in 101; the night after them is closed."""
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    _fill(hotel, 3, closed=True)
    return stay


def _days(hotel: Hotel, stay: Stay) -> list[int]:
    return [(night.night - hotel.day(0)).days for night in hotel.work(nights_of, stay.id)]


async def _stretch(tab: Tab, hotel: Hotel, stay: Stay, version: int = 1) -> list[Any]:
    place = f"u{rows.key_of(hotel.doubles[0])}"
    return await tab.call(Moves.drop, rows.key_of(stay.id), version, "end", place, rows.day_number(hotel.day(1)), 1)


def _hear(tab: Tab, hotel: Hotel, feed: Feed) -> None:
    """What the hub does with the news for the question in this tab."""
    moves = tab.state(Moves)
    if any(QUESTION.concerns(one, moves._asked) for one in feed.news()):
        QUESTION.apply(moves, QUESTION.load(hotel.cast.rita, moves._asked, None), None)


async def test_a_drop_that_rules_forbid_is_a_question_to_whoever_may_override(hotel: Hotel) -> None:
    stay, tab = _stay(hotel), hotel.tab()
    await _stretch(tab, hotel, stay)
    moves = tab.state(Moves)
    assert (moves.asking, moves.guest, moves.answer[1]) == (True, "Müller", "no")
    assert len(moves.against) == 1
    assert moves.against[0].startswith("Closed on")
    assert _days(hotel, stay) == [1, 2]
    answer = await tab.call(Moves.all_the_same)
    assert "Müller: now" in said(answer)
    assert (moves.asking, _days(hotel, stay)) == (False, [1, 2, 3])
    await tab.call(Moves.take_back, str(stay.id), 2)
    assert _days(hotel, stay) == [1, 2]


async def test_leaving_it_leaves_the_stay_where_it_was(hotel: Hotel) -> None:
    stay, tab = _stay(hotel), hotel.tab()
    await _stretch(tab, hotel, stay)
    await tab.call(Moves.leave_it)
    assert (tab.state(Moves).asking, tab.state(Moves).guest) == (False, "")
    assert await tab.call(Moves.all_the_same) == []
    assert _days(hotel, stay) == [1, 2]


async def test_who_may_not_override_is_told_why_and_asked_nothing(hotel: Hotel) -> None:
    stay, tab = _stay(hotel), hotel.tab()
    session = tab.state(Session)
    session.granted = {**session.granted, "rate.override": False}
    answer = await _stretch(tab, hotel, stay)
    assert "Müller stays where it was" in said(answer)
    assert "Closed on" in said(answer)
    assert not tab.state(Moves).asking


async def test_the_question_hears_of_rules_and_goes_when_the_stay_has_changed(hotel: Hotel) -> None:
    stay, tab = _stay(hotel), hotel.tab()
    await _stretch(tab, hotel, stay)
    feed, moves = Feed(), tab.state(Moves)
    _fill(hotel, 3, closed_arrival=True, min_stay=9)
    _hear(tab, hotel, feed)
    assert len(moves.against) == 2
    _fill(hotel, 3, closed=None, min_stay=None)
    _hear(tab, hotel, feed)
    assert (moves.asking, moves.against) == (True, [])
    hotel.work(move, stay.id, 1, hotel.doubles[1], actor=hotel.cast.olga)
    _hear(tab, hotel, feed)
    assert not moves.asking
    await tab.call(Moves.all_the_same)
    assert _days(hotel, stay) == [1, 2], "the version is another by now"


async def test_the_question_is_asked_anew_when_the_socket_is_back_and_dropped_when_out_of_reach(hotel: Hotel) -> None:
    stay, tab = _stay(hotel), hotel.tab()
    await _stretch(tab, hotel, stay)
    _fill(hotel, 3, closed=None)
    await tab.call(Moves.again)
    assert (tab.state(Moves).asking, tab.state(Moves).against) == (True, [])
    with work(hotel.cast.olga) as db:
        rita = next(one for one in members.members(db) if one.name == "Rita Desk")
        members.change_role(db, rita.membership_id, "housekeeping", None, rita.version)
    await tab.call(Moves.again)
    assert not tab.state(Moves).asking


def _form(hotel: Hotel, end: int, **more: str) -> dict[str, str]:
    dates = {"arrival": str(hotel.day(1)), "departure": str(hotel.day(end))}
    return {**dates, "unit": str(hotel.doubles[0]), "adults": "2", "children": "0", "ages": "", **more}


async def _drawer(tab: Tab, stay: Stay) -> Any:
    await tab.call(StayDrawer.show_stay, str(stay.id))
    await tab.call(StayDrawer.edit_section, "stay")
    return tab.state(StayDrawer)


async def test_dates_that_rules_forbid_are_saved_once_somebody_says_so(hotel: Hotel) -> None:
    stay, tab = _stay(hotel), hotel.tab()
    drawer = await _drawer(tab, stay)
    for _ in range(2):
        await tab.call(StayDrawer.save_stay, _form(hotel, 4))
        assert (drawer.editing, len(drawer.asked.against), _days(hotel, stay)) == ("stay", 1, [1, 2])
    _fill(hotel, 3, min_stay=9)
    await tab.call(StayDrawer.save_stay, _form(hotel, 4, despite="on"))
    assert (len(drawer.asked.against), _days(hotel, stay)) == (2, [1, 2]), "what nobody has seen is shown first"
    await tab.call(StayDrawer.save_stay, _form(hotel, 4, despite="on"))
    assert (drawer.editing, drawer.asked.against, _days(hotel, stay)) == ("", [], [1, 2, 3])


async def test_another_party_is_asked_which_price_it_pays(hotel: Hotel) -> None:
    hotel.work(price_party, hotel.double, 0, PartyFields(base_adults=1, extra_adult=3_000), actor=hotel.cast.olga)
    stay, tab = hotel.book(1, 2, hotel.doubles[0]).stays[0], hotel.tab()
    drawer = await _drawer(tab, stay)
    alone = _form(hotel, 3, adults="1")
    await tab.call(StayDrawer.save_stay, alone)
    assert (drawer.editing, drawer.asked.kept, drawer.asked.taken) == ("stay", "€260.00", "€200.00")
    await tab.call(StayDrawer.save_stay, alone | {"price": "keep"})
    assert (drawer.editing, drawer.card.adults, drawer.card.total) == ("", 1, "€260.00")
    await tab.call(StayDrawer.edit_section, "stay")
    several = _form(hotel, 3, adults="3", price="keep")
    await tab.call(StayDrawer.save_stay, several)
    assert drawer.asked.taken == "€320.00", "an answer to nothing is none"
    await tab.call(StayDrawer.save_stay, several | {"price": "take"})
    assert (drawer.card.adults, drawer.card.total) == (3, "€320.00")


async def test_the_ages_of_the_children_are_kept_and_shown(hotel: Hotel) -> None:
    stay, tab = hotel.book(1, 2, hotel.doubles[0]).stays[0], hotel.tab()
    drawer = await _drawer(tab, stay)
    await tab.call(StayDrawer.save_stay, _form(hotel, 3, children="1", ages="4 9"))
    assert drawer.errors["ages"] == "Give an age for each child, up to 17."
    await tab.call(StayDrawer.save_stay, _form(hotel, 3, children="2", ages="4"))
    assert (drawer.editing, drawer.card.children, drawer.card.ages) == ("", 2, "4")
    await tab.call(StayDrawer.edit_section, "stay")
    await tab.call(StayDrawer.weigh, "departure", str(hotel.day(4)))
    await tab.call(StayDrawer.save_stay, _form(hotel, 4, children="2", ages="4"))
    assert (drawer.card.nights, drawer.card.ages) == (3, "4")


async def test_other_dates_say_what_the_added_nights_cost_and_the_total_before_they_are_saved(hotel: Hotel) -> None:
    stay, tab = hotel.book(2, 2, hotel.doubles[0]).stays[0], hotel.tab()
    _fill(hotel, 4, price=12_350)
    drawer = await _drawer(tab, stay)
    await tab.call(StayDrawer.weigh, "departure", str(hotel.day(6)))
    assert [price for _, price in drawer.asked.added] == ["€123.50", "€100.00"]
    assert (drawer.asked.total, drawer.asked.difference) == ("€423.50", "+€223.50")
    await tab.call(StayDrawer.weigh, "departure", "")
    assert drawer.asked.total == "", "half a date costs nothing"
    await tab.call(StayDrawer.weigh, "departure", str(hotel.day(3)))
    assert (drawer.asked.added, drawer.asked.total, drawer.asked.difference) == ([], "€100.00", "−€100.00")
    await tab.call(StayDrawer.weigh, "departure", str(hotel.day(6)))
    form = _form(hotel, 6) | {"arrival": str(hotel.day(2))}
    await tab.call(StayDrawer.save_stay, form)
    assert (drawer.editing, drawer.card.total) == ("", "€423.50"), "what was shown is what is paid"


async def test_dates_whose_price_nobody_has_seen_are_shown_it_before_they_are_saved(hotel: Hotel) -> None:
    stay, tab = hotel.book(2, 2, hotel.doubles[0]).stays[0], hotel.tab()
    drawer, form = await _drawer(tab, stay), _form(hotel, 5) | {"arrival": str(hotel.day(2))}
    await tab.call(StayDrawer.save_stay, form)
    assert (drawer.editing, drawer.asked.total, _days(hotel, stay)) == ("stay", "€300.00", [2, 3])
    _fill(hotel, 4, price=15_000)
    await tab.call(StayDrawer.save_stay, form)
    assert (drawer.asked.total, _days(hotel, stay)) == ("€350.00", [2, 3]), "a price that changed meanwhile is shown first"
    await tab.call(StayDrawer.save_stay, form)
    assert (drawer.card.total, _days(hotel, stay)) == ("€350.00", [2, 3, 4])


def test_dates_at_another_price_than_the_one_shown_are_refused(hotel: Hotel) -> None:
    stay = hotel.book(2, 2, hotel.doubles[0]).stays[0]
    form = StayForm(hotel.day(2), hotel.day(5), str(hotel.doubles[0]), 2, 0)
    asked = hotel.work(asked_of, stay.id, form)
    _fill(hotel, 4, price=15_000)
    with pytest.raises(PriceChanged):
        hotel.work(change_stay, stay.id, 1, (form, asked))
    assert _days(hotel, stay) == [2, 3]


async def test_a_hostile_or_late_weighing_is_nothing(hotel: Hotel) -> None:
    stay, tab = hotel.book(2, 2, hotel.doubles[0]).stays[0], hotel.tab()
    await tab.call(StayDrawer.weigh, "departure", str(hotel.day(6)))
    drawer = await _drawer(tab, stay)
    for name, value in (("departure", "9999-12-31"), ("adults", "-3"), ("children", "x"), ("arrival", str(hotel.day(9)))):
        await tab.call(StayDrawer.weigh, name, value)
        assert drawer.asked == Asked()
    assert said(await tab.call(StayDrawer.weigh, "unit", "101"))
