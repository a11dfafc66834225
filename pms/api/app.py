"""The HTTP application; Reflex serves its pages and live socket beneath it."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response

from pms.api import auth
from pms.api.health import health
from pms.api.origin import ForeignOrigin
from pms.kernel.words import preferred

http = FastAPI(title="Octaspace API", version="1", docs_url="/api/docs", openapi_url="/api/openapi.json", redoc_url=None)
http.include_router(health)
http.include_router(auth.router)


@http.exception_handler(ForeignOrigin)
async def foreign(request: Request, refusal: ForeignOrigin) -> Response:
    """Somebody else's page tried to act with a cookie of ours."""
    return auth.refused(refusal, preferred(request.headers.get("accept-language", "")))
