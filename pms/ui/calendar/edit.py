"""What the drawer's forms mean, as verbs of reservations: each form is one piece of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pms.kernel.db import Db
from pms.kernel.formats import read_money
from pms.kernel.refusals import BadInput
from pms.properties.models import Property
from pms.reservations.changes import refuse_stale
from pms.reservations.details import Versions, change_reservation, lock_unmoved
from pms.reservations.guests import change_guest
from pms.reservations.life_cycle import cancel_reservation
from pms.reservations.models import Stay
from pms.reservations.move import assign, change_dates, change_party, is_over, split, unassign
from pms.reservations.nights import nights_of
from pms.reservations.resell import agree_prices
from pms.reservations.vacancy import Vacancy, vacancies


@dataclass(frozen=True)
class StayForm:
    """Dates, unit ("" is unassigned, "keep" leaves a split stay as it lies) and party as typed."""

    arrival: date
    departure: date
    unit: str
    adults: int
    children: int


@dataclass(frozen=True)
class GuestForm:
    """A guest as typed."""

    last_name: str
    first_name: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    guest_notes: str = ""


@dataclass(frozen=True)
class NotesForm:
    """What belongs to the reservation as a whole, as typed; tags are separated by commas. Who may not see guests is not shown
    the notes, and sends none.
    """

    source: str
    tags: str = ""
    notes: str | None = None


@dataclass(frozen=True)
class SplitForm:
    """From which night on the guest sleeps in which unit."""

    night: date
    unit: UUID


def change_stay(db: Db, stay_id: UUID, version: int, form: StayForm) -> Stay:
    """Apply what differs: dates, then unit, then party; all or nothing. Refuses what the verbs refuse."""
    stay = db.one(Stay, stay_id, lock=True)
    db.actor.require("reservation.change", stay.property_id)
    refuse_stale(db, stay, version)
    if (form.arrival, form.departure) != (stay.arrival, stay.departure):
        change_dates(db, stay_id, None, form.arrival, form.departure)
    _change_unit(db, stay, form.unit)
    if (form.adults, form.children) != (stay.adults, stay.children):
        change_party(db, stay_id, None, form.adults, form.children)
    return stay


def _change_unit(db: Db, stay: Stay, wanted: str) -> None:
    units = {night.unit_id for night in nights_of(db, stay.id)}
    if wanted == "keep" or not units:
        return
    if wanted == "":
        if units != {None}:
            unassign(db, stay.id, None)
    elif units != {unit := unit_id(wanted)}:
        assign(db, stay.id, None, unit)


def unit_id(text: str, field: str = "unit") -> UUID:
    """A unit's id as a form sends it. Refuses `BadInput`."""
    try:
        return UUID(text)
    except ValueError:
        raise BadInput(field, "Choose a unit.") from None


def change_prices(db: Db, stay_id: UUID, version: int, typed: dict[str, str]) -> Stay:
    """Agree prices as typed: "price-every" for all nights to come, else "price-" with a night's ISO date; a night not named
    keeps its price. Refuses `BadInput`, and what `agree_prices` refuses.
    """
    stay = db.one(Stay, stay_id)
    every = typed.get("price-every", "").strip()
    currency, locale = db.one(Property, stay.property_id).currency, db.actor.locale
    prices = []
    for night in nights_of(db, stay_id):
        name = "price-every" if every else f"price-{night.night.isoformat()}"
        given = name in typed and not is_over(db, stay, night)
        prices.append(read_money(typed[name], currency, locale, name) if given else night.price)
    return agree_prices(db, stay_id, version, prices, typed.get("reason", ""))


def change_person(db: Db, guest_id: UUID, version: int, form: GuestForm) -> None:
    """Change a guest. Refuses `BadInput`, `MovedMeanwhile`, `NotPermitted`."""
    known = {"last_name": form.last_name, "first_name": form.first_name, "email": form.email, "phone": form.phone}
    change_guest(db, guest_id, version, **known, country=form.country.upper(), notes=form.guest_notes)


def change_notes(db: Db, reservation_id: UUID, version: int, form: NotesForm) -> None:
    """Change source, tags and notes. Refuses `BadInput`, `MovedMeanwhile`, `NotPermitted`."""
    tags = [tag.strip() for tag in form.tags.split(",") if tag.strip()]
    change_reservation(db, reservation_id, version, notes=form.notes, tags=tags, source=form.source)


def cancel_whole(db: Db, reservation_id: UUID, saw: Versions) -> list[Stay]:
    """Cancel every room of a reservation as it was shown. Refuses `MovedMeanwhile`, `NotInThisState`, `NotPermitted`."""
    lock_unmoved(db, reservation_id, saw)
    return cancel_reservation(db, reservation_id)


def split_stay(db: Db, stay_id: UUID, version: int, form: SplitForm) -> Stay:
    """From a night on, sleep elsewhere. Refuses what `split` refuses."""
    return split(db, stay_id, version, form.night, unit_id=form.unit)


def units_for(db: Db, stay_id: UUID) -> list[Vacancy]:
    """The units of the house for the nights of a stay, its own counted as free. Refuses `NotFound`, `NotPermitted`."""
    stay = db.one(Stay, stay_id)
    return vacancies(db, stay.property_id, stay.arrival, stay.departure, stay.id)


def free_first(units: list[Vacancy], room_type_id: UUID | None, taken: str) -> list[list[str]]:
    """Units as choices [id, words]: free ones first, those of the type before others. `taken` is the word for taken."""
    ranked = sorted(units, key=lambda one: (not one.free, one.room_type_id != room_type_id))
    return [[str(one.unit_id), f"{one.unit} · {one.room_type}" + ("" if one.free else f" ({taken})")] for one in ranked]
