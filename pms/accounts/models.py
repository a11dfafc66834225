"""Organizations, the people and keys that act in them, and how they got in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Index, Text, UniqueConstraint, Uuid, text
from sqlmodel import Field, SQLModel

from pms.kernel.tables import id_column, instant, same_tenant


class Organization(SQLModel, table=True):
    """One customer account: the tenant."""

    id: UUID = id_column()
    name: str
    created_at: datetime = instant(default_now=True)


class Person(SQLModel, table=True):
    """Somebody who can sign in. One person may work in several organizations."""

    __table_args__ = (Index("person_email", text("lower(email)"), unique=True),)

    id: UUID = id_column()
    email: str
    name: str
    password_hash: str
    totp_sealed: str | None = None
    totp_on_since: datetime | None = instant(nullable=True)
    totp_last_step: int = Field(default=0, sa_type=BigInteger)
    recovery_hashes: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    locale: str = "en"
    created_at: datetime = instant(default_now=True)


class Membership(SQLModel, table=True):
    """A person's role in an organization, in all its properties or in some."""

    __table_args__ = (
        UniqueConstraint("organization_id", "id"),
        UniqueConstraint("organization_id", "person_id"),
        Index("membership_of_person", "person_id"),
    )

    id: UUID = id_column()
    organization_id: UUID = Field(foreign_key="organization.id")
    person_id: UUID = Field(foreign_key="person.id")
    role: str
    property_ids: list[UUID] | None = Field(default=None, sa_type=ARRAY(Uuid))
    withdrawn_at: datetime | None = instant(nullable=True)
    version: int = 1


class Invitation(SQLModel, table=True):
    """A link that lets its holder join, once."""

    id: UUID = id_column()
    organization_id: UUID = Field(foreign_key="organization.id")
    email: str
    role: str
    property_ids: list[UUID] | None = Field(default=None, sa_type=ARRAY(Uuid))
    token_hash: str = Field(unique=True)
    invited_by: str
    created_at: datetime = instant(default_now=True)
    expires_at: datetime = instant()
    accepted_at: datetime | None = instant(nullable=True)
    withdrawn_at: datetime | None = instant(nullable=True)


class PasswordLink(SQLModel, table=True):
    """A link that lets its holder choose a new password for a person, once; `ended_at` when used, replaced or voided.

    `membership_version` is what the maker saw: a changed role ends the link.
    """

    __tablename__ = "password_link"
    __table_args__ = (same_tenant("membership_id", "membership"),)

    id: UUID = id_column()
    organization_id: UUID = Field(foreign_key="organization.id")
    membership_id: UUID
    membership_version: int
    person_id: UUID = Field(foreign_key="person.id", index=True)
    token_hash: str = Field(unique=True)
    made_by: str
    by_operator: bool = False
    created_at: datetime = instant(default_now=True)
    expires_at: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)


class SignedIn(SQLModel, table=True):
    """A browser session: the cookie holds the token, this row its hash."""

    __tablename__ = "signed_in"
    __table_args__ = (same_tenant("membership_id", "membership"),)

    id: UUID = id_column()
    organization_id: UUID = Field(foreign_key="organization.id")
    membership_id: UUID
    person_id: UUID = Field(foreign_key="person.id", index=True)
    token_hash: str = Field(unique=True)
    created_at: datetime = instant(default_now=True)
    seen_at: datetime = instant(default_now=True)
    expires_at: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)
    user_agent: str = ""


class ApiKey(SQLModel, table=True):
    """A program's way in: hashed, scoped to permissions, revocable."""

    __tablename__ = "api_key"

    id: UUID = id_column()
    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    name: str
    prefix: str
    key_hash: str = Field(unique=True)
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    property_ids: list[UUID] | None = Field(default=None, sa_type=ARRAY(Uuid))
    created_at: datetime = instant(default_now=True)
    used_at: datetime | None = instant(nullable=True)
    revoked_at: datetime | None = instant(nullable=True)
