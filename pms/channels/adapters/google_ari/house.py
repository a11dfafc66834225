"""What Google has to know of the property before it shows a price: its rooms, its plans, and which plan goes with which room."""

from __future__ import annotations

from uuid import uuid4
from xml.sax.saxutils import escape, quoteattr

import httpx

from pms.channels.adapter import House, HousePlan, HouseRoom, Link
from pms.channels.adapters.google_ari.facts import LANGUAGE, PROPERTY_PATH
from pms.channels.adapters.google_ari.talk import post, stamp


def describe(http: httpx.Client, link: Link, house: House) -> None:
    """Tell Google all rooms and plans of the property; what is not among them is gone there. Never tell it none.

    Raises `Refused`, `Wait`, `Stop`.
    """
    if not house.rooms or not house.plans:
        raise ValueError("an overlay without rooms or plans takes the property off Google")
    token, key = uuid4().hex, link.credentials.get("partner_key", "")
    partner = f" partner={quoteattr(key)}" if key else ""
    inner = "".join([*map(_room, house.rooms), *map(_plan, house.plans)])
    data = f'<PropertyDataSet action="overlay"><Property>{escape(link.remote_property)}</Property>{inner}</PropertyDataSet>'
    body = f'<Transaction timestamp="{stamp()}" id="{token}"{partner}>{data}</Transaction>'
    post(http, link, PROPERTY_PATH, body, token)


def _room(room: HouseRoom) -> str:
    """Nought children draws a warning: then they are left out."""
    children = room.sleeps - room.adults
    plans = "".join(f"<AllowablePackageID>{escape(plan)}</AllowablePackageID>" for plan in room.plans)
    return (
        f"<RoomData><RoomID>{escape(room.id)}</RoomID>{_named(room.name)}"
        f"<AllowablePackageIDs>{plans}</AllowablePackageIDs><Capacity>{room.sleeps}</Capacity>"
        f"<AdultCapacity>{room.adults}</AdultCapacity>"
        f"{f'<ChildCapacity>{children}</ChildCapacity>' if children > 0 else ''}</RoomData>"
    )


def _plan(plan: HousePlan) -> str:
    until = f'refundable_until_days="{plan.free_days}" refundable_until_time="{plan.free_time.isoformat("seconds")}"'
    free = 'available="0"' if plan.free_days is None else f'available="1" {until}'
    breakfast = f"<BreakfastIncluded>{int(plan.breakfast)}</BreakfastIncluded>"
    about = f"<PackageID>{escape(plan.id)}</PackageID>{_named(plan.name)}"
    return f"<PackageData>{about}<Refundable {free}/>{breakfast}</PackageData>"


def _named(name: str) -> str:
    return f"<Name><Text text={quoteattr(name)} language={quoteattr(LANGUAGE)}/></Name>"
