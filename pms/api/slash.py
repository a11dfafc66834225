"""Pages at the address without its last slash, too, instead of sending the browser there and back."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Slash:
    """ASGI middleware around pages: a redirect that would only add the slash is followed here."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask again with the slash where that is all the answer says."""
        slashed = False

        async def sent(message: Message) -> None:
            nonlocal slashed
            if message["type"] == "http.response.start" and message["status"] == 307:
                location = dict(message["headers"]).get(b"location", b"").partition(b"?")[0]
                slashed = location.endswith(scope["path"].encode() + b"/")
            if not slashed:
                await send(message)

        is_page = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        await self.app(scope, receive, sent if is_page else send)
        if slashed:
            path = scope["path"] + "/"
            await self.app({**scope, "path": path, "raw_path": path.encode()}, receive, send)
