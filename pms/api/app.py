"""The HTTP application; Reflex serves its pages and live socket beneath it."""

from __future__ import annotations

from fastapi import FastAPI

http = FastAPI(title="Octaspace API", version="1", docs_url="/api/docs", openapi_url="/api/openapi.json", redoc_url=None)


@http.get("/healthz", include_in_schema=False)
def alive() -> dict[str, str]:
    """Whether this process answers; nothing behind it is asked."""
    return {"status": "ok"}
