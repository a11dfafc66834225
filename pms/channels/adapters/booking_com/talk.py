"""How Booking.com is spoken to: a token that all calls share, three hosts, and answers whose trouble may sit in an HTTP 200."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

import httpx

from pms.channels.adapter import Link, Refused, Stop, Unreadable, Wait
from pms.channels.adapters.booking_com.facts import (
    BOOKINGS_HOST,
    HOST,
    NO_PERMISSION,
    OUT_OF_ORDER,
    TOKEN_PATH,
    TOKEN_SECONDS,
    TOKENS_AN_HOUR,
    TOKENS_HOST,
)
from pms.channels.wire import ask, json_of, object_of, words_of, xml_of

_RUID = re.compile(r"RUID:\s*\[([^\]]*)\]")


@dataclass
class Tokens:
    """The token of each machine account, for as long as it lives; no more are asked for than Booking.com gives an hour."""

    clock: Callable[[], float] = time.monotonic
    lock: threading.Lock = field(default_factory=threading.Lock)
    held: dict[tuple[str, ...], tuple[str, float]] = field(default_factory=dict)
    """Who -> token, until when."""
    asked: dict[tuple[str, ...], list[float]] = field(default_factory=dict)

    def token(self, http: httpx.Client, link: Link) -> str:
        """One that is valid. Raises `Wait` (also where the hour's are used up) and `Stop`."""
        who = _who(link)
        with self.lock:
            token, until = self.held.get(who, ("", 0.0))
            if not token or until <= self.clock():
                self._count(who)
                token = _exchanged(http, link)
                self.held[who] = token, self.clock() + TOKEN_SECONDS
            return token

    def forget(self, link: Link, token: str) -> None:
        """This one was not accepted."""
        with self.lock:
            if self.held.get(_who(link), ("", 0.0))[0] == token:
                del self.held[_who(link)]

    def _count(self, who: tuple[str, ...]) -> None:
        now = self.clock()
        recent = [at for at in self.asked.get(who, []) if at > now - 3600]
        if len(recent) >= TOKENS_AN_HOUR:
            raise Wait(recent[0] + 3600 - now, f"{TOKENS_AN_HOUR} tokens were asked for within an hour")
        self.asked[who] = [*recent, now]


TOKENS = Tokens()


def call(http: httpx.Client, link: Link, method: str, path: str, **how: Any) -> httpx.Response:
    """One call as this machine account, with a new token where the held one has run out. Raises `Wait`, `Stop`, `Refused`."""
    headers: Mapping[str, str] = how.pop("headers", {})
    for last in (False, True):
        token = TOKENS.token(http, link)
        said = {"Authorization": f"Bearer {token}", "Content-Type": "application/xml", **headers}
        try:
            answer = ask(http, method, _host(link, path) + path, headers=said, **how)
        except Stop as no:
            if last or not str(no).startswith("401"):
                raise
            TOKENS.forget(link, token)
        else:
            return _taken(answer)
    raise AssertionError("the second time raises")


def said(answer: httpx.Response) -> Element:
    """The root of an answer. Raises `Wait` where it is no XML."""
    try:
        root = bare(xml_of(answer.text))
    except Unreadable as no:
        raise Wait(None, f"the answer is {no}") from no
    return root


def bare(root: Element) -> Element:
    """The same without namespaces in the names of elements."""
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    return root


def words(text: str, answer: httpx.Response) -> str:
    """What people are shown: Booking.com's words and the RUID of the call, which its support asks for."""
    ruid = _RUID.search(answer.text)
    return f"{text[:400]} RUID {ruid[1]}" if ruid else text[:400]


def errors(root: Element) -> Iterator[tuple[str, str, str]]:
    """Which entry, which code, which words: OTA's Error, B.XML's error, and the bare one of old."""
    for element in root.iter():
        if element.tag.lower() == "error":
            code = element.get("Code") or element.get("code") or ""
            text = element.get("ShortText") or "".join(element.itertext()).strip()
            yield element.get("RecordID") or "", code, f"{code} {text}".strip()


def refuse_errors(root: Element, answer: httpx.Response) -> None:
    """Raise what the answer's errors, if it has any, mean for the whole message."""
    found = list(errors(root))
    codes = {code for _, code, _ in found}
    told = words("; ".join(text for _, _, text in found[:5]), answer)
    if NO_PERMISSION in codes:
        raise Stop(told)
    if OUT_OF_ORDER in codes:
        raise Wait(None, told)
    if found:
        raise Refused(told)


def _taken(answer: httpx.Response) -> httpx.Response:
    if answer.status_code == 200:
        return answer
    told = words(words_of(answer), answer)
    if answer.status_code == 408:
        raise Wait(None, told)
    if 400 <= answer.status_code < 500:
        raise Refused(told)
    raise Wait(None, told)


def _exchanged(http: httpx.Client, link: Link) -> str:
    names = ("client_id", "client_secret")
    body = {name: link.credentials.get(name, "") for name in names}
    answer = ask(http, "POST", _host(link, TOKEN_PATH) + TOKEN_PATH, json=body)
    if 400 <= answer.status_code < 500:
        raise Stop(words_of(answer))
    try:
        token = object_of(json_of(answer.text)).get("jwt")
    except Unreadable as no:
        raise Wait(None, f"no token: {no}") from no
    if answer.status_code != 200 or not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
        raise Wait(None, "no token in the answer")
    return token


def _who(link: Link) -> tuple[str, ...]:
    return link.host, link.credentials.get("client_id", ""), link.credentials.get("client_secret", "")


def _host(link: Link, path: str) -> str:
    """Three hosts, unless the connection names one of its own (a local one has everything in one place)."""
    if link.host not in ("", HOST):
        return link.host
    if path == TOKEN_PATH:
        return TOKENS_HOST
    return BOOKINGS_HOST if "/OTA_HotelRes" in path or "/reservations" in path else HOST
