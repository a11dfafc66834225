"""Bookings from Booking.com: two queues that are looked at and acknowledged, one of new bookings, one of what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import parse_qsl, urlencode
from xml.etree.ElementTree import Element, tostring
from xml.sax.saxutils import escape, quoteattr

import httpx

from pms.channels.adapter import Link, Received, Refused, Unreadable
from pms.channels.adapters.booking_com import bxml, ota
from pms.channels.adapters.booking_com.facts import OTA, OVERTAKEN, QUEUES
from pms.channels.adapters.booking_com.talk import bare, call, refuse_errors, said
from pms.channels.adapters.booking_com.tell import stamp
from pms.channels.incoming import Incoming
from pms.channels.wire import xml_of

_ENTRIES = ("HotelReservation", "HotelResModify")


def fetch(http: httpx.Client, link: Link) -> list[Received]:
    """What of the property was not acknowledged yet, new bookings first. The queues are those of the whole machine account."""
    return [_received(link, entry, queue) for queue in QUEUES for entry in _waiting(http, link, queue)]


def missed(http: httpx.Client, link: Link, since: date) -> list[Received]:
    """The history: bookings made or changed since that day, taken off no queue. For the first load, and after an outage."""
    asked = f"<hotel_id>{escape(link.remote_property)}</hotel_id><last_change>{since.isoformat()}</last_change>"
    answer = call(http, link, "POST", "/hotels/xml/reservationssummary", content=f"<request>{asked}</request>".encode())
    root = said(answer)
    refuse_errors(root, answer)
    entries = (entry for entry in root.iter("reservation") if _text(entry, "hotel_id") in ("", link.remote_property))
    return [_received(link, entry, "") for entry in entries]


def read(link: Link, text: str) -> Incoming:
    """One booking, as the queues (OTA) or the history (B.XML) have it."""
    root = bare(xml_of(text))
    if root.tag == "reservation":
        return bxml.read(link, root)
    if root.tag in _ENTRIES:
        return ota.read(link, root)
    raise Unreadable(f"no booking: {root.tag[:40]}")


def glimpse(link: Link, text: str) -> Incoming:
    """One that cannot be read, by its rooms and dates."""
    root = bare(xml_of(text))
    if root.tag == "reservation":
        return bxml.glimpse(link, root)
    if root.tag in _ENTRIES:
        return ota.glimpse(link, root)
    raise Unreadable(f"no booking: {root.tag[:40]}")


def acknowledge(http: httpx.Client, link: Link, receipts: Sequence[str]) -> None:
    """One call each, so that one which was overtaken does not hold up the others."""
    refused = []
    for receipt in receipts:
        queue, *ids = parse_qsl(receipt)
        try:
            answer = call(http, link, "POST", f"/hotels/ota/{QUEUES[queue[1]]}", content=_receipt(queue[1], ids))
            root = said(answer)
            refuse_errors(root, answer)
        except Refused as no:
            if OVERTAKEN not in str(no):
                refused.append(str(no))
    if refused:
        raise Refused("; ".join(refused)[:500])


def _waiting(http: httpx.Client, link: Link, queue: str) -> Iterator[Element]:
    """Filters are for outages, says Booking.com; an entry that names no property leaves no other way to know whose it is."""
    entries = _entries(http, link, queue, {})
    if not all(_property(entry) for entry in entries):
        entries = _entries(http, link, queue, {"hotel_ids": link.remote_property})
    return (entry for entry in entries if _property(entry) in ("", link.remote_property))


def _entries(http: httpx.Client, link: Link, queue: str, params: dict[str, str]) -> list[Element]:
    answer = call(http, link, "GET", f"/hotels/ota/{QUEUES[queue]}", params=params)
    root = said(answer)
    refuse_errors(root, answer)
    entries = [entry for entry in root.iter() if entry.tag in _ENTRIES]
    for entry in entries:
        if root.get("ResStatus") and not entry.get("ResStatus"):
            entry.set("ResStatus", root.get("ResStatus", ""))
        entry.set(ota.MINUTE, (root.get("TimeStamp") or stamp())[:16])
    return entries


def _received(link: Link, entry: Element, queue: str) -> Received:
    ids = ota.ids(entry) if queue else []
    if queue and (ota.versioned(entry) or not _readable(link, entry)):
        del entry.attrib[ota.MINUTE]
    booking = ota.number(ids) if queue else _text(entry, "id")
    receipt = urlencode([("queue", queue), *ids]) if queue else ""
    return Received(booking, ota.revision(entry), tostring(entry, encoding="unicode"), receipt)


def _readable(link: Link, entry: Element) -> bool:
    try:
        ota.read(link, entry)
    except Unreadable:
        return False
    return True


def _receipt(queue: str, ids: Sequence[tuple[str, str]]) -> str:
    """An id without a type goes back without one."""
    told = "".join(
        f"<HotelReservationID{f' ResID_Type={quoteattr(kind)}' if kind != 'id' else ''} ResID_Value={quoteattr(value)}/>"
        for kind, value in ids
    )
    info = f"<ResGlobalInfo><HotelReservationIDs>{told}</HotelReservationIDs></ResGlobalInfo>"
    inner = {
        "new": f"<HotelReservations><HotelReservation>{info}</HotelReservation></HotelReservations>",
        "modified": f"<HotelResModifies><HotelResModify>{info}</HotelResModify></HotelResModifies>",
    }[queue]
    name = f"OTA_{QUEUES[queue].removeprefix('OTA_')}RS"
    about = f'xmlns="{OTA}" TimeStamp="{stamp()}" Target="Production" Version="2.001"'
    return f"<{name} {about}><Success/>{inner}</{name}>"


def _property(entry: Element) -> str:
    for info in entry.iter("BasicPropertyInfo"):
        return info.get("HotelCode") or ""
    return ""


def _text(entry: Element, name: str) -> str:
    return (entry.findtext(name) or "").strip()
