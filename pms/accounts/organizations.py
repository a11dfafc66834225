"""Opening an organization: the tenant, its first owner, and that owner at work."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from pms.accounts import passwords, people
from pms.accounts.models import Membership, Organization, Person
from pms.accounts.sessions import SignIn, WrongCredentials, start
from pms.kernel.actor import DOOR
from pms.kernel.db import Db, work
from pms.kernel.outbox import record
from pms.kernel.refusals import Refusal

_SET_UP_LOCK = 0x0C7A_5E70
"""Two browsers finishing the first set-up at once take turns, and the second is refused."""


class AlreadySetUp(Refusal):
    sentence = "This installation has been set up already. Sign in, or ask its owner for an invitation."
    status = 409


def is_empty() -> bool:
    """Whether nobody has set this installation up yet."""
    with work(DOOR) as db:
        return _is_empty(db)


def refuse_unless_empty(db: Db) -> None:
    """Hold off every other set-up until this transaction ends. Refuses `AlreadySetUp`."""
    db.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _SET_UP_LOCK})
    if not _is_empty(db):
        raise AlreadySetUp()


def _is_empty(db: Db) -> bool:
    return db.scalar(select(col(Organization.id)).limit(1)) is None


def open_organization(
    db: Db, name: str, owner_name: str, email: str, password: str, locale: str = "en", user_agent: str = ""
) -> SignIn:
    """A new tenant with its owner, from the door; the transaction goes on as that owner, signed in.

    Somebody who already works in another organization opens this one with their own password.
    Refuses `BadInput`, `WrongCredentials`.
    """
    organization = Organization(name=people.clean_name(name, "organization"))
    db.add(organization)
    owner = _owner(db, owner_name, email, password, locale)
    db.flush()
    membership = Membership(organization_id=organization.id, person_id=owner.id, role="owner")
    db.add(membership)
    db.flush()
    signed_in = start(db, owner, membership, user_agent)
    record(db, "organization.opened", "organization", organization.id, after={"name": organization.name})
    return signed_in


def _owner(db: Db, name: str, email: str, password: str, locale: str) -> Person:
    person = people.by_email(db, email)
    if person is None:
        return people.new_person(db, name, email, password, locale)
    if not passwords.matches(person.password_hash, password):
        raise WrongCredentials()
    return person


def rename_organization(db: Db, name: str) -> None:
    """Give the organization another name. Refuses `BadInput`, `NotPermitted`."""
    db.actor.require("organization.manage")
    organization = db.one(Organization, db.organization_id, lock=True)
    before, organization.name = organization.name, people.clean_name(name, "organization")
    record(
        db, "organization.changed", "organization", organization.id, before={"name": before}, after={"name": organization.name}
    )


def organizations() -> list[tuple[UUID, str]]:
    """Every organization of the installation by name, for the command line, whose user owns the machine."""
    with work(DOOR) as db:
        rows = db.execute(select(col(Organization.id), col(Organization.name)).order_by(col(Organization.name)))
        return [(row.id, row.name) for row in rows]
