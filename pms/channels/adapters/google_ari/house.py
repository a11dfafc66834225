"""What Google has to know of the property before it shows a price: its rooms, its plans, and which plan goes with which room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4
from xml.sax.saxutils import escape, quoteattr

import httpx

from pms.channels.adapter import Link
from pms.channels.adapters.google_ari.facts import PROPERTY_PATH
from pms.channels.adapters.google_ari.talk import post, stamp


@dataclass(frozen=True)
class GoogleRoom:
    """A room type by our id of it there: whom it sleeps, and the plans it is sold under."""

    id: str
    name: str
    plans: tuple[str, ...]
    sleeps: int
    adults: int


@dataclass(frozen=True)
class GooglePlan:
    """A plan by our id of it there. `free_until` is how many days before arrival cancelling is free; None: it never is."""

    id: str
    name: str
    breakfast: bool = False
    free_until: int | None = None


def describe(
    http: httpx.Client, link: Link, rooms: Sequence[GoogleRoom], plans: Sequence[GooglePlan], language: str = "en"
) -> None:
    """Tell Google all rooms and plans of the property; what is not among them is gone there. Never tell it none.

    Raises `Refused`, `Wait`, `Stop`.
    """
    if not rooms or not plans:
        raise ValueError("an overlay without rooms or plans takes the property off Google")
    token, key = uuid4().hex, link.credentials.get("partner_key", "")
    partner = f" partner={quoteattr(key)}" if key else ""
    inner = "".join([*(_room(room, language) for room in rooms), *(_plan(plan, language) for plan in plans)])
    data = f'<PropertyDataSet action="overlay"><Property>{escape(link.remote_property)}</Property>{inner}</PropertyDataSet>'
    body = f'<Transaction timestamp="{stamp()}" id="{token}"{partner}>{data}</Transaction>'
    post(http, link, PROPERTY_PATH, body, token)


def _room(room: GoogleRoom, language: str) -> str:
    """Nought children draws a warning: then they are left out."""
    children = room.sleeps - room.adults
    plans = "".join(f"<AllowablePackageID>{escape(plan)}</AllowablePackageID>" for plan in room.plans)
    return (
        f"<RoomData><RoomID>{escape(room.id)}</RoomID>{_named(room.name, language)}"
        f"<AllowablePackageIDs>{plans}</AllowablePackageIDs><Capacity>{room.sleeps}</Capacity>"
        f"<AdultCapacity>{room.adults}</AdultCapacity>"
        f"{f'<ChildCapacity>{children}</ChildCapacity>' if children > 0 else ''}</RoomData>"
    )


def _plan(plan: GooglePlan, language: str) -> str:
    free = 'available="0"' if plan.free_until is None else f'available="1" refundable_until_days="{plan.free_until}"'
    breakfast = f"<BreakfastIncluded>{int(plan.breakfast)}</BreakfastIncluded>"
    about = f"<PackageID>{escape(plan.id)}</PackageID>{_named(plan.name, language)}"
    return f"<PackageData>{about}<Refundable {free}/>{breakfast}</PackageData>"


def _named(name: str, language: str) -> str:
    return f"<Name><Text text={quoteattr(name)} language={quoteattr(language)}/></Name>"
