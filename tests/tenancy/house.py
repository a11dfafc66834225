"""A whole hotel: a row of its own in every table, and the ids that a neighbour might try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select

from pms.accounts import password_links
from pms.accounts.api_keys import create
from pms.accounts.invitations import invitations, invite
from pms.accounts.models import Membership, Person
from pms.accounts.sessions import sign_in
from pms.channels.adapter import Received
from pms.channels.apply import apply
from pms.channels.calendars.feeds import add_feed
from pms.channels.calendars.models import CalendarEvent
from pms.channels.calls import Call, latest_calls, write_down
from pms.channels.changes import Change
from pms.channels.connections import connect, map_product
from pms.channels.inbox import store, waiting
from pms.channels.incoming import Incoming, IncomingRoom
from pms.channels.models import ChannelBooking, ChannelReport
from pms.channels.outbound import note
from pms.inventory.allowance import allow
from pms.kernel.actor import Actor
from pms.kernel.db import Db, work
from pms.kernel.tables import IdempotencyKey
from pms.properties import exchange, room_type
from pms.properties.amenities import add_amenity
from pms.properties.models import Amenity
from pms.properties.room_type import RoomTypeFields
from pms.properties.taxes import TaxFields, create_tax
from pms.rates.cells import Edit, change_cells
from pms.rates.load import house_of
from pms.rates.parties import Band, PartyFields, price_party, set_age_bands
from pms.rates.plans import PlanFields, archive_plan, create_plan
from pms.rates.policies import PolicyFields, create_policy
from pms.rates.policy import Tier
from pms.rates.rules import RuleFields, create_rule
from pms.reservations.blocks import place_block
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.relocate import Walk, walk
from pms.tables import imports
from tests.builders import PASSWORD, a_member, a_property, a_room_type, an_email, unit_ids

ARRIVAL, DEPARTURE = date(2027, 6, 1), date(2027, 6, 3)


@dataclass(frozen=True)
class Channel:
    """Its connection to a channel, and a row of everything that belongs to one."""

    connection_id: UUID
    product_id: UUID
    message_id: UUID
    booking_id: UUID
    reservation_id: UUID
    call_id: int


@dataclass(frozen=True)
class House:
    """One hotel by its ids."""

    actor: Actor
    property_id: UUID
    room_type_id: UUID
    unit_id: UUID
    free_unit_id: UUID
    amenity_id: UUID
    membership_id: UUID
    invitation_id: UUID
    session_id: UUID
    api_key_id: UUID
    reservation_id: UUID
    stay_id: UUID
    guest_id: UUID
    block_id: UUID
    walked_id: UUID
    import_id: UUID
    channel: Channel
    feed_id: UUID
    rates: Rates


@dataclass(frozen=True)
class Rates:
    """How its prices come about."""

    plan_id: UUID
    derived_id: UUID
    archived_id: UUID
    rule_id: UUID
    policy_id: UUID
    band_id: UUID
    tax_id: UUID
    change_id: UUID
    allowance_id: UUID


def a_house(owner: Actor) -> House:
    """Build it through the verbs, as its owner would."""
    property_id = a_property(owner)
    room_type_id = a_room_type(owner, property_id, units=4)
    first, second, _, free = unit_ids(owner, room_type_id)
    with work(owner) as db:
        email = db.one(Person, owner.id).email
        invite(db, an_email(), "front_desk")
        _, key = create(db, "Website", ["property.view"])
        amenity = _amenity(db, property_id)
        room = Room(room_type_id, ARRIVAL, DEPARTURE, unit_id=first)
        booked = book(db, Booking(property_id, GuestDetails("Adams"), [room]))
        block = place_block(db, second, ARRIVAL, DEPARTURE, "out_of_order", "Paint")
        away = Room(room_type_id, ARRIVAL - timedelta(days=9), ARRIVAL - timedelta(days=8))
        walked = book(db, Booking(property_id, GuestDetails("Walker"), [away])).stays[0].id
        walk(db, walked, None, Walk("Next door"))
        db.add(IdempotencyKey(organization_id=db.organization_id, key=f"k-{property_id}", fingerprint="f", status=200, answer={}))
        membership = db.exec(select(Membership.id).where(col(Membership.person_id) == owner.id)).one()
        invitation_id, import_id = invitations(db)[0].id, _import(db, property_id)
        rates = _rates(db, property_id, room_type_id)
        channel = _channel(db, property_id, room_type_id)
        feed_id = _calendar(db, first, booked.stays[0].id)
        colleague = a_member(db.organization_id, "Cora Colleague", "front_desk")
        theirs = db.exec(select(Membership.id).where(col(Membership.person_id) == colleague.id)).one()
    password_links.make(owner, theirs)
    session_id = sign_in(email, PASSWORD).actor.session_id
    assert session_id
    return House(
        actor=owner,
        property_id=property_id,
        room_type_id=room_type_id,
        unit_id=first,
        free_unit_id=free,
        amenity_id=amenity.id,
        membership_id=membership,
        invitation_id=invitation_id,
        session_id=session_id,
        api_key_id=key.id,
        reservation_id=booked.reservation.id,
        stay_id=booked.stays[0].id,
        guest_id=booked.guest.id,
        block_id=block.id,
        walked_id=walked,
        import_id=import_id,
        channel=channel,
        feed_id=feed_id,
        rates=rates,
    )


def _amenity(db: Db, property_id: UUID) -> Amenity:
    amenity = add_amenity(db, f"Sea view {property_id}")
    room_type.create(db, property_id, RoomTypeFields("Single"), [amenity.id])
    return amenity


def _channel(db: Db, property_id: UUID, room_type_id: UUID) -> Channel:
    connection = connect(db, property_id, "channex", f"P-{property_id}", {"api_key": "secret"})
    product = map_product(db, connection.id, room_type_id, None, "room-1")
    note(db, connection.id, [Change(product.id, ARRIVAL, ARRIVAL, {"rooms": 3})], {})
    store(db, connection.id, [Received("B-1", "r1", "{}", "r1")])
    (message,) = waiting(db, connection.id)
    room = IncomingRoom("room-1", ARRIVAL, DEPARTURE, prices=(9_000,) * (DEPARTURE - ARRIVAL).days)
    apply(db, connection, "Channex", Incoming("B-1", "r1", "new", [room], GuestDetails("Baker"), "EUR"), "1")
    write_down(db, connection.id, [Call("GET", "/feed", 200, 5, "", "{}")])
    held = db.scalars(select(ChannelBooking).where(ChannelBooking.connection_id == connection.id)).one()
    about = {"organization_id": db.organization_id, "connection_id": connection.id, "reservation_id": held.reservation_id}
    db.add(ChannelReport(**about, booking=held.booking, what="no_show"))
    call = latest_calls(db, connection.id)[0].id
    assert call
    assert held.reservation_id
    return Channel(connection.id, product.id, message, held.id, held.reservation_id, call)


def _calendar(db: Db, unit_id: UUID, stay_id: UUID) -> UUID:
    feed = add_feed(db, "Airbnb", unit_id=unit_id, url="https://example.com/secret.ics")
    row = CalendarEvent(
        organization_id=db.organization_id, feed_id=feed.id, uid="a", first_night=ARRIVAL, end_night=DEPARTURE, kind="reservation"
    )
    row.stay_id = stay_id
    db.add(row)
    return feed.id


def _rates(db: Db, property_id: UUID, room_type_id: UUID) -> Rates:
    plan = house_of(db, property_id).default_plan_id
    assert plan
    policy = create_policy(db, property_id, PolicyFields("cancellation", "Strict", [Tier(percent=10_000)]))
    derived = create_plan(db, property_id, PlanFields("NR", "Non-refundable", parent_id=plan, percent=-1_000))
    gone = create_plan(db, property_id, PlanFields("OLD", "Old"))
    archive_plan(db, gone.id, 1)
    rule = create_rule(db, property_id, RuleFields("Weekend", "weekday", weekdays=[4, 5], percent=1_000))
    (band,) = set_age_bands(db, property_id, [], [Band("Children", 0, 11)])
    price_party(db, room_type_id, 0, PartyFields(extra_adult=2_000))
    exchange.write_down(db, "EUR", "USD", Decimal("1.0845"), date(2026, 1, 1), "Central bank")
    tax = create_tax(db, property_id, TaxFields("VAT", "percent", percent=900))
    change = change_cells(db, property_id, [Edit((plan, room_type_id, ARRIVAL), {"price": 9_000})]).change_id
    allowance = allow(db, property_id, {(room_type_id, ARRIVAL): 1}).change_id
    assert change
    assert allowance
    return Rates(plan, derived.id, gone.id, rule.id, policy.id, band.id, tax.id, change, allowance)


def _import(db: Db, property_id: UUID) -> UUID:
    tenant = {"organization_id": db.organization_id}
    row = imports.Import(**tenant, property_id=property_id, file_name="f.csv", file_hash="h", preset="custom", started_by="Olga")
    db.add(row)
    db.flush()
    db.add(imports.ImportFile(**tenant, import_id=row.id, content=b"arrival,departure\n"))
    db.add(imports.RejectedRow(**tenant, import_id=row.id, row=1, reason="No name."))
    return row.id
