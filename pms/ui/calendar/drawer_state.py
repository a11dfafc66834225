"""The drawer of one stay: shown live, changed by forms that name the version they began with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import reflex as rx
from pydantic import Field

from pms.channels import reporting
from pms.channels.adapter import ReportKind
from pms.kernel.actor import Actor
from pms.kernel.refusals import BadInput, MovedMeanwhile, Refusal
from pms.kernel.words import N_, translate, translate_many
from pms.reservations import life_cycle
from pms.reservations.details import Versions
from pms.ui.calendar import edit
from pms.ui.calendar.card import Card, read_card
from pms.ui.calendar.edit import Asked, GuestForm, NotesForm, SplitForm, StayForm
from pms.ui.calendar.moves import BACK, Key, Moves, refused
from pms.ui.calendar.resale import Choice, choices, take_plan
from pms.ui.calendar.rows import key_of
from pms.ui.kit import at
from pms.ui.shell import LiveView, News, act, actor_of, handler, notice, show
from pms.ui.shell.live import Stories, hub

Action = Literal["confirm", "check_in", "check_out", "cancel", "no_show", "undo_check_in", "undo_check_out", "reinstate"]
Weighed = Literal["arrival", "departure", "adults", "children", "ages"]
"""What of the form of a stay moves its price."""
Section = Literal["", "stay", "guest", "plan", "prices", "notes", "split"]

VERBS = {
    "confirm": (life_cycle.confirm, N_("{guest} is confirmed.")),
    "check_in": (life_cycle.check_in, N_("{guest} is checked in.")),
    "check_out": (life_cycle.check_out, N_("{guest} is checked out.")),
    "cancel": (life_cycle.cancel, N_("The stay of {guest} is cancelled.")),
    "no_show": (life_cycle.no_show, N_("{guest} is marked as a no-show.")),
    "undo_check_in": (life_cycle.undo_check_in, N_("{guest} is not checked in any more.")),
    "undo_check_out": (life_cycle.undo_check_out, N_("{guest} is in house again.")),
    "reinstate": (life_cycle.reinstate, N_("The stay of {guest} is back.")),
}


class StayDrawer(rx.State):
    """`editing` is the section whose form is open; `asking` what would be cancelled once that is confirmed."""

    open: bool = False
    card: Card = Card()
    bar: str = ""
    editing: str = ""
    asking: str = ""
    units: list[list[str]] = []
    errors: dict[str, str] = {}
    choice: Choice = Choice()
    asked: Asked = Asked()
    _saw: tuple[int, int, int] = (0, 0, 0)
    _typed: dict[str, str] = {}

    @handler
    async def show_stay(self, stay: Key) -> Any:
        """Open the drawer for a stay, by id or by the key of its bar."""
        self.editing, self.asking, self.errors = "", "", {}
        try:
            await show(self, CARD, stay)
        except Refusal:
            self._forget()
            raise
        self.open, self.bar = True, key_of(stay)

    @handler
    async def again(self) -> Any:
        """The guard let the tab in anew, as a socket came back or permissions changed: show the stay as it is now, or no more."""
        if not self.open or not self.card.stay:
            return
        try:
            await show(self, CARD, UUID(self.card.stay))
        except Refusal:
            self._forget()

    @handler
    async def close(self) -> Any:
        """Close it; nothing of the stay is kept in this tab."""
        self._forget()
        return BACK

    def _forget(self) -> None:
        self.open, self.editing, self.asking, self.card, self.units, self.errors = False, "", "", Card(), [], {}
        self.choice, self.asked = Choice(), Asked()
        if tab := hub().tabs.get(self.router.session.client_token):
            tab.watches.pop(CARD, None)

    @handler
    async def edit_section(self, section: Section) -> Any:
        """Open a section's form, or close it; the form remembers the version it began with."""
        self.errors, self.asked = {}, Asked()
        self._saw = (self.card.version, self.card.reservation_version, self.card.guest_version)
        if section in ("stay", "split") and self.card.stay:
            units, actor = await act(self, edit.units_for, UUID(self.card.stay)), await actor_of(self)
            own = next((one.room_type_id for one in units if str(one.unit_id) == self.card.unit_id), None)
            self.units = edit.free_first(units, own, translate("taken", actor.locale))
            self._typed = {name: str(getattr(self.card, name)) for name in get_args(Weighed)}
        if section == "plan" and self.card.stay:
            self.choice = await act(self, choices, UUID(self.card.stay))
        self.editing = section

    @handler
    async def choose_plan(self, plan: UUID) -> Any:
        """Show what the stay would cost under a plan, and what stands against it."""
        if self.card.stay and self.editing == "plan":
            self.choice = await act(self, choices, UUID(self.card.stay), plan)

    @handler
    async def sell_despite(self, despite: bool) -> Any:
        """Sell what rules forbid, for once; the verb asks for the permission."""
        self.choice = replace(self.choice, despite=despite)

    @handler
    async def save_plan(self, form: dict[str, str]) -> Any:
        """Another plan for the nights to come, at the price shown."""
        return await self._save(take_plan, self.card.stay, self._saw[0], (self.choice, str(form.get("reason", ""))), undo=True)

    @handler
    async def weigh(self, name: Weighed, value: int | Annotated[str, Field(max_length=200)] | float | None) -> Any:
        """Say what the dates and the party typed so far would cost and what stands against them; of half a date, nothing."""
        if not self.card.stay or self.editing != "stay":
            return
        self._typed = {**self._typed, name: str(value)}
        arrival, departure, adults, children, ages = (self._typed[one] for one in get_args(Weighed))
        try:
            days = date.fromisoformat(arrival), date.fromisoformat(departure)
            form = StayForm(*days, "keep", int(adults), int(children), ages)
            self.asked = await act(self, edit.asked_of, UUID(self.card.stay), form)
        except (ValueError, BadInput):
            self.asked = Asked()

    @handler
    async def save_stay(self, form: StayForm) -> Any:
        """Dates, unit, party; what stands against it and what it would cost is asked first, and again once that is another."""
        if not self.card.stay:
            return None
        asked = await act(self, edit.asked_of, UUID(self.card.stay), form)
        is_new, self.asked = asked != self.asked, asked
        if (is_new and asked != Asked()) or not asked.settled(form):
            self.errors = {}
            return at("stay-asked" if asked.against else "price-keep" if asked.taken else "stay-costs")
        return await self._save(edit.change_stay, self.card.stay, self._saw[0], (form, asked))

    @handler
    async def save_prices(self, form: dict[str, str]) -> Any:
        """Price per night."""
        return await self._save(edit.change_prices, self.card.stay, self._saw[0], form, undo=True)

    @handler
    async def save_split(self, form: SplitForm) -> Any:
        """From a night on in another unit."""
        return await self._save(edit.split_stay, self.card.stay, self._saw[0], form)

    @handler
    async def save_guest(self, form: GuestForm) -> Any:
        """Who it is."""
        return await self._save(edit.change_person, self.card.guest, self._saw[2], form)

    @handler
    async def save_notes(self, form: NotesForm) -> Any:
        """Notes, tags, source."""
        return await self._save(edit.change_notes, self.card.reservation, self._saw[1], form)

    async def _save(self, verb: Any, id: str, version: int, form: Any, undo: bool = False) -> Any:
        if not self.card.stay:
            return None
        actor = await actor_of(self)
        try:
            done = await act(self, verb, UUID(id), version, form)
        except MovedMeanwhile as moved:
            await show(self, CARD, UUID(self.card.stay))
            return notice(refused(moved, actor), translate("Look at what it says now, then save again.", actor.locale), bad=True)
        self.editing, self.errors, self.asked = "", {}, Asked()
        await show(self, CARD, UUID(self.card.stay))
        back = (translate("Undo", actor.locale), Moves.take_back(str(done.id), done.version)) if undo else (None, None)
        return notice(translate("Saved.", actor.locale), None, *back)

    @handler
    async def ask(self, asking: Literal["", "stay", "whole"]) -> Any:
        """Ask before a cancellation, of what is shown now; or never mind."""
        self.asking = asking if self.open else ""
        self._saw = (self.card.version, self.card.reservation_version, self.card.stays_version)
        return at("keep-it") if self.asking else None

    @handler
    async def cancel_whole(self) -> Any:
        """Cancel every room of the reservation, if nobody changed one since the question was asked."""
        if not self.card.stay or self.asking != "whole":
            return None
        actor, card = await actor_of(self), self.card
        saw = Versions(self._saw[1], self._saw[2], card.guest_version)
        self.asking = ""
        try:
            done = await act(self, edit.cancel_whole, UUID(card.reservation), saw)
        except MovedMeanwhile as moved:
            return notice(refused(moved, actor), translate("Look at what it says now, then ask again.", actor.locale), bad=True)
        finally:
            await show(self, CARD, UUID(card.stay))
        return notice(
            translate_many(
                "The reservation of {guest} is cancelled: {n} room.",
                "The reservation of {guest} is cancelled: {n} rooms.",
                len(done),
                actor.locale,
                guest=card.name,
            )
        )

    @handler
    async def do(self, action: Action) -> Any:
        """Take the stay a step further in its life, or back."""
        if not self.card.stay:
            return None
        verb, sentence = VERBS[action]
        self.asking = ""
        actor, guest = await actor_of(self), self.card.name
        try:
            await act(self, verb, UUID(self.card.stay), self.card.version)
        except MovedMeanwhile as moved:
            return notice(refused(moved, actor), bad=True)
        finally:
            await show(self, CARD, UUID(self.card.stay))
        return notice(translate(sentence, actor.locale, guest=guest))

    @handler
    async def report(self, what: ReportKind, waived: bool) -> Any:
        """Have the booking reported to its channel; its answer shows by itself."""
        if not self.card.stay:
            return None
        actor, channel = await actor_of(self), self.card.told_to
        try:
            await act(self, reporting.report, UUID(self.card.stay), what, waived)
        finally:
            await show(self, CARD, UUID(self.card.stay))
        return notice(translate("{channel} is being told.", actor.locale, channel=channel))


def _load(actor: Actor, stay_id: UUID, news: Stories) -> Card:
    return read_card(actor, stay_id)


def _put(state: StayDrawer, card: Card, news: Stories) -> None:
    state.card = card


def _concerns(news: News, stay_id: UUID) -> bool:
    return news.entity in ("reservation", "guest", "unit", "room_type", "channel_booking") or news.entity_id == str(stay_id)


CARD = LiveView(state=StayDrawer, topics=frozenset({"calendar", "channels"}), load=_load, apply=_put, concerns=_concerns)
