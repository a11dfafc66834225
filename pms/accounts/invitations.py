"""Invitations by link: the link holds the token, the database its hash; whoever accepts proves who they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from pms.accounts import people, two_factor
from pms.accounts.members import picture, refuse_limited_owner
from pms.accounts.models import Invitation, Membership, Organization, Person
from pms.accounts.reach import known_properties, permissions_of, refuse_beyond_own
from pms.accounts.sessions import SignIn, prove, start
from pms.kernel.actor import DOOR
from pms.kernel.dates import now
from pms.kernel.db import Db, work
from pms.kernel.encryption import new_token, token_hash
from pms.kernel.outbox import record
from pms.kernel.refusals import Refusal

VALID_FOR = timedelta(days=7)


class AlreadyMember(Refusal):
    sentence = "{email} works here already."
    status = 409
    field = "email"


class InvitationEnded(Refusal):
    """Unknown, used, withdrawn or too old; the holder of a wrong link is not told which."""

    sentence = "This invitation is no longer valid. Ask for a new one."
    status = 410


@dataclass(frozen=True)
class Invited:
    """What the holder of a link may know before joining; `known` people prove themselves with their own password."""

    organization: str
    email: str
    role: str
    invited_by: str
    known: bool


@dataclass(frozen=True)
class OpenInvitation:
    """An invitation not yet answered, for the list of members; instants are UTC."""

    id: UUID
    email: str
    role: str
    property_ids: tuple[UUID, ...] | None
    invited_by: str
    expires_at: datetime


def invite(db: Db, email: str, role: str, property_ids: Sequence[UUID] | None = None) -> str:
    """Invite an address; returns the token for the link, kept nowhere, good for seven days. Replaces an earlier one.

    Refuses `NotPermitted`, `BeyondYourOwn`, `AlreadyMember`, `BadInput`, `NotFound` (a property).
    """
    db.actor.require("members.manage")
    email = people.clean_email(email)
    refuse_beyond_own(db, permissions_of(role), property_ids)
    refuse_limited_owner(role, property_ids)
    properties = known_properties(db, property_ids)
    _refuse_member(db, email)
    for earlier in _open(db, email):
        earlier.withdrawn_at = now()
    token = new_token()
    row = Invitation(
        organization_id=db.organization_id,
        email=email,
        role=role,
        property_ids=properties,
        token_hash=token_hash(token),
        invited_by=db.actor.name,
        expires_at=now() + VALID_FOR,
    )
    db.add(row)
    db.flush()
    record(db, "member.invited", "invitation", row.id, after={"email": email, "role": role})
    return token


def invitations(db: Db) -> list[OpenInvitation]:
    """Those not yet answered, the newest first."""
    db.actor.require("members.manage")
    return [
        OpenInvitation(
            row.id,
            row.email,
            row.role,
            None if row.property_ids is None else tuple(row.property_ids),
            row.invited_by,
            row.expires_at,
        )
        for row in _open(db)
    ]


def withdraw_invitation(db: Db, invitation_id: UUID) -> None:
    """Make a link void; one already void stays so. Refuses `NotFound`, `NotPermitted`, `BeyondYourOwn`."""
    db.actor.require("members.manage")
    row = db.one(Invitation, invitation_id, lock=True)
    refuse_beyond_own(db, permissions_of(row.role), row.property_ids)
    if row.accepted_at is None and row.withdrawn_at is None:
        row.withdrawn_at = now()
        record(db, "member.uninvited", "invitation", row.id, before={"email": row.email, "role": row.role})


def invitation(token: str) -> Invited:
    """What a link offers. Refuses `InvitationEnded`."""
    with work(DOOR) as db:
        row = _valid(db, token)
        organization = db.get_one(Organization, row.organization_id)
        return Invited(organization.name, row.email, row.role, row.invited_by, people.by_email(db, row.email) is not None)


def accept(token: str, name: str, password: str, code: str | None = None, user_agent: str = "") -> SignIn:
    """Join, and be signed in. A new person gets this name and password; a known one must give their own.

    Refuses `InvitationEnded`, `BadInput`, `JustJoined`, `WrongCredentials`, `CodeNeeded`, `WrongCode`.
    """
    offered = invitation(token)
    proven = prove(offered.email, password) if offered.known else None
    with work(DOOR) as db:
        row = _valid(db, token, lock=True)
        if proven:
            two_factor.use_code(db, proven, code)
        person = proven or people.new_person(db, name, row.email, password)
        row.accepted_at = now()
        membership = _membership(db, row, person)
        db.flush()
        signed_in = start(db, person, membership, user_agent)
        record(db, "member.joined", "membership", membership.id, after=picture(membership))
        return signed_in


def _membership(db: Db, invitation: Invitation, person: Person) -> Membership:
    """A new membership, or the one that was withdrawn, taken up again."""
    here: dict[str, Any] = {"organization_id": invitation.organization_id, "person_id": person.id}
    found = db.scalar(select(Membership).filter_by(**here).with_for_update())
    if found is not None and found.withdrawn_at is None:
        raise AlreadyMember(email=person.email)
    membership = found or Membership(**here, role=invitation.role)
    membership.role, membership.property_ids = invitation.role, invitation.property_ids
    membership.withdrawn_at = None
    membership.version += 1 if found else 0
    db.add(membership)
    return membership


def _valid(db: Db, token: str, lock: bool = False) -> Invitation:
    query = select(Invitation).where(col(Invitation.token_hash) == token_hash(token), *_unanswered())
    row = db.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise InvitationEnded()
    return row


def _open(db: Db, email: str | None = None) -> Sequence[Invitation]:
    query = select(Invitation).where(*_unanswered()).order_by(col(Invitation.id).desc())
    if email is not None:
        query = query.where(func.lower(col(Invitation.email)) == func.lower(email))
    return db.scalars(query).all()


def _unanswered() -> tuple[Any, ...]:
    return (
        col(Invitation.accepted_at).is_(None),
        col(Invitation.withdrawn_at).is_(None),
        col(Invitation.expires_at) > now(),
    )


def _refuse_member(db: Db, email: str) -> None:
    person = people.by_email(db, email)
    live = person and db.scalar(
        select(Membership).where(col(Membership.person_id) == person.id, col(Membership.withdrawn_at).is_(None))
    )
    if live:
        raise AlreadyMember(email=email)
