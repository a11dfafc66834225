"""Changing where and when a stay lies: move, change dates, split, assign, reprice, and undoing a move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from pms.kernel.dates import nights, today
from pms.kernel.db import Db
from pms.kernel.outbox import history
from pms.kernel.refusals import BadInput, Refusal
from pms.kernel.tables import Journal
from pms.properties.models import Property
from pms.properties.on_sale import types_on_sale, units_in_use
from pms.reservations.book import refuse_bad_ages, refuse_bad_dates, refuse_bad_party, refuse_bad_prices, refuse_odd_year
from pms.reservations.changes import change, refuse_unless
from pms.reservations.models import Stay
from pms.reservations.nights import Night, nights_of, place
from pms.reservations.picture import Picture
from pms.reservations.sold import ages_of, plan_prices, quote_in_step, quote_repriced, refuse_change, with_ages


class PastNightsFixed(Refusal):
    """Nights already slept are history: an in-house stay keeps its arrival, and its past nights their unit (R-36)."""

    sentence = "The nights before today are over and stay as they are."
    status = 409


class NothingToUndo(Refusal):
    sentence = "There is nothing left to undo here: the stay has changed since."
    status = 409


def move(
    db: Db,
    stay_id: UUID,
    version: int | None,
    unit_id: UUID | None = None,
    room_type_id: UUID | None = None,
    arrival: date | None = None,
    from_night: date | None = None,
    despite_rules: bool = False,
) -> Stay:
    """Put a stay into a unit (or, with only `room_type_id`, unassigned into a type), or to begin on another day, or both.

    The number of nights and the agreed prices stay (R-41). `from_night` moves only the nights of that segment: the run
    of nights in one unit that begins there. A guest in house changes units from tonight on; nights slept stay (R-43).
    Refuses `SoldOut`, `UnitTaken`, `NotForSale` (unless `despite_rules`), `NotInThisState`, `PastNightsFixed`, `BadInput`,
    `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    with change(db, stay_id, version, "reservation.change", "stay.moved") as stay:
        refuse_unless(stay, "tentative", "confirmed", "checked_in")
        old = nights_of(db, stay.id)
        shift = (arrival - stay.arrival) if arrival else timedelta()
        if arrival and shift:
            refuse_odd_year("arrival", arrival)
            _refuse_history(stay)
            refuse_change(db, stay, stay.arrival + shift, stay.departure + shift, despite_rules)
            stay.arrival, stay.departure = stay.arrival + shift, stay.departure + shift
        movable = _segment(old, from_night) if from_night else old
        segment = {n.night for n in movable if not is_over(db, stay, n)}
        type_id, unit = _target(db, stay, unit_id, room_type_id)
        place(db, stay, [_lie(n, shift, type_id, unit) if n.night in segment else replace(n, night=n.night + shift) for n in old])
    return stay


def _lie(night: Night, shift: timedelta, type_id: UUID | None, unit: UUID | None) -> Night:
    lies = night if type_id is None else replace(night, room_type_id=type_id, unit_id=unit)
    return replace(lies, night=night.night + shift)


def _target(db: Db, stay: Stay, unit_id: UUID | None, room_type_id: UUID | None) -> tuple[UUID | None, UUID | None]:
    """The type to count in and the unit; (None, None) leaves both as they are."""
    if unit_id is not None:
        return units_in_use(db, stay.property_id, [unit_id])[unit_id].room_type_id, unit_id
    if room_type_id is not None:
        types_on_sale(db, stay.property_id, [room_type_id])
        return room_type_id, None
    return None, None


def change_dates(
    db: Db,
    stay_id: UUID,
    version: int | None,
    arrival: date,
    departure: date,
    prices: Sequence[int] | None = None,
    despite_rules: bool = False,
    force: bool = False,
) -> Stay:
    """Extend or shorten a stay at either end. Kept nights keep unit and price; added nights lie where their neighbour
    lies and cost what the stay's plan asks for them now, unless `prices` (minor units) names one per added night (R-41).
    `force` records what an OTA has already agreed, by no rule of ours; it needs the permission to oversell.

    Refuses `SoldOut`, `UnitTaken`, `NotForSale` (unless `despite_rules`, which needs the permission to override),
    `NotInThisState`, `PastNightsFixed`, `BadInput`, `MovedMeanwhile`.
    """
    refuse_bad_dates(arrival, departure)
    with change(db, stay_id, version, "reservation.change", "stay.dates_changed") as stay:
        if force:
            db.actor.require("reservation.oversell", stay.property_id)
        refuse_unless(stay, "tentative", "confirmed", "checked_in")
        if arrival != stay.arrival:
            _refuse_history(stay)
        if not force:
            refuse_change(db, stay, arrival, departure, despite_rules)
        old = nights_of(db, stay.id)
        wanted = _stretched(db, stay, old, nights(arrival, departure), prices)
        keep_past(db, stay, old, wanted)
        stay.arrival, stay.departure = arrival, departure
        stay.quote = quote_in_step(stay.quote, old, wanted)
        place(db, stay, wanted, force)
    return stay


def _stretched(db: Db, stay: Stay, old: Sequence[Night], days: Sequence[date], prices: Sequence[int] | None) -> list[Night]:
    known = {night.night: night for night in old}
    added = [day for day in days if day not in known]
    if prices is not None:
        refuse_bad_prices(prices, len(added))
    ends = (days[0], days[-1] + timedelta(1)) if added else (stay.arrival, stay.arrival)
    asked = plan_prices(db, stay, stay.room_type_id, *ends) if added and prices is None else {}
    cost = {day: asked[day] for day in added} if prices is None else dict(zip(added, prices, strict=True))
    blank = Night(stay.arrival, stay.room_type_id, None, 0)
    first, last = (old[0], old[-1]) if old else (blank, blank)
    return [known.get(day) or replace(first if day < first.night else last, night=day, price=cost[day]) for day in days]


def split(
    db: Db, stay_id: UUID, version: int | None, night: date, unit_id: UUID | None = None, room_type_id: UUID | None = None
) -> Stay:
    """From `night` on, the guest sleeps in another unit, or unassigned in a type (R-43).

    Refuses `BadInput` when `night` is not inside the stay, and what `move` refuses.
    """
    with change(db, stay_id, version, "reservation.change", "stay.split") as stay:
        refuse_unless(stay, "tentative", "confirmed", "checked_in")
        if not stay.arrival < night < stay.departure:
            raise BadInput("night", "The night of the change must lie inside the stay.")
        type_id, unit = _target(db, stay, unit_id, room_type_id)
        if type_id is None:
            raise BadInput("unit_id", "Say where the guest sleeps from then on.")
        old = nights_of(db, stay.id)
        wanted = [n if n.night < night else replace(n, room_type_id=type_id, unit_id=unit) for n in old]
        keep_past(db, stay, old, wanted)
        place(db, stay, wanted)
    return stay


def assign(db: Db, stay_id: UUID, version: int | None, unit_id: UUID) -> Stay:
    """Give every night of the stay to one unit; what `move` refuses."""
    return move(db, stay_id, version, unit_id=unit_id)


def unassign(db: Db, stay_id: UUID, version: int | None) -> Stay:
    """Park the stay in the unassigned lane of the type it was sold as. Refuses `NotInThisState` once the guest is in."""
    with change(db, stay_id, version, "reservation.change", "stay.unassigned") as stay:
        refuse_unless(stay, "tentative", "confirmed")
        old = nights_of(db, stay.id)
        place(db, stay, [replace(n, unit_id=None, room_type_id=stay.room_type_id) for n in old])
    return stay


def reprice(db: Db, stay_id: UUID, version: int | None, prices: Sequence[int]) -> Stay:
    """Set the price of every night, minor units, first night first, without a reason: one given for other prices goes with them.
    `agree_prices` is for what is agreed by hand. Refuses `BadInput`, `PastNightsFixed`, `NotInThisState`.
    """
    with change(db, stay_id, version, "reservation.change", "stay.repriced") as stay:
        refuse_unless(stay, "tentative", "confirmed", "checked_in")
        old = nights_of(db, stay.id)
        refuse_bad_prices(prices, len(old))
        wanted = [replace(n, price=price) for n, price in zip(old, prices, strict=True)]
        keep_past(db, stay, old, wanted)
        if wanted != old:
            stay.quote = quote_repriced(stay.quote, wanted)
        place(db, stay, wanted)
    return stay


def change_party(
    db: Db, stay_id: UUID, version: int | None, adults: int, children: int, ages: Sequence[int | None] | None = None
) -> Stay:
    """Set how many sleep in the room, and how old the children are on arrival. The agreed prices stay: see `take_price`.

    `ages` None keeps those known: more children than before are of unknown age, fewer all are, as nobody said who stays at home.
    Refuses `BadInput`, `NotInThisState`, `MovedMeanwhile`.
    """
    refuse_bad_party(adults, children)
    refuse_bad_ages(children, ages or ())
    with change(db, stay_id, version, "reservation.change", "stay.party_changed") as stay:
        refuse_unless(stay, "tentative", "confirmed", "checked_in")
        known = ages_of(stay) if ages is None else tuple(ages)
        known = known[: children if len(known) <= children else 0]
        stay.adults, stay.children = adults, children
        stay.quote = with_ages(stay.quote, (*known, *[None] * (children - len(known))))
    return stay


UNDOABLE = (
    "stay.moved",
    "stay.dates_changed",
    "stay.split",
    "stay.unassigned",
    "stay.repriced",
    "stay.party_changed",
    "stay.plan_changed",
)


def undo(db: Db, stay_id: UUID, version: int) -> Stay:
    """Put a stay back to how it lay before its last change. `version` is the one that change made.

    Refuses `NothingToUndo` when the last change is no move or somebody changed the stay since, and what a move refuses.
    """
    with change(db, stay_id, None, "reservation.change", "stay.undone") as stay:
        last = _last_change(db, stay)
        if stay.version != version or last is None or last.event not in UNDOABLE or not last.before:
            raise NothingToUndo()
        old = nights_of(db, stay.id)
        before = last.before
        stay.arrival, stay.departure = date.fromisoformat(before["arrival"]), date.fromisoformat(before["departure"])
        stay.adults, stay.children = before["adults"], before["children"]
        if "quote" in before:
            stay.rate_plan_id, stay.quote = UUID(plan) if (plan := before["rate_plan_id"]) else None, before["quote"]
        wanted = _nights_from(before)
        keep_past(db, stay, old, wanted)
        place(db, stay, wanted)
    return stay


def _last_change(db: Db, stay: Stay) -> Journal | None:
    return next(iter(history(db, stay.id, most=1)), None)


def _nights_from(picture: Picture) -> list[Night]:
    """The nights a journal picture describes."""
    lies = [
        (day, UUID(type_id), UUID(unit_id) if unit_id else None)
        for first, end, type_id, unit_id in picture["segments"]
        for day in nights(date.fromisoformat(first), date.fromisoformat(end))
    ]
    return [Night(*where, price) for where, price in zip(lies, picture["prices"], strict=True)]


def _segment(old: Sequence[Night], from_night: date) -> list[Night]:
    """The run of nights in one place that begins on `from_night`."""
    start = next((i for i, night in enumerate(old) if night.night == from_night), None)
    if start is None:
        raise BadInput("from_night", "The stay has no such night.")
    run = []
    for night in old[start:]:
        if (night.room_type_id, night.unit_id) != (old[start].room_type_id, old[start].unit_id):
            break
        run.append(night)
    return run


def _refuse_history(stay: Stay) -> None:
    """An in-house guest's arrival is a fact."""
    if stay.status == "checked_in":
        raise PastNightsFixed()


def is_over(db: Db, stay: Stay, night: Night) -> bool:
    """Whether the guest, in house, has already slept this night."""
    return stay.status == "checked_in" and night.night < today(db.one(Property, stay.property_id).timezone)


def keep_past(db: Db, stay: Stay, old: Sequence[Night], wanted: Sequence[Night]) -> None:
    """Refuse `PastNightsFixed` when an in-house stay would lose or change a night that is over."""
    if [n for n in old if is_over(db, stay, n)] != [n for n in wanted if is_over(db, stay, n)]:
        raise PastNightsFixed()
