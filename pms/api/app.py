"""The HTTP application; Reflex serves its pages and live socket beneath it."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response

from pms.api import auth, calendars, files, hooks
from pms.api.caching import Caching
from pms.api.guard import Guard
from pms.api.health import health
from pms.api.origin import ForeignOrigin
from pms.api.slash import Slash
from pms.api.v1.app import make_api
from pms.kernel.words import preferred

http = FastAPI(title="Octaspace", docs_url=None, redoc_url=None, openapi_url=None, telemetry={"tracing": False})
http.mount("/api", make_api())  # first: paths are compared in this order
http.include_router(health)
http.include_router(auth.router)
http.include_router(files.router)
http.include_router(hooks.router)
http.include_router(calendars.router)
http.add_middleware(Slash)
http.add_middleware(Caching)
http.add_middleware(Guard)


@http.exception_handler(ForeignOrigin)
async def foreign(request: Request, refusal: ForeignOrigin) -> Response:
    """Somebody else's page tried to act with a cookie of ours."""
    return auth.refused(refusal, preferred(request.headers.get("accept-language", "")))
