"""A small house with prices, and what a tab of the rates grid has of it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from pms.inventory.allowance import allow
from pms.kernel.db import work
from pms.rates.cells import Edit, change_cells
from pms.rates.load import house_of, turn_page
from pms.rates.models import PriceRule
from pms.rates.plans import PlanFields, change_plan, create_plan
from pms.ui.calendar.rows import day_number, key_of
from pms.ui.rates.sheet import ROWS_MAX
from pms.ui.rates.state import VIEW, Rates
from tests.builders import Cast
from tests.states.hotel import Feed, Hotel
from tests.states.tab import Tab


class Priced(Hotel):
    """The small house with a flexible plan, one derived from it, and a rule that asks how full it is."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast)
        with work(cast.olga) as db:
            found = house_of(db, self.id).default_plan_id
            assert found is not None
            self.flexible = found
            self.strict = create_plan(db, self.id, PlanFields("NR", "Strict", parent_id=found, percent=-1_000)).id
            rule = PriceRule(
                organization_id=cast.organization_id, property_id=self.id, name="Full", kind="occupancy", occupancy_from=6_000,
                percent=2_000,
            )  # fmt: skip
            db.add(rule)
            turn_page(db, self.id)

    def fill(self, first: int = 1, nights: int = 1, plan: UUID | None = None, **values: Any) -> None:
        cells = [(plan or self.flexible, self.double, self.day(first + n)) for n in range(nights)]
        self.work(change_cells, self.id, [Edit(cell, values) for cell in cells], actor=self.cast.olga)

    def allow(self, rooms: int, nights: int = 1, first: int = 1) -> UUID:
        """Let more doubles be sold; the id of the change."""
        wanted = {(self.double, self.day(first + n)): rooms for n in range(nights)}
        made = self.work(allow, self.id, wanted, actor=self.cast.olga)
        return made.change_id  # type: ignore[no-any-return]

    def sold(self, n: int = 1, seen: int = 0) -> list[Any]:
        """The double room's own cell as the browser names it."""
        return [f"t{key_of(self.double)}", day_number(self.day(n)), seen]

    def cell(self, n: int = 1, plan: UUID | None = None, version: int = 0) -> list[Any]:
        """A cell of the double room as the browser names it."""
        return [f"p{key_of(plan or self.flexible)}{key_of(self.double)}", day_number(self.day(n)), version]


def shown(tab: Tab) -> dict[str, Any]:
    """What a tab's grid shows: rows by their number."""
    grid = tab.state(Rates)
    lines = {
        grid.at[n]: (grid.tops[n], json.loads(getattr(grid, f"head{n}")), getattr(grid, f"row{n}").split(";"))
        for n in range(ROWS_MAX)
        if grid.at[n] >= 0
    }
    return {"lines": lines, "days": list(grid.days), "count": grid.count, "height": grid.height, "plans": grid.plans}


def row(tab: Tab, plan: str, kind: str = "Double") -> list[str]:
    """The cells of a row."""
    return next(cells for _, head, cells in shown(tab)["lines"].values() if (head[2], head[4]) == (plan, kind))


def hear(tab: Tab, hotel: Hotel, feed: Feed) -> list[Any]:
    """What the hub does with news in this tab."""
    grid = tab.state(Rates)
    news = tuple(one for one in feed.news() if VIEW.topics & one.topics and VIEW.concerns(one, grid._window))
    if news:
        VIEW.apply(grid, VIEW.load(hotel.cast.olga, grid._window, news), news)
    return list(news)


async def opened(hotel: Hotel, **more: Any) -> Tab:
    tab = hotel.tab(more.pop("actor", hotel.cast.olga), **more)
    await tab.call(Rates.load)
    return tab


def type_row(tab: Tab) -> list[str]:
    """The cells of the double room itself."""
    return next(cells for _, head, cells in shown(tab)["lines"].values() if head[1] == "t")


def change_of_plan(hotel: Priced, **fields: Any) -> None:
    wanted = PlanFields("NR", "Strict", parent_id=hotel.flexible, **{"percent": -1_000, **fields})
    hotel.work(change_plan, hotel.strict, None, wanted, actor=hotel.cast.olga)
