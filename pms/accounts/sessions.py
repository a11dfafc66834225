"""Browser sessions: a random token in a cookie, its hash in a row. Whoever is behind it is read anew for every request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text, update
from sqlmodel import col

from pms.accounts import passwords, people, two_factor
from pms.accounts.models import Membership, Organization, Person, SignedIn
from pms.accounts.two_factor import CodeNeeded, WrongCode
from pms.kernel.actor import DOOR, Actor
from pms.kernel.dates import now
from pms.kernel.db import Db, work
from pms.kernel.encryption import new_token, token_hash
from pms.kernel.outbox import record
from pms.kernel.permissions import ROLES
from pms.kernel.refusals import NotFound, Refusal

COOKIE = "octaspace_session"
LIFETIME = timedelta(days=30)
"""A session nobody uses ends after this; every use starts it anew."""
TOUCH_EVERY = timedelta(minutes=5)
"""How exactly `seen_at` is kept: a write per request would buy nothing."""

__all__ = ["COOKIE", "CodeNeeded", "SignIn", "WrongCode", "WrongCredentials", "actor_from_token", "sign_in", "sign_out"]


class WrongCredentials(Refusal):
    """Unknown address or wrong password; deliberately not said which."""

    sentence = "E-mail address and password do not match."
    status = 401
    field = "password"


class NoLongerMember(Refusal):
    sentence = "Your access has been withdrawn. Ask the owner of your organization."
    status = 403


@dataclass(frozen=True)
class SignIn:
    """A session just begun: the token for the cookie, kept nowhere else, and who is behind it."""

    token: str
    actor: Actor


@dataclass(frozen=True)
class Home:
    """An organization the signed-in person works in."""

    organization_id: UUID
    name: str
    role: str
    current: bool


@dataclass(frozen=True)
class SessionLine:
    """A session as its owner sees it in the list of devices; instants are UTC."""

    id: UUID
    user_agent: str
    created_at: datetime
    seen_at: datetime
    current: bool


def token_in(cookies: str) -> str | None:
    """The session token in a Cookie header, whatever other programs of the same host have put beside it.

    Not by the standard library's parser: that gives up, and finds nobody, at the first cookie it would not write itself.
    """
    pairs = (one.partition("=") for one in cookies.split(";"))
    return next((value.strip() for name, _, value in pairs if name.strip() == COOKIE), None) or None


def sign_in(email: str, password: str, code: str | None = None, user_agent: str = "") -> SignIn:
    """Begin a session in the organization the person used last.

    Refuses `WrongCredentials`, `CodeNeeded`, `WrongCode`, `NoLongerMember`. Limiting the number of tries is the door's.
    """
    person = prove(email, password)
    with work(DOOR) as db:
        two_factor.use_code(db, person, code)
        return start(db, person, usual_membership(db, person), user_agent)


def prove(email: str, password: str) -> Person:
    """The person who has that address and knows its password. Refuses `WrongCredentials`.

    Hashes outside any transaction: it takes its time, and should not take a connection.
    """
    with work(DOOR) as db:
        person = people.by_email(db, email)
    if not passwords.matches(person.password_hash if person else None, password) or person is None:
        raise WrongCredentials()
    if passwords.is_outdated(person.password_hash):
        fresh = passwords.hash_password(password)
        with work(DOOR) as db:
            db.execute(update(Person).where(col(Person.id) == person.id).values(password_hash=fresh))
    return person


def start(db: Db, person: Person, membership: Membership, user_agent: str = "") -> SignIn:
    """Begin a session of somebody proven, and go on as them in this transaction."""
    token = new_token()
    session = SignedIn(
        organization_id=membership.organization_id,
        membership_id=membership.id,
        person_id=person.id,
        token_hash=token_hash(token),
        expires_at=now() + LIFETIME,
        user_agent=user_agent[:300],
    )
    db.add(session)
    db.flush()
    actor = person_actor(person, membership, session.id)
    db.enter(actor)
    record(db, "session.started", "session", session.id, after={"person_id": str(person.id), "user_agent": session.user_agent})
    return SignIn(token, actor)


def person_actor(person: Person, membership: Membership, session_id: UUID | None = None) -> Actor:
    """Somebody at work under one of their memberships."""
    return _actor(
        person.id, person.name, person.locale, membership.organization_id, membership.role, membership.property_ids, session_id
    )


def _actor(
    person: UUID, name: str, locale: str, organization: UUID, role: str, properties: list[UUID] | None, session: UUID | None
) -> Actor:
    return Actor(
        kind="person",
        id=person,
        name=name,
        organization_id=organization,
        permissions=ROLES.get(role, frozenset()),
        property_ids=None if properties is None else frozenset(properties),
        locale=locale,
        session_id=session,
        membership_role=role,
    )


_FIND = text(
    """
    with found as (
        select s.id, s.person_id, p.name, p.locale, s.organization_id, m.role, m.property_ids
        from signed_in s
        join membership m on m.organization_id = s.organization_id and m.id = s.membership_id
        join person p on p.id = s.person_id
        where s.token_hash = :hash and s.ended_at is null and s.expires_at > now() and m.withdrawn_at is null
    ), touched as (
        -- another tab may be touching the same row: once is enough, nobody waits
        update signed_in set seen_at = now(), expires_at = now() + :lifetime where id in (
            select id from signed_in where id in (select id from found) and seen_at < now() - :touch_every
            for update skip locked
        )
    )
    select * from found
    """
)


def actor_from_token(token: str | None) -> Actor | None:
    """Who holds this token, with the permissions of their role as it is now; None for nobody (any longer)."""
    if not token:
        return None
    with work(DOOR) as db:
        found = _find(db, token)
    if found is None:
        return None
    return _actor(found.person_id, found.name, found.locale, found.organization_id, found.role, found.property_ids, found.id)


def _find(db: Db, token: str) -> Row[Any] | None:
    values = {"hash": token_hash(token), "lifetime": LIFETIME, "touch_every": TOUCH_EVERY}
    return db.execute(_FIND, values).one_or_none()


def sign_out(token: str) -> None:
    """End the session; an unknown or ended one is signed out already."""
    actor = actor_from_token(token)
    if actor is not None and actor.session_id is not None:
        with work(actor) as db:
            end_session(db, actor.session_id)


def end_session(db: Db, session_id: UUID) -> None:
    """End one of one's own sessions, or, with `members.manage`, a colleague's. Refuses `NotFound`, `NotPermitted`."""
    session = db.one(SignedIn, session_id, lock=True)
    if session.person_id != db.actor.id:
        db.actor.require("members.manage")
    if session.ended_at is None:
        session.ended_at = now()
        record(db, "session.ended", "session", session.id, after={"person_id": str(session.person_id)})


def end_sessions(db: Db, person_id: UUID, but: UUID | None = None) -> None:
    """End every session of a person in this organization, except perhaps the one at work."""
    for session in _live_sessions(db, person_id):
        if session.id != but:
            end_session(db, session.id)


def sessions_of(db: Db) -> list[SessionLine]:
    """The live sessions of the person at work, the freshest first."""
    return [
        SessionLine(row.id, row.user_agent, row.created_at, row.seen_at, row.id == db.actor.session_id)
        for row in _live_sessions(db, people.person_id(db))
    ]


def _live_sessions(db: Db, person_id: UUID) -> Sequence[SignedIn]:
    live = col(SignedIn.person_id) == person_id, col(SignedIn.ended_at).is_(None), col(SignedIn.expires_at) > now()
    return db.scalars(select(SignedIn).where(*live).order_by(col(SignedIn.seen_at).desc(), col(SignedIn.id).desc())).all()


def organizations_of(token: str) -> list[Home]:
    """Where the holder of this token may work, by name; empty for nobody."""
    with work(DOOR) as db:
        found = _find(db, token)
        if found is None:
            return []
        rows = db.execute(
            select(col(Organization.id), col(Organization.name), col(Membership.role))
            .join(Membership, col(Membership.organization_id) == Organization.id)
            .where(col(Membership.person_id) == found.person_id, col(Membership.withdrawn_at).is_(None))
            .order_by(col(Organization.name))
        )
        return [Home(row.id, row.name, row.role, row.id == found.organization_id) for row in rows]


def switch_organization(token: str, organization_id: UUID) -> Actor:
    """Carry the session over to another organization of the same person. Refuses `NotFound`."""
    with work(DOOR) as db:
        found = _find(db, token)
        membership = found and db.scalar(
            select(Membership).where(
                col(Membership.person_id) == found.person_id,
                col(Membership.organization_id) == organization_id,
                col(Membership.withdrawn_at).is_(None),
            )
        )
        if not found or not membership:
            raise NotFound(what="organization")
        session = db.get_one(SignedIn, found.id)
        session.organization_id, session.membership_id = organization_id, membership.id
        db.flush()
        actor = person_actor(db.get_one(Person, found.person_id), membership, found.id)
        db.enter(actor)
        record(db, "session.started", "session", session.id, after={"person_id": str(actor.id)})
        return actor


def usual_membership(db: Db, person: Person) -> Membership:
    """The live membership used last, else the oldest. Refuses `NoLongerMember`."""
    last_used = (
        select(col(SignedIn.seen_at))
        .where(col(SignedIn.membership_id) == col(Membership.id))
        .order_by(col(SignedIn.seen_at).desc())
        .limit(1)
        .scalar_subquery()
    )
    membership = db.scalar(
        select(Membership)
        .where(col(Membership.person_id) == person.id, col(Membership.withdrawn_at).is_(None))
        .order_by(last_used.desc().nulls_last(), col(Membership.id))
        .limit(1)
    )
    if membership is None:
        raise NoLongerMember()
    return membership
