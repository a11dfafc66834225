"""A channel's booking into our books, by the same verbs as everybody's. It has been sold already: nothing here says no to it.

What cannot be placed as it was sold (a room nobody mapped, a type that is full) is held anyway, so that no further harm is done,
and somebody is told (R-16). Revisions are applied in their order; a later one makes an earlier one superfluous.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from pms.channels import recount
from pms.channels.adapter import Outcome
from pms.channels.connections import adapter_of, link_of
from pms.channels.glimpse import as_many, believable, either, not_held
from pms.channels.inbox import WORDS_MOST, lock, settled
from pms.channels.incoming import Incoming, IncomingRoom, all_keepable, fitting, holdable, keepable, notes_of
from pms.channels.matching import kept_of, matched_rooms, without_past
from pms.channels.models import ChannelBooking, Connection, StoredMessage
from pms.channels.placing import Placed, in_our_terms
from pms.channels.problems import Problem, said
from pms.inventory.claim import SoldOut
from pms.kernel.dates import today
from pms.kernel.db import Db, raw
from pms.kernel.encryption import decrypt
from pms.kernel.ids import new_id
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound
from pms.kernel.versions import refuse_stale
from pms.properties.models import Property
from pms.reservations.book import ROOMS_MAX, Booking, book
from pms.reservations.details import add_room
from pms.reservations.guests import GuestDetails, change_guest
from pms.reservations.life_cycle import cancel
from pms.reservations.models import Guest, Reservation, Stay
from pms.reservations.nights import nights_of
from pms.reservations.relocate import elsewhere
from pms.reservations.retell import Told, retell

HOLD_MINUTES = 15
"""How long rooms are held for a booking that was only asked about."""
OPEN = ("tentative", "confirmed", "checked_in")
PAST = ("checked_out", "no_show")
BEYOND = ("oversold", "unmapped_room", "not_in_unit", "too_many_rooms", "too_long")
"""What is not promised to one who only asks."""
CANCELLED = {"kind": "cancellation_not_understood"}
NOT_THANKED = {"kind": "not_thanked", "words": ""}
"""Without the channel's words, which differ from time to time, it is the mark on a message that this was said."""


@dataclass(frozen=True)
class Applied:
    """What became of a revision: its reservation's code, and what somebody has to see to."""

    code: str = ""
    problems: Sequence[Problem] = ()
    overtaken: bool = False


class Possible(Exception):
    """It could be sold, and nothing is to come of having asked: whatever was tried is to be rolled back."""


def apply(db: Db, connection: Connection, channel: str, incoming: Incoming, order: str) -> Applied:
    """Bring the books in line with a revision; `channel` is what people call it, `order` sorts revisions as texts.

    Refuses `SoldOut` for one that only asks, `BadInput` for what no booking could say, `AlreadyBooked`, `UnitTaken` and `Busy`
    when somebody is at the same booking right now. Raises `Possible`.
    """
    incoming = all_keepable(incoming)
    held = _held(db, connection.id, incoming.booking)
    if incoming.status == "asked":
        return _ask(db, connection, channel, held, incoming)
    if order < held.latest:
        return Applied(_code(db, held), overtaken=True)
    _count_again(db, connection, held, incoming)
    if incoming.status == "cancelled":
        held.reservation_id = held.reservation_id or _known(db, connection, channel, incoming)
        problems = _call_off(db, held)
    else:
        problems = _take_in(db, connection, channel, held, incoming)
    _note(db, connection, held, incoming, order, problems)
    return Applied(_code(db, held), problems)


def hold(db: Db, connection: Connection, channel: str, seen: Incoming, order: str) -> str:
    """Hold the rooms that can be seen of a booking nobody understood, beside those it has: none of them is given back before
    somebody has looked. Seen again it holds nothing more; a revision that is understood takes the place of it all.

    The code of the reservation that stands for it, "" where none does, and for what is no sale (a question, or a cancellation,
    which people are told of while something stands). What was said before it comes too late, understood or not.
    """
    seen = all_keepable(seen)
    held = _held(db, connection.id, seen.booking)
    sortable = bool(seen.order) or not held.latest or held.latest.isdigit()  # a message's number says nothing beside a time
    if seen.status == "asked":
        return ""
    if sortable and order < held.latest:
        return "" if seen.status == "cancelled" else _standing(db, held)
    held.latest = order if sortable else held.latest
    if seen.status == "cancelled":
        return _doubt(db, connection, channel, held, seen)
    seen = replace(seen, rooms=believable(seen.rooms, today(db.one(Property, connection.property_id).timezone)))
    held.reservation_id = held.reservation_id or _known(db, connection, channel, seen)
    _count_again(db, connection, held, replace(seen, status="modified"))
    wanted, asked = not_held(_rooms_known(db, held), seen.rooms), held.status == "asked"
    rooms = as_many(wanted, ROOMS_MAX - sum(stay.status != "cancelled" for stay in _stays(db, held)))
    found = list[Problem]()
    if rooms or asked:
        held.status = "unknown" if held.status in ("cancelled", "asked") else held.status
        held.held_until = None
        found.append(_not_understood(rooms or seen.rooms))
    if rooms:
        found += _hold_more(db, connection, channel, held, replace(seen, rooms=rooms))
    if beyond := len(not_held(_rooms_known(db, held), seen.rooms)):
        told = len(seen.rooms)
        found.append({"kind": "too_many_rooms", "told": told, "held": max(0, told - beyond)})
    if rooms or asked or any(one not in held.problems for one in found):
        _tell_people(db, connection, held, found)
    return _standing(db, held)


def _doubt(db: Db, connection: Connection, channel: str, held: ChannelBooking, seen: Incoming) -> str:
    """Its cancellation was not understood: nothing is given back, and while something stands people are told. Always ""."""
    held.reservation_id = held.reservation_id or _known(db, connection, channel, seen)
    _count_again(db, connection, held, replace(seen, rooms=()))
    if _standing(db, held) and CANCELLED not in held.problems:
        _tell_people(db, connection, held, [CANCELLED])
    return ""


def _standing(db: Db, held: ChannelBooking) -> str:
    """The code of its reservation, as long as a guest of it may come or has been here."""
    return _code(db, held) if any(stay.status != "cancelled" for stay in _stays(db, held)) else ""


def _rooms_known(db: Db, held: ChannelBooking) -> list[dict[str, Any]]:
    """The rooms that are held for the booking: what the channel said of it, and what is in its reservation besides. Of one that
    was cancelled only the guests who were taken elsewhere are left.
    """
    stays = _stays(db, held)
    gone, said = _gone(db, held, stays), {room["stay_id"] for room in held.rooms}
    held.rooms = [room for room in held.rooms if held.status != "cancelled" or UUID(room["stay_id"]) in gone]
    others = [stay for stay in stays if stay.status != "cancelled" and str(stay.id) not in said]
    return held.rooms + [{"room": "", "arrival": f"{stay.arrival}", "departure": f"{stay.departure}"} for stay in others]


def _hold_more(db: Db, connection: Connection, channel: str, held: ChannelBooking, seen: Incoming) -> list[Problem]:
    placed = in_our_terms(db, connection, seen)
    if held.reservation_id is None:
        _book(db, connection, channel, held, seen, placed)
    else:
        stays = [add_room(db, held.reservation_id, None, one.room, force=True) for one in placed]
        held.rooms = [*held.rooms, *(kept_of(one, stay.id) for one, stay in zip(placed, stays, strict=True))]
    found = [problem for one in placed for problem in one.problems]
    return [*found, *_not_in_unit(db, held), *_oversold(db, _stays(db, held))]


def _not_understood(rooms: Sequence[IncomingRoom]) -> Problem:
    spans = dict.fromkeys(f"{room.arrival.isoformat()} - {room.departure.isoformat()}" for room in rooms)
    return {"kind": "not_understood", "dates": ", ".join(spans)}


def _tell_people(db: Db, connection: Connection, held: ChannelBooking, more: Sequence[Problem]) -> None:
    """Somebody has to see to these too."""
    held.problems = [*held.problems, *(dict(one) for one in more if one not in held.problems)]
    held.changed_at, held.version = db.now, held.version + 1
    db.add(held)
    after = {"status": held.status, "problems": held.problems, "booking": held.booking}
    record(db, "channel_booking.attention", "channel_booking", held.id, connection.property_id, after=after)


def _count_again(db: Db, connection: Connection, held: ChannelBooking, incoming: Incoming) -> None:
    """The nights it has and had; and of a booking that was changed, those it may have had in between."""
    spans = [(room.arrival, room.departure) for room in incoming.rooms]
    spans += [(date.fromisoformat(room["arrival"]), date.fromisoformat(room["departure"])) for room in held.rooms]
    recount.nights(db, connection.id, spans)
    if incoming.status != "new":
        recount.told_since(db, connection.id, held.changed_at)


def _ask(db: Db, connection: Connection, channel: str, held: ChannelBooking, incoming: Incoming) -> Applied:
    """Whether it could be sold just so, by trying it under the locks of every sale. With an id of its own and not made yet, its
    rooms are held for a while; a look without one, and a question about changing what is firm, leave nothing behind.
    """
    held_already = held.status == "unknown" and held.reservation_id is not None
    firm = not incoming.booking or held_already or held.status not in ("unknown", "asked")
    beyond = [one for one in _take_in(db, connection, channel, held, incoming) if one["kind"] in BEYOND]
    if beyond:
        raise SoldOut(room_type=beyond[0].get("room_type", ""), nights=[], nights_text=beyond[0].get("nights", ""))
    if firm:
        raise Possible
    _note(db, connection, held, incoming, held.latest, [])
    return Applied(_code(db, held))


def known_outcome(db: Db, message_id: UUID) -> Outcome:
    """What became of a message that was handled before."""
    row = db.one(StoredMessage, message_id)
    query = select(ChannelBooking).where(ChannelBooking.connection_id == row.connection_id, ChannelBooking.booking == row.booking)
    held = db.scalars(query).first()
    if row.state == "stuck" or held is None:
        return Outcome(row.booking, "refused", words=row.words)
    if row.state == "seen":  # by somebody who may have let it stand, or not
        code = _standing(db, held)
        if _is_cancellation(db, row):
            return Outcome(row.booking, "refused" if code else "applied", words=row.words)
        return Outcome(row.booking, "attention" if code else "refused", code, row.words)
    return Outcome(row.booking, "applied", _code(db, held), row.words)


def _is_cancellation(db: Db, row: StoredMessage) -> bool:
    """Whether it can be seen to be a cancellation, which is done where nothing stands any more."""
    connection = db.one(Connection, row.connection_id)
    link = link_of(db, connection, lambda *_: None)
    return either(False, lambda: adapter_of(connection.channel).glimpse(link, decrypt(row.sealed)).status == "cancelled")


def release_unclaimed(db: Db, connection_id: UUID) -> int:
    """Give back rooms held for bookings that were asked about and never made; how many bookings."""
    query = select(ChannelBooking).where(
        ChannelBooking.connection_id == connection_id,
        ChannelBooking.status == "asked",
        col(ChannelBooking.held_until) < db.now,
    )
    found = list(db.scalars(query.with_for_update(skip_locked=True)))
    for held in found:
        held.problems = [dict(one) for one in _call_off(db, held)]
        held.status, held.held_until, held.version = "cancelled", None, held.version + 1
        if held.problems:
            after = {"status": held.status, "problems": held.problems, "booking": held.booking}
            house = db.one(Connection, connection_id).property_id
            record(db, "channel_booking.attention", "channel_booking", held.id, house, after=after)
    return len(found)


def not_thanked(db: Db, message_id: UUID, words: str) -> None:
    """The channel would not be thanked for a message, and says why: somebody has to see to its booking. That is said once,
    however often the message comes.
    """
    message = db.one(StoredMessage, message_id, lock=True)
    query = select(ChannelBooking).where(
        ChannelBooking.connection_id == message.connection_id, ChannelBooking.booking == message.booking
    )
    held, lead = db.scalars(query.with_for_update()).first(), said([NOT_THANKED], "en").strip()
    if held is None or lead in message.words:
        return
    problem = {**NOT_THANKED, "words": keepable(words)[:WORDS_MOST]}
    message.words = f"{lead} {message.words}".strip()[:WORDS_MOST]
    held.problems, held.version = [*held.problems, problem], held.version + 1
    connection = db.one(Connection, held.connection_id)
    after = {"status": held.status, "problems": held.problems, "booking": held.booking}
    record(db, "channel_booking.attention", "channel_booking", held.id, connection.property_id, after=after)


def settle(db: Db, booking_id: UUID, version: int) -> ChannelBooking:
    """Somebody has seen to what was wrong with a booking. Refuses `NotFound`, `NotPermitted`, `MovedMeanwhile`."""
    connection = db.one(Connection, db.one(ChannelBooking, booking_id).connection_id)
    if not db.actor.sees(connection.property_id):
        raise NotFound(what="channel booking")
    db.actor.require("reservation.change", connection.property_id)
    lock(db, connection.id)
    held = db.one(ChannelBooking, booking_id, lock=True)
    refuse_stale(db, held, version)
    before = {"problems": held.problems}
    held.problems, held.version = [], held.version + 1
    settled(db, connection.id, held.booking, held.changed_at)
    record(db, "channel_booking.settled", "channel_booking", held.id, connection.property_id, before=before)
    return held


def _held(db: Db, connection_id: UUID, booking: str) -> ChannelBooking:
    """The booking's row, made if need be, and locked: revisions of one booking wait for each other."""
    insert = """
        insert into channel_booking (id, organization_id, connection_id, booking, status, latest, rooms, deal, problems, version)
        values (%s, %s, %s, %s, 'unknown', '', '[]', '{}', '[]', 1) on conflict (connection_id, booking) do nothing
    """
    raw(db).execute(insert, (new_id(), db.organization_id, connection_id, booking))
    query = select(ChannelBooking).where(ChannelBooking.connection_id == connection_id, ChannelBooking.booking == booking)
    return db.scalars(query.with_for_update()).one()


def _call_off(db: Db, held: ChannelBooking) -> list[Problem]:
    """Cancel every stay that can still be cancelled; a guest who is in the house is somebody's to see to."""
    stays, gone = _stays(db, held), _relocated(db, held)
    for stay in stays:
        if stay.status in ("tentative", "confirmed"):
            cancel(db, stay.id, None)
    in_house: list[Problem] = [{"kind": "in_house"}] if any(stay.status == "checked_in" for stay in stays) else []
    return [*in_house, *gone]


def _take_in(db: Db, connection: Connection, channel: str, held: ChannelBooking, incoming: Incoming) -> list[Problem]:
    if not incoming.rooms:
        raise BadInput("rooms", "A reservation has 1 to {most} rooms.", most=ROOMS_MAX)
    incoming, beyond = holdable(incoming)
    placed = in_our_terms(db, connection, incoming)
    held.reservation_id = held.reservation_id or _known(db, connection, channel, incoming)
    gone = _relocated(db, held)
    if held.reservation_id is None:
        _book(db, connection, channel, held, incoming, placed)
    else:
        _rewrite(db, held, incoming, placed)
    found = beyond + [problem for one in placed for problem in one.problems]
    currency = db.one(Property, connection.property_id).currency
    if incoming.currency != currency:
        found.append({"kind": "other_currency", "currency": incoming.currency})
    return [*found, *gone, *_not_in_unit(db, held), *_oversold(db, _stays(db, held))]


def _reference(channel: str, incoming: Incoming) -> tuple[str, str]:
    """(source, reference) of its reservation, as they are kept there."""
    return (incoming.source or channel)[:50].strip(), (incoming.reference or incoming.booking)[:100].strip()


def _known(db: Db, connection: Connection, channel: str, incoming: Incoming) -> UUID | None:
    """The reservation that is this booking already: entered by hand, imported, or brought by another connection of the property
    (an aggregator before the channel itself, or beside it).
    """
    source, ref = _reference(channel, incoming)
    known = select(Reservation.id).where(
        Reservation.property_id == connection.property_id,
        col(Reservation.source).in_((source, channel)),
        Reservation.external_ref == ref,
    )
    return db.scalars(known).first()


def _book(
    db: Db, connection: Connection, channel: str, held: ChannelBooking, incoming: Incoming, placed: Sequence[Placed]
) -> None:
    asked = incoming.status == "asked"
    source, ref = _reference(channel, incoming)
    booking = Booking(
        property_id=connection.property_id,
        guest=fitting(incoming.guest),
        rooms=[one.room for one in placed],
        status="tentative" if asked else "confirmed",
        source=source,
        external_ref=ref,
        notes=notes_of(incoming),
    )
    made = book(db, booking, force=True)
    held.reservation_id = made.reservation.id
    held.rooms = [kept_of(one, stay.id) for one, stay in zip(placed, made.stays, strict=True)]


def _rewrite(db: Db, held: ChannelBooking, incoming: Incoming, placed: Sequence[Placed]) -> None:
    """Each room told is matched to a stay that is still open; what is left of either is cancelled or added (R-46), in this order:
    it may be the last room. Rooms whose guests have left, or never came, are as they are.
    """
    assert held.reservation_id is not None
    known = _stays(db, held)
    kept, placed = without_past(held.rooms, [stay for stay in known if stay.status in PAST], placed)
    stays, gone = {stay.id: stay for stay in known if stay.status in OPEN}, _gone(db, held, known)
    matched = matched_rooms(held.rooms, [*stays, *gone], [one.told for one in placed])
    for stay in stays.values():
        if stay.id not in matched and stay.status != "checked_in":
            cancel(db, stay.id, None)
    for one, stay_id in zip(placed, matched, strict=True):
        if stay_id in gone:
            pass  # the guest has a bed elsewhere, and must not get a second one here
        elif stay_id is None:
            status = "tentative" if incoming.status == "asked" else "confirmed"
            stay_id = add_room(db, held.reservation_id, None, one.room, status, force=True).id
        else:
            retell(db, stay_id, _told(one, incoming, _unit_for(db, held, stays[stay_id], one)))
        kept.append(kept_of(one, stay_id))
    held.rooms = kept
    reservation = db.one(Reservation, held.reservation_id, lock=True)
    if (notes := notes_of(incoming)) and notes not in reservation.notes:
        reservation.notes, reservation.version = f"{reservation.notes}\n{notes}".strip()[:4000], reservation.version + 1
    _correct_guest(db, reservation, fitting(incoming.guest))


def _gone(db: Db, held: ChannelBooking, stays: Sequence[Stay]) -> dict[UUID, str]:
    """The stays of its rooms, whichever connection brought them, whose guests were taken elsewhere by us, and where."""
    others = select(ChannelBooking.rooms).where(ChannelBooking.reservation_id == held.reservation_id)
    rooms = {room["stay_id"] for known in (held.rooms, *db.scalars(others)) for room in known}
    return elsewhere(db, [stay.id for stay in stays if stay.status == "cancelled" and str(stay.id) in rooms])


def _relocated(db: Db, held: ChannelBooking) -> list[Problem]:
    """What a revision says of a guest who was taken elsewhere is for people: his room there is not the channel's to change."""
    return [{"kind": "relocated", "where": where} for where in _gone(db, held, _stays(db, held)).values()]


def _correct_guest(db: Db, reservation: Reservation, told: GuestDetails) -> None:
    """The name and address as they are told now, for a guest of this reservation alone; nothing is made empty."""
    others = select(Reservation.id).where(Reservation.guest_id == reservation.guest_id, Reservation.id != reservation.id)
    guest = db.one(Guest, reservation.guest_id)
    told_now = {name: value for name, value in vars(told).items() if value and name != "notes" and value != "?"}
    changed = {name: value for name, value in told_now.items() if getattr(guest, name) != value}
    if changed and db.scalars(others.limit(1)).first() is None:
        change_guest(db, guest.id, guest.version, **changed)


def _unit_for(db: Db, held: ChannelBooking, stay: Stay, one: Placed) -> UUID | None:
    """The very unit that was sold, if it is free, for a guest whom the channel moved there or who lies nowhere yet. Who was moved
    by hand stays where he is, and so does who is in the house.
    """
    moved = any(room["stay_id"] == str(stay.id) and room["room"] != one.told.remote_room for room in held.rooms)
    lies = any(night.unit_id for night in nights_of(db, stay.id))
    return one.room.unit_id if (moved or not lies) and stay.status != "checked_in" else None


def _told(one: Placed, incoming: Incoming, unit_id: UUID | None) -> Told:
    room = one.room
    return Told(
        room.room_type_id,
        room.arrival,
        room.departure,
        room.adults,
        room.children,
        list(room.prices or ()),
        room.terms.rate_plan_id,
        "tentative" if incoming.status == "asked" else "confirmed",
        unit_id,
    )


def _not_in_unit(db: Db, held: ChannelBooking) -> list[Problem]:
    """Units that were sold and are not where the guest is going to lie."""
    query = """
        select distinct u.name from unnest(%s::uuid[], %s::uuid[]) as w(stay_id, unit_id) join unit u on u.id = w.unit_id
        join stay s on s.id = w.stay_id and s.status = any(%s)
        join stay_night n on n.stay_id = s.id and n.live and n.unit_id is distinct from w.unit_id order by u.name
    """
    sold = [(room["stay_id"], room["unit_id"]) for room in held.rooms if "unit_id" in room]
    if not sold:
        return []
    db.flush()
    rows = raw(db).execute(query, (*map(list, zip(*sold, strict=True)), list(OPEN)))
    return [{"kind": "not_in_unit", "unit": name} for (name,) in rows]


def _oversold(db: Db, stays: Sequence[Stay]) -> list[Problem]:
    """The nights of its open stays on which more is sold than there is."""
    query = """
        select t.name, string_agg(distinct i.night::text, ', ' order by i.night::text)
        from stay_night n join inventory_night i on i.room_type_id = n.room_type_id and i.night = n.night
        join room_type t on t.id = n.room_type_id
        where n.live and n.stay_id = any(%s) and i.oversold > 0 group by t.name order by t.name
    """
    rows = raw(db).execute(query, ([stay.id for stay in stays if stay.status in OPEN],))
    return [{"kind": "oversold", "room_type": name, "nights": nights} for name, nights in rows]


def _note(
    db: Db, connection: Connection, held: ChannelBooking, incoming: Incoming, order: str, problems: Sequence[Problem]
) -> None:
    held.status, held.latest, held.problems = incoming.status, order, [dict(one) for one in problems]
    held.deal = _deal_after(held.deal, incoming, adapter_of(connection.channel).after_tax)
    held.held_until = db.now + timedelta(minutes=HOLD_MINUTES) if incoming.status == "asked" else None
    held.changed_at, held.version = db.now, held.version + 1
    db.add(held)
    after = {"status": held.status, "problems": held.problems, "booking": held.booking}
    event = "channel_booking.attention" if problems else "channel_booking.applied"
    record(db, event, "channel_booking", held.id, connection.property_id, after=after)


def _deal_after(before: dict[str, Any], incoming: Incoming, after_tax: bool) -> dict[str, Any]:
    """The last word on money. A cancellation leaves what the booking cost, beside what is kept of it and the commission on it."""
    if incoming.status != "cancelled":
        return _deal(incoming, after_tax)
    was = before or {**_deal(incoming, after_tax), "total": None}
    return {**was, "kept": incoming.total, "commission": incoming.commission}


def _deal(incoming: Incoming, after_tax: bool) -> dict[str, Any]:
    """What the channel said of money, as plain JSON; minor units. `source` is who sold it, if not the channel itself."""
    card = asdict(incoming.card) if incoming.card else None
    if card and card["active_from"]:
        card["active_from"] = card["active_from"].isoformat()
    return {
        "source": incoming.source[:50].strip(),
        "currency": incoming.currency,
        "total": incoming.total,
        "commission": incoming.commission,
        "collect": incoming.collect,
        "card": card,
        "extras": [asdict(extra) for extra in incoming.extras],
        "after_tax": after_tax,
    }


def _stays(db: Db, held: ChannelBooking) -> list[Stay]:
    query = select(Stay).where(Stay.reservation_id == held.reservation_id).order_by(col(Stay.id))
    return list(db.scalars(query.execution_options(populate_existing=True))) if held.reservation_id else []


def _code(db: Db, held: ChannelBooking) -> str:
    return db.one(Reservation, held.reservation_id).code if held.reservation_id else ""
