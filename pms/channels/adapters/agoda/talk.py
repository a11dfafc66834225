"""One conversation with Agoda: a token of an hour, one address for everything, and XML whose errors come with any status."""

from __future__ import annotations

import re
import threading
import time
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

import httpx

from pms.channels.adapter import Link, Stop, Unreadable, Wait
from pms.channels.adapters.agoda.facts import API, EXCHANGE, PAUSE_SECONDS, STOP_CODES, TOKEN_SECONDS
from pms.channels.wire import WORDS_MOST, ask, json_of, object_of, words_of, xml_of
from pms.kernel.dates import now

MEDIA = {"Content-Type": "application/xml; charset=utf-8"}
_REQUEST_NAME = re.compile(r'(?<=request_name=")(.*?)(?="\s*/>)')


class Garbled(Wait):
    """An answer that is no XML; what it was."""

    def __init__(self, text: str) -> None:
        super().__init__(PAUSE_SECONDS, f"the answer cannot be read: {text[:WORDS_MOST]}")
        self.text = text


class Tokens:
    """The tokens of this process, one per host and client: all calls of an hour share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, ...], tuple[str, float]] = {}

    def of(self, http: httpx.Client, link: Link) -> str:
        """A token that is valid, asked for if need be. Raises `Stop` for the wrong secret, `Wait`."""
        with self._lock:
            token, until = self._kept.get(_client(link), ("", 0.0))
            if time.monotonic() >= until:
                token = _exchanged(http, link)
                self._kept[_client(link)] = token, time.monotonic() + TOKEN_SECONDS
            return token

    def forget(self, link: Link) -> bool:
        """Whether there was one: an expired one is told by a refusal only."""
        with self._lock:
            return self._kept.pop(_client(link), None) is not None


TOKENS = Tokens()


def call(http: httpx.Client, link: Link, kind: int, inner: str) -> tuple[int, Element]:
    """Say `inner` as this property; the status and the root of the answer. Raises `Stop`, `Wait`; `Garbled` for no XML."""
    stamp = int(now().timestamp() * 1000)
    request = f'<?xml version="1.0" encoding="UTF-8"?><request timestamp="{stamp}" type="{kind}">{inner}</request>'
    answer = _posted(http, link, request)
    if answer.status_code in (401, 403) and not link.credentials.get("api_key") and TOKENS.forget(link):
        answer = _posted(http, link, request)
    try:
        root = parsed(answer.text)
    except Unreadable as no:
        raise Stop(words_of(answer)) if answer.status_code in (401, 403) else Garbled(answer.text) from no
    _settled(answer, root)
    return answer.status_code, root


def parsed(text: str) -> Element:
    """The root of an XML text. Agoda's own sample quotes within a guest's request without escaping: that much is mended."""
    try:
        return xml_of(text)
    except Unreadable:
        return xml_of(_REQUEST_NAME.sub(lambda found: found.group().replace('"', "&quot;"), text))


def errors(root: Element) -> list[Element]:
    """All errors, wherever they stand."""
    return list(root.iter("error"))


def code_of(error: Element) -> int:
    """The code of an error, 0 where there is none."""
    told = error.get("code", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else 0


def words_in(error: Element, root: Element) -> str:
    """What Agoda says, with its code and the number to name when asking there."""
    told = f"{error.get('code', '')} {error.get('description') or error.text or ''}".strip()
    return f"{told[: WORDS_MOST - 60]} [{root.get('TUID', '')[:50]}]" if root.get("TUID") else told[:WORDS_MOST]


def _settled(answer: httpx.Response, root: Element) -> None:
    """Raise what is about the connection, and not about what was said."""
    found = errors(root)
    for one in found:
        if code_of(one) in STOP_CODES:
            raise Stop(words_in(one, root))
    if answer.status_code in (401, 403) and not found:
        raise Stop(words_of(answer))
    if answer.status_code not in (200, 207, 400, 401, 403, 413):
        raise Wait(PAUSE_SECONDS, words_of(answer))
    if root.tag != "result":
        raise Garbled(answer.text)


def _posted(http: httpx.Client, link: Link, request: str) -> httpx.Response:
    key = link.credentials.get("api_key", "")
    known = {"params": {"apiKey": key}} if key else {}
    headers = MEDIA if key else {**MEDIA, "Authorization": f"Bearer {TOKENS.of(http, link)}"}
    return ask(http, "POST", link.host + API, stops=(), content=request.encode(), headers=headers, **known)


def _exchanged(http: httpx.Client, link: Link) -> str:
    known = link.credentials
    body = {"clientId": known.get("client_id", ""), "clientSecret": known.get("client_secret", "")}
    answer = ask(http, "POST", link.host + EXCHANGE, json=body)
    try:
        told = object_of(json_of(answer.text))
    except Unreadable as no:
        raise Wait(PAUSE_SECONDS, words_of(answer)) from no
    if told.get("success") is True and isinstance(told.get("token"), str) and told["token"]:
        return str(told["token"])
    if told.get("downStreamServiceFailure") is True:
        raise Wait(PAUSE_SECONDS, words_of(answer))
    raise Stop(words_of(answer))


def _client(link: Link) -> tuple[str, ...]:
    return link.host, link.credentials.get("client_id", ""), link.credentials.get("client_secret", "")


def property_of(link: Link) -> str:
    """The property's id as an attribute value, quoted."""
    return quoteattr(link.remote_property)
