"""The memory of what was told finds every night that moved, and forgets whenever it cannot be sure."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pms.channels.memory import Memory, prints_of

FIRST = date(2026, 12, 1)
NIGHTS = 12
PRODUCTS = [uuid4(), uuid4()]
numbers = st.lists(st.integers(0, 3), min_size=NIGHTS, max_size=NIGHTS)
fields = st.fixed_dictionaries({"price": numbers, "min_stay": numbers})
houses = st.fixed_dictionaries(dict.fromkeys(PRODUCTS, fields))
House = dict[UUID, dict[str, list[int]]]


def prints(house: House) -> dict[UUID, np.ndarray]:
    return prints_of({product: {name: np.array(row) for name, row in of.items()} for product, of in house.items()})


@given(houses, houses, st.integers(0, NIGHTS + 2))
def test_just_the_nights_with_other_values_are_found(before: House, after: House, later: int) -> None:
    memory, connection, mark = Memory(), uuid4(), uuid4()
    memory.keep(connection, "rates", mark, FIRST, prints(before))
    moved = memory.moved(connection, "rates", mark, FIRST + timedelta(days=later), prints(after))
    for product in PRODUCTS:
        there = {
            n
            for n in range(NIGHTS)
            if n + later >= NIGHTS or any(before[product][name][n + later] != row[n] for name, row in after[product].items())
        }
        assert set(moved[product].tolist()) == there


@given(houses)
def test_another_mark_another_part_or_none_knows_nothing(house: House) -> None:
    memory, connection, mark = Memory(), uuid4(), uuid4()
    memory.keep(connection, "rates", mark, FIRST, prints(house))
    for which in (
        (connection, "rates", uuid4()),
        (connection, "rates", None),
        (connection, "rooms", mark),
        (uuid4(), "rates", mark),
    ):
        assert all(len(found) == NIGHTS for found in memory.moved(*which, FIRST, prints(house)).values())


def test_fields_that_swap_their_values_are_another_night() -> None:
    one, other = {"price": [1], "min_stay": [2]}, {"price": [2], "min_stay": [1]}
    assert prints({PRODUCTS[0]: one})[PRODUCTS[0]] != prints({PRODUCTS[0]: other})[PRODUCTS[0]]
