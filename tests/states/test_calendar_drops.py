"""Drops on the chart without a browser: what is moved, refused, said and taken back."""

from __future__ import annotations

import re
from uuid import UUID

from pms.properties.queries import structure
from pms.properties.room_type import RoomTypeFields
from pms.properties.room_type import change as change_type
from pms.reservations.move import move, split
from pms.reservations.nights import nights_of
from pms.ui.calendar import rows
from pms.ui.calendar.moves import Moves
from pms.ui.calendar.state import Calendar
from tests.states.hotel import Hotel, bars
from tests.states.tab import said


async def test_a_drop_moves_and_z_takes_it_back(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab = hotel.tab()
    await tab.call(Calendar.load)
    first = rows.day_number(hotel.day(1))
    answer = await tab.call(Moves.drop, rows.key_of(stay.id), 1, "move", f"u{rows.key_of(hotel.suites[0])}", first, 1)
    assert "Moved Müller from 101 to 201" in said(answer)
    assert "The agreed price stays: €200.00" in said(answer)
    assert tab.state(Moves).answer[1] == "ok"
    await tab.call(Moves.take_back, str(stay.id), 2)
    fresh = hotel.tab()
    await fresh.call(Calendar.load)
    assert [bar[rows.Bar.FIRST] for bar in bars(fresh, "101")] == [first]


async def test_each_message_of_a_move_takes_the_place_of_the_last_and_none_of_its_buttons(hotel: Hotel) -> None:
    stay, other = (hotel.book(1, 2, unit, name).stays[0] for unit, name in zip(hotel.doubles, ("Adams", "Nowak"), strict=False))
    tab, first = hotel.tab(), rows.day_number(hotel.day(1))
    await tab.call(Calendar.load)
    suite = hotel.work(structure, hotel.id).room_types[1]
    hotel.work(change_type, suite.id, suite.version, RoomTypeFields("Suite", base_price=18_000), actor=hotel.cast.olga)
    dearer = await tab.call(Moves.drop, rows.key_of(stay.id), 1, "move", f"u{rows.key_of(hotel.suites[0])}", first, 0)
    moved = await tab.call(Moves.drop, rows.key_of(other.id), 1, "move", f"u{rows.key_of(hotel.doubles[2])}", first, 0)
    back = await tab.call(Moves.take_back, str(other.id), 2)
    assert "instead" in said(dearer)
    assert [list(dict.fromkeys(re.findall("moved[0-9]+", said(one)))) for one in (dearer, moved, back)] == [
        ["moved0", "moved1"],
        ["moved1", "moved2"],
        ["moved2", "moved3"],
    ]


async def test_a_drop_on_the_lane_unassigns_and_an_edge_extends(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab, first = hotel.tab(), rows.day_number(hotel.day(1))
    await tab.call(Calendar.load)
    await tab.call(Moves.drop, rows.key_of(stay.id), 1, "end", f"u{rows.key_of(hotel.doubles[0])}", first, 2)
    answer = await tab.call(Moves.drop, rows.key_of(stay.id), 2, "move", f"l{rows.key_of(hotel.double)}", first, 0)
    assert "Müller waits for a unit now" in said(answer)
    fresh = hotel.tab()
    await fresh.call(Calendar.load)
    assert [(bar[rows.Bar.FIRST], bar[rows.Bar.NIGHTS]) for bar in bars(fresh, "")] == [(first, 4)]


async def test_a_refused_drop_names_stay_nights_and_rule(hotel: Hotel) -> None:
    hotel.book(1, 2, hotel.doubles[1], "Nowak")
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab = hotel.tab()
    answer = await tab.call(
        Moves.drop, rows.key_of(stay.id), 1, "move", f"u{rows.key_of(hotel.doubles[1])}", rows.day_number(hotel.day(1)), 0
    )
    assert "Müller stays where it was" in said(answer)
    assert "102 is taken by Anna Nowak" in said(answer)
    assert tab.state(Moves).answer[1] == "no"


async def test_who_lost_a_race_hears_what_the_other_did(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    hotel.work(move, stay.id, 1, hotel.doubles[1])
    tab = hotel.tab(hotel.cast.olga)
    answer = await tab.call(
        Moves.drop, rows.key_of(stay.id), 1, "move", f"u{rows.key_of(hotel.doubles[2])}", rows.day_number(hotel.day(1)), 0
    )
    assert "Rita Desk moved this stay a moment ago" in said(answer)


async def test_a_hint_says_who_is_in_the_way(hotel: Hotel) -> None:
    hotel.book(1, 2, hotel.doubles[1], "Nowak")
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab, first = hotel.tab(), rows.day_number(hotel.day(1))
    await tab.call(Calendar.load)
    await tab.call(Moves.hover, rows.key_of(stay.id), "move", f"u{rows.key_of(hotel.doubles[1])}", first, 2)
    assert tab.state(Moves).hint[:2] == ["bad", "Nowak"]
    await tab.call(Moves.hover, rows.key_of(stay.id), "move", f"u{rows.key_of(hotel.doubles[2])}", first, 2)
    assert tab.state(Moves).hint[:2] == ["good", ""]


def _prices(hotel: Hotel, stay: UUID) -> list[int]:
    return [night.price for night in hotel.work(nights_of, stay)]


async def test_a_drop_into_another_type_offers_its_price_and_undo_takes_that_back(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    dearer = hotel.work(structure, hotel.id).room_types[1]
    fields = RoomTypeFields("Suite", base_price=18_000)
    hotel.work(change_type, dearer.id, dearer.version, fields, actor=hotel.cast.olga)
    tab, first = hotel.tab(), rows.day_number(hotel.day(1))
    answer = await tab.call(Moves.drop, rows.key_of(stay.id), 1, "move", f"u{rows.key_of(hotel.suites[0])}", first, 0)
    assert "€360.00 instead" in said(answer)
    assert _prices(hotel, stay.id) == [10_000, 10_000], "nothing is asked and nothing changes by itself"
    await tab.call(Moves.take_type_price, str(stay.id), 2, str(hotel.suite))
    assert _prices(hotel, stay.id) == [18_000, 18_000]
    await tab.call(Moves.take_back_last)
    await tab.call(Moves.take_back, str(stay.id), 3)
    assert _prices(hotel, stay.id) == [10_000, 10_000]


async def test_nights_slept_and_nights_in_other_types_keep_their_price(hotel: Hotel) -> None:
    dearer = hotel.work(structure, hotel.id).room_types[1]
    hotel.work(change_type, dearer.id, dearer.version, RoomTypeFields("Suite", base_price=18_000), actor=hotel.cast.olga)
    stay = hotel.book(0, 3, hotel.doubles[0]).stays[0]
    hotel.work(split, stay.id, None, hotel.day(2), unit_id=hotel.suites[0])
    tab = hotel.tab()
    await tab.call(Moves.take_type_price, str(stay.id), 2, str(hotel.suite))
    assert _prices(hotel, stay.id) == [10_000, 10_000, 18_000]
    assert "changed" in said(await tab.call(Moves.take_type_price, str(stay.id), 2, str(hotel.suite)))


async def test_no_other_price_is_offered_where_it_is_the_same_or_the_type_is(hotel: Hotel) -> None:
    stay = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab, first = hotel.tab(), rows.day_number(hotel.day(1))
    answer = await tab.call(Moves.drop, rows.key_of(stay.id), 1, "move", f"u{rows.key_of(hotel.doubles[1])}", first, 0)
    assert "instead" not in said(answer)
    answer = await tab.call(Moves.drop, rows.key_of(stay.id), 2, "move", f"u{rows.key_of(hotel.suites[1])}", first, 0)
    assert "instead" not in said(answer)
