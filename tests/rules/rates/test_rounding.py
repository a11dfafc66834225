"""Prices end as the hotel wants, and percentages round half away from zero."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pms.kernel.money import MINOR_MAX
from pms.rates.rounding import CENT, Rounding, in_reach, round_to, share
from tests.rules.rates.oracle import ended, half_away

AMOUNTS = st.lists(st.integers(0, MINOR_MAX), min_size=1, max_size=20)
TOWARDS = st.sampled_from(["nearest", "up", "down"])
ROUNDINGS = st.builds(
    lambda step, part, towards: Rounding(step, part * step // 1_000, towards),
    st.integers(1, 2_000) | st.sampled_from([5, 50, 100, 1_000]),
    st.integers(0, 999),
    TOWARDS,
)


def _one(amount: int, rounding: Rounding) -> int:
    return int(round_to(np.array([amount]), rounding)[0])


@given(AMOUNTS, ROUNDINGS)
def test_every_result_has_the_wanted_ending_is_not_negative_and_stays_as_it_is(amounts: list[int], rounding: Rounding) -> None:
    once = round_to(np.array(amounts), rounding)
    assert (once % rounding.step == rounding.ending).all()
    assert (once >= 0).all()
    assert (round_to(once, rounding) == once).all()


@given(st.integers(0, 20_000), ROUNDINGS)
@example(0, Rounding(100, 99, "down"))
@example(49, Rounding(100, 99, "nearest"))
def test_it_is_the_nearest_the_next_higher_or_the_next_lower_one(amount: int, rounding: Rounding) -> None:
    assert _one(amount, rounding) == ended(amount, rounding.step, rounding.ending, rounding.towards)


@given(AMOUNTS, st.integers(-10_000, 100_000))
def test_a_percentage_rounds_half_away_from_zero(amounts: list[int], percent: int) -> None:
    expected = [half_away(Fraction(amount * percent, 10_000)) for amount in amounts]
    assert share(np.array(amounts), percent).tolist() == expected


@pytest.mark.parametrize(
    ("amount", "percent", "expected"),
    [(1, 5_000, 1), (1, -5_000, -1), (3, 5_000, 2), (-1, 5_000, -1), (1, 4_999, 0), (50, 100, 1)],
)
def test_half_a_cent_goes_away_from_zero(amount: int, percent: int, expected: int) -> None:
    assert share(np.array([amount]), percent)[0] == expected


def test_whole_cents_are_left_alone() -> None:
    assert _one(12_345, CENT) == 12_345


@pytest.mark.parametrize(
    ("amount", "step", "ending", "towards", "expected"),
    [
        (10_049, 100, 0, "nearest", 10_000),
        (10_050, 100, 0, "nearest", 10_100),
        (10_001, 100, 0, "up", 10_100),
        (10_099, 100, 0, "down", 10_000),
        (10_010, 100, 99, "nearest", 9_999),
        (10_010, 100, 99, "up", 10_099),
        (8_825, 50, 0, "nearest", 8_850),
        (30, 100, 99, "down", 99),
    ],
)
def test_worked_examples(amount: int, step: int, ending: int, towards: str, expected: int) -> None:
    assert _one(amount, Rounding(step, ending, towards)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(("step", "ending"), [(100, 100), (100, -1), (0, 0)])
def test_an_ending_outside_its_step_is_a_mistake(step: int, ending: int) -> None:
    with pytest.raises(ValueError):
        Rounding(step, ending)


@given(st.integers(-(10**15), 10**15))
def test_a_price_stays_in_reach(amount: int) -> None:
    assert in_reach(np.array([amount]))[0] == min(max(amount, 0), MINOR_MAX)
