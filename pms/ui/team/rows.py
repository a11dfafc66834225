"""Pure shaping of the team page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from pms.accounts.invitations import OpenInvitation
from pms.accounts.members import Member
from pms.kernel.actor import Actor
from pms.kernel.formats import day
from pms.kernel.permissions import ROLES
from pms.kernel.words import translate
from pms.properties.queries import PropertyLine
from pms.ui.kit.badge import hue, initials


@dataclass(frozen=True)
class Person:
    """A colleague in the list."""

    id: str
    name: str
    email: str
    letters: str
    hue: str
    role: str
    where: str
    properties: list[str]
    two_factor: bool
    version: int
    person: str


@dataclass(frozen=True)
class Waiting:
    """An invitation not yet answered."""

    id: str
    email: str
    role: str
    where: str
    until: str


def where(property_ids: Collection[UUID] | None, names: dict[UUID, str], locale: str) -> str:
    """The properties somebody works in, by name."""
    if property_ids is None:
        return translate("All properties", locale)
    return ", ".join(names.get(one, "…") for one in property_ids)


def person(one: Member, names: dict[UUID, str], locale: str) -> Person:
    """A member as the list shows them."""
    return Person(
        id=str(one.membership_id),
        name=one.name,
        email=one.email,
        letters=initials(one.name),
        hue=hue(one.name),
        role=one.role,
        where=where(one.property_ids, names, locale),
        properties=[str(id) for id in one.property_ids or ()],
        two_factor=one.two_factor,
        version=one.version,
        person=str(one.person_id),
    )


def waiting(one: OpenInvitation, names: dict[UUID, str], locale: str) -> Waiting:
    """An invitation as the list shows it."""
    return Waiting(str(one.id), one.email, one.role, where(one.property_ids, names, locale), day(one.expires_at.date(), locale))


def named(lines: Sequence[PropertyLine]) -> dict[UUID, str]:
    """Property names by id."""
    return {line.id: line.name for line in lines}


def roles_to_give(actor: Actor) -> list[str]:
    """The roles this actor may give: none with a permission they lack."""
    return [role for role, permissions in ROLES.items() if permissions <= actor.permissions]
