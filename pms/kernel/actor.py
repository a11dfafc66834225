"""Who is at work: a signed-in person, an API key, a job, or the door before it knows anybody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from pms.kernel.permissions import PERMISSIONS
from pms.kernel.refusals import NotPermitted

Kind = Literal["person", "api_key", "job", "door", "relay"]


@dataclass(frozen=True)
class Actor:
    """One party at work in one organization.

    `property_ids` is None when every property of the organization is open to the actor.
    `role` picks the database role, and with it the row-level-security policies, of its transactions.
    """

    kind: Kind
    id: UUID | None
    name: str
    organization_id: UUID | None
    permissions: frozenset[str] = frozenset()
    property_ids: frozenset[UUID] | None = None
    locale: str = "en"
    session_id: UUID | None = None
    membership_role: str = ""

    def may(self, permission: str, property_id: UUID | None = None) -> bool:
        """Whether the actor holds the permission, and for that property if one is named."""
        if permission not in PERMISSIONS:
            raise ValueError(f"unknown permission {permission!r}")
        return permission in self.permissions and (property_id is None or self.sees(property_id))

    def sees(self, property_id: UUID) -> bool:
        """Whether the property is among those the actor works in."""
        return self.property_ids is None or property_id in self.property_ids

    def require(self, permission: str, property_id: UUID | None = None) -> None:
        """Refuse with `NotPermitted` unless the actor may."""
        if not self.may(permission, property_id):
            raise NotPermitted(permission=permission)

    def without(self, permission: str) -> Actor:
        """The same actor with one permission less."""
        return replace(self, permissions=self.permissions - {permission})


DOOR = Actor(kind="door", id=None, name="door", organization_id=None)
"""Sign-in and set-up, before an organization is known: sees accounts, and nothing of any hotel."""

RELAY = Actor(kind="relay", id=None, name="relay", organization_id=None)
"""Hands on the journal of every organization, and sees nothing else."""


def job_actor(organization_id: UUID, name: str) -> Actor:
    """A background job of one organization, allowed everything in it."""
    return Actor("job", None, name, organization_id, PERMISSIONS)
