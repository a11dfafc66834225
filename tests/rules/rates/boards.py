"""Boards for tests without a database, and strategies that draw plans, rules and cells."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from hypothesis import strategies as st

from pms.rates.board import UNSET, Board, Book, House, TypeOnSale, parents_first
from pms.rates.models import PartyPrice, PriceRule, RatePlan

NOBODY = UUID(int=0)
FIRST = date(2027, 3, 26)
"""A Friday before Easter, so that weekends and holidays lie on small boards."""
TODAY = FIRST - timedelta(days=3)
NIGHTS = 5
HOLIDAYS = frozenset({date(2027, 3, 28), date(2027, 3, 29)})


def a_plan(parent: RatePlan | None = None, **fields: Any) -> RatePlan:
    """A plan, master unless it has a parent."""
    given = {"code": "P", "name": "Plan", "parent_id": parent.id if parent else None} | fields
    return RatePlan(**({"id": uuid4(), "organization_id": NOBODY, "property_id": NOBODY} | given))


def a_rule(**fields: Any) -> PriceRule:
    """A rule, of every night unless told otherwise."""
    given = {"id": uuid4(), "organization_id": NOBODY, "property_id": NOBODY, "name": "Rule", "kind": "season"}
    return PriceRule(**(given | fields))


def a_party(kind: TypeOnSale, **fields: Any) -> PartyPrice:
    """Party prices of a room type."""
    return PartyPrice(**({"organization_id": NOBODY, "room_type_id": kind.id} | fields))


def a_type(base_price: int = 10_000, adults: int = 2, children: int = 1) -> TypeOnSale:
    """A room type on sale."""
    return TypeOnSale(uuid4(), "Double", base_price, adults, children)


def a_board(plans: list[RatePlan], types: list[TypeOnSale] | None = None, **fields: Any) -> Board:
    """A board of `NIGHTS` nights; `rules`, `parties` and the like go to its book, the rest to the board."""
    of_book = {name: fields.pop(name) for name in ("rules", "parties", "bands", "policies") if name in fields}
    book = Book(parents_first(plans), **of_book)
    given: dict[str, Any] = {"first": FIRST, "nights": NIGHTS, "today": TODAY, "holidays": HOLIDAYS} | fields
    return Board(book, tuple(types or [a_type()]), **given)


def cells(board_types: int, nights: int, filled: dict[tuple[int, int], int]) -> np.ndarray:
    """A field of cells: row and night -> value, unset elsewhere."""
    field = np.full((board_types, nights), UNSET, dtype=np.int64)
    for at, value in filled.items():
        field[at] = value
    return field


PERCENT = st.integers(-9_000, 20_000)
AMOUNT = st.integers(-30_000, 30_000)
STEPS = st.integers(1, 1_000)


@st.composite
def roundings(draw: st.DrawFn) -> dict[str, Any]:
    """How a plan rounds."""
    step = draw(STEPS)
    towards = draw(st.sampled_from(["nearest", "up", "down"]))
    return {"round_step": step, "round_ending": draw(st.integers(0, step - 1)), "round_to": towards}


@st.composite
def rules(draw: st.DrawFn, types: list[TypeOnSale], plans: list[RatePlan]) -> PriceRule:
    """Any rule, with any of the conditions there are."""

    def perhaps(values: st.SearchStrategy[Any]) -> Any:
        return draw(st.none() | st.none() | values)

    day = st.integers(-2, NIGHTS + 2).map(lambda n: (FIRST + timedelta(days=n)).isoformat())
    return a_rule(
        percent=draw(PERCENT),
        amount=draw(AMOUNT),
        is_on=draw(st.sampled_from([True, True, True, False])),
        weekdays=perhaps(st.lists(st.integers(0, 6), max_size=4)),
        spans=perhaps(st.lists(st.lists(day, min_size=2, max_size=2).map(sorted), max_size=3)),
        holidays=perhaps(st.sampled_from(["day", "eve"])),
        days_before=perhaps(st.integers(0, 7)),
        occupancy_of=draw(st.sampled_from(["room_type", "property"])),
        occupancy_from=perhaps(st.integers(0, 10_001)),
        occupancy_below=perhaps(st.integers(0, 10_001)),
        room_type_ids=perhaps(st.lists(st.sampled_from([kind.id for kind in types]), max_size=2)),
        rate_plan_ids=perhaps(st.lists(st.sampled_from([plan.id for plan in plans]), max_size=2)),
    )


@st.composite
def boards(draw: st.DrawFn) -> Board:
    """Any small board: plans in chains of any depth, rules, limits, manual prices, a house more or less full."""
    types = [a_type(base) for base in draw(st.lists(st.integers(0, 50_000), min_size=1, max_size=3))]
    plans = [a_plan(**draw(roundings()))]
    for _ in range(draw(st.integers(0, 6))):
        parent = draw(st.none() | st.sampled_from(plans))
        formula = {"percent": draw(PERCENT), "amount": draw(AMOUNT), "per_adult": draw(st.integers(-500, 2_000))}
        plans.append(a_plan(parent, **draw(roundings()), **(formula if parent else {})))
    limits = st.lists(st.integers(0, 80_000), min_size=2, max_size=2).map(sorted)
    bounds = draw(st.lists(st.none() | limits, min_size=len(types), max_size=len(types)))
    adults = st.integers(1, 4)
    parties = {
        kind.id: a_party(kind, base_adults=draw(adults), floor=some[0], ceiling=some[1])
        for kind, some in zip(types, bounds, strict=True)
        if some
    }
    whole = st.lists(st.integers(0, 10), min_size=NIGHTS, max_size=NIGHTS)
    table = st.lists(whole, min_size=len(types), max_size=len(types)).map(np.array)
    spot = st.tuples(st.integers(0, len(types) - 1), st.integers(0, NIGHTS - 1))
    manual = draw(st.dictionaries(spot, st.integers(0, 90_000), max_size=4))
    return a_board(
        draw(st.permutations(plans)),
        types,
        rules=tuple(draw(st.lists(rules(types, plans), max_size=5))),
        parties=parties,
        house=House(draw(table), draw(table)),
        cells={(plans[0].id, "price"): cells(len(types), NIGHTS, manual)},
    )
