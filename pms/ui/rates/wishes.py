"""What people ask of cells, turned into edits: typed texts by their language, switches by what holds now. Run inside `act`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from pms.kernel.db import Db
from pms.kernel.formats import day_short, read_money, symbol
from pms.kernel.refusals import BadInput, NotFound
from pms.kernel.words import N_, translate_many
from pms.properties.models import RoomType
from pms.rates.board import UNSET, Board, Book
from pms.rates.cells import FIELDS, Cell, Changed, Edit, change_cells, fits
from pms.rates.load import board_of, book_of, house_of
from pms.rates.many import switched
from pms.rates.models import FLAGS, RatePlan, follows
from pms.rates.sheets import CLEAR, value_of
from pms.reservations.rate_changes import allow_nights, undo


@dataclass(frozen=True)
class Target:
    """A cell somebody means, and the version of it that they saw."""

    plan_id: UUID
    type_id: UUID
    night: date
    version: int | None = None

    @property
    def cell(self) -> tuple[UUID, UUID, date]:
        """As edits name it."""
        return self.plan_id, self.type_id, self.night


@dataclass(frozen=True)
class Done:
    """What came of it; `followed` cells were left alone because their plan follows another, `oversold` nights lack rooms now."""

    changed: Changed
    followed: int = 0
    oversold: int = 0


def put_prices(db: Db, property_id: UUID, targets: Sequence[Target], texts: Sequence[str]) -> Done:
    """Set prices as typed, empty texts give a cell back to the rules. Refuses `BadInput`, and what `change_cells` refuses."""
    if len(texts) != len(targets):
        raise BadInput("price", "This is not an amount of money.")
    db.actor.require("rate.change", property_id)
    house = house_of(db, property_id)
    book = book_of(db, house)
    read = {text: price_of(text, house.currency, db.actor.locale) for text in set(texts)}
    free = [(one, text) for one, text in zip(targets, texts, strict=True) if plan_of(book, one.plan_id).parent_id is None]
    edits = [Edit(one.cell, {"price": read[text]}, one.version) for one, text in free]
    return Done(change_cells(db, property_id, edits), len(targets) - len(edits))


def price_of(text: str, currency: str, locale: str) -> int | None:
    """A typed price in minor units, with or without the currency's sign; None for nothing. Refuses `BadInput`."""
    bare = text.replace(symbol(currency, locale), "").replace(currency, "").strip()
    return read_money(bare, currency, locale, "price") if bare else None


def put_rule(db: Db, property_id: UUID, targets: Sequence[Target], what: str, text: str = "") -> Done:
    """Set a restriction: a number for stays and days ahead (nothing clears), "on" or "off" for flags; nothing switches a flag by
    what holds now.

    Refuses `BadInput`, and what `change_cells` refuses.
    """
    if what not in FLAGS:
        return put_rules(db, property_id, targets, what, [text.strip() or CLEAR] * len(targets))
    db.actor.require("rate.change", property_id)
    return _flag(db, property_id, targets, what, [{"on": True, "off": False}.get(text)] * len(targets))


def put_rules(db: Db, property_id: UUID, targets: Sequence[Target], what: str, texts: Sequence[str]) -> Done:
    """Set a restriction of each cell as a spreadsheet has it: yes or no for flags, else a number, `-` to clear.

    Refuses `BadInput`, and what `change_cells` refuses.
    """
    if len(texts) != len(targets):
        raise BadInput(what, "This value does not fit here.")
    db.actor.require("rate.change", property_id)
    read = {text: rule_of(text, what) for text in set(texts)}
    if what in FLAGS:
        return _flag(db, property_id, targets, what, [bool(read[text]) for text in texts])
    book = book_of(db, house_of(db, property_id))
    free = [(one, text) for one, text in zip(targets, texts, strict=True) if not follows(plan_of(book, one.plan_id), what)]
    edits = [Edit(one.cell, {what: read[text]}, one.version) for one, text in free]
    return Done(change_cells(db, property_id, edits), len(targets) - len(edits))


def rule_of(text: str, what: str) -> int | bool | None:
    """A typed or pasted restriction: yes or no, nights, days; None for none. Refuses `BadInput`."""
    bare = text.strip()
    sentence = (
        N_("“{text}” is neither yes nor no: nothing was changed.")
        if what in FLAGS
        else N_("“{text}” is no number of nights or days: nothing was changed.")
    )
    try:
        value = value_of(what, bare, "")
    except BadInput:
        raise BadInput(what, sentence, text=bare) from None
    if not what.endswith("advance"):
        value = value or None  # a shortest stay of no nights is none
    if value is not None and not fits(what, value):
        raise BadInput(what, sentence, text=bare)
    return value


def put_allowance(
    db: Db, property_id: UUID, nights: Sequence[tuple[UUID, date]], text: str, seen: Mapping[tuple[UUID, date], int]
) -> Done:
    """Let so many rooms as typed be sold beyond the house, none for an empty text.

    Refuses `BadInput`, and what `allow_nights` refuses.
    """
    bare = text.strip() or "0"
    if not (bare.isascii() and bare.isdigit()):
        raise BadInput("overbooking", "Give a number of rooms.")
    made = allow_nights(db, property_id, dict.fromkeys(nights, int(bare[:6])), seen)
    return Done(Changed(made.change_id, made.nights), oversold=made.oversold)


def clear_channel(db: Db, property_id: UUID, target: Target, channel: str) -> Done:
    """Take from a channel all that it has of its own in a cell. Refuses what `change_cells` refuses."""
    plan = plan_of(book_of(db, house_of(db, property_id)), target.plan_id)
    nothing = {name: None for name in FIELDS if not follows(plan, name)}
    return Done(change_cells(db, property_id, [Edit(target.cell, nothing, target.version, channel)]))


NAMED_MOST = 3


def take_back(db: Db, change_id: UUID) -> tuple[Changed, str]:
    """Undo a change; beside what was done, which cells stay because their minimum would be above their maximum now, in words.

    Refuses what `undo` refuses.
    """
    done = undo(db, change_id)
    return done, crossed_words(db, done)


def crossed_words(db: Db, done: Changed) -> str:
    """Which cells an undo leaves as they are because their minimum would be above their maximum; empty for none."""
    named = [_in_words(db, cell) for cell in done.crossed[:NAMED_MOST]]
    names = " · ".join([*named, "…"] if len(done.crossed) > NAMED_MOST else named)
    return (
        translate_many(
            "{n} cell stays: the minimum would be above the maximum ({cells}).",
            "{n} cells stay: the minimum would be above the maximum ({cells}).",
            len(done.crossed),
            db.actor.locale,
            cells=names,
        )
        if named
        else ""
    )


def _in_words(db: Db, cell: Cell) -> str:
    plan, kind = db.one(RatePlan, cell[0]), db.one(RoomType, cell[1])
    return f"{kind.name}, {plan.name}, {day_short(cell[2], db.actor.locale)}"


def _flag(db: Db, property_id: UUID, targets: Sequence[Target], what: str, wanted: Sequence[bool | None]) -> Done:
    """Flags on or off; where nothing is wanted, off if it holds on all of the cells, else on."""
    house = house_of(db, property_id)
    book = book_of(db, house)
    for one in targets:
        plan_of(book, one.plan_id)
    board = _around(db, house, targets)
    if not {one.type_id for one in targets} <= {kind.id for kind in board.types}:
        raise NotFound(what="room type")
    cells = [(board.row(one.type_id), (one.night - board.first).days) for one in targets]
    ids = dict.fromkeys(one.plan_id for one in targets)
    now = {id: board.restriction(book.by_id[id], what) == 1 for id in ids}
    switch = not all(now[one.plan_id][at] for one, at in zip(targets, cells, strict=True))
    shall = {id: np.full((len(board.types), board.nights), UNSET) for id in ids}
    for one, at, on in zip(targets, cells, wanted, strict=True):
        shall[one.plan_id][at] = switch if on is None else on
    after = switched(board, what, shall)
    found = {id: after.filled(id, what) for id in ids}
    values = [int(found[one.plan_id][at]) for one, at in zip(targets, cells, strict=True)]
    edits = [
        Edit(one.cell, {what: None if value == UNSET else bool(value)}, one.version)
        for one, value in zip(targets, values, strict=True)
    ]
    return Done(change_cells(db, property_id, edits))


def _around(db: Db, house: Any, targets: Sequence[Target]) -> Board:
    nights = [one.night for one in targets]
    return board_of(db, house, min(nights), (max(nights) - min(nights)).days + 1)


def plan_of(book: Book, plan_id: UUID) -> RatePlan:
    """A plan on sale. Refuses `NotFound`."""
    found = book.by_id.get(plan_id)
    if found is None:
        raise NotFound(what="rate plan")
    return found
