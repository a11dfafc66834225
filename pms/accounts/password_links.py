"""A way back for who forgot their password: a link, good once and for some hours, made by a colleague or the operator.

Nothing is mailed. Whoever makes a link could follow it themselves, so it must not open more than they have anyway: nobody
makes one for themselves, for somebody with further permissions, or for a person who works in another organization too. All
of that is looked at again when the link is followed, for the person may have been promoted, or joined elsewhere, meanwhile.
The second factor stays: a link does not replace it. Only the operator's links, from the command line, open any account.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import col

from pms.accounts import passwords, people, two_factor
from pms.accounts.members import held
from pms.accounts.models import Membership, Organization, PasswordLink, Person, SignedIn
from pms.accounts.sessions import SignIn, end_sessions, start, usual_membership
from pms.kernel.actor import DOOR, Actor
from pms.kernel.dates import now
from pms.kernel.db import Db, work
from pms.kernel.encryption import new_token, token_hash
from pms.kernel.outbox import record
from pms.kernel.refusals import NotFound, Refusal

VALID_HOURS = 12


class NotForYourself(Refusal):
    """Otherwise a screen left open would be enough to take an account over for good."""

    sentence = "Ask a colleague who manages the team for a link, or whoever runs this server."
    status = 409


class WorksElsewhere(Refusal):
    sentence = "{name} works in another organization too. Whoever runs this server can make a link for them."
    status = 409


class LinkEnded(Refusal):
    """Unknown, used, replaced, too old, or not safe any longer; the holder of a wrong link is not told which."""

    sentence = "This link is no longer valid. Ask for a new one."
    status = 410


@dataclass(frozen=True)
class Offered:
    """What the holder of a link may know before using it."""

    organization: str
    email: str
    name: str
    made_by: str


def make(actor: Actor, membership_id: UUID) -> str:
    """A link's token for a colleague, kept nowhere; replaces earlier ones.

    Refuses `NotFound`, `NotPermitted`, `BeyondYourOwn`, `NotForYourself`, `WorksElsewhere`.
    """
    with work(DOOR) as db:
        found = db.get(Membership, membership_id)
        elsewhere = found is not None and _works_elsewhere(db, found)
        db.expunge_all()
        db.enter(actor)
        membership = held(db, membership_id, None)
        if membership.person_id == actor.id:
            raise NotForYourself()
        if elsewhere:
            raise WorksElsewhere(name=db.one(Person, membership.person_id).name)
        return _make(db, membership)


def make_for_anybody(email: str, actor_of: Callable[[UUID], Actor]) -> str:
    """The operator's link for whoever has this address; `actor_of` says who acts in the organization they used last.

    Refuses `NotFound`, `NoLongerMember`.
    """
    with work(DOOR) as db:
        person = people.by_email(db, email)
        if person is None:
            raise NotFound(what="person")
        membership = usual_membership(db, person)
        db.enter(actor_of(membership.organization_id))
        return _make(db, membership, by_operator=True)


def _make(db: Db, membership: Membership, by_operator: bool = False) -> str:
    void(db, membership.person_id)
    token = new_token()
    row = PasswordLink(
        organization_id=membership.organization_id,
        membership_id=membership.id,
        membership_version=membership.version,
        person_id=membership.person_id,
        token_hash=token_hash(token),
        made_by=db.actor.name,
        by_operator=by_operator,
        expires_at=now() + timedelta(hours=VALID_HOURS),
    )
    db.add(row)
    db.flush()
    record(db, "person.password_link_made", "person", membership.person_id, after={"link_id": str(row.id)})
    return token


def void(db: Db, person_id: UUID) -> None:
    """Make every link of a person in this organization useless."""
    waiting = col(PasswordLink.person_id) == person_id, col(PasswordLink.ended_at).is_(None)
    db.execute(update(PasswordLink).where(*waiting).values(ended_at=now()))


def offered(token: str) -> Offered:
    """What a link is for. Refuses `LinkEnded`."""
    with work(DOOR) as db:
        row, _ = _valid(db, token)
        person, organization = db.get_one(Person, row.person_id), db.get_one(Organization, row.organization_id)
        return Offered(organization.name, person.email, person.name, row.made_by)


def use(token: str, password: str, code: str | None = None, user_agent: str = "") -> SignIn:
    """Take the new password, end every session of the person, and begin one here.

    Refuses `LinkEnded`, `BadInput`, `CodeNeeded`, `WrongCode`: the second factor is asked for as ever, and leaves the link good.
    """
    offered(token)
    hashed = passwords.hash_password(password)  # takes its time, and should not take a connection
    with work(DOOR) as db:
        row, membership = _valid(db, token, lock=True)
        person = db.get_one(Person, row.person_id, with_for_update=True)
        two_factor.use_code(db, person, code)
        person.password_hash, row.ended_at = hashed, now()
        _end_elsewhere(db, membership)
        signed_in = start(db, person, membership, user_agent)
        record(db, "person.password_changed", "person", person.id, after={"link_id": str(row.id)})
        end_sessions(db, person.id, but=signed_in.actor.session_id)
        return signed_in


def _end_elsewhere(db: Db, membership: Membership) -> None:
    """Sessions in other organizations, which only the operator's links meet."""
    others = col(SignedIn.person_id) == membership.person_id, col(SignedIn.organization_id) != membership.organization_id
    db.execute(update(SignedIn).where(*others, col(SignedIn.ended_at).is_(None)).values(ended_at=now()))


def _valid(db: Db, token: str, lock: bool = False) -> tuple[PasswordLink, Membership]:
    good = col(PasswordLink.token_hash) == token_hash(token), col(PasswordLink.ended_at).is_(None)
    query = select(PasswordLink).where(*good, col(PasswordLink.expires_at) > now())
    row = db.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise LinkEnded()
    membership = db.get_one(Membership, row.membership_id)
    if membership.withdrawn_at is not None:
        raise LinkEnded()
    if not row.by_operator and (membership.version != row.membership_version or _works_elsewhere(db, membership)):
        raise LinkEnded()
    return row, membership


def _works_elsewhere(db: Db, membership: Membership) -> bool:
    live = col(Membership.person_id) == membership.person_id, col(Membership.withdrawn_at).is_(None)
    others = select(func.count()).select_from(Membership).where(*live, col(Membership.id) != membership.id)
    return bool(db.scalar(others))
