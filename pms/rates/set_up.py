"""The first visit: organization, owner, property and rooms, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pms.accounts.organizations import AlreadySetUp, is_empty, open_organization, refuse_unless_empty
from pms.accounts.sessions import SignIn
from pms.kernel.actor import DOOR
from pms.kernel.db import Db, work
from pms.kernel.refusals import Refusal
from pms.properties import room_type
from pms.properties.property import PropertyFields
from pms.properties.room_type import RoomTypeFields
from pms.properties.units import new_units, parse_units
from pms.rates.plans import open_property

__all__ = ["AlreadySetUp", "NewRoomType", "SetUp", "is_empty", "set_up"]


@dataclass(frozen=True)
class NewRoomType:
    """A room type with the units people wrote down for it: "101-112, 114"."""

    fields: RoomTypeFields
    units: str


@dataclass(frozen=True)
class SetUp:
    """All that the first visit asks for."""

    organization: str
    owner_name: str
    owner_email: str
    owner_password: str
    property: PropertyFields
    room_types: tuple[NewRoomType, ...] = ()
    locale: str = "en"


def set_up(details: SetUp, user_agent: str = "", beside_others: bool = False) -> SignIn:
    """Open the organization with its first property and sign the owner in, in one transaction.

    Only while the installation is empty, unless `beside_others` (the command line, whose user owns the machine).
    Refuses `AlreadySetUp`, and what the parts refuse; `field` then says where: "owner_email", "property_timezone",
    "room_types.1.units".
    """
    with work(DOOR) as db:
        if not beside_others:
            refuse_unless_empty(db)
        with _blamed_on(lambda field: field if field == "organization" else f"owner_{field}"):
            signed_in = open_organization(
                db,
                name=details.organization,
                owner_name=details.owner_name,
                email=details.owner_email,
                password=details.owner_password,
                locale=details.locale,
                user_agent=user_agent,
            )
        _build(db, details)
        return signed_in


def _build(db: Db, details: SetUp) -> None:
    """The property with its rooms. Nothing can have been sold yet, so no counters have to follow the units."""
    with _blamed_on(lambda field: f"property_{field}"):
        house = open_property(db, details.property)
    for place, wanted in enumerate(details.room_types):
        with _blamed_on(lambda field, place=place: f"room_types.{place}.{field}"):  # type: ignore[misc]
            names = parse_units(wanted.units)
            new_units(db, room_type.create(db, house.id, wanted.fields), names)


@contextmanager
def _blamed_on(rename: Callable[[str], str]) -> Iterator[None]:
    """Let a refusal's `field` name the field of the whole form."""
    try:
        yield
    except Refusal as refusal:
        refusal.field = refusal.field and rename(refusal.field)
        raise
