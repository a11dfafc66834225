"""The frame of every change to a stay: lock it, see that nobody was faster, change it, write it down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar
from uuid import UUID

from sqlmodel import col, select

from pms.kernel.db import Db
from pms.kernel.outbox import record
from pms.kernel.refusals import Refusal
from pms.kernel.versions import refuse_stale
from pms.kernel.words import translate
from pms.reservations.models import Reservation, Stay
from pms.reservations.nights import nights_of
from pms.reservations.picture import picture, sold_as


class NotInThisState(Refusal):
    """The life cycle does not allow this now (R-30). `status` is how the stay stands."""

    status = 409

    SENTENCES: ClassVar[dict[str, str]] = {
        "tentative": "The stay is only tentative.",
        "confirmed": "The guest has not checked in yet.",
        "checked_in": "The guest has already checked in.",
        "checked_out": "The guest has already checked out.",
        "cancelled": "The stay is cancelled.",
        "no_show": "The guest did not show up.",
    }

    def __init__(self, state: str) -> None:
        super().__init__(state=state)

    def say(self, locale: str) -> str:
        """One whole sentence per state: its words cannot be put together alike in every language."""
        return translate(self.SENTENCES[self.data["state"]], locale)


@contextmanager
def change(db: Db, stay_id: UUID, version: int | None, permission: str, event: str, quoted: bool = False) -> Iterator[Stay]:
    """Lock a stay for one change and journal it as `event`, with the picture before and after, `quoted` with its plan and terms;
    and with what it was sold for, whenever that changes, for undo.

    `version` None is for programs that hold no earlier view of it. Refuses `NotFound`, `NotPermitted`, `MovedMeanwhile`.
    """
    stay = db.one(Stay, stay_id, lock=True)
    db.actor.require(permission, stay.property_id)
    if version is not None:
        refuse_stale(db, stay, version)
    before = picture(stay, nights_of(db, stay.id)) | (sold_as(stay) if quoted else {})
    sold = {"rate_plan_id": sold_as(stay)["rate_plan_id"], "quote": stay.quote}
    yield stay
    if stay.quote != sold["quote"]:
        before |= sold
    stay.version += 1
    db.add(stay)
    db.flush()
    after = picture(stay, nights_of(db, stay.id)) | (sold_as(stay) if quoted else {})
    record(db, event, "stay", stay.id, stay.property_id, before=before, after=after)


def refuse_unless(stay: Stay, *states: str) -> None:
    """Refuse `NotInThisState` unless the stay is in one of the states."""
    if stay.status not in states:
        raise NotInThisState(stay.status)


def stays_to_change(db: Db, reservation_id: UUID, version: int | None, permission: str) -> tuple[Reservation, list[Stay]]:
    """A reservation, locked, with its stays in the order they were booked.

    Refuses `NotFound`, `NotPermitted`, `MovedMeanwhile` (`version` None: the caller holds no earlier view).
    """
    reservation = db.one(Reservation, reservation_id, lock=True)
    db.actor.require(permission, reservation.property_id)
    if version is not None:
        refuse_stale(db, reservation, version)
    query = select(Stay).where(Stay.reservation_id == reservation.id).order_by(col(Stay.id))
    return reservation, list(db.exec(query))
