"""What Agoda has of the property: its rooms and rate plans by name, and the calendar it shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID
from xml.etree.ElementTree import Element

import httpx

from pms.channels.adapter import Link, RemoteProduct, Stop, Unreadable, Wait
from pms.channels.adapters.agoda.facts import ALLOTMENT_IS_LEFT, BASE_ADULTS, PAUSE_SECONDS, PRODUCTS, READ_NIGHTS_MOST, SHOW
from pms.channels.adapters.agoda.talk import call, errors, property_of, words_in
from pms.channels.changes import Cell
from pms.channels.wire import count_of, day_of, minor_of

LENGTHS = {"min_stay_arrival": "min_los", "max_stay_arrival": "max_los", "min_stay": "min_staythrough"}
SWITCHES = {"closed": "closed", "closed_arrival": "cta", "closed_departure": "ctd"}


def remote(http: httpx.Client, link: Link) -> Iterator[RemoteProduct]:
    """Rooms, and the plans sold in them; one that follows a master plan cannot be told prices."""
    root = _products(http, link)
    for room in root.iter("room"):
        sleeps = room.get("num_persons", "")
        people = int(sleeps) if sleeps.isascii() and sleeps.isdigit() else 0
        yield RemoteProduct(room.get("room_id", ""), room.get("room_name", ""), people)
    plans = {plan.get("rateplan_id", ""): plan for plan in root.iter("rateplan")}
    for product in root.iter("product"):
        room_id, plan = product.get("room_id", ""), plans.get(product.get("rateplan_id", ""), product)
        master, id = plan.get("master_rate", "0"), f"{room_id}/{product.get('rateplan_id')}"
        yield RemoteProduct(id, plan.get("rateplan_name", ""), fixed="" if master == "0" else master)


def currency(http: httpx.Client, link: Link) -> str:
    """As its list of products has it."""
    return next((one.get("currency", "") for one in _products(http, link).iter("property")), "")


def _products(http: httpx.Client, link: Link) -> Element:
    asked = f'<criteria language="EN"><property id={property_of(link)}><rooms/><rateplans/></property></criteria>'
    return _answered(http, link, PRODUCTS, asked)


def shown(http: httpx.Client, link: Link, first: date, nights: int) -> dict[Cell, dict[str, int]]:
    """The calendar there, a month a call."""
    products = {id: product for product, id in link.remote_ids.items()}
    found: dict[Cell, dict[str, int]] = {}
    for start in range(0, nights, READ_NIGHTS_MOST):
        begin, end = first + timedelta(days=start), first + timedelta(days=min(start + READ_NIGHTS_MOST, nights) - 1)
        asked = f'<criteria from="{begin}" to="{end}"><property id={property_of(link)}/></criteria>'
        root = _answered(http, link, SHOW, asked)
        try:
            for day in root.iter("property"):
                found |= _night(link, products, day)
        except Unreadable as no:
            raise Wait(PAUSE_SECONDS, f"the calendar cannot be read: {no}") from no
    return found


def _night(link: Link, products: dict[str, UUID], day: Element) -> dict[Cell, dict[str, int]]:
    night = day_of(day.get("date"))
    found: dict[Cell, dict[str, int]] = {}
    for room in day.findall("inventories/room"):
        product = products.get(room.get("room_id", ""))
        if product is not None:
            found[product, night] = {"rooms": 0 if room.get("closed") == "true" else _left(room)}
    for rates in day.iter("rates"):
        for room in rates.iter("room"):
            product = products.get(f"{room.get('room_id')}/{rates.get('rateplan_id')}")
            if product is not None:
                found[product, night] = _plan(link, product, room)
    return found


def _left(room: Element) -> int:
    rooms = count_of(room.get("allotment"), "rooms", 9999)
    return rooms if ALLOTMENT_IS_LEFT else max(0, rooms - count_of(room.get("allotment_used_regular") or 0, "rooms sold", 9999))


def _plan(link: Link, product: UUID, room: Element) -> dict[str, int]:
    """As told. A shortest stay of none is said as 0 there, and as 1 here."""
    told = {ours: int(room.get(theirs) == "true") for ours, theirs in SWITCHES.items() if room.get(theirs) is not None}
    for ours, theirs in LENGTHS.items():
        if room.get(theirs) is not None:
            length = count_of(room.get(theirs), "a length of stay", 999)
            told[ours] = length if ours.startswith("max") else max(1, length)
    base = link.sleeps.get(product, (BASE_ADULTS, 0, 0))[0]
    prices = {count_of(one.get("person"), "people"): minor_of(one.get("price"), link.currency) for one in room.iter("occupancy")}
    told |= {f"price_{people}": amount for people, amount in prices.items()}
    alone = prices.get(base, prices[min(prices)] if len(set(prices.values())) == 1 else None)
    return told if alone is None else {**told, "price": alone}


def _answered(http: httpx.Client, link: Link, kind: int, asked: str) -> Element:
    status, root = call(http, link, kind, asked)
    wrong = errors(root)
    if status != 200 or (wrong and root.find("property") is None and root.find("properties") is None):
        raise Stop(words_in(wrong[0], root) if wrong else f"the answer is {status}")
    return root
