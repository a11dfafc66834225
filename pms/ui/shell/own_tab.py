"""A tab belongs to whoever is signed in at it.

A browser keeps its tab's token when people change at the desk, and Reflex gives whoever names a token the state kept under it.
So the name under which a tab's state is kept is made of both, token and session: another person, or another session, finds an
empty tab, and a token overheard is worth nothing without the cookie.
"""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pms.accounts.sessions import token_in

LIVE = "/_event"


class OwnTab:
    """ASGI middleware around the live socket: renames the tab before Reflex hears of it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the connection through under the tab's own name."""
        if scope["type"] == "websocket" and scope["path"].startswith(LIVE):
            cookies = "; ".join(Headers(scope=scope).getlist("cookie"))
            scope = {**scope, "query_string": renamed(scope["query_string"], token_in(cookies) or "")}
        await self.app(scope, receive, send)


def renamed(query: bytes, session: str) -> bytes:
    """The query of a socket's address with every `token` made the session's own."""
    asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    own = [(name, _own(value, session) if name == "token" else value) for name, value in asked]
    return urlencode(own).encode()


def _own(token: str, session: str) -> str:
    return sha256(f"{session}\n{token}".encode()).hexdigest()
