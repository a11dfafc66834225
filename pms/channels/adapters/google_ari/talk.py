"""How Google is spoken to: no key (it knows our addresses), HTTP 200 whatever became of a message, the truth in the body."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

import httpx

from pms.channels.adapter import Link, Refused, Stop, Unreadable, Wait
from pms.channels.adapters.google_ari.facts import OTA, OUT_OF_ORDER
from pms.channels.wire import ask, words_of, xml_of


def post(http: httpx.Client, link: Link, path: str, body: str, token: str) -> None:
    """Send one message that `token` names. Raises `Wait` for what may be sent again, `Refused` for what must be put right."""
    answer = ask(http, "POST", link.host + path, content=body.encode(), headers={"Content-Type": "application/xml"})
    if answer.status_code == 404:
        raise Stop(words_of(answer))
    if answer.status_code != 200:
        raise Wait(None, words_of(answer))
    try:
        root = xml_of(answer.text)
    except Unreadable as no:
        raise Wait(None, f"the answer is {no}") from no
    _judge(root, answer, token)


def wrapped(link: Link, name: str, inner: str, more: str = "") -> tuple[str, str]:
    """An OTA message around the entries, and the token that names it: the answer carries it again."""
    token = uuid4().hex
    key = link.credentials.get("partner_key", "")
    who = f"<POS><Source><RequestorID ID={quoteattr(key)}/></Source></POS>" if key else ""
    about = f'xmlns="{OTA}" EchoToken="{token}" TimeStamp="{stamp()}" Version="3.0"{more}'
    return f"<{name} {about}>{who}{inner}</{name}>", token


def stamp() -> str:
    """Now, with the offset that belongs to it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _judge(root: Element, answer: httpx.Response, token: str) -> None:
    """Success, and nothing that contradicts it; warnings beside it are said of what was taken."""
    echoed = root.get("EchoToken") or root.get("id")
    if echoed not in (None, token):
        raise Wait(None, f"the answer is about another message: {echoed}")
    wrong = [one for one in root.iter() if _name(one) in ("Error", "Issue")]
    if _has(root, "Success") and not any(_fatal(one) for one in wrong):
        return
    if any(one.get("Code") == OUT_OF_ORDER for one in wrong):
        raise Wait(None, words_of(answer))
    if wrong or _has(root, "Warnings") or _has(root, "Errors"):
        raise Refused("; ".join(filter(None, map(_words, wrong)))[:500] or words_of(answer))
    raise Wait(None, f"the answer says neither Success nor Error: {words_of(answer)}")


def _fatal(one: Element) -> bool:
    """Issues have a status, of which a warning is one; errors are errors."""
    return _name(one) == "Error" or (one.get("status") or "error").lower() != "warning"


def _words(one: Element) -> str:
    text = one.get("ShortText") or " ".join("".join(one.itertext()).split())
    return f"{one.get('Code') or one.get('code') or ''} {text}".strip()


def _has(root: Element, name: str) -> bool:
    return any(_name(child) == name for child in root)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
