"""What a drop on the chart means, as verbs of reservations; and whether it would fit, as far as the open sheet knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlmodel import col, select

from pms.kernel.dates import today
from pms.kernel.db import Db
from pms.kernel.formats import day_short
from pms.kernel.refusals import BadInput
from pms.properties.models import Property, RoomType, Unit
from pms.rates import said
from pms.reservations.calendar import Closure, Segment
from pms.reservations.changes import refuse_unless
from pms.reservations.models import Guest, Reservation, Stay
from pms.reservations.move import change_dates, move, reprice, unassign
from pms.reservations.nights import Night, nights_of
from pms.reservations.sold import against_change, plan_prices

Part = Literal["move", "start", "end"]


@dataclass(frozen=True)
class Place:
    """A row of the chart as a target: a unit, or the lane of a room type."""

    unit_id: UUID | None = None
    room_type_id: UUID | None = None


@dataclass(frozen=True)
class Drop:
    """What was shown of a stay at `version`: the segment that begins on `first` moves to `place` and by `shift` days, or an edge
    moves by `shift`.
    """

    stay_id: UUID
    version: int
    part: Part
    place: Place
    first: date
    shift: int

    def dates(self, stay: Stay) -> tuple[date, date]:
        """The dates the stay has then."""
        begin, end = (self.part != "end") * self.shift, (self.part != "start") * self.shift
        return stay.arrival + timedelta(begin), stay.departure + timedelta(end)


@dataclass(frozen=True)
class Dropped:
    """What changed, for the message. Names are empty where nothing of the kind changed; `version` undoes it.

    With another room type: `agreed` is what its nights cost, `of_type` what the type `type_id` costs, minor units of `currency`.
    """

    stay_id: UUID
    version: int
    guest: str
    unit_before: str
    unit_after: str
    type_before: str
    type_after: str
    arrival: date
    departure: date
    dates_changed: bool
    place_changed: bool
    currency: str = ""
    agreed: int = 0
    type_id: UUID | None = None
    of_type: int = 0


def drop(db: Db, wanted: Drop, despite_rules: bool = False) -> Dropped:
    """Do what was shown, with `despite_rules` whatever the rules say to nights it adds.

    Refuses what the verbs refuse: `SoldOut`, `UnitTaken`, `NotForSale`, `MovedMeanwhile`, `PastNightsFixed`, ...
    """
    stay = db.one(Stay, wanted.stay_id)
    db.actor.require("reservation.change", stay.property_id)
    before, dates = nights_of(db, stay.id), (stay.arrival, stay.departure)
    if wanted.part == "move":
        _move(db, stay, wanted, before, despite_rules)
    else:
        change_dates(db, stay.id, wanted.version, *wanted.dates(stay), despite_rules=despite_rules)
    return _told(db, db.one(Stay, stay.id), before, dates)


def _move(db: Db, stay: Stay, wanted: Drop, nights: list[Night], despite: bool) -> None:
    place, shift, version = wanted.place, wanted.shift, wanted.version
    here = next((night for night in nights if night.night == wanted.first), None)
    split = len({(night.room_type_id, night.unit_id) for night in nights}) > 1
    arrival = stay.arrival + timedelta(shift) if shift else None
    from_night = wanted.first if split else None
    if here and (here.unit_id, place.unit_id) == (None, None) and here.room_type_id == place.room_type_id:
        _only_dates(db, stay, version, arrival, despite)
    elif place.unit_id is None and stay.status == "checked_in":
        refuse_unless(stay, "tentative", "confirmed")
    elif place.unit_id is None and place.room_type_id == stay.room_type_id and not shift and not split:
        unassign(db, stay.id, version)
    elif here and place.unit_id and here.unit_id == place.unit_id:
        _only_dates(db, stay, version, arrival, despite)
    else:
        move(db, stay.id, version, place.unit_id, place.room_type_id, arrival, from_night, despite)


def _only_dates(db: Db, stay: Stay, version: int, arrival: date | None, despite: bool) -> None:
    if arrival is None:
        raise BadInput("place", "The stay lies there already.")
    move(db, stay.id, version, arrival=arrival, despite_rules=despite)


@dataclass(frozen=True)
class Question:
    """Whether to do a drop all the same: for whom, the dates it would give, and what rules say against it, all in words."""

    guest: str
    dates: str
    reasons: tuple[str, ...]


def question(db: Db, wanted: Drop) -> Question | None:
    """What stands against a drop now; None once the stay is another than it was shown. Refuses `NotFound`, `NotPermitted`."""
    stay = db.one(Stay, wanted.stay_id)
    db.actor.require("reservation.change", stay.property_id)
    if stay.version != wanted.version:
        return None
    arrival, departure = wanted.dates(stay)
    _, _, found = against_change(db, stay, arrival, departure)
    dates = " – ".join(day_short(day, db.actor.locale) for day in (arrival, departure))
    return Question(guest_of(db, stay.id), dates, tuple(said.reasons(found, db.actor.locale)))


def _told(db: Db, stay: Stay, before: list[Night], dates: tuple[date, date]) -> Dropped:
    after = nights_of(db, stay.id)
    came, goes = _changed(before, after)
    prices = _prices(db, stay, goes.room_type_id) if came and goes and came.room_type_id != goes.room_type_id else {}
    return Dropped(
        stay.id,
        stay.version,
        guest_of(db, stay.id),
        _unit(db, came),
        _unit(db, goes),
        _type(db, came),
        _type(db, goes),
        stay.arrival,
        stay.departure,
        dates != (stay.arrival, stay.departure),
        (came and (came.unit_id, came.room_type_id)) != (goes and (goes.unit_id, goes.room_type_id)),
        **prices,
    )


def _prices(db: Db, stay: Stay, type_id: UUID) -> dict[str, Any]:
    """What the nights to come in a room type were agreed at, and what they cost as that type."""
    ahead = _ahead(db, stay, type_id)
    asked = plan_prices(db, stay, type_id, stay.arrival, stay.departure)
    return {
        "currency": db.one(Property, stay.property_id).currency,
        "agreed": sum(night.price for night in ahead),
        "type_id": type_id,
        "of_type": sum(asked[night.night] for night in ahead),
    }


def _ahead(db: Db, stay: Stay, type_id: UUID) -> list[Night]:
    here = today(db.one(Property, stay.property_id).timezone)
    lie = [night for night in nights_of(db, stay.id) if night.room_type_id == type_id]
    return [night for night in lie if stay.status != "checked_in" or night.night >= here]


def take_type_price(db: Db, stay_id: UUID, version: int, type_id: UUID) -> Stay:
    """Let the nights to come in a room type cost what that type costs. Refuses what `reprice` refuses."""
    stay = db.one(Stay, stay_id)
    db.actor.require("reservation.change", stay.property_id)
    asked = plan_prices(db, stay, type_id, stay.arrival, stay.departure)
    dear = {night.night for night in _ahead(db, stay, type_id)}
    return reprice(db, stay_id, version, [asked[n.night] if n.night in dear else n.price for n in nights_of(db, stay_id)])


def _changed(before: list[Night], after: list[Night]) -> tuple[Night | None, Night | None]:
    """The first night that lies elsewhere now, before and after; else the first nights."""
    pairs = list(zip(before, after, strict=False))
    differ = [(a, b) for a, b in pairs if (a.unit_id, a.room_type_id) != (b.unit_id, b.room_type_id)]
    return next(iter(differ or pairs), (None, None))


def _unit(db: Db, night: Night | None) -> str:
    return db.one(Unit, night.unit_id).name if night and night.unit_id else ""


def _type(db: Db, night: Night | None) -> str:
    return db.one(RoomType, night.room_type_id).name if night else ""


def guest_of(db: Db, stay_id: UUID) -> str:
    """Who the stay is for, by last name, or the code for an actor who may not see guests; nothing of a property out of reach.

    Refuses nothing.
    """
    query = (
        select(Guest.last_name, Reservation.code, Stay.property_id)
        .join(Reservation, col(Reservation.guest_id) == col(Guest.id))
        .join(Stay, col(Stay.reservation_id) == col(Reservation.id))
        .where(col(Stay.id) == stay_id)
    )
    name, code, property_id = db.exec(query).first() or ("", "", None)
    if db.actor.may("guest.view", property_id):
        return name
    return code if db.actor.may("reservation.view", property_id) else ""


def in_the_way(
    segments: list[Segment], blocks: list[Closure], first: date, end: date, own: UUID | None, named: bool
) -> str | None:
    """Who or what has the unit on the nights [first, end) besides the stay itself; None when it is free.

    A name, or the code when not `named`, or a reason.
    """
    for segment in segments:
        if segment.stay_id != own and segment.first < end and first < segment.end:
            return (segment.last_name if named else "") or segment.code
    for block in blocks:
        if block.kind == "out_of_order" and block.first < end and first < block.end:
            return block.reason
    return None
