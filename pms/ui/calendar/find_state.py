"""Finding a reservation by what a caller says: name, code, reference or phone; live, cancelled or over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from pms.kernel.db import Db
from pms.kernel.formats import day
from pms.reservations.details import reservation
from pms.reservations.queries import STATES, ReservationDetail, StayLine, Wanted, reservations
from pms.ui.calendar.days_state import DayList
from pms.ui.calendar.drawer_state import StayDrawer
from pms.ui.calendar.state import Calendar
from pms.ui.kit import at
from pms.ui.shell import Session, act, handler, house_of

SHOWN = 20
SHORTEST = 2
LONGEST = 100


@dataclass(frozen=True)
class FoundLine:
    """A reservation in the list; `where` is a unit or type, `rooms` how many there are."""

    id: str
    name: str
    code: str
    ref: str
    dates: str
    where: str
    rooms: int
    status: str


class Finder(rx.State):
    """`asked` once something was looked for: an empty list then means that there is none; `more` that the list is cut."""

    open: bool = False
    asked: bool = False
    more: bool = False
    lines: list[FoundLine] = []

    @handler
    async def begin(self) -> Any:
        """Open the search, empty."""
        self._clear()
        self.open = True
        return at("find-text")

    @handler
    async def close(self) -> None:
        """Close it; no names are kept in this tab."""
        self._clear()

    def _clear(self) -> None:
        self.open, self.asked, self.more, self.lines = False, False, False, []

    @handler(supersedes=True)
    async def search(self, text: str) -> None:
        """Look for it among the reservations of this property, the newest first."""
        session, text = await self.get_state(Session), " ".join(text.split())[:LONGEST]
        self.asked = len(text) >= SHORTEST and bool(session.house)
        wanted = Wanted(property_id=house_of(session), search=text) if self.asked else None
        self.lines, self.more = await act(self, _find, wanted) if wanted else ([], False)

    @handler
    async def pick(self, found: UUID) -> Any:
        """Show it: the chart or the day it belongs to, and its drawer."""
        detail = await act(self, reservation, found)
        stay = _foremost(detail)
        self._clear()
        chart = await self.get_state(Calendar)
        if chart.narrow:
            await (await self.get_state(DayList))._show(stay.arrival)
        else:
            await chart._reveal(stay.arrival, *_place(stay))
        return StayDrawer.show_stay(str(stay.id))

    @handler
    async def pick_first(self) -> Any:
        """Enter in the field takes the first."""
        return Finder.pick(self.lines[0].id) if self.lines else None  # type: ignore[call-arg, func-returns-value]


def _find(db: Db, wanted: Wanted) -> tuple[list[FoundLine], bool]:
    page = reservations(db, wanted, limit=SHOWN)
    return [_line(one, db.actor.locale) for one in page.reservations], page.more


def _line(found: ReservationDetail, locale: str) -> FoundLine:
    stay = _foremost(found)
    unit = next((night.unit for night in stay.nights if night.unit), None)
    return FoundLine(
        id=str(found.id),
        name=found.guest.name,
        code=found.code,
        ref=found.external_ref or "",
        dates=f"{day(stay.arrival, locale)} – {day(stay.departure, locale)}",
        where=unit or stay.room_type,
        rooms=len(found.stays),
        status=found.status,
    )


def _foremost(found: ReservationDetail) -> StayLine:
    """The room that says most about the reservation."""
    return min(found.stays, key=lambda stay: STATES.index(stay.status))


def _place(stay: StayLine) -> tuple[UUID | None, UUID]:
    """Unit and type of its first night; a stay called off has left its unit, and would wait in its type's lane."""
    night = next((night for night in stay.nights if night.live), None)
    return (night.unit_id, night.room_type_id) if night else (None, stay.room_type_id)
