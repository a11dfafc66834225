"""What tests build on: organizations and people with random names, properties with rooms.

Each test makes its own; nothing is shared.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from functools import cache
from uuid import UUID, uuid4

from sqlmodel import col, select

from pms.accounts import passwords
from pms.accounts.models import Membership, Organization, Person
from pms.accounts.sessions import person_actor
from pms.kernel.actor import DOOR, Actor
from pms.kernel.db import work
from pms.properties.models import Property, RoomType, Unit
from pms.rates.models import RateBook, RatePlan

PASSWORD = "correct horse battery staple"
"""Everybody's password in tests; hashed once per run, hashing being slow on purpose."""


@dataclass(frozen=True)
class Cast:
    """The people of one hotel, and Otto, who owns another one."""

    olga: Actor
    rita: Actor
    hana: Actor
    anna: Actor
    otto: Actor

    @property
    def organization_id(self) -> UUID:
        assert self.olga.organization_id is not None
        return self.olga.organization_id


@cache
def password_hash() -> str:
    """The hash of `PASSWORD`."""
    return passwords.hash_password(PASSWORD)


def an_email(name: str = "somebody") -> str:
    """An address nobody else has."""
    return f"{name.lower()}.{uuid4().hex[:12]}@example.com"


def an_organization(name: str = "Hotel") -> UUID:
    """A tenant without anybody in it."""
    organization = Organization(name=f"{name} {uuid4().hex[:6]}")
    with work(DOOR) as db:
        db.add(organization)
    return organization.id


def a_member(
    organization_id: UUID, name: str, role: str, property_ids: list[UUID] | None = None, email: str | None = None
) -> Actor:
    """Somebody new with that role, at work; signs in with `PASSWORD`."""
    person, membership = _somebody(organization_id, name, role, property_ids, email)
    with work(DOOR) as db:
        db.add(person)
        db.flush()
        db.add(membership)
    return person_actor(person, membership)


def a_cast() -> Cast:
    """Olga owns the hotel, Rita is at the desk, Hana cleans, Anna keeps the books; Otto owns the hotel next door."""
    ours, next_door = (Organization(name=f"{name} {uuid4().hex[:6]}") for name in ("Ours", "Next door"))
    people = {
        "olga": _somebody(ours.id, "Olga Owner", "owner"),
        "rita": _somebody(ours.id, "Rita Desk", "front_desk"),
        "hana": _somebody(ours.id, "Hana Keys", "housekeeping"),
        "anna": _somebody(ours.id, "Anna Books", "accountant"),
        "otto": _somebody(next_door.id, "Otto Other", "owner"),
    }
    with work(DOOR) as db:  # at once: nearly every test needs them
        db.add_all([ours, next_door, *(person for person, _ in people.values())])
        db.flush()
        db.add_all([membership for _, membership in people.values()])
    return Cast(**{name: person_actor(*both) for name, both in people.items()})


def _somebody(
    organization_id: UUID, name: str, role: str, property_ids: list[UUID] | None = None, email: str | None = None
) -> tuple[Person, Membership]:
    person = Person(name=name, email=email or an_email(name.split()[0]), password_hash=password_hash())
    return person, Membership(organization_id=organization_id, person_id=person.id, role=role, property_ids=property_ids)


def a_property(
    owner: Actor,
    name: str = "Seaside",
    timezone: str = "Europe/Vilnius",
    currency: str = "EUR",
    business_date: date = date(2026, 1, 1),
) -> UUID:
    """A property without rooms, with the plan every property has; returns its id."""
    assert owner.organization_id is not None
    row = Property(
        organization_id=owner.organization_id,
        name=name,
        country="LT",
        timezone=timezone,
        currency=currency,
        check_in_time=time(15),
        check_out_time=time(11),
        business_date=business_date,
    )
    plan = RatePlan(organization_id=owner.organization_id, property_id=row.id, code="FLEX", name="Flexible")
    with work(owner) as db:
        db.add(row)
        db.flush()
        db.add(plan)
        db.flush()
        db.add(RateBook(organization_id=owner.organization_id, property_id=row.id, default_plan_id=plan.id, mark=uuid4()))
    return row.id


def a_room_type(
    owner: Actor,
    property_id: UUID,
    name: str = "Double",
    units: int | list[str] = 3,
    base_price: int = 10_000,
    unit_type: str = "room",
    adults: int = 2,
    children: int = 1,
) -> UUID:
    """A room type with its units, by number or by name ("Double 1", "Double 2", ...); returns its id.

    `base_price` in minor units a night. Look the units up with `unit_ids`.
    """
    assert owner.organization_id is not None
    row = RoomType(
        organization_id=owner.organization_id,
        property_id=property_id,
        name=name,
        unit_type=unit_type,
        adults=adults,
        children=children,
        base_price=base_price,
    )
    names = units if isinstance(units, list) else [f"{name} {n}" for n in range(1, units + 1)]
    with work(owner) as db:
        db.add(row)
        db.flush()
        db.add_all(
            Unit(
                organization_id=owner.organization_id,
                property_id=property_id,
                room_type_id=row.id,
                name=unit,
                position=position,
            )
            for position, unit in enumerate(names)
        )
    return row.id


def unit_ids(actor: Actor, room_type_id: UUID) -> list[UUID]:
    """The units of a room type, in their order."""
    with work(actor) as db:
        live = col(Unit.room_type_id) == room_type_id, col(Unit.archived_at).is_(None)
        return list(db.exec(select(Unit.id).where(*live).order_by(col(Unit.position), col(Unit.id))))
