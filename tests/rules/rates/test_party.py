"""What a party pays: bands, extra adults, one alone; length of stay and channels; and no cent on the way lost."""

from fractions import Fraction
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.rates.board import Board, TypeOnSale
from pms.rates.models import AgeBand, RatePlan
from pms.rates.party import Heads, Party, difference, fits, heads, night_prices
from tests.rules.rates.boards import NOBODY, a_board, a_party, a_plan, a_type
from tests.rules.rates.oracle import ended, half_away


def _band(first: int, last: int) -> AgeBand:
    return AgeBand(id=uuid4(), organization_id=NOBODY, property_id=NOBODY, name="", from_age=first, to_age=last)


BABIES, KIDS, TEENS = BANDS = (_band(0, 2), _band(3, 11), _band(12, 15))


def _house(plan: RatePlan | None = None, **party: object) -> tuple[Board, RatePlan, TypeOnSale]:
    kind, plan = a_type(adults=4), plan or a_plan()
    return a_board([plan], [kind], parties={kind.id: a_party(kind, **party)}, bands=BANDS), plan, kind


@pytest.mark.parametrize(
    ("age", "band"),
    [(0, BABIES), (2, BABIES), (3, KIDS), (11, KIDS), (12, TEENS), (15, TEENS), (16, None), (17, None), (None, None)],
)
def test_a_child_belongs_to_the_band_of_its_age_and_without_one_pays_as_an_adult(age: int | None, band: AgeBand | None) -> None:
    found = heads(Party(2, (age,)), BANDS)
    assert found == (Heads(3, ()) if band is None else Heads(2, ((band.id, 1),)))


def test_where_there_are_no_bands_children_are_children() -> None:
    assert heads(Party(2, (5, None)), ()) == Heads(2, ((None, 2),))
    assert heads(Party(2), ()) == Heads(2, ())


@given(st.integers(1, 6), st.lists(st.none() | st.integers(0, 17), max_size=6))
def test_nobody_is_lost_or_counted_twice(adults: int, ages: list[int | None]) -> None:
    for bands in (BANDS, ()):
        found = heads(Party(adults, tuple(ages)), bands)
        assert found.adults + found.young == adults + len(ages)


@pytest.mark.parametrize(
    ("party", "more"),
    [
        (Party(1), -1_500),
        (Party(2), 0),
        (Party(3), 3_000),
        (Party(4), 6_000),
        (Party(1, (1,)), 0),
        (Party(1, (5,)), 1_000),
        (Party(2, (5, 7, 1)), 2_000),
        (Party(2, (13,)), 2_000),
        (Party(2, (16,)), 3_000),
        (Party(2, (None,)), 3_000),
        (Party(1, (None,)), 0),
    ],
)
def test_the_difference_to_the_base_party(party: Party, more: int) -> None:
    """Two adults in the price; a third 30, one alone 15 less, kids 10, teens 20, babies nothing (not named)."""
    board, plan, kind = _house(extra_adult=3_000, single_use=1_500, children={str(KIDS.id): 1_000, str(TEENS.id): 2_000})
    assert difference(board, plan, kind.id, heads(party, BANDS)) == more


def test_one_alone_in_a_single_pays_no_less() -> None:
    board, plan, kind = _house(base_adults=1, single_use=1_500, extra_adult=2_000)
    assert difference(board, plan, kind.id, heads(Party(1), BANDS)) == 0
    assert difference(board, plan, kind.id, heads(Party(2), BANDS)) == 2_000


def test_meals_are_paid_by_head_along_the_whole_line_of_plans() -> None:
    master = a_plan()
    breakfast = a_plan(master, per_adult=1_200, per_child=600)
    dinner = a_plan(breakfast, per_adult=2_500, per_child=1_000)
    kind = a_type(adults=4)
    board = a_board([master, breakfast, dinner], [kind], parties={kind.id: a_party(kind)}, bands=BANDS)
    for party, more in ((Party(2), 0), (Party(1), -3_700), (Party(3), 3_700), (Party(2, (1, 5)), 3_200)):
        assert difference(board, dinner, kind.id, heads(party, BANDS)) == more


def test_without_party_prices_any_number_of_adults_pays_the_same() -> None:
    kind, plan = a_type(adults=4), a_plan()
    board = a_board([plan], [kind])
    assert {difference(board, plan, kind.id, Heads(adults, ())) for adults in (1, 2, 3, 4)} == {0}


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        (Party(2), True),
        (Party(3), False),
        (Party(2, (5,)), True),
        (Party(1, (5, 5)), True),
        (Party(2, (5, 5)), False),
        (Party(1, (5, 5, 5)), False),
    ],
)
def test_a_child_may_sleep_where_an_adult_could_but_not_the_other_way_round(party: Party, expected: bool) -> None:
    assert fits(party, a_type(adults=2, children=1)) is expected


STEPS = [{"nights": 3, "percent": -500}, {"nights": 7, "percent": -1_500}, {"nights": 14, "percent": 0}]


@pytest.mark.parametrize(
    ("nights", "price"), [(1, 10_000), (2, 10_000), (3, 9_500), (6, 9_500), (7, 8_500), (13, 8_500), (14, 10_000)]
)
def test_the_longest_step_that_is_reached_counts(nights: int, price: int) -> None:
    for steps in (STEPS, STEPS[::-1]):
        assert night_prices(a_plan(steps=steps), np.array([10_000] * nights), 0, nights).tolist() == [price] * nights


def test_a_channel_adds_its_markup_after_the_length_of_stay_and_rounds_as_the_plan_does() -> None:
    plan = a_plan(
        steps=[{"nights": 2, "percent": -1_000}],
        markups={"Booking.com": {"percent": 1_500, "amount": 100}, "nothing": {"percent": 0, "amount": 0}},
        round_step=100,
        round_ending=99,
    )
    base = np.array([10_000, 12_345])
    assert night_prices(plan, base, 250, 2, "desk").tolist() == [9_199, 11_299]
    assert night_prices(plan, base, 250, 2, "Booking.com").tolist() == [10_699, 13_099]
    assert night_prices(plan, base, 250, 1, "nothing").tolist() == [10_250, 12_595], "what changes nothing rounds nothing"


@given(
    st.lists(st.integers(0, 100_000), min_size=1, max_size=7),
    st.integers(-20_000, 20_000),
    st.integers(-9_999, 5_000),
    st.integers(-9_999, 5_000),
    st.integers(-9_000, 9_000),
    st.sampled_from([(1, 0), (50, 0), (100, 99)]),
)
def test_nights_are_priced_one_by_one_as_by_hand(
    base: list[int], more: int, step: int, percent: int, amount: int, rounding: tuple[int, int]
) -> None:
    size, ending = rounding
    plan = a_plan(
        steps=[{"nights": 1, "percent": step}],
        markups={"ota": {"percent": percent, "amount": amount}},
        round_step=size,
        round_ending=ending,
    )

    def by_hand(price: int) -> int:
        price = max(0, price + more)
        if step:
            price = ended(max(0, price + half_away(Fraction(price * step, 10_000))), size, ending, "nearest")
        if percent or amount:
            moved = price + half_away(Fraction(price * percent, 10_000)) + amount
            price = max(0, moved if size == 1 else ended(max(0, moved), size, ending, "nearest"))
        return price

    found = night_prices(plan, np.array(base), more, len(base), "ota").tolist()
    assert found == [by_hand(price) for price in base]
    assert min(found) >= 0


def test_a_party_that_pays_less_than_nothing_pays_nothing() -> None:
    plan = a_plan(steps=[{"nights": 1, "percent": -1_000}], round_step=100, round_ending=0)
    assert night_prices(plan, np.array([1_000]), -5_000, 1).tolist() == [0]


def test_an_unknown_room_type_is_not_guessed_at() -> None:
    board, _, _ = _house()
    with pytest.raises(KeyError):
        board.party(UUID(int=7))
