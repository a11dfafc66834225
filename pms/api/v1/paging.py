"""Pages: a cursor names the last row of the page before, so that pages neither repeat nor skip while others book."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from pms.kernel.refusals import BadInput
from pms.reservations.queries import PAGE_MAX

_PREFIX = b"after:"

Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="How many at most.")]
Cursor = Annotated[
    str | None, Query(max_length=100, description="Where to go on: take it from `next`, its content is no promise.")
]


def encode(last: UUID) -> str:
    """The cursor that goes on after this row."""
    return urlsafe_b64encode(_PREFIX + last.bytes).rstrip(b"=").decode()


def decode(cursor: str | None) -> UUID | None:
    """The row a cursor stands for. Refuses `BadInput`."""
    if cursor is None:
        return None
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        if not raw.startswith(_PREFIX):
            raise ValueError(cursor)
        return UUID(bytes=raw.removeprefix(_PREFIX))
    except ValueError:  # binascii's error is one too
        raise BadInput("cursor", "This cursor is none of ours; start again without one.") from None


def next_page(request: Request, last: UUID) -> str:
    """The address of the next page: this one's, with the cursor moved on."""
    return request.url.include_query_params(cursor=encode(last)).components._replace(scheme="", netloc="").geturl()
