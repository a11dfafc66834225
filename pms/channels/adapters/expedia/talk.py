"""One conversation with Expedia: credentials go into the body, and the answer is XML whose namespace is not the one asked in."""

from __future__ import annotations

from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

import httpx

from pms.channels.adapter import Link, Stop, Unreadable, Wait
from pms.channels.adapters.expedia.facts import AGAIN, BUSY_ERROR, BY_HAND, HOTEL_ERRORS, PAUSE_SECONDS, Call
from pms.channels.wire import WORDS_MOST, ask, words_of, xml_of

MEDIA = {"Content-Type": "text/xml; charset=utf-8"}


def call(http: httpx.Client, link: Link, what: Call, inner: str) -> Element:
    """Say `inner` as this property; the root of the answer, without namespaces. Raises `Wait` for no XML, else as `ask`."""
    answer = ask(http, "POST", link.host + what.path, content=_request(link, what, inner).encode(), headers=MEDIA)
    if answer.status_code != 200:
        raise Wait(PAUSE_SECONDS, words_of(answer))
    try:
        root = plain(xml_of(answer.text))
    except Unreadable as no:
        raise Wait(PAUSE_SECONDS, f"the answer cannot be read: {no}") from no
    if root.tag != f"{what.root}RS":
        raise Wait(PAUSE_SECONDS, f"the answer is no {what.root}RS")
    return root


def plain(root: Element) -> Element:
    """The same elements by their names alone."""
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    return root


def error(answer: Element, by_hand: bool = True) -> tuple[int, str] | None:
    """The code and words of an error that is about the message; None without one. Then nothing of the message was done.

    Raises `Stop` for what is wrong with the connection, `Wait` for what passes, and without `by_hand` for Expedia's own trouble
    with the message too, where nobody could do by hand what it was about.
    """
    for found in answer.iter("Error"):
        code, words = code_of(found), words_in(found)
        if 1000 <= code < 2000 or code in HOTEL_ERRORS:
            raise Stop(words)
        if code == BUSY_ERROR or (code in AGAIN and not (by_hand and code in BY_HAND)):
            raise Wait(PAUSE_SECONDS, words)
        return code, words
    return None


def no_error(answer: Element) -> None:
    """Raise what an answer says is wrong with a question: `Wait`, or `Stop`, as there is nothing in it to leave out."""
    wrong = error(answer, by_hand=False)
    if wrong:
        raise Stop(wrong[1])


def code_of(element: Element) -> int:
    """The code of an error or a warning, 0 where there is none."""
    told = element.get("code", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else 0


def words_in(element: Element) -> str:
    """What Expedia says, with its code; it ends with a reference to be named when asking there."""
    return f"{element.get('code', '')} {' '.join((element.text or '').split())}".strip()[:WORDS_MOST]


def _request(link: Link, what: Call, inner: str) -> str:
    known = link.credentials
    username, password = quoteattr(known.get("username", "")), quoteattr(known.get("password", ""))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{what.root}RQ xmlns="{what.namespace}">'
        f"<Authentication username={username} password={password}/><Hotel id={quoteattr(link.remote_property)}/>"
        f"{inner}</{what.root}RQ>"
    )
