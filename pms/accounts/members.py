"""Who works here, and as what: members, and the change of their roles. Open screens hear of every change by the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from pms.accounts.models import Membership, Person
from pms.accounts.reach import BeyondYourOwn, known_properties, permissions_of, refuse_beyond_own
from pms.accounts.sessions import end_sessions
from pms.kernel.dates import now
from pms.kernel.db import Db
from pms.kernel.outbox import record
from pms.kernel.permissions import ROLES
from pms.kernel.refusals import BadInput, NotFound, Refusal
from pms.kernel.versions import refuse_stale

__all__ = ["BeyondYourOwn", "LastOwner", "Member", "change_role", "members", "withdraw"]


class LastOwner(Refusal):
    sentence = "An organization needs an owner. Make somebody else an owner first."
    status = 409
    field = "role"


@dataclass(frozen=True)
class Member:
    """A colleague as the list of members shows them; `property_ids` None means every property."""

    membership_id: UUID
    person_id: UUID
    name: str
    email: str
    role: str
    property_ids: tuple[UUID, ...] | None
    two_factor: bool
    version: int


def members(db: Db) -> list[Member]:
    """Everybody who works here, by name."""
    db.actor.require("members.manage")
    rows = db.execute(
        select(Membership, Person)
        .join(Person, col(Person.id) == col(Membership.person_id))
        .where(col(Membership.withdrawn_at).is_(None))
        .order_by(col(Person.name), col(Membership.id))
    )
    return [_member(membership, person) for membership, person in rows]


def _member(membership: Membership, person: Person) -> Member:
    return Member(
        membership_id=membership.id,
        person_id=person.id,
        name=person.name,
        email=person.email,
        role=membership.role,
        property_ids=None if membership.property_ids is None else tuple(membership.property_ids),
        two_factor=person.totp_on_since is not None,
        version=membership.version,
    )


def change_role(db: Db, membership_id: UUID, role: str, property_ids: Sequence[UUID] | None, version: int) -> Membership:
    """Give a member another role, in every property (None) or in some; in force at once, on open screens too.

    Refuses `NotFound`, `NotPermitted`, `MovedMeanwhile`, `BeyondYourOwn`, `LastOwner`, `BadInput`.
    """
    owners = _locked_owners(db)
    membership = held(db, membership_id, version)
    refuse_beyond_own(db, permissions_of(role), property_ids)
    if role != "owner":
        _refuse_last_owner(owners, membership)
    refuse_limited_owner(role, property_ids)
    before = picture(membership)
    membership.role, membership.property_ids = role, known_properties(db, property_ids)
    membership.version += 1
    db.flush()
    record(db, "member.changed", "membership", membership.id, before=before, after=picture(membership))
    return membership


def withdraw(db: Db, membership_id: UUID, version: int) -> None:
    """End a membership and its sessions; the person, and what they did, stay in the books.

    Refuses `NotFound`, `NotPermitted`, `MovedMeanwhile`, `BeyondYourOwn`, `LastOwner`.
    """
    owners = _locked_owners(db)
    membership = held(db, membership_id, version)
    _refuse_last_owner(owners, membership)
    before = picture(membership)
    membership.withdrawn_at = now()
    membership.version += 1
    db.flush()
    record(db, "member.withdrawn", "membership", membership.id, before=before, after=picture(membership))
    end_sessions(db, membership.person_id)


def refuse_limited_owner(role: str, property_ids: Sequence[UUID] | None) -> None:
    """Refuse `BadInput` for an owner of some properties only: somebody has to answer for the rest."""
    if role == "owner" and property_ids is not None:
        raise BadInput("property_ids", "An owner works in every property.")


def picture(membership: Membership) -> dict[str, Any]:
    """What the journal keeps of a membership."""
    return {
        "membership_id": str(membership.id),
        "person_id": str(membership.person_id),
        "role": membership.role,
        "property_ids": None if membership.property_ids is None else [str(id) for id in membership.property_ids],
    }


def held(db: Db, membership_id: UUID, version: int | None) -> Membership:
    """A live membership within the actor's reach, locked; `version` None: whichever it has.

    Refuses `NotFound`, `NotPermitted`, `MovedMeanwhile`, `BeyondYourOwn`.
    """
    db.actor.require("members.manage")
    membership = db.one(Membership, membership_id, lock=True)
    if membership.withdrawn_at is not None:
        raise NotFound(what="membership")
    if version is not None:
        refuse_stale(db, membership, version)
    refuse_beyond_own(db, ROLES.get(membership.role, frozenset()), membership.property_ids)
    return membership


def _locked_owners(db: Db) -> set[UUID]:
    """All owners, locked in one order: two owners who demote each other at once must not both succeed."""
    owners = select(Membership).where(col(Membership.role) == "owner", col(Membership.withdrawn_at).is_(None))
    return {row.id for row in db.scalars(owners.order_by(col(Membership.id)).with_for_update(key_share=True))}


def _refuse_last_owner(owners: set[UUID], membership: Membership) -> None:
    if owners == {membership.id}:
        raise LastOwner()
