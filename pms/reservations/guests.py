"""Guests: who stays and who books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pms.kernel.db import Db, new
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound
from pms.reservations.changes import refuse_stale
from pms.reservations.models import Guest
from pms.reservations.queries import guest_within_reach


@dataclass(frozen=True)
class GuestDetails:
    """What is known of a guest; only the last name is needed. `country` ISO 3166-1 alpha-2, `language` ISO 639-1."""

    last_name: str
    first_name: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    language: str = ""
    notes: str = ""


_LONGEST = {"last_name": 100, "first_name": 100, "email": 254, "phone": 40, "country": 2, "language": 2, "notes": 4000}


def find_or_new_guest(db: Db, guest: UUID | GuestDetails) -> tuple[Guest, bool]:
    """The guest of that id, or a new one of these details (True: still to be inserted). Refuses `NotFound`, `BadInput`."""
    if not isinstance(guest, UUID):
        return new_guest(db, guest), True
    refuse_out_of_reach(db, guest)
    return db.one(Guest, guest), False


def refuse_out_of_reach(db: Db, guest_id: UUID) -> None:
    """Refuse `NotFound` for a guest who has been in none of the properties the actor is limited to."""
    if db.actor.property_ids is not None and guest_within_reach(db, guest_id) is None:
        raise NotFound(what="guest")


def new_guest(db: Db, details: GuestDetails) -> Guest:
    """A new guest, not yet inserted. Refuses `BadInput` when the name is missing or a field is too long."""
    return new(Guest, organization_id=db.organization_id, **_checked(vars(details)))


def change_guest(db: Db, guest_id: UUID, version: int, **fields: Any) -> Guest:
    """Change some details of a guest.

    Refuses `NotPermitted`, `NotFound` (also for one out of reach), `MovedMeanwhile`, `BadInput`.
    """
    db.actor.require("guest.change")
    refuse_out_of_reach(db, guest_id)
    guest = db.one(Guest, guest_id, lock=True)
    refuse_stale(db, guest, version)
    before = {name: getattr(guest, name) for name in fields}
    for name, value in _checked({"last_name": guest.last_name, **fields}).items():
        setattr(guest, name, value)
    guest.version += 1
    db.add(guest)
    record(db, "guest.changed", "guest", guest.id, before=before, after=fields)
    return guest


def _checked(fields: dict[str, Any]) -> dict[str, str]:
    """The fields trimmed. Refuses `BadInput` for an unknown, overlong or missing one."""
    tidy = {}
    for name, value in fields.items():
        if name not in _LONGEST or not isinstance(value, str):
            raise BadInput(name, "A guest has no such detail.")
        tidy[name] = value.strip()
        if len(tidy[name]) > _LONGEST[name]:
            raise BadInput(name, "This is too long.")
        if "\x00" in value:
            raise BadInput(name, "This has a character that cannot be kept.")
    if not tidy.get("last_name"):
        raise BadInput("last_name", "A guest needs a last name.")
    return tidy
