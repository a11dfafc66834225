"""The life of a stay: tentative, confirmed, checked in, checked out; or cancelled; or a no-show (R-30)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from pms.kernel.dates import DAY, now, today
from pms.kernel.db import Db, raw
from pms.kernel.refusals import Refusal
from pms.properties.models import Property, Unit
from pms.reservations.blocks import out_of_order
from pms.reservations.changes import change, refuse_unless, stays_to_change
from pms.reservations.models import Stay
from pms.reservations.nights import Night, bring_back, nights_of, put_away


class NoUnitYet(Refusal):
    sentence = "Give the stay a unit before the guest checks in."
    status = 409


class TooEarly(Refusal):
    """`day` is the ISO date from which it can be done."""

    sentence = "This can be done from {day} on."
    status = 409


class StillElsewhere(Refusal):
    """One guest has one bed."""

    sentence = "The guest was taken to {property}, {code}, and has a room there. Cancel that one first."
    status = 409


class UnitOutOfOrder(Refusal):
    sentence = "{unit} is out of order today: {reason}."
    status = 409


def confirm(db: Db, stay_id: UUID, version: int | None) -> Stay:
    """A tentative stay becomes firm. Refuses `NotInThisState`, `MovedMeanwhile`."""
    with change(db, stay_id, version, "reservation.change", "stay.confirmed") as stay:
        refuse_unless(stay, "tentative")
        stay.status = "confirmed"
    return stay


def cancel(db: Db, stay_id: UUID, version: int | None, event: str = "stay.cancelled") -> Stay:
    """Call a stay off before the guest is in; its nights are on sale again at once. `event` says it otherwise where there is
    more to say (`pms.reservations.relocate`). Refuses `NotInThisState`.
    """
    with change(db, stay_id, version, "reservation.cancel", event) as stay:
        refuse_unless(stay, "tentative", "confirmed")
        put_away(db, stay)
        stay.status, stay.cancelled_at = "cancelled", now()
    return stay


def cancel_reservation(db: Db, reservation_id: UUID, version: int | None = None) -> list[Stay]:
    """Cancel every stay of a reservation that can still be cancelled; all or nothing.

    Refuses `NotInThisState` when none can, or when one of them is in house.
    """
    reservation, stays = stays_to_change(db, reservation_id, version, "reservation.cancel")
    open_stays = [stay for stay in stays if stay.status not in ("cancelled", "no_show")]
    for stay in open_stays or stays[:1]:
        refuse_unless(stay, "tentative", "confirmed")
    done = [cancel(db, stay.id, None) for stay in open_stays]
    reservation.version += 1
    return done


def reinstate(db: Db, stay_id: UUID, version: int | None) -> Stay:
    """Take a cancellation or a no-show back, if the house still has room.

    Refuses `SoldOut`, `NotInThisState`, `StillElsewhere`.
    """
    with change(db, stay_id, version, "reservation.change", "stay.reinstated") as stay:
        refuse_unless(stay, "cancelled", "no_show")
        _take_back(db, stay)
        bring_back(db, stay)
        stay.status, stay.cancelled_at = "confirmed", None
    return stay


_ELSEWHERE = """
select p.name, r.code from relocation l
join stay t on t.id = l.to_stay_id and t.status in ('tentative', 'confirmed', 'checked_in')
join reservation r on r.id = t.reservation_id join property p on p.id = t.property_id
where l.stay_id = %s and l.taken_back_at is null
"""


def _take_back(db: Db, stay: Stay) -> None:
    """A guest who was taken elsewhere and comes here after all: what that would have cost counts no more."""
    if found := raw(db).execute(_ELSEWHERE, (stay.id,)).fetchone():
        raise StillElsewhere(property=found[0], code=found[1])
    raw(db).later("update relocation set taken_back_at = now() where stay_id = %s and taken_back_at is null", (stay.id,))


def check_in(db: Db, stay_id: UUID, version: int | None) -> Stay:
    """The guest has arrived (R-31). Refuses `NotInThisState`, `TooEarly`, `NoUnitYet`, `UnitOutOfOrder`."""
    with change(db, stay_id, version, "reservation.check_in", "stay.checked_in") as stay:
        refuse_unless(stay, "confirmed")
        here = _today(db, stay)
        if here < stay.arrival:
            raise TooEarly(day=stay.arrival.isoformat())
        _refuse_unready(db, _next_night(nights_of(db, stay.id), here))
        stay.status, stay.checked_in_at = "checked_in", now()
    return stay


def undo_check_in(db: Db, stay_id: UUID, version: int | None) -> Stay:
    """The wrong guest was checked in (R-35). Refuses `NotInThisState`."""
    with change(db, stay_id, version, "reservation.check_in", "stay.check_in_undone") as stay:
        refuse_unless(stay, "checked_in")
        stay.status, stay.checked_in_at = "confirmed", None
    return stay


def check_out(db: Db, stay_id: UUID, version: int | None) -> Stay:
    """The guest has left; nights from today on that were not slept are on sale again. Refuses `NotInThisState`."""
    with change(db, stay_id, version, "reservation.check_in", "stay.checked_out") as stay:
        refuse_unless(stay, "checked_in")
        put_away(db, stay, keep_until=_today(db, stay))
        stay.status, stay.checked_out_at = "checked_out", now()
    return stay


def undo_check_out(db: Db, stay_id: UUID, version: int | None) -> Stay:
    """The guest is still here; nights given back are taken again if they can be. Refuses `SoldOut`, `NotInThisState`."""
    with change(db, stay_id, version, "reservation.check_in", "stay.check_out_undone") as stay:
        refuse_unless(stay, "checked_out")
        bring_back(db, stay)
        stay.status, stay.checked_out_at = "checked_in", None
    return stay


def no_show(db: Db, stay_id: UUID, version: int | None) -> Stay:
    """The guest never came: from the day after arrival on, and the nights are on sale again (R-34).

    Refuses `TooEarly` before the arrival day is over, `NotInThisState`.
    """
    with change(db, stay_id, version, "reservation.check_in", "stay.no_show") as stay:
        refuse_unless(stay, "confirmed", "tentative")
        if _today(db, stay) <= stay.arrival:
            raise TooEarly(day=(stay.arrival + DAY).isoformat())
        put_away(db, stay)
        stay.status = "no_show"
    return stay


def _today(db: Db, stay: Stay) -> date:
    return today(db.one(Property, stay.property_id).timezone)


def _next_night(nights: Sequence[Night], here: date) -> Night | None:
    """The night the guest sleeps next: tonight's, or the last one when the whole stay is already over."""
    return next((night for night in nights if night.night >= here), nights[-1] if nights else None)


def _refuse_unready(db: Db, night: Night | None) -> None:
    """Refuse `NoUnitYet` or `UnitOutOfOrder` for the night the guest is to sleep in; day use (None) needs no bed."""
    if night is None:
        return
    if night.unit_id is None:
        raise NoUnitYet()
    block = out_of_order(db, night.unit_id, night.night)
    if block:
        raise UnitOutOfOrder(unit=db.one(Unit, night.unit_id).name, reason=block)
