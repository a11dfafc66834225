"""What this process knows of the days its tabs look at: board, prices, what is left; read once, however many tabs show them.

Four small statements read all of it, so whatever news concern the days, all of it is read again, by the first tab that paints.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pms.channels.standing import Days, Products, Standing, products_on_channels, told_since, worst
from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import Db, work
from pms.kernel.words import translate
from pms.rates.board import Board
from pms.rates.load import House, house_of, versions_of
from pms.rates.models import RatePlan
from pms.rates.price import prices
from pms.rates.restrict import Restrictions
from pms.rates.rounding import Amounts
from pms.rates.said import formula
from pms.reservations.offers import sellable_board, taxes_of
from pms.ui.calendar.rows import day_number, day_of, key_of
from pms.ui.calendar.sheet import pictures
from pms.ui.rates import rows
from pms.ui.rates.rows import PlanNights, RowRef, Wanted
from pms.ui.shell.live import News, Stories

SHEETS_KEPT = 64
ROWS_MAX = 72
DAYS_MAX = 31


class Span(NamedTuple):
    """Some days of one property, as tabs share them."""

    organization_id: UUID
    property_id: UUID
    first: int
    days: int


@dataclass(frozen=True)
class Window:
    """Exactly what one tab shows: the days, and the rows within `height` pixels from `top` on. `look` as in `rows.HEIGHTS`."""

    span: Span
    top: int
    height: int
    look: str = "rules"
    wanted: Wanted = field(default_factory=Wanted)


@dataclass(frozen=True)
class Line:
    """A row to paint: where it stands, and its two texts."""

    index: int
    top: int
    key: str
    head: str
    cells: str


@dataclass(frozen=True)
class Painted:
    """What to put into a tab's state. `height` in pixels; `types` and `plans` as (key, name), for the filters; `letters` of
    the longest price, which columns must have room for; `refused` cells on all of the days.
    """

    lines: tuple[Line, ...]
    rows: int
    height: int
    today: int
    types: tuple[tuple[str, str], ...]
    plans: tuple[tuple[str, str], ...]
    currency: str
    letters: int
    refused: int


@dataclass(frozen=True)
class Facts:
    """Everything about a span."""

    house: House
    board: Board
    left: dict[UUID, list[int]]
    prices: dict[UUID, Amounts]
    rules: dict[UUID, Restrictions]
    versions: dict[tuple[UUID, UUID], dict[int, int]]
    apart: dict[UUID, NDArray[np.bool_]]
    days: Days
    products: Products
    standing: Standing

    @property
    def refused(self) -> set[tuple[UUID, UUID | None]]:
        """The rows of which a channel refused something."""
        return {row for row, states in self.standing.items() if "refused" in states}


Told = tuple[UUID, date, date]
"""The connection that answered, the first and the last night it answered about."""


@dataclass
class Sheet:
    """One span. Threads take turns by its lock; `heard` counts news, `read` how many were known when the facts were read.

    What becomes of channels, `answers` and `noted`, is counted apart: it moves no price. What they answered, `told`, even names
    the nights.
    """

    span: Span
    lock: threading.Lock = field(default_factory=threading.Lock)
    heard: int = 1
    read: int = 0
    answers: int = 0
    noted: int = 0
    told: deque[Told] = field(default_factory=deque)
    facts: Facts | None = None

    def now(self, db: Db) -> Facts:
        """The facts as they stand. Refuses `NotFound`, `NotPermitted`."""
        db.actor.require("property.view", self.span.property_id)
        with self.lock:
            heard, answers, told = self.heard, self.answers, self._taken()
            if self.facts is None or self.read != heard or self.facts.board.today != today(self.facts.house.timezone):
                self.facts, self.read = _read(db, self.span), heard
            elif self.noted != answers:
                self.facts = _stand(db, self.span, self.facts)
            elif told:
                self.facts = _told(db, self.span, self.facts, told)
            self.noted = answers
            return self.facts

    def _taken(self) -> list[Told]:
        """What channels answered since; other threads may be adding to it."""
        found = []
        with suppress(IndexError):
            while True:
                found.append(self.told.popleft())
        return list(dict.fromkeys(found))


def _read(db: Db, span: Span) -> Facts:
    house = house_of(db, span.property_id)
    first = day_of(span.first)
    board, left = sellable_board(db, house, first, span.days)
    versions: dict[tuple[UUID, UUID], dict[int, int]] = defaultdict(dict)
    for plan_id, type_id, night, channel, version in versions_of(db, board):
        if not channel:
            versions[plan_id, type_id][(night - first).days] = version
    rules = {plan.id: Restrictions(board, plan) for plan in board.book.plans}
    asked = prices(board)
    apart = {plan.id: holds for plan in board.book.plans if (holds := _apart(board, plan)) is not None}
    days = Days(board, left, asked, taxes_of(db, span.property_id))
    return _stand(db, span, Facts(house, board, left, asked, rules, dict(versions), apart, days, {}, {}))


def _apart(board: Board, plan: RatePlan) -> NDArray[np.bool_] | None:
    """On which of the plan's cells some channel has something of its own; None: on none."""
    holds = [one for fields in board.apart(plan).values() for one in fields.values()]
    return np.logical_or.reduce(holds) if holds else None


def _stand(db: Db, span: Span, facts: Facts) -> Facts:
    products = products_on_channels(db, span.property_id, facts.days)
    return replace(facts, products=products, standing=worst(products))


def _told(db: Db, span: Span, facts: Facts, told: Iterable[Told]) -> Facts:
    products = facts.products
    for connection_id, first, last in told:
        products = told_since(db, span.property_id, facts.days, products, connection_id, (first, last))
    return replace(facts, products=products, standing=worst(products))


def paint(facts: Facts, window: Window, locale: str) -> Painted:
    """What a window of the facts shows, in the reader's language."""
    board = facts.board
    refs = rows.layout(board, window.wanted, facts.refused)
    places = rows.tops(refs, window.look)
    shown = rows.in_sight(places, window.top, window.height, ROWS_MAX)
    lines = tuple(Line(n, places[n], refs[n].key, *_texts(facts, refs[n], window, locale)) for n in shown)
    types = tuple((key_of(kind.id), kind.name) for kind in board.types)
    plans = tuple((key_of(plan.id), plan.name) for plan in board.book.plans)
    currency = facts.house.currency
    letters = rows.longest(facts.prices.values(), currency)
    refused = sum(states.count("refused") for states in facts.standing.values())
    return Painted(lines, len(refs), places[-1], day_number(board.today), types, plans, currency, letters, refused)


def _texts(facts: Facts, ref: RowRef, window: Window, locale: str) -> tuple[str, str]:
    """Head and cells of a row."""
    board, row = facts.board, facts.board.row(ref.type_id)
    name = board.types[row].name
    full = board.house
    on_channels = facts.standing.get((ref.type_id, ref.plan_id), ["accepted"] * board.nights)
    if ref.plan_id is None:
        assert full is not None
        assert full.beyond is not None
        kind = "f" if ref.type_id in window.wanted.folded else "t"
        return rows.head(ref, name, "", kind), rows.type_cells(
            *(s[row].tolist() for s in (full.taken, full.capacity, full.beyond)), on_channels
        )
    plan = board.book.by_id[ref.plan_id]
    nights = PlanNights(
        facts.prices[plan.id][row].tolist(),
        board.filled(plan.id, "price")[row].tolist(),
        facts.rules[plan.id].fields,
        row,
        facts.left[ref.type_id],
        facts.versions.get((plan.id, ref.type_id), {}),
        on_channels,
        np.flatnonzero(facts.apart[plan.id][row]).tolist() if plan.id in facts.apart else (),
    )
    cells = rows.plan_cells(board, nights, facts.house.currency, locale)
    return rows.head(ref, plan.name, below(facts, plan.id, locale), rows.kind_of(plan), name), cells


def below(facts: Facts, plan_id: UUID, locale: str) -> str:
    """What stands under a plan's name: its formula, or that it is a master."""
    book = facts.board.book
    plan = book.by_id[plan_id]
    if plan.parent_id is None:
        return translate("Master", locale)
    return formula(plan, book.by_id[plan.parent_id], facts.house.currency, locale)


_sheets: OrderedDict[Span, Sheet] = OrderedDict()
_turn = threading.Lock()


def known(span: Span) -> Sheet:
    """The sheet of a span; an empty one if nobody looks at it yet."""
    with _turn:
        found = _sheets.setdefault(span, Sheet(span))
        _sheets.move_to_end(span)
        while len(_sheets) > SHEETS_KEPT:
            _sheets.popitem(last=False)
        return found


def concerns(news: News, window: Window) -> bool:
    """Whether the news may change what the window shows; its sheet is told in passing."""
    span = window.span
    if news.property_id is not None and news.property_id != str(span.property_id):
        return False
    if news.entity in ("guest", "reservation", "channel_booking", "channel_message") or not _within(news, span):
        return False
    if news.event == "channel_connection.waits":
        return False
    if (sheet := _sheets.get(span)) and news.event == "channel_connection.told" and news.after:
        first, last = (date.fromisoformat(news.after[name]) for name in ("first", "last"))
        sheet.told.append((UUID(news.entity_id), first, last))
    elif sheet and news.entity == "channel_connection":
        sheet.answers += 1
    elif sheet:
        sheet.heard += 1
    return True


def _within(news: News, span: Span) -> bool:
    """False when all nights before and after the change lie outside the window."""
    if news.event in ("rate.changed", "allowance.changed", "channel_connection.told") and news.after:
        days = [news.after["first"], news.after["last"]]
    else:
        days = [day for one in pictures(news) or () for segment in one["segments"] for day in segment[:2]]
    numbers = [day_number(date.fromisoformat(day)) for day in days]
    return not numbers or (min(numbers) < span.first + span.days and max(numbers) >= span.first)


def load(actor: Actor, window: Window, news: Stories) -> Painted:
    """What `LiveView.load` asks for; without news all is read afresh. Refuses `NotPermitted`."""
    if news is None:
        known(window.span).heard += 1
    return load_more(actor, window)


def load_more(actor: Actor, window: Window) -> Painted:
    """Other rows of days the tab has been watching all along. Refuses `NotPermitted`."""
    with work(actor) as db:
        return paint(known(window.span).now(db), window, actor.locale)


def plans_from(db: Db, window: Window, key: str) -> list[RowRef]:
    """The rows of plans from one on, to the end of what the tab shows, loaded there or not; none for a row it does not show.

    Refuses `NotFound`, `NotPermitted`.
    """
    facts = known(window.span).now(db)
    refs = rows.layout(facts.board, window.wanted, facts.refused)
    start = next((n for n, ref in enumerate(refs) if ref.key == key), len(refs))
    return [ref for ref in refs[start:] if ref.plan_id]


def days_of(span: Span) -> list[date]:
    """The days, first to last."""
    return [day_of(span.first) + timedelta(n) for n in range(span.days)]
