"""The booking drawer and rate plans: what it offers, what it says against it, and what the stay keeps of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from sqlmodel import select

from pms.properties.exchange import write_down
from pms.rates.cells import Edit, change_cells
from pms.rates.load import house_of
from pms.rates.plans import PlanFields, create_plan
from pms.rates.rules import RuleFields, create_rule
from pms.reservations.models import Stay
from pms.reservations.move import change_dates
from pms.reservations.nights import nights_of
from pms.ui.calendar import rows
from pms.ui.calendar.booking_state import NewBooking
from tests.builders import a_room_type
from tests.states.hotel import Hotel
from tests.states.tab import Tab, said


def _flexible(hotel: Hotel) -> UUID:
    found: UUID | None = hotel.work(house_of, hotel.id).default_plan_id
    assert found is not None
    return found


def _strict(hotel: Hotel) -> UUID:
    fields = PlanFields("NR", "Non-refundable", parent_id=_flexible(hotel), percent=-1_200)
    plan: UUID = hotel.work(create_plan, hotel.id, fields, actor=hotel.cast.olga).id
    return plan


def _fill(hotel: Hotel, night: date, **values: object) -> None:
    edit = Edit((_flexible(hotel), hotel.double, night), values)
    hotel.work(change_cells, hotel.id, [edit], actor=hotel.cast.olga)


async def _begun(hotel: Hotel, nights: int = 2) -> Tab:
    tab, first = hotel.tab(), rows.day_number(hotel.day(1))
    await tab.call(NewBooking.begin, f"u{rows.key_of(hotel.doubles[1])}", first, first + nights)
    return tab


async def _saved(tab: Tab) -> str:
    return said(await tab.call(NewBooking.save, {"last_name": "Petrauskas", "status": "confirmed"}))


def _only_stay(hotel: Hotel) -> Stay:
    stay: Stay = hotel.work(lambda db: db.exec(select(Stay).where(Stay.property_id == hotel.id)).one())
    return stay


async def test_the_prices_of_the_grid_are_the_prices_of_the_desk(hotel: Hotel) -> None:
    _fill(hotel, hotel.day(2), price=12_000)
    tab = await _begun(hotel)
    assert tab.state(NewBooking).rooms[0].costs == "1 × €100.00 + 1 × €120.00 = €220.00"
    assert "Booked Petrauskas" in await _saved(tab)
    stay = _only_stay(hotel)
    assert [night.price for night in hotel.work(nights_of, stay.id)] == [10_000, 12_000]
    assert stay.quote is not None
    assert stay.quote["steps"][1][-1] == ["manual", "Flexible", 0, 0, 12_000], "it keeps why it cost that"


async def test_another_plan_is_chosen_and_kept(hotel: Hotel) -> None:
    strict = _strict(hotel)
    tab = await _begun(hotel)
    room = tab.state(NewBooking).rooms[0]
    assert [words for _, words in room.plans] == ["Flexible · €200.00", "Non-refundable · €176.00"]
    await tab.call(NewBooking.set_room, 0, "plan", str(strict))
    await _saved(tab)
    stay = _only_stay(hotel)
    assert stay.rate_plan_id == strict
    assert [night.price for night in hotel.work(nights_of, stay.id)] == [8_800, 8_800]


async def test_what_rules_forbid_is_said_and_sold_only_on_purpose(hotel: Hotel) -> None:
    _fill(hotel, hotel.day(1), min_stay=3)
    tab = await _begun(hotel)
    assert "at least 3 nights" in tab.state(NewBooking).rooms[0].forbidden
    await _saved(tab)
    assert "at least 3 nights" in tab.state(NewBooking).errors["form"]
    await tab.call(NewBooking.sell_despite, 0, True)
    assert "Booked Petrauskas" in await _saved(tab)


async def test_a_price_that_changed_since_it_was_shown_is_refused_with_both(hotel: Hotel) -> None:
    tab = await _begun(hotel)
    _fill(hotel, hotel.day(1), price=15_000)
    await _saved(tab)
    assert "from €200.00 to €250.00" in tab.state(NewBooking).errors["form"]


async def test_an_agreed_price_beats_the_plans_and_says_why(hotel: Hotel) -> None:
    tab = await _begun(hotel)
    await tab.call(NewBooking.set_room, 0, "price", "90")
    await tab.call(NewBooking.set_room, 0, "reason", "Regular guest")
    await _saved(tab)
    stay = _only_stay(hotel)
    assert [night.price for night in hotel.work(nights_of, stay.id)] == [9_000, 9_000]
    assert stay.quote is not None
    assert (stay.quote["agreed"], stay.quote["prices"], stay.quote["reason"]) == ([9_000] * 2, [10_000] * 2, "Regular guest")


async def test_a_room_that_makes_no_sense_offers_nothing(hotel: Hotel) -> None:
    tab = await _begun(hotel)
    await tab.call(NewBooking.set_room, 0, "adults", "many")
    room = tab.state(NewBooking).rooms[0]
    assert (room.plans, room.costs, room.shown) == ([], "", -1)


async def test_an_added_night_costs_what_the_stays_plan_asks_now(hotel: Hotel) -> None:
    strict = _strict(hotel)
    tab = await _begun(hotel)
    await tab.call(NewBooking.set_room, 0, "plan", str(strict))
    await _saved(tab)
    _fill(hotel, hotel.day(3), price=20_000)
    stay = _only_stay(hotel)
    hotel.work(change_dates, stay.id, None, hotel.day(1), hotel.day(4))
    assert [night.price for night in hotel.work(nights_of, stay.id)] == [8_800, 8_800, 17_600]


async def test_what_it_costs_is_shown_in_a_second_currency_and_charged_in_the_first(hotel: Hotel) -> None:
    hotel.work(write_down, "EUR", "USD", Decimal("1.0845"), date(2026, 1, 2), "Central bank", actor=hotel.cast.olga)
    tab = await _begun(hotel)
    box = tab.state(NewBooking)
    assert (box.rooms[0].others, box.rooms[0].about) == (["USD"], "")
    await tab.call(NewBooking.show_in, "USD")
    assert box.rooms[0].about == "≈ US$216.90 (1 EUR = 1.0845 USD, Central bank, 2 Jan 2026)"
    await tab.call(NewBooking.set_room, 0, "departure", hotel.day(2).isoformat())
    assert box.rooms[0].about.startswith("≈ US$108.45 "), "it stays, whatever else changes"
    await tab.call(NewBooking.show_in, "KWD")
    assert (box.shown_in, box.rooms[0].about) == ("", "")
    await tab.call(NewBooking.show_in, "USD")
    assert "Booked Petrauskas" in await _saved(tab)
    assert [night.price for night in hotel.work(nights_of, _only_stay(hotel).id)] == [10_000]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "0202-06-01"])
async def test_half_typed_years_have_no_choices_and_no_price(hotel: Hotel, day: str) -> None:
    """Date fields send every year while it is typed; the ends of the calendar have no day before, or after."""
    fields = RuleFields("Feasts", "holiday", holidays="eve", percent=1_000)
    hotel.work(create_rule, hotel.id, fields, actor=hotel.cast.olga)
    tab = await _begun(hotel)
    for name in ("departure", "arrival", "departure"):
        assert not said(await tab.call(NewBooking.set_room, 0, name, day))
    room = tab.state(NewBooking).rooms[0]
    assert (room.arrival, room.plans, room.costs, room.shown) == (day, [], "", -1)


async def test_a_reason_that_cannot_be_kept_is_refused(hotel: Hotel) -> None:
    tab = await _begun(hotel)
    await tab.call(NewBooking.set_room, 0, "price", "50")
    await tab.call(NewBooking.set_room, 0, "reason", "a\x00b")
    assert not await _saved(tab)
    assert tab.state(NewBooking).errors == {"reason": "This has a character that cannot be kept."}


async def test_a_room_for_one_opens_with_one_adult_until_somebody_types_another_number(hotel: Hotel) -> None:
    single = a_room_type(hotel.cast.olga, hotel.id, "Single", ["301"], adults=1)
    tab, first = hotel.tab(), rows.day_number(hotel.day(1))
    await tab.call(NewBooking.begin, f"l{rows.key_of(single)}0", first, first + 1)

    async def adults(name: str, value: str) -> str:
        await tab.call(NewBooking.set_room, 0, name, value)
        return tab.state(NewBooking).rooms[0].adults

    assert tab.state(NewBooking).rooms[0].adults == "1"
    assert await adults("type", str(hotel.double)) == "2"
    assert await adults("type", str(single)) == "1"
    await adults("adults", "2")
    assert [await adults("type", str(one)) for one in (hotel.double, single)] == ["2", "1"]
    await adults("adults", "3")
    assert await adults("type", str(hotel.double)) == "3"
