"""What Expedia has of the property: its room types and plans by name, and the calendar it shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

import httpx

from pms.channels.adapter import Link, RemoteProduct, Unreadable, Wait
from pms.channels.adapters.expedia.facts import BASE_ADULTS, DERIVED, PAUSE_SECONDS, PRODUCTS, READ_NIGHTS_MOST, STAY_MOST
from pms.channels.adapters.expedia.talk import call, no_error
from pms.channels.changes import Cell
from pms.channels.wire import count_of, day_of, minor_of

ASKED = (
    '<ParamSet><ProductRetrieval returnRateLink="true" returnRoomAttributes="true" returnRatePlanAttributes="true"/></ParamSet>'
)


def remote(http: httpx.Client, link: Link) -> Iterator[RemoteProduct]:
    """Room types and the plans in them. What Expedia derives itself is ignored when told, with success."""
    for room in _answered(http, link, ASKED).iter("RoomType"):
        id, sleeps = room.get("id", ""), room.get("maxOccupants", "")
        yield RemoteProduct(id, room.get("name", ""), int(sleeps) if sleeps.isascii() and sleeps.isdigit() else 0)
        for plan in room.iter("RatePlan"):
            kind = plan.get("rateAcquisitionType", "")
            yield RemoteProduct(f"{id}/{plan.get('id')}", plan.get("name", ""), fixed=kind if kind in DERIVED else "")


def currency(http: httpx.Client, link: Link) -> str:
    """As a price of the next month there has it; a property without any says none."""
    first = datetime.now(ZoneInfo(link.timezone)).date()
    rates = _calendar(http, link, first, READ_NIGHTS_MOST).iter("Rate")
    return next((told for rate in rates if (told := rate.get("currency", ""))), "")


def shown(http: httpx.Client, link: Link, first: date, nights: int) -> dict[Cell, dict[str, int]]:
    """The calendar there, a month a call: what was sold meanwhile is gone from its rooms already."""
    products = {id: product for product, id in link.remote_ids.items()}
    found: dict[Cell, dict[str, int]] = {}
    for start in range(0, nights, READ_NIGHTS_MOST):
        answer = _calendar(http, link, first + timedelta(days=start), min(READ_NIGHTS_MOST, nights - start))
        try:
            for day in answer.iter("AvailRate"):
                found |= _night(link, products, day)
        except Unreadable as no:
            raise Wait(PAUSE_SECONDS, f"the calendar cannot be read: {no}") from no
    return found


def _calendar(http: httpx.Client, link: Link, first: date, nights: int) -> Element:
    last = first + timedelta(days=nights - 1)
    return _answered(http, link, f'<ParamSet><AvailRateRetrieval from="{first}" to="{last}"/></ParamSet>')


def _night(link: Link, products: dict[str, UUID], day: Element) -> dict[Cell, dict[str, int]]:
    night = day_of(day.get("date"))
    found: dict[Cell, dict[str, int]] = {}
    for room in day.iter("RoomType"):
        id = room.get("id", "")
        inventory = room.find("Inventory")
        if id in products and inventory is not None:
            left = count_of(inventory.get("totalInventoryAvailable"), "rooms", 9999)
            found[products[id], night] = {"rooms": 0 if room.get("closed") == "true" else left}
        for plan in room.iter("RatePlan"):
            product = products.get(f"{id}/{plan.get('id')}")
            if product is not None:
                found[product, night] = _plan(link, product, plan)
    return found


def _plan(link: Link, product: UUID, plan: Element) -> dict[str, int]:
    told = _switches(plan, {"closed": "closed"})
    base = link.sleeps.get(product, (BASE_ADULTS, 0, 0))[0]
    for price in plan.iter("PerDay"):
        told["price"] = minor_of(price.get("rate"), link.currency)
    for price in plan.iter("PerOccupancy"):
        adults, amount = count_of(price.get("occupancy"), "adults"), minor_of(price.get("rate"), link.currency)
        told[f"price_{adults}"] = amount
        if adults == base:
            told["price"] = amount
    limits = plan.find("Restrictions")
    return told | _limits(limits) if limits is not None else told


def _limits(limits: Element) -> dict[str, int]:
    told = _switches(limits, {"closed_arrival": "closedToArrival", "closed_departure": "closedToDeparture"})
    if limits.get("minLOS") is not None:
        told["min_stay"] = count_of(limits.get("minLOS"), "shortest stay")
    if limits.get("maxLOS") is not None:
        most = count_of(limits.get("maxLOS"), "longest stay")
        told["max_stay"] = 0 if most >= STAY_MOST else most
    return told


def _switches(element: Element, names: dict[str, str]) -> dict[str, int]:
    return {ours: int(element.get(theirs) == "true") for ours, theirs in names.items() if element.get(theirs) is not None}


def _answered(http: httpx.Client, link: Link, asked: str) -> Element:
    answer = call(http, link, PRODUCTS, asked)
    no_error(answer)
    return answer
