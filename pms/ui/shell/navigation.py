"""Where one can go: ONE table for the rail, the phone's tab bar and the account menu. A screen adds its row here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pms.kernel.actor import Actor
from pms.kernel.words import N_


@dataclass(frozen=True)
class Place:
    """One entry. `words` is an English sentence for `t()`; who lacks `permission`, or all of `any_of`, does not see it.

    `at` is "top" or "bottom" of the rail; the tab bar of a phone has room for those with `phone`, and for one short word each:
    `brief`, where `words` are longer.
    """

    route: str
    words: str
    icon: str
    permission: str
    at: str = "top"
    phone: bool = True
    any_of: tuple[str, ...] = ()
    brief: str = ""


RATE_WORK = ("rate.change", "rate.manage", "rate.override")
PLACES: tuple[Place, ...] = (
    Place("/calendar", N_("Calendar"), "calendar", "reservation.view"),
    Place("/rates", N_("Rates"), "rates", "property.view"),
    Place("/rate-plans", N_("Rate plans"), "plans", "property.view", phone=False, any_of=RATE_WORK),
    Place("/channels", N_("Channels"), "channels", "channel.manage"),
    Place("/blocks", N_("Blocks"), "block", "block.manage"),
    Place("/rooms", N_("Rooms and beds"), "rooms", "property.view", brief=N_("Rooms")),
    Place("/properties", N_("Properties"), "property", "property.manage", at="bottom", phone=False),
    Place("/exchange-rates", N_("Exchange rates"), "swap", "rate.manage", at="bottom", phone=False),
    Place("/imports", N_("Import bookings"), "import", "import.run", at="bottom", phone=False),
    Place("/team", N_("Team"), "team", "members.manage", at="bottom", phone=False),
    Place("/api-keys", N_("API keys"), "key", "api_keys.manage", at="bottom", phone=False),
)


@dataclass(frozen=True)
class Mark:
    """How many things wait for somebody at a place: `count` is an int Var, `load` the event that shows it and keeps it live,
    `words` the count in words.
    """

    count: Any
    load: Any
    words: Any


MARKS: dict[str, Mark] = {}
"""Marks by route; a screen that has one adds it where it is put together."""


def places_for(actor: Actor) -> list[Place]:
    """The entries this actor may go to, in order."""
    held = actor.permissions
    return [one for one in PLACES if one.permission in held and (not one.any_of or held.intersection(one.any_of))]


def home_for(actor: Actor) -> str:
    """Where somebody lands after signing in."""
    places = places_for(actor)
    return places[0].route if places else "/account"
