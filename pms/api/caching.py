"""How long browsers may keep what we serve: built files are named by their content and never change, pages are asked for."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOREVER = "public, max-age=31536000, immutable"
A_WEEK = "public, max-age=604800"
ALWAYS_ASK = "no-cache"


def keep_for(path: str, content_type: str) -> str | None:
    """The Cache-Control of an answer; None leaves it as it is."""
    if path.startswith("/assets/"):
        return FOREVER
    if path.startswith(("/fonts/", "/icons/")):
        return A_WEEK
    return ALWAYS_ASK if content_type.startswith(("text/html", "text/javascript")) else None


class Caching:
    """ASGI middleware around pages and files; says nothing of errors, which must not last."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add Cache-Control to answers that have none."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                headers = MutableHeaders(scope=message)
                lasting = keep_for(scope["path"], headers.get("content-type", ""))
                if lasting and "cache-control" not in headers:
                    headers["cache-control"] = lasting
            await send(message)

        await self.app(scope, receive, sent if scope["type"] == "http" else send)
