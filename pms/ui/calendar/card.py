"""A stay as the drawer prints it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from uuid import UUID

from pms.channels.deals import deals_of
from pms.channels.reporting import reports_of
from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import Db, work
from pms.kernel.formats import clock, day, day_short, money, money_bare
from pms.kernel.refusals import NotFound
from pms.kernel.words import translate
from pms.properties.models import Property
from pms.reservations.details import reservation, versions
from pms.reservations.models import Stay
from pms.reservations.queries import ReservationDetail, StayLine
from pms.reservations.relocate import elsewhere, relocation_of
from pms.reservations.ways_out import lacking_nights
from pms.ui.calendar.deal import DealRow, deal_row
from pms.ui.calendar.reports import ReportRow, report_rows
from pms.ui.calendar.story import story


@dataclass(frozen=True)
class NightRow:
    """One night: ISO date, in words, where, price in words and as typed; `slept` when it is over, and its price fixed."""

    night: str
    text: str
    place: str
    price: str
    bare: str
    slept: bool = False


@dataclass(frozen=True)
class Card:
    """Everything the drawer shows of a stay and its reservation; dates are ISO, amounts already in words. `costs` of a walk are
    what, who pays, how much.
    """

    stay: str = ""
    version: int = 0
    reservation: str = ""
    reservation_version: int = 0
    guest: str = ""
    guest_version: int = 0
    code: str = ""
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    guest_notes: str = ""
    knows_guest: bool = False
    status: str = ""
    place: str = ""
    room_type: str = ""
    unit: str = ""
    unit_id: str = ""
    split: bool = False
    arrival: str = ""
    departure: str = ""
    comes: str = ""
    goes: str = ""
    nights: int = 0
    adults: int = 1
    children: int = 0
    ages: str = ""
    source: str = ""
    external_ref: str = ""
    booked: str = ""
    notes: str = ""
    tags: list[str] = field(default_factory=list)
    tags_text: str = ""
    total: str = ""
    grand_total: str = ""
    currency: str = ""
    plan: str = ""
    cancellation: str = ""
    reason: str = ""
    sells: bool = False
    prices: list[NightRow] = field(default_factory=list)
    others: list[list[str]] = field(default_factory=list)
    history: list[list[str]] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    stays_version: int = 0
    rooms: list[str] = field(default_factory=list)
    room_nights: int = 0
    cancels_whole: bool = False
    oversold: bool = False
    elsewhere: str = ""
    walked: bool = False
    costs: list[list[str]] = field(default_factory=list)
    told_to: str = ""
    reports: list[ReportRow] = field(default_factory=list)
    deal: DealRow = field(default_factory=DealRow)


ACTIONS = {
    "tentative": ("confirm", "cancel"),
    "confirmed": ("check_in", "cancel"),
    "checked_in": ("check_out", "undo_check_in"),
    "checked_out": ("undo_check_out",),
    "cancelled": ("reinstate",),
    "no_show": ("reinstate",),
}
"""What can be done in each state, the next step first."""
NEEDS = {"confirm": "reservation.change", "cancel": "reservation.cancel", "reinstate": "reservation.change"}
"""The permission a step asks for; the others are `reservation.check_in`."""


def actions_for(stay: StayLine, here: date) -> list[str]:
    """What the drawer offers; the verbs decide all the same. A guest who did not come is a no-show from the day after."""
    offered = list(ACTIONS.get(stay.status, ()))
    if stay.status in ("tentative", "confirmed") and here > stay.arrival:
        offered.insert(1, "no_show")
    if stay.status == "confirmed" and here < stay.arrival:
        offered.remove("check_in")
    return offered


def load_card(db: Db, stay_id: UUID) -> Card:
    """The stay with its reservation and history. Refuses `NotFound` (also for one out of reach), `NotPermitted`."""
    row = db.one(Stay, stay_id)
    found = reservation(db, row.reservation_id)
    stay = next((one for one in found.stays if one.id == stay_id), None)
    if stay is None:
        raise NotFound(what="stay")
    house = db.one(Property, found.property_id)
    locale = db.actor.locale
    told = reports_of(db, found.id)
    events = story(db, [stay.id, found.id, found.guest.id], locale, house.timezone)
    return Card(
        **_who(found),
        **_where(stay, locale),
        **_when(stay, house, locale),
        **_money(found, stay, today(house.timezone), locale),
        **_sold(row, stay),
        stay=str(stay.id),
        version=stay.version,
        reservation=str(found.id),
        reservation_version=found.version,
        code=found.code,
        source=found.source,
        external_ref=found.external_ref or "",
        booked=day(found.booked_at.date(), locale),
        notes=found.notes or "",
        tags=list(found.tags),
        tags_text=", ".join(found.tags),
        status=stay.status,
        others=[[str(one.id), _short(one, locale), one.status] for one in found.stays if one.id != stay.id],
        history=events,
        actions=[
            one
            for one in actions_for(stay, today(house.timezone))
            if db.actor.may(NEEDS.get(one, "reservation.check_in"), house.id)
        ],
        **_whole(found, db.actor),
        **_lodging(db, row),
        told_to=told.channel,
        reports=report_rows(told, locale, house.timezone),
        deal=deal_row(deals_of(db, [found.id]).get(found.id), today(house.timezone), locale),
    )


def _who(found: ReservationDetail) -> dict:
    guest = found.guest
    return {
        "guest": str(guest.id),
        "guest_version": guest.version,
        "name": found.who,
        "first_name": guest.first_name or "",
        "last_name": guest.last_name or "",
        "email": guest.email or "",
        "phone": guest.phone or "",
        "country": guest.country or "",
        "guest_notes": guest.notes or "",
        "knows_guest": guest.email is not None,
    }


def _where(stay: StayLine, locale: str) -> dict:
    runs = [key for key, _ in groupby(stay.nights, key=lambda night: (night.unit or "", night.room_type))]
    units = [unit or translate("unassigned", locale) for unit, _ in runs]
    last = stay.nights[-1] if stay.nights else None
    place = " → ".join(units) or translate("unassigned", locale)
    return {
        "place": place,
        "room_type": runs[-1][1] if runs else stay.room_type,
        "split": len(runs) > 1,
        "unit": (last.unit if last else None) or "",
        "unit_id": str(last.unit_id) if last and last.unit_id else "",
        "adults": stay.adults,
        "children": stay.children,
        "ages": ", ".join(str(age) for age in stay.children_ages if age is not None),
    }


def _when(stay: StayLine, house: Property, locale: str) -> dict:
    return {
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "nights": (stay.departure - stay.arrival).days,
        "comes": f"{day_short(stay.arrival, locale)}, {clock(house.check_in_time, locale)}",
        "goes": f"{day_short(stay.departure, locale)}, {clock(house.check_out_time, locale)}",
    }


def _money(found: ReservationDetail, stay: StayLine, here: date, locale: str) -> dict:
    currency = found.currency
    nights = [
        NightRow(
            night.night.isoformat(),
            day_short(night.night, locale),
            night.unit or "",
            money(night.price, currency, locale),
            money_bare(night.price, currency, locale),
            stay.status == "checked_in" and night.night < here,
        )
        for night in stay.nights
    ]
    return {
        "prices": nights,
        "total": money(stay.total, currency, locale),
        "currency": currency,
        "grand_total": money(found.total, currency, locale) if len(found.stays) > 1 else "",
    }


def _sold(row: Stay, stay: StayLine) -> dict:
    """Under which plan, which promise, and why at another price; whether that can still be changed."""
    quote = row.quote or {}
    return {
        "plan": stay.rate_plan or "",
        "cancellation": (quote.get("cancellation") or {}).get("name", ""),
        "reason": quote.get("reason", ""),
        "sells": stay.status in ("tentative", "confirmed", "checked_in"),
    }


def _whole(found: ReservationDetail, actor: Actor) -> dict:
    """What cancelling the whole reservation would give back; offered for several rooms of which none has been slept in."""
    due = [one for one in found.stays if one.status not in ("cancelled", "no_show")]
    called_off = all(one.status in ("tentative", "confirmed") for one in due)
    return {
        "stays_version": versions(found).stays,
        "rooms": [_short(one, actor.locale) for one in due],
        "room_nights": sum(night.live for one in due for night in one.nights),
        "cancels_whole": len(due) > 1 and called_off and actor.may("reservation.cancel", found.property_id),
    }


def _lodging(db: Db, row: Stay) -> dict:
    """Whether a night of it is oversold; of a stay that was relocated, where the guest sleeps instead and at whose cost."""
    if row.status in ("tentative", "confirmed"):
        return {"oversold": bool(lacking_nights(db, row.id))}
    gone = relocation_of(db, row.id)
    if gone is None:
        return {}
    costs = [("room", gone.room_by, gone.room_cost), ("transport", gone.transport_by, gone.transport_cost)]
    costs.append(("compensation", "house", gone.compensation))
    shown = [[what, by, money(cost, gone.currency, db.actor.locale)] for what, by, cost in costs if cost]
    return {"elsewhere": elsewhere(db, [row.id]).get(row.id, ""), "walked": bool(gone.hotel), "costs": shown}


def _short(stay: StayLine, locale: str) -> str:
    unit = next((night.unit for night in stay.nights if night.unit), None) or stay.room_type
    return f"{unit} · {day_short(stay.arrival, locale)} – {day_short(stay.departure, locale)}"


def read_card(actor: Actor, stay_id: UUID) -> Card:
    """`load_card` in a transaction of its own, for the live view."""
    with work(actor) as db:
        return load_card(db, stay_id)
