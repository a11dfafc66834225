"""A write that is sent twice is done once (R-15).

The key's row is written in the transaction that does the work: either both are there or neither. A second request with the
same key waits for that transaction and then gets the first answer. A refused request rolls back, key included: it changed
nothing, so sending it again is safe, and may well succeed when the reason is gone.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from pms.kernel.db import Db, raw
from pms.kernel.refusals import Refusal

KEPT_DAYS = 7
"""Keys older than this make room for new ones."""


class KeyUsedOtherwise(Refusal):
    """The key came before with another request, or from another program: a bug on the caller's side."""

    sentence = "This idempotency key has been used for another request."
    status = 422
    field = "Idempotency-Key"


@dataclass(frozen=True)
class FirstAnswer:
    """What the first request with this key was told; `answer` is plain JSON."""

    status: int
    answer: dict[str, Any]


_FORGET = """
delete from idempotency_key where (organization_id, key) in (
  select organization_id, key from idempotency_key
  where organization_id = %(organization)s and created_at < now() - make_interval(days => %(days)s)
  order by created_at limit 200 for update skip locked)
"""
_TAKE = """
insert into idempotency_key (organization_id, key, fingerprint, status, answer)
values (%(organization)s, %(key)s, %(fingerprint)s, 0, '{}') on conflict do nothing returning key
"""


def first_answer(db: Db, key: str, fingerprint: str) -> FirstAnswer | None:
    """Take the key for this work, or give the answer of whoever had it first; waits for one that is still at it.

    The caller that gets None does the work and ends with `remember`. Refuses `KeyUsedOtherwise`.
    """
    values = {"organization": db.organization_id, "key": key, "fingerprint": fingerprint, "days": KEPT_DAYS}
    if secrets.randbelow(64) == 0:  # looking for old keys costs more than taking one; whoever draws the lot tidies up
        raw(db).later(_FORGET, values)
    if raw(db).execute(_TAKE, values).fetchone():
        return None
    row = (
        raw(db)
        .execute(
            "select fingerprint, status, answer from idempotency_key where organization_id = %(organization)s and key = %(key)s",
            values,
        )
        .fetchone()
    )
    if row is None or row[0] != fingerprint:
        raise KeyUsedOtherwise()
    return FirstAnswer(row[1], row[2])


def remember(db: Db, key: str, answer: FirstAnswer) -> None:
    """Keep the answer for whoever comes with the same key again."""
    raw(db).later(
        "update idempotency_key set status = %s, answer = %s where organization_id = %s and key = %s",
        (answer.status, json.dumps(answer.answer), db.organization_id, key),
    )
