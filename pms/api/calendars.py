"""Calendars for sites that have no interface: no login, the token in the path is the secret."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pms.channels.calendars.export import calendar_file

router = APIRouter(include_in_schema=False)
MEDIA = "text/calendar; charset=utf-8"


@router.api_route("/calendars/{token}.ics", methods=["GET", "HEAD"])
def calendar(request: Request, token: str) -> Response:
    """The nights that are taken. Always a whole calendar, also when none is: sites free everything on less."""
    file = calendar_file(token)
    if file is None:
        return Response("There is no such calendar.\n", status_code=404, media_type="text/plain", headers=_KEPT_NOWHERE)
    headers = {**_KEPT_NOWHERE, "etag": file.etag}
    if file.etag in _tags(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    if request.method == "HEAD":
        return Response(headers={**headers, "content-type": MEDIA, "content-length": str(len(file.content))})
    return Response(file.content, media_type=MEDIA, headers=headers)


_KEPT_NOWHERE = {"cache-control": "no-cache, private", "x-robots-tag": "noindex"}


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
