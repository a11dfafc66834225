"""Calls as a host: the access token, kept in the process and renewed before it ends or when Airbnb no longer takes it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlencode

import httpx

from pms.channels.adapter import Link, Stop, Unreadable, Wait
from pms.channels.adapters.airbnb.facts import (
    AGREE_PATH,
    API_KEY,
    AUTH_PATH,
    HOST,
    KEY_HEADER,
    PAUSE_SECONDS,
    SCOPE,
    SITE,
    TOKEN_HEADER,
    TOKEN_MARGIN_SECONDS,
    TOKEN_SECONDS,
)
from pms.channels.wire import ask, json_of, object_of, words_of


@dataclass(frozen=True)
class _Token:
    access: str
    ends: float
    refresh: str
    """The refresh token that is good now, whatever a link opened earlier still carries."""


class Tokens:
    """One access token for each grant and host; whoever needs a new one waits for whoever is getting it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[tuple[str, ...], _Token] = {}

    def of(self, http: httpx.Client, link: Link, refused: str = "") -> str:
        """The token to call with, another one than `refused`. Raises `Stop` for a grant that is no longer good, `Wait`."""
        grant = (link.host, *(link.credentials.get(name, "") for name in ("client_id", "refresh_token", "code")))
        with self._lock:
            kept = self._kept.get(grant)
            if kept is None or kept.access == refused or kept.ends < time.time() + TOKEN_MARGIN_SECONDS:
                opened = link.credentials.get("refresh_token", "")
                used = kept.refresh if kept else opened
                kept = _renewed(http, link, used)
                self._kept[grant] = kept
                if kept.refresh != opened:
                    self._kept[link.host, link.credentials.get("client_id", ""), kept.refresh, ""] = kept
                    got_with = {"refresh_token": (opened, used), "code": (link.credentials.get("code", ""),)}
                    link.keep({"refresh_token": kept.refresh, "code": ""}, got_with)
        return kept.access


TOKENS = Tokens()


def agree(link: Link, back: str, proof: str) -> str:
    """Airbnb's page on which the host agrees; it comes back with `code` and `state`, or with `error`."""
    asked = {"client_id": link.credentials.get("client_id", ""), "redirect_uri": back, "scope": SCOPE, "state": proof}
    return f"{SITE if link.host == HOST else link.host}{AGREE_PATH}?{urlencode(asked)}"


def call(http: httpx.Client, link: Link, method: str, path: str, **how: Any) -> tuple[int, dict[str, Any], str]:
    """One call as the host: status, what the answer says, and its words. Errors also come inside of a 200.

    Raises `Wait`, and `Stop` for credentials that are not taken.
    """
    token = TOKENS.of(http, link)
    try:
        answer = _called(http, link, token, method, path, how)
    except Stop as no:
        if not str(no).startswith("401"):
            raise
        answer = _called(http, link, TOKENS.of(http, link, refused=token), method, path, how)
    body = _object(answer)
    status = body.get("error_code")
    status = status if isinstance(status, int) and status >= 400 else answer.status_code
    if status in (401, 403):
        raise Stop(words_of(answer))
    if status == 429 or status >= 500:
        raise Wait(PAUSE_SECONDS, words_of(answer))
    return status, body, words_of(answer)


def _called(http: httpx.Client, link: Link, token: str, method: str, path: str, how: dict[str, Any]) -> httpx.Response:
    headers = {KEY_HEADER: link.credentials.get(API_KEY, ""), TOKEN_HEADER: token}
    try:
        return ask(http, method, link.host + path, headers=headers, **how)
    except Wait as later:
        raise Wait(later.seconds or PAUSE_SECONDS, str(later)) from later


def _renewed(http: httpx.Client, link: Link, refresh: str) -> _Token:
    """A refresh token may come back or not: the old one stays good where none does."""
    who = (link.credentials.get("client_id", ""), link.credentials.get("client_secret", ""))
    what = {"refresh_token": refresh} if refresh else {"code": link.credentials.get("code", "")}
    if not any(what.values()):
        raise Stop("the host has not agreed yet")
    answer = ask(http, "POST", link.host + AUTH_PATH, params={"_unwrapped": "true"}, auth=who, json=what)
    if answer.status_code >= 400:
        raise Stop(f"{answer.status_code}: Airbnb gives no token for this grant")
    body = _object(answer)
    access, ends = body.get("access_token"), body.get("expires_at")
    host = str(body.get("user_id_str") or body.get("user_id") or "")
    if host and host != link.remote_property:
        raise Stop(f"host {host} has agreed, not {link.remote_property}")
    if not isinstance(access, str) or not access:
        raise Wait(PAUSE_SECONDS, "the answer has no token")
    until = float(ends) if isinstance(ends, int) and 0 < ends < 1e12 else time.time() + TOKEN_SECONDS
    return _Token(access, until, str(body.get("refresh_token") or refresh))


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        return object_of(json_of(answer.text), "the answer")
    except Unreadable as no:
        if answer.status_code >= 400:
            return {}
        raise Wait(PAUSE_SECONDS, str(no)) from no
