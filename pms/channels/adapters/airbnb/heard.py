"""What Airbnb asks and tells us: questions before it sells, notifications after; and how it is answered.

Each is signed with RSA over what was called and said (PKCS #1 v1.5, SHA-256), and is refused when that does not hold.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from pms.channels.adapter import Forged, Heard, Link, Outcome, Received, Reply, Unreadable
from pms.channels.adapters.airbnb.bookings import code_of, plain_ids, revision_of
from pms.channels.adapters.airbnb.facts import ACTIONS, STALE_SECONDS, TEST_LISTING
from pms.channels.wire import hashed, json_of, object_of

_SIGNATURE = re.compile(r'signature="?([A-Za-z0-9+/=]+)"?')


def hear(link: Link, headers: Mapping[str, str], body: bytes) -> Heard:
    """A question is one `Received`, a notification about a reservation too; all others mean only that there is something to
    fetch. Airbnb's own test call (listing 0) is nothing at all.
    """
    _refuse_forged(link, headers, body)
    method = headers.get(":method", "").upper()
    text = body.decode(errors="replace").replace("\x00", "\ufffd")
    try:
        told = _query(headers) if method == "GET" else object_of(json_of(text))
    except Unreadable:
        return Heard((Received("", hashed(text), text, "succeed"),))
    if method == "POST" and "action" in told:
        return _notified(told, text)
    return _asked(method, told, headers)


def answer(link: Link, outcomes: Sequence[Outcome]) -> Reply:
    """Always 200. A notification was heard; a question is answered with yes only if the rooms are ours to give.

    Where nothing was asked of us it may be Airbnb's test of either question.
    """
    said: dict[str, Any] = {} if outcomes else {"available": True, "succeed": True}
    for outcome in outcomes:
        word = "available" if outcome.receipt == "available" else "succeed"
        said[word] = outcome.receipt == "notification" or outcome.done == "applied"
        if not said[word]:
            said["failure_code"] = None
    return Reply(200, json.dumps(said))


def _notified(told: dict[str, Any], text: str) -> Heard:
    reservation = told.get("reservation")
    if told.get("action") not in ACTIONS or not isinstance(reservation, dict):
        return Heard(news=True)
    if _is_test(reservation):
        return Heard()
    return Heard((Received(code_of(reservation), revision_of(reservation), plain_ids(text), "notification"),))


def _asked(method: str, told: dict[str, Any], headers: Mapping[str, str]) -> Heard:
    """The date belongs to the question: asked again later it has to be answered anew."""
    if _is_test(told):
        return Heard()
    if method == "PUT" and not told.get("confirmation_code"):
        path = headers.get(":path", "").partition("?")[0]
        told = {**told, "confirmation_code": unquote(path.rstrip("/").rpartition("/")[2])}
    action = {"GET": "check_availability", "PUT": "check_alteration"}.get(method, "check_reservation")
    text = plain_ids(json.dumps({"action": action, "asked_at": headers.get("date", ""), "reservation": told}, default=str))
    code = "" if method == "GET" else code_of(told)
    return Heard((Received(code, hashed(text), text, "available" if method == "GET" else "succeed"),))


def _query(headers: Mapping[str, str]) -> dict[str, Any]:
    found = dict(parse_qsl(headers.get(":path", "").partition("?")[2]))
    return {name: found[name] for name in ("listing_id", "start_date", "nights") if name in found}


def _is_test(told: Mapping[str, Any]) -> bool:
    return str(told.get("listing_id", told.get("listing_id_str"))) == TEST_LISTING


def _refuse_forged(link: Link, headers: Mapping[str, str], body: bytes) -> None:
    key, signature = _key(link), _signature(headers)
    _refuse_stale(headers.get("date", ""))
    for signed in _signed(headers, body):
        try:
            key.verify(signature, signed, PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return
    raise Forged("no signature of Airbnb's over this")


def _signed(headers: Mapping[str, str], body: bytes) -> Iterator[bytes]:
    """What may have been signed: the host with and without its port, the address with and without its query."""
    host, path = headers.get("host", ""), headers.get(":path", "")
    for where in dict.fromkeys((host, host.partition(":")[0])):
        for address in dict.fromkeys((path, path.partition("?")[0])):
            parts = (where, address, headers.get(":method", "").upper(), headers.get("date", ""), headers.get("content-type", ""))
            yield "|".join((*parts, "")).encode(errors="replace") + body


def _key(link: Link) -> RSAPublicKey:
    try:
        key = load_pem_public_key(link.credentials.get("webhook_key", "").strip().encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Forged("the connection has no key to verify with") from error
    if not isinstance(key, RSAPublicKey):
        raise Forged("the connection's key is no RSA key")
    return key


def _signature(headers: Mapping[str, str]) -> bytes:
    found = _SIGNATURE.search(headers.get("authorization", ""))
    try:
        return base64.b64decode(found[1] if found else "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Forged("the signature cannot be read") from error


def _refuse_stale(told: str) -> None:
    try:
        age = abs((datetime.now(UTC) - parsedate_to_datetime(told)).total_seconds())
    except (TypeError, ValueError) as error:
        raise Forged("the message has no date") from error
    if age > STALE_SECONDS:
        raise Forged("the message is old")
