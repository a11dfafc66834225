"""The sheet "Ways out" of an oversold night: shown live, each way out one verb."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import reflex as rx
from pydantic import Field

from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.refusals import MovedMeanwhile, Refusal
from pms.kernel.words import N_, translate
from pms.reservations.blocks import lift_block
from pms.reservations.move import move
from pms.reservations.relocate import move_to_sister
from pms.ui.calendar import rows
from pms.ui.calendar.drawer_state import StayDrawer
from pms.ui.calendar.moves import BACK, Key, refused
from pms.ui.calendar.ways_rows import Lack, WalkForm, Ways, lack_of, walk_as_typed, ways
from pms.ui.kit import at
from pms.ui.shell import LiveView, Session, act, actor_of, handler, house_of, notice, show
from pms.ui.shell.live import News, Stories, hub

TypeRow = Annotated[str, Field(pattern=r"^t[A-Za-z0-9_-]{22}$")]
DayNumber = Annotated[int, Field(ge=rows.DAY_MIN, le=rows.DAY_MAX)]
WALK = "walk"
TAKES = ("tentative", "confirmed", "checked_in")


class WaysOut(rx.State):
    """`asking` is what is to be confirmed: the sister's room type, or "walk", whose form is open then. `walked` is who was walked
    from here last, for the letter.
    """

    open: bool = False
    ways: Ways = Ways()
    asking: str = ""
    walked: str = ""
    errors: dict[str, str] = {}
    _lack: Lack | None = None

    @handler
    async def open_for_stay(self, stay: Key) -> Any:
        """Open it for the first night on which this stay has no room; where it has one on each, show the stay."""
        lack = await act(self, lack_of, stay)
        if lack is None:
            said = translate("There is a room for this stay on every night.", (await actor_of(self)).locale)
            return [notice(said), StayDrawer.show_stay(str(stay))]
        return await self._open(lack)

    @handler
    async def open_for_night(self, row: TypeRow, day: DayNumber) -> Any:
        """Open it for a night of a room type."""
        house = house_of(await self.get_state(Session))
        return await self._open(Lack(house, rows.id_of(row[1:]), rows.day_of(day)))

    async def _open(self, lack: Lack) -> Any:
        self.asking, self.errors, self.walked = "", {}, ""
        await self._show(lack)
        self.open = True
        return StayDrawer.close

    async def _show(self, lack: Lack) -> None:
        try:
            await show(self, WAYS, lack)
        except Refusal:
            self._forget()
            raise
        self._lack = lack

    @handler
    async def again(self) -> Any:
        """The guard let the tab in anew: show the night as it is now, or no more."""
        if self.open and self._lack is not None:
            await self._show(self._lack)

    @handler
    async def close(self) -> Any:
        """Close it; nothing of the night is kept in this tab."""
        self._forget()
        return BACK

    def _forget(self) -> None:
        self.open, self.ways, self.asking, self.walked, self.errors, self._lack = False, Ways(), "", "", {}, None
        if tab := hub().tabs.get(self.router.session.client_token):
            tab.watches.pop(WAYS, None)

    @handler
    async def choose(self, stay: UUID) -> Any:
        """Look for ways out for another of the stays."""
        if self._lack is not None:
            self.asking, self.errors = "", {}
            await self._show(self._lack._replace(stay_id=stay))

    @handler
    async def ask(self, asking: Annotated[str, Field(max_length=40)]) -> Any:
        """Ask before a guest is moved to a sister, open the form of a walk, or never mind."""
        known = {"", WALK, *(one.id for one in self.ways.sisters)}
        self.asking, self.errors = asking if asking in known and self.ways.stay else "", {}
        return at("hotel" if asking == WALK else "stay-here") if self.asking else None

    @handler
    async def lift(self, block: UUID, version: int) -> Any:
        """Give a unit back to the house."""
        return await self._do(N_("The block is lifted."), lift_block, block, version)

    @handler
    async def move_to_type(self, room_type: UUID) -> Any:
        """Another room type for the stay chosen; the agreed price stays."""
        return await self._do(N_("{guest} has another room type now. The agreed price stays."), _to_type, *self._stay, room_type)

    @handler
    async def move_to_sister(self) -> Any:
        """Book at the sister that was asked about, and cancel here."""
        if self.asking in ("", WALK):
            return None
        done = N_("{guest} is moved to {property}: {code}.")
        return await self._do(done, move_to_sister, *self._stay, UUID(self.asking))

    @handler
    async def walk(self, form: WalkForm) -> Any:
        """The guest sleeps in another hotel."""
        if self.asking != WALK:
            return None
        stay = self.ways.stay
        answer = await self._do(N_("{guest} is walked. The letter is ready."), walk_as_typed, *self._stay, form)
        self.walked = stay if not self.errors and not self.asking else self.walked
        return answer

    @property
    def _stay(self) -> tuple[UUID | None, int]:
        return (UUID(self.ways.stay) if self.ways.stay else None), self.ways.version

    async def _do(self, said: str, verb: Any, id: UUID | None, version: int, *args: Any) -> Any:
        """Run a verb on what is shown, say so, and show what is left to do."""
        if self._lack is None or id is None:
            return None
        actor, guest, lack = await actor_of(self), self.ways.who, self._lack
        try:
            done = await act(self, verb, id, version, *args)
        except MovedMeanwhile as moved:
            await self._show(lack)
            return notice(refused(moved, actor), bad=True)
        self.asking, self.errors = "", {}
        await self._show(lack._replace(stay_id=None))
        where = {"property": getattr(done, "property_name", ""), "code": getattr(done, "code", "")}
        return notice(translate(said, actor.locale, guest=guest, **where))


def _to_type(db: Any, stay_id: UUID, version: int, room_type_id: UUID) -> Any:
    return move(db, stay_id, version, room_type_id=room_type_id)


def _load(actor: Actor, lack: Lack, news: Stories) -> Ways:
    with work(actor) as db:
        return ways(db, lack)


def _put(state: WaysOut, found: Ways, news: Stories) -> None:
    if found.stay != state.ways.stay or state.asking not in {"", WALK, *(one.id for one in found.sisters)}:
        state.asking = ""
    state.ways = found


def _concerns(news: News, lack: Lack) -> bool:
    """Whatever happens in the house; of the others what may fill a room there or empty one: a guest who checks in does not."""
    if news.property_id in (None, str(lack.property_id)):
        return True
    if news.entity == "stay":
        return _takes(news.before) != _takes(news.after)
    return "calendar" in news.topics and news.entity not in ("reservation", "guest", "relocation")


def _takes(picture: Mapping[str, Any] | None) -> list[tuple[str, ...]]:
    """The nights a stay takes of which room types, whatever its unit."""
    told = picture or {}
    return [tuple(one[:3]) for one in told.get("segments", ())] if told.get("status") in TAKES else []


WAYS = LiveView(state=WaysOut, topics=frozenset({"calendar", "rates"}), load=_load, apply=_put, concerns=_concerns)
