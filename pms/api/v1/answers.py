"""How answers leave: JSON with an ETag, 304 when nothing changed, and for writes the first answer again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from pydantic_core import to_json

from pms.api.v1.keys import Caller
from pms.api.v1.paging import next_page
from pms.api.v1.shapes import Plain
from pms.api.v1.versions import etag, is_known
from pms.kernel.db import Db
from pms.kernel.idempotency import FirstAnswer, first_answer, remember
from pms.reservations.details import Versions


@dataclass(frozen=True)
class Answer:
    """A body as it goes over the wire."""

    body: bytes
    status: int
    headers: dict[str, str]

    def response(self) -> Response:
        """For FastAPI: ready-made, nothing is validated or encoded a second time."""
        return Response(self.body, self.status, self.headers, "application/json")


def answer(
    content: Any, status: int = 200, versions: Versions | int | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Plain values as JSON with their ETag."""
    body = to_json(content)
    return Answer(body, status, {"ETag": etag(body, versions), **(headers or {})})


def page(request: Request, items: list[Plain], last: UUID | None) -> Answer:
    """A page of a list; `last` is the row after which more follow, None on the last page."""
    following = next_page(request, last) if last else None
    headers = {"Link": f'<{following}>; rel="next"'} if following else {}
    return answer({"items": items, "next": following}, headers=headers)


def read(given: Answer, if_none_match: str | None) -> Response:
    """An answer to GET, left out when the caller has it already."""
    if is_known(if_none_match, given.headers["ETag"]):
        return Response(status_code=304, headers=given.headers)
    return given.response()


@dataclass(frozen=True)
class Once:
    """The caller's wish that this request counts once, however often it is sent; `key` None: no such wish."""

    key: str | None
    fingerprint: str


async def _once(
    request: Request,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description="Any text of your own, such as a UUID. Sent again with the same request, it does nothing and gets the"
            " first answer with `Idempotency-Replayed: true`. Kept for 7 days. A refused request is not remembered.",
            examples=["5f0c2a4e-web-4711"],
        ),
    ] = None,
) -> Once:
    if key is None:
        return Once(None, "")
    said = (request.method, request.url.path, request.headers.get("if-match", ""), request.headers.get("authorization", ""))
    return Once(key, sha256("\n".join(said).encode() + await request.body()).hexdigest())


Idempotent = Annotated[Once, Depends(_once)]


def write(caller: Caller, once: Once, do: Callable[[Db], Answer], permission: str | None = None) -> Response:
    """Do a piece of work once and answer it; what `Caller.work` and the work refuse, and `KeyUsedOtherwise`."""
    with caller.work(permission) as db:
        if once.key is None:
            return do(db).response()
        first = first_answer(db, once.key, once.fingerprint)
        if first is not None:
            return _replayed(first)
        given = do(db)
        remember(db, once.key, FirstAnswer(given.status, {"body": given.body.decode(), "headers": given.headers}))
        return given.response()


def _replayed(first: FirstAnswer) -> Response:
    headers = {**first.answer["headers"], "Idempotency-Replayed": "true"}
    return Answer(first.answer["body"].encode(), first.status, headers).response()
