"""Every "no" as RFC 9457 application/problem+json: refusals, invalid input, HTTP's own, and bugs with a reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.exceptions import HTTPException

from pms.kernel.logs import logger
from pms.kernel.refusals import MovedMeanwhile, Refusal
from pms.kernel.words import preferred

MEDIA_TYPE = "application/problem+json"
log = logger(__name__)

_KEPT = {"type", "title", "status", "detail", "code", "problem", "nights_text"}
"""Members a refusal's data may not overwrite, and words made for its sentence only."""


def problem(status: int, code: str, detail: str, headers: Mapping[str, str] | None = None, **members: Any) -> Response:
    """A problem document; `code` is the stable name a program may switch on."""
    title = code.replace("-", " ").capitalize().replace("json", "JSON")
    document = {"type": f"urn:octaspace:problem:{code}", "title": title, "status": status, "code": code, "detail": detail}
    return Response(to_json({**document, **members}), status, dict(headers or {}), MEDIA_TYPE)


def answer_refusal(request: Request, refusal: Exception) -> Response:
    """A business "no": its sentence in the language asked for, its data as members."""
    assert isinstance(refusal, Refusal)
    members = {name: value for name, value in refusal.data.items() if name not in _KEPT}
    if refusal.field:
        members["field"] = refusal.field
    # RFC 9110: what failed is the precondition the caller named, its If-Match.
    status = 412 if isinstance(refusal, MovedMeanwhile) else refusal.status
    detail = refusal.say(preferred(request.headers.get("accept-language", "")))
    return problem(status, refusal.code, detail, getattr(refusal, "headers", None), **members)


def answer_invalid(request: Request, error: Exception) -> Response:
    """Input that fails before any rule is asked: one entry per field, with a JSON pointer or the parameter's name."""
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return problem(400, "malformed-json", "The body is not JSON.")
    return problem(422, "invalid-input", "Some of the input cannot be used; `errors` says what.", errors=[*map(_place, found)])


def _place(error: Mapping[str, Any]) -> dict[str, str]:
    where, *path = error["loc"]
    if where == "body":
        steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
        return {"pointer": "#" + "".join(f"/{step}" for step in steps), "detail": error["msg"]}
    return {"parameter": str(path[0]) if path else "", "in": str(where), "detail": error["msg"]}


def answer_http(request: Request, error: Exception) -> Response:
    """What HTTP itself says no to: 404 for an unknown address, 405, 413, 400."""
    assert isinstance(error, HTTPException)
    code, detail = _SAID.get(error.status_code, ("bad-request", error.detail))
    return problem(error.status_code, code, detail, error.headers)


_SAID = {
    404: ("not-found", "There is nothing at this address."),
    405: ("method-not-allowed", "This address does not know that method."),
    413: ("content-too-large", "The request is larger than this API takes."),
}


def answer_bug(error: Exception) -> Response:
    """Our fault: 503 when the database is out of reach, else 500 with a reference that the log has too."""
    reference = uuid4().hex[:12]
    if _is_out_of_reach(error):
        log.error("database out of reach", reference=reference, exc_info=error)
        detail = "The database is out of reach at the moment. Try again."
        return problem(503, "unavailable", detail, {"Retry-After": "2"}, reference=reference)
    log.error("bug", reference=reference, exc_info=error)
    return problem(500, "bug", "Something broke on our side. Quote the reference when you ask us.", reference=reference)


def _is_out_of_reach(error: Exception) -> bool:
    """Whether the database, not the request, is to blame: it is gone, shutting down, or has no connection to give."""
    if isinstance(error, NoConnectionFree):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, psycopg.OperationalError):
        return False
    return cause.sqlstate is None or cause.sqlstate[:3] in ("080", "57P", "533")


def install(api: FastAPI) -> None:
    """Answer with problem documents wherever FastAPI would answer in its own words."""
    api.add_exception_handler(Refusal, answer_refusal)
    api.add_exception_handler(RequestValidationError, answer_invalid)
    api.add_exception_handler(HTTPException, answer_http)
