"""What Booking.com has of the property: its products by name, and the rooms it believes it can sell (B.XML)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import httpx

from pms.channels.adapter import Link, Refused, RemoteProduct, Stop, Unreadable, Wait
from pms.channels.adapters.booking_com.facts import NIGHTS_READ_BACK, VERSION
from pms.channels.adapters.booking_com.talk import call, refuse_errors, said
from pms.channels.changes import Cell, Values
from pms.channels.wire import count_of, day_of


def remote(http: httpx.Client, link: Link) -> Iterator[RemoteProduct]:
    """Rooms, and the rates in them: the same rate is in many rooms. What Booking.com derives itself cannot be told prices."""
    asked = f"<request><hotel_id>{escape(link.remote_property)}</hotel_id></request>"
    for room in _answered(http, link, "/hotels/xml/roomrates", asked).iter("room"):
        if room.get("hotel_id") not in (None, link.remote_property):
            continue
        id = room.get("id") or ""
        yield RemoteProduct(id, room.get("room_name") or "")
        for rate in room.iter("rate"):
            fixed = next((name for name in ("is_child_rate", "readonly") if rate.get(name) == "1"), "")
            sleeps = (rate.get("max_persons") or "")[:3]
            yield RemoteProduct(
                f"{id}/{rate.get('id')}", rate.get("rate_name") or "", int(sleeps) if sleeps.isdecimal() else 0, fixed
            )


def shown(http: httpx.Client, link: Link, first: date, nights: int) -> dict[Cell, Values] | None:
    """Rooms left there; None where the machine account may not ask, which is no reason to stop telling.

    Not verified: the shape of the answer, of whose documents only the names of the fields could be read.
    """
    try:
        return dict(_shown(http, link, first, nights))
    except Stop:
        return None


def _shown(http: httpx.Client, link: Link, first: date, nights: int) -> Iterator[tuple[Cell, Values]]:
    for product, id in link.remote_ids.items():
        for start in range(0, nights if "/" not in id else 0, NIGHTS_READ_BACK):
            count = min(NIGHTS_READ_BACK, nights - start)
            answer = _answered(
                http, link, "/hotels/xml/roomrateavailability", _asked(link, id, first + timedelta(days=start), count)
            )
            yield from (((product, night), {"rooms": rooms}) for night, rooms in _rooms(answer, id))


def _asked(link: Link, room: str, first: date, count: int) -> str:
    return (
        f"<request><hotel_id>{escape(link.remote_property)}</hotel_id><version>1.0</version><number_of_days>{count}</number_of_days>"
        f"<start_date>{first.isoformat()}</start_date><room_level>1</room_level><room_id>{escape(room)}</room_id></request>"
    )


def _rooms(answer: Element, id: str) -> Iterator[tuple[date, int]]:
    try:
        for room in answer.iter("room"):
            for night in room.iter("date"):
                left = night.get("rooms_to_sell") or night.findtext("rooms_to_sell")
                if room.get("id") in (None, id) and left is not None:
                    yield day_of(night.get("value")), count_of(left, "rooms to sell", 9999)
    except Unreadable as no:
        raise Wait(None, f"the calendar cannot be read: {no}") from no


def _answered(http: httpx.Client, link: Link, path: str, asked: str) -> Element:
    try:
        answer = call(http, link, "POST", path, headers=VERSION, content=asked.encode())
        root = said(answer)
        refuse_errors(root, answer)
    except Refused as no:
        raise Stop(str(no)) from no
    return root
