"""How far an actor's arm reaches: nobody hands out a permission, or a property, that they do not have themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import Uuid, column, select, table

from pms.kernel.db import Db
from pms.kernel.permissions import ROLES
from pms.kernel.refusals import BadInput, NotFound, Refusal

_PROPERTY = table("property", column("id", Uuid))
"""Accounts lie below properties and know nothing of them but that they have ids."""


class BeyondYourOwn(Refusal):
    sentence = "You cannot give, change or take away permissions that you do not have yourself."
    status = 403
    field = "role"


def permissions_of(role: str) -> frozenset[str]:
    """The permissions of a role. Refuses `BadInput` for a role we do not have."""
    if role not in ROLES:
        raise BadInput("role", "There is no such role.")
    return ROLES[role]


def refuse_beyond_own(db: Db, permissions: Collection[str], property_ids: Iterable[UUID] | None) -> None:
    """Refuse `BeyondYourOwn` unless the actor holds all of the permissions, in all of the properties (None: everywhere)."""
    own = db.actor.property_ids
    reaches = own is None or (property_ids is not None and own.issuperset(property_ids))
    if not (db.actor.permissions.issuperset(permissions) and reaches):
        raise BeyondYourOwn()


def known_properties(db: Db, property_ids: Iterable[UUID] | None) -> list[UUID] | None:
    """The ids, each once and in order, or None for every property. Refuses `NotFound`, `BadInput` for an empty list."""
    if property_ids is None:
        return None
    wanted = sorted(set(property_ids))
    if not wanted:
        raise BadInput("property_ids", "Choose at least one property.")
    if set(db.scalars(select(_PROPERTY.c.id).where(_PROPERTY.c.id.in_(wanted)))) != set(wanted):
        raise NotFound(what="property")
    return wanted
