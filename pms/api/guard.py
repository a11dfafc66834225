"""What every request passes first and every answer passes last: its name, security headers, and who asks from where."""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pms.accounts.sessions import token_in
from pms.api.origin import ForeignOrigin
from pms.api.v1.problems import problem
from pms.kernel import logs
from pms.settings import settings

BODY_MAX = 1024 * 1024
"""More than any form or API request but one; files that are uploaded measure themselves."""
RATES_MAX = 4 * BODY_MAX
"""Ten thousand cells, each an object of its own."""
RATES = re.compile(r"/api/v1/properties/[^/]+/rates")
UPLOADS = "/files/"
HOOKS = "/hooks/"
HOOKS_MAX = 10 * BODY_MAX
"""What a channel brings; larger than any booking."""
SAFE = ("GET", "HEAD", "OPTIONS")
_HEADERS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin"), (b"x-frame-options", b"DENY"))
_TLS_ONLY = (b"strict-transport-security", b"max-age=31536000")


class Guard:
    """ASGI middleware around the whole HTTP application, pages included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Name the request, refuse foreign pages that ride on our cookie, and see the answer off."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        with logs.request(headers.get("x-request-id")) as name:
            secure = [_TLS_ONLY] if settings().secure_cookies else []
            out = _sender(send, [(b"x-request-id", name.encode()), *_HEADERS, *secure])
            if rides_on_cookie(scope["method"], headers):
                await _refusal(scope, receive, out)
            else:
                most = most_of(scope["path"])
                await self.app(scope, receive if scope["path"].startswith(UPLOADS) else _measured(receive, most), out)


def most_of(path: str) -> int:
    """How many bytes a request may bring."""
    return HOOKS_MAX if path.startswith(HOOKS) else RATES_MAX if RATES.fullmatch(path) else BODY_MAX


def _measured(receive: Receive, most: int) -> Receive:
    """Read no more than `most` bytes, whatever the headers promised: forms would be kept in memory, or on disk, to their end."""
    length = 0

    async def receiver() -> Message:
        nonlocal length
        message = await receive()
        length += len(message.get("body", b""))
        if length > most:
            raise HTTPException(413)
        return message

    return receiver


def _sender(send: Send, extra: Iterable[tuple[bytes, bytes]]) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message.get("headers", ())}
            more = [header for header in extra if header[0] not in present]
            message = {**message, "headers": [*message.get("headers", ()), *more]}
        await send(message)

    return sender


def rides_on_cookie(method: str, headers: Headers) -> bool:
    """Whether a page of somebody else's may have sent this: it changes something, carries our cookie, comes from elsewhere.

    Browsers name the origin of every such request; what has none did not come from a page, or does not say so.
    """
    if method in SAFE or token_in(headers.get("cookie", "")) is None:
        return False
    return headers.get("origin") not in settings().allowed_origins


_refusal = problem(403, "foreign-origin", ForeignOrigin.sentence)
