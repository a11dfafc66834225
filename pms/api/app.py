"""The HTTP application; Reflex serves its pages and live socket beneath it."""

from __future__ import annotations

from fastapi import FastAPI

from pms.api.health import health

http = FastAPI(title="Octaspace API", version="1", docs_url="/api/docs", openapi_url="/api/openapi.json", redoc_url=None)
http.include_router(health)
