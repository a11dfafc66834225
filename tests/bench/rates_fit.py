"""A plan fitted to the real hotel: seasons by month, weekdays, party prices. Its own stays, priced anew, must earn what they did.

The fit is made from the imported bookings; what is measured goes the way of every quote: rows of the book, boards read from
PostgreSQL, `prices` and `night_prices` stay by stay.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import psycopg
from numpy.typing import NDArray

from pms.imports.drive import run_to_end
from pms.imports.run import load, receive, start
from pms.kernel.actor import Actor, job_actor
from pms.kernel.db import raw, work
from pms.kernel.ids import new_id
from pms.rates.board import Board, Book
from pms.rates.load import board_of, house_of, turn_page
from pms.rates.models import AgeBand, PartyPrice, PriceRule
from pms.rates.party import Party, difference, heads, night_prices
from pms.rates.price import prices
from pms.settings import settings
from tests.bench.figures import Figure
from tests.builders import a_property, an_organization
from tests.real_hotel import FOUND

CHILD = 8
"""Years: the file counts children and does not say how old they are."""
ROUNDS = 4
_NIGHTS = """
select n.stay_id, n.room_type_id, n.night, n.price, s.adults, s.children
from stay_night n join stay s on s.id = n.stay_id join room_type t on t.id = n.room_type_id
where n.property_id = %s and n.live and n.price > 0 and s.status = 'checked_out' and s.adults > 0 order by n.stay_id, n.night
"""


def measure() -> list[Figure]:
    """The largest deviation of a month's average daily rate, in per cent of what the hotel really earned."""
    if not FOUND:
        print("fitting a plan to the real hotel: its file is not here (OCTASPACE_REAL_HOTEL)", file=sys.stderr)
        return []
    actor = job_actor(an_organization(), "Bench")
    house = _imported(actor)
    with work(actor) as db:
        slept = pd.DataFrame(
            raw(db).execute(_NIGHTS, (house,)).fetchall(), columns=["stay", "kind", "night", "price", "adults", "children"]
        )
    slept["month"] = [night.strftime("%Y-%m") for night in slept.night]
    _fit(actor, house, slept)
    slept["again"] = _requoted(_board(actor, house, slept), slept)
    months = slept.groupby("month")[["price", "again"]].mean()
    off = (months.again / months.price - 1).abs() * 100
    one = float((slept.again / slept.price - 1).abs().median() * 100)
    of = {"months": float(len(off)), "nights": float(len(slept)), "mean_deviation": float(off.mean()), "median_night_off": one}
    return [Figure("monthly ADR of the real hotel requoted, largest deviation", float(off.max()), "%", 1, True, of)]


def _imported(actor: Actor) -> UUID:
    house = a_property(actor, "Resort")
    with work(actor) as db:
        row = receive(db, house, FOUND[0].name, FOUND[0].read_bytes())
        plan = load(db, row.id)
        start(db, row.id, plan, by_worker=False)
    run_to_end(actor, row.id, plan)
    with psycopg.connect(settings().libpq_url or "", autocommit=True) as connection:
        connection.execute("vacuum analyze")
    return house


def _fit(actor: Actor, house: UUID, slept: pd.DataFrame) -> None:
    """Write party prices, weekday rules and monthly seasons into the hotel's book of rates."""
    given = {"organization_id": actor.organization_id, "property_id": house}
    usual = slept[(slept.adults == 2) & (slept.children == 0)]
    beside = slept.price - slept.month.map(usual.groupby("month").price.mean()).fillna(slept.price.mean())
    band = AgeBand(id=new_id(), name="Children", from_age=0, to_age=17, **given)
    rules = [_rule(given, "weekday", weekdays=[day], percent=percent) for day, percent in _weekdays(usual).items()]
    months = sorted(slept.month.unique())
    rules += [_rule(given, "season", spans=[_span(month)]) for month in months]
    with work(actor) as db:
        for kind, rows in slept.groupby("kind"):
            db.merge(_party(actor, kind, band, rows, beside[rows.index]))
            usually = usual[usual.kind == kind].price
            base = int((usually if len(usually) else rows.price).mean())
            raw(db).execute("update room_type set base_price = %s, adults = greatest(adults, 2) where id = %s", (base, kind))
        db.add(band)
        turn_page(db, house)
    _tune(_board(actor, house, slept), rules[-len(months) :], rules, slept)
    with work(actor) as db:
        for at, rule in enumerate(rules):
            rule.position = at
        db.add_all(rules)
        turn_page(db, house)


def _tune(board: Board, seasons: list[PriceRule], rules: list[PriceRule], slept: pd.DataFrame) -> None:
    """Move each month's percentage until its nights earn what they did: parties pay the same in every season."""
    months = dict(zip(sorted(slept.month.unique()), seasons, strict=True))
    earned = slept.groupby("month").price.sum()
    for _ in range(ROUNDS):
        fitted = replace(board, book=replace(board.book, rules=tuple(rules)))
        again = pd.Series(_requoted(fitted, slept), index=slept.index).groupby(slept.month).sum()
        rooms = pd.Series(_requoted(fitted, slept, alone=True), index=slept.index).groupby(slept.month).sum()
        for month, rule in months.items():
            factor = 1 + (earned[month] - again[month]) / rooms[month]
            rule.percent = max(-9_900, round((10_000 + rule.percent) * factor) - 10_000)


def _weekdays(usual: pd.DataFrame) -> dict[int, int]:
    """Weekday -> basis points above or below the mean of its month."""
    share = usual.price / usual.groupby("month").price.transform("mean")
    return {
        int(day): round((mean - 1) * 10_000)
        for day, mean in share.groupby([night.weekday() for night in usual.night]).mean().items()
    }


def _party(actor: Actor, kind: UUID, band: AgeBand, rows: pd.DataFrame, beside: Any) -> PartyPrice:
    """What a third adult, a child and one alone paid more or less than two adults in the same months."""

    def more(which: Any) -> int:
        return int(beside[which].mean() - beside[couples].mean()) if which.any() and couples.any() else 0

    couples = (rows.adults == 2) & (rows.children == 0)
    return PartyPrice(
        organization_id=actor.organization_id,
        room_type_id=kind,
        base_adults=2,
        extra_adult=max(0, more((rows.adults == 3) & (rows.children == 0))),
        single_use=max(0, -more((rows.adults == 1) & (rows.children == 0))),
        children={str(band.id): max(0, more((rows.adults == 2) & (rows.children == 1)))},
    )


def _rule(given: dict[str, Any], kind: str, **fields: Any) -> PriceRule:
    return PriceRule(**({"id": new_id(), "name": kind, "kind": kind} | given | fields))


def _span(month: str) -> list[str]:
    first = date.fromisoformat(f"{month}-01")
    return [first.isoformat(), date(first.year + first.month // 12, first.month % 12 + 1, 1).isoformat()]


def _board(actor: Actor, house: UUID, slept: pd.DataFrame) -> Board:
    """One board over all nights that were slept."""
    first, last = min(slept.night), max(slept.night)
    with work(actor) as db:
        board = board_of(db, house_of(db, house), first, 1)
    return replace(board, nights=(last - first).days + 1)


def _requoted(board: Board, slept: pd.DataFrame, alone: bool = False) -> NDArray[np.int64]:
    """What each night costs today; `alone` the room only, without what its party adds."""
    book: Book = board.book
    (plan,) = book.plans
    table, found = prices(board)[plan.id], []
    for _, stay in slept.groupby("stay", sort=False):
        kind, party = stay.kind.iloc[0], Party(int(stay.adults.iloc[0]), (CHILD,) * int(stay.children.iloc[0]))
        base = table[[board.row(one) for one in stay.kind], [(night - board.first).days for night in stay.night]]
        more = 0 if alone else difference(board, plan, kind, heads(party, book.bands))
        found.append(night_prices(plan, base, more, len(stay)))
    return np.concatenate(found)
