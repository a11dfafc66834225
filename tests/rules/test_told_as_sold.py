"""What a channel is told forbids a stay if, and only if, `forbids` does, for one night and whoever comes by that channel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pms.channels.models import Product
from pms.channels.present import LIFTED, Columns, Shelf, columns_of
from pms.rates.board import UNSET, Board, House
from pms.rates.models import RESTRICTIONS, RatePlan
from pms.rates.party import Party
from pms.rates.price import prices
from pms.rates.restrict import Restrictions, Wish, forbids
from tests.rules.rates.boards import FIRST, NIGHTS, NOBODY, TODAY, a_board, a_plan, a_type

HERE = "booking_com"
DAY = timedelta(days=1)
VALUES = {name: st.integers(-1, 1) if name.startswith("closed") else st.integers(1, 3) for name in RESTRICTIONS}
VALUES |= {"min_advance": st.sampled_from([-1, 0, 2, 4]), "max_advance": st.sampled_from([-1, 0, 3, 5])}


@st.composite
def plans(draw: st.DrawFn, parent: RatePlan | None, types: list[Any]) -> RatePlan:
    """Any plan, sold to whomever, whenever; each condition by itself more often than all at once."""
    day = st.none() | st.none() | st.integers(-1, NIGHTS).map(lambda n: FIRST + n * DAY)
    return a_plan(
        parent,
        own_restrictions=parent is not None and draw(st.booleans()),
        valid_from=draw(day),
        valid_until=draw(day),
        min_advance=draw(st.none() | st.none() | st.integers(0, 5)),
        max_advance=draw(st.none() | st.none() | st.integers(0, 8)),
        channels=draw(st.sampled_from([None, None, None, [HERE], ["desk"]])),
        access=draw(st.sampled_from(["public", "public", "public", "public", "code"])),
        codes=["SECRET"],
        room_type_ids=draw(st.sampled_from([None, None, None, [types[0].id]])),
    )


@st.composite
def restricted_boards(draw: st.DrawFn) -> Board:
    """A plan and one that derives from it, restricted here and there for all and on the channel, in a house more or less full."""
    types = [a_type(), a_type()]
    master = draw(plans(None, types))
    both = [master, draw(plans(master, types))]

    def table(values: st.SearchStrategy[int]) -> np.ndarray:
        drawn = st.lists(st.just(UNSET) | values, min_size=2 * NIGHTS, max_size=2 * NIGHTS)
        return np.array(draw(drawn)).reshape(2, NIGHTS)

    names = st.sets(st.sampled_from(RESTRICTIONS), max_size=2)
    cells, own = ({(plan.id, name): table(VALUES[name]) for plan in both for name in draw(names)} for _ in range(2))
    rooms = st.integers(0, 3)
    taken, beyond = np.maximum(table(rooms), 0), np.maximum(table(st.just(1)), 0)
    house = House(np.full((2, NIGHTS), 2), taken, beyond)
    return a_board(both, types, cells=cells, own={HERE: own}, house=house, today=TODAY + draw(st.integers(0, 5)) * DAY)


def _forbids(told: Columns, free: int, n: int) -> bool:
    """The channel's side: a night there, by what it was told and how many rooms are left."""
    if told["closed"][n] or free < 1:
        return True
    shut = told["closed_arrival"][n] or told["closed_departure"][n + 1]
    too_short = any(told[name][n] > 1 for name in ("min_stay", "min_stay_arrival"))
    too_long = any(0 < told[name][n] < 1 for name in ("max_stay", "max_stay_arrival"))
    return bool(shut or too_short or too_long)


@given(restricted_boards(), st.sampled_from([HERE, "expedia"]))
def test_a_channel_that_knows_everything_forbids_a_night_exactly_where_we_would(board: Board, channel: str) -> None:
    seen = board.on(channel)
    shelf = Shelf(seen, prices(seen))
    assert board.house is not None
    assert board.house.beyond is not None
    left = board.house.capacity + board.house.beyond - board.house.taken
    for plan in board.book.plans:
        rules = Restrictions(seen, plan)
        for row, kind in enumerate(board.types):
            product = Product(
                organization_id=NOBODY, connection_id=NOBODY, room_type_id=kind.id, rate_plan_id=plan.id, remote_id=""
            )
            told = columns_of(shelf, product, channel, frozenset(LIFTED), ())
            for n in range(NIGHTS - 1):
                free = int(left[row, n])
                wish = Wish(FIRST + n * DAY, FIRST + (n + 1) * DAY, Party(1), channel)
                reasons = forbids(wish, seen, plan, kind, rules, [free])
                assert bool(reasons) == _forbids(told, free, n), reasons
