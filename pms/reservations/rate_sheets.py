"""Rates out as a file and in from one: what a file would do row by row, then all of it as one change that can be undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from itertools import chain
from typing import Any
from uuid import UUID

import numpy as np

from pms.inventory.allowance import AllowanceMoved, AllowanceTooLarge
from pms.inventory.availability import NIGHTS_MAX, availability
from pms.inventory.availability import TypeNight as Night
from pms.inventory.claim import TypeNight
from pms.kernel import formats
from pms.kernel.db import Db
from pms.kernel.refusals import BadInput, NotPermitted, Refusal
from pms.kernel.words import N_, translate
from pms.rates.board import UNSET, Board, Field
from pms.rates.cells import FIELDS, Changed, Edit, hold_plans, try_cells
from pms.rates.channels import NoSuchChannel, name_of
from pms.rates.load import House, book_of, house_of
from pms.rates.models import FLAGS
from pms.rates.party import prices_on
from pms.rates.price import prices
from pms.rates.queries import sold_through
from pms.rates.sheets import BEYOND, ROWS_MAX, Line, Written, read_sheet, to_csv, to_xlsx
from pms.reservations.rate_changes import change_rates
from pms.reservations.rate_table import RateTable, rate_table

FORMATS = ("csv", "xlsx")
Outcome = Mapping[str, tuple[Any, Any]] | Refusal
Meant = tuple[UUID | None, UUID, date, str]
"""A cell and its channel as a row names it; without a plan, a night of the room type itself."""


class NotAsTried(Refusal):
    """The file would do something else by now than what was shown; nothing was written."""

    sentence = "The rates have changed since this file was checked. Look at what it would do now."
    status = 409


@dataclass(frozen=True)
class Tried:
    """One row of a file: which cell it means, and its fields that would change as (before, after), or why it is refused."""

    number: int
    room_type: str
    plan: str
    night: date | None
    changes: Mapping[str, tuple[Any, Any]]
    problem: str = ""
    channel: str = ""


@dataclass(frozen=True)
class Trial:
    """What a file would do, in its order: to cells, and to the allowances of room types, (before, after) each. `fingerprint`
    stands for exactly that; money is in minor units of `currency`.
    """

    currency: str
    rows: tuple[Tried, ...]
    edits: tuple[Edit, ...]
    allowed: Mapping[TypeNight, tuple[int, int]]
    fingerprint: str

    @property
    def changing(self) -> int:
        """How many cells would differ."""
        return sum(bool(row.changes) for row in self.rows)

    @property
    def refused(self) -> list[Tried]:
        """The rows that would be left out."""
        return [row for row in self.rows if row.problem]


def export(db: Db, property_id: UUID, first: date, end: date, form: str) -> bytes:
    """The cells of the local nights [first, end), of every room type and plan, as the bytes of a "csv" or an "xlsx".

    Refuses `BadInput`, `NotFound`, `NotPermitted`.
    """
    if form not in FORMATS:
        raise BadInput("format", "Choose one of the formats.")
    table = rate_table(db, property_id, first, end, most=ROWS_MAX)
    own = list(_of_channels(table))
    if (len(table.plans) + 1) * len(table.types) * table.board.nights + len(own) > ROWS_MAX:
        raise BadInput("to", "Ask for at most {most} cells at a time.", most=ROWS_MAX)
    rows = chain(_written(table), own)
    if form == "xlsx":
        return to_xlsx(rows, table.house.currency, bool(own))
    return ("\ufeff" + to_csv(rows, table.house.currency, bool(own))).encode()


def _of_channels(table: RateTable) -> Iterator[Written]:
    """What single channels have of their own, and what a night costs there."""
    board = table.board
    for channel in sorted(board.own):
        seen = board.on(channel)
        asked = prices(seen)
        for plan in table.plans:
            now = prices_on(seen, channel, plan, asked[plan.id])
            filled = {name: board.filled(plan.id, name, channel) for name in FIELDS if (plan.id, name) in board.own[channel]}
            somewhere = np.logical_or.reduce([field != UNSET for field in filled.values()]) if filled else np.zeros((0, 0))
            for row, at in np.argwhere(somewhere).tolist():
                values = {name: _value(name, int(field[row, at])) for name, field in filled.items()}
                yield Written(board.types[row].name, plan.code, board.days[at], int(now[row, at]), values, channel)


def _written(table: RateTable) -> Iterator[Written]:
    board = table.board
    for kind in table.types:
        row = board.row(kind.id)
        for night, rooms in zip(board.days, _beyond(board)[row].tolist(), strict=True):
            yield Written(kind.name, "", night, None, {BEYOND: rooms})
        for plan in table.plans:
            filled = {name: board.filled(plan.id, name)[row].tolist() for name in FIELDS if (plan.id, name) in board.cells}
            now = table.prices[plan.id][row].tolist()
            for at, night in enumerate(board.days):
                values = {name: _value(name, column[at]) for name, column in filled.items()}
                yield Written(kind.name, plan.code, night, now[at], values)


def _beyond(board: Board) -> Field:
    assert board.house is not None
    assert board.house.beyond is not None
    return board.house.beyond


def _value(name: str, value: int) -> int | bool | None:
    return None if value == UNSET else value == 1 if name in FLAGS else value


def try_sheet(db: Db, property_id: UUID, content: bytes) -> Trial:
    """What a file would do; writes nothing. Sentences are in the actor's language.

    Refuses `NotASheet`, `SheetTooLarge`, `NoSuchColumns`, `NotFound`, `NotPermitted`.
    """
    house = house_of(db, property_id)
    db.actor.require("rate.change", property_id)
    lines = read_sheet(content, house.currency)
    cells = _cells(db, house, lines)
    good = [(line, cell) for line, cell in zip(lines, cells, strict=True) if isinstance(cell, tuple)]
    of_types = {cell[1:3]: line for line, cell in good if cell[0] is None}
    good = [(line, cell) for line, cell in good if cell[0] is not None]
    edits = [Edit(cell[:3], line.values, channel=cell[3]) for line, cell in good]  # type: ignore[arg-type]
    outcomes: dict[int, Outcome] = dict(zip([line.number for line, _ in good], try_cells(db, property_id, edits), strict=True))
    outcomes |= _try_allowances(db, property_id, of_types)
    rows = tuple(_tried(db, line, cell, outcomes.get(line.number)) for line, cell in zip(lines, cells, strict=True))
    changing = {row.number: row.changes for row in rows if row.changes}
    kept = tuple(edit for edit, (line, _) in zip(edits, good, strict=True) if line.number in changing)
    allowed = {key: changing[line.number][BEYOND] for key, line in of_types.items() if line.number in changing}
    said = repr(
        [(row.number, row.room_type, row.plan, row.night, row.channel, sorted(row.changes.items()), row.problem) for row in rows]
    )
    return Trial(house.currency, rows, kept, allowed, blake2b(said.encode(), digest_size=16).hexdigest())


def apply_sheet(db: Db, property_id: UUID, content: bytes, fingerprint: str) -> tuple[Trial, Changed]:
    """Change what a file says, all of it that was not refused, as one change.

    Refuses `NotAsTried` when it would do something else than the trial of that fingerprint, and what `try_sheet` does.
    """
    db.actor.require("rate.change", property_id)
    hold_plans(db, property_id)
    trial = try_sheet(db, property_id, content)
    if trial.fingerprint != fingerprint:
        raise NotAsTried()
    seen, wanted = ({key: pair[at] for key, pair in trial.allowed.items()} for at in (0, 1))
    try:
        return trial, change_rates(db, property_id, trial.edits, wanted, "import", seen=seen)
    except AllowanceMoved:  # while this waited for the lock of a night
        raise NotAsTried() from None


def _try_allowances(db: Db, property_id: UUID, lines: Mapping[TypeNight, Line]) -> dict[int, Outcome]:
    """What would differ of the allowances, by the number of the row, or why a row is refused."""
    if not lines:
        return {}
    first, last = min(night for _, night in lines), max(night for _, night in lines)
    if (last - first).days >= NIGHTS_MAX:
        refusal = BadInput("to", "Ask for 1 to {most} nights at a time.", most=NIGHTS_MAX)
        return {line.number: refusal for line in lines.values()}
    now = {(one.room_type_id, one.night): one for one in availability(db, property_id, first, last + timedelta(days=1))}
    return {line.number: _try_allowance(db, now[key], line.values[BEYOND]) for key, line in lines.items()}


def _try_allowance(db: Db, now: Night, rooms: int) -> Outcome:
    if rooms == now.overbooking:
        return {}
    if not db.actor.may("reservation.oversell"):
        return NotPermitted(permission="reservation.oversell")
    if rooms > now.capacity:
        return AllowanceTooLarge(night=now.night, most=now.capacity)
    return {BEYOND: (now.overbooking, rooms)}


def _cells(db: Db, house: House, lines: Sequence[Line]) -> list[Meant | Refusal | str]:
    """The cell each line means, or why it means none."""
    types: dict[str, list[UUID]] = {}
    for kind in house.types:
        types.setdefault(kind.name.casefold(), []).append(kind.id)
    plans = {plan.code.casefold(): plan.id for plan in book_of(db, house).plans}
    channels = {"": "", **sold_through(db, house.property_id)} if any(line.channel for line in lines) else {"": ""}
    seen: dict[Meant, int] = {}
    return [_cell(line, types, plans, channels, seen) for line in lines]


def _cell(
    line: Line,
    types: Mapping[str, Sequence[UUID]],
    plans: Mapping[str, UUID],
    channels: Mapping[str, str],
    seen: dict[Meant, int],
) -> Meant | Refusal | str:
    kinds, plan = types.get(line.room_type.casefold(), ()), plans.get(line.plan.casefold())
    if line.problem or line.night is None:
        return line.problem
    if len(kinds) > 1:
        return N_("Several room types have this name.")
    if not kinds:
        return N_("There is no room type of this name.")
    if plan is None and line.plan:
        return N_("There is no rate plan with this code.")
    if (channel := channels.get(line.channel.casefold())) is None:
        return NoSuchChannel(channel=line.channel)
    cell = (plan, kinds[0], line.night, channel)
    if seen.setdefault(cell, line.number) != line.number:
        return N_("A row above speaks of the same night already.")
    return cell


def _tried(db: Db, line: Line, cell: Meant | Refusal | str, outcome: Outcome | None) -> Tried:
    problem = translate(cell, db.actor.locale) if isinstance(cell, str) else ""
    if refusal := next((one for one in (cell, outcome) if isinstance(one, Refusal)), None):
        problem = refusal.say(db.actor.locale)
    changes = outcome if isinstance(outcome, Mapping) else {}
    return Tried(line.number, line.room_type, line.plan, line.night, changes, problem, line.channel)


COLUMNS = {
    "price": N_("price"),
    "min_stay": N_("min. stay"),
    "max_stay": N_("max. stay"),
    "min_stay_arrival": N_("min. stay on arrival"),
    "max_stay_arrival": N_("max. stay on arrival"),
    "closed": N_("closed"),
    "closed_arrival": N_("closed to arrival"),
    "closed_departure": N_("closed to departure"),
    "min_advance": N_("min. days ahead"),
    "max_advance": N_("max. days ahead"),
    BEYOND: N_("overbooking"),
}
"""What the fields of a cell are called in the middle of a sentence."""
_YES, _NO = N_("yes"), N_("no")


def words(row: Tried, currency: str, locale: str) -> str:
    """Why a row is refused, or what it changes: "price 100.00 → 120.00, closed — → yes", on a channel "Airbnb: price ..."."""
    if row.problem:
        return row.problem
    changes = ", ".join(
        f"{translate(COLUMNS[name], locale)} {_word(name, before, currency, locale)} → {_word(name, after, currency, locale)}"
        for name, (before, after) in row.changes.items()
    )
    return f"{name_of(row.channel, locale)}: {changes}" if row.channel and changes else changes


def _word(name: str, value: Any, currency: str, locale: str) -> str:
    if value is None:
        return "—"
    if name == "price":
        return formats.money(value, currency, locale)
    return translate(_YES if value else _NO, locale) if name in FLAGS else str(value)
