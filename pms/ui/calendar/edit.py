"""What the drawer's forms mean, as verbs of reservations: each form is one piece of work."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from pms.kernel.db import Db
from pms.kernel.formats import day_short, money, read_money
from pms.kernel.refusals import BadInput
from pms.properties.models import Property
from pms.rates import said
from pms.rates.load import house_of
from pms.rates.party import Party
from pms.reservations.book import refuse_bad_dates, refuse_bad_party
from pms.reservations.changes import refuse_stale
from pms.reservations.details import Versions, change_reservation, lock_unmoved
from pms.reservations.guests import change_guest
from pms.reservations.life_cycle import cancel_reservation
from pms.reservations.models import Stay
from pms.reservations.move import assign, change_dates, change_party, is_over, split, unassign
from pms.reservations.nights import nights_of
from pms.reservations.resell import PartyPrice, agree_prices, price_of_party, take_price
from pms.reservations.sold import against_change, ages_of, refuse_changed
from pms.reservations.vacancy import Vacancy, vacancies


@dataclass(frozen=True)
class StayForm:
    """Dates, unit ("" is unassigned, "keep" leaves a split stay as it lies) and party as typed, the children's ages as "4, 9";
    and the answers to what was asked: to sell `despite` rules, and to "keep" or to "take" the price.
    """

    arrival: date
    departure: date
    unit: str
    adults: int
    children: int
    ages: str | None = None
    despite: str = ""
    price: str = ""

    def party(self, stay: Stay) -> Party:
        """Who sleeps there. Refuses `BadInput`."""
        if self.ages is None:
            known = ages_of(stay) if self.children == stay.children else (None,) * min(self.children, 99)
            return Party(self.adults, known)
        return Party(self.adults, read_ages(self.ages, self.children, "ages"))


@dataclass(frozen=True)
class Asked:
    """What to say and to ask before a stay is changed: which rules stand against it; of other dates, what each `added` night
    costs ([day, price]) and the `total` then, with its difference; and that its party would pay `taken` instead of `kept`. All
    in words, empty where it is not so; `shown` is `taken` in minor units, `sum` is `total`.
    """

    against: list[str] = field(default_factory=list)
    kept: str = ""
    taken: str = ""
    shown: int = 0
    added: list[list[str]] = field(default_factory=list)
    total: str = ""
    difference: str = ""
    sum: int = 0

    def settled(self, form: StayForm) -> bool:
        """Whether the form answers all of it."""
        return (not self.against or bool(form.despite)) and (not self.taken or bool(form.price))


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


def asked_of(db: Db, stay_id: UUID, form: StayForm) -> Asked:
    """What to ask about a form. Refuses `BadInput`, `NotFound`, `NotPermitted`."""
    stay, locale = db.one(Stay, stay_id), db.actor.locale
    db.actor.require("reservation.change", stay.property_id)
    refuse_bad_dates(form.arrival, form.departure)
    refuse_bad_party(form.adults, form.children)
    _, _, found = against_change(db, stay, form.arrival, form.departure)
    asked, party = Asked(said.reasons(found, locale)), form.party(stay)
    other_dates = (form.arrival, form.departure) != (stay.arrival, stay.departure)
    if not other_dates and party == Party(stay.adults, ages_of(stay)):
        return asked
    try:
        price = price_of_party(db, stay_id, form.arrival, form.departure, party)
    except BadInput:  # its room type is not sold any more, so that nobody can say what it would cost
        return asked
    asked = _with_dates(asked, price, locale) if other_dates else asked
    if party == Party(stay.adults, ages_of(stay)) or price.kept == price.taken:
        return asked
    kept, taken = (money(amount, price.currency, locale) for amount in (price.kept, price.taken))
    return replace(asked, kept=kept, taken=taken, shown=price.taken)


def _with_dates(asked: Asked, price: PartyPrice, locale: str) -> Asked:
    more = price.kept - price.now
    return replace(
        asked,
        added=[[day_short(day, locale), money(one, price.currency, locale)] for day, one in price.added.items()],
        total=money(price.kept, price.currency, locale),
        difference=said.money(more, price.currency, locale) if more else "",
        sum=price.kept,
    )


def change_stay(db: Db, stay_id: UUID, version: int, wanted: tuple[StayForm, Asked]) -> Stay:
    """Apply what differs: party, dates, then unit, and the new price if it is to be taken; all or nothing.

    Refuses `PriceChanged` when other dates cost something else than was shown, and what the verbs refuse.
    """
    form, asked = wanted
    stay = db.one(Stay, stay_id, lock=True)
    db.actor.require("reservation.change", stay.property_id)
    refuse_stale(db, stay, version)
    if (party := form.party(stay)) != Party(stay.adults, ages_of(stay)):
        change_party(db, stay_id, None, party.adults, len(party.children), party.children)
    if (form.arrival, form.departure) != (stay.arrival, stay.departure):
        change_dates(db, stay_id, None, form.arrival, form.departure, despite_rules=bool(form.despite))
        shown = asked.sum if asked.total else None
        refuse_changed(house_of(db, stay.property_id), shown, sum(night.price for night in nights_of(db, stay_id)))
    _change_unit(db, stay, form.unit)
    if asked.taken and form.price == "take":
        take_price(db, stay_id, None, asked.shown)
    return stay


def read_ages(text: str, children: int, name: str) -> tuple[int | None, ...]:
    """The children's ages as typed, "4, 9"; those not typed are unknown. Refuses `BadInput`."""
    typed = text.replace(",", " ").split()
    ages = [int(one) if one.isascii() and one.isdigit() and len(one) < 3 else 99 for one in typed]
    if len(ages) > children or any(age > 17 for age in ages):
        raise BadInput(name, "Give an age for each child, up to 17.")
    return (*ages, *[None] * (min(children, 99) - len(ages)))


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
