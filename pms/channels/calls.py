"""What was said to whom: every call to a channel and from it, without card numbers and secrets, sealed, kept for some weeks."""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from sqlmodel import col, select

from pms.channels.incoming import keepable
from pms.channels.models import Connection, LoggedCall
from pms.channels.redact import redacted
from pms.channels.wire import BYTES_MOST
from pms.kernel.db import Db, raw
from pms.kernel.encryption import decrypt, encrypt
from pms.kernel.refusals import NotFound
from pms.settings import settings

TEXT_MOST = 64 * 1024
PATH_MOST = 500
KEEP_DAYS = 30
FORGED, FORGED_MOST = 403, 20
"""What whoever is not the channel is answered, and how many such calls an hour are kept one by one."""
_OF_THE_LINE = {"content-encoding", "content-length", "transfer-encoding"}
_WRITE = """
insert into channel_call
  (organization_id, connection_id, at, inward, method, path, status, milliseconds, sealed_request, sealed_reply)
values (%s, %s, now(), %s, %s, %s, %s, %s, %s, %s)
"""
_FORGED_AGAIN = """
update channel_call set times = times + 1 where id = (
  select max(id) from (select * from channel_call where connection_id = %s order by id desc limit 500) as last
  where inward and status = %s and at > now() - interval '1 hour' having count(*) >= %s)
returning id
"""


@dataclass(frozen=True)
class Call:
    """One call; `status` 0 when the line broke before there was an answer."""

    method: str
    path: str
    status: int
    milliseconds: int
    request: str
    reply: str
    inward: bool = False


@dataclass
class Telephone:
    """An HTTP client that writes down what is said. Take the notes with `notes()` after each word."""

    calls: list[Call] = field(default_factory=list)

    def client(self) -> httpx.Client:
        """To be closed by whoever uses it. No redirects: credentials go where they were meant to go."""
        return httpx.Client(timeout=settings().channel_seconds, transport=_Listening(self), follow_redirects=False)

    def notes(self) -> list[Call]:
        """What was said since the last time."""
        said, self.calls = self.calls, []
        return said


class _Listening(httpx.HTTPTransport):
    def __init__(self, telephone: Telephone) -> None:
        super().__init__(verify=_trusted())
        self._telephone = telephone

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        began, status, reply = time.monotonic(), 0, ""
        try:
            response = _whole(super().handle_request(request))
            status, reply = response.status_code, response.text
        except httpx.TransportError as error:
            reply = f"{type(error).__name__}: {error}"
            raise
        finally:
            took = round((time.monotonic() - began) * 1000)
            said = request.content.decode(errors="replace")
            self._telephone.calls.append(Call(request.method, _path(request), status, took, said, reply))
        return response


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities channels are believed by, read once a process: it takes longer than a whole turn that says nothing."""
    return httpx.create_ssl_context()


def _whole(response: httpx.Response) -> httpx.Response:
    """The answer read to its end; one larger than any answer is as good as a broken line."""
    body = bytearray()
    for part in response.iter_bytes():
        body += part
        if len(body) > BYTES_MOST:
            response.close()
            raise httpx.ReadError("the answer is larger than any answer")
    response.close()
    headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in _OF_THE_LINE]
    return httpx.Response(response.status_code, headers=headers, content=bytes(body))


def write_down(db: Db, connection_id: UUID, calls: Sequence[Call]) -> None:
    """Keep calls in the log."""
    for one in calls:
        sealed = (encrypt(redacted(keepable(text))[:TEXT_MOST]) for text in (one.request, one.reply))
        path = redacted(keepable(one.path))[:PATH_MOST]
        values = (db.organization_id, connection_id, one.inward, one.method, path, one.status, one.milliseconds, *sealed)
        raw(db).later(_WRITE, values)


def write_down_forged(db: Db, connection_id: UUID, call: Call) -> None:
    """Keep a call that claimed to come from the channel, so that whoever set it up wrongly sees why nothing comes of it; beyond
    some an hour they are only counted, at the last one: anybody can make them.
    """
    if not raw(db).execute(_FORGED_AGAIN, (connection_id, FORGED, FORGED_MOST)).fetchone():
        write_down(db, connection_id, [call])


def latest_calls(db: Db, connection_id: UUID, most: int = 100) -> list[LoggedCall]:
    """The last calls, newest first, sealed; `call_texts` opens one."""
    query = select(LoggedCall).where(LoggedCall.connection_id == connection_id)
    return list(db.scalars(query.order_by(col(LoggedCall.id).desc()).limit(most)))


def call_texts(db: Db, call_id: int) -> tuple[str, str]:
    """What was said and answered. Refuses `NotFound`, `NotPermitted` (guests are in it)."""
    row = db.get(LoggedCall, call_id)
    if row is None or not db.actor.sees(db.one(Connection, row.connection_id).property_id):
        raise NotFound(what="channel call")
    db.actor.require("channel.manage")
    db.actor.require("guest.view")
    return decrypt(row.sealed_request), decrypt(row.sealed_reply)


def forget_old_calls(db: Db, connection_id: UUID) -> None:
    """Let go of what is older than some weeks."""
    query = "delete from channel_call where connection_id = %s and at < now() - make_interval(days => %s)"
    raw(db).later(query, (connection_id, KEEP_DAYS))


def _path(request: httpx.Request) -> str:
    parts = urlsplit(str(request.url))
    return parts.path + (f"?{parts.query}" if parts.query else "")
