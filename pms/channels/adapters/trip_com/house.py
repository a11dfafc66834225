"""What Trip.com sells of the hotel: the products by name. The calendar it shows cannot be read back in 4.x."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from threading import Lock

import httpx

from pms.channels.adapter import Link, Refused, RemoteProduct, Stop, Wait
from pms.channels.adapters.trip_com.calls import call
from pms.channels.adapters.trip_com.facts import PAUSE_SECONDS, PRODUCTS, PRODUCTS_SECONDS
from pms.channels.adapters.trip_com.xml import every, tag, text_of
from pms.channels.changes import Change

UNSOLD = "not among the products of Trip.com"


class Sold:
    """The remote ids that Trip.com sells, for a while, by hotel and host."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[tuple[str, ...], tuple[float, frozenset[str]]] = {}

    def of(self, http: httpx.Client, link: Link) -> frozenset[str]:
        """None at all where it cannot be found out now: then nothing is known of any product."""
        key = (link.host, link.remote_property, link.credentials.get("id", ""))
        with self._lock:
            until, found = self._kept.get(key, (0.0, frozenset()))
        if until > time.monotonic():
            return found
        try:
            found = frozenset(one.remote_id for one in remote(http, link))
        except (Wait, Stop):
            return frozenset()
        with self._lock:
            self._kept[key] = (time.monotonic() + PRODUCTS_SECONDS, found)
        return found


SOLD = Sold()


def remote(http: httpx.Client, link: Link) -> Iterator[RemoteProduct]:
    """Each product has its room types and the rate plans in them."""
    try:
        answer = call(
            http, link, PRODUCTS, f"<HotelProducts>{tag('HotelProduct', HotelCode=link.remote_property)}</HotelProducts>"
        )
    except Refused as no:
        raise Wait(PAUSE_SECONDS, str(no)) from no
    rooms: dict[str, RemoteProduct] = {}
    for product in every(answer, "HotelProduct"):
        for room in every(product, "RoomType"):
            code, name = room.get("RoomTypeCode", ""), room.get("RoomTypeName") or text_of(next(every(room, "Text"), None))
            rooms.setdefault(code, RemoteProduct(code, name or code))
            for plan in every(product, "RatePlan"):
                id = f"{code}/{plan.get('RatePlanCode', '')}"
                rooms.setdefault(id, RemoteProduct(id, plan.get("RatePlanName") or id))
    yield from rooms.values()


def unsold(http: httpx.Client, link: Link, changes: Sequence[Change]) -> dict[int, str]:
    """The changes about products that Trip.com does not list, by their places."""
    sold = SOLD.of(http, link)
    return {place: UNSOLD for place, change in enumerate(changes) if sold and link.remote_ids[change.product_id] not in sold}
