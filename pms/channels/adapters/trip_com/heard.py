"""What Trip.com brings, and how it is answered: in the same exchange, in the generation it spoke, with what it has to find again.

It proves itself by the password in the message, which is taken out of it with the card before anything is kept.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from hashlib import md5
from html import unescape
from xml.etree.ElementTree import Element

from pms.channels.adapter import Forged, Heard, Link, Outcome, Received, Reply, Unreadable
from pms.channels.adapters.trip_com.bookings import WRONG_CARD, booking_of, revision_of, said_in, type_of
from pms.channels.adapters.trip_com.facts import (
    BUSINESS,
    COMMITTED,
    MD5_ID,
    MEDIA,
    NAMESPACE,
    OUR_ID,
    REJECTED,
    SOAP,
    UNABLE,
    VERSION,
    WRONG_MD5,
)
from pms.channels.adapters.trip_com.xml import every, first, name_of, opened, tag, text_of
from pms.channels.wire import hashed, xml_of

_PASSWORD = re.compile(r"""(MessagePassword\s*=\s*)("[^"]*"|'[^']*')""")
_NUMBERS = re.compile(r"""(\b(?:CardNumber|SeriesCode)\s*=\s*)("[^"]*"|'[^']*')|(<(?:\w+:)?PlainText\b[^>]*>)[^<]*""")


def hear(link: Link, headers: Mapping[str, str], body: bytes) -> Heard:
    """One message about one booking. The password must be the one Trip.com was given, or nothing is believed."""
    text = body.decode(errors="replace").replace("\x00", "\ufffd")
    password = _PASSWORD.search(text)
    ours = link.credentials.get("incoming_password", "")
    if not ours or password is None or not hmac.compare_digest(unescape(password[2][1:-1]).encode(), ours.encode()):
        raise Forged("the message does not carry the password")
    clean = _without_secrets(text)
    try:
        root = xml_of(text)
        said = said_in(root)
    except Unreadable:
        return Heard((Received("", hashed(clean), clean, json.dumps({"soap": "Envelope" in text})),))
    wrong = not _card_fits(said)
    receipt = {
        "root": name_of(said),
        "soap": name_of(root) == "Envelope",
        "version": said.get("Version", VERSION),
        "echo": said.get("EchoToken", ""),
        "id": booking_of(said),
        "type": type_of(said),
        "card": wrong,
    }
    return Heard((Received(booking_of(said), revision_of(said), clean + WRONG_CARD * wrong, json.dumps(receipt)),))


def answer(link: Link, outcomes: Sequence[Outcome]) -> Reply:
    """Always 200. What is in our books is committed, also when a person has to look at it; what could not be taken in yet is
    neither committed nor rejected, to be brought again; the rest is rejected with a reason.
    """
    outcome = outcomes[0] if outcomes else Outcome("", "refused", words="nothing understood")
    told = json.loads(outcome.receipt or "{}")
    root = "OTA_CancelRS" if told.get("root") == "OTA_CancelRQ" else str(told.get("root") or "OTA_HotelResRQ")[:-2] + "RS"
    booked = outcome.done == "applied" or (outcome.done == "attention" and bool(outcome.code))
    said = _committed(told, outcome) if booked else _rejected(told, outcome)
    start = opened(root, xmlns=NAMESPACE, Version=told.get("version") or VERSION, EchoToken=told.get("echo", ""))
    body = f"{start}{said}</{root}>"
    if told.get("soap"):
        body = f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body>{body}</soap:Body></soap:Envelope>'
    return Reply(200, f'<?xml version="1.0" encoding="utf-8"?>{body}', "text/xml" if told.get("soap") else MEDIA)


def _committed(told: Mapping[str, str], outcome: Outcome) -> str:
    if told.get("root") == "OTA_CancelRQ":
        where = "" if told.get("soap") else "Trip.com"
        return f"<Success/>{tag('UniqueID', Type=told.get('type', ''), ID=told.get('id', ''), ID_Context=where)}"
    return f"<Success/>{_reservation(told, COMMITTED, outcome.code)}"


def _rejected(told: Mapping[str, str], outcome: Outcome) -> str:
    kind, code = WRONG_MD5[bool(told.get("soap"))] if told.get("card") else BUSINESS if outcome.done == "refused" else UNABLE
    words = "MD5 check failed" if told.get("card") else (outcome.words or "Unable to process")[:200]
    errors = f"<Errors>{tag('Error', Type=kind, Code=code, ShortText=words)}</Errors>"
    final = outcome.done != "later" or told.get("card")
    named = told.get("root") != "OTA_CancelRQ" and told.get("id")
    return errors + _reservation(told, REJECTED, "") if named and final else errors


def _reservation(told: Mapping[str, str], status: str, code: str) -> str:
    ids = tag("HotelReservationID", ResID_Type=told.get("type", ""), ResID_Value=told.get("id", ""))
    ids += tag("HotelReservationID", ResID_Type=OUR_ID, ResID_Value=code) if code else ""
    inner = f"<ResGlobalInfo><HotelReservationIDs>{ids}</HotelReservationIDs></ResGlobalInfo>"
    return f"<HotelReservations>{opened('HotelReservation', ResStatus=status)}{inner}</HotelReservation></HotelReservations>"


def _card_fits(said: Element) -> bool:
    """Over number, holder and expiry as they were sent, blanks included; what came without a card or a checksum fits."""
    sums = [one.get("ResID_Value", "") for one in every(said, "HotelReservationID") if one.get("ResID_Type") == MD5_ID]
    card = first(said, "PaymentCard")
    if card is None or not any(sums):
        return True
    number = card.get("CardNumber") or text_of(first(card, "PlainText"))
    if not number:
        return True
    holder = first(card, "CardHolderName")
    text = f"{number}&{(holder.text or '') if holder is not None else ''}&{card.get('ExpireDate', '')}"
    return md5(text.encode(errors="replace"), usedforsecurity=False).hexdigest() == sums[0].lower()


def _without_secrets(text: str) -> str:
    return _NUMBERS.sub(lambda found: f'{found[1]}"***"' if found[1] else f"{found[3]}***", _PASSWORD.sub(r'\1"***"', text))
