"""Pure shaping of the list of API keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pms.accounts.models import ApiKey
from pms.kernel.actor import Actor
from pms.kernel.formats import day, moment
from pms.kernel.words import N_, translate

SCOPES = {
    "property.view": N_("See properties and availability"),
    "reservation.view": N_("See reservations"),
    "reservation.book": N_("Book"),
    "reservation.change": N_("Change reservations"),
    "reservation.cancel": N_("Cancel reservations"),
    "reservation.check_in": N_("Check in and out"),
    "guest.view": N_("See guests"),
    "guest.change": N_("Change guests"),
    "rate.change": N_("Change prices and restrictions"),
    "rate.manage": N_("Change rate plans"),
    "report.view": N_("See reports"),
}
"""What the HTTP API can do, in words; a key's other permissions are shown by name."""


@dataclass(frozen=True)
class KeyRow:
    """A key as the list shows it."""

    id: str
    name: str
    prefix: str
    scopes: list[str]
    where: str
    created: str
    used: str
    revoked: bool


def key_row(one: ApiKey, names: dict[UUID, str], locale: str, timezone: str) -> KeyRow:
    """A key in the reader's words."""
    everywhere = translate("All properties", locale)
    return KeyRow(
        id=str(one.id),
        name=one.name,
        prefix=f"{one.prefix}…",
        scopes=[translate(SCOPES[scope], locale) if scope in SCOPES else scope for scope in one.scopes],
        where=everywhere if one.property_ids is None else ", ".join(names.get(id, "…") for id in one.property_ids),
        created=day(one.created_at.date(), locale),
        used=moment(one.used_at, locale, timezone) if one.used_at else translate("Never", locale),
        revoked=one.revoked_at is not None,
    )


def key_rows(keys: Sequence[ApiKey], names: dict[UUID, str], locale: str, timezone: str) -> list[KeyRow]:
    """Those in force first, the newest first among each."""
    return [key_row(one, names, locale, timezone) for one in sorted(keys, key=lambda one: one.revoked_at is not None)]


def scopes_to_give(actor: Actor) -> list[str]:
    """The scopes this person may give: none beyond their own."""
    return [scope for scope in SCOPES if scope in actor.permissions]
