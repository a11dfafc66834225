"""What a house reports to a channel of its bookings: the guest did not come, the card is no good.

What people ask for is written down in their transaction and waits for the next turn with the channel, whose answer is kept. It is
told until there is one, and not once more after that: a line that breaks before the answer, or a process that dies, leaves it
waiting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import httpx
from sqlmodel import col, select

from pms.channels.adapter import Adapter, Link, Refused, ReportKind, Stop, Wait
from pms.channels.connections import adapter_of
from pms.channels.inbox import WORDS_MOST
from pms.channels.incoming import keepable
from pms.channels.models import ChannelBooking, ChannelReport, Connection
from pms.channels.turns import heard_news, pause_after
from pms.kernel.db import Db
from pms.kernel.outbox import record
from pms.kernel.refusals import NotFound, Refusal
from pms.reservations.models import Reservation, Stay

KINDS: tuple[ReportKind, ...] = ("no_show", "invalid_card", "cancel_invalid_card")


class NothingToReport(Refusal):
    """The channel does not want to know, or the booking does not stand like that."""

    sentence = "This cannot be reported as the booking stands."
    status = 409


class ReportedAlready(Refusal):
    """The channel has been told, or is about to be."""

    sentence = "{channel} is told already."
    status = 409


@dataclass(frozen=True)
class Report:
    """What can be reported of a booking, and what became of it: `state` "" has not been asked for; instants are UTC."""

    what: ReportKind
    may: bool
    state: str = ""
    words: str = ""
    waived: bool = False
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Reports:
    """Of a reservation: the channel by its name, and what it wants to know; nothing where it comes from no channel."""

    channel: str = ""
    of: tuple[Report, ...] = ()


@dataclass(frozen=True)
class Due:
    """A report to be made."""

    id: UUID
    booking: str
    what: ReportKind
    waived: bool


@dataclass(frozen=True)
class Answer:
    """What the channel made of it: "reported", "refused", or "waiting" for so many seconds more (None: it did not say)."""

    state: str
    words: str = ""
    seconds: float | None = None


def reports_of(db: Db, reservation_id: UUID) -> Reports:
    """What the channel of a reservation wants to know of it. Refuses `NotFound`, `NotPermitted`."""
    found = db.one(Reservation, reservation_id)
    _refuse_stranger(db, found)
    db.actor.require("reservation.view", found.property_id)
    booked = _booked(db, found.id)
    if booked is None:
        return Reports()
    held, connection = booked
    adapter, made = adapter_of(connection.channel), _made(db, held)
    possible = _possible(db, found.id, made)
    return Reports(
        adapter.name, tuple(_line(what, what in possible, made.get(what)) for what in KINDS if what in adapter.reported)
    )


def report(db: Db, stay_id: UUID, what: ReportKind, waived: bool = False) -> ChannelReport:
    """Have the booking of a stay reported to its channel; `waived` of a no-show: the house asks for no fee. One that was refused
    may be tried once more. Refuses `NothingToReport`, `ReportedAlready`, `NotFound`, `NotPermitted`.
    """
    stay = db.one(Stay, stay_id)
    found = db.one(Reservation, stay.reservation_id)
    _refuse_stranger(db, found)
    db.actor.require("reservation.check_in", found.property_id)
    booked = _booked(db, found.id, lock=True)
    if booked is None:
        raise NothingToReport()
    held, connection = booked
    adapter, made = adapter_of(connection.channel), _made(db, held)
    row = made.get(what)
    if row and row.state != "refused":
        raise ReportedAlready(channel=adapter.name)
    if what not in adapter.reported or what not in _possible(db, found.id, made):
        raise NothingToReport()
    row = row or ChannelReport(
        organization_id=db.organization_id,
        connection_id=connection.id,
        reservation_id=found.id,
        booking=held.booking,
        what=what,
    )
    row.state, row.words, row.tries, row.due_at, row.asked_at, row.answered_at = "waiting", "", 0, db.now, db.now, None
    row.waived = waived and what == "no_show"
    db.add(row)
    db.flush()
    after = {"what": what, "channel": adapter.name, "waived": row.waived}
    record(db, "reservation.report_asked", "reservation", found.id, found.property_id, after=after)
    heard_news(db, connection.id)
    return row


def due(db: Db, connection_id: UUID) -> list[Due]:
    """What a connection is to be told now, in the order it was asked for."""
    query = select(ChannelReport).where(
        ChannelReport.connection_id == connection_id, ChannelReport.state == "waiting", col(ChannelReport.due_at) <= db.now
    )
    rows = db.scalars(query.order_by(col(ChannelReport.asked_at), col(ChannelReport.id)))
    return [Due(row.id, row.booking, cast(ReportKind, row.what), row.waived) for row in rows]


def tell(adapter: Adapter, http: httpx.Client, link: Link, one: Due) -> Answer:
    """Report it. A channel that does not let us report is no reason to speak to it no more: it has just let itself be asked."""
    try:
        adapter.report(http, link, one.booking, one.what, one.waived)
    except (Refused, Stop) as no:
        return Answer("refused", str(no))
    except Wait as later:
        return Answer("waiting", str(later), later.seconds)
    return Answer("reported")


def note(db: Db, report_id: UUID, answer: Answer) -> None:
    """Keep what the channel made of it; where it cannot now it is tried again, later from time to time."""
    row = db.one(ChannelReport, report_id, lock=True)
    row.state, row.words = answer.state, keepable(answer.words)[:WORDS_MOST]
    if answer.state == "waiting":
        row.tries += 1
        row.due_at = db.now + timedelta(seconds=pause_after(row.tries) if answer.seconds is None else answer.seconds)
        return
    row.answered_at = db.now
    connection = db.one(Connection, row.connection_id)
    event = "reservation.report_accepted" if row.state == "reported" else "reservation.report_refused"
    after = {"what": row.what, "channel": adapter_of(connection.channel).name, "words": row.words}
    record(db, event, "reservation", row.reservation_id, connection.property_id, after=after)


def _booked(db: Db, reservation_id: UUID, lock: bool = False) -> tuple[ChannelBooking, Connection] | None:
    """The channel's booking that a reservation is, on a connection that still stands, if it has been made and not taken back."""
    query = select(ChannelBooking, Connection).where(
        ChannelBooking.reservation_id == reservation_id,
        col(ChannelBooking.status).in_(("new", "modified")),
        ChannelBooking.connection_id == Connection.id,
        col(Connection.archived_at).is_(None),
    )
    query = query.order_by(col(ChannelBooking.id))
    row = db.execute(query.with_for_update(of=ChannelBooking.__table__) if lock else query).first()  # type: ignore[attr-defined]
    return (row[0], row[1]) if row else None


def _made(db: Db, held: ChannelBooking) -> dict[str, ChannelReport]:
    query = select(ChannelReport).where(ChannelReport.connection_id == held.connection_id, ChannelReport.booking == held.booking)
    return {row.what: row for row in db.scalars(query.execution_options(populate_existing=True))}


def _possible(db: Db, reservation_id: UUID, made: dict[str, ChannelReport]) -> set[str]:
    """A report is about the whole booking: a no-show when nobody came, a card as long as somebody may come."""
    states = set(db.scalars(select(Stay.status).where(Stay.reservation_id == reservation_id)))
    found = {"no_show"} if "no_show" in states <= {"no_show", "cancelled"} else set()
    if states & {"tentative", "confirmed"}:
        card = made.get("invalid_card")
        found |= {"invalid_card", "cancel_invalid_card"} if card and card.state == "reported" else {"invalid_card"}
    return found


def _line(what: ReportKind, may: bool, row: ChannelReport | None) -> Report:
    if row is None:
        return Report(what, may)
    return Report(what, may and row.state == "refused", row.state, row.words, row.waived, row.answered_at)


def _refuse_stranger(db: Db, found: Reservation) -> None:
    if not db.actor.sees(found.property_id):
        raise NotFound(what="reservation")
