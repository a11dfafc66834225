"""Unit names as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.kernel.refusals import Refusal
from pms.properties.unit_names import (
    UNITS_MOST,
    NoUnits,
    RangeBackwards,
    RangeUnclear,
    TooManyUnits,
    UnitNamedTwice,
    UnitNameTooLong,
    parse_units,
)

PREFIX = st.text("ABCxyz .", max_size=5).map(lambda text: " ".join(text.split()))


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("101", ["101"]),
        ("101-103, 114, A1-A3", ["101", "102", "103", "114", "A1", "A2", "A3"]),
        ("A1-3", ["A1", "A2", "A3"]),
        ("008-011", ["008", "009", "010", "011"]),
        ("08-101", [f"{n:02d}" for n in range(8, 102)]),
        ("Room 9 – Room 11", ["Room 9", "Room 10", "Room 11"]),
        ("Sea-view; A-1\n12-B,, ", ["Sea-view", "A-1", "12-B"]),
        ("  Garden   suite ", ["Garden suite"]),
        ("7-7", ["7"]),
        ("1-500", [str(n) for n in range(1, 501)]),
    ],
)
def test_what_people_write(given: str, names: list[str]) -> None:
    assert parse_units(given) == names


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ("", NoUnits),
        (" , ;\n", NoUnits),
        ("12-10", RangeBackwards),
        ("101-103, 9-8", RangeBackwards),
        ("A1-B3", RangeUnclear),
        ("1A-1C", RangeUnclear),
        ("1-2-3", RangeUnclear),
        ("8-012", RangeUnclear),
        ("1-" + "9" * 30, RangeUnclear),
        ("1-501", TooManyUnits),
        ("1-500, 501", TooManyUnits),
        ("1-999999999999999999", TooManyUnits),
        ("101-103, 102", UnitNamedTwice),
        ("1" * 41, UnitNameTooLong),
    ],
)
def test_what_is_refused(given: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        parse_units(given)
    assert refused.value.field == "units"


@given(PREFIX, st.integers(0, 10_000), st.integers(0, UNITS_MOST - 1), st.integers(1, 7))
def test_a_range_keeps_prefix_and_padding_and_leaves_nothing_out(prefix: str, start: int, more: int, width: int) -> None:
    first, last = f"{prefix}{start:0{width}d}", f"{prefix}{start + more:0{width}d}"
    names = parse_units(f"{first}-{last}")
    assert (names[0], names[-1], len(names)) == (first, last, more + 1)
    assert [int(name[len(prefix) :]) for name in names] == list(range(start, start + more + 1))
    assert {len(name) for name in names} <= set(range(len(first), len(last) + 1))
    assert parse_units(", ".join(names)) == names


@given(st.text(max_size=60))
def test_whatever_is_typed_gives_good_names_or_a_refusal(typed: str) -> None:
    try:
        names = parse_units(typed)
    except Refusal:
        return
    assert 0 < len(names) <= UNITS_MOST
    assert len(set(names)) == len(names)
    assert all(name == " ".join(name.split()) and 0 < len(name) <= 40 for name in names)
