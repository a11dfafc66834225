"""Pure shaping of the list of blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pms.kernel.formats import day
from pms.properties.queries import Structure
from pms.reservations.block_list import BlockLine
from pms.ui.shell.box import calendar_at


@dataclass(frozen=True)
class BlockRow:
    """A block as the list shows it; dates are in words, `href` is the calendar where it begins."""

    id: str
    version: int
    unit: str
    room_type: str
    kind: str
    first: str
    end: str
    nights: int
    reason: str
    by: str
    present: bool
    href: str


@dataclass(frozen=True)
class Pick:
    """A unit to choose."""

    id: str
    name: str


@dataclass(frozen=True)
class Group:
    """The units of a room type, to choose from."""

    name: str
    picks: list[Pick]


@dataclass(frozen=True)
class BlockFilled:
    """What stands in the form when it opens; dates are ISO."""

    unit: str = ""
    kind: str = "out_of_order"
    first: str = ""
    end: str = ""
    reason: str = ""


@dataclass(frozen=True)
class BlockForm:
    """The form as sent, units apart: nights [first_night, end_night)."""

    block_kind: str
    first_night: date
    end_night: date
    reason: str


def block_rows(lines: Sequence[BlockLine], locale: str, house: str) -> list[BlockRow]:
    """The list, by first night."""
    return [
        BlockRow(
            id=str(one.id),
            version=one.version,
            unit=one.unit,
            room_type=one.room_type,
            kind=one.kind,
            first=day(one.first_night, locale),
            end=day(one.end_night, locale),
            nights=one.nights,
            reason=one.reason,
            by=one.created_by,
            present=one.present,
            href=calendar_at(one.first_night, house),
        )
        for one in lines
    ]


def groups(built: Structure) -> list[Group]:
    """All units, by type."""
    kinds = [Group(one.name, [Pick(str(unit.id), unit.name) for unit in one.units]) for one in built.room_types]
    return [one for one in kinds if one.picks]
