"""Unit names as people write them: "101-112, 114, A1-A3"."""

from __future__ import annotations

import re

from pms.kernel.refusals import Refusal

UNITS_MOST = 500
"""At once; a larger house adds twice."""
NAME_LONGEST = 40

_SEPARATOR = re.compile(r"[,;\n]+")
_DASH = re.compile(r"\s*[-\u2010-\u2014]\s*")
_NUMBERED = re.compile(r"(.*?)([0-9]+)")


class NoUnits(Refusal):
    sentence = "Name at least one room or bed, such as 101-112, 114."
    field = "units"


class TooManyUnits(Refusal):
    sentence = "Add at most {most} at once."
    field = "units"


class RangeBackwards(Refusal):
    sentence = "{range} runs backwards."
    field = "units"


class RangeUnclear(Refusal):
    sentence = "{range} is not clear. Write a range as 101-112 or A1-A3."
    field = "units"


class UnitNamedTwice(Refusal):
    sentence = "{unit} is named twice."
    field = "units"


class UnitNameTooLong(Refusal):
    sentence = "{unit} is too long for a name: at most {longest} characters."
    field = "units"


def parse_units(given: str) -> list[str]:
    """The names in the order written; a range keeps the prefix and zero padding of its first name.

    A dash makes a range when there is a number on both sides of it; "Sea-view" and "A-1" are names.
    Refuses `NoUnits`, `TooManyUnits`, `RangeBackwards`, `RangeUnclear`, `UnitNamedTwice`, `UnitNameTooLong`.
    """
    names: list[str] = []
    for part in _SEPARATOR.split(given):
        part = " ".join(part.split())
        names += _expand(part, UNITS_MOST - len(names)) if part else []
    if not names:
        raise NoUnits()
    _refuse_bad(names)
    return names


def _expand(part: str, room: int) -> list[str]:
    """The names of one part, at most `room` of them."""
    ends = _DASH.split(part)
    if len(ends) < 2 or not all(re.search("[0-9]", end) for end in ends):
        if room < 1:
            raise TooManyUnits(most=UNITS_MOST)
        return [part]
    first, last = (_NUMBERED.fullmatch(end) for end in (ends[0], ends[-1]))
    if len(ends) > 2 or not first or not last or last[1] not in ("", first[1]) or _pads_differently(first[2], last[2]):
        raise RangeUnclear(range=part)
    start, end = int(first[2]), int(last[2])
    if end < start:
        raise RangeBackwards(range=part)
    if end - start + 1 > room:
        raise TooManyUnits(most=UNITS_MOST)
    return [f"{first[1]}{number:0{len(first[2])}d}" for number in range(start, end + 1)]


def _pads_differently(first: str, last: str) -> bool:
    """In "8-012" nobody can tell what follows the 8; numbers beyond 18 digits are no room numbers either."""
    return (last.startswith("0") and len(last) != len(first)) or max(len(first), len(last)) > 18


def refuse_bad_name(name: str) -> None:
    """Refuse `NoUnits` for an empty name, `UnitNameTooLong` for one that fits on no door."""
    if not name:
        raise NoUnits()
    if len(name) > NAME_LONGEST:
        raise UnitNameTooLong(unit=name, longest=NAME_LONGEST)


def _refuse_bad(names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        refuse_bad_name(name)
        if name in seen:
            raise UnitNamedTwice(unit=name)
        seen.add(name)
