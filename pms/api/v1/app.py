"""The API as one application, mounted under /api: its own documentation, problem documents and headers."""

from __future__ import annotations

from pathlib import Path

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.staticfiles import StaticFiles
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pms.api.v1 import (
    availability,
    exchange_rates,
    guests,
    offers,
    problems,
    properties,
    rate_plans,
    rates,
    reports,
    reservations,
)
from pms.api.v1.documented import PROBLEMS
from pms.api.v1.limits import STANDING

_NOT_STORED = (b"cache-control", b"private, no-cache")
_NOTHING_TO_RUN = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_SWAGGER = Path(fastapi_offline.__file__).parent / "static"

_DESCRIPTION = """
Properties, availability, rates, reservations, guests and reports of one organization, for other programs.

**Keys.** `Authorization: Bearer osk_...`. A key has scopes, and may be for some properties only; what lies beyond them is 404.

**Money** is integer minor units beside a `currency`; **dates** are ISO 8601 and local to the property, stays are
[arrival, departure); **instants** are UTC.

**Writing.** `Idempotency-Key` makes a repeated request count once. PATCH and DELETE need `If-Match` with the `ETag` you saw.

**Pages.** Follow `next` (also in `Link`) until it is null.

**Refusals** are `application/problem+json`; switch on `code`:

| code | status | when |
|---|---|---|
"""


class Finish:
    """ASGI middleware: the headers of every answer, and a reference instead of a traceback for a bug."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def sender(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message.get("headers", ()), *_headers(scope)]}
            await send(message)

        try:
            await self.app(scope, receive, sender)
        except Exception as error:  # whatever it is, the caller gets an answer and the log gets the rest
            if started:
                raise
            await problems.answer_bug(error)(scope, receive, sender)


def _headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    standing = scope.get(STANDING)
    documents = "/docs" in scope["path"]
    return [*([] if documents else [_NOT_STORED, _NOTHING_TO_RUN]), *(standing.headers if standing else [])]


def make_api() -> FastAPI:
    """The API application."""
    api = FastAPI(
        title="Octaspace API",
        version="1",
        description=_DESCRIPTION + "\n".join(f"| `{code}` | {status} | {when} |" for code, (status, when) in PROBLEMS.items()),
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False},
        openapi_tags=[
            {"name": "Properties", "description": "Hotels with their room types and units."},
            {"name": "Availability", "description": "What can be sold."},
            {"name": "Rates", "description": "What a night costs, under which rules, and what can be offered."},
            {"name": "Reservations", "description": "Booking, changing, cancelling."},
            {"name": "Guests", "description": "Who stays and who books."},
            {"name": "Reports", "description": "Figures."},
        ],
    )
    problems.install(api)
    busiest_first = (reservations, availability, offers, rates, rate_plans, exchange_rates, properties, guests, reports)
    for resource in busiest_first:
        api.include_router(resource.router)
    api.add_middleware(Finish)
    _document(api)
    return api


def _document(api: FastAPI) -> None:
    """/api/docs from our own files: it works without the internet, and tells nobody who reads it."""
    api.mount("/docs/files", StaticFiles(directory=_SWAGGER), name="swagger")

    @api.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/api/openapi.json",
            title="Octaspace API",
            swagger_js_url="/api/docs/files/swagger-ui-bundle.js",
            swagger_css_url="/api/docs/files/swagger-ui.css",
            swagger_favicon_url="/icons/octaspace.svg",
        )
