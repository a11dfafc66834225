"""The drawer of a new reservation: a guest, one or several rooms, at the plan's price unless somebody says otherwise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

import reflex as rx
from pydantic import Field

from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import Db
from pms.kernel.refusals import Refusal
from pms.kernel.words import translate
from pms.reservations.book import Booked, Booking, book
from pms.reservations.calendar import ChartHouse, chart_house
from pms.reservations.details import add_room
from pms.reservations.guests import GuestDetails
from pms.reservations.queries import guests
from pms.ui.calendar import rows
from pms.ui.calendar.booking_room import Draft, RoomField, wanted_room, with_choices
from pms.ui.calendar.drawer_state import StayDrawer
from pms.ui.calendar.moves import BACK, RowKey, place_of
from pms.ui.calendar.state import DayNumber
from pms.ui.shell import Session, act, actor_of, handler, house_of, notice

FOCUS = rx.call_script("setTimeout(() => document.querySelector('#booking-drawer[open] [name=last_name]')?.focus(), 60)")
ROOMS_MAX = 20
USUAL_PARTY = 2
Number = Annotated[int, Field(ge=0, le=ROOMS_MAX)]


@dataclass(frozen=True)
class BookingForm:
    """What the form sends besides the rooms."""

    last_name: str = ""
    first_name: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    status: str = "confirmed"
    source: str = "desk"
    tags: str = ""
    notes: str = ""


class NewBooking(rx.State):
    """A booking as typed so far.

    `guest` is the id of a guest found, empty for a new one; `reservation` one to add rooms to. Errors are by field,
    "form" for the whole.
    """

    open: bool = False
    types: list[list[str]] = []
    currency: str = ""
    rooms: list[Draft] = []
    guest: str = ""
    guest_name: str = ""
    reservation: str = ""
    matches: list[list[str]] = []
    errors: dict[str, str] = {}
    serial: int = 0
    shown_in: str = rx.LocalStorage("", name="octaspace_display_currency", sync=False)
    _came_from: str = ""
    _usual: dict[str, str] = {}

    @handler
    async def begin(self, row: RowKey, first: DayNumber, end: DayNumber) -> Any:
        """Open it for the unit, or the lane of a room type, and nights that were dragged over."""
        place = place_of(row)
        house, actor = await act(self, chart_house, house_of(await self.get_state(Session))), await actor_of(self)
        one = next((t for t in house.types if t.id == place.room_type_id or any(u.id == place.unit_id for u in t.units)), None)
        unit = str(place.unit_id) if place.unit_id and one else ""
        self._open(house, actor)
        await self._start(str(one.id) if one else "", unit, rows.day_of(first), rows.day_of(max(end, first + 1)))
        return FOCUS

    @handler
    async def begin_empty(self) -> Any:
        """Open it for tonight."""
        session = await self.get_state(Session)
        house, actor = await act(self, chart_house, house_of(session)), await actor_of(self)
        here = today(session.house_now.timezone)
        self._open(house, actor)
        await self._start("", "", here, here + timedelta(1))
        return FOCUS

    @handler
    async def begin_more(self) -> Any:
        """Open it to add rooms to the reservation in the drawer."""
        card = (await self.get_state(StayDrawer)).card
        if not card.stay:
            return None
        house, actor = await act(self, chart_house, house_of(await self.get_state(Session))), await actor_of(self)
        self._open(house, actor)
        await self._start("", "", date.fromisoformat(card.arrival), date.fromisoformat(card.departure))
        self.guest, self.guest_name, self.reservation, self._came_from = card.guest, card.name, card.reservation, card.stay
        return StayDrawer.close

    def _open(self, house: ChartHouse, actor: Actor) -> None:
        self.types = [[str(one.id), one.name] for one in house.types]
        self._usual = {str(one.id): str(min(USUAL_PARTY, one.adults)) for one in house.types}
        self._clear()
        self.currency = house.currency
        self.serial += 1

    async def _start(self, type_id: str, unit: str, arrival: date, departure: date) -> None:
        if not self.types:
            return
        chosen = next((one for one in self.types if one[0] == type_id), self.types[0])
        draft = Draft(chosen[0], unit, arrival.isoformat(), departure.isoformat(), self._usual[chosen[0]])
        self.rooms, self.open = [await self._with_choices(draft)], True

    async def _with_choices(self, draft: Draft) -> Draft:
        """The draft with the units and plans to choose from, and what it costs."""
        return await act(self, with_choices, house_of(await self.get_state(Session)), draft, self.shown_in)

    @handler
    async def show_in(self, currency: str) -> Any:
        """Say what it costs in another currency too; empty for none."""
        self.shown_in = currency if any(currency in room.others for room in self.rooms) else ""
        self.rooms = [await self._with_choices(room) for room in self.rooms]

    @handler
    async def close(self) -> Any:
        """Close it and forget what was typed."""
        self._clear()
        return BACK

    def _clear(self) -> None:
        self.open, self.rooms, self.matches, self.errors = False, [], [], {}
        self.guest, self.guest_name, self.reservation = "", "", ""

    @handler
    async def add_room(self) -> Any:
        """One more room like the last."""
        if self.rooms and len(self.rooms) < ROOMS_MAX:
            self.rooms = [*self.rooms, replace(self.rooms[-1], unit="")]

    @handler
    async def drop_room(self, n: Number) -> Any:
        """One room less."""
        if n < len(self.rooms) and len(self.rooms) > 1:
            self.rooms = [room for m, room in enumerate(self.rooms) if m != n]

    @handler
    async def set_room(self, n: Number, name: RoomField, value: str) -> Any:
        """Change one thing of one room; what else there is to choose then, and what it costs, follows."""
        if n >= len(self.rooms) or len(value) > 200:
            return
        room = replace(self.rooms[n], **{name: value})
        if name == "type":
            room = replace(room, unit="", adults=self._party(self.rooms[n], value))
        if name == "arrival" and value >= room.departure:
            room = replace(room, departure=_next_day(value))
        if name not in ("unit", "price", "reason"):
            room = await self._with_choices(replace(room, despite=False))
        self.rooms = [room if m == n else other for m, other in enumerate(self.rooms)]

    def _party(self, room: Draft, type_id: str) -> str:
        """How many adults, in another type: as typed, or that type's usual party if nobody typed anything."""
        return self._usual.get(type_id, room.adults) if room.adults == self._usual.get(room.type) else room.adults

    @handler
    async def sell_despite(self, n: Number, despite: bool) -> Any:
        """Sell a room that rules forbid, for once; the verb asks for the permission."""
        if n < len(self.rooms):
            self.rooms = [replace(room, despite=despite) if m == n else room for m, room in enumerate(self.rooms)]

    @handler(supersedes=True)
    async def search(self, text: str) -> Any:
        """Guests whose name begins like this."""
        if len(text.strip()) < 2 or len(text) > 100:
            self.matches = []
            return
        found, _ = await act(self, guests, text.strip(), limit=6)
        self.matches = [[str(one.id), one.name, " · ".join(filter(None, (one.email, one.phone, one.country)))] for one in found]

    @handler
    async def choose_guest(self, guest: UUID) -> Any:
        """Book for a guest who has been here before."""
        one = next((one for one in self.matches if one[0] == str(guest)), None)
        if one:
            self.guest, self.guest_name, self.matches = one[0], one[1], []

    @handler
    async def forget_guest(self) -> Any:
        """Book for somebody else."""
        if not self.reservation:
            self.guest, self.guest_name = "", ""

    @handler
    async def save(self, form: BookingForm) -> Any:
        """Book it; a refusal stands at its field, or above the buttons."""
        if not self.open:
            return None
        actor, session = await actor_of(self), await self.get_state(Session)
        try:
            if self.reservation:
                return await self._add(house_of(session), actor)
            booked: Booked = await act(self, book_drafts, house_of(session), self.guest, form, list(self.rooms))
        except Refusal as refusal:
            self.errors = {refusal.field or "form": refusal.say(actor.locale)}
            return None
        self._clear()
        name = booked.guest.last_name
        shown = translate("Booked {guest}: {code}", actor.locale, guest=name, code=booked.reservation.code)
        return notice(shown, action=translate("Show", actor.locale), on_action=StayDrawer.show_stay(str(booked.stays[0].id)))

    async def _add(self, property_id: UUID, actor: Actor) -> Any:
        """Add the rooms to the reservation, and show it again."""
        await act(self, add_drafts, property_id, UUID(self.reservation), list(self.rooms))
        self._clear()
        return [StayDrawer.show_stay(self._came_from), notice(translate("Saved.", actor.locale))]


def add_drafts(db: Db, property_id: UUID, reservation_id: UUID, drafts: list[Draft]) -> None:
    """Add what was typed to a reservation, all or nothing. Refuses `BadInput` naming field and room, and what `add_room` does."""
    currency = chart_house(db, property_id).currency
    for n, draft in enumerate(drafts):
        add_room(db, reservation_id, None, wanted_room(draft, n, currency, db.actor.locale))


def book_drafts(db: Db, property_id: UUID, guest_id: str, form: BookingForm, drafts: list[Draft]) -> Booked:
    """Sell what was typed. Refuses `BadInput` naming field and room ("arrival-0"), and what `book` refuses."""
    currency = chart_house(db, property_id).currency
    wanted = [wanted_room(draft, n, currency, db.actor.locale) for n, draft in enumerate(drafts)]
    tags = tuple(tag.strip() for tag in form.tags.split(",") if tag.strip())
    guest: UUID | GuestDetails
    if guest_id:
        guest = UUID(guest_id)
    else:
        guest = GuestDetails(form.last_name, form.first_name, form.email, form.phone, form.country.upper())
    return book(db, Booking(property_id, guest, wanted, form.status, source=form.source, notes=form.notes, tags=tags))


def _next_day(text: str) -> str:
    try:
        return (date.fromisoformat(text) + timedelta(1)).isoformat()
    except (ValueError, OverflowError):
        return text
