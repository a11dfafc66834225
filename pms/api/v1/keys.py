"""Who calls: `Authorization: Bearer osk_...`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from pms.accounts import api_keys
from pms.api.v1 import limits
from pms.kernel.actor import DOOR
from pms.kernel.db import Db, work
from pms.kernel.encryption import token_hash
from pms.kernel.refusals import NotFound, Refusal

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="API key",
    bearerFormat="osk_...",
    description="An API key of your organization, made under Settings or by `python -m pms api-key create`.",
)


class NoKey(Refusal):
    """No API key, or one that is unknown or revoked; deliberately not said which."""

    sentence = "Send a valid API key: `Authorization: Bearer osk_...`."
    status = 401
    headers = {"WWW-Authenticate": 'Bearer realm="Octaspace API"'}


@dataclass(frozen=True)
class Caller:
    """The program that calls, not yet asked who it is."""

    request: Request
    key: str

    @contextmanager
    def work(self, permission: str | None = None) -> Iterator[Db]:
        """The one transaction of this request: finds whose key it is, then goes on as that program.

        Refuses `NoKey`, `TooManyRequests`, `NotPermitted` without the permission, `Busy`.
        """
        limits.admit(self.request.scope, token_hash(self.key))
        with work(DOOR) as db:
            actor = api_keys.holder(db, self.key)
            if actor is None:
                raise NoKey()
            db.enter(actor)
            if permission:
                actor.require(permission)
            yield db


async def _caller(request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    if credentials is None:
        raise NoKey()
    return Caller(request, credentials.credentials)


Key = Annotated[Caller, Depends(_caller)]


def refuse_out_of_reach(db: Db, property_id: UUID) -> None:
    """Refuse `NotFound` for a property the key is not for: it must look like one that does not exist."""
    if not db.actor.sees(property_id):
        raise NotFound(what="property")
